// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Secrets, in the secure heap; and that no derivation leaves a key behind: after
 * all of them ran and their outputs were cleared, the memory of this process is
 * searched for each key that there was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/crypto.h>

#include "core/aka.h"
#include "core/kdf_5gs.h"
#include "core/kdf_eps.h"
#include "core/kdf_gba.h"
#include "core/secret.h"
#include "core/sframe_kdf.h"
#include "core/srtp_kdf.h"
#include "memory_search.h"

static void test_alloc_zeroes(void **state)
{
	struct secret secret = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(secret_alloc(&secret, SECRET_SIZE_MAX), 0);
	assert_int_equal(secret.size, SECRET_SIZE_MAX);
	assert_int_equal(CRYPTO_secure_allocated(secret.bytes), 1);
	for (i = 0; i < SECRET_SIZE_MAX; i++)
		assert_int_equal(secret.bytes[i], 0);
	secret_clear(&secret);
	assert_null(secret.bytes);
	assert_int_equal(secret.size, 0);
}

static void test_alloc_bounds(void **state)
{
	struct secret secret = { 0 };

	(void)state;
	assert_int_equal(secret_set(&secret, "x", 1), 0);
	assert_int_equal(secret_alloc(&secret, 0), -1);
	assert_null(secret.bytes);
	assert_int_equal(secret_set(&secret, "x", 1), 0);
	assert_int_equal(secret_alloc(&secret, SECRET_SIZE_MAX + 1), -1);
	assert_null(secret.bytes);
	assert_int_equal(secret_set(&secret, "x", 1), 0);
	assert_int_equal(secret_set(&secret, "x", 0), -1);
	assert_null(secret.bytes);
	assert_int_equal(secret.size, 0);
}

static void test_set_from_itself(void **state)
{
	struct secret secret = { 0 };

	(void)state;
	assert_int_equal(secret_set(&secret, "0123456789", 10), 0);
	assert_int_equal(secret_set(&secret, secret.bytes + 5, 5), 0);
	assert_int_equal(secret_set_sized(&secret, &secret, 7), 0);
	assert_int_equal(secret.size, 7);
	assert_memory_equal(secret.bytes, "56789\0\0", 7);
	assert_int_equal(secret_set_sized(&secret, &secret, 5), 0);
	assert_int_equal(secret.size, 5);
	assert_memory_equal(secret.bytes, "56789", 5);
	secret_clear(&secret);
	secret_clear(&secret);
}

