// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "config_value.h"
#include "core/text.h"
#include "roles/ctl_value.h"
#include "roles/ue_bulk.h"
#include "roles/ue_ctl.h"
#include "roles/ue_member.h"
#include "roles/ue_service.h"
#include "roles/ue_usim.h"

#define SHOWN_MAX 1000

static int check_service_id(const char *id, struct fault *fault)
{
	size_t length = strlen(id);

	if (length && length < ANNOUNCE_URI_SIZE && text_is_plain(id, length))
		return 0;
	return fault_set(fault, FAULT_ARGUMENT,
			 "service has to be a URI of 1 to %d octets",
			 ANNOUNCE_URI_SIZE - 1);
}

static struct ue_usim *find_usim(struct ue_bulk *bulk, struct fault *fault)
{
	struct ue_usim *usim = ue_usim_find(bulk->ue, bulk->imsi);

	if (!usim)
		fault_set(fault, FAULT_UNKNOWN, "there is no USIM with IMSI %s",
			  bulk->imsi);
	return usim;
}

/* ---- service join ---- */

static void joined(void *argument, struct ue_member *member)
{
	struct ue_bulk *bulk = argument;
	bool over = member->gone || member->state == UE_MEMBER_READY ||
		    member->state == UE_MEMBER_LEFT ||
		    member->state == UE_MEMBER_LEAVING;

	/* A request has failed and comes again: many wait for the end, one is
	 * told what is wrong.
	 */
	if (!over && bulk->total > 1) {
		member->done = joined;
		return;
	}
	if (bulk->total == 1)
		bulk->result = json_pack("{s:s, s:s*}", "state",
					 ue_member_state_name(member->state),
					 "reason",
					 member->state == UE_MEMBER_READY ?
						 NULL :
						 member->reason);
	ue_bulk_ended(bulk, member->state == UE_MEMBER_READY);
}

static int join_one(struct ue_bulk *bulk, struct fault *fault)
{
	struct ue_usim *usim = find_usim(bulk, fault);
	struct ue_service *service = ue_service_find(bulk->ue, bulk->service);
	struct ue_member *member;

	if (!usim || !service)
		return fault_set(fault, FAULT_UNKNOWN,
				 "the service is not known any more");
	member = ue_member_find(usim, service);
	if (member && member->done)
		return fault_set(fault, FAULT_STATE,
				 "another command waits for the UE %s",
				 usim->imsi);
	if (member && member->state == UE_MEMBER_LEAVING)
		return fault_set(fault, FAULT_STATE,
				 "the UE %s is about to leave the service",
				 usim->imsi);
	member = ue_member_join(usim, service, fault);
	if (!member)
		return -1;
	if (member->state == UE_MEMBER_READY)
		return 1;
	member->done = joined;
	member->done_argument = bulk;
	return UE_BULK_WAIT;
}

static int read_join(struct ue *ue, const json_t *arguments,
		     struct ue_bulk *bulk, struct fault *fault)
{
	const char *id, *url = NULL, *naf = NULL;

	if (ctl_value_text(arguments, "service", &id, fault) ||
	    ctl_value_text_or(arguments, "announcement", &url, fault) ||
	    ctl_value_text_or(arguments, "bm-sc", &naf, fault) ||
	    check_service_id(id, fault) ||
	    (url && config_url("announcement", url, fault)) ||
	    (naf && fqdn_check(naf, strlen(naf), "bm-sc", fault)) ||
	    !find_usim(bulk, fault))
		return -1;
	strcpy(bulk->service, id);
	return ue_service_add(ue, id, url, naf, fault) ? 0 : -1;
}

void ue_ctl_service_join(void *argument, struct ctl_request *request)
{
	static const char *const names[] = { "service", "announcement", "bm-sc",
					     "imsi",	"count",	NULL };
	struct ue_bulk *bulk = ue_ctl_bulk(argument, request, names);
	struct fault fault = { 0 };

	if (!bulk)
		return;
	if (read_join(argument, ctl_arguments(request), bulk, &fault)) {
		ctl_refuse(request, &fault);
		ue_bulk_free(bulk);
		return;
	}
	ue_bulk_run(bulk, join_one);
}

/* ---- service leave ---- */

