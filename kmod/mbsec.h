/* SPDX-License-Identifier: GPL-2.0-only */
/* Small types that all parts of the module share. */
#ifndef _MBSEC_H
#define _MBSEC_H

#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include <uapi/linux/mbsec.h>

#define MBSEC_GROUP_HASH_BITS 12
/* Of groups by address alone, and by port of RTCP: fragments and RTCP only. */
#define MBSEC_GROUP_SIDE_HASH_BITS 10
#define MBSEC_KEY_HASH_BITS 12
#define MBSEC_EVENT_RING 64
/* Hooks, and reassembly of IPv4 and of IPv6. */
#define MBSEC_HOOK_SITES 9

/**
 * struct mbsec_group_id - what tells groups of a network namespace apart
 * @address: multicast address, IPv4 as IPv4-mapped
 * @source: source of a source-specific group, else ::
 * @port: UDP destination port, 0 for any
 */
struct mbsec_group_id {
	struct in6_addr address;
	struct in6_addr source;
	u16 port;
};

/**
 * struct mbsec_event - an event on its way to the listeners
 * @type: enum mbsec_event_type
 * @limit: enum mbsec_limit of an expire event, else 0
 * @count: datagrams that it stands for
 * @group: the group
 * @kid: key identifier, valid if @has_key
 * @role: enum mbsec_role, 0 if no key is meant
 * @has_key: the event is about a key
 * @has_ssrc: the event is about an SSRC
 * @ssrc: SSRC, valid if @has_ssrc
 */
struct mbsec_event {
	u8 type;
	u8 limit;
	u8 role;
	bool has_key;
	bool has_ssrc;
	u32 ssrc;
	u64 count;
	u64 kid;
	struct mbsec_group_id group;
};

/**
 * struct mbsec_net - the module's part of a network namespace
 * @net: the network namespace
 * @group_hash: groups by address and port, in use while @group_count
 * @key_hash: keys by group and key identifier, likewise
 * @rtcp_hash: SRTP groups by address and port of RTCP, likewise
 * @address_hash: groups by address, likewise
 * @any_port_count: number of groups for any port
 * @rtcp_count: number of groups in @rtcp_hash
 * @mutex: protects the groups, their keys and the hooks; readers use RCU
 * @hook_users: number of groups that need it, for each hook
 * @hook_ops: the hooks, for netfilter
 * @groups: all groups, in the order in which they were made
 * @group_count: number of groups
 * @key_count: number of keys
 * @change: changes with every group and key, to detect torn dumps
 * @history: entries of the history that this namespace made
 * @history_count: number of them
 * @objects: groups and keys that are not freed yet, waited for by address
 * @retired: per-CPU counters of the groups that were deleted
 * @event_lock: protects the ring of events
 * @event_ring: events to be sent
 * @event_head: index of the oldest event
 * @event_pending: events in the ring
 * @events_sent: events sent
 * @events_lost: events that found the ring full
 * @event_work: sends the events
 *
 * What each datagram reads comes first; nothing of it is written but with a group.
 */
struct mbsec_net {
	struct net *net;
	struct hlist_head *group_hash;
	struct hlist_head *key_hash;
	struct hlist_head *rtcp_hash;
	struct hlist_head *address_hash;
	u32 any_port_count;
	u32 rtcp_count;

	/* groups, keys, hooks */
	struct mutex mutex ____cacheline_aligned_in_smp;
	u32 hook_users[MBSEC_HOOK_SITES];
	struct nf_hook_ops hook_ops[MBSEC_HOOK_SITES];
	struct list_head groups;
	u32 group_count;
	u32 key_count;
	u32 change;
	struct list_head history;
	u32 history_count;
	atomic_t objects;
	u64 *retired;
	spinlock_t event_lock; /* the ring */
	struct mbsec_event *event_ring;
	u32 event_head;
	u32 event_pending;
	u64 events_sent;
	u64 events_lost;
	struct work_struct event_work;
};

static_assert(offsetofend(struct mbsec_net, rtcp_count) <= 64);

struct mbsec_net *mbsec_net_get(const struct net *net);

#endif /* _MBSEC_H */
