// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdf_eps.h"

#define FC_KASME 0x10
#define FC_NAS 0x15

int kdf_kasme(const struct secret *ck, const struct secret *ik,
	      const struct plmn *plmn, const uint8_t sqn_xor_ak[SQN_SIZE],
	      struct secret *kasme, struct fault *fault)
{
	struct secret key = { 0 };
	uint8_t network[PLMN_SIZE];
	int error = plmn_encode(plmn, network, fault);

	if (!error)
		error = kdf_ks(ck, ik, &key, fault);
	if (error) {
		secret_clear(kasme);
		return -1;
	}
	error = kdf_derive(&key, FC_KASME,
			   (struct kdf_parameter[]){ { network, PLMN_SIZE },
						     { sqn_xor_ak, SQN_SIZE } },
			   2, kasme, fault);
	secret_clear(&key);
	return error;
}

int kdf_eps_nas_key(const struct secret *kasme, enum nas_key_type type,
		    unsigned int algorithm, struct secret *key,
		    struct fault *fault)
{
	return kdf_nas_key(kasme, FC_NAS, type, algorithm, key, fault);
}

static int group_key_derive(const struct secret *gk, uint8_t type,
			    const uint8_t *group_id, size_t group_id_size,
			    const uint8_t index[2], struct secret *out,
			    struct fault *fault)
{
	return kdf_derive_half(
		gk, KDF_FC_GROUP,
		(struct kdf_parameter[]){ { &type, 1 },
					  { group_id, group_id_size },
					  { index, 2 } },
		3, out, fault);
}

int kdf_group_keys(const struct secret *gk, const uint8_t *group_id,
		   size_t group_id_size, uint16_t key_index,
		   struct group_keys *keys, struct fault *fault)
{
	uint8_t index[2] = { (uint8_t)(key_index >> 8), (uint8_t)key_index };
	int error = 0;

	if (gk->size != 16 && gk->size != 32)
		error = fault_set(fault, FAULT_ARGUMENT,
				  "group key has %zu octets, not 16 or 32",
				  gk->size);
	else if (!group_id_size || group_id_size > GROUP_ID_SIZE_MAX)
		error = fault_set(fault, FAULT_ARGUMENT,
				  "group id has %zu octets, not 1 to %d",
				  group_id_size, GROUP_ID_SIZE_MAX);
	if (error ||
	    group_key_derive(gk, 1, group_id, group_id_size, index,
			     &keys->confidentiality, fault) ||
	    group_key_derive(gk, 2, group_id, group_id_size, index,
			     &keys->integrity, fault)) {
		group_keys_clear(keys);
		return -1;
	}
	return 0;
}

void group_keys_clear(struct group_keys *keys)
{
	secret_clear(&keys->confidentiality);
	secret_clear(&keys->integrity);
}
