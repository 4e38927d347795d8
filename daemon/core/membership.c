// SPDX-License-Identifier: GPL-2.0-or-later
#include "ids.h"
#include "membership.h"

void membership_init(struct membership *group, uint32_t msk_id)
{
	group->members = 0;
	group->waiting = 0;
	group->msk_id = msk_id;
	group->renew_at = PACE_NEVER;
}

static bool is_in(const struct member *member)
{
	return member->state != MEMBER_ABSENT &&
	       member->state != MEMBER_EVICTED;
}

/* Sets a state with respect to the group's newest MSK and keeps the counts. The
 * old state has to be up to date. Returns what the change of counts means.
 */
static unsigned int move(struct membership *group, struct member *member,
			 enum member_state state)
{
	bool was_in = is_in(member);
	bool was_pending = member->state == MEMBER_PENDING;

	member->state = state;
	member->seen_msk_id = group->msk_id;
	group->members = group->members - was_in + is_in(member);
	group->waiting =
		group->waiting - was_pending + (state == MEMBER_PENDING);
	if (was_pending && !group->waiting && group->msk_id)
		return MEMBERSHIP_COMPLETE;
	return MEMBERSHIP_NOTHING;
}

/* Asks for a new MSK at @when at the latest. */
static unsigned int renew(struct membership *group, uint64_t when, uint64_t now)
{
	if (when < group->renew_at)
		group->renew_at = when;
	return membership_step(group, now);
}

static uint64_t batch_end(const struct membership_policy *policy, uint64_t now)
{
	return now + policy->batch;
}

int membership_join(struct membership *group, struct member *member,
		    const struct membership_policy *policy, uint64_t now,
		    unsigned int *actions, struct fault *fault)
{
	bool has_it;

	*actions = MEMBERSHIP_NOTHING;
	if (member->state == MEMBER_EVICTED)
		return fault_set(fault, FAULT_STATE,
				 "the member was evicted from the group");
	if (!is_in(member) && policy->members_max &&
	    group->members >= policy->members_max)
		return fault_set(fault, FAULT_LIMIT,
				 "the group has its %u members already",
				 policy->members_max);
	membership_member_renewed(group, member);
	member->silences = 0;
	has_it = member->sent_msk_id == group->msk_id;
	if (!group->msk_id) {
		/* The first MSK makes it pending. */
		move(group, member, MEMBER_HELD);
		*actions = renew(group, now, now);
	} else if (policy->renew_on_join && !has_it &&
		   (!is_in(member) || member->state == MEMBER_HELD)) {
		move(group, member, MEMBER_HELD);
		*actions = renew(group, batch_end(policy, now), now);
	} else {
		move(group, member, MEMBER_PENDING);
		*actions = MEMBERSHIP_PUSH;
	}
	return 0;
}

/* The member is out, of its own will or not. */
static unsigned int part(struct membership *group, struct member *member,
			 enum member_state state)
{
	unsigned int actions = MEMBERSHIP_NOTHING;

	if (is_in(member))
		actions |= MEMBERSHIP_STOP;
	if (is_in(member) && member->sent_msk_id)
		actions |= MEMBERSHIP_INVALIDATE;
	return actions | move(group, member, state);
}

int membership_leave(struct membership *group, struct member *member,
		     const struct membership_policy *policy, uint64_t now,
		     unsigned int *actions, struct fault *fault)
{
	*actions = MEMBERSHIP_NOTHING;
	if (!is_in(member))
		return fault_set(fault, FAULT_UNKNOWN,
				 "the member that leaves is not in the group");
	membership_member_renewed(group, member);
	*actions = part(group, member, MEMBER_ABSENT);
	if (policy->renew_on_leave && member->sent_msk_id)
		*actions |= renew(group, batch_end(policy, now), now);
	return 0;
}

