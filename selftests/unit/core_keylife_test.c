// SPDX-License-Identifier: GPL-2.0-or-later
/* The life of MSKs and MTKs: each step of it, and each event at the worst time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/keylife.h"

#define SECOND INT64_C(1000)
#define FIRST_MSK 0x00010001

static const struct keylife_policy policy = {
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

static struct keylife life;
static struct keylife_actions actions;

/* The actions as text, so that a wrong one is seen at once. */
static const char *done(void)
{
	static const char *const names[] = {
		[KEYLIFE_MSK_MAKE] = "make",
		[KEYLIFE_MSK_PUSH] = "push",
		[KEYLIFE_MSK_DELETE] = "delete",
		[KEYLIFE_MTK_MAKE] = "make",
		[KEYLIFE_MTK_SEND] = "send",
		[KEYLIFE_MTK_ACTIVATE] = "activate",
		[KEYLIFE_MTK_DELETE] = "delete",
	};
	static char text[1024];
	size_t length = 0, i;

	text[0] = '\0';
	for (i = 0; i < actions.count; i++) {
		const struct keylife_action *action = &actions.list[i];

		length += (size_t)snprintf(text + length, sizeof(text) - length,
					   "%s%s %u", i ? ", " : "",
					   names[action->type],
					   msk_id_number(action->msk_id));
		if (action->mtk_id)
			length += (size_t)snprintf(text + length,
						   sizeof(text) - length, ":%u",
						   action->mtk_id);
	}
	return text;
}

/* A group whose first MSK (1) is pushed at 0, so that traffic begins at 10 s. */
static void begin(void)
{
	keylife_init(&life, 0x00010000);
	assert_true(keylife_start(&life, &policy, 0, &actions) == 590 * SECOND);
	assert_string_equal(done(), "make 1, push 1");
	assert_true(keylife_pushed(&life, &policy, FIRST_MSK, 0, &actions) ==
		    10 * SECOND);
	assert_string_equal(done(), "make 1:1, send 1:1");
	assert_true(keylife_step(&life, &policy, 10 * SECOND, &actions) ==
		    20 * SECOND);
	assert_string_equal(done(), "activate 1:1");
}

static void test_first_key(void **state)
{
	uint16_t low, high;
	uint32_t ids[2];

	(void)state;
	begin();
	/* The MTK message is repeated for those who come late. */
	keylife_step(&life, &policy, 20 * SECOND, &actions);
	assert_string_equal(done(), "send 1:1");
	keylife_step(&life, &policy, 39 * SECOND, &actions);
	assert_string_equal(done(), "");
	keylife_step(&life, &policy, 40 * SECOND, &actions);
	assert_string_equal(done(), "send 1:1");
	assert_int_equal(keylife_msks(&life, ids), 1);
	assert_true(ids[0] == FIRST_MSK);
	assert_int_equal(keylife_interval(&life, FIRST_MSK, &low, &high, NULL),
			 0);
	assert_int_equal(low, 0);
	assert_int_equal(high, 255);
}

static void test_push_that_does_not_end(void **state)
{
	(void)state;
	keylife_init(&life, 0x00010000);
	keylife_start(&life, &policy, 0, &actions);
	assert_true(keylife_step(&life, &policy, 589 * SECOND, &actions) ==
		    590 * SECOND);
	assert_string_equal(done(), "");
	assert_true(keylife_step(&life, &policy, 590 * SECOND, &actions) ==
		    600 * SECOND);
	assert_string_equal(done(), "make 1:1, send 1:1");
	keylife_step(&life, &policy, 600 * SECOND, &actions);
	assert_string_equal(done(), "activate 1:1");
	/* It comes too late to matter. */
	keylife_pushed(&life, &policy, FIRST_MSK, 601 * SECOND, &actions);
	assert_string_equal(done(), "");
}

static void test_started_twice(void **state)
{
	(void)state;
	keylife_init(&life, 0x00010000);
	keylife_start(&life, &policy, 0, &actions);
	keylife_start(&life, &policy, 1, &actions);
	assert_string_equal(done(), "");
	begin();
	keylife_start(&life, &policy, 11 * SECOND, &actions);
	assert_string_equal(done(), "");
}

static void test_next_mtk(void **state)
{
	uint16_t low, high;

	(void)state;
	begin();
	keylife_step(&life, &policy, 299 * SECOND, &actions);
	keylife_step(&life, &policy, 300 * SECOND, &actions);
	assert_string_equal(done(), "make 1:2, send 1:2");
	/* A new member takes the one in use, and the one that comes. */
	keylife_interval(&life, FIRST_MSK, &low, &high, NULL);
	assert_int_equal(low, 0);
	keylife_step(&life, &policy, 310 * SECOND, &actions);
	assert_string_equal(done(), "activate 1:2");
	keylife_interval(&life, FIRST_MSK, &low, &high, NULL);
	assert_int_equal(low, 1);
	keylife_step(&life, &policy, 315 * SECOND, &actions);
	assert_string_equal(done(), "delete 1:1");
}

