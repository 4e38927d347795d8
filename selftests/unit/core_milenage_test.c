// SPDX-License-Identifier: GPL-2.0-or-later
/* MILENAGE, challenges, resynchronisation, and the freshness of numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/aka.h"
#include "core/milenage.h"
#include "vectors.h"

static const struct aka_sqn_policy policy = { .delta = 1 << 28 };

static uint64_t number(const uint8_t *octets, size_t size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | *octets++;
	return value;
}

static uint64_t hex_number(const json_t *vector, const char *name, size_t size)
{
	uint8_t octets[8];

	vectors_octets(vector, name, octets, size);
	return number(octets, size);
}

static void subscriber_read(const json_t *vector, struct milenage *milenage)
{
	struct secret k = { 0 }, opc = { 0 };

	vectors_secret(vector, "k", &k);
	vectors_secret(vector, "opc", &opc);
	assert_int_equal(milenage_set(milenage, &k, &opc, NULL), 0);
	if (vectors_has(vector, "op")) {
		struct milenage other = { 0 };
		struct secret op = { 0 };

		vectors_secret(vector, "op", &op);
		assert_int_equal(milenage_set_op(&other, &k, &op, NULL), 0);
		vectors_match_secret(vector, "opc", &other.opc);
		milenage_clear(&other);
		secret_clear(&op);
	}
	secret_clear(&k);
	secret_clear(&opc);
}

static void functions_check(const json_t *vector)
{
	uint8_t rand[RAND_SIZE], mac_a[MAC_SIZE], mac_s[MAC_SIZE];
	struct milenage milenage = { 0 };
	struct milenage_output out = { 0 };

	subscriber_read(vector, &milenage);
	vectors_octets(vector, "rand", rand, sizeof(rand));
	assert_int_equal(milenage_f1(&milenage, rand,
				     hex_number(vector, "sqn", 6),
				     (uint16_t)hex_number(vector, "amf", 2),
				     mac_a, mac_s, NULL),
			 0);
	vectors_match(vector, "f1", mac_a, MAC_SIZE);
	vectors_match(vector, "f1*", mac_s, MAC_SIZE);
	assert_int_equal(milenage_f2345(&milenage, rand, &out, NULL), 0);
	vectors_match_secret(vector, "f2", &out.res);
	vectors_match_secret(vector, "f3", &out.ck);
	vectors_match_secret(vector, "f4", &out.ik);
	assert_true(out.ak == hex_number(vector, "f5", AK_SIZE));
	assert_true(out.ak_star == hex_number(vector, "f5*", AK_SIZE));
	milenage_output_clear(&out);
	assert_null(out.ck.bytes);
	milenage_clear(&milenage);
}

static void vector_check(const json_t *vector)
{
	struct aka_sqn_array array = { { 0 } };
	struct milenage milenage = { 0 };
	struct aka_vector made = { 0 };
	struct aka_answer answer = { 0 };
	struct aka_sqn_policy any = { 0 };
	uint8_t rand[RAND_SIZE];
	uint64_t sqn = hex_number(vector, "sqn", 6);
	uint16_t amf = (uint16_t)hex_number(vector, "amf", 2);

	subscriber_read(vector, &milenage);
	vectors_octets(vector, "rand", rand, sizeof(rand));
	assert_int_equal(
		aka_vector_build(&milenage, rand, sqn, amf, &made, NULL), 0);
	vectors_match(vector, "autn", made.autn, AUTN_SIZE);
	vectors_match_secret(vector, "res", &made.xres);
	vectors_match_secret(vector, "ck", &made.ck);
	vectors_match_secret(vector, "ik", &made.ik);
	assert_int_equal(aka_challenge_check(&milenage, &array, &any, rand,
					     made.autn, &answer, NULL),
			 0);
	assert_true(secret_equal(&answer.res, &made.xres));
	assert_true(secret_equal(&answer.ck, &made.ck));
	assert_true(secret_equal(&answer.ik, &made.ik));
	assert_int_equal(answer.amf, amf);
	assert_false(answer.resynchronise);
	assert_true(aka_sqn_highest(&array) == sqn);
	aka_answer_clear(&answer);
	aka_vector_clear(&made);
	milenage_clear(&milenage);
}

static void resynchronisation_check(const json_t *vector)
{
	uint8_t rand[RAND_SIZE], auts[AUTS_SIZE], given[AUTS_SIZE];
	struct milenage milenage = { 0 };
	uint64_t sqn_ms = hex_number(vector, "sqn-ms", 6), found;
	size_t i;

	subscriber_read(vector, &milenage);
	vectors_octets(vector, "rand", rand, sizeof(rand));
	vectors_octets(vector, "auts", given, sizeof(given));
	assert_int_equal(aka_auts_build(&milenage, rand, sqn_ms, auts, NULL),
			 0);
	vectors_match(vector, "auts", auts, sizeof(auts));
	assert_int_equal(aka_auts_check(&milenage, rand, given, &found, NULL),
			 0);
	assert_true(found == sqn_ms);
	/* Any octet changed: not authentic, and no number. */
	for (i = 0; i < AUTS_SIZE; i++) {
		struct fault fault = { 0 };

		given[i] ^= 0x10;
		found = 1;
		assert_int_equal(aka_auts_check(&milenage, rand, given, &found,
						&fault),
				 -1);
		assert_int_equal(fault.code, FAULT_UNAUTHENTIC);
		assert_true(found == 0);
		given[i] ^= 0x10;
	}
	milenage_clear(&milenage);
}

