/* SPDX-License-Identifier: GPL-2.0-only */
/* Keys of a group: one for each sender and direction, with its lifetimes. */
#ifndef _MBSEC_KEY_H
#define _MBSEC_KEY_H

#include <linux/build_bug.h>
#include <linux/cache.h>

#include "mbsec.h"
#include "stats.h"
#include "suite.h"

struct mbsec_group;
struct mbsec_replay;
struct mbsec_share;
struct mbsec_streams;
struct netlink_ext_ack;

extern struct workqueue_struct *mbsec_wq;

/**
 * struct mbsec_key_limits - soft and hard lifetimes, 0 for none
 * @soft_packets: datagrams
 * @hard_packets: datagrams
 * @soft_bytes: octets of cleartext payload
 * @hard_bytes: octets of cleartext payload
 * @soft_seconds: since the key was added
 * @hard_seconds: since the key was added
 */
struct mbsec_key_limits {
	u64 soft_packets;
	u64 hard_packets;
	u64 soft_bytes;
	u64 hard_bytes;
	u64 soft_seconds;
	u64 hard_seconds;
};

/**
 * struct mbsec_key_config - what user space says about a key
 * @kid: key identifier
 * @counter_start: first counter of a transmit key
 * @window: replay window, a multiple of 64
 * @role: enum mbsec_role
 * @limits: lifetimes
 */
struct mbsec_key_config {
	u64 kid;
	u64 counter_start;
	u32 window;
	u8 role;
	struct mbsec_key_limits limits;
};

/**
 * struct mbsec_key_material - session keys, owned and wiped by the caller
 * @cipher_key: NULL if the suite does not encrypt
 * @auth_key: as many octets as the suite has
 * @salt: likewise
 */
struct mbsec_key_material {
	const u8 *cipher_key;
	const u8 *auth_key;
	const u8 *salt;
};

/**
 * struct mbsec_key_materials - all session keys of a key
 * @main: for the datagrams; of SRTP, for RTP
 * @rtcp: of SRTP, for RTCP
 */
struct mbsec_key_materials {
	struct mbsec_key_material main;
	struct mbsec_key_material rtcp;
};

/**
 * struct mbsec_key - a key in use
 * @node: in mbsec_net.key_hash
 * @list: in mbsec_group.keys
 * @group: its group
 * @config: what user space said
 * @packets_end: no datagram may be past this number, set by the hard lifetime
 *	or by the end of the counter
 * @deadline: boot time in ns at which it ends
 * @usage: what was done with it
 * @replay: counters received; none if its group is of SRTP
 * @streams: if its group is of SRTP, the senders it has seen; their lock is that
 *	of mbsec_group.senders
 * @salt: session salt
 * @suite: cipher and MAC
 * @rtcp: likewise for SRTCP, if its group is of SRTP
 * @rtcp_salt: session salt of SRTCP
 * @came_back: a receive key that was deleted and added again
 * @uses: transmit, counters taken; receive, datagrams accepted
 * @bytes: octets of payload, counted if a lifetime asks for it
 * @ended: enum mbsec_limit that ended it, 0 while it lives
 * @closed: accepts nothing any more
 * @lock: protects changes of @replay, and @closed; of a receive key of SFrame,
 *	changes of @uses
 * @auth_failures: datagrams whose tag was wrong
 * @replays: datagrams seen before, or too old to tell
 * @dead: not in the table any more; protected by mbsec_net.mutex
 * @soft_time_told: the event of the soft time was sent
 * @made: boot time in ns
 * @fingerprint: for the history
 * @share: of a transmit key of SRTP, what other groups may have in common with it
 * @owner: its number there
 * @timer: soft and hard lifetimes in seconds
 * @end_work: deletes the key when a hard lifetime is over
 * @free_work: frees it after a grace period
 *
 * Processors that send or receive under one key share one line that is written,
 * from @uses to @lock, and the window. What they only read is before it, and
 * what forgeries write is behind it.
 */
struct mbsec_key {
	struct hlist_node node;
	struct list_head list;
	struct mbsec_group *group;
	struct mbsec_key_config config;
	u64 packets_end;
	u64 deadline;
	struct mbsec_usage __percpu *usage;
	struct mbsec_replay *replay;
	struct mbsec_streams *streams;
	u8 salt[MBSEC_SALT_SIZE];
	struct mbsec_suite_keys suite;
	struct mbsec_suite_keys rtcp;
	u8 rtcp_salt[MBSEC_SALT_SIZE];
	bool came_back;

	atomic64_t uses ____cacheline_aligned_in_smp;
	atomic64_t bytes;
	int ended;
	bool closed;
	spinlock_t lock; /* replay, closed */

	atomic64_t auth_failures ____cacheline_aligned_in_smp;
	atomic64_t replays;
	bool dead;
	bool soft_time_told;
	u64 made;
	u64 fingerprint;
	struct mbsec_share *share;
	u32 owner;
	struct delayed_work timer;
	struct work_struct end_work;
	struct rcu_work free_work;
};

/* A lock that is watched is larger. */
static_assert(offsetof(struct mbsec_key, lock) -
		      offsetof(struct mbsec_key, uses) <=
	      64 - sizeof(u32));

int mbsec_key_add_locked(struct mbsec_group *group,
			 const struct mbsec_key_config *config,
			 const struct mbsec_key_materials *materials,
			 bool activate, struct netlink_ext_ack *extack);
struct mbsec_key *mbsec_key_find_locked(struct mbsec_group *group, u64 kid,
					u8 role);
void mbsec_key_activate_locked(struct mbsec_key *key);
void mbsec_key_del_locked(struct mbsec_key *key, int tx_reason);
bool mbsec_key_is_active_locked(const struct mbsec_key *key);
struct mbsec_key *mbsec_key_lookup_rcu(const struct mbsec_group *group, u64 kid,
				       bool looped);
struct mbsec_key *mbsec_key_lookup_own_rcu(const struct mbsec_group *group,
					   u64 kid);

/* lifetime.c */
void mbsec_key_lifetime_start(struct mbsec_key *key);
void mbsec_key_lifetime_stop(struct mbsec_key *key);
int mbsec_key_take_use(struct mbsec_key *key, size_t size, u64 *use);
int mbsec_key_accept_use(struct mbsec_key *key, size_t size);
int mbsec_key_take_counter(struct mbsec_key *key, size_t size, u64 *counter);
int mbsec_key_accept_counter(struct mbsec_key *key, size_t size, u64 counter);
bool mbsec_key_is_over(const struct mbsec_key *key);

#endif /* _MBSEC_KEY_H */
