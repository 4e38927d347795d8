/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Authentication and key agreement (TS 33.102, 6.3) with MILENAGE: vectors of
 * the home network, the check of a challenge in the USIM, resynchronisation.
 */
#ifndef CORE_AKA_H
#define CORE_AKA_H

#include <stdbool.h>
#include <stdint.h>

#include "aka_sqn.h"
#include "fault.h"
#include "milenage.h"
#include "names.h"
#include "secret.h"

#define AUTN_SIZE 16
#define AUTS_SIZE 14

/* The bit of AMF that says that a vector is for EPS or 5GS (TS 33.102, annex H;
 * TS 33.401, 6.1.2; TS 33.501, 6.1.3).
 */
#define AKA_AMF_SEPARATION 0x8000

/**
 * struct aka_vector - authentication vector of the home network
 * @rand: challenge
 * @autn: SQN xor AK || AMF || MAC-A
 * @xres: expected response, RES_SIZE octets
 * @ck: CK
 * @ik: IK
 *
 * The caller wipes it by aka_vector_clear().
 */
struct aka_vector {
	uint8_t rand[RAND_SIZE];
	uint8_t autn[AUTN_SIZE];
	struct secret xres;
	struct secret ck;
	struct secret ik;
};

/* Makes a vector (6.3.2) of a random @rand and a fresh @sqn, which comes from
 * aka_sqn_next(). Returns 0, or -1 and FAULT_ARGUMENT or FAULT_MEMORY, and
 * @vector is empty.
 */
int aka_vector_build(const struct milenage *milenage,
		     const uint8_t rand[RAND_SIZE], uint64_t sqn, uint16_t amf,
		     struct aka_vector *vector, struct fault *fault);
void aka_vector_clear(struct aka_vector *vector);

/**
 * struct aka_answer - what a USIM says to a challenge
 * @res: response, RES_SIZE octets; empty if the challenge was refused
 * @ck: CK, likewise
 * @ik: IK, likewise
 * @amf: AMF of the challenge, once it proved authentic
 * @resynchronise: the number was not fresh: send @auts
 * @auts: SQN_MS xor AK* || MAC-S
 *
 * The caller wipes it by aka_answer_clear().
 */
struct aka_answer {
	struct secret res;
	struct secret ck;
	struct secret ik;
	uint16_t amf;
	bool resynchronise;
	uint8_t auts[AUTS_SIZE];
};

/* Checks a challenge (6.3.3): first MAC-A, then the number, which @array then
 * remembers. Returns 0 and RES, CK, IK; or -1 with @array unchanged and
 * FAULT_UNAUTHENTIC (MAC failure: the UE gives up), FAULT_REPLAYED
 * (synchronisation failure: @answer has AUTS), FAULT_ARGUMENT, FAULT_MEMORY.
 */
int aka_challenge_check(const struct milenage *milenage,
			struct aka_sqn_array *array,
			const struct aka_sqn_policy *policy,
			const uint8_t rand[RAND_SIZE],
			const uint8_t autn[AUTN_SIZE],
			struct aka_answer *answer, struct fault *fault);
void aka_answer_clear(struct aka_answer *answer);

/* AUTS for @sqn_ms (6.3.3); the AMF under MAC-S is 0000. Returns 0, or -1 and
 * @auts is zeroed.
 */
int aka_auts_build(const struct milenage *milenage,
		   const uint8_t rand[RAND_SIZE], uint64_t sqn_ms,
		   uint8_t auts[AUTS_SIZE], struct fault *fault);
/* Checks an AUTS that answers @rand (6.3.5), for aka_sqn_resynchronise(). We
 * check MAC-S always, also where the clause would allow to look at SQN_MS first.
 * Returns 0, or -1 and FAULT_UNAUTHENTIC, FAULT_ARGUMENT, FAULT_MEMORY, and
 * @sqn_ms is 0.
 */
int aka_auts_check(const struct milenage *milenage,
		   const uint8_t rand[RAND_SIZE], const uint8_t auts[AUTS_SIZE],
		   uint64_t *sqn_ms, struct fault *fault);

/* GBA_U (TS 33.220, 5.3.2, from memory): the BSF replaces the MAC in AUTN by MAC
 * xor the first 64 bits of SHA-1(IK), which tells a UICC that knows GBA_U to keep
 * the keys to itself; it undoes that by the same step. Returns 0, or -1 and @autn
 * is unchanged.
 */
int aka_autn_mask_gba_u(const struct secret *ik, uint8_t autn[AUTN_SIZE],
			struct fault *fault);

#endif /* CORE_AKA_H */
