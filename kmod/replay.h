/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replay window over 64-bit counters, the sliding window of RFC 4303 appendix
 * A2.1 kept as a ring of words: moving on clears words instead of shifting
 * bits. Pure; the caller has a lock around mbsec_replay_commit().
 */
#ifndef _MBSEC_REPLAY_H
#define _MBSEC_REPLAY_H

#include <linux/types.h>

/**
 * struct mbsec_replay - window of one sender under one key
 * @top: highest counter accepted, valid if @any
 * @floor: counters up to here are refused, valid if @has_floor
 * @size: counters up to @size - 1 below @top are judged one by one
 * @mask: number of words in @seen, a power of two, less one
 * @any: a counter has been accepted
 * @has_floor: there is a floor
 * @seen: ring of bits, one a counter
 */
struct mbsec_replay {
	u64 top;
	u64 floor;
	u32 size;
	u32 mask;
	bool any;
	bool has_floor;
	u64 seen[];
};

size_t mbsec_replay_bytes(u32 size);
void mbsec_replay_init(struct mbsec_replay *replay, u32 size);
void mbsec_replay_set_floor(struct mbsec_replay *replay, u64 floor);
bool mbsec_replay_highest(const struct mbsec_replay *replay, u64 *highest);
int mbsec_replay_check(const struct mbsec_replay *replay, u64 counter);
int mbsec_replay_commit(struct mbsec_replay *replay, u64 counter);

#endif /* _MBSEC_REPLAY_H */
