// SPDX-License-Identifier: GPL-2.0-or-later
#include "keylife.h"

/* Far above any clock, so that sums of times do not overflow. */
#define TIME_LIMIT (INT64_MAX / 2)

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static bool time_valid(int64_t time, int64_t least)
{
	return time >= least && time <= KEYLIFE_TIME_MAX;
}

int keylife_policy_check(const struct keylife_policy *policy,
			 struct fault *fault)
{
	if (!time_valid(policy->msk_lifetime, 0) ||
	    !time_valid(policy->msk_lead, 0) ||
	    !time_valid(policy->msk_overlap, 0) ||
	    !time_valid(policy->mtk_lifetime, 1) ||
	    !time_valid(policy->mtk_lead, 0) ||
	    !time_valid(policy->mtk_overlap, 0) ||
	    !time_valid(policy->mtk_repeat, 1) || !time_valid(policy->batch, 0))
		return fault_set(fault, FAULT_ARGUMENT,
				 "a time of the key life cycle is negative, "
				 "zero where it may not, or above ten years");
	if (policy->mtk_count < KEYLIFE_MTK_COUNT_MIN)
		return fault_set(fault, FAULT_ARGUMENT,
				 "MTKs of an MSK are %u, less than %d",
				 policy->mtk_count, KEYLIFE_MTK_COUNT_MIN);
	if (policy->mtk_lead + policy->mtk_overlap > policy->mtk_lifetime)
		return fault_set(fault, FAULT_ARGUMENT,
				 "lead and overlap of an MTK are longer than "
				 "its lifetime");
	if (policy->msk_overlap < policy->mtk_overlap)
		return fault_set(fault, FAULT_ARGUMENT,
				 "overlap of an MSK is shorter than that of "
				 "its MTKs");
	if (policy->msk_lead < policy->mtk_lead)
		return fault_set(fault, FAULT_ARGUMENT,
				 "lead of an MSK is shorter than that of its "
				 "MTKs");
	if (policy->msk_lifetime &&
	    policy->msk_lead + policy->msk_overlap > policy->msk_lifetime)
		return fault_set(fault, FAULT_ARGUMENT,
				 "lead and overlap of an MSK are longer than "
				 "its lifetime");
	return 0;
}

void keylife_init(struct keylife *life, uint32_t last_msk_id)
{
	*life = (struct keylife){ .last_msk_id = last_msk_id,
				  .batch = KEYLIFE_NEVER,
				  .repeat = KEYLIFE_NEVER };
}

static void act(struct keylife_actions *actions, enum keylife_action_type type,
		uint32_t msk_id, uint16_t mtk_id)
{
	/* One step has far fewer; the bound is for whoever changes that. */
	if (actions->count == KEYLIFE_ACTIONS_MAX)
		return;
	actions->list[actions->count++] =
		(struct keylife_action){ type, msk_id, mtk_id };
}

static bool mtk_present(const struct keylife_mtk *mtk)
{
	return mtk->mtk_id != MTK_ID_NONE;
}

static bool msk_present(const struct keylife_msk *msk)
{
	return msk->msk_id != 0;
}

static void mtk_delete(struct keylife_mtk *mtk, struct keylife_actions *actions)
{
	if (mtk_present(mtk))
		act(actions, KEYLIFE_MTK_DELETE, mtk->msk_id, mtk->mtk_id);
	*mtk = (struct keylife_mtk){ 0 };
}

static void msk_delete(struct keylife_msk *msk, struct keylife_actions *actions)
{
	if (msk_present(msk))
		act(actions, KEYLIFE_MSK_DELETE, msk->msk_id, MTK_ID_NONE);
	*msk = (struct keylife_msk){ 0 };
}

/* Makes and announces the next MTK of @msk, to be active at @until. False if all
 * MTK IDs of the MSK were given out.
 */
