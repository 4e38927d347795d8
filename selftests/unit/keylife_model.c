// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "keylife_model.h"

/* Calls in a row that may be needed at one time. */
#define CALLS_MAX 12

static bool broken(struct keylife_model *model, const char *rule)
{
	if (!model->failure)
		model->failure = rule;
	return false;
}

static struct model_key *key_find(struct keylife_model *model, uint32_t msk_id,
				  uint16_t mtk_id)
{
	size_t i;

	for (i = 0; i < model->count; i++)
		if (model->keys[i].msk_id == msk_id &&
		    model->keys[i].mtk_id == mtk_id)
			return &model->keys[i];
	return NULL;
}

static size_t key_count(const struct keylife_model *model, bool msk)
{
	size_t found = 0, i;

	for (i = 0; i < model->count; i++)
		found += (model->keys[i].mtk_id == 0) == msk;
	return found;
}

size_t keylife_model_msks(const struct keylife_model *model)
{
	return key_count(model, true);
}

size_t keylife_model_mtks(const struct keylife_model *model)
{
	return key_count(model, false);
}

static bool key_add(struct keylife_model *model, uint32_t msk_id,
		    uint16_t mtk_id)
{
	if (model->count == MODEL_KEYS_MAX)
		return broken(model, "too many keys are alive");
	model->keys[model->count++] = (struct model_key){ .msk_id = msk_id,
							  .mtk_id = mtk_id,
							  .made = model->now };
	return true;
}

static void key_remove(struct keylife_model *model, struct model_key *key)
{
	*key = model->keys[--model->count];
}

static bool msk_made(struct keylife_model *model, uint32_t msk_id)
{
	if (msk_id != msk_id_next(model->last_msk_id))
		return broken(model, "MSK ID is not the next one");
	model->last_msk_id = msk_id;
	if (!key_add(model, msk_id, 0))
		return false;
	if (keylife_model_msks(model) > 2)
		return broken(model, "three MSKs are alive");
	return true;
}

static bool msk_deleted(struct keylife_model *model, uint32_t msk_id)
{
	struct model_key *key = key_find(model, msk_id, 0);
	size_t i;

	if (!key)
		return broken(model, "MSK is deleted that is not there");
	for (i = 0; i < model->count; i++)
		if (model->keys[i].msk_id == msk_id && model->keys[i].mtk_id)
			return broken(model, "MSK is deleted before its MTK");
	key_remove(model, key);
	return true;
}

static bool mtk_made(struct keylife_model *model, uint32_t msk_id,
		     uint16_t mtk_id)
{
	struct model_key *msk = key_find(model, msk_id, 0);

	if (!msk)
		return broken(model, "MTK is made under no MSK");
	if (mtk_id != msk->last_mtk + 1)
		return broken(model, "MTK ID is not the next one");
	if (mtk_id > model->policy.mtk_count)
		return broken(model, "MTK ID is above the interval");
	msk->last_mtk = mtk_id;
	if (!key_add(model, msk_id, mtk_id))
		return false;
	if (keylife_model_mtks(model) > 3)
		return broken(model, "four MTKs are alive");
	return true;
}

static bool mtk_activated(struct keylife_model *model, uint32_t msk_id,
			  uint16_t mtk_id)
{
	struct model_key *key = key_find(model, msk_id, mtk_id);

	if (!key)
		return broken(model, "MTK is activated that is not there");
	if (key->activated)
		return broken(model, "MTK is activated twice");
	if (model->now - key->made < model->policy.mtk_lead)
		return broken(model, "MTK is activated too early");
	key->activated = true;
	model->active = *key;
	model->since = model->now;
	model->activations++;
	return true;
}

static bool mtk_deleted(struct keylife_model *model, uint32_t msk_id,
			uint16_t mtk_id, enum model_event event)
{
	struct model_key *key = key_find(model, msk_id, mtk_id);

	if (!key)
		return broken(model, "MTK is deleted that is not there");
	if (model->active.msk_id == msk_id && model->active.mtk_id == mtk_id) {
		if (event != MODEL_RESTART && event != MODEL_STOP)
			return broken(model, "the active MTK is deleted");
		model->active = (struct model_key){ 0 };
	}
	key_remove(model, key);
	return true;
}

