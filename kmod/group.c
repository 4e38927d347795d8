// SPDX-License-Identifier: GPL-2.0-only
#include <linux/jiffies.h>
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <net/ipv6.h>

#include "group.h"
#include "key.h"
#include "sender.h"

static struct hlist_head *mbsec_group_bucket(const struct mbsec_net *mbn,
					     const struct in6_addr *address,
					     u16 port)
{
	return &mbn->group_hash[hash_64(mbsec_group_hash(address, port),
					MBSEC_GROUP_HASH_BITS)];
}

/* Of the other tables. */
static struct hlist_head *
mbsec_group_side_bucket(struct hlist_head *table,
			const struct in6_addr *address, u16 port)
{
	return &table[hash_64(mbsec_group_hash(address, port),
			      MBSEC_GROUP_SIDE_HASH_BITS)];
}

static bool mbsec_group_id_equal(const struct mbsec_group_id *a,
				 const struct mbsec_group_id *b)
{
	return a->port == b->port &&
	       ipv6_addr_equal(&a->address, &b->address) &&
	       ipv6_addr_equal(&a->source, &b->source);
}

static struct mbsec_group *
mbsec_group_get_locked(struct mbsec_net *mbn, const struct mbsec_group_id *id)
{
	struct mbsec_group *group;

	if (!mbn->group_hash)
		return NULL;
	hlist_for_each_entry(
		group, mbsec_group_bucket(mbn, &id->address, id->port), node)
		if (mbsec_group_id_equal(&group->config.id, id))
			return group;
	return NULL;
}

static void mbsec_group_free_work(struct work_struct *work)
{
	struct mbsec_group *group =
		container_of(to_rcu_work(work), struct mbsec_group, free_work);
	struct mbsec_net *mbn = group->mbn;

	free_percpu(group->stats);
	mbsec_senders_free(group->senders);
	kfree(group);
	if (atomic_dec_and_test(&mbn->objects))
		wake_up_var(&mbn->objects);
}

/**
 * mbsec_group_put - give up a reference; the last one frees the group
 * @group: a group that is not in the table any more
 */
void mbsec_group_put(struct mbsec_group *group)
{
	if (refcount_dec_and_test(&group->refs))
		queue_rcu_work(mbsec_wq, &group->free_work);
}

static struct mbsec_group *
mbsec_group_alloc(struct mbsec_net *mbn, const struct mbsec_group_config *cfg)
{
	struct mbsec_group *group;

	group = kzalloc(sizeof(*group), GFP_KERNEL_ACCOUNT);
	if (!group)
		return NULL;
	group->stats = alloc_percpu_gfp(struct mbsec_stats, GFP_KERNEL_ACCOUNT);
	if (cfg->format == MBSEC_FORMAT_SRTP)
		group->senders = mbsec_senders_alloc();
	if (!group->stats ||
	    (cfg->format == MBSEC_FORMAT_SRTP && !group->senders)) {
		free_percpu(group->stats);
		kfree(group->senders);
		kfree(group);
		return NULL;
	}
	mbsec_stats_init(group->stats);
	group->config = *cfg;
	group->mbn = mbn;
	group->tx_reason = MBSEC_A_COUNTERS_TX_DROP_NO_KEY;
	refcount_set(&group->refs, 1);
	INIT_LIST_HEAD(&group->keys);
	INIT_RCU_WORK(&group->free_work, mbsec_group_free_work);
	return group;
}

/**
 * mbsec_group_tables_free - free the tables of a network namespace
 * @mbn: network namespace without groups and hooks
 */
void mbsec_group_tables_free(struct mbsec_net *mbn)
{
	kvfree(mbn->group_hash);
	kvfree(mbn->address_hash);
	kvfree(mbn->rtcp_hash);
	kvfree(mbn->key_hash);
	kfree(mbn->retired);
	kfree(mbn->event_ring);
	mbn->group_hash = NULL;
	mbn->address_hash = NULL;
	mbn->rtcp_hash = NULL;
	mbn->key_hash = NULL;
	mbn->retired = NULL;
	mbn->event_ring = NULL;
}

