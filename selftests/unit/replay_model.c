// SPDX-License-Identifier: GPL-2.0-or-later
/* The set is a hash table with open addressing that never forgets. */
#include <stdlib.h>

#include <linux/errno.h>

#include "replay_model.h"

#define CAPACITY_FIRST 64

static struct replay_model_slot *slots_alloc(size_t capacity)
{
	struct replay_model_slot *slots = calloc(capacity, sizeof(*slots));

	if (!slots)
		abort();
	return slots;
}

/* The slot with the counter, or the free one where it belongs. */
static struct replay_model_slot *slot_find(struct replay_model_slot *slots,
					   size_t capacity, u64 counter)
{
	size_t i = counter * 0x9e3779b97f4a7c15 >> 32;

	while (slots[i & (capacity - 1)].used &&
	       slots[i & (capacity - 1)].counter != counter)
		i++;
	return &slots[i & (capacity - 1)];
}

static void model_grow(struct replay_model *model)
{
	size_t capacity = 2 * model->capacity;
	struct replay_model_slot *slots = slots_alloc(capacity);
	size_t i;

	for (i = 0; i < model->capacity; i++)
		if (model->slots[i].used)
			*slot_find(slots, capacity, model->slots[i].counter) =
				model->slots[i];
	free(model->slots);
	model->slots = slots;
	model->capacity = capacity;
}

void replay_model_init(struct replay_model *model, u32 size)
{
	*model = (struct replay_model){
		.slots = slots_alloc(CAPACITY_FIRST),
		.capacity = CAPACITY_FIRST,
		.size = size,
	};
}

void replay_model_set_floor(struct replay_model *model, u64 floor)
{
	model->floor = floor;
	model->has_floor = true;
}

void replay_model_free(struct replay_model *model)
{
	free(model->slots);
}

int replay_model_check(const struct replay_model *model, u64 counter)
{
	u64 lowest = 0;

	if (model->has_floor && counter <= model->floor)
		return -ESTALE;
	if (!model->count)
		return 0;
	if (model->highest >= model->size)
		lowest = model->highest - model->size + 1;
	if (counter < lowest)
		return -ESTALE;
	if (slot_find(model->slots, model->capacity, counter)->used)
		return -EEXIST;
	return 0;
}

int replay_model_commit(struct replay_model *model, u64 counter)
{
	int err = replay_model_check(model, counter);
	struct replay_model_slot *slot;

	if (err)
		return err;
	if (2 * model->count >= model->capacity)
		model_grow(model);
	slot = slot_find(model->slots, model->capacity, counter);
	slot->counter = counter;
	slot->used = true;
	model->count++;
	if (counter > model->highest)
		model->highest = counter;
	return 0;
}
