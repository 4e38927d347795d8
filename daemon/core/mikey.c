// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "mikey.h"

static int decode_algorithm(uint8_t algorithm, uint8_t wanted,
			    const char *payload, const char *what,
			    struct fault *fault)
{
	if (algorithm == wanted)
		return 0;
	return fault_set(
		fault, FAULT_UNSUPPORTED,
		algorithm ?
			"%s payload has the %s algorithm %u, which is not ours" :
			"%s payload offers the NULL %s algorithm (%u)",
		payload, what, algorithm);
}

/* Takes the MAC at the reader's position, which ends the message. */
static int decode_mac(struct mikey_message *message, struct reader *reader,
		      const char *payload, struct fault *fault)
{
	uint8_t algorithm = reader_u8(reader);

	/* A reader at its end says 0, which is no offer of NULL. */
	if (reader_check(reader, payload, fault) ||
	    decode_algorithm(algorithm, MIKEY_HMAC_SHA_1_160, payload, "MAC",
			     fault))
		return -1;
	message->covered = reader->pos;
	message->mac.data = reader_bytes(reader, MIKEY_MAC_SIZE);
	message->mac.size = message->mac.data ? MIKEY_MAC_SIZE : 0;
	return 0;
}

static int decode_kemac(struct mikey_message *message, struct reader *reader,
			struct fault *fault)
{
	uint8_t encryption = reader_u8(reader);
	size_t size = reader_u16(reader);
	const uint8_t *data = reader_bytes(reader, size);

	if (reader_check(reader, "KEMAC payload", fault) ||
	    decode_algorithm(encryption, MIKEY_AES_CM_128, "KEMAC",
			     "encryption", fault))
		return -1;
	if (size)
		message->encrypted = (struct mikey_bytes){ data, size };
	return decode_mac(message, reader, "KEMAC", fault);
}

static int decode_v(struct mikey_message *message, struct reader *reader,
		    struct fault *fault)
{
	return decode_mac(message, reader, "V", fault);
}

static int decode_t(struct mikey_message *message, struct reader *reader,
		    struct fault *fault)
{
	message->timestamp_type = reader_u8(reader);
	switch (message->timestamp_type) {
	case MIKEY_NTP_UTC:
	case MIKEY_NTP:
		message->timestamp = reader_u64(reader);
		return 0;
	case MIKEY_COUNTER:
		message->timestamp = reader_u32(reader);
		return 0;
	}
	return fault_set(fault, FAULT_UNSUPPORTED,
			 "T payload has the unknown type %u",
			 message->timestamp_type);
}

static int decode_rand(struct mikey_message *message, struct reader *reader,
		       struct fault *fault)
{
	size_t size = reader_u8(reader);

	if (size < MIKEY_RAND_MIN && !reader->failed)
		return fault_set(fault, FAULT_MALFORMED,
				 "RAND payload has %zu octets, less than %d",
				 size, MIKEY_RAND_MIN);
	message->rand.data = reader_bytes(reader, size);
	message->rand.size = size;
	return 0;
}

static int decode_id(struct mikey_message *message, struct reader *reader,
		     struct fault *fault)
{
	struct mikey_identity identity = { .type = reader_u8(reader) };

	identity.data.size = reader_u16(reader);
	if (reader_check(reader, "ID payload", fault))
		return -1;
	if (identity.type > MIKEY_BYTE_STRING)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "ID payload has the unknown type %u",
				 identity.type);
	if (!identity.data.size)
		return fault_set(fault, FAULT_MALFORMED, "ID payload is empty");
	if (identity.data.size > MIKEY_ID_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "ID payload has %zu octets, more than %d",
				 identity.data.size, MIKEY_ID_MAX);
	identity.data.data = reader_bytes(reader, identity.data.size);
	if (message->type == MIKEY_PSK && !message->initiator.data.size)
		message->initiator = identity;
	else
		message->responder = identity;
	return 0;
}

static int decode_sp(struct mikey_message *message, struct reader *reader,
		     struct fault *fault)
{
	struct mikey_policy *policy = &message->policies[message->policy_count];
	uint8_t i;

	if (mikey_policy_decode(policy, reader, fault))
		return -1;
	for (i = 0; i < message->policy_count; i++)
		if (message->policies[i].number == policy->number)
			return fault_set(
				fault, FAULT_MALFORMED,
				"two SP payloads have policy number %u",
				policy->number);
	message->policy_count++;
	return 0;
}

