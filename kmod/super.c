// SPDX-License-Identifier: GPL-2.0-only
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/udp.h>
#include <net/gso.h>

#include "group.h"
#include "key.h"
#include "packet.h"
#include "report.h"
#include "rx.h"
#include "sframe.h"
#include "super.h"
#include "tx.h"

/*
 * All segments of a super-packet are of one size but the last, which may be
 * shorter. Protection adds the same to each, so that it can stay what it is.
 */

/* Made as UDP sockets, or GRO, make it. */
static bool mbsec_super_is_usual(const struct mbsec_packet *packet)
{
	const struct sk_buff *skb = packet->skb;
	const struct skb_shared_info *info = skb_shinfo(skb);

	return (info->gso_type & ~SKB_GSO_DODGY) == SKB_GSO_UDP_L4 &&
	       skb->ip_summed == CHECKSUM_PARTIAL &&
	       skb_checksum_start_offset(skb) == packet->udp &&
	       skb->csum_offset == offsetof(struct udphdr, check) &&
	       skb_headlen(skb) >= packet->udp + sizeof(struct udphdr) &&
	       packet->size > info->gso_size;
}

/* The first octets of it are good segments, this many, each so large. */
static void mbsec_super_finish(struct mbsec_packet *packet, u32 size,
			       u32 segment_size, u32 segments)
{
	struct skb_shared_info *info = skb_shinfo(packet->skb);

	mbsec_packet_resize(packet, size);
	if (segments > 1) {
		info->gso_size = segment_size;
		info->gso_segs = segments;
	} else {
		skb_gso_reset(packet->skb);
	}
	mbsec_packet_checksum_segments(packet);
}

/* Room in the linear part for all of the packet, and for more, and ours. */
static int mbsec_super_reserve(struct sk_buff *skb, u32 growth)
{
	if (!skb_is_nonlinear(skb) && !skb_cloned(skb) &&
	    skb_tailroom(skb) >= growth)
		return 0;
	return pskb_expand_head(skb, 0, skb->data_len + growth,
				GFP_ATOMIC | __GFP_NOWARN);
}

/*
 * Moves segments apart, from the last to the first, as none may overwrite what
 * comes before it: from the linear part and from the pages, which are given up.
 */
static int mbsec_super_spread(struct mbsec_packet *packet, u32 segment_size,
			      u32 overhead, u32 segments)
{
	u32 headers = packet->udp + sizeof(struct udphdr);
	struct sk_buff *skb = packet->skb;
	u32 from, size, linear;
	u8 *base, *to;

	if (mbsec_super_reserve(skb, segments * overhead))
		return -ENOMEM;
	base = skb->data + headers;
	while (segments--) {
		from = segments * segment_size;
		size = min(segment_size, packet->size - from);
		to = base + from + segments * overhead + MBSEC_SFRAME_HEADER_TX;
		linear = clamp_t(int, skb_headlen(skb) - headers - from, 0,
				 size);
		if (skb_copy_bits(skb, headers + from + linear, to + linear,
				  size - linear))
			return -EFAULT;
		memmove(to, base + from, linear);
	}
	return pskb_trim(skb, skb_headlen(skb)) ? -EFAULT : 0;
}

/* Returns how many were protected before one could not. */
static u32 mbsec_super_seal(struct mbsec_packet *packet,
			    struct mbsec_group *group, struct mbsec_key *key,
			    u32 segment_size, u32 segments, int *reason)
{
	u32 step = segment_size + group->config.overhead;
	u8 *data = mbsec_packet_payload(packet);
	u32 left = packet->size;
	u64 counter;
	u32 i, size;

	for (i = 0; i < segments; i++, data += step, left -= size) {
		size = min(left, segment_size);
		*reason = mbsec_key_take_counter(key, size, &counter);
		if (!*reason)
			*reason =
				mbsec_tx_seal(group, key, counter, data, size);
		if (*reason)
			break;
	}
	return i;
}

/**
 * mbsec_super_protect - protect each segment of a super-packet
 * @packet: the super-packet
 * @group: its group
 * @err: result, 0 or a negative error number if it must be dropped
 *
 * When the key ends within it, it becomes shorter.
 *
 * Context: RCU read section, BH disabled.
 * Return: false if it has to be taken apart; then it is as it was.
 */
