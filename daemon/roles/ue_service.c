// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "io/httpc.h"
#include "log.h"
#include "roles/ue_commit.h"
#include "roles/ue_flow.h"
#include "roles/ue_keys.h"
#include "roles/ue_log.h"
#include "roles/ue_member.h"
#include "roles/ue_mgvf.h"
#include "roles/ue_service.h"
#include "roles/ue_url.h"
#include "roles/ue_usim.h"
#include "store/ue_keys.h"

/* Unknown keys are looked at again after this many milliseconds. */
#define MISSED_PAUSE 1000
/* As often is tried to join a group that could not be joined. */
#define JOIN_PAUSE 5000

static void service_due(void *argument);

struct ue_service *ue_service_find(struct ue *ue, const char *id)
{
	struct ue_service *service;

	for (service = TAILQ_FIRST(&ue->services); service;
	     service = TAILQ_NEXT(service, entry))
		if (!strcmp(service->id, id))
			return service;
	return NULL;
}

/* ---- Time ---- */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void ue_service_schedule(struct ue_service *service)
{
	struct loop *loop = service->ue->loop;
	int64_t now = loop_now(loop), due = PACE_NEVER;
	const struct ue_mtk *mtk;

	if (!service->call)
		due = service->fetch.at;
	for (mtk = service->mtks; mtk; mtk = mtk->next)
		if (mtk->until)
			due = earlier(due, mtk->until);
	if (service->active && !ue_flows_are_joined(service))
		due = earlier(due, now + JOIN_PAUSE);
	if (due == PACE_NEVER)
		loop_timer_stop(&service->timer);
	else
		loop_timer_set(loop, &service->timer, due - now, service_due,
			       service);
}

/* ---- The announcement ---- */

bool ue_service_is_known(const struct ue_service *service)
{
	return service->security;
}

const char *ue_service_server(const struct ue_service *service)
{
	const struct announce_security *security = service->security;

	return security->servers[service->server % security->server_count];
}

const char *ue_service_naf(const struct ue_service *service)
{
	return service->naf[0] ? service->naf : service->host;
}

bool ue_service_same_server(const struct ue_service *a,
			    const struct ue_service *b)
{
	return !strcmp(ue_service_server(a), ue_service_server(b)) &&
	       !strcmp(ue_service_naf(a), ue_service_naf(b));
}

bool ue_flow_has_group(const struct ue_flow *flow, const struct msk_ref *ref)
{
	const struct announce_flow *announced = flow->announced;
	size_t i;

	for (i = 0; i < announced->msk_count; i++)
		if (key_domain_equal(&announced->msks[i].domain,
				     &ref->domain) &&
		    msk_id_group(announced->msks[i].msk_id) ==
			    msk_id_group(ref->msk_id))
			return true;
	return false;
}

bool ue_service_has_group(const struct ue_service *service,
			  const struct msk_ref *ref)
{
	size_t i;

	for (i = 0; i < service->flow_count; i++)
		if (ue_flow_has_group(&service->flows[i], ref))
			return true;
	return false;
}

bool ue_service_has_msks(const struct ue_service *service,
			 const struct ue_usim *usim)
{
	const struct announce_flow *flow;
	size_t i, j;

	for (i = 0; service->security && i < service->security->flow_count;
	     i++) {
		flow = &service->security->flows[i];
		for (j = 0; j < flow->msk_count; j++)
			if (!ue_usim_has_group(usim, &flow->msks[j]))
				return false;
	}
	return service->security;
}

static void tell_members(struct ue_service *service)
{
	struct ue_member *member, *next;

	for (member = TAILQ_FIRST(&service->members); member; member = next) {
		next = TAILQ_NEXT(member, entry);
		if (service->security->uicc_key_management)
			ue_member_left(member,
				       "the service wants its keys in a UICC");
		else
			ue_member_announced(member);
	}
}

/* Takes an announcement, from the BM-SC or from the store. */
static int announced(struct ue_service *service, const void *document,
		     size_t size, struct fault *fault)
{
	struct announce_security *security = malloc(sizeof(*security));

	if (!security)
		return fault_set(fault, FAULT_MEMORY,
				 "no memory for an announcement");
	if (announce_security_parse(document, size, security, fault) ||
	    (!service->naf[0] &&
	     ue_url_host(security->servers[0], service->host, fault)) ||
	    ue_flows_set(service, security, fault)) {
		free(security);
		return -1;
	}
	free(service->security);
	service->security = security;
	return 0;
}

static int store_row_put(struct ue_service *service, const void *document,
			 size_t size, struct fault *fault)
{
	const struct ue_service_row row = { .id = service->id,
					    .url = service->url,
					    .naf = service->naf,
					    .document = document,
					    .document_size = size };

	return ue_service_put(service->ue->store, &row, fault);
}

