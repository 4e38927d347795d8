/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys of the evolved packet system (TS 33.401, annex A) and the group keys of
 * machine type communication (TR 33.868). Rules for outputs and faults are in
 * kdf.h.
 */
#ifndef CORE_KDF_EPS_H
#define CORE_KDF_EPS_H

#include "ids.h"
#include "kdf.h"
#include "kdf_5gs.h"

/* KASME (A.2): FC 10 from CK and IK, network, SQN xor AK as in AUTN. 32 octets. */
int kdf_kasme(const struct secret *ck, const struct secret *ik,
	      const struct plmn *plmn, const uint8_t sqn_xor_ak[SQN_SIZE],
	      struct secret *kasme, struct fault *fault);
/* KNASenc or KNASint (A.7): FC 15 from KASME. @algorithm is the number of the
 * EEA or EIA, 0 to 15. 16 octets.
 */
int kdf_eps_nas_key(const struct secret *kasme, enum nas_key_type type,
		    unsigned int algorithm, struct secret *key,
		    struct fault *fault);

#define GROUP_KEY_SIZE 16
#define GROUP_ID_SIZE_MAX 255

/**
 * struct group_keys - keys of one group with one key index
 * @confidentiality: Gk_conf, GROUP_KEY_SIZE octets
 * @integrity: Gk_integ, GROUP_KEY_SIZE octets
 */
struct group_keys {
	struct secret confidentiality;
	struct secret integrity;
};

/* Gk_conf and Gk_integ from one random group key Gk of 16 or 32 octets that the
 * group gateway (MTC-IWF) draws (TR 33.868, group key solution). The report says
 * nothing on how they are made; ours: FC FF F1, type (01 confidentiality, 02
 * integrity), group id (1 to GROUP_ID_SIZE_MAX octets), key index Gki (2 octets),
 * last 16 octets. So the gateway stores one key, and neither another group nor
 * another index can have the same keys by mistake.
 */
#define KDF_FC_GROUP KDF_FC_LONG(0xf1)
int kdf_group_keys(const struct secret *gk, const uint8_t *group_id,
		   size_t group_id_size, uint16_t key_index,
		   struct group_keys *keys, struct fault *fault);
/* Wipes both. */
void group_keys_clear(struct group_keys *keys);

#endif /* CORE_KDF_EPS_H */
