// SPDX-License-Identifier: GPL-2.0-or-later
/* Key derivation against selftests/vectors/kdf.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/kdf.h"
#include "core/kdf_5gs.h"
#include "core/kdf_eps.h"
#include "core/kdf_gba.h"
#include "vectors.h"

#define PARAMETERS_MAX 8
#define OCTETS_MAX 512

/* Octets and secrets of the vector at hand; secrets are cleared by release(). */
static struct secret in[2], out, more[2];
static uint8_t octets[OCTETS_MAX];

static void release(void)
{
	secret_clear(&in[0]);
	secret_clear(&in[1]);
	secret_clear(&out);
	secret_clear(&more[0]);
	secret_clear(&more[1]);
}

/* Each rule below takes its input from the vector and leaves the key in out. */
static void rule_generic(const json_t *vector, struct fault *fault)
{
	struct kdf_parameter parameters[PARAMETERS_MAX];
	json_t *list = json_object_get(vector, "parameters");
	uint8_t *place = octets;
	size_t i, size;

	vectors_secret(vector, "key", &in[0]);
	assert_true(json_array_size(list) <= PARAMETERS_MAX);
	for (i = 0; i < json_array_size(list); i++) {
		json_t *one = json_pack("{s:O}", "p", json_array_get(list, i));

		size = vectors_hex(one, "p", place,
				   OCTETS_MAX - (size_t)(place - octets));
		parameters[i] =
			(struct kdf_parameter){ size ? place : NULL, size };
		place += size;
		json_decref(one);
	}
	assert_int_equal(
		kdf_derive(&in[0], (unsigned int)vectors_number(vector, "fc"),
			   parameters, json_array_size(list), &out, fault),
		0);
}

static void rule_ks(const json_t *vector, struct fault *fault)
{
	vectors_secret(vector, "ck", &in[0]);
	vectors_secret(vector, "ik", &in[1]);
	assert_int_equal(kdf_ks(&in[0], &in[1], &out, fault), 0);
}

static void naf_id_read(const json_t *vector, struct naf_id *naf_id)
{
	assert_int_equal(naf_id_set(naf_id, vectors_text(vector, "fqdn"),
				    vectors_number(vector, "ua-protocol"),
				    NULL),
			 0);
}

static void rule_ks_naf(const json_t *vector, struct fault *fault)
{
	struct naf_id naf_id;

	naf_id_read(vector, &naf_id);
	vectors_secret(vector, "ks", &in[0]);
	vectors_octets(vector, "rand", octets, RAND_SIZE);
	assert_int_equal(kdf_ks_naf(&in[0], octets,
				    vectors_text(vector, "impi"), &naf_id, &out,
				    fault),
			 0);
}

static void rule_ks_int_naf(const json_t *vector, struct fault *fault)
{
	struct naf_id naf_id;

	naf_id_read(vector, &naf_id);
	vectors_secret(vector, "ks", &in[0]);
	vectors_octets(vector, "rand", octets, RAND_SIZE);
	assert_int_equal(kdf_ks_int_naf(&in[0], octets,
					vectors_text(vector, "impi"), &naf_id,
					&out, fault),
			 0);
}

static enum bootstrap_mode mode_read(const json_t *vector)
{
	const char *mode = vectors_text(vector, "mode");

	if (!strcmp(mode, "GBA_ME"))
		return BOOTSTRAP_GBA_ME;
	if (!strcmp(mode, "GBA_U"))
		return BOOTSTRAP_GBA_U;
	assert_string_equal(mode, "AKMA");
	return BOOTSTRAP_AKMA;
}

static void bootstrap_read(const json_t *vector, struct bootstrap_keys *keys)
{
	*keys = (struct bootstrap_keys){ .mode = mode_read(vector) };
	vectors_secret(vector, "key", &keys->key);
	if (vectors_has(vector, "internal"))
		vectors_secret(vector, "internal", &keys->internal);
}

static void rule_mrk(const json_t *vector, struct fault *fault)
{
	struct bootstrap_keys keys;

	bootstrap_read(vector, &keys);
	assert_int_equal(kdf_mrk(&keys, &out, fault), 0);
	bootstrap_keys_clear(&keys);
	assert_null(keys.key.bytes);
}

