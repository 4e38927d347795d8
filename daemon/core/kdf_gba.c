// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "kdf_gba.h"
#include "mbms_profile.h"
#include "text.h"

#define FC_GBA 0x01

int kdf_ks(const struct secret *ck, const struct secret *ik, struct secret *ks,
	   struct fault *fault)
{
	struct secret joined = { 0 };
	int error = 0;

	if (ck->size != CK_SIZE || ik->size != IK_SIZE) {
		error = fault_set(fault, FAULT_ARGUMENT,
				  "CK and IK have %zu and %zu octets, not 16",
				  ck->size, ik->size);
	} else if (secret_alloc(&joined, KS_SIZE)) {
		error = fault_set(fault, FAULT_MEMORY, "no memory for Ks");
	} else {
		memcpy(joined.bytes, ck->bytes, CK_SIZE);
		memcpy(joined.bytes + CK_SIZE, ik->bytes, IK_SIZE);
	}
	secret_clear(ks);
	*ks = joined;
	return error;
}

static int ks_derive(const char *label, const struct secret *ks,
		     const uint8_t rand[RAND_SIZE], const char *impi,
		     const struct naf_id *naf_id, struct secret *out,
		     struct fault *fault)
{
	uint8_t octets[NAF_ID_SIZE_MAX];
	size_t size = 0, length = strnlen(impi, IMPI_TEXT_SIZE);
	int error = secret_check(ks, KS_SIZE, "Ks", fault);

	if (!error && (!length || length >= IMPI_TEXT_SIZE ||
		       !text_is_plain(impi, length)))
		error = fault_set(fault, FAULT_ARGUMENT,
				  "IMPI is empty, too long or not plain text");
	if (!error)
		error = naf_id_encode(naf_id, octets, &size, fault);
	if (error) {
		secret_clear(out);
		return -1;
	}
	return kdf_derive(ks, FC_GBA,
			  (struct kdf_parameter[]){ { label, strlen(label) },
						    { rand, RAND_SIZE },
						    { impi, length },
						    { octets, size } },
			  4, out, fault);
}

int kdf_ks_naf(const struct secret *ks, const uint8_t rand[RAND_SIZE],
	       const char *impi, const struct naf_id *naf_id,
	       struct secret *ks_naf, struct fault *fault)
{
	return ks_derive("gba-me", ks, rand, impi, naf_id, ks_naf, fault);
}

int kdf_ks_int_naf(const struct secret *ks, const uint8_t rand[RAND_SIZE],
		   const char *impi, const struct naf_id *naf_id,
		   struct secret *ks_int_naf, struct fault *fault)
{
	return ks_derive("gba-u", ks, rand, impi, naf_id, ks_int_naf, fault);
}

static int bootstrap_keys_check(const struct bootstrap_keys *keys,
				struct fault *fault)
{
	switch (keys->mode) {
	case BOOTSTRAP_GBA_ME:
		if (secret_check(&keys->key, KS_SIZE, "Ks_NAF", fault))
			return -1;
		break;
	case BOOTSTRAP_AKMA:
		if (secret_check(&keys->key, KS_SIZE, "KAF", fault))
			return -1;
		break;
	case BOOTSTRAP_GBA_U:
		if (secret_check(&keys->key, KS_SIZE, "Ks_ext_NAF", fault))
			return -1;
		return secret_check(&keys->internal, KS_SIZE, "Ks_int_NAF",
				    fault);
	default:
		return fault_set(fault, FAULT_ARGUMENT,
				 "bootstrapping mode %d is unknown",
				 (int)keys->mode);
	}
	if (keys->internal.size)
		return fault_set(fault, FAULT_ARGUMENT,
				 "Ks_int_NAF is given without GBA_U");
	return 0;
}

static int copy(struct secret *out, const struct secret *key,
		struct fault *fault)
{
	if (!secret_set(out, key->bytes, key->size))
		return 0;
	return fault_set(fault, FAULT_MEMORY, "no memory for a key");
}

int kdf_mrk(const struct bootstrap_keys *keys, struct secret *mrk,
	    struct fault *fault)
{
	if (bootstrap_keys_check(keys, fault)) {
		secret_clear(mrk);
		return -1;
	}
	if (keys->mode == BOOTSTRAP_GBA_U)
		return copy(mrk, &keys->key, fault);
	return kdf_derive(&keys->key, MBMS_MRK_FC,
			  (struct kdf_parameter[]){
				  { MBMS_MRK_P0, strlen(MBMS_MRK_P0) } },
			  1, mrk, fault);
}

int kdf_muk(const struct bootstrap_keys *keys, struct secret *muk,
	    struct fault *fault)
{
	if (bootstrap_keys_check(keys, fault)) {
		secret_clear(muk);
		return -1;
	}
	return copy(muk,
		    keys->mode == BOOTSTRAP_GBA_U ? &keys->internal :
						    &keys->key,
		    fault);
}

void bootstrap_keys_clear(struct bootstrap_keys *keys)
{
	secret_clear(&keys->key);
	secret_clear(&keys->internal);
	*keys = (struct bootstrap_keys){ 0 };
}
