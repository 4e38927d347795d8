// SPDX-License-Identifier: GPL-2.0-or-later
/* The choices of mbms_profile.h, and policies. */
#include "core/kdf_gba.h"
#include "core_mikey_vectors.h"

static void mrk_is_that_of_its_clause(void **state)
{
	const struct kdf_parameter label = { MBMS_MRK_P0, strlen(MBMS_MRK_P0) };
	struct bootstrap_keys keys = { .mode = BOOTSTRAP_GBA_ME };
	struct secret mrk = { 0 }, wanted = { 0 };

	(void)state;
	assert_int_equal(secret_set(&keys.key,
				    "0123456789abcdef0123456789abcdef", 32),
			 0);
	assert_int_equal(kdf_mrk(&keys, &mrk, NULL), 0);
	assert_int_equal(kdf_derive(&keys.key, MBMS_MRK_FC, &label, 1, &wanted,
				    NULL),
			 0);
	assert_true(secret_equal(&mrk, &wanted));
	secret_clear(&mrk);
	secret_clear(&wanted);
	bootstrap_keys_clear(&keys);
}

/* The MRK of the digest's chain and its base 64. */
static void digest_password(void **state)
{
	static const uint8_t mrk_octets[32] = {
		0xbc, 0xd1, 0x63, 0xd9, 0xea, 0x06, 0x96, 0x26,
		0x84, 0x2b, 0xed, 0x56, 0x03, 0xc9, 0xc9, 0xd9,
		0xdd, 0x52, 0x78, 0xf9, 0x29, 0x40, 0x63, 0x6a,
		0x86, 0x62, 0xe6, 0xaf, 0xf0, 0xb3, 0xa0, 0x44,
	};
	static const char text[] =
		"vNFj2eoGliaEK+1WA8nJ2d1SePkpQGNqhmLmr/CzoEQ=";
	static const uint8_t longest[SECRET_SIZE_MAX];
	struct secret mrk = { 0 }, password = { 0 };
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(secret_set(&mrk, mrk_octets, sizeof(mrk_octets)), 0);
	assert_int_equal(mbms_digest_password(&mrk, &password, NULL), 0);
	assert_int_equal(password.size, strlen(text));
	assert_memory_equal(password.bytes, text, strlen(text));
	assert_int_equal(secret_set(&mrk, longest, sizeof(longest)), 0);
	assert_refused(mbms_digest_password(&mrk, &password, &fault), fault,
		       FAULT_ARGUMENT, "256 octets");
	assert_int_equal(password.size, 0);
	secret_clear(&mrk);
	assert_refused(mbms_digest_password(&mrk, &password, &fault), fault,
		       FAULT_ARGUMENT, "0 octets");
}

static void identities(void **state)
{
	static const char name[] = "bmsc.home1.net";
	uint8_t octets[NAF_ID_SIZE_MAX];
	struct mikey_bytes bytes = { octets, 0 };
	struct mikey_identity identity;
	struct naf_id naf_id;

	(void)state;
	assert_int_equal(naf_id_set(&naf_id, name, UA_PROTOCOL_MBMS, NULL), 0);
	identity = mbms_initiator(&naf_id);
	assert_int_equal(identity.type, MIKEY_URI);
	assert_int_equal(identity.data.size, strlen(name));
	assert_true(mbms_initiator_matches(&identity.data, &naf_id));
	assert_int_equal(naf_id_encode(&naf_id, octets, &bytes.size, NULL), 0);
	assert_true(mbms_initiator_matches(&bytes, &naf_id));
	/* Another Ua protocol, another name, a part of the name. */
	octets[bytes.size - 1]++;
	assert_false(mbms_initiator_matches(&bytes, &naf_id));
	octets[bytes.size - 1]--;
	octets[0] = 'x';
	assert_false(mbms_initiator_matches(&bytes, &naf_id));
	identity.data.size--;
	assert_false(mbms_initiator_matches(&identity.data, &naf_id));
	identity = mbms_responder("user@bsf");
	assert_int_equal(identity.type, MIKEY_NAI);
	assert_int_equal(identity.data.size, 8);
}

