// SPDX-License-Identifier: GPL-2.0-or-later
/* The replay window against the model of it, in random sequences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/mbsec.h>

#include "random.h"
#include "replay.h"
#include "replay_model.h"

#define SEQUENCES 400
#define STEPS 2000

static struct random random_state;

struct sequence {
	struct mbsec_replay *window;
	struct replay_model model;
	u64 first;
	u64 last; /* that was accepted */
	int number;
	int step;
};

static u64 below(u64 limit)
{
	return random_below(&random_state, limit);
}

/* Small windows as often as large ones. */
static u32 random_size(void)
{
	u32 size = MBSEC_WINDOW_MIN << below(8);

	return below(2) ? size : 64 + 64 * below(size / 64);
}

/* The ends of the range, where counters really start, and anywhere. */
static u64 random_first(void)
{
	switch (below(5)) {
	case 0:
		return below(300);
	case 1:
		return UINT64_MAX - below(300000);
	case 2:
		return (1ULL << 40) - below(20000);
	case 3:
		return (1ULL << 32) + below(300);
	default:
		return random_u64(&random_state);
	}
}

/* Counters where the answers change: wherever it wraps, that is fine too. */
static u64 random_counter(const struct sequence *sequence)
{
	u64 top = sequence->model.count ? sequence->model.highest :
					  sequence->first;
	u64 size = sequence->model.size;

	switch (below(16)) {
	case 0:
		return top + below(3 * size);
	case 1:
		return top + below(40 * size);
	case 2:
		return top + size - 2 + below(4);
	case 3:
		return sequence->last;
	case 4:
		return top - size - 2 + below(5);
	case 5:
		return sequence->model.floor - 2 + below(5);
	case 6:
		return below(1000) ? top - 2 * size + below(2 * size) :
				     random_u64(&random_state);
	case 7:
	case 8:
	case 9:
		return top + 1;
	case 10:
	case 11:
		return top + below(5);
	default:
		return top - below(size);
	}
}

static void sequence_start(struct sequence *sequence, int number)
{
	u32 size = random_size();

	sequence->number = number;
	sequence->first = random_first();
	sequence->last = sequence->first;
	sequence->window = malloc(mbsec_replay_bytes(size));
	assert_non_null(sequence->window);
	memset(sequence->window, 0xa5, mbsec_replay_bytes(size));
	mbsec_replay_init(sequence->window, size);
	replay_model_init(&sequence->model, size);
	if (!below(3)) {
		u64 floor = sequence->first + below(2 * size);

		mbsec_replay_set_floor(sequence->window, floor);
		replay_model_set_floor(&sequence->model, floor);
	}
}

static void sequence_end(struct sequence *sequence)
{
	replay_model_free(&sequence->model);
	free(sequence->window);
}

static void assert_same(const struct sequence *sequence, const char *function,
			u64 counter, int actual, int expected)
{
	if (actual != expected)
		fail_msg(
			"window %u, sequence %d, step %d: %s of %llu is %d, expected %d",
			sequence->model.size, sequence->number, sequence->step,
			function, (unsigned long long)counter, actual,
			expected);
}

static void check_highest(const struct sequence *sequence)
{
	const struct replay_model *model = &sequence->model;
	u64 expected = model->count ? model->highest : model->floor;
	bool any = model->count || model->has_floor;
	u64 highest = expected;

	assert_int_equal(mbsec_replay_highest(sequence->window, &highest), any);
	assert_int_equal(highest, expected);
}

/* Returns whether the counter was accepted. */
static bool sequence_step(struct sequence *sequence)
{
	u64 counter = random_counter(sequence);
	int expected = replay_model_check(&sequence->model, counter);

	assert_same(sequence, "check", counter,
		    mbsec_replay_check(sequence->window, counter), expected);
	/* A forged datagram is looked at and never committed. */
	if (!below(4))
		return false;
	assert_same(sequence, "commit", counter,
		    mbsec_replay_commit(sequence->window, counter),
		    replay_model_commit(&sequence->model, counter));
	if (expected)
		return false;
	sequence->last = counter;
	return true;
}

/* Each counter from above the window to below it. */
static void check_whole_window(const struct sequence *sequence)
{
	u64 counter = sequence->model.highest + 70;
	u32 i;

	for (i = 0; i < sequence->model.size + 140; i++, counter--)
		assert_same(sequence, "check of all", counter,
			    mbsec_replay_check(sequence->window, counter),
			    replay_model_check(&sequence->model, counter));
}

static void test_model(void **state)
{
	struct sequence sequence;
	u64 accepted = 0;
	int number;

	(void)state;
	for (number = 0; number < SEQUENCES; number++) {
		sequence_start(&sequence, number);
		for (sequence.step = 0; sequence.step < STEPS; sequence.step++)
			accepted += sequence_step(&sequence);
		check_highest(&sequence);
		check_whole_window(&sequence);
		sequence_end(&sequence);
	}
	/* Else the sequences say little. */
	assert_in_range(accepted, SEQUENCES * STEPS / 5,
			SEQUENCES * STEPS * 3 / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	random_start(&random_state);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
