// SPDX-License-Identifier: GPL-2.0-only
#include <linux/netdevice.h>
#include <linux/string.h>
#include <linux/udp.h>

#include "group.h"
#include "key.h"
#include "packet.h"
#include "replay.h"
#include "report.h"
#include "rx.h"
#include "sframe.h"
#include "srtp-rx.h"
#include "trace.h"

static int mbsec_rx_parse(const struct mbsec_packet *packet,
			  struct mbsec_sframe_header *header)
{
	u8 buffer[MBSEC_SFRAME_HEADER_MAX];
	u32 size = min_t(u32, packet->size, sizeof(buffer));
	const u8 *data;

	data = skb_header_pointer(
		packet->skb, packet->udp + sizeof(struct udphdr), size, buffer);
	return data ? mbsec_sframe_parse(data, size, header) : -EBADMSG;
}

/* The look at the window sheds floods of replays before their tag costs. */
static int mbsec_rx_window(struct mbsec_group *group, struct mbsec_key *key,
			   u64 counter)
{
	switch (mbsec_replay_check(key->replay, counter)) {
	case 0:
		return 0;
	case -EEXIST:
		return mbsec_report_replayed(group, key,
					     MBSEC_A_COUNTERS_RX_DROP_REPLAYED);
	default:
		return mbsec_report_replayed(group, key,
					     MBSEC_A_COUNTERS_RX_DROP_TOO_OLD);
	}
}

/**
 * mbsec_rx_admit - find the key of a ciphertext
 * @group: its group
 * @header: its header
 * @size: octets of it, header and tag included
 * @looped: it is this host's own
 * @key: result
 *
 * Context: RCU read section, BH disabled.
 * Return: 0 or MBSEC_A_COUNTERS_RX_DROP_*, if it needs no look at the tag.
 */
int mbsec_rx_admit(struct mbsec_group *group,
		   const struct mbsec_sframe_header *header, u32 size,
		   bool looped, struct mbsec_key **key)
{
	struct mbsec_key *found =
		mbsec_key_lookup_rcu(group, header->kid, looped);

	if (!found)
		return mbsec_report_unknown_key(group, header->kid);
	if (size < header->size + found->suite.suite->tag_size)
		return MBSEC_A_COUNTERS_RX_DROP_TOO_SHORT;
	if (found->config.role == MBSEC_ROLE_RX && mbsec_key_is_over(found))
		return MBSEC_A_COUNTERS_RX_DROP_KEY_EXPIRED;
	*key = found;
	return mbsec_rx_window(group, found, header->counter);
}

static int mbsec_rx_verify(struct mbsec_group *group, struct mbsec_key *key,
			   const u8 *nonce, u8 *data, u32 header_size, u32 size)
{
	int err =
		mbsec_suite_verify(&key->suite, nonce, data, header_size, size);

	if (err == -EBADMSG)
		return mbsec_report_forged(group, key);
	return err ? mbsec_stats_rx_failure(err) : 0;
}

/**
 * mbsec_rx_open - verify a ciphertext and decrypt it in place
 * @group: its group
 * @key: its key
 * @header: its header
 * @data: the ciphertext with header and tag, admitted and writable; the
 *	cleartext is behind the header afterwards
 * @size: octets of the cleartext
 *
 * Context: RCU read section, BH disabled.
 * Return: 0 or MBSEC_A_COUNTERS_RX_DROP_*, after which @data is undefined.
 */
int mbsec_rx_open(struct mbsec_group *group, struct mbsec_key *key,
		  const struct mbsec_sframe_header *header, u8 *data, u32 size)
{
	u8 nonce[MBSEC_COUNTER_BLOCK_SIZE] = {};
	int reason, err;

	mbsec_sframe_nonce(nonce, key->salt, header->counter);
	reason = mbsec_rx_verify(group, key, nonce, data, header->size, size);
	if (reason)
		return reason;
	reason = mbsec_key_accept_counter(key, size, header->counter);
	if (reason == MBSEC_A_COUNTERS_RX_DROP_REPLAYED ||
	    reason == MBSEC_A_COUNTERS_RX_DROP_TOO_OLD)
		return mbsec_report_replayed(group, key, reason);
	if (reason)
		return reason;
	err = mbsec_suite_crypt(&key->suite, nonce, data + header->size, size);
	if (err)
		return mbsec_stats_rx_failure(err);

	if (key->config.role == MBSEC_ROLE_RX)
		mbsec_usage_count(key->usage, size);
	mbsec_stats_count_bytes(group->stats, MBSEC_A_COUNTERS_RX_PACKETS,
				MBSEC_A_COUNTERS_RX_BYTES, size);
	trace_mbsec_rx(header->kid, header->counter, size);
	return 0;
}

/**
 * mbsec_rx_is_looped - is a packet this host's own?
 * @skb: the packet; it came by the copy for members on this host, or by the
 *	device for the host itself
 */
bool mbsec_rx_is_looped(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_LOOPBACK ||
	       skb->dev->flags & IFF_LOOPBACK;
}

static int mbsec_rx_protected(struct mbsec_packet *packet,
			      struct mbsec_group *group)
{
	bool looped = mbsec_rx_is_looped(packet->skb);
	struct mbsec_sframe_header header;
	struct mbsec_key *key;
	int reason;
	u32 size;

	if (group->config.format == MBSEC_FORMAT_SRTP)
		return mbsec_srtp_rx(packet, group, looped);
	if (mbsec_rx_parse(packet, &header))
		return MBSEC_A_COUNTERS_RX_DROP_HEADER;
	reason = mbsec_rx_admit(group, &header, packet->size, looped, &key);
	if (reason)
		return reason;
	if (mbsec_packet_make_writable(packet, 0))
		return MBSEC_A_COUNTERS_RX_DROP_NO_MEMORY;
	size = packet->size - header.size - key->suite.suite->tag_size;
	reason = mbsec_rx_open(group, key, &header,
			       mbsec_packet_payload(packet), size);
	if (reason)
		return reason;
	mbsec_packet_cut(packet, header.size);
	mbsec_packet_resize(packet, size);
	/* The tag is worth more than the checksum of what is gone now. */
	packet->skb->ip_summed = CHECKSUM_UNNECESSARY;
	packet->skb->csum_level = 0;
	return 0;
}

/**
 * mbsec_rx_datagram - unprotect a datagram
 * @packet: the datagram, a single one
 * @group: its group
 *
 * Context: RCU read section, BH disabled.
 * Return: 0; MBSEC_A_COUNTERS_RX_CLEARTEXT if it may be delivered as it is;
 * else MBSEC_A_COUNTERS_RX_DROP_*, after which the content of the packet is
 * undefined.
 */
int mbsec_rx_datagram(struct mbsec_packet *packet, struct mbsec_group *group)
{
	int reason = mbsec_rx_protected(packet, group);

	if (group->config.policy == MBSEC_POLICY_PERMIT &&
	    (reason == MBSEC_A_COUNTERS_RX_DROP_HEADER ||
	     reason == MBSEC_A_COUNTERS_RX_DROP_UNKNOWN_KEY ||
	     (reason == MBSEC_A_COUNTERS_RX_DROP_TOO_SHORT &&
	      group->config.format == MBSEC_FORMAT_SRTP)))
		return MBSEC_A_COUNTERS_RX_CLEARTEXT;
	return reason;
}
