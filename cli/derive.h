/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Session keys from an MTK: the key derivation of SFrame. */
#ifndef _CLI_DERIVE_H
#define _CLI_DERIVE_H

#include <stddef.h>
#include <stdint.h>

#include "problem.h"

#define MTK_SIZE 16
#define CIPHER_KEY_SIZE 16
#define AUTH_KEY_SIZE 32
#define SALT_SIZE 12

/* cipher_key_size is 0 for suites that do not encrypt. */
struct session_keys {
	size_t cipher_key_size;
	uint8_t cipher_key[CIPHER_KEY_SIZE];
	uint8_t auth_key[AUTH_KEY_SIZE];
	uint8_t salt[SALT_SIZE];
};

/* The key identifier on the wire. */
uint64_t derive_kid(uint16_t sender_id, uint32_t msk_id, uint16_t mtk_id);
int derive_session_keys(uint32_t suite, uint64_t kid,
			const uint8_t mtk[static MTK_SIZE],
			struct session_keys *keys, struct problem *problem);

#endif /* _CLI_DERIVE_H */