static int decode_err(struct mikey_message *message, struct reader *reader,
		      struct fault *fault)
{
	message->errors[message->error_count++] = reader_u8(reader);
	if (reader_u16(reader))
		return fault_set(fault, FAULT_MALFORMED,
				 "ERR payload's reserved octets are not zero");
	return 0;
}

static int decode_key_id(struct mikey_key_ids *ids, struct reader *reader,
			 struct fault *fault)
{
	static const uint8_t sizes[MIKEY_KEY_ID_TYPES] = {
		[MIKEY_KEY_DOMAIN_ID] = KEY_DOMAIN_ID_SIZE,
		[MIKEY_MSK_ID] = MSK_ID_SIZE,
		[MIKEY_MTK_ID] = MTK_ID_SIZE,
	};
	uint8_t type = reader_u8(reader);
	uint8_t size = reader_u8(reader);

	if (reader_check(reader, "EXT payload", fault))
		return -1;
	if (type >= MIKEY_KEY_ID_TYPES)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "EXT payload has the unknown Key ID type %u",
				 type);
	if (size != sizes[type])
		return fault_set(
			fault, FAULT_MALFORMED,
			"EXT payload's Key ID of type %u has %u octets, not %u",
			type, size, sizes[type]);
	if (memchr(ids->order, type, ids->count))
		return fault_set(fault, FAULT_MALFORMED,
				 "EXT payload has Key ID type %u twice", type);
	ids->order[ids->count++] = type;
	if (type == MIKEY_KEY_DOMAIN_ID)
		reader_copy(reader, ids->msk.domain.octets, KEY_DOMAIN_ID_SIZE);
	else if (type == MIKEY_MSK_ID)
		ids->msk.msk_id = reader_u32(reader);
	else
		ids->mtk_id = reader_u16(reader);
	return reader_check(reader, "EXT payload", fault);
}

static int decode_ext(struct mikey_message *message, struct reader *reader,
		      struct fault *fault)
{
	uint8_t type = reader_u8(reader);
	struct reader ids = reader_sub(reader, reader_u16(reader));

	if (reader_check(reader, "EXT payload", fault))
		return -1;
	if (type != MIKEY_EXT_KEY_ID)
		return fault_set(
			fault, FAULT_UNSUPPORTED,
			"EXT payload has type %u, not Key ID information",
			type);
	while (reader_left(&ids))
		if (decode_key_id(&message->key_ids, &ids, fault))
			return -1;
	if (!message->key_ids.count)
		return fault_set(fault, FAULT_MALFORMED,
				 "EXT payload names no key");
	return 0;
}

/* @max: how many of it a message may have */
static const struct codec {
	uint8_t payload;
	uint8_t max;
	const char *name;
	int (*decode)(struct mikey_message *message, struct reader *reader,
		      struct fault *fault);
} codecs[] = {
	{ MIKEY_KEMAC, 1, "KEMAC", decode_kemac },
	{ MIKEY_T, 1, "T", decode_t },
	{ MIKEY_ID, 2, "ID", decode_id },
	{ MIKEY_V, 1, "V", decode_v },
	{ MIKEY_SP, MIKEY_POLICIES_MAX, "SP", decode_sp },
	{ MIKEY_RAND, 1, "RAND", decode_rand },
	{ MIKEY_ERR, MIKEY_ERRORS_MAX, "ERR", decode_err },
	{ MIKEY_EXT, 1, "EXT", decode_ext },
};

static const struct codec *codec_find(uint8_t payload)
{
	size_t i;

	for (i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++)
		if (codecs[i].payload == payload)
			return &codecs[i];
	return NULL;
}

static unsigned int payload_count(const struct mikey_message *message,
				  uint8_t payload)
{
	unsigned int count = 0;
	uint8_t i;

	for (i = 0; i < message->count; i++)
		count += message->order[i] == payload;
	return count;
}

static int decode_stream(struct mikey_message *message, uint8_t index,
			 struct reader *reader, struct fault *fault)
{
	struct mikey_stream *stream = &message->streams[index];
	uint8_t i;

