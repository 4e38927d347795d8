// SPDX-License-Identifier: GPL-2.0-or-later
/* Header, key identifier and nonce of SFrame as the module makes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/errno.h>
#include <linux/mbsec.h>

#include "random.h"
#include "sframe.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static struct random random_state;

/*
 * A value as RFC 9605 clause 4.3 wants it: its half of the config octet and
 * the octets that follow. All pairs of these values are the table of headers
 * in appendix C.1.
 */
struct field {
	u64 value;
	u8 config;
	u8 size;
	u8 octets[8];
};

static const struct field fields[] = {
	{ 0x0000000000000000, 0x0, 0, {} },
	{ 0x0000000000000001, 0x1, 0, {} },
	{ 0x00000000000000ff, 0x8, 1, { 0xff } },
	{ 0x0000000000000100, 0x9, 2, { 1, 0 } },
	{ 0x000000000000ffff, 0x9, 2, { 0xff, 0xff } },
	{ 0x0000000000010000, 0xa, 3, { 1, 0, 0 } },
	{ 0x0000000000ffffff, 0xa, 3, { 0xff, 0xff, 0xff } },
	{ 0x0000000001000000, 0xb, 4, { 1, 0, 0, 0 } },
	{ 0x00000000ffffffff, 0xb, 4, { 0xff, 0xff, 0xff, 0xff } },
	{ 0x0000000100000000, 0xc, 5, { 1, 0, 0, 0, 0 } },
	{ 0x000000ffffffffff, 0xc, 5, { 0xff, 0xff, 0xff, 0xff, 0xff } },
	{ 0x0000010000000000, 0xd, 6, { 1, 0, 0, 0, 0, 0 } },
	{ 0x0000ffffffffffff, 0xd, 6, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	{ 0x0001000000000000, 0xe, 7, { 1, 0, 0, 0, 0, 0, 0 } },
	{ 0x00ffffffffffffff,
	  0xe,
	  7,
	  { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	{ 0x0100000000000000, 0xf, 8, { 1, 0, 0, 0, 0, 0, 0, 0 } },
	{ 0xffffffffffffffff,
	  0xf,
	  8,
	  { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
};

/* Two fields put together by hand; returns the size. */
static size_t fields_join(u8 *out, const struct field *kid,
			  const struct field *counter)
{
	out[0] = kid->config << 4 | counter->config;
	memcpy(out + 1, kid->octets, kid->size);
	memcpy(out + 1 + kid->size, counter->octets, counter->size);
	return 1 + kid->size + counter->size;
}

/* A field of as many octets as are asked for, not only of the fewest. */
static struct field field_of_size(u64 value, u8 size)
{
	struct field field = { .value = value, .size = size };
	int i;

	field.config = size ? 0x8 | (size - 1) : (u8)value;
	for (i = 0; i < size; i++)
		field.octets[i] = value >> 8 * (size - 1 - i);
	return field;
}

/* The smallest and the largest value of a size are 0 and 7 for size 0. */
static u64 size_smallest(u8 size)
{
	if (size <= 1)
		return 8 * size;
	return 1ULL << 8 * (size - 1);
}

static u64 size_largest(u8 size)
{
	if (!size)
		return 7;
	return UINT64_MAX >> 8 * (8 - size);
}

/*
 * Parses a copy that ends where its memory does, so that the address sanitizer
 * sees every octet that is read beyond. One more octet is before the copy, as
 * it would not see that of an allocation of none.
 */
static int parse(const u8 *data, size_t size,
		 struct mbsec_sframe_header *header)
{
	u8 *memory = malloc(1 + size);
	int err;

	assert_non_null(memory);
	memcpy(memory + 1, data, size);
	memset(header, 0xa5, sizeof(*header));
	err = mbsec_sframe_parse(memory + 1, size, header);
	free(memory);
	return err;
}

static void assert_parses(const u8 *data, size_t size, u64 kid, u64 counter,
			  size_t header_size)
{
	struct mbsec_sframe_header header;

	assert_int_equal(parse(data, size, &header), 0);
	assert_int_equal(header.kid, kid);
	assert_int_equal(header.counter, counter);
	assert_int_equal(header.size, header_size);
}

/* The copy of the result is as large as it must be and not larger. */
static void assert_encodes(u64 kid, u64 counter, const u8 *expected,
			   size_t size)
{
	u8 *out = malloc(size);

	assert_non_null(out);
	assert_int_equal(mbsec_sframe_encode(out, kid, counter), size);
	assert_memory_equal(out, expected, size);
	free(out);
}

static void test_appendix_c1(void **state)
{
	u8 expected[MBSEC_SFRAME_HEADER_MAX];
	size_t i, j, size;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		for (j = 0; j < ARRAY_SIZE(fields); j++) {
			size = fields_join(expected, &fields[i], &fields[j]);
			assert_encodes(fields[i].value, fields[j].value,
				       expected, size);
			assert_parses(expected, size, fields[i].value,
				      fields[j].value, size);
		}
	}
}

/* Appendix C.3; and what clause 4.3 says of values at the edge of a half. */
static void test_known_headers(void **state)
{
	static const struct {
		u64 kid, counter;
		u8 size;
		u8 octets[MBSEC_SFRAME_HEADER_MAX];
	} known[] = {
		{ 0x123, 0x4567, 5, { 0x99, 0x01, 0x23, 0x45, 0x67 } },
		{ 7, 7, 1, { 0x77 } },
		{ 7, 8, 2, { 0x78, 0x08 } },
		{ 8, 7, 2, { 0x87, 0x08 } },
		{ 8, 9, 3, { 0x88, 0x08, 0x09 } },
		{ 0, 0, 1, { 0x00 } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(known); i++) {
		assert_encodes(known[i].kid, known[i].counter, known[i].octets,
			       known[i].size);
		assert_parses(known[i].octets, known[i].size, known[i].kid,
			      known[i].counter, known[i].size);
	}
}

/* What the module sends has one size, from its first counter to its last. */
static void test_sent_headers(void **state)
{
	static const u8 first[] = { 0xfc, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01,
				    0x00, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00 };
	static const u8 last[] = { 0xfc, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				   0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	u8 out[MBSEC_SFRAME_HEADER_MAX];
	u64 kid;

	(void)state;
	assert_int_equal(sizeof(first), MBSEC_SFRAME_HEADER_TX);
	kid = mbsec_sframe_kid(MBSEC_SENDER_ID_MIN, 1, 1);
	assert_encodes(kid, MBSEC_SFRAME_COUNTER_MIN, first, sizeof(first));
	assert_encodes(UINT64_MAX, MBSEC_SFRAME_COUNTER_END - 1, last,
		       sizeof(last));
	kid = mbsec_sframe_kid(MBSEC_SENDER_ID_MIN, 0, 0);
	assert_int_equal(mbsec_sframe_encode(out, kid,
					     MBSEC_SFRAME_COUNTER_MIN),
			 MBSEC_SFRAME_HEADER_TX);
	/* The constants are the edges, not values within them. */
	assert_int_equal(mbsec_sframe_encode(out, kid - 1,
					     MBSEC_SFRAME_COUNTER_MIN),
			 MBSEC_SFRAME_HEADER_TX - 1);
	assert_int_equal(mbsec_sframe_encode(out, kid,
					     MBSEC_SFRAME_COUNTER_MIN - 1),
			 MBSEC_SFRAME_HEADER_TX - 1);
	assert_int_equal(mbsec_sframe_encode(out, kid,
					     MBSEC_SFRAME_COUNTER_END),
			 MBSEC_SFRAME_HEADER_TX + 1);
	assert_int_equal(mbsec_sframe_encode(out, UINT64_MAX, UINT64_MAX),
			 MBSEC_SFRAME_HEADER_MAX);
}

static void round_trip(u64 kid, u8 kid_size, u64 counter, u8 counter_size)
{
	struct field kid_field = field_of_size(kid, kid_size);
	struct field counter_field = field_of_size(counter, counter_size);
	u8 expected[MBSEC_SFRAME_HEADER_MAX + 1];
	size_t size = fields_join(expected, &kid_field, &counter_field);

	assert_encodes(kid, counter, expected, size);
	assert_parses(expected, size, kid, counter, size);
	/* What follows the header is not looked at. */
	expected[size] = 0xff;
	assert_parses(expected, size + 1, kid, counter, size);
}

/* Each pair of sizes (0 is within the config octet), at edges and between. */
static void test_round_trip(void **state)
{
	u8 kid_size, counter_size;
	int i;

	(void)state;
	for (kid_size = 0; kid_size <= 8; kid_size++) {
		u64 k_min = size_smallest(kid_size);
		u64 k_max = size_largest(kid_size);

		for (counter_size = 0; counter_size <= 8; counter_size++) {
			u64 c_min = size_smallest(counter_size);
			u64 c_max = size_largest(counter_size);

			round_trip(k_min, kid_size, c_min, counter_size);
			round_trip(k_min, kid_size, c_max, counter_size);
			round_trip(k_max, kid_size, c_min, counter_size);
			round_trip(k_max, kid_size, c_max, counter_size);
			for (i = 0; i < 100; i++)
				round_trip(k_min + random_below(&random_state,
								k_max - k_min),
					   kid_size,
					   c_min + random_below(&random_state,
								c_max - c_min),
					   counter_size);
		}
	}
}

/* Each header, of each pair of sizes, that ends early, after 0 octets too. */
static void test_truncated(void **state)
{
	struct mbsec_sframe_header header;
	u8 out[MBSEC_SFRAME_HEADER_MAX];
	u8 kid_size, counter_size;
	size_t size, cut;

	(void)state;
	for (kid_size = 0; kid_size <= 8; kid_size++) {
		for (counter_size = 0; counter_size <= 8; counter_size++) {
			size = mbsec_sframe_encode(out, size_largest(kid_size),
						   size_largest(counter_size));
			assert_int_equal(size, 1 + kid_size + counter_size);
			for (cut = 0; cut < size; cut++)
				assert_int_equal(parse(out, cut, &header),
						 -EBADMSG);
			assert_int_equal(parse(out, size, &header), 0);
		}
	}
}

/* Each config octet alone: only those without an extension are a header. */
static void test_config_octet_alone(void **state)
{
	struct mbsec_sframe_header header;
	int config, err;
	u8 octet;

	(void)state;
	for (config = 0; config <= 0xff; config++) {
		octet = config;
		err = parse(&octet, 1, &header);
		if (config & 0x88) {
			assert_int_equal(err, -EBADMSG);
			continue;
		}
		assert_int_equal(err, 0);
		assert_int_equal(header.kid, config >> 4);
		assert_int_equal(header.counter, config & 7);
		assert_int_equal(header.size, 1);
	}
}

/* One value in more octets than it needs, as KID and as counter. */
static void refuse_wide(u64 value, u8 size)
{
	struct field wide = field_of_size(value, size);
	struct mbsec_sframe_header header;
	u8 data[MBSEC_SFRAME_HEADER_MAX];
	size_t i, length;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		length = fields_join(data, &wide, &fields[i]);
		assert_int_equal(parse(data, length, &header), -EINVAL);
		length = fields_join(data, &fields[i], &wide);
		assert_int_equal(parse(data, length, &header), -EINVAL);
	}
}

static void test_not_minimal(void **state)
{
	u8 fewest, size;
	u64 value;
	int i;

	(void)state;
	for (value = 0; value <= 7; value++)
		for (size = 1; size <= 8; size++)
			refuse_wide(value, size);
	for (fewest = 1; fewest <= 7; fewest++) {
		for (size = fewest + 1; size <= 8; size++) {
			refuse_wide(size_smallest(fewest), size);
			refuse_wide(size_largest(fewest), size);
			for (i = 0; i < 20; i++) {
				value = random_u64(&random_state);
				value &= size_largest(fewest);
				refuse_wide(value, size);
			}
		}
	}
}

static void test_kid(void **state)
{
	u16 sender_id, mtk_id;
	u32 msk_id;
	u64 kid;
	int i;

	(void)state;
	assert_int_equal(mbsec_sframe_kid(0xabcd, 0xfedcba98, 0x9876),
			 0xabcdfedcba989876);
	/* Fields full of ones stay in their place. */
	assert_int_equal(mbsec_sframe_kid(0xffff, 0, 0), 0xffff000000000000);
	assert_int_equal(mbsec_sframe_kid(0, 0xffffffff, 0), 0xffffffff0000);
	assert_int_equal(mbsec_sframe_kid(0, 0, 0xffff), 0xffff);
	assert_int_equal(mbsec_sframe_kid_sender_id(0xabcdfedcba989876),
			 0xabcd);
	assert_int_equal(mbsec_sframe_kid_msk_id(0xabcdfedcba989876),
			 0xfedcba98);
	assert_int_equal(mbsec_sframe_kid_mtk_id(0xabcdfedcba989876), 0x9876);
	for (i = 0; i < 10000; i++) {
		kid = random_u64(&random_state);
		sender_id = mbsec_sframe_kid_sender_id(kid);
		msk_id = mbsec_sframe_kid_msk_id(kid);
		mtk_id = mbsec_sframe_kid_mtk_id(kid);
		assert_int_equal(mbsec_sframe_kid(sender_id, msk_id, mtk_id),
				 kid);
	}
}

static void assert_nonce(const u8 *salt, u64 counter, const u8 *expected)
{
	u8 *nonce = malloc(MBSEC_SFRAME_NONCE_SIZE);

	assert_non_null(nonce);
	memset(nonce, 0xa5, MBSEC_SFRAME_NONCE_SIZE);
	mbsec_sframe_nonce(nonce, salt, counter);
	assert_memory_equal(nonce, expected, MBSEC_SFRAME_NONCE_SIZE);
	free(nonce);
}

static void test_nonce_known(void **state)
{
	static const u8 salt[] = { 0x50, 0xb2, 0x93, 0x29, 0xa0, 0x4d,
				   0xc0, 0xf1, 0x84, 0xac, 0x31, 0x68 };
	/* Appendix C.3: counter 0x4567. */
	static const u8 c3[] = { 0x50, 0xb2, 0x93, 0x29, 0xa0, 0x4d,
				 0xc0, 0xf1, 0x84, 0xac, 0x74, 0x0f };
	static const u8 first[] = { 0x50, 0xb2, 0x93, 0x29, 0xa0, 0x4d,
				    0xc0, 0xf0, 0x84, 0xac, 0x31, 0x68 };
	static const u8 ones[] = { 0x50, 0xb2, 0x93, 0x29, 0x5f, 0xb2,
				   0x3f, 0x0e, 0x7b, 0x53, 0xce, 0x97 };

	(void)state;
	assert_nonce(salt, 0x4567, c3);
	assert_nonce(salt, 0, salt);
	assert_nonce(salt, MBSEC_SFRAME_COUNTER_MIN, first);
	assert_nonce(salt, UINT64_MAX, ones);
}

/* The nonce of salt 0 is the counter, big-endian, after four zero octets. */
static void test_nonce_bits(void **state)
{
	u8 salt[MBSEC_SFRAME_NONCE_SIZE] = {};
	u8 expected[MBSEC_SFRAME_NONCE_SIZE];
	int bit, i, j;
	u64 counter;

	(void)state;
	for (bit = 0; bit < 64; bit++) {
		memset(expected, 0, sizeof(expected));
		expected[11 - bit / 8] = 1 << bit % 8;
		assert_nonce(salt, 1ULL << bit, expected);
	}
	for (i = 0; i < 1000; i++) {
		counter = random_u64(&random_state);
		for (j = 0; j < MBSEC_SFRAME_NONCE_SIZE; j++) {
			salt[j] = random_u64(&random_state);
			expected[j] = salt[j];
			if (j >= 4)
				expected[j] ^= counter >> 8 * (11 - j);
		}
		assert_nonce(salt, counter, expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_appendix_c1),
		cmocka_unit_test(test_known_headers),
		cmocka_unit_test(test_sent_headers),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_config_octet_alone),
		cmocka_unit_test(test_not_minimal),
		cmocka_unit_test(test_kid),
		cmocka_unit_test(test_nonce_known),
		cmocka_unit_test(test_nonce_bits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	random_start(&random_state);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
