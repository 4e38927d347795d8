// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "digest.h"
#include "text.h"

static const char *const algorithm_names[] = {
	[DIGEST_MD5] = "MD5",
	[DIGEST_MD5_SESS] = "MD5-sess",
	[DIGEST_SHA256] = "SHA-256",
	[DIGEST_SHA256_SESS] = "SHA-256-sess",
	[DIGEST_AKAV1_MD5] = "AKAv1-MD5",
};

static const char *const qop_names[] = {
	[DIGEST_AUTH] = "auth",
	[DIGEST_AUTH_INT] = "auth-int",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *digest_algorithm_name(enum digest_algorithm algorithm)
{
	if (algorithm <= DIGEST_ALGORITHM_NONE ||
	    (size_t)algorithm >= COUNT(algorithm_names))
		return "none";
	return algorithm_names[algorithm];
}

const char *digest_qop_name(enum digest_qop qop)
{
	if (qop <= DIGEST_QOP_NONE || (size_t)qop >= COUNT(qop_names))
		return "none";
	return qop_names[qop];
}

static unsigned int find(const char *const *names, size_t count,
			 const char *name, size_t length)
{
	size_t i;

	for (i = 1; i < count; i++)
		if (text_equal_nocase(name, length, names[i], strlen(names[i])))
			return (unsigned int)i;
	return 0;
}

enum digest_algorithm digest_algorithm_find(const char *name, size_t length)
{
	return (enum digest_algorithm)find(
		algorithm_names, COUNT(algorithm_names), name, length);
}

enum digest_qop digest_qop_find(const char *name, size_t length)
{
	return (enum digest_qop)find(qop_names, COUNT(qop_names), name, length);
}

/* One hash of RFC 7616, 3.4: pieces with colons between them. */
struct hash {
	EVP_MD_CTX *context;
	bool begun;
	bool failed;
};

static void hash_begin(struct hash *hash, enum digest_algorithm algorithm)
{
	const EVP_MD *digest = algorithm == DIGEST_SHA256 ||
					       algorithm == DIGEST_SHA256_SESS ?
				       EVP_sha256() :
				       EVP_md5();

	hash->begun = false;
	hash->context = EVP_MD_CTX_new();
	hash->failed = !hash->context ||
		       EVP_DigestInit_ex(hash->context, digest, NULL) != 1;
}

static void hash_octets(struct hash *hash, const void *data, size_t size)
{
	if (!hash->failed && size &&
	    EVP_DigestUpdate(hash->context, data, size) != 1)
		hash->failed = true;
}

static void hash_piece(struct hash *hash, const void *data, size_t size)
{
	if (hash->begun)
		hash_octets(hash, ":", 1);
	hash->begun = true;
	hash_octets(hash, data, size);
}

static void hash_text(struct hash *hash, const char *text)
{
	hash_piece(hash, text, strlen(text));
}

/* Lower-case hex and a NUL; the context, which saw keys, is wiped by OpenSSL. */
static int hash_end(struct hash *hash, char hex[DIGEST_RESPONSE_SIZE],
		    struct fault *fault)
{
	uint8_t value[EVP_MAX_MD_SIZE];
	unsigned int size = 0;

	hex[0] = '\0';
	if (!hash->failed &&
	    EVP_DigestFinal_ex(hash->context, value, &size) != 1)
		hash->failed = true;
	if (!hash->failed)
		text_hex(hex, value, size);
	OPENSSL_cleanse(value, sizeof(value));
	EVP_MD_CTX_free(hash->context);
	if (hash->failed)
		return fault_set(fault, FAULT_MEMORY,
				 "the crypto library cannot compute a digest");
	return 0;
}

static bool is_session_key(enum digest_algorithm algorithm)
{
	return algorithm == DIGEST_MD5_SESS || algorithm == DIGEST_SHA256_SESS;
}

/* H(A1), RFC 7616, 3.4.2 */
static int hash_a1(const struct digest_session *session,
		   const struct digest_credentials *credentials,
		   const struct secret *password,
		   char hex[DIGEST_RESPONSE_SIZE], struct fault *fault)
{
	struct hash hash;

	hash_begin(&hash, session->algorithm);
	hash_text(&hash, credentials->username);
	hash_text(&hash, credentials->realm);
	hash_piece(&hash, password->bytes, password->size);
	if (hash_end(&hash, hex, fault))
		return -1;
	if (!is_session_key(session->algorithm))
		return 0;
	hash_begin(&hash, session->algorithm);
	hash_text(&hash, hex);
	hash_text(&hash, session->nonce_prime[0] ? session->nonce_prime :
						   credentials->nonce);
	hash_text(&hash, session->cnonce_prime[0] ? session->cnonce_prime :
						    credentials->cnonce);
	return hash_end(&hash, hex, fault);
}

/* H(A2), RFC 7616, 3.4.3 and 3.5 */
static int hash_a2(const struct digest_session *session, enum digest_qop qop,
		   const struct digest_request *request,
		   char hex[DIGEST_RESPONSE_SIZE], struct fault *fault)
{
	char body[DIGEST_RESPONSE_SIZE];
	struct hash hash;

	if (qop == DIGEST_AUTH_INT) {
		hash_begin(&hash, session->algorithm);
		hash_octets(&hash, request->body, request->body_size);
		if (hash_end(&hash, body, fault))
			return -1;
	}
	hash_begin(&hash, session->algorithm);
	hash_text(&hash, request->method ? request->method : "");
	hash_text(&hash, request->uri);
	if (qop == DIGEST_AUTH_INT)
		hash_text(&hash, body);
	return hash_end(&hash, hex, fault);
}

int digest_response(const struct digest_session *session,
		    const struct digest_credentials *credentials,
		    const struct digest_request *request,
		    const struct secret *password,
		    char response[DIGEST_RESPONSE_SIZE], struct fault *fault)
{
	char a1[DIGEST_RESPONSE_SIZE], a2[DIGEST_RESPONSE_SIZE], count[9];
	struct hash hash;
	int status = -1;

	response[0] = '\0';
	if (hash_a1(session, credentials, password, a1, fault) ||
	    hash_a2(session, credentials->qop, request, a2, fault))
		goto out;
	snprintf(count, sizeof(count), "%08x", credentials->count);
	hash_begin(&hash, session->algorithm);
	hash_text(&hash, a1);
	hash_text(&hash, credentials->nonce);
	hash_text(&hash, count);
	hash_text(&hash, credentials->cnonce);
	hash_text(&hash, digest_qop_name(credentials->qop));
	hash_text(&hash, a2);
	status = hash_end(&hash, response, fault);
out:
	OPENSSL_cleanse(a1, sizeof(a1));
	return status;
}

int digest_password_set(struct secret *password, const struct secret *key,
			struct fault *fault)
{
	char text[BASE64_LENGTH(SECRET_SIZE_MAX) + 1];
	int status;

	secret_clear(password);
	if (!key->size || BASE64_LENGTH(key->size) > SECRET_SIZE_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "a key of %zu octets makes no password",
				 key->size);
	status =
		base64_encode(key->bytes, key->size, text, sizeof(text), fault);
	if (!status && secret_set(password, text, BASE64_LENGTH(key->size)))
		status = fault_set(fault, FAULT_MEMORY,
				   "no memory for a password");
	OPENSSL_cleanse(text, sizeof(text));
	return status;
}
