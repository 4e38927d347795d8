// SPDX-License-Identifier: GPL-2.0-or-later
/* What key derivation refuses, and that nothing is in the output then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/kdf.h"
#include "core/kdf_5gs.h"
#include "core/kdf_eps.h"
#include "core/kdf_gba.h"

static struct secret in[2], out, more[2];
static const uint8_t octets[2048];

static void release(void)
{
	secret_clear(&in[0]);
	secret_clear(&in[1]);
	secret_clear(&out);
	secret_clear(&more[0]);
	secret_clear(&more[1]);
}

static void fill(struct secret *secret, size_t size)
{
	uint8_t bytes[SECRET_SIZE_MAX];
	size_t i;

	for (i = 0; i < size; i++)
		bytes[i] = (uint8_t)i;
	assert_int_equal(secret_set(secret, bytes, size), 0);
}

/* The output was wiped, and the sentence says why. */
static void refused(int result, const struct fault *fault,
		    enum fault_code expected)
{
	assert_int_equal(result, -1);
	assert_int_equal(fault->code, expected);
	assert_true(strlen(fault->text) > 10);
	assert_null(out.bytes);
	assert_int_equal(out.size, 0);
}

#define assert_refused(call, expected)             \
	do {                                       \
		struct fault fault = { 0 };        \
		fill(&out, 16);                    \
		refused((call), &fault, expected); \
	} while (0)

