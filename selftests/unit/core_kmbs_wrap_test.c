// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys under keys: RFC 3394, KMBS, encrypted MTK, group keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/group_wrap.h"
#include "core/kmbs_wrap.h"
#include "vectors.h"

static json_t *list;

static int setup(void **state)
{
	(void)state;
	list = vectors_load("kmbs");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	json_decref(list);
	return 0;
}

static struct msk_ref vector_kid(const json_t *vector)
{
	uint8_t octets[4];
	struct msk_ref kid;

	vectors_octets(vector, "key-domain", kid.domain.octets,
		       KEY_DOMAIN_ID_SIZE);
	vectors_octets(vector, "msk-id", octets, 4);
	kid.msk_id = msk_id_make((uint16_t)(octets[0] << 8 | octets[1]),
				 (uint16_t)(octets[2] << 8 | octets[3]));
	return kid;
}

static void unwrap_refused(const struct secret *kek, const uint8_t *wrapped,
			   size_t size, enum fault_code code)
{
	struct fault fault = { 0 };
	struct secret key = { 0 };

	assert_int_equal(secret_set(&key, "left from before", 16), 0);
	assert_int_equal(key_unwrap(kek, wrapped, size, &key, &fault), -1);
	assert_int_equal(fault.code, code);
	assert_null(key.bytes);
}

