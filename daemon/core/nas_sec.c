// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <string.h>

#include "buf.h"
#include "nas_sec.h"

#define DISCRIMINATOR_5GMM 0x7e
#define DISCRIMINATOR_EMM 0x07
#define DISCRIMINATOR_ESM 0x02
#define SECURITY_MODE_COMMAND 0x5d /* the same in both systems */
#define SECURITY_MODE_COMPLETE 0x5e
#define SEQUENCE_COUNT 256

static size_t header_size(enum nas_system system)
{
	return system == NAS_EPS ? 6 : 7;
}

/* Reads the octets that say how the message is protected. */
static int header_type_decode(enum nas_system system, struct reader *reader,
			      unsigned int *type, struct fault *fault)
{
	uint8_t first = reader_u8(reader);

	if (system == NAS_EPS) {
		/* ESM messages have a bearer where EMM has the type. */
		*type = (first & 0x0f) == DISCRIMINATOR_ESM ? 0 : first >> 4;
		if ((first & 0x0f) != DISCRIMINATOR_EMM &&
		    (first & 0x0f) != DISCRIMINATOR_ESM && !reader->failed)
			return fault_set(fault, FAULT_MALFORMED,
					 "protocol discriminator %u is not EMM",
					 first & 0x0f);
	} else {
		*type = reader_u8(reader);
		if (!reader->failed && first != DISCRIMINATOR_5GMM)
			return fault_set(fault, FAULT_MALFORMED,
					 "protocol discriminator %02x is not "
					 "5GMM",
					 first);
	}
	return reader_check(reader, "NAS header", fault);
}

int nas_header_decode(enum nas_system system, const uint8_t *message,
		      size_t size, struct nas_header *header,
		      struct fault *fault)
{
	unsigned int type = 0;
	struct reader reader;

	*header = (struct nas_header){ 0 };
	reader_init(&reader, message, size);
	if (size > NAS_SIZE_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "NAS message has %zu octets, above %d", size,
				 NAS_SIZE_MAX);
	if (header_type_decode(system, &reader, &type, fault))
		return -1;
	if (type == NAS_PLAIN)
		return 0;
	if (type > NAS_CIPHERED_NEW)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "security header type %u is not supported",
				 type);
	reader_copy(&reader, header->mac, NAS_MAC_SIZE);
	header->sequence = reader_u8(&reader);
	header->protection = (enum nas_protection)type;
	header->size = reader.pos;
	if (!reader_left(&reader))
		reader.failed = true;
	if (!reader.failed)
		return 0;
	*header = (struct nas_header){ 0 };
	return reader_check(&reader, "protected NAS message", fault);
}

static int algorithm_check(enum nas_algorithm algorithm, const char *what,
			   struct fault *fault)
{
	if (algorithm == NAS_ALGORITHM_NULL || algorithm == NAS_ALGORITHM_AES)
		return 0;
	return fault_set(fault, FAULT_UNSUPPORTED,
			 "NAS %s algorithm %d is not supported", what,
			 (int)algorithm);
}

static int key_take(struct secret *to, const struct secret *from,
		    enum nas_algorithm algorithm, const char *what,
		    struct fault *fault)
{
	if (algorithm == NAS_ALGORITHM_NULL)
		return 0;
	if (!from || from->size != NAS_KEY_SIZE)
		return fault_set(fault, FAULT_ARGUMENT,
				 "%s has %zu octets, not %d", what,
				 from ? from->size : 0, NAS_KEY_SIZE);
	if (secret_set(to, from->bytes, from->size))
		return fault_set(fault, FAULT_MEMORY, "no memory for %s", what);
	return 0;
}

int nas_security_init(struct nas_security *security,
		      const struct nas_setup *setup, struct fault *fault)
{
	int error;

	*security = (struct nas_security){ 0 };
	if (algorithm_check(setup->ciphering, "ciphering", fault) ||
	    algorithm_check(setup->integrity, "integrity", fault))
		return -1;
	if ((unsigned int)setup->system > NAS_5GS_NON_3GPP ||
	    (unsigned int)setup->sends > NAS_DOWNLINK)
		return fault_set(fault, FAULT_ARGUMENT,
				 "system or direction of NAS is unknown");
	if (setup->integrity == NAS_ALGORITHM_NULL &&
	    setup->ciphering != NAS_ALGORITHM_NULL)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "NAS ciphering without integrity");
	security->system = setup->system;
	security->sends = setup->sends;
	security->ciphering = setup->ciphering;
	security->integrity = setup->integrity;
	error = key_take(&security->encryption_key, setup->encryption_key,
			 setup->ciphering, "KNASenc", fault);
	if (!error)
		error = key_take(&security->integrity_key, setup->integrity_key,
				 setup->integrity, "KNASint", fault);
	if (error)
		nas_security_clear(security);
	return error;
}