static void test_generic_refuses(void **state)
{
	struct kdf_parameter big = { octets, KDF_PARAMETER_SIZE_MAX + 1 };
	struct secret empty = { 0 };

	(void)state;
	fill(&in[0], 32);
	assert_refused(kdf_derive(&empty, 1, NULL, 0, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_derive(&in[0], 0xff, NULL, 0, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_derive(&in[0], 0x100, NULL, 0, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_derive(&in[0], 0x10000, NULL, 0, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_derive(&in[0], 1, &big, 1, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_derive_half(&empty, 1, NULL, 0, &out, &fault),
		       FAULT_ARGUMENT);
	release();
}

static void test_mikey_refuses(void **state)
{
	struct secret empty = { 0 }, more = { 0 };
	/* One that is refused leaves the other without its key. */
	const struct kdf_mikey_key wanted[] = {
		{ .label = "x", .label_size = 1, .size = 16, .out = &more },
		{ .label = "x", .label_size = 1, .size = 0, .out = &out },
	};

	(void)state;
	fill(&in[0], 33);
	fill(&in[1], 16);
	assert_refused(kdf_mikey_p(&in[0], "x", 1, 16, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_mikey_prf(&empty, "x", 1, 16, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_mikey_prf(&in[1], "x", 0, 16, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_mikey_prf(&in[1], octets,
				     KDF_MIKEY_LABEL_SIZE_MAX + 1, 16, &out,
				     &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_mikey_prf(&in[1], "x", 1, 0, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_mikey_prf(&in[1], "x", 1, SECRET_SIZE_MAX + 1, &out,
				     &fault),
		       FAULT_ARGUMENT);
	fill(&more, 16);
	assert_refused(kdf_mikey_keys(&in[1], wanted, 2, &fault),
		       FAULT_ARGUMENT);
	assert_null(more.bytes);
	release();
}

static void test_gba_refuses(void **state)
{
	struct bootstrap_keys keys = { .mode = BOOTSTRAP_GBA_U };
	struct naf_id naf_id = { "a.b", UA_PROTOCOL_MBMS }, none = { 0 };
	uint8_t rand[RAND_SIZE] = { 0 };
	char longest[IMPI_TEXT_SIZE + 1];

	(void)state;
	memset(longest, 'a', IMPI_TEXT_SIZE);
	longest[IMPI_TEXT_SIZE] = '\0';
	fill(&in[0], 32);
	fill(&in[1], 16);
	assert_refused(kdf_ks(&in[0], &in[1], &out, &fault), FAULT_ARGUMENT);
	assert_refused(kdf_ks(&in[1], &in[0], &out, &fault), FAULT_ARGUMENT);
	assert_refused(kdf_ks_naf(&in[1], rand, "u@d", &naf_id, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_ks_naf(&in[0], rand, "", &naf_id, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_ks_naf(&in[0], rand, "u\n@d", &naf_id, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_ks_naf(&in[0], rand, longest, &naf_id, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_ks_int_naf(&in[0], rand, "u@d", &none, &out, &fault),
		       FAULT_MALFORMED);
	/* GBA_U without Ks_int_NAF, GBA_ME with it, modes that are none. */
	fill(&keys.key, 32);
	assert_refused(kdf_muk(&keys, &out, &fault), FAULT_ARGUMENT);
	assert_refused(kdf_mrk(&keys, &out, &fault), FAULT_ARGUMENT);
	fill(&keys.internal, 32);
	keys.mode = BOOTSTRAP_GBA_ME;
	assert_refused(kdf_muk(&keys, &out, &fault), FAULT_ARGUMENT);
	keys.mode = BOOTSTRAP_AKMA;
	assert_refused(kdf_mrk(&keys, &out, &fault), FAULT_ARGUMENT);
	keys.mode = (enum bootstrap_mode)0;
	assert_refused(kdf_mrk(&keys, &out, &fault), FAULT_ARGUMENT);
	fill(&keys.key, 31);
	keys.mode = BOOTSTRAP_GBA_ME;
	assert_refused(kdf_muk(&keys, &out, &fault), FAULT_ARGUMENT);
	keys.mode = BOOTSTRAP_AKMA;
	assert_refused(kdf_muk(&keys, &out, &fault), FAULT_ARGUMENT);
	keys.mode = BOOTSTRAP_GBA_U;
	assert_refused(kdf_muk(&keys, &out, &fault), FAULT_ARGUMENT);
	bootstrap_keys_clear(&keys);
	release();
}

static void test_5gs_refuses(void **state)
{
	uint8_t zero[32] = { 0 }, star[RES_STAR_SIZE], tid[A_TID_SIZE];
	struct tmgi no_plmn = { .service_id = 1 };
	struct tmgi too_big = { .service_id = 1 << 24 };
	struct naf_id none = { 0 };
	struct fault fault = { 0 };
	char longest[257];

	(void)state;
	memset(longest, 'a', 256);
	longest[256] = '\0';
	fill(&in[0], 16);
	fill(&in[1], 32);
	assert_refused(kdf_kausf(&in[0], &in[0], "", zero, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_kausf(&in[0], &in[1], "n", zero, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_kseaf(&in[0], "n", &out, &fault), FAULT_ARGUMENT);
	assert_refused(kdf_kseaf(&in[1], longest, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_kamf(&in[1], "1", zero, 1, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_kamf(&in[1], "1", zero, 256, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_kamf(&in[1], "", zero, 2, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_kamf(&in[0], "1", zero, 2, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_5gs_nas_key(&in[0], NAS_KEY_INTEGRITY, 2, &out,
				       &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_5gs_nas_key(&in[1], (enum nas_key_type)3, 2, &out,
				       &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_eps_nas_key(&in[1], NAS_KEY_ENCRYPTION, 16, &out,
				       &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_kakma(&in[1], "a\tb", &out, &fault), FAULT_ARGUMENT);
	assert_refused(kdf_kaf(&in[0], &none, &out, &fault), FAULT_ARGUMENT);
	assert_refused(kdf_kaf(&in[1], &none, &out, &fault), FAULT_MALFORMED);
	assert_refused(kdf_kmbs_ue(&in[0], &no_plmn, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_kmbs_ue(&in[1], &no_plmn, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_kmbs_ue(&in[1], &too_big, &out, &fault),
		       FAULT_ARGUMENT);

	memset(star, 0xaa, sizeof(star));
	assert_int_equal(kdf_res_star(&in[0], &in[0], "n", zero, zero, 3, star,
				      &fault),
			 -1);
	assert_memory_equal(star, zero, sizeof(star));
	assert_int_equal(kdf_res_star(&in[0], &in[0], "n", zero, zero, 17, star,
				      NULL),
			 -1);
	memset(star, 0xaa, sizeof(star));
	assert_int_equal(kdf_res_star(&in[0], &in[0], "", zero, zero, 8, star,
				      NULL),
			 -1);
	assert_memory_equal(star, zero, sizeof(star));
	memset(tid, 0xaa, sizeof(tid));
	assert_int_equal(kdf_a_tid(&in[0], "1", tid, NULL), -1);
	assert_memory_equal(tid, zero, sizeof(tid));
	fill(&more[0], 16);
	fill(&more[1], 16);
	assert_int_equal(kdf_ck_ik_prime(&in[0], &in[0], "", zero, &more[0],
					 &more[1], NULL),
			 -1);
	assert_null(more[0].bytes);
	assert_null(more[1].bytes);
	release();
}

static void test_eps_refuses(void **state)
{
	struct plmn bad = { .mcc = 1000, .mnc_digits = 2 };
	struct plmn good = { .mcc = 1, .mnc = 1, .mnc_digits = 2 };
	uint8_t zero[256] = { 0 };
	struct group_keys keys = { 0 };
	struct fault fault = { 0 };

	(void)state;
	fill(&in[0], 16);
	fill(&in[1], 24);
	assert_refused(kdf_kasme(&in[0], &in[0], &bad, zero, &out, &fault),
		       FAULT_ARGUMENT);
	assert_refused(kdf_kasme(&in[0], &in[1], &good, zero, &out, &fault),
		       FAULT_ARGUMENT);
	fill(&keys.integrity, 16);
	assert_int_equal(kdf_group_keys(&in[1], zero, 1, 1, &keys, &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_null(keys.integrity.bytes);
	assert_int_equal(kdf_group_keys(&in[0], zero, 0, 1, &keys, NULL), -1);
	assert_int_equal(kdf_group_keys(&in[0], zero, 256, 1, &keys, NULL), -1);
	release();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generic_refuses),
		cmocka_unit_test(test_mikey_refuses),
		cmocka_unit_test(test_gba_refuses),
		cmocka_unit_test(test_5gs_refuses),
		cmocka_unit_test(test_eps_refuses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
