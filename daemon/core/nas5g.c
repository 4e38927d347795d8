// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <string.h>

#include "nas5g.h"
#include "nas_ie.h"

#define DISCRIMINATOR_5GSM 0x2e
#define IE_CAUSE 0x59
#define IE_REQUESTED 0x70
#define IE_RECEIVED 0x71
#define IE_KMBS 0x7f /* ours */
#define KMBS_VERSION 1

/* What a message may have. */
#define HAS_CAUSE 0x01 /* as its last mandatory element */
#define MAY_CAUSE 0x02
#define MAY_REQUEST 0x04
#define MAY_RECEIVE 0x08
#define BY_UE 0x10 /* begins a procedure */

static const struct nas_ie_fixed fixed[] = {
	{ IE_CAUSE, 1 }, { 0x55, 2 }, /* maximum number of packet filters */
	{ 0x13, 2 }, /* integrity protection maximum data rate */
	{ 0x56, 1 }, /* RQ timer */
	{ 0, 0 },
};

static int type_flags(unsigned int type)
{
	switch (type) {
	case NAS5G_ESTABLISHMENT_REQUEST:
		return MAY_REQUEST | BY_UE;
	case NAS5G_ESTABLISHMENT_ACCEPT:
		return MAY_RECEIVE | MAY_CAUSE | BY_UE;
	case NAS5G_MODIFICATION_REQUEST:
		return MAY_REQUEST | MAY_CAUSE | BY_UE;
	case NAS5G_MODIFICATION_REJECT:
		return HAS_CAUSE | BY_UE;
	case NAS5G_MODIFICATION_COMMAND:
		return MAY_RECEIVE | MAY_CAUSE;
	case NAS5G_MODIFICATION_COMPLETE:
		return 0;
	case NAS5G_MODIFICATION_COMMAND_REJECT:
		return HAS_CAUSE;
	}
	return -1;
}

/* What holds for sender and receiver. */
static int message_check(const struct nas5g_sm *message, enum fault_code code,
			 struct fault *fault)
{
	int flags = type_flags(message->type);

	if (flags < 0)
		return fault_set(fault,
				 code == FAULT_MALFORMED ? FAULT_UNSUPPORTED :
							   code,
				 "5GSM message type %02x is not supported",
				 (unsigned int)message->type);
	if (!message->session || message->session > NAS5G_SESSION_MAX)
		return fault_set(fault, code, "PDU session identity is %u",
				 message->session);
	if (message->pti > NAS5G_PTI_MAX || (flags & BY_UE && !message->pti))
		return fault_set(fault, code,
				 "procedure transaction identity is %u",
				 message->pti);
	if (flags & HAS_CAUSE && !message->cause)
		return fault_set(fault, code, "reject has no 5GSM cause");
	return 0;
}

/* True if the check value @at is for a keys set of the message. */
static bool check_has_set(const struct nas5g_sm *message, size_t at)
{
	const struct kmbs_check *check = &message->checks[at];
	const struct mbs_received *received = &message->received;
	size_t i, j;

	for (i = 0; i < received->count; i++) {
		const struct mbs_information *information =
			&received->information[i];

		if (!tmgi_equal(&information->tmgi, &check->tmgi))
			continue;
		for (j = 0; j < information->key_set_count; j++)
			if (msk_ref_equal(&information->key_sets[j].id,
					  &check->id))
				return true;
	}
	return false;
}

/* Each wrapped keys set has one check value, and each of these a keys set. */
static int checks_check(const struct nas5g_sm *message, enum fault_code code,
			struct fault *fault)
{
	const struct kmbs_check *checks = message->checks;
	size_t i, j;

	for (i = 0; i < message->check_count; i++) {
		if (!check_has_set(message, i))
			return fault_set(fault, code,
					 "KMBS element names a keys set that "
					 "is not there");
		for (j = 0; j < i; j++)
			if (tmgi_equal(&checks[j].tmgi, &checks[i].tmgi) &&
			    msk_ref_equal(&checks[j].id, &checks[i].id))
				return fault_set(fault, code,
						 "KMBS element names a keys "
						 "set twice");
	}
	return 0;
}

