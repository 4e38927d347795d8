// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>

#include "bmsc.h"
#include "log.h"

/* What the store refused is tried again after that. */
#define AGAIN 1000

struct member_group bmsc_group_msks(const struct bmsc_group *group)
{
	struct member_group msks = { 0 };

	msks.count = keylife_msks(&group->life, msks.msk_ids);
	return msks;
}

struct bmsc_group *bmsc_group_find(struct bmsc *bmsc,
				   const struct key_domain *domain,
				   uint16_t number)
{
	struct bmsc_group *group;

	for (group = LIST_FIRST(&bmsc->groups[number % BMSC_BUCKETS]); group;
	     group = LIST_NEXT(group, link))
		if (group->number == number &&
		    key_domain_equal(&group->domain, domain))
			return group;
	return NULL;
}

struct bmsc_group *bmsc_group_by_id(struct bmsc *bmsc, int64_t id)
{
	struct bmsc_group *group;
	unsigned int i;

	for (i = 0; i < BMSC_BUCKETS; i++)
		for (group = LIST_FIRST(&bmsc->groups[i]); group;
		     group = LIST_NEXT(group, link))
			if (group->id == id)
				return group;
	return NULL;
}

/* ---- Doing ---- */

static void group_event(const struct bmsc_group *group, const char *type,
			const struct keylife_action *action)
{
	char msk[9];

	snprintf(msk, sizeof(msk), "%08x", action->msk_id);
	log_info(BMSC_AREA, type,
		 LOG_TEXT("service", group->service->record.id),
		 LOG_TEXT("msk", msk), LOG_NUMBER("mtk", action->mtk_id));
	bmsc_event(group->bmsc,
		   json_pack("{s:s, s:s, s:s, s:i}", "type", type, "service",
			     group->service->record.id, "msk-id", msk, "mtk-id",
			     action->mtk_id));
}

static void act(struct bmsc_group *group, const struct keylife_action *action)
{
	struct bmsc_msk *msk;

	switch (action->type) {
	case KEYLIFE_MSK_MAKE:
		group_event(group, "msk-made", action);
		break;
	case KEYLIFE_MSK_PUSH:
		bmsc_push_group(group, action->msk_id);
		break;
	case KEYLIFE_MSK_DELETE:
		group_event(group, "msk-deleted", action);
		msk = bmsc_msk_find(group, action->msk_id);
		if (msk)
			bmsc_msk_free(group, msk);
		break;
	case KEYLIFE_MTK_MAKE:
		bmsc_mtk_make(group, action->msk_id, action->mtk_id);
		break;
	case KEYLIFE_MTK_SEND:
		bmsc_mtk_send(group, action->msk_id, action->mtk_id);
		break;
	case KEYLIFE_MTK_ACTIVATE:
		group_event(group, "mtk-activated", action);
		bmsc_mtk_activate(group, action->msk_id, action->mtk_id);
		break;
	case KEYLIFE_MTK_DELETE:
		bmsc_mtk_delete(group, action->msk_id, action->mtk_id);
		break;
	}
}

/* Only those that are there now: actions may lead to others, whose state is not
 * committed yet.
 */
static void todo_do(struct bmsc_group *group)
{
	struct keylife_action *todo = group->todo;
	size_t count = group->todo_count, i;

	group->todo = NULL;
	group->todo_count = 0;
	group->todo_room = 0;
	for (i = 0; i < count; i++)
		act(group, &todo[i]);
	free(todo);
}

static void step(void *argument);

static void group_timer(struct bmsc_group *group, int64_t wake)
{
	int64_t now = bmsc_clock(group->bmsc);

	if (wake == KEYLIFE_NEVER)
		loop_timer_stop(&group->timer);
	else
		loop_timer_set(group->bmsc->loop, &group->timer, wake - now,
			       step, group);
}

/* What was to be done is not done; the state is that of the store again. */
static void group_reread(struct bmsc_group *group)
{
	struct key_group_record record;
	struct fault fault = { 0 };

	group->todo_count = 0;
	if (key_group_read(group->bmsc->store, group->id, &record, &fault) ||
	    bmsc_msks_read(group, &fault))
		bmsc_complain(group->bmsc, BMSC_NOT_STORED,
			      group->service->record.id, &fault);
	else
		group->life = record.life;
	loop_timer_set(group->bmsc->loop, &group->timer, AGAIN, step, group);
}

static void group_committed(void *argument, const struct fault *fault)
{
	struct bmsc_group *group = argument;

	group->dirty = false;
	if (fault)
		group_reread(group);
	else
		todo_do(group);
}

static int todo_add(struct bmsc_group *group,
		    const struct keylife_actions *actions, struct fault *fault)
{
	size_t count = group->todo_count + actions->count;
	struct keylife_action *todo;

	if (count > group->todo_room) {
		todo = realloc(group->todo, count * sizeof(*todo));
		if (!todo)
			return fault_set(fault, FAULT_MEMORY,
					 "no memory for actions");
		group->todo = todo;
		group->todo_room = count;
	}
	return 0;
}

/* ---- Deciding ---- */