static bool action_check(struct keylife_model *model,
			 const struct keylife_action *action,
			 enum model_event event)
{
	if (model->paused && action->type != KEYLIFE_MSK_DELETE &&
	    action->type != KEYLIFE_MTK_DELETE)
		return broken(model, "inactive session does something");
	switch (action->type) {
	case KEYLIFE_MSK_MAKE:
		return msk_made(model, action->msk_id);
	case KEYLIFE_MSK_PUSH:
		if (!key_find(model, action->msk_id, 0))
			return broken(model, "MSK is pushed that is not there");
		return true;
	case KEYLIFE_MSK_DELETE:
		return msk_deleted(model, action->msk_id);
	case KEYLIFE_MTK_MAKE:
		return mtk_made(model, action->msk_id, action->mtk_id);
	case KEYLIFE_MTK_SEND:
		model->sends++;
		if (!key_find(model, action->msk_id, action->mtk_id))
			return broken(model, "MTK is sent that is not there");
		return true;
	case KEYLIFE_MTK_ACTIVATE:
		return mtk_activated(model, action->msk_id, action->mtk_id);
	case KEYLIFE_MTK_DELETE:
		return mtk_deleted(model, action->msk_id, action->mtk_id,
				   event);
	}
	return broken(model, "action of no type");
}

/* SEQl and SEQu for a new member let it take the MTK in use and no older one. */
static bool interval_check(struct keylife_model *model)
{
	uint16_t low, high;
	uint32_t msk_ids[2];
	size_t count = keylife_msks(&model->life, msk_ids), i;

	for (i = 0; i < count; i++) {
		if (!key_find(model, msk_ids[i], 0))
			return broken(model, "new member gets a dead MSK");
		if (keylife_interval(&model->life, msk_ids[i], &low, &high,
				     NULL))
			return broken(model, "MSK has no interval");
		if (high != model->policy.mtk_count || low > high)
			return broken(model, "interval is wrong");
		if (model->active.msk_id == msk_ids[i] &&
		    low != model->active.mtk_id - 1)
			return broken(model, "interval begins elsewhere");
	}
	return true;
}

void keylife_model_init(struct keylife_model *model,
			const struct keylife_policy *policy,
			uint32_t last_msk_id)
{
	memset(model, 0, sizeof(*model));
	model->policy = *policy;
	model->last_msk_id = last_msk_id;
	model->wake = KEYLIFE_NEVER;
	keylife_init(&model->life, last_msk_id);
}

static int64_t event_call(struct keylife_model *model, enum model_event event,
			  struct keylife_actions *actions)
{
	const struct keylife_policy *policy = &model->policy;
	struct keylife *life = &model->life;
	int64_t now = model->now;

	switch (event) {
	case MODEL_START:
		return keylife_start(life, policy, now, actions);
	case MODEL_PUSHED:
		return keylife_pushed(life, policy, model->last_msk_id, now,
				      actions);
	case MODEL_REKEY:
		return keylife_rekey(life, policy, model->last_msk_id, true,
				     now, actions);
	case MODEL_REKEY_LATER:
		return keylife_rekey(life, policy, model->last_msk_id, false,
				     now, actions);
	case MODEL_REKEY_USED:
		return keylife_rekey(life, policy, model->active.msk_id, true,
				     now, actions);
	case MODEL_ROTATE:
		return keylife_rotate(life, policy, now, actions);
	case MODEL_PAUSE:
		model->paused = true;
		return keylife_pause(life, policy, true, now, actions);
	case MODEL_RESUME:
		model->paused = false;
		return keylife_pause(life, policy, false, now, actions);
	case MODEL_RESTART:
		return keylife_restart(life, policy, now, actions);
	case MODEL_STOP:
		keylife_stop(life, actions);
		return KEYLIFE_NEVER;
	default:
		return keylife_step(life, policy, now, actions);
	}
}

bool keylife_model_event(struct keylife_model *model, enum model_event event,
			 int64_t now)
{
	bool keeps_active = model->active.msk_id && event != MODEL_RESTART &&
			    event != MODEL_STOP;
	unsigned int calls = 0;
	size_t i;

	model->now = now > model->now ? now : model->now;
	do {
		struct keylife_actions actions;

		model->wake = event_call(model, event, &actions);
		if (actions.count == KEYLIFE_ACTIONS_MAX)
			return broken(model, "the list of actions is full");
		for (i = 0; i < actions.count; i++)
			if (!action_check(model, &actions.list[i], event))
				return false;
		if (!interval_check(model))
			return false;
		if (keeps_active && !model->active.msk_id)
			return broken(model, "traffic has no key any more");
		event = MODEL_STEP;
		if (++calls > CALLS_MAX)
			return broken(model, "time stands still");
	} while (model->wake <= model->now);
	return true;
}

bool keylife_model_run(struct keylife_model *model, int64_t now)
{
	while (model->wake <= now)
		if (!keylife_model_event(model, MODEL_STEP, model->wake))
			return false;
	return keylife_model_event(model, MODEL_STEP, now);
}
