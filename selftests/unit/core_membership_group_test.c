// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A group of UEs that keep all that they ever got, with the life cycle of its keys:
 * nobody reads who is not to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/keylife.h"
#include "core/membership.h"

static const struct member_policy strict = { .silences = 3,
					     .rekey_on_leave = true,
					     .rekey_on_join = true };

#define UES 6
#define MSKS 4096

struct world {
	struct keylife life;
	struct keylife_policy keys;
	struct member_policy rules;
	struct member members[UES];
	bool has[UES][MSKS];
	bool used[MSKS];
	unsigned int pushes;
	int64_t now;
	int64_t wake;
};

static uint64_t seed = UINT64_C(0x2545f4914f6cdd1d);

static unsigned int draw(unsigned int range)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned int)((seed >> 11) % range);
}

static struct member_group world_group(const struct world *world)
{
	struct member_group group = { 0 };

	group.count = keylife_msks(&world->life, group.msk_ids);
	return group;
}

static void world_keys(struct world *world, const struct keylife_actions *keys);

static void world_member(struct world *world, unsigned int ue,
			 const struct member_actions *list)
{
	struct keylife_actions keys;
	size_t i;

	for (i = 0; i < list->count; i++) {
		uint32_t msk_id = list->list[i].msk_id;

		if (list->list[i].type == MEMBER_PUSH) {
			assert_true(msk_id_number(msk_id) < MSKS);
			world->has[ue][msk_id_number(msk_id)] = true;
			world->pushes++;
		} else if (list->list[i].type == MEMBER_REKEY) {
			world->wake = keylife_rekey(&world->life, &world->keys,
						    msk_id,
						    list->list[i].urgent,
						    world->now, &keys);
			world_keys(world, &keys);
		}
	}
}

/* Every UE gets its part of a push at once, with a chance of one that is due. */
static void world_keys(struct world *world, const struct keylife_actions *keys)
{
	struct keylife_actions more;
	size_t i;
	unsigned int ue;

	for (i = 0; i < keys->count; i++) {
		uint32_t msk_id = keys->list[i].msk_id;

		if (keys->list[i].type == KEYLIFE_MTK_ACTIVATE)
			world->used[msk_id_number(msk_id)] = true;
		if (keys->list[i].type != KEYLIFE_MSK_PUSH)
			continue;
		for (ue = 0; ue < UES; ue++) {
			struct member_actions list;

			member_push(&world->members[ue], msk_id, true, &list);
			world_member(world, ue, &list);
		}
		if (draw(4)) {
			world->wake = keylife_pushed(&world->life, &world->keys,
						     msk_id, world->now, &more);
			world_keys(world, &more);
		}
	}
}

static void world_run(struct world *world, int64_t until)
{
	struct keylife_actions keys;

	do {
		if (world->wake > world->now)
			world->now = world->wake < until ? world->wake : until;
		world->wake = keylife_step(&world->life, &world->keys,
					   world->now, &keys);
		world_keys(world, &keys);
	} while (world->now < until || world->wake <= world->now);
}

static void world_begin(struct world *world, const struct member_policy *rules)
{
	static const struct keylife_policy keys = { .msk_lifetime = 2000,
						    .msk_lead = 200,
						    .msk_overlap = 100,
						    .mtk_lifetime = 100,
						    .mtk_lead = 10,
						    .mtk_overlap = 10,
						    .mtk_repeat = 50,
						    .batch = 40,
						    .mtk_count = 100 };
	struct keylife_actions made;

	memset(world, 0, sizeof(*world));
	world->keys = keys;
	world->rules = *rules;
	assert_int_equal(keylife_policy_check(&keys, NULL), 0);
	keylife_init(&world->life, 0x10000);
	world->wake = keylife_start(&world->life, &keys, 0, &made);
	world_keys(world, &made);
	world_run(world, 300);
}

/* Time in which who left or was evicted is locked out: the batch, an unfinished
 * push, the switch, the old MTK, and then the same for the MSK that locks out.
 */
#define EFFECT 540

static void world_event(struct world *world, unsigned int ue)
{
	struct member_group group = world_group(world);
	struct member *member = &world->members[ue];
	struct member_actions list = { 0 };

	switch (draw(5)) {
	case 0:
	case 1:
		member_pardon(member);
		member_join(member, &world->rules, &group, true, &list, NULL);
		break;
	case 2:
		member_leave(member, &world->rules, &group, &list, NULL);
		break;
	case 3:
		member_silence(member, &world->rules, &group, &list);
		break;
	default:
		member_evict(member, &group, &list);
		break;
	}
	world_member(world, ue, &list);
}

static void test_evicted_cannot_read(void **state)
{
	static struct world world;
	unsigned int round, ue, evicted = 0;

	(void)state;
	world_begin(&world, &strict);
	for (round = 0; round < 1500; round++) {
		unsigned int chosen = draw(UES);

		world_event(&world, chosen);
		world_run(&world, world.now + draw(100));
		if (draw(4))
			continue;
		world_run(&world, world.now + EFFECT);
		for (ue = 0; ue < UES; ue++) {
			if (world.members[ue].state == MEMBER_INSIDE)
				continue;
			evicted++;
			if (world.has[ue][msk_id_number(world.life.mtk.msk_id)])
				fail_msg("round %u: UE %u still reads", round,
					 ue);
		}
	}
	assert_true(evicted > 300);
	assert_true(world.pushes > 300);
}

/* Asks for the MSK in use, registers once more, or leaves and comes back. */
static void world_nag(struct world *world, unsigned int ue)
{
	struct member_group group = world_group(world);
	struct member *member = &world->members[ue];
	struct member_actions list = { 0 };

	if (draw(3) == 0) {
		member_leave(member, &world->rules, &group, &list, NULL);
		world_member(world, ue, &list);
		group = world_group(world);
	}
	if (draw(2))
		member_join(member, &world->rules, &group, true, &list, NULL);
	else
		member_request(member, &group, 0x10000, &list, NULL);
	world_member(world, ue, &list);
	if (member->state == MEMBER_INSIDE)
		return;
	group = world_group(world);
	member_join(member, &world->rules, &group, true, &list, NULL);
	world_member(world, ue, &list);
}

/* rekey_on_join: what a UE gets when it comes was not in use before. */
static void test_newcomer_cannot_read_the_past(void **state)
{
	unsigned int round;

	(void)state;
	for (round = 0; round < 300; round++) {
		static struct world world;
		struct member_group group;
		struct member_actions list;
		bool before[MSKS];
		unsigned int i;

		world_begin(&world, &strict);
		for (i = 0; i < 10; i++) {
			world_event(&world, 1 + draw(UES - 1));
			world_run(&world, world.now + draw(150));
		}
		memcpy(before, world.used, sizeof(before));
		group = world_group(&world);
		assert_int_equal(member_join(&world.members[0], &world.rules,
					     &group, true, &list, NULL),
				 0);
		world_member(&world, 0, &list);
		/* It tries everything to get more. */
		for (i = 0; i < 6; i++) {
			world_run(&world, world.now + draw(50));
			world_nag(&world, 0);
		}
		world_run(&world, world.now + EFFECT);
		for (i = 0; i < MSKS; i++)
			if (world.has[0][i] && before[i])
				fail_msg("round %u: it has MSK %u", round, i);
		/* And it can read now. */
		assert_true(world.has[0][msk_id_number(world.life.mtk.msk_id)]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_evicted_cannot_read),
		cmocka_unit_test(test_newcomer_cannot_read_the_past),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
