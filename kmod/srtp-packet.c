// SPDX-License-Identifier: GPL-2.0-only
#include <linux/udp.h>
#include <linux/unaligned.h>

#include "group.h"
#include "packet.h"
#include "srtp-packet.h"
#include "suite.h"

/**
 * mbsec_srtp_read - copy octets of the UDP payload
 * @packet: the datagram, its payload wherever it is
 * @offset: first octet
 * @data: result
 * @size: octets to copy
 *
 * Return: 0 or a negative error number.
 */
int mbsec_srtp_read(const struct mbsec_packet *packet, u32 offset, void *data,
		    u32 size)
{
	return skb_copy_bits(packet->skb,
			     packet->udp + sizeof(struct udphdr) + offset, data,
			     size);
}

/**
 * mbsec_srtp_peek - read the header of a packet, protected or not
 * @packet: the datagram
 * @group: its group
 * @header: result
 *
 * Return: 0; a negative error number if it is no packet of RTP or RTCP, or of
 * RTP on the port of RTCP.
 */
int mbsec_srtp_peek(const struct mbsec_packet *packet,
		    const struct mbsec_group *group,
		    struct mbsec_srtp_header *header)
{
	u32 size = min_t(u32, packet->size, MBSEC_SRTP_PEEK);
	u16 port = group->config.id.port;
	u8 data[MBSEC_SRTP_PEEK];
	int err;

	err = mbsec_srtp_read(packet, 0, data, size);
	if (!err)
		err = mbsec_srtp_parse(data, packet->size, header);
	if (!err && port && packet->flow.port != port && !header->rtcp)
		err = -EINVAL;
	return err;
}

/**
 * mbsec_srtp_mac - compute the MAC of a packet
 * @suite: keys for RTP, or for RTCP
 * @header: its header
 * @layout: its layout
 * @data: the packet, encrypted
 * @index: its index; the ROC is signed with RTP, sent or not
 * @mac: result, MBSEC_MAC_SIZE_SHA1 octets
 */
int mbsec_srtp_mac(const struct mbsec_suite_keys *suite,
		   const struct mbsec_srtp_header *header,
		   const struct mbsec_srtp_layout *layout, const u8 *data,
		   u64 index, u8 *mac)
{
	u8 roc[MBSEC_SRTP_ROC_SIZE];

	put_unaligned_be32(index >> 16, roc);
	return mbsec_mac_compute(&suite->mac, data, layout->signed_size, roc,
				 header->rtcp ? 0 : sizeof(roc), mac);
}
