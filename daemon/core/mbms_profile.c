// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "digest.h"
#include "mbms_profile.h"
#include "mikey_crypt.h"

const uint8_t mbms_payload_order[MBMS_PAYLOAD_ORDER_COUNT] = {
	MIKEY_EXT, MIKEY_T, MIKEY_RAND, MIKEY_ID, MIKEY_SP,
};

int mbms_digest_password(const struct secret *mrk, struct secret *password,
			 struct fault *fault)
{
	return digest_password_set(password, mrk, fault);
}

static bool bytes_equal(const struct mikey_bytes *a, const void *b, size_t size)
{
	return a->size == size && !memcmp(a->data, b, size);
}

bool mbms_initiator_matches(const struct mikey_bytes *initiator,
			    const struct naf_id *naf_id)
{
	uint8_t octets[NAF_ID_SIZE_MAX];
	size_t size;

	if (bytes_equal(initiator, naf_id->fqdn, strlen(naf_id->fqdn)))
		return true;
	return !naf_id_encode(naf_id, octets, &size, NULL) &&
	       bytes_equal(initiator, octets, size);
}

struct mikey_identity mbms_initiator(const struct naf_id *naf_id)
{
	return (struct mikey_identity){
		.type = MBMS_INITIATOR_TYPE,
		.data = { (const uint8_t *)naf_id->fqdn, strlen(naf_id->fqdn) },
	};
}

struct mikey_identity mbms_responder(const char *b_tid)
{
	return (struct mikey_identity){
		.type = MBMS_RESPONDER_TYPE,
		.data = { (const uint8_t *)b_tid, strlen(b_tid) },
	};
}

enum mbms_mtk_verdict mbms_mtk_id_check(uint16_t low, uint16_t high,
					uint16_t mtk_id)
{
	if (mtk_id <= low)
		return MBMS_MTK_OLD;
	return mtk_id <= high ? MBMS_MTK_NEW : MBMS_MTK_BEYOND;
}

void mbms_verification_extra(const struct mikey_identity *initiator,
			     const struct mikey_identity *responder,
			     uint32_t counter, struct writer *writer)
{
	writer_bytes(writer, initiator->data.data, initiator->data.size);
	writer_bytes(writer, responder->data.data, responder->data.size);
	writer_u32(writer, counter);
}

bool mbms_counter_is_newer(uint32_t counter, uint32_t last)
{
	return counter > last;
}

int mbms_counter_next(uint32_t last, uint32_t *next, struct fault *fault)
{
	if (last == UINT32_MAX) {
		*next = MBMS_COUNTER_NONE;
		return fault_set(
			fault, FAULT_STATE,
			"counter of the key is used up, a new key is needed");
	}
	*next = last + 1;
	return 0;
}

bool mbms_rand_in_mtk(bool msk_came_by_nas)
{
	return msk_came_by_nas;
}

void mbms_mki_encode(uint32_t msk_id, uint16_t mtk_id,
		     uint8_t mki[MBMS_MKI_SIZE])
{
	struct writer writer;

	writer_init(&writer, mki, MBMS_MKI_SIZE);
	writer_u32(&writer, msk_id);
	writer_u16(&writer, mtk_id);
}

void mbms_mki_decode(const uint8_t mki[MBMS_MKI_SIZE], uint32_t *msk_id,
		     uint16_t *mtk_id)
{
	struct reader reader;

	reader_init(&reader, mki, MBMS_MKI_SIZE);
	*msk_id = reader_u32(&reader);
	*mtk_id = reader_u16(&reader);
}

bool mbms_mtk_size_fits(size_t size, bool streaming)
{
	return size == MTK_SIZE || (streaming && size == MTK_SIZE_LONG);
}

