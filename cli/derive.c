// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Session keys from an MTK: the key derivations of SFrame, RFC 9605 4.4.2, and of
 * SRTP, RFC 3711 4.3.
 */
#include <stdbool.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <linux/mbsec.h>

#include "core/srtp_kdf.h"

#include "derive.h"

#define LABEL_KEY "SFrame 1.0 Secret key "
#define LABEL_SALT "SFrame 1.0 Secret salt "
#define INFO_SIZE_MAX (sizeof(LABEL_SALT) - 1 + 8 + 2)
#define SFRAME_AUTH_KEY_SIZE 32
#define SFRAME_SALT_SIZE 12

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

static bool derive_sframe(const struct suite *suite, uint64_t kid,
			  const uint8_t mtk[static MTK_SIZE],
			  struct protocol_keys *keys)
{
	uint8_t sframe_key[CIPHER_KEY_SIZE_MAX + SFRAME_AUTH_KEY_SIZE];
	uint8_t info[INFO_SIZE_MAX];
	size_t size;
	bool ok;

	keys->cipher_key_size = suite->cipher_key_size;
	keys->auth_key_size = suite->id == MBSEC_SUITE_AES128_GCM_128 ?
				      0 :
				      SFRAME_AUTH_KEY_SIZE;
	keys->salt_size = SFRAME_SALT_SIZE;
	size = info_make(info, LABEL_KEY, kid, suite->id);
	ok = hkdf_sha256(mtk, info, size, sframe_key,
			 keys->cipher_key_size + keys->auth_key_size);
	if (ok) {
		memcpy(keys->cipher_key, sframe_key, keys->cipher_key_size);
		memcpy(keys->auth_key, sframe_key + keys->cipher_key_size,
		       keys->auth_key_size);
		size = info_make(info, LABEL_SALT, kid, suite->id);
		ok = hkdf_sha256(mtk, info, size, keys->salt, keys->salt_size);
	}
	OPENSSL_cleanse(sframe_key, sizeof(sframe_key));
	return ok;
}

static void srtp_keys_take(const struct suite *suite,
			   const struct srtp_keys *from,
			   struct protocol_keys *keys)
{
	keys->cipher_key_size = suite->cipher_key_size;
	keys->auth_key_size = SRTP_AUTH_KEY_SIZE;
	keys->salt_size = SRTP_SALT_SIZE;
	memcpy(keys->cipher_key, from->encryption.bytes, keys->cipher_key_size);
	memcpy(keys->auth_key, from->auth.bytes, keys->auth_key_size);
	memcpy(keys->salt, from->salt.bytes, keys->salt_size);
}

static bool derive_srtp(const struct suite *suite,
			const struct master_key *master,
			struct session_keys *keys)
{
	struct secret mtk = {}, salt = {};
	struct srtp_keys srtp = {}, srtcp = {};
	bool ok;

	ok = !secret_set(&mtk, master->mtk, suite->mtk_size) &&
	     !secret_set(&salt, master->salt, suite->master_salt_size) &&
	     !srtp_kdf(&mtk, &salt, &srtp, &srtcp, NULL);
	if (ok) {
		srtp_keys_take(suite, &srtp, &keys->data);
		srtp_keys_take(suite, &srtcp, &keys->rtcp);
	}
	srtp_keys_clear(&srtp);
	srtp_keys_clear(&srtcp);
	secret_clear(&mtk);
	secret_clear(&salt);
	return ok;
}

int derive_session_keys(const struct suite *suite, uint64_t kid,
			const struct master_key *master,
			struct session_keys *keys, struct problem *problem)
{
	bool ok;

	memset(keys, 0, sizeof(*keys));
	if (suite->format == MBSEC_FORMAT_SRTP)
		ok = derive_srtp(suite, master, keys);
	else
		ok = derive_sframe(suite, kid, master->mtk, &keys->data);
	if (ok)
		return 0;
	OPENSSL_cleanse(keys, sizeof(*keys));
	return problem_set(problem, EXIT_CODE_REFUSED,
			   "OpenSSL could not derive the session keys");
}
