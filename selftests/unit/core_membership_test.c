// SPDX-License-Identifier: GPL-2.0-or-later
/* Members of a group: join, leave, eviction, silence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/membership.h"

#define MSK1 0x00010001
#define MSK2 0x00010002
#define UES 20

static const struct membership_policy open_policy = { .silences = 3 };
static const struct membership_policy closed_policy = {
	.renew_on_join = true,
	.renew_on_leave = true,
	.batch = 1000,
	.silences = 3,
	.members_max = 3,
};

static unsigned int do_join(struct membership *group, struct member *member,
			    const struct membership_policy *policy,
			    uint64_t now)
{
	unsigned int actions;

	assert_int_equal(
		membership_join(group, member, policy, now, &actions, NULL), 0);
	return actions;
}

static unsigned int do_answer(struct membership *group, struct member *member,
			      uint32_t msk_id)
{
	unsigned int actions;

	assert_int_equal(
		membership_answered(group, member, msk_id, &actions, NULL), 0);
	return actions;
}

static void test_push_and_answer(void **state)
{
	struct membership group;
	struct member a = { 0 }, b = { 0 };
	struct fault fault = { 0 };
	unsigned int actions;

	(void)state;
	membership_init(&group, MSK1);
	assert_int_equal(do_join(&group, &a, &open_policy, 0), MEMBERSHIP_PUSH);
	assert_int_equal(do_join(&group, &b, &open_policy, 0), MEMBERSHIP_PUSH);
	/* An answer before anything was sent is nobody's. */
	assert_int_equal(
		membership_answered(&group, &a, MSK1, &actions, &fault), -1);
	assert_int_equal(fault.code, FAULT_STATE);
	assert_int_equal(membership_sent(&group, &a, NULL), 0);
	assert_int_equal(membership_sent(&group, &b, NULL), 0);
	assert_int_equal(membership_answered(&group, &a, MSK2, &actions, NULL),
			 -1);
	assert_int_equal(do_answer(&group, &a, MSK1), MEMBERSHIP_STOP);
	assert_int_equal(a.state, MEMBER_KEYED);
	assert_int_equal(do_answer(&group, &b, MSK1),
			 MEMBERSHIP_STOP | MEMBERSHIP_COMPLETE);
	assert_int_equal(group.waiting, 0);
	/* It has lost its keys and joins again. */
	assert_int_equal(do_join(&group, &a, &open_policy, 1), MEMBERSHIP_PUSH);
	assert_int_equal(group.members, 2);
	assert_int_equal(group.waiting, 1);
}

static void test_new_msk_reaches_everybody(void **state)
{
	struct membership group;
	struct member a = { 0 }, b = { 0 };

	(void)state;
	membership_init(&group, MSK1);
	do_join(&group, &a, &open_policy, 0);
	do_join(&group, &b, &open_policy, 0);
	membership_sent(&group, &a, NULL);
	do_answer(&group, &a, MSK1);
	assert_int_equal(membership_renewed(&group, MSK1, NULL), -1);
	assert_int_equal(membership_renewed(&group, 0x00010000, NULL), -1);
	assert_int_equal(membership_renewed(&group, MSK2, NULL), 0);
	assert_int_equal(membership_renewed(&group, MSK1, NULL), -1);
	assert_int_equal(group.waiting, 2);
	assert_int_equal(membership_member_renewed(&group, &a),
			 MEMBERSHIP_PUSH);
	assert_int_equal(membership_member_renewed(&group, &a),
			 MEMBERSHIP_NOTHING);
	/* A late answer for the old one does not count for the new one. */
	assert_int_equal(do_answer(&group, &a, MSK1), MEMBERSHIP_NOTHING);
	assert_int_equal(a.state, MEMBER_PENDING);
	membership_sent(&group, &a, NULL);
	do_answer(&group, &a, MSK2);
	membership_sent(&group, &b, NULL);
	assert_int_equal(do_answer(&group, &b, MSK2),
			 MEMBERSHIP_STOP | MEMBERSHIP_COMPLETE);
}

