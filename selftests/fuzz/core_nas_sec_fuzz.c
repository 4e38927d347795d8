// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * NAS security: octet 0 selects the system, 1 the state of the receiver, 2 whether
 * the MAC is made right; the rest is a message. Nobody but the owner of the key is
 * accepted, and none twice.
 */
#include "core/nas_sec.h"
#include "fuzz.h"

static struct nas_security security_make(enum nas_system system, uint64_t state)
{
	struct secret key = { 0 };
	struct nas_setup setup = {
		system, NAS_UPLINK, NAS_ALGORITHM_AES, NAS_ALGORITHM_AES,
		&key,	&key
	};
	struct nas_security security;

	fuzz_check(!secret_set(&key, "0123456789abcdef", NAS_KEY_SIZE));
	fuzz_check(!nas_security_init(&security, &setup, NULL));
	secret_clear(&key);
	security.received = state & 1;
	if (security.received)
		security.last_received = (uint32_t)(state & 0xff) << 4;
	return security;
}

/* As the network would have made it with the next COUNT of that number. */
static void sign(const struct nas_security *security, uint8_t *message,
		 size_t size, size_t head)
{
	uint32_t last = security->last_received;
	uint32_t count = (last & 0xffff00) | message[head - 1];
	struct nas_input input = { 0, (uint8_t)security->system, NAS_DOWNLINK };

	if (message[head - 1] < (last & 0xff))
		count += 256;
	input.count = count;
	fuzz_check(!nas_mac(&security->integrity_key, &input,
			    message + head - 1, size - head + 1,
			    message + head - 1 - NAS_MAC_SIZE, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	enum nas_system system = fuzz_take(&input, 1) % 3;
	struct nas_security security =
		security_make(system, fuzz_take(&input, 1));
	bool signs = fuzz_take(&input, 1) & 1;
	uint8_t *message = fuzz_copy(input.data, input.size);
	uint8_t *plain = malloc(input.size + 1);
	struct nas_security before = security;
	struct nas_received received;
	struct nas_header header;
	struct fault fault = { 0 };

	fuzz_check(plain);
	signs = signs &&
		!nas_header_decode(system, message, input.size, &header, NULL);
	signs = signs && header.size;
	if (signs)
		sign(&security, message, input.size, header.size);
	if (nas_unprotect(&security, message, input.size, plain, input.size,
			  &received, &fault)) {
		fuzz_check(fault.code != FAULT_NONE);
		fuzz_check(!memcmp(&before, &security, sizeof(before)));
	} else {
		/* A MAC of 32 bits is not guessed within a run. */
		fuzz_check(signs && received.authentic);
		fuzz_check(received.size == input.size - header.size);
		fuzz_check(security.last_received == received.count);
		fuzz_check(nas_unprotect(&security, message, input.size, plain,
					 input.size, &received, &fault));
		fuzz_check(fault.code == FAULT_REPLAYED);
	}
	nas_security_clear(&security);
	free(message);
	free(plain);
	return 0;
}
