// SPDX-License-Identifier: GPL-2.0-or-later
/* Session keys from an MTK: the key derivation of SFrame, RFC 9605 4.4.2. */
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <linux/mbsec.h>

#include "derive.h"

#define LABEL_KEY "SFrame 1.0 Secret key "
#define LABEL_SALT "SFrame 1.0 Secret salt "
#define INFO_SIZE_MAX (sizeof(LABEL_SALT) - 1 + 8 + 2)

uint64_t derive_kid(uint16_t sender_id, uint32_t msk_id, uint16_t mtk_id)
{
	return (uint64_t)sender_id << 48 | (uint64_t)msk_id << 16 | mtk_id;
}

/* The label, then KID and suite in network byte order. */
static size_t info_make(uint8_t info[static INFO_SIZE_MAX], const char *label,
			uint64_t kid, uint32_t suite)
{
	size_t size = strlen(label);

	memcpy(info, label, size);
	for (int shift = 56; shift >= 0; shift -= 8)
		info[size++] = kid >> shift;
	info[size++] = suite >> 8;
	info[size++] = suite;
	return size;
}

static int hkdf_sha256(const uint8_t key[static MTK_SIZE], uint8_t *info,
		       size_t info_size, uint8_t *out, size_t out_size)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	int ok = 0;

	if (context) {
		/* No salt parameter: HKDF takes an empty one, as SFrame does. */
		const OSSL_PARAM params[] = {
			OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
							 (char *)"SHA256", 0),
			OSSL_PARAM_construct_octet_string(
				OSSL_KDF_PARAM_KEY, (void *)key, MTK_SIZE),
			OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
							  info, info_size),
			OSSL_PARAM_construct_end(),
		};

		ok = EVP_KDF_derive(context, out, out_size, params) == 1;
	}
	EVP_KDF_CTX_free(context);
	EVP_KDF_free(kdf);
	return ok;
}

static int suite_cipher_key_size(uint32_t suite, size_t *size)
{
	switch (suite) {
	case MBSEC_SUITE_AES128_CTR_HMAC_SHA256_80:
	case MBSEC_SUITE_AES128_CTR_HMAC_SHA256_64:
	case MBSEC_SUITE_AES128_CTR_HMAC_SHA256_32:
		*size = CIPHER_KEY_SIZE;
		return 1;
	case MBSEC_SUITE_NULL_HMAC_SHA256_80:
		*size = 0;
		return 1;
	default:
		return 0;
	}
}

int derive_session_keys(uint32_t suite, uint64_t kid,
			const uint8_t mtk[static MTK_SIZE],
			struct session_keys *keys, struct problem *problem)
{
	uint8_t sframe_key[CIPHER_KEY_SIZE + AUTH_KEY_SIZE];
	uint8_t info[INFO_SIZE_MAX];
	size_t size;
	int ok;

	memset(keys, 0, sizeof(*keys));
	if (!suite_cipher_key_size(suite, &keys->cipher_key_size))
		return problem_set(
			problem, EXIT_CODE_REFUSED,
			"the suite of the group (0x%04x) is not known to this version of the tool",
			suite);
	size = info_make(info, LABEL_KEY, kid, suite);
	ok = hkdf_sha256(mtk, info, size, sframe_key,
			 keys->cipher_key_size + AUTH_KEY_SIZE);
	if (ok) {
		memcpy(keys->cipher_key, sframe_key, keys->cipher_key_size);
		memcpy(keys->auth_key, sframe_key + keys->cipher_key_size,
		       AUTH_KEY_SIZE);
		size = info_make(info, LABEL_SALT, kid, suite);
		ok = hkdf_sha256(mtk, info, size, keys->salt, SALT_SIZE);
	}
	OPENSSL_cleanse(sframe_key, sizeof(sframe_key));
	if (ok)
		return 0;
	OPENSSL_cleanse(keys, sizeof(*keys));
	return problem_set(problem, EXIT_CODE_REFUSED,
			   "OpenSSL could not derive the session keys");
}
