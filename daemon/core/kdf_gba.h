/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys of generic bootstrapping (TS 33.220) and of the MBMS user (TS 33.246),
 * with AKMA (TS 33.535, TS 33.501 W.4) in the place of bootstrapping. Rules for
 * outputs and faults are in kdf.h.
 */
#ifndef CORE_KDF_GBA_H
#define CORE_KDF_GBA_H

#include "kdf.h"
#include "names.h"

#define CK_SIZE 16
#define IK_SIZE 16
#define KS_SIZE 32

/* Ks = CK || IK (TS 33.220, 4.5.2). */
int kdf_ks(const struct secret *ck, const struct secret *ik, struct secret *ks,
	   struct fault *fault);
/* Ks_NAF with GBA_ME, and Ks_ext_NAF with GBA_U, which have the same formula
 * (TS 33.220, B.3): FC 01, "gba-me", RAND, IMPI, NAF_Id.
 */
int kdf_ks_naf(const struct secret *ks, const uint8_t rand[RAND_SIZE],
	       const char *impi, const struct naf_id *naf_id,
	       struct secret *ks_naf, struct fault *fault);
/* Ks_int_NAF, which with GBA_U stays in the UICC (TS 33.220, B.3): as above with
 * "gba-u".
 */
int kdf_ks_int_naf(const struct secret *ks, const uint8_t rand[RAND_SIZE],
		   const char *impi, const struct naf_id *naf_id,
		   struct secret *ks_int_naf, struct fault *fault);

enum bootstrap_mode {
	BOOTSTRAP_GBA_ME = 1,
	BOOTSTRAP_GBA_U,
	BOOTSTRAP_AKMA,
};

/**
 * struct bootstrap_keys - what BSF or AAnF give to the service, and the UE has
 * @mode: how they were made
 * @key: Ks_NAF with GBA_ME, Ks_ext_NAF with GBA_U, KAF with AKMA
 * @internal: Ks_int_NAF, with GBA_U only, else empty
 */
struct bootstrap_keys {
	enum bootstrap_mode mode;
	struct secret key;
	struct secret internal;
};

/* MRK, the password source of the HTTP procedures (TS 33.246, 6.1 and annex F):
 * derived from Ks_NAF or KAF, and with GBA_U Ks_ext_NAF itself. All keys have
 * KS_SIZE octets.
 */
int kdf_mrk(const struct bootstrap_keys *keys, struct secret *mrk,
	    struct fault *fault);
/* MUK, the pre-shared key of the MIKEY messages with an MSK (TS 33.246, 6.1;
 * TS 33.220 G.2; TS 33.501 W.4): Ks_NAF, Ks_int_NAF or KAF.
 */
int kdf_muk(const struct bootstrap_keys *keys, struct secret *muk,
	    struct fault *fault);
/* Wipes all keys of @keys. */
void bootstrap_keys_clear(struct bootstrap_keys *keys);

#endif /* CORE_KDF_GBA_H */
