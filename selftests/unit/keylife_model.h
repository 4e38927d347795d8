/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has to be true of the actions of daemon/core/keylife.c whatever happens,
 * for the unit test and the fuzzer: at most two MSKs, no id twice, nothing used
 * before it was announced, nothing left over, no endless loop.
 */
#ifndef KEYLIFE_MODEL_H
#define KEYLIFE_MODEL_H

#include "core/keylife.h"

#define MODEL_KEYS_MAX 8

struct model_key {
	uint32_t msk_id;
	uint16_t mtk_id; /* 0 for an MSK */
	uint16_t last_mtk; /* of an MSK */
	int64_t made;
	bool activated;
};

/**
 * struct keylife_model - a group and what an onlooker knows of it
 * @life: the group
 * @policy: its policy
 * @keys: keys that were made and not deleted
 * @count: how many
 * @last_msk_id: MSK that was made last
 * @active: MTK in use, msk_id 0 if none
 * @since: when it was activated
 * @paused: the session is inactive
 * @now: time
 * @wake: when the group wants to be called
 * @activations: how many there were
 * @sends: MTK messages
 * @failure: NULL, or what is wrong
 */
struct keylife_model {
	struct keylife life;
	struct keylife_policy policy;
	struct model_key keys[MODEL_KEYS_MAX];
	size_t count;
	uint32_t last_msk_id;
	struct model_key active;
	int64_t since;
	bool paused;
	int64_t now;
	int64_t wake;
	unsigned int activations;
	unsigned int sends;
	const char *failure;
};

enum model_event {
	MODEL_STEP,
	MODEL_START,
	MODEL_PUSHED, /* of the newest MSK */
	MODEL_REKEY, /* somebody has the newest MSK */
	MODEL_REKEY_USED, /* somebody has the MSK in use */
	MODEL_REKEY_LATER, /* somebody has the newest MSK, no hurry */
	MODEL_ROTATE,
	MODEL_PAUSE,
	MODEL_RESUME,
	MODEL_RESTART,
	MODEL_STOP,
	MODEL_EVENTS,
};

void keylife_model_init(struct keylife_model *model,
			const struct keylife_policy *policy,
			uint32_t last_msk_id);
/* Lets @event happen at @now, and all that is due by then. False and
 * @model->failure if a rule was broken.
 */
bool keylife_model_event(struct keylife_model *model, enum model_event event,
			 int64_t now);
/* Runs the clock up to @now, stopping at each time that the group asked for. */
bool keylife_model_run(struct keylife_model *model, int64_t now);
/* Keys that are alive: MSKs, or MTKs. */
size_t keylife_model_msks(const struct keylife_model *model);
size_t keylife_model_mtks(const struct keylife_model *model);

#endif /* KEYLIFE_MODEL_H */
