// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "buf.h"
#include "group_wrap.h"

#define KASME_SIZE 32

static int wrap_key_derive(const struct secret *kasme,
			   const struct group_binding *binding,
			   struct secret *kek, struct fault *fault)
{
	uint8_t numbers[2 + 1 + 4];
	struct writer writer;
	struct kdf_parameter parameters[] = {
		{ binding->group_id, binding->group_id_size },
		{ numbers, 2 },
		{ numbers + 2, 1 },
		{ numbers + 3, binding->has_lifetime ? 4 : 0 },
	};

	if (secret_check(kasme, KASME_SIZE, "KASME", fault))
		return -1;
	if (!binding->group_id_size ||
	    binding->group_id_size > GROUP_ID_SIZE_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "group id has %zu octets, not 1 to %d",
				 binding->group_id_size, GROUP_ID_SIZE_MAX);
	writer_init(&writer, numbers, sizeof(numbers));
	writer_u16(&writer, binding->key_index);
	writer_u8(&writer, binding->algorithms);
	writer_u32(&writer, binding->lifetime);
	return kdf_derive_half(kasme, KDF_FC_GROUP_WRAP, parameters, 4, kek,
			       fault);
}

int group_keys_wrap(const struct secret *kasme,
		    const struct group_binding *binding,
		    const struct group_keys *keys,
		    uint8_t wrapped[GROUP_KEYS_WRAPPED_SIZE],
		    struct fault *fault)
{
	struct secret kek = { 0 }, both = { 0 };
	int error = 0;

	memset(wrapped, 0, GROUP_KEYS_WRAPPED_SIZE);
	if (keys->confidentiality.size != GROUP_KEY_SIZE ||
	    keys->integrity.size != GROUP_KEY_SIZE)
		return fault_set(fault, FAULT_ARGUMENT,
				 "group keys do not have %d octets",
				 GROUP_KEY_SIZE);
	if (secret_alloc(&both, GROUP_KEYS_SIZE))
		return fault_set(fault, FAULT_MEMORY,
				 "no memory for group keys");
	memcpy(both.bytes, keys->confidentiality.bytes, GROUP_KEY_SIZE);
	memcpy(both.bytes + GROUP_KEY_SIZE, keys->integrity.bytes,
	       GROUP_KEY_SIZE);
	error = wrap_key_derive(kasme, binding, &kek, fault);
	if (!error)
		error = key_wrap(&kek, &both, wrapped, fault);
	secret_clear(&both);
	secret_clear(&kek);
	return error;
}

int group_keys_unwrap(const struct secret *kasme,
		      const struct group_binding *binding,
		      const uint8_t wrapped[GROUP_KEYS_WRAPPED_SIZE],
		      struct group_keys *keys, struct fault *fault)
{
	struct secret kek = { 0 }, both = { 0 };
	int error = wrap_key_derive(kasme, binding, &kek, fault);

	group_keys_clear(keys);
	if (!error)
		error = key_unwrap(&kek, wrapped, GROUP_KEYS_WRAPPED_SIZE,
				   &both, fault);
	if (!error &&
	    (secret_set(&keys->confidentiality, both.bytes, GROUP_KEY_SIZE) ||
	     secret_set(&keys->integrity, both.bytes + GROUP_KEY_SIZE,
			GROUP_KEY_SIZE)))
		error = fault_set(fault, FAULT_MEMORY,
				  "no memory for group keys");
	secret_clear(&both);
	secret_clear(&kek);
	if (error)
		group_keys_clear(keys);
	return error;
}