static void counters_and_intervals(void **state)
{
	struct fault fault = { 0 };
	uint32_t next;

	(void)state;
	assert_false(mbms_counter_is_newer(0, MBMS_COUNTER_NONE));
	assert_true(
		mbms_counter_is_newer(MBMS_COUNTER_FIRST, MBMS_COUNTER_NONE));
	assert_false(mbms_counter_is_newer(7, 7));
	assert_true(mbms_counter_is_newer(UINT32_MAX, UINT32_MAX - 1));
	/* A clock's seconds as the first counter. */
	assert_true(mbms_counter_is_newer(0xea000000, MBMS_COUNTER_NONE));
	/* It does not wrap. */
	assert_false(mbms_counter_is_newer(1, UINT32_MAX));
	assert_int_equal(mbms_counter_next(MBMS_COUNTER_NONE, &next, NULL), 0);
	assert_int_equal(next, MBMS_COUNTER_FIRST);
	assert_int_equal(mbms_counter_next(UINT32_MAX - 1, &next, NULL), 0);
	assert_int_equal(next, UINT32_MAX);
	assert_refused(mbms_counter_next(UINT32_MAX, &next, &fault), fault,
		       FAULT_STATE, "used up");
	assert_int_equal(next, MBMS_COUNTER_NONE);

	assert_int_equal(mbms_mtk_id_check(0, 3, 0), MBMS_MTK_OLD);
	assert_int_equal(mbms_mtk_id_check(0, 3, 1), MBMS_MTK_NEW);
	assert_int_equal(mbms_mtk_id_check(1, 3, 1), MBMS_MTK_OLD);
	assert_int_equal(mbms_mtk_id_check(1, 3, 3), MBMS_MTK_NEW);
	assert_int_equal(mbms_mtk_id_check(1, 3, 4), MBMS_MTK_BEYOND);
	assert_int_equal(mbms_mtk_id_check(3, 3, 4), MBMS_MTK_BEYOND);
	assert_true(MBMS_DELETE_LOW > MBMS_DELETE_HIGH);
	assert_false(mbms_rand_in_mtk(false));
	assert_true(mbms_rand_in_mtk(true));
	assert_true(mbms_roc_is_fresh(0x7fff));
	assert_false(mbms_roc_is_fresh(0x8000));
}

static void mki(void **state)
{
	uint8_t octets[MBMS_MKI_SIZE];
	uint32_t msk_id;
	uint16_t mtk_id;

	(void)state;
	mbms_mki_encode(0x01020304, 0x0506, octets);
	assert_memory_equal(octets, "\1\2\3\4\5\6", MBMS_MKI_SIZE);
	mbms_mki_decode(octets, &msk_id, &mtk_id);
	assert_int_equal(msk_id, 0x01020304);
	assert_int_equal(mtk_id, 0x0506);
}

/* The default policy with one value changed or added. */
static void policy_with(uint8_t type, uint16_t value,
			struct mikey_policy *policy)
{
	uint8_t i;

	mbms_policy_default(policy, 3);
	for (i = 0; i < policy->count; i++)
		if (policy->types[i] == type) {
			policy->values[i] = value;
			return;
		}
	assert_int_equal(mikey_policy_add(policy, type, value, NULL), 0);
}

static void policy_refused(uint8_t type, uint16_t value, const char *part)
{
	struct mikey_policy policy;
	struct fault fault = { 0 };

	policy_with(type, value, &policy);
	assert_refused(mbms_policy_check(&policy, &fault), fault,
		       FAULT_UNSUPPORTED, part);
}

static void policy_accepted(uint8_t type, uint16_t value)
{
	struct mikey_policy policy;
	struct fault fault = { 0 };

	policy_with(type, value, &policy);
	if (mbms_policy_check(&policy, &fault))
		fail_msg("%s", fault.text);
}

