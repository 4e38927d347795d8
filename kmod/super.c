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

/* Of the segments of a block, the first and the third are a pair, the others too. */
#define MBSEC_SUPER_BLOCK 4
#define MBSEC_SUPER_APART 2

/* Are there octets to be lent before the first segment, and between two of a pair? */
static bool mbsec_super_has_room(const struct mbsec_packet *packet, u32 step)
{
	return step >= MBSEC_SUITE_PAIR_ROOM &&
	       mbsec_packet_payload(packet) - packet->skb->head >=
		       MBSEC_SUITE_PAIR_ROOM;
}

static int mbsec_super_seal_block(struct mbsec_group *group,
				  const struct mbsec_key *key, bool pairs,
				  const struct mbsec_tx_text *texts, u32 count)
{
	const struct mbsec_tx_text *one, *other;
	int reason = 0;
	u32 i;

	for (i = 0; i < min_t(u32, count, MBSEC_SUPER_APART) && !reason; i++) {
		one = &texts[i];
		other = i + MBSEC_SUPER_APART < count ?
				one + MBSEC_SUPER_APART :
				NULL;
		if (pairs && other && other->size == one->size) {
			reason = mbsec_tx_seal_pair(group, key, one, other,
						    one->size);
			continue;
		}
		reason = mbsec_tx_seal(group, key, one->counter, one->data,
				       one->size);
		if (other && !reason)
			reason = mbsec_tx_seal(group, key, other->counter,
					       other->data, other->size);
	}
	return reason;
}

/* Takes counters for segments; returns for how many there was one. */
static u32 mbsec_super_take_counters(struct mbsec_key *key,
				     struct mbsec_tx_text *texts, u32 count,
				     int *reason)
{
	u32 i;

	for (i = 0; i < count; i++) {
		*reason = mbsec_key_take_counter(key, texts[i].size,
						 &texts[i].counter);
		if (*reason)
			break;
	}
	return i;
}

/* Returns how many were protected before one could not. */
static u32 mbsec_super_seal(struct mbsec_packet *packet,
			    struct mbsec_group *group, struct mbsec_key *key,
			    u32 segment_size, u32 segments, int *reason)
{
	u32 step = segment_size + group->config.overhead;
	bool pairs = mbsec_suite_pairs(&key->suite) &&
		     mbsec_super_has_room(packet, step);
	struct mbsec_tx_text texts[MBSEC_SUPER_BLOCK];
	u8 *data = mbsec_packet_payload(packet);
	u32 left = packet->size;
	u32 done, count, i;
	int failure;

	for (done = 0; done < segments && !*reason; done += count) {
		count = min_t(u32, segments - done, MBSEC_SUPER_BLOCK);
		for (i = 0; i < count; i++, data += step) {
			texts[i].data = data;
			texts[i].size = min(left, segment_size);
			left -= texts[i].size;
		}
		count = mbsec_super_take_counters(key, texts, count, reason);
		failure =
			mbsec_super_seal_block(group, key, pairs, texts, count);
		if (failure) {
			*reason = failure;
			break;
		}
	}
	return done;
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

static int mbsec_super_admit(struct mbsec_group *group, bool looped, u32 size,
			     struct mbsec_rx_text *text)
{
	int reason;

	if (mbsec_sframe_parse(text->data, size, &text->header))
		return MBSEC_A_COUNTERS_RX_DROP_HEADER;
	reason = mbsec_rx_admit(group, &text->header, size, looped, &text->key);
	if (!reason)
		text->size = size - text->header.size -
			     text->key->suite.suite->tag_size;
	return reason;
}

static bool mbsec_super_is_pair(const struct mbsec_rx_text *one,
				const struct mbsec_rx_text *other)
{
	return !one->reason && !other->reason && one->key == other->key &&
	       one->size == other->size && mbsec_suite_pairs(&one->key->suite);
}

static void mbsec_super_verify_block(struct mbsec_group *group, bool room,
				     struct mbsec_rx_text *texts, u32 count)
{
	struct mbsec_rx_text *one, *other;
	u32 i;

	for (i = 0; i < min_t(u32, count, MBSEC_SUPER_APART); i++) {
		one = &texts[i];
		other = i + MBSEC_SUPER_APART < count ?
				one + MBSEC_SUPER_APART :
				NULL;
		if (room && other && mbsec_super_is_pair(one, other)) {
			mbsec_rx_verify_pair(group, one, other);
			continue;
		}
		if (!one->reason)
			one->reason = mbsec_rx_verify(group, one);
		if (other && !other->reason)
			other->reason = mbsec_rx_verify(group, other);
	}
}

/* Moves what was good to *@to, and that on; returns how many segments were. */
static u32 mbsec_super_open_block(struct mbsec_packet *packet,
				  struct mbsec_group *group,
				  const struct mbsec_rx_text *texts, u32 count,
				  u8 **to, int *err)
{
	u32 i, good = 0;
	int reason;

	for (i = 0; i < count; i++) {
		reason = texts[i].reason ?: mbsec_rx_open(group, &texts[i]);
		*err = mbsec_report_outcome(&packet->flow, group, reason);
		if (reason)
			continue;
		memmove(*to, texts[i].data + texts[i].header.size,
			texts[i].size);
		*to += texts[i].size;
		good++;
	}
	return good;
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
	struct mbsec_rx_text texts[MBSEC_SUPER_BLOCK];
	u32 header_size, left, size, count;
	u32 segments = 0;
	u8 *from, *to;
	bool room;

	/* What may be delivered as it is has another size. */
	if (group->config.format != MBSEC_FORMAT_SFRAME ||
	    group->config.policy != MBSEC_POLICY_REQUIRE ||
	    !mbsec_super_is_usual(packet) ||
	    mbsec_packet_make_writable(packet, 0) ||
	    !mbsec_super_is_even(packet, group, segment_size, &header_size))
		return false;
	room = mbsec_super_has_room(packet, segment_size);
	from = mbsec_packet_payload(packet);
	to = from;
	for (left = packet->size; left;) {
		for (count = 0; count < MBSEC_SUPER_BLOCK && left; count++) {
			size = min(left, segment_size);
			texts[count].data = from;
			texts[count].reason = mbsec_super_admit(
				group, looped, size, &texts[count]);
			from += size;
			left -= size;
		}
		mbsec_super_verify_block(group, room, texts, count);
		segments += mbsec_super_open_block(packet, group, texts, count,
						   &to, err);
	}
	if (!segments)
		return true;
	*err = 0;
	segment_size -= header_size + group->config.suite->tag_size;
	mbsec_super_finish(packet, to - mbsec_packet_payload(packet),
			   segment_size, segments);
	return true;
}
