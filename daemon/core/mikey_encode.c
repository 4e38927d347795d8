// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "mikey.h"

/* Which of the payloads that there may be several of comes next. */
struct progress {
	unsigned int identities;
	uint8_t policies;
	uint8_t errors;
};

static void encode_mac(const struct mikey_message *message,
		       struct writer *writer)
{
	static const uint8_t zeroes[MIKEY_MAC_SIZE];

	writer_u8(writer, MIKEY_HMAC_SHA_1_160);
	writer_bytes(writer, message->mac.size ? message->mac.data : zeroes,
		     MIKEY_MAC_SIZE);
}

static void encode_kemac(const struct mikey_message *message,
			 struct writer *writer)
{
	writer_u8(writer, MIKEY_AES_CM_128);
	writer_u16(writer, (uint16_t)message->encrypted.size);
	writer_bytes(writer, message->encrypted.data, message->encrypted.size);
	encode_mac(message, writer);
}

static void encode_t(const struct mikey_message *message, struct writer *writer)
{
	writer_u8(writer, message->timestamp_type);
	if (message->timestamp_type == MIKEY_COUNTER)
		writer_u32(writer, (uint32_t)message->timestamp);
	else
		writer_u64(writer, message->timestamp);
}

static void encode_rand(const struct mikey_message *message,
			struct writer *writer)
{
	writer_u8(writer, (uint8_t)message->rand.size);
	writer_bytes(writer, message->rand.data, message->rand.size);
}

static void encode_id(const struct mikey_message *message,
		      struct progress *progress, struct writer *writer)
{
	const struct mikey_identity *identity = &message->responder;

	if (message->type == MIKEY_PSK && !progress->identities++)
		identity = &message->initiator;
	writer_u8(writer, identity->type);
	writer_u16(writer, (uint16_t)identity->data.size);
	writer_bytes(writer, identity->data.data, identity->data.size);
}

static void encode_key_id(const struct mikey_key_ids *ids, uint8_t type,
			  struct writer *writer)
{
	writer_u8(writer, type);
	switch (type) {
	case MIKEY_KEY_DOMAIN_ID:
		writer_u8(writer, KEY_DOMAIN_ID_SIZE);
		writer_bytes(writer, ids->msk.domain.octets,
			     KEY_DOMAIN_ID_SIZE);
		break;
	case MIKEY_MSK_ID:
		writer_u8(writer, MSK_ID_SIZE);
		writer_u32(writer, ids->msk.msk_id);
		break;
	default:
		writer_u8(writer, MTK_ID_SIZE);
		writer_u16(writer, ids->mtk_id);
		break;
	}
}

static void encode_ext(const struct mikey_key_ids *ids, struct writer *writer)
{
	size_t size, start;
	uint8_t i;

	writer_u8(writer, MIKEY_EXT_KEY_ID);
	size = writer->length;
	writer_u16(writer, 0);
	start = writer->length;
	for (i = 0; i < ids->count; i++)
		encode_key_id(ids, ids->order[i], writer);
	writer_set_u16(writer, size, (uint16_t)(writer->length - start));
}

static int encode_payload(const struct mikey_message *message, uint8_t payload,
			  struct progress *progress, struct writer *writer,
			  struct fault *fault)
{
	switch (payload) {
	case MIKEY_KEMAC:
		encode_kemac(message, writer);
		return 0;
	case MIKEY_T:
		encode_t(message, writer);
		return 0;
	case MIKEY_ID:
		encode_id(message, progress, writer);
		return 0;
	case MIKEY_V:
		encode_mac(message, writer);
		return 0;
	case MIKEY_RAND:
		encode_rand(message, writer);
		return 0;
	case MIKEY_EXT:
		encode_ext(&message->key_ids, writer);
		return 0;
	case MIKEY_SP:
		if (progress->policies == message->policy_count)
			break;
		mikey_policy_encode(&message->policies[progress->policies++],
				    writer);
		return 0;
	case MIKEY_ERR:
		if (progress->errors == message->error_count)
			break;
		writer_u8(writer, message->errors[progress->errors++]);
		writer_u16(writer, 0);
		return 0;
	}
	return fault_set(fault, FAULT_ARGUMENT,
			 "payload %s cannot be written, it has no contents",
			 mikey_payload_name(payload));
}

static void encode_header(const struct mikey_message *message,
			  struct writer *writer)
{
	uint8_t i;

