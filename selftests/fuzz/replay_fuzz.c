// SPDX-License-Identifier: GPL-2.0-or-later
/* The replay window and its model, driven by the same counters. */
#include "fuzz.h"
#include "replay.h"
#include "replay_model.h"

struct pair {
	struct mbsec_replay *window;
	struct replay_model model;
	u64 first;
};

static void pair_start(struct pair *pair, struct fuzz_input *input)
{
	u32 size = 64 * (1 + fuzz_take(input, 1) % 128);
	bool has_floor = fuzz_take(input, 1) & 1;

	pair->window = malloc(mbsec_replay_bytes(size));
	fuzz_check(pair->window);
	memset(pair->window, 0xa5, mbsec_replay_bytes(size));
	mbsec_replay_init(pair->window, size);
	replay_model_init(&pair->model, size);
	pair->first = fuzz_take(input, 8);
	if (!has_floor)
		return;
	mbsec_replay_set_floor(pair->window, pair->first);
	replay_model_set_floor(&pair->model, pair->first);
}

/* Near the highest counter, near the edge of the window, or anywhere. */
static u64 counter_take(const struct pair *pair, struct fuzz_input *input,
			unsigned int way)
{
	u64 top = pair->model.count ? pair->model.highest : pair->first;

	switch (way & 7) {
	case 0:
		return top + 1;
	case 1:
		return top + fuzz_take(input, 1);
	case 2:
		return top - fuzz_take(input, 1);
	case 3:
		return top + fuzz_take(input, 2);
	case 4:
		return top - fuzz_take(input, 2);
	case 5:
		return top + pair->model.size - 128 + fuzz_take(input, 1);
	case 6:
		return top - pair->model.size - 128 + fuzz_take(input, 1);
	default:
		return fuzz_take(input, 8);
	}
}

static void check_highest(const struct pair *pair)
{
	const struct replay_model *model = &pair->model;
	u64 highest;

	if (!mbsec_replay_highest(pair->window, &highest))
		fuzz_check(!model->count && !model->has_floor);
	else
		fuzz_check(highest ==
			   (model->count ? model->highest : model->floor));
}

/* From above the window to below it; of a large one only some counters. */
static void check_window(const struct pair *pair)
{
	u32 step = pair->model.size <= 256 ? 1 : 61;
	u64 counter = pair->model.highest + 70;
	u32 i;

	for (i = 0; i < pair->model.size + 140; i += step, counter -= step)
		fuzz_check(mbsec_replay_check(pair->window, counter) ==
			   replay_model_check(&pair->model, counter));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	struct pair pair;

	pair_start(&pair, &input);
	while (input.size) {
		unsigned int way = fuzz_take(&input, 1);
		u64 counter = counter_take(&pair, &input, way);
		int expected = replay_model_check(&pair.model, counter);

		fuzz_check(mbsec_replay_check(pair.window, counter) ==
			   expected);
		/* A forged datagram is looked at and never committed. */
		if (way & 0x80)
			continue;
		fuzz_check(mbsec_replay_commit(pair.window, counter) ==
			   expected);
		replay_model_commit(&pair.model, counter);
		check_highest(&pair);
	}
	check_highest(&pair);
	check_window(&pair);
	replay_model_free(&pair.model);
	free(pair.window);
	return 0;
}