static void rule_muk(const json_t *vector, struct fault *fault)
{
	struct bootstrap_keys keys;

	bootstrap_read(vector, &keys);
	assert_int_equal(kdf_muk(&keys, &out, fault), 0);
	bootstrap_keys_clear(&keys);
	assert_null(keys.internal.bytes);
}

static void rule_kausf(const json_t *vector, struct fault *fault)
{
	vectors_secret(vector, "ck", &in[0]);
	vectors_secret(vector, "ik", &in[1]);
	vectors_octets(vector, "sqn-xor-ak", octets, SQN_SIZE);
	assert_int_equal(kdf_kausf(&in[0], &in[1],
				   vectors_text(vector, "serving-network"),
				   octets, &out, fault),
			 0);
}

static void rule_ck_ik_prime(const json_t *vector, struct fault *fault)
{
	uint8_t both[CK_SIZE + IK_SIZE];

	vectors_secret(vector, "ck", &in[0]);
	vectors_secret(vector, "ik", &in[1]);
	vectors_octets(vector, "sqn-xor-ak", octets, SQN_SIZE);
	assert_int_equal(kdf_ck_ik_prime(&in[0], &in[1],
					 vectors_text(vector, "network"),
					 octets, &more[0], &more[1], fault),
			 0);
	assert_int_equal(more[0].size, CK_SIZE);
	assert_int_equal(more[1].size, IK_SIZE);
	memcpy(both, more[0].bytes, CK_SIZE);
	memcpy(both + CK_SIZE, more[1].bytes, IK_SIZE);
	assert_int_equal(secret_set(&out, both, sizeof(both)), 0);
}

static void rule_res_star(const json_t *vector, struct fault *fault)
{
	uint8_t res[16], res_star[RES_STAR_SIZE];
	size_t size = vectors_hex(vector, "res", res, sizeof(res));

	vectors_secret(vector, "ck", &in[0]);
	vectors_secret(vector, "ik", &in[1]);
	vectors_octets(vector, "rand", octets, RAND_SIZE);
	assert_int_equal(kdf_res_star(&in[0], &in[1],
				      vectors_text(vector, "serving-network"),
				      octets, res, size, res_star, fault),
			 0);
	assert_int_equal(secret_set(&out, res_star, RES_STAR_SIZE), 0);
}

static void rule_hres_star(const json_t *vector, struct fault *fault)
{
	uint8_t res_star[RES_STAR_SIZE], hres_star[RES_STAR_SIZE];

	vectors_octets(vector, "rand", octets, RAND_SIZE);
	vectors_octets(vector, "res-star", res_star, RES_STAR_SIZE);
	assert_int_equal(kdf_hres_star(octets, res_star, hres_star, fault), 0);
	assert_int_equal(secret_set(&out, hres_star, RES_STAR_SIZE), 0);
}

static void rule_kseaf(const json_t *vector, struct fault *fault)
{
	vectors_secret(vector, "kausf", &in[0]);
	assert_int_equal(kdf_kseaf(&in[0],
				   vectors_text(vector, "serving-network"),
				   &out, fault),
			 0);
}

static void rule_kamf(const json_t *vector, struct fault *fault)
{
	size_t size = vectors_hex(vector, "abba", octets, OCTETS_MAX);

	vectors_secret(vector, "kseaf", &in[0]);
	assert_int_equal(kdf_kamf(&in[0], vectors_text(vector, "supi"), octets,
				  size, &out, fault),
			 0);
}

static void rule_5gs_nas(const json_t *vector, struct fault *fault)
{
	vectors_secret(vector, "kamf", &in[0]);
	assert_int_equal(
		kdf_5gs_nas_key(
			&in[0],
			(enum nas_key_type)vectors_number(vector, "type"),
			(unsigned int)vectors_number(vector, "algorithm"), &out,
			fault),
		0);
}

static void rule_eps_nas(const json_t *vector, struct fault *fault)
{
	vectors_secret(vector, "kasme", &in[0]);
	assert_int_equal(
		kdf_eps_nas_key(
			&in[0],
			(enum nas_key_type)vectors_number(vector, "type"),
			(unsigned int)vectors_number(vector, "algorithm"), &out,
			fault),
		0);
}

