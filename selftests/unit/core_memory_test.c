// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each derivation while memory runs out: every allocation of it fails once, and
 * then there is a fault, no output, and nothing that is not given back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "core/aka.h"
#include "core/group_wrap.h"
#include "core/kdf_5gs.h"
#include "core/kdf_eps.h"
#include "core/kdf_gba.h"
#include "core/kmbs_wrap.h"
#include "core/nas_sec.h"
#include "core/secret.h"
#include "core/sframe_kdf.h"
#include "core/srtp_kdf.h"

/* Allocations that still succeed, -1 for all. */
static long left = -1;
static unsigned long refused;

static bool refuse(void)
{
	if (left > 0)
		left--;
	else if (left == 0)
		refused++;
	return left == 0 && refused;
}

static void *hook_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return refuse() ? NULL : malloc(size);
}

static void *hook_realloc(void *old, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return refuse() ? NULL : realloc(old, size);
}

static void hook_free(void *old, const char *file, int line)
{
	(void)file;
	(void)line;
	free(old);
}

static struct secret key16, key32, salt14;
static const uint8_t zero[32];
static const struct naf_id naf_id = { "a.b", UA_PROTOCOL_MBMS };
static const struct plmn plmn = { 1, 1, 2 };
static const struct tmgi tmgi = { 1, true, { 1, 1, 2 } };
static struct milenage usim;
static struct fault fault;

static struct secret out, second;
static uint8_t octets[64];

/* Nothing may be in these after a failure. */
static bool outputs_empty(void)
{
	return !out.bytes && !second.bytes &&
	       !memcmp(octets, zero, sizeof(zero)) &&
	       !memcmp(octets + 32, zero, sizeof(zero));
}

static int run_generic(void)
{
	return kdf_derive(&key32, 1, NULL, 0, &out, &fault);
}

static int run_half(void)
{
	return kdf_derive_half(&key32, 1, NULL, 0, &out, &fault);
}

static int run_mikey(void)
{
	return kdf_mikey_prf(&key32, "x", 1, 40, &out, &fault);
}

static int run_ks(void)
{
	return kdf_ks(&key16, &key16, &out, &fault);
}

static int run_ks_naf(void)
{
	return kdf_ks_naf(&key32, zero, "u@d", &naf_id, &out, &fault);
}

static int run_user_keys(void)
{
	struct bootstrap_keys keys = { .mode = BOOTSTRAP_GBA_ME, .key = key32 };
	int error = kdf_mrk(&keys, &out, &fault);

	if (!error)
		error = kdf_muk(&keys, &second, &fault);
	if (error)
		secret_clear(&out);
	return error;
}

static int run_kausf(void)
{
	return kdf_kausf(&key16, &key16, "n", zero, &out, &fault);
}

static int run_ck_ik_prime(void)
{
	return kdf_ck_ik_prime(&key16, &key16, "n", zero, &out, &second,
			       &fault);
}

static int run_res_star(void)
{
	return kdf_res_star(&key16, &key16, "n", zero, zero, 8, octets, &fault);
}

static int run_hres_star(void)
{
	return kdf_hres_star(zero, zero, octets, &fault);
}

static int run_kamf(void)
{
	return kdf_kamf(&key32, "1", zero, 2, &out, &fault);
}

static int run_nas(void)
{
	return kdf_eps_nas_key(&key32, NAS_KEY_INTEGRITY, 2, &out, &fault);
}

static int run_a_tid(void)
{
	return kdf_a_tid(&key32, "1", octets, &fault);
}

static int run_kaf(void)
{
	return kdf_kaf(&key32, &naf_id, &out, &fault);
}

static int run_kmbs_ue(void)
{
	return kdf_kmbs_ue(&key32, &tmgi, &out, &fault);
}

static int run_kasme(void)
{
	return kdf_kasme(&key16, &key16, &plmn, zero, &out, &fault);
}

static int run_group(void)
{
	struct group_keys keys = { 0 };
	int error = kdf_group_keys(&key32, zero, 3, 1, &keys, &fault);

	out = keys.confidentiality;
	second = keys.integrity;
	return error;
}

