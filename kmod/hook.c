// SPDX-License-Identifier: GPL-2.0-only
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/netlink.h>
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
static unsigned int mbsec_hook_multicast(struct mbsec_net *mbn,
					 struct mbsec_packet *packet,
					 const struct nf_hook_state *state,
					 u8 direction, bool damaged)
{
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

/*
 * What may be of a group goes on here; other packets have got no further than to
 * the two tests below, which read no more than an address and a bucket.
 */
static noinline unsigned int mbsec_hook(struct mbsec_net *mbn,
					struct sk_buff *skb,
					const struct nf_hook_state *state,
					bool ipv6, u8 direction)
{
	enum mbsec_packet_kind kind;
	struct mbsec_packet packet;

	kind = mbsec_packet_locate(&packet, skb, ipv6);
	if (kind == MBSEC_PACKET_OTHER)
		return NF_ACCEPT;
	if (direction == MBSEC_DIRECTION_FORWARD &&
	    !mbsec_hook_is_routed(skb, ipv6))
		return NF_ACCEPT;
	return mbsec_hook_multicast(mbn, &packet, state, direction,
				    kind == MBSEC_PACKET_DAMAGED);
}

static bool mbsec_hook_may_concern4(const struct mbsec_net *mbn,
				    const struct sk_buff *skb)
{
	__be32 address = ip_hdr(skb)->daddr;

	return ipv4_is_multicast(address) &&
	       mbsec_group_may_have_ipv4(mbn, address);
}

static bool mbsec_hook_may_concern6(const struct mbsec_net *mbn,
				    const struct sk_buff *skb)
{
	const struct in6_addr *address = &ipv6_hdr(skb)->daddr;

	return ipv6_addr_is_multicast(address) &&
	       mbsec_group_may_have(mbn, address);
}

static unsigned int mbsec_hook_local_out4(void *mbn, struct sk_buff *skb,
					  const struct nf_hook_state *state)
{
	if (!mbsec_hook_may_concern4(mbn, skb))
		return NF_ACCEPT;
	return mbsec_hook(mbn, skb, state, false, MBSEC_DIRECTION_OUT);
}

static unsigned int mbsec_hook_local_out6(void *mbn, struct sk_buff *skb,
					  const struct nf_hook_state *state)
{
	if (!mbsec_hook_may_concern6(mbn, skb))
		return NF_ACCEPT;
	return mbsec_hook(mbn, skb, state, true, MBSEC_DIRECTION_OUT);
}

static unsigned int mbsec_hook_forward4(void *mbn, struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	if (!mbsec_hook_may_concern4(mbn, skb))
		return NF_ACCEPT;
	return mbsec_hook(mbn, skb, state, false, MBSEC_DIRECTION_FORWARD);
}

static unsigned int mbsec_hook_forward6(void *mbn, struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	if (!mbsec_hook_may_concern6(mbn, skb))
		return NF_ACCEPT;
	return mbsec_hook(mbn, skb, state, true, MBSEC_DIRECTION_FORWARD);
}

static unsigned int mbsec_hook_local_in4(void *mbn, struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	if (!mbsec_hook_may_concern4(mbn, skb))
		return NF_ACCEPT;
	return mbsec_hook(mbn, skb, state, false, MBSEC_DIRECTION_IN);
}

static unsigned int mbsec_hook_local_in6(void *mbn, struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	if (!mbsec_hook_may_concern6(mbn, skb))
		return NF_ACCEPT;
	return mbsec_hook(mbn, skb, state, true, MBSEC_DIRECTION_IN);
}

/*
 * IPv6 loops a packet back fragment by fragment, and reassembly takes those that
 * connection tracking knows from the way out for seen. It must not, or LOCAL_IN
 * would get fragments; connection tracking finds the connection again.
 */
static unsigned int mbsec_hook_pre_routing6(void *mbn, struct sk_buff *skb,
					    const struct nf_hook_state *state)
{
	struct mbsec_packet packet;

	if (skb->pkt_type == PACKET_LOOPBACK &&
	    mbsec_packet_locate(&packet, skb, true) == MBSEC_PACKET_DAMAGED &&
	    mbsec_group_lookup_address_rcu(mbn, &packet.flow,
					   MBSEC_DIRECTION_IN))
		nf_reset_ct(skb);
	return NF_ACCEPT;
}

/**
 * struct mbsec_hook_site - a place where packets are looked at
 * @directions: groups with one of these need it
 * @ops: where that is; without a function, fragments are put together there
 */
struct mbsec_hook_site {
	u8 directions;
	struct nf_hook_ops ops;
};

#define MBSEC_HOOK_SITE(which, function, family, number, when) \
	{                                                      \
		.directions = (which),                         \
		.ops = {                                       \
			.hook = (function),                    \
			.pf = (family),                        \
			.hooknum = (number),                   \
			.priority = (when),                    \
		},                                             \
	}

/*
 * Whole datagrams first: routed ones never are, and IPv6 shows LOCAL_IN single
 * fragments. IPv4 does not, and nobody sends any but raw sockets.
 */
static const struct mbsec_hook_site mbsec_hook_sites[] = {
	MBSEC_HOOK_SITE(MBSEC_DIRECTION_FORWARD, NULL, NFPROTO_IPV4, 0, 0),
	MBSEC_HOOK_SITE(MBSEC_DIRECTION_FORWARD | MBSEC_DIRECTION_IN, NULL,
			NFPROTO_IPV6, 0, 0),
	MBSEC_HOOK_SITE(MBSEC_DIRECTION_IN, mbsec_hook_pre_routing6,
			NFPROTO_IPV6, NF_INET_PRE_ROUTING,
			NF_IP6_PRI_CONNTRACK_DEFRAG - 1),
	MBSEC_HOOK_SITE(MBSEC_DIRECTION_OUT, mbsec_hook_local_out4,
			NFPROTO_IPV4, NF_INET_LOCAL_OUT, MBSEC_HOOK_PRIORITY),
	MBSEC_HOOK_SITE(MBSEC_DIRECTION_OUT, mbsec_hook_local_out6,
			NFPROTO_IPV6, NF_INET_LOCAL_OUT, MBSEC_HOOK_PRIORITY),
	MBSEC_HOOK_SITE(MBSEC_DIRECTION_FORWARD, mbsec_hook_forward4,
			NFPROTO_IPV4, NF_INET_FORWARD, MBSEC_HOOK_PRIORITY),
	MBSEC_HOOK_SITE(MBSEC_DIRECTION_FORWARD, mbsec_hook_forward6,
			NFPROTO_IPV6, NF_INET_FORWARD, MBSEC_HOOK_PRIORITY),
	MBSEC_HOOK_SITE(MBSEC_DIRECTION_IN, mbsec_hook_local_in4, NFPROTO_IPV4,
			NF_INET_LOCAL_IN, MBSEC_HOOK_PRIORITY),
	MBSEC_HOOK_SITE(MBSEC_DIRECTION_IN, mbsec_hook_local_in6, NFPROTO_IPV6,
			NF_INET_LOCAL_IN, MBSEC_HOOK_PRIORITY),
};

static_assert(ARRAY_SIZE(mbsec_hook_sites) == MBSEC_HOOK_SITES);

/**
 * mbsec_hook_net_init - prepare the hooks of a network namespace
 * @mbn: network namespace, new
 */
void mbsec_hook_net_init(struct mbsec_net *mbn)
{
	int site;

	for (site = 0; site < MBSEC_HOOK_SITES; site++) {
		mbn->hook_ops[site] = mbsec_hook_sites[site].ops;
		mbn->hook_ops[site].priv = mbn;
	}
}

static int mbsec_hook_enable(struct mbsec_net *mbn, int site)
{
	const struct nf_hook_ops *ops = &mbn->hook_ops[site];

	if (ops->hook)
		return nf_register_net_hook(mbn->net, ops);
	return ops->pf == NFPROTO_IPV6 ? nf_defrag_ipv6_enable(mbn->net) :
					 nf_defrag_ipv4_enable(mbn->net);
}

static void mbsec_hook_disable(struct mbsec_net *mbn, int site)
{
	const struct nf_hook_ops *ops = &mbn->hook_ops[site];

	if (ops->hook)
		nf_unregister_net_hook(mbn->net, ops);
	else if (ops->pf == NFPROTO_IPV6)
		nf_defrag_ipv6_disable(mbn->net);
	else
		nf_defrag_ipv4_disable(mbn->net);
}

static bool mbsec_hook_is_needed(int site,
				 const struct mbsec_group_config *config)
{
	const struct mbsec_hook_site *one = &mbsec_hook_sites[site];
	u8 family = ipv6_addr_v4mapped(&config->id.address) ? NFPROTO_IPV4 :
							      NFPROTO_IPV6;

	return one->ops.pf == family && one->directions & config->direction;
}

/* Gives back the sites before @end that a group needs, the last first. */
static void mbsec_hook_release_before(struct mbsec_net *mbn,
				      const struct mbsec_group_config *config,
				      int end)
{
	while (end--)
		if (mbsec_hook_is_needed(end, config) &&
		    !--mbn->hook_users[end])
			mbsec_hook_disable(mbn, end);
}

/**
 * mbsec_hook_hold_locked - see the packets that a group needs to be seen
 * @mbn: network namespace, mutex held; it has tables
 * @config: the group, which is not in the tables yet
 * @extack: says why not
 *
 * When this returns 0, no packet passes by any more.
 *
 * Return: 0, or a negative error number and nothing has changed.
 */
int mbsec_hook_hold_locked(struct mbsec_net *mbn,
			   const struct mbsec_group_config *config,
			   struct netlink_ext_ack *extack)
{
	int site, err;

	for (site = 0; site < MBSEC_HOOK_SITES; site++) {
		if (!mbsec_hook_is_needed(site, config))
			continue;
		err = mbn->hook_users[site] ? 0 : mbsec_hook_enable(mbn, site);
		if (err) {
			mbsec_hook_release_before(mbn, config, site);
			NL_SET_ERR_MSG(
				extack,
				"the netfilter hooks cannot be registered");
			return err;
		}
		mbn->hook_users[site]++;
	}
	return 0;
}

/**
 * mbsec_hook_release_locked - a group does not need its packets any more
 * @mbn: network namespace, mutex held
 * @config: a group that leaves the tables next: the grace period that the group
 *	waits for is then one of its hooks too
 */
void mbsec_hook_release_locked(struct mbsec_net *mbn,
			       const struct mbsec_group_config *config)
{
	mbsec_hook_release_before(mbn, config, MBSEC_HOOK_SITES);
}

/**
 * mbsec_hook_release_all_locked - likewise, no group does
 * @mbn: network namespace, mutex held; its groups leave the tables next
 */
void mbsec_hook_release_all_locked(struct mbsec_net *mbn)
{
	int site;

	for (site = MBSEC_HOOK_SITES - 1; site >= 0; site--) {
		if (mbn->hook_users[site])
			mbsec_hook_disable(mbn, site);
		mbn->hook_users[site] = 0;
	}
}
