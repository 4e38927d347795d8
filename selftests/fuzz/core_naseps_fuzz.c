// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * NAS of EPS with group keys: what is understood can be said again, and then in
 * one way only; no keys in the clear in SECURITY MODE COMMAND.
 */
#include "core/naseps.h"
#include "fuzz.h"

#define ROOM 70000

static uint8_t once[ROOM], again[ROOM];

static size_t recode(const uint8_t *data, size_t size, uint8_t *out)
{
	uint8_t *copy = fuzz_copy(data, size);
	struct naseps_message message;
	struct fault fault = { 0 };
	size_t made = 0;

	if (!naseps_decode(copy, size, &message, &fault)) {
		fuzz_check(message.type != NASEPS_SECURITY_MODE_COMMAND ||
			   !message.has_group || message.group.wrapped);
		fuzz_check(!naseps_encode(&message, out, ROOM, &made, NULL));
		naseps_clear(&message);
	} else {
		fuzz_check(fault.code != FAULT_NONE && fault.text[0]);
	}
	free(copy);
	return made;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t made = recode(data, size, once);

	if (made) {
		fuzz_check(recode(once, made, again) == made);
		fuzz_check(!memcmp(once, again, made));
	}
	return 0;
}
