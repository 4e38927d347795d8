// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * NAS of 5GS with the multicast containers: what is understood can be said again,
 * and then in one way only.
 */
#include "core/nas5g.h"
#include "fuzz.h"

#define ROOM 70000

static uint8_t once[ROOM], again[ROOM];

static size_t recode(const uint8_t *data, size_t size, uint8_t *out)
{
	uint8_t *copy = fuzz_copy(data, size);
	struct nas5g_transport transport;
	struct nas5g_sm message;
	struct fault fault = { 0 };
	size_t made = 0;

	if (!nas5g_transport_decode(copy, size, &transport, &fault)) {
		fuzz_check(!nas5g_transport_encode(&transport, out, ROOM, &made,
						   NULL));
	} else if (!nas5g_sm_decode(copy, size, &message, NULL)) {
		fuzz_check(!nas5g_sm_encode(&message, out, ROOM, &made, NULL));
		nas5g_sm_clear(&message);
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
