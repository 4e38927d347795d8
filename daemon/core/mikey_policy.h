/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Security policy payload (SP) of MIKEY for SRTP: RFC 3830, 6.10 and 6.10.1,
 * with the parameters that RFC 4771, 4 adds.
 */
#ifndef CORE_MIKEY_POLICY_H
#define CORE_MIKEY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"

/* RFC 3830, table 6.10.1.a; from 13 on RFC 4771, table 3. */
enum mikey_srtp_parameter {
	MIKEY_SRTP_ENCRYPTION = 0,
	MIKEY_SRTP_ENCRYPTION_KEY_SIZE = 1,
	MIKEY_SRTP_AUTHENTICATION = 2,
	MIKEY_SRTP_AUTHENTICATION_KEY_SIZE = 3,
	MIKEY_SRTP_SALT_SIZE = 4,
	MIKEY_SRTP_PRF = 5,
	MIKEY_SRTP_KEY_DERIVATION_RATE = 6,
	MIKEY_SRTP_ENCRYPTION_ON = 7,
	MIKEY_SRTCP_ENCRYPTION_ON = 8,
	MIKEY_SRTP_FEC_ORDER = 9,
	MIKEY_SRTP_AUTHENTICATION_ON = 10,
	MIKEY_SRTP_TAG_SIZE = 11,
	MIKEY_SRTP_PREFIX_SIZE = 12,
	MIKEY_SRTP_ROC_RATE = 13,
	MIKEY_SRTP_ONLY_AUTHENTICATION = 14,
	MIKEY_SRTCP_ONLY_AUTHENTICATION = 15,
	MIKEY_SRTP_ONLY_AUTHENTICATION_KEY_SIZE = 16,
	MIKEY_SRTCP_ONLY_AUTHENTICATION_KEY_SIZE = 17,
	MIKEY_SRTP_ONLY_TAG_SIZE = 18,
	MIKEY_SRTCP_ONLY_TAG_SIZE = 19,
	MIKEY_SRTP_PARAMETERS = 20,
};

/* Values of MIKEY_SRTP_ENCRYPTION: RFC 3830, table 6.10.1.b. */
enum mikey_srtp_encryption {
	MIKEY_SRTP_NULL = 0,
	MIKEY_SRTP_AES_CM = 1,
	MIKEY_SRTP_AES_F8 = 2,
};

/* Values of MIKEY_SRTP_AUTHENTICATION: RFC 3830, table 6.10.1.c, and the three
 * transforms of RFC 4771 that carry the roll-over counter.
 */
enum mikey_srtp_authentication {
	MIKEY_SRTP_NO_MAC = 0,
	MIKEY_SRTP_HMAC_SHA1 = 1,
	MIKEY_SRTP_RCC_MODE_1 = 2,
	MIKEY_SRTP_RCC_MODE_2 = 3,
	MIKEY_SRTP_RCC_MODE_3 = 4,
};

/**
 * struct mikey_policy - one SP payload
 * @number: what a stream of the SRTP-ID map refers to
 * @count: entries of @types and @values
 * @types: enum mikey_srtp_parameter, each at most once, in the order of the
 *	message
 * @values: the parameter's number, sizes in octets
 */
struct mikey_policy {
	uint8_t number;
	uint8_t count;
	uint8_t types[MIKEY_SRTP_PARAMETERS];
	uint16_t values[MIKEY_SRTP_PARAMETERS];
};

/* Appends a parameter. Returns 0, or -1 and FAULT_ARGUMENT if it is unknown or
 * there already.
 */
int mikey_policy_add(struct mikey_policy *policy, uint8_t type, uint16_t value,
		     struct fault *fault);
/* True and the @value if the policy says something about @type. */
bool mikey_policy_get(const struct mikey_policy *policy, uint8_t type,
		      uint16_t *value);
/* The value, or what RFC 3830, 6.10.1 assumes for one that is absent. */
uint16_t mikey_policy_value(const struct mikey_policy *policy, uint8_t type);
/* Reads the payload's body, which follows its next payload octet. Refuses
 * protocols other than SRTP, unknown and repeated parameters and values of a
 * size other than the parameter's. Returns 0, or -1 and a zeroed @policy.
 */
int mikey_policy_decode(struct mikey_policy *policy, struct reader *reader,
			struct fault *fault);
/* Writes the payload's body; errors stick to @writer. */
void mikey_policy_encode(const struct mikey_policy *policy,
			 struct writer *writer);

#endif /* CORE_MIKEY_POLICY_H */
