/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Suites of SRTP, and the security policy (SP payload of MIKEY, RFC 3830, 6.10.1)
 * that says each of them. The BM-SC sends the policy with the MSK, and a receiver
 * takes no key under another one than it has announced to its kernel.
 */
#ifndef CORE_SRTP_SUITE_H
#define CORE_SRTP_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "mikey_policy.h"

/* Numbered as the kernel module does (docs/srtp.rst). */
enum srtp_suite {
	SRTP_AES128_CM_HMAC_SHA1_80 = 0xf101,
	SRTP_AES128_CM_HMAC_SHA1_32 = 0xf102,
	SRTP_AES256_CM_HMAC_SHA1_80 = 0xf103,
	SRTP_NULL_HMAC_SHA1_80 = 0xf104,
};

/**
 * struct srtp_profile - all that sender and receivers have to agree on
 * @suite: enum srtp_suite
 * @roc_rate: R of RFC 4771 (mode RCCm2), 0 to leave the roll-over counter out
 */
struct srtp_profile {
	uint16_t suite;
	uint16_t roc_rate;
};

/* "aes128-cm-hmac-sha1-80"; NULL for a number that is none of them. */
const char *srtp_suite_name(uint16_t suite);
/* Its number, 0 for a name that is none of them. */
uint16_t srtp_suite_find(const char *name);
/* Octets of the master key, which is the MTK. */
size_t srtp_suite_master_size(uint16_t suite);
bool srtp_suite_encrypts(uint16_t suite);

/* The SP payload of @profile, whose suite is one of the list. */
void srtp_policy_make(struct mikey_policy *policy, uint8_t number,
		      const struct srtp_profile *profile);
/* Whether @policy means @profile. Returns 0, or -1 and FAULT_UNSUPPORTED with the
 * parameter that differs.
 */
int srtp_policy_compare(const struct mikey_policy *policy,
			const struct srtp_profile *profile,
			struct fault *fault);

#endif /* CORE_SRTP_SUITE_H */
