// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <stdbool.h>

#include "buf.h"
#include "sframe_kdf.h"

#define LABEL_KEY "SFrame 1.0 Secret key "
#define LABEL_SALT "SFrame 1.0 Secret salt "
#define LABEL_SIZE_MAX (sizeof(LABEL_SALT) - 1 + 8 + 2)

/**
 * struct suite - what a cipher suite takes (RFC 9605, 4.5)
 * @id: number
 * @digest: hash of HKDF
 * @cipher_size: octets of the AES key
 * @auth_size: octets of the HMAC key; Nk is the sum of both
 */
struct suite {
	uint16_t id;
	const char *digest;
	size_t cipher_size;
	size_t auth_size;
};

static const struct suite suites[] = {
	{ SFRAME_AES_128_CTR_HMAC_SHA256_80, "SHA256", 16, 32 },
	{ SFRAME_AES_128_CTR_HMAC_SHA256_64, "SHA256", 16, 32 },
	{ SFRAME_AES_128_CTR_HMAC_SHA256_32, "SHA256", 16, 32 },
	{ SFRAME_AES_128_GCM_SHA256_128, "SHA256", 16, 0 },
	{ SFRAME_AES_256_GCM_SHA512_128, "SHA512", 32, 0 },
	{ SFRAME_NULL_HMAC_SHA256_80, "SHA256", 0, 32 },
};

static const struct suite *suite_find(uint16_t id)
{
	size_t i;

	for (i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		if (suites[i].id == id)
			return &suites[i];
	return NULL;
}

/* HKDF (RFC 5869), extract and expand, with an empty salt. */
static bool hkdf(const char *digest, const struct secret *key,
		 const struct writer *info, struct secret *out)
{
	OSSL_PARAM settings[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
						 (char *)digest, 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
						  key->bytes, key->size),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
						  info->data, info->length),
		OSSL_PARAM_END,
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
	bool good;

	good = context &&
	       EVP_KDF_derive(context, out->bytes, out->size, settings) == 1;
	EVP_KDF_CTX_free(context);
	EVP_KDF_free(kdf);
	return good;
}

static int expand(const struct suite *suite, const struct secret *base_key,
		  const char *label, size_t label_size, uint64_t kid,
		  size_t size, struct secret *out, struct fault *fault)
{
	uint8_t octets[LABEL_SIZE_MAX];
	struct writer info;

	writer_init(&info, octets, sizeof(octets));
	writer_bytes(&info, label, label_size);
	writer_u64(&info, kid);
	writer_u16(&info, suite->id);
	if (secret_alloc(out, size) ||
	    !hkdf(suite->digest, base_key, &info, out)) {
		secret_clear(out);
		return fault_set(fault, FAULT_MEMORY,
				 "key derivation of SFrame failed");
	}
	return 0;
}

/* sframe_key is the key of AES, then that of the HMAC (RFC 9605, 4.5.1). */
static int split(const struct suite *suite, const struct secret *whole,
		 struct sframe_keys *keys, struct fault *fault)
{
	if ((suite->cipher_size &&
	     secret_set(&keys->cipher, whole->bytes, suite->cipher_size)) ||
	    (suite->auth_size &&
	     secret_set(&keys->auth, whole->bytes + suite->cipher_size,
			suite->auth_size)))
		return fault_set(fault, FAULT_MEMORY,
				 "no memory for keys of SFrame");
	return 0;
}

int sframe_kdf(const struct secret *base_key, uint64_t kid, uint16_t suite_id,
	       struct sframe_keys *keys, struct fault *fault)
{
	const struct suite *suite = suite_find(suite_id);
	struct secret whole = { 0 };
	int error = 0;

	sframe_keys_clear(keys);
	if (!suite)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "SFrame cipher suite %04x is unknown",
				 suite_id);
	if (!base_key->size)
		return fault_set(fault, FAULT_ARGUMENT,
				 "base key of SFrame is empty");
	if (expand(suite, base_key, LABEL_KEY, sizeof(LABEL_KEY) - 1, kid,
		   suite->cipher_size + suite->auth_size, &whole, fault) ||
	    split(suite, &whole, keys, fault) ||
	    expand(suite, base_key, LABEL_SALT, sizeof(LABEL_SALT) - 1, kid,
		   SFRAME_SALT_SIZE, &keys->salt, fault)) {
		sframe_keys_clear(keys);
		error = -1;
	}
	secret_clear(&whole);
	return error;
}

void sframe_keys_clear(struct sframe_keys *keys)
{
	secret_clear(&keys->cipher);
	secret_clear(&keys->auth);
	secret_clear(&keys->salt);
}
