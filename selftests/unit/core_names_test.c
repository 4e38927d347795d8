// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of users and servers against selftests/vectors/ids.json, and bad ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/names.h"
#include "vectors.h"

static void btid_check(const json_t *vector)
{
	uint8_t rand[RAND_SIZE], found[RAND_SIZE];
	const char *text = vectors_text(vector, "text");
	char btid[BTID_TEXT_SIZE], bsf[FQDN_TEXT_SIZE];

	vectors_octets(vector, "rand", rand, sizeof(rand));
	assert_int_equal(
		btid_format(rand, vectors_text(vector, "bsf"), btid, NULL), 0);
	assert_string_equal(btid, text);
	assert_int_equal(btid_parse(text, strlen(text), found, bsf, NULL), 0);
	assert_memory_equal(found, rand, sizeof(rand));
	assert_string_equal(bsf, vectors_text(vector, "bsf"));
	assert_int_equal(btid_parse(text, strlen(text), found, NULL, NULL), 0);
}

static void naf_id_check(const json_t *vector)
{
	uint8_t octets[NAF_ID_SIZE_MAX], made[NAF_ID_SIZE_MAX];
	size_t size = vectors_hex(vector, "octets", octets, sizeof(octets));
	struct naf_id naf_id, decoded;
	size_t made_size;

	assert_int_equal(naf_id_set(&naf_id, vectors_text(vector, "fqdn"),
				    vectors_number(vector, "ua-protocol"),
				    NULL),
			 0);
	assert_int_equal(naf_id_encode(&naf_id, made, &made_size, NULL), 0);
	vectors_match(vector, "octets", made, made_size);
	assert_int_equal(naf_id_decode(octets, size, &decoded, NULL), 0);
	assert_string_equal(decoded.fqdn, naf_id.fqdn);
	assert_true(decoded.ua_protocol == naf_id.ua_protocol);
}

static void impi_check(const json_t *vector)
{
	char impi[IMPI_TEXT_SIZE];

	assert_int_equal(impi_from_imsi(vectors_text(vector, "imsi"),
					(unsigned int)vectors_number(
						vector, "mnc-digits"),
					impi, NULL),
			 0);
	assert_string_equal(impi, vectors_text(vector, "text"));
}

static void bsf_check(const json_t *vector)
{
	char fqdn[FQDN_TEXT_SIZE];

	assert_int_equal(
		bsf_from_impi(vectors_text(vector, "impi"), fqdn, NULL), 0);
	assert_string_equal(fqdn, vectors_text(vector, "text"));
}

static void serving_network_check(const json_t *vector)
{
	char text[SERVING_NETWORK_TEXT_SIZE];
	struct plmn plmn;

	assert_int_equal(plmn_parse(vectors_text(vector, "mcc"),
				    vectors_text(vector, "mnc"), &plmn, NULL),
			 0);
	assert_int_equal(serving_network_format(&plmn, text, NULL), 0);
	assert_string_equal(text, vectors_text(vector, "text"));
}

static void a_kid_check(const json_t *vector)
{
	uint8_t a_tid[A_TID_SIZE];
	char text[A_KID_TEXT_SIZE];
	struct plmn plmn;

	vectors_octets(vector, "a-tid", a_tid, sizeof(a_tid));
	assert_int_equal(plmn_parse(vectors_text(vector, "mcc"),
				    vectors_text(vector, "mnc"), &plmn, NULL),
			 0);
	assert_int_equal(a_kid_format(vectors_text(vector, "routing-indicator"),
				      a_tid, &plmn, text, NULL),
			 0);
	assert_string_equal(text, vectors_text(vector, "text"));
}

static const struct {
	const char *kind;
	void (*check)(const json_t *vector);
} kinds[] = {
	{ "btid", btid_check },
	{ "naf-id", naf_id_check },
	{ "impi", impi_check },
	{ "bsf", bsf_check },
	{ "serving-network", serving_network_check },
	{ "a-kid", a_kid_check },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Every vector of our kinds, and no kind without a vector. The others are for
 * core_ids_test.c.
 */
static void test_vectors(void **state)
{
	json_t *list = vectors_load("ids"), *vector;
	unsigned int used[KINDS] = { 0 };
	size_t i, kind;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		const char *name = vectors_text(vector, "kind");

		for (kind = 0; kind < KINDS; kind++) {
			if (strcmp(kinds[kind].kind, name))
				continue;
			kinds[kind].check(vector);
			used[kind]++;
		}
	}
	for (kind = 0; kind < KINDS; kind++)
		assert_true(used[kind] > 0);
	json_decref(list);
}

