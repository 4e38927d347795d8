// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "buf.h"

void reader_init(struct reader *reader, const void *data, size_t size)
{
	*reader = (struct reader){ .data = data, .size = size };
}

size_t reader_left(const struct reader *reader)
{
	return reader->failed ? 0 : reader->size - reader->pos;
}

const uint8_t *reader_bytes(struct reader *reader, size_t size)
{
	const uint8_t *bytes;

	if (reader->failed || size > reader->size - reader->pos) {
		reader->failed = true;
		return NULL;
	}
	if (!size)
		return reader->pos < reader->size ? reader->data + reader->pos :
						    NULL;
	bytes = reader->data + reader->pos;
	reader->pos += size;
	return bytes;
}

static uint64_t reader_number(struct reader *reader, size_t size)
{
	const uint8_t *bytes = reader_bytes(reader, size);
	uint64_t value = 0;
	size_t i;

	for (i = 0; bytes && i < size; i++)
		value = value << 8 | bytes[i];
	return value;
}

uint8_t reader_u8(struct reader *reader)
{
	return (uint8_t)reader_number(reader, 1);
}

uint16_t reader_u16(struct reader *reader)
{
	return (uint16_t)reader_number(reader, 2);
}

uint32_t reader_u24(struct reader *reader)
{
	return (uint32_t)reader_number(reader, 3);
}

uint32_t reader_u32(struct reader *reader)
{
	return (uint32_t)reader_number(reader, 4);
}

uint64_t reader_u64(struct reader *reader)
{
	return reader_number(reader, 8);
}

void reader_copy(struct reader *reader, void *out, size_t size)
{
	const uint8_t *bytes = reader_bytes(reader, size);

	if (!size)
		return;
	if (bytes)
		memcpy(out, bytes, size);
	else
		memset(out, 0, size);
}

struct reader reader_sub(struct reader *reader, size_t size)
{
	struct reader sub = { .data = reader_bytes(reader, size),
			      .size = size };

	if (reader->failed) {
		sub.size = 0;
		sub.failed = true;
	}
	return sub;
}

int reader_check(const struct reader *reader, const char *what,
		 struct fault *fault)
{
	if (!reader->failed)
		return 0;
	return fault_set(fault, FAULT_TRUNCATED, "%s ends too early", what);
}

int reader_end(const struct reader *reader, const char *what,
	       struct fault *fault)
{
	if (reader_check(reader, what, fault))
		return -1;
	if (reader->pos == reader->size)
		return 0;
	return fault_set(fault, FAULT_MALFORMED, "%s has %zu octets too many",
			 what, reader->size - reader->pos);
}

void writer_init(struct writer *writer, void *data, size_t size)
{
	*writer = (struct writer){ .data = data, .size = size };
}

uint8_t *writer_skip(struct writer *writer, size_t size)
{
	uint8_t *room;

	if (writer->failed || size > writer->size - writer->length) {
		writer->failed = true;
		return NULL;
	}
	room = writer->data + writer->length;
	if (size)
		memset(room, 0, size);
	writer->length += size;
	return room;
}

static void writer_number(struct writer *writer, uint64_t value, size_t size)
{
	uint8_t *room = writer_skip(writer, size);

	for (; room && size; value >>= 8)
		room[--size] = (uint8_t)value;
}

void writer_u8(struct writer *writer, uint8_t value)
{
	writer_number(writer, value, 1);
}

void writer_u16(struct writer *writer, uint16_t value)
{
	writer_number(writer, value, 2);
}

void writer_u24(struct writer *writer, uint32_t value)
{
	writer_number(writer, value, 3);
}

void writer_u32(struct writer *writer, uint32_t value)
{
	writer_number(writer, value, 4);
}

void writer_u64(struct writer *writer, uint64_t value)
{
	writer_number(writer, value, 8);
}

void writer_bytes(struct writer *writer, const void *data, size_t size)
{
	uint8_t *room = writer_skip(writer, size);

	if (room && size)
		memcpy(room, data, size);
}

void writer_set_u8(struct writer *writer, size_t pos, uint8_t value)
{
	if (!writer->failed && pos < writer->length)
		writer->data[pos] = value;
}

void writer_set_u16(struct writer *writer, size_t pos, uint16_t value)
{
	writer_set_u8(writer, pos, value >> 8);
	writer_set_u8(writer, pos + 1, (uint8_t)value);
}

int writer_check(const struct writer *writer, const char *what,
		 struct fault *fault)
{
	if (!writer->failed)
		return 0;
	return fault_set(fault, FAULT_ROOM, "%s does not fit %zu octets", what,
			 writer->size);
}