static bool mtk_make(struct keylife *life, struct keylife_msk *msk,
		     int64_t until, struct keylife_actions *actions)
{
	if (msk->last_mtk >= msk->high)
		return false;
	mtk_delete(&life->next_mtk, actions);
	msk->last_mtk++;
	life->next_mtk =
		(struct keylife_mtk){ msk->msk_id, msk->last_mtk, until };
	act(actions, KEYLIFE_MTK_MAKE, msk->msk_id, msk->last_mtk);
	act(actions, KEYLIFE_MTK_SEND, msk->msk_id, msk->last_mtk);
	return true;
}

static void msk_make(struct keylife *life, const struct keylife_policy *policy,
		     int64_t until, bool hurry, struct keylife_actions *actions)
{
	life->last_msk_id = msk_id_next(life->last_msk_id);
	life->next_msk = (struct keylife_msk){ .msk_id = life->last_msk_id,
					       .high = policy->mtk_count,
					       .hurry = hurry,
					       .until = until };
	/* It serves all who asked for one before. */
	life->rekey = false;
	life->batch = KEYLIFE_NEVER;
	act(actions, KEYLIFE_MSK_MAKE, life->last_msk_id, MTK_ID_NONE);
	act(actions, KEYLIFE_MSK_PUSH, life->last_msk_id, MTK_ID_NONE);
}

/* MTK IDs that are left are to last for the push of another MSK. */
static bool msk_runs_out(const struct keylife_msk *msk,
			 const struct keylife_policy *policy)
{
	int64_t needed = policy->msk_lead / policy->mtk_lifetime + 2;

	/* An MSK that has fewer in all would run out when it is made. */
	needed = earlier(needed, msk->high / 2);
	return msk->high - msk->last_mtk <= needed;
}

/* When the next MSK is to be made because of the lifetime of the one in use. */
static int64_t msk_renewal(const struct keylife *life,
			   const struct keylife_policy *policy)
{
	if (!msk_present(&life->msk) || life->msk.until == KEYLIFE_NEVER)
		return KEYLIFE_NEVER;
	return life->msk.until - policy->msk_lead;
}

static bool msk_has_room(const struct keylife *life)
{
	return !msk_present(&life->old_msk) && !msk_present(&life->next_msk);
}

/* The old MSK makes room as soon as its last MTK is gone. */
static void old_hurry(struct keylife *life)
{
	int64_t soonest = life->now;

	if (mtk_present(&life->old_mtk))
		soonest = later(soonest, life->old_mtk.until);
	life->old_msk.until = earlier(life->old_msk.until, soonest);
}

static void msk_renew(struct keylife *life, const struct keylife_policy *policy,
		      struct keylife_actions *actions)
{
	bool present = msk_present(&life->msk);

	if (life->rekey && msk_present(&life->old_msk))
		old_hurry(life);
	if (!msk_has_room(life))
		return;
	if (life->rekey || (present && msk_runs_out(&life->msk, policy)))
		msk_make(life, policy, life->now + policy->msk_lead, true,
			 actions);
	else if (life->now >= msk_renewal(life, policy))
		msk_make(life, policy, later(life->msk.until, life->now), false,
			 actions);
}

/* When the first MTK of the next MSK is to be announced. */
static int64_t msk_introduction(const struct keylife *life,
				const struct keylife_policy *policy)
{
	const struct keylife_msk *next = &life->next_msk;

	if (!msk_present(next) || life->next_mtk.msk_id == next->msk_id)
		return KEYLIFE_NEVER;
	if (next->hurry && next->pushed)
		return life->now;
	return next->until - policy->mtk_lead;
}

static void msk_introduce(struct keylife *life,
			  const struct keylife_policy *policy,
			  struct keylife_actions *actions)
{
	if (life->now < msk_introduction(life, policy))
		return;
	if (mtk_make(life, &life->next_msk, life->now + policy->mtk_lead,
		     actions))
		return;
	/* Restarts have used up its MTK IDs before it came into use. */
	msk_delete(&life->next_msk, actions);
	msk_make(life, policy, life->now + policy->msk_lead, true, actions);
}

/* When an MTK is to be announced because of the lifetime of the active one. */
static int64_t mtk_renewal(const struct keylife *life,
			   const struct keylife_policy *policy)
{
	if (!mtk_present(&life->mtk) || mtk_present(&life->next_mtk) ||
	    life->msk.last_mtk >= life->msk.high)
		return KEYLIFE_NEVER;
	return life->mtk.until - policy->mtk_lead;
}

