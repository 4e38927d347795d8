/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Base 64 as RFC 4648 section 4 defines it, in one line, with padding. */
#ifndef CORE_BASE64_H
#define CORE_BASE64_H

#include <stddef.h>

#include "fault.h"

/* Characters of @size octets, without a NUL. */
#define BASE64_LENGTH(size) (((size) + 2) / 3 * 4)

/* Writes BASE64_LENGTH(@size) characters and a NUL to @text, which has room
 * for @room. The caller wipes @text if @data is a key. Returns 0, or -1 and
 * FAULT_ROOM.
 */
int base64_encode(const void *data, size_t size, char *text, size_t room,
		  struct fault *fault);
/* Reads @length characters into @data, which has room for @room octets, and
 * sets @size. Only the canonical form is taken: no white space, no missing
 * padding, no bits set in it (RFC 4648, 3.2 and 3.5). Returns 0, or -1 and a
 * sentence about @what; @data is zeroed then.
 */
int base64_decode(const char *text, size_t length, void *data, size_t room,
		  size_t *size, const char *what, struct fault *fault);

#endif /* CORE_BASE64_H */
