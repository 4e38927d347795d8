// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <string.h>

#include "nas_ie.h"
#include "naseps.h"

#define DISCRIMINATOR_EMM 0x07
#define IE_GROUP_KEYS 0x7e
#define VERSION_CLEAR 1
#define VERSION_WRAPPED 2
#define LIFETIME_SIZE 4

static const struct nas_ie_fixed fixed_attach[] = {
	{ 0x13, 5 }, { 0x53, 1 }, { 0x17, 1 }, { 0x59, 1 }, { 0, 0 },
};

static const struct nas_ie_fixed fixed_security[] = {
	{ 0x55, 4 },
	{ 0x56, 4 },
	{ 0, 0 },
};

static int group_encode(const struct naseps_group *group, struct writer *writer,
			struct fault *fault)
{
	if (!group->group_id_size || group->group_id_size > GROUP_ID_SIZE_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "group id has %zu octets",
				 group->group_id_size);
	if (!group->wrapped &&
	    (group->keys.confidentiality.size != GROUP_KEY_SIZE ||
	     group->keys.integrity.size != GROUP_KEY_SIZE))
		return fault_set(fault, FAULT_ARGUMENT,
				 "group keys do not have %d octets",
				 GROUP_KEY_SIZE);
	writer_u8(writer, group->wrapped ? VERSION_WRAPPED : VERSION_CLEAR);
	writer_u8(writer, (uint8_t)group->group_id_size);
	writer_bytes(writer, group->group_id, group->group_id_size);
	writer_u16(writer, group->key_index);
	writer_u8(writer, group->algorithms);
	if (group->wrapped) {
		writer_bytes(writer, group->octets, sizeof(group->octets));
	} else {
		writer_bytes(writer, group->keys.confidentiality.bytes,
			     GROUP_KEY_SIZE);
		writer_bytes(writer, group->keys.integrity.bytes,
			     GROUP_KEY_SIZE);
	}
	if (group->has_lifetime)
		writer_u32(writer, group->lifetime);
	return 0;
}

static int group_decode(const uint8_t *value, size_t size,
			struct naseps_group *group, struct fault *fault)
{
	const uint8_t *keys = NULL;
	struct reader reader;
	uint8_t version;

	reader_init(&reader, value, size);
	version = reader_u8(&reader);
	group->group_id_size = reader_u8(&reader);
	reader_copy(&reader, group->group_id, group->group_id_size);
	group->key_index = reader_u16(&reader);
	group->algorithms = reader_u8(&reader);
	group->wrapped = version == VERSION_WRAPPED;
	if (group->wrapped)
		reader_copy(&reader, group->octets, sizeof(group->octets));
	else
		keys = reader_bytes(&reader, GROUP_KEYS_SIZE);
	group->has_lifetime = reader_left(&reader) == LIFETIME_SIZE;
	if (group->has_lifetime)
		group->lifetime = reader_u32(&reader);
	if (reader_end(&reader, "group key element", fault))
		return -1;
	if (version != VERSION_CLEAR && version != VERSION_WRAPPED)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "group key element has version %u", version);
	if (!group->group_id_size)
		return fault_set(fault, FAULT_MALFORMED, "group id is empty");
	if (!group->wrapped &&
	    (secret_set(&group->keys.confidentiality, keys, GROUP_KEY_SIZE) ||
	     secret_set(&group->keys.integrity, keys + GROUP_KEY_SIZE,
			GROUP_KEY_SIZE)))
		return fault_set(fault, FAULT_MEMORY,
				 "no memory for group keys");
	return 0;
}

/* What holds for sender and receiver. */
static int message_check(const struct naseps_message *message,
			 enum fault_code code, struct fault *fault)
{
	if (message->type == NASEPS_ATTACH_ACCEPT) {
		if (!message->attach_result || message->attach_result > 2 ||
		    !message->esm_size || message->esm_size > 65535 ||
		    message->tai_list_size > 255)
			return fault_set(fault, code,
					 "ATTACH ACCEPT has a wrong result, "
					 "area list or container");
		return nas_tai_list_check(message->tai_list,
					  message->tai_list_size, 2, fault);
	}
	if (message->type == NASEPS_GENERIC_TRANSPORT)
		return message->has_group ?
			       0 :
			       fault_set(fault, code,
					 "generic transport has no group key");
	if (message->type != NASEPS_SECURITY_MODE_COMMAND)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "EMM message type %02x is not supported",
				 (unsigned int)message->type);
	if (message->key_set > 15 || message->capability_size < 2 ||
	    message->capability_size > NASEPS_CAPABILITY_MAX)
		return fault_set(fault, code,
				 "SECURITY MODE COMMAND has a wrong key set or "
				 "capability");
	if (message->has_group && !message->group.wrapped)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "group keys in the clear in SECURITY MODE "
				 "COMMAND");
	return 0;
}

