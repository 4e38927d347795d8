// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sealed keys. The first octet says how the rest is wrapped: a key of 64-bit
 * blocks by RFC 3394, which tells changes by 64 bits, any other by RFC 5649.
 */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <string.h>

#include "engine.h"

#define BLOCK_SIZE 8
#define WRAP_KEY_SIZE 32

enum wrapping {
	WRAPPING_WHOLE = 1,
	WRAPPING_PADDED = 2,
};

static EVP_MAC_CTX *hmac_new(const uint8_t *key, size_t size)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *context = mac ? EVP_MAC_CTX_new(mac) : NULL;
	char digest[] = "SHA256";
	const OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest,
						 0),
		OSSL_PARAM_construct_end(),
	};

	EVP_MAC_free(mac);
	if (context && EVP_MAC_init(context, key, size, parameters) == 1)
		return context;
	EVP_MAC_CTX_free(context);
	return NULL;
}

/* HMAC of @data under the key in @keyed, which stays as it is. */
static int hmac_run(const EVP_MAC_CTX *keyed, const void *data, size_t size,
		    uint8_t out[WRAP_KEY_SIZE])
{
	EVP_MAC_CTX *context = keyed ? EVP_MAC_CTX_dup(keyed) : NULL;
	size_t length = 0;
	int good = context && EVP_MAC_update(context, data, size) == 1 &&
		   EVP_MAC_final(context, out, &length, WRAP_KEY_SIZE) == 1 &&
		   length == WRAP_KEY_SIZE;

	EVP_MAC_CTX_free(context);
	return good ? 0 : -1;
}

int store_seal_init(struct store_seal *seal, const struct secret *kek,
		    const uint8_t salt[STORE_SALT_SIZE], struct fault *fault)
{
	EVP_MAC_CTX *keyed = hmac_new(kek->bytes, kek->size);
	uint8_t base[WRAP_KEY_SIZE];

	if (!hmac_run(keyed, salt, STORE_SALT_SIZE, base))
		seal->base = hmac_new(base, sizeof(base));
	OPENSSL_cleanse(base, sizeof(base));
	EVP_MAC_CTX_free(keyed);
	seal->whole = EVP_CIPHER_fetch(NULL, "AES-256-WRAP", NULL);
	seal->padded = EVP_CIPHER_fetch(NULL, "AES-256-WRAP-PAD", NULL);
	if (seal->base && seal->whole && seal->padded)
		return 0;
	store_seal_clear(seal);
	return fault_set(fault, FAULT_MEMORY,
			 "the crypto library has no AES key wrap");
}

void store_seal_clear(struct store_seal *seal)
{
	EVP_MAC_CTX_free(seal->base);
	EVP_CIPHER_free(seal->whole);
	EVP_CIPHER_free(seal->padded);
	*seal = (struct store_seal){ 0 };
}

static const EVP_CIPHER *cipher_of(const struct store_seal *seal,
				   uint8_t wrapping)
{
	switch (wrapping) {
	case WRAPPING_WHOLE:
		return seal->whole;
	case WRAPPING_PADDED:
		return seal->padded;
	default:
		return NULL;
	}
}

/* 1, 0 if the check value is wrong, or -1 if the crypto library fails. */
static int wrap_run(const struct store_seal *seal, const char *context,
		    uint8_t wrapping, bool wrap, const uint8_t *in, size_t size,
		    uint8_t *out, size_t *out_size)
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	uint8_t key[WRAP_KEY_SIZE];
	int length = 0, result = -1;

	if (cipher)
		EVP_CIPHER_CTX_set_flags(cipher,
					 EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	if (cipher && !hmac_run(seal->base, context, strlen(context), key) &&
	    EVP_CipherInit_ex2(cipher, cipher_of(seal, wrapping), key, NULL,
			       wrap, NULL) == 1) {
		result = EVP_CipherUpdate(cipher, out, &length, in,
					  (int)size) == 1 &&
			 length > 0;
		*out_size = (size_t)length;
	}
	OPENSSL_cleanse(key, sizeof(key));
	EVP_CIPHER_CTX_free(cipher);
	return result;
}

int store_seal(const struct store *store, const char *context,
	       const struct secret *secret, uint8_t sealed[STORE_SEALED_MAX],
	       size_t *size, struct fault *fault)
{
	bool whole = secret->size >= 2 * BLOCK_SIZE &&
		     secret->size % BLOCK_SIZE == 0;

	*size = 0;
	if (!secret->size)
		return fault_set(fault, FAULT_ARGUMENT,
				 "%s: an empty key cannot be sealed", context);
	sealed[0] = whole ? WRAPPING_WHOLE : WRAPPING_PADDED;
	if (wrap_run(&store->seal, context, sealed[0], true, secret->bytes,
		     secret->size, sealed + 1, size) != 1)
		return fault_set(fault, FAULT_MEMORY,
				 "%s: the crypto library fails to seal",
				 context);
	*size += 1;
	return 0;
}

int store_unseal(const struct store *store, const char *context,
		 const uint8_t *sealed, size_t size, struct secret *secret,
		 struct fault *fault)
{
	/* The library writes whole blocks before it looks at the padding. */
	uint8_t open[STORE_SEALED_MAX];
	size_t length = 0;
	int result = 0;

	secret_clear(secret);
	if (size > 2 * BLOCK_SIZE && size <= STORE_SEALED_MAX &&
	    size % BLOCK_SIZE == 1 && cipher_of(&store->seal, sealed[0]))
		result = wrap_run(&store->seal, context, sealed[0], false,
				  sealed + 1, size - 1, open, &length);
	if (result == 1 && secret_set(secret, open, length))
		result = -1;
	OPENSSL_cleanse(open, sizeof(open));
	if (result == 1)
		return 0;
	if (result < 0)
		return fault_set(fault, FAULT_MEMORY,
				 "%s: the crypto library fails to unseal",
				 context);
	return fault_set(
		fault, FAULT_UNAUTHENTIC,
		"%s: the sealed key was changed, moved or sealed with another key",
		context);
}

int store_bind_secret(struct store *store, sqlite3_stmt *statement, int index,
		      const char *context, const struct secret *secret,
		      struct fault *fault)
{
	uint8_t sealed[STORE_SEALED_MAX];
	size_t size;
	int code;

	if (store_seal(store, context, secret, sealed, &size, fault))
		return -1;
	code = sqlite3_bind_blob(statement, index, sealed, (int)size,
				 SQLITE_TRANSIENT);
	return code == SQLITE_OK ?
		       0 :
		       store_fault(store, code, "bind a key", fault);
}

int store_column_secret(struct store *store, sqlite3_stmt *statement,
			int column, const char *context, struct secret *secret,
			struct fault *fault)
{
	const uint8_t *sealed = NULL;

	if (sqlite3_column_type(statement, column) == SQLITE_BLOB)
		sealed = sqlite3_column_blob(statement, column);
	return store_unseal(
		store, context, sealed,
		sealed ? (size_t)sqlite3_column_bytes(statement, column) : 0,
		secret, fault);
}
