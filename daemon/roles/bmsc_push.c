// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/rand.h>
#include <stdlib.h>

#include "bmsc.h"
#include "io/udp.h"
#include "log.h"

/* Milliseconds of a tick of the wheel. */
#define TICK 16
/* Messages until the loop has a look at something else. */
#define SLICE 256
/* What the store refused is tried again after that. */
#define AGAIN 1000
#define MESSAGE_SIZE 1024

/* ---- Places ---- */

static struct bmsc_delivery_list *list_of(struct bmsc_push *push,
					  const struct bmsc_delivery *delivery)
{
	switch ((enum bmsc_delivery_place)delivery->place) {
	case BMSC_AT_URGENT:
		return &push->urgent;
	case BMSC_AT_BULK:
		return &push->bulk;
	case BMSC_AT_COMMIT:
		return &push->commit;
	case BMSC_AT_WHEEL:
		return &push->wheel[delivery->slot];
	case BMSC_AT_NOTHING:
		break;
	}
	return NULL;
}

void bmsc_push_take(struct bmsc *bmsc, struct bmsc_delivery *delivery)
{
	struct bmsc_push *push = &bmsc->push;
	struct bmsc_delivery_list *list = list_of(push, delivery);

	if (!list)
		return;
	TAILQ_REMOVE(list, delivery, link);
	push->on_wheel -= delivery->place == BMSC_AT_WHEEL;
	delivery->place = BMSC_AT_NOTHING;
}

static void put(struct bmsc *bmsc, struct bmsc_delivery *delivery,
		enum bmsc_delivery_place place)
{
	struct bmsc_push *push = &bmsc->push;

	delivery->place = (uint8_t)place;
	TAILQ_INSERT_TAIL(list_of(push, delivery), delivery, link);
}

static void put_ready(struct bmsc *bmsc, struct bmsc_delivery *delivery)
{
	put(bmsc, delivery, delivery->bulk ? BMSC_AT_BULK : BMSC_AT_URGENT);
	bmsc_push_wake(bmsc);
}

/* ---- Wheel ---- */

static void turn_wheel(void *argument);

static void put_wheel(struct bmsc *bmsc, struct bmsc_delivery *delivery)
{
	struct bmsc_push *push = &bmsc->push;
	uint64_t at = (uint64_t)(delivery->retry.at + TICK - 1) / TICK;
	struct wheel_place place;

	if (!push->on_wheel++) {
		push->tick = (uint64_t)loop_now(bmsc->loop) / TICK;
		loop_timer_set(bmsc->loop, &push->wheel_timer, TICK, turn_wheel,
			       bmsc);
	}
	place = wheel_place(push->tick, at);
	delivery->slot = (uint16_t)(place.level * WHEEL_SLOTS + place.slot);
	put(bmsc, delivery, BMSC_AT_WHEEL);
}

static void empty_slot(struct bmsc *bmsc, unsigned int level, unsigned int slot)
{
	struct bmsc_push *push = &bmsc->push;
	struct bmsc_delivery_list list = TAILQ_HEAD_INITIALIZER(list);
	struct bmsc_delivery *delivery;

	TAILQ_CONCAT(&list, &push->wheel[level * WHEEL_SLOTS + slot], link);
	while ((delivery = TAILQ_FIRST(&list))) {
		TAILQ_REMOVE(&list, delivery, link);
		if (!level) {
			push->on_wheel--;
			put_ready(bmsc, delivery);
			continue;
		}
		/* Not the first one, so the wheel does not start anew. */
		put_wheel(bmsc, delivery);
		push->on_wheel--;
	}
}

static void turn_wheel(void *argument)
{
	struct bmsc *bmsc = argument;
	struct bmsc_push *push = &bmsc->push;
	uint64_t now = (uint64_t)loop_now(bmsc->loop) / TICK;
	unsigned int slot;
	int level;

	for (; push->on_wheel && push->tick <= now; push->tick++)
		for (level = WHEEL_LEVELS - 1; level >= 0; level--)
			if (wheel_turn(push->tick, (unsigned int)level, &slot))
				empty_slot(bmsc, (unsigned int)level, slot);
	if (push->on_wheel)
		loop_timer_set(bmsc->loop, &push->wheel_timer, TICK, turn_wheel,
			       bmsc);
}

/* ---- What is to be sent ---- */

static struct bmsc_delivery *find(struct bmsc_ue *ue,
				  const struct bmsc_group *group,
				  uint32_t msk_id, enum bmsc_delivery_kind kind)
{
	struct bmsc_delivery *delivery;

	for (delivery = LIST_FIRST(&ue->deliveries); delivery;
	     delivery = LIST_NEXT(delivery, of_ue))
		if (delivery->group == group && delivery->msk_id == msk_id &&
		    delivery->kind == kind)
			return delivery;
	return NULL;
}

