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
	const void *from;

	from = skb_header_pointer(packet->skb,
				  packet->udp + sizeof(struct udphdr) + offset,
				  size, data);
	if (!from)
		return -EFAULT;
	if (from != data)
		memcpy(data, from, size);
	return 0;
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
	u8 buffer[MBSEC_SRTP_PEEK];
	const u8 *data;
	int err;

	data = skb_header_pointer(
		packet->skb, packet->udp + sizeof(struct udphdr), size, buffer);
	if (!data)
		return -EFAULT;
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
 * @data: the packet, encrypted, writable; it is left as it was
 * @index: its index; the ROC is signed with RTP, sent or not
 * @mac: result, MBSEC_MAC_SIZE_SHA1 octets
 */
int mbsec_srtp_mac(const struct mbsec_suite_keys *suite,
		   const struct mbsec_srtp_header *header,
		   const struct mbsec_srtp_layout *layout, u8 *data, u64 index,
		   u8 *mac)
{
	u32 size = layout->signed_size;
	u8 *end = data + size;
	u32 behind;
	int err;

	if (header->rtcp)
		return mbsec_mac_compute(&suite->mac, data, 0, data, size, mac);
	/* A MAC has room for it; in one piece it is faster. */
	behind = get_unaligned_be32(end);
	put_unaligned_be32(index >> 16, end);
	err = mbsec_mac_compute(&suite->mac, data, 0, data,
				size + MBSEC_SRTP_ROC_SIZE, mac);
	put_unaligned_be32(behind, end);
	return err;
}
