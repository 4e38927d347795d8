/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two derivation functions that all keys of MBMS and MBS rest on: the
 * generic one of 3GPP and that of MIKEY. What goes into them for which key is in
 * kdf_gba.h, kdf_5gs.h and kdf_eps.h; SRTP and SFrame are in srtp_kdf.h and
 * sframe_kdf.h.
 *
 * For all functions there: inputs stay the caller's and are not changed; the
 * output secret is the caller's to clear, what it held before is wiped, and it
 * may be one of the inputs. They return 0, or -1 and a fault: FAULT_ARGUMENT if
 * an input has a wrong size, FAULT_MEMORY if memory or the crypto library fail.
 * The output is empty then.
 */
#ifndef CORE_KDF_H
#define CORE_KDF_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "secret.h"

#define KDF_SIZE 32 /* octets that kdf_derive() makes */
#define KDF_HALF_SIZE 16 /* "the 128 least significant bits" of them */
#define KDF_PARAMETER_SIZE_MAX 65535

/* FC of two octets, FF and @low (TS 33.220, B.2.2). */
#define KDF_FC_LONG(low) (0xff00 | (low))

/**
 * struct kdf_parameter - one Pi of the input string
 * @data: octets, may be NULL if @size is 0
 * @size: at most KDF_PARAMETER_SIZE_MAX; an empty parameter still takes part
 *	with its length 0000
 */
struct kdf_parameter {
	const void *data;
	size_t size;
};

/* TS 33.220, B.2: HMAC-SHA-256(@key, FC || P0 || L0 || P1 || L1 ...) with the Li
 * in two octets. @fc is 0x00 to 0xfe, which is sent as one octet, or
 * KDF_FC_LONG(). @key is not empty. @out has KDF_SIZE octets.
 */
int kdf_derive(const struct secret *key, unsigned int fc,
	       const struct kdf_parameter *parameters, size_t count,
	       struct secret *out, struct fault *fault);
/* The last KDF_HALF_SIZE octets of the same, as the NAS keys and RES* take. */
int kdf_derive_half(const struct secret *key, unsigned int fc,
		    const struct kdf_parameter *parameters, size_t count,
		    struct secret *out, struct fault *fault);

#define KDF_MIKEY_BLOCK_SIZE 32 /* 256 bits, a piece of inkey in RFC 3830 */
#define KDF_MIKEY_LABEL_SIZE_MAX 1024

/* P() of RFC 3830, 4.1.2, with HMAC-SHA-1, cut to @size octets (1 to
 * SECRET_SIZE_MAX). @key is s, of 1 to KDF_MIKEY_BLOCK_SIZE octets; @label has 1
 * to KDF_MIKEY_LABEL_SIZE_MAX octets.
 */
int kdf_mikey_p(const struct secret *key, const void *label, size_t label_size,
		size_t size, struct secret *out, struct fault *fault);
/* PRF(inkey, label) of RFC 3830, 4.1.2 and 4.1.3: @inkey of 1 to SECRET_SIZE_MAX
 * octets is cut into pieces of 256 bits, the last one possibly shorter but never
 * empty, and the P() of the pieces are added up by XOR. @size as above.
 */
int kdf_mikey_prf(const struct secret *inkey, const void *label,
		  size_t label_size, size_t size, struct secret *out,
		  struct fault *fault);

#define KDF_MIKEY_KEYS_MAX 4

/**
 * struct kdf_mikey_key - a key that is wanted
 * @label: octets
 * @label_size: 1 to KDF_MIKEY_LABEL_SIZE_MAX
 * @size: octets of the key
 * @out: where it goes
 */
struct kdf_mikey_key {
	const void *label;
	size_t label_size;
	size_t size;
	struct secret *out;
};

/* The same for up to KDF_MIKEY_KEYS_MAX labels in one go, which takes half the time
 * of one by one. All keys or none are derived.
 */
int kdf_mikey_keys(const struct secret *inkey,
		   const struct kdf_mikey_key *wanted, size_t count,
		   struct fault *fault);

#endif /* CORE_KDF_H */