/* Who is given an MSK need not ask for it. And who left and is back at once is not
 * told again to delete it: the repetition would be newer than the MSK message.
 */
static void supersede(struct bmsc *bmsc, struct bmsc_ue *ue,
		      const struct bmsc_group *group, uint32_t msk_id)
{
	uint32_t current = msk_id_make(group->number, MSK_NUMBER_CURRENT);
	struct bmsc_delivery *other;

	other = find(ue, group, current, BMSC_DELIVER_SOLICIT);
	if (other)
		bmsc_delivery_free(bmsc, other);
	other = find(ue, group, msk_id, BMSC_DELIVER_DELETION);
	if (other)
		bmsc_delivery_free(bmsc, other);
}

void bmsc_push_add(struct bmsc *bmsc, struct bmsc_ue *ue,
		   struct bmsc_group *group, uint32_t msk_id,
		   enum bmsc_delivery_kind kind, bool bulk)
{
	struct bmsc_delivery *delivery = find(ue, group, msk_id, kind);
	struct fault fault = { 0 };

	if (kind == BMSC_DELIVER_MSK)
		supersede(bmsc, ue, group, msk_id);
	if (delivery) {
		bmsc_push_take(bmsc, delivery);
		delivery->bulk &= bulk;
	} else {
		delivery = calloc(1, sizeof(*delivery));
		if (!delivery) {
			fault_set(&fault, FAULT_MEMORY, "no memory");
			bmsc_complain(bmsc, BMSC_NOT_SENT, ue->impi, &fault);
			return;
		}
		delivery->ue = ue;
		delivery->group = group;
		delivery->msk_id = msk_id;
		delivery->kind = (uint8_t)kind;
		delivery->bulk = bulk;
		LIST_INSERT_HEAD(&ue->deliveries, delivery, of_ue);
		bmsc->push.count++;
	}
	retry_start(&delivery->retry, loop_now(bmsc->loop));
	put_ready(bmsc, delivery);
}

void bmsc_push_cancel(struct bmsc *bmsc, struct bmsc_ue *ue,
		      const struct bmsc_group *group)
{
	struct bmsc_delivery *delivery, *next;

	for (delivery = LIST_FIRST(&ue->deliveries); delivery;
	     delivery = next) {
		next = LIST_NEXT(delivery, of_ue);
		if (!group || delivery->group == group)
			bmsc_delivery_free(bmsc, delivery);
	}
}

void bmsc_push_group(struct bmsc_group *group, uint32_t msk_id)
{
	struct bmsc *bmsc = group->bmsc;
	struct bmsc_cause cause = { .type = BMSC_PUSHED, .msk_id = msk_id };

	group->progress = (struct bmsc_progress){
		.total = group->inside,
		.started = loop_now(bmsc->loop),
	};
	if (push_begin(&group->push, msk_id, group->inside)) {
		bmsc_watch_end(group);
		bmsc_group_cause(group, &cause);
		return;
	}
	group->cursor = TAILQ_FIRST(&group->members);
	if (!group->in_pushing)
		TAILQ_INSERT_TAIL(&bmsc->push.pushing, group, pushing);
	group->in_pushing = true;
	bmsc_push_wake(bmsc);
}

void bmsc_push_forget(struct bmsc_group *group)
{
	if (group->in_pushing)
		TAILQ_REMOVE(&group->bmsc->push.pushing, group, pushing);
	group->in_pushing = false;
	group->cursor = NULL;
}

/* The turn of a member in the push to all. */
static void take_turn(struct bmsc *bmsc, struct bmsc_member *member)
{
	struct bmsc_group *group = member->group;
	uint32_t msk_id = group->push.msk_id;
	struct member_actions actions;

	if (member->turn == group->push.round)
		return;
	member->turn = group->push.round;
	member_push(&member->member, msk_id,
		    bmsc_ue_muk_valid(bmsc, member->ue), &actions);
	if (!actions.count) {
		bmsc_group_settle(group, member);
		return;
	}
	group->progress.sent++;
	if (actions.list[0].type == MEMBER_PUSH)
		bmsc_push_add(bmsc, member->ue, group, msk_id, BMSC_DELIVER_MSK,
			      true);
	else
		bmsc_member_act(bmsc, member, &actions);
}

