// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whole SFrame ciphertexts of RFC 9605 appendix C: header and nonce are the
 * module's, AES-CTR and HMAC are OpenSSL's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "sframe.h"

#define CIPHER_KEY_SIZE 16
#define AUTH_KEY_SIZE 32
#define DIGEST_SIZE 32
#define DATA_MAX 128

/* The same in all vectors. */
#define METADATA "IETF SFrame WG"
#define PLAINTEXT "draft-ietf-sframe-enc"
#define KID 0x123
#define COUNTER 0x4567

struct text {
	size_t size;
	u8 octets[DATA_MAX];
};

struct suite {
	struct text key; /* cipher key, then auth key */
	struct text salt;
	size_t tag_size;
};

static u8 digit(char c)
{
	assert_true((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

static struct text from_hex(const char *hex)
{
	struct text text = { .size = strlen(hex) / 2 };
	size_t i;

	assert_true(strlen(hex) % 2 == 0 && text.size <= DATA_MAX);
	for (i = 0; i < text.size; i++)
		text.octets[i] = digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]);
	return text;
}

static void append(struct text *text, const void *octets, size_t size)
{
	assert_true(text->size + size <= DATA_MAX);
	memcpy(text->octets + text->size, octets, size);
	text->size += size;
}

static void append_u64(struct text *text, u64 value)
{
	u8 octets[8];
	int i;

	for (i = 0; i < 8; i++)
		octets[i] = value >> (56 - 8 * i);
	append(text, octets, sizeof(octets));
}

/* AES-CTR from counter block nonce || 0; encrypts and decrypts. */
static void crypt(const struct suite *suite, const u8 *nonce, const u8 *in,
		  size_t size, u8 *out)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	u8 block[16] = {};
	int count;

	assert_non_null(context);
	memcpy(block, nonce, MBSEC_SFRAME_NONCE_SIZE);
	assert_int_equal(EVP_EncryptInit_ex(context, EVP_aes_128_ctr(), NULL,
					    suite->key.octets, block),
			 1);
	assert_int_equal(EVP_EncryptUpdate(context, out, &count, in, size), 1);
	assert_int_equal(count, size);
	EVP_CIPHER_CTX_free(context);
}

static void tag(const struct suite *suite, const u8 *nonce,
		const struct text *aad, const u8 *ciphertext, size_t size,
		u8 *digest)
{
	struct text input = {};

	append_u64(&input, aad->size);
	append_u64(&input, size);
	append_u64(&input, suite->tag_size);
	append(&input, nonce, MBSEC_SFRAME_NONCE_SIZE);
	append(&input, aad->octets, aad->size);
	append(&input, ciphertext, size);
	assert_int_equal(suite->key.size, CIPHER_KEY_SIZE + AUTH_KEY_SIZE);
	assert_non_null(HMAC(EVP_sha256(), suite->key.octets + CIPHER_KEY_SIZE,
			     AUTH_KEY_SIZE, input.octets, input.size, digest,
			     NULL));
}

/* Appends ciphertext and tag (clause 4.5.1). */
static void seal(const struct suite *suite, const u8 *nonce,
		 const struct text *aad, const char *plaintext,
		 struct text *packet)
{
	size_t size = strlen(plaintext);
	u8 ciphertext[DATA_MAX];
	u8 digest[DIGEST_SIZE];

	assert_true(size <= sizeof(ciphertext));
	crypt(suite, nonce, (const u8 *)plaintext, size, ciphertext);
	tag(suite, nonce, aad, ciphertext, size, digest);
	append(packet, ciphertext, size);
	append(packet, digest, suite->tag_size);
}

/* Appendix C.2: the functions above, without header and nonce of the module. */
static void test_appendix_c2(void **state)
{
	static const struct {
		size_t tag_size;
		const char *ciphertext;
	} vectors[] = {
		{ 10,
		  "6339af04ada1d064688a442b8dc69d5b6bfa40f4bef0583e8081069cc60705" },
		{ 8,
		  "6339af04ada1d064688a442b8dc69d5b6bfa40f4be6e93b7da076927bb" },
		{ 4, "6339af04ada1d064688a442b8dc69d5b6bfa40f4be09480509" },
	};
	struct suite suite = { .key.size = CIPHER_KEY_SIZE + AUTH_KEY_SIZE };
	u8 nonce[MBSEC_SFRAME_NONCE_SIZE];
	struct text aad = {};
	size_t i;

	(void)state;
	for (i = 0; i < suite.key.size; i++)
		suite.key.octets[i] = i;
	for (i = 0; i < sizeof(nonce); i++)
		nonce[i] = 0x10 + i;
	append(&aad, METADATA, strlen(METADATA));
	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct text expected = from_hex(vectors[i].ciphertext);
		struct text packet = {};

		suite.tag_size = vectors[i].tag_size;
		seal(&suite, nonce, &aad, PLAINTEXT, &packet);
		assert_int_equal(packet.size, expected.size);
		assert_memory_equal(packet.octets, expected.octets,
				    expected.size);
	}
}

