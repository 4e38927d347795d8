// SPDX-License-Identifier: GPL-2.0-only
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/gso.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "group.h"
#include "hook.h"
#include "packet.h"
#include "report.h"
#include "rx.h"
#include "super.h"
#include "tx.h"

/*
 * After filtering, SELinux and NAT of sources; before connection tracking
 * confirms (INT_MAX, and INT_MAX - 1 for IPv6), so that a forged datagram
 * leaves no confirmed connection behind.
 */
#define MBSEC_HOOK_PRIORITY 250

typedef int (*mbsec_hook_action)(struct mbsec_packet *packet,
				 struct mbsec_group *group);

/*
 * Takes a super-packet apart and sends each datagram on its way. Those that
 * fail are dropped; the verdict is an error only if all of them did.
 */
static unsigned int mbsec_hook_segments(const struct mbsec_packet *whole,
					const struct nf_hook_state *state,
					struct mbsec_group *group,
					mbsec_hook_action action)
{
	struct sk_buff *segment = skb_gso_segment(whole->skb, 0);
	struct mbsec_packet packet;
	struct sk_buff *next;
	bool any = false;
	int err = -EINVAL;

	if (IS_ERR_OR_NULL(segment))
		return NF_DROP_ERR(mbsec_report_outcome(
			&whole->flow, group,
			action == mbsec_rx_datagram ?
				MBSEC_A_COUNTERS_RX_DROP_NO_MEMORY :
				MBSEC_A_COUNTERS_TX_DROP_NO_MEMORY));
	for (; segment; segment = next) {
		next = segment->next;
		skb_mark_not_on_list(segment);
		err = -EINVAL;
		if (mbsec_packet_locate(&packet, segment, whole->ipv6) ==
		    MBSEC_PACKET_DATAGRAM)
			err = mbsec_report_outcome(&packet.flow, group,
						   action(&packet, group));
		if (err) {
			kfree_skb(segment);
			continue;
		}
		any = true;
		state->okfn(state->net, state->sk, segment);
	}
	if (!any)
		return NF_DROP_ERR(err);
	consume_skb(whole->skb);
	return NF_STOLEN;
}

static unsigned int mbsec_hook_packet(struct mbsec_packet *packet,
				      const struct nf_hook_state *state,
				      struct mbsec_group *group, bool in)
{
	mbsec_hook_action action = in ? mbsec_rx_datagram : mbsec_tx_datagram;
	int reason = in ? 0 : mbsec_tx_refusal(group);
	bool done;
	int err;

	if (!reason && skb_is_gso(packet->skb)) {
		done = in ? mbsec_super_unprotect(packet, group, &err) :
			    mbsec_super_protect(packet, group, &err);
		if (!done)
			return mbsec_hook_segments(packet, state, group,
						   action);
		return err ? NF_DROP_ERR(err) : NF_ACCEPT;
	}
	if (!reason)
		reason = action(packet, group);
	err = mbsec_report_outcome(&packet->flow, group, reason);
	return err ? NF_DROP_ERR(err) : NF_ACCEPT;
}

/* Drops a packet that cannot be a datagram, if a group has its address. */
static unsigned int mbsec_hook_damaged(struct mbsec_net *mbn,
				       const struct mbsec_packet *packet,
				       u8 direction)
{
	int reason = direction == MBSEC_DIRECTION_IN ?
			     MBSEC_A_COUNTERS_RX_DROP_MALFORMED :
			     MBSEC_A_COUNTERS_TX_DROP_MALFORMED;
	struct mbsec_group *group;
	int err;

	group = mbsec_group_lookup_address_rcu(mbn, &packet->flow, direction);
	if (!group)
		return NF_ACCEPT;
	local_bh_disable();
	err = mbsec_report_outcome(&packet->flow, group, reason);
	local_bh_enable();
	return NF_DROP_ERR(err);
}

/*
 * A router answers what it cannot forward with the MTU that is left for the
 * sender, which is smaller than the stack knows.
 */
static void mbsec_hook_packet_too_big(const struct mbsec_packet *packet,
				      const struct mbsec_group *group)
{
	u32 overhead = group->config.overhead;

	if (packet->ipv6 && !skb_is_gso(packet->skb) &&
	    mbsec_packet_exceeds_mtu(packet, overhead))
		icmpv6_send(packet->skb, ICMPV6_PKT_TOOBIG, 0,
			    mbsec_packet_mtu(packet) - overhead);
}

/* Routed here, and not by a bridge or as the looped copy of our own packet. */
static bool mbsec_hook_is_routed(const struct sk_buff *skb, bool ipv6)
{
	if (skb->pkt_type == PACKET_LOOPBACK)
		return false;
	return ipv6 ? IP6CB(skb)->flags & IP6SKB_FORWARDED :
		      IPCB(skb)->flags & IPSKB_FORWARDED;
}

/* What to do with a packet that is multicast UDP. */
static unsigned int mbsec_hook_multicast(struct mbsec_packet *packet,
					 const struct nf_hook_state *state,
					 u8 direction, bool damaged)
{
	struct mbsec_net *mbn = mbsec_net_get(state->net);
	bool in = direction == MBSEC_DIRECTION_IN;
	struct mbsec_group *group;
	unsigned int verdict;

	if (damaged)
		return mbsec_hook_damaged(mbn, packet, direction);
	group = mbsec_group_lookup_rcu(mbn, &packet->flow,
				       in ? state->in->ifindex :
					    state->out->ifindex);
	if (!group || !(group->config.direction & direction))
		return NF_ACCEPT;
	if (direction == MBSEC_DIRECTION_FORWARD)
		mbsec_hook_packet_too_big(packet, group);
	/* Per-CPU counters, and ciphers that must not be interrupted. */
	local_bh_disable();
	verdict = mbsec_hook_packet(packet, state, group, in);
	local_bh_enable();
	return verdict;
}

