// SPDX-License-Identifier: GPL-2.0-only
#include <crypto/utils.h>
#include <linux/unaligned.h>

#include "group.h"
#include "key.h"
#include "packet.h"
#include "sender.h"
#include "srtp-packet.h"
#include "srtp-verify.h"

/*
 * ROCs that are tried for an SSRC of which it is not known where it stands, from
 * 0, or that was silent, from the one that is estimated; and so many packets a
 * second and group of either kind, as each try costs a MAC. Beyond, only the
 * first one is tried.
 */
#define GUESSES 4
#define GUESSED_PACKETS 1000

/* SRTCP says its index and whether it is encrypted. */
static int mbsec_srtp_index_rtcp(struct mbsec_srtp_rx *rx)
{
	u8 octets[MBSEC_SRTCP_INDEX_SIZE];
	u32 word;

	if (mbsec_srtp_read(rx->packet, rx->layout.signed_size - sizeof(octets),
			    octets, sizeof(octets)))
		return MBSEC_A_COUNTERS_RX_DROP_HEADER;
	word = get_unaligned_be32(octets);
	rx->index = word & ~MBSEC_SRTCP_ENCRYPTED;
	rx->encrypted = word & MBSEC_SRTCP_ENCRYPTED;
	rx->is_told = true;
	return 0;
}

/* The ROC in the tag of some packets of SRTP. */
static int mbsec_srtp_index_roc(struct mbsec_srtp_rx *rx)
{
	u8 roc[MBSEC_SRTP_ROC_SIZE];

	if (mbsec_srtp_read(rx->packet, rx->layout.roc, roc, sizeof(roc)))
		return MBSEC_A_COUNTERS_RX_DROP_HEADER;
	rx->index = (u64)get_unaligned_be32(roc) << 16 | rx->header.sequence;
	rx->is_told = true;
	return 0;
}

/* The index that the packet says, or the one that is most likely. */
static int mbsec_srtp_index(struct mbsec_srtp_rx *rx,
			    const struct mbsec_key *key)
{
	u64 highest;

	rx->is_told = false;
	rx->encrypted = true;
	if (rx->header.rtcp)
		return mbsec_srtp_index_rtcp(rx);
	if (rx->layout.roc_size)
		return mbsec_srtp_index_roc(rx);
	rx->index = rx->header.sequence;
	rx->is_known = mbsec_sender_where_rcu(rx->group, key->config.role,
					      rx->header.ssrc, &highest);
	if (!rx->is_known)
		return rx->layout.mac_size ?
			       0 :
			       MBSEC_A_COUNTERS_RX_DROP_ROC_UNKNOWN;
	if (mbsec_srtp_index_estimate(highest, rx->header.sequence, &rx->index))
		return MBSEC_A_COUNTERS_RX_DROP_TOO_OLD;
	return 0;
}

/* The look at the window sheds floods of replays before their tag costs. */
static int mbsec_srtp_window(const struct mbsec_srtp_rx *rx,
			     const struct mbsec_key *key)
{
	/* Where no packet has a MAC, none is worth remembering. */
	if (rx->group->config.form.roc_mode == 3 && !rx->header.rtcp)
		return 0;
	if (!rx->is_told && !rx->is_known)
		return 0;
	switch (mbsec_stream_check_rcu(key, rx->header.ssrc, rx->header.rtcp,
				       rx->index)) {
	case 0:
		return 0;
	case -EEXIST:
		return MBSEC_A_COUNTERS_RX_DROP_REPLAYED;
	default:
		return MBSEC_A_COUNTERS_RX_DROP_TOO_OLD;
	}
}

/* Once a packet, whatever the number of keys. */
static bool mbsec_srtp_may_guess(struct mbsec_srtp_rx *rx)
{
	struct mbsec_group *group = rx->group;
	struct mbsec_storm *storm;

	if (rx->is_told || !rx->layout.mac_size || rx->looped)
		return false;
	if (rx->asked)
		return rx->may_guess;
	rx->asked = true;
	if (rx->is_known && !mbsec_sender_is_silent_rcu(group, rx->header.ssrc))
		return false;
	storm = rx->is_known ? &group->strayed : &group->guessed;
	rx->may_guess = mbsec_group_storm(storm) <= GUESSED_PACKETS;
	return rx->may_guess;
}

/* Return: 1 if the MAC fits the index, 0 if not, or a negative error number. */
static int mbsec_srtp_fits(const struct mbsec_srtp_rx *rx,
			   const struct mbsec_key *key)
{
	const struct mbsec_suite_keys *suite = rx->header.rtcp ? &key->rtcp :
								 &key->suite;
	u8 *data = mbsec_packet_payload(rx->packet);
	u8 mac[MBSEC_MAC_SIZE_SHA1];
	int err;

	err = mbsec_srtp_mac(suite, &rx->header, &rx->layout, data, rx->index,
			     mac);
	if (err)
		return err;
	return !crypto_memneq(mac, data + rx->layout.mac, rx->layout.mac_size);
}

/*
 * @seen: what the window says of the first index. A packet that was not seen
 * before but after a long absence has a later one.
 */
static int mbsec_srtp_verify_mac(struct mbsec_srtp_rx *rx,
				 const struct mbsec_key *key, int seen)
{
	int tries = mbsec_srtp_may_guess(rx) ? GUESSES : 1;
	int fits = 0;

	for (; tries && rx->index < MBSEC_SRTP_INDEX_END; tries--) {
		fits = mbsec_srtp_fits(rx, key);
		if (fits < 0)
			return mbsec_stats_rx_failure(fits);
		if (fits)
			return seen;
		seen = 0;
		rx->index += 1 << 16;
	}
	if (rx->is_told || (rx->is_known && !rx->may_guess))
		return MBSEC_A_COUNTERS_RX_DROP_AUTH_FAILED;
	return MBSEC_A_COUNTERS_RX_DROP_ROC_UNKNOWN;
}

/**
 * mbsec_srtp_verify - find the index of a packet; is it authentic?
 * @rx: the packet; @rx->index is valid afterwards, and the packet writable
 * @key: key that it may be of
 *
 * A packet without a MAC has nothing but its UDP checksum.
 *
 * Context: RCU read section, BH disabled.
 * Return: 0 or MBSEC_A_COUNTERS_RX_DROP_*, after which the packet is as it was.
 */
int mbsec_srtp_verify(struct mbsec_srtp_rx *rx, struct mbsec_key *key)
{
	int reason = mbsec_srtp_index(rx, key);
	int seen;

	if (reason)
		return reason;
	seen = mbsec_srtp_window(rx, key);
	if (seen && !mbsec_srtp_may_guess(rx))
		return seen;
	if (!rx->layout.mac_size && !mbsec_packet_checksum_is_right(rx->packet))
		return MBSEC_A_COUNTERS_RX_DROP_MALFORMED;
	if (mbsec_packet_make_writable(rx->packet, 0))
		return MBSEC_A_COUNTERS_RX_DROP_NO_MEMORY;
	return rx->layout.mac_size ? mbsec_srtp_verify_mac(rx, key, seen) : 0;
}