/* Appendix C.3: session keys and the ciphertext. */
struct vector {
	size_t tag_size;
	const char *key;
	const char *salt;
	const char *packet;
};

static struct suite vector_suite(const struct vector *vector)
{
	return (struct suite){
		.key = from_hex(vector->key),
		.salt = from_hex(vector->salt),
		.tag_size = vector->tag_size,
	};
}

static void protect(const struct vector *vector)
{
	struct suite suite = vector_suite(vector);
	struct text expected = from_hex(vector->packet);
	u8 nonce[MBSEC_SFRAME_NONCE_SIZE];
	struct text packet = {};
	struct text aad;

	assert_int_equal(suite.salt.size, MBSEC_SFRAME_NONCE_SIZE);
	mbsec_sframe_nonce(nonce, suite.salt.octets, COUNTER);
	packet.size = mbsec_sframe_encode(packet.octets, KID, COUNTER);
	aad = packet;
	append(&aad, METADATA, strlen(METADATA));
	seal(&suite, nonce, &aad, PLAINTEXT, &packet);
	assert_int_equal(packet.size, expected.size);
	assert_memory_equal(packet.octets, expected.octets, expected.size);
}

static void unprotect(const struct vector *vector)
{
	struct suite suite = vector_suite(vector);
	struct text packet = from_hex(vector->packet);
	u8 nonce[MBSEC_SFRAME_NONCE_SIZE];
	struct mbsec_sframe_header header;
	u8 digest[DIGEST_SIZE];
	u8 plaintext[DATA_MAX];
	struct text aad = {};
	const u8 *body;
	size_t size;

	assert_int_equal(
		mbsec_sframe_parse(packet.octets, packet.size, &header), 0);
	assert_int_equal(header.kid, KID);
	assert_int_equal(header.counter, COUNTER);
	body = packet.octets + header.size;
	size = packet.size - header.size - suite.tag_size;
	mbsec_sframe_nonce(nonce, suite.salt.octets, header.counter);
	append(&aad, packet.octets, header.size);
	append(&aad, METADATA, strlen(METADATA));
	tag(&suite, nonce, &aad, body, size, digest);
	assert_memory_equal(body + size, digest, suite.tag_size);
	crypt(&suite, nonce, body, size, plaintext);
	assert_int_equal(size, strlen(PLAINTEXT));
	assert_memory_equal(plaintext, PLAINTEXT, size);
}

static void test_appendix_c3(void **state)
{
	protect(*state);
	unprotect(*state);
}

static struct vector suite_1 = {
	10,
	"3f7d9a7c83ae8e1c8a11ae695ab59314b367e359fadac7b9c46b2bc6f81f46e1"
	"6b96f0811868d59402b7e870102720b3",
	"50b29329a04dc0f184ac3168",
	"9901234567449408b6f490086165b9d6f62b24ae1a59a56486b4ae8ed036b889"
	"12e24f11",
};

static struct vector suite_2 = {
	8,
	"e2ec5c797540310483b16bf6e7a570d2a27d192fe869c7ccd8584a8d9dab9154"
	"9fbe553f5113461ec6aa83bf3865553e",
	"e68ac8dd3d02fbcd368c5577",
	"99012345673f31438db4d09434e43afa0f8a2f00867a2be085046a9f5cb4f101"
	"d607",
};

static struct vector suite_3 = {
	4,
	"2c5703089cbb8c583475e4fc461d97d18809df79b6d550f78eb6d50ffa80d892"
	"11d57909934f46f5405e38cd583c69fe",
	"38c16e4f5159700c00c7f350",
	"990123456717fc8af28a5a695afcfc6c8df6358a17e26b2fcb3bae32e443",
};

#define VECTOR_TEST(suite)                                                \
	{                                                                 \
		"test_appendix_c3 " #suite, test_appendix_c3, NULL, NULL, \
			&(suite)                                          \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_appendix_c2),
		VECTOR_TEST(suite_1),
		VECTOR_TEST(suite_2),
		VECTOR_TEST(suite_3),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
