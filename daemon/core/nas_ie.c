// SPDX-License-Identifier: GPL-2.0-or-later
#include "ids.h"
#include "nas_ie.h"

#define TAI_MAX 16 /* of a whole list */

static size_t ie_size(struct reader *reader, const struct nas_ie_fixed *fixed,
		      uint8_t id)
{
	for (; fixed && fixed->id; fixed++)
		if (fixed->id == id)
			return fixed->size;
	return id >> 4 == 7 ? reader_u16(reader) : reader_u8(reader);
}

int nas_ie_next(struct reader *reader, const struct nas_ie_fixed *fixed,
		struct nas_ie *ie, struct fault *fault)
{
	const uint8_t *first;

	*ie = (struct nas_ie){ 0 };
	if (reader->failed)
		return reader_check(reader, "NAS message", fault);
	if (!reader_left(reader))
		return 0;
	first = reader_bytes(reader, 1);
	ie->id = *first;
	if (*first & 0x80) {
		ie->id &= 0xf0;
		ie->value = first;
		ie->size = 1;
		return 1;
	}
	ie->size = ie_size(reader, fixed, ie->id);
	ie->value = reader_bytes(reader, ie->size);
	if (!reader->failed)
		return 1;
	fault_set(fault, FAULT_TRUNCATED,
		  "information element %02x ends too early", ie->id);
	*ie = (struct nas_ie){ 0 };
	return -1;
}

int nas_ie_ignore(const struct nas_ie *ie, struct fault *fault)
{
	if (ie->id >> 4)
		return 0;
	return fault_set(fault, FAULT_UNSUPPORTED,
			 "information element %02x is unknown and required",
			 ie->id);
}

/* Reads a network and checks its digits. */
static int plmn_check(struct reader *reader, struct fault *fault)
{
	uint8_t octets[PLMN_SIZE];
	struct plmn plmn;

	reader_copy(reader, octets, sizeof(octets));
	if (reader_check(reader, "tracking area list", fault))
		return -1;
	return plmn_decode(octets, &plmn, fault);
}

int nas_tai_list_check(const uint8_t *list, size_t size, size_t code_size,
		       struct fault *fault)
{
	unsigned int kind, count, areas = 0, i;
	struct reader reader;
	uint8_t head;

	reader_init(&reader, list, size);
	if (!size)
		reader_u8(&reader);
	while (reader_left(&reader)) {
		head = reader_u8(&reader);
		kind = head >> 5 & 3;
		count = (head & 0x1f) + 1u;
		areas += count;
		/* Kind 3 says "all areas of the network" and has no code. */
		if (head & 0x80 || areas > TAI_MAX ||
		    (kind == 3 && code_size != 3))
			return fault_set(fault, FAULT_MALFORMED,
					 "tracking area list has kind %02x",
					 head);
		if (kind != 2 && plmn_check(&reader, fault))
			return -1;
		for (i = 0; i < (kind == 0 || kind == 2 ? count : kind == 1);
		     i++) {
			if (kind == 2 && plmn_check(&reader, fault))
				return -1;
			reader_bytes(&reader, code_size);
		}
	}
	return reader_end(&reader, "tracking area list", fault);
}
