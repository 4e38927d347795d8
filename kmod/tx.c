// SPDX-License-Identifier: GPL-2.0-only
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "group.h"
#include "key.h"
#include "packet.h"
#include "sframe.h"
#include "srtp-tx.h"
#include "trace.h"
#include "tx.h"

static void mbsec_tx_count(struct mbsec_group *group,
			   const struct mbsec_key *key, u64 counter, u32 size)
{
	mbsec_usage_count(key->usage, size);
	mbsec_stats_count_bytes(group->stats, MBSEC_A_COUNTERS_TX_PACKETS,
				MBSEC_A_COUNTERS_TX_BYTES, size);
	trace_mbsec_tx(key->config.kid, counter, size);
}

/**
 * mbsec_tx_seal - make a ciphertext, in place
 * @group: its group
 * @key: transmit key
 * @counter: counter of the datagram
 * @data: MBSEC_SFRAME_HEADER_TX octets for the header, the cleartext, and room
 *	for the tag
 * @size: octets of the cleartext
 *
 * Context: RCU read section, BH disabled.
 * Return: 0 or MBSEC_A_COUNTERS_TX_DROP_*, after which @data is undefined.
 */
int mbsec_tx_seal(struct mbsec_group *group, const struct mbsec_key *key,
		  u64 counter, u8 *data, u32 size)
{
	u8 nonce[MBSEC_COUNTER_BLOCK_SIZE] = {};
	int err;

	mbsec_sframe_encode(data, key->config.kid, counter);
	mbsec_sframe_nonce(nonce, key->salt, counter);
	err = mbsec_suite_seal(&key->suite, nonce, data, MBSEC_SFRAME_HEADER_TX,
			       size);
	if (err)
		return mbsec_stats_tx_failure(err);
	mbsec_tx_count(group, key, counter, size);
	return 0;
}

/**
 * mbsec_tx_seal_pair - make two ciphertexts of one size
 * @group: their group
 * @key: transmit key, whose suite has pairs
 * @one: one of them, as for mbsec_tx_seal()
 * @other: the other one, not beside it (see mbsec_suite_seal_pair())
 * @size: octets of each cleartext
 *
 * Context: RCU read section, BH disabled.
 * Return: 0 or MBSEC_A_COUNTERS_TX_DROP_*, after which both are undefined.
 */
int mbsec_tx_seal_pair(struct mbsec_group *group, const struct mbsec_key *key,
		       const struct mbsec_tx_text *one,
		       const struct mbsec_tx_text *other, u32 size)
{
	const struct mbsec_tx_text *sources[] = { one, other };
	struct mbsec_suite_text texts[2] = {};
	int i, err;

	for (i = 0; i < 2; i++) {
		texts[i].data = sources[i]->data;
		mbsec_sframe_encode(texts[i].data, key->config.kid,
				    sources[i]->counter);
		mbsec_sframe_nonce(texts[i].block, key->salt,
				   sources[i]->counter);
	}
	err = mbsec_suite_seal_pair(&key->suite, texts, MBSEC_SFRAME_HEADER_TX,
				    size);
	if (err)
		return mbsec_stats_tx_failure(err);
	for (i = 0; i < 2; i++)
		mbsec_tx_count(group, key, sources[i]->counter, size);
	return 0;
}

/**
 * mbsec_tx_refusal - why a group does not protect at the moment
 * @group: the group
 *
 * Context: RCU read section.
 * Return: 0 if it does, else MBSEC_A_COUNTERS_TX_DROP_*, or
 * MBSEC_A_COUNTERS_TX_CLEARTEXT if datagrams may go as they are.
 */
int mbsec_tx_refusal(const struct mbsec_group *group)
{
	if (rcu_access_pointer(group->active))
		return 0;
	if (group->config.policy == MBSEC_POLICY_PERMIT &&
	    !READ_ONCE(group->activated))
		return MBSEC_A_COUNTERS_TX_CLEARTEXT;
	return READ_ONCE(group->tx_reason);
}

/**
 * mbsec_tx_datagram - protect a datagram
 * @packet: the datagram, a single one
 * @group: its group
 *
 * Context: RCU read section, BH disabled.
 * Return: 0, or the reason as mbsec_tx_refusal(); after a reason to drop, the
 * content of the packet is undefined.
 */
int mbsec_tx_datagram(struct mbsec_packet *packet, struct mbsec_group *group)
{
	u32 overhead = group->config.overhead;
	struct mbsec_key *key = rcu_dereference(group->active);
	u32 size = packet->size;
	u64 counter;
	int reason;
	u8 *data;

	if (!key)
		return mbsec_tx_refusal(group);
	if (group->config.format == MBSEC_FORMAT_SRTP)
		return mbsec_srtp_tx(packet, group, key);
	if (size + overhead > mbsec_packet_size_max(packet))
		return MBSEC_A_COUNTERS_TX_DROP_TOO_BIG;
	if (mbsec_packet_exceeds_mtu(packet, overhead))
		return MBSEC_A_COUNTERS_TX_DROP_MTU;
	if (mbsec_packet_make_writable(packet, overhead))
		return MBSEC_A_COUNTERS_TX_DROP_NO_MEMORY;
	reason = mbsec_key_take_counter(key, size, &counter);
	if (reason)
		return reason;
	mbsec_packet_resize(packet, size + overhead);
	data = mbsec_packet_payload(packet);
	memmove(data + MBSEC_SFRAME_HEADER_TX, data, size);
	reason = mbsec_tx_seal(group, key, counter, data, size);
	if (!reason)
		mbsec_packet_checksum_later(packet);
	return reason;
}
