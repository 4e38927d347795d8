// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands "member list", "member evict", "member admit". */
#include <stdio.h>

#include "bmsc_ctl.h"
#include "log.h"

#define LIST_MAX 100000
#define LIST_STANDARD 1000

static json_t *msk_text(uint32_t msk_id)
{
	char text[9];

	snprintf(text, sizeof(text), "%08x", msk_id);
	return msk_id ? json_string(text) : json_null();
}

static json_t *member_json(const struct bmsc *bmsc,
			   const struct bmsc_member *member)
{
	const struct bmsc_ue *ue = member->ue;
	char address[ADDRESS_TEXT_SIZE] = "";

	if (ue->address.family)
		address_text(&ue->address, address);
	return json_pack("{s:s, s:s, s:i, s:s, s:o, s:o, s:i, s:s, s:b, s:I}",
			 "ue", ue->impi, "service",
			 member->group->service->record.id, "key-group",
			 member->group->number, "state",
			 member_state_name(member->member.state), "sent",
			 msk_text(member->member.sent), "held",
			 msk_text(member->member.held), "silences",
			 member->member.silences, "address", address,
			 "muk-valid", bmsc_ue_muk_valid(bmsc, ue),
			 "muk-expires", (json_int_t)ue->expires);
}

static void ue_list(const struct bmsc *bmsc, const struct bmsc_ue *ue,
		    const struct bmsc_service *service, json_t *members,
		    uint64_t limit, json_int_t *total)
{
	const struct bmsc_member *member;

	for (member = SLIST_FIRST(&ue->members); member;
	     member = SLIST_NEXT(member, of_ue)) {
		if (service && member->group->service != service)
			continue;
		if (json_array_size(members) < limit)
			json_array_append_new(members,
					      member_json(bmsc, member));
		(*total)++;
	}
}

static void member_list(void *argument, struct ctl_request *request)
{
	const json_t *arguments = ctl_arguments(request);
	struct bmsc_service *service = NULL;
	struct bmsc *bmsc = argument;
	uint64_t limit = LIST_STANDARD;
	struct bmsc_ue *ue = NULL;
	struct fault fault = { 0 };
	json_int_t total = 0;
	json_t *members;
	size_t i;

	if (json_object_get(arguments, "service"))
		service = bmsc_argument_service(bmsc, arguments, &fault);
	if (!fault.code && json_object_get(arguments, "ue"))
		ue = bmsc_argument_ue(bmsc, arguments, &fault);
	if (fault.code || ctl_value_number_or(arguments, "limit", 1, LIST_MAX,
					      &limit, &fault)) {
		ctl_refuse(request, &fault);
		return;
	}
	members = json_array();
	if (ue) {
		ue_list(bmsc, ue, service, members, limit, &total);
	} else {
		for (i = 0; i < bmsc->ues.buckets; i++)
			for (ue = LIST_FIRST(&bmsc->ues.by_id[i]); ue;
			     ue = LIST_NEXT(ue, by_id))
				ue_list(bmsc, ue, service, members, limit,
					&total);
	}
	ctl_reply(request,
		  json_pack("{s:o, s:I}", "members", members, "total", total));
}

/* ---- Eviction ---- */

static void evicted(struct bmsc_watch *watch, const struct fault *fault)
{
	const char *impi =
		json_string_value(json_object_get(watch->result, "ue"));
	struct bmsc_member *member;
	struct bmsc_ue *ue;

	ue = impi && !fault ? bmsc_ue_by_impi(watch->bmsc, impi) : NULL;
	if (!ue)
		return;
	log_info(BMSC_AREA, "ue-evicted", LOG_TEXT("ue", impi));
	bmsc_event(watch->bmsc,
		   json_pack("{s:s, s:s}", "type", "ue-evicted", "ue", impi));
	for (member = SLIST_FIRST(&ue->members); member;
	     member = SLIST_NEXT(member, of_ue))
		if (member->member.state == MEMBER_BANNED)
			bmsc_push_cancel(watch->bmsc, ue, member->group);
}

/* The new MSK is made even if the ban fails then, and never the other way round. */
static int evict_one(struct bmsc *bmsc, struct bmsc_member *member,
		     struct fault *fault)
{
	struct member_group msks = bmsc_group_msks(member->group);
	struct member before = member->member, after = before;
	struct member_actions actions;

	member_evict(&after, &msks, &actions);
	if (bmsc_member_rekey(member, &actions, fault))
		return -1;
	member->member = after;
	if (!bmsc_member_save(bmsc, member, fault))
		return 0;
	member->member = before;
	return -1;
}

static void member_evict_command(void *argument, struct ctl_request *request)
{
	const json_t *arguments = ctl_arguments(request);
	struct bmsc_service *service = NULL;
	struct bmsc *bmsc = argument;
	struct fault fault = { 0 };
	struct bmsc_ue *ue = bmsc_argument_ue(bmsc, arguments, &fault);
	struct bmsc_member *member;
	json_int_t count = 0;

	if (ue && json_object_get(arguments, "service"))
		service = bmsc_argument_service(bmsc, arguments, &fault);
	if (fault.code) {
		ctl_refuse(request, &fault);
		return;
	}
	for (member = SLIST_FIRST(&ue->members); member;
	     member = SLIST_NEXT(member, of_ue)) {
		if (service && member->group->service != service)
			continue;
		if (evict_one(bmsc, member, &fault)) {
			ctl_refuse(request, &fault);
			return;
		}
		count++;
	}
	if (!count) {
		fault_set(&fault, FAULT_UNKNOWN, "ue: is not a member");
		ctl_refuse(request, &fault);
		return;
	}
	bmsc_reply_committed(bmsc, request,
			     json_pack("{s:s, s:I}", "ue", ue->impi,
				       "key-groups", count),
			     NULL, evicted);
}

/* It may have the service (again): takes an eviction back, and puts it on the list
 * of a service that is not open. The UE need not be known.
 */
static void member_admit(void *argument, struct ctl_request *request)
{
	const json_t *arguments = ctl_arguments(request);
	struct bmsc *bmsc = argument;
	struct fault fault = { 0 };
	struct bmsc_service *service =
		bmsc_argument_service(bmsc, arguments, &fault);
	struct bmsc_ue *ue = bmsc_argument_ue(bmsc, arguments, NULL);
	struct bmsc_member *member;
	const char *name;

	if (!service || ctl_value_text(arguments, "ue", &name, &fault) ||
	    service_allow(bmsc->store, service->record.id, ue ? ue->impi : name,
			  &fault)) {
		ctl_refuse(request, &fault);
		return;
	}
	if (ue)
		for (member = SLIST_FIRST(&ue->members); member;
		     member = SLIST_NEXT(member, of_ue)) {
			if (member->group->service != service)
				continue;
			member_pardon(&member->member);
			if (bmsc_member_save(bmsc, member, &fault)) {
				ctl_refuse(request, &fault);
				return;
			}
		}
	bmsc_reply_committed(bmsc, request, NULL, NULL, NULL);
}

void bmsc_ctl_members_add(struct bmsc *bmsc, struct ctl *ctl)
{
	ctl_command_add(ctl, "member list", member_list, bmsc);
	ctl_command_add(ctl, "member evict", member_evict_command, bmsc);
	ctl_command_add(ctl, "member admit", member_admit, bmsc);
}