	writer_u8(writer, MIKEY_VERSION);
	writer_u8(writer, message->type);
	writer_u8(writer, message->count ? message->order[0] : MIKEY_LAST);
	writer_u8(writer, MIKEY_PRF | (message->verify ? MIKEY_V_FLAG : 0));
	writer_u32(writer, message->csb_id);
	writer_u8(writer, message->sessions);
	writer_u8(writer, message->map);
	if (message->map != MIKEY_MAP_SRTP)
		return;
	for (i = 0; i < message->sessions; i++) {
		writer_u8(writer, message->streams[i].policy);
		writer_u32(writer, message->streams[i].ssrc);
		writer_u32(writer, message->streams[i].roc);
	}
}

/* What would not fit its field, or our arrays. */
static int check_sizes(const struct mikey_message *message, struct fault *fault)
{
	uint8_t i;

	if (message->count > MIKEY_PAYLOADS_MAX ||
	    message->policy_count > MIKEY_POLICIES_MAX ||
	    message->error_count > MIKEY_ERRORS_MAX ||
	    message->key_ids.count > MIKEY_KEY_ID_TYPES ||
	    (message->map == MIKEY_MAP_SRTP &&
	     message->sessions > MIKEY_STREAMS_MAX))
		return fault_set(fault, FAULT_LIMIT,
				 "message has too many payloads or streams");
	for (i = 0; i < message->policy_count; i++)
		if (message->policies[i].count > MIKEY_SRTP_PARAMETERS)
			return fault_set(fault, FAULT_LIMIT,
					 "SP payload has too many parameters");
	if (message->rand.size > MIKEY_RAND_MAX ||
	    message->initiator.data.size > MIKEY_ID_MAX ||
	    message->responder.data.size > MIKEY_ID_MAX ||
	    message->encrypted.size > MIKEY_SIZE_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "RAND, ID or encrypted data is too long");
	if (message->mac.size && message->mac.size != MIKEY_MAC_SIZE)
		return fault_set(fault, FAULT_ARGUMENT,
				 "MAC has %zu octets, not %d",
				 message->mac.size, MIKEY_MAC_SIZE);
	return 0;
}

static int encode(const struct mikey_message *message, struct writer *writer,
		  struct fault *fault)
{
	struct progress progress = { 0 };
	uint8_t i, next;

	encode_header(message, writer);
	for (i = 0; i < message->count; i++) {
		next = i + 1 < message->count ? message->order[i + 1] :
						MIKEY_LAST;
		writer_u8(writer, next);
		if (encode_payload(message, message->order[i], &progress,
				   writer, fault))
			return -1;
	}
	return writer_check(writer, "message", fault);
}

static bool policy_equal(const struct mikey_policy *a,
			 const struct mikey_policy *b)
{
	return a->number == b->number && a->count == b->count &&
	       !memcmp(a->types, b->types, a->count) &&
	       !memcmp(a->values, b->values, a->count * sizeof(a->values[0]));
}

/* That nothing was cut off or left out on the way to the octets. */
static int check_complete(const struct mikey_message *message,
			  const struct mikey_message *written,
			  struct fault *fault)
{
	uint8_t i;

	if (written->timestamp != message->timestamp)
		return fault_set(fault, FAULT_ARGUMENT,
				 "counter has more than 32 bits");
	if (written->policy_count != message->policy_count ||
	    written->error_count != message->error_count)
		return fault_set(
			fault, FAULT_ARGUMENT,
			"message has %u policies and %u errors, but not as many payloads",
			message->policy_count, message->error_count);
	for (i = 0; i < message->policy_count; i++)
		if (!policy_equal(&written->policies[i], &message->policies[i]))
			return fault_set(
				fault, FAULT_ARGUMENT,
				"value of a parameter of policy %u does not fit its octets",
				message->policies[i].number);
	return 0;
}

int mikey_encode(const struct mikey_message *message, struct writer *writer,
		 struct fault *fault)
{
	struct writer before = *writer;
	size_t start = writer->length;
	struct mikey_message written;

	/* One set of rules for both directions: what we write, we can read. */
	if (check_sizes(message, fault) || encode(message, writer, fault) ||
	    mikey_decode(&written, writer->data + start, writer->length - start,
			 fault) ||
	    check_complete(message, &written, fault)) {
		*writer = before;
		return -1;
	}
	return 0;
}
