// SPDX-License-Identifier: GPL-2.0-only
#include <linux/rculist.h>
#include <linux/string.h>

#include "group.h"
#include "key.h"
#include "packet.h"
#include "report.h"
#include "sender.h"
#include "srtp-packet.h"
#include "srtp-rx.h"
#include "srtp-verify.h"
#include "trace.h"

/* Without a MAC there is no window: who has it may send it again. */
static int mbsec_srtp_rx_accept_unsigned(const struct mbsec_srtp_rx *rx,
					 const struct mbsec_key *key)
{
	int reason = 0;

	if (rx->layout.roc_size && key->config.role == MBSEC_ROLE_RX)
		reason = mbsec_sender_follow(rx->group, rx->header.ssrc,
					     rx->index);
	if (!reason)
		mbsec_stats_count(rx->group->stats,
				  MBSEC_A_COUNTERS_RX_UNAUTHENTICATED);
	return reason;
}

static int mbsec_srtp_rx_accept(const struct mbsec_srtp_rx *rx,
				struct mbsec_key *key)
{
	int reason;

	if (rx->layout.mac_size)
		reason = mbsec_stream_accept(key, rx->header.ssrc,
					     rx->header.rtcp, rx->index);
	else
		reason = mbsec_srtp_rx_accept_unsigned(rx, key);
	if (reason)
		return reason;
	return mbsec_key_accept_use(key,
				    rx->header.size + rx->layout.text_size);
}

/* Two hosts that send with one SSRC under one key use one key stream. */
static void mbsec_srtp_rx_collision(const struct mbsec_srtp_rx *rx, u64 kid)
{
	struct mbsec_group *group = rx->group;
	const struct mbsec_key *own;
	atomic_t *told = NULL;

	if (rx->looped || !rx->layout.mac_size || !READ_ONCE(group->activated))
		return;
	own = mbsec_key_lookup_own_rcu(group, kid);
	if (own)
		told = mbsec_stream_collided_rcu(own, rx->header.ssrc);
	if (!told || mbsec_packet_is_of_host(rx->packet, group->mbn->net))
		return;
	mbsec_stats_count(group->stats, MBSEC_A_COUNTERS_RX_SSRC_COLLISION);
	mbsec_report_collision(group, own, rx->header.ssrc, told);
}

static int mbsec_srtp_rx_decrypt(struct mbsec_srtp_rx *rx,
				 const struct mbsec_key *key)
{
	const struct mbsec_suite_keys *suite = rx->header.rtcp ? &key->rtcp :
								 &key->suite;
	const u8 *salt = rx->header.rtcp ? key->rtcp_salt : key->salt;
	u8 *data = mbsec_packet_payload(rx->packet);
	u8 block[MBSEC_COUNTER_BLOCK_SIZE];
	int err = 0;

	if (rx->encrypted) {
		mbsec_srtp_block(block, salt, rx->header.ssrc, rx->index);
		err = mbsec_suite_crypt(suite, block, data + rx->layout.text,
					rx->layout.text_size);
		memzero_explicit(block, sizeof(block));
	}
	if (err)
		return mbsec_stats_rx_failure(err);
	mbsec_packet_resize(rx->packet, rx->layout.text + rx->layout.text_size);
	return 0;
}

