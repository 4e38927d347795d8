/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session keys from an MTK: the key derivations of SFrame and of SRTP. */
#ifndef _CLI_DERIVE_H
#define _CLI_DERIVE_H

#include <stddef.h>
#include <stdint.h>

#include "problem.h"
#include "suite.h"

#define CIPHER_KEY_SIZE_MAX 32
#define AUTH_KEY_SIZE_MAX 32
#define SALT_SIZE_MAX 14

/* What a key file holds; sizes are those that its suite wants. */
struct master_key {
	uint8_t mtk[MTK_SIZE_MAX];
	uint8_t salt[MASTER_SALT_SIZE];
};

/* cipher_key_size is 0 for suites that do not encrypt. */
struct protocol_keys {
	size_t cipher_key_size;
	size_t auth_key_size;
	size_t salt_size;
	uint8_t cipher_key[CIPHER_KEY_SIZE_MAX];
	uint8_t auth_key[AUTH_KEY_SIZE_MAX];
	uint8_t salt[SALT_SIZE_MAX];
};

/* SFrame has no RTCP: all sizes are 0 then. */
struct session_keys {
	struct protocol_keys data;
	struct protocol_keys rtcp;
};

/* The key identifier of SFrame on the wire. */
uint64_t derive_kid(uint16_t sender_id, uint32_t msk_id, uint16_t mtk_id);
/* kid is for suites of SFrame. keys is all zeros after a failure. */
int derive_session_keys(const struct suite *suite, uint64_t kid,
			const struct master_key *master,
			struct session_keys *keys, struct problem *problem);

#endif /* _CLI_DERIVE_H */
