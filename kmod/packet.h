/* SPDX-License-Identifier: GPL-2.0-only */
/* Packet buffers: find the UDP payload, make it ours to write, resize it. */
#ifndef _MBSEC_PACKET_H
#define _MBSEC_PACKET_H

#include <linux/skbuff.h>

#include "mbsec.h"

/**
 * struct mbsec_packet - a multicast UDP datagram in a packet buffer
 * @skb: the buffer, data at the IP header
 * @flow: destination, source, destination port
 * @udp: offset of the UDP header from skb->data
 * @size: octets of UDP payload
 * @ipv6: IPv6, else IPv4
 */
struct mbsec_packet {
	struct sk_buff *skb;
	struct mbsec_group_id flow;
	u32 udp;
	u32 size;
	bool ipv6;
};

/**
 * enum mbsec_packet_kind - what mbsec_packet_locate() found
 * @MBSEC_PACKET_OTHER: nothing to do with us
 * @MBSEC_PACKET_DATAGRAM: multicast UDP
 * @MBSEC_PACKET_DAMAGED: multicast UDP, but only a fragment, or lengths that do
 *	not agree; address and source are valid
 */
enum mbsec_packet_kind {
	MBSEC_PACKET_OTHER,
	MBSEC_PACKET_DATAGRAM,
	MBSEC_PACKET_DAMAGED,
};

enum mbsec_packet_kind mbsec_packet_locate(struct mbsec_packet *packet,
					   struct sk_buff *skb, bool ipv6);
u32 mbsec_packet_size_max(const struct mbsec_packet *packet);
u32 mbsec_packet_mtu(const struct mbsec_packet *packet);
bool mbsec_packet_exceeds_mtu(const struct mbsec_packet *packet, u32 growth);
int mbsec_packet_make_writable(struct mbsec_packet *packet, u32 growth);
u8 *mbsec_packet_payload(const struct mbsec_packet *packet);
void mbsec_packet_cut(struct mbsec_packet *packet, u32 size);
void mbsec_packet_resize(struct mbsec_packet *packet, u32 size);
bool mbsec_packet_checksum_is_right(const struct mbsec_packet *packet);
bool mbsec_packet_is_of_host(const struct mbsec_packet *packet,
			     struct net *net);
void mbsec_packet_checksum_later(struct mbsec_packet *packet);
void mbsec_packet_checksum_segments(struct mbsec_packet *packet);

#endif /* _MBSEC_PACKET_H */
