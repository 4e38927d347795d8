// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Registration, deregistration and MSK request (TS 33.246, 6.3.2.1A, 6.3.2.1B and
 * 6.3.2.2.1): each has a list of items with a result for each.
 */
#include <stdlib.h>
#include <string.h>

#include "bmsc_request.h"
#include "io/httpd.h"
#include "log.h"

#define RESPONSE_SIZE 16384

/* ---- What follows the commit ---- */

static int follow_add(struct bmsc_request *request, const char *event,
		      const struct bmsc_group *group,
		      const struct member_actions *actions, struct fault *fault)
{
	size_t room = request->follow_room ? 2 * request->follow_room : 4;
	struct bmsc_follow *follow;

	if (request->follow_count == request->follow_room) {
		follow = realloc(request->follow, room * sizeof(*follow));
		if (!follow)
			return fault_set(fault, FAULT_MEMORY,
					 "no memory for a request");
		request->follow = follow;
		request->follow_room = room;
	}
	request->follow[request->follow_count++] = (struct bmsc_follow){
		.event = event,
		.domain = group->domain,
		.number = group->number,
		.actions = *actions,
	};
	return 0;
}

static void tell(const struct bmsc_request *request, const char *event,
		 const struct bmsc_group *group)
{
	const char *service = group->service->record.id;

	log_info(BMSC_AREA, event, LOG_TEXT("ue", request->ue->impi),
		 LOG_TEXT("service", service),
		 LOG_NUMBER("key-group", group->number));
	bmsc_event(request->bmsc,
		   json_pack("{s:s, s:s, s:s, s:i}", "type", event, "ue",
			     request->ue->impi, "service", service, "key-group",
			     group->number));
}

void bmsc_procedure_follow(struct bmsc_request *request)
{
	struct bmsc *bmsc = request->bmsc;
	struct bmsc_follow *follow = request->follow;
	struct bmsc_group *group;
	struct bmsc_member *member;
	size_t i;

	for (i = 0; i < request->follow_count; i++, follow++) {
		group = bmsc_group_find(bmsc, &follow->domain, follow->number);
		member = group ? bmsc_member_find(request->ue, group) : NULL;
		if (!member)
			continue;
		if (follow->event)
			tell(request, follow->event, group);
		bmsc_member_act(bmsc, member, &follow->actions);
	}
}

/* Stores what @actions and the new state of a member ask for. The rekey comes
 * first: one that was not needed does no harm, one that is missing does.
 */
static int change(struct bmsc_request *request, const char *event,
		  struct bmsc_member *member, const struct member *after,
		  const struct member_actions *actions, struct fault *fault)
{
	struct member before = member->member;

	if (bmsc_member_rekey(member, actions, fault))
		return -1;
	member->member = *after;
	if ((after->state == before.state && after->barred == before.barred) ||
	    !bmsc_member_save(request->bmsc, member, fault))
		return follow_add(request, event, member->group, actions,
				  fault);
	member->member = before;
	return -1;
}

/* ---- Services ---- */

/* The status, or 0 and a fault if the store does not work. */
static uint16_t allowed(const struct bmsc_request *request,
			const struct bmsc_service *service, struct fault *fault)
{
	int allowed = 1;

	if (service->record.uicc && !request->ue->gba_u)
		return MBMS_STATUS_FORBIDDEN;
	if (!service->record.open)
		allowed = service_allows(request->bmsc->store,
					 service->record.id, request->ue->impi,
					 fault);
	if (allowed < 0)
		return 0;
	return allowed ? MBMS_STATUS_OK : MBMS_STATUS_FORBIDDEN;
}

static uint16_t join(struct bmsc_request *request, struct bmsc_group *group,
		     struct fault *fault)
{
	struct bmsc *bmsc = request->bmsc;
	struct bmsc_member *member =
		bmsc_member_get(bmsc, request->ue, group, fault);
	struct member_group msks = bmsc_group_msks(group);
	struct member_actions actions;
	struct member after;

	if (!member)
		return 0;
	after = member->member;
	if (member_join(&after, &bmsc->settings.members, &msks, true, &actions,
			NULL))
		return MBMS_STATUS_FORBIDDEN;
	return change(request, "ue-registered", member, &after, &actions,
		      fault) ?
		       0 :
		       MBMS_STATUS_OK;
}

static uint16_t register_one(struct bmsc_request *request, const char *id,
			     struct fault *fault)
{
	struct bmsc_service *service = bmsc_service_find(request->bmsc, id);
	struct bmsc_group *group;
	uint16_t status;

	if (!service || service->ended)
		return MBMS_STATUS_NOT_FOUND;
	status = allowed(request, service, fault);
	if (status != MBMS_STATUS_OK)
		return status;
	for (group = SLIST_FIRST(&service->groups); group;
	     group = SLIST_NEXT(group, of_service)) {
		status = join(request, group, fault);
		if (status != MBMS_STATUS_OK)
			return status;
	}
	return status;
}