static void policies_checked(void **state)
{
	struct mikey_policy policy = { .number = 3 };
	struct fault fault = { 0 };

	(void)state;
	/* Empty: SRTP's own defaults. */
	assert_int_equal(mbms_policy_check(&policy, NULL), 0);
	policy_accepted(MIKEY_SRTP_ENCRYPTION, MIKEY_SRTP_AES_CM);
	policy_refused(MIKEY_SRTP_ENCRYPTION, MIKEY_SRTP_AES_F8, "algorithm 2");
	policy_refused(MIKEY_SRTP_ENCRYPTION, 255, "algorithm 255");
	policy_accepted(MIKEY_SRTP_ENCRYPTION_KEY_SIZE, 32);
	policy_refused(MIKEY_SRTP_ENCRYPTION_KEY_SIZE, 24, "24 octets");
	policy_refused(MIKEY_SRTP_ENCRYPTION_KEY_SIZE, 0, "0 octets");
	policy_refused(MIKEY_SRTP_AUTHENTICATION, 5, "algorithm 5");
	policy_refused(MIKEY_SRTP_AUTHENTICATION_KEY_SIZE, 16, "16 octets");
	policy_refused(MIKEY_SRTP_TAG_SIZE, 3, "too short");
	policy_refused(MIKEY_SRTP_TAG_SIZE, 0, "too short");
	policy_refused(MIKEY_SRTP_TAG_SIZE, 21, "too long");
	policy_accepted(MIKEY_SRTP_TAG_SIZE, 4);
	policy_accepted(MIKEY_SRTP_TAG_SIZE, 20);
	policy_refused(MIKEY_SRTP_SALT_SIZE, 0, "salt size");
	policy_refused(MIKEY_SRTP_PRF, 1, "PRF");
	policy_refused(MIKEY_SRTP_KEY_DERIVATION_RATE, 1, "derivation rate");
	policy_refused(MIKEY_SRTP_FEC_ORDER, 1, "FEC");
	policy_refused(MIKEY_SRTP_PREFIX_SIZE, 1, "prefix");
	policy_refused(MIKEY_SRTP_ROC_RATE, 0, "zero");
	policy_accepted(MIKEY_SRTP_ROC_RATE, 1000);
	/* One protection may be off, both may not. */
	policy_accepted(MIKEY_SRTP_ENCRYPTION, MIKEY_SRTP_NULL);
	policy_accepted(MIKEY_SRTP_AUTHENTICATION, MIKEY_SRTP_NO_MAC);
	policy_accepted(MIKEY_SRTP_AUTHENTICATION_ON, 0);
	policy_with(MIKEY_SRTP_ENCRYPTION, MIKEY_SRTP_NULL, &policy);
	policy.values[2] = MIKEY_SRTP_NO_MAC;
	assert_refused(mbms_policy_check(&policy, &fault), fault,
		       FAULT_UNSUPPORTED, "policy 3 protects nothing");
	policy_with(MIKEY_SRTP_ENCRYPTION_ON, 0, &policy);
	policy.values[10] = 0;
	assert_refused(mbms_policy_check(&policy, &fault), fault,
		       FAULT_UNSUPPORTED, "protects nothing");
}