	stream->policy = reader_u8(reader);
	stream->ssrc = reader_u32(reader);
	stream->roc = reader_u32(reader);
	if (reader_check(reader, "SRTP-ID map", fault))
		return -1;
	/* With one key that would be a two-time pad: RFC 3711, 9.1. */
	for (i = 0; i < index; i++)
		if (message->streams[i].ssrc == stream->ssrc)
			return fault_set(fault, FAULT_MALFORMED,
					 "SRTP-ID map has SSRC %08x twice",
					 stream->ssrc);
	return 0;
}

static int decode_map(struct mikey_message *message, struct reader *reader,
		      struct fault *fault)
{
	uint8_t i;

	if (message->map == MIKEY_MAP_EMPTY)
		return 0;
	if (message->map != MIKEY_MAP_SRTP)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "HDR has the unknown CS ID map type %u",
				 message->map);
	if (message->sessions > MIKEY_STREAMS_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "SRTP-ID map has %u streams, more than %d",
				 message->sessions, MIKEY_STREAMS_MAX);
	for (i = 0; i < message->sessions; i++)
		if (decode_stream(message, i, reader, fault))
			return -1;
	return 0;
}

/* Common header: RFC 3830, 6.1. */
static int decode_header(struct mikey_message *message, struct reader *reader,
			 uint8_t *next, struct fault *fault)
{
	uint8_t version = reader_u8(reader);
	uint8_t flags;

	message->type = reader_u8(reader);
	*next = reader_u8(reader);
	flags = reader_u8(reader);
	message->verify = flags & MIKEY_V_FLAG;
	message->csb_id = reader_u32(reader);
	message->sessions = reader_u8(reader);
	message->map = reader_u8(reader);
	if (reader_check(reader, "HDR", fault))
		return -1;
	if (version != MIKEY_VERSION)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "HDR has version %u, not %d", version,
				 MIKEY_VERSION);
	if (message->type != MIKEY_PSK &&
	    message->type != MIKEY_PSK_VERIFICATION &&
	    message->type != MIKEY_ERROR)
		return fault_set(
			fault, FAULT_UNSUPPORTED,
			"HDR has data type %u, which is not of the pre-shared key method",
			message->type);
	if ((flags & ~MIKEY_V_FLAG) != MIKEY_PRF)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "HDR offers PRF %u, not MIKEY-1",
				 flags & ~MIKEY_V_FLAG);
	return decode_map(message, reader, fault);
}

static int decode_payload(struct mikey_message *message, uint8_t payload,
			  struct reader *reader, uint8_t *next,
			  struct fault *fault)
{
	const struct codec *codec = codec_find(payload);

	if (!codec)
		return fault_set(
			fault, FAULT_UNSUPPORTED,
			"payload %u is not of the pre-shared key method",
			payload);
	if (payload_count(message, payload) == codec->max)
		return fault_set(fault, FAULT_MALFORMED,
				 "%s payload is there more than %s",
				 codec->name,
				 codec->max == 1 ? "once" :
				 codec->max == 2 ? "twice" :
						   "four times");
	if (mikey_add(message, payload, fault))
		return -1;
	*next = reader_u8(reader);
	if (!codec->decode(message, reader, fault) &&
	    !reader_check(reader, codec->name, fault))
		return 0;
	message->count--;
	return -1;
}

#define BIT(payload) (1U << (payload))

/* Exchanges: RFC 3830, 3.1 and 5.1.2. */
static const struct shape {
	uint8_t type;
	const char *name;
	uint32_t required;
	uint32_t allowed;
} shapes[] = {
	{ MIKEY_PSK, "initiator's", BIT(MIKEY_T) | BIT(MIKEY_KEMAC),
	  BIT(MIKEY_T) | BIT(MIKEY_RAND) | BIT(MIKEY_ID) | BIT(MIKEY_SP) |
		  BIT(MIKEY_EXT) | BIT(MIKEY_KEMAC) },
	{ MIKEY_PSK_VERIFICATION, "verification", BIT(MIKEY_T) | BIT(MIKEY_V),
	  BIT(MIKEY_T) | BIT(MIKEY_ID) | BIT(MIKEY_V) },
	{ MIKEY_ERROR, "error", BIT(MIKEY_T) | BIT(MIKEY_ERR),
	  BIT(MIKEY_T) | BIT(MIKEY_ERR) | BIT(MIKEY_SP) | BIT(MIKEY_V) },
};

