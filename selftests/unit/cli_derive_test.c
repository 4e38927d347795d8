// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Key derivation. The first vector is of RFC 9605 appendix C. The others were
 * computed with python3-cryptography:
 *
 *	info = label + kid.to_bytes(8, "big") + suite.to_bytes(2, "big")
 *	HKDF(hashes.SHA256(), size, b"", info).derive(mtk)
 *
 * with label b"SFrame 1.0 Secret key " and size 48 (32 for suite 0xf001, 16 for 4),
 * respectively b"SFrame 1.0 Secret salt " and 12.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
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
	{ MBSEC_SUITE_AES128_GCM_128, 0x123, "000102030405060708090a0b0c0d0e0f",
	  "d34f547f4ca4f9a7447006fe7fcbf768", "", "75234edefe07819026751816" },
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

static void keys_check(const struct protocol_keys *keys, const char *cipher_key,
		       const char *auth_key, const char *salt)
{
	assert_octets(keys->cipher_key, keys->cipher_key_size, cipher_key);
	assert_octets(keys->auth_key, keys->auth_key_size, auth_key);
	assert_octets(keys->salt, keys->salt_size, salt);
}

static void vector_check(const struct vector *vector)
{
	const struct protocol_keys none = {};
	const struct suite *suite = suite_find(vector->suite);
	struct master_key master = {};
	struct session_keys keys;
	struct problem problem;

	assert_non_null(suite);
	assert_int_equal(suite->mtk_size, MTK_SIZE);
	assert_int_equal(suite->master_salt_size, 0);
	assert_true(number_parse_octets(vector->mtk, strlen(vector->mtk),
					master.mtk, suite->mtk_size));
	assert_int_equal(derive_session_keys(suite, vector->kid, &master, &keys,
					     &problem),
			 0);
	keys_check(&keys.data, vector->cipher_key, vector->auth_key,
		   vector->salt);
	assert_memory_equal(&keys.rtcp, &none, sizeof(none));
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

#define SRTP_MTK "e1f97a0d3e018be0d64fa32c06de4139"
#define SRTP_SALT "0ec675ad498afeebb6960b3aabe6"

static struct session_keys srtp_derive(uint32_t id, const char *mtk)
{
	const struct suite *suite = suite_find(id);
	struct master_key master = {};
	struct session_keys keys;
	struct problem problem;

	assert_non_null(suite);
	assert_true(number_parse_octets(mtk, strlen(mtk), master.mtk,
					suite->mtk_size));
	assert_true(number_parse_octets(SRTP_SALT, strlen(SRTP_SALT),
					master.salt, suite->master_salt_size));
	assert_int_equal(
		derive_session_keys(suite, 1, &master, &keys, &problem), 0);
	return keys;
}

/*
 * The keys of RTP are those of RFC 3711 B.3; those of RTCP, and all of the long
 * MTK, were computed with python3-cryptography (selftests/kmod/srtp_reference.py).
 */
static void test_srtp_vectors(void **state)
{
	static const uint32_t suites[] = { MBSEC_SUITE_AES128_CM_HMAC_SHA1_80,
					   MBSEC_SUITE_AES128_CM_HMAC_SHA1_32,
					   MBSEC_SUITE_NULL_HMAC_SHA1_80 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct session_keys keys = srtp_derive(suites[i], SRTP_MTK);
		bool null = suites[i] == MBSEC_SUITE_NULL_HMAC_SHA1_80;

		keys_check(&keys.data,
			   null ? "" : "c61e7a93744f39ee10734afe3ff7a087",
			   "cebe321f6ff7716b6fd4ab49af256a156d38baa4",
			   "30cbbc08863d8c85d49db34a9ae1");
		keys_check(&keys.rtcp,
			   null ? "" : "4c1aa45a81f73d61c800bbb00fbb1eaa",
			   "8d54534feb49ae8e7993a6bd0b844fc323a93dfd",
			   "9581c7ad87b3e530bf3e4454a8b3");
	}
}

static void test_srtp_256(void **state)
{
	struct session_keys keys =
		srtp_derive(MBSEC_SUITE_AES256_CM_HMAC_SHA1_80,
			    SRTP_MTK "000102030405060708090a0b0c0d0e0f");

	(void)state;
	keys_check(
		&keys.data,
		"40a80b7dba18388e575572d07775287d6acd75af3e737dfe0b9d9b8699f84d5e",
		"b7e123c5b0ce377e7325af5f2ccfe72619c4afef",
		"f29f5f6416940c7c851335a5ace4");
	keys_check(
		&keys.rtcp,
		"1f4bfaad33caadae1e7eae6f46b1f110cee74b854b2630aef4bf4a6a837423d8",
		"d252304e54b27ba874ba7e9fbb5259c0527a80d0",
		"91c92636b5b3543744e9e3f1ccfb");
}

static void test_unknown_suite(void **state)
{
	(void)state;
	assert_null(suite_find(0));
	assert_null(suite_find(5));
	assert_null(suite_find(0xf105));
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
		cmocka_unit_test(test_srtp_vectors),
		cmocka_unit_test(test_srtp_256),
		cmocka_unit_test(test_unknown_suite),
		cmocka_unit_test(test_kid),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