void ue_service_save(struct ue_service *service)
{
	struct fault fault = { 0 };

	if (store_row_put(service, NULL, 0, &fault) &&
	    ue_log_allowed(service->ue, UE_LOG_KEPT))
		log_warning(UE_AREA, "store-failed",
			    LOG_TEXT("service", service->id),
			    LOG_TEXT("reason", fault.text));
}

static int take_document(struct ue_service *service,
			 const struct httpc_response *response,
			 struct fault *fault)
{
	if (!response->status)
		return fault_set(fault, response->fault.code, "%s",
				 response->fault.text);
	if (response->status != 200)
		return fault_set(fault, FAULT_STATE,
				 "announcement comes with status %u",
				 response->status);
	if (announced(service, response->body, response->body_size, fault))
		return -1;
	return store_row_put(service, response->body, response->body_size,
			     fault);
}

static void fetch_plan(struct ue_service *service)
{
	const struct pull_policy policy = ue_pull_policy(service->ue);

	pull_missing(&service->fetch, &policy, 0, loop_now(service->ue->loop));
	ue_service_schedule(service);
}

static void fetch_failed(struct ue_service *service, const struct fault *fault)
{
	struct ue_member *member, *next;

	service->ue->counts.failed++;
	if (ue_log_allowed(service->ue, UE_LOG_FAILED))
		log_warning(UE_AREA, "announcement-failed",
			    LOG_TEXT("service", service->id),
			    LOG_TEXT("url", service->url),
			    LOG_TEXT("code", fault_name(fault->code)),
			    LOG_TEXT("reason", fault->text));
	fetch_plan(service);
	if (service->security)
		return;
	for (member = TAILQ_FIRST(&service->members); member; member = next) {
		next = TAILQ_NEXT(member, entry);
		if (member->done)
			ue_member_failed(member, fault);
	}
}

static void fetched(void *argument, const struct httpc_response *response)
{
	struct ue_service *service = argument;
	struct fault fault = { 0 };

	service->call = NULL;
	if (take_document(service, response, &fault)) {
		fetch_failed(service, &fault);
		return;
	}
	pull_done(&service->fetch);
	if (!service->holders)
		ue_mgvf_holders_load(service);
	ue_flows_join(service);
	ue_keys_reinstall(service);
	ue_service_schedule(service);
	tell_members(service);
}

static void fetch(struct ue_service *service)
{
	const struct httpc_request request = { .method = "GET",
					       .url = service->url };
	struct fault fault = { 0 };

	service->call = httpc_send(service->ue->daemon->http, &request, fetched,
				   service, &fault);
	if (!service->call)
		fetch_failed(service, &fault);
}

void ue_service_refresh(struct ue_service *service)
{
	if (!service->call)
		fetch_plan(service);
}

/* ---- Due ---- */

static void service_due(void *argument)
{
	struct ue_service *service = argument;
	const struct pull_policy policy = ue_pull_policy(service->ue);
	int64_t now = loop_now(service->ue->loop);

	if (!service->call && pull_due(&service->fetch, &policy, now))
		fetch(service);
	ue_keys_expire(service, now);
	if (service->active)
		ue_flows_join(service);
	ue_service_schedule(service);
}

void ue_service_active_changed(struct ue_service *service, int change)
{
	service->active = (size_t)((long)service->active + change);
	if (service->active == 1 && change > 0) {
		if (!service->security)
			fetch_plan(service);
		ue_flows_join(service);
		ue_keys_install(service);
	} else if (!service->active) {
		ue_flows_leave(service);
		ue_keys_remove_all(service);
	}
	ue_service_schedule(service);
}

void ue_service_ask(struct ue_service *service, const struct msk_ref *ref)
{
	struct ue_member *member;

	for (member = TAILQ_FIRST(&service->members); member;
	     member = TAILQ_NEXT(member, entry))
		if (!ue_usim_has_msk(member->usim, ref))
			ue_member_missing(member);
}

void ue_service_missed(struct ue_service *service, const struct msk_ref *ref)
{
	struct ue *ue = service->ue;
	int64_t now = loop_now(ue->loop);

	ue->counts.unknown_key++;
	if (now < service->missed || !service->security)
		return;
	service->missed = now + MISSED_PAUSE;
	if (ue_log_allowed(ue, UE_LOG_UNKNOWN))
		log_info(UE_AREA, "key-missing",
			 LOG_TEXT("service", service->id),
			 LOG_HEX("msk", ref->msk_id));
	ue_service_ask(service, ref);
}

void ue_service_source_missed(struct ue_service *service, uint32_t ssrc)
{
	struct ue *ue = service->ue;
	int64_t now = loop_now(ue->loop);
	struct ue_member *member;

	if (now < service->missed || !service->security)
		return;
	service->missed = now + MISSED_PAUSE;
	if (ue_log_allowed(ue, UE_LOG_UNKNOWN))
		log_info(UE_AREA, "roc-missing",
			 LOG_TEXT("service", service->id),
			 LOG_HEX("ssrc", ssrc));
	/* One is enough: the kernel is the same for all of them. */
	for (member = TAILQ_FIRST(&service->members); member;
	     member = TAILQ_NEXT(member, entry))
		if (member->state == UE_MEMBER_READY) {
			ue_member_missing(member);
			return;
		}
}

