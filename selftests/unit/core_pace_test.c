// SPDX-License-Identifier: GPL-2.0-or-later
/* Pacing: rates, retransmission, random waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/pace.h"

static const struct pace_policy usual = {
	.rate = 3000,
	.burst = 100,
	.first_wait = 1000,
	.longest_wait = 6000,
	.attempts = 5,
};

static void expect_refusal(const struct pace_policy *policy, const char *name)
{
	struct fault fault = { 0 };

	assert_int_equal(pace_policy_check(policy, &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_non_null(strstr(fault.text, name));
}

static void test_policy(void **state)
{
	struct pace_policy policy = usual;

	(void)state;
	assert_int_equal(pace_policy_check(&policy, NULL), 0);
	policy.rate = 0;
	expect_refusal(&policy, "rate");
	policy.rate = PACE_RATE_MAX + 1;
	expect_refusal(&policy, "rate");
	policy = usual;
	policy.burst = 0;
	expect_refusal(&policy, "burst");
	policy = usual;
	policy.first_wait = 0;
	expect_refusal(&policy, "first_wait");
	policy = usual;
	policy.longest_wait = 999;
	expect_refusal(&policy, "longest_wait");
	policy.longest_wait = PACE_WAIT_MAX + 1;
	expect_refusal(&policy, "longest_wait");
	policy = usual;
	policy.attempts = 0;
	expect_refusal(&policy, "attempts");
	policy.attempts = PACE_ATTEMPTS_MAX + 1;
	expect_refusal(&policy, "attempts");
}

/* A million receivers at 3000/s take 333 s, whatever the step is. */
static void test_rate_is_kept(void **state)
{
	static const uint32_t steps[] = { 1, 7, 10, 33, 1000 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct pace_policy policy = usual;
		struct pace_bucket bucket;
		uint64_t now = 5000, sent = 0;

		policy.burst = 3000;
		pace_bucket_init(&bucket, &policy, now);
		while (sent < 1000000) {
			sent += pace_bucket_take(&bucket, &policy, now,
						 UINT32_MAX);
			assert_true(sent <= 3000 + (now - 5000) * 3);
			now += steps[i];
		}
		assert_in_range(now - 5000, 332000, 334000);
	}
}

static void test_slow_rate_loses_nothing(void **state)
{
	struct pace_policy policy = usual;
	struct pace_bucket bucket;
	uint64_t now;
	uint32_t sent = 0;

	(void)state;
	policy.rate = 1;
	policy.burst = 1;
	pace_bucket_init(&bucket, &policy, 0);
	for (now = 0; now <= 10000; now++)
		sent += pace_bucket_take(&bucket, &policy, now, 5);
	assert_int_equal(sent, 11);
	assert_int_equal(pace_bucket_next(&bucket, &policy, 10000), 11000);
	assert_int_equal(pace_bucket_next(&bucket, &policy, 10400), 11000);
	assert_int_equal(pace_bucket_next(&bucket, &policy, 11000), 11000);
}

static void test_bucket_edges(void **state)
{
	struct pace_policy policy = usual;
	struct pace_bucket bucket;

	(void)state;
	pace_bucket_init(&bucket, &policy, 1000);
	assert_int_equal(pace_bucket_take(&bucket, &policy, 1000, 0), 0);
	assert_int_equal(pace_bucket_take(&bucket, &policy, 1000, 1000), 100);
	/* A clock that goes back earns nothing. */
	assert_int_equal(pace_bucket_take(&bucket, &policy, 10, 1), 0);
	assert_int_equal(pace_bucket_next(&bucket, &policy, 10), 1001);
	/* A rest of any length fills it and no more. */
	assert_int_equal(
		pace_bucket_take(&bucket, &policy, UINT64_MAX - 1, 1000), 100);
	/* A smaller burst counts from now on. */
	pace_bucket_init(&bucket, &policy, 0);
	policy.burst = 3;
	assert_int_equal(pace_bucket_take(&bucket, &policy, 0, 1000), 3);
}

static void test_retry(void **state)
{
	static const uint64_t due[] = { 1000, 3000, 7000, 13000, 19000 };
	struct pace_retry retry;
	size_t i;
	uint64_t now = 0;

	(void)state;
	pace_retry_start(&retry, 0);
	for (i = 0; i < 5; i++) {
		assert_int_equal(pace_retry_step(&retry, &usual, now, 0),
				 PACE_SEND);
		assert_int_equal(retry.due, due[i]);
		assert_int_equal(pace_retry_step(&retry, &usual, due[i] - 1, 0),
				 PACE_WAIT);
		now = due[i];
	}
	assert_int_equal(pace_retry_step(&retry, &usual, now, 0), PACE_SILENT);
	assert_int_equal(pace_retry_step(&retry, &usual, UINT64_MAX, 0),
			 PACE_WAIT);
}

static void test_retry_jitter_and_answer(void **state)
{
	struct pace_retry retry;

	(void)state;
	pace_retry_start(&retry, 50);
	assert_int_equal(pace_retry_step(&retry, &usual, 49, 0), PACE_WAIT);
	assert_int_equal(pace_retry_step(&retry, &usual, 50, UINT32_MAX),
			 PACE_SEND);
	assert_int_equal(retry.due, 50 + 1000 - 249);
	assert_int_equal(pace_retry_step(&retry, &usual, 801, 1u << 31),
			 PACE_SEND);
	assert_int_equal(retry.due, 801 + 2000 - 250);
	pace_retry_stop(&retry);
	assert_int_equal(pace_retry_step(&retry, &usual, UINT64_MAX, 0),
			 PACE_WAIT);
}

static void test_back_off(void **state)
{
	unsigned int hits[11] = { 0 }, i;
	uint64_t random;

	(void)state;
	assert_int_equal(pace_back_off(7, 5, 0, UINT32_MAX), 12);
	assert_int_equal(pace_back_off(7, 5, 10, 0), 12);
	assert_int_equal(pace_back_off(7, 5, 10, UINT32_MAX), 22);
	assert_int_equal(pace_back_off(0, UINT32_MAX, UINT32_MAX, UINT32_MAX),
			 2ull * PACE_WAIT_MAX);
	for (random = 0; random <= UINT32_MAX; random += 4099)
		hits[pace_back_off(0, 0, 10, (uint32_t)random)]++;
	for (i = 0; i < 11; i++)
		assert_in_range(hits[i], 95000, 95500);
}

static void test_announced_period(void **state)
{
	(void)state;
	assert_int_equal(pace_period(100000, 3000), 34);
	assert_int_equal(pace_period(0, 3000), 0);
	assert_int_equal(pace_period(1, 3000), 1);
	assert_int_equal(pace_period(UINT64_MAX, 1), 86400);
	assert_int_equal(pace_period(1, 0), 86400);
	assert_int_equal(pace_rate(1000000, 333334), 3000);
	assert_int_equal(pace_rate(1, 1000), 1);
	assert_int_equal(pace_rate(0, 1000), 0);
	assert_int_equal(pace_rate(1, 0), 0);
	assert_true(pace_rate(UINT64_MAX, 1) > PACE_RATE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_rate_is_kept),
		cmocka_unit_test(test_slow_rate_loses_nothing),
		cmocka_unit_test(test_bucket_edges),
		cmocka_unit_test(test_retry),
		cmocka_unit_test(test_retry_jitter_and_answer),
		cmocka_unit_test(test_back_off),
		cmocka_unit_test(test_announced_period),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
