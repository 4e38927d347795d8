/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Life of a group's keys at who makes them (BM-SC; MBSF and MBSTF): when an MSK
 * or MTK is made, sent, used and given up. A state, the time and a policy in;
 * actions out. Keys themselves are not here, only their ids. Times are
 * milliseconds of any clock of the caller that does not go back.
 *
 *   MSK  make ----- lead -----> activate ---- life ----> (next one is active)
 *        pushed to each member   its MTKs are made        old, for linger
 *   MTK        make -- lead --> activate -- life --> old, for linger, delete
 *              multicast, repeated   protects traffic
 *
 * A group has at most two MSKs, as a UE keeps no more (TS 31.102, 4.2.80).
 * Making an MSK does not touch traffic; activating it means that new MTKs come
 * under it, the first of them at once. Nobody is left without a key as long as
 * the push takes less than the lead. Who has to be shut out is left out of the
 * push, and the lead is cut short by keylife_msk_delivered().
 */
#ifndef CORE_KEYLIFE_H
#define CORE_KEYLIFE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "pace.h"

/* Ten years in milliseconds; no policy means more. */
#define KEYLIFE_TIME_MAX 315360000000
#define KEYLIFE_MSKS 2
#define KEYLIFE_MTKS 3 /* coming, active, old */
#define KEYLIFE_ACTIONS_MAX 16

/**
 * struct keylife_policy - milliseconds, all at most KEYLIFE_TIME_MAX
 * @msk_life: from activation to the end, above @msk_lead
 * @msk_lead: from making to activation: the time for the push
 * @msk_linger: an old MSK is kept; not below @mtk_lead + @mtk_linger, as its
 *	last MTK is in use so long
 * @mtk_life: from activation to the end, above @mtk_lead
 * @mtk_lead: from making to activation: the time for its messages
 * @mtk_linger: an old MTK is kept by receivers for packets that are late
 * @mtk_repeat: between repetitions of an MTK message, 0 for none
 * @mtk_ids: MTK IDs of an MSK (SEQu, with SEQl 0), above the number that the
 *	policy needs in an MSK's life; the rest is for renewals out of turn
 */
struct keylife_policy {
	uint64_t msk_life;
	uint64_t msk_lead;
	uint64_t msk_linger;
	uint64_t mtk_life;
	uint64_t mtk_lead;
	uint64_t mtk_linger;
	uint64_t mtk_repeat;
	uint16_t mtk_ids;
};

/* Returns 0, or -1 and FAULT_ARGUMENT naming the member and the rule. */
int keylife_policy_check(const struct keylife_policy *policy,
			 struct fault *fault);

enum keylife_phase {
	KEYLIFE_NONE = 0, /* no key in this place */
	KEYLIFE_COMING, /* made and sent out, not used */
	KEYLIFE_ACTIVE, /* used */
	KEYLIFE_OLD, /* not used by us, kept by receivers */
};

/**
 * struct keylife_msk - an MSK's life
 * @phase: where it is
 * @msk_id: its id
 * @active_at: when it is or was activated
 * @end_at: when it ends, if active or old
 * @mtk_last: highest MTK ID that was given out, 0 for none
 * @mtk_high: SEQu
 * @urgent: may be activated as soon as everybody has it
 */
struct keylife_msk {
	enum keylife_phase phase;
	uint32_t msk_id;
	uint64_t active_at;
	uint64_t end_at;
	uint16_t mtk_last;
	uint16_t mtk_high;
	bool urgent;
};

/**
 * struct keylife_mtk - an MTK's life
 * @phase: where it is
 * @msk_id: the MSK it is under
 * @mtk_id: its id
 * @active_at: when it is or was activated
 * @end_at: when it ends, if active or old
 * @repeat_at: when its message is sent again, or PACE_NEVER
 */
struct keylife_mtk {
	enum keylife_phase phase;
	uint32_t msk_id;
	uint16_t mtk_id;
	uint64_t active_at;
	uint64_t end_at;
	uint64_t repeat_at;
};

