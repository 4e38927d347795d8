// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One rekey of 100 000 members, as a BM-SC does it: keylife says what, membership
 * to whom, pace when. Messages leave in batches as sendmmsg() takes them, which is
 * sometimes fewer; messages and answers get lost; UEs join, leave and are evicted
 * meanwhile. What an event costs and what a UE takes must not grow with their
 * number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/keylife.h"
#include "core/membership.h"
#include "core/pace.h"

#define MEMBERS 100000
#define RATE 60000U
#define BURST 256U
#define BATCH 64U
#define TICK 10 /* milliseconds */
#define ROUND_TRIP 20

/* What a program keeps of a UE for all this. Its names, keys and address come on
 * top, in at most 1 KiB for all.
 */
struct ue {
	struct ue *next;
	struct ue **from; /* what points to it, NULL if it is in no list */
	uint64_t due;
	struct retry retry;
	struct member member;
	bool silent;
	bool answers; /* its answer is on the way, and comes when it is due */
};

_Static_assert(sizeof(struct ue) <= 96, "a UE takes too much");

static struct {
	struct ue *ues;
	struct ue *slots[WHEEL_LEVELS][WHEEL_SLOTS];
	struct ue *waiting, **last; /* due, but the rate is used up */
	size_t cursor; /* next member of the push */
	uint64_t tick;
	int64_t now;
	struct keylife life;
	struct push push;
	struct pace pace;
	uint64_t work, events, sent, returned;
	int64_t pushed_at;
} world;

static const struct keylife_policy keys = { .msk_lifetime = 3600000,
					    .msk_lead = 60000,
					    .msk_overlap = 1000,
					    .mtk_lifetime = 600000,
					    .mtk_lead = 1000,
					    .mtk_overlap = 1000,
					    .mtk_repeat = 10000,
					    .mtk_count = 100 };
static const struct member_policy rules = { .silences = 1 };
static const struct retry_policy retries = { 500, 4000, 8 };

static uint64_t seed = UINT64_C(0x2545f4914f6cdd1d);

static uint32_t draw(uint32_t range)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)((seed >> 11) % range);
}

static void ue_unlink(struct ue *ue)
{
	if (!ue->from)
		return;
	if (world.last == &ue->next)
		world.last = ue->from;
	*ue->from = ue->next;
	if (ue->next)
		ue->next->from = ue->from;
	ue->from = NULL;
}

static void ue_link(struct ue *ue, struct ue **list)
{
	ue->next = *list;
	ue->from = list;
	if (ue->next)
		ue->next->from = &ue->next;
	*list = ue;
	world.work++;
}

static void ue_at(struct ue *ue, int64_t time)
{
	struct wheel_place place;

	ue_unlink(ue);
	ue->due = (uint64_t)(time + TICK - 1) / TICK;
	place = wheel_place(world.tick, ue->due);
	ue_link(ue, &world.slots[place.level][place.slot]);
}

static void ue_queue(struct ue *ue)
{
	ue_unlink(ue);
	ue->next = NULL;
	ue->from = world.last;
	*world.last = ue;
	world.last = &ue->next;
	world.work++;
}

static struct member_group world_group(void)
{
	struct member_group group = { 0 };

	group.count = keylife_msks(&world.life, group.msk_ids);
	return group;
}

static void world_act(const struct keylife_actions *actions)
{
	size_t i;

	for (i = 0; i < actions->count; i++) {
		if (actions->list[i].type != KEYLIFE_MSK_PUSH)
			continue;
		world.cursor = 0;
		push_begin(&world.push, actions->list[i].msk_id, MEMBERS);
	}
}

static void ue_settle(struct ue *ue)
{
	struct keylife_actions actions;

	ue_unlink(ue);
	if (!push_settle(&world.push, &ue->member))
		return;
	world.pushed_at = world.now;
	keylife_pushed(&world.life, &keys, world.push.msk_id, world.now,
		       &actions);
	world_act(&actions);
}

/* A step of a UE whose turn has come, paid for from the rate. */
static void ue_step(struct ue *ue)
{
	struct member_group group = world_group();
	struct member_actions actions;

	world.events++;
	switch (retry_step(&ue->retry, &retries, draw(UINT32_MAX), world.now)) {
	case RETRY_SEND:
		/* One in 50 calls of sendmmsg() stops at some message. */
		if (!draw(50 * BATCH)) {
			retry_return(&ue->retry, world.now);
			pace_return(&world.pace, 1);
			world.returned++;
			ue_queue(ue);
			return;
		}
		world.sent++;
		ue->answers = !ue->silent && draw(100) >= 10;
		ue_at(ue, ue->answers ? world.now + ROUND_TRIP : ue->retry.at);
		return;
	case RETRY_GIVE_UP:
		pace_return(&world.pace, 1);
		member_silence(&ue->member, &rules, &group, &actions);
		ue_settle(ue);
		return;
	case RETRY_WAIT:
		fail_msg("a UE is woken too early");
	}
}

