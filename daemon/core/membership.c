// SPDX-License-Identifier: GPL-2.0-or-later
#include "ids.h"
#include "membership.h"

#define BARRED_FOR 1000 /* MSKs; a group has two at a time */

static void act(struct member_actions *actions, enum member_action_type type,
		uint32_t msk_id)
{
	/* No function below has as many. */
	if (actions->count < MEMBER_ACTIONS_MAX)
		actions->list[actions->count++] =
			(struct member_action){ .type = type,
						.msk_id = msk_id };
}

static bool group_has(const struct member_group *group, uint32_t msk_id)
{
	size_t i;

	for (i = 0; i < group->count; i++)
		if (group->msk_ids[i] == msk_id)
			return true;
	return false;
}

/* Numbers of one Key Group wrap, so they are compared by RFC 1982. */
static bool msk_newer(uint32_t a, uint32_t b)
{
	return !b || serial16_after(msk_id_number(a), msk_id_number(b));
}

static void push(struct member *member, uint32_t msk_id,
		 struct member_actions *actions)
{
	act(actions, MEMBER_PUSH, msk_id);
	if (msk_newer(msk_id, member->sent))
		member->sent = msk_id;
}

/* Asks the UE to come: it cannot be sent an MSK. */
static void solicit(struct member *member, struct member_actions *actions)
{
	member->soliciting = true;
	act(actions, MEMBER_SOLICIT, 0);
}

/* Sends what the group has and the UE may have, or asks it to come for it. */
static void supply(struct member *member, const struct member_group *group,
		   bool muk_valid, struct member_actions *actions)
{
	size_t i;

	for (i = 0; i < group->count; i++) {
		if (group->msk_ids[i] == member->barred)
			continue;
		if (!muk_valid) {
			solicit(member, actions);
			return;
		}
		push(member, group->msk_ids[i], actions);
	}
}

/* It must not read on: needed only if it may have an MSK that is alive. */
static void lock_out(struct member *member, const struct member_group *group,
		     bool urgent, struct member_actions *actions)
{
	if (!member->sent || !group_has(group, member->sent))
		return;
	act(actions, MEMBER_REKEY, member->sent);
	actions->list[actions->count - 1].urgent = urgent;
}

static void forget(struct member *member, enum member_state state)
{
	/* @sent stays: the keys do not leave the UE by themselves. So does @barred:
	 * leaving and joining again is no way to get an MSK.
	 */
	member->state = state;
	member->silences = 0;
	member->held = 0;
	member->soliciting = false;
}

int member_join(struct member *member, const struct member_policy *policy,
		const struct member_group *group, bool muk_valid,
		struct member_actions *actions, struct fault *fault)
{
	bool stranger = member->state != MEMBER_INSIDE && group->count &&
			!group_has(group, member->sent);

	*actions = (struct member_actions){ 0 };
	if (member->state == MEMBER_BANNED)
		return fault_set(fault, FAULT_STATE,
				 "UE was evicted from the group");
	forget(member, MEMBER_INSIDE);
	if (!group_has(group, member->barred))
		member->barred = 0;
	/* A new member is not to read what was sent before, so it may not have the
	 * MSK in use. Nothing was sent under the one that is being pushed.
	 */
	if (policy->rekey_on_join && stranger) {
		member->barred = group->msk_ids[0];
		act(actions, MEMBER_REKEY, member->barred);
	}
	supply(member, group, muk_valid, actions);
	return 0;
}

/* The MSK in use; for a UE that may not have it, the next one, if it is there. */
static uint32_t current(const struct member *member,
			const struct member_group *group)
{
	bool later = group->count == 2 && group->msk_ids[0] == member->barred;

	return group->msk_ids[later];
}

int member_request(struct member *member, const struct member_group *group,
		   uint32_t msk_id, struct member_actions *actions,
		   struct fault *fault)
{
	*actions = (struct member_actions){ 0 };
	if (member->state != MEMBER_INSIDE)
		return fault_set(fault, FAULT_STATE,
				 "UE is %s and not a member of the group",
				 member_state_name(member->state));
	if (!group->count)
		return fault_set(fault, FAULT_UNKNOWN, "group has no MSK");
	if (msk_id_number(msk_id) == MSK_NUMBER_CURRENT &&
	    msk_id_group(msk_id) == msk_id_group(group->msk_ids[0]))
		msk_id = current(member, group);
	if (!group_has(group, msk_id))
		return fault_set(fault, FAULT_UNKNOWN,
				 "MSK %08x is not in use and not the next",
				 msk_id);
	if (msk_id == member->barred)
		return fault_set(fault, FAULT_STATE,
				 "MSK %08x was in use before the UE joined, "
				 "which gets the next one",
				 msk_id);
	/* It spoke by HTTP just now, so its MUK is fresh, and it is there. */
	member->soliciting = false;
	member->silences = 0;
	push(member, msk_id, actions);
	return 0;
}

