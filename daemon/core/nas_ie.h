/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Optional information elements of NAS messages (TS 24.007, 11.2.1 and 11.2.4). */
#ifndef CORE_NAS_IE_H
#define CORE_NAS_IE_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"

/**
 * struct nas_ie - one element
 * @id: its identifier; for those of half an octet the high half, the low one 0
 * @value: octets of the message, NULL if there are none; for elements of half an
 *	octet the whole octet
 * @size: octets of @value
 */
struct nas_ie {
	uint8_t id;
	const uint8_t *value;
	size_t size;
};

/**
 * struct nas_ie_fixed - an element without a length, which only the message's
 *	definition tells
 * @id: identifier, 0 ends a table
 * @size: octets of the value
 */
struct nas_ie_fixed {
	uint8_t id;
	uint8_t size;
};

/* Reads the next element. Which format it has: identifiers from 80 up are half an
 * octet, those in @fixed have no length, those from 70 to 7F have a length of two
 * octets, all others of one. Returns 1, 0 at the end, or -1 with FAULT_TRUNCATED.
 */
int nas_ie_next(struct reader *reader, const struct nas_ie_fixed *fixed,
		struct nas_ie *ie, struct fault *fault);
/* What to do with an element that the decoder does not know: 0 to ignore it, or -1
 * and FAULT_UNSUPPORTED if the sender wants it understood (TS 24.007, 11.2.5:
 * the high half of the identifier is 0).
 */
int nas_ie_ignore(const struct nas_ie *ie, struct fault *fault);

/* Checks a tracking area identity list, without its length octet, down to its
 * last octet (TS 24.501, 9.11.3.9; TS 24.301, 9.9.3.33). @code_size is that of a
 * tracking area code: 3 in 5GS, 2 in EPS. Returns 0, or -1 and FAULT_MALFORMED or
 * FAULT_TRUNCATED.
 */
int nas_tai_list_check(const uint8_t *list, size_t size, size_t code_size,
		       struct fault *fault);

#endif /* CORE_NAS_IE_H */