static void mtk_renew(struct keylife *life, const struct keylife_policy *policy,
		      struct keylife_actions *actions)
{
	if (life->now >= mtk_renewal(life, policy))
		mtk_make(life, &life->msk,
			 later(life->mtk.until, life->now + policy->mtk_lead),
			 actions);
}

/* The next MSK replaces the one in use, whose MTK was just replaced. */
static void msk_switch(struct keylife *life,
		       const struct keylife_policy *policy)
{
	int64_t overlap = life->rekey ? policy->mtk_overlap :
					policy->msk_overlap;

	life->old_msk = life->msk;
	life->old_msk.until = life->now + overlap;
	life->msk = life->next_msk;
	life->msk.until = policy->msk_lifetime ?
				  life->now + policy->msk_lifetime :
				  KEYLIFE_NEVER;
	life->next_msk = (struct keylife_msk){ 0 };
}

static void mtk_switch(struct keylife *life,
		       const struct keylife_policy *policy,
		       struct keylife_actions *actions)
{
	if (!mtk_present(&life->next_mtk) || life->now < life->next_mtk.until)
		return;
	act(actions, KEYLIFE_MTK_ACTIVATE, life->next_mtk.msk_id,
	    life->next_mtk.mtk_id);
	mtk_delete(&life->old_mtk, actions);
	life->old_mtk = life->mtk;
	life->old_mtk.until = life->now + policy->mtk_overlap;
	life->mtk = life->next_mtk;
	life->mtk.until = life->now + policy->mtk_lifetime;
	life->next_mtk = (struct keylife_mtk){ 0 };
	if (life->mtk.msk_id == life->next_msk.msk_id)
		msk_switch(life, policy);
}

/* No MTK outlives its MSK: both overlaps begin together, and keylife_policy_check()
 * sees to it that the MSK's is not shorter.
 */
static void old_delete(struct keylife *life, struct keylife_actions *actions)
{
	if (mtk_present(&life->old_mtk) && life->now >= life->old_mtk.until)
		mtk_delete(&life->old_mtk, actions);
	if (!msk_present(&life->old_msk) || life->now < life->old_msk.until)
		return;
	msk_delete(&life->old_msk, actions);
}

/* The active one first: a receiver that has taken the coming one would refuse it
 * as old.
 */
static void mtk_repeat(struct keylife *life,
		       const struct keylife_policy *policy,
		       struct keylife_actions *actions)
{
	if (!mtk_present(&life->mtk) && !mtk_present(&life->next_mtk)) {
		life->repeat = KEYLIFE_NEVER;
		return;
	}
	if (life->repeat != KEYLIFE_NEVER && life->now < life->repeat)
		return;
	if (life->repeat != KEYLIFE_NEVER && mtk_present(&life->mtk))
		act(actions, KEYLIFE_MTK_SEND, life->mtk.msk_id,
		    life->mtk.mtk_id);
	if (life->repeat != KEYLIFE_NEVER && mtk_present(&life->next_mtk))
		act(actions, KEYLIFE_MTK_SEND, life->next_mtk.msk_id,
		    life->next_mtk.mtk_id);
	life->repeat = life->now + policy->mtk_repeat;
}

/* The next MSK is used as soon as it is pushed. */
static void msk_hurry(struct keylife *life, const struct keylife_policy *policy)
{
	life->next_msk.hurry = true;
	life->next_msk.until =
		earlier(life->next_msk.until, life->now + policy->msk_lead);
}

/* Who has @msk_id is not to read on. */
static void expose(struct keylife *life, const struct keylife_policy *policy,
		   uint32_t msk_id)
{
	if (msk_present(&life->next_msk)) {
		msk_hurry(life, policy);
		if (msk_id == life->next_msk.msk_id)
			life->rekey = true;
	} else if (msk_present(&life->msk) && msk_id == life->msk.msk_id) {
		life->rekey = true;
	}
}

