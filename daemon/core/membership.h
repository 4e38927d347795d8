/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who belongs to a group and what has to happen when that changes: who is sent
 * an MSK, who is told to forget it, and when all others need a new one. One small
 * state for each member, one for the group; events in, actions out.
 *
 * Whoever has an MSK can read all MTK messages under it, so that only a new MSK,
 * sent to everybody else, shuts a member out (evict by omission). Telling a UE to
 * delete an MSK (SEQl > SEQu) is a courtesy that a hostile one ignores.
 */
#ifndef CORE_MEMBERSHIP_H
#define CORE_MEMBERSHIP_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "pace.h"

/* No MSK has this id. */
#define MEMBERSHIP_MSK_NONE 0

enum member_state {
	MEMBER_ABSENT = 0, /* never was or has left */
	MEMBER_HELD, /* in, and is to get the next MSK, not the newest one */
	MEMBER_PENDING, /* in, and its answer for the newest MSK is awaited */
	MEMBER_KEYED, /* in, and has answered for the newest MSK */
	MEMBER_SILENT, /* in, and has not answered for it in time */
	MEMBER_EVICTED, /* shut out; may only come back by membership_pardon() */
};

/**
 * struct member - one UE in one group
 * @state: with respect to the MSK @seen_msk_id
 * @silences: pushes without an answer since the last answer
 * @seen_msk_id: the group's newest MSK when @state was set; if the group has a
 *	newer one, a member that is in is pending, whatever @state says
 * @sent_msk_id: the newest MSK that it may have, or MEMBERSHIP_MSK_NONE; stays
 *	after it has left
 */
struct member {
	enum member_state state;
	uint8_t silences;
	uint32_t seen_msk_id;
	uint32_t sent_msk_id;
};

/**
 * struct membership_policy - when a change makes new keys
 * @renew_on_join: a new MSK, so that the joiner cannot read what it recorded; it
 *	gets no older one
 * @renew_on_leave: a new MSK, so that the leaver cannot read on
 * @batch: milliseconds for which joins and leaves are collected before the new
 *	MSK; an eviction does not wait
 * @silences: pushes without an answer after which a member is expelled, 0 for
 *	never
 * @members_max: a join beyond is refused, 0 for no limit
 */
struct membership_policy {
	bool renew_on_join;
	bool renew_on_leave;
	uint32_t batch;
	uint8_t silences;
	uint32_t members_max;
};

/**
 * struct membership - the group
 * @members: those that are in
 * @waiting: the pending ones of them
 * @msk_id: the newest MSK, or MEMBERSHIP_MSK_NONE
 * @renew_at: when a new MSK is due because of changes, else PACE_NEVER
 */
struct membership {
	uint32_t members;
	uint32_t waiting;
	uint32_t msk_id;
	uint64_t renew_at;
};

/* What the caller does, bits that may come together. */
enum membership_action {
	MEMBERSHIP_NOTHING = 0,
	MEMBERSHIP_PUSH =
		1, /* send the newest MSK, and the active one before */
	MEMBERSHIP_STOP = 2, /* give up what is under way to the member */
	MEMBERSHIP_INVALIDATE = 4, /* tell the member to delete its MSKs */
	MEMBERSHIP_RENEW =
		8, /* make a new MSK, then membership_renewed() */
	MEMBERSHIP_COMPLETE = 16, /* nobody is waited for any more */
};

/* An empty group, whose newest MSK is @msk_id or MEMBERSHIP_MSK_NONE. */
void membership_init(struct membership *group, uint32_t msk_id);

/* Each takes an event and returns 0 and the actions, or -1 with both states
 * unchanged and no action. @actions is always written.
 */

/* The UE has registered (TS 33.246, 6.3.2.1A) or joined the session (TS 23.247,
 * 7.2.1). Joining again is allowed and sends the MSK again. -1: FAULT_STATE if
 * evicted, FAULT_LIMIT if the group is full.
 */
int membership_join(struct membership *group, struct member *member,
		    const struct membership_policy *policy, uint64_t now,
		    unsigned int *actions, struct fault *fault);
/* The UE has deregistered (6.3.2.1B). -1: FAULT_UNKNOWN if it is not in. */
int membership_leave(struct membership *group, struct member *member,
		     const struct membership_policy *policy, uint64_t now,
		     unsigned int *actions, struct fault *fault);
/* The operator or the subscription shuts the UE out, now. One that is not in is
 * kept from joining. -1: FAULT_STATE if it is evicted already.
 */
int membership_evict(struct membership *group, struct member *member,
		     uint64_t now, unsigned int *actions, struct fault *fault);
/* An evicted UE may join again. -1: FAULT_STATE if it is not evicted. */
int membership_pardon(struct member *member, struct fault *fault);
/* A message with the newest MSK goes out to the member, who may have it from now
 * on. To be stored before it is sent. -1: FAULT_STATE if it is not in.
 */
int membership_sent(const struct membership *group, struct member *member,
		    struct fault *fault);
/* The member has answered for @msk_id. An answer for an older MSK ends the
 * silence and nothing else. -1: FAULT_STATE if it is not in or was not sent that
 * MSK.
 */
int membership_answered(struct membership *group, struct member *member,
			uint32_t msk_id, unsigned int *actions,
			struct fault *fault);
/* All attempts of a push are made without an answer (PACE_SILENT). After
 * policy->silences of them the member is expelled: as if it had left. -1:
 * FAULT_STATE if none is awaited.
 */
int membership_unanswered(struct membership *group, struct member *member,
			  const struct membership_policy *policy, uint64_t now,
			  unsigned int *actions, struct fault *fault);

/* MEMBERSHIP_RENEW if the batch is over, else MEMBERSHIP_NOTHING. */
unsigned int membership_step(const struct membership *group, uint64_t now);
/* There is a new MSK: everybody has to be sent it. The caller then goes over its
 * members with membership_member_renewed(), in any order and as slowly as it
 * likes; the event functions do it for a member that they meet first. -1:
 * FAULT_ARGUMENT if it is not a new one.
 */
int membership_renewed(struct membership *group, uint32_t msk_id,
		       struct fault *fault);
/* Returns MEMBERSHIP_PUSH for one that has to get it, else MEMBERSHIP_NOTHING. */
unsigned int membership_member_renewed(const struct membership *group,
				       struct member *member);

#endif /* CORE_MEMBERSHIP_H */
