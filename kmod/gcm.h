/* SPDX-License-Identifier: GPL-2.0-only */
/* AES-GCM, synchronous and without allocation. */
#ifndef _MBSEC_GCM_H
#define _MBSEC_GCM_H

#include <linux/types.h>

#define MBSEC_GCM_NONCE_SIZE 12
#define MBSEC_GCM_TAG_SIZE 16

struct crypto_aead;

/**
 * struct mbsec_gcm - AES-GCM with one key
 * @fast: driver that needs SIMD, NULL where the other one is as fast
 * @safe: driver for every context
 *
 * Read-only after mbsec_gcm_init(), so all CPUs share it.
 */
struct mbsec_gcm {
	struct crypto_aead *fast;
	struct crypto_aead *safe;
};

int mbsec_gcm_init(struct mbsec_gcm *gcm, const u8 *key, size_t size);
void mbsec_gcm_uninit(struct mbsec_gcm *gcm);
int mbsec_gcm_seal(const struct mbsec_gcm *gcm, const u8 *nonce, u8 *data,
		   size_t header_size, size_t text_size);
int mbsec_gcm_open(const struct mbsec_gcm *gcm, const u8 *nonce, u8 *data,
		   size_t header_size, size_t text_size);
void mbsec_gcm_cleanup(void);

#endif /* _MBSEC_GCM_H */