static void rule_kakma(const json_t *vector, struct fault *fault)
{
	vectors_secret(vector, "kausf", &in[0]);
	assert_int_equal(kdf_kakma(&in[0], vectors_text(vector, "supi"), &out,
				   fault),
			 0);
}

static void rule_a_tid(const json_t *vector, struct fault *fault)
{
	uint8_t a_tid[A_TID_SIZE];

	vectors_secret(vector, "kausf", &in[0]);
	assert_int_equal(kdf_a_tid(&in[0], vectors_text(vector, "supi"), a_tid,
				   fault),
			 0);
	assert_int_equal(secret_set(&out, a_tid, A_TID_SIZE), 0);
}

static void rule_kaf(const json_t *vector, struct fault *fault)
{
	struct naf_id af_id;

	naf_id_read(vector, &af_id);
	vectors_secret(vector, "kakma", &in[0]);
	assert_int_equal(kdf_kaf(&in[0], &af_id, &out, fault), 0);
}

static void rule_kmbs_ue(const json_t *vector, struct fault *fault)
{
	struct tmgi tmgi;

	vectors_secret(vector, "kausf", &in[0]);
	assert_int_equal(tmgi_parse(vectors_text(vector, "tmgi"), &tmgi, fault),
			 0);
	assert_int_equal(kdf_kmbs_ue(&in[0], &tmgi, &out, fault), 0);
}

static void rule_kasme(const json_t *vector, struct fault *fault)
{
	struct plmn plmn;

	vectors_secret(vector, "ck", &in[0]);
	vectors_secret(vector, "ik", &in[1]);
	vectors_octets(vector, "sqn-xor-ak", octets, SQN_SIZE);
	assert_int_equal(plmn_parse(vectors_text(vector, "mcc"),
				    vectors_text(vector, "mnc"), &plmn, fault),
			 0);
	assert_int_equal(kdf_kasme(&in[0], &in[1], &plmn, octets, &out, fault),
			 0);
}

static void rule_group(const json_t *vector, struct fault *fault)
{
	size_t size = vectors_hex(vector, "group-id", octets, OCTETS_MAX);
	struct group_keys keys = { 0 };

	vectors_secret(vector, "gk", &in[0]);
	assert_int_equal(
		kdf_group_keys(&in[0], octets, size,
			       (uint16_t)vectors_number(vector, "key-index"),
			       &keys, fault),
		0);
	vectors_match_secret(vector, "confidentiality", &keys.confidentiality);
	vectors_match_secret(vector, "integrity", &keys.integrity);
	group_keys_clear(&keys);
	assert_null(keys.integrity.bytes);
}

static void rule_mikey_prf(const json_t *vector, struct fault *fault)
{
	size_t size = vectors_hex(vector, "label", octets, OCTETS_MAX);
	uint8_t expected[SECRET_SIZE_MAX];
	size_t wanted = vectors_hex(vector, "out", expected, sizeof(expected));

	vectors_secret(vector, "inkey", &in[0]);
	assert_int_equal(
		kdf_mikey_prf(&in[0], octets, size, wanted, &out, fault), 0);
}

static void rule_mikey_p(const json_t *vector, struct fault *fault)
{
	size_t size = vectors_hex(vector, "label", octets, OCTETS_MAX);
	uint8_t expected[SECRET_SIZE_MAX];
	size_t wanted = vectors_hex(vector, "out", expected, sizeof(expected));

	vectors_secret(vector, "inkey", &in[0]);
	assert_int_equal(kdf_mikey_p(&in[0], octets, size, wanted, &out, fault),
			 0);
}

static const struct {
	const char *name;
	void (*derive)(const json_t *vector, struct fault *fault);
} rules[] = {
	{ "generic", rule_generic },
	{ "ks", rule_ks },
	{ "ks-naf", rule_ks_naf },
	{ "ks-int-naf", rule_ks_int_naf },
	{ "mrk", rule_mrk },
	{ "muk", rule_muk },
	{ "kausf", rule_kausf },
	{ "ck-ik-prime", rule_ck_ik_prime },
	{ "res-star", rule_res_star },
	{ "hres-star", rule_hres_star },
	{ "kseaf", rule_kseaf },
	{ "kamf", rule_kamf },
	{ "5gs-nas", rule_5gs_nas },
	{ "eps-nas", rule_eps_nas },
	{ "kakma", rule_kakma },
	{ "a-tid", rule_a_tid },
	{ "kaf", rule_kaf },
	{ "kmbs-ue", rule_kmbs_ue },
	{ "kasme", rule_kasme },
	{ "group", rule_group },
	{ "mikey-prf", rule_mikey_prf },
	{ "mikey-p", rule_mikey_p },
};

