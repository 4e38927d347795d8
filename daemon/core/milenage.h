/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The authentication functions f1 to f5* of MILENAGE (TS 35.206) with the
 * constants c1 to c5 and r1 to r5 that it recommends, and AES-128 as kernel.
 */
#ifndef CORE_MILENAGE_H
#define CORE_MILENAGE_H

#include <stdint.h>

#include "fault.h"
#include "kdf_gba.h"
#include "secret.h"

#define MILENAGE_KEY_SIZE 16
#define MAC_SIZE 8
#define RES_SIZE 8
#define AK_SIZE 6
#define SQN_MAX UINT64_C(0xffffffffffff) /* 48 bits */

/**
 * struct milenage - what USIM and HSS share
 * @k: subscriber key K
 * @opc: OPc, made of K and the operator's OP
 *
 * Owned by whoever keeps it, who calls milenage_clear().
 */
struct milenage {
	struct secret k;
	struct secret opc;
};

/* Takes copies of K and OPc, MILENAGE_KEY_SIZE octets each. Returns 0, or -1 and
 * FAULT_ARGUMENT or FAULT_MEMORY, and @milenage is empty.
 */
int milenage_set(struct milenage *milenage, const struct secret *k,
		 const struct secret *opc, struct fault *fault);
/* The same from K and OP: OPc = OP xor E_K(OP) (TS 35.206, 8.2). */
int milenage_set_op(struct milenage *milenage, const struct secret *k,
		    const struct secret *op, struct fault *fault);
void milenage_clear(struct milenage *milenage);

/* f1 and f1* (TS 35.206, 4.1): MAC-A, which authenticates the network, and
 * MAC-S, which authenticates a resynchronisation. @sqn has 48 bits. Returns 0, or
 * -1 and FAULT_ARGUMENT or FAULT_MEMORY, and both are zeroed.
 */
int milenage_f1(const struct milenage *milenage, const uint8_t rand[RAND_SIZE],
		uint64_t sqn, uint16_t amf, uint8_t mac_a[MAC_SIZE],
		uint8_t mac_s[MAC_SIZE], struct fault *fault);

/**
 * struct milenage_output - what the other functions make of a RAND
 * @res: f2, RES_SIZE octets
 * @ck: f3, CK_SIZE octets
 * @ik: f4, IK_SIZE octets
 * @ak: f5, which conceals SQN in a challenge
 * @ak_star: f5*, which conceals SQN_MS in a resynchronisation
 *
 * The caller wipes it by milenage_output_clear().
 */
struct milenage_output {
	struct secret res;
	struct secret ck;
	struct secret ik;
	uint64_t ak;
	uint64_t ak_star;
};

/* f2 to f5* (TS 35.206, 4.1). Returns 0, or -1 and @out is empty. */
int milenage_f2345(const struct milenage *milenage,
		   const uint8_t rand[RAND_SIZE], struct milenage_output *out,
		   struct fault *fault);
void milenage_output_clear(struct milenage_output *out);

#endif /* CORE_MILENAGE_H */