static int leave(struct bmsc_request *request, struct bmsc_group *group,
		 struct fault *fault)
{
	struct bmsc_member *member = bmsc_member_find(request->ue, group);
	struct member_group msks = bmsc_group_msks(group);
	struct member_actions actions;
	struct member after;

	/* Gone already: an answer was lost, and it asks again. */
	if (!member || member->member.state != MEMBER_INSIDE)
		return 0;
	after = member->member;
	if (member_leave(&after, &request->bmsc->settings.members, &msks,
			 &actions, fault))
		return -1;
	return change(request, "ue-deregistered", member, &after, &actions,
		      fault);
}

static uint16_t deregister_one(struct bmsc_request *request, const char *id,
			       struct fault *fault)
{
	struct bmsc_service *service = bmsc_service_find(request->bmsc, id);
	struct bmsc_group *group;

	if (!service || service->ended)
		return MBMS_STATUS_NOT_FOUND;
	for (group = SLIST_FIRST(&service->groups); group;
	     group = SLIST_NEXT(group, of_service))
		if (leave(request, group, fault))
			return 0;
	return MBMS_STATUS_OK;
}

static unsigned int run_services(struct bmsc_request *request,
				 struct fault *fault)
{
	bool joins = request->type == MBMS_REQUEST_REGISTER;
	struct httpd_request *http = request->http;
	struct mbms_services services;
	struct mbms_service *item;

	if (mbms_services_parse(joins ? MBMS_REGISTER : MBMS_DEREGISTER,
				http->body, http->body_size, &services, fault))
		return 400;
	for (item = services.items; item < services.items + services.count;
	     item++) {
		item->status = joins ? register_one(request, item->id, fault) :
				       deregister_one(request, item->id, fault);
		if (!item->status)
			return 503;
	}
	return mbms_services_write(MBMS_REGISTER_RESPONSE, &services,
				   request->body, RESPONSE_SIZE,
				   &request->body_size, fault) ?
		       500 :
		       0;
}

/* ---- MSKs ---- */

/* Who asks for the current MSK may have missed the next one, too: it was not to be
 * had when that was pushed, or its MUK had expired.
 */
static void add_next(const struct member_group *msks, uint32_t msk_id,
		     struct member *member, struct member_actions *actions)
{
	struct member_actions more;

	if (msks->count < 2 || msk_id_number(msk_id) != MSK_NUMBER_CURRENT ||
	    actions->list[0].msk_id == msks->msk_ids[1])
		return;
	member_push(member, msks->msk_ids[1], true, &more);
	if (more.count && actions->count < MEMBER_ACTIONS_MAX)
		actions->list[actions->count++] = more.list[0];
}

static uint16_t msk_one(struct bmsc_request *request, const struct msk_ref *ref,
			struct fault *fault)
{
	struct bmsc_group *group = bmsc_group_find(request->bmsc, &ref->domain,
						   msk_id_group(ref->msk_id));
	struct fault refusal = { 0 };
	struct member_actions actions;
	struct bmsc_member *member;
	struct member_group msks;
	struct member after;

	if (!group || group->service->ended)
		return MBMS_STATUS_NOT_FOUND;
	member = bmsc_member_find(request->ue, group);
	if (!member)
		return MBMS_STATUS_FORBIDDEN;
	msks = bmsc_group_msks(group);
	after = member->member;
	if (member_request(&after, &msks, ref->msk_id, &actions, &refusal))
		return refusal.code == FAULT_UNKNOWN ? MBMS_STATUS_NOT_FOUND :
						       MBMS_STATUS_FORBIDDEN;
	add_next(&msks, ref->msk_id, &after, &actions);
	return change(request, NULL, member, &after, &actions, fault) ?
		       0 :
		       MBMS_STATUS_OK;
}

static unsigned int run_msks(struct bmsc_request *request, struct fault *fault)
{
	struct httpd_request *http = request->http;
	struct mbms_msks msks;
	struct mbms_msk *item;

	if (mbms_msks_parse(MBMS_MSK_REQUEST, http->body, http->body_size,
			    &msks, fault))
		return 400;
	for (item = msks.items; item < msks.items + msks.count; item++) {
		item->status = msk_one(request, &item->msk, fault);
		if (!item->status)
			return 503;
	}
	return mbms_msks_write(MBMS_MSK_RESPONSE, &msks, request->body,
			       RESPONSE_SIZE, &request->body_size, fault) ?
		       500 :
		       0;
}

unsigned int bmsc_procedure_run(struct bmsc_request *request,
				struct fault *fault)
{
	request->body = malloc(RESPONSE_SIZE);
	if (!request->body) {
		fault_set(fault, FAULT_MEMORY, "no memory for a response");
		return 503;
	}
	if (request->type == MBMS_REQUEST_MSK)
		return run_msks(request, fault);
	return run_services(request, fault);
}
