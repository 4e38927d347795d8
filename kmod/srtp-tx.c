// SPDX-License-Identifier: GPL-2.0-only
#include <linux/string.h>
#include <linux/unaligned.h>

#include "group.h"
#include "key.h"
#include "packet.h"
#include "report.h"
#include "sender.h"
#include "srtp-packet.h"
#include "srtp-tx.h"
#include "trace.h"

/* Encrypts and tags; @data has room for the result. */
static int mbsec_srtp_seal(const struct mbsec_group *group,
			   const struct mbsec_key *key,
			   const struct mbsec_srtp_header *header,
			   const struct mbsec_srtp_layout *layout, u64 index,
			   u8 *data)
{
	const struct mbsec_suite_keys *suite = header->rtcp ? &key->rtcp :
							      &key->suite;
	const u8 *salt = header->rtcp ? key->rtcp_salt : key->salt;
	u8 block[MBSEC_COUNTER_BLOCK_SIZE];
	u8 mac[MBSEC_MAC_SIZE_SHA1];
	u32 trailer = index;
	int err;

	mbsec_srtp_block(block, salt, header->ssrc, index);
	err = mbsec_suite_crypt(suite, block, data + layout->text,
				layout->text_size);
	memzero_explicit(block, sizeof(block));
	if (err)
		return err;
	if (suite->suite->cipher_key_size)
		trailer |= MBSEC_SRTCP_ENCRYPTED;
	if (header->rtcp)
		put_unaligned_be32(trailer,
				   data + layout->text + layout->text_size);
	if (layout->mac_size)
		err = mbsec_srtp_mac(suite, header, layout, data, index, mac);
	if (err)
		return err;
	if (group->config.form.mki_size)
		mbsec_srtp_mki_write(data + layout->mki, key->config.kid);
	if (layout->roc_size)
		put_unaligned_be32(index >> 16, data + layout->roc);
	memcpy(data + layout->mac, mac, layout->mac_size);
	return 0;
}

static int mbsec_srtp_take_index(struct mbsec_group *group,
				 struct mbsec_key *key,
				 const struct mbsec_srtp_header *header,
				 u64 *index)
{
	int reason;

	if (header->rtcp)
		reason = mbsec_stream_send_rtcp(key, header->ssrc, index);
	else
		reason = mbsec_stream_send(key, header->ssrc, header->sequence,
					   index);
	if (reason)
		mbsec_report_ssrc(group, key, header->ssrc, reason);
	return reason;
}

/**
 * mbsec_srtp_tx - protect a packet of RTP or RTCP
 * @packet: the datagram, a single one
 * @group: its group
 * @key: the transmit key in use
 *
 * Context: RCU read section, BH disabled.
 * Return: 0 or MBSEC_A_COUNTERS_TX_DROP_*, after which the content of the packet
 * is undefined.
 */
int mbsec_srtp_tx(struct mbsec_packet *packet, struct mbsec_group *group,
		  struct mbsec_key *key)
{
	struct mbsec_srtp_header header;
	struct mbsec_srtp_layout layout;
	u32 size = packet->size;
	u64 index, use;
	int reason, err;

	if (mbsec_srtp_peek(packet, group, &header))
		return MBSEC_A_COUNTERS_TX_DROP_HEADER;
	mbsec_srtp_arrange(&group->config.form, &header, size - header.size,
			   &layout);
	if (layout.size > mbsec_packet_size_max(packet))
		return MBSEC_A_COUNTERS_TX_DROP_TOO_BIG;
	if (mbsec_packet_exceeds_mtu(packet, layout.size - size))
		return MBSEC_A_COUNTERS_TX_DROP_MTU;
	if (mbsec_packet_make_writable(packet, layout.size - size))
		return MBSEC_A_COUNTERS_TX_DROP_NO_MEMORY;
	if (mbsec_srtp_check_clear(mbsec_packet_payload(packet), size, &header))
		return MBSEC_A_COUNTERS_TX_DROP_HEADER;
	reason = mbsec_srtp_take_index(group, key, &header, &index);
	if (!reason)
		reason = mbsec_key_take_use(key, size, &use);
	if (reason)
		return reason;
	mbsec_packet_resize(packet, layout.size);
	err = mbsec_srtp_seal(group, key, &header, &layout, index,
			      mbsec_packet_payload(packet));
	if (err)
		return mbsec_stats_tx_failure(err);
	mbsec_packet_checksum_later(packet);

	mbsec_usage_count(key->usage, size);
	mbsec_stats_count_bytes(group->stats, MBSEC_A_COUNTERS_TX_PACKETS,
				MBSEC_A_COUNTERS_TX_BYTES, size);
	trace_mbsec_tx(key->config.kid, index, size);
	return 0;
}
