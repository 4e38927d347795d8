// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "roles/ue_commit.h"
#include "roles/ue_keys.h"
#include "roles/ue_member.h"
#include "roles/ue_procedure.h"
#include "roles/ue_service.h"
#include "roles/ue_usim.h"

/* A disk that is full may have room again. */
#define SAVE_PAUSE 1000

static void replies_take(struct ue *ue, bool send)
{
	struct ue_reply *reply;

	while ((reply = ue->replies)) {
		ue->replies = reply->next;
		/* No room means that it is lost, as any datagram may be. */
		if (send && !udp_send(reply->udp, &reply->to, reply->data,
				      reply->size, NULL))
			ue->counts.verifications++;
		free(reply);
	}
	ue->replies_end = &ue->replies;
}

static void committed(void *argument, const struct fault *fault)
{
	struct ue *ue = argument;
	struct ue_service *service;
	struct ue_usim *usim;

	replies_take(ue, !fault);
	if (fault) {
		log_error(UE_AREA, "commit-failed",
			  LOG_TEXT("reason", fault->text));
		return;
	}
	while ((usim = TAILQ_FIRST(&ue->dirty)))
		ue_commit_forget(usim);
	for (service = TAILQ_FIRST(&ue->services); service;
	     service = TAILQ_NEXT(service, entry))
		ue_keys_committed(service);
}

void ue_commit_wait(struct ue *ue)
{
	if (!ue->commit.waiting)
		store_after_commit(ue->store, &ue->commit, committed, ue);
}

void ue_commit_mark(struct ue_usim *usim)
{
	struct ue *ue = usim->ue;

	ue_commit_wait(ue);
	if (usim->dirty)
		return;
	usim->dirty = true;
	TAILQ_INSERT_TAIL(&ue->dirty, usim, dirty_entry);
}

void ue_commit_forget(struct ue_usim *usim)
{
	if (!usim->dirty)
		return;
	usim->dirty = false;
	TAILQ_REMOVE(&usim->ue->dirty, usim, dirty_entry);
}

int ue_commit_reply(struct ue *ue, struct udp *udp, const union address *to,
		    const void *data, size_t size)
{
	struct ue_reply *reply = malloc(sizeof(*reply) + size);

	if (!reply)
		return -1;
	reply->next = NULL;
	reply->udp = udp;
	reply->to = *to;
	reply->size = size;
	memcpy(reply->data, data, size);
	*ue->replies_end = reply;
	ue->replies_end = &reply->next;
	ue_commit_wait(ue);
	return 0;
}

/* What is known of members is right, but not stored. */
static void save(void *argument)
{
	struct ue *ue = argument;
	struct ue_service *service;
	struct ue_usim *usim;
	struct ue_member *member;

	for (service = TAILQ_FIRST(&ue->services); service;
	     service = TAILQ_NEXT(service, entry))
		ue_service_save(service);
	for (usim = TAILQ_FIRST(&ue->usims); usim;
	     usim = TAILQ_NEXT(usim, entry)) {
		if (!usim->unsaved)
			continue;
		usim->unsaved = false;
		for (member = usim->members; member; member = member->next)
			ue_member_save(member);
	}
}

static void usim_forget(struct ue_usim *usim)
{
	ue_procedure_cancel(usim);
	while (usim->members)
		ue_member_forget(usim->members);
	ue_usim_free(usim);
}

static void rolled_back(void *argument)
{
	struct ue *ue = argument;
	struct ue_service *service;
	struct ue_usim *usim;

	replies_take(ue, false);
	for (service = TAILQ_FIRST(&ue->services); service;
	     service = TAILQ_NEXT(service, entry))
		ue_keys_rolled_back(service);
	while ((usim = TAILQ_FIRST(&ue->dirty))) {
		ue_commit_forget(usim);
		usim->unsaved = true;
		if (!ue_usim_reload(usim))
			usim_forget(usim);
	}
	loop_timer_set(ue->loop, &ue->save_timer, SAVE_PAUSE, save, ue);
}

void ue_commit_start(struct ue *ue)
{
	ue->replies_end = &ue->replies;
	store_rolled_back_add(ue->store, &ue->rolled_back, rolled_back, ue);
}

void ue_commit_stop(struct ue *ue)
{
	loop_timer_stop(&ue->save_timer);
	store_rolled_back_remove(ue->store, &ue->rolled_back);
	store_forget(ue->store, &ue->commit);
	replies_take(ue, false);
}