static int64_t decide(struct bmsc_group *group, struct keylife *life,
		      const struct bmsc_cause *cause,
		      struct keylife_actions *actions)
{
	const struct keylife_policy *policy = &group->policy;
	int64_t now = bmsc_clock(group->bmsc);

	switch (cause->type) {
	case BMSC_START:
		return keylife_start(life, policy, now, actions);
	case BMSC_PUSHED:
		return keylife_pushed(life, policy, cause->msk_id, now,
				      actions);
	case BMSC_REKEY:
		return keylife_rekey(life, policy, cause->msk_id, cause->urgent,
				     now, actions);
	case BMSC_ROTATE:
		return keylife_rotate(life, policy, now, actions);
	case BMSC_RESTART:
		return keylife_restart(life, policy, now, actions);
	case BMSC_STOP:
		keylife_stop(life, actions);
		return KEYLIFE_NEVER;
	case BMSC_STEP:
		break;
	}
	return keylife_step(life, policy, now, actions);
}

/* How many MTK messages of an MSK the actions from @from on send; 0 if an earlier
 * one has the same MSK.
 */
static uint32_t sends_count(const struct keylife_actions *actions, size_t from)
{
	uint32_t count = 0;
	size_t i;

	for (i = 0; i < actions->count; i++) {
		if (actions->list[i].type != KEYLIFE_MTK_SEND ||
		    actions->list[i].msk_id != actions->list[from].msk_id)
			continue;
		if (i < from)
			return 0;
		count++;
	}
	return count;
}

/* What has to be in the store before the actions are done. */
static int prepare(struct bmsc_group *group,
		   const struct keylife_actions *actions, struct fault *fault)
{
	struct bmsc_msk *msk;
	uint32_t sends;
	size_t i;

	for (i = 0; i < actions->count; i++) {
		const struct keylife_action *action = &actions->list[i];

		switch (action->type) {
		case KEYLIFE_MSK_MAKE:
			if (bmsc_msk_make(group, action->msk_id, fault))
				return -1;
			break;
		case KEYLIFE_MSK_DELETE:
			if (msk_delete(group->bmsc->store, group->id,
				       action->msk_id, fault))
				return -1;
			msk = bmsc_msk_find(group, action->msk_id);
			if (msk)
				msk->deleted = true;
			break;
		case KEYLIFE_MTK_SEND:
			sends = sends_count(actions, i);
			if (sends &&
			    bmsc_msk_lease(group, action->msk_id, sends, fault))
				return -1;
			break;
		default:
			break;
		}
	}
	return 0;
}

static bool msk_same(const struct keylife_msk *a, const struct keylife_msk *b)
{
	return a->msk_id == b->msk_id && a->last_mtk == b->last_mtk &&
	       a->high == b->high && a->hurry == b->hurry &&
	       a->pushed == b->pushed && a->until == b->until;
}

static bool mtk_same(const struct keylife_mtk *a, const struct keylife_mtk *b)
{
	return a->msk_id == b->msk_id && a->mtk_id == b->mtk_id &&
	       a->until == b->until;
}

/* True if only the clock and the repetition went on: those may be lost. */
static bool is_repetition(const struct keylife *a, const struct keylife *b)
{
	return a->last_msk_id == b->last_msk_id &&
	       msk_same(&a->old_msk, &b->old_msk) &&
	       msk_same(&a->msk, &b->msk) &&
	       msk_same(&a->next_msk, &b->next_msk) &&
	       mtk_same(&a->old_mtk, &b->old_mtk) &&
	       mtk_same(&a->mtk, &b->mtk) &&
	       mtk_same(&a->next_mtk, &b->next_mtk) && a->rekey == b->rekey &&
	       a->paused == b->paused && a->batch == b->batch &&
	       a->batch_exposed == b->batch_exposed;
}

/* MTK messages that are repeated need no write, but once in a while for their
 * counters.
 */
static bool is_free(const struct bmsc_group *group, const struct keylife *life,
		    const struct keylife_actions *actions)
{
	size_t i;

	if (group->dirty || !is_repetition(&group->life, life))
		return false;
	for (i = 0; i < actions->count; i++)
		if (actions->list[i].type != KEYLIFE_MTK_SEND ||
		    !bmsc_msk_has(group, actions->list[i].msk_id,
				  (uint32_t)actions->count))
			return false;
	return true;
}

static int write_down(struct bmsc_group *group, const struct keylife *life,
		      const struct keylife_actions *actions,
		      struct fault *fault)
{
	struct store *store = group->bmsc->store;

	if (store_begin(store, fault))
		return -1;
	if (!todo_add(group, actions, fault) &&
	    !prepare(group, actions, fault) &&
	    (is_repetition(&group->life, life) ||
	     !key_group_life_set(store, group->id, life, fault)) &&
	    !store_end(store, fault))
		return 0;
	store_rollback(store);
	return -1;
}

/* The store does not take it: all is as before, and is tried again. */
static void take_back(struct bmsc_group *group)
{
	struct fault fault = { 0 };

	if (bmsc_msks_read(group, &fault))
		bmsc_complain(group->bmsc, BMSC_NOT_STORED,
			      group->service->record.id, &fault);
	loop_timer_set(group->bmsc->loop, &group->timer, AGAIN, step, group);
}