#define RULES (sizeof(rules) / sizeof(rules[0]))

/* Every vector, and no rule without a vector. */
static void test_vectors(void **state)
{
	json_t *list = vectors_load("kdf"), *vector;
	unsigned int used[RULES] = { 0 };
	size_t i, rule;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		const char *name = vectors_text(vector, "derivation");
		struct fault fault = { 0 };

		for (rule = 0; rule < RULES; rule++)
			if (!strcmp(rules[rule].name, name))
				break;
		if (rule == RULES)
			fail_msg("no rule for derivation '%s'", name);
		used[rule]++;
		rules[rule].derive(vector, &fault);
		assert_int_equal(fault.code, FAULT_NONE);
		if (vectors_has(vector, "out"))
			vectors_match_secret(vector, "out", &out);
		release();
	}
	for (rule = 0; rule < RULES; rule++)
		if (!used[rule])
			fail_msg("no vector for '%s'", rules[rule].name);
	json_decref(list);
}

static void fill(struct secret *secret, size_t size)
{
	uint8_t bytes[SECRET_SIZE_MAX];
	size_t i;

	for (i = 0; i < size; i++)
		bytes[i] = (uint8_t)i;
	assert_int_equal(secret_set(secret, bytes, size), 0);
}

/* An output may be its own input. */
static void test_in_place(void **state)
{
	struct secret key = { 0 };

	(void)state;
	fill(&key, 32);
	fill(&in[0], 32);
	assert_int_equal(kdf_derive(&in[0], 1, NULL, 0, &out, NULL), 0);
	assert_int_equal(kdf_derive(&key, 1, NULL, 0, &key, NULL), 0);
	assert_true(secret_equal(&key, &out));
	fill(&key, 40);
	fill(&in[0], 40);
	assert_int_equal(kdf_mikey_prf(&in[0], "x", 1, 16, &out, NULL), 0);
	assert_int_equal(kdf_mikey_prf(&key, "x", 1, 16, &key, NULL), 0);
	assert_true(secret_equal(&key, &out));
	fill(&key, 32);
	assert_int_equal(kdf_derive_half(&key, 1, NULL, 0, &key, NULL), 0);
	assert_int_equal(key.size, KDF_HALF_SIZE);
	secret_clear(&key);
	release();
}

/* What does not change the result: 0 and 1 parameters of length 0 differ. */
static void test_length_zero_counts(void **state)
{
	struct kdf_parameter nothing = { NULL, 0 };

	(void)state;
	fill(&in[0], 32);
	assert_int_equal(kdf_derive(&in[0], 1, NULL, 0, &out, NULL), 0);
	assert_int_equal(kdf_derive(&in[0], 1, &nothing, 1, &more[0], NULL), 0);
	assert_false(secret_equal(&out, &more[0]));
	release();
}

/* Several labels at once give what each gives alone, over two pieces of inkey, and
 * in place of it.
 */
static void test_mikey_keys(void **state)
{
	struct secret keys[3] = { 0 };
	const struct kdf_mikey_key wanted[] = {
		{ .label = "x", .label_size = 1, .size = 16, .out = &keys[0] },
		{ .label = "xy", .label_size = 2, .size = 45, .out = &in[0] },
		{ .label = "y", .label_size = 1, .size = 20, .out = &keys[2] },
	};
	size_t i;

	(void)state;
	fill(&in[0], 40);
	fill(&in[1], 40);
	assert_int_equal(kdf_mikey_keys(&in[0], wanted, 3, NULL), 0);
	for (i = 0; i < 3; i++) {
		assert_int_equal(kdf_mikey_prf(&in[1], wanted[i].label,
					       wanted[i].label_size,
					       wanted[i].size, &out, NULL),
				 0);
		assert_true(secret_equal(wanted[i].out, &out));
		secret_clear(wanted[i].out);
	}
	release();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_mikey_keys),
		cmocka_unit_test(test_in_place),
		cmocka_unit_test(test_length_zero_counts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
