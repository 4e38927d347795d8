// SPDX-License-Identifier: GPL-2.0-only
#include <crypto/utils.h>
#include <linux/rculist.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "group.h"
#include "key.h"
#include "packet.h"
#include "report.h"
#include "sender.h"
#include "srtp-packet.h"
#include "srtp-rx.h"
#include "trace.h"

/*
 * ROCs, from 0, that are tried for an SSRC that is not known; and so many
 * packets a second and group, as each try costs a MAC. Beyond, only 0 is tried.
 */
#define GUESSES 4
#define GUESSED_PACKETS 1000

/**
 * struct mbsec_srtp_rx - a packet on its way
 * @packet: the datagram
 * @group: its group
 * @header: its header
 * @layout: its layout
 * @index: its index, or the first one to be tried
 * @tries: number of ROCs to be tried
 * @known: it is known where the index of the SSRC stands
 * @encrypted: it is encrypted, if the suite encrypts
 */
struct mbsec_srtp_rx {
	struct mbsec_packet *packet;
	struct mbsec_group *group;
	struct mbsec_srtp_header header;
	struct mbsec_srtp_layout layout;
	u64 index;
	u32 tries;
	bool known;
	bool encrypted;
};

/* SRTCP says its index and whether it is encrypted. */
static int mbsec_srtp_rx_rtcp_index(struct mbsec_srtp_rx *rx)
{
	u8 octets[MBSEC_SRTCP_INDEX_SIZE];
	u32 word;

	if (mbsec_srtp_read(rx->packet, rx->layout.signed_size - sizeof(octets),
			    octets, sizeof(octets)))
		return MBSEC_A_COUNTERS_RX_DROP_HEADER;
	word = get_unaligned_be32(octets);
	rx->index = word & ~MBSEC_SRTCP_ENCRYPTED;
	rx->encrypted = word & MBSEC_SRTCP_ENCRYPTED;
	rx->known = true;
	return 0;
}

/* The index that SRTP does not say: told, estimated, or guessed. */
static int mbsec_srtp_rx_index(struct mbsec_srtp_rx *rx,
			       const struct mbsec_key *key)
{
	const struct mbsec_srtp_header *header = &rx->header;
	u8 roc[MBSEC_SRTP_ROC_SIZE];
	u64 highest;

	rx->tries = 1;
	rx->encrypted = true;
	if (header->rtcp)
		return mbsec_srtp_rx_rtcp_index(rx);
	rx->index = header->sequence;
	rx->known = mbsec_sender_where_rcu(rx->group, key->config.role,
					   header->ssrc, &highest);
	if (rx->layout.roc_size) {
		if (mbsec_srtp_read(rx->packet, rx->layout.roc, roc,
				    sizeof(roc)))
			return MBSEC_A_COUNTERS_RX_DROP_HEADER;
		rx->index |= (u64)get_unaligned_be32(roc) << 16;
		rx->known = true;
	} else if (rx->known) {
		if (mbsec_srtp_index_estimate(highest, header->sequence,
					      &rx->index))
			return MBSEC_A_COUNTERS_RX_DROP_TOO_OLD;
	} else if (mbsec_group_storm(&rx->group->guessed) <= GUESSED_PACKETS) {
		rx->tries = GUESSES;
	}
	return 0;
}

/* The look at the window sheds floods of replays before their tag costs. */
static int mbsec_srtp_rx_window(const struct mbsec_srtp_rx *rx,
				struct mbsec_key *key)
{
	int err;

	if (!rx->known)
		return 0;
	err = mbsec_stream_check_rcu(key, rx->header.ssrc, rx->header.rtcp,
				     rx->index);
	if (!err)
		return 0;
	return mbsec_report_replayed(rx->group, key,
				     err == -EEXIST ?
					     MBSEC_A_COUNTERS_RX_DROP_REPLAYED :
					     MBSEC_A_COUNTERS_RX_DROP_TOO_OLD);
}