void mbms_policy_default(struct mikey_policy *policy, uint8_t number)
{
	static const struct {
		uint8_t type;
		uint8_t value;
	} parameters[] = {
		{ MIKEY_SRTP_ENCRYPTION, MIKEY_SRTP_AES_CM },
		{ MIKEY_SRTP_ENCRYPTION_KEY_SIZE, MTK_SIZE },
		{ MIKEY_SRTP_AUTHENTICATION, MIKEY_SRTP_HMAC_SHA1 },
		{ MIKEY_SRTP_AUTHENTICATION_KEY_SIZE, 20 },
		{ MIKEY_SRTP_SALT_SIZE, MTK_SALT_SIZE },
		{ MIKEY_SRTP_PRF, 0 },
		{ MIKEY_SRTP_KEY_DERIVATION_RATE, MBMS_KEY_DERIVATION_RATE },
		{ MIKEY_SRTP_ENCRYPTION_ON, 1 },
		{ MIKEY_SRTCP_ENCRYPTION_ON, 1 },
		{ MIKEY_SRTP_FEC_ORDER, 0 },
		{ MIKEY_SRTP_AUTHENTICATION_ON, 1 },
		{ MIKEY_SRTP_TAG_SIZE, MBMS_TAG_SIZE },
	};
	size_t i;

	*policy = (struct mikey_policy){ .number = number };
	for (i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++)
		mikey_policy_add(policy, parameters[i].type,
				 parameters[i].value, NULL);
}

static int check_encryption(const struct mikey_policy *policy, bool *encrypts,
			    struct fault *fault)
{
	uint16_t cipher = mikey_policy_value(policy, MIKEY_SRTP_ENCRYPTION);
	uint16_t size =
		mikey_policy_value(policy, MIKEY_SRTP_ENCRYPTION_KEY_SIZE);

	*encrypts = cipher != MIKEY_SRTP_NULL &&
		    mikey_policy_value(policy, MIKEY_SRTP_ENCRYPTION_ON);
	if (cipher != MIKEY_SRTP_NULL && cipher != MIKEY_SRTP_AES_CM)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "SRTP encryption algorithm %u is not ours",
				 cipher);
	if (*encrypts && !mbms_mtk_size_fits(size, true))
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "SRTP encryption key has %u octets, not %d "
				 "or %d",
				 size, MTK_SIZE, MTK_SIZE_LONG);
	return 0;
}

/* HMAC-SHA1-32; at most all of the MAC. */
#define TAG_SIZE_MIN 4

static int check_tag(uint16_t algorithm, uint16_t size, struct fault *fault)
{
	/* In modes 1 and 2 the tag has the roll-over counter too. */
	uint16_t counter = algorithm == MIKEY_SRTP_HMAC_SHA1 ? 0 : 4;

	if (size < counter + TAG_SIZE_MIN)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "SRTP tag of %u octets is too short", size);
	if (size > counter + MIKEY_MAC_SIZE)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "SRTP tag of %u octets is too long", size);
	return 0;
}

static int check_authentication(const struct mikey_policy *policy,
				bool *authenticates, struct fault *fault)
{
	uint16_t algorithm =
		mikey_policy_value(policy, MIKEY_SRTP_ONLY_AUTHENTICATION);
	uint16_t key_size = mikey_policy_value(
		policy, MIKEY_SRTP_ONLY_AUTHENTICATION_KEY_SIZE);
	uint16_t size = mikey_policy_value(policy, MIKEY_SRTP_ONLY_TAG_SIZE);
	uint16_t rate = mikey_policy_value(policy, MIKEY_SRTP_ROC_RATE);
	bool on = mikey_policy_value(policy, MIKEY_SRTP_AUTHENTICATION_ON);

	*authenticates = false;
	if (algorithm > MIKEY_SRTP_RCC_MODE_3)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "SRTP authentication algorithm %u is not ours",
				 algorithm);
	if (!on || algorithm == MIKEY_SRTP_NO_MAC)
		return 0;
	/* Mode 3 carries the roll-over counter and no MAC: RFC 4771, 2. */
	if (algorithm == MIKEY_SRTP_RCC_MODE_3) {
		if (size == 4)
			return 0;
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "SRTP tag of RCC mode 3 has %u octets, not 4",
				 size);
	}
	if (key_size != MIKEY_AUTHENTICATION_KEY_SIZE)
		return fault_set(
			fault, FAULT_UNSUPPORTED,
			"SRTP authentication key has %u octets, not %d",
			key_size, MIKEY_AUTHENTICATION_KEY_SIZE);
	/* Mode 1 leaves the packets between those with a counter as they are. */
	*authenticates = algorithm != MIKEY_SRTP_RCC_MODE_1 || rate == 1;
	return check_tag(algorithm, size, fault);
}