/* A namespace that has no group takes no memory for tables. */
static int mbsec_group_tables_alloc(struct mbsec_net *mbn)
{
	if (mbn->group_hash)
		return 0;
	mbn->key_hash = kvcalloc(1 << MBSEC_KEY_HASH_BITS,
				 sizeof(*mbn->key_hash), GFP_KERNEL_ACCOUNT);
	mbn->address_hash = kvcalloc(1 << MBSEC_GROUP_SIDE_HASH_BITS,
				     sizeof(*mbn->address_hash),
				     GFP_KERNEL_ACCOUNT);
	mbn->rtcp_hash = kvcalloc(1 << MBSEC_GROUP_SIDE_HASH_BITS,
				  sizeof(*mbn->rtcp_hash), GFP_KERNEL_ACCOUNT);
	mbn->retired = kcalloc(MBSEC_COUNTERS, sizeof(*mbn->retired),
			       GFP_KERNEL_ACCOUNT);
	mbn->event_ring = kcalloc(MBSEC_EVENT_RING, sizeof(*mbn->event_ring),
				  GFP_KERNEL_ACCOUNT);
	mbn->group_hash = kvcalloc(1 << MBSEC_GROUP_HASH_BITS,
				   sizeof(*mbn->group_hash),
				   GFP_KERNEL_ACCOUNT);
	if (mbn->group_hash && mbn->address_hash && mbn->rtcp_hash &&
	    mbn->key_hash && mbn->retired && mbn->event_ring)
		return 0;
	mbsec_group_tables_free(mbn);
	return -ENOMEM;
}

/* Kinds of which there is no group are not looked for. */
static void mbsec_group_count_kinds(struct mbsec_net *mbn,
				    const struct mbsec_group_config *cfg,
				    int change)
{
	if (!cfg->id.port)
		WRITE_ONCE(mbn->any_port_count, mbn->any_port_count + change);
	if (cfg->rtcp_port)
		WRITE_ONCE(mbn->rtcp_count, mbn->rtcp_count + change);
}

/**
 * mbsec_group_make_locked - make a group that nobody sees yet
 * @mbn: network namespace, mutex held
 * @cfg: what it shall be
 * @extack: says why not
 *
 * Return: the group, or an error pointer: -EEXIST, -ENOSPC, -ENOMEM.
 */
struct mbsec_group *
mbsec_group_make_locked(struct mbsec_net *mbn,
			const struct mbsec_group_config *cfg,
			struct netlink_ext_ack *extack)
{
	struct mbsec_group *group;

	if (mbsec_group_get_locked(mbn, &cfg->id)) {
		NL_SET_ERR_MSG(extack, "the group exists already");
		return ERR_PTR(-EEXIST);
	}
	if (mbn->group_count >= MBSEC_MAX_GROUPS) {
		NL_SET_ERR_MSG(
			extack,
			"the network namespace has as many groups as it may");
		return ERR_PTR(-ENOSPC);
	}
	if (mbsec_group_tables_alloc(mbn))
		return ERR_PTR(-ENOMEM);
	group = mbsec_group_alloc(mbn, cfg);
	if (!group)
		return ERR_PTR(-ENOMEM);
	atomic_inc(&mbn->objects);
	return group;
}

/**
 * mbsec_group_publish_locked - put a group into the tables
 * @group: a group just made, mutex of its namespace held since; its packets are
 *	seen
 */
void mbsec_group_publish_locked(struct mbsec_group *group)
{
	const struct mbsec_group_config *cfg = &group->config;
	struct mbsec_net *mbn = group->mbn;

	mbsec_group_count_kinds(mbn, cfg, 1);
	hlist_add_head_rcu(&group->node,
			   mbsec_group_bucket(mbn, &cfg->id.address,
					      cfg->id.port));
	hlist_add_head_rcu(&group->address_node,
			   mbsec_group_side_bucket(mbn->address_hash,
						   &cfg->id.address, 0));
	if (cfg->rtcp_port)
		hlist_add_head_rcu(&group->rtcp_node,
				   mbsec_group_side_bucket(mbn->rtcp_hash,
							   &cfg->id.address,
							   cfg->rtcp_port));
	list_add_tail(&group->list, &mbn->groups);
	mbn->group_count++;
	mbn->change++;
}

