// SPDX-License-Identifier: GPL-2.0-or-later
/* Session keys of SFrame against selftests/vectors/sframe.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/sframe_kdf.h"
#include "vectors.h"

static void test_vectors(void **state)
{
	json_t *list = vectors_load("sframe"), *vector;
	unsigned int suites = 0;
	size_t i;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		uint16_t suite = (uint16_t)vectors_number(vector, "suite");
		struct secret base_key = { 0 };
		struct sframe_keys keys = { 0 };
		uint8_t whole[64];
		size_t size = 0;

		vectors_secret(vector, "base-key", &base_key);
		assert_int_equal(sframe_kdf(&base_key,
					    vectors_number(vector, "kid"),
					    suite, &keys, NULL),
				 0);
		if (keys.cipher.size)
			memcpy(whole, keys.cipher.bytes, keys.cipher.size);
		size = keys.cipher.size;
		if (keys.auth.size)
			memcpy(whole + size, keys.auth.bytes, keys.auth.size);
		size += keys.auth.size;
		vectors_match(vector, "sframe-key", whole, size);
		vectors_match_secret(vector, "sframe-salt", &keys.salt);
		assert_int_equal(keys.cipher.size, suite == 0xf001 ? 0 :
						   suite == 5	   ? 32 :
								     16);
		assert_int_equal(keys.auth.size,
				 suite == 4 || suite == 5 ? 0 : 32);
		suites |= 1u << (suite & 7) << (suite >> 12 ? 8 : 0);
		sframe_keys_clear(&keys);
		secret_clear(&base_key);
	}
	/* Suites 1 to 5 and f001 all had a vector. */
	assert_int_equal(suites, 0x23e);
	json_decref(list);
}

static void test_kid(void **state)
{
	(void)state;
	assert_true(sframe_kid(0x0100, 0x00010001, 1) ==
		    UINT64_C(0x0100000100010001));
	assert_true(sframe_kid(0xffff, 0xfffffffe, 0xfffd) ==
		    UINT64_C(0xfffffffffffefffd));
}

/* Each part of the key identity leads to other keys. */
static void test_keys_differ(void **state)
{
	static const uint64_t kids[] = { UINT64_C(0x0100000100010001),
					 UINT64_C(0x0101000100010001),
					 UINT64_C(0x0100000200010001),
					 UINT64_C(0x0100000100010002) };
	struct sframe_keys keys[4] = { 0 };
	struct secret base_key = { 0 };
	int i, j;

	(void)state;
	assert_int_equal(secret_set(&base_key, "0123456789abcdef", 16), 0);
	for (i = 0; i < 4; i++)
		assert_int_equal(
			sframe_kdf(&base_key, kids[i], 1, &keys[i], NULL), 0);
	for (i = 0; i < 4; i++)
		for (j = 0; j < i; j++) {
			assert_false(
				secret_equal(&keys[i].cipher, &keys[j].cipher));
			assert_false(
				secret_equal(&keys[i].auth, &keys[j].auth));
			assert_false(
				secret_equal(&keys[i].salt, &keys[j].salt));
		}
	for (i = 0; i < 4; i++)
		sframe_keys_clear(&keys[i]);
	secret_clear(&base_key);
}

static void test_refuses(void **state)
{
	static const uint16_t unknown[] = { 0, 6, 0xf000, 0xf002, 0xffff };
	struct secret base_key = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		struct sframe_keys keys = { 0 };
		struct fault fault = { 0 };

		assert_int_equal(secret_set(&base_key, "x", 1), 0);
		assert_int_equal(secret_set(&keys.salt, "x", 1), 0);
		assert_int_equal(sframe_kdf(&base_key, 1, unknown[i], &keys,
					    &fault),
				 -1);
		assert_int_equal(fault.code, FAULT_UNSUPPORTED);
		assert_null(keys.salt.bytes);
		secret_clear(&base_key);
		fault.code = FAULT_NONE;
		assert_int_equal(sframe_kdf(&base_key, 1, 1, &keys, &fault),
				 -1);
		assert_int_equal(fault.code, FAULT_ARGUMENT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_kid),
		cmocka_unit_test(test_keys_differ),
		cmocka_unit_test(test_refuses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
