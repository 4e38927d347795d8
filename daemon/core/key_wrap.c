// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>

#include "key_wrap.h"

#define UNIT_SIZE 8

static int arguments_check(const struct secret *kek, size_t key_size,
			   struct fault *fault)
{
	if (secret_check(kek, KEY_WRAP_KEY_SIZE, "key to wrap under", fault))
		return -1;
	if (key_size < 2 * UNIT_SIZE || key_size > KEY_WRAP_MAX ||
	    key_size % UNIT_SIZE)
		return fault_set(fault, FAULT_ARGUMENT,
				 "key of %zu octets cannot be wrapped",
				 key_size);
	return 0;
}

/* 1, 0 if the check value is wrong, or -1 without memory. */
static int wrap_run(const struct secret *kek, bool wrap, const uint8_t *in,
		    size_t size, uint8_t *out, size_t out_size)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int length = 0;
	int good = -1;

	if (context)
		EVP_CIPHER_CTX_set_flags(context,
					 EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	if (context && EVP_CipherInit_ex2(context, EVP_aes_128_wrap(),
					  kek->bytes, NULL, wrap, NULL) == 1)
		good = EVP_CipherUpdate(context, out, &length, in, (int)size) ==
			       1 &&
		       (size_t)length == out_size;
	EVP_CIPHER_CTX_free(context);
	return good;
}

int key_wrap(const struct secret *kek, const struct secret *key,
	     uint8_t *wrapped, struct fault *fault)
{
	size_t size = key->size + KEY_WRAP_CHECK_SIZE;

	if (arguments_check(kek, key->size, fault))
		return -1;
	if (wrap_run(kek, true, key->bytes, key->size, wrapped, size) == 1)
		return 0;
	OPENSSL_cleanse(wrapped, size);
	return fault_set(fault, FAULT_MEMORY, "AES key wrap failed");
}

int key_unwrap(const struct secret *kek, const uint8_t *wrapped, size_t size,
	       struct secret *key, struct fault *fault)
{
	/* OpenSSL moves the wrapped octets through the whole output. */
	uint8_t out[KEY_WRAP_MAX + KEY_WRAP_CHECK_SIZE];
	size_t key_size = size - KEY_WRAP_CHECK_SIZE;
	int good, error = 0;

	secret_clear(key);
	if (size < KEY_WRAP_CHECK_SIZE || arguments_check(kek, key_size, fault))
		return fault_set(fault, FAULT_ARGUMENT,
				 "%zu octets are no wrapped key", size);
	good = wrap_run(kek, false, wrapped, size, out, key_size);
	if (!good)
		error = fault_set(fault, FAULT_UNAUTHENTIC,
				  "wrapped key does not verify");
	else if (good < 0 || secret_set(key, out, key_size))
		error = fault_set(fault, FAULT_MEMORY, "AES key unwrap failed");
	OPENSSL_cleanse(out, sizeof(out));
	return error;
}
