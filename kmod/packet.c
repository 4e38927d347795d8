// SPDX-License-Identifier: GPL-2.0-only
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/udp.h>

#include "packet.h"

/* Tail room beyond the need, so that the next change finds some. */
#define MBSEC_PACKET_SPARE_TAIL 128

static enum mbsec_packet_kind
mbsec_packet_locate_udp(struct mbsec_packet *packet, u32 ip_end)
{
	struct udphdr *udp, buffer;
	u32 size;

	udp = skb_header_pointer(packet->skb, packet->udp, sizeof(buffer),
				 &buffer);
	if (!udp || packet->skb->len != ip_end)
		return MBSEC_PACKET_DAMAGED;
	size = ntohs(udp->len);
	if (size < sizeof(*udp) || packet->udp + size != ip_end)
		return MBSEC_PACKET_DAMAGED;
	packet->flow.port = ntohs(udp->dest);
	packet->size = size - sizeof(*udp);
	return MBSEC_PACKET_DATAGRAM;
}

static enum mbsec_packet_kind
mbsec_packet_locate_ipv4(struct mbsec_packet *packet)
{
	const struct iphdr *ip = ip_hdr(packet->skb);

	if (!ipv4_is_multicast(ip->daddr) || ip->protocol != IPPROTO_UDP)
		return MBSEC_PACKET_OTHER;
	ipv6_addr_set_v4mapped(ip->daddr, &packet->flow.address);
	ipv6_addr_set_v4mapped(ip->saddr, &packet->flow.source);
	if (ip_is_fragment(ip))
		return MBSEC_PACKET_DAMAGED;
	packet->udp = ip->ihl * 4;
	return mbsec_packet_locate_udp(packet, ntohs(ip->tot_len));
}

static enum mbsec_packet_kind
mbsec_packet_locate_ipv6(struct mbsec_packet *packet)
{
	const struct ipv6hdr *ip = ipv6_hdr(packet->skb);
	u8 protocol = ip->nexthdr;
	__be16 fragment = 0;
	int offset;

	if (!ipv6_addr_is_multicast(&ip->daddr))
		return MBSEC_PACKET_OTHER;
	packet->flow.address = ip->daddr;
	packet->flow.source = ip->saddr;
	offset = ipv6_skip_exthdr(packet->skb, sizeof(*ip), &protocol,
				  &fragment);
	/*
	 * More extension headers than the walk takes, and fragments but for the
	 * first, may hide a UDP datagram that the stack would find.
	 */
	if (offset < 0 || protocol == NEXTHDR_FRAGMENT)
		return MBSEC_PACKET_DAMAGED;
	if (protocol != IPPROTO_UDP)
		return MBSEC_PACKET_OTHER;
	if (fragment & htons(IP6_OFFSET | IP6_MF))
		return MBSEC_PACKET_DAMAGED;
	packet->udp = offset;
	return mbsec_packet_locate_udp(packet,
				       sizeof(*ip) + ntohs(ip->payload_len));
}

/**
 * mbsec_packet_locate - find the UDP datagram in a packet
 * @packet: result
 * @skb: packet with its IP header at skb->data and in the linear part
 * @ipv6: IPv6, else IPv4
 *
 * Cheapest tests first: most packets are none of ours.
 */
enum mbsec_packet_kind mbsec_packet_locate(struct mbsec_packet *packet,
					   struct sk_buff *skb, bool ipv6)
{
	packet->skb = skb;
	packet->ipv6 = ipv6;
	packet->flow.port = 0;
	return ipv6 ? mbsec_packet_locate_ipv6(packet) :
		      mbsec_packet_locate_ipv4(packet);
}

/**
 * mbsec_packet_size_max - the most UDP payload that the IP header can declare
 * @packet: the packet
 */
u32 mbsec_packet_size_max(const struct mbsec_packet *packet)
{
	u32 before = packet->udp + sizeof(struct udphdr);

	if (packet->ipv6)
		before -= sizeof(struct ipv6hdr);
	return U16_MAX - before;
}

/**
 * mbsec_packet_mtu - MTU of the path that the packet takes
 * @packet: a packet that has a route
 */