/**
 * mbsec_group_del_locked - delete a group with its keys
 * @group: group in the table, mutex of its namespace held
 */
void mbsec_group_del_locked(struct mbsec_group *group)
{
	struct mbsec_net *mbn = group->mbn;
	struct mbsec_key *key, *next;

	list_for_each_entry_safe(key, next, &group->keys, list)
		mbsec_key_del_locked(key, MBSEC_A_COUNTERS_TX_DROP_NO_KEY);
	hlist_del_rcu(&group->node);
	hlist_del_rcu(&group->address_node);
	if (group->config.rtcp_port)
		hlist_del_rcu(&group->rtcp_node);
	mbsec_group_count_kinds(mbn, &group->config, -1);
	list_del(&group->list);
	mbn->group_count--;
	mbn->change++;
	mbsec_stats_sum(group->stats, mbn->retired);
	mbsec_group_put(group);
}

/**
 * mbsec_group_flush_locked - delete all groups
 * @mbn: network namespace, mutex held
 */
void mbsec_group_flush_locked(struct mbsec_net *mbn)
{
	struct mbsec_group *group, *next;

	list_for_each_entry_safe(group, next, &mbn->groups, list)
		mbsec_group_del_locked(group);
}

/**
 * mbsec_group_find_locked - the group of exactly this identity
 * @mbn: network namespace, mutex held
 * @id: identity
 * @extack: says why not
 *
 * Return: the group, or an error pointer: -ENOENT.
 */
struct mbsec_group *mbsec_group_find_locked(struct mbsec_net *mbn,
					    const struct mbsec_group_id *id,
					    struct netlink_ext_ack *extack)
{
	struct mbsec_group *group = mbsec_group_get_locked(mbn, id);

	if (group)
		return group;
	NL_SET_ERR_MSG(extack, "no group has this address, port and source");
	return ERR_PTR(-ENOENT);
}

/**
 * mbsec_group_resolve_locked - the group that a key command means
 * @mbn: network namespace, mutex held
 * @id: identity; where it names no source and there is no any-source group,
 *	the only group with the address and port is meant
 * @extack: says why not
 *
 * Return: the group, or an error pointer: -ENOENT, -ENOTUNIQ.
 */
struct mbsec_group *mbsec_group_resolve_locked(struct mbsec_net *mbn,
					       const struct mbsec_group_id *id,
					       struct netlink_ext_ack *extack)
{
	struct mbsec_group *group = mbsec_group_get_locked(mbn, id);
	struct mbsec_group *only = NULL;

	if (group || !mbn->group_hash || !ipv6_addr_any(&id->source))
		return group ?: mbsec_group_find_locked(mbn, id, extack);
	hlist_for_each_entry(
		group, mbsec_group_bucket(mbn, &id->address, id->port), node) {
		if (group->config.id.port != id->port ||
		    !ipv6_addr_equal(&group->config.id.address, &id->address))
			continue;
		if (only) {
			NL_SET_ERR_MSG(
				extack,
				"several groups have this address and port; name the source");
			return ERR_PTR(-ENOTUNIQ);
		}
		only = group;
	}
	return only ?: mbsec_group_find_locked(mbn, id, extack);
}

static bool mbsec_group_fits(const struct mbsec_group *group,
			     const struct mbsec_group_id *flow, int ifindex)
{
	const struct mbsec_group_config *config = &group->config;

	return ipv6_addr_equal(&config->id.address, &flow->address) &&
	       (!config->ifindex || config->ifindex == ifindex);
}

