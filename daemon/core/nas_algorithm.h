/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two AES algorithms of NAS security: 128-NEA2 = 128-EEA2 and 128-NIA2 =
 * 128-EIA2 (TS 33.501, annex D; TS 33.401, annex B). Messages are whole octets.
 */
#ifndef CORE_NAS_ALGORITHM_H
#define CORE_NAS_ALGORITHM_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "secret.h"

#define NAS_KEY_SIZE 16
#define NAS_MAC_SIZE 4
#define NAS_BEARER_MAX 31

/* Who sends: the DIRECTION input. */
enum nas_direction {
	NAS_UPLINK = 0,
	NAS_DOWNLINK = 1,
};

/**
 * struct nas_input - what makes each use of a key differ
 * @count: COUNT; NAS uses 24 bits of it
 * @bearer: BEARER, 0 to NAS_BEARER_MAX
 * @direction: DIRECTION
 */
struct nas_input {
	uint32_t count;
	uint8_t bearer;
	enum nas_direction direction;
};

/* Enciphers or deciphers @size octets of @in to @out, which may be @in: AES-128
 * in counter mode, the first counter block made of @input (TS 33.401, B.1.3).
 * @key has NAS_KEY_SIZE octets. Returns 0, or -1 and FAULT_ARGUMENT or
 * FAULT_MEMORY, and @out is zeroed.
 */
int nas_cipher(const struct secret *key, const struct nas_input *input,
	       const uint8_t *in, size_t size, uint8_t *out,
	       struct fault *fault);
/* MAC of @size octets: the first 4 octets of AES-128-CMAC over 8 octets made of
 * @input and @message (TS 33.401, B.2.3). @key has NAS_KEY_SIZE octets. Returns
 * 0, or -1 as above, and @mac is zeroed.
 */
int nas_mac(const struct secret *key, const struct nas_input *input,
	    const uint8_t *message, size_t size, uint8_t mac[NAS_MAC_SIZE],
	    struct fault *fault);

#endif /* CORE_NAS_ALGORITHM_H */