static void expose_later(struct keylife *life,
			 const struct keylife_policy *policy, uint32_t msk_id)
{
	bool newer = serial16_after(msk_id_number(msk_id),
				    msk_id_number(life->batch_exposed));

	if (life->batch == KEYLIFE_NEVER || newer)
		life->batch_exposed = msk_id;
	life->batch = earlier(life->batch, life->now + policy->batch);
}

static void batch_end(struct keylife *life, const struct keylife_policy *policy)
{
	if (life->now < life->batch)
		return;
	life->batch = KEYLIFE_NEVER;
	expose(life, policy, life->batch_exposed);
}

/* When old keys are deleted. */
static int64_t old_wake(const struct keylife *life)
{
	int64_t at = KEYLIFE_NEVER;

	if (mtk_present(&life->old_mtk))
		at = life->old_mtk.until;
	if (msk_present(&life->old_msk))
		at = earlier(at, life->old_msk.until);
	return at;
}

static int64_t wake(const struct keylife *life,
		    const struct keylife_policy *policy)
{
	int64_t at = earlier(old_wake(life), life->repeat);

	at = earlier(at, life->batch);
	if (mtk_present(&life->next_mtk))
		at = earlier(at, life->next_mtk.until);
	if (msk_has_room(life))
		at = earlier(at, msk_renewal(life, policy));
	at = earlier(at, msk_introduction(life, policy));
	return earlier(at, mtk_renewal(life, policy));
}

static void time_set(struct keylife *life, int64_t now)
{
	life->now = later(life->now, earlier(now, TIME_LIMIT));
}

/* Adds what is due to @actions. */
static int64_t proceed(struct keylife *life,
		       const struct keylife_policy *policy,
		       struct keylife_actions *actions)
{
	old_delete(life, actions);
	if (life->paused)
		return old_wake(life);
	batch_end(life, policy);
	mtk_switch(life, policy, actions);
	msk_introduce(life, policy, actions);
	mtk_renew(life, policy, actions);
	msk_renew(life, policy, actions);
	mtk_repeat(life, policy, actions);
	return wake(life, policy);
}

int64_t keylife_step(struct keylife *life, const struct keylife_policy *policy,
		     int64_t now, struct keylife_actions *actions)
{
	*actions = (struct keylife_actions){ 0 };
	time_set(life, now);
	return proceed(life, policy, actions);
}

int64_t keylife_start(struct keylife *life, const struct keylife_policy *policy,
		      int64_t now, struct keylife_actions *actions)
{
	if (!msk_present(&life->msk) && !msk_present(&life->next_msk))
		life->rekey = true;
	return keylife_step(life, policy, now, actions);
}

int64_t keylife_pushed(struct keylife *life,
		       const struct keylife_policy *policy, uint32_t msk_id,
		       int64_t now, struct keylife_actions *actions)
{
	if (msk_present(&life->next_msk) && life->next_msk.msk_id == msk_id)
		life->next_msk.pushed = true;
	return keylife_step(life, policy, now, actions);
}

int64_t keylife_rekey(struct keylife *life, const struct keylife_policy *policy,
		      uint32_t exposed_msk_id, bool urgent, int64_t now,
		      struct keylife_actions *actions)
{
	time_set(life, now);
	if (urgent)
		expose(life, policy, exposed_msk_id);
	else
		expose_later(life, policy, exposed_msk_id);
	return keylife_step(life, policy, now, actions);
}

int64_t keylife_rotate(struct keylife *life,
		       const struct keylife_policy *policy, int64_t now,
		       struct keylife_actions *actions)
{
	time_set(life, now);
	if (mtk_present(&life->mtk))
		life->mtk.until =
			earlier(life->mtk.until, life->now + policy->mtk_lead);
	return keylife_step(life, policy, now, actions);
}

/* The MSK in use has no MTK any more: makes one, if it has an ID left. */
static void mtk_first(struct keylife *life, const struct keylife_policy *policy,
		      struct keylife_actions *actions)
{
	if (!msk_present(&life->msk) || mtk_present(&life->mtk) ||
	    mtk_present(&life->next_mtk))
		return;
	if (!mtk_make(life, &life->msk, life->now + policy->mtk_lead,
		      actions) &&
	    !msk_present(&life->next_msk))
		life->rekey = true;
}

