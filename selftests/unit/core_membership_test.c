// SPDX-License-Identifier: GPL-2.0-or-later
/* Members of a group: each event, and when a push is over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/membership.h"

static const struct member_policy open_policy = { .silences = 3 };
static const struct member_policy strict = { .silences = 3,
					     .rekey_on_leave = true,
					     .rekey_on_join = true };
static const struct member_group one = { { 0x10001 }, 1 };
static const struct member_group two = { { 0x10001, 0x10002 }, 2 };
static const struct member_group none;

static struct member_actions actions;

static const char *done(void)
{
	static const char *const names[] = {
		[MEMBER_PUSH] = "push",
		[MEMBER_SOLICIT] = "solicit",
		[MEMBER_INVALIDATE] = "invalidate",
		[MEMBER_CANCEL] = "cancel",
		[MEMBER_REKEY] = "rekey",
	};
	static char text[512];
	size_t length = 0, i;

	text[0] = '\0';
	for (i = 0; i < actions.count; i++) {
		length += (size_t)snprintf(
			text + length, sizeof(text) - length, "%s%s%s",
			i ? ", " : "", names[actions.list[i].type],
			actions.list[i].urgent ? " now" : "");
		if (actions.list[i].msk_id)
			length += (size_t)snprintf(
				text + length, sizeof(text) - length, " %u",
				actions.list[i].msk_id & 0xffff);
	}
	return text;
}

static struct member joined(const struct member_group *group)
{
	struct member member = { 0 };

	assert_int_equal(member_join(&member, &open_policy, group, true,
				     &actions, NULL),
			 0);
	return member;
}

static void test_join(void **state)
{
	struct member member;

	(void)state;
	member = joined(&none);
	assert_string_equal(done(), "");
	assert_int_equal(member.state, MEMBER_INSIDE);
	member = joined(&two);
	assert_string_equal(done(), "push 1, push 2");
	assert_true(member.sent == 0x10002);
	/* Again: it may have lost them. */
	assert_int_equal(
		member_join(&member, &strict, &two, true, &actions, NULL), 0);
	assert_string_equal(done(), "push 1, push 2");
}

static void test_join_without_muk(void **state)
{
	struct member member = { 0 };

	(void)state;
	member_join(&member, &open_policy, &two, false, &actions, NULL);
	assert_string_equal(done(), "solicit");
	assert_true(member.soliciting);
	assert_int_equal(member.sent, 0);
	member_push(&member, 0x10003, false, &actions);
	assert_string_equal(done(), "solicit");
	assert_int_equal(member_request(&member, &two, 0x10000, &actions, NULL),
			 0);
	assert_string_equal(done(), "push 1");
	assert_false(member.soliciting);
}

static void test_join_with_rekey(void **state)
{
	struct member member = { 0 };

	(void)state;
	member_join(&member, &strict, &one, true, &actions, NULL);
	assert_string_equal(done(), "rekey 1");
	assert_int_equal(member.sent, 0);
	member_push(&member, 0x10002, true, &actions);
	assert_string_equal(done(), "push 2");
	/* One that is not in use yet can be had at once. */
	member = (struct member){ 0 };
	member_join(&member, &strict, &two, true, &actions, NULL);
	assert_string_equal(done(), "rekey 1, push 2");
	/* It has that one already: another would help nobody. And it is not given
	 * now what was kept from it before.
	 */
	member.state = MEMBER_OUTSIDE;
	member_join(&member, &strict, &two, true, &actions, NULL);
	assert_string_equal(done(), "push 2");
	/* There is nothing to protect. */
	member = (struct member){ 0 };
	member_join(&member, &strict, &none, true, &actions, NULL);
	assert_string_equal(done(), "");
}