/* What is said of SRTCP alone. Its packets carry their index and always have a
 * MAC (RFC 3711, 3.4), so the transforms of RFC 4771 are not for it.
 */
static int check_srtcp(const struct mikey_policy *policy, struct fault *fault)
{
	uint16_t value;

	if (mikey_policy_get(policy, MIKEY_SRTCP_ONLY_AUTHENTICATION, &value) &&
	    value != MIKEY_SRTP_HMAC_SHA1)
		return fault_set(
			fault, FAULT_UNSUPPORTED,
			"SRTCP authentication algorithm %u is not ours", value);
	if (mikey_policy_get(policy, MIKEY_SRTCP_ONLY_AUTHENTICATION_KEY_SIZE,
			     &value) &&
	    value != MIKEY_AUTHENTICATION_KEY_SIZE)
		return fault_set(
			fault, FAULT_UNSUPPORTED,
			"SRTCP authentication key has %u octets, not %d", value,
			MIKEY_AUTHENTICATION_KEY_SIZE);
	if (mikey_policy_get(policy, MIKEY_SRTCP_ONLY_TAG_SIZE, &value) &&
	    (value < TAG_SIZE_MIN || value > MIKEY_MAC_SIZE))
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "SRTCP tag has %u octets, not %d to %d", value,
				 TAG_SIZE_MIN, MIKEY_MAC_SIZE);
	return 0;
}

/* Parameters with one value that we have code for. */
static int check_fixed(const struct mikey_policy *policy, struct fault *fault)
{
	static const struct {
		uint8_t type;
		uint8_t value;
		const char *name;
	} fixed[] = {
		{ MIKEY_SRTP_SALT_SIZE, MTK_SALT_SIZE, "salt size" },
		{ MIKEY_SRTP_PRF, 0, "PRF" },
		{ MIKEY_SRTP_KEY_DERIVATION_RATE, MBMS_KEY_DERIVATION_RATE,
		  "key derivation rate" },
		{ MIKEY_SRTP_FEC_ORDER, 0, "FEC order" },
		{ MIKEY_SRTP_PREFIX_SIZE, 0, "prefix size" },
	};
	uint16_t value;
	size_t i;

	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		value = mikey_policy_value(policy, fixed[i].type);
		if (value != fixed[i].value)
			return fault_set(fault, FAULT_UNSUPPORTED,
					 "SRTP %s is %u, not %u", fixed[i].name,
					 value, fixed[i].value);
	}
	if (!mikey_policy_value(policy, MIKEY_SRTP_ROC_RATE))
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "SRTP ROC transmission rate is zero");
	return 0;
}

int mbms_policy_check(const struct mikey_policy *policy, struct fault *fault)
{
	bool encrypts = false, authenticates = false;

	if (check_encryption(policy, &encrypts, fault) ||
	    check_authentication(policy, &authenticates, fault) ||
	    check_srtcp(policy, fault) || check_fixed(policy, fault))
		return -1;
	if (!encrypts && !authenticates)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "SRTP policy %u protects nothing",
				 policy->number);
	return 0;
}

int mbms_download_keys(const struct secret *mtk, uint32_t csb_id,
		       const struct mikey_bytes *rand,
		       struct secret *encryption, struct secret *authentication,
		       struct fault *fault)
{
	if (!mikey_tgk_derive(mtk, MIKEY_TGK_ENCRYPTION, MBMS_DOWNLOAD_CS_ID,
			      csb_id, rand, MBMS_DOWNLOAD_ENCRYPTION_SIZE,
			      encryption, fault) &&
	    !mikey_tgk_derive(mtk, MIKEY_TGK_AUTHENTICATION,
			      MBMS_DOWNLOAD_CS_ID, csb_id, rand,
			      MBMS_DOWNLOAD_AUTHENTICATION_SIZE, authentication,
			      fault))
		return 0;
	secret_clear(encryption);
	secret_clear(authentication);
	return -1;
}

bool mbms_roc_is_fresh(uint64_t packets_since)
{
	return packets_since < MBMS_ROC_SNAPSHOT_PACKETS;
}