static void ue_due(struct ue *ue)
{
	if (!ue->answers) {
		ue_queue(ue);
		return;
	}
	ue->answers = false;
	world.events++;
	member_confirm(&ue->member, world.push.msk_id);
	ue_settle(ue);
}

/* Empties one slot: O(1) for each that is in it. */
static void world_tick(void)
{
	unsigned int level, slot;
	struct ue *ue;

	for (level = WHEEL_LEVELS; level-- > 0;) {
		if (!wheel_turn(world.tick, level, &slot))
			continue;
		while ((ue = world.slots[level][slot])) {
			ue_unlink(ue);
			if (level)
				ue_at(ue, (int64_t)ue->due * TICK);
			else
				ue_due(ue);
		}
	}
	world.tick++;
}

/* Who is due first, then the next members, as many as the rate allows. */
static void world_send(void)
{
	struct member_actions actions;
	struct ue *ue;

	while (world.waiting || world.cursor < MEMBERS) {
		if (!pace_take(&world.pace, 1, world.now))
			return;
		if (world.waiting) {
			ue = world.waiting;
			ue_unlink(ue);
			ue_step(ue);
			continue;
		}
		ue = &world.ues[world.cursor++];
		member_push(&ue->member, world.push.msk_id, true, &actions);
		if (!actions.count) {
			pace_return(&world.pace, 1);
			continue;
		}
		retry_start(&ue->retry, world.now);
		ue_step(ue);
	}
}

static void world_trouble(void)
{
	struct ue *ue = &world.ues[draw(MEMBERS)];
	struct member_group group = world_group();
	struct member_actions actions;

	if (ue->member.state != MEMBER_INSIDE)
		return;
	if (draw(2))
		member_leave(&ue->member, &rules, &group, &actions, NULL);
	else
		member_evict(&ue->member, &group, &actions);
	ue_settle(ue);
}

static void world_begin(void)
{
	struct keylife_actions actions;
	struct member_group group;
	struct member_actions list;
	size_t i;

	memset(&world, 0, sizeof(world));
	world.last = &world.waiting;
	world.ues = calloc(MEMBERS, sizeof(*world.ues));
	assert_non_null(world.ues);
	keylife_init(&world.life, 0x10000);
	keylife_start(&world.life, &keys, 0, &actions);
	keylife_pushed(&world.life, &keys, 0x10001, 0, &actions);
	keylife_step(&world.life, &keys, 1000, &actions);
	world.now = 1000;
	world.tick = 100;
	group = world_group();
	for (i = 0; i < MEMBERS; i++) {
		world.ues[i].silent = !draw(1000);
		member_join(&world.ues[i].member, &rules, &group, true, &list,
			    NULL);
		member_confirm(&world.ues[i].member, group.msk_ids[0]);
	}
	assert_int_equal(pace_init(&world.pace, RATE, BURST, world.now, NULL),
			 0);
	keylife_rekey(&world.life, &keys, 0x10001, true, world.now, &actions);
	world_act(&actions);
	assert_int_equal(world.push.waiting, MEMBERS);
}

static void world_check(int64_t start)
{
	size_t i;

	for (i = 0; i < MEMBERS; i++) {
		const struct ue *ue = &world.ues[i];

		assert_null(ue->from);
		if (ue->member.state == MEMBER_INSIDE)
			assert_true(ue->member.held == 0x10002);
		else if (ue->member.state == MEMBER_SILENT)
			assert_int_equal(ue->retry.attempts, retries.attempts);
	}
	/* No more than the rate, and in a time that nobody waits for another. */
	assert_true(world.sent <=
		    BURST + RATE * (uint64_t)(world.pushed_at - start) / 1000);
	assert_true(world.pushed_at - start < 40000);
	/* Every event goes through a few lists, however many members there are. */
	assert_true(world.work <= 3 * world.events);
	assert_true(world.returned > 10);
}

static void test_rekey_of_many(void **state)
{
	int64_t start;

	(void)state;
	world_begin();
	start = world.now;
	for (; !world.pushed_at && world.now < start + 100000; world.now++) {
		while ((int64_t)world.tick * TICK <= world.now)
			world_tick();
		world_send();
		if (!draw(10))
			world_trouble();
	}
	assert_true(world.pushed_at);
	world_check(start);
	/* The push of one message each, and 10 % of loss each way. */
	assert_in_range(world.sent, MEMBERS, MEMBERS * 5 / 4);
	print_message("# %u members, %llu messages, %lld ms, %zu octets each\n",
		      MEMBERS, (unsigned long long)world.sent,
		      (long long)(world.pushed_at - start), sizeof(struct ue));
	free(world.ues);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rekey_of_many),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