int membership_evict(struct membership *group, struct member *member,
		     uint64_t now, unsigned int *actions, struct fault *fault)
{
	*actions = MEMBERSHIP_NOTHING;
	if (member->state == MEMBER_EVICTED)
		return fault_set(fault, FAULT_STATE,
				 "the member is evicted already");
	membership_member_renewed(group, member);
	*actions = part(group, member, MEMBER_EVICTED);
	/* One that has left may still have the keys it had. */
	if (member->sent_msk_id)
		*actions |= renew(group, now, now);
	return 0;
}

int membership_pardon(struct member *member, struct fault *fault)
{
	if (member->state != MEMBER_EVICTED)
		return fault_set(fault, FAULT_STATE,
				 "the member to be pardoned is not evicted");
	member->state = MEMBER_ABSENT;
	return 0;
}

int membership_sent(const struct membership *group, struct member *member,
		    struct fault *fault)
{
	if (!is_in(member) || !group->msk_id)
		return fault_set(fault, FAULT_STATE,
				 "no MSK is to be sent to this member");
	membership_member_renewed(group, member);
	if (member->state == MEMBER_HELD)
		return fault_set(fault, FAULT_STATE,
				 "the member has to wait for the next MSK");
	member->sent_msk_id = group->msk_id;
	return 0;
}

int membership_answered(struct membership *group, struct member *member,
			uint32_t msk_id, unsigned int *actions,
			struct fault *fault)
{
	*actions = MEMBERSHIP_NOTHING;
	if (!is_in(member) || !member->sent_msk_id)
		return fault_set(fault, FAULT_STATE,
				 "no answer of this member is awaited");
	if (msk_id_group(msk_id) == msk_id_group(member->sent_msk_id) &&
	    serial16_after(msk_id_number(msk_id),
			   msk_id_number(member->sent_msk_id)))
		return fault_set(fault, FAULT_STATE,
				 "the answer is for MSK %08x, newer than what "
				 "was sent",
				 msk_id);
	membership_member_renewed(group, member);
	member->silences = 0;
	if (msk_id == group->msk_id && member->state != MEMBER_HELD)
		*actions = MEMBERSHIP_STOP | move(group, member, MEMBER_KEYED);
	return 0;
}

int membership_unanswered(struct membership *group, struct member *member,
			  const struct membership_policy *policy, uint64_t now,
			  unsigned int *actions, struct fault *fault)
{
	*actions = MEMBERSHIP_NOTHING;
	if (is_in(member))
		membership_member_renewed(group, member);
	if (member->state != MEMBER_PENDING ||
	    member->sent_msk_id != group->msk_id)
		return fault_set(fault, FAULT_STATE,
				 "no answer of this member is awaited");
	if (member->silences < UINT8_MAX)
		member->silences++;
	if (policy->silences && member->silences >= policy->silences)
		return membership_leave(group, member, policy, now, actions,
					fault);
	*actions = move(group, member, MEMBER_SILENT);
	return 0;
}

unsigned int membership_step(const struct membership *group, uint64_t now)
{
	if (group->renew_at == PACE_NEVER || now < group->renew_at)
		return MEMBERSHIP_NOTHING;
	return MEMBERSHIP_RENEW;
}

int membership_renewed(struct membership *group, uint32_t msk_id,
		       struct fault *fault)
{
	if (msk_id_number(msk_id) == MSK_NUMBER_CURRENT ||
	    (group->msk_id &&
	     msk_id_group(msk_id) == msk_id_group(group->msk_id) &&
	     !serial16_after(msk_id_number(msk_id),
			     msk_id_number(group->msk_id))))
		return fault_set(fault, FAULT_ARGUMENT,
				 "MSK %08x does not come after %08x", msk_id,
				 group->msk_id);
	group->msk_id = msk_id;
	group->waiting = group->members;
	group->renew_at = PACE_NEVER;
	return 0;
}

unsigned int membership_member_renewed(const struct membership *group,
				       struct member *member)
{
	if (!is_in(member) || member->seen_msk_id == group->msk_id)
		return MEMBERSHIP_NOTHING;
	/* membership_renewed() has counted it as pending. */
	member->state = MEMBER_PENDING;
	member->seen_msk_id = group->msk_id;
	return MEMBERSHIP_PUSH;
}