bool mbsec_super_protect(struct mbsec_packet *packet, struct mbsec_group *group,
			 int *err)
{
	u32 segment_size = skb_shinfo(packet->skb)->gso_size;
	struct mbsec_key *key = rcu_dereference(group->active);
	u32 overhead = group->config.overhead;
	u32 segments, done, size, i;
	int reason = 0;

	if (!key || group->config.format != MBSEC_FORMAT_SFRAME ||
	    !mbsec_super_is_usual(packet))
		return false;
	segments = DIV_ROUND_UP(packet->size, segment_size);
	size = packet->size + segments * overhead;
	/* What does not fit is fragmented or refused, each for itself. */
	if (size > mbsec_packet_size_max(packet) ||
	    packet->udp + sizeof(struct udphdr) + segment_size + overhead >
		    mbsec_packet_mtu(packet))
		return false;
	switch (mbsec_super_spread(packet, segment_size, overhead, segments)) {
	case 0:
		break;
	case -ENOMEM:
		return false;
	default:
		*err = mbsec_report_outcome(&packet->flow, group,
					    MBSEC_A_COUNTERS_TX_DROP_MALFORMED);
		return true;
	}
	done = mbsec_super_seal(packet, group, key, segment_size, segments,
				&reason);
	*err = 0;
	for (i = done; i < segments; i++)
		*err = mbsec_report_outcome(&packet->flow, group, reason);
	if (!done)
		return true;
	*err = 0;
	segment_size += overhead;
	mbsec_super_finish(packet, min(size, done * segment_size), segment_size,
			   done);
	return true;
}

/* Do all segments have headers of one size, and more than header and tag? */
static bool mbsec_super_is_even(const struct mbsec_packet *packet,
				const struct mbsec_group *group,
				u32 segment_size, u32 *header_size)
{
	u32 tag_size = group->config.suite->tag_size;
	const u8 *data = mbsec_packet_payload(packet);
	struct mbsec_sframe_header header;
	u32 left, size;

	*header_size = 0;
	for (left = packet->size; left; left -= size, data += size) {
		size = min(left, segment_size);
		if (mbsec_sframe_parse(data, size, &header) ||
		    (*header_size && header.size != *header_size) ||
		    size <= header.size + tag_size)
			return false;
		*header_size = header.size;
	}
	return true;
}

/* Opens one segment; its cleartext is behind the header. */
static int mbsec_super_open(struct mbsec_group *group, bool looped, u8 *data,
			    u32 size)
{
	struct mbsec_sframe_header header;
	struct mbsec_key *key;
	int reason;

	if (mbsec_sframe_parse(data, size, &header))
		return MBSEC_A_COUNTERS_RX_DROP_HEADER;
	reason = mbsec_rx_admit(group, &header, size, looped, &key);
	if (reason)
		return reason;
	size -= header.size + key->suite.suite->tag_size;
	return mbsec_rx_open(group, key, &header, data, size);
}

/**
 * mbsec_super_unprotect - unprotect each segment of a super-packet
 * @packet: the super-packet
 * @group: its group
 * @err: result, 0 or a negative error number if it must be dropped
 *
 * Those that fail are left out.
 *
 * Context: RCU read section, BH disabled.
 * Return: false if it has to be taken apart; then it is as it was.
 */
bool mbsec_super_unprotect(struct mbsec_packet *packet,
			   struct mbsec_group *group, int *err)
{
	u32 segment_size = skb_shinfo(packet->skb)->gso_size;
	bool looped = mbsec_rx_is_looped(packet->skb);
	u32 header_size, overhead, left, size;
	u32 segments = 0;
	u8 *from, *to;
	int reason;

	/* What may be delivered as it is has another size. */
	if (group->config.format != MBSEC_FORMAT_SFRAME ||
	    group->config.policy != MBSEC_POLICY_REQUIRE ||
	    !mbsec_super_is_usual(packet) ||
	    mbsec_packet_make_writable(packet, 0) ||
	    !mbsec_super_is_even(packet, group, segment_size, &header_size))
		return false;
	overhead = header_size + group->config.suite->tag_size;
	from = mbsec_packet_payload(packet);
	to = from;
	for (left = packet->size; left; left -= size, from += size) {
		size = min(left, segment_size);
		reason = mbsec_super_open(group, looped, from, size);
		*err = mbsec_report_outcome(&packet->flow, group, reason);
		if (reason)
			continue;
		memmove(to, from + header_size, size - overhead);
		to += size - overhead;
		segments++;
	}
	if (!segments)
		return true;
	*err = 0;
	mbsec_super_finish(packet, to - mbsec_packet_payload(packet),
			   segment_size - overhead, segments);
	return true;
}