/* The SRTP group of which this is the port of RTCP. */
static struct mbsec_group *
mbsec_group_lookup_rtcp_rcu(struct mbsec_net *mbn,
			    const struct mbsec_group_id *flow, int ifindex)
{
	struct hlist_head *bucket = mbsec_group_side_bucket(
		mbn->rtcp_hash, &flow->address, flow->port);
	struct mbsec_group *any = NULL;
	struct mbsec_group *group;

	hlist_for_each_entry_rcu(group, bucket, rtcp_node) {
		if (group->config.rtcp_port != flow->port ||
		    !mbsec_group_fits(group, flow, ifindex))
			continue;
		if (ipv6_addr_equal(&group->config.id.source, &flow->source))
			return group;
		if (ipv6_addr_any(&group->config.id.source))
			any = group;
	}
	return any;
}

/* The group of one bucket that fits best: of the source, else of any. */
static struct mbsec_group *
mbsec_group_lookup_port_rcu(struct mbsec_net *mbn,
			    const struct mbsec_group_id *flow, u16 port,
			    int ifindex)
{
	struct hlist_head *bucket =
		mbsec_group_bucket(mbn, &flow->address, port);
	const struct mbsec_group_config *config;
	struct mbsec_group *any = NULL;
	struct mbsec_group *group;

	hlist_for_each_entry_rcu(group, bucket, node) {
		config = &group->config;
		if (config->id.port != port ||
		    !mbsec_group_fits(group, flow, ifindex))
			continue;
		if (ipv6_addr_equal(&config->id.source, &flow->source))
			return group;
		if (ipv6_addr_any(&config->id.source))
			any = group;
	}
	return any;
}

/**
 * mbsec_group_lookup_rcu - the group of a datagram
 * @mbn: network namespace
 * @flow: destination address and port and source address of the datagram
 * @ifindex: the interface that it leaves or entered by
 *
 * The most specific one wins: a source counts more than a port.
 *
 * Context: RCU read section.
 * Return: the group or NULL.
 */
struct mbsec_group *mbsec_group_lookup_rcu(struct mbsec_net *mbn,
					   const struct mbsec_group_id *flow,
					   int ifindex)
{
	struct mbsec_group *exact, *any;

	exact = mbsec_group_lookup_port_rcu(mbn, flow, flow->port, ifindex);
	if (!exact && READ_ONCE(mbn->rtcp_count))
		exact = mbsec_group_lookup_rtcp_rcu(mbn, flow, ifindex);
	if (!READ_ONCE(mbn->any_port_count) ||
	    (exact && !ipv6_addr_any(&exact->config.id.source)))
		return exact;
	any = mbsec_group_lookup_port_rcu(mbn, flow, 0, ifindex);
	if (any && !ipv6_addr_any(&any->config.id.source))
		return any;
	return exact ?: any;
}

/**
 * mbsec_group_lookup_address_rcu - a group of an address, whatever the port
 * @mbn: network namespace
 * @flow: destination address of a packet that shows no port
 * @direction: enum mbsec_direction
 *
 * Context: RCU read section.
 */
struct mbsec_group *
mbsec_group_lookup_address_rcu(struct mbsec_net *mbn,
			       const struct mbsec_group_id *flow, u8 direction)
{
	struct hlist_head *bucket =
		mbsec_group_side_bucket(mbn->address_hash, &flow->address, 0);
	struct mbsec_group *group;

	hlist_for_each_entry_rcu(group, bucket, address_node)
		if (group->config.direction & direction &&
		    ipv6_addr_equal(&group->config.id.address, &flow->address))
			return group;
	return NULL;
}

/**
 * mbsec_group_storm - count an occurrence
 * @storm: what occurred
 *
 * Return: how often it has occurred within this second; two CPUs that start a
 * second at once may both count from 1.
 */
u32 mbsec_group_storm(struct mbsec_storm *storm)
{
	unsigned long since = READ_ONCE(storm->since);

	if (time_after(jiffies, since + HZ)) {
		WRITE_ONCE(storm->since, jiffies);
		atomic_set(&storm->count, 0);
	}
	return atomic_inc_return(&storm->count);
}