static void roll_over_counter_policies(void **state)
{
	struct mikey_policy policy;
	struct fault fault = { 0 };

	(void)state;
	policy_accepted(MIKEY_SRTP_AUTHENTICATION, MIKEY_SRTP_RCC_MODE_1);
	policy_with(MIKEY_SRTP_AUTHENTICATION, MIKEY_SRTP_RCC_MODE_2, &policy);
	policy.values[11] = 14;
	assert_int_equal(mbms_policy_check(&policy, NULL), 0);
	policy.values[11] = 7;
	assert_refused(mbms_policy_check(&policy, &fault), fault,
		       FAULT_UNSUPPORTED, "too short");
	policy.values[11] = 25;
	assert_refused(mbms_policy_check(&policy, &fault), fault,
		       FAULT_UNSUPPORTED, "too long");
	/* Mode 1 with a rate is no integrity protection. */
	policy_with(MIKEY_SRTP_AUTHENTICATION, MIKEY_SRTP_RCC_MODE_1, &policy);
	policy.values[0] = MIKEY_SRTP_NULL;
	assert_int_equal(mbms_policy_check(&policy, NULL), 0);
	assert_int_equal(
		mikey_policy_add(&policy, MIKEY_SRTP_ROC_RATE, 2, NULL), 0);
	assert_refused(mbms_policy_check(&policy, &fault), fault,
		       FAULT_UNSUPPORTED, "protects nothing");
	/* Mode 3 has no MAC at all. */
	policy_refused(MIKEY_SRTP_AUTHENTICATION, MIKEY_SRTP_RCC_MODE_3,
		       "10 octets, not 4");
	policy_with(MIKEY_SRTP_AUTHENTICATION, MIKEY_SRTP_RCC_MODE_3, &policy);
	policy.values[11] = 4;
	assert_int_equal(mbms_policy_check(&policy, NULL), 0);
	policy.values[0] = MIKEY_SRTP_NULL;
	assert_refused(mbms_policy_check(&policy, &fault), fault,
		       FAULT_UNSUPPORTED, "protects nothing");
	/* What is said of SRTP alone wins: RFC 4771, 4. */
	policy_refused(MIKEY_SRTP_ONLY_AUTHENTICATION, 9, "algorithm 9");
	policy_refused(MIKEY_SRTP_ONLY_TAG_SIZE, 2, "2 octets is too short");
	/* SRTCP has its index and needs its MAC: RFC 3711, 3.4. */
	policy_accepted(MIKEY_SRTCP_ONLY_TAG_SIZE, 4);
	policy_accepted(MIKEY_SRTCP_ONLY_TAG_SIZE, 20);
	policy_refused(MIKEY_SRTCP_ONLY_TAG_SIZE, 2, "SRTCP tag");
	policy_refused(MIKEY_SRTCP_ONLY_TAG_SIZE, 21, "SRTCP tag");
	policy_accepted(MIKEY_SRTCP_ONLY_AUTHENTICATION, MIKEY_SRTP_HMAC_SHA1);
	policy_refused(MIKEY_SRTCP_ONLY_AUTHENTICATION, MIKEY_SRTP_NO_MAC,
		       "SRTCP authentication algorithm 0");
	policy_refused(MIKEY_SRTCP_ONLY_AUTHENTICATION, MIKEY_SRTP_RCC_MODE_2,
		       "SRTCP authentication algorithm 3");
	policy_refused(MIKEY_SRTCP_ONLY_AUTHENTICATION_KEY_SIZE, 16,
		       "SRTCP authentication key");
}

static void policy_values(void **state)
{
	struct mikey_policy policy = { 0 };
	struct fault fault = { 0 };
	uint16_t value = 77;

	(void)state;
	assert_false(mikey_policy_get(&policy, MIKEY_SRTP_TAG_SIZE, &value));
	assert_int_equal(value, 77);
	assert_int_equal(mikey_policy_value(&policy, MIKEY_SRTP_TAG_SIZE), 10);
	assert_int_equal(mikey_policy_value(&policy, MIKEY_SRTP_ROC_RATE), 1);
	assert_int_equal(mikey_policy_value(&policy, MIKEY_SRTP_PARAMETERS), 0);
	assert_int_equal(mikey_policy_value(&policy, 200), 0);
	assert_int_equal(
		mikey_policy_add(&policy, MIKEY_SRTP_TAG_SIZE, 4, NULL), 0);
	assert_int_equal(mikey_policy_value(&policy, MIKEY_SRTP_ONLY_TAG_SIZE),
			 4);
	assert_int_equal(mikey_policy_value(&policy, MIKEY_SRTCP_ONLY_TAG_SIZE),
			 4);
	assert_refused(mikey_policy_add(&policy, MIKEY_SRTP_TAG_SIZE, 4,
					&fault),
		       fault, FAULT_ARGUMENT, "twice");
	assert_refused(mikey_policy_add(&policy, MIKEY_SRTP_PARAMETERS, 4,
					&fault),
		       fault, FAULT_ARGUMENT, "unknown");
	assert_refused(mikey_policy_add(&policy, MIKEY_SRTP_PRF, 256, &fault),
		       fault, FAULT_ARGUMENT, "one octet");
	assert_int_equal(
		mikey_policy_add(&policy, MIKEY_SRTP_ROC_RATE, 256, NULL), 0);
	assert_int_equal(mikey_policy_add(&policy, MIKEY_SRTP_PRF, 255, NULL),
			 0);
	assert_int_equal(policy.count, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mrk_is_that_of_its_clause),
		cmocka_unit_test(digest_password),
		cmocka_unit_test(identities),
		cmocka_unit_test(counters_and_intervals),
		cmocka_unit_test(mki),
		cmocka_unit_test(policies_checked),
		cmocka_unit_test(roll_over_counter_policies),
		cmocka_unit_test(policy_values),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
