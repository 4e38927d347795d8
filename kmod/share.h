/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A transmit key of SRTP that several groups have, such as those of audio and
 * video of one service: an SSRC is then of one of them, or two groups would repeat
 * a key stream.
 */
#ifndef _MBSEC_SHARE_H
#define _MBSEC_SHARE_H

#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#define MBSEC_SHARE_HASH_BITS 4

struct mbsec_net;

/**
 * struct mbsec_share - who sends with which SSRC under a key
 * @mbn: network namespace of the groups
 * @kid: key identifier, the same in all groups
 * @users: keys that are installed, protected by the mutex of the history
 * @refs: those, and keys that are not freed yet
 * @owners: number of the last of them
 * @lock: protects the table
 * @count: SSRCs in the table
 * @table: SSRCs; they stay until no group has the key any more
 */
struct mbsec_share {
	struct mbsec_net *mbn;
	u64 kid;
	u32 users;
	refcount_t refs;
	u32 owners;
	spinlock_t lock; /* table */
	u32 count;
	struct hlist_head table[1 << MBSEC_SHARE_HASH_BITS];
};

struct mbsec_share *mbsec_share_alloc(struct mbsec_net *mbn, u64 kid);
void mbsec_share_put(struct mbsec_share *share);
int mbsec_share_take(struct mbsec_share *share, u32 owner, u32 ssrc);

#endif /* _MBSEC_SHARE_H */