static const struct shape *shape_find(uint8_t type)
{
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].type == type)
			return &shapes[i];
	return NULL;
}

static int check_payloads(const struct mikey_message *message,
			  const struct shape *shape, struct fault *fault)
{
	size_t i;

	for (i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		uint32_t bit = BIT(codecs[i].payload);
		bool present = payload_count(message, codecs[i].payload);

		if (present && !(shape->allowed & bit))
			return fault_set(fault, FAULT_MALFORMED,
					 "%s message has a payload %s",
					 shape->name, codecs[i].name);
		if (!present && shape->required & bit)
			return fault_set(fault, FAULT_MALFORMED,
					 "%s message has no payload %s",
					 shape->name, codecs[i].name);
	}
	return 0;
}

static int check_shape(const struct mikey_message *message, struct fault *fault)
{
	const struct shape *shape = shape_find(message->type);
	uint8_t i;

	if (check_payloads(message, shape, fault))
		return -1;
	if (message->type != MIKEY_PSK && payload_count(message, MIKEY_ID) > 1)
		return fault_set(fault, FAULT_MALFORMED,
				 "%s message has two payloads ID", shape->name);
	if (message->map == MIKEY_MAP_EMPTY && message->policy_count)
		return fault_set(fault, FAULT_MALFORMED,
				 "message with the empty map has a payload SP");
	for (i = 0; i + 1 < message->count; i++)
		if (message->order[i] == MIKEY_KEMAC ||
		    message->order[i] == MIKEY_V)
			return fault_set(fault, FAULT_MALFORMED,
					 "%s payload is not the last",
					 mikey_payload_name(message->order[i]));
	return 0;
}

static int decode(struct mikey_message *message, struct reader *reader,
		  struct fault *fault)
{
	uint8_t next;

	if (decode_header(message, reader, &next, fault))
		return -1;
	message->octets = (struct mikey_bytes){ reader->data, reader->pos };
	while (next != MIKEY_LAST) {
		if (decode_payload(message, next, reader, &next, fault))
			return -1;
		message->octets.size = reader->pos;
	}
	if (reader_end(reader, "message", fault))
		return -1;
	return check_shape(message, fault);
}

int mikey_decode_part(struct mikey_message *message, const void *data,
		      size_t size, struct fault *fault)
{
	struct reader reader;

	*message = (struct mikey_message){ 0 };
	if (size > MIKEY_SIZE_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "message has %zu octets, more than %d", size,
				 MIKEY_SIZE_MAX);
	reader_init(&reader, data, size);
	if (decode(message, &reader, fault))
		return -1;
	if (!message->mac.size)
		message->covered = size;
	return 0;
}

int mikey_decode(struct mikey_message *message, const void *data, size_t size,
		 struct fault *fault)
{
	if (!mikey_decode_part(message, data, size, fault))
		return 0;
	*message = (struct mikey_message){ 0 };
	return -1;
}

int mikey_add(struct mikey_message *message, enum mikey_payload payload,
	      struct fault *fault)
{
	if (message->count == MIKEY_PAYLOADS_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "message has more than %d payloads",
				 MIKEY_PAYLOADS_MAX);
	message->order[message->count++] = payload;
	return 0;
}

bool mikey_has(const struct mikey_message *message, enum mikey_payload payload)
{
	return payload_count(message, payload);
}

bool mikey_has_key_id(const struct mikey_message *message,
		      enum mikey_key_id_type type)
{
	return memchr(message->key_ids.order, type, message->key_ids.count);
}

const char *mikey_payload_name(uint8_t payload)
{
	const struct codec *codec = codec_find(payload);

	return codec ? codec->name : "unknown";
}

const char *mikey_error_name(uint8_t error)
{
	static const char *const names[] = {
		"authentication failure",
		"invalid timestamp",
		"PRF not supported",
		"MAC algorithm not supported",
		"encryption algorithm not supported",
		"hash function not supported",
		"DH group not supported",
		"ID not supported",
		"certificate not supported",
		"SP type not supported",
		"SP parameters not supported",
		"data type not supported",
		"unspecified error",
	};

	if (error >= sizeof(names) / sizeof(names[0]))
		return "unknown error";
	return names[error];
}
