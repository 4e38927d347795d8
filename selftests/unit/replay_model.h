/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a replay window must answer, said without a window: a set of all
 * counters that were ever accepted.
 */
#ifndef _UNIT_REPLAY_MODEL_H
#define _UNIT_REPLAY_MODEL_H

#include <linux/types.h>

struct replay_model_slot {
	u64 counter;
	bool used;
};

/* capacity is a power of two, above twice the count. */
struct replay_model {
	struct replay_model_slot *slots;
	size_t capacity;
	size_t count;
	u64 highest;
	u64 floor;
	bool has_floor;
	u32 size;
};

void replay_model_init(struct replay_model *model, u32 size);
void replay_model_set_floor(struct replay_model *model, u64 floor);
void replay_model_free(struct replay_model *model);

/* 0, -EEXIST or -ESTALE, as mbsec_replay_check(). */
int replay_model_check(const struct replay_model *model, u64 counter);
int replay_model_commit(struct replay_model *model, u64 counter);

#endif /* _UNIT_REPLAY_MODEL_H */
