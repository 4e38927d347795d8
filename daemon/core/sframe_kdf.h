/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Session keys of SFrame from an MTK (RFC 9605, 4.4.2), and the key id that
 * carries our key identity (docs/wire-format.rst). Rules for outputs and faults
 * are in kdf.h.
 */
#ifndef CORE_SFRAME_KDF_H
#define CORE_SFRAME_KDF_H

#include <stdint.h>

#include "kdf.h"

/* RFC 9605, 8.1, and the null cipher for services with integrity only, from the
 * range for private use.
 */
enum sframe_suite {
	SFRAME_AES_128_CTR_HMAC_SHA256_80 = 0x0001,
	SFRAME_AES_128_CTR_HMAC_SHA256_64 = 0x0002,
	SFRAME_AES_128_CTR_HMAC_SHA256_32 = 0x0003,
	SFRAME_AES_128_GCM_SHA256_128 = 0x0004,
	SFRAME_AES_256_GCM_SHA512_128 = 0x0005,
	SFRAME_NULL_HMAC_SHA256_80 = 0xf001,
};

#define SFRAME_SALT_SIZE 12
#define SFRAME_SENDER_ID_MIN 0x0100

/* KID = sender id (16 bits) || MSK ID (32) || MTK ID (16). */
static inline uint64_t sframe_kid(uint16_t sender_id, uint32_t msk_id,
				  uint16_t mtk_id)
{
	return (uint64_t)sender_id << 48 | (uint64_t)msk_id << 16 | mtk_id;
}

/**
 * struct sframe_keys - what the datapath needs for one KID
 * @cipher: key of AES, empty with SFRAME_NULL_HMAC_SHA256_80
 * @auth: key of the HMAC, empty with AES-GCM
 * @salt: SFRAME_SALT_SIZE octets
 */
struct sframe_keys {
	struct secret cipher;
	struct secret auth;
	struct secret salt;
};

/* sframe_key and sframe_salt of @kid, the former cut into its parts (RFC 9605,
 * 4.5.1). @base_key has 1 to SECRET_SIZE_MAX octets; an MTK has 16. A suite that
 * is not in the list is FAULT_UNSUPPORTED. On failure all parts are empty.
 */
int sframe_kdf(const struct secret *base_key, uint64_t kid, uint16_t suite_id,
	       struct sframe_keys *keys, struct fault *fault);
/* Wipes all parts. */
void sframe_keys_clear(struct sframe_keys *keys);

#endif /* CORE_SFRAME_KDF_H */