/* Finds out which of the ROCs to be tried is the right one. */
static int mbsec_srtp_rx_verify(struct mbsec_srtp_rx *rx, struct mbsec_key *key,
				const u8 *data)
{
	const struct mbsec_suite_keys *suite = rx->header.rtcp ? &key->rtcp :
								 &key->suite;
	u8 mac[MBSEC_MAC_SIZE_SHA1];

	for (; rx->tries; rx->tries--, rx->index += 1 << 16) {
		if (mbsec_srtp_mac(suite, &rx->header, &rx->layout, data,
				   rx->index, mac))
			return MBSEC_A_COUNTERS_RX_DROP_CRYPTO;
		if (!crypto_memneq(mac, data + rx->layout.mac,
				   rx->layout.mac_size))
			return 0;
	}
	if (rx->known)
		return mbsec_report_forged(rx->group, key);
	atomic64_inc(&key->auth_failures);
	return MBSEC_A_COUNTERS_RX_DROP_ROC_UNKNOWN;
}

static int mbsec_srtp_rx_accept(struct mbsec_srtp_rx *rx, struct mbsec_key *key)
{
	int reason = mbsec_stream_accept(key, rx->header.ssrc, rx->header.rtcp,
					 rx->index);

	if (!reason)
		return mbsec_key_accept_use(key, rx->header.size +
							 rx->layout.text_size);
	if (reason == MBSEC_A_COUNTERS_RX_DROP_REPLAYED ||
	    reason == MBSEC_A_COUNTERS_RX_DROP_TOO_OLD)
		mbsec_report_replayed(rx->group, key, reason);
	return reason;
}

static int mbsec_srtp_rx_decrypt(struct mbsec_srtp_rx *rx,
				 const struct mbsec_key *key)
{
	const struct mbsec_suite_keys *suite = rx->header.rtcp ? &key->rtcp :
								 &key->suite;
	const u8 *salt = rx->header.rtcp ? key->rtcp_salt : key->salt;
	u8 *data = mbsec_packet_payload(rx->packet);
	u8 block[MBSEC_COUNTER_BLOCK_SIZE];

	mbsec_srtp_block(block, salt, rx->header.ssrc, rx->index);
	if (rx->encrypted &&
	    mbsec_suite_crypt(suite, block, data + rx->layout.text,
			      rx->layout.text_size))
		return MBSEC_A_COUNTERS_RX_DROP_CRYPTO;
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
	reason = mbsec_srtp_rx_index(rx, key);
	if (!reason)
		reason = mbsec_srtp_rx_window(rx, key);
	if (reason)
		return reason;
	if (mbsec_packet_make_writable(packet, 0))
		return MBSEC_A_COUNTERS_RX_DROP_NO_MEMORY;
	reason = mbsec_srtp_rx_verify(rx, key, mbsec_packet_payload(packet));
	if (!reason)
		reason = mbsec_srtp_rx_accept(rx, key);
	if (!reason)
		reason = mbsec_srtp_rx_decrypt(rx, key);
	if (reason) {
		mbsec_report_ssrc(rx->group, key, rx->header.ssrc, reason);
		return reason;
	}

	/* The tag is worth more than the checksum of what is gone now. */
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
static int mbsec_srtp_rx_any_key(struct mbsec_srtp_rx *rx, bool looped)
{
	int reason = MBSEC_A_COUNTERS_RX_DROP_UNKNOWN_KEY;
	struct mbsec_key *key;

	list_for_each_entry_rcu(key, &rx->group->keys, list) {
		if (key->config.role == MBSEC_ROLE_TX && !looped)
			continue;
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
	return reason;
}

static int mbsec_srtp_rx_named_key(struct mbsec_srtp_rx *rx, bool looped)
{
	u8 mki[MBSEC_SRTP_MKI_SIZE];
	struct mbsec_key *key;
	u64 kid;

	if (mbsec_srtp_read(rx->packet, rx->layout.mki, mki, sizeof(mki)))
		return MBSEC_A_COUNTERS_RX_DROP_HEADER;
	kid = mbsec_srtp_mki_read(mki);
	key = mbsec_key_lookup_rcu(rx->group, kid, looped);
	if (!key)
		return mbsec_report_unknown_key(rx->group, kid);
	return mbsec_srtp_rx_open(rx, key);
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
	struct mbsec_srtp_rx rx = { .packet = packet, .group = group };

	if (mbsec_srtp_peek(packet, group, &rx.header))
		return MBSEC_A_COUNTERS_RX_DROP_HEADER;
	if (mbsec_srtp_dissect(&group->config.form, &rx.header, packet->size,
			       &rx.layout))
		return MBSEC_A_COUNTERS_RX_DROP_TOO_SHORT;
	if (group->config.form.mki_size)
		return mbsec_srtp_rx_named_key(&rx, looped);
	return mbsec_srtp_rx_any_key(&rx, looped);
}