static void test_both_mtks_are_repeated(void **state)
{
	struct keylife_policy quick = policy;

	(void)state;
	quick.mtk_repeat = 4 * SECOND;
	begin();
	keylife_step(&life, &quick, 300 * SECOND, &actions);
	keylife_step(&life, &quick, 304 * SECOND, &actions);
	/* The one in use first, or it would be refused as old. */
	assert_string_equal(done(), "send 1:1, send 1:2");
}

static void test_rotation_on_demand(void **state)
{
	(void)state;
	begin();
	keylife_rotate(&life, &policy, 15 * SECOND, &actions);
	assert_string_equal(done(), "make 1:2, send 1:2");
	/* Asked again while it comes: once is enough. */
	keylife_rotate(&life, &policy, 16 * SECOND, &actions);
	assert_string_equal(done(), "");
	keylife_step(&life, &policy, 20 * SECOND, &actions);
	assert_string_equal(done(), "send 1:1, send 1:2");
	keylife_step(&life, &policy, 25 * SECOND, &actions);
	assert_string_equal(done(), "activate 1:2");
}

/* Runs to @until, step by step, and forgets what was done. */
static void run(int64_t until)
{
	int64_t at = keylife_step(&life, &policy, life.now, &actions);

	while (at <= until)
		at = keylife_step(&life, &policy, at, &actions);
}

static void test_next_msk(void **state)
{
	uint32_t ids[2];

	(void)state;
	begin();
	run(3009 * SECOND);
	assert_int_equal(keylife_msks(&life, ids), 1);
	/* Lifetime 3600 from the switch at 10, lead 600. */
	run(3010 * SECOND);
	assert_int_equal(keylife_msks(&life, ids), 2);
	assert_true(ids[0] == FIRST_MSK && ids[1] == FIRST_MSK + 1);
	/* That it is pushed early changes nothing: it is not in a hurry. */
	keylife_pushed(&life, &policy, FIRST_MSK + 1, 3020 * SECOND, &actions);
	run(3599 * SECOND);
	assert_true(life.next_mtk.msk_id != FIRST_MSK + 1);
	run(3600 * SECOND);
	assert_true(life.next_mtk.msk_id == FIRST_MSK + 1);
	assert_int_equal(life.next_mtk.mtk_id, 1);
	run(3609 * SECOND);
	assert_true(life.msk.msk_id == FIRST_MSK);
	run(3610 * SECOND);
	assert_true(life.msk.msk_id == FIRST_MSK + 1);
	assert_true(life.mtk.msk_id == FIRST_MSK + 1);
	assert_true(life.old_msk.msk_id == FIRST_MSK);
	assert_int_equal(keylife_msks(&life, ids), 1);
	run(3615 * SECOND);
	assert_int_equal(life.old_mtk.mtk_id, MTK_ID_NONE);
	assert_true(life.old_msk.msk_id == FIRST_MSK);
	run(3730 * SECOND);
	assert_int_equal(life.old_msk.msk_id, 0);
}

static void test_eviction(void **state)
{
	(void)state;
	begin();
	keylife_rekey(&life, &policy, FIRST_MSK, true, 100 * SECOND, &actions);
	assert_string_equal(done(), "make 2, push 2, send 1:1");
	/* Done in 7 seconds: the switch is mtk_lead after that. */
	keylife_pushed(&life, &policy, FIRST_MSK + 1, 107 * SECOND, &actions);
	assert_string_equal(done(), "make 2:1, send 2:1");
	keylife_step(&life, &policy, 117 * SECOND, &actions);
	assert_true(life.mtk.msk_id == FIRST_MSK + 1);
}

