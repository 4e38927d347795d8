// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "core/mbms_xml.h"
#include "log.h"
#include "roles/ue_commit.h"
#include "roles/ue_event.h"
#include "roles/ue_log.h"
#include "roles/ue_member.h"
#include "roles/ue_mgvf.h"
#include "roles/ue_procedure.h"
#include "roles/ue_service.h"
#include "roles/ue_usim.h"

/* A BM-SC that is not there does not keep a UE from leaving. */
#define DEREGISTER_ATTEMPTS 3

struct pull_policy ue_pull_policy(const struct ue *ue)
{
	return (struct pull_policy){ .pause = ue->settings.retry_first,
				     .most = ue->settings.retry_most };
}

struct ue_member *ue_member_find(struct ue_usim *usim,
				 const struct ue_service *service)
{
	struct ue_member *member;

	for (member = usim->members; member; member = member->next)
		if (member->service == service)
			return member;
	return NULL;
}

static bool is_active(enum ue_member_state state)
{
	return state == UE_MEMBER_JOINING || state == UE_MEMBER_REGISTERED ||
	       state == UE_MEMBER_READY;
}

/* ---- What it wants ---- */

static void want(struct ue_member *member, enum ue_want what,
		 const struct pull_policy *policy)
{
	struct ue *ue = member->usim->ue;

	/* What was planned for another purpose is planned anew. */
	if (member->want != what)
		member->pull.at = PACE_NEVER;
	member->want = what;
	member->deadline = 0;
	pull_missing(&member->pull, policy, ue_random(), loop_now(ue->loop));
	ue_procedure_schedule(member->usim);
}

static void want_now(struct ue_member *member, enum ue_want what)
{
	const struct pull_policy policy = ue_pull_policy(member->usim->ue);

	pull_init(&member->pull);
	want(member, what, &policy);
}

static void want_nothing(struct ue_member *member)
{
	member->want = UE_WANT_NOTHING;
	member->pull.at = PACE_NEVER;
}

static void tell(struct ue_member *member)
{
	void (*done)(void *argument, struct ue_member *member) = member->done;

	member->done = NULL;
	if (done)
		done(member->done_argument, member);
}

void ue_member_save(const struct ue_member *member)
{
	struct ue_usim *usim = member->usim;
	struct fault fault = { 0 };

	ue_commit_mark(usim);
	if (!ue_member_put(usim->ue->store, usim->imsi, member->service->id,
			   member->state, &fault))
		return;
	if (ue_log_allowed(usim->ue, UE_LOG_KEPT))
		log_warning(UE_AREA, "store-failed",
			    LOG_TEXT("imsi", usim->imsi),
			    LOG_TEXT("reason", fault.text));
}

static void set_state(struct ue_member *member, enum ue_member_state state)
{
	bool was = is_active(member->state);

	if (member->state == state)
		return;
	member->state = state;
	ue_member_save(member);
	ue_event_member(member);
	if (was != is_active(state))
		ue_service_active_changed(member->service, was ? -1 : 1);
}

/* ---- Coming and going ---- */

static struct ue_member *member_new(struct ue_usim *usim,
				    struct ue_service *service,
				    enum ue_member_state state,
				    struct fault *fault)
{
	struct ue_member *member = calloc(1, sizeof(*member));

	if (!member) {
		fault_set(fault, FAULT_MEMORY, "no memory for a member");
		return NULL;
	}
	member->usim = usim;
	member->service = service;
	member->state = state;
	pull_init(&member->pull);
	member->next = usim->members;
	usim->members = member;
	TAILQ_INSERT_TAIL(&service->members, member, entry);
	service->member_count++;
	if (is_active(state))
		ue_service_active_changed(service, 1);
	return member;
}

struct ue_member *ue_member_join(struct ue_usim *usim,
				 struct ue_service *service,
				 struct fault *fault)
{
	struct ue_member *member = ue_member_find(usim, service);

	if (member && is_active(member->state))
		return member;
	ue_commit_mark(usim);
	if (ue_member_put(usim->ue->store, usim->imsi, service->id,
			  UE_MEMBER_JOINING, fault))
		return NULL;
	if (!member)
		member = member_new(usim, service, UE_MEMBER_JOINING, fault);
	if (!member)
		return NULL;
	set_state(member, UE_MEMBER_JOINING);
	member->fruitless = 0;
	want_now(member, UE_WANT_REGISTER);
	return member;
}