static void gba_u_check(const json_t *vector)
{
	uint8_t autn[AUTN_SIZE], before[AUTN_SIZE];
	struct secret ik = { 0 };

	vectors_secret(vector, "ik", &ik);
	vectors_octets(vector, "autn", autn, sizeof(autn));
	memcpy(before, autn, sizeof(autn));
	assert_int_equal(aka_autn_mask_gba_u(&ik, autn, NULL), 0);
	vectors_match(vector, "out", autn, sizeof(autn));
	assert_int_equal(aka_autn_mask_gba_u(&ik, autn, NULL), 0);
	assert_memory_equal(autn, before, sizeof(autn));
	assert_int_equal(secret_set(&ik, "short", 5), 0);
	assert_int_equal(aka_autn_mask_gba_u(&ik, autn, NULL), -1);
	assert_memory_equal(autn, before, sizeof(autn));
	secret_clear(&ik);
}

static void test_vectors(void **state)
{
	json_t *list = vectors_load("milenage"), *vector;
	unsigned int sets = 0;
	size_t i;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		const char *kind = vectors_text(vector, "kind");

		if (!strcmp(kind, "functions")) {
			functions_check(vector);
			sets++;
		} else if (!strcmp(kind, "vector")) {
			vector_check(vector);
		} else if (!strcmp(kind, "resynchronisation")) {
			resynchronisation_check(vector);
		} else {
			assert_string_equal(kind, "gba-u");
			gba_u_check(vector);
		}
	}
	assert_int_equal(sets, 7);
	json_decref(list);
}

static struct milenage usim;
static const uint8_t challenge[RAND_SIZE] = { 0x23, 0x55, 0x3c };

static int usim_setup(void **state)
{
	struct secret k = { 0 }, op = { 0 };
	int error;

	(void)state;
	error = secret_set(&k, "0123456789abcdef", 16) ||
		secret_set(&op, "fedcba9876543210", 16) ||
		milenage_set_op(&usim, &k, &op, NULL);
	secret_clear(&k);
	secret_clear(&op);
	return error ? -1 : 0;
}

static int usim_teardown(void **state)
{
	(void)state;
	milenage_clear(&usim);
	return 0;
}

/* Builds a challenge with SEQ and IND and shows it to the USIM. */
static int try_sqn(struct aka_sqn_array *array, uint64_t seq, unsigned int ind,
		   struct aka_answer *answer, struct fault *fault)
{
	struct aka_vector vector = { 0 };
	int result;

	assert_int_equal(aka_vector_build(&usim, challenge, seq << 5 | ind, 0,
					  &vector, NULL),
			 0);
	result = aka_challenge_check(&usim, array, &policy, challenge,
				     vector.autn, answer, fault);
	aka_vector_clear(&vector);
	return result;
}

/* Any octet of AUTN or RAND changed: MAC failure, no AUTS, no state change. */
static void test_changed_challenge(void **state)
{
	struct aka_sqn_array array = { { 0 } }, before = array;
	struct aka_vector vector = { 0 };
	struct aka_answer answer = { 0 };
	uint8_t rand[RAND_SIZE];
	size_t i;

	(void)state;
	memcpy(rand, challenge, sizeof(rand));
	assert_int_equal(
		aka_vector_build(&usim, rand, 33, 0x8000, &vector, NULL), 0);
	for (i = 0; i < AUTN_SIZE + RAND_SIZE; i++) {
		uint8_t *octet = i < AUTN_SIZE ? &vector.autn[i] :
						 &rand[i - AUTN_SIZE];
		struct fault fault = { 0 };

		*octet ^= 1;
		assert_int_equal(aka_challenge_check(&usim, &array, &policy,
						     rand, vector.autn, &answer,
						     &fault),
				 -1);
		assert_int_equal(fault.code, FAULT_UNAUTHENTIC);
		assert_false(answer.resynchronise);
		assert_null(answer.ck.bytes);
		assert_null(answer.res.bytes);
		assert_memory_equal(&array, &before, sizeof(array));
		*octet ^= 1;
	}
	assert_int_equal(aka_challenge_check(&usim, &array, &policy, rand,
					     vector.autn, &answer, NULL),
			 0);
	assert_int_equal(answer.amf, AKA_AMF_SEPARATION);
	aka_answer_clear(&answer);
	aka_vector_clear(&vector);
}

