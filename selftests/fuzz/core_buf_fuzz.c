// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The bounded reader and writer: a row of reads over the input, and the same as
 * writes into a buffer of another size. What was read before the end is what is in
 * the input; after the first failure nothing is read or written any more.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
	if (!holds)
		abort();
}

/* One field: a number of 1 to 8 octets, or a string. */
static void field_copy(struct reader *reader, struct writer *writer,
		       uint8_t kind)
{
	uint8_t octets[256];
	struct reader sub;
	uint32_t number;

	switch (kind >> 5) {
	case 0:
		writer_u8(writer, reader_u8(reader));
		break;
	case 1:
		writer_u16(writer, reader_u16(reader));
		break;
	case 2:
		number = reader_u24(reader);
		demand(number <= 0xffffff);
		writer_u24(writer, number);
		break;
	case 3:
		writer_u32(writer, reader_u32(reader));
		break;
	case 4:
		writer_u64(writer, reader_u64(reader));
		break;
	case 5:
		reader_copy(reader, octets, kind & 31);
		writer_bytes(writer, octets, kind & 31);
		break;
	case 6:
		sub = reader_sub(reader, kind & 31);
		while (reader_left(&sub))
			writer_u8(writer, reader_u8(&sub));
		demand(sub.failed == reader->failed);
		break;
	default:
		writer_bytes(writer, reader_bytes(reader, kind & 31),
			     reader->failed ? 0 : kind & 31);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t fields = size ? data[0] : 0, room, i;
	struct reader reader;
	struct writer writer;
	uint8_t *out;

	if (size < 2 + fields)
		return 0;
	room = data[1];
	out = malloc(room + 1);
	demand(out);
	reader_init(&reader, data + 2 + fields, size - 2 - fields);
	writer_init(&writer, out, room);
	for (i = 0; i < fields; i++) {
		size_t before = writer.length;

		field_copy(&reader, &writer, data[2 + i]);
		if (reader.failed) {
			demand(reader_left(&reader) == 0);
			demand(reader_check(&reader, "input", NULL));
			writer.length = before;
			break;
		}
		demand(reader.pos <= reader.size);
		demand(writer.length <= writer.size);
		demand(!reader_check(&reader, "input", NULL));
		if (writer.failed) {
			demand(writer_check(&writer, "output", NULL));
			demand(!writer_skip(&writer, 0));
			break;
		}
	}
	/* All that got through is the beginning of what was read. */
	demand(writer.length <= reader.size);
	demand(!memcmp(out, data + 2 + fields, writer.length));
	free(out);
	return 0;
}
