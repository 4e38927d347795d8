/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Life of the keys of one group in the network: when an MSK and an MTK are made,
 * announced, taken into use and given up (TS 33.246, 6.3.2.3 and 6.3.3.2). It
 * holds no key and sends nothing: what is to be done comes out as actions.
 *
 *   MSK  made -> pushed to the members -> in use -> old -> deleted
 *   MTK  made -> announced -> active -> old -> deleted
 *
 * A new MSK comes into use with its first MTK. A group never has more than two
 * MSKs at a time, because a UE keeps no more (TS 31.102, 4.2.80) and would drop
 * the one in use. docs/protocols/rekey.rst has the chart.
 *
 * All times are milliseconds of a clock that the caller picks; state that is to
 * survive a restart needs one that does. If the clock goes back, it is taken to
 * stand still. The caller stores the state before it carries out the actions, so
 * that after a crash no key id is used twice.
 */
#ifndef CORE_KEYLIFE_H
#define CORE_KEYLIFE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "ids.h"

#define KEYLIFE_NEVER INT64_MAX
/* Ten years, and the bound of all times below. */
#define KEYLIFE_TIME_MAX (INT64_C(10) * 366 * 24 * 3600 * 1000)
/* MTKs that an MSK has to have room for: restarts use some up. */
#define KEYLIFE_MTK_COUNT_MIN 16

/**
 * struct keylife_policy - how long, in milliseconds
 * @msk_lifetime: an MSK is in use; 0 for no end but that of its MTK IDs
 * @msk_lead: before the end the next MSK is made, so that the push to all
 *	members is done in time; also the most that an unfinished push delays a
 *	rekey
 * @msk_overlap: the old MSK is kept after that, at least @mtk_overlap
 * @mtk_lifetime: an MTK protects traffic
 * @mtk_lead: before that it is announced, so that all members have it
 * @mtk_overlap: receivers keep an MTK after that, for packets on the way
 * @mtk_repeat: between repetitions of the MTK message, for those who join late
 *	or lost it
 * @batch: rekeys that are not urgent are collected for this long, since each costs
 *	one message a member
 * @mtk_count: MTK IDs of an MSK, which are 1 to @mtk_count
 */
struct keylife_policy {
	int64_t msk_lifetime;
	int64_t msk_lead;
	int64_t msk_overlap;
	int64_t mtk_lifetime;
	int64_t mtk_lead;
	int64_t mtk_overlap;
	int64_t mtk_repeat;
	int64_t batch;
	uint16_t mtk_count;
};

/* Returns 0, or -1 and FAULT_ARGUMENT with a sentence about the times that do not
 * fit each other.
 */
int keylife_policy_check(const struct keylife_policy *policy,
			 struct fault *fault);

/**
 * struct keylife_msk - one MSK, absent if @msk_id is 0
 * @msk_id: Key Group and Key Number
 * @last_mtk: highest MTK ID that was given out, 0 if none was
 * @high: highest MTK ID that it may have, SEQu
 * @hurry: next MSK: use it as soon as it is pushed
 * @pushed: next MSK: all members have it, or were given up
 * @until: next MSK: when it is used at the latest; in use: end of its lifetime;
 *	old: when it is deleted
 */
struct keylife_msk {
	uint32_t msk_id;
	uint16_t last_mtk;
	uint16_t high;
	bool hurry;
	bool pushed;
	int64_t until;
};

/**
 * struct keylife_mtk - one MTK, absent if @mtk_id is MTK_ID_NONE
 * @msk_id: MSK that it belongs to
 * @mtk_id: MTK ID
 * @until: coming: when it becomes active; active: end of its lifetime; old: when
 *	it is deleted
 */
struct keylife_mtk {
	uint32_t msk_id;
	uint16_t mtk_id;
	int64_t until;
};

/**
 * struct keylife - state of one group
 * @last_msk_id: MSK ID that was given out last
 * @old_msk: MSK in its overlap
 * @msk: MSK in use
 * @next_msk: MSK that is being pushed
 * @old_mtk: MTK that receivers still take
 * @mtk: MTK that protects the traffic now
 * @next_mtk: MTK that is announced
 * @rekey: another MSK is wanted as soon as there is room for it
 * @paused: the session is inactive
 * @batch: when the rekeys that were collected are done, KEYLIFE_NEVER if none
 * @batch_exposed: newest MSK that those who caused them may have
 * @repeat: when MTK messages are sent again
 * @now: latest time seen
 */
struct keylife {
	uint32_t last_msk_id;
	struct keylife_msk old_msk;
	struct keylife_msk msk;
	struct keylife_msk next_msk;
	struct keylife_mtk old_mtk;
	struct keylife_mtk mtk;
	struct keylife_mtk next_mtk;
	bool rekey;
	bool paused;
	int64_t batch;
	uint32_t batch_exposed;
	int64_t repeat;
	int64_t now;
};