int ue_member_load(struct ue_usim *usim, struct ue_service *service,
		   enum ue_member_state state, struct fault *fault)
{
	struct ue_member *member = member_new(usim, service, state, fault);

	if (!member)
		return -1;
	if (state == UE_MEMBER_JOINING)
		want_now(member, UE_WANT_REGISTER);
	else if (state == UE_MEMBER_LEAVING)
		want_now(member, UE_WANT_DEREGISTER);
	ue_procedure_schedule(usim);
	return 0;
}

void ue_member_free(struct ue_member *member)
{
	struct ue_member **place = &member->usim->members;

	while (*place != member)
		place = &(*place)->next;
	*place = member->next;
	TAILQ_REMOVE(&member->service->members, member, entry);
	member->service->member_count--;
	if (is_active(member->state))
		member->service->active--;
	free(member);
}

void ue_member_forget(struct ue_member *member)
{
	struct ue_service *service = member->service;
	struct ue_usim *usim = member->usim;
	struct fault fault = { 0 };

	if (is_active(member->state))
		ue_mgvf_service_delete(usim, service);
	member->gone = true;
	tell(member);
	ue_commit_mark(usim);
	if (ue_member_delete(usim->ue->store, usim->imsi, service->id, &fault))
		log_warning(UE_AREA, "store-failed",
			    LOG_TEXT("imsi", usim->imsi),
			    LOG_TEXT("reason", fault.text));
	if (is_active(member->state)) {
		member->state = UE_MEMBER_LEFT;
		ue_service_active_changed(service, -1);
	}
	ue_member_free(member);
	ue_service_unused(service);
}

void ue_member_leave(struct ue_member *member)
{
	enum ue_member_state before = member->state;

	if (before == UE_MEMBER_LEAVING)
		return;
	set_state(member, UE_MEMBER_LEAVING);
	ue_mgvf_service_delete(member->usim, member->service);
	want_now(member, UE_WANT_DEREGISTER);
	/* Who was never registered, or refused, has nobody to tell. */
	if (!member->asked &&
	    (before == UE_MEMBER_JOINING || before == UE_MEMBER_LEFT ||
	     !ue_service_is_known(member->service)))
		ue_member_forget(member);
}

void ue_member_left(struct ue_member *member, const char *reason)
{
	struct ue_usim *usim = member->usim;

	if (!is_active(member->state))
		return;
	usim->ue->counts.left++;
	if (ue_log_allowed(usim->ue, UE_LOG_LEFT))
		log_warning(UE_AREA, "service-left",
			    LOG_TEXT("imsi", usim->imsi),
			    LOG_TEXT("service", member->service->id),
			    LOG_TEXT("reason", reason));
	member->reason = reason;
	member->deadline = 0;
	want_nothing(member);
	set_state(member, UE_MEMBER_LEFT);
	ue_mgvf_service_delete(usim, member->service);
	tell(member);
}

/* ---- MSKs ---- */

void ue_member_missing(struct ue_member *member)
{
	struct pull_policy policy = ue_pull_policy(member->usim->ue);
	const struct announce_security *security = member->service->security;

	/* One request at a time, and not while it is under way. */
	if ((member->state != UE_MEMBER_REGISTERED &&
	     member->state != UE_MEMBER_READY) ||
	    member->want != UE_WANT_NOTHING || member->deadline)
		return;
	policy.offset = security->wait_time * 1000;
	policy.period = security->max_back_off * 1000;
	want(member, UE_WANT_MSK, &policy);
}

void ue_member_solicited(struct ue_member *member)
{
	if (member->state == UE_MEMBER_REGISTERED ||
	    member->state == UE_MEMBER_READY)
		want_now(member, UE_WANT_MSK);
}

void ue_member_renew(struct ue_member *member)
{
	const struct pull_policy policy = ue_pull_policy(member->usim->ue);

	if ((member->state == UE_MEMBER_REGISTERED ||
	     member->state == UE_MEMBER_READY) &&
	    member->want == UE_WANT_NOTHING)
		want(member, UE_WANT_MSK, &policy);
}

