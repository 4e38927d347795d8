// SPDX-License-Identifier: GPL-2.0-only
#include <asm/barrier.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "replay.h"

/*
 * One word more than the window has, as the window rarely starts at a word
 * boundary, rounded up so that a mask finds the word.
 */
static u32 mbsec_replay_words(u32 size)
{
	return roundup_pow_of_two(size / 64 + 1);
}

/**
 * mbsec_replay_bytes - memory that a window takes
 * @size: counters in the window, a multiple of 64
 */
size_t mbsec_replay_bytes(u32 size)
{
	return sizeof(struct mbsec_replay) +
	       mbsec_replay_words(size) * sizeof(u64);
}

/**
 * mbsec_replay_init - make an empty window
 * @replay: mbsec_replay_bytes(@size) octets
 * @size: counters in the window, a multiple of 64
 */
void mbsec_replay_init(struct mbsec_replay *replay, u32 size)
{
	memset(replay, 0, mbsec_replay_bytes(size));
	replay->size = size;
	replay->mask = mbsec_replay_words(size) - 1;
}

/**
 * mbsec_replay_set_floor - refuse all counters up to one
 * @replay: window in which nothing was accepted yet
 * @floor: highest counter to refuse
 */
void mbsec_replay_set_floor(struct mbsec_replay *replay, u64 floor)
{
	replay->floor = floor;
	replay->has_floor = true;
}

/**
 * mbsec_replay_highest - highest counter that must not be accepted again
 * @replay: window
 * @highest: result
 *
 * Return: false if there is none.
 */
bool mbsec_replay_highest(const struct mbsec_replay *replay, u64 *highest)
{
	if (READ_ONCE(replay->any))
		*highest = READ_ONCE(replay->top);
	else if (replay->has_floor)
		*highest = replay->floor;
	else
		return false;
	return true;
}

/**
 * mbsec_replay_check - would a counter be accepted?
 * @replay: window
 * @counter: counter of a datagram, authentic or not
 *
 * Without the lock this is a hint that sheds replay floods before their tag is
 * computed; mbsec_replay_commit() decides.
 *
 * Return: 0; -EEXIST if it was accepted before; -ESTALE if it is too old to
 * tell.
 */
int mbsec_replay_check(const struct mbsec_replay *replay, u64 counter)
{
	u64 top = READ_ONCE(replay->top);
	u64 word;

	/* Pairs with mbsec_replay_commit(): a new top shows cleared words. */
	smp_rmb();
	if (replay->has_floor && counter <= replay->floor)
		return -ESTALE;
	if (!READ_ONCE(replay->any) || counter > top)
		return 0;
	if (top - counter >= replay->size)
		return -ESTALE;
	word = READ_ONCE(replay->seen[(counter >> 6) & replay->mask]);
	return word >> (counter & 63) & 1 ? -EEXIST : 0;
}

/**
 * mbsec_replay_commit - accept the counter of an authentic datagram
 * @replay: window, locked by the caller
 * @counter: its counter
 *
 * Return: as mbsec_replay_check(); on failure the window is unchanged.
 */
int mbsec_replay_commit(struct mbsec_replay *replay, u64 counter)
{
	int err = mbsec_replay_check(replay, counter);
	u64 word = counter >> 6;
	u64 steps, i;

	if (err)
		return err;
	if (!replay->any || counter > replay->top) {
		steps = replay->any ? word - (replay->top >> 6) : 0;
		steps = min_t(u64, steps, (u64)replay->mask + 1);
		for (i = 0; i < steps; i++)
			WRITE_ONCE(replay->seen[(word - i) & replay->mask], 0);
		/* Pairs with mbsec_replay_check(). */
		smp_wmb();
		WRITE_ONCE(replay->top, counter);
		WRITE_ONCE(replay->any, true);
	}
	i = word & replay->mask;
	WRITE_ONCE(replay->seen[i], replay->seen[i] | 1ULL << (counter & 63));
	return 0;
}
