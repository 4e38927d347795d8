/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "mbsec explain" reads: files, standard input, octets as text. */
#ifndef _CLI_EXPLAIN_INPUT_H
#define _CLI_EXPLAIN_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "problem.h"

/* Octets that may hold keys, and are wiped with explain_input_clear(). */
struct explain_input {
	uint8_t *data;
	size_t size;
};

/* All of a file; what is its name in sentences, limit the octets that we take. */
int explain_input_read(int fd, const char *what, size_t limit,
		       struct explain_input *input, struct problem *problem);
void explain_input_clear(struct explain_input *input);

enum explain_hex {
	EXPLAIN_HEX_GOOD,
	EXPLAIN_HEX_ODD, /* half an octet is left */
	EXPLAIN_HEX_OTHER, /* something is no digit, blank or colon */
	EXPLAIN_HEX_LONG, /* more than there is room for */
};

/*
 * Hex digits, with blanks, colons and line ends between them where you like.
 * size is set to the octets written to out.
 */
enum explain_hex explain_hex_read(const void *text, size_t length, uint8_t *out,
				  size_t room, size_t *size);

/*
 * The octets of a message. From standard input octets may also come as they
 * are: then something in them is no text.
 */
int explain_input_octets(const void *text, size_t length, bool may_be_raw,
			 struct explain_input *input, struct problem *problem);

#endif /* _CLI_EXPLAIN_INPUT_H */