static void test_check(void **state)
{
	struct secret secret = { 0 };
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(secret_check(&secret, 0, "K", &fault), 0);
	assert_int_equal(secret_alloc(&secret, 15), 0);
	assert_int_equal(secret_check(&secret, 15, "K", &fault), 0);
	assert_int_equal(fault.code, FAULT_NONE);
	assert_int_equal(secret_check(&secret, 16, "K", &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_string_equal(fault.text, "K has 15 octets, not 16");
	secret_clear(&secret);
}

static void test_equal(void **state)
{
	struct secret a = { 0 }, b = { 0 };

	(void)state;
	assert_false(secret_equal(&a, &b));
	assert_int_equal(secret_set(&a, "0123456789", 10), 0);
	assert_false(secret_equal(&a, &b));
	assert_false(secret_equal(&b, &a));
	assert_int_equal(secret_set(&b, "0123456789", 9), 0);
	assert_false(secret_equal(&a, &b));
	assert_int_equal(secret_set(&b, "0123456788", 10), 0);
	assert_false(secret_equal(&a, &b));
	assert_int_equal(secret_set(&b, "0123456789", 10), 0);
	assert_true(secret_equal(&a, &b));
	secret_clear(&a);
	secret_clear(&b);
}

static void test_fingerprint(void **state)
{
	char text[SECRET_FINGERPRINT_SIZE];
	struct secret secret = { 0 };

	(void)state;
	/* SHA-256 of "abc" (FIPS 180-2, B.1) and of nothing. */
	assert_int_equal(secret_set(&secret, "abc", 3), 0);
	secret_fingerprint(&secret, text);
	assert_string_equal(text, "ba7816bf");
	secret_clear(&secret);
	secret_fingerprint(&secret, text);
	assert_string_equal(text, "e3b0c442");
}

/* ---- No key is left behind ---- */

/* Random numbers straight into a secret, so that no copy is elsewhere. */
static void draw(struct secret *secret, size_t size)
{
	static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
	size_t i;

	assert_int_equal(secret_alloc(secret, size), 0);
	for (i = 0; i < size; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		secret->bytes[i] = (uint8_t)(state >> 56);
	}
}

/* A key that was just made: @copies secrets hold it, and nothing else does. */
static void watch_copies(const struct secret *secret, size_t copies)
{
	memory_watch(secret->bytes);
	assert_true(secret->size >= MEMORY_PATTERN_SIZE);
	assert_int_equal(memory_search_last(), copies);
}

static void watch(const struct secret *secret)
{
	watch_copies(secret, 1);
}

static void good(int error)
{
	assert_int_equal(error, 0);
}

static void derive_gba(const struct secret *ck, const struct secret *ik)
{
	static const uint8_t rand[RAND_SIZE] = { 1 };
	struct bootstrap_keys keys = { .mode = BOOTSTRAP_GBA_U };
	struct naf_id naf_id = { "bmsc.home1.net", UA_PROTOCOL_MBMS };
	struct secret ks = { 0 }, mrk = { 0 }, muk = { 0 }, prf = { 0 };

	good(kdf_ks(ck, ik, &ks, NULL));
	/* It begins with CK, which the caller still has. */
	watch_copies(&ks, 2);
	good(kdf_ks_naf(&ks, rand, "u@home1.net", &naf_id, &keys.key, NULL));
	watch(&keys.key);
	good(kdf_ks_int_naf(&ks, rand, "u@home1.net", &naf_id, &keys.internal,
			    NULL));
	watch(&keys.internal);
	good(kdf_mrk(&keys, &mrk, NULL));
	good(kdf_muk(&keys, &muk, NULL));
	good(kdf_mikey_prf(&muk, "label", 5, 40, &prf, NULL));
	watch(&prf);
	keys.mode = BOOTSTRAP_GBA_ME;
	secret_clear(&keys.internal);
	good(kdf_mrk(&keys, &mrk, NULL));
	watch(&mrk);
	bootstrap_keys_clear(&keys);
	secret_clear(&ks);
	secret_clear(&mrk);
	secret_clear(&muk);
	secret_clear(&prf);
}

static void derive_5gs(const struct secret *ck, const struct secret *ik)
{
	static const uint8_t zero[RAND_SIZE];
	struct naf_id af_id = { "bmsc.home1.net", UA_PROTOCOL_MBMS };
	struct tmgi tmgi = { 1, true, { 901, 70, 2 } };
	struct secret kausf = { 0 }, key = { 0 }, ik_prime = { 0 };
	uint8_t res_star[RES_STAR_SIZE];

	good(kdf_kausf(ck, ik, "5G:net", zero, &kausf, NULL));
	watch(&kausf);
	good(kdf_res_star(ck, ik, "5G:net", zero, zero, 8, res_star, NULL));
	memory_watch(res_star);
	OPENSSL_cleanse(res_star, sizeof(res_star));
	good(kdf_ck_ik_prime(ck, ik, "WLAN", zero, &key, &ik_prime, NULL));
	watch(&key);
	watch(&ik_prime);
	good(kdf_kmbs_ue(&kausf, &tmgi, &key, NULL));
	watch(&key);
	good(kdf_kakma(&kausf, "901700000000001", &key, NULL));
	watch(&key);
	good(kdf_kaf(&key, &af_id, &key, NULL));
	watch(&key);
	good(kdf_kseaf(&kausf, "5G:net", &kausf, NULL));
	watch(&kausf);
	good(kdf_kamf(&kausf, "901700000000001", zero, 2, &key, NULL));
	watch(&key);
	good(kdf_5gs_nas_key(&key, NAS_KEY_ENCRYPTION, 2, &key, NULL));
	watch(&key);
	secret_clear(&kausf);
	secret_clear(&key);
	secret_clear(&ik_prime);
}

static void derive_eps(const struct secret *ck, const struct secret *ik)
{
	static const uint8_t zero[SQN_SIZE];
	struct plmn plmn = { 1, 1, 2 };
	struct group_keys group = { 0 };
	struct secret kasme = { 0 }, key = { 0 };

	good(kdf_kasme(ck, ik, &plmn, zero, &kasme, NULL));
	watch(&kasme);
	good(kdf_eps_nas_key(&kasme, NAS_KEY_INTEGRITY, 2, &key, NULL));
	watch(&key);
	good(kdf_group_keys(&key, zero, 3, 1, &group, NULL));
	watch(&group.confidentiality);
	watch(&group.integrity);
	group_keys_clear(&group);
	secret_clear(&kasme);
	secret_clear(&key);
}

static void derive_media(void)
{
	static const uint16_t suites[] = { 1, 4, 5, 0xf001 };
	struct secret mtk = { 0 }, salt = { 0 };
	struct srtp_keys srtp = { 0 }, srtcp = { 0 };
	size_t i;

	draw(&mtk, 16);
	draw(&salt, 14);
	watch(&mtk);
	good(srtp_kdf(&mtk, &salt, &srtp, &srtcp, NULL));
	watch(&srtp.encryption);
	watch(&srtp.auth);
	watch(&srtcp.encryption);
	watch(&srtcp.auth);
	for (i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		struct sframe_keys keys = { 0 };

		good(sframe_kdf(&mtk, 1, suites[i], &keys, NULL));
		if (keys.cipher.size)
			watch(&keys.cipher);
		if (keys.auth.size)
			watch(&keys.auth);
		sframe_keys_clear(&keys);
	}
	srtp_keys_clear(&srtp);
	srtp_keys_clear(&srtcp);
	secret_clear(&mtk);
	secret_clear(&salt);
}

/* A run of AKA with a refused challenge, and all that follows from it. */
static void derive_all(void)
{
	static const uint8_t rand[RAND_SIZE] = { 7 };
	struct aka_sqn_policy policy = AKA_SQN_POLICY_DEFAULT;
	struct aka_sqn_array array = { { 0 } };
	struct secret k = { 0 }, op = { 0 };
	struct milenage milenage = { 0 };
	struct aka_vector vector = { 0 };
	struct aka_answer answer = { 0 };
	uint64_t sqn_ms;

	draw(&k, MILENAGE_KEY_SIZE);
	draw(&op, MILENAGE_KEY_SIZE);
	watch(&k);
	watch(&op);
	good(milenage_set_op(&milenage, &k, &op, NULL));
	watch(&milenage.opc);
	good(aka_vector_build(&milenage, rand, 32, 0, &vector, NULL));
	watch(&vector.ck);
	watch(&vector.ik);
	good(aka_challenge_check(&milenage, &array, &policy, rand, vector.autn,
				 &answer, NULL));
	watch_copies(&answer.ck, 2);
	watch_copies(&answer.ik, 2);
	assert_int_equal(aka_challenge_check(&milenage, &array, &policy, rand,
					     vector.autn, &answer, NULL),
			 -1);
	assert_true(answer.resynchronise);
	good(aka_auts_check(&milenage, rand, answer.auts, &sqn_ms, NULL));
	good(aka_autn_mask_gba_u(&vector.ik, vector.autn, NULL));
	derive_gba(&vector.ck, &vector.ik);
	derive_5gs(&vector.ck, &vector.ik);
	derive_eps(&vector.ck, &vector.ik);
	derive_media();
	aka_answer_clear(&answer);
	aka_vector_clear(&vector);
	milenage_clear(&milenage);
	secret_clear(&k);
	secret_clear(&op);
}

static void test_search_finds(void **state)
{
	struct secret key = { 0 };
	uint8_t *heap = malloc(MEMORY_PATTERN_SIZE);
	uint8_t stack[MEMORY_PATTERN_SIZE];

	(void)state;
	memory_forget();
	draw(&key, MEMORY_PATTERN_SIZE);
	watch(&key);
	/* In the secure heap, then in the heap, then on the stack. */
	assert_true(memory_search() >= 1);
	memcpy(heap, key.bytes, MEMORY_PATTERN_SIZE);
	secret_clear(&key);
	assert_true(memory_search() >= 1);
	/* Somebody else knows of it now, so that the copy is really made. */
	OPENSSL_cleanse(stack, sizeof(stack));
	memcpy(stack, heap, MEMORY_PATTERN_SIZE);
	OPENSSL_cleanse(heap, MEMORY_PATTERN_SIZE);
	assert_true(memory_search() >= 1);
	OPENSSL_cleanse(stack, sizeof(stack));
	assert_int_equal(memory_search(), 0);
	free(heap);
}

static void test_no_key_is_left(void **state)
{
	(void)state;
	memory_forget();
	derive_all();
	assert_true(memory_watched() >= 35);
	assert_int_equal(CRYPTO_secure_used(), 0);
	assert_int_equal(memory_search(), 0);
}

/* Also if a program has not set up the secure heap. */
static void test_no_key_is_left_in_heap(void **state)
{
	(void)state;
	assert_int_equal(CRYPTO_secure_malloc_done(), 1);
	memory_forget();
	derive_all();
	assert_int_equal(memory_search(), 0);
	assert_int_equal(CRYPTO_secure_malloc_init(1 << 16, 16), 1);
}

static int heap_setup(void **state)
{
	(void)state;
	return CRYPTO_secure_malloc_init(1 << 16, 16) == 1 ? 0 : -1;
}

static int heap_teardown(void **state)
{
	(void)state;
	/* Fails if something is still allocated. */
	return CRYPTO_secure_malloc_done() == 1 ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc_zeroes),
		cmocka_unit_test(test_alloc_bounds),
		cmocka_unit_test(test_set_from_itself),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_fingerprint),
		cmocka_unit_test(test_search_finds),
		cmocka_unit_test(test_no_key_is_left),
		cmocka_unit_test(test_no_key_is_left_in_heap),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, heap_setup, heap_teardown);
}