/* No way of asking gets a new member the MSK that was in use. */
static void test_past_stays_closed(void **state)
{
	static const struct member_group three = { { 0x10002, 0x10003 }, 2 };
	struct member member = { 0 };
	struct fault fault = { 0 };

	(void)state;
	member_join(&member, &strict, &one, true, &actions, NULL);
	assert_string_equal(done(), "rekey 1");
	assert_int_equal(
		member_request(&member, &one, 0x10000, &actions, &fault), -1);
	assert_int_equal(fault.code, FAULT_STATE);
	assert_string_equal(done(), "");
	assert_int_equal(member_request(&member, &two, 0x10001, &actions, NULL),
			 -1);
	/* Registers again, leaves and comes back, comes without a MUK. */
	member_join(&member, &strict, &one, true, &actions, NULL);
	assert_string_equal(done(), "");
	member_join(&member, &strict, &one, false, &actions, NULL);
	assert_string_equal(done(), "");
	member_leave(&member, &strict, &one, &actions, NULL);
	member_join(&member, &strict, &two, false, &actions, NULL);
	assert_string_equal(done(), "rekey 1, solicit");
	/* "The one in use" is for it the one that comes into use. */
	assert_int_equal(member_request(&member, &two, 0x10000, &actions, NULL),
			 0);
	assert_string_equal(done(), "push 2");
	assert_int_equal(
		member_request(&member, &three, 0x10000, &actions, NULL), 0);
	assert_string_equal(done(), "push 2");
}

/* A push that takes longer than its lead comes to a UE that joined meanwhile. */
static void test_late_push(void **state)
{
	static const struct member_group last = { { 0x1ffff }, 1 };
	struct member member = { 0 };
	uint32_t msk_id;

	(void)state;
	member_join(&member, &strict, &one, true, &actions, NULL);
	member_push(&member, 0x10001, true, &actions);
	assert_string_equal(done(), "");
	assert_int_equal(member_request(&member, &one, 0x10000, &actions, NULL),
			 -1);
	/* When the number comes again it is that of another MSK. */
	for (msk_id = 0x10002; msk_id <= 0x1ffff; msk_id++) {
		member_push(&member, msk_id, true, &actions);
		assert_int_equal(actions.count, 1);
	}
	member_push(&member, 0x10001, true, &actions);
	assert_string_equal(done(), "push 1");
	assert_int_equal(member_request(&member, &one, 0x10000, &actions, NULL),
			 0);
	/* Or nobody was there to see it go. */
	member = (struct member){ 0 };
	member_join(&member, &strict, &one, true, &actions, NULL);
	member_leave(&member, &strict, &one, &actions, NULL);
	member_join(&member, &open_policy, &last, true, &actions, NULL);
	assert_int_equal(member.barred, 0);
}

static void test_request(void **state)
{
	struct member member = { 0 };
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(
		member_request(&member, &one, 0x10001, &actions, &fault), -1);
	assert_int_equal(fault.code, FAULT_STATE);
	member = joined(&two);
	member.silences = 2;
	assert_int_equal(member_request(&member, &two, 0x10000, &actions, NULL),
			 0);
	assert_string_equal(done(), "push 1");
	assert_int_equal(member.silences, 0);
	/* What was sent before stays known. */
	assert_true(member.sent == 0x10002);
	assert_int_equal(member_request(&member, &two, 0x10002, &actions, NULL),
			 0);
	assert_string_equal(done(), "push 2");
	fault.code = FAULT_NONE;
	assert_int_equal(
		member_request(&member, &two, 0x10003, &actions, &fault), -1);
	assert_int_equal(fault.code, FAULT_UNKNOWN);
	assert_string_equal(done(), "");
	/* The current one of another Key Group. */
	assert_int_equal(member_request(&member, &two, 0x20000, &actions, NULL),
			 -1);
	assert_int_equal(
		member_request(&member, &none, 0x10000, &actions, NULL), -1);
}

static void test_confirmation(void **state)
{
	struct member member = joined(&two), outside = { 0 };

	(void)state;
	member_silence(&member, &open_policy, &two, &actions);
	assert_int_equal(member.silences, 1);
	member_confirm(&member, 0x10002);
	assert_true(member.held == 0x10002);
	assert_int_equal(member.silences, 0);
	/* A late one for the older MSK takes nothing back. */
	member_confirm(&member, 0x10001);
	assert_true(member.held == 0x10002);
	/* Numbers wrap. */
	member.held = 0x1fffe;
	member_confirm(&member, 0x10001);
	assert_true(member.held == 0x10001);
	member_confirm(&outside, 0x10001);
	assert_int_equal(outside.held, 0);
}