static void test_eviction(void **state)
{
	struct membership group;
	struct member a = { 0 }, b = { 0 }, stranger = { 0 };
	struct fault fault = { 0 };
	unsigned int actions;

	(void)state;
	membership_init(&group, MSK1);
	do_join(&group, &a, &open_policy, 0);
	do_join(&group, &b, &open_policy, 0);
	membership_sent(&group, &a, NULL);
	/* b was never sent a key: nothing to renew. */
	assert_int_equal(membership_evict(&group, &b, 5, &actions, NULL), 0);
	assert_int_equal(actions, MEMBERSHIP_STOP);
	assert_int_equal(membership_evict(&group, &a, 5, &actions, NULL), 0);
	assert_int_equal(actions, MEMBERSHIP_STOP | MEMBERSHIP_INVALIDATE |
					  MEMBERSHIP_RENEW |
					  MEMBERSHIP_COMPLETE);
	assert_int_equal(group.members, 0);
	assert_int_equal(membership_step(&group, 5), MEMBERSHIP_RENEW);
	membership_renewed(&group, MSK2, NULL);
	assert_int_equal(membership_step(&group, UINT64_MAX - 1), 0);
	assert_int_equal(membership_member_renewed(&group, &a), 0);
	assert_int_equal(membership_join(&group, &a, &open_policy, 6, &actions,
					 &fault),
			 -1);
	assert_int_equal(actions, 0);
	assert_int_equal(fault.code, FAULT_STATE);
	assert_int_equal(membership_evict(&group, &a, 6, &actions, NULL), -1);
	assert_int_equal(membership_sent(&group, &a, NULL), -1);
	assert_int_equal(membership_pardon(&a, NULL), 0);
	assert_int_equal(membership_pardon(&a, NULL), -1);
	assert_int_equal(do_join(&group, &a, &open_policy, 7), MEMBERSHIP_PUSH);
	/* One that never joined is kept out. */
	assert_int_equal(membership_evict(&group, &stranger, 8, &actions, NULL),
			 0);
	assert_int_equal(actions, MEMBERSHIP_NOTHING);
	assert_int_equal(membership_join(&group, &stranger, &open_policy, 9,
					 &actions, NULL),
			 -1);
}

/* Whoever left without a new MSK can still read; evicting it later helps. */
static void test_eviction_after_leaving(void **state)
{
	struct membership group;
	struct member a = { 0 };
	unsigned int actions;

	(void)state;
	membership_init(&group, MSK1);
	do_join(&group, &a, &open_policy, 0);
	membership_sent(&group, &a, NULL);
	assert_int_equal(membership_leave(&group, &a, &open_policy, 1, &actions,
					  NULL),
			 0);
	assert_int_equal(actions, MEMBERSHIP_STOP | MEMBERSHIP_INVALIDATE |
					  MEMBERSHIP_COMPLETE);
	assert_int_equal(membership_leave(&group, &a, &open_policy, 1, &actions,
					  NULL),
			 -1);
	assert_int_equal(membership_evict(&group, &a, 2, &actions, NULL), 0);
	assert_int_equal(actions, MEMBERSHIP_RENEW);
}

