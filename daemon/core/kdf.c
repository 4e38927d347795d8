// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>

#include "kdf.h"

#define MIKEY_HMAC_SIZE 20

static bool number_update(EVP_MAC_CTX *context, unsigned int value, int octets)
{
	uint8_t text[2] = { (uint8_t)(value >> 8), (uint8_t)value };

	return EVP_MAC_update(context, text + 2 - octets, (size_t)octets) == 1;
}

/* The input string S of TS 33.220, B.2.1, piece by piece. */
static bool string_update(EVP_MAC_CTX *context, unsigned int fc,
			  const struct kdf_parameter *parameters, size_t count)
{
	size_t i;

	if (!number_update(context, fc, fc > 0xff ? 2 : 1))
		return false;
	for (i = 0; i < count; i++) {
		if (parameters[i].size &&
		    EVP_MAC_update(context, parameters[i].data,
				   parameters[i].size) != 1)
			return false;
		if (!number_update(context, (unsigned int)parameters[i].size,
				   2))
			return false;
	}
	return true;
}

static bool kdf_hmac(const struct secret *key, unsigned int fc,
		     const struct kdf_parameter *parameters, size_t count,
		     struct secret *out)
{
	char digest[] = "SHA256";
	OSSL_PARAM settings[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest,
						 0),
		OSSL_PARAM_END,
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	/* It does not check this by itself. */
	EVP_MAC_CTX *context = mac ? EVP_MAC_CTX_new(mac) : NULL;
	size_t size = 0;
	bool good;

	good = context &&
	       EVP_MAC_init(context, key->bytes, key->size, settings) == 1 &&
	       string_update(context, fc, parameters, count) &&
	       EVP_MAC_final(context, out->bytes, &size, out->size) == 1 &&
	       size == out->size;
	EVP_MAC_CTX_free(context);
	EVP_MAC_free(mac);
	return good;
}

static int kdf_check(const struct secret *key, unsigned int fc,
		     const struct kdf_parameter *parameters, size_t count,
		     struct fault *fault)
{
	size_t i;

	if (!key->size)
		return fault_set(fault, FAULT_ARGUMENT,
				 "key of the derivation is empty");
	/* FF alone would be the first octet of a long FC. */
	if (fc > 0xfe && (fc < KDF_FC_LONG(0) || fc > KDF_FC_LONG(0xff)))
		return fault_set(fault, FAULT_ARGUMENT,
				 "FC %x of the derivation is out of range", fc);
	for (i = 0; i < count; i++)
		if (parameters[i].size > KDF_PARAMETER_SIZE_MAX)
			return fault_set(fault, FAULT_ARGUMENT,
					 "parameter %zu of the derivation has "
					 "more than 65535 octets",
					 i);
	return 0;
}

int kdf_derive(const struct secret *key, unsigned int fc,
	       const struct kdf_parameter *parameters, size_t count,
	       struct secret *out, struct fault *fault)
{
	struct secret derived = { 0 };
	int error = kdf_check(key, fc, parameters, count, fault);

	if (!error && (secret_alloc(&derived, KDF_SIZE) ||
		       !kdf_hmac(key, fc, parameters, count, &derived))) {
		secret_clear(&derived);
		error = fault_set(fault, FAULT_MEMORY,
				  "key derivation with HMAC-SHA-256 failed");
	}
	/* Only now, for @out may be @key. */
	secret_clear(out);
	*out = derived;
	return error;
}

int kdf_derive_half(const struct secret *key, unsigned int fc,
		    const struct kdf_parameter *parameters, size_t count,
		    struct secret *out, struct fault *fault)
{
	struct secret whole = { 0 };
	int error = kdf_derive(key, fc, parameters, count, &whole, fault);

	if (error)
		secret_clear(out);
	else if (secret_set(out, whole.bytes + KDF_SIZE - KDF_HALF_SIZE,
			    KDF_HALF_SIZE))
		error = fault_set(fault, FAULT_MEMORY,
				  "no memory for a derived key");
	secret_clear(&whole);
	return error;
}

/* HMAC-SHA-1 with the key that @context has. */
static bool mikey_hmac(EVP_MAC_CTX *context, const void *text, size_t size,
		       const void *more, size_t more_size,
		       uint8_t mac[MIKEY_HMAC_SIZE])
{
	return EVP_MAC_init(context, NULL, 0, NULL) == 1 &&
	       EVP_MAC_update(context, text, size) == 1 &&
	       (!more_size || EVP_MAC_update(context, more, more_size) == 1) &&
	       EVP_MAC_final(context, mac, NULL, MIKEY_HMAC_SIZE) == 1;
}

