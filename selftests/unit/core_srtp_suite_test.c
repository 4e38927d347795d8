// SPDX-License-Identifier: GPL-2.0-or-later
/* Suites of SRTP and the MIKEY policies that say them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/buf.h"
#include "core/mbms_profile.h"
#include "core/srtp_suite.h"

static const uint16_t suites[] = { SRTP_AES128_CM_HMAC_SHA1_80,
				   SRTP_AES128_CM_HMAC_SHA1_32,
				   SRTP_AES256_CM_HMAC_SHA1_80,
				   SRTP_NULL_HMAC_SHA1_80 };
#define SUITES (sizeof(suites) / sizeof(suites[0]))

static void names(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SUITES; i++)
		assert_int_equal(srtp_suite_find(srtp_suite_name(suites[i])),
				 suites[i]);
	assert_null(srtp_suite_name(1));
	assert_int_equal(srtp_suite_find("aes128-cm"), 0);
	assert_int_equal(srtp_suite_master_size(suites[2]), 32);
	assert_int_equal(srtp_suite_master_size(suites[3]), 16);
	assert_int_equal(srtp_suite_master_size(1), 16);
	assert_false(srtp_suite_encrypts(suites[3]));
	assert_true(srtp_suite_encrypts(suites[0]));
}

/* Each means itself and no other, also after it was sent. */
static void policies(void **state)
{
	static const uint16_t rates[] = { 0, 1, 500 };
	struct srtp_profile profiles[SUITES * 3];
	struct mikey_policy policy, read;
	struct fault fault = { 0 };
	struct reader reader;
	struct writer writer;
	uint8_t octets[128];
	size_t i, j;

	(void)state;
	for (i = 0; i < SUITES * 3; i++)
		profiles[i] = (struct srtp_profile){ suites[i % SUITES],
						     rates[i / SUITES] };
	for (i = 0; i < SUITES * 3; i++) {
		srtp_policy_make(&policy, 3, &profiles[i]);
		if (mbms_policy_check(&policy, &fault))
			fail_msg("%zu: %s", i, fault.text);
		writer_init(&writer, octets, sizeof(octets));
		mikey_policy_encode(&policy, &writer);
		reader_init(&reader, octets, writer.length);
		assert_int_equal(mikey_policy_decode(&read, &reader, NULL), 0);
		assert_int_equal(read.number, 3);
		for (j = 0; j < SUITES * 3; j++) {
			fault = (struct fault){ 0 };
			assert_int_equal(srtp_policy_compare(
						 &read, &profiles[j], &fault),
					 i == j ? 0 : -1);
			assert_int_equal(!!strstr(fault.text, "announced"),
					 i != j);
		}
	}
}

/* What others say in other words. */
static void meanings(void **state)
{
	const struct srtp_profile usual = { SRTP_AES128_CM_HMAC_SHA1_80, 0 };
	const struct srtp_profile shorter = { SRTP_AES128_CM_HMAC_SHA1_32, 0 };
	const struct srtp_profile null = { SRTP_NULL_HMAC_SHA1_80, 0 };
	const struct srtp_profile unknown = { 1, 0 };
	struct mikey_policy policy = { 0 };

	(void)state;
	/* SRTP's own defaults, and the policy of the vectors. */
	assert_int_equal(srtp_policy_compare(&policy, &usual, NULL), 0);
	assert_int_equal(srtp_policy_compare(&policy, &unknown, NULL), -1);
	mbms_policy_default(&policy, 0);
	assert_int_equal(srtp_policy_compare(&policy, &usual, NULL), 0);
	/* One tag size of 32 bits: RFC 3711, 5.2 keeps it from SRTCP. */
	policy = (struct mikey_policy){ 0 };
	mikey_policy_add(&policy, MIKEY_SRTP_TAG_SIZE, 4, NULL);
	assert_int_equal(srtp_policy_compare(&policy, &shorter, NULL), 0);
	/* Encryption switched off is the null cipher, if it is off for both. */
	policy = (struct mikey_policy){ 0 };
	mikey_policy_add(&policy, MIKEY_SRTP_ENCRYPTION_ON, 0, NULL);
	assert_int_equal(srtp_policy_compare(&policy, &null, NULL), 0);
	assert_int_equal(srtp_policy_compare(&policy, &usual, NULL), -1);
	policy = (struct mikey_policy){ 0 };
	mikey_policy_add(&policy, MIKEY_SRTCP_ENCRYPTION_ON, 0, NULL);
	assert_int_equal(srtp_policy_compare(&policy, &usual, NULL), -1);
	assert_int_equal(srtp_policy_compare(&policy, &null, NULL), -1);
	policy = (struct mikey_policy){ 0 };
	mikey_policy_add(&policy, MIKEY_SRTP_AUTHENTICATION_ON, 0, NULL);
	assert_int_equal(srtp_policy_compare(&policy, &usual, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(policies),
		cmocka_unit_test(meanings),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