void nas_security_clear(struct nas_security *security)
{
	secret_clear(&security->encryption_key);
	secret_clear(&security->integrity_key);
	*security = (struct nas_security){ 0 };
}

static bool is_ciphered(enum nas_protection protection)
{
	return protection == NAS_CIPHERED || protection == NAS_CIPHERED_NEW;
}

/* The header types for a new context have one message each, which in turn has
 * no other (TS 24.501 and TS 24.301, 9.3.1).
 */
static int inner_check(enum nas_system system, enum nas_protection protection,
		       const uint8_t *plain, size_t size, enum fault_code code,
		       struct fault *fault)
{
	size_t at = system == NAS_EPS ? 1 : 2;
	bool mobility = size > at &&
			plain[0] == (system == NAS_EPS ? DISCRIMINATOR_EMM :
							 DISCRIMINATOR_5GMM);
	uint8_t type = mobility ? plain[at] : 0;
	bool is_command = type == SECURITY_MODE_COMMAND;
	bool is_new = protection == NAS_INTEGRITY_NEW;

	if (is_command != is_new)
		return fault_set(fault, code,
				 "header type %d and SECURITY MODE COMMAND do "
				 "not go together",
				 (int)protection);
	if (protection == NAS_CIPHERED_NEW && type != SECURITY_MODE_COMPLETE)
		return fault_set(fault, code,
				 "header type 4 is for SECURITY MODE COMPLETE");
	return 0;
}

static int protect_check(const struct nas_security *security,
			 enum nas_protection protection, const uint8_t *plain,
			 size_t size, struct fault *fault)
{
	if (security->integrity != NAS_ALGORITHM_AES ||
	    (is_ciphered(protection) &&
	     security->ciphering != NAS_ALGORITHM_AES))
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "nothing is sent under a null algorithm");
	if (protection < NAS_INTEGRITY || protection > NAS_CIPHERED_NEW ||
	    !size)
		return fault_set(fault, FAULT_ARGUMENT,
				 "NAS message is empty or its header type %d "
				 "is unknown",
				 (int)protection);
	if (size > NAS_SIZE_MAX - header_size(security->system))
		return fault_set(fault, FAULT_LIMIT,
				 "NAS message of %zu octets is too long", size);
	if (security->next_send > NAS_COUNT_MAX)
		return fault_set(fault, FAULT_STATE,
				 "NAS COUNT has run out, authenticate anew");
	return inner_check(security->system, protection, plain, size,
			   FAULT_ARGUMENT, fault);
}

static struct nas_input input_make(const struct nas_security *security,
				   enum nas_direction direction, uint32_t count)
{
	/* The numbers of enum nas_system are those of the bearers. */
	return (struct nas_input){ count, (uint8_t)security->system,
				   direction };
}

/* Writes the header without MAC; returns where the MAC goes. */
static uint8_t *header_write(struct writer *writer, enum nas_system system,
			     enum nas_protection protection, uint8_t sequence)
{
	uint8_t *mac;

	if (system == NAS_EPS) {
		writer_u8(writer,
			  (uint8_t)(protection << 4 | DISCRIMINATOR_EMM));
	} else {
		writer_u8(writer, DISCRIMINATOR_5GMM);
		writer_u8(writer, (uint8_t)protection);
	}
	mac = writer_skip(writer, NAS_MAC_SIZE);
	writer_u8(writer, sequence);
	return mac;
}

int nas_protect(struct nas_security *security, enum nas_protection protection,
		const uint8_t *plain, size_t size, uint8_t *out, size_t room,
		size_t *out_size, struct fault *fault)
{
	struct nas_input input =
		input_make(security, security->sends, security->next_send);
	uint8_t *mac, *inner = NULL;
	struct writer writer;
	int error;

	*out_size = 0;
	writer_init(&writer, out, room);
	error = protect_check(security, protection, plain, size, fault);
	if (!error) {
		mac = header_write(&writer, security->system, protection,
				   (uint8_t)security->next_send);
		inner = writer_skip(&writer, size);
		error = writer_check(&writer, "protected NAS message", fault);
	}
	if (!error && is_ciphered(protection))
		error = nas_cipher(&security->encryption_key, &input, plain,
				   size, inner, fault);
	else if (!error)
		memcpy(inner, plain, size);
	/* From the sequence number on, over what goes over the air. */
	if (!error)
		error = nas_mac(&security->integrity_key, &input, inner - 1,
				size + 1, mac, fault);
	if (error) {
		if (room)
			OPENSSL_cleanse(out, room);
		return -1;
	}
	security->next_send++;
	*out_size = writer.length;
	return 0;
}

/* True if the MAC is right for @count. -1 if it cannot be computed. */
static int mac_verify(const struct nas_security *security,
		      const struct nas_header *header, const uint8_t *message,
		      size_t size, uint32_t count, struct fault *fault)
{
	struct nas_input input = input_make(
		security,
		security->sends == NAS_UPLINK ? NAS_DOWNLINK : NAS_UPLINK,
		count);
	uint8_t mac[NAS_MAC_SIZE];

	if (nas_mac(&security->integrity_key, &input,
		    message + header->size - 1, size - header->size + 1, mac,
		    fault))
		return -1;
	return !CRYPTO_memcmp(mac, header->mac, NAS_MAC_SIZE);
}