/* P(s, label) is added to @out; @context has s. */
static bool mikey_p(EVP_MAC_CTX *context, const struct kdf_mikey_key *wanted,
		    struct secret *out)
{
	uint8_t a[MIKEY_HMAC_SIZE], block[MIKEY_HMAC_SIZE];
	const void *last = wanted->label;
	size_t last_size = wanted->label_size, done = 0, i;
	bool good = true;

	while (good && done < out->size) {
		good = mikey_hmac(context, last, last_size, NULL, 0, a) &&
		       mikey_hmac(context, a, sizeof(a), wanted->label,
				  wanted->label_size, block);
		for (i = 0; good && i < sizeof(block) && done < out->size; i++)
			out->bytes[done++] ^= block[i];
		last = a;
		last_size = sizeof(a);
	}
	OPENSSL_cleanse(a, sizeof(a));
	OPENSSL_cleanse(block, sizeof(block));
	return good;
}

static int mikey_check(const struct secret *key, size_t key_max,
		       size_t label_size, size_t size, struct fault *fault)
{
	if (!key->size || key->size > key_max)
		return fault_set(fault, FAULT_ARGUMENT,
				 "MIKEY key to derive from has %zu octets, not "
				 "1 to %zu",
				 key->size, key_max);
	if (!label_size || label_size > KDF_MIKEY_LABEL_SIZE_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "MIKEY label has %zu octets, not 1 to %d",
				 label_size, KDF_MIKEY_LABEL_SIZE_MAX);
	if (!size || size > SECRET_SIZE_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "MIKEY key to derive would have %zu octets, "
				 "not 1 to %d",
				 size, SECRET_SIZE_MAX);
	return 0;
}

static bool mikey_piece(EVP_MAC *mac, const uint8_t *piece, size_t size,
			const struct kdf_mikey_key *wanted,
			struct secret *derived, size_t count)
{
	char digest[] = "SHA1";
	OSSL_PARAM settings[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest,
						 0),
		OSSL_PARAM_END,
	};
	/* It does not check this by itself. */
	EVP_MAC_CTX *context = mac ? EVP_MAC_CTX_new(mac) : NULL;
	bool good = context &&
		    EVP_MAC_init(context, piece, size, settings) == 1;
	size_t i;

	for (i = 0; good && i < count; i++)
		good = mikey_p(context, &wanted[i], &derived[i]);
	EVP_MAC_CTX_free(context);
	return good;
}

/* The keys of one message differ in their label only, so HMAC gets its key once. */
static bool mikey_prf(const struct secret *inkey,
		      const struct kdf_mikey_key *wanted,
		      struct secret *derived, size_t count)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	bool good = true;
	size_t start, left;

	for (start = 0; good && start < inkey->size;
	     start += KDF_MIKEY_BLOCK_SIZE) {
		left = inkey->size - start;
		if (left > KDF_MIKEY_BLOCK_SIZE)
			left = KDF_MIKEY_BLOCK_SIZE;
		good = mikey_piece(mac, inkey->bytes + start, left, wanted,
				   derived, count);
	}
	EVP_MAC_free(mac);
	return good;
}

int kdf_mikey_keys(const struct secret *inkey,
		   const struct kdf_mikey_key *wanted, size_t count,
		   struct fault *fault)
{
	struct secret derived[KDF_MIKEY_KEYS_MAX] = { 0 };
	bool good = true;
	int error = 0;
	size_t i;

	for (i = 0; !error && i < count; i++)
		error = mikey_check(inkey, SECRET_SIZE_MAX,
				    wanted[i].label_size, wanted[i].size,
				    fault);
	for (i = 0; !error && good && i < count; i++)
		good = !secret_alloc(&derived[i], wanted[i].size);
	if (!error && (!good || !mikey_prf(inkey, wanted, derived, count)))
		error = fault_set(fault, FAULT_MEMORY,
				  "key derivation of MIKEY failed");
	/* Only now, for one of them may be @inkey. */
	for (i = 0; i < count; i++) {
		secret_clear(wanted[i].out);
		if (error)
			secret_clear(&derived[i]);
		else
			*wanted[i].out = derived[i];
	}
	return error;
}

int kdf_mikey_prf(const struct secret *inkey, const void *label,
		  size_t label_size, size_t size, struct secret *out,
		  struct fault *fault)
{
	const struct kdf_mikey_key wanted = {
		.label = label,
		.label_size = label_size,
		.size = size,
		.out = out,
	};

	return kdf_mikey_keys(inkey, &wanted, 1, fault);
}

int kdf_mikey_p(const struct secret *key, const void *label, size_t label_size,
		size_t size, struct secret *out, struct fault *fault)
{
	/* For one piece, PRF() is P(). */
	if (mikey_check(key, KDF_MIKEY_BLOCK_SIZE, label_size, size, fault)) {
		secret_clear(out);
		return -1;
	}
	return kdf_mikey_prf(key, label, label_size, size, out, fault);
}
