// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "ids.h"
#include "mbms_profile.h"
#include "mikey_crypt.h"
#include "srtp_suite.h"

/* Of HMAC-SHA1; SRTCP always has 80 bits of it (RFC 3711, 5.2). */
#define RTCP_TAG_SIZE 10
/* The roll-over counter in a tag, RFC 4771, 2. */
#define ROC_SIZE 4

static const struct suite {
	const char *name;
	uint16_t number;
	uint8_t cipher_key_size;
	uint8_t tag_size;
} suites[] = {
	{ "aes128-cm-hmac-sha1-80", SRTP_AES128_CM_HMAC_SHA1_80, 16, 10 },
	{ "aes128-cm-hmac-sha1-32", SRTP_AES128_CM_HMAC_SHA1_32, 16, 4 },
	{ "aes256-cm-hmac-sha1-80", SRTP_AES256_CM_HMAC_SHA1_80, 32, 10 },
	{ "null-hmac-sha1-80", SRTP_NULL_HMAC_SHA1_80, 0, 10 },
};

static const struct suite *suite_of(uint16_t number)
{
	size_t i;

	for (i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		if (suites[i].number == number)
			return &suites[i];
	return NULL;
}

const char *srtp_suite_name(uint16_t number)
{
	const struct suite *suite = suite_of(number);

	return suite ? suite->name : NULL;
}

uint16_t srtp_suite_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		if (!strcmp(suites[i].name, name))
			return suites[i].number;
	return 0;
}

bool srtp_suite_encrypts(uint16_t number)
{
	const struct suite *suite = suite_of(number);

	return suite && suite->cipher_key_size;
}

size_t srtp_suite_master_size(uint16_t number)
{
	const struct suite *suite = suite_of(number);

	return suite && suite->cipher_key_size ? suite->cipher_key_size :
						 MTK_SIZE;
}

static void add(struct mikey_policy *policy, enum mikey_srtp_parameter type,
		uint16_t value)
{
	/* Each is added once and fits, so this cannot fail. */
	mikey_policy_add(policy, type, value, NULL);
}

/* RFC 3830 has one tag size for SRTP and SRTCP; RFC 4771 adds one for each. */
static void add_tags(struct mikey_policy *policy, uint8_t tag_size,
		     uint16_t roc_rate)
{
	if (roc_rate) {
		add(policy, MIKEY_SRTP_TAG_SIZE, RTCP_TAG_SIZE);
		add(policy, MIKEY_SRTP_ROC_RATE, roc_rate);
		add(policy, MIKEY_SRTP_ONLY_AUTHENTICATION,
		    MIKEY_SRTP_RCC_MODE_2);
		add(policy, MIKEY_SRTP_ONLY_TAG_SIZE,
		    (uint16_t)(tag_size + ROC_SIZE));
		return;
	}
	add(policy, MIKEY_SRTP_TAG_SIZE, tag_size);
	if (tag_size != RTCP_TAG_SIZE)
		add(policy, MIKEY_SRTCP_ONLY_TAG_SIZE, RTCP_TAG_SIZE);
}

void srtp_policy_make(struct mikey_policy *policy, uint8_t number,
		      const struct srtp_profile *profile)
{
	const struct suite *suite = suite_of(profile->suite);
	bool encrypts = suite->cipher_key_size;

	*policy = (struct mikey_policy){ .number = number };
	add(policy, MIKEY_SRTP_ENCRYPTION,
	    encrypts ? MIKEY_SRTP_AES_CM : MIKEY_SRTP_NULL);
	add(policy, MIKEY_SRTP_ENCRYPTION_KEY_SIZE, suite->cipher_key_size);
	add(policy, MIKEY_SRTP_AUTHENTICATION, MIKEY_SRTP_HMAC_SHA1);
	add(policy, MIKEY_SRTP_AUTHENTICATION_KEY_SIZE,
	    MIKEY_AUTHENTICATION_KEY_SIZE);
	add(policy, MIKEY_SRTP_SALT_SIZE, MTK_SALT_SIZE);
	add(policy, MIKEY_SRTP_PRF, 0);
	add(policy, MIKEY_SRTP_KEY_DERIVATION_RATE, MBMS_KEY_DERIVATION_RATE);
	add(policy, MIKEY_SRTP_ENCRYPTION_ON, encrypts);
	add(policy, MIKEY_SRTCP_ENCRYPTION_ON, encrypts);
	add(policy, MIKEY_SRTP_FEC_ORDER, 0);
	add(policy, MIKEY_SRTP_AUTHENTICATION_ON, 1);
	add_tags(policy, suite->tag_size, profile->roc_rate);
}