static unsigned int mbsec_hook(struct sk_buff *skb,
			       const struct nf_hook_state *state, bool ipv6,
			       u8 direction)
{
	enum mbsec_packet_kind kind;
	struct mbsec_packet packet;

	kind = mbsec_packet_locate(&packet, skb, ipv6);
	if (kind == MBSEC_PACKET_OTHER)
		return NF_ACCEPT;
	if (direction == MBSEC_DIRECTION_FORWARD &&
	    !mbsec_hook_is_routed(skb, ipv6))
		return NF_ACCEPT;
	return mbsec_hook_multicast(&packet, state, direction,
				    kind == MBSEC_PACKET_DAMAGED);
}

static unsigned int mbsec_hook_local_out4(void *priv, struct sk_buff *skb,
					  const struct nf_hook_state *state)
{
	return mbsec_hook(skb, state, false, MBSEC_DIRECTION_OUT);
}

static unsigned int mbsec_hook_local_out6(void *priv, struct sk_buff *skb,
					  const struct nf_hook_state *state)
{
	return mbsec_hook(skb, state, true, MBSEC_DIRECTION_OUT);
}

static unsigned int mbsec_hook_forward4(void *priv, struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	return mbsec_hook(skb, state, false, MBSEC_DIRECTION_FORWARD);
}

static unsigned int mbsec_hook_forward6(void *priv, struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	return mbsec_hook(skb, state, true, MBSEC_DIRECTION_FORWARD);
}

static unsigned int mbsec_hook_local_in4(void *priv, struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	return mbsec_hook(skb, state, false, MBSEC_DIRECTION_IN);
}

static unsigned int mbsec_hook_local_in6(void *priv, struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	return mbsec_hook(skb, state, true, MBSEC_DIRECTION_IN);
}

/*
 * IPv6 loops a packet back fragment by fragment, and reassembly takes those that
 * connection tracking knows from the way out for seen. It must not, or LOCAL_IN
 * would get fragments; connection tracking finds the connection again.
 */
static unsigned int mbsec_hook_pre_routing6(void *priv, struct sk_buff *skb,
					    const struct nf_hook_state *state)
{
	struct mbsec_net *mbn = mbsec_net_get(state->net);
	struct mbsec_packet packet;

	if (skb->pkt_type == PACKET_LOOPBACK &&
	    mbsec_packet_locate(&packet, skb, true) == MBSEC_PACKET_DAMAGED &&
	    mbsec_group_lookup_address_rcu(mbn, &packet.flow,
					   MBSEC_DIRECTION_IN))
		nf_reset_ct(skb);
	return NF_ACCEPT;
}

#define MBSEC_HOOK(function, family, number, when)                       \
	{                                                                \
		.hook = (function), .pf = (family), .hooknum = (number), \
		.priority = (when),                                      \
	}

static const struct nf_hook_ops mbsec_hook_ops[] = {
	MBSEC_HOOK(mbsec_hook_local_out4, NFPROTO_IPV4, NF_INET_LOCAL_OUT,
		   MBSEC_HOOK_PRIORITY),
	MBSEC_HOOK(mbsec_hook_local_out6, NFPROTO_IPV6, NF_INET_LOCAL_OUT,
		   MBSEC_HOOK_PRIORITY),
	MBSEC_HOOK(mbsec_hook_forward4, NFPROTO_IPV4, NF_INET_FORWARD,
		   MBSEC_HOOK_PRIORITY),
	MBSEC_HOOK(mbsec_hook_forward6, NFPROTO_IPV6, NF_INET_FORWARD,
		   MBSEC_HOOK_PRIORITY),
	MBSEC_HOOK(mbsec_hook_local_in4, NFPROTO_IPV4, NF_INET_LOCAL_IN,
		   MBSEC_HOOK_PRIORITY),
	MBSEC_HOOK(mbsec_hook_local_in6, NFPROTO_IPV6, NF_INET_LOCAL_IN,
		   MBSEC_HOOK_PRIORITY),
	MBSEC_HOOK(mbsec_hook_pre_routing6, NFPROTO_IPV6, NF_INET_PRE_ROUTING,
		   NF_IP6_PRI_CONNTRACK_DEFRAG - 1),
};

/**
 * mbsec_hook_register - start to see the packets of a network namespace
 * @net: network namespace; the tables of its groups exist
 *
 * Fragments are put together first: IPv6 shows LOCAL_IN single fragments
 * otherwise, and routed ones are never whole.
 *
 * Return: 0 or a negative error number.
 */
int mbsec_hook_register(struct net *net)
{
	int err;

	err = nf_defrag_ipv4_enable(net);
	if (err)
		return err;
	err = nf_defrag_ipv6_enable(net);
	if (err)
		goto disable_ipv4;
	err = nf_register_net_hooks(net, mbsec_hook_ops,
				    ARRAY_SIZE(mbsec_hook_ops));
	if (err)
		goto disable_ipv6;
	return 0;

disable_ipv6:
	nf_defrag_ipv6_disable(net);
disable_ipv4:
	nf_defrag_ipv4_disable(net);
	return err;
}

/**
 * mbsec_hook_unregister - see no packets of a network namespace any more
 * @net: network namespace with registered hooks
 */
void mbsec_hook_unregister(struct net *net)
{
	nf_unregister_net_hooks(net, mbsec_hook_ops,
				ARRAY_SIZE(mbsec_hook_ops));
	nf_defrag_ipv6_disable(net);
	nf_defrag_ipv4_disable(net);
}
