// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

#include "srtp_kdf.h"

/* Where RFC 3711, 4.3.1 puts the label into the salt: x = label * 2^48 xor
 * salt, so octet 7 of 14.
 */
#define LABEL_POSITION 7

/* AES in counter mode over zeros, which are in @out already. */
static bool key_stream(const struct secret *key, const uint8_t iv[16],
		       struct secret *out)
{
	const char *name = key->size == 32 ? "AES-256-CTR" : "AES-128-CTR";
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int size = 0;
	bool good;

	good = cipher && context &&
	       EVP_EncryptInit_ex2(context, cipher, key->bytes, iv, NULL) ==
		       1 &&
	       EVP_EncryptUpdate(context, out->bytes, &size, out->bytes,
				 (int)out->size) == 1 &&
	       (size_t)size == out->size;
	EVP_CIPHER_CTX_free(context);
	EVP_CIPHER_free(cipher);
	return good;
}

static int srtp_check(const struct secret *master_key,
		      const struct secret *master_salt, enum srtp_label label,
		      size_t size, struct fault *fault)
{
	if (master_key->size != 16 && master_key->size != 32)
		return fault_set(fault, FAULT_ARGUMENT,
				 "SRTP master key has %zu octets, not 16 or 32",
				 master_key->size);
	if (secret_check(master_salt, SRTP_MASTER_SALT_SIZE, "SRTP master salt",
			 fault))
		return -1;
	if ((unsigned int)label > SRTCP_LABEL_SALT)
		return fault_set(fault, FAULT_ARGUMENT,
				 "SRTP label %d is unknown", (int)label);
	if (!size || size > SECRET_SIZE_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "SRTP session key would have %zu octets, not "
				 "1 to %d",
				 size, SECRET_SIZE_MAX);
	return 0;
}

int srtp_kdf_key(const struct secret *master_key,
		 const struct secret *master_salt, enum srtp_label label,
		 size_t size, struct secret *out, struct fault *fault)
{
	struct secret derived = { 0 };
	uint8_t iv[16] = { 0 };
	int error = srtp_check(master_key, master_salt, label, size, fault);

	if (!error) {
		memcpy(iv, master_salt->bytes, SRTP_MASTER_SALT_SIZE);
		iv[LABEL_POSITION] ^= (uint8_t)label;
		if (secret_alloc(&derived, size) ||
		    !key_stream(master_key, iv, &derived)) {
			secret_clear(&derived);
			error = fault_set(fault, FAULT_MEMORY,
					  "key derivation of SRTP failed");
		}
		OPENSSL_cleanse(iv, sizeof(iv));
	}
	secret_clear(out);
	*out = derived;
	return error;
}

static int keys_derive(const struct secret *master_key,
		       const struct secret *master_salt,
		       enum srtp_label encryption, enum srtp_label auth,
		       enum srtp_label salt, struct srtp_keys *keys,
		       struct fault *fault)
{
	if (srtp_kdf_key(master_key, master_salt, encryption, master_key->size,
			 &keys->encryption, fault) ||
	    srtp_kdf_key(master_key, master_salt, auth, SRTP_AUTH_KEY_SIZE,
			 &keys->auth, fault))
		return -1;
	return srtp_kdf_key(master_key, master_salt, salt, SRTP_SALT_SIZE,
			    &keys->salt, fault);
}

int srtp_kdf(const struct secret *master_key, const struct secret *master_salt,
	     struct srtp_keys *srtp, struct srtp_keys *srtcp,
	     struct fault *fault)
{
	if (keys_derive(master_key, master_salt, SRTP_LABEL_ENCRYPTION,
			SRTP_LABEL_AUTH, SRTP_LABEL_SALT, srtp, fault) ||
	    keys_derive(master_key, master_salt, SRTCP_LABEL_ENCRYPTION,
			SRTCP_LABEL_AUTH, SRTCP_LABEL_SALT, srtcp, fault)) {
		srtp_keys_clear(srtp);
		srtp_keys_clear(srtcp);
		return -1;
	}
	return 0;
}

void srtp_keys_clear(struct srtp_keys *keys)
{
	secret_clear(&keys->encryption);
	secret_clear(&keys->auth);
	secret_clear(&keys->salt);
}