/* Tries a key; leaves the packet as it was unless the key is the right one. */
static int mbsec_srtp_rx_open(struct mbsec_srtp_rx *rx, struct mbsec_key *key)
{
	struct mbsec_packet *packet = rx->packet;
	int reason;

	if (key->config.role == MBSEC_ROLE_RX && mbsec_key_is_over(key))
		return MBSEC_A_COUNTERS_RX_DROP_KEY_EXPIRED;
	reason = mbsec_srtp_verify(rx, key);
	if (!reason)
		reason = mbsec_srtp_rx_accept(rx, key);
	if (!reason)
		reason = mbsec_srtp_rx_decrypt(rx, key);
	if (reason)
		return reason;

	mbsec_srtp_rx_collision(rx, key->config.kid);
	/* It is right, or the tag is worth more than what it was of. */
	packet->skb->ip_summed = CHECKSUM_UNNECESSARY;
	packet->skb->csum_level = 0;
	if (key->config.role == MBSEC_ROLE_RX)
		mbsec_usage_count(key->usage, packet->size);
	mbsec_stats_count_bytes(rx->group->stats, MBSEC_A_COUNTERS_RX_PACKETS,
				MBSEC_A_COUNTERS_RX_BYTES, packet->size);
	trace_mbsec_rx(key->config.kid, rx->index, packet->size);
	return 0;
}

/* Of a group whose packets name no key: the few there are, one by one. */
static int mbsec_srtp_rx_any_key(struct mbsec_srtp_rx *rx)
{
	int reason = MBSEC_A_COUNTERS_RX_DROP_UNKNOWN_KEY;
	struct mbsec_key *key, *last = NULL;

	list_for_each_entry_rcu(key, &rx->group->keys, list) {
		if (key->config.role == MBSEC_ROLE_TX && !rx->looped)
			continue;
		last = key;
		reason = mbsec_srtp_rx_open(rx, key);
		switch (reason) {
		case MBSEC_A_COUNTERS_RX_DROP_AUTH_FAILED:
		case MBSEC_A_COUNTERS_RX_DROP_ROC_UNKNOWN:
		case MBSEC_A_COUNTERS_RX_DROP_KEY_EXPIRED:
		case MBSEC_A_COUNTERS_RX_DROP_REPLAYED:
		case MBSEC_A_COUNTERS_RX_DROP_TOO_OLD:
			/* As far as this key can tell. */
			continue;
		}
		break;
	}
	if (last && reason)
		mbsec_report_packet(rx->group, last, rx->header.ssrc, reason);
	return reason;
}

static int mbsec_srtp_rx_named_key(struct mbsec_srtp_rx *rx)
{
	u8 mki[MBSEC_SRTP_MKI_SIZE];
	struct mbsec_key *key;
	int reason;
	u64 kid;

	if (mbsec_srtp_read(rx->packet, rx->layout.mki, mki, sizeof(mki)))
		return MBSEC_A_COUNTERS_RX_DROP_HEADER;
	kid = mbsec_srtp_mki_read(mki);
	key = mbsec_key_lookup_rcu(rx->group, kid, rx->looped);
	if (!key)
		return mbsec_report_unknown_key(rx->group, kid);
	reason = mbsec_srtp_rx_open(rx, key);
	if (reason)
		mbsec_report_packet(rx->group, key, rx->header.ssrc, reason);
	return reason;
}

/**
 * mbsec_srtp_rx - unprotect a packet of SRTP or SRTCP
 * @packet: the datagram, a single one
 * @group: its group
 * @looped: it is this host's own
 *
 * Context: RCU read section, BH disabled.
 * Return: 0 or MBSEC_A_COUNTERS_RX_DROP_*; the content of the packet is as it was
 * if it does not parse or names no key that is installed.
 */
int mbsec_srtp_rx(struct mbsec_packet *packet, struct mbsec_group *group,
		  bool looped)
{
	struct mbsec_srtp_rx rx = { .packet = packet,
				    .group = group,
				    .looped = looped };

	if (mbsec_srtp_peek(packet, group, &rx.header))
		return MBSEC_A_COUNTERS_RX_DROP_HEADER;
	if (mbsec_srtp_dissect(&group->config.form, &rx.header, packet->size,
			       &rx.layout))
		return MBSEC_A_COUNTERS_RX_DROP_TOO_SHORT;
	if (group->config.form.mki_size)
		return mbsec_srtp_rx_named_key(&rx);
	return mbsec_srtp_rx_any_key(&rx);
}
