/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Key data sub-payload, the plain text of KEMAC: RFC 3830, 6.13 and 6.14. */
#ifndef CORE_MIKEY_KEY_H
#define CORE_MIKEY_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"
#include "secret.h"

#define MIKEY_SPI_MAX 16
/* Octets of VF and VT that we can hold as a number. */
#define MIKEY_INTERVAL_MAX 8
/* No plain text that we write or read is longer. */
#define MIKEY_KEY_DATA_MAX 640

/* RFC 3830, table 6.13.a. */
enum mikey_key_type {
	MIKEY_TGK = 0,
	MIKEY_TGK_SALT = 1,
	MIKEY_TEK = 2,
	MIKEY_TEK_SALT = 3,
};

/* RFC 3830, table 6.13.b. */
enum mikey_validity {
	MIKEY_VALIDITY_NULL = 0,
	MIKEY_VALIDITY_SPI = 1,
	MIKEY_VALIDITY_INTERVAL = 2,
};

/**
 * struct mikey_key - a key in transport, owned with its secrets
 * @type: enum mikey_key_type
 * @key: 1 to SECRET_SIZE_MAX octets
 * @salt: 1 to SECRET_SIZE_MAX octets if @type has one, else empty
 * @validity: enum mikey_validity
 * @spi: SPI or MKI
 * @spi_size: octets of @spi, at most MIKEY_SPI_MAX
 * @from: VF of the interval
 * @to: VT of the interval
 * @from_size: octets of VF in the message
 * @to_size: octets of VT
 */
struct mikey_key {
	uint8_t type;
	struct secret key;
	struct secret salt;
	uint8_t validity;
	uint8_t spi[MIKEY_SPI_MAX];
	uint8_t spi_size;
	uint64_t from;
	uint64_t to;
	uint8_t from_size;
	uint8_t to_size;
};

/* Decodes @size octets of plain text, which stay the caller's to wipe. There has
 * to be exactly one sub-payload. Returns 0, and the caller owns @key, or -1 and
 * @key is empty; what @key held before is wiped in any case.
 */
int mikey_key_decode(struct mikey_key *key, const uint8_t *data, size_t size,
		     struct fault *fault);
/* Writes the plain text. The caller wipes the buffer. Returns 0, or -1. */
int mikey_key_encode(const struct mikey_key *key, struct writer *writer,
		     struct fault *fault);
/* Wipes the secrets; the struct is zeroed then. */
void mikey_key_clear(struct mikey_key *key);

#endif /* CORE_MIKEY_KEY_H */
