// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Wrapped keys from anywhere. The first octet says which: 'k' RFC 3394, 'm' KMBS,
 * 'g' group keys, 't' encrypted MTK; then what the wrap is bound to, then the
 * octets. Nothing unwraps but what was wrapped with the same key and binding, and
 * a refusal leaves no key.
 */
#include "core/group_wrap.h"
#include "core/kmbs_wrap.h"
#include "fuzz.h"

static struct secret make_secret(uint8_t fill, size_t size)
{
	struct secret secret = { 0 };

	fuzz_check(!secret_alloc(&secret, size));
	memset(secret.bytes, fill, size);
	return secret;
}

static void check_refusal(const struct secret *key, const struct fault *fault)
{
	fuzz_check(!key->bytes && !key->size);
	fuzz_check(fault->code && strlen(fault->text) > 10);
}

/* Any size; what unwraps, wraps to the same again. */
static void plain(struct fuzz_input *input)
{
	struct secret kek =
		make_secret((uint8_t)fuzz_take(input, 1), KEY_WRAP_KEY_SIZE);
	uint8_t again[KEY_WRAP_MAX + KEY_WRAP_CHECK_SIZE];
	uint8_t *copy = fuzz_copy(input->data, input->size);
	struct secret key = make_secret(1, 16);
	struct fault fault = { 0 };

	if (key_unwrap(&kek, copy, input->size, &key, &fault)) {
		check_refusal(&key, &fault);
	} else {
		fuzz_check(!key_wrap(&kek, &key, again, NULL));
		fuzz_check(key.size + KEY_WRAP_CHECK_SIZE == input->size);
		fuzz_check(!memcmp(again, copy, input->size));
	}
	secret_clear(&key);
	secret_clear(&kek);
	free(copy);
}

static struct msk_ref take_kid(struct fuzz_input *input)
{
	struct msk_ref kid;
	size_t i;

	for (i = 0; i < KEY_DOMAIN_ID_SIZE; i++)
		kid.domain.octets[i] = (uint8_t)fuzz_take(input, 1);
	kid.msk_id = (uint32_t)fuzz_take(input, 4);
	return kid;
}

static void take_octets(struct fuzz_input *input, uint8_t *octets, size_t size)
{
	while (size--)
		*octets++ = (uint8_t)fuzz_take(input, 1);
}

static void kmbs(struct fuzz_input *input)
{
	struct secret ue = make_secret((uint8_t)fuzz_take(input, 1), KDF_SIZE);
	struct msk_ref kid = take_kid(input), other = kid;
	struct secret key = make_secret(1, KMBS_SIZE);
	struct kmbs_wrapped wrapped, again;
	struct fault fault = { 0 };

	take_octets(input, wrapped.check, sizeof(wrapped.check));
	take_octets(input, wrapped.key, sizeof(wrapped.key));
	other.msk_id ^= 1;
	if (kmbs_unwrap(&ue, &kid, &wrapped, &key, &fault)) {
		check_refusal(&key, &fault);
	} else {
		fuzz_check(!kmbs_wrap(&ue, &kid, &key, &again, NULL));
		fuzz_check(!memcmp(&again, &wrapped, sizeof(again)));
		fuzz_check(kmbs_unwrap(&ue, &other, &wrapped, &key, NULL));
	}
	secret_clear(&key);
	secret_clear(&ue);
}

static void group(struct fuzz_input *input)
{
	struct secret kasme =
		make_secret((uint8_t)fuzz_take(input, 1), KDF_SIZE);
	uint8_t wrapped[GROUP_KEYS_WRAPPED_SIZE];
	uint8_t again[GROUP_KEYS_WRAPPED_SIZE];
	struct group_binding binding = {
		.key_index = (uint16_t)fuzz_take(input, 2),
		.algorithms = (uint8_t)fuzz_take(input, 1),
		.has_lifetime = fuzz_take(input, 1) & 1,
		.lifetime = (uint32_t)fuzz_take(input, 4),
	};
	struct group_keys keys = { 0 };
	struct fault fault = { 0 };
	uint8_t *id;

	take_octets(input, wrapped, sizeof(wrapped));
	id = fuzz_copy(input->data, input->size);
	binding.group_id = id;
	binding.group_id_size = input->size;
	if (group_keys_unwrap(&kasme, &binding, wrapped, &keys, &fault)) {
		check_refusal(&keys.confidentiality, &fault);
		check_refusal(&keys.integrity, &fault);
	} else {
		fuzz_check(
			!group_keys_wrap(&kasme, &binding, &keys, again, NULL));
		fuzz_check(!memcmp(again, wrapped, sizeof(again)));
	}
	group_keys_clear(&keys);
	secret_clear(&kasme);
	free(id);
}

/* Without a check value: it decrypts always, and back. */
static void mtk(struct fuzz_input *input)
{
	struct secret msk = make_secret((uint8_t)fuzz_take(input, 1), 16);
	struct msk_ref kid = take_kid(input);
	uint16_t mtk_id = (uint16_t)fuzz_take(input, 2);
	uint8_t encrypted[MTK_ENCRYPTED_SIZE], again[MTK_ENCRYPTED_SIZE];
	struct secret key = { 0 };

	take_octets(input, encrypted, sizeof(encrypted));
	fuzz_check(!mtk_decrypt(&msk, &kid, mtk_id, encrypted, &key, NULL));
	fuzz_check(!mtk_encrypt(&msk, &kid, mtk_id, &key, again, NULL));
	fuzz_check(!memcmp(again, encrypted, sizeof(again)));
	secret_clear(&key);
	secret_clear(&msk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };

	switch (fuzz_take(&input, 1)) {
	case 'k':
		plain(&input);
		break;
	case 'm':
		kmbs(&input);
		break;
	case 'g':
		group(&input);
		break;
	case 't':
		mtk(&input);
		break;
	}
	return 0;
}