static void test_silence(void **state)
{
	struct member member = joined(&one);
	struct member_policy patient = { .silences = 0 };
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		member_silence(&member, &patient, &one, &actions);
	assert_int_equal(member.state, MEMBER_INSIDE);
	member.silences = 0;
	member_silence(&member, &open_policy, &one, &actions);
	member_silence(&member, &open_policy, &one, &actions);
	assert_string_equal(done(), "");
	member_silence(&member, &open_policy, &one, &actions);
	assert_string_equal(done(), "cancel");
	assert_int_equal(member.state, MEMBER_SILENT);
	member_silence(&member, &open_policy, &one, &actions);
	assert_string_equal(done(), "");
	member_push(&member, 0x10002, true, &actions);
	assert_string_equal(done(), "");
	/* It is there again. */
	assert_int_equal(member_join(&member, &open_policy, &one, true,
				     &actions, NULL),
			 0);
	assert_string_equal(done(), "push 1");
}

static void test_silence_locks_out(void **state)
{
	struct member member = joined(&one);
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		member_silence(&member, &strict, &one, &actions);
	assert_string_equal(done(), "cancel, rekey 1");
}

static void test_leave(void **state)
{
	struct member member = joined(&two);
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(
		member_leave(&member, &open_policy, &two, &actions, NULL), 0);
	assert_string_equal(done(), "cancel, invalidate 1, invalidate 2");
	assert_int_equal(member_leave(&member, &open_policy, &two, &actions,
				      &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_STATE);
	assert_string_equal(fault.text,
			    "UE is outside and not a member of the group");
	member = joined(&one);
	assert_int_equal(member_leave(&member, &strict, &two, &actions, NULL),
			 0);
	assert_string_equal(done(),
			    "cancel, rekey 1, invalidate 1, invalidate 2");
	/* It never got a key: nothing to lock out, nothing to take back. */
	member = joined(&none);
	assert_int_equal(member_leave(&member, &strict, &two, &actions, NULL),
			 0);
	assert_string_equal(done(), "cancel");
}

static void test_eviction(void **state)
{
	struct member member = joined(&one);
	struct fault fault = { 0 };

	(void)state;
	member_evict(&member, &two, &actions);
	assert_string_equal(done(), "cancel, rekey now 1");
	assert_int_equal(member.state, MEMBER_BANNED);
	member_evict(&member, &two, &actions);
	assert_string_equal(done(), "");
	assert_int_equal(member_join(&member, &open_policy, &one, true,
				     &actions, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_STATE);
	assert_int_equal(member_request(&member, &one, 0x10001, &actions, NULL),
			 -1);
	member_push(&member, 0x10002, true, &actions);
	assert_string_equal(done(), "");
	member_pardon(&member);
	assert_int_equal(member.state, MEMBER_OUTSIDE);
	assert_int_equal(member_join(&member, &open_policy, &one, true,
				     &actions, NULL),
			 0);
	member_pardon(&member);
	assert_int_equal(member.state, MEMBER_INSIDE);
}

/* It left by itself and still has the key when it is evicted. */
static void test_eviction_from_outside(void **state)
{
	struct member member = joined(&one), stranger = { 0 };

	(void)state;
	member_leave(&member, &open_policy, &one, &actions, NULL);
	member_evict(&member, &one, &actions);
	assert_string_equal(done(), "cancel, rekey now 1");
	member_evict(&stranger, &one, &actions);
	assert_string_equal(done(), "cancel");
}

static void test_old_key_is_no_danger(void **state)
{
	struct member_group later = { { 0x10005 }, 1 };
	struct member member = joined(&one);

	(void)state;
	member_evict(&member, &later, &actions);
	assert_string_equal(done(), "cancel");
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(member_state_name(MEMBER_OUTSIDE), "outside");
	assert_string_equal(member_state_name(MEMBER_BANNED), "banned");
	assert_string_equal(member_state_name((enum member_state)7), "invalid");
}

static void test_push_is_over(void **state)
{
	struct member members[3] = { { 0 } }, late = { 0 };
	struct push push = { 0 };

	(void)state;
	assert_true(push_begin(&push, 0x10001, 0));
	assert_false(push_begin(&push, 0x10002, 3));
	assert_false(push_settle(&push, &members[0]));
	/* The same one again, as it answers and then leaves. */
	assert_false(push_settle(&push, &members[0]));
	assert_false(push_settle(&push, &members[1]));
	assert_int_equal(push.waiting, 1);
	/* It is not sent that one, so nobody waits for it. */
	assert_false(push_add(&push, &late));
	assert_int_equal(push.waiting, 1);
	assert_false(push_settle(&push, &late));
	member_join(&late, &open_policy, &two, true, &actions, NULL);
	assert_true(push_add(&push, &late));
	assert_false(push_settle(&push, &members[2]));
	assert_true(push_settle(&push, &late));
	assert_false(push_settle(&push, &late));
	/* It left and is back. */
	member_join(&members[0], &open_policy, &two, true, &actions, NULL);
	assert_true(push_add(&push, &members[0]));
	assert_true(push_settle(&push, &members[0]));
	/* The next push begins anew for all. */
	push_begin(&push, 0x10003, 1);
	assert_true(push_settle(&push, &members[0]));
	/* And the same MSK, too, when a session goes on. */
	assert_false(push_begin(&push, 0x10003, 2));
	assert_false(push_settle(&push, &members[0]));
	assert_true(push_settle(&push, &members[1]));
	/* No round is that of a new member. */
	push.round = UINT32_MAX;
	late.settled = 0;
	push_begin(&push, 0x10004, 1);
	assert_true(push_settle(&push, &late));
}

/* Who has confirmed an MSK is not sent it when its push begins again. */
static void test_push_again(void **state)
{
	struct member member = joined(&one);

	(void)state;
	member_push(&member, 0x10002, true, &actions);
	assert_string_equal(done(), "push 2");
	member_push(&member, 0x10002, true, &actions);
	assert_string_equal(done(), "push 2");
	member_confirm(&member, 0x10002);
	member_push(&member, 0x10002, true, &actions);
	assert_string_equal(done(), "");
	member_push(&member, 0x10003, true, &actions);
	assert_string_equal(done(), "push 3");
}

/* Nothing of the last pushes was stored. */
static void test_restart(void **state)
{
	struct member member = joined(&one), gone = joined(&one);
	struct push push = { 0 };

	(void)state;
	member_leave(&gone, &open_policy, &one, &actions, NULL);
	push_begin(&push, 0x10002, 1);
	assert_true(push_settle(&push, &member));
	push = (struct push){ 0 };
	member_restart(&member, &two);
	push_begin(&push, 0x10002, 1);
	assert_true(push_settle(&push, &member));
	/* It may have got the newest one, so it is locked out of that. */
	member_evict(&member, &two, &actions);
	assert_string_equal(done(), "cancel, rekey now 2");
	/* It was outside by then. */
	member_restart(&gone, &two);
	member_evict(&gone, &two, &actions);
	assert_string_equal(done(), "cancel, rekey now 1");
	member = joined(&none);
	member_restart(&member, &none);
	assert_int_equal(member.sent, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_join_without_muk),
		cmocka_unit_test(test_join_with_rekey),
		cmocka_unit_test(test_past_stays_closed),
		cmocka_unit_test(test_late_push),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_confirmation),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_silence_locks_out),
		cmocka_unit_test(test_leave),
		cmocka_unit_test(test_eviction),
		cmocka_unit_test(test_eviction_from_outside),
		cmocka_unit_test(test_old_key_is_no_danger),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_push_is_over),
		cmocka_unit_test(test_push_again),
		cmocka_unit_test(test_restart),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
