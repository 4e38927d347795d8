// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The life cycle of keys: 15 octets of policy, then events of 2 octets each, an
 * event and the time that passes before it. selftests/unit/keylife_model.h has the
 * rules.
 */
#include <stdio.h>
#include <stdlib.h>

/* The model is shared with the unit test and no part of daemon/core. */
#include "../unit/keylife_model.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define POLICY_SIZE 15
#define EVENTS_MAX 60

static int64_t number(const uint8_t *data)
{
	return data[0] << 8 | data[1];
}

static void demand(const struct keylife_model *model, bool good)
{
	if (good)
		return;
	fprintf(stderr, "%s\n", model->failure);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keylife_policy policy;
	struct keylife_model model;
	unsigned int events;

	if (size < POLICY_SIZE)
		return 0;
	policy = (struct keylife_policy){
		.msk_lifetime = number(data),
		.msk_lead = number(data + 2),
		.msk_overlap = number(data + 4),
		.mtk_lifetime = number(data + 6),
		.mtk_lead = data[8],
		.mtk_overlap = data[9],
		.mtk_repeat = number(data + 10),
		.batch = number(data + 12),
		.mtk_count = data[14],
	};
	if (keylife_policy_check(&policy, NULL))
		return 0;
	keylife_model_init(&model, &policy, 0x0001fff0);
	data += POLICY_SIZE;
	size -= POLICY_SIZE;
	for (events = 0; size >= 2 && events < EVENTS_MAX; events++) {
		enum model_event event =
			(enum model_event)(data[0] % MODEL_EVENTS);
		int64_t now = model.now + 4 * data[1];

		/* The upper half: the clock is kept. The lower: it is late. */
		if (data[0] & 0x80)
			demand(&model, keylife_model_run(&model, now));
		demand(&model, keylife_model_event(&model, event, now));
		data += 2;
		size -= 2;
	}
	return 0;
}
