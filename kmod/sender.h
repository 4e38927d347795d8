/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Senders of an SRTP group, by SSRC. A sender says where its index stands, and
 * outlives the keys; a stream is a sender under one key, and has the replay
 * windows. A received packet makes neither before it is authentic; but where
 * packets have no MAC, a sender without a stream.
 */
#ifndef _MBSEC_SENDER_H
#define _MBSEC_SENDER_H

#include <linux/cache.h>
#include <linux/rcupdate.h>

#include "mbsec.h"

#define MBSEC_SENDER_HASH_BITS 8

struct mbsec_group;
struct mbsec_key;
struct mbsec_replay;
struct netlink_ext_ack;

/**
 * struct mbsec_senders - senders of a group
 * @table: senders by SSRC; readers use RCU
 * @lock: protects the table, all fields of senders and streams, and the windows
 * @count: number of senders
 *
 * Each packet takes the lock, so it is no neighbour of what is only read.
 */
struct mbsec_senders {
	struct hlist_head table[1 << MBSEC_SENDER_HASH_BITS];
	/* senders and streams */
	spinlock_t lock ____cacheline_aligned_in_smp;
	u32 count;
};

/**
 * struct mbsec_sender - one SSRC in one role
 * @node: in mbsec_senders.table
 * @ssrc: SSRC
 * @role: enum mbsec_role; an SSRC of this host and the same of another one are
 *	two
 * @provisioned: user space knows it, so that it stays
 * @has_index: there was a packet of RTP, or user space said where it stands
 * @has_rtcp: there was a packet of RTCP
 * @index: highest index of RTP
 * @rtcp_index: role tx, the next index of RTCP; role rx, the highest
 * @streams: keys in the table under which it has sent
 * @heard: role rx, jiffies of the last authentic packet of RTP
 * @rcu: frees it
 */
struct mbsec_sender {
	struct hlist_node node;
	u32 ssrc;
	u8 role;
	bool provisioned;
	bool has_index;
	bool has_rtcp;
	u64 index;
	u64 rtcp_index;
	u32 streams;
	unsigned long heard;
	struct rcu_head rcu;
};

/**
 * struct mbsec_streams - streams of a key
 * @count: number of streams
 * @table: streams by SSRC; readers use RCU
 */
struct mbsec_streams {
	u32 count;
	struct hlist_head table[1 << MBSEC_SENDER_HASH_BITS];
};

/**
 * enum mbsec_window - windows of a stream
 * @MBSEC_WINDOW_RTP: received packets of RTP
 * @MBSEC_WINDOW_RTCP: received packets of RTCP
 * @MBSEC_WINDOW_SENT: of a transmit key, packets of RTP that were sent
 */
enum mbsec_window {
	MBSEC_WINDOW_RTP,
	MBSEC_WINDOW_RTCP,
	MBSEC_WINDOW_SENT,
	MBSEC_WINDOWS
};

/**
 * struct mbsec_stream - a sender under one key
 * @node: in mbsec_streams.table
 * @sender: the sender
 * @rtcp_first: of a transmit key, index of the first packet of RTCP
 * @collided: of a transmit key, it was told that another host sends with the SSRC
 * @windows: by enum mbsec_window
 */
struct mbsec_stream {
	struct hlist_node node;
	struct mbsec_sender *sender;
	u64 rtcp_first;
	atomic_t collided;
	struct mbsec_replay *windows[MBSEC_WINDOWS];
};

struct mbsec_senders *mbsec_senders_alloc(void);
void mbsec_senders_free(struct mbsec_senders *senders);
struct mbsec_streams *mbsec_streams_alloc(void);
void mbsec_streams_free(struct mbsec_streams *streams);
bool mbsec_streams_close_locked(struct mbsec_key *key);

bool mbsec_sender_where_rcu(const struct mbsec_group *group, u8 role, u32 ssrc,
			    u64 *index);
bool mbsec_sender_is_silent_rcu(const struct mbsec_group *group, u32 ssrc);
int mbsec_sender_follow(struct mbsec_group *group, u32 ssrc, u64 index);
int mbsec_stream_check_rcu(const struct mbsec_key *key, u32 ssrc, bool rtcp,
			   u64 index);
int mbsec_stream_send(struct mbsec_key *key, u32 ssrc, u16 sequence,
		      u64 *index);
int mbsec_stream_send_rtcp(struct mbsec_key *key, u32 ssrc, u64 *index);
int mbsec_stream_accept(struct mbsec_key *key, u32 ssrc, bool rtcp, u64 index);
atomic_t *mbsec_stream_collided_rcu(const struct mbsec_key *key, u32 ssrc);

int mbsec_sender_set(struct mbsec_group *group, u8 role, u32 ssrc, u64 index,
		     struct netlink_ext_ack *extack);
int mbsec_sender_forget(struct mbsec_group *group, u8 role, u32 ssrc,
			struct netlink_ext_ack *extack);

#endif /* _MBSEC_SENDER_H */
