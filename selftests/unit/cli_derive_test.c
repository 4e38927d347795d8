// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Key derivation. The first vector is of RFC 9605 appendix C. The others were
 * computed with python3-cryptography:
 *
 *	info = label + kid.to_bytes(8, "big") + suite.to_bytes(2, "big")
 *	HKDF(hashes.SHA256(), size, b"", info).derive(mtk)
 *
 * with label b"SFrame 1.0 Secret key " and size 48 (32 for suite 0xf001),
 * respectively b"SFrame 1.0 Secret salt " and 12.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <linux/mbsec.h>

#include "derive.h"
#include "number.h"

struct vector {
	uint32_t suite;
	uint64_t kid;
	const char *mtk;
	const char *cipher_key;
	const char *auth_key;
	const char *salt;
};

static const struct vector vectors[] = {
	{ MBSEC_SUITE_AES128_CTR_HMAC_SHA256_80, 0x123,
	  "000102030405060708090a0b0c0d0e0f",
	  "3f7d9a7c83ae8e1c8a11ae695ab59314",
	  "b367e359fadac7b9c46b2bc6f81f46e16b96f0811868d59402b7e870102720b3",
	  "50b29329a04dc0f184ac3168" },
	{ MBSEC_SUITE_AES128_CTR_HMAC_SHA256_64, 0x123,
	  "000102030405060708090a0b0c0d0e0f",
	  "e2ec5c797540310483b16bf6e7a570d2",
	  "a27d192fe869c7ccd8584a8d9dab91549fbe553f5113461ec6aa83bf3865553e",
	  "e68ac8dd3d02fbcd368c5577" },
	{ MBSEC_SUITE_AES128_CTR_HMAC_SHA256_64, 0xbeef0001000200ff,
	  "f0e1d2c3b4a5968778695a4b3c2d1e0f",
	  "3aee19d7fc641a05b2ee8cb45b8037c1",
	  "9d29e1a2744fb285dcc106876bf933876903e6c48267d1adf37ee28949d55994",
	  "3d42e6f7c149ed724e9d1fa7" },
	{ MBSEC_SUITE_AES128_CTR_HMAC_SHA256_32, 0xffffffffffffffff,
	  "f0e1d2c3b4a5968778695a4b3c2d1e0f",
	  "6bbef494f12e004c39c967695313118b",
	  "4973f9f87d440820aa0acce200a246b3fb5b0da28001ddca9f209e88d747825a",
	  "912eed3971649b643ba6a0dd" },
	{ MBSEC_SUITE_NULL_HMAC_SHA256_80, 0x0100000000010001,
	  "f0e1d2c3b4a5968778695a4b3c2d1e0f", "",
	  "b2964786751319365edf164670d1bbd110e6d91ae8002953c5ce7708aaae4932",
	  "0e2e5feeb3992d7ccd89c868" },
};

static void assert_octets(const uint8_t *octets, size_t size, const char *hex)
{
	uint8_t expected[64];

	assert_int_equal(strlen(hex), 2 * size);
	assert_true(number_parse_octets(hex, strlen(hex), expected, size));
	assert_memory_equal(octets, expected, size);
}

static void vector_check(const struct vector *vector)
{
	struct session_keys keys;
	struct problem problem;
	uint8_t mtk[MTK_SIZE];

	assert_true(number_parse_octets(vector->mtk, strlen(vector->mtk), mtk,
					sizeof(mtk)));
	assert_int_equal(derive_session_keys(vector->suite, vector->kid, mtk,
					     &keys, &problem),
			 0);
	assert_int_equal(keys.cipher_key_size, strlen(vector->cipher_key) / 2);
	assert_octets(keys.cipher_key, keys.cipher_key_size,
		      vector->cipher_key);
	assert_octets(keys.auth_key, sizeof(keys.auth_key), vector->auth_key);
	assert_octets(keys.salt, sizeof(keys.salt), vector->salt);
}

static void test_rfc_vector(void **state)
{
	(void)state;
	vector_check(&vectors[0]);
}

static void test_second_implementation(void **state)
{
	(void)state;
	for (size_t i = 1; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		vector_check(&vectors[i]);
}

static void test_unknown_suite_leaves_no_keys(void **state)
{
	const uint8_t mtk[MTK_SIZE] = { 1 };
	const struct session_keys none = {};
	struct session_keys keys;
	struct problem problem;

	(void)state;
	memset(&keys, 0xff, sizeof(keys));
	assert_int_equal(derive_session_keys(4, 0x123, mtk, &keys, &problem),
			 EXIT_CODE_REFUSED);
	assert_memory_equal(&keys, &none, sizeof(keys));
	assert_non_null(strstr(problem.sentence, "0x0004"));
}

static void test_kid(void **state)
{
	(void)state;
	assert_int_equal(derive_kid(0x0100, 0x00000001, 1), 0x0100000000010001);
	assert_int_equal(derive_kid(0xffff, 0x89abcdef, 0x4567),
			 0xffff89abcdef4567);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc_vector),
		cmocka_unit_test(test_second_implementation),
		cmocka_unit_test(test_unknown_suite_leaves_no_keys),
		cmocka_unit_test(test_kid),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