static int run_srtp(void)
{
	struct srtp_keys srtp = { 0 }, srtcp = { 0 };
	int error = srtp_kdf(&key16, &salt14, &srtp, &srtcp, &fault);

	out = srtp.encryption;
	second = srtcp.salt;
	srtp.encryption = (struct secret){ 0 };
	srtcp.salt = (struct secret){ 0 };
	if (error && (srtp.auth.bytes || srtp.salt.bytes ||
		      srtcp.encryption.bytes || srtcp.auth.bytes))
		octets[0] = 1;
	srtp_keys_clear(&srtp);
	srtp_keys_clear(&srtcp);
	return error;
}

static int run_sframe(void)
{
	struct sframe_keys keys = { 0 };
	int error = sframe_kdf(&key16, 1, 1, &keys, &fault);

	out = keys.cipher;
	second = keys.salt;
	if (error && keys.auth.bytes)
		octets[0] = 1;
	secret_clear(&keys.auth);
	return error;
}

static int run_milenage_set(void)
{
	struct milenage milenage = { 0 };
	int error = milenage_set_op(&milenage, &key16, &key16, &fault);

	out = milenage.k;
	second = milenage.opc;
	return error;
}

static int run_f1(void)
{
	return milenage_f1(&usim, zero, 1, 1, octets, octets + 8, &fault);
}

static int run_f2345(void)
{
	struct milenage_output made = { 0 };
	int error = milenage_f2345(&usim, zero, &made, &fault);

	out = made.ck;
	second = made.ik;
	if (error && (made.res.bytes || made.ak || made.ak_star))
		octets[0] = 1;
	secret_clear(&made.res);
	return error;
}

static int run_vector(void)
{
	struct aka_vector vector = { 0 };
	int error = aka_vector_build(&usim, zero, 1, 1, &vector, &fault);

	out = vector.ck;
	second = vector.ik;
	memcpy(octets, vector.autn, AUTN_SIZE);
	secret_clear(&vector.xres);
	return error;
}

/* The state of the USIM is part of what may not change. */
static int run_challenge(void)
{
	static const struct aka_sqn_policy any;
	struct aka_sqn_array array = { { 0 } };
	static const struct aka_sqn_array empty;
	struct aka_answer answer = { 0 };
	struct aka_vector vector = { 0 };
	long kept = left;
	int error;

	left = -1;
	error = aka_vector_build(&usim, zero, 32, 1, &vector, &fault);
	left = kept;
	if (!error)
		error = aka_challenge_check(&usim, &array, &any, zero,
					    vector.autn, &answer, &fault);
	out = answer.ck;
	second = answer.ik;
	if (error &&
	    (memcmp(&array, &empty, sizeof(array)) || answer.resynchronise))
		octets[0] = 1;
	secret_clear(&answer.res);
	aka_vector_clear(&vector);
	return error;
}

/* A number that is not fresh is refused for that, unless there is no answer to it. */
static int run_stale_challenge(void)
{
	static const struct aka_sqn_policy any;
	struct aka_sqn_array array = { { 2 } };
	struct aka_answer answer = { 0 };
	struct aka_vector vector = { 0 };
	long kept = left;

	left = -1;
	if (aka_vector_build(&usim, zero, 32, 1, &vector, &fault))
		return -1;
	left = kept;
	assert_int_equal(aka_challenge_check(&usim, &array, &any, zero,
					     vector.autn, &answer, &fault),
			 -1);
	aka_vector_clear(&vector);
	assert_true(answer.resynchronise == (fault.code == FAULT_REPLAYED));
	if (fault.code == FAULT_MEMORY)
		return -1;
	fault = (struct fault){ 0 };
	return 0;
}

static int run_auts(void)
{
	return aka_auts_build(&usim, zero, 1, octets, &fault);
}