/* What is under way when a session goes on: nobody may have heard of it. */
static void resume(struct keylife *life, const struct keylife_policy *policy,
		   struct keylife_actions *actions)
{
	if (msk_present(&life->next_msk)) {
		life->next_msk.pushed = false;
		life->next_msk.until = later(life->next_msk.until,
					     life->now + policy->msk_lead);
		act(actions, KEYLIFE_MSK_PUSH, life->next_msk.msk_id,
		    MTK_ID_NONE);
	}
	if (mtk_present(&life->next_mtk))
		life->next_mtk.until = life->now + policy->mtk_lead;
	/* There was a restart in between. */
	mtk_first(life, policy, actions);
	if (life->repeat != KEYLIFE_NEVER)
		life->repeat = life->now;
}

int64_t keylife_pause(struct keylife *life, const struct keylife_policy *policy,
		      bool paused, int64_t now, struct keylife_actions *actions)
{
	*actions = (struct keylife_actions){ 0 };
	time_set(life, now);
	if (life->paused && !paused)
		resume(life, policy, actions);
	life->paused = paused;
	return proceed(life, policy, actions);
}

int64_t keylife_restart(struct keylife *life,
			const struct keylife_policy *policy, int64_t now,
			struct keylife_actions *actions)
{
	*actions = (struct keylife_actions){ 0 };
	time_set(life, now);
	mtk_delete(&life->old_mtk, actions);
	mtk_delete(&life->mtk, actions);
	mtk_delete(&life->next_mtk, actions);
	if (life->paused)
		return proceed(life, policy, actions);
	/* Nobody knows how far the push came. */
	if (msk_present(&life->next_msk)) {
		life->next_msk.pushed = false;
		act(actions, KEYLIFE_MSK_PUSH, life->next_msk.msk_id,
		    MTK_ID_NONE);
	}
	mtk_first(life, policy, actions);
	return proceed(life, policy, actions);
}

void keylife_stop(struct keylife *life, struct keylife_actions *actions)
{
	*actions = (struct keylife_actions){ 0 };
	mtk_delete(&life->old_mtk, actions);
	mtk_delete(&life->mtk, actions);
	mtk_delete(&life->next_mtk, actions);
	msk_delete(&life->old_msk, actions);
	msk_delete(&life->msk, actions);
	msk_delete(&life->next_msk, actions);
	life->rekey = false;
	life->batch = KEYLIFE_NEVER;
	life->repeat = KEYLIFE_NEVER;
}

static const struct keylife_msk *msk_find(const struct keylife *life,
					  uint32_t msk_id)
{
	if (msk_present(&life->msk) && life->msk.msk_id == msk_id)
		return &life->msk;
	if (msk_present(&life->next_msk) && life->next_msk.msk_id == msk_id)
		return &life->next_msk;
	return NULL;
}

int keylife_interval(const struct keylife *life, uint32_t msk_id, uint16_t *low,
		     uint16_t *high, struct fault *fault)
{
	const struct keylife_msk *msk = msk_find(life, msk_id);

	*low = 0;
	*high = 0;
	if (!msk)
		return fault_set(fault, FAULT_UNKNOWN,
				 "MSK %08x is not in use and not the next",
				 msk_id);
	*low = msk->last_mtk;
	if (mtk_present(&life->next_mtk) && life->next_mtk.msk_id == msk_id)
		*low = (uint16_t)(life->next_mtk.mtk_id - 1);
	if (mtk_present(&life->mtk) && life->mtk.msk_id == msk_id)
		*low = (uint16_t)(life->mtk.mtk_id - 1);
	*high = msk->high;
	return 0;
}

size_t keylife_msks(const struct keylife *life, uint32_t msk_ids[2])
{
	size_t count = 0;

	if (msk_present(&life->msk))
		msk_ids[count++] = life->msk.msk_id;
	if (msk_present(&life->next_msk))
		msk_ids[count++] = life->next_msk.msk_id;
	return count;
}
