/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cipher suites: AES-CTR and HMAC, or AES-GCM, synchronous and without
 * allocation.
 */
#ifndef _MBSEC_SUITE_H
#define _MBSEC_SUITE_H

#include <linux/types.h>

#include "gcm.h"
#include "mac.h"

#define MBSEC_COUNTER_BLOCK_SIZE 16
/* Octets before each of a pair of datagrams that are lent, and come back. */
#define MBSEC_SUITE_PAIR_ROOM MBSEC_MAC_PREFIX_SIZE
/* The largest of all suites. */
#define MBSEC_AUTH_KEY_SIZE 32
#define MBSEC_SALT_SIZE 14
#define MBSEC_TAG_MAX 10
#define MBSEC_MAC_SIZE_SHA1 20

struct crypto_sync_skcipher;

/**
 * struct mbsec_cipher_suite - what a suite is made of
 * @hash: hash of the MAC; NULL if this is AES-GCM
 * @id: enum mbsec_suite of the uapi
 * @format: enum mbsec_format that it is of
 * @tag_size: octets of the authentication tag, without a ROC
 * @cipher_key_size: octets of the cipher key, 0 for integrity only
 * @auth_key_size: octets of the authentication key, 0 if this is AES-GCM
 * @salt_size: octets of the salt
 */
struct mbsec_cipher_suite {
	const struct mbsec_mac_hash *hash;
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
 * @fast: AES-CTR that needs SIMD, NULL where the other one is as fast
 * @safe: AES-CTR for every context, NULL if the suite has none
 * @gcm: AES-GCM, if the suite is that
 * @mac: HMAC, otherwise
 *
 * Read-only after mbsec_suite_keys_init(), so all CPUs share it.
 */
struct mbsec_suite_keys {
	const struct mbsec_cipher_suite *suite;
	struct crypto_sync_skcipher *fast;
	struct crypto_sync_skcipher *safe;
	struct mbsec_gcm gcm;
	struct mbsec_mac mac;
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

/**
 * struct mbsec_suite_text - a datagram of SFrame, to be sealed or verified
 * @block: initial counter block: the nonce, followed by zeros
 * @data: header, directly followed by the text and the tag, or room for it
 */
struct mbsec_suite_text {
	u8 block[MBSEC_COUNTER_BLOCK_SIZE];
	u8 *data;
};

int mbsec_suite_init(void);
void mbsec_suite_exit(void);
const struct mbsec_cipher_suite *mbsec_suite_find(u32 id);
int mbsec_suite_keys_init(struct mbsec_suite_keys *keys,
			  const struct mbsec_cipher_suite *suite,
			  const u8 *cipher_key, const u8 *auth_key);
void mbsec_suite_keys_uninit(struct mbsec_suite_keys *keys);
int mbsec_suite_crypt(const struct mbsec_suite_keys *keys, const u8 *block,
		      u8 *data, size_t size);
int mbsec_suite_seal(const struct mbsec_suite_keys *keys, const u8 *block,
		     u8 *data, size_t header_size, size_t text_size);
int mbsec_suite_verify(const struct mbsec_suite_keys *keys, const u8 *block,
		       u8 *data, size_t header_size, size_t text_size);
bool mbsec_suite_pairs(const struct mbsec_suite_keys *keys);
int mbsec_suite_seal_pair(const struct mbsec_suite_keys *keys,
			  const struct mbsec_suite_text *texts,
			  size_t header_size, size_t text_size);
void mbsec_suite_verify_pair(const struct mbsec_suite_keys *keys,
			     const struct mbsec_suite_text *texts,
			     size_t header_size, size_t text_size, int *errors);

#endif /* _MBSEC_SUITE_H */