static void test_rfc3394(void **state)
{
	const json_t *vector =
		vectors_find(list, "128 bits under a key of 128 bits");
	uint8_t wrapped[KEY_WRAP_MAX + 16] = { 0 };
	struct secret kek = { 0 }, key = { 0 }, out = { 0 };
	size_t size, i;

	(void)state;
	vectors_secret(vector, "kek", &kek);
	vectors_secret(vector, "key", &key);
	assert_int_equal(key_wrap(&kek, &key, wrapped, NULL), 0);
	vectors_match(vector, "wrapped", wrapped, 24);
	assert_int_equal(key_unwrap(&kek, wrapped, 24, &out, NULL), 0);
	vectors_match_secret(vector, "key", &out);
	for (i = 0; i < 24 * 8; i++) {
		wrapped[i / 8] ^= (uint8_t)(1 << i % 8);
		unwrap_refused(&kek, wrapped, 24, FAULT_UNAUTHENTIC);
		wrapped[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	for (size = 0; size <= sizeof(wrapped); size++)
		if (size != 24)
			unwrap_refused(&kek, wrapped, size,
				       size >= 24 && size % 8 == 0 &&
						       size <= KEY_WRAP_MAX +
								       8 ?
					       FAULT_UNAUTHENTIC :
					       FAULT_ARGUMENT);
	unwrap_refused(&out, wrapped, 24, FAULT_UNAUTHENTIC);
	secret_clear(&out);
	unwrap_refused(&out, wrapped, 24, FAULT_ARGUMENT);
	assert_int_equal(key_wrap(&out, &key, wrapped, NULL), -1);
	assert_int_equal(key_wrap(&key, &out, wrapped, NULL), -1);
	assert_int_equal(secret_alloc(&out, KEY_WRAP_MAX), 0);
	assert_int_equal(key_wrap(&kek, &out, wrapped, NULL), 0);
	assert_int_equal(secret_alloc(&out, KEY_WRAP_MAX + 8), 0);
	assert_int_equal(key_wrap(&kek, &out, wrapped, NULL), -1);
	secret_clear(&kek);
	secret_clear(&key);
	secret_clear(&out);
}

static void kmbs_refused(const struct secret *kmbs_ue,
			 const struct msk_ref *kid,
			 const struct kmbs_wrapped *wrapped,
			 enum fault_code code)
{
	struct fault fault = { 0 };
	struct secret out = { 0 };

	assert_int_equal(secret_set(&out, "before", 6), 0);
	assert_int_equal(kmbs_unwrap(kmbs_ue, kid, wrapped, &out, &fault), -1);
	assert_int_equal(fault.code, code);
	assert_null(out.bytes);
}

static void check_kmbs(const char *name)
{
	const json_t *vector = vectors_find(list, name);
	struct secret ue = { 0 }, kmbs = { 0 }, out = { 0 };
	struct msk_ref kid = vector_kid(vector), other = kid;
	struct kmbs_wrapped wrapped, changed;
	uint8_t both[KMBS_WRAPPED_SIZE];
	size_t i;

	vectors_secret(vector, "kmbs-ue", &ue);
	vectors_secret(vector, "kmbs", &kmbs);
	assert_int_equal(kmbs_wrap(&ue, &kid, &kmbs, &wrapped, NULL), 0);
	memcpy(both, wrapped.check, KEY_WRAP_CHECK_SIZE);
	memcpy(both + KEY_WRAP_CHECK_SIZE, wrapped.key, KMBS_SIZE);
	vectors_match(vector, "wrapped", both, sizeof(both));
	assert_int_equal(kmbs_unwrap(&ue, &kid, &wrapped, &out, NULL), 0);
	vectors_match_secret(vector, "kmbs", &out);
	/* Another id, another domain, another UE or group. */
	other.msk_id++;
	kmbs_refused(&ue, &other, &wrapped, FAULT_UNAUTHENTIC);
	other = kid;
	other.domain.octets[2] ^= 0x10;
	kmbs_refused(&ue, &other, &wrapped, FAULT_UNAUTHENTIC);
	for (i = 0; i < KMBS_WRAPPED_SIZE; i++) {
		changed = wrapped;
		if (i < KEY_WRAP_CHECK_SIZE)
			changed.check[i] ^= 1;
		else
			changed.key[i - KEY_WRAP_CHECK_SIZE] ^= 0x80;
		kmbs_refused(&ue, &kid, &changed, FAULT_UNAUTHENTIC);
	}
	kmbs_refused(&kmbs, &kid, &wrapped, FAULT_ARGUMENT);
	ue.bytes[0] ^= 1;
	kmbs_refused(&ue, &kid, &wrapped, FAULT_UNAUTHENTIC);
	assert_int_equal(kmbs_wrap(&ue, &kid, &ue, &wrapped, NULL), -1);
	assert_int_equal(kmbs_wrap(&kmbs, &kid, &kmbs, &wrapped, NULL), -1);
	memset(&changed, 0, sizeof(changed));
	assert_memory_equal(&wrapped, &changed, sizeof(wrapped));
	secret_clear(&ue);
	secret_clear(&kmbs);
	secret_clear(&out);
}

static void test_kmbs(void **state)
{
	(void)state;
	check_kmbs("KMBS of the group 00000a-901-70");
	check_kmbs("the same KMBS with the next KID");
}

static void test_mtk(void **state)
{
	const json_t *vector = vectors_find(list, "encrypted MTK");
	struct secret msk = { 0 }, mtk = { 0 }, out = { 0 };
	uint8_t encrypted[MTK_ENCRYPTED_SIZE], zero[16] = { 0 };
	struct msk_ref kid = vector_kid(vector);

	(void)state;
	vectors_secret(vector, "msk", &msk);
	vectors_secret(vector, "mtk", &mtk);
	assert_int_equal(mtk_encrypt(&msk, &kid, 1, &mtk, encrypted, NULL), 0);
	vectors_match(vector, "encrypted", encrypted, sizeof(encrypted));
	assert_int_equal(mtk_decrypt(&msk, &kid, 1, encrypted, &out, NULL), 0);
	vectors_match_secret(vector, "mtk", &out);
	/* Another id or MSK gives another key, and no error: no room for it. */
	assert_int_equal(mtk_decrypt(&msk, &kid, 2, encrypted, &out, NULL), 0);
	assert_false(secret_equal(&out, &mtk));
	kid.msk_id++;
	assert_int_equal(mtk_decrypt(&msk, &kid, 1, encrypted, &out, NULL), 0);
	assert_false(secret_equal(&out, &mtk));
	secret_clear(&msk);
	assert_int_equal(mtk_decrypt(&msk, &kid, 1, encrypted, &out, NULL), -1);
	assert_null(out.bytes);
	assert_int_equal(mtk_encrypt(&msk, &kid, 1, &mtk, encrypted, NULL), -1);
	assert_memory_equal(encrypted, zero, 16);
	assert_int_equal(mtk_encrypt(&mtk, &kid, 1, &msk, encrypted, NULL), -1);
	secret_clear(&mtk);
}

static void group_refused(const struct secret *kasme,
			  const struct group_binding *binding,
			  const uint8_t *wrapped, enum fault_code code)
{
	struct group_keys keys = { { 0 }, { 0 } };
	struct fault fault = { 0 };

	assert_int_equal(
		group_keys_unwrap(kasme, binding, wrapped, &keys, &fault), -1);
	assert_int_equal(fault.code, code);
	assert_null(keys.confidentiality.bytes);
	assert_null(keys.integrity.bytes);
}

static void check_group(const char *name, bool has_lifetime)
{
	const json_t *vector = vectors_find(list, name);
	struct group_keys keys = { { 0 }, { 0 } }, out = { { 0 }, { 0 } };
	uint8_t wrapped[GROUP_KEYS_WRAPPED_SIZE], group_id[6];
	struct group_binding binding = {
		group_id, 6, 1, 0x22, has_lifetime, has_lifetime ? 3600 : 0
	};
	struct group_binding other = binding;
	struct secret kasme = { 0 };
	size_t i;

	vectors_octets(vector, "group-id", group_id, 6);
	vectors_secret(vector, "kasme", &kasme);
	vectors_secret(vector, "confidentiality", &keys.confidentiality);
	vectors_secret(vector, "integrity", &keys.integrity);
	assert_int_equal(
		group_keys_wrap(&kasme, &binding, &keys, wrapped, NULL), 0);
	vectors_match(vector, "wrapped", wrapped, sizeof(wrapped));
	assert_int_equal(
		group_keys_unwrap(&kasme, &binding, wrapped, &out, NULL), 0);
	assert_true(secret_equal(&keys.confidentiality, &out.confidentiality));
	assert_true(secret_equal(&keys.integrity, &out.integrity));
	for (i = 0; i < sizeof(wrapped); i++) {
		wrapped[i] ^= 0x40;
		group_refused(&kasme, &binding, wrapped, FAULT_UNAUTHENTIC);
		wrapped[i] ^= 0x40;
	}
	other.group_id_size = 5;
	group_refused(&kasme, &other, wrapped, FAULT_UNAUTHENTIC);
	other.group_id_size = 0;
	group_refused(&kasme, &other, wrapped, FAULT_ARGUMENT);
	other = binding;
	other.key_index++;
	group_refused(&kasme, &other, wrapped, FAULT_UNAUTHENTIC);
	other = binding;
	other.algorithms = 0;
	group_refused(&kasme, &other, wrapped, FAULT_UNAUTHENTIC);
	other = binding;
	other.has_lifetime = true;
	other.lifetime++;
	group_refused(&kasme, &other, wrapped, FAULT_UNAUTHENTIC);
	group_refused(&keys.integrity, &binding, wrapped, FAULT_ARGUMENT);
	secret_clear(&keys.integrity);
	assert_int_equal(
		group_keys_wrap(&kasme, &binding, &keys, wrapped, NULL), -1);
	for (i = 0; i < sizeof(wrapped); i++)
		assert_int_equal(wrapped[i], 0);
	group_keys_clear(&keys);
	group_keys_clear(&out);
	secret_clear(&kasme);
}

static void test_group_keys(void **state)
{
	(void)state;
	check_group("group keys", false);
	check_group("group keys for an hour", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc3394),
		cmocka_unit_test(test_kmbs),
		cmocka_unit_test(test_mtk),
		cmocka_unit_test(test_group_keys),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