static int members_check(const struct nas5g_sm *message, struct fault *fault)
{
	int flags;

	if (message_check(message, FAULT_ARGUMENT, fault))
		return -1;
	flags = type_flags(message->type);
	if ((message->cause && !(flags & (HAS_CAUSE | MAY_CAUSE))) ||
	    ((message->requested.count || message->offers_wrap) &&
	     !(flags & MAY_REQUEST)) ||
	    ((message->received.count || message->check_count) &&
	     !(flags & MAY_RECEIVE)) ||
	    message->check_count > NAS5G_CHECKS_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "element does not belong to 5GSM message %02x",
				 (unsigned int)message->type);
	if (message->type == NAS5G_ESTABLISHMENT_ACCEPT &&
	    (!message->qos_rules_size || message->qos_rules_size > 65535))
		return fault_set(fault, FAULT_ARGUMENT,
				 "establishment accept has no QoS rules");
	return 0;
}

static void mandatory_encode(const struct nas5g_sm *message,
			     struct writer *writer)
{
	writer_u8(writer, DISCRIMINATOR_5GSM);
	writer_u8(writer, message->session);
	writer_u8(writer, message->pti);
	writer_u8(writer, (uint8_t)message->type);
	if (type_flags(message->type) & HAS_CAUSE)
		writer_u8(writer, message->cause);
	if (message->type == NAS5G_ESTABLISHMENT_REQUEST)
		writer_u16(writer, message->maximum_rate);
	if (message->type != NAS5G_ESTABLISHMENT_ACCEPT)
		return;
	writer_u8(writer, message->session_type);
	writer_u16(writer, (uint16_t)message->qos_rules_size);
	writer_bytes(writer, message->qos_rules, message->qos_rules_size);
	writer_u8(writer, NAS5G_AMBR_SIZE);
	writer_bytes(writer, message->ambr, NAS5G_AMBR_SIZE);
}

static int checks_encode(const struct nas5g_sm *message, struct writer *writer,
			 struct fault *fault)
{
	size_t i;

	for (i = 0; i < message->check_count; i++) {
		if (mbs_tmgi_encode(&message->checks[i].tmgi, writer, fault))
			return -1;
		writer_bytes(writer, message->checks[i].id.domain.octets,
			     KEY_DOMAIN_ID_SIZE);
		writer_u32(writer, message->checks[i].id.msk_id);
		writer_bytes(writer, message->checks[i].check,
			     KEY_WRAP_CHECK_SIZE);
	}
	return 0;
}

/* Starts an element with a length of two octets; returns where the length is. */
static size_t ie_open(struct writer *writer, uint8_t id)
{
	writer_u8(writer, id);
	writer_u16(writer, 0);
	return writer->length - 2;
}

static void ie_close(struct writer *writer, size_t at)
{
	writer_set_u16(writer, at, (uint16_t)(writer->length - at - 2));
}

static int optional_encode(const struct nas5g_sm *message,
			   struct writer *writer, struct fault *fault)
{
	size_t at;

	if (message->cause && type_flags(message->type) & MAY_CAUSE) {
		writer_u8(writer, IE_CAUSE);
		writer_u8(writer, message->cause);
	}
	if (message->requested.count) {
		at = ie_open(writer, IE_REQUESTED);
		if (mbs_requested_encode(&message->requested, writer, fault))
			return -1;
		ie_close(writer, at);
	}
	if (message->received.count) {
		at = ie_open(writer, IE_RECEIVED);
		if (mbs_received_encode(&message->received, writer, fault))
			return -1;
		ie_close(writer, at);
	}
	if (message->offers_wrap || message->check_count) {
		at = ie_open(writer, IE_KMBS);
		writer_u8(writer, KMBS_VERSION);
		if (checks_encode(message, writer, fault))
			return -1;
		ie_close(writer, at);
	}
	return writer_check(writer, "5GSM message", fault);
}

int nas5g_sm_encode(const struct nas5g_sm *message, uint8_t *out, size_t room,
		    size_t *size, struct fault *fault)
{
	struct writer writer;
	int error = members_check(message, fault);

	*size = 0;
	writer_init(&writer, out, room);
	if (!error) {
		mandatory_encode(message, &writer);
		error = optional_encode(message, &writer, fault);
		if (!error)
			error = checks_check(message, FAULT_ARGUMENT, fault);
	}
	if (error && room)
		OPENSSL_cleanse(out, room);
	else if (!error)
		*size = writer.length;
	return error;
}

static int mandatory_decode(struct reader *reader, struct nas5g_sm *message,
			    struct fault *fault)
{
	uint8_t discriminator = reader_u8(reader), ambr;