static void mandatory_encode(const struct naseps_message *message,
			     struct writer *writer)
{
	writer_u8(writer, DISCRIMINATOR_EMM);
	writer_u8(writer, (uint8_t)message->type);
	if (message->type == NASEPS_ATTACH_ACCEPT) {
		writer_u8(writer, message->attach_result);
		writer_u8(writer, message->timer);
		writer_u8(writer, (uint8_t)message->tai_list_size);
		writer_bytes(writer, message->tai_list, message->tai_list_size);
		writer_u16(writer, (uint16_t)message->esm_size);
		writer_bytes(writer, message->esm, message->esm_size);
	} else if (message->type == NASEPS_SECURITY_MODE_COMMAND) {
		writer_u8(writer, message->algorithms);
		writer_u8(writer, message->key_set);
		writer_u8(writer, (uint8_t)message->capability_size);
		writer_bytes(writer, message->capability,
			     message->capability_size);
	} else {
		writer_u8(writer, NASEPS_CONTAINER_GROUP_KEYS);
	}
}

int naseps_encode(const struct naseps_message *message, uint8_t *out,
		  size_t room, size_t *size, struct fault *fault)
{
	int error = message_check(message, FAULT_ARGUMENT, fault);
	struct writer writer;
	size_t at;

	*size = 0;
	writer_init(&writer, out, room);
	if (!error)
		mandatory_encode(message, &writer);
	if (!error && message->has_group) {
		if (message->type != NASEPS_GENERIC_TRANSPORT)
			writer_u8(&writer, IE_GROUP_KEYS);
		at = writer.length;
		writer_u16(&writer, 0);
		error = group_encode(&message->group, &writer, fault);
		writer_set_u16(&writer, at, (uint16_t)(writer.length - at - 2));
	}
	if (!error)
		error = writer_check(&writer, "EMM message", fault);
	if (error && room)
		OPENSSL_cleanse(out, room);
	else if (!error)
		*size = writer.length;
	return error;
}

static int transport_decode(struct reader *reader,
			    struct naseps_message *message, struct fault *fault)
{
	uint8_t kind = reader_u8(reader);
	size_t size = reader_u16(reader);
	const uint8_t *value = reader_bytes(reader, size);

	if (reader_check(reader, "generic NAS transport", fault))
		return -1;
	if (kind != NASEPS_CONTAINER_GROUP_KEYS)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "generic container type %02x is not ours",
				 kind);
	message->has_group = true;
	return group_decode(value, size, &message->group, fault);
}

static int mandatory_decode(struct reader *reader,
			    struct naseps_message *message, struct fault *fault)
{
	uint8_t discriminator = reader_u8(reader);

	message->type = reader_u8(reader);
	if (!reader->failed && discriminator != DISCRIMINATOR_EMM)
		return fault_set(fault, FAULT_MALFORMED,
				 "octet %02x begins no plain EMM message",
				 discriminator);
	if (message->type == NASEPS_GENERIC_TRANSPORT)
		return transport_decode(reader, message, fault);
	if (message->type == NASEPS_ATTACH_ACCEPT) {
		message->attach_result = reader_u8(reader) & 7;
		message->timer = reader_u8(reader);
		message->tai_list_size = reader_u8(reader);
		message->tai_list =
			reader_bytes(reader, message->tai_list_size);
		message->esm_size = reader_u16(reader);
		message->esm = reader_bytes(reader, message->esm_size);
	} else if (message->type == NASEPS_SECURITY_MODE_COMMAND) {
		message->algorithms = reader_u8(reader);
		message->key_set = reader_u8(reader) & 15;
		message->capability_size = reader_u8(reader);
		if (message->capability_size <= NASEPS_CAPABILITY_MAX)
			reader_copy(reader, message->capability,
				    message->capability_size);
	}
	return reader_check(reader, "EMM message", fault);
}

static int optional_decode(struct reader *reader,
			   struct naseps_message *message, struct fault *fault)
{
	bool takes = message->type != NASEPS_GENERIC_TRANSPORT;
	const struct nas_ie_fixed *fixed =
		message->type == NASEPS_ATTACH_ACCEPT	      ? fixed_attach :
		message->type == NASEPS_SECURITY_MODE_COMMAND ? fixed_security :
								NULL;
	struct nas_ie ie;
	int more;

	while ((more = nas_ie_next(reader, fixed, &ie, fault)) > 0) {
		if (ie.id != IE_GROUP_KEYS || !takes) {
			if (nas_ie_ignore(&ie, fault))
				return -1;
			continue;
		}
		if (message->has_group)
			return fault_set(fault, FAULT_MALFORMED,
					 "group key element is there twice");
		message->has_group = true;
		if (group_decode(ie.value, ie.size, &message->group, fault))
			return -1;
	}
	return more;
}

int naseps_decode(const uint8_t *octets, size_t size,
		  struct naseps_message *message, struct fault *fault)
{
	struct reader reader;
	int error;

	memset(message, 0, sizeof(*message));
	reader_init(&reader, octets, size);
	error = mandatory_decode(&reader, message, fault);
	/* Other messages are refused before their elements are looked at. */
	if (!error && message->type != NASEPS_ATTACH_ACCEPT)
		error = message_check(message, FAULT_MALFORMED, fault);
	if (!error)
		error = optional_decode(&reader, message, fault);
	if (!error)
		error = message_check(message, FAULT_MALFORMED, fault);
	if (error)
		naseps_clear(message);
	return error;
}

void naseps_clear(struct naseps_message *message)
{
	group_keys_clear(&message->group.keys);
	memset(message, 0, sizeof(*message));
}