u32 mbsec_packet_mtu(const struct mbsec_packet *packet)
{
	struct sk_buff *skb = packet->skb;

	return packet->ipv6 ? ip6_skb_dst_mtu(skb) :
			      ip_skb_dst_mtu(skb->sk, skb);
}

/**
 * mbsec_packet_exceeds_mtu - would the packet be too big to be sent?
 * @packet: a packet that has a route
 * @growth: octets that it grows by
 *
 * Return: true if it exceeds the MTU and must not be fragmented.
 */
bool mbsec_packet_exceeds_mtu(const struct mbsec_packet *packet, u32 growth)
{
	const struct sk_buff *skb = packet->skb;

	if (skb->ignore_df ||
	    (!packet->ipv6 && !(ip_hdr(skb)->frag_off & htons(IP_DF))))
		return false;
	return skb->len + growth > mbsec_packet_mtu(packet);
}

/**
 * mbsec_packet_make_writable - make the whole packet linear and ours
 * @packet: the packet
 * @growth: octets that it is going to grow by
 *
 * The full length matters: a looped-back copy shares its data with the packet
 * that still waits to be sent, a routed one its pages with its siblings, and a
 * spliced one with a file.
 *
 * Return: 0 or -ENOMEM; the packet keeps its content.
 */
int mbsec_packet_make_writable(struct mbsec_packet *packet, u32 growth)
{
	struct sk_buff *skb = packet->skb;
	u32 tail = growth;

	if (skb_is_nonlinear(skb))
		tail += skb->data_len;
	if (skb_tailroom(skb) < tail || skb_cloned(skb)) {
		if (pskb_expand_head(skb, 0,
				     max_t(int, 0, tail - skb_tailroom(skb)) +
					     MBSEC_PACKET_SPARE_TAIL,
				     GFP_ATOMIC | __GFP_NOWARN))
			return -ENOMEM;
	}
	return skb_linearize(skb) ? -ENOMEM : 0;
}

/** mbsec_packet_payload - UDP payload of a writable packet */
u8 *mbsec_packet_payload(const struct mbsec_packet *packet)
{
	return packet->skb->data + packet->udp + sizeof(struct udphdr);
}

/**
 * mbsec_packet_resize - change the length of the UDP payload
 * @packet: a writable packet with the tail room for it
 * @size: octets of the new payload
 *
 * Lengths and the IPv4 header checksum follow; the UDP checksum does not.
 */
void mbsec_packet_resize(struct mbsec_packet *packet, u32 size)
{
	struct sk_buff *skb = packet->skb;
	struct udphdr *udp = (struct udphdr *)(skb->data + packet->udp);
	u32 end = packet->udp + sizeof(*udp) + size;
	struct iphdr *ip;
	__be16 before;

	if (end > skb->len)
		__skb_put(skb, end - skb->len);
	else
		__skb_trim(skb, end);
	udp->len = htons(sizeof(*udp) + size);
	if (packet->ipv6) {
		ipv6_hdr(skb)->payload_len =
			htons(end - sizeof(struct ipv6hdr));
	} else {
		ip = ip_hdr(skb);
		before = ip->tot_len;
		ip->tot_len = htons(end);
		csum_replace2(&ip->check, before, ip->tot_len);
	}
	packet->size = size;
}

/* The IP header moves with it and would be at an odd address. */
#define MBSEC_PACKET_HEADERS_MOVE                              \
	(IS_ENABLED(CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS) || \
	 IS_ENABLED(CONFIG_X86_64))

/**
 * mbsec_packet_cut - take octets away from the start of the UDP payload
 * @packet: a writable packet
 * @size: octets to take away
 *
 * The headers are fewer than the payload, so they move. Lengths do not follow:
 * mbsec_packet_resize() comes next.
 */