static void left(void *argument, struct ue_member *member)
{
	/* A deregistration that failed comes again. */
	if (member->want == UE_WANT_DEREGISTER && !member->gone) {
		member->done = left;
		return;
	}
	ue_bulk_ended(argument, true);
}

static int leave_one(struct ue_bulk *bulk, struct fault *fault)
{
	struct ue_usim *usim = find_usim(bulk, fault);
	struct ue_service *service = ue_service_find(bulk->ue, bulk->service);
	struct ue_member *member = NULL;

	if (!usim)
		return -1;
	if (service)
		member = ue_member_find(usim, service);
	if (!member)
		return 0;
	if (member->done)
		return fault_set(fault, FAULT_STATE,
				 "another command waits for the UE %s",
				 usim->imsi);
	member->done = left;
	member->done_argument = bulk;
	ue_member_leave(member);
	return UE_BULK_WAIT;
}

void ue_ctl_service_leave(void *argument, struct ctl_request *request)
{
	static const char *const names[] = { "service", "imsi", "count", NULL };
	struct ue_bulk *bulk = ue_ctl_bulk(argument, request, names);
	struct fault fault = { 0 };
	const char *id;

	if (!bulk)
		return;
	if (ctl_value_text(ctl_arguments(request), "service", &id, &fault) ||
	    check_service_id(id, &fault)) {
		ctl_refuse(request, &fault);
		ue_bulk_free(bulk);
		return;
	}
	strcpy(bulk->service, id);
	ue_bulk_run(bulk, leave_one);
}

/* ---- service joined ---- */

static json_t *flows_json(const struct ue_service *service)
{
	json_t *list = json_array();
	const struct ue_flow *flow;
	size_t i;

	for (i = 0; i < service->flow_count; i++) {
		flow = &service->flows[i];
		json_array_append_new(list,
				      json_pack("{s:s, s:b, s:b}", "flow",
						flow->announced->id, "joined",
						flow->joined, "installed",
						flow->installed));
	}
	return list;
}

static json_t *mtks_json(const struct ue_service *service)
{
	json_t *list = json_array();
	const struct ue_mtk *mtk;
	char id[9];

	for (mtk = service->mtks; mtk; mtk = mtk->next) {
		snprintf(id, sizeof(id), "%08x", mtk->ref.msk_id);
		json_array_append_new(list,
				      json_pack("{s:s, s:i, s:b}", "msk-id", id,
						"mtk-id", mtk->mtk_id,
						"installed", mtk->installed));
	}
	return list;
}

static json_t *members_json(const struct ue_service *service)
{
	json_t *list = json_array();
	const struct ue_member *member;

	for (member = TAILQ_FIRST(&service->members); member;
	     member = TAILQ_NEXT(member, entry)) {
		if (json_array_size(list) == SHOWN_MAX)
			break;
		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:s?}", "imsi",
				  member->usim->imsi, "state",
				  ue_member_state_name(member->state), "reason",
				  member->state == UE_MEMBER_READY ?
					  NULL :
					  member->reason));
	}
	return list;
}

static json_t *service_json(const struct ue_service *service)
{
	return json_pack("{s:s, s:s, s:s?, s:I, s:I, s:o, s:o, s:o}", "service",
			 service->id, "announcement", service->url, "bm-sc",
			 service->security ? ue_service_naf(service) : NULL,
			 "members", (json_int_t)service->member_count, "active",
			 (json_int_t)service->active, "flows",
			 flows_json(service), "mtks", mtks_json(service), "ues",
			 members_json(service));
}

void ue_ctl_service_show(void *argument, struct ctl_request *request)
{
	const struct ue_service *service;
	json_t *list = json_array();
	struct fault fault = { 0 };
	struct ue *ue = argument;
	const char *id = NULL;

	if (ctl_value_text_or(ctl_arguments(request), "service", &id, &fault)) {
		json_decref(list);
		ctl_refuse(request, &fault);
		return;
	}
	for (service = TAILQ_FIRST(&ue->services); service;
	     service = TAILQ_NEXT(service, entry))
		if (!id || !strcmp(id, service->id))
			json_array_append_new(list, service_json(service));
	ctl_reply(request, json_pack("{s:o}", "services", list));
}