static int run_auts_check(void)
{
	uint8_t auts[AUTS_SIZE];
	uint64_t sqn_ms;
	long kept = left;
	int error;

	left = -1;
	error = aka_auts_build(&usim, zero, 1, auts, &fault);
	left = kept;
	if (!error)
		error = aka_auts_check(&usim, zero, auts, &sqn_ms, &fault);
	octets[0] = error ? 0 : (uint8_t)sqn_ms;
	return error;
}

static const struct nas_input input = { 1, 1, NAS_UPLINK };

static int run_cipher(void)
{
	return nas_cipher(&key16, &input, zero, 32, octets, &fault);
}

static int run_mac(void)
{
	return nas_mac(&key16, &input, zero, 32, octets, &fault);
}

/* Neither end's counter may move. */
static int run_protect(void)
{
	const struct nas_setup setup = {
		NAS_5GS,	   NAS_UPLINK, NAS_ALGORITHM_AES,
		NAS_ALGORITHM_AES, &key16,     &key16,
	};
	struct nas_security sender = { 0 }, receiver = { 0 };
	struct nas_received received;
	uint8_t message[32];
	size_t size;
	int error;

	error = nas_security_init(&sender, &setup, &fault);
	if (!error)
		error = nas_security_init(&receiver, &setup, &fault);
	receiver.sends = NAS_DOWNLINK;
	if (!error)
		error = nas_protect(&sender, NAS_CIPHERED, zero, 8, message,
				    sizeof(message), &size, &fault);
	if (error && sender.next_send)
		octets[0] = 1;
	if (!error)
		error = nas_unprotect(&receiver, message, size, octets,
				      sizeof(octets), &received, &fault);
	if (error && receiver.received)
		octets[0] = 1;
	nas_security_clear(&sender);
	nas_security_clear(&receiver);
	return error;
}

static const struct msk_ref kid = { { { 1, 2, 3 } }, 0x10001 };

static int run_kmbs(void)
{
	struct kmbs_wrapped wrapped = { 0 };
	int error = kmbs_wrap(&key32, &kid, &key16, &wrapped, &fault);

	memcpy(octets, &wrapped, sizeof(wrapped));
	if (!error)
		error = kmbs_unwrap(&key32, &kid, &wrapped, &out, &fault);
	if (error && !out.bytes)
		memset(octets, 0, sizeof(octets));
	return error;
}

static int run_mtk(void)
{
	uint8_t encrypted[MTK_ENCRYPTED_SIZE];
	int error = mtk_encrypt(&key16, &kid, 1, &key16, encrypted, &fault);

	if (error)
		memcpy(octets, encrypted, sizeof(encrypted));
	else
		error = mtk_decrypt(&key16, &kid, 1, encrypted, &out, &fault);
	return error;
}

static int run_group_wrap(void)
{
	const struct group_binding binding = { zero, 3, 1, 0x22, false, 0 };
	struct group_keys keys = { key16, key16 }, back = { 0 };
	uint8_t wrapped[GROUP_KEYS_WRAPPED_SIZE];
	int error = group_keys_wrap(&key32, &binding, &keys, wrapped, &fault);

	if (error)
		memcpy(octets, wrapped, sizeof(wrapped));
	else
		error = group_keys_unwrap(&key32, &binding, wrapped, &back,
					  &fault);
	out = back.confidentiality;
	second = back.integrity;
	return error;
}

static const struct {
	const char *name;
	int (*run)(void);
} operations[] = {
	{ "generic", run_generic },
	{ "half", run_half },
	{ "mikey", run_mikey },
	{ "ks", run_ks },
	{ "ks_naf", run_ks_naf },
	{ "user keys", run_user_keys },
	{ "kausf", run_kausf },
	{ "ck_ik_prime", run_ck_ik_prime },
	{ "res_star", run_res_star },
	{ "hres_star", run_hres_star },
	{ "kamf", run_kamf },
	{ "nas", run_nas },
	{ "a_tid", run_a_tid },
	{ "kaf", run_kaf },
	{ "kmbs_ue", run_kmbs_ue },
	{ "kasme", run_kasme },
	{ "group", run_group },
	{ "srtp", run_srtp },
	{ "sframe", run_sframe },
	{ "milenage_set", run_milenage_set },
	{ "f1", run_f1 },
	{ "f2345", run_f2345 },
	{ "vector", run_vector },
	{ "challenge", run_challenge },
	{ "stale challenge", run_stale_challenge },
	{ "auts", run_auts },
	{ "auts_check", run_auts_check },
	{ "cipher", run_cipher },
	{ "mac", run_mac },
	{ "protect", run_protect },
	{ "kmbs", run_kmbs },
	{ "mtk", run_mtk },
	{ "group wrap", run_group_wrap },
};

