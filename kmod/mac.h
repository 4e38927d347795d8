/* SPDX-License-Identifier: GPL-2.0-only */
/* HMAC of SHA-256 and SHA-1, with what depends on the key alone made once. */
#ifndef _MBSEC_MAC_H
#define _MBSEC_MAC_H

#include <linux/types.h>

/* The larger of the two: SHA-256. */
#define MBSEC_MAC_SIZE_MAX 32
#define MBSEC_MAC_WORDS_MAX 8
/* The first piece that is usual: lengths and nonce of SFrame. */
#define MBSEC_MAC_PREFIX_SIZE 36

struct crypto_shash;
struct mbsec_mac_hash;

/**
 * struct mbsec_mac - HMAC with one key
 * @hash: the hash
 * @keyed: the crypto layer's HMAC, if it has to do it; else NULL
 * @inner: state of the hash after the inner padded key, unless @keyed
 * @outer: likewise, the outer one
 *
 * Read-only after mbsec_mac_init(), so all CPUs share it.
 */
struct mbsec_mac {
	const struct mbsec_mac_hash *hash;
	struct crypto_shash *keyed;
	u32 inner[MBSEC_MAC_WORDS_MAX];
	u32 outer[MBSEC_MAC_WORDS_MAX];
};

extern struct mbsec_mac_hash mbsec_mac_sha256;
extern struct mbsec_mac_hash mbsec_mac_sha1;

int mbsec_mac_setup(void);
void mbsec_mac_cleanup(void);
const char *mbsec_mac_driver(const struct mbsec_mac_hash *hash);
int mbsec_mac_init(struct mbsec_mac *mac, const struct mbsec_mac_hash *hash,
		   const u8 *key, size_t size);
void mbsec_mac_uninit(struct mbsec_mac *mac);
int mbsec_mac_compute(const struct mbsec_mac *mac, const u8 *data, size_t size,
		      const u8 *more, size_t more_size, u8 *result);

#endif /* _MBSEC_MAC_H */