/**
 * struct keylife - a group, owned by the caller and stored by it
 * @last_msk_id: id of the newest MSK; the next one follows it
 * @paused: the session is inactive
 * @msk_wanted: a new MSK out of turn
 * @mtk_wanted: a new MTK out of turn
 * @msks: at most one of each phase
 * @mtks: at most one of each phase
 */
struct keylife {
	uint32_t last_msk_id;
	bool paused;
	bool msk_wanted;
	bool mtk_wanted;
	struct keylife_msk msks[KEYLIFE_MSKS];
	struct keylife_mtk mtks[KEYLIFE_MTKS];
};

enum keylife_act {
	KEYLIFE_MSK_MAKE, /* random MSK with this id; push it to all members */
	KEYLIFE_MSK_ACTIVATE, /* joiners get this one from now on */
	KEYLIFE_MSK_DELETE, /* wipe it */
	KEYLIFE_MTK_MAKE, /* random MTK; install it unused; send its message */
	KEYLIFE_MTK_SEND, /* send its message again, with a new counter */
	KEYLIFE_MTK_ACTIVATE, /* protect with it, and with no other */
	KEYLIFE_MTK_DELETE, /* wipe it and take it out of the kernel */
};

/**
 * struct keylife_action - one thing to do
 * @act: what
 * @msk_id: the MSK, or the MSK that the MTK is under
 * @mtk_id: the MTK; of KEYLIFE_MSK_MAKE: SEQu
 * @urgent: of KEYLIFE_MSK_MAKE: somebody is being shut out, push it first
 */
struct keylife_action {
	enum keylife_act act;
	uint32_t msk_id;
	uint16_t mtk_id;
	bool urgent;
};

/**
 * struct keylife_actions - what a step wants
 * @count: entries of @list, to be done in this order
 * @list: see above
 * @next: when to step again, PACE_NEVER if only an event can change something
 */
struct keylife_actions {
	size_t count;
	struct keylife_action list[KEYLIFE_ACTIONS_MAX];
	uint64_t next;
};

/* A group without keys. @last_msk_id is the newest id that was ever used for it,
 * or Key Group with Key Number 0 for a new group.
 */
void keylife_init(struct keylife *life, uint32_t last_msk_id);
/* What is due at @now. The caller stores the state first and then acts: an id
 * that was given out never comes again, whatever fails in between. A step that
 * comes late skips what it missed. Without an active key the next one is active
 * at once, as there is nothing that it could disturb. @policy is a checked one.
 */
void keylife_step(struct keylife *life, const struct keylife_policy *policy,
		  uint64_t now, struct keylife_actions *actions);
/* Wants a new MSK out of turn (a member was evicted, an operator asks). If one is
 * coming that the evicted member may have, it is given up: @abandon_coming.
 */
void keylife_msk_renew(struct keylife *life, bool abandon_coming);
/* Wants a new MTK (soft expiry of the packet count, a change of authorization:
 * TS 33.501, W.4.1.2; restart of the sender).
 */
void keylife_mtk_renew(struct keylife *life);
/* Every member has answered for the coming MSK, or nobody waits for those who
 * have not: an urgent one is activated with the next step. Returns 0, or -1 and
 * FAULT_UNKNOWN if @msk_id is not the coming one.
 */
int keylife_msk_delivered(struct keylife *life, uint32_t msk_id, uint64_t now,
			  struct fault *fault);
/* The session is inactive: nothing is made or sent until it is active again (TS
 * 33.501, W.4.1.2). What ends in between is deleted.
 */
void keylife_pause(struct keylife *life, bool paused);
/* The active MSK or the coming one, NULL if there is none. */
const struct keylife_msk *keylife_msk_find(const struct keylife *life,
					   enum keylife_phase phase);
const struct keylife_mtk *keylife_mtk_find(const struct keylife *life,
					   enum keylife_phase phase);

#endif /* CORE_KEYLIFE_H */