/* Pushes to all are served in turn, a part of each at a time. */
static void fill(struct bmsc *bmsc)
{
	struct bmsc_group *group;
	struct bmsc_member *member;
	unsigned int i;

	for (i = 0; i < SLICE && TAILQ_EMPTY(&bmsc->push.bulk); i++) {
		group = TAILQ_FIRST(&bmsc->push.pushing);
		if (!group)
			return;
		member = group->cursor;
		TAILQ_REMOVE(&bmsc->push.pushing, group, pushing);
		group->in_pushing = !!member;
		if (!member)
			continue;
		TAILQ_INSERT_TAIL(&bmsc->push.pushing, group, pushing);
		group->cursor = TAILQ_NEXT(member, of_group);
		take_turn(bmsc, member);
	}
}

/* ---- Sending ---- */

static void give_up(struct bmsc *bmsc, struct bmsc_delivery *delivery)
{
	struct bmsc_ue *ue = delivery->ue;
	struct bmsc_group *group = delivery->group;
	struct bmsc_member *member = bmsc_member_find(ue, group);
	struct member_group msks = bmsc_group_msks(group);
	struct member_actions actions;
	struct fault fault = { 0 };
	uint32_t msk_id = delivery->msk_id;
	bool is_msk = delivery->kind == BMSC_DELIVER_MSK;
	struct member before;

	bmsc->push.given_up++;
	group->progress.given_up += delivery->bulk;
	bmsc_delivery_free(bmsc, delivery);
	if (!is_msk || !member || member->member.state != MEMBER_INSIDE)
		return;
	log_debug(BMSC_AREA, "ue-silent", LOG_TEXT("ue", ue->impi),
		  LOG_HEX("msk", msk_id));
	before = member->member;
	member_silence(&member->member, &bmsc->settings.members, &msks,
		       &actions);
	if (bmsc_member_rekey(member, &actions, &fault) ||
	    (member->member.state != MEMBER_INSIDE &&
	     bmsc_member_save(bmsc, member, &fault))) {
		bmsc_complain(bmsc, BMSC_NOT_STORED, ue->impi, &fault);
		member->member = before;
	} else {
		bmsc_member_act(bmsc, member, &actions);
	}
	if (msk_id == group->push.msk_id)
		bmsc_group_settle(group, member);
}

static void run(void *argument);

static uint32_t draw(struct bmsc_push *push)
{
	push->random ^= push->random << 13;
	push->random ^= push->random >> 17;
	push->random ^= push->random << 5;
	return push->random;
}

/* It did not leave, for a reason that passes. */
static void postpone(struct bmsc *bmsc, struct bmsc_delivery *delivery,
		     int64_t delay)
{
	retry_return(&delivery->retry, loop_now(bmsc->loop));
	delivery->retry.at += delay;
	put_wheel(bmsc, delivery);
}

/* Returns 1 if it was sent, 0 if not, -1 if the socket is full. */
static int transmit(struct bmsc *bmsc, struct bmsc_delivery *delivery,
		    uint32_t counter)
{
	uint8_t message[MESSAGE_SIZE];
	struct fault fault = { 0 };
	int size = bmsc_delivery_build(bmsc, delivery, counter, message,
				       sizeof(message), &fault);

	if (size < 0)
		bmsc_complain(bmsc, BMSC_NOT_SENT, delivery->ue->impi, &fault);
	if (size <= 0) {
		bmsc_delivery_free(bmsc, delivery);
		return 0;
	}
	/* Where it is, we learn when it asks for something. */
	if (delivery->ue->address.family &&
	    udp_send(bmsc->udp, &delivery->ue->address, message, (size_t)size,
		     &fault)) {
		postpone(bmsc, delivery, TICK);
		return -1;
	}
	bmsc->push.sent++;
	bmsc->push.repeated += delivery->last != MBMS_COUNTER_NONE;
	if (delivery->first == MBMS_COUNTER_NONE)
		delivery->first = counter;
	delivery->last = counter;
	put_wheel(bmsc, delivery);
	return 1;
}

/* The MUK has ended meanwhile, so the UE is asked to come instead. */
static void solicit_instead(struct bmsc *bmsc, struct bmsc_delivery *delivery)
{
	struct bmsc_member *member =
		bmsc_member_find(delivery->ue, delivery->group);
	uint32_t msk_id = delivery->msk_id;
	struct member_actions actions;

	bmsc_delivery_free(bmsc, delivery);
	if (!member)
		return;
	member_push(&member->member, msk_id, false, &actions);
	bmsc_member_act(bmsc, member, &actions);
}

