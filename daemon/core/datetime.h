/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Points in time as text: xs:dateTime of XML Schema part 2, 3.2.7, and
 * date-time of RFC 3339, which agree in all that we write. Time zones of the
 * system and leap seconds play no role.
 */
#ifndef CORE_DATETIME_H
#define CORE_DATETIME_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"

/* "2030-01-01T00:00:00Z" and a NUL. */
#define DATETIME_SIZE 21

/* Reads a time with a zone ("Z" or an offset of at most 14 hours) from @length
 * characters into seconds since 1970-01-01T00:00:00Z. A fraction of a second is
 * cut off, so that a lifetime never gets longer. Years 1970 to 9999. Returns 0,
 * or -1 and a sentence about @what; @seconds is 0 then.
 */
int datetime_parse(const char *text, size_t length, int64_t *seconds,
		   const char *what, struct fault *fault);
/* Writes @seconds since 1970 in UTC with "Z". Returns 0, or -1 and
 * FAULT_ARGUMENT outside of the years 1970 to 9999; @text is empty then.
 */
int datetime_write(int64_t seconds, char text[DATETIME_SIZE],
		   struct fault *fault);

#endif /* CORE_DATETIME_H */