/* The smallest COUNT with that sequence number that is not below the newest
 * accepted one: it may be equal, which is a replay.
 */
static uint32_t count_estimate(const struct nas_security *security,
			       uint8_t sequence)
{
	uint32_t last = security->received ? security->last_received : 0;
	uint32_t count = (last & ~(uint32_t)0xff) | sequence;

	if (sequence < (uint8_t)last)
		count += SEQUENCE_COUNT;
	return count;
}

/* Finds COUNT and checks the MAC under it. */
static int authenticate(const struct nas_security *security,
			const struct nas_header *header, const uint8_t *message,
			size_t size, uint32_t *count, struct fault *fault)
{
	uint32_t estimate = count_estimate(security, header->sequence);
	int good;

	*count = estimate;
	if (security->integrity == NAS_ALGORITHM_NULL)
		return 0;
	if (estimate <= NAS_COUNT_MAX) {
		good = mac_verify(security, header, message, size, estimate,
				  fault);
		if (good < 0)
			return -1;
		if (good && security->received &&
		    estimate == security->last_received)
			return fault_set(fault, FAULT_REPLAYED,
					 "NAS message with COUNT %u was "
					 "accepted before",
					 estimate);
		if (good)
			return 0;
	}
	/* Refused either way; an operator wants to know which it is. */
	if (security->received && estimate >= SEQUENCE_COUNT) {
		good = mac_verify(security, header, message, size,
				  estimate - SEQUENCE_COUNT, fault);
		if (good < 0)
			return -1;
		if (good)
			return fault_set(fault, FAULT_REPLAYED,
					 "NAS message with COUNT %u is older "
					 "than the newest",
					 estimate - SEQUENCE_COUNT);
	}
	if (estimate > NAS_COUNT_MAX)
		return fault_set(fault, FAULT_STATE,
				 "NAS COUNT has run out, authenticate anew");
	return fault_set(fault, FAULT_UNAUTHENTIC,
			 "MAC of the NAS message does not match");
}

/* Deciphers the inner message of an authentic one. */
static int open_inner(const struct nas_security *security,
		      enum nas_protection protection, uint32_t count,
		      const uint8_t *inner, size_t size, uint8_t *plain,
		      struct fault *fault)
{
	struct nas_input input = input_make(
		security,
		security->sends == NAS_UPLINK ? NAS_DOWNLINK : NAS_UPLINK,
		count);

	if (is_ciphered(protection) &&
	    security->ciphering == NAS_ALGORITHM_AES) {
		if (nas_cipher(&security->encryption_key, &input, inner, size,
			       plain, fault))
			return -1;
	} else {
		memcpy(plain, inner, size);
	}
	return inner_check(security->system, protection, plain, size,
			   FAULT_MALFORMED, fault);
}

static int unprotect_check(const struct nas_security *security,
			   const uint8_t *message, size_t size, size_t room,
			   struct nas_header *header, struct fault *fault)
{
	if (nas_header_decode(security->system, message, size, header, fault))
		return -1;
	if (header->protection == NAS_PLAIN)
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "NAS message is not protected");
	if (size - header->size > room)
		return fault_set(fault, FAULT_ROOM,
				 "NAS message of %zu octets does not fit %zu",
				 size - header->size, room);
	return 0;
}

int nas_unprotect(struct nas_security *security, const uint8_t *message,
		  size_t size, uint8_t *plain, size_t room,
		  struct nas_received *received, struct fault *fault)
{
	struct nas_header header;
	uint32_t count = 0;
	int error;

	*received = (struct nas_received){ 0 };
	error = unprotect_check(security, message, size, room, &header, fault);
	if (!error)
		error = authenticate(security, &header, message, size, &count,
				     fault);
	if (!error)
		error = open_inner(security, header.protection, count,
				   message + header.size, size - header.size,
				   plain, fault);
	if (error) {
		if (room)
			OPENSSL_cleanse(plain, room);
		return -1;
	}
	received->protection = header.protection;
	received->count = count;
	received->authentic = security->integrity == NAS_ALGORITHM_AES;
	received->confidential = is_ciphered(header.protection) &&
				 security->ciphering == NAS_ALGORITHM_AES;
	received->size = size - header.size;
	if (received->authentic) {
		security->received = true;
		security->last_received = count;
	}
	return 0;
}

int nas_received_check_keys(const struct nas_received *received,
			    struct fault *fault)
{
	if (received->authentic && received->confidential)
		return 0;
	return fault_set(fault, FAULT_UNSUPPORTED,
			 "keys in a NAS message that is not %s",
			 received->authentic ? "ciphered" : "authentic");
}
