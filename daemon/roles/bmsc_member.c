// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "bmsc.h"

struct bmsc_member *bmsc_member_find(const struct bmsc_ue *ue,
				     const struct bmsc_group *group)
{
	struct bmsc_member *member;

	for (member = SLIST_FIRST(&ue->members); member;
	     member = SLIST_NEXT(member, of_ue))
		if (member->group == group)
			return member;
	return NULL;
}

struct bmsc_member *bmsc_member_get(struct bmsc *bmsc, struct bmsc_ue *ue,
				    struct bmsc_group *group,
				    struct fault *fault)
{
	struct bmsc_member *member = bmsc_member_find(ue, group);

	(void)bmsc;
	if (member)
		return member;
	member = calloc(1, sizeof(*member));
	if (!member) {
		fault_set(fault, FAULT_MEMORY, "no memory for a member");
		return NULL;
	}
	member->ue = ue;
	member->group = group;
	SLIST_INSERT_HEAD(&ue->members, member, of_ue);
	return member;
}

int bmsc_member_save(struct bmsc *bmsc, struct bmsc_member *member,
		     struct fault *fault)
{
	struct naf_member record = {
		.user = member->ue->id,
		.key_group = member->group->id,
		.member = member->member,
	};

	bmsc_ue_touch(bmsc, member->ue);
	return naf_member_put(bmsc->store, &record, fault);
}

static void list_add(struct bmsc_member *member)
{
	struct bmsc_group *group = member->group;

	TAILQ_INSERT_TAIL(&group->members, member, of_group);
	group->inside++;
	member->listed = true;
	/* What it needs is sent because it joined. */
	member->turn = group->push.round;
	if (!group->push.waiting)
		return;
	push_add(&group->push, &member->member);
	group->progress.total++;
}

static void list_remove(struct bmsc_member *member)
{
	struct bmsc_group *group = member->group;

	if (group->cursor == member)
		group->cursor = TAILQ_NEXT(member, of_group);
	TAILQ_REMOVE(&group->members, member, of_group);
	group->inside--;
	member->listed = false;
	bmsc_group_settle(group, member);
}

void bmsc_member_list(struct bmsc *bmsc, struct bmsc_member *member)
{
	bool inside = member->member.state == MEMBER_INSIDE;

	(void)bmsc;
	if (inside && !member->listed)
		list_add(member);
	else if (!inside && member->listed)
		list_remove(member);
}

void bmsc_member_free(struct bmsc *bmsc, struct bmsc_member *member)
{
	bmsc_push_cancel(bmsc, member->ue, member->group);
	if (member->listed)
		list_remove(member);
	SLIST_REMOVE(&member->ue->members, member, bmsc_member, of_ue);
	free(member);
}

/* ---- Store ---- */

/* What was sent stays sent, whatever the store says. */
static int member_reread(void *argument, const struct naf_member *record,
			 struct fault *fault)
{
	struct bmsc_ue *ue = argument;
	struct bmsc_member *member;

	(void)fault;
	for (member = SLIST_FIRST(&ue->members); member;
	     member = SLIST_NEXT(member, of_ue)) {
		if (member->group->id != record->key_group)
			continue;
		member->member.state = record->member.state;
		member->member.barred = record->member.barred;
		if (!member->member.sent)
			member->member.sent = record->member.sent;
		member->found = true;
	}
	return 0;
}

int bmsc_members_reread(struct bmsc *bmsc, struct bmsc_ue *ue,
			struct fault *fault)
{
	struct bmsc_member *member, *next;

	for (member = SLIST_FIRST(&ue->members); member;
	     member = SLIST_NEXT(member, of_ue))
		member->found = false;
	if (naf_member_each(bmsc->store, ue->id, member_reread, ue, fault))
		return -1;
	for (member = SLIST_FIRST(&ue->members); member; member = next) {
		next = SLIST_NEXT(member, of_ue);
		if (member->found)
			bmsc_member_list(bmsc, member);
		else
			bmsc_member_free(bmsc, member);
	}
	return 0;
}

static int member_read(void *argument, const struct naf_member *record,
		       struct fault *fault)
{
	struct bmsc *bmsc = argument;
	struct bmsc_ue *ue = bmsc_ue_by_id(bmsc, record->user);
	struct bmsc_group *group = bmsc_group_by_id(bmsc, record->key_group);
	struct member_group msks;
	struct bmsc_member *member;

	/* It is there if only another service was started late. */
	if (!ue || !group || bmsc_member_find(ue, group))
		return 0;
	member = bmsc_member_get(bmsc, ue, group, fault);
	if (!member)
		return -1;
	msks = bmsc_group_msks(group);
	member->member = record->member;
	member_restart(&member->member, &msks);
	bmsc_member_list(bmsc, member);
	return 0;
}

int bmsc_members_read(struct bmsc *bmsc, struct fault *fault)
{
	return naf_member_each(bmsc->store, 0, member_read, bmsc, fault);
}

/* ---- What follows ---- */

int bmsc_member_rekey(struct bmsc_member *member,
		      const struct member_actions *actions, struct fault *fault)
{
	size_t i;

	for (i = 0; i < actions->count; i++) {
		const struct member_action *action = &actions->list[i];
		struct bmsc_cause cause = { .type = BMSC_REKEY,
					    .msk_id = action->msk_id,
					    .urgent = action->urgent };

		if (action->type == MEMBER_REKEY &&
		    bmsc_group_run(member->group, &cause, fault))
			return -1;
	}
	return 0;
}

void bmsc_member_act(struct bmsc *bmsc, struct bmsc_member *member,
		     const struct member_actions *actions)
{
	struct bmsc_group *group = member->group;
	size_t i;

	for (i = 0; i < actions->count; i++) {
		const struct member_action *action = &actions->list[i];

		switch (action->type) {
		case MEMBER_PUSH:
			bmsc_push_add(bmsc, member->ue, group, action->msk_id,
				      BMSC_DELIVER_MSK, false);
			break;
		case MEMBER_SOLICIT:
			bmsc_push_add(bmsc, member->ue, group,
				      msk_id_make(group->number,
						  MSK_NUMBER_CURRENT),
				      BMSC_DELIVER_SOLICIT, false);
			bmsc_group_settle(group, member);
			break;
		case MEMBER_INVALIDATE:
			bmsc_push_add(bmsc, member->ue, group, action->msk_id,
				      BMSC_DELIVER_DELETION, false);
			break;
		case MEMBER_CANCEL:
			bmsc_push_cancel(bmsc, member->ue, group);
			break;
		case MEMBER_REKEY:
			break;
		}
	}
}
