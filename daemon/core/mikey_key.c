// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>

#include "mikey_key.h"

/* Types with a salt are odd: RFC 3830, table 6.13.a. */
static bool has_salt(uint8_t type)
{
	return type & 1;
}

static int decode_secret(struct secret *secret, struct reader *reader,
			 const char *what, struct fault *fault)
{
	size_t size = reader_u16(reader);
	const uint8_t *bytes = reader_bytes(reader, size);

	if (reader_check(reader, "key data sub-payload", fault))
		return -1;
	if (!size)
		return fault_set(fault, FAULT_MALFORMED,
				 "key data sub-payload's %s is empty", what);
	if (size > SECRET_SIZE_MAX)
		return fault_set(
			fault, FAULT_LIMIT,
			"key data sub-payload's %s has %zu octets, more than %d",
			what, size, SECRET_SIZE_MAX);
	if (secret_set(secret, bytes, size))
		return fault_set(fault, FAULT_MEMORY, "no memory for the %s",
				 what);
	return 0;
}

static int decode_bound(uint64_t *bound, uint8_t *size, struct reader *reader,
			const char *what, struct fault *fault)
{
	uint8_t i;

	*size = reader_u8(reader);
	if (reader_check(reader, "key data sub-payload's interval", fault))
		return -1;
	if (!*size || *size > MIKEY_INTERVAL_MAX)
		return fault_set(
			fault, FAULT_LIMIT,
			"%s of the interval has %u octets, not 1 to %d", what,
			*size, MIKEY_INTERVAL_MAX);
	for (i = 0; i < *size; i++)
		*bound = *bound << 8 | reader_u8(reader);
	return reader_check(reader, "key data sub-payload's interval", fault);
}

static int decode_validity(struct mikey_key *key, struct reader *reader,
			   struct fault *fault)
{
	switch (key->validity) {
	case MIKEY_VALIDITY_NULL:
		return 0;
	case MIKEY_VALIDITY_SPI:
		key->spi_size = reader_u8(reader);
		if (!reader->failed &&
		    (!key->spi_size || key->spi_size > MIKEY_SPI_MAX))
			return fault_set(fault, FAULT_LIMIT,
					 "SPI has %u octets, not 1 to %d",
					 key->spi_size, MIKEY_SPI_MAX);
		reader_copy(reader, key->spi, key->spi_size);
		return 0;
	case MIKEY_VALIDITY_INTERVAL:
		if (decode_bound(&key->from, &key->from_size, reader, "VF",
				 fault))
			return -1;
		return decode_bound(&key->to, &key->to_size, reader, "VT",
				    fault);
	}
	return fault_set(fault, FAULT_UNSUPPORTED,
			 "key data sub-payload has the unknown KV type %u",
			 key->validity);
}

static int decode(struct mikey_key *key, struct reader *reader,
		  struct fault *fault)
{
	uint8_t next = reader_u8(reader);
	uint8_t type = reader_u8(reader);

	if (reader_check(reader, "key data sub-payload", fault))
		return -1;
	if (next)
		return fault_set(
			fault, FAULT_UNSUPPORTED,
			"KEMAC has more than one key (next payload %u)", next);
	key->type = type >> 4;
	key->validity = type & 0xf;
	if (key->type > MIKEY_TEK_SALT)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "key data sub-payload has the unknown type %u",
				 key->type);
	if (decode_secret(&key->key, reader, "key", fault))
		return -1;
	if (has_salt(key->type) &&
	    decode_secret(&key->salt, reader, "salt", fault))
		return -1;
	if (decode_validity(key, reader, fault))
		return -1;
	return reader_end(reader, "key data sub-payload", fault);
}

int mikey_key_decode(struct mikey_key *key, const uint8_t *data, size_t size,
		     struct fault *fault)
{
	struct reader reader;

	mikey_key_clear(key);
	reader_init(&reader, data, size);
	if (!decode(key, &reader, fault))
		return 0;
	mikey_key_clear(key);
	return -1;
}

static bool bound_fits(uint64_t bound, uint8_t size)
{
	return size && size <= MIKEY_INTERVAL_MAX &&
	       (size == sizeof(bound) || !(bound >> 8 * size));
}

static int check(const struct mikey_key *key, struct fault *fault)
{
	if (key->type > MIKEY_TEK_SALT || !key->key.size ||
	    has_salt(key->type) == !key->salt.size)
		return fault_set(fault, FAULT_ARGUMENT,
				 "key and salt do not fit key type %u",
				 key->type);
	switch (key->validity) {
	case MIKEY_VALIDITY_NULL:
		return 0;
	case MIKEY_VALIDITY_SPI:
		if (key->spi_size && key->spi_size <= MIKEY_SPI_MAX)
			return 0;
		break;
	case MIKEY_VALIDITY_INTERVAL:
		if (bound_fits(key->from, key->from_size) &&
		    bound_fits(key->to, key->to_size))
			return 0;
		break;
	}
	return fault_set(fault, FAULT_ARGUMENT,
			 "validity of the key is not set right");
}

static void encode_bound(uint64_t bound, uint8_t size, struct writer *writer)
{
	writer_u8(writer, size);
	while (size--)
		writer_u8(writer, (uint8_t)(bound >> 8 * size));
}

int mikey_key_encode(const struct mikey_key *key, struct writer *writer,
		     struct fault *fault)
{
	if (check(key, fault))
		return -1;
	writer_u8(writer, 0); /* the only sub-payload, so the last */
	writer_u8(writer, (uint8_t)(key->type << 4 | key->validity));
	writer_u16(writer, (uint16_t)key->key.size);
	writer_bytes(writer, key->key.bytes, key->key.size);
	if (has_salt(key->type)) {
		writer_u16(writer, (uint16_t)key->salt.size);
		writer_bytes(writer, key->salt.bytes, key->salt.size);
	}
	if (key->validity == MIKEY_VALIDITY_SPI) {
		writer_u8(writer, key->spi_size);
		writer_bytes(writer, key->spi, key->spi_size);
	}
	if (key->validity == MIKEY_VALIDITY_INTERVAL) {
		encode_bound(key->from, key->from_size, writer);
		encode_bound(key->to, key->to_size, writer);
	}
	return writer_check(writer, "key data sub-payload", fault);
}

void mikey_key_clear(struct mikey_key *key)
{
	secret_clear(&key->key);
	secret_clear(&key->salt);
	*key = (struct mikey_key){ 0 };
}
