// SPDX-License-Identifier: GPL-2.0-or-later
/* Rates, retransmission, back-off, and the timer wheel against plain models. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/pace.h"

static uint64_t seed = UINT64_C(0x2545f4914f6cdd1d);

static uint32_t draw(uint32_t range)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)((seed >> 11) % range);
}

static void test_burst_then_rate(void **state)
{
	struct pace pace;

	(void)state;
	assert_int_equal(pace_init(&pace, 100, 10, 0, NULL), 0);
	assert_int_equal(pace_take(&pace, 4, 0), 4);
	assert_int_equal(pace_take(&pace, 100, 0), 6);
	assert_int_equal(pace_take(&pace, 1, 0), 0);
	assert_true(pace_wake(&pace, 0) == 10);
	assert_int_equal(pace_take(&pace, 1, 9), 0);
	assert_true(pace_wake(&pace, 9) == 10);
	assert_int_equal(pace_take(&pace, 1, 10), 1);
	assert_int_equal(pace_take(&pace, 100, 60), 5);
	/* A pause gives a burst and no more. */
	assert_int_equal(pace_take(&pace, 100, 1000000), 10);
	assert_true(pace_wake(&pace, 1000100) == 1000100);
}

static void test_unsent_is_returned(void **state)
{
	struct pace pace;

	(void)state;
	pace_init(&pace, 1, 5, 0, NULL);
	assert_int_equal(pace_take(&pace, 5, 0), 5);
	pace_return(&pace, 2);
	assert_int_equal(pace_take(&pace, 5, 0), 2);
	pace_return(&pace, 100);
	assert_int_equal(pace_take(&pace, 100, 0), 5);
}

/* In any interval, no more than a burst and the rate; and nothing is lost. */
static void test_rate_is_kept(void **state)
{
	int round;

	(void)state;
	for (round = 0; round < 200; round++) {
		uint32_t rate = 1 + draw(50000);
		uint32_t burst = (rate + 1998) / 1000 + draw(200);
		int64_t now = draw(100000), start = now;
		uint64_t sent = 0;
		struct pace pace;
		int i;

		assert_int_equal(pace_init(&pace, rate, burst, now, NULL), 0);
		for (i = 0; i < 300; i++) {
			sent += pace_take(&pace, draw(50), now);
			if (sent * 1000 >
			    (uint64_t)burst * 1000 +
				    (uint64_t)(now - start) * rate)
				fail_msg("round %d: too much is sent", round);
			now += draw(20);
		}
		/* Always asking, and asking when told to. */
		pace_init(&pace, rate, burst, now, NULL);
		start = now;
		sent = 0;
		while (now < start + 5000) {
			sent += pace_take(&pace, UINT32_MAX, now);
			assert_true(pace_wake(&pace, now) > now);
			now = pace_wake(&pace, now);
			assert_true(pace_take(&pace, 1, now) == 1);
			sent++;
		}
		if ((sent + burst) * 1000 < (uint64_t)(now - start) * rate)
			fail_msg("round %d: credit is lost", round);
	}
}