static void test_host_names(void **state)
{
	static const char *const bad[] = { "",	   ".",	  "a.",	  ".a",
					   "a..b", "-a",  "a-",	  "a.-b.c",
					   "a_b",  "a b", "a\nb", "\xc3\xa4",
					   "a@b",  "a/b" };
	char longest[256];
	size_t i;

	(void)state;
	assert_int_equal(fqdn_check("a", 1, "name", NULL), 0);
	assert_int_equal(fqdn_check("A1.b-c.9", 8, "name", NULL), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct fault fault = { 0 };

		if (!fqdn_check(bad[i], strlen(bad[i]), "name", &fault))
			fail_msg("'%s' is taken", bad[i]);
		assert_int_equal(fault.code, FAULT_MALFORMED);
	}
	memset(longest, 'a', sizeof(longest));
	for (i = 63; i < sizeof(longest); i += 64)
		longest[i] = '.';
	assert_int_equal(fqdn_check(longest, 253, "name", NULL), 0);
	assert_int_equal(fqdn_check(longest, 254, "name", NULL), -1);
	longest[63] = 'a';
	assert_int_equal(fqdn_check(longest, 63, "name", NULL), 0);
	assert_int_equal(fqdn_check(longest, 64, "name", NULL), -1);
	/* An octet 0 within the length is no end. */
	assert_int_equal(fqdn_check("a\0b", 3, "name", NULL), -1);
}

static void test_user_names(void **state)
{
	static const char *const bad_imsi[] = { "", "12345", "1234567890123456",
						"12345a", "+123456" };
	static const char *const bad_impi[] = { "",	    "@home1.net",
						"user",	    "user@",
						"user@a_b", "user@home1.net." };
	char impi[IMPI_TEXT_SIZE], fqdn[FQDN_TEXT_SIZE], longest[300];
	struct plmn plmn;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad_imsi) / sizeof(bad_imsi[0]); i++) {
		assert_int_equal(imsi_check(bad_imsi[i], NULL), -1);
		assert_int_equal(impi_from_imsi(bad_imsi[i], 2, impi, NULL),
				 -1);
		assert_string_equal(impi, "");
	}
	assert_int_equal(imsi_check("123456", NULL), 0);
	assert_int_equal(imsi_check("123456789012345", NULL), 0);
	assert_int_equal(imsi_plmn("001010123456789", 4, &plmn, NULL), -1);
	assert_int_equal(imsi_plmn("001010123456789", 1, &plmn, NULL), -1);
	assert_int_equal(imsi_plmn("001010123456789", 2, &plmn, NULL), 0);
	assert_int_equal(plmn.mnc, 1);
	for (i = 0; i < sizeof(bad_impi) / sizeof(bad_impi[0]); i++) {
		assert_int_equal(bsf_from_impi(bad_impi[i], fqdn, NULL), -1);
		assert_string_equal(fqdn, "");
	}
	/* Only the domain after the last at sign counts, in either case. */
	assert_int_equal(bsf_from_impi("a@b@IMS.mnc1.mcc2.3GPPNETWORK.ORG",
				       fqdn, NULL),
			 0);
	assert_string_equal(fqdn, "bsf.mnc1.mcc2.pub.3gppnetwork.org");
	assert_int_equal(bsf_from_impi("a@x3gppnetwork.org", fqdn, NULL), 0);
	assert_string_equal(fqdn, "bsf.x3gppnetwork.org");
	/* A domain of 253 octets leaves no room for "bsf.". */
	memcpy(longest, "u@", 2);
	memset(longest + 2, 'a', 253);
	for (i = 2 + 63; i < 2 + 253; i += 64)
		longest[i] = '.';
	longest[2 + 253] = '\0';
	assert_int_equal(bsf_from_impi(longest, fqdn, NULL), -1);
	assert_string_equal(fqdn, "");
}

