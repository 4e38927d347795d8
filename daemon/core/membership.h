/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One UE in one group: which MSKs it was sent and has, and what follows when it
 * joins, leaves, is evicted or does not answer (TS 33.246, 6.3.2.1A, 6.3.2.1B and
 * 6.3.2.3). It holds no key and sends nothing: what is to be done comes out as
 * actions. Which MSKs there are, says keylife_msks(); when to send again, retry.
 *
 * All times are milliseconds of one clock.
 */
#ifndef CORE_MEMBERSHIP_H
#define CORE_MEMBERSHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

enum member_state {
	MEMBER_OUTSIDE, /* never joined, left or evicted */
	MEMBER_INSIDE,
	/* Expelled for silence, but still authorised: may come back. */
	MEMBER_SILENT,
	/* Evicted: may not come back until it is authorised again. */
	MEMBER_BANNED,
};

/**
 * struct member_policy - rules of a group
 * @silences: pushes without an answer until a UE is expelled, 0 for never
 * @rekey_on_leave: who leaves by itself is locked out, too
 * @rekey_on_join: who joins cannot read what was sent before
 */
struct member_policy {
	unsigned int silences;
	bool rekey_on_leave;
	bool rekey_on_join;
};

/**
 * struct member - one UE, zeroed to begin with
 * @state: inside or not
 * @silences: pushes in a row without an answer
 * @sent: highest MSK ID that was ever sent to it (0 if none): it may have that one
 *	even if it never said so
 * @held: highest MSK ID whose reception it confirmed (0 if none)
 * @barred: MSK ID that was in use when it joined under @rekey_on_join, and that it
 *	may not have (0 if none)
 * @settled: round of the last push that is over for it (0 if none), see struct
 *	push
 * @soliciting: it was asked to fetch its MSK, because its MUK has expired
 *
 * Stored when @state changes, and when it joins before anything is sent to it. Not
 * with each push and answer, which would cost more than the messages: what those
 * change is set right by member_restart().
 */
struct member {
	enum member_state state;
	unsigned int silences;
	uint32_t sent;
	uint32_t held;
	uint32_t barred;
	uint32_t settled;
	bool soliciting;
};

enum member_action_type {
	/* Send this MSK by MIKEY, with retransmission. */
	MEMBER_PUSH,
	/* Send a solicited pull instead (6.3.2.2.4), the only message that an
	 * expired MUK may protect.
	 */
	MEMBER_SOLICIT,
	/* Tell the UE to delete this MSK (SEQl above SEQu). */
	MEMBER_INVALIDATE,
	/* Stop all retransmissions to it. */
	MEMBER_CANCEL,
	/* keylife_rekey() with this MSK as the exposed one. */
	MEMBER_REKEY,
};

/**
 * struct member_action - something to do
 * @type: what
 * @msk_id: MSK concerned, 0 where there is none
 * @urgent: of MEMBER_REKEY: do not wait for others, it is an eviction
 */
struct member_action {
	enum member_action_type type;
	uint32_t msk_id;
	bool urgent;
};

#define MEMBER_ACTIONS_MAX 8

/**
 * struct member_actions - things to do, in this order
 * @list: actions
 * @count: how many
 */
struct member_actions {
	struct member_action list[MEMBER_ACTIONS_MAX];
	size_t count;
};

/**
 * struct member_group - what the functions have to know of the group
 * @msk_ids: MSK in use and MSK that is being pushed, the older first
 * @count: how many there are, 0 to 2
 */
struct member_group {
	uint32_t msk_ids[2];
	size_t count;
};

/* All functions fill @actions anew. Those that return int return 0, or -1 and
 * FAULT_STATE, and nothing is changed and nothing is to be done. @muk_valid says
 * that the MUK has not expired at this time.
 */

/* It registered and is authorised. It gets all MSKs of the group. If it was inside
 * already it gets them again: it may have lost them. With @policy->rekey_on_join,
 * one that has none of them waits for the next MSK, which is made or hurried up;
 * the one in use is kept from it, however it asks.
 */
int member_join(struct member *member, const struct member_policy *policy,
		const struct member_group *group, bool muk_valid,
		struct member_actions *actions, struct fault *fault);
/* It asked for one MSK; @msk_id may have the number MSK_NUMBER_CURRENT. One that
 * the group does not have is refused. FAULT_STATE if it is not inside or has to
 * wait for the next MSK, FAULT_UNKNOWN if there is no such MSK.
 */
int member_request(struct member *member, const struct member_group *group,
		   uint32_t msk_id, struct member_actions *actions,
		   struct fault *fault);
/* A new MSK is pushed to all: the part of this UE, to be called when its turn has
 * come and not before, for from then on it counts as sent, also if the datagram
 * never leaves. No action if it is outside, or has confirmed @msk_id (when a push is
 * begun again), or has come when @msk_id was in use already (when a push takes longer
 * than its lead) and may not have it. Then it is over for it, as if it had answered.
 */
void member_push(struct member *member, uint32_t msk_id, bool muk_valid,
		 struct member_actions *actions);
/* Its verification message proves that it has @msk_id. */
void member_confirm(struct member *member, uint32_t msk_id);
/* A push to it was given up. Expels it when that happened too often; then it is
 * locked out like one that left, but may join again.
 */
void member_silence(struct member *member, const struct member_policy *policy,
		    const struct member_group *group,
		    struct member_actions *actions);
/* It deregistered. FAULT_STATE if it is not inside. */
int member_leave(struct member *member, const struct member_policy *policy,
		 const struct member_group *group,
		 struct member_actions *actions, struct fault *fault);
/* It is no longer authorised, wherever it is: cannot come back, and is locked out
 * if it was sent an MSK that the group still has. It is sent nothing any more,
 * because it would not obey.
 */
void member_evict(struct member *member, const struct member_group *group,
		  struct member_actions *actions);
/* It is authorised again: may join. No effect unless it was evicted. */
void member_pardon(struct member *member);
/* The process was started again, and @member is as it was stored. If it is inside,
 * it counts as having been sent all that there is.
 */
void member_restart(struct member *member, const struct member_group *group);
/* "inside", "silent": stable names for logs and JSON. */
const char *member_state_name(enum member_state state);

/* ---- When a push to all is over ---- */

/**
 * struct push - one MSK on its way to all members, zeroed to begin with
 * @msk_id: MSK
 * @waiting: members that it is not over for
 * @round: number of this push: one MSK is pushed again when a session goes on
 */
struct push {
	uint32_t msk_id;
	uint32_t waiting;
	uint32_t round;
};

/* Begins the push to all @members that are inside, and ends the one before, of
 * whatever MSK. True if there are none: then keylife_pushed().
 */
bool push_begin(struct push *push, uint32_t msk_id, uint32_t members);
/* A UE that was not inside then has joined, and if member_join() sends it the MSK, too,
 * the push waits for it. False if it does not.
 */
bool push_add(struct push *push, struct member *member);
/* The push is over for @member: it answered, was given up or solicited, left or was
 * evicted. To be called for each such event of a UE that was inside before; more
 * than once does no harm. Answers to other MSKs than @push->msk_id, and attempts that
 * are given up for those, do not count. True if it was the last one: then
 * keylife_pushed().
 */
bool push_settle(struct push *push, struct member *member);

#endif /* CORE_MEMBERSHIP_H */
