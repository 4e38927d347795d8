// SPDX-License-Identifier: GPL-2.0-or-later
/* Session keys of SRTP against selftests/vectors/srtp_kdf.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/srtp_kdf.h"
#include "vectors.h"

static struct secret key, salt, out;

static void release(void)
{
	secret_clear(&key);
	secret_clear(&salt);
	secret_clear(&out);
}

static void test_vectors(void **state)
{
	json_t *list = vectors_load("srtp_kdf"), *vector;
	size_t i;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		uint8_t auth[SECRET_SIZE_MAX];
		size_t size = vectors_hex(vector, "auth", auth, sizeof(auth));
		struct srtp_keys srtp = { 0 }, srtcp = { 0 };

		vectors_secret(vector, "key", &key);
		vectors_secret(vector, "salt", &salt);
		assert_int_equal(srtp_kdf_key(&key, &salt, SRTP_LABEL_AUTH,
					      size, &out, NULL),
				 0);
		vectors_match_secret(vector, "auth", &out);
		assert_int_equal(srtp_kdf(&key, &salt, &srtp, &srtcp, NULL), 0);
		vectors_match_secret(vector, "encryption", &srtp.encryption);
		vectors_match_secret(vector, "session-salt", &srtp.salt);
		assert_int_equal(srtp.auth.size, SRTP_AUTH_KEY_SIZE);
		assert_memory_equal(srtp.auth.bytes, auth, SRTP_AUTH_KEY_SIZE);
		if (vectors_has(vector, "srtcp-encryption")) {
			vectors_match_secret(vector, "srtcp-encryption",
					     &srtcp.encryption);
			vectors_match_secret(vector, "srtcp-auth", &srtcp.auth);
			vectors_match_secret(vector, "srtcp-salt", &srtcp.salt);
		}
		assert_int_equal(srtcp.encryption.size, key.size);
		assert_false(secret_equal(&srtp.encryption, &srtcp.encryption));
		srtp_keys_clear(&srtp);
		srtp_keys_clear(&srtcp);
		assert_null(srtcp.salt.bytes);
		release();
	}
	json_decref(list);
}

static void fill(struct secret *secret, size_t size)
{
	static const uint8_t bytes[SECRET_SIZE_MAX] = { 1, 2, 3 };

	assert_int_equal(secret_set(secret, bytes, size), 0);
}

static void test_longest_key(void **state)
{
	struct secret begin = { 0 };

	(void)state;
	fill(&key, 16);
	fill(&salt, 14);
	assert_int_equal(srtp_kdf_key(&key, &salt, SRTCP_LABEL_SALT,
				      SECRET_SIZE_MAX, &out, NULL),
			 0);
	assert_int_equal(srtp_kdf_key(&key, &salt, SRTCP_LABEL_SALT, 1, &begin,
				      NULL),
			 0);
	assert_int_equal(begin.bytes[0], out.bytes[0]);
	/* In the place of the master key. */
	assert_int_equal(
		srtp_kdf_key(&key, &salt, SRTCP_LABEL_SALT, 1, &key, NULL), 0);
	assert_true(secret_equal(&key, &begin));
	secret_clear(&begin);
	release();
}

static void refused(size_t key_size, size_t salt_size, int label, size_t size)
{
	struct fault fault = { 0 };

	fill(&key, key_size);
	fill(&salt, salt_size);
	fill(&out, 5);
	assert_int_equal(srtp_kdf_key(&key, &salt, (enum srtp_label)label, size,
				      &out, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_null(out.bytes);
	release();
}

static void test_wrong_sizes(void **state)
{
	(void)state;
	refused(24, 14, 0, 16);
	refused(15, 14, 0, 16);
	refused(16, 12, 0, 16);
	refused(16, 14, 6, 16);
	refused(16, 14, -1, 16);
	refused(16, 14, 0, 0);
	refused(16, 14, 0, SECRET_SIZE_MAX + 1);
}

static void test_failure_leaves_nothing(void **state)
{
	struct srtp_keys srtp = { 0 }, srtcp = { 0 };

	(void)state;
	fill(&key, 16);
	fill(&salt, 13);
	fill(&srtp.auth, 3);
	fill(&srtcp.salt, 3);
	assert_int_equal(srtp_kdf(&key, &salt, &srtp, &srtcp, NULL), -1);
	assert_null(srtp.auth.bytes);
	assert_null(srtcp.salt.bytes);
	release();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_longest_key),
		cmocka_unit_test(test_wrong_sizes),
		cmocka_unit_test(test_failure_leaves_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