static void test_btid_bounds(void **state)
{
	static const char *const bad[] = {
		"",
		"I1U8vpY3qJ0hiuZNrke/NQ==",
		"I1U8vpY3qJ0hiuZNrke/NQ==@",
		"I1U8vpY3qJ0hiuZNrke/NQ=@@bsf",
		"I1U8vpY3qJ0hiuZNrke/NR==@bsf",
		"I1U8vpY3qJ0hiuZNrke/NQAA@bsf",
		"I1U8vpY3qJ0hiuZNrke/NQ==@-bsf",
		"I1U8vpY3qJ0hiuZNrke/N  =@bsf",
		"I1U8vpY3qJ0hiuZNrke/NQ==#bsf",
	};
	uint8_t rand[RAND_SIZE], zero[RAND_SIZE] = { 0 };
	char btid[BTID_TEXT_SIZE], bsf[FQDN_TEXT_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(rand, 1, sizeof(rand));
		strcpy(bsf, "x");
		if (!btid_parse(bad[i], strlen(bad[i]), rand, bsf, NULL))
			fail_msg("'%s' is taken", bad[i]);
		assert_memory_equal(rand, zero, sizeof(rand));
		assert_string_equal(bsf, "");
	}
	assert_int_equal(btid_format(zero, "a b", btid, NULL), -1);
	assert_string_equal(btid, "");
}

static void test_naf_id_bounds(void **state)
{
	uint8_t octets[NAF_ID_SIZE_MAX + 1] = "a.b";
	struct naf_id naf_id = { "a.b", 1 }, bad = { "a..b", 1 };
	size_t size;

	(void)state;
	assert_int_equal(naf_id_set(&naf_id, naf_id.fqdn, 2, NULL), 0);
	assert_string_equal(naf_id.fqdn, "a.b");
	assert_int_equal(naf_id_set(&naf_id, "a..b", 1, NULL), -1);
	assert_string_equal(naf_id.fqdn, "");
	assert_int_equal(naf_id_set(&naf_id, "a", UA_PROTOCOL_MAX + 1, NULL),
			 -1);
	assert_int_equal(naf_id_encode(&bad, octets, &size, NULL), -1);
	assert_int_equal(size, 0);
	strcpy(bad.fqdn, "a");
	bad.ua_protocol = UA_PROTOCOL_MAX + 1;
	assert_int_equal(naf_id_encode(&bad, octets, &size, NULL), -1);
	for (size = 0; size <= UA_PROTOCOL_SIZE; size++)
		assert_int_equal(naf_id_decode(octets, size, &naf_id, NULL),
				 -1);
	assert_int_equal(
		naf_id_decode(octets, NAF_ID_SIZE_MAX + 1, &naf_id, NULL), -1);
	octets[1] = 0;
	assert_int_equal(naf_id_decode(octets, 8, &naf_id, NULL), -1);
	assert_string_equal(naf_id.fqdn, "");
}

static void test_network_names_bounds(void **state)
{
	static const char *const bad[] = { "", "12345", "1a", "a", "-1" };
	struct plmn good = { 1, 1, 2 }, plmn = { 1000, 1, 2 };
	char text[SERVING_NETWORK_TEXT_SIZE], kid[A_KID_TEXT_SIZE];
	uint8_t a_tid[A_TID_SIZE] = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(serving_network_format(&plmn, text, NULL), -1);
	assert_string_equal(text, "");
	assert_int_equal(a_kid_format("1", a_tid, &plmn, kid, NULL), -1);
	assert_string_equal(kid, "");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(a_kid_format(bad[i], a_tid, &good, kid, NULL),
				 -1);
		assert_string_equal(kid, "");
	}
	assert_int_equal(a_kid_format("0123", a_tid, &good, kid, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_host_names),
		cmocka_unit_test(test_user_names),
		cmocka_unit_test(test_btid_bounds),
		cmocka_unit_test(test_naf_id_bounds),
		cmocka_unit_test(test_network_names_bounds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