void ue_member_msk_stored(struct ue_member *member, bool fresh)
{
	if (member->state != UE_MEMBER_REGISTERED &&
	    member->state != UE_MEMBER_READY && !member->asked)
		return;
	if (!ue_service_has_msks(member->service, member->usim))
		return;
	member->deadline = 0;
	member->fruitless = 0;
	/* One that we had proves nothing about a key that is said to be there. */
	if (fresh)
		pull_done(&member->pull);
	if (fresh && !member->asked && member->want == UE_WANT_MSK)
		want_nothing(member);
	if (member->state == UE_MEMBER_REGISTERED ||
	    member->state == UE_MEMBER_READY) {
		set_state(member, UE_MEMBER_READY);
		tell(member);
	}
	ue_procedure_schedule(member->usim);
}

void ue_member_msk_deleted(struct ue_member *member)
{
	if ((member->state == UE_MEMBER_REGISTERED ||
	     member->state == UE_MEMBER_READY) &&
	    !ue_service_has_msks(member->service, member->usim))
		ue_member_left(member, "the BM-SC has deleted the MSK");
}

void ue_member_announced(struct ue_member *member)
{
	if ((member->state == UE_MEMBER_REGISTERED ||
	     member->state == UE_MEMBER_READY) &&
	    member->want == UE_WANT_NOTHING && !member->deadline &&
	    !ue_service_has_msks(member->service, member->usim))
		ue_member_missing(member);
	ue_procedure_schedule(member->usim);
}

/* ---- Results of requests ---- */

void ue_member_asks(struct ue_member *member, int64_t now)
{
	const struct pull_policy policy = ue_pull_policy(member->usim->ue);

	pull_due(&member->pull, &policy, now);
	if (member->want == UE_WANT_MSK)
		member->usim->ue->counts.msk_requests++;
}

void ue_member_failed(struct ue_member *member, const struct fault *fault)
{
	const struct pull_policy policy = ue_pull_policy(member->usim->ue);

	member->reason = fault ? fault_name(fault->code) : "refused";
	if (member->want == UE_WANT_DEREGISTER &&
	    member->pull.attempts >= DEREGISTER_ATTEMPTS) {
		ue_member_forget(member);
		return;
	}
	if (member->want == UE_WANT_NOTHING)
		return;
	if (member->service->security)
		member->service->server++;
	want(member, member->want, &policy);
	tell(member);
}

/* The MSK is on its way, by MIKEY; it may have been faster than the answer. */
static void await_msk(struct ue_member *member, bool asked_for_msk)
{
	struct ue *ue = member->usim->ue;
	bool has = ue_service_has_msks(member->service, member->usim);

	want_nothing(member);
	set_state(member, has ? UE_MEMBER_READY : UE_MEMBER_REGISTERED);
	if (has)
		tell(member);
	else
		member->deadline =
			loop_now(ue->loop) + ue->settings.msk_timeout;
	if (asked_for_msk)
		member->fruitless++;
}

static void refused(struct ue_member *member, uint16_t status)
{
	switch (status) {
	case MBMS_STATUS_FORBIDDEN:
		ue_member_left(member, "the BM-SC forbids the service");
		break;
	case MBMS_STATUS_NOT_FOUND:
		ue_member_left(member, "the BM-SC does not know the service");
		break;
	default:
		ue_member_failed(member, NULL);
		break;
	}
}

void ue_member_answered(struct ue_member *member, enum mbms_request request,
			uint16_t status)
{
	struct ue_counts *counts = &member->usim->ue->counts;
	bool success = mbms_status_is_success(status);

	/* It may want something else by now. */
	if (request == MBMS_REQUEST_DEREGISTER &&
	    member->want == UE_WANT_DEREGISTER) {
		counts->deregistered += success;
		if (success || status == MBMS_STATUS_NOT_FOUND ||
		    status == MBMS_STATUS_FORBIDDEN)
			ue_member_forget(member);
		else
			ue_member_failed(member, NULL);
	} else if (request == MBMS_REQUEST_REGISTER &&
		   member->want == UE_WANT_REGISTER) {
		if (!success) {
			refused(member, status);
			return;
		}
		counts->registered++;
		pull_done(&member->pull);
		await_msk(member, false);
	} else if (request == MBMS_REQUEST_MSK && member->want == UE_WANT_MSK) {
		if (success)
			await_msk(member, true);
		else
			refused(member, status);
	}
}

void ue_member_overdue(struct ue_member *member)
{
	const struct pull_policy policy = ue_pull_policy(member->usim->ue);

	member->deadline = 0;
	if (member->fruitless >= member->usim->ue->settings.attempts)
		ue_member_left(member, "no MSK has come");
	else
		want(member, UE_WANT_MSK, &policy);
}