static void test_batches(void **state)
{
	struct membership group;
	struct member a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };
	struct fault fault = { 0 };
	unsigned int actions;

	(void)state;
	membership_init(&group, MSK1);
	/* Secrecy of the past: no MSK for a joiner but the next one. */
	assert_int_equal(do_join(&group, &a, &closed_policy, 100), 0);
	assert_int_equal(a.state, MEMBER_HELD);
	assert_int_equal(membership_sent(&group, &a, NULL), -1);
	assert_int_equal(do_join(&group, &b, &closed_policy, 600), 0);
	assert_int_equal(do_join(&group, &c, &closed_policy, 700), 0);
	assert_int_equal(membership_join(&group, &d, &closed_policy, 700,
					 &actions, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
	assert_int_equal(membership_step(&group, 1099), 0);
	assert_int_equal(membership_step(&group, 1100), MEMBERSHIP_RENEW);
	membership_renewed(&group, MSK2, NULL);
	assert_int_equal(group.waiting, 3);
	membership_sent(&group, &a, NULL);
	assert_int_equal(do_answer(&group, &a, MSK2), MEMBERSHIP_STOP);
	/* Leaving waits for the batch, an eviction ends it. */
	membership_leave(&group, &a, &closed_policy, 2000, &actions, NULL);
	assert_int_equal(actions, MEMBERSHIP_STOP | MEMBERSHIP_INVALIDATE);
	assert_int_equal(membership_step(&group, 2999), 0);
	membership_sent(&group, &b, NULL);
	membership_evict(&group, &b, 2500, &actions, NULL);
	assert_true(actions & MEMBERSHIP_RENEW);
	assert_int_equal(group.renew_at, 2500);
	/* It knows the newest MSK already, so it may have it again. */
	assert_int_equal(do_join(&group, &a, &closed_policy, 2600),
			 MEMBERSHIP_PUSH);
}

static void test_first_msk(void **state)
{
	struct membership group;
	struct member a = { 0 };

	(void)state;
	membership_init(&group, MEMBERSHIP_MSK_NONE);
	assert_int_equal(do_join(&group, &a, &open_policy, 0),
			 MEMBERSHIP_RENEW);
	assert_int_equal(membership_sent(&group, &a, NULL), -1);
	membership_renewed(&group, MSK1, NULL);
	assert_int_equal(membership_member_renewed(&group, &a),
			 MEMBERSHIP_PUSH);
	membership_sent(&group, &a, NULL);
	assert_int_equal(do_answer(&group, &a, MSK1),
			 MEMBERSHIP_STOP | MEMBERSHIP_COMPLETE);
}

static void test_silence(void **state)
{
	struct membership group;
	struct member a = { 0 };
	unsigned int actions, i;

	(void)state;
	membership_init(&group, MSK1);
	do_join(&group, &a, &open_policy, 0);
	assert_int_equal(membership_unanswered(&group, &a, &open_policy, 0,
					       &actions, NULL),
			 -1);
	for (i = 0; i < 2; i++) {
		membership_sent(&group, &a, NULL);
		assert_int_equal(membership_unanswered(&group, &a, &open_policy,
						       0, &actions, NULL),
				 0);
		assert_int_equal(actions, MEMBERSHIP_COMPLETE);
		assert_int_equal(a.state, MEMBER_SILENT);
		assert_int_equal(membership_renewed(&group, MSK2 + i, NULL), 0);
	}
	/* An answer, even late, starts the count again. */
	assert_int_equal(do_answer(&group, &a, MSK2), MEMBERSHIP_NOTHING);
	assert_int_equal(a.silences, 0);
	a.silences = 2;
	membership_sent(&group, &a, NULL);
	membership_unanswered(&group, &a, &closed_policy, 50, &actions, NULL);
	assert_int_equal(actions, MEMBERSHIP_STOP | MEMBERSHIP_INVALIDATE |
					  MEMBERSHIP_COMPLETE);
	assert_int_equal(a.state, MEMBER_ABSENT);
	assert_int_equal(group.renew_at, 1050);
	assert_int_equal(membership_unanswered(&group, &a, &open_policy, 0,
					       &actions, NULL),
			 -1);
}

/* Any order of events: the counts are those that counting gives. */
static void test_counts(void **state)
{
	struct membership group;
	struct member ues[UES] = { 0 };
	uint32_t random = 1, msk_id = MSK1;
	unsigned int round, actions, i, in, pending;

	(void)state;
	membership_init(&group, MEMBERSHIP_MSK_NONE);
	for (round = 0; round < 200000; round++) {
		struct member *ue = &ues[(random >> 24) % UES];
		const struct membership_policy *policy =
			random >> 20 & 1 ? &open_policy : &closed_policy;

		random = random * 1664525 + 1013904223;
		switch (random >> 28) {
		case 0 ... 3:
			membership_join(&group, ue, policy, round, &actions,
					NULL);
			break;
		case 4:
			membership_leave(&group, ue, policy, round, &actions,
					 NULL);
			break;
		case 5:
			membership_evict(&group, ue, round, &actions, NULL);
			break;
		case 6:
			membership_pardon(ue, NULL);
			break;
		case 7 ... 9:
			membership_sent(&group, ue, NULL);
			break;
		case 10 ... 11:
			membership_answered(&group, ue, group.msk_id, &actions,
					    NULL);
			break;
		case 12:
			membership_unanswered(&group, ue, policy, round,
					      &actions, NULL);
			break;
		case 13:
			if (membership_renewed(&group, msk_id, NULL) == 0 &&
			    !(++msk_id & 0xffff))
				msk_id++;
			break;
		default:
			membership_member_renewed(&group, ue);
			break;
		}
		in = pending = 0;
		for (i = 0; i < UES; i++) {
			bool is_in = ues[i].state != MEMBER_ABSENT &&
				     ues[i].state != MEMBER_EVICTED;

			in += is_in;
			pending += is_in &&
				   (ues[i].state == MEMBER_PENDING ||
				    ues[i].seen_msk_id != group.msk_id);
		}
		assert_int_equal(group.members, in);
		assert_int_equal(group.waiting, pending);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_push_and_answer),
		cmocka_unit_test(test_new_msk_reaches_everybody),
		cmocka_unit_test(test_eviction),
		cmocka_unit_test(test_eviction_after_leaving),
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_first_msk),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_counts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
