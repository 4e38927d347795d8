// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules of the replay window, one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/errno.h>
#include <linux/mbsec.h>

#include "replay.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static const u32 sizes[] = { MBSEC_WINDOW_MIN,	   128,	 192,
			     MBSEC_WINDOW_DEFAULT, 4160, MBSEC_WINDOW_MAX };

/*
 * The memory is as much as the window asks for, so that the address sanitizer
 * sees every access beyond, and not zero before.
 */
static struct mbsec_replay *window_new(u32 size)
{
	struct mbsec_replay *window = malloc(mbsec_replay_bytes(size));

	assert_non_null(window);
	memset(window, 0xa5, mbsec_replay_bytes(size));
	mbsec_replay_init(window, size);
	return window;
}

/* The look without the lock and the decision must say the same. */
static void commit(struct mbsec_replay *window, u64 counter, int expected)
{
	assert_int_equal(mbsec_replay_check(window, counter), expected);
	assert_int_equal(mbsec_replay_commit(window, counter), expected);
}

static void accepted(struct mbsec_replay *window, u64 counter)
{
	commit(window, counter, 0);
	assert_int_equal(mbsec_replay_check(window, counter), -EEXIST);
}

/* Refused, and not an octet of the window is another one than before. */
static void refused(struct mbsec_replay *window, u64 counter, int expected)
{
	size_t bytes = mbsec_replay_bytes(window->size);
	void *before = malloc(bytes);

	assert_non_null(before);
	memcpy(before, window, bytes);
	commit(window, counter, expected);
	assert_memory_equal(window, before, bytes);
	free(before);
}

static void assert_highest(const struct mbsec_replay *window, u64 expected)
{
	u64 highest = ~expected;

	assert_true(mbsec_replay_highest(window, &highest));
	assert_int_equal(highest, expected);
}

/* An empty window takes any first counter. */
static void test_first(void **state)
{
	static const u64 firsts[] = { 0,	  1,	      63,
				      64,	  1023,	      1024,
				      8192,	  1ULL << 32, (1ULL << 40) - 1,
				      1ULL << 63, UINT64_MAX };
	struct mbsec_replay *window;
	size_t i, j;
	u64 highest;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (j = 0; j < ARRAY_SIZE(firsts); j++) {
			window = window_new(sizes[i]);
			assert_false(mbsec_replay_highest(window, &highest));
			accepted(window, firsts[j]);
			refused(window, firsts[j], -EEXIST);
			assert_highest(window, firsts[j]);
			free(window);
		}
	}
}

static void test_counter_0(void **state)
{
	struct mbsec_replay *window;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		window = window_new(sizes[i]);
		accepted(window, 0);
		accepted(window, 1);
		refused(window, 0, -EEXIST);
		accepted(window, sizes[i] - 1);
		refused(window, 0, -EEXIST);
		accepted(window, sizes[i]);
		refused(window, 0, -ESTALE);
		refused(window, 1, -EEXIST);
		free(window);
	}
}

/* Counter 0 after others: below every edge there is. */
static void test_counter_0_last(void **state)
{
	struct mbsec_replay *window;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		window = window_new(sizes[i]);
		accepted(window, sizes[i] - 1);
		accepted(window, 0);
		free(window);
		window = window_new(sizes[i]);
		accepted(window, sizes[i]);
		refused(window, 0, -ESTALE);
		free(window);
	}
}

/* With the highest counter at each place in its word. */
static void test_edge(void **state)
{
	struct mbsec_replay *window;
	u64 base, top;
	size_t i;
	u32 size;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		size = sizes[i];
		base = 1ULL << 32;
		for (top = base; top < base + 130; top++) {
			window = window_new(size);
			accepted(window, top);
			refused(window, top - size, -ESTALE);
			accepted(window, top - (size - 1));
			refused(window, top - (size - 1), -EEXIST);
			accepted(window, top - (size - 2));
			refused(window, 0, -ESTALE);
			assert_highest(window, top);
			free(window);
		}
	}
}

/* All counters of a window, from the highest down, once each. */
static void test_backwards(void **state)
{
	struct mbsec_replay *window;
	u64 top, counter;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (top = 1ULL << 40; top < (1ULL << 40) + 64; top += 9) {
			window = window_new(sizes[i]);
			for (counter = top; top - counter < sizes[i]; counter--)
				accepted(window, counter);
			refused(window, counter, -ESTALE);
			for (counter = top; top - counter < sizes[i]; counter--)
				assert_int_equal(mbsec_replay_commit(window,
								     counter),
						 -EEXIST);
			assert_highest(window, top);
			free(window);
		}
	}
}

/* A late counter is judged, and does not take the window back. */
static void test_late(void **state)
{
	struct mbsec_replay *window = window_new(64);
	u64 base = 1ULL << 32;

	(void)state;
	accepted(window, base + 100);
	accepted(window, base + 90);
	assert_highest(window, base + 100);
	refused(window, base + 36, -ESTALE);
	accepted(window, base + 37);
	accepted(window, base + 101);
	refused(window, base + 37, -ESTALE);
	accepted(window, base + 38);
	refused(window, base + 90, -EEXIST);
	free(window);
}

