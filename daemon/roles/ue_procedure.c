// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "roles/ue_log.h"
#include "roles/ue_member.h"
#include "roles/ue_procedure.h"
#include "roles/ue_service.h"
#include "roles/ue_usim.h"

static void queue_run(void *argument);

static void queue_kick(struct ue *ue)
{
	loop_timer_set(ue->loop, &ue->queue_timer, 0, queue_run, ue);
}

/* ---- What is due ---- */

static bool is_due(const struct ue_member *member, int64_t now)
{
	return member->want != UE_WANT_NOTHING && !member->asked &&
	       now >= member->pull.at && ue_service_is_known(member->service);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* loop_now() of the next thing to do. */
static int64_t next_due(struct ue_usim *usim, int64_t now)
{
	int64_t ask = PACE_NEVER, other = PACE_NEVER;
	const struct ue_member *member;

	for (member = usim->members; member; member = member->next) {
		if (member->want != UE_WANT_NOTHING &&
		    ue_service_is_known(member->service))
			ask = earlier(ask, member->pull.at);
		if (member->deadline)
			other = earlier(other, member->deadline);
	}
	/* A bootstrapping has failed: nobody asks before the pause is over. */
	if (ask != PACE_NEVER && usim->pull.attempts && ask < usim->pull.free)
		ask = usim->pull.free;
	if (usim->btid && usim->members && !usim->stale) {
		int64_t life = usim->renew - loop_wall(usim->ue->loop);

		other = earlier(other, now + (life > 0 ? life : 0));
	}
	return earlier(ask, other);
}

/* Ks is about to end: all services tell their BM-SCs the next B-TID. */
static void renew(struct ue_usim *usim)
{
	struct ue_member *member;

	usim->stale = true;
	for (member = usim->members; member; member = member->next)
		ue_member_renew(member);
}

static void usim_due(void *argument)
{
	struct ue_usim *usim = argument;
	struct ue *ue = usim->ue;
	int64_t now = loop_now(ue->loop);
	struct ue_member *member;
	bool due = false;

	if (usim->btid && !usim->stale && loop_wall(ue->loop) >= usim->renew)
		renew(usim);
	for (member = usim->members; member; member = member->next)
		if (member->deadline && now >= member->deadline)
			ue_member_overdue(member);
	if (usim->procedure || usim->queued)
		return;
	for (member = usim->members; member; member = member->next)
		due |= is_due(member, now);
	if (!due || (usim->pull.attempts && now < usim->pull.free)) {
		ue_procedure_schedule(usim);
		return;
	}
	usim->queued = true;
	TAILQ_INSERT_TAIL(&ue->queue, usim, queue_entry);
	queue_kick(ue);
}

void ue_procedure_schedule(struct ue_usim *usim)
{
	struct ue *ue = usim->ue;
	int64_t now = loop_now(ue->loop);
	int64_t due = next_due(usim, now);

	if (due == PACE_NEVER)
		loop_timer_stop(&usim->timer);
	else if (usim->procedure || usim->queued)
		/* Its end looks again; deadlines have to wait for it. */
		loop_timer_stop(&usim->timer);
	else
		loop_timer_set(ue->loop, &usim->timer, due - now, usim_due,
			       usim);
}

/* ---- Start and end ---- */

static enum mbms_request request_of(enum ue_want want)
{
	switch (want) {
	case UE_WANT_REGISTER:
		return MBMS_REQUEST_REGISTER;
	case UE_WANT_DEREGISTER:
		return MBMS_REQUEST_DEREGISTER;
	default:
		return MBMS_REQUEST_MSK;
	}
}

/* The members that can share a request with the first one that is due. */
static void gather(struct ue_procedure *procedure)
{
	int64_t now = loop_now(procedure->ue->loop);
	struct ue_member *member, *first = NULL;

	for (member = procedure->usim->members; member; member = member->next) {
		if (!is_due(member, now) ||
		    procedure->member_count == MBMS_SERVICES_MAX)
			continue;
		if (first &&
		    (member->want != first->want ||
		     !ue_service_same_server(member->service, first->service)))
			continue;
		first = first ? first : member;
		member->asked = true;
		ue_member_asks(member, now);
		procedure->members[procedure->member_count++] = member;
	}
	if (first)
		procedure->request = request_of(first->want);
}

/* Wipes and frees; the UE is free for the next one. */
static void procedure_end(struct ue_procedure *procedure)
{
	struct ue_usim *usim = procedure->usim;
	struct ue *ue = procedure->ue;
	size_t i;

	for (i = 0; i < procedure->member_count; i++)
		procedure->members[i]->asked = false;
	if (procedure->call)
		httpc_cancel(procedure->call);
	store_forget(ue->store, &procedure->waiter);
	aka_answer_clear(&procedure->answer);
	secret_clear(&procedure->password);
	TAILQ_REMOVE(&ue->procedures, procedure, entry);
	ue->running--;
	usim->procedure = NULL;
	free(procedure);
	queue_kick(ue);
}

static void bootstrap(struct ue_procedure *procedure)
{
	const struct pull_policy policy = ue_pull_policy(procedure->ue);
	struct ue_usim *usim = procedure->usim;
	int64_t now = loop_now(procedure->ue->loop);

	/* Counts as failed until it has succeeded. */
	pull_missing(&usim->pull, &policy, 0, now);
	usim->pull.at = now;
	pull_due(&usim->pull, &policy, now);
	procedure->bootstraps++;
	procedure->challenges = 0;
	procedure->challenged = false;
	ue_bootstrap_start(procedure);
}

static void procedure_step(struct ue_procedure *procedure)
{
	struct ue_usim *usim = procedure->usim;

	if (usim->stale || !ue_usim_is_bootstrapped(usim)) {
		bootstrap(procedure);
		return;
	}
	procedure->challenges = 0;
	procedure->challenged = false;
	ue_request_start(procedure);
}

static void procedure_start(struct ue_usim *usim)
{
	struct ue_procedure *procedure = calloc(1, sizeof(*procedure));
	struct ue *ue = usim->ue;

	if (!procedure) {
		log_error(UE_AREA, "no-memory", LOG_TEXT("imsi", usim->imsi));
		return;
	}
	procedure->ue = ue;
	procedure->usim = usim;
	usim->procedure = procedure;
	TAILQ_INSERT_TAIL(&ue->procedures, procedure, entry);
	ue->running++;
	gather(procedure);
	if (procedure->member_count)
		procedure_step(procedure);
	else
		ue_procedure_cancel(usim);
}

static void queue_run(void *argument)
{
	struct ue *ue = argument;
	struct ue_usim *usim;

	while (ue->running < ue->settings.concurrent &&
	       (usim = TAILQ_FIRST(&ue->queue))) {
		TAILQ_REMOVE(&ue->queue, usim, queue_entry);
		usim->queued = false;
		procedure_start(usim);
	}
}

void ue_procedure_cancel(struct ue_usim *usim)
{
	if (usim->procedure)
		procedure_end(usim->procedure);
	ue_procedure_schedule(usim);
}

void ue_procedures_stop(struct ue *ue)
{
	struct ue_procedure *procedure;

	while ((procedure = TAILQ_FIRST(&ue->procedures)))
		procedure_end(procedure);
	loop_timer_stop(&ue->queue_timer);
}

/* ---- Results ---- */

void ue_procedure_bootstrapped(struct ue_procedure *procedure)
{
	pull_done(&procedure->usim->pull);
	procedure->usim->stale = false;
	procedure_step(procedure);
}

/* Members may be gone after the result, so the procedure is ended before. */
static void finish(struct ue_procedure *procedure, const struct fault *fault)
{
	struct ue_member *members[MBMS_SERVICES_MAX];
	uint16_t statuses[MBMS_SERVICES_MAX];
	enum mbms_request request = procedure->request;
	struct ue_usim *usim = procedure->usim;
	size_t count = procedure->member_count, i;

	memcpy(members, procedure->members, sizeof(members));
	memcpy(statuses, procedure->statuses, sizeof(statuses));
	procedure_end(procedure);
	for (i = 0; i < count; i++) {
		if (fault)
			ue_member_failed(members[i], fault);
		else
			ue_member_answered(members[i], request, statuses[i]);
	}
	ue_procedure_schedule(usim);
}

void ue_procedure_fail(struct ue_procedure *procedure,
		       const struct fault *fault)
{
	struct ue *ue = procedure->ue;

	ue->counts.failed++;
	if (ue_log_allowed(ue, UE_LOG_FAILED))
		log_warning(UE_AREA, "request-failed",
			    LOG_TEXT("imsi", procedure->usim->imsi),
			    LOG_TEXT("url", procedure->url),
			    LOG_TEXT("code", fault_name(fault->code)),
			    LOG_TEXT("reason", fault->text));
	finish(procedure, fault);
}

void ue_procedure_unknown(struct ue_procedure *procedure)
{
	const struct fault fault = {
		.code = FAULT_UNAUTHENTIC,
		.text = "the BM-SC refuses a B-TID that is new"
	};

	if (procedure->bootstraps) {
		ue_procedure_fail(procedure, &fault);
		return;
	}
	ue_usim_unbootstrap(procedure->usim);
	procedure_step(procedure);
}

void ue_procedure_done(struct ue_procedure *procedure)
{
	finish(procedure, NULL);
}