void member_push(struct member *member, uint32_t msk_id, bool muk_valid,
		 struct member_actions *actions)
{
	uint16_t later = msk_id_number(msk_id) - msk_id_number(member->barred);

	*actions = (struct member_actions){ 0 };
	/* It is long gone, and one day its number will be that of another. */
	if (later > BARRED_FOR)
		member->barred = 0;
	if (member->state != MEMBER_INSIDE || member->held == msk_id ||
	    member->barred == msk_id)
		return;
	if (muk_valid)
		push(member, msk_id, actions);
	else
		solicit(member, actions);
}

void member_confirm(struct member *member, uint32_t msk_id)
{
	if (member->state != MEMBER_INSIDE)
		return;
	member->silences = 0;
	if (msk_newer(msk_id, member->held))
		member->held = msk_id;
}

/* What is done when a UE is no member any more, but is no enemy either. */
static void part(struct member *member, const struct member_policy *policy,
		 const struct member_group *group, enum member_state state,
		 struct member_actions *actions)
{
	forget(member, state);
	act(actions, MEMBER_CANCEL, 0);
	if (policy->rekey_on_leave)
		lock_out(member, group, false, actions);
}

void member_silence(struct member *member, const struct member_policy *policy,
		    const struct member_group *group,
		    struct member_actions *actions)
{
	*actions = (struct member_actions){ 0 };
	if (member->state != MEMBER_INSIDE)
		return;
	member->silences++;
	if (policy->silences && member->silences >= policy->silences)
		part(member, policy, group, MEMBER_SILENT, actions);
}

int member_leave(struct member *member, const struct member_policy *policy,
		 const struct member_group *group,
		 struct member_actions *actions, struct fault *fault)
{
	size_t i;

	*actions = (struct member_actions){ 0 };
	if (member->state != MEMBER_INSIDE)
		return fault_set(fault, FAULT_STATE,
				 "UE is %s and not a member of the group",
				 member_state_name(member->state));
	part(member, policy, group, MEMBER_OUTSIDE, actions);
	if (!member->sent)
		return 0;
	for (i = 0; i < group->count; i++)
		act(actions, MEMBER_INVALIDATE, group->msk_ids[i]);
	return 0;
}

void member_evict(struct member *member, const struct member_group *group,
		  struct member_actions *actions)
{
	*actions = (struct member_actions){ 0 };
	if (member->state == MEMBER_BANNED)
		return;
	forget(member, MEMBER_BANNED);
	act(actions, MEMBER_CANCEL, 0);
	lock_out(member, group, true, actions);
}

void member_pardon(struct member *member)
{
	if (member->state == MEMBER_BANNED)
		member->state = MEMBER_OUTSIDE;
}

void member_restart(struct member *member, const struct member_group *group)
{
	/* A push that was under way begins anew, with its rounds. */
	member->settled = 0;
	if (member->state == MEMBER_INSIDE && group->count)
		member->sent = group->msk_ids[group->count - 1];
}

const char *member_state_name(enum member_state state)
{
	static const char *const names[] = {
		[MEMBER_OUTSIDE] = "outside",
		[MEMBER_INSIDE] = "inside",
		[MEMBER_SILENT] = "silent",
		[MEMBER_BANNED] = "banned",
	};

	if ((unsigned int)state >= sizeof(names) / sizeof(names[0]))
		return "invalid";
	return names[state];
}

bool push_begin(struct push *push, uint32_t msk_id, uint32_t members)
{
	push->msk_id = msk_id;
	push->waiting = members;
	/* 0 is what a new member has. */
	if (!++push->round)
		push->round = 1;
	return !members;
}

bool push_add(struct push *push, struct member *member)
{
	/* It may not have it, or is to come for it. */
	if (member->sent != push->msk_id) {
		member->settled = push->round;
		return false;
	}
	/* It may have been inside before, in the same round. */
	member->settled = 0;
	push->waiting++;
	return true;
}

bool push_settle(struct push *push, struct member *member)
{
	if (!push->waiting || member->settled == push->round)
		return false;
	member->settled = push->round;
	return --push->waiting == 0;
}
