// SPDX-License-Identifier: GPL-2.0-or-later
/* Identities against selftests/vectors/ids.json, and bad ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/ids.h"
#include "vectors.h"

static void plmn_check(const json_t *vector)
{
	uint8_t octets[PLMN_SIZE], made[PLMN_SIZE];
	struct plmn plmn, decoded;

	vectors_octets(vector, "octets", octets, PLMN_SIZE);
	assert_int_equal(plmn_parse(vectors_text(vector, "mcc"),
				    vectors_text(vector, "mnc"), &plmn, NULL),
			 0);
	assert_int_equal(plmn_encode(&plmn, made, NULL), 0);
	vectors_match(vector, "octets", made, PLMN_SIZE);
	assert_int_equal(plmn_decode(octets, &decoded, NULL), 0);
	assert_true(plmn_equal(&plmn, &decoded));
}

static void tmgi_check(const json_t *vector)
{
	uint8_t octets[TMGI_SIZE], made[TMGI_SIZE];
	size_t size = vectors_hex(vector, "octets", octets, sizeof(octets));
	char text[TMGI_TEXT_SIZE];
	struct tmgi tmgi, decoded;
	size_t made_size;

	assert_int_equal(tmgi_parse(vectors_text(vector, "text"), &tmgi, NULL),
			 0);
	assert_int_equal(tmgi_encode(&tmgi, made, &made_size, NULL), 0);
	vectors_match(vector, "octets", made, made_size);
	assert_int_equal(tmgi_decode(octets, size, &decoded, NULL), 0);
	assert_true(tmgi_equal(&tmgi, &decoded));
	tmgi_text(&decoded, text);
	assert_string_equal(text, vectors_text(vector, "text"));
}

static const struct {
	const char *kind;
	void (*check)(const json_t *vector);
} kinds[] = {
	{ "plmn", plmn_check },
	{ "tmgi", tmgi_check },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Every vector of our kinds, and no kind without a vector. The others are for
 * core_names_test.c.
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

/* Every network there is survives both codings, and no two are the same. */
static void test_all_plmns(void **state)
{
	static uint8_t seen[1 << 21];
	struct plmn plmn, decoded;
	uint8_t octets[PLMN_SIZE];
	unsigned int coded;

	(void)state;
	for (plmn.mcc = 0; plmn.mcc < 1000; plmn.mcc++)
		for (plmn.mnc_digits = 2; plmn.mnc_digits < 4;
		     plmn.mnc_digits++)
			for (plmn.mnc = 0;
			     plmn.mnc < (plmn.mnc_digits == 2 ? 100 : 1000);
			     plmn.mnc++) {
				assert_int_equal(
					plmn_encode(&plmn, octets, NULL), 0);
				coded = (unsigned int)octets[0] << 16 |
					(unsigned int)octets[1] << 8 |
					octets[2];
				assert_false(seen[coded >> 3] &
					     1 << (coded & 7));
				seen[coded >> 3] |= (uint8_t)(1 << (coded & 7));
				assert_int_equal(
					plmn_decode(octets, &decoded, NULL), 0);
				assert_true(plmn_equal(&plmn, &decoded));
			}
}

/* Every other value of the three octets is refused. */
static void test_plmns_that_are_none(void **state)
{
	unsigned int valid = 0, coded;
	struct plmn plmn;

	(void)state;
	for (coded = 0; coded < 1 << 24; coded++) {
		uint8_t octets[] = { (uint8_t)(coded >> 16),
				     (uint8_t)(coded >> 8), (uint8_t)coded };

		if (!plmn_decode(octets, &plmn, NULL))
			valid++;
		else if (plmn.mcc || plmn.mnc || plmn.mnc_digits)
			fail_msg("%06x is refused and not zeroed", coded);
	}
	assert_int_equal(valid, 1000 * 1100);
}