enum keylife_action_type {
	/* Draw a random MSK, with a RAND and a CSB ID of its own. */
	KEYLIFE_MSK_MAKE,
	/* Send it to all members, then call keylife_pushed(). */
	KEYLIFE_MSK_PUSH,
	/* Wipe it; UEs drop it by themselves when they get another. */
	KEYLIFE_MSK_DELETE,
	/* Draw a random MTK and salt, and install its keys for receiving. */
	KEYLIFE_MTK_MAKE,
	/* Send the MTK message, with the next value of the MSK's counter. */
	KEYLIFE_MTK_SEND,
	/* Install its keys for sending, and use them from now on. */
	KEYLIFE_MTK_ACTIVATE,
	/* Remove its keys from the kernel, and wipe it. */
	KEYLIFE_MTK_DELETE,
};

/**
 * struct keylife_action - something to do
 * @type: what
 * @msk_id: MSK concerned, or the MSK of the MTK concerned
 * @mtk_id: MTK concerned, with the actions on MTKs
 */
struct keylife_action {
	enum keylife_action_type type;
	uint32_t msk_id;
	uint16_t mtk_id;
};

#define KEYLIFE_ACTIONS_MAX 24

/**
 * struct keylife_actions - things to do, in this order
 * @list: actions
 * @count: how many
 */
struct keylife_actions {
	struct keylife_action list[KEYLIFE_ACTIONS_MAX];
	size_t count;
};

/* A group without keys that had @last_msk_id before (or Key Group and number 0
 * if it is new). @policy was checked, here and below.
 */
void keylife_init(struct keylife *life, uint32_t last_msk_id);

/* The functions below take what happened at @now, and fill @actions anew. They
 * return when keylife_step() is to be called the next time, KEYLIFE_NEVER if there
 * is nothing to wait for; if that is not after @now, at once.
 */

/* Time has passed. */
int64_t keylife_step(struct keylife *life, const struct keylife_policy *policy,
		     int64_t now, struct keylife_actions *actions);
/* Makes the first MSK. Traffic begins as soon as it is pushed, @policy->msk_lead
 * from now at the latest. No effect if there is an MSK.
 */
int64_t keylife_start(struct keylife *life, const struct keylife_policy *policy,
		      int64_t now, struct keylife_actions *actions);
/* All members have @msk_id, or were given up. No effect for other MSKs. */
int64_t keylife_pushed(struct keylife *life,
		       const struct keylife_policy *policy, uint32_t msk_id,
		       int64_t now, struct keylife_actions *actions);
/* Somebody who was sent MSKs up to @exposed_msk_id is no longer to read on. If
 * that is the newest one, another MSK is made, and used as soon as it is pushed;
 * if a newer one is being pushed, it is used as soon as that is done. While two
 * MSKs are there, the overlap of the old one is cut short. If it is not @urgent,
 * all this waits for others of its kind, @policy->batch at most.
 */
int64_t keylife_rekey(struct keylife *life, const struct keylife_policy *policy,
		      uint32_t exposed_msk_id, bool urgent, int64_t now,
		      struct keylife_actions *actions);
/* Another MTK is wanted under the same MSK: the kernel says that the active one
 * comes to the end of its packets, or somebody asks for it.
 */
int64_t keylife_rotate(struct keylife *life,
		       const struct keylife_policy *policy, int64_t now,
		       struct keylife_actions *actions);
/* The session is inactive or active again (TS 33.501, W.4.1.2): while it is
 * inactive no key is made, sent or taken into use. Afterwards what is under way is
 * sent once more, and has its lead again.
 */
int64_t keylife_pause(struct keylife *life, const struct keylife_policy *policy,
		      bool paused, int64_t now,
		      struct keylife_actions *actions);
/* The process was started again with stored state: the MTKs are lost, and their
 * counters cannot be trusted, so all are deleted and a new one is announced.
 */
int64_t keylife_restart(struct keylife *life,
			const struct keylife_policy *policy, int64_t now,
			struct keylife_actions *actions);
/* The group ends: deletes all keys. */
void keylife_stop(struct keylife *life, struct keylife_actions *actions);

/* SEQl and SEQu to send with @msk_id now: @low is the MTK ID before the one in use
 * (or announced, or to come), so that nobody can be made to take older MTKs.
 * Returns 0, or -1 and FAULT_UNKNOWN, and both are 0.
 */
int keylife_interval(const struct keylife *life, uint32_t msk_id, uint16_t *low,
		     uint16_t *high, struct fault *fault);
/* MSKs that a new member needs: the one in use and the next. Returns how many, and
 * the older first.
 */
size_t keylife_msks(const struct keylife *life, uint32_t msk_ids[2]);

#endif /* CORE_KEYLIFE_H */
