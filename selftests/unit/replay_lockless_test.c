// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The look at a replay window without its lock, while it moves on: a counter
 * that was never accepted and is in the window must not be taken for a replay.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <linux/compiler.h>
#include <linux/errno.h>

#include "replay.h"

#define WINDOW 8192
/* Words in the ring of such a window. */
#define LAP 256
/* Words by which the window moves at once. */
#define JUMP 64
/*
 * Enough is when the reader saw the window move so often. On a machine that is
 * busy, or has one CPU only, that may not come to pass.
 */
#define MOVES_ENOUGH 20000
#define JUMPS_MAX 10000000

struct shared {
	struct mbsec_replay *window;
	u64 moves;
	u64 faults;
	bool started;
	bool ended;
};

/*
 * Even counters are sent in one lap of the ring, odd ones in the next: what a
 * lap left in a word is wrong in the following one.
 */
static u64 lap_parity(u64 word)
{
	return word / LAP % 2;
}

/* Words may be in use again since; then the answer is wrong by right. */
static bool in_window(const struct mbsec_replay *window, u64 counter)
{
	u64 highest;

	if (!mbsec_replay_highest(window, &highest))
		return true;
	return counter > highest || highest - counter < WINDOW;
}

static void look_at(struct shared *shared, u64 counter)
{
	int err = mbsec_replay_check(shared->window, counter);

	if (err == -EEXIST && in_window(shared->window, counter))
		shared->faults++;
}

/* Looks at counters behind the next jump, of those that are never sent. */
static void *look(void *argument)
{
	struct shared *shared = argument;
	u64 highest = 0;
	u64 before, word;

	WRITE_ONCE(shared->started, true);
	while (!READ_ONCE(shared->ended)) {
		before = highest;
		mbsec_replay_highest(shared->window, &highest);
		if (highest != before)
			WRITE_ONCE(shared->moves, shared->moves + 1);
		word = highest / 64 / JUMP * JUMP + JUMP;
		look_at(shared, word * 64 + !lap_parity(word));
	}
	return NULL;
}

/* The highest counter first, so that the one that is looked at comes late. */
static void commit_two(struct mbsec_replay *window, u64 word)
{
	u64 counter = word * 64 + lap_parity(word);

	assert_int_equal(mbsec_replay_commit(window, counter + 64 * JUMP - 2),
			 0);
	assert_int_equal(mbsec_replay_commit(window, counter), 0);
}

static void test_lockless(void **state)
{
	struct shared shared = {};
	pthread_t reader;
	u64 i;

	(void)state;
	shared.window = malloc(mbsec_replay_bytes(WINDOW));
	assert_non_null(shared.window);
	assert_int_equal(mbsec_replay_bytes(WINDOW),
			 sizeof(*shared.window) + LAP * sizeof(u64));
	mbsec_replay_init(shared.window, WINDOW);
	assert_int_equal(pthread_create(&reader, NULL, look, &shared), 0);
	while (!READ_ONCE(shared.started))
		continue;
	for (i = 0; i < JUMPS_MAX && READ_ONCE(shared.moves) < MOVES_ENOUGH;
	     i++)
		commit_two(shared.window, i * JUMP);
	WRITE_ONCE(shared.ended, true);
	assert_int_equal(pthread_join(reader, NULL), 0);
	assert_int_equal(shared.faults, 0);
	assert_true(shared.moves > 0);
	free(shared.window);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lockless),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