/* What a policy comes to, whatever it leaves to the defaults. */
struct meaning {
	uint16_t cipher;
	uint16_t cipher_key_size;
	uint16_t rtcp_encryption;
	uint16_t authentication;
	uint16_t tag_size;
	uint16_t rtcp_tag_size;
	uint16_t roc_rate;
};

static struct meaning meaning_of(const struct mikey_policy *policy)
{
	struct meaning meaning = {
		.cipher = mikey_policy_value(policy, MIKEY_SRTP_ENCRYPTION),
		.rtcp_encryption =
			mikey_policy_value(policy, MIKEY_SRTCP_ENCRYPTION_ON),
		.authentication = mikey_policy_value(
			policy, MIKEY_SRTP_ONLY_AUTHENTICATION),
		.tag_size =
			mikey_policy_value(policy, MIKEY_SRTP_ONLY_TAG_SIZE),
		.rtcp_tag_size =
			mikey_policy_value(policy, MIKEY_SRTCP_ONLY_TAG_SIZE),
	};
	uint16_t value;

	if (!mikey_policy_value(policy, MIKEY_SRTP_ENCRYPTION_ON))
		meaning.cipher = MIKEY_SRTP_NULL;
	if (meaning.cipher == MIKEY_SRTP_NULL)
		meaning.rtcp_encryption = 0;
	else
		meaning.cipher_key_size = mikey_policy_value(
			policy, MIKEY_SRTP_ENCRYPTION_KEY_SIZE);
	if (!mikey_policy_value(policy, MIKEY_SRTP_AUTHENTICATION_ON))
		meaning.authentication = MIKEY_SRTP_NO_MAC;
	if (meaning.authentication == MIKEY_SRTP_RCC_MODE_2)
		meaning.roc_rate =
			mikey_policy_value(policy, MIKEY_SRTP_ROC_RATE);
	/* One size for both, of 32 bits, is that of SRTP alone: RFC 3711, 5.2. */
	if (!mikey_policy_get(policy, MIKEY_SRTCP_ONLY_TAG_SIZE, &value) &&
	    meaning.rtcp_tag_size < RTCP_TAG_SIZE)
		meaning.rtcp_tag_size = RTCP_TAG_SIZE;
	return meaning;
}

static int differs(const char *what, uint16_t is, uint16_t wanted,
		   struct fault *fault)
{
	return fault_set(fault, FAULT_UNSUPPORTED,
			 "SRTP policy of the MSK has the %s %u, and the "
			 "service was announced with %u",
			 what, is, wanted);
}

int srtp_policy_compare(const struct mikey_policy *policy,
			const struct srtp_profile *profile, struct fault *fault)
{
	struct mikey_policy wanted;
	struct meaning a, b;

	if (!suite_of(profile->suite))
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "SRTP suite %04x is unknown", profile->suite);
	srtp_policy_make(&wanted, 0, profile);
	a = meaning_of(policy);
	b = meaning_of(&wanted);
	if (a.cipher != b.cipher)
		return differs("encryption algorithm", a.cipher, b.cipher,
			       fault);
	if (a.cipher_key_size != b.cipher_key_size)
		return differs("encryption key size", a.cipher_key_size,
			       b.cipher_key_size, fault);
	if (a.rtcp_encryption != b.rtcp_encryption)
		return differs("encryption of SRTCP", a.rtcp_encryption,
			       b.rtcp_encryption, fault);
	if (a.authentication != b.authentication)
		return differs("authentication algorithm", a.authentication,
			       b.authentication, fault);
	if (a.tag_size != b.tag_size)
		return differs("tag size", a.tag_size, b.tag_size, fault);
	if (a.rtcp_tag_size != b.rtcp_tag_size)
		return differs("tag size of SRTCP", a.rtcp_tag_size,
			       b.rtcp_tag_size, fault);
	if (a.roc_rate != b.roc_rate)
		return differs("ROC transmission rate", a.roc_rate, b.roc_rate,
			       fault);
	return 0;
}
