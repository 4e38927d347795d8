/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys of the 5G system (TS 33.501, annex A), of AKMA (TS 33.535, annex A), and
 * KMBS-UE. Rules for outputs and faults are in kdf.h. @serving_network is the
 * text of serving_network_format(), @supi the digits of the IMSI or, for a SUPI
 * in NAI form, the NAI (TS 33.501, A.7.0).
 */
#ifndef CORE_KDF_5GS_H
#define CORE_KDF_5GS_H

#include "ids.h"
#include "kdf.h"
#include "kdf_gba.h"
#include "names.h"

#define SQN_SIZE 6
#define RES_STAR_SIZE 16
#define ABBA_SIZE_MAX 255

/* Whose key: the algorithm type distinguisher of TS 33.501 table A.8-1 and of
 * TS 33.401 table A.7-1.
 */
enum nas_key_type {
	NAS_KEY_ENCRYPTION = 1,
	NAS_KEY_INTEGRITY = 2,
};

/* KAUSF of 5G AKA (A.2): FC 6A from CK and IK, network name, SQN xor AK as in
 * AUTN. 32 octets.
 */
int kdf_kausf(const struct secret *ck, const struct secret *ik,
	      const char *serving_network, const uint8_t sqn_xor_ak[SQN_SIZE],
	      struct secret *kausf, struct fault *fault);
/* CK' || IK' of EAP-AKA' (A.3; TS 33.402 A.2; RFC 5448 3.3): FC 20; @network is
 * the access network name. 16 octets each.
 */
int kdf_ck_ik_prime(const struct secret *ck, const struct secret *ik,
		    const char *network, const uint8_t sqn_xor_ak[SQN_SIZE],
		    struct secret *ck_prime, struct secret *ik_prime,
		    struct fault *fault);
/* RES* in the UE, XRES* in the network (A.4): FC 6B; @res has 4 to 16 octets.
 * @res_star is wiped by the caller.
 */
int kdf_res_star(const struct secret *ck, const struct secret *ik,
		 const char *serving_network, const uint8_t rand[RAND_SIZE],
		 const uint8_t *res, size_t res_size,
		 uint8_t res_star[RES_STAR_SIZE], struct fault *fault);
/* HRES* or HXRES* (A.5): the last 16 octets of SHA-256(RAND || RES*). */
int kdf_hres_star(const uint8_t rand[RAND_SIZE],
		  const uint8_t res_star[RES_STAR_SIZE],
		  uint8_t hres_star[RES_STAR_SIZE], struct fault *fault);
/* KSEAF (A.6): FC 6C from KAUSF. 32 octets. */
int kdf_kseaf(const struct secret *kausf, const char *serving_network,
	      struct secret *kseaf, struct fault *fault);
/* KAMF (A.7): FC 6D from KSEAF. @abba has 2 to ABBA_SIZE_MAX octets, 0000 today.
 * 32 octets.
 */
int kdf_kamf(const struct secret *kseaf, const char *supi, const uint8_t *abba,
	     size_t abba_size, struct secret *kamf, struct fault *fault);
/* KNASenc or KNASint (A.8): FC 69 from KAMF. @algorithm is the number of the
 * NEA or NIA, 0 to 15. 16 octets.
 */
int kdf_5gs_nas_key(const struct secret *kamf, enum nas_key_type type,
		    unsigned int algorithm, struct secret *key,
		    struct fault *fault);
/* The form that TS 33.501 A.8 and TS 33.401 A.7 share; they differ in @fc and in
 * @parent, which is KAMF or KASME. For kdf_5gs_nas_key() and kdf_eps_nas_key().
 */
int kdf_nas_key(const struct secret *parent, unsigned int fc,
		enum nas_key_type type, unsigned int algorithm,
		struct secret *key, struct fault *fault);

/* KAKMA (TS 33.535, A.2): FC 80 from KAUSF. 32 octets. */
int kdf_kakma(const struct secret *kausf, const char *supi,
	      struct secret *kakma, struct fault *fault);
/* A-TID (TS 33.535, A.3): FC 81 from KAUSF. It is a name and no secret. */
int kdf_a_tid(const struct secret *kausf, const char *supi,
	      uint8_t a_tid[A_TID_SIZE], struct fault *fault);
/* KAF (TS 33.535, A.4): FC 82 from KAKMA. @af_id is the name of the AF and the
 * Ua* protocol. 32 octets.
 */
int kdf_kaf(const struct secret *kakma, const struct naf_id *af_id,
	    struct secret *kaf, struct fault *fault);

/* KMBS-UE, under which a UE gets the key of a group (TR 33.850, solution by
 * KAUSF and TMGI). The study gives no number: FC FF F0 is our choice, in the
 * two-octet range where no 3GPP document has one. @tmgi has a network. 32 octets,
 * of which kmbs_wrap() derives the key to wrap under, another one for each MSK ID.
 */
#define KDF_FC_KMBS_UE KDF_FC_LONG(0xf0)
int kdf_kmbs_ue(const struct secret *kausf, const struct tmgi *tmgi,
		struct secret *kmbs_ue, struct fault *fault);

#endif /* CORE_KDF_5GS_H */
