// SPDX-License-Identifier: GPL-2.0-or-later
/* The bounded reader and writer: every bound, and the sticky error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/buf.h"

static const uint8_t counting[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06,
				    0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c,
				    0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12 };

static void test_numbers_are_read(void **state)
{
	struct fault fault = { 0 };
	struct reader reader;

	(void)state;
	reader_init(&reader, counting, sizeof(counting));
	assert_int_equal(reader_u8(&reader), 0x01);
	assert_int_equal(reader_u16(&reader), 0x0203);
	assert_int_equal(reader_u24(&reader), 0x040506);
	assert_int_equal(reader_u32(&reader), 0x0708090a);
	assert_int_equal(reader_left(&reader), 8);
	assert_true(reader_u64(&reader) == UINT64_C(0x0b0c0d0e0f101112));
	assert_int_equal(reader_end(&reader, "all", &fault), 0);
	assert_int_equal(fault.code, FAULT_NONE);
}

/* A copy of @size octets on the heap, so that the sanitizer sees its end. */
static uint8_t *exact(size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	memcpy(copy, counting, size);
	return copy;
}

static void test_truncation_sticks(void **state)
{
	struct reader reader;
	size_t size;

	(void)state;
	for (size = 0; size < 8; size++) {
		uint8_t *copy = exact(size);
		struct fault fault = { 0 };

		reader_init(&reader, copy, size);
		assert_true(reader_u64(&reader) == 0);
		assert_true(reader.failed);
		assert_int_equal(reader_left(&reader), 0);
		/* Even what is there is no longer given. */
		assert_int_equal(reader_u8(&reader), 0);
		assert_null(reader_bytes(&reader, 0));
		assert_int_equal(reader_check(&reader, "number", &fault), -1);
		assert_int_equal(fault.code, FAULT_TRUNCATED);
		assert_string_equal(fault.text, "number ends too early");
		assert_int_equal(reader_end(&reader, "number", NULL), -1);
		free(copy);
	}
}

static void test_rest_is_refused(void **state)
{
	struct fault fault = { 0 };
	struct reader reader;

	(void)state;
	reader_init(&reader, counting, 3);
	reader_u8(&reader);
	assert_int_equal(reader_check(&reader, "part", &fault), 0);
	assert_int_equal(reader_end(&reader, "part", &fault), -1);
	assert_int_equal(fault.code, FAULT_MALFORMED);
	assert_string_equal(fault.text, "part has 2 octets too many");
}

static void test_bytes_are_views(void **state)
{
	struct reader reader;

	(void)state;
	reader_init(&reader, counting, 4);
	assert_ptr_equal(reader_bytes(&reader, 0), counting);
	assert_ptr_equal(reader_bytes(&reader, 4), counting);
	assert_null(reader_bytes(&reader, 0));
	assert_false(reader.failed);
	assert_null(reader_bytes(&reader, 1));
	assert_true(reader.failed);
}

static void test_huge_size_does_not_wrap(void **state)
{
	struct reader reader;

	(void)state;
	reader_init(&reader, counting, 4);
	reader_u8(&reader);
	assert_null(reader_bytes(&reader, SIZE_MAX));
	assert_true(reader.failed);
	reader_init(&reader, NULL, 0);
	assert_null(reader_bytes(&reader, SIZE_MAX));
}

static void test_copy_zeroes_on_failure(void **state)
{
	uint8_t out[4] = { 9, 9, 9, 9 };
	static const uint8_t zero[4];
	struct reader reader;

	(void)state;
	reader_init(&reader, counting, 6);
	reader_copy(&reader, out, 4);
	assert_memory_equal(out, counting, 4);
	reader_copy(&reader, NULL, 0);
	assert_false(reader.failed);
	reader_copy(&reader, out, 4);
	assert_memory_equal(out, zero, 4);
	assert_true(reader.failed);
}

static void test_sub_reader(void **state)
{
	struct reader reader, sub;

	(void)state;
	reader_init(&reader, counting, 6);
	sub = reader_sub(&reader, 4);
	assert_true(reader_u32(&sub) == 0x01020304);
	assert_int_equal(reader_end(&sub, "sub", NULL), 0);
	assert_int_equal(reader_left(&reader), 2);
	sub = reader_sub(&reader, 3);
	assert_true(sub.failed);
	assert_true(reader.failed);
	assert_int_equal(reader_left(&sub), 0);
	assert_int_equal(reader_u8(&sub), 0);
}