/* As above. */
static int proceed(struct bmsc *bmsc, struct bmsc_delivery *delivery)
{
	struct fault fault = { 0 };
	uint32_t counter;

	bmsc_push_take(bmsc, delivery);
	switch (retry_step(&delivery->retry, &bmsc->settings.retry,
			   draw(&bmsc->push), loop_now(bmsc->loop))) {
	case RETRY_WAIT:
		put_wheel(bmsc, delivery);
		return 0;
	case RETRY_GIVE_UP:
		give_up(bmsc, delivery);
		return 0;
	case RETRY_SEND:
		break;
	}
	if (delivery->kind == BMSC_DELIVER_MSK &&
	    !bmsc_ue_muk_valid(bmsc, delivery->ue)) {
		solicit_instead(bmsc, delivery);
		return 0;
	}
	switch (bmsc_ue_counter(bmsc, delivery->ue, &counter, &fault)) {
	case 1:
		return transmit(bmsc, delivery, counter);
	case 0:
		retry_return(&delivery->retry, loop_now(bmsc->loop));
		put(bmsc, delivery, BMSC_AT_COMMIT);
		return 0;
	}
	bmsc_complain(bmsc, BMSC_NOT_STORED, delivery->ue->impi, &fault);
	postpone(bmsc, delivery, AGAIN);
	return 0;
}

static struct bmsc_delivery *next_of(struct bmsc *bmsc)
{
	struct bmsc_push *push = &bmsc->push;

	if (!TAILQ_EMPTY(&push->urgent))
		return TAILQ_FIRST(&push->urgent);
	fill(bmsc);
	return TAILQ_FIRST(&push->bulk);
}

static void run_later(struct bmsc *bmsc, int64_t delay)
{
	bmsc->push.waits = true;
	loop_timer_set(bmsc->loop, &bmsc->push.send_timer, delay, run, bmsc);
}

static void run(void *argument)
{
	struct bmsc *bmsc = argument;
	struct bmsc_push *push = &bmsc->push;
	struct bmsc_delivery *delivery;
	int64_t now = loop_now(bmsc->loop);
	unsigned int i;
	int sent;

	push->waits = false;
	for (i = 0; i < SLICE; i++) {
		delivery = next_of(bmsc);
		if (!delivery)
			break;
		/* The socket calls bmsc_push_wake() when it has room again. */
		if (!udp_room(bmsc->udp))
			return;
		if (!pace_take(&push->pace, 1, now)) {
			run_later(bmsc, pace_wake(&push->pace, now) - now);
			return;
		}
		sent = proceed(bmsc, delivery);
		if (sent != 1)
			pace_return(&push->pace, 1);
		if (sent < 0)
			break;
	}
	if (!TAILQ_EMPTY(&push->urgent) || !TAILQ_EMPTY(&push->bulk) ||
	    !TAILQ_EMPTY(&push->pushing))
		run_later(bmsc, 0);
}

void bmsc_push_wake(struct bmsc *bmsc)
{
	/* One that waits for its pace knows better. */
	if (!bmsc->stopping && !bmsc->push.waits)
		run_later(bmsc, 0);
}

void bmsc_push_committed(struct bmsc *bmsc, bool failed)
{
	struct bmsc_push *push = &bmsc->push;
	struct bmsc_delivery *delivery;

	while ((delivery = TAILQ_FIRST(&push->commit))) {
		bmsc_push_take(bmsc, delivery);
		if (failed)
			postpone(bmsc, delivery, AGAIN);
		else
			put_ready(bmsc, delivery);
	}
}

/* ---- Start and stop ---- */

static void drained(void *argument)
{
	bmsc_push_wake(argument);
}

void bmsc_push_open(struct bmsc *bmsc)
{
	struct bmsc_push *push = &bmsc->push;
	unsigned int i;

	TAILQ_INIT(&push->urgent);
	TAILQ_INIT(&push->bulk);
	TAILQ_INIT(&push->commit);
	TAILQ_INIT(&push->pushing);
	for (i = 0; i < WHEEL_LEVELS * WHEEL_SLOTS; i++)
		TAILQ_INIT(&push->wheel[i]);
	push->random = 1;
	if (RAND_bytes((uint8_t *)&push->random, sizeof(push->random)) != 1 ||
	    !push->random)
		push->random = 1;
	/* The settings were checked by the same function. */
	pace_init(&push->pace, bmsc->settings.push_rate,
		  bmsc->settings.push_burst, loop_now(bmsc->loop), NULL);
	udp_drained_set(bmsc->udp, drained, bmsc);
}

void bmsc_push_close(struct bmsc *bmsc)
{
	loop_timer_stop(&bmsc->push.send_timer);
	loop_timer_stop(&bmsc->push.wheel_timer);
}
