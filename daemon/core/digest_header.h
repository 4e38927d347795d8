/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text form of HTTP authentication headers (RFC 9110, 5.6 and 11.2 to
 * 11.6): a list of schemes and parameters, separated by commas, with tokens and
 * quoted strings as values. What the parameters mean is in digest.h.
 */
#ifndef CORE_DIGEST_HEADER_H
#define CORE_DIGEST_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"

/* Octets of a header value that we read, and of one value in it with a NUL. */
#define DIGEST_HEADER_SIZE 8192
#define DIGEST_VALUE_SIZE 1024
/* Parameters of one challenge; more is not meant for us. */
#define DIGEST_PARAMETERS_MAX 24

/**
 * struct digest_parameter - one name and value, or the name of a scheme
 * @name: view into the header, not ended by a NUL
 * @name_length: octets of @name
 * @value: without the quotes and backslashes of a quoted string, with a NUL
 * @value_length: octets of @value
 */
struct digest_parameter {
	const char *name;
	size_t name_length;
	char value[DIGEST_VALUE_SIZE];
	size_t value_length;
};

enum digest_item {
	DIGEST_ITEM_FAULT,
	DIGEST_ITEM_END,
	DIGEST_ITEM_SCHEME,
	DIGEST_ITEM_PARAMETER,
};

/**
 * struct digest_scanner - position in a header value that somebody else owns
 * @header: the value, without the name of the header and its colon
 * @length: octets of @header
 * @pos: octets read
 * @has_schemes: false for Authentication-Info, which has parameters only
 * @in_scheme: parameters may come
 * @need_comma: the next item has to be behind a comma
 * @seen: names read since the last scheme, to find duplicates
 * @seen_count: entries of @seen
 */
struct digest_scanner {
	const char *header;
	size_t length;
	size_t pos;
	bool has_schemes;
	bool in_scheme;
	bool need_comma;
	struct {
		uint16_t pos;
		uint16_t length;
	} seen[DIGEST_PARAMETERS_MAX];
	unsigned int seen_count;
};

/* Starts at the begin of @header. Returns 0, or -1 if it is longer than
 * DIGEST_HEADER_SIZE or has a control character.
 */
int digest_scanner_init(struct digest_scanner *scanner, const char *header,
			size_t length, bool has_schemes, struct fault *fault);
/* The next scheme (only the name is set) or parameter. Names are
 * case-insensitive; the same name twice in one scheme is refused, even if
 * nobody knows it (RFC 7616, 3.3: a parameter occurs once). Credentials of
 * other schemes that have no parameters but a token68 are passed over. After
 * DIGEST_ITEM_FAULT and DIGEST_ITEM_END the scanner is of no more use.
 */
enum digest_item digest_scanner_next(struct digest_scanner *scanner,
				     struct digest_parameter *parameter,
				     struct fault *fault);
bool digest_parameter_is(const struct digest_parameter *parameter,
			 const char *name);

/* Reads one quoted string at *@pos of @text, sets *@pos behind it and @length
 * to the octets of @out, which has room for @room with a NUL. Returns 0 or -1.
 */
int digest_quoted_read(const char *text, size_t text_length, size_t *pos,
		       char *out, size_t room, size_t *length,
		       struct fault *fault);
/* Appends a quoted string; fails the writer for text that cannot be one. */
void digest_quoted_write(struct writer *writer, const char *text);
/* Appends the ASCII text, without its NUL. */
void digest_text_write(struct writer *writer, const char *text);
/* Appends ", " unless it is the first one, name, '=' and the value. */
void digest_parameter_write(struct writer *writer, bool *first,
			    const char *name, const char *value, bool quoted);

#endif /* CORE_DIGEST_HEADER_H */
