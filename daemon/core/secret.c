// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#include "secret.h"

int secret_alloc(struct secret *secret, size_t size)
{
	secret_clear(secret);
	if (!size || size > SECRET_SIZE_MAX)
		return -1;
	secret->bytes = OPENSSL_secure_zalloc(size);
	if (!secret->bytes)
		return -1;
	secret->size = size;
	return 0;
}

int secret_set(struct secret *secret, const void *bytes, size_t size)
{
	struct secret copy = { 0 };

	/* @bytes may point into @secret. */
	if (secret_alloc(&copy, size)) {
		secret_clear(secret);
		return -1;
	}
	memcpy(copy.bytes, bytes, size);
	secret_clear(secret);
	*secret = copy;
	return 0;
}

int secret_set_sized(struct secret *secret, const struct secret *from,
		     size_t size)
{
	struct secret copy = { 0 };
	int failed = secret_alloc(&copy, size);

	if (!failed)
		memcpy(copy.bytes, from->bytes,
		       from->size < size ? from->size : size);
	secret_clear(secret);
	*secret = copy;
	return failed;
}

void secret_clear(struct secret *secret)
{
	OPENSSL_secure_clear_free(secret->bytes, secret->size);
	*secret = (struct secret){ 0 };
}

int secret_check(const struct secret *secret, size_t size, const char *what,
		 struct fault *fault)
{
	if (secret->size == size)
		return 0;
	return fault_set(fault, FAULT_ARGUMENT, "%s has %zu octets, not %zu",
			 what, secret->size, size);
}

bool secret_equal(const struct secret *a, const struct secret *b)
{
	return a->size && a->size == b->size &&
	       !CRYPTO_memcmp(a->bytes, b->bytes, a->size);
}

void secret_fingerprint(const struct secret *secret,
			char text[SECRET_FINGERPRINT_SIZE])
{
	uint8_t digest[SHA256_DIGEST_LENGTH];

	SHA256(secret->bytes, secret->size, digest);
	snprintf(text, SECRET_FINGERPRINT_SIZE, "%02x%02x%02x%02x", digest[0],
		 digest[1], digest[2], digest[3]);
	OPENSSL_cleanse(digest, sizeof(digest));
}