static void test_eviction_while_pushing(void **state)
{
	(void)state;
	begin();
	keylife_rekey(&life, &policy, FIRST_MSK, true, 100 * SECOND, &actions);
	/* Somebody who was not sent the next one yet: nothing more to do. */
	keylife_rekey(&life, &policy, FIRST_MSK, true, 101 * SECOND, &actions);
	assert_false(life.rekey);
	/* Somebody who was: another one follows when there is room. */
	keylife_rekey(&life, &policy, FIRST_MSK + 1, true, 102 * SECOND,
		      &actions);
	assert_true(life.rekey);
	assert_string_equal(done(), "");
	keylife_pushed(&life, &policy, FIRST_MSK + 1, 107 * SECOND, &actions);
	run(117 * SECOND);
	assert_true(life.msk.msk_id == FIRST_MSK + 1);
	/* The old one goes with its last MTK, after 5 and not 120 seconds. */
	run(121 * SECOND);
	assert_true(life.next_msk.msk_id == 0);
	run(122 * SECOND);
	assert_true(life.old_msk.msk_id == 0);
	assert_true(life.next_msk.msk_id == FIRST_MSK + 2);
	assert_true(life.next_msk.hurry);
	assert_false(life.rekey);
}

static void test_eviction_in_overlap(void **state)
{
	(void)state;
	begin();
	run(3620 * SECOND);
	assert_true(life.old_msk.msk_id == FIRST_MSK);
	/* Who only has the old one cannot read any more. */
	keylife_rekey(&life, &policy, FIRST_MSK, true, 3620 * SECOND, &actions);
	assert_true(life.old_msk.msk_id == FIRST_MSK);
	assert_false(life.rekey);
	/* The old one makes room at once, its MTK is gone. */
	keylife_rekey(&life, &policy, FIRST_MSK + 1, true, 3621 * SECOND,
		      &actions);
	run(3621 * SECOND);
	assert_true(life.old_msk.msk_id == 0);
	assert_true(life.next_msk.msk_id == FIRST_MSK + 2);
}

static void test_scheduled_rekey_gets_urgent(void **state)
{
	(void)state;
	begin();
	run(3020 * SECOND);
	assert_true(life.next_msk.msk_id == FIRST_MSK + 1);
	assert_false(life.next_msk.hurry);
	keylife_pushed(&life, &policy, FIRST_MSK + 1, 3020 * SECOND, &actions);
	keylife_rekey(&life, &policy, FIRST_MSK, true, 3021 * SECOND, &actions);
	run(3031 * SECOND);
	assert_true(life.msk.msk_id == FIRST_MSK + 1);
}

static void test_batch(void **state)
{
	(void)state;
	begin();
	run(100 * SECOND);
	assert_true(keylife_rekey(&life, &policy, FIRST_MSK, false,
				  110 * SECOND, &actions) <= 170 * SECOND);
	keylife_rekey(&life, &policy, FIRST_MSK, false, 150 * SECOND, &actions);
	run(169 * SECOND);
	assert_true(life.next_msk.msk_id == 0);
	/* 60 seconds after the first one, for both. */
	run(170 * SECOND);
	assert_true(life.next_msk.msk_id == FIRST_MSK + 1);
	assert_true(life.next_msk.hurry);
	assert_true(life.batch == KEYLIFE_NEVER);
	run(800 * SECOND);
	assert_true(life.msk.msk_id == FIRST_MSK + 1);
	assert_true(life.next_msk.msk_id == 0);
}

static void test_eviction_serves_the_batch(void **state)
{
	(void)state;
	begin();
	keylife_rekey(&life, &policy, FIRST_MSK, false, 100 * SECOND, &actions);
	keylife_rekey(&life, &policy, FIRST_MSK, true, 110 * SECOND, &actions);
	assert_true(life.next_msk.msk_id == FIRST_MSK + 1);
	assert_true(life.batch == KEYLIFE_NEVER);
	/* One that has the newer one, and one that has the older one. */
	keylife_rekey(&life, &policy, FIRST_MSK + 1, false, 120 * SECOND,
		      &actions);
	keylife_rekey(&life, &policy, FIRST_MSK, false, 121 * SECOND, &actions);
	assert_true(life.batch_exposed == FIRST_MSK + 1);
	assert_false(life.rekey);
	run(180 * SECOND);
	assert_true(life.rekey);
}

static void test_pause(void **state)
{
	(void)state;
	begin();
	run(300 * SECOND);
	assert_int_equal(life.next_mtk.mtk_id, 2);
	assert_true(keylife_pause(&life, &policy, true, 301 * SECOND,
				  &actions) == KEYLIFE_NEVER);
	assert_string_equal(done(), "");
	keylife_rekey(&life, &policy, FIRST_MSK, true, 302 * SECOND, &actions);
	assert_string_equal(done(), "");
	keylife_step(&life, &policy, 5000 * SECOND, &actions);
	assert_string_equal(done(), "");
	/* All that waited: announced again, with its lead, and the new MSK. */
	keylife_pause(&life, &policy, false, 5000 * SECOND, &actions);
	assert_string_equal(done(), "make 2, push 2, send 1:1, send 1:2");
	keylife_step(&life, &policy, 5009 * SECOND, &actions);
	assert_true(life.mtk.mtk_id == 1);
	keylife_step(&life, &policy, 5010 * SECOND, &actions);
	assert_true(life.mtk.mtk_id == 2);
}

