// SPDX-License-Identifier: GPL-2.0-or-later
/* The two algorithms of SFrame and SRTP packets. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "explain_crypt.h"

int explain_hmac(const char *hash, const struct secret *key,
		 const struct explain_slice *slices, size_t count,
		 uint8_t mac[static EXPLAIN_MAC_MAX])
{
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
						 (char *)hash, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *context = algorithm ? EVP_MAC_CTX_new(algorithm) : NULL;
	size_t size;
	int ok;

	ok = context && EVP_MAC_init(context, key->bytes, key->size, params);
	for (size_t i = 0; ok && i < count; i++)
		ok = EVP_MAC_update(context, slices[i].data, slices[i].size);
	ok = ok && EVP_MAC_final(context, mac, &size, EXPLAIN_MAC_MAX);
	EVP_MAC_CTX_free(context);
	EVP_MAC_free(algorithm);
	return ok ? 0 : -1;
}

int explain_aes_ctr(const struct secret *key,
		    const uint8_t block[static EXPLAIN_BLOCK_SIZE],
		    const uint8_t *in, size_t size, uint8_t *out)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int length, ok;

	ok = context &&
	     EVP_EncryptInit_ex2(context,
				 key->size == 32 ? EVP_aes_256_ctr() :
						   EVP_aes_128_ctr(),
				 key->bytes, block, NULL) &&
	     EVP_EncryptUpdate(context, out, &length, in, (int)size);
	EVP_CIPHER_CTX_free(context);
	return ok ? 0 : -1;
}

static bool gcm_open(EVP_CIPHER_CTX *context, const struct explain_slice *aad,
		     const uint8_t *in, size_t size, size_t tag_size,
		     uint8_t *out)
{
	uint8_t rest[EXPLAIN_BLOCK_SIZE];
	int done;

	return EVP_DecryptUpdate(context, NULL, &done, aad->data,
				 (int)aad->size) == 1 &&
	       (!size ||
		EVP_DecryptUpdate(context, out, &done, in, (int)size) == 1) &&
	       EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG,
				   (int)tag_size, (void *)(in + size)) == 1 &&
	       EVP_DecryptFinal_ex(context, rest, &done) == 1;
}

int explain_aes_gcm(const struct secret *key, const uint8_t *nonce,
		    size_t nonce_size, const struct explain_slice *aad,
		    const uint8_t *in, size_t size, size_t tag_size,
		    uint8_t *out)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	bool good;

	good = context &&
	       EVP_DecryptInit_ex(context, EVP_aes_128_gcm(), NULL, NULL,
				  NULL) == 1 &&
	       EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN,
				   (int)nonce_size, NULL) == 1 &&
	       EVP_DecryptInit_ex(context, NULL, NULL, key->bytes, nonce) ==
		       1 &&
	       gcm_open(context, aad, in, size, tag_size, out);
	EVP_CIPHER_CTX_free(context);
	return good ? 0 : -1;
}
