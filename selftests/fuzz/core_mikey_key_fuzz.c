// SPDX-License-Identifier: GPL-2.0-or-later
/* Key data sub-payloads, which a peer with the right key may send: decoding and
 * encoding are inverse, and no secret is left after a refusal.
 */
#include "core/mikey_key.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct mikey_key zero;
	uint8_t *copy = fuzz_copy(data, size);
	uint8_t again[MIKEY_KEY_DATA_MAX];
	struct mikey_key key = { 0 };
	struct fault fault = { 0 };
	struct writer writer;

	if (mikey_key_decode(&key, copy, size, &fault)) {
		fuzz_check(!memcmp(&key, &zero, sizeof(zero)));
		fuzz_check(fault.code && strlen(fault.text) > 10);
	} else {
		writer_init(&writer, again, sizeof(again));
		fuzz_check(!mikey_key_encode(&key, &writer, &fault));
		fuzz_check(writer.length == size);
		fuzz_check(!memcmp(again, copy, size));
	}
	mikey_key_clear(&key);
	free(copy);
	return 0;
}