	message->session = reader_u8(reader);
	message->pti = reader_u8(reader);
	message->type = reader_u8(reader);
	if (reader_check(reader, "5GSM header", fault))
		return -1;
	if (discriminator != DISCRIMINATOR_5GSM)
		return fault_set(fault, FAULT_MALFORMED,
				 "protocol discriminator %02x is not 5GSM",
				 discriminator);
	if (type_flags(message->type) > 0 &&
	    type_flags(message->type) & HAS_CAUSE)
		message->cause = reader_u8(reader);
	if (message->type == NAS5G_ESTABLISHMENT_REQUEST)
		message->maximum_rate = reader_u16(reader);
	if (message->type == NAS5G_ESTABLISHMENT_ACCEPT) {
		message->session_type = reader_u8(reader);
		message->qos_rules_size = reader_u16(reader);
		message->qos_rules =
			reader_bytes(reader, message->qos_rules_size);
		ambr = reader_u8(reader);
		reader_copy(reader, message->ambr, NAS5G_AMBR_SIZE);
		if (!reader->failed &&
		    (ambr != NAS5G_AMBR_SIZE || !message->qos_rules_size))
			return fault_set(fault, FAULT_MALFORMED,
					 "QoS rules or session AMBR of the "
					 "accept are malformed");
	}
	if (reader_check(reader, "5GSM message", fault))
		return -1;
	return message_check(message, FAULT_MALFORMED, fault);
}

static int check_decode(struct reader *reader, struct kmbs_check *check,
			struct fault *fault)
{
	if (mbs_tmgi_decode(reader, &check->tmgi, fault))
		return -1;
	reader_copy(reader, check->id.domain.octets, KEY_DOMAIN_ID_SIZE);
	check->id.msk_id = reader_u32(reader);
	reader_copy(reader, check->check, KEY_WRAP_CHECK_SIZE);
	return reader_check(reader, "KMBS element", fault);
}

static int kmbs_decode(const struct nas_ie *ie, struct nas5g_sm *message,
		       struct fault *fault)
{
	bool request = type_flags(message->type) & MAY_REQUEST;
	struct reader reader;
	uint8_t version;

	reader_init(&reader, ie->value, ie->size);
	version = reader_u8(&reader);
	if (reader_check(&reader, "KMBS element", fault))
		return -1;
	if (version != KMBS_VERSION)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "KMBS element has version %u", version);
	if (request) {
		message->offers_wrap = true;
		return reader_end(&reader, "KMBS element", fault);
	}
	do {
		if (message->check_count == NAS5G_CHECKS_MAX)
			return fault_set(fault, FAULT_LIMIT,
					 "KMBS element has more than %d keys",
					 NAS5G_CHECKS_MAX);
		if (check_decode(&reader,
				 &message->checks[message->check_count], fault))
			return -1;
		message->check_count++;
	} while (reader_left(&reader));
	return 0;
}

static int twice(const struct nas_ie *ie, struct fault *fault)
{
	return fault_set(fault, FAULT_MALFORMED,
			 "information element %02x is there twice", ie->id);
}

static int ie_decode(const struct nas_ie *ie, struct nas5g_sm *message,
		     struct fault *fault)
{
	int flags = type_flags(message->type);

	if (ie->id == IE_CAUSE && flags & MAY_CAUSE) {
		if (!message->cause)
			message->cause = ie->value[0];
		return 0;
	}
	if (ie->id == IE_REQUESTED && flags & MAY_REQUEST)
		return message->requested.count ?
			       twice(ie, fault) :
			       mbs_requested_decode(ie->value, ie->size,
						    &message->requested, fault);
	if (ie->id == IE_RECEIVED && flags & MAY_RECEIVE)
		return message->received.count ?
			       twice(ie, fault) :
			       mbs_received_decode(ie->value, ie->size,
						   &message->received, fault);
	if (ie->id == IE_KMBS && flags & (MAY_REQUEST | MAY_RECEIVE))
		return message->offers_wrap || message->check_count ?
			       twice(ie, fault) :
			       kmbs_decode(ie, message, fault);
	return nas_ie_ignore(ie, fault);
}

int nas5g_sm_decode(const uint8_t *octets, size_t size,
		    struct nas5g_sm *message, struct fault *fault)
{
	struct reader reader;
	struct nas_ie ie;
	int more, error;

	memset(message, 0, sizeof(*message));
	reader_init(&reader, octets, size);
	error = mandatory_decode(&reader, message, fault);
	while (!error && (more = nas_ie_next(&reader, fixed, &ie, fault)))
		error = more < 0 ? -1 : ie_decode(&ie, message, fault);
	if (!error)
		error = checks_check(message, FAULT_MALFORMED, fault);
	if (error)
		nas5g_sm_clear(message);
	return error;
}

void nas5g_sm_clear(struct nas5g_sm *message)
{
	mbs_received_clear(&message->received);
	memset(message, 0, sizeof(*message));
}
