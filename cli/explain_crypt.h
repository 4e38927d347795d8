/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two algorithms of SFrame and SRTP packets. */
#ifndef _CLI_EXPLAIN_CRYPT_H
#define _CLI_EXPLAIN_CRYPT_H

#include <stddef.h>
#include <stdint.h>

#include "core/secret.h"

#define EXPLAIN_BLOCK_SIZE 16
#define EXPLAIN_MAC_MAX 32

/* Octets one after the other. */
struct explain_slice {
	const void *data;
	size_t size;
};

/* HMAC with the hash of that name ("SHA1", "SHA256"). 0 or -1. */
int explain_hmac(const char *hash, const struct secret *key,
		 const struct explain_slice *slices, size_t count,
		 uint8_t mac[static EXPLAIN_MAC_MAX]);
/* AES in counter mode from that block on; the key's size says which. 0 or -1. */
int explain_aes_ctr(const struct secret *key,
		    const uint8_t block[static EXPLAIN_BLOCK_SIZE],
		    const uint8_t *in, size_t size, uint8_t *out);
/* AES-GCM: the tag follows the text. 0, or -1 if it is wrong. */
int explain_aes_gcm(const struct secret *key, const uint8_t *nonce,
		    size_t nonce_size, const struct explain_slice *aad,
		    const uint8_t *in, size_t size, size_t tag_size,
		    uint8_t *out);

#endif /* _CLI_EXPLAIN_CRYPT_H */
