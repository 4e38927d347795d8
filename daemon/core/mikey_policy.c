// SPDX-License-Identifier: GPL-2.0-or-later
#include "mikey_policy.h"

/* RFC 3830, 6.10: the security protocol that the parameters are for. */
#define PROTOCOL_SRTP 0

/* Octets of a value: RFC 3830, 6.10.1 calls one enough; R has 16 bits. */
static size_t value_size(uint8_t type)
{
	return type == MIKEY_SRTP_ROC_RATE ? 2 : 1;
}

static bool has_parameter(const struct mikey_policy *policy, uint8_t type)
{
	uint16_t value;

	return mikey_policy_get(policy, type, &value);
}

int mikey_policy_add(struct mikey_policy *policy, uint8_t type, uint16_t value,
		     struct fault *fault)
{
	if (type >= MIKEY_SRTP_PARAMETERS)
		return fault_set(fault, FAULT_ARGUMENT,
				 "SRTP parameter %u is unknown", type);
	if (value_size(type) == 1 && value > UINT8_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "SRTP parameter %u has one octet, not %u",
				 type, value);
	if (has_parameter(policy, type))
		return fault_set(fault, FAULT_ARGUMENT,
				 "SRTP parameter %u is in the policy twice",
				 type);
	policy->types[policy->count] = type;
	policy->values[policy->count++] = value;
	return 0;
}

bool mikey_policy_get(const struct mikey_policy *policy, uint8_t type,
		      uint16_t *value)
{
	uint8_t i;

	for (i = 0; i < policy->count; i++) {
		if (policy->types[i] != type)
			continue;
		*value = policy->values[i];
		return true;
	}
	return false;
}

uint16_t mikey_policy_value(const struct mikey_policy *policy, uint8_t type)
{
	/* SRTP's own defaults: RFC 3711, 5 and 8.2; R: RFC 4771, 4. */
	static const uint8_t defaults[MIKEY_SRTP_PARAMETERS] = {
		[MIKEY_SRTP_ENCRYPTION] = MIKEY_SRTP_AES_CM,
		[MIKEY_SRTP_ENCRYPTION_KEY_SIZE] = 16,
		[MIKEY_SRTP_AUTHENTICATION] = MIKEY_SRTP_HMAC_SHA1,
		[MIKEY_SRTP_AUTHENTICATION_KEY_SIZE] = 20,
		[MIKEY_SRTP_SALT_SIZE] = 14,
		[MIKEY_SRTP_ENCRYPTION_ON] = 1,
		[MIKEY_SRTCP_ENCRYPTION_ON] = 1,
		[MIKEY_SRTP_AUTHENTICATION_ON] = 1,
		[MIKEY_SRTP_TAG_SIZE] = 10,
		[MIKEY_SRTP_ROC_RATE] = 1,
	};
	/* What is not said for one protocol is as for both (RFC 4771, 4). */
	static const uint8_t general[MIKEY_SRTP_PARAMETERS] = {
		[MIKEY_SRTP_ONLY_AUTHENTICATION] = MIKEY_SRTP_AUTHENTICATION,
		[MIKEY_SRTCP_ONLY_AUTHENTICATION] = MIKEY_SRTP_AUTHENTICATION,
		[MIKEY_SRTP_ONLY_AUTHENTICATION_KEY_SIZE] =
			MIKEY_SRTP_AUTHENTICATION_KEY_SIZE,
		[MIKEY_SRTCP_ONLY_AUTHENTICATION_KEY_SIZE] =
			MIKEY_SRTP_AUTHENTICATION_KEY_SIZE,
		[MIKEY_SRTP_ONLY_TAG_SIZE] = MIKEY_SRTP_TAG_SIZE,
		[MIKEY_SRTCP_ONLY_TAG_SIZE] = MIKEY_SRTP_TAG_SIZE,
	};
	uint16_t value;

	if (mikey_policy_get(policy, type, &value))
		return value;
	if (type >= MIKEY_SRTP_PARAMETERS)
		return 0;
	if (general[type])
		return mikey_policy_value(policy, general[type]);
	return defaults[type];
}

static int decode_parameter(struct mikey_policy *policy, struct reader *reader,
			    struct fault *fault)
{
	uint8_t type = reader_u8(reader);
	uint8_t size = reader_u8(reader);
	uint16_t value;

	if (reader_check(reader, "SP payload's parameter", fault))
		return -1;
	if (type >= MIKEY_SRTP_PARAMETERS)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "SP payload has the unknown parameter %u",
				 type);
	if (size != value_size(type))
		return fault_set(
			fault, FAULT_MALFORMED,
			"SP payload's parameter %u has %u octets, not %zu",
			type, size, value_size(type));
	if (has_parameter(policy, type))
		return fault_set(fault, FAULT_MALFORMED,
				 "SP payload has parameter %u twice", type);
	value = size == 1 ? reader_u8(reader) : reader_u16(reader);
	policy->types[policy->count] = type;
	policy->values[policy->count++] = value;
	return reader_check(reader, "SP payload's parameter", fault);
}

static int decode_body(struct mikey_policy *policy, struct reader *reader,
		       struct fault *fault)
{
	struct reader parameters;
	uint8_t protocol;

	policy->number = reader_u8(reader);
	protocol = reader_u8(reader);
	parameters = reader_sub(reader, reader_u16(reader));
	if (reader_check(reader, "SP payload", fault))
		return -1;
	if (protocol != PROTOCOL_SRTP)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "SP payload is for protocol %u, not SRTP",
				 protocol);
	while (reader_left(&parameters))
		if (decode_parameter(policy, &parameters, fault))
			return -1;
	return 0;
}

int mikey_policy_decode(struct mikey_policy *policy, struct reader *reader,
			struct fault *fault)
{
	*policy = (struct mikey_policy){ 0 };
	if (!decode_body(policy, reader, fault))
		return 0;
	*policy = (struct mikey_policy){ 0 };
	return -1;
}

void mikey_policy_encode(const struct mikey_policy *policy,
			 struct writer *writer)
{
	size_t size, start;
	uint8_t i;

	writer_u8(writer, policy->number);
	writer_u8(writer, PROTOCOL_SRTP);
	size = writer->length;
	writer_u16(writer, 0);
	start = writer->length;
	for (i = 0; i < policy->count; i++) {
		writer_u8(writer, policy->types[i]);
		writer_u8(writer, (uint8_t)value_size(policy->types[i]));
		if (value_size(policy->types[i]) == 2)
			writer_u16(writer, policy->values[i]);
		else
			writer_u8(writer, (uint8_t)policy->values[i]);
	}
	writer_set_u16(writer, size, (uint16_t)(writer->length - start));
}
