// SPDX-License-Identifier: GPL-2.0-or-later
/* Which policies are taken, and that with those no order of events breaks the rules
 * of keylife_model.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "keylife_model.h"

#define SECOND INT64_C(1000)

static void test_policy(void **state)
{
	static const struct keylife_policy base = {
		.msk_lifetime = 3600 * SECOND,
		.msk_lead = 600 * SECOND,
		.msk_overlap = 120 * SECOND,
		.mtk_lifetime = 300 * SECOND,
		.mtk_lead = 10 * SECOND,
		.mtk_overlap = 5 * SECOND,
		.mtk_repeat = 20 * SECOND,
		.batch = 60 * SECOND,
		.mtk_count = 255,
	};
	struct keylife_policy p;
	struct fault fault;

	(void)state;
#define REFUSED(change)                                                 \
	do {                                                            \
		p = base;                                               \
		fault = (struct fault){ 0 };                            \
		change;                                                 \
		assert_int_equal(keylife_policy_check(&p, &fault), -1); \
		assert_int_equal(fault.code, FAULT_ARGUMENT);           \
	} while (0)
	assert_int_equal(keylife_policy_check(&base, NULL), 0);
	REFUSED(p.msk_lifetime = -1);
	REFUSED(p.msk_lead = -1);
	REFUSED(p.msk_overlap = KEYLIFE_TIME_MAX + 1);
	REFUSED(p.mtk_lifetime = 0);
	REFUSED(p.mtk_lead = -1);
	REFUSED(p.mtk_overlap = -1);
	REFUSED(p.mtk_repeat = 0);
	REFUSED(p.batch = -1);
	REFUSED(p.mtk_count = KEYLIFE_MTK_COUNT_MIN - 1);
	REFUSED(p.mtk_lead = 296 * SECOND);
	REFUSED(p.msk_overlap = 4 * SECOND);
	REFUSED(p.msk_lead = 9 * SECOND);
	REFUSED(p.msk_lifetime = 719 * SECOND);
#undef REFUSED
	p.msk_lifetime = 0;
	p.mtk_lead = base.mtk_lead;
	assert_int_equal(keylife_policy_check(&p, NULL), 0);
}

static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed >> 11;
}

static struct keylife_policy policy_random(uint64_t *seed)
{
	struct keylife_policy p;

	do {
		p = (struct keylife_policy){
			.msk_lifetime = (int64_t)(random_next(seed) % 4000),
			.msk_lead = (int64_t)(random_next(seed) % 500),
			.msk_overlap = (int64_t)(random_next(seed) % 300),
			.mtk_lifetime = (int64_t)(random_next(seed) % 200),
			.mtk_lead = (int64_t)(random_next(seed) % 40),
			.mtk_overlap = (int64_t)(random_next(seed) % 40),
			.mtk_repeat = (int64_t)(random_next(seed) % 100),
			.batch = (int64_t)(random_next(seed) % 300),
			.mtk_count = (uint16_t)(random_next(seed) % 100),
		};
	} while (keylife_policy_check(&p, NULL));
	return p;
}

static void test_any_order(void **state)
{
	uint64_t seed = UINT64_C(0x2545f4914f6cdd1d);
	unsigned int group, i, activations = 0;

	(void)state;
	for (group = 0; group < 300; group++) {
		struct keylife_policy p = policy_random(&seed);
		struct keylife_model model;

		keylife_model_init(&model, &p,
				   (uint32_t)random_next(&seed) | 0x10000);
		for (i = 0; i < 200; i++) {
			enum model_event event =
				random_next(&seed) % 4 ?
					MODEL_STEP :
					(enum model_event)(random_next(&seed) %
							   MODEL_STOP);
			int64_t later = (int64_t)(random_next(&seed) % 300);
			bool good = random_next(&seed) % 2 ?
					    keylife_model_run(
						    &model, model.now + later) :
					    true;

			good = good && keylife_model_event(&model, event,
							   model.now + later);
			if (!good)
				fail_msg("group %u, event %u: %s", group, i,
					 model.failure);
		}
		activations += model.activations;
		if (!keylife_model_event(&model, MODEL_STOP, model.now))
			fail_msg("group %u: %s", group, model.failure);
		assert_int_equal(model.count, 0);
	}
	assert_true(activations > 5000);
}

/* If the clock is kept, no key outlives its time by more than it takes to make
 * room and push the next, and an eviction takes effect within that time.
 */
static void test_bounds_in_time(void **state)
{
	uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
	unsigned int group, i;

	(void)state;
	for (group = 0; group < 200; group++) {
		struct keylife_policy p = policy_random(&seed);
		int64_t room =
			2 * (p.msk_lead + p.mtk_lead + p.mtk_overlap) + 2;
		struct keylife_model model;

		keylife_model_init(&model, &p, 0x50000);
		assert_true(keylife_model_event(&model, MODEL_START, 0));
		assert_true(keylife_model_run(&model, p.msk_lead + p.mtk_lead));
		assert_true(model.active.msk_id != 0);
		for (i = 0; i < 100; i++) {
			uint32_t newest;
			bool later;
			int64_t pause = (int64_t)(random_next(&seed) % 700);

			assert_true(
				keylife_model_run(&model, model.now + pause));
			if (model.now - model.since > p.mtk_lifetime + room)
				fail_msg("group %u: an MTK is too old", group);
			if (random_next(&seed) % 8)
				continue;
			newest = model.last_msk_id;
			later = random_next(&seed) % 2;
			assert_true(keylife_model_event(
				&model, later ? MODEL_REKEY_LATER : MODEL_REKEY,
				model.now));
			assert_true(keylife_model_run(
				&model,
				model.now + room + (later ? p.batch : 0)));
			if (model.active.msk_id <= newest)
				fail_msg("group %u: %08x is still in use",
					 group, newest);
		}
		assert_true(keylife_model_msks(&model) <= 2);
		assert_true(keylife_model_mtks(&model) <= 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_bounds_in_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