void mbsec_packet_cut(struct mbsec_packet *packet, u32 size)
{
	u32 headers = packet->udp + sizeof(struct udphdr);
	struct sk_buff *skb = packet->skb;
	u8 *start = skb->data;

	packet->size -= size;
	if (!MBSEC_PACKET_HEADERS_MOVE) {
		start += headers;
		memmove(start, start + size, packet->size);
		return;
	}
	if (skb_mac_header_was_set(skb)) {
		start = skb_mac_header(skb);
		skb->mac_header += size;
	}
	memmove(start + size, start, skb->data + headers - start);
	__skb_pull(skb, size);
	skb->network_header += size;
	if (skb_transport_header_was_set(skb))
		skb->transport_header += size;
}

/**
 * mbsec_packet_checksum_later - have the UDP checksum computed on the way out
 * @packet: a writable packet
 *
 * A sender that wants no checksum gets none.
 */
void mbsec_packet_checksum_later(struct mbsec_packet *packet)
{
	struct sk_buff *skb = packet->skb;
	struct udphdr *udp = (struct udphdr *)(skb->data + packet->udp);
	bool none = skb->ip_summed != CHECKSUM_PARTIAL && !udp->check;
	int size = sizeof(*udp) + packet->size;

	skb_set_transport_header(skb, packet->udp);
	/* While it is partial, udp_set_csum() takes it for an inner one. */
	skb->ip_summed = CHECKSUM_NONE;
	if (packet->ipv6)
		udp6_set_csum(none, skb, &ipv6_hdr(skb)->saddr,
			      &ipv6_hdr(skb)->daddr, size);
	else
		udp_set_csum(none, skb, ip_hdr(skb)->saddr, ip_hdr(skb)->daddr,
			     size);
}

/**
 * mbsec_packet_checksum_segments - as mbsec_packet_checksum_later(), of all segments
 * @packet: a writable super-packet, or the one datagram that is left of it
 *
 * The sum of the pseudo header is there, of all segments together, as those who
 * take it apart want it.
 */
void mbsec_packet_checksum_segments(struct mbsec_packet *packet)
{
	struct sk_buff *skb = packet->skb;
	struct udphdr *udp = (struct udphdr *)(skb->data + packet->udp);
	int size = sizeof(*udp) + packet->size;

	skb_set_transport_header(skb, packet->udp);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct udphdr, check);
	if (packet->ipv6)
		udp->check = ~udp_v6_check(size, &ipv6_hdr(skb)->saddr,
					   &ipv6_hdr(skb)->daddr, 0);
	else
		udp->check = ~udp_v4_check(size, ip_hdr(skb)->saddr,
					   ip_hdr(skb)->daddr, 0);
}

/**
 * mbsec_packet_checksum_is_right - is the UDP checksum of a received packet right?
 * @packet: the packet, as it came
 *
 * With IPv4 there may be none.
 */
bool mbsec_packet_checksum_is_right(const struct mbsec_packet *packet)
{
	u32 size = sizeof(struct udphdr) + packet->size;
	const struct sk_buff *skb = packet->skb;
	struct udphdr *udp, buffer;
	__wsum sum;

	if (skb_csum_unnecessary(skb))
		return true;
	udp = skb_header_pointer(skb, packet->udp, sizeof(buffer), &buffer);
	if (!udp || !udp->check)
		return udp && !packet->ipv6;
	sum = skb_checksum(skb, packet->udp, size, 0);
	if (packet->ipv6)
		return !csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
					&ipv6_hdr(skb)->daddr, size,
					IPPROTO_UDP, sum);
	return !csum_tcpudp_magic(ip_hdr(skb)->saddr, ip_hdr(skb)->daddr, size,
				  IPPROTO_UDP, sum);
}

/**
 * mbsec_packet_is_of_host - is the source of a packet an address of this host?
 * @packet: the packet
 * @net: network namespace
 *
 * A host may hear itself by another of its interfaces.
 */
bool mbsec_packet_is_of_host(const struct mbsec_packet *packet, struct net *net)
{
	const struct in6_addr *source = &packet->flow.source;

	if (!packet->ipv6)
		return inet_addr_type(net, source->s6_addr32[3]) == RTN_LOCAL;
	return IS_ENABLED(CONFIG_IPV6) && ipv6_chk_addr(net, source, NULL, 0);
}
