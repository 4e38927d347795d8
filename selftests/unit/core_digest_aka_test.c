// SPDX-License-Identifier: GPL-2.0-or-later
/* AKA in Digest, and the realms of bootstrapped keys. */
#include <stdio.h>

#include "core/base64.h"
#include "core/digest_aka.h"
#include "core/digest_realm.h"
#include "core_digest_vectors.h"

#define UB "Ub, RES of Milenage test set 1"
#define RESYNC "Ub, resynchronisation with an empty password"
#define BOTH                                     \
	"3GPP-bootstrapping-uicc@test.3gpp.com;" \
	"3GPP-bootstrapping@test.3gpp.com"

static json_t *list;

static int setup(void **state)
{
	(void)state;
	list = vectors_load("digest");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	json_decref(list);
	return 0;
}

static void test_nonce_vectors(void **state)
{
	struct digest_aka_nonce nonce;
	char text[DIGEST_NONCE_SIZE];
	unsigned int checked = 0;
	json_t *vector;
	size_t i;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		const char *expected;

		if (!digest_kind_is(vector, "aka-nonce"))
			continue;
		expected = vectors_text(vector, "nonce");
		assert_int_equal(digest_aka_nonce_parse(expected, &nonce, NULL),
				 0);
		vectors_match(vector, "rand", nonce.rand, sizeof(nonce.rand));
		vectors_match(vector, "autn", nonce.autn, sizeof(nonce.autn));
		vectors_match(vector, "data", nonce.data, nonce.data_size);
		assert_int_equal(digest_aka_nonce_write(&nonce, text, NULL), 0);
		assert_string_equal(text, expected);
		checked++;
	}
	assert_true(checked >= 2);
}