static void clear(void)
{
	secret_clear(&out);
	secret_clear(&second);
	memset(octets, 0, sizeof(octets));
	fault = (struct fault){ 0 };
}

/* Runs it with @allowed allocations; false if it needs no more. */
static bool run_with(size_t which, long allowed)
{
	int error;

	clear();
	refused = 0;
	left = allowed;
	error = operations[which].run();
	left = -1;
	if (!refused) {
		assert_int_equal(error, 0);
		assert_int_equal(fault.code, FAULT_NONE);
		return false;
	}
	/* The library may do without some memory, for error texts and such. */
	if (!error) {
		assert_int_equal(fault.code, FAULT_NONE);
		return true;
	}
	if (fault.code != FAULT_MEMORY)
		fail_msg("%s with %ld allocations: %s", operations[which].name,
			 allowed, fault.text);
	if (!outputs_empty())
		fail_msg("%s with %ld allocations: output is not empty",
			 operations[which].name, allowed);
	return true;
}

static void test_each_allocation_fails(void **state)
{
	unsigned long failures = 0;
	size_t i;
	long n;

	(void)state;
	for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		/* What the library sets up once stays out of it. */
		assert_false(run_with(i, -1));
		for (n = 0; run_with(i, n); n++) {
			failures++;
			assert_true(n < 1000);
		}
		assert_true(n > 0);
	}
	assert_true(failures > 100);
	clear();
}

/* The library is there, and what is needed of it is not: a policy of the system
 * or a damaged configuration can do that.
 */
static void test_no_algorithm(void **state)
{
	size_t i, failures = 0;
	int error;

	(void)state;
	assert_int_equal(EVP_set_default_properties(NULL, "provider=none"), 1);
	for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		clear();
		error = operations[i].run();
		if (!error)
			continue;
		failures++;
		if (fault.code != FAULT_MEMORY || !outputs_empty())
			fail_msg("%s: %s", operations[i].name, fault.text);
	}
	assert_int_equal(EVP_set_default_properties(NULL, ""), 1);
	/* Ks is made of CK and IK as they are. */
	assert_int_equal(failures,
			 sizeof(operations) / sizeof(operations[0]) - 1);
	clear();
}

static void test_secret_without_memory(void **state)
{
	struct secret secret = { 0 };

	(void)state;
	assert_int_equal(secret_set(&secret, "x", 1), 0);
	left = 0;
	assert_int_equal(secret_set(&secret, "y", 1), -1);
	assert_null(secret.bytes);
	assert_int_equal(secret_alloc(&secret, 1), -1);
	left = -1;
	assert_null(secret.bytes);
}

static int setup(void **state)
{
	(void)state;
	return secret_set(&key16, zero, 16) || secret_set(&key32, zero, 32) ||
			       secret_set(&salt14, zero, 14) ||
			       milenage_set(&usim, &key16, &key16, NULL) ?
		       -1 :
		       0;
}

static int teardown(void **state)
{
	(void)state;
	milenage_clear(&usim);
	secret_clear(&key16);
	secret_clear(&key32);
	secret_clear(&salt14);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_allocation_fails),
		cmocka_unit_test(test_no_algorithm),
		cmocka_unit_test(test_secret_without_memory),
	};

	/* Before the library allocates anything. */
	if (CRYPTO_set_mem_functions(hook_malloc, hook_realloc, hook_free) != 1)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