static void test_pause_while_pushing(void **state)
{
	(void)state;
	begin();
	keylife_rekey(&life, &policy, FIRST_MSK, true, 100 * SECOND, &actions);
	keylife_pause(&life, &policy, true, 101 * SECOND, &actions);
	keylife_pushed(&life, &policy, FIRST_MSK + 1, 102 * SECOND, &actions);
	assert_string_equal(done(), "");
	keylife_pause(&life, &policy, false, 200 * SECOND, &actions);
	assert_string_equal(done(), "push 2, send 1:1");
	assert_true(life.next_msk.until == 800 * SECOND);
	/* Not inactive: no effect. */
	keylife_pause(&life, &policy, false, 201 * SECOND, &actions);
	assert_string_equal(done(), "");
}

static void test_restart_while_paused(void **state)
{
	(void)state;
	begin();
	keylife_pause(&life, &policy, true, 100 * SECOND, &actions);
	keylife_restart(&life, &policy, 110 * SECOND, &actions);
	assert_string_equal(done(), "delete 1:1");
	keylife_pause(&life, &policy, false, 120 * SECOND, &actions);
	assert_string_equal(done(), "make 1:2, send 1:2, send 1:2");
}

static void test_rekey_of_nothing(void **state)
{
	(void)state;
	keylife_init(&life, 0x00010000);
	assert_true(keylife_rekey(&life, &policy, 0, true, 5, &actions) ==
		    KEYLIFE_NEVER);
	assert_string_equal(done(), "");
	assert_true(keylife_rotate(&life, &policy, 5, &actions) ==
		    KEYLIFE_NEVER);
	assert_true(keylife_pushed(&life, &policy, 0, 5, &actions) ==
		    KEYLIFE_NEVER);
	assert_string_equal(done(), "");
}

static void test_mtk_ids_run_out(void **state)
{
	struct keylife_policy few = policy;
	int64_t now = 20 * SECOND;
	int i;

	(void)state;
	few.mtk_count = KEYLIFE_MTK_COUNT_MIN;
	few.msk_lifetime = 0;
	assert_int_equal(keylife_policy_check(&few, NULL), 0);
	keylife_init(&life, 0x00010000);
	keylife_start(&life, &few, 0, &actions);
	keylife_pushed(&life, &few, FIRST_MSK, 0, &actions);
	keylife_step(&life, &few, 10 * SECOND, &actions);
	/* 4 IDs are kept for the time of a push: 600 / 300 + 2. */
	for (i = 0; i < 11; i++, now += 20 * SECOND) {
		keylife_rotate(&life, &few, now, &actions);
		keylife_step(&life, &few, now + 10 * SECOND, &actions);
		keylife_step(&life, &few, now + 15 * SECOND, &actions);
	}
	assert_int_equal(life.msk.last_mtk, 12);
	assert_true(life.next_msk.msk_id == FIRST_MSK + 1);
	assert_true(life.next_msk.hurry);
	/* More than there are: the last one stays in use. */
	for (i = 0; i < 10; i++, now += 20 * SECOND) {
		keylife_rotate(&life, &few, now, &actions);
		keylife_step(&life, &few, now + 10 * SECOND, &actions);
		keylife_step(&life, &few, now + 15 * SECOND, &actions);
	}
	assert_int_equal(life.mtk.mtk_id, KEYLIFE_MTK_COUNT_MIN);
	keylife_pushed(&life, &few, FIRST_MSK + 1, now, &actions);
	keylife_step(&life, &few, now + 10 * SECOND, &actions);
	assert_true(life.mtk.msk_id == FIRST_MSK + 1);
}

static void test_restart(void **state)
{
	uint16_t low, high;

	(void)state;
	begin();
	run(305 * SECOND);
	assert_int_equal(life.next_mtk.mtk_id, 2);
	/* The lost MTKs go, and the next one has an ID that was never used. */
	assert_true(keylife_restart(&life, &policy, 306 * SECOND, &actions) ==
		    316 * SECOND);
	assert_string_equal(done(),
			    "delete 1:1, delete 1:2, make 1:3, send 1:3");
	keylife_interval(&life, FIRST_MSK, &low, &high, NULL);
	assert_int_equal(low, 2);
	keylife_step(&life, &policy, 316 * SECOND, &actions);
	assert_int_equal(life.mtk.mtk_id, 3);
}