static void test_empty_sub_reader(void **state)
{
	struct reader reader, sub;

	(void)state;
	reader_init(&reader, counting, 0);
	sub = reader_sub(&reader, 0);
	assert_int_equal(reader_end(&sub, "sub", NULL), 0);
	assert_int_equal(reader_u8(&sub), 0);
	assert_true(sub.failed);
	assert_false(reader.failed);
}

static void test_numbers_are_written(void **state)
{
	struct fault fault = { 0 };
	struct writer writer;
	uint8_t out[18];

	(void)state;
	writer_init(&writer, out, sizeof(out));
	writer_u8(&writer, 0x01);
	writer_u16(&writer, 0x0203);
	writer_u24(&writer, 0xff040506);
	writer_u32(&writer, 0x0708090a);
	writer_u64(&writer, UINT64_C(0x0b0c0d0e0f101112));
	assert_int_equal(writer_check(&writer, "all", &fault), 0);
	assert_int_equal(writer.length, sizeof(out));
	assert_memory_equal(out, counting, sizeof(out));
}

static void test_overflow_sticks(void **state)
{
	size_t size;

	(void)state;
	for (size = 0; size < 8; size++) {
		uint8_t *out = exact(size);
		struct fault fault = { 0 };
		struct writer writer;

		writer_init(&writer, out, size);
		writer_u64(&writer, 1);
		assert_true(writer.failed);
		assert_int_equal(writer.length, 0);
		writer_u8(&writer, 1);
		assert_int_equal(writer.length, 0);
		assert_int_equal(writer_check(&writer, "text", &fault), -1);
		assert_int_equal(fault.code, FAULT_ROOM);
		assert_memory_equal(out, counting, size);
		free(out);
	}
}

static void test_bytes_and_room(void **state)
{
	uint8_t out[6] = { 9, 9, 9, 9, 9, 9 };
	struct writer writer;
	uint8_t *room;

	(void)state;
	writer_init(&writer, out, sizeof(out));
	writer_bytes(&writer, counting, 3);
	writer_bytes(&writer, NULL, 0);
	room = writer_skip(&writer, 2);
	assert_ptr_equal(room, out + 3);
	assert_int_equal(room[0] | room[1], 0);
	assert_null(writer_skip(&writer, SIZE_MAX));
	assert_true(writer.failed);
	assert_int_equal(out[5], 9);
}

static void test_lengths_are_set_later(void **state)
{
	uint8_t out[4] = { 0 };
	struct writer writer;

	(void)state;
	writer_init(&writer, out, sizeof(out));
	writer_u16(&writer, 0);
	writer_u8(&writer, 7);
	writer_set_u16(&writer, 0, 0x1234);
	writer_set_u8(&writer, 2, 8);
	/* Beyond what was written: no effect. */
	writer_set_u8(&writer, 3, 9);
	writer_set_u16(&writer, 2, 0x0a0b);
	assert_int_equal(out[0], 0x12);
	assert_int_equal(out[1], 0x34);
	assert_int_equal(out[2], 0x0a);
	assert_int_equal(out[3], 0);
	writer_u32(&writer, 0);
	assert_true(writer.failed);
	writer_set_u8(&writer, 0, 0xff);
	assert_int_equal(out[0], 0x12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_are_read),
		cmocka_unit_test(test_truncation_sticks),
		cmocka_unit_test(test_rest_is_refused),
		cmocka_unit_test(test_bytes_are_views),
		cmocka_unit_test(test_huge_size_does_not_wrap),
		cmocka_unit_test(test_copy_zeroes_on_failure),
		cmocka_unit_test(test_sub_reader),
		cmocka_unit_test(test_empty_sub_reader),
		cmocka_unit_test(test_numbers_are_written),
		cmocka_unit_test(test_overflow_sticks),
		cmocka_unit_test(test_bytes_and_room),
		cmocka_unit_test(test_lengths_are_set_later),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