static void test_nonce_refuses(void **state)
{
	static const struct digest_aka_nonce zero;
	/* The nonces printed in RFC 3310, 3.2 and 4, are no base 64. */
	static const char *const other[] = {
		"",
		"MzQ0a2xrbGtmbGtsZm9wb2tsc2tqaHJzZXNy9uQyMzMzMzQK=",
		"CjPk9mRqNuT25eRkajM09uTl9nM09uTl9nMz5OX25PZz==",
		"I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfrw==",
		"I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M",
		"I1U8vpY3qJ0hiuZNrke/NQ==",
	};
	struct digest_aka_nonce nonce = { .data_size = DIGEST_AKA_DATA_SIZE };
	char text[DIGEST_NONCE_SIZE], longer[DIGEST_NONCE_SIZE + 8];
	struct fault fault = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(digest_aka_nonce_write(&nonce, text, NULL), 0);
	assert_int_equal(digest_aka_nonce_parse(text, &nonce, NULL), 0);
	assert_int_equal(nonce.data_size, DIGEST_AKA_DATA_SIZE);
	snprintf(longer, sizeof(longer), "%sAAAA", text);
	memset(longer + strlen(text) - 2, 'A', 2);
	assert_int_equal(digest_aka_nonce_parse(longer, &nonce, &fault), -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
	for (i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		memset(&nonce, 0xee, sizeof(nonce));
		assert_int_equal(digest_aka_nonce_parse(other[i], &nonce, NULL),
				 -1);
		assert_memory_equal(&nonce, &zero, sizeof(zero));
	}
	nonce.data_size = DIGEST_AKA_DATA_SIZE + 1;
	fault = (struct fault){ 0 };
	assert_int_equal(digest_aka_nonce_write(&nonce, text, &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_string_equal(text, "");
}

static void test_resync(void **state)
{
	const json_t *vector = vectors_find(list, RESYNC);
	uint8_t auts[DIGEST_AUTS_SIZE], zero[DIGEST_AUTS_SIZE] = { 0 };
	struct digest_credentials credentials, changed;
	struct digest_session server, before;
	struct digest_case one;
	struct fault fault = { 0 };
	char text[1024];

	(void)state;
	digest_case_take(vector, &one);
	vectors_octets(vector, "auts", auts, sizeof(auts));
	server = one.session;
	assert_int_equal(digest_aka_resync_build(&one.session, one.username,
						 one.cnonce, &one.request, auts,
						 &credentials, &fault),
			 0);
	assert_string_equal(credentials.response,
			    vectors_text(vector, "response"));
	assert_int_equal(digest_credentials_write(&credentials, text,
						  sizeof(text), NULL),
			 0);
	assert_non_null(strstr(text, vectors_text(vector, "auts-text")));
	/* It is no proof of who asks. */
	assert_int_equal(secret_set(&one.password, "x", 1), 0);
	before = server;
	assert_int_equal(digest_credentials_verify(&server, &credentials,
						   &one.request, &one.password,
						   1, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_STATE);
	secret_clear(&one.password);
	changed = credentials;
	changed.response[0] ^= 1;
	fault = (struct fault){ 0 };
	assert_int_equal(digest_aka_resync_verify(&server, &changed,
						  &one.request, 1, auts,
						  &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_UNAUTHENTIC);
	assert_memory_equal(auts, zero, sizeof(zero));
	assert_memory_equal(&server, &before, sizeof(before));
	assert_int_equal(digest_aka_resync_verify(&server, &credentials,
						  &one.request, 1, auts, NULL),
			 0);
	vectors_match(vector, "auts", auts, sizeof(auts));
	fault = (struct fault){ 0 };
	assert_int_equal(digest_aka_resync_verify(&server, &credentials,
						  &one.request, 1, auts,
						  &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_REPLAYED);
}

static void test_resync_refuses(void **state)
{
	struct digest_credentials credentials;
	uint8_t auts[DIGEST_AUTS_SIZE] = { 0 };
	struct digest_session server;
	struct digest_case one;
	struct fault fault = { 0 };

	(void)state;
	digest_case_take(vectors_find(list, UB), &one);
	server = one.session;
	assert_int_equal(digest_credentials_build(&one.session, one.username,
						  one.cnonce, &one.request,
						  &one.password, &credentials,
						  NULL),
			 0);
	assert_int_equal(digest_aka_resync_verify(&server, &credentials,
						  &one.request, 1, auts,
						  &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_STATE);
	credentials.has_auts = true;
	server.algorithm = DIGEST_MD5;
	assert_int_equal(digest_aka_resync_verify(&server, &credentials,
						  &one.request, 1, auts, NULL),
			 -1);
	one.session.algorithm = DIGEST_MD5;
	assert_int_equal(digest_aka_resync_build(&one.session, one.username,
						 one.cnonce, &one.request, auts,
						 &credentials, NULL),
			 -1);
	secret_clear(&one.password);
}

static void test_initial(void **state)
{
	static const char first[] =
		"Digest username=\"user1_private@home1.net\", "
		"realm=\"bsf.home1.net\", nonce=\"\", uri=\"/\", response=\"\"";
	struct digest_credentials credentials;
	struct digest_case one;
	struct fault fault = { 0 };
	char text[256];

	(void)state;
	digest_case_take(vectors_find(list, UB), &one);
	assert_int_equal(digest_credentials_parse(first, strlen(first),
						  &credentials, NULL),
			 0);
	assert_true(digest_credentials_are_initial(&credentials));
	assert_int_equal(digest_credentials_write(&credentials, text,
						  sizeof(text), NULL),
			 0);
	assert_string_equal(text, first);
	assert_int_equal(digest_credentials_verify(&one.session, &credentials,
						   &one.request, &one.password,
						   1, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_STATE);
	secret_clear(&one.password);
}

static void test_realm_build(void **state)
{
	char realm[DIGEST_REALM_SIZE], longest[254];
	struct fault fault = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(digest_realm_build(GBA_BIT(GBA_ME) | GBA_BIT(GBA_U),
					    "test.3gpp.com", realm,
					    sizeof(realm), NULL),
			 0);
	assert_string_equal(realm, BOTH);
	assert_int_equal(digest_realm_build(GBA_BIT(GBA_DIGEST), "a.b", realm,
					    sizeof(realm), NULL),
			 0);
	assert_string_equal(realm, "3GPP-bootstrapping-digest@a.b");
	memset(longest, 'a', 253);
	longest[253] = '\0';
	for (i = 63; i < 253; i += 64)
		longest[i] = '.';
	assert_int_equal(
		digest_realm_build(7, longest, realm, sizeof(realm), NULL), 0);
	assert_int_equal(
		digest_realm_build(0, "a.b", realm, sizeof(realm), &fault), -1);
	assert_int_equal(
		digest_realm_build(8, "a.b", realm, sizeof(realm), NULL), -1);
	assert_int_equal(
		digest_realm_build(1, "a;b", realm, sizeof(realm), NULL), -1);
	assert_int_equal(digest_realm_build(1, "", realm, sizeof(realm), NULL),
			 -1);
	assert_int_equal(digest_realm_build(1, "a.b", realm, 10, NULL), -1);
	assert_string_equal(realm, "");
}

static void test_realm_select(void **state)
{
	static const struct {
		const char *realms;
		enum gba_mode mode;
		enum fault_code code;
	} refused[] = {
		{ BOTH, GBA_DIGEST, FAULT_UNSUPPORTED },
		{ "", GBA_ME, FAULT_MALFORMED },
		{ "r@test.3gpp.com", GBA_ME, FAULT_UNSUPPORTED },
		{ "3GPP-bootstrapping@", GBA_ME, FAULT_UNSUPPORTED },
		{ "3gpp-bootstrapping@test.3gpp.com", GBA_ME,
		  FAULT_UNSUPPORTED },
		{ "3GPP-bootstrapping@other.3gpp.com", GBA_ME,
		  FAULT_UNAUTHENTIC },
		{ "3GPP-bootstrapping@test.3gpp.com.", GBA_ME,
		  FAULT_UNAUTHENTIC },
		{ BOTH ";" BOTH, GBA_ME, FAULT_MALFORMED },
		{ BOTH ";", GBA_ME, FAULT_MALFORMED },
		{ ";" BOTH, GBA_ME, FAULT_MALFORMED },
	};
	char realm[DIGEST_REALM_SIZE];
	size_t i;

	(void)state;
	assert_int_equal(digest_realm_select(BOTH, GBA_ME, "TEST.3gpp.com",
					     realm, sizeof(realm), NULL),
			 0);
	assert_string_equal(realm, "3GPP-bootstrapping@test.3gpp.com");
	assert_int_equal(digest_realm_select(BOTH, GBA_U, "test.3gpp.com",
					     realm, sizeof(realm), NULL),
			 0);
	assert_string_equal(realm, "3GPP-bootstrapping-uicc@test.3gpp.com");
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct fault fault = { 0 };

		assert_int_equal(digest_realm_select(refused[i].realms,
						     refused[i].mode,
						     "test.3gpp.com", realm,
						     sizeof(realm), &fault),
				 -1);
		assert_int_equal(fault.code, refused[i].code);
		assert_string_equal(realm, "");
	}
	assert_int_equal(digest_realm_select(BOTH, GBA_U, "test.3gpp.com",
					     realm, 10, NULL),
			 -1);
}

static void test_realm_of_credentials(void **state)
{
	enum gba_mode mode;

	(void)state;
	assert_int_equal(digest_realm_mode("3GPP-bootstrapping@a", &mode, NULL),
			 0);
	assert_int_equal(mode, GBA_ME);
	assert_int_equal(
		digest_realm_mode("3GPP-bootstrapping-uicc@a", &mode, NULL), 0);
	assert_int_equal(mode, GBA_U);
	assert_int_equal(digest_realm_mode("3GPP-bootstrapping-digest@a", &mode,
					   NULL),
			 0);
	assert_int_equal(mode, GBA_DIGEST);
	assert_int_equal(digest_realm_mode(BOTH, &mode, NULL), -1);
	assert_int_equal(digest_realm_mode("bsf.home1.net", &mode, NULL), -1);
	assert_true(digest_realm_is_offered(
		BOTH, "3GPP-bootstrapping@test.3gpp.com"));
	assert_true(digest_realm_is_offered("r", "r"));
	assert_false(digest_realm_is_offered(BOTH, BOTH));
	assert_false(digest_realm_is_offered("r;", ""));
	assert_false(digest_realm_is_offered("realm", "real"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nonce_vectors),
		cmocka_unit_test(test_nonce_refuses),
		cmocka_unit_test(test_resync),
		cmocka_unit_test(test_resync_refuses),
		cmocka_unit_test(test_initial),
		cmocka_unit_test(test_realm_build),
		cmocka_unit_test(test_realm_select),
		cmocka_unit_test(test_realm_of_credentials),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