int bmsc_group_run(struct bmsc_group *group, const struct bmsc_cause *cause,
		   struct fault *fault)
{
	struct keylife_actions actions;
	struct keylife life = group->life;
	int64_t wake;
	size_t i;

	if (group->service->ended && cause->type != BMSC_STOP)
		return 0;
	wake = decide(group, &life, cause, &actions);
	if (is_free(group, &life, &actions)) {
		group->life = life;
		group_timer(group, wake);
		for (i = 0; i < actions.count; i++)
			act(group, &actions.list[i]);
		return 0;
	}
	if (write_down(group, &life, &actions, fault)) {
		take_back(group);
		return -1;
	}
	group->life = life;
	for (i = 0; i < actions.count; i++)
		group->todo[group->todo_count++] = actions.list[i];
	group_timer(group, wake);
	group->dirty = true;
	if (!group->waiter.waiting)
		store_after_commit(group->bmsc->store, &group->waiter,
				   group_committed, group);
	return 0;
}

void bmsc_group_cause(struct bmsc_group *group, const struct bmsc_cause *cause)
{
	struct fault fault = { 0 };

	if (!group->bmsc->stopping && bmsc_group_run(group, cause, &fault))
		bmsc_complain(group->bmsc, BMSC_NOT_STORED,
			      group->service->record.id, &fault);
}

/* Also after something failed: the start, or that a push was over, is told again. */
static void step(void *argument)
{
	struct bmsc_group *group = argument;
	struct bmsc_cause cause = { .type = BMSC_STEP };

	if (!bmsc_group_msks(group).count)
		cause.type = BMSC_START;
	else if (group->push.msk_id && !group->push.waiting && !group->cursor &&
		 group->push.msk_id == group->life.next_msk.msk_id &&
		 !group->life.next_msk.pushed)
		cause = (struct bmsc_cause){ .type = BMSC_PUSHED,
					     .msk_id = group->push.msk_id };
	bmsc_group_cause(group, &cause);
}

/* ---- Push ---- */

void bmsc_group_settle(struct bmsc_group *group, struct bmsc_member *member)
{
	struct bmsc_cause cause = { .type = BMSC_PUSHED };

	if (!push_settle(&group->push, &member->member))
		return;
	cause.msk_id = group->push.msk_id;
	bmsc_watch_end(group);
	log_info(BMSC_AREA, "msk-pushed",
		 LOG_TEXT("service", group->service->record.id),
		 LOG_HEX("msk", cause.msk_id),
		 LOG_NUMBER("members", group->progress.total),
		 LOG_NUMBER("acknowledged", group->progress.acknowledged),
		 LOG_NUMBER("given-up", group->progress.given_up));
	bmsc_event(group->bmsc,
		   json_pack("{s:s, s:s, s:i, s:i, s:i, s:i}", "type",
			     "msk-pushed", "service", group->service->record.id,
			     "key-group", group->number, "members",
			     group->progress.total, "acknowledged",
			     group->progress.acknowledged, "given-up",
			     group->progress.given_up));
	bmsc_group_cause(group, &cause);
}

/* ---- Open and close ---- */

struct bmsc_group *bmsc_group_open(struct bmsc *bmsc,
				   struct bmsc_service *service, int64_t id,
				   struct fault *fault)
{
	struct bmsc_group *group = calloc(1, sizeof(*group));
	struct key_group_record record;

	if (!group) {
		fault_set(fault, FAULT_MEMORY, "no memory for a key group");
		return NULL;
	}
	group->bmsc = bmsc;
	group->service = service;
	group->id = id;
	SLIST_INIT(&group->msks);
	SLIST_INIT(&group->mtks);
	TAILQ_INIT(&group->members);
	LIST_INIT(&group->watches);
	if (key_group_read(bmsc->store, id, &record, fault) ||
	    bmsc_msks_read(group, fault)) {
		free(group);
		return NULL;
	}
	group->domain = record.domain;
	group->number = record.number;
	group->policy = record.policy;
	group->life = record.life;
	bmsc_clock_reach(bmsc, record.life.now);
	LIST_INSERT_HEAD(&bmsc->groups[group->number % BMSC_BUCKETS], group,
			 link);
	SLIST_INSERT_HEAD(&service->groups, group, of_service);
	return group;
}

void bmsc_group_close(struct bmsc_group *group)
{
	struct bmsc *bmsc = group->bmsc;
	struct bmsc_member *member;

	loop_timer_stop(&group->timer);
	store_forget(bmsc->store, &group->waiter);
	bmsc_watch_end(group);
	bmsc_push_forget(group);
	while ((member = TAILQ_FIRST(&group->members)))
		bmsc_member_free(bmsc, member);
	bmsc_mtks_free(group);
	while (!SLIST_EMPTY(&group->msks))
		bmsc_msk_free(group, SLIST_FIRST(&group->msks));
	LIST_REMOVE(group, link);
	SLIST_REMOVE(&group->service->groups, group, bmsc_group, of_service);
	free(group->todo);
	free(group->streams);
	free(group);
}
