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

/* What the outcome of the crypto says of a ciphertext. */
static int mbsec_rx_judge(struct mbsec_group *group, struct mbsec_key *key,
			  int err)
{
	if (err == -EBADMSG)
		return mbsec_report_forged(group, key);
	return err ? mbsec_stats_rx_failure(err) : 0;
}

/**
 * mbsec_rx_verify - see whether a ciphertext is authentic
 * @group: its group
 * @text: the ciphertext, admitted and writable
 *
 * Context: RCU read section, BH disabled.
 * Return: 0 or MBSEC_A_COUNTERS_RX_DROP_*, after which it is undefined.
 */
int mbsec_rx_verify(struct mbsec_group *group, const struct mbsec_rx_text *text)
{
	u8 nonce[MBSEC_COUNTER_BLOCK_SIZE] = {};

	mbsec_sframe_nonce(nonce, text->key->salt, text->header.counter);
	return mbsec_rx_judge(group, text->key,
			      mbsec_suite_verify(&text->key->suite, nonce,
						 text->data, text->header.size,
						 text->size));
}

/**
 * mbsec_rx_verify_pair - see whether two ciphertexts are authentic
 * @group: their group
 * @one: one of them, admitted and writable; result is its reason
 * @other: the other one, of one key and size with it, not beside it (see
 *	mbsec_suite_seal_pair()); likewise
 *
 * Context: RCU read section, BH disabled.
 */
void mbsec_rx_verify_pair(struct mbsec_group *group, struct mbsec_rx_text *one,
			  struct mbsec_rx_text *other)
{
	struct mbsec_rx_text *sources[] = { one, other };
	struct mbsec_suite_text texts[2] = {};
	int errors[2];
	int i;

	for (i = 0; i < 2; i++) {
		texts[i].data = sources[i]->data;
		mbsec_sframe_nonce(texts[i].block, one->key->salt,
				   sources[i]->header.counter);
	}
	mbsec_suite_verify_pair(&one->key->suite, texts, one->header.size,
				one->size, errors);
	for (i = 0; i < 2; i++)
		sources[i]->reason = mbsec_rx_judge(group, one->key, errors[i]);
}

/**
 * mbsec_rx_open - accept an authentic ciphertext and decrypt it in place
 * @group: its group
 * @text: the ciphertext; the cleartext is behind the header afterwards
 *
 * Context: RCU read section, BH disabled.
 * Return: 0 or MBSEC_A_COUNTERS_RX_DROP_*, after which it is undefined.
 */
int mbsec_rx_open(struct mbsec_group *group, const struct mbsec_rx_text *text)
{
	const struct mbsec_sframe_header *header = &text->header;
	u8 nonce[MBSEC_COUNTER_BLOCK_SIZE] = {};
	struct mbsec_key *key = text->key;
	int reason, err;

	reason = mbsec_key_accept_counter(key, text->size, header->counter);
	if (reason == MBSEC_A_COUNTERS_RX_DROP_REPLAYED ||
	    reason == MBSEC_A_COUNTERS_RX_DROP_TOO_OLD)
		return mbsec_report_replayed(group, key, reason);
	if (reason)
		return reason;
	mbsec_sframe_nonce(nonce, key->salt, header->counter);
	err = mbsec_suite_crypt(&key->suite, nonce, text->data + header->size,
				text->size);
	if (err)
		return mbsec_stats_rx_failure(err);

	if (key->config.role == MBSEC_ROLE_RX)
		mbsec_usage_count(key->usage, text->size);
	mbsec_stats_count_bytes(group->stats, MBSEC_A_COUNTERS_RX_PACKETS,
				MBSEC_A_COUNTERS_RX_BYTES, text->size);
	trace_mbsec_rx(header->kid, header->counter, text->size);
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
	struct mbsec_rx_text text;
	int reason;

	if (group->config.format == MBSEC_FORMAT_SRTP)
		return mbsec_srtp_rx(packet, group, looped);
	if (mbsec_rx_parse(packet, &text.header))
		return MBSEC_A_COUNTERS_RX_DROP_HEADER;
	reason = mbsec_rx_admit(group, &text.header, packet->size, looped,
				&text.key);
	if (reason)
		return reason;
	if (mbsec_packet_make_writable(packet, 0))
		return MBSEC_A_COUNTERS_RX_DROP_NO_MEMORY;
	text.data = mbsec_packet_payload(packet);
	text.size = packet->size - text.header.size -
		    text.key->suite.suite->tag_size;
	reason = mbsec_rx_verify(group, &text);
	if (!reason)
		reason = mbsec_rx_open(group, &text);
	if (reason)
		return reason;
	mbsec_packet_cut(packet, text.header.size);
	mbsec_packet_resize(packet, text.size);
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
