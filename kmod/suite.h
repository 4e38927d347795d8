/* SPDX-License-Identifier: GPL-2.0-only */
/* Cipher suites: AES-CTR and HMAC, synchronous and without allocation. */
#ifndef _MBSEC_SUITE_H
#define _MBSEC_SUITE_H

#include <linux/types.h>

#define MBSEC_COUNTER_BLOCK_SIZE 16
/* The largest of all suites. */
#define MBSEC_AUTH_KEY_SIZE 32
#define MBSEC_SALT_SIZE 14
#define MBSEC_TAG_MAX 10
#define MBSEC_MAC_SIZE_SHA1 20

struct crypto_shash;
struct crypto_sync_skcipher;

/**
 * struct mbsec_cipher_suite - what a suite is made of
 * @mac: name of the MAC
 * @id: enum mbsec_suite of the uapi
 * @format: enum mbsec_format that it is of
 * @tag_size: octets of the authentication tag, without a ROC
 * @cipher_key_size: octets of the cipher key, 0 for integrity only
 * @auth_key_size: octets of the authentication key
 * @salt_size: octets of the salt
 */
struct mbsec_cipher_suite {
	const char *mac;
	u16 id;
	u8 format;
	u8 tag_size;
	u8 cipher_key_size;
	u8 auth_key_size;
	u8 salt_size;
};

/**
 * struct mbsec_suite_keys - a suite ready for use with one key
 * @suite: the suite
 * @fast: cipher that needs SIMD, NULL where the other one is as fast
 * @safe: cipher for every context, NULL if the suite does not encrypt
 * @mac: keyed HMAC
 *
 * Read-only after mbsec_suite_keys_init(), so all CPUs share it.
 */
struct mbsec_suite_keys {
	const struct mbsec_cipher_suite *suite;
	struct crypto_sync_skcipher *fast;
	struct crypto_sync_skcipher *safe;
	struct crypto_shash *mac;
};

/**
 * struct mbsec_suite_drivers - names of the drivers behind the suites
 */
struct mbsec_suite_drivers {
	char cipher[64];
	char cipher_fallback[64];
	char mac[64];
};

extern struct mbsec_suite_drivers mbsec_suite_drivers;

int mbsec_suite_init(void);
const struct mbsec_cipher_suite *mbsec_suite_find(u32 id);
int mbsec_suite_keys_init(struct mbsec_suite_keys *keys,
			  const struct mbsec_cipher_suite *suite,
			  const u8 *cipher_key, const u8 *auth_key);
void mbsec_suite_keys_uninit(struct mbsec_suite_keys *keys);
int mbsec_suite_crypt(const struct mbsec_suite_keys *keys, const u8 *block,
		      u8 *data, size_t size);
int mbsec_suite_mac(const struct mbsec_suite_keys *keys, const u8 *data,
		    size_t size, const u8 *more, size_t more_size, u8 *mac);
int mbsec_suite_tag(const struct mbsec_suite_keys *keys, const u8 *nonce,
		    const u8 *data, size_t header_size, size_t text_size,
		    u8 *tag);

#endif /* _MBSEC_SUITE_H */