static void test_replay_is_answered_with_auts(void **state)
{
	struct aka_sqn_array array = { { 0 } };
	struct aka_answer answer = { 0 };
	struct fault fault = { 0 };
	uint64_t sqn_ms = 0;

	(void)state;
	assert_int_equal(try_sqn(&array, 7, 3, &answer, NULL), 0);
	assert_int_equal(try_sqn(&array, 7, 3, &answer, &fault), -1);
	assert_int_equal(fault.code, FAULT_REPLAYED);
	assert_true(answer.resynchronise);
	assert_null(answer.ck.bytes);
	assert_null(answer.ik.bytes);
	assert_null(answer.res.bytes);
	assert_int_equal(aka_auts_check(&usim, challenge, answer.auts, &sqn_ms,
					NULL),
			 0);
	assert_true(sqn_ms == (7 << 5 | 3));
}

/* C.2.2: one SEQ is kept for each IND, so order may be mixed between them. */
static void test_numbers_of_each_index(void **state)
{
	struct aka_sqn_array array = { { 0 } }, before;
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(aka_sqn_accept(&array, &policy, 10 << 5 | 1, NULL), 0);
	assert_int_equal(aka_sqn_accept(&array, &policy, 9 << 5 | 2, NULL), 0);
	assert_int_equal(aka_sqn_accept(&array, &policy, 9 << 5 | 31, NULL), 0);
	before = array;
	assert_int_equal(aka_sqn_accept(&array, &policy, 9 << 5 | 1, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_REPLAYED);
	assert_int_equal(aka_sqn_accept(&array, &policy, 10 << 5 | 1, NULL),
			 -1);
	assert_int_equal(aka_sqn_accept(&array, &policy, 9 << 5 | 2, NULL), -1);
	assert_memory_equal(&array, &before, sizeof(array));
	assert_int_equal(aka_sqn_accept(&array, &policy, 11 << 5 | 1, NULL), 0);
	assert_true(aka_sqn_highest(&array) == (11 << 5 | 1));
	/* SEQ 0 is never fresh, for the array begins with zeros. */
	assert_int_equal(aka_sqn_accept(&array, &policy, 5, NULL), -1);
}

static void test_jump_is_limited(void **state)
{
	struct aka_sqn_array array = { { 0 } };
	uint64_t delta = policy.delta;
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(
		aka_sqn_accept(&array, &policy, (delta + 1) << 5, &fault), -1);
	assert_int_equal(fault.code, FAULT_REPLAYED);
	assert_int_equal(aka_sqn_accept(&array, &policy, delta << 5, NULL), 0);
	assert_int_equal(
		aka_sqn_accept(&array, &policy, (2 * delta) << 5 | 9, NULL), 0);
	assert_int_equal(aka_sqn_accept(&array, &policy,
					UINT64_C(0x1000000000000), NULL),
			 -1);
}

static void test_age_is_limited(void **state)
{
	struct aka_sqn_policy strict = { .delta = 0, .age = 10 };
	struct aka_sqn_array array = { { 0 } };

	(void)state;
	assert_int_equal(aka_sqn_accept(&array, &strict, 100 << 5, NULL), 0);
	assert_int_equal(aka_sqn_accept(&array, &strict, 90 << 5 | 1, NULL),
			 -1);
	assert_int_equal(aka_sqn_accept(&array, &strict, 91 << 5 | 1, NULL), 0);
}

static void test_source_counts(void **state)
{
	struct aka_sqn_source source = { 0 }, before;
	struct aka_sqn_array array = { { 0 } };
	struct fault fault = { 0 };
	uint64_t sqn, last = 0;
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		assert_int_equal(aka_sqn_next(&source, &sqn, NULL), 0);
		assert_true(sqn > last);
		assert_int_equal(aka_sqn_accept(&array, &policy, sqn, NULL), 0);
		last = sqn;
	}
	source.seq = AKA_SEQ_MAX - 1;
	assert_int_equal(aka_sqn_next(&source, &sqn, NULL), 0);
	assert_true(sqn >> 5 == AKA_SEQ_MAX);
	before = source;
	assert_int_equal(aka_sqn_next(&source, &sqn, &fault), -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
	assert_true(sqn == 0);
	assert_memory_equal(&source, &before, sizeof(source));
}

/* The whole way round: a source that lost its memory, a USIM far ahead. */
static void test_resynchronisation(void **state)
{
	struct aka_sqn_array array = { { 0 } };
	struct aka_sqn_source source = { 0 };
	struct aka_answer answer = { 0 };
	uint64_t sqn, sqn_ms;

	(void)state;
	assert_int_equal(try_sqn(&array, 5000, 1, &answer, NULL), 0);
	assert_int_equal(aka_sqn_next(&source, &sqn, NULL), 0);
	assert_int_equal(try_sqn(&array, sqn >> 5, sqn & 31, &answer, NULL),
			 -1);
	assert_int_equal(aka_auts_check(&usim, challenge, answer.auts, &sqn_ms,
					NULL),
			 0);
	assert_int_equal(aka_sqn_resynchronise(&source, &policy, sqn_ms, NULL),
			 0);
	assert_true(source.seq == 5000);
	assert_int_equal(aka_sqn_next(&source, &sqn, NULL), 0);
	assert_int_equal(try_sqn(&array, sqn >> 5, sqn & 31, &answer, NULL), 0);
	aka_answer_clear(&answer);
}

static void test_resynchronisation_range(void **state)
{
	static const struct aka_sqn_policy any;
	struct aka_sqn_source source = { .seq = 100, .ind = 4 };
	struct fault fault = { 0 };

	(void)state;
	/* The next number would be taken: nothing changes (6.3.5). */
	assert_int_equal(
		aka_sqn_resynchronise(&source, &policy, 100 << 5, NULL), 0);
	assert_true(source.seq == 100);
	assert_int_equal(aka_sqn_resynchronise(&source, &policy, 40 << 5, NULL),
			 0);
	assert_true(source.seq == 100);
	/* Behind, or too far ahead: go to where the USIM is. */
	assert_int_equal(
		aka_sqn_resynchronise(&source, &policy, 101 << 5, NULL), 0);
	assert_true(source.seq == 101);
	source.seq = policy.delta + 101;
	assert_int_equal(
		aka_sqn_resynchronise(&source, &policy, 101 << 5, NULL), 0);
	assert_true(source.seq == 101);
	assert_int_equal(source.ind, 4);
	/* There is no next number to be taken, whatever the USIM allows. */
	source.seq = AKA_SEQ_MAX;
	assert_int_equal(aka_sqn_resynchronise(&source, &any, AKA_SEQ_MAX << 4,
					       NULL),
			 0);
	assert_true(source.seq == AKA_SEQ_MAX >> 1);
	assert_int_equal(aka_sqn_resynchronise(&source, &policy,
					       UINT64_C(0x1000000000000),
					       &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
}

static void test_wrong_keys(void **state)
{
	uint8_t mac_a[MAC_SIZE], mac_s[MAC_SIZE], autn[AUTN_SIZE] = { 0 };
	uint8_t auts[AUTS_SIZE];
	struct secret k = { 0 }, short_k = { 0 };
	struct milenage milenage = { 0 };
	struct milenage_output out = { 0 };
	struct aka_sqn_array array = { { 0 } };
	struct aka_vector vector = { 0 };
	struct aka_answer answer = { 0 };
	struct fault fault = { 0 };
	uint64_t sqn_ms;

	(void)state;
	assert_int_equal(secret_set(&k, "0123456789abcdef", 16), 0);
	assert_int_equal(secret_set(&short_k, "0123456789abcde", 15), 0);
	assert_int_equal(milenage_set(&milenage, &k, &short_k, &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_int_equal(milenage_set_op(&milenage, &short_k, &k, NULL), -1);
	assert_null(milenage.k.bytes);
	assert_int_equal(milenage_f1(&milenage, challenge, 0, 0, mac_a, mac_s,
				     NULL),
			 -1);
	assert_int_equal(milenage_f1(&usim, challenge, SQN_MAX + 1, 0, mac_a,
				     mac_s, NULL),
			 -1);
	assert_int_equal(milenage_f2345(&milenage, challenge, &out, NULL), -1);
	assert_int_equal(aka_vector_build(&milenage, challenge, 0, 0, &vector,
					  NULL),
			 -1);
	assert_null(vector.ck.bytes);
	assert_int_equal(aka_challenge_check(&milenage, &array, &policy,
					     challenge, autn, &answer, NULL),
			 -1);
	assert_int_equal(aka_auts_build(&milenage, challenge, 0, auts, NULL),
			 -1);
	assert_int_equal(
		aka_auts_check(&milenage, challenge, auts, &sqn_ms, NULL), -1);
	secret_clear(&k);
	secret_clear(&short_k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_changed_challenge),
		cmocka_unit_test(test_replay_is_answered_with_auts),
		cmocka_unit_test(test_numbers_of_each_index),
		cmocka_unit_test(test_jump_is_limited),
		cmocka_unit_test(test_age_is_limited),
		cmocka_unit_test(test_source_counts),
		cmocka_unit_test(test_resynchronisation),
		cmocka_unit_test(test_resynchronisation_range),
		cmocka_unit_test(test_wrong_keys),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, usim_setup, usim_teardown);
}
