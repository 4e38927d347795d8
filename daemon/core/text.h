/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of text that comes from outside, and copies with a bound. */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

/* True if @text is UTF-8 (RFC 3629) without control characters (U+0000 to
 * U+001F, U+007F to U+009F), as names in headers, logs and JSON have to be.
 */
bool text_is_plain(const char *text, size_t length);
/* Puts '?' into the place of each octet that keeps @text from being plain. */
void text_make_plain(char *text);
/* Copies plain text and adds a NUL. @room is the size of @out with the NUL.
 * Returns 0, or -1 and a sentence about @what; @out is empty then.
 */
int text_copy(char *out, size_t room, const char *text, size_t length,
	      const char *what, struct fault *fault);
/* Whole number of at most 10 decimal digits, 0 to @max, no sign, no leading
 * zero. Returns 0, or -1 and a sentence about @what.
 */
int text_number(const char *text, size_t length, unsigned long max,
		unsigned long *value, const char *what, struct fault *fault);
/* Two lower-case digits for each of @size octets, and a NUL. The time it takes does
 * not depend on the octets, which may be those of a key.
 */
void text_hex(char *out, const uint8_t *octets, size_t size);
/* Value of a hex digit of either case, -1 if it is none. */
int text_hex_digit(char c);
/* Reads exactly @size octets from @length characters. False if that is not what is
 * there; @octets may be filled in part then.
 */
bool text_hex_parse(const char *text, size_t length, uint8_t *octets,
		    size_t size);
/* ASCII letters of either case are equal, all else is exact. */
bool text_equal_nocase(const char *a, size_t a_length, const char *b,
		       size_t b_length);

#endif /* CORE_TEXT_H */