static void test_plmn_bounds(void **state)
{
	static const char *const mcc[] = { "", "1", "12", "1234", "12a", "-12" };
	static const char *const mnc[] = { "", "1", "1234", "1a", " 1" };
	struct plmn plmn = { 1000, 0, 2 };
	char text[PLMN_TEXT_SIZE];
	uint8_t octets[PLMN_SIZE];
	struct fault fault = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(plmn_encode(&plmn, octets, &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	plmn_text(&plmn, text);
	assert_string_equal(text, "invalid");
	plmn = (struct plmn){ 1, 100, 2 };
	assert_int_equal(plmn_encode(&plmn, octets, NULL), -1);
	plmn = (struct plmn){ 1, 1000, 3 };
	assert_int_equal(plmn_encode(&plmn, octets, NULL), -1);
	plmn = (struct plmn){ 1, 1, 4 };
	assert_int_equal(plmn_encode(&plmn, octets, NULL), -1);
	plmn = (struct plmn){ 1, 1, 3 };
	plmn_text(&plmn, text);
	assert_string_equal(text, "001-001");
	for (i = 0; i < sizeof(mcc) / sizeof(mcc[0]); i++)
		assert_int_equal(plmn_parse(mcc[i], "01", &plmn, NULL), -1);
	for (i = 0; i < sizeof(mnc) / sizeof(mnc[0]); i++)
		assert_int_equal(plmn_parse("001", mnc[i], &plmn, NULL), -1);
	assert_int_equal(plmn.mnc_digits, 0);
}

static void test_tmgi_bounds(void **state)
{
	static const char *const bad[] = { "",
					   "00000",
					   "00000g",
					   "00000a-",
					   "00000a901",
					   "00000a-901",
					   "00000a-901-",
					   "00000a-901-7",
					   "00000a-90-70",
					   "00000a-901-7000",
					   "00000a-901 70",
					   "0x000a-901-70",
					   "00000a-901-70 ",
					   "00000a-9x1-70" };
	uint8_t octets[TMGI_SIZE] = { 1, 2, 3, 0x09, 0xf1, 0x07 };
	struct tmgi tmgi = { .service_id = 1 << 24 }, other;
	char text[TMGI_TEXT_SIZE];
	struct fault fault;
	size_t size;

	(void)state;
	assert_int_equal(tmgi_encode(&tmgi, octets, &size, NULL), -1);
	assert_int_equal(size, 0);
	tmgi = (struct tmgi){ 1, true, { 1000, 0, 2 } };
	assert_int_equal(tmgi_encode(&tmgi, octets, &size, NULL), -1);
	assert_int_equal(size, 0);
	for (size = 0; size < 8; size++) {
		uint8_t given[8] = { 1, 2, 3, 0x09, 0xf1, 0x07 };

		fault = (struct fault){ 0 };
		if (size == 3 || size == 6) {
			assert_int_equal(
				tmgi_decode(given, size, &tmgi, &fault), 0);
			assert_int_equal(tmgi.has_plmn, size == 6);
			continue;
		}
		assert_int_equal(tmgi_decode(given, size, &tmgi, &fault), -1);
		assert_int_equal(fault.code, FAULT_MALFORMED);
		assert_int_equal(tmgi.service_id, 0);
	}
	octets[3] = 0x0a;
	assert_int_equal(tmgi_decode(octets, 6, &tmgi, NULL), -1);
	for (size = 0; size < sizeof(bad) / sizeof(bad[0]); size++)
		if (!tmgi_parse(bad[size], &tmgi, NULL))
			fail_msg("'%s' is taken", bad[size]);
	/* The one with and the one without a network are different. */
	assert_int_equal(tmgi_parse("00000A", &tmgi, NULL), 0);
	assert_int_equal(tmgi_parse("00000a-901-70", &other, NULL), 0);
	assert_false(tmgi_equal(&tmgi, &other));
	assert_true(tmgi_equal(&other, &other));
	assert_true(tmgi_equal(&tmgi, &tmgi));
	other.service_id++;
	tmgi_text(&other, text);
	assert_string_equal(text, "00000b-901-70");
}

static void test_sessions(void **state)
{
	static const uint8_t v4[][4] = { { 232, 1, 1, 1 }, { 192, 0, 2, 1 } };
	uint8_t group[16] = { 0xff, 0x3e, [15] = 1 };
	uint8_t source[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
	struct tmgi tmgi = { 10, true, { 901, 70, 2 } };
	struct tmgi no_plmn = { 10, false, { 901, 70, 2 } };
	struct mbs_session_id a, b, c, none = { 0 };
	char text[MBS_SESSION_ID_TEXT_SIZE];

	(void)state;
	assert_int_equal(mbs_session_id_from_tmgi(&a, &tmgi, NULL), 0);
	mbs_session_id_text(&a, text);
	assert_string_equal(text, "tmgi 00000a-901-70");
	assert_int_equal(mbs_session_id_from_ssm(&b, v4[1], v4[0], 4, NULL), 0);
	mbs_session_id_text(&b, text);
	assert_string_equal(text, "ssm 192.0.2.1 232.1.1.1");
	assert_int_equal(mbs_session_id_from_ssm(&c, source, group, 16, NULL),
			 0);
	mbs_session_id_text(&c, text);
	assert_string_equal(text, "ssm 2001:db8::1 ff3e::1");
	assert_true(mbs_session_id_equal(&a, &a));
	assert_true(mbs_session_id_equal(&b, &b));
	assert_true(mbs_session_id_equal(&c, &c));
	assert_false(mbs_session_id_equal(&a, &b));
	assert_false(mbs_session_id_equal(&b, &c));
	assert_false(mbs_session_id_equal(&none, &none));
	mbs_session_id_text(&none, text);
	assert_string_equal(text, "none");
	/* A network that is not there is no part of the identity. */
	assert_int_equal(mbs_session_id_from_tmgi(&b, &no_plmn, NULL), 0);
	assert_int_equal(b.tmgi.plmn.mcc, 0);
	no_plmn.service_id = 1 << 24;
	assert_int_equal(mbs_session_id_from_tmgi(&b, &no_plmn, NULL), -1);
	assert_int_equal(b.type, MBS_SESSION_NONE);
	source[15] = 2;
	assert_int_equal(mbs_session_id_from_ssm(&b, source, group, 16, NULL),
			 0);
	assert_false(mbs_session_id_equal(&b, &c));
}

static void test_session_addresses(void **state)
{
	static const uint8_t bad_source[][4] = {
		{ 0, 0, 0, 0 },	  { 0, 1, 2, 3 },   { 127, 0, 0, 1 },
		{ 224, 0, 0, 1 }, { 240, 0, 0, 1 }, { 255, 255, 255, 255 }
	};
	static const uint8_t group[4] = { 232, 1, 1, 1 };
	static const uint8_t host[4] = { 192, 0, 2, 1 };
	uint8_t group6[16] = { 0xff, 0x3e }, source6[16] = { 0 };
	struct mbs_session_id id;
	struct fault fault = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad_source) / sizeof(bad_source[0]); i++)
		assert_int_equal(mbs_session_id_from_ssm(&id, bad_source[i],
							 group, 4, NULL),
				 -1);
	assert_int_equal(mbs_session_id_from_ssm(&id, host, host, 4, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_MALFORMED);
	assert_int_equal(id.type, MBS_SESSION_NONE);
	for (i = 0; i < 2; i++) {
		source6[15] = (uint8_t)i;
		assert_int_equal(mbs_session_id_from_ssm(&id, source6, group6,
							 16, NULL),
				 -1);
	}
	assert_int_equal(mbs_session_id_from_ssm(&id, group6, group6, 16, NULL),
			 -1);
	assert_int_equal(
		mbs_session_id_from_ssm(&id, group6, source6, 16, NULL), -1);
	source6[15] = 2;
	assert_int_equal(
		mbs_session_id_from_ssm(&id, source6, group6, 16, NULL), 0);
	assert_int_equal(mbs_session_id_from_ssm(&id, source6, group6, 5, NULL),
			 -1);
}

static void test_key_ids(void **state)
{
	struct plmn plmn = { 262, 1, 2 }, bad = { 1000, 1, 2 };
	struct msk_ref a = { { { 1, 2, 3 } }, 5 }, b = a;
	struct key_domain domain;

	(void)state;
	assert_int_equal(key_domain_from_plmn(&domain, &plmn, NULL), 0);
	assert_memory_equal(domain.octets, "\x62\xf2\x10", 3);
	assert_int_equal(key_domain_from_plmn(&domain, &bad, NULL), -1);
	assert_true(msk_id_make(0x1234, 0x5678) == 0x12345678);
	assert_int_equal(msk_id_group(0x12345678), 0x1234);
	assert_int_equal(msk_id_number(0x12345678), 0x5678);
	assert_true(msk_id_next(0x12345678) == 0x12345679);
	/* The number 0 is no MSK, and the group is never touched. */
	assert_true(msk_id_next(0x1234ffff) == 0x12340001);
	assert_true(msk_id_next(0x12340000) == 0x12340001);
	assert_true(msk_ref_equal(&a, &b));
	b.domain.octets[2]++;
	assert_false(msk_ref_equal(&a, &b));
	b = a;
	b.msk_id++;
	assert_false(msk_ref_equal(&a, &b));
}

static void test_serial_numbers(void **state)
{
	uint32_t a, distance;

	(void)state;
	/* RFC 1982, 3.2, for all of the 16-bit numbers from a few places. */
	for (a = 0; a < 0x10000; a += 0x1fff)
		for (distance = 0; distance < 0x10000; distance++) {
			uint16_t b = (uint16_t)(a + distance);

			assert_int_equal(serial16_after(b, (uint16_t)a),
					 distance > 0 && distance < 0x8000);
			assert_int_equal(serial16_after((uint16_t)a, b),
					 distance > 0x8000);
		}
	assert_true(serial32_after(0, 0xffffffff));
	assert_true(serial32_after(0x7fffffff, 0));
	assert_false(serial32_after(0x80000000, 0));
	assert_false(serial32_after(0, 0x80000000));
	assert_false(serial32_after(5, 5));
	assert_false(serial32_after(4, 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_all_plmns),
		cmocka_unit_test(test_plmns_that_are_none),
		cmocka_unit_test(test_plmn_bounds),
		cmocka_unit_test(test_tmgi_bounds),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_session_addresses),
		cmocka_unit_test(test_key_ids),
		cmocka_unit_test(test_serial_numbers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