static void test_restart_while_pushing(void **state)
{
	(void)state;
	begin();
	keylife_rekey(&life, &policy, FIRST_MSK, true, 100 * SECOND, &actions);
	keylife_pushed(&life, &policy, FIRST_MSK + 1, 101 * SECOND, &actions);
	assert_true(life.next_mtk.msk_id == FIRST_MSK + 1);
	keylife_restart(&life, &policy, 105 * SECOND, &actions);
	assert_string_equal(done(), "delete 1:1, delete 2:1, push 2, "
				    "make 1:2, send 1:2");
	assert_false(life.next_msk.pushed);
	keylife_pushed(&life, &policy, FIRST_MSK + 1, 120 * SECOND, &actions);
	run(130 * SECOND);
	assert_true(life.mtk.msk_id == FIRST_MSK + 1);
	assert_int_equal(life.mtk.mtk_id, 2);
}

/* So many restarts that an MSK has no MTK ID left. */
static void test_restarts_without_end(void **state)
{
	struct keylife_policy few = policy;
	int i;

	(void)state;
	few.mtk_count = KEYLIFE_MTK_COUNT_MIN;
	keylife_init(&life, 0x00010000);
	keylife_start(&life, &few, 0, &actions);
	keylife_pushed(&life, &few, FIRST_MSK, 0, &actions);
	for (i = 1; i < 40; i++) {
		keylife_restart(&life, &few, i, &actions);
		keylife_pushed(&life, &few, FIRST_MSK, i, &actions);
	}
	/* The first one was given up before traffic began. */
	assert_true(life.msk.msk_id == 0);
	assert_true(life.next_msk.msk_id == FIRST_MSK + 1);
	keylife_pushed(&life, &few, FIRST_MSK + 1, 41, &actions);
	keylife_step(&life, &few, 41 + 10 * SECOND, &actions);
	assert_true(life.mtk.msk_id == FIRST_MSK + 1);
	for (i = 42; i < 80; i++)
		keylife_restart(&life, &few, i, &actions);
	assert_true(life.next_msk.msk_id == FIRST_MSK + 2);
}

static void test_stop(void **state)
{
	(void)state;
	begin();
	run(3600 * SECOND);
	keylife_stop(&life, &actions);
	assert_string_equal(done(), "delete 1:12, delete 2:1, delete 1, "
				    "delete 2");
	assert_true(keylife_step(&life, &policy, 9999 * SECOND, &actions) ==
		    KEYLIFE_NEVER);
	assert_string_equal(done(), "");
	/* Started again, it goes on with fresh IDs. */
	keylife_start(&life, &policy, 9999 * SECOND, &actions);
	assert_string_equal(done(), "make 3, push 3");
}

static void test_clock(void **state)
{
	struct keylife before;

	(void)state;
	begin();
	before = life;
	keylife_step(&life, &policy, -5, &actions);
	assert_string_equal(done(), "");
	assert_memory_equal(&life, &before, sizeof(life));
	/* The end of time does not overflow. */
	keylife_step(&life, &policy, INT64_MAX, &actions);
	assert_true(keylife_step(&life, &policy, INT64_MAX, &actions) >
		    life.now);
}

static void test_interval_of_other_msks(void **state)
{
	uint16_t low = 1, high = 1;
	struct fault fault = { 0 };

	(void)state;
	begin();
	assert_int_equal(keylife_interval(&life, FIRST_MSK + 1, &low, &high,
					  &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_UNKNOWN);
	assert_int_equal(low | high, 0);
	/* One that was just made: nothing of it was used. */
	keylife_rekey(&life, &policy, FIRST_MSK, true, 100 * SECOND, &actions);
	assert_int_equal(
		keylife_interval(&life, FIRST_MSK + 1, &low, &high, NULL), 0);
	assert_int_equal(low, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_key),
		cmocka_unit_test(test_push_that_does_not_end),
		cmocka_unit_test(test_started_twice),
		cmocka_unit_test(test_next_mtk),
		cmocka_unit_test(test_both_mtks_are_repeated),
		cmocka_unit_test(test_rotation_on_demand),
		cmocka_unit_test(test_next_msk),
		cmocka_unit_test(test_eviction),
		cmocka_unit_test(test_eviction_while_pushing),
		cmocka_unit_test(test_eviction_in_overlap),
		cmocka_unit_test(test_scheduled_rekey_gets_urgent),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_eviction_serves_the_batch),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_pause_while_pushing),
		cmocka_unit_test(test_restart_while_paused),
		cmocka_unit_test(test_rekey_of_nothing),
		cmocka_unit_test(test_mtk_ids_run_out),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_restart_while_pushing),
		cmocka_unit_test(test_restarts_without_end),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_interval_of_other_msks),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