/* All counters up to top, as far as the window goes. */
static struct mbsec_replay *window_full(u32 size, u64 top)
{
	struct mbsec_replay *window = window_new(size);
	u64 counter;

	for (counter = top - (size - 1); counter <= top; counter++)
		accepted(window, counter);
	return window;
}

static void jump(u32 size, u64 top, u64 distance)
{
	struct mbsec_replay *window = window_full(size, top);
	u64 next = top + distance;
	u64 counter;

	accepted(window, next);
	assert_highest(window, next);
	assert_int_equal(mbsec_replay_check(window, next - size), -ESTALE);
	for (counter = next - (size - 1); counter != next; counter++)
		assert_int_equal(mbsec_replay_check(window, counter),
				 counter <= top ? -EEXIST : 0);
	/* And each can be accepted that was not. */
	for (counter = next - (size - 1); counter != next; counter++)
		if (counter > top)
			accepted(window, counter);
		else
			refused(window, counter, -EEXIST);
	free(window);
}

/* Distances around the word, the window and the ring of words behind it. */
static void test_jump(void **state)
{
	static const s64 around[] = { -65, -64, -63, -1, 0, 1, 63, 64, 65 };
	size_t i, j, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		u64 size = sizes[i];
		u64 ring = 8 * (mbsec_replay_bytes(size) -
				sizeof(struct mbsec_replay));
		const u64 distances[] = { 66,	     size + 2,	 size + 130,
					  ring,	     2 * ring,	 3 * ring,
					  16 * ring, 1ULL << 32, 1ULL << 62 };

		for (j = 0; j < ARRAY_SIZE(distances); j++)
			for (k = 0; k < ARRAY_SIZE(around); k++)
				jump(size, (1ULL << 32) + 17 * k,
				     distances[j] + around[k]);
	}
}

/* Steps of one, over more than a lap of the ring: nothing of the old lap. */
static void test_laps(void **state)
{
	struct mbsec_replay *window;
	u64 counter, end;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		window = window_new(sizes[i]);
		end = 6 * 8 * mbsec_replay_bytes(sizes[i]);
		/* Even counters in one part, odd ones in the next. */
		for (counter = 0; counter < end; counter += 1) {
			u64 part = counter / sizes[i];

			if (counter % 2 == part % 2)
				accepted(window, counter);
			else
				assert_int_equal(
					mbsec_replay_check(window, counter), 0);
		}
		free(window);
	}
}

static void test_counter_end(void **state)
{
	struct mbsec_replay *window;
	u64 counter;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		window = window_new(sizes[i]);
		accepted(window, 5);
		accepted(window, UINT64_MAX - 1);
		accepted(window, UINT64_MAX);
		refused(window, UINT64_MAX, -EEXIST);
		refused(window, UINT64_MAX - 1, -EEXIST);
		refused(window, UINT64_MAX - sizes[i], -ESTALE);
		for (counter = UINT64_MAX - (sizes[i] - 1);
		     counter < UINT64_MAX - 1; counter++)
			accepted(window, counter);
		/* Nothing comes after the last one. */
		refused(window, 0, -ESTALE);
		refused(window, 5, -ESTALE);
		assert_highest(window, UINT64_MAX);
		free(window);
	}
}

static void test_floor(void **state)
{
	u64 floor = (1ULL << 32) + 1000;
	struct mbsec_replay *window;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		window = window_new(sizes[i]);
		mbsec_replay_set_floor(window, floor);
		assert_highest(window, floor);
		refused(window, 0, -ESTALE);
		refused(window, floor - 1, -ESTALE);
		refused(window, floor, -ESTALE);
		assert_highest(window, floor);
		/* It holds where the window reaches below it. */
		accepted(window, floor + 10);
		assert_highest(window, floor + 10);
		refused(window, floor, -ESTALE);
		accepted(window, floor + 1);
		refused(window, floor + 1, -EEXIST);
		/* And is of no meaning above it. */
		accepted(window, floor + sizes[i] + 100);
		refused(window, floor + 100, -ESTALE);
		accepted(window, floor + 101);
		free(window);
	}
}

static void test_floor_ends(void **state)
{
	struct mbsec_replay *window = window_new(64);

	(void)state;
	mbsec_replay_set_floor(window, 0);
	assert_highest(window, 0);
	refused(window, 0, -ESTALE);
	accepted(window, 1);
	assert_highest(window, 1);
	free(window);

	window = window_new(64);
	mbsec_replay_set_floor(window, UINT64_MAX);
	refused(window, UINT64_MAX, -ESTALE);
	refused(window, 0, -ESTALE);
	assert_highest(window, UINT64_MAX);
	free(window);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_counter_0),
		cmocka_unit_test(test_counter_0_last),
		cmocka_unit_test(test_edge),
		cmocka_unit_test(test_backwards),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_jump),
		cmocka_unit_test(test_laps),
		cmocka_unit_test(test_counter_end),
		cmocka_unit_test(test_floor),
		cmocka_unit_test(test_floor_ends),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
