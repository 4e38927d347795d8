// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands "msk show", "msk rotate", "msk solicit", "mtk rotate". */
#include <stdio.h>

#include "bmsc_ctl.h"

static json_t *msk_json(const struct bmsc_group *group, const char *state,
			const struct keylife_msk *msk)
{
	char id[9];

	(void)group;
	snprintf(id, sizeof(id), "%08x", msk->msk_id);
	return json_pack("{s:s, s:s, s:i, s:i, s:I}", "msk-id", id, "state",
			 state, "last-mtk", msk->last_mtk, "high", msk->high,
			 "until",
			 msk->until == KEYLIFE_NEVER ? (json_int_t)0 :
						       (json_int_t)msk->until);
}

static void mtk_json(json_t *list, const char *state,
		     const struct keylife_mtk *mtk)
{
	char id[9];

	if (!mtk->mtk_id)
		return;
	snprintf(id, sizeof(id), "%08x", mtk->msk_id);
	json_array_append_new(list,
			      json_pack("{s:s, s:i, s:s, s:I}", "msk-id", id,
					"mtk-id", mtk->mtk_id, "state", state,
					"until", (json_int_t)mtk->until));
}

static json_t *group_json(const struct bmsc_group *group)
{
	const struct keylife *life = &group->life;
	json_t *msks = json_array(), *mtks = json_array();
	char domain[2 * KEY_DOMAIN_ID_SIZE + 1];

	snprintf(domain, sizeof(domain), "%02x%02x%02x",
		 group->domain.octets[0], group->domain.octets[1],
		 group->domain.octets[2]);
	if (life->old_msk.msk_id)
		json_array_append_new(msks,
				      msk_json(group, "old", &life->old_msk));
	if (life->msk.msk_id)
		json_array_append_new(msks,
				      msk_json(group, "in-use", &life->msk));
	if (life->next_msk.msk_id)
		json_array_append_new(msks,
				      msk_json(group, "next", &life->next_msk));
	mtk_json(mtks, "old", &life->old_mtk);
	mtk_json(mtks, "active", &life->mtk);
	mtk_json(mtks, "next", &life->next_mtk);
	return json_pack("{s:s, s:s, s:i, s:i, s:i, s:o, s:o}", "service",
			 group->service->record.id, "key-domain", domain,
			 "key-group", group->number, "members", group->inside,
			 "waiting", group->push.waiting, "msks", msks, "mtks",
			 mtks);
}

static void msk_show(void *argument, struct ctl_request *request)
{
	const json_t *arguments = ctl_arguments(request);
	struct bmsc *bmsc = argument;
	struct bmsc_service *only = NULL;
	struct bmsc_group *group;
	json_t *groups;
	struct fault fault = { 0 };
	unsigned int i;

	if (json_object_get(arguments, "service")) {
		only = bmsc_argument_service(bmsc, arguments, &fault);
		if (!only) {
			ctl_refuse(request, &fault);
			return;
		}
	}
	groups = json_array();
	for (i = 0; i < BMSC_BUCKETS; i++)
		for (group = LIST_FIRST(&bmsc->groups[i]); group;
		     group = LIST_NEXT(group, link))
			if (!only || group->service == only)
				json_array_append_new(groups,
						      group_json(group));
	ctl_reply(request, json_pack("{s:o}", "key-groups", groups));
}

/* A new MSK for all members; answered when all have it, unless "wait" is false. */
static void msk_rotate(void *argument, struct ctl_request *request)
{
	const json_t *arguments = ctl_arguments(request);
	struct bmsc_cause cause = { .type = BMSC_REKEY, .urgent = true };
	struct fault fault = { 0 };
	struct bmsc_group *group =
		bmsc_argument_group(argument, arguments, &fault);
	bool wait = true;
	uint32_t newest;

	if (!group || ctl_value_boolean_or(arguments, "wait", &wait, &fault)) {
		ctl_refuse(request, &fault);
		return;
	}
	/* Another one, even if one is on its way already. */
	cause.msk_id = group->life.next_msk.msk_id;
	if (!cause.msk_id)
		cause.msk_id = group->life.msk.msk_id;
	newest = group->life.last_msk_id;
	if (bmsc_group_run(group, &cause, &fault))
		ctl_refuse(request, &fault);
	else if (wait)
		bmsc_reply_pushed(group, newest, request);
	else
		bmsc_reply_committed(group->bmsc, request, NULL, NULL, NULL);
}

static void solicit(struct bmsc *bmsc, struct bmsc_member *member, bool bulk)
{
	bmsc_push_add(bmsc, member->ue, member->group,
		      msk_id_make(member->group->number, MSK_NUMBER_CURRENT),
		      BMSC_DELIVER_SOLICIT, bulk);
}

/* To all members, or to one UE. */
static void msk_solicit(void *argument, struct ctl_request *request)
{
	const json_t *arguments = ctl_arguments(request);
	struct bmsc *bmsc = argument;
	struct fault fault = { 0 };
	struct bmsc_group *group = bmsc_argument_group(bmsc, arguments, &fault);
	struct bmsc_member *member;
	struct bmsc_ue *ue = NULL;
	json_int_t count = 0;

	if (group && json_object_get(arguments, "ue"))
		ue = bmsc_argument_ue(bmsc, arguments, &fault);
	if (fault.code) {
		ctl_refuse(request, &fault);
		return;
	}
	for (member = TAILQ_FIRST(&group->members); member;
	     member = TAILQ_NEXT(member, of_group)) {
		if (ue && member->ue != ue)
			continue;
		solicit(bmsc, member, !ue);
		count++;
	}
	if (ue && !count) {
		fault_set(&fault, FAULT_STATE, "ue: is not a member");
		ctl_refuse(request, &fault);
		return;
	}
	ctl_reply(request, json_pack("{s:I}", "solicited", count));
}

static void mtk_rotate(void *argument, struct ctl_request *request)
{
	struct bmsc_cause cause = { .type = BMSC_ROTATE };
	struct fault fault = { 0 };
	struct bmsc_group *group =
		bmsc_argument_group(argument, ctl_arguments(request), &fault);

	if (!group || bmsc_group_run(group, &cause, &fault))
		ctl_refuse(request, &fault);
	else
		bmsc_reply_committed(group->bmsc, request, group_json(group),
				     NULL, NULL);
}

void bmsc_ctl_keys_add(struct bmsc *bmsc, struct ctl *ctl)
{
	ctl_command_add(ctl, "msk show", msk_show, bmsc);
	ctl_command_add(ctl, "msk rotate", msk_rotate, bmsc);
	ctl_command_add(ctl, "msk solicit", msk_solicit, bmsc);
	ctl_command_add(ctl, "mtk rotate", mtk_rotate, bmsc);
}
