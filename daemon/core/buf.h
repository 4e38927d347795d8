/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounded reader and writer with a sticky error: a codec reads or writes all
 * its fields and asks once, at the end, whether all went well. Numbers are
 * big-endian.
 */
#ifndef CORE_BUF_H
#define CORE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

/**
 * struct reader - a position in input that somebody else owns
 * @data: the input
 * @size: octets of @data
 * @pos: octets read, never more than @size
 * @failed: a read did not succeed; all further ones yield 0 or NULL
 */
struct reader {
	const uint8_t *data;
	size_t size;
	size_t pos;
	bool failed;
};

void reader_init(struct reader *reader, const void *data, size_t size);
size_t reader_left(const struct reader *reader);
uint8_t reader_u8(struct reader *reader);
uint16_t reader_u16(struct reader *reader);
uint32_t reader_u24(struct reader *reader);
uint32_t reader_u32(struct reader *reader);
uint64_t reader_u64(struct reader *reader);
/* A view of the next @size octets, NULL on failure and for 0 octets at the end. */
const uint8_t *reader_bytes(struct reader *reader, size_t size);
/* Copies the next @size octets; zeroes @out on failure. */
void reader_copy(struct reader *reader, void *out, size_t size);
/* A reader of the next @size octets; failed if they are not there. */
struct reader reader_sub(struct reader *reader, size_t size);
/* 0 if no read failed, else -1 and FAULT_TRUNCATED naming @what. */
int reader_check(const struct reader *reader, const char *what,
		 struct fault *fault);
/* As reader_check(), and FAULT_MALFORMED if something is left. */
int reader_end(const struct reader *reader, const char *what,
	       struct fault *fault);

/**
 * struct writer - output into a buffer that somebody else owns
 * @data: the buffer
 * @size: octets of @data
 * @length: octets written, never more than @size
 * @failed: a write did not fit; nothing is written any more
 */
struct writer {
	uint8_t *data;
	size_t size;
	size_t length;
	bool failed;
};

void writer_init(struct writer *writer, void *data, size_t size);
void writer_u8(struct writer *writer, uint8_t value);
void writer_u16(struct writer *writer, uint16_t value);
void writer_u24(struct writer *writer, uint32_t value);
void writer_u32(struct writer *writer, uint32_t value);
void writer_u64(struct writer *writer, uint64_t value);
void writer_bytes(struct writer *writer, const void *data, size_t size);
/* Room for @size octets to be filled by the caller, zeroed; NULL on failure. */
uint8_t *writer_skip(struct writer *writer, size_t size);
/* Length fields written as 0 before: sets the octets at @pos to a number. */
void writer_set_u8(struct writer *writer, size_t pos, uint8_t value);
void writer_set_u16(struct writer *writer, size_t pos, uint16_t value);
/* 0 if all fitted, else -1 and FAULT_ROOM naming @what. */
int writer_check(const struct writer *writer, const char *what,
		 struct fault *fault);

#endif /* CORE_BUF_H */
