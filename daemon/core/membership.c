// SPDX-License-Identifier: GPL-2.0-or-later
#include "ids.h"
#include "membership.h"

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

/* Sends what the group has, or asks the UE to come for it. */
static void supply(struct member *member, const struct member_group *group,
		   bool muk_valid, struct member_actions *actions)
{
	size_t i;

	if (!muk_valid && group->count) {
		member->soliciting = true;
		act(actions, MEMBER_SOLICIT, 0);
		return;
	}
	for (i = 0; i < group->count; i++)
		push(member, group->msk_ids[i], actions);
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
	/* @sent stays: the keys do not leave the UE by themselves. */
	member->state = state;
	member->silences = 0;
	member->held = 0;
	member->soliciting = false;
}

/* A new member is not to read what was sent before, so it may not have an MSK
 * that was in use, and waits for the next one.
 */
static void protect_past(struct member *member,
			 const struct member_group *group, bool muk_valid,
			 struct member_actions *actions)
{
	struct member_group next = { .msk_ids = { group->msk_ids[1] },
				     .count = 1 };

	act(actions, MEMBER_REKEY, group->msk_ids[0]);
	/* Nothing was sent under the one that is being pushed. */
	if (group->count == 2)
		supply(member, &next, muk_valid, actions);
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
	if (policy->rekey_on_join && stranger)
		protect_past(member, group, muk_valid, actions);
	else
		supply(member, group, muk_valid, actions);
	return 0;
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
		msk_id = group->msk_ids[0];
	if (!group_has(group, msk_id))
		return fault_set(fault, FAULT_UNKNOWN,
				 "MSK %08x is not in use and not the next",
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
	struct member_group one = { .msk_ids = { msk_id }, .count = 1 };

	*actions = (struct member_actions){ 0 };
	if (member->state == MEMBER_INSIDE)
		supply(member, &one, muk_valid, actions);
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
	*push = (struct push){ .msk_id = msk_id, .waiting = members };
	return !members;
}

void push_add(struct push *push, struct member *member)
{
	/* It may have been inside before, for the same MSK. */
	member->settled = 0;
	push->waiting++;
}

bool push_settle(struct push *push, struct member *member)
{
	if (!push->waiting || member->settled == push->msk_id)
		return false;
	member->settled = push->msk_id;
	return --push->waiting == 0;
}