static void test_pace_bounds(void **state)
{
	struct fault fault = { 0 };
	struct pace pace;

	(void)state;
	assert_int_equal(pace_init(&pace, 0, 1, 0, &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_int_equal(pace_init(&pace, 1, 0, 0, NULL), -1);
	assert_int_equal(pace_init(&pace, PACE_RATE_MAX + 1, PACE_BURST_MAX, 0,
				   NULL),
			 -1);
	assert_int_equal(pace_init(&pace, 5000, 5, 0, NULL), -1);
	assert_int_equal(pace_init(&pace, 5000, 6, 0, NULL), 0);
	assert_int_equal(pace_init(&pace, 1, PACE_BURST_MAX + 1, 0, NULL), -1);
	assert_int_equal(pace_init(&pace, PACE_RATE_MAX, PACE_BURST_MAX,
				   INT64_MAX, NULL),
			 0);
	assert_int_equal(pace_take(&pace, UINT32_MAX, INT64_MAX),
			 PACE_BURST_MAX);
	/* A clock that goes back gives nothing. */
	assert_int_equal(pace_take(&pace, 1, INT64_MIN), 0);
	assert_true(pace_wake(&pace, INT64_MIN) == pace.now + 1);
	pace_init(&pace, 1, 1, INT64_MIN, NULL);
	assert_true(pace.now == 0);
	assert_int_equal(pace_take(&pace, 1, 0), 1);
	assert_int_equal(pace_take(&pace, 1, INT64_MAX), 1);
}

static void test_duration(void **state)
{
	(void)state;
	/* A million members at 3000 a second: 333.4 seconds. */
	assert_true(pace_duration(1000000, 3000) == 333334);
	assert_true(pace_duration(0, 3000) == 0);
	assert_true(pace_duration(1, 1000) == 1);
	assert_true(pace_duration(1, 3000) == 1);
	assert_true(pace_duration(UINT64_MAX, 1) == INT64_MAX / 2);
}

static void test_retransmission(void **state)
{
	static const struct retry_policy policy = { 1000, 5000, 4 };
	struct retry retry;

	(void)state;
	assert_int_equal(retry_policy_check(&policy, NULL), 0);
	retry_start(&retry, 10000);
	assert_int_equal(retry_step(&retry, &policy, 0, 9999), RETRY_WAIT);
	assert_int_equal(retry_step(&retry, &policy, 0, 10000), RETRY_SEND);
	assert_true(retry.at == 11000);
	assert_int_equal(retry_step(&retry, &policy, 0, 10999), RETRY_WAIT);
	assert_int_equal(retry_step(&retry, &policy, 0, 11000), RETRY_SEND);
	assert_true(retry.at == 13000);
	/* The largest random number: just below a quarter more. */
	assert_int_equal(retry_step(&retry, &policy, UINT32_MAX, 13000),
			 RETRY_SEND);
	assert_true(retry.at == 13000 + 4000 + 999);
	assert_int_equal(retry_step(&retry, &policy, 0, 17999), RETRY_SEND);
	assert_true(retry.at == 17999 + 5000);
	assert_int_equal(retry_step(&retry, &policy, 0, 22998), RETRY_WAIT);
	assert_int_equal(retry_step(&retry, &policy, 0, 22999), RETRY_GIVE_UP);
	assert_int_equal(retry_step(&retry, &policy, 0, 99999), RETRY_WAIT);
	assert_int_equal(retry.attempts, 4);
}

/* The socket was full: that was no attempt. */
static void test_retry_returned(void **state)
{
	static const struct retry_policy policy = { 1000, 5000, 2 };
	struct retry retry;

	(void)state;
	retry_start(&retry, 0);
	assert_int_equal(retry_step(&retry, &policy, 0, 0), RETRY_SEND);
	assert_int_equal(retry_step(&retry, &policy, 0, 1000), RETRY_SEND);
	retry_return(&retry, 1000);
	assert_int_equal(retry_step(&retry, &policy, 0, 999), RETRY_WAIT);
	assert_int_equal(retry_step(&retry, &policy, 0, 1000), RETRY_SEND);
	assert_true(retry.at == 3000);
	assert_int_equal(retry_step(&retry, &policy, 0, 3000), RETRY_GIVE_UP);
	retry_start(&retry, 0);
	retry_return(&retry, 0);
	assert_int_equal(retry.attempts, 0);
}

static void test_retry_bounds(void **state)
{
	static const struct retry_policy bad[] = { { 0, 1, 1 },
						   { 2, 1, 1 },
						   { 1, 1, 0 } };
	struct retry_policy most = { 1, UINT32_MAX, UINT32_MAX };
	struct fault fault = { 0 };
	struct retry retry;
	int64_t last = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(retry_policy_check(&bad[i], &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	retry_start(&retry, 0);
	for (i = 0; i < 100; i++) {
		last = retry.at;
		assert_int_equal(retry_step(&retry, &most, UINT32_MAX,
					    retry.at),
				 RETRY_SEND);
		assert_true(retry.at > last);
	}
	assert_true(retry.at - last <= UINT32_MAX + UINT32_MAX / INT64_C(4));
	retry_start(&retry, INT64_MAX);
	assert_int_equal(retry_step(&retry, &most, 0, INT64_MAX), RETRY_SEND);
}

static void test_backoff(void **state)
{
	unsigned int slots[10] = { 0 };
	int i;

	(void)state;
	assert_true(backoff_delay(5000, 0, UINT32_MAX) == 5000);
	assert_true(backoff_delay(5000, 1000, 0) == 5000);
	assert_true(backoff_delay(5000, 1000, UINT32_MAX) == 5999);
	assert_true(backoff_delay(UINT32_MAX, UINT32_MAX, UINT32_MAX) ==
		    INT64_C(2) * UINT32_MAX - 1);
	for (i = 0; i < 10000; i++) {
		int64_t delay = backoff_delay(100, 1000, draw(UINT32_MAX));

		assert_in_range(delay, 100, 1099);
		slots[(delay - 100) / 100]++;
	}
	for (i = 0; i < 10; i++)
		assert_in_range(slots[i], 850, 1150);
}

static const struct pull_policy pulls = { .offset = 100,
					  .period = 1000,
					  .pause = 5000,
					  .most = 20000 };

static void test_missing_msk_is_fetched_once(void **state)
{
	struct pull pull;
	int packet;

	(void)state;
	pull_init(&pull);
	assert_false(pull_due(&pull, &pulls, 1000000));
	for (packet = 0; packet < 50; packet++) {
		pull_missing(&pull, &pulls, 0x80000000, packet);
		assert_true(pull.at == 600);
		assert_false(pull_due(&pull, &pulls, packet));
	}
	assert_false(pull_due(&pull, &pulls, 599));
	assert_true(pull_due(&pull, &pulls, 600));
	assert_false(pull_due(&pull, &pulls, 600));
	assert_true(pull.at == PACE_NEVER);
	/* The next one not before a pause. */
	pull_missing(&pull, &pulls, 0, 700);
	assert_true(pull.at == 5600);
}

/* Forged key ids for an hour: the requests get rare. */
static void test_forged_ids_cause_few_requests(void **state)
{
	struct pull pull;
	int requests = 0;
	int64_t now;

	(void)state;
	pull_init(&pull);
	for (now = 0; now < 3600 * 1000; now += 10) {
		pull_missing(&pull, &pulls, draw(UINT32_MAX), now);
		requests += pull_due(&pull, &pulls, now);
	}
	assert_in_range(requests, 100, 182);
	pull_done(&pull);
	assert_int_equal(pull.attempts, 0);
	assert_true(pull.at == PACE_NEVER);
	/* After a success it is quick again, but not without a pause. */
	assert_true(pull.free > now - 20000);
	pull_missing(&pull, &pulls, 0, pull.free);
	now = pull.at;
	assert_true(pull_due(&pull, &pulls, now));
	assert_true(pull.free == now + pulls.pause);
}

static void test_pull_bounds(void **state)
{
	struct pull pull;

	(void)state;
	pull_init(&pull);
	pull_missing(&pull, &pulls, 0, INT64_MAX);
	assert_true(pull.at < PACE_NEVER);
	assert_true(pull_due(&pull, &pulls, INT64_MAX) == false);
	pull_init(&pull);
	pull.attempts = UINT32_MAX;
	pull_missing(&pull, &pulls, 0, 0);
	assert_true(pull_due(&pull, &pulls, pull.at));
	assert_true(pull.attempts == UINT32_MAX);
	assert_true(pull.free == 100 + pulls.most);
}

/* ---- The wheel, driven as a program would, against the times themselves ---- */

#define TIMERS 400

struct timer {
	uint64_t at;
	struct wheel_place place;
	bool waits;
};

static struct timer timers[TIMERS];

/* Takes up tick @now; returns how many timers were due. */
static unsigned int wheel_tick(uint64_t now)
{
	unsigned int fired = 0, level, slot, i;

	for (level = WHEEL_LEVELS; level-- > 0;) {
		if (!wheel_turn(now, level, &slot))
			continue;
		for (i = 0; i < TIMERS; i++) {
			struct timer *timer = &timers[i];

			if (!timer->waits || timer->place.level != level ||
			    timer->place.slot != slot)
				continue;
			if (level) {
				timer->place = wheel_place(now, timer->at);
				continue;
			}
			if (timer->at != now)
				fail_msg("timer of %llu is due at %llu",
					 (unsigned long long)timer->at,
					 (unsigned long long)now);
			timer->waits = false;
			fired++;
		}
	}
	return fired;
}

static void wheel_run(uint64_t start, uint64_t ticks, uint32_t range)
{
	unsigned int fired = 0, set = 0, i;
	uint64_t now;

	memset(timers, 0, sizeof(timers));
	for (now = start; now < start + ticks; now++) {
		for (i = 0; i < 2; i++) {
			struct timer *timer = &timers[draw(TIMERS)];

			if (timer->waits)
				continue;
			timer->at = now + draw(range);
			timer->place = wheel_place(now, timer->at);
			timer->waits = true;
			set++;
		}
		fired += wheel_tick(now);
	}
	for (; fired < set && now < start + ticks + range + 1; now++)
		fired += wheel_tick(now);
	assert_int_equal(fired, set);
}

static void test_wheel_is_exact(void **state)
{
	(void)state;
	wheel_run(0, 2000, 3);
	wheel_run(0, 3000, 300);
	wheel_run(0xff00, 3000, 2000);
	wheel_run(0xffff00, 2000, 70000);
	/* Where all levels turn round at once. */
	wheel_run(0xfffff000, 9000, 5000);
	wheel_run(UINT64_C(0xffffffff0000), 3000, 70000);
}

static void test_wheel_places(void **state)
{
	struct wheel_place place;
	unsigned int slot = 9;

	(void)state;
	/* Late ones go to the slot that comes first. */
	place = wheel_place(1000, 5);
	assert_int_equal(place.level, 0);
	assert_int_equal(place.slot, 1000 & 255);
	/* Beyond the span: the last slot, and never one that comes too soon. */
	place = wheel_place(5, UINT64_C(5) + UINT32_MAX);
	assert_int_equal(place.level, 3);
	assert_int_equal(place.slot, 255);
	place = wheel_place(0x02000000, UINT64_C(1) << 40);
	assert_int_equal(place.level, 3);
	assert_int_equal(place.slot, 1);
	place = wheel_place(0x01ffffff, 0x02000000);
	assert_int_equal(place.level, 3);
	assert_int_equal(place.slot, 2);
	assert_true(wheel_turn(0x02000000, 3, &slot));
	assert_int_equal(slot, 2);
	assert_false(wheel_turn(0x02000100, 3, &slot));
	assert_true(wheel_turn(0x02000100, 1, &slot));
	assert_int_equal(slot, 1);
	assert_false(wheel_turn(0, WHEEL_LEVELS, &slot));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst_then_rate),
		cmocka_unit_test(test_unsent_is_returned),
		cmocka_unit_test(test_rate_is_kept),
		cmocka_unit_test(test_pace_bounds),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_retransmission),
		cmocka_unit_test(test_retry_returned),
		cmocka_unit_test(test_retry_bounds),
		cmocka_unit_test(test_backoff),
		cmocka_unit_test(test_missing_msk_is_fetched_once),
		cmocka_unit_test(test_forged_ids_cause_few_requests),
		cmocka_unit_test(test_pull_bounds),
		cmocka_unit_test(test_wheel_is_exact),
		cmocka_unit_test(test_wheel_places),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
