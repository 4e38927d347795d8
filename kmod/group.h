/* SPDX-License-Identifier: GPL-2.0-only */
/* Groups: which datagrams are protected, and how. One table a namespace. */
#ifndef _MBSEC_GROUP_H
#define _MBSEC_GROUP_H

#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/refcount.h>

#include "mbsec.h"
#include "srtp.h"
#include "stats.h"

struct mbsec_key;
struct mbsec_senders;
struct mbsec_cipher_suite;
struct netlink_ext_ack;

/**
 * struct mbsec_storm - how often something happened in the last second
 * @since: jiffies at which @count was 0
 * @count: occurrences since
 */
struct mbsec_storm {
	unsigned long since;
	atomic_t count;
};

/**
 * struct mbsec_group_config - what user space says about a group
 * @id: its identity
 * @direction: enum mbsec_direction, or-ed
 * @format: enum mbsec_format
 * @ifindex: only this interface, 0 for any
 * @policy: enum mbsec_policy
 * @rtcp_port: of an SRTP group, UDP destination port of RTCP alone, 0 for none
 * @overhead: the most octets that protection adds to a datagram
 * @suite: cipher suite
 * @no_integrity: of an SRTP group, it may have packets without a MAC
 * @form: of an SRTP group, what its packets look like
 */
struct mbsec_group_config {
	struct mbsec_group_id id;
	u8 direction;
	u8 format;
	int ifindex;
	u8 policy;
	u16 rtcp_port;
	u32 overhead;
	const struct mbsec_cipher_suite *suite;
	bool no_integrity;
	struct mbsec_srtp_form form;
};

/**
 * struct mbsec_group - a group
 * @node: in mbsec_net.group_hash
 * @config: what user space said, never changed
 * @active: transmit key in use, NULL for none
 * @stats: counters
 * @senders: of an SRTP group, its senders, with a lock of their own
 * @mbn: network namespace
 * @tx_reason: why there is no @active, MBSEC_A_COUNTERS_TX_DROP_*
 * @activated: a transmit key has been active
 * @unknown: datagrams under unknown keys
 * @forged: datagrams that are not authentic
 * @replayed: datagrams seen before
 * @guessed: datagrams for which several ROCs were tried
 * @strayed: likewise, of an SSRC that is known
 * @roc_unknown: datagrams whose ROC was not found
 * @collided: SSRCs that other hosts send with too
 * @repeated: datagrams that would repeat an index
 * @limited: datagrams of senders that there is no room for
 * @address_node: in mbsec_net.address_hash
 * @rtcp_node: in mbsec_net.rtcp_hash, if it has a port of RTCP
 * @list: in mbsec_net.groups
 * @keys: its keys
 * @key_count: number of keys
 * @sender_count: number of different senders among them
 * @refs: one for the table and one for each key not freed yet
 * @free_work: frees it after a grace period
 *
 * What a datagram reads is in the first two cache lines, what the search for its
 * group looks at in the first; only changes of the transmit key write there.
 * Floods write the lines from @unknown on, and nothing else reads them. Fields
 * from @address_node on are protected by mbsec_net.mutex.
 */
struct mbsec_group {
	struct hlist_node node;
	struct mbsec_group_config config;
	struct mbsec_key __rcu *active;
	struct mbsec_stats __percpu *stats;
	struct mbsec_senders *senders;
	struct mbsec_net *mbn;
	int tx_reason;
	bool activated;

	struct mbsec_storm unknown ____cacheline_aligned_in_smp;
	struct mbsec_storm forged;
	struct mbsec_storm replayed;
	struct mbsec_storm guessed;
	struct mbsec_storm strayed;
	struct mbsec_storm roc_unknown;
	struct mbsec_storm collided;
	struct mbsec_storm repeated;
	struct mbsec_storm limited;

	struct hlist_node address_node ____cacheline_aligned_in_smp;
	struct hlist_node rtcp_node;
	struct list_head list;
	struct list_head keys;
	u32 key_count;
	u32 sender_count;
	refcount_t refs;
	struct rcu_work free_work;
};

static_assert(offsetof(struct mbsec_group, config) +
		      offsetofend(struct mbsec_group_config, ifindex) <=
	      64);
static_assert(offsetofend(struct mbsec_group, activated) <= 128);

struct mbsec_group *
mbsec_group_make_locked(struct mbsec_net *mbn,
			const struct mbsec_group_config *cfg,
			struct netlink_ext_ack *extack);
void mbsec_group_publish_locked(struct mbsec_group *group);
void mbsec_group_del_locked(struct mbsec_group *group);
void mbsec_group_flush_locked(struct mbsec_net *mbn);
struct mbsec_group *mbsec_group_find_locked(struct mbsec_net *mbn,
					    const struct mbsec_group_id *id,
					    struct netlink_ext_ack *extack);
struct mbsec_group *mbsec_group_resolve_locked(struct mbsec_net *mbn,
					       const struct mbsec_group_id *id,
					       struct netlink_ext_ack *extack);
struct mbsec_group *mbsec_group_lookup_rcu(struct mbsec_net *mbn,
					   const struct mbsec_group_id *flow,
					   int ifindex);
struct mbsec_group *
mbsec_group_lookup_address_rcu(struct mbsec_net *mbn,
			       const struct mbsec_group_id *flow, u8 direction);
void mbsec_group_put(struct mbsec_group *group);
u32 mbsec_group_storm(struct mbsec_storm *storm);
void mbsec_group_tables_free(struct mbsec_net *mbn);

/* Who adds groups may choose them to be slow, but slows only itself. */
static inline u64 mbsec_group_hash_words(u64 high, u64 low)
{
	return high * GOLDEN_RATIO_64 ^ low;
}

static inline u64 mbsec_group_hash(const struct in6_addr *address, u16 port)
{
	const u32 *words = (__force const u32 *)address->s6_addr32;
	u64 high = (u64)words[0] << 32 | words[1];
	u64 low = (u64)words[3] << 32 | words[2];

	return mbsec_group_hash_words(high, low) + port;
}

static inline bool mbsec_group_may_have_hash(const struct mbsec_net *mbn,
					     u64 hash)
{
	u32 bucket = hash_64(hash, MBSEC_GROUP_SIDE_HASH_BITS);

	return !hlist_empty(&mbn->address_hash[bucket]);
}

/**
 * mbsec_group_may_have - is there possibly a group of this address?
 * @mbn: network namespace
 * @address: destination address of a packet
 *
 * Context: RCU read section.
 */
static inline bool mbsec_group_may_have(const struct mbsec_net *mbn,
					const struct in6_addr *address)
{
	return mbsec_group_may_have_hash(mbn, mbsec_group_hash(address, 0));
}

/** mbsec_group_may_have_ipv4 - likewise, of an IPv4 address */
static inline bool mbsec_group_may_have_ipv4(const struct mbsec_net *mbn,
					     __be32 address)
{
	u64 low = (u64)(__force u32)address << 32 |
		  (__force u32)htonl(0x0000ffff);

	return mbsec_group_may_have_hash(mbn, mbsec_group_hash_words(0, low));
}

#endif /* _MBSEC_GROUP_H */