/* ---- Coming and going ---- */

static struct ue_service *service_new(struct ue *ue, const char *id,
				      struct fault *fault)
{
	struct ue_service *service = calloc(1, sizeof(*service));

	if (!service) {
		fault_set(fault, FAULT_MEMORY, "no memory for a service");
		return NULL;
	}
	if (text_copy(service->id, sizeof(service->id), id, strlen(id),
		      "service id", fault)) {
		free(service);
		return NULL;
	}
	service->ue = ue;
	TAILQ_INIT(&service->members);
	pull_init(&service->fetch);
	TAILQ_INSERT_TAIL(&ue->services, service, entry);
	return service;
}

static void service_free(struct ue_service *service)
{
	if (service->call)
		httpc_cancel(service->call);
	loop_timer_stop(&service->timer);
	ue_keys_free(service);
	TAILQ_REMOVE(&service->ue->services, service, entry);
	free(service->security);
	free(service->url);
	free(service);
}

static int set_source(struct ue_service *service, const char *url,
		      const char *naf, struct fault *fault)
{
	char *copy = strdup(url);

	if (!copy)
		return fault_set(fault, FAULT_MEMORY, "no memory for a URL");
	if (naf && text_copy(service->naf, sizeof(service->naf), naf,
			     strlen(naf), "name of the BM-SC", fault)) {
		free(copy);
		return -1;
	}
	free(service->url);
	service->url = copy;
	return 0;
}

struct ue_service *ue_service_add(struct ue *ue, const char *id,
				  const char *url, const char *naf,
				  struct fault *fault)
{
	struct ue_service *service = ue_service_find(ue, id);
	bool known = service;

	if (known && (!url || !strcmp(url, service->url)) &&
	    (!naf || !strcmp(naf, service->naf)))
		return service;
	if (!known && !url) {
		fault_set(fault, FAULT_UNKNOWN,
			  "service %.60s is new: say where its announcement is",
			  id);
		return NULL;
	}
	if (!known)
		service = service_new(ue, id, fault);
	if (!service)
		return NULL;
	if (set_source(service, url ? url : service->url, naf, fault) ||
	    store_row_put(service, NULL, 0, fault)) {
		if (!known)
			service_free(service);
		return NULL;
	}
	ue_commit_wait(ue);
	if (known)
		fetch_plan(service);
	return service;
}

void ue_service_unused(struct ue_service *service)
{
	struct fault fault = { 0 };

	if (service->member_count)
		return;
	ue_flows_delete(service);
	if (ue_service_delete(service->ue->store, service->id, &fault))
		log_warning(UE_AREA, "store-failed",
			    LOG_TEXT("service", service->id),
			    LOG_TEXT("reason", fault.text));
	service_free(service);
}

static int load_service(void *argument, const struct ue_service_row *row,
			struct fault *fault)
{
	struct ue_service *service = service_new(argument, row->id, fault);
	struct fault why = { 0 };

	if (!service || set_source(service, row->url, row->naf, fault))
		return -1;
	if (row->document &&
	    announced(service, row->document, row->document_size, &why))
		log_warning(UE_AREA, "announcement-refused",
			    LOG_TEXT("service", row->id),
			    LOG_TEXT("reason", why.text));
	/* It may have changed while we were not there. */
	fetch_plan(service);
	return 0;
}

static int load_member(void *argument, const char *imsi, const char *id,
		       enum ue_member_state state, struct fault *fault)
{
	struct ue_service *service = ue_service_find(argument, id);
	struct ue_usim *usim = ue_usim_find(argument, imsi);

	if (!service || !usim)
		return 0;
	return ue_member_load(usim, service, state, fault);
}

static int load_mtk(void *argument, const struct ue_mtk_row *row,
		    struct fault *fault)
{
	struct ue_service *service = ue_service_find(argument, row->service);

	return service ? ue_keys_load(service, row, fault) : 0;
}

int ue_services_load(struct ue *ue, struct fault *fault)
{
	struct ue_service *service, *next;

	if (ue_service_each(ue->store, load_service, ue, fault) ||
	    ue_mtk_each(ue->store, load_mtk, ue, fault) ||
	    ue_member_each(ue->store, load_member, ue, fault))
		return -1;
	for (service = TAILQ_FIRST(&ue->services); service; service = next) {
		next = TAILQ_NEXT(service, entry);
		ue_mgvf_holders_load(service);
		ue_keys_loaded(service);
		ue_service_unused(service);
	}
	return 0;
}

void ue_services_stop(struct ue *ue)
{
	struct ue_service *service;
	struct ue_member *member;

	while ((service = TAILQ_FIRST(&ue->services))) {
		while ((member = TAILQ_FIRST(&service->members)))
			ue_member_free(member);
		service_free(service);
	}
}
