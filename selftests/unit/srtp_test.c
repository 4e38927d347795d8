// SPDX-License-Identifier: GPL-2.0-or-later
/* Headers, layout and index of SRTP as the module reads and makes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/errno.h>

#include "random.h"
#include "srtp.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define SSRC 0xcafebabe

static struct random random_state;

/*
 * Parses a copy that ends where its memory does, or after the octets that are
 * enough, so that the address sanitizer sees every octet that is read beyond.
 * One more octet is before the copy, as it would not see that of an allocation
 * of none.
 */
static int parse(const u8 *data, size_t size, struct mbsec_srtp_header *header)
{
	size_t kept = size < MBSEC_SRTP_PEEK ? size : MBSEC_SRTP_PEEK;
	u8 *memory = malloc(1 + kept);
	int err;

	assert_non_null(memory);
	memcpy(memory + 1, data, kept);
	memset(header, 0xa5, sizeof(*header));
	err = mbsec_srtp_parse(memory + 1, size, header);
	free(memory);
	return err;
}

static int check_clear(const u8 *data, size_t size)
{
	struct mbsec_srtp_header header;
	u8 *memory = malloc(size);
	int err;

	assert_non_null(memory);
	memcpy(memory, data, size);
	assert_int_equal(mbsec_srtp_parse(memory, size, &header), 0);
	err = mbsec_srtp_check_clear(memory, size, &header);
	free(memory);
	return err;
}

/* Header with @csrcs CSRCs and, from 0, an extension of @words words. */
static size_t rtp_make(u8 *out, int csrcs, int words)
{
	static const u8 start[MBSEC_SRTP_HEADER_MIN] = {
		0x80, 33, 0x12, 0x34, 0, 0, 0, 1, 0xca, 0xfe, 0xba, 0xbe,
	};
	size_t size = sizeof(start) + 4 * (size_t)csrcs;

	memset(out, 0xff, size);
	memcpy(out, start, sizeof(start));
	out[0] |= (u8)csrcs;
	if (words < 0)
		return size;
	out[0] |= 0x10;
	memset(out + size, 0xff, 4 + 4 * (size_t)words);
	out[size + 2] = (u8)(words >> 8);
	out[size + 3] = (u8)words;
	return size + 4 + 4 * (size_t)words;
}

static void assert_rtp(const u8 *data, size_t size, size_t header_size)
{
	struct mbsec_srtp_header header;

	assert_int_equal(parse(data, size, &header), 0);
	assert_false(header.rtcp);
	assert_int_equal(header.ssrc, SSRC);
	assert_int_equal(header.sequence, 0x1234);
	assert_int_equal(header.size, header_size);
}

/* All numbers of CSRCs, extensions of all kinds of length, every truncation. */
static void test_rtp_headers(void **state)
{
	static const int words[] = { -1, 0, 1, 2, 255, 256, 16000 };
	struct mbsec_srtp_header header;
	static u8 data[70000];
	size_t i, size, cut;
	int csrcs;

	(void)state;
	for (csrcs = 0; csrcs < 16; csrcs++) {
		for (i = 0; i < ARRAY_SIZE(words); i++) {
			size = rtp_make(data, csrcs, words[i]);
			assert_rtp(data, size, size);
			assert_rtp(data, size + 1, size);
			for (cut = 0; cut < size; cut++)
				assert_int_equal(parse(data, cut, &header),
						 -EBADMSG);
		}
	}
}

/* The longest header is longer than any datagram, and is refused in any. */
static void test_extension_past_the_end(void **state)
{
	struct mbsec_srtp_header header;
	u8 data[MBSEC_SRTP_PEEK];
	size_t size = rtp_make(data, 15, 0);

	(void)state;
	assert_int_equal(size, MBSEC_SRTP_PEEK);
	data[size - 2] = 0xff;
	data[size - 1] = 0xff;
	assert_int_equal(parse(data, 65507, &header), -EBADMSG);
	data[size - 2] = 0;
	data[size - 1] = 1;
	assert_int_equal(parse(data, size + 3, &header), -EBADMSG);
	assert_int_equal(parse(data, size + 4, &header), 0);
}

/* Each pair of first octets: version, and RFC 5761 for the second one. */
static void test_first_octets(void **state)
{
	u8 data[MBSEC_SRTP_PEEK] = { 0 };
	struct mbsec_srtp_header header;
	int first, second, err;

	(void)state;
	data[4] = 0xca;
	data[8] = 0xfe;
	for (first = 0; first < 256; first++) {
		for (second = 0; second < 256; second++) {
			data[0] = (u8)first;
			data[1] = (u8)second;
			err = parse(data, sizeof(data), &header);
			if (first >> 6 != 2) {
				assert_int_equal(err, -EINVAL);
				continue;
			}
			assert_int_equal(err, 0);
			assert_int_equal(header.rtcp,
					 second >= 192 && second < 224);
			assert_int_equal(header.ssrc,
					 header.rtcp ? 0xca000000 : 0xfe000000);
		}
	}
}

static void test_rtcp_headers(void **state)
{
	static const u8 data[] = { 0x81, 200, 0, 1, 0xca, 0xfe, 0xba, 0xbe };
	struct mbsec_srtp_header header;
	size_t cut;

	(void)state;
	for (cut = 0; cut < sizeof(data); cut++)
		assert_int_equal(parse(data, cut, &header), -EBADMSG);
	assert_int_equal(parse(data, sizeof(data), &header), 0);
	assert_true(header.rtcp);
	assert_int_equal(header.ssrc, SSRC);
	assert_int_equal(header.size, MBSEC_SRTCP_HEADER);
}

/* The last octet counts the padding: from 1 to all that follows the header. */
static void test_rtp_padding(void **state)
{
	u8 data[200] = { 0 };
	size_t header_size = rtp_make(data, 2, 1);
	int padding;

	(void)state;
	for (padding = 0; padding < 256; padding++) {
		data[header_size + 99] = (u8)padding;
		data[0] &= (u8)~0x20;
		assert_int_equal(check_clear(data, header_size + 100), 0);
		data[0] |= 0x20;
		assert_int_equal(check_clear(data, header_size + 100),
				 padding >= 1 && padding <= 100 ? 0 : -EINVAL);
	}
	assert_int_equal(check_clear(data, header_size), -EINVAL);
	data[0] &= (u8)~0x20;
	assert_int_equal(check_clear(data, header_size), 0);
}

/* A report and a description, then what does not belong there. */
static void test_compound(void **state)
{
	u8 data[] = { 0x80, 201, 0,    1,    0xca, 0xfe, 0xba, 0xbe, 0x81, 202,
		      0,    2,	 0xca, 0xfe, 0xba, 0xbe, 1,    1,    'a',  0 };
	size_t cut;

	(void)state;
	assert_int_equal(check_clear(data, 8), 0);
	assert_int_equal(check_clear(data, sizeof(data)), 0);
	for (cut = 9; cut < sizeof(data); cut++)
		assert_int_equal(check_clear(data, cut), -EBADMSG);
	data[9] = 224;
	assert_int_equal(check_clear(data, sizeof(data)), -EINVAL);
	data[9] = 202;
	data[8] = 0x41;
	assert_int_equal(check_clear(data, sizeof(data)), -EINVAL);
	data[8] = 0x81;
	data[3] = 0xff;
	assert_int_equal(check_clear(data, sizeof(data)), -EBADMSG);
}

/* Only the last packet may be padded, by a multiple of 4 that fits into it. */
static void test_compound_padding(void **state)
{
	u8 data[] = { 0x80, 201, 0,    1,    0xca, 0xfe, 0xba, 0xbe, 0xa1, 202,
		      0,    2,	 0xca, 0xfe, 0xba, 0xbe, 0,    0,    0,	   4 };
	int padding;

	(void)state;
	for (padding = 0; padding < 256; padding++) {
		data[sizeof(data) - 1] = (u8)padding;
		assert_int_equal(check_clear(data, sizeof(data)),
				 padding == 4 || padding == 8 ? 0 : -EINVAL);
	}
	data[sizeof(data) - 1] = 4;
	data[0] |= 0x20;
	data[7] = 4;
	assert_int_equal(check_clear(data, sizeof(data)), -EINVAL);
}

static void test_mki(void **state)
{
	u8 mki[MBSEC_SRTP_MKI_SIZE];
	static const u8 known[] = { 0x01, 0x02, 0x03, 0x04, 0xfe, 0xff };

	(void)state;
	assert_int_equal(mbsec_srtp_mki_read(known), 0x01020304feff);
	mbsec_srtp_mki_write(mki, 0xffff01020304feff);
	assert_memory_equal(mki, known, sizeof(known));
}

/* The parts follow each other, and what is dissected is what was arranged. */
static void assert_layout(const struct mbsec_srtp_form *form,
			  const struct mbsec_srtp_header *header, u32 text_size,
			  u8 roc_size, u8 mac_size)
{
	struct mbsec_srtp_layout layout = {}, again = {};
	u32 size;

	mbsec_srtp_arrange(form, header, text_size, &layout);
	assert_int_equal(layout.text, header->size);
	assert_int_equal(layout.text_size, text_size);
	assert_int_equal(layout.signed_size,
			 header->size + text_size + (header->rtcp ? 4 : 0));
	assert_int_equal(layout.mki, layout.signed_size);
	assert_int_equal(layout.roc, layout.mki + form->mki_size);
	assert_int_equal(layout.roc_size, roc_size);
	assert_int_equal(layout.mac, layout.roc + roc_size);
	assert_int_equal(layout.mac_size, mac_size);
	assert_int_equal(layout.size, layout.mac + mac_size);
	assert_true(layout.size <=
		    header->size + text_size + mbsec_srtp_form_overhead(form));
	assert_int_equal(mbsec_srtp_dissect(form, header, layout.size, &again),
			 0);
	/* Without what pads the end. */
	assert_memory_equal(&again, &layout,
			    offsetof(struct mbsec_srtp_layout, mac_size) + 1);
	for (size = 0; size < layout.size - text_size; size++)
		assert_int_equal(mbsec_srtp_dissect(form, header, size, &again),
				 -EBADMSG);
}

static void test_layout(void **state)
{
	static const struct {
		u8 mode;
		u16 rate;
		u8 tag_size;
		bool authentic;
		/* Of a sequence number that the rate divides, and of others. */
		u8 roc_size, mac_size, other_mac_size;
	} forms[] = {
		{ 0, 1, 10, true, 0, 10, 10 }, { 0, 4, 4, true, 0, 4, 4 },
		{ 1, 1, 14, true, 4, 10, 10 }, { 1, 4, 14, false, 4, 10, 0 },
		{ 2, 1, 10, true, 4, 6, 6 },   { 2, 4, 14, true, 4, 10, 14 },
		{ 3, 4, 4, false, 4, 0, 0 },   { 3, 1, 4, false, 4, 0, 0 },
		{ 0, 1, 0, false, 0, 0, 0 },   { 1, 1, 4, false, 4, 0, 0 },
		{ 2, 1, 4, false, 4, 0, 0 },
	};
	struct mbsec_srtp_header rtp = { .size = 20, .sequence = 0x1234 };
	struct mbsec_srtp_header other = { .size = 12, .sequence = 0x1235 };
	struct mbsec_srtp_header rtcp = { .size = 8, .rtcp = true };
	struct mbsec_srtp_form form;
	size_t i;
	u32 text;

	(void)state;
	for (i = 0; i < 2 * ARRAY_SIZE(forms); i++) {
		form = (struct mbsec_srtp_form){
			.mki_size = i % 2 ? MBSEC_SRTP_MKI_SIZE : 0,
			.tag_size = forms[i / 2].tag_size,
			.rtcp_tag_size = 10,
			.roc_mode = forms[i / 2].mode,
			.roc_rate = forms[i / 2].rate,
		};
		assert_int_equal(mbsec_srtp_form_is_authentic(&form),
				 forms[i / 2].authentic);
		for (text = 0; text < 1500; text += 300) {
			assert_layout(&form, &rtp, text, forms[i / 2].roc_size,
				      forms[i / 2].mac_size);
			if (forms[i / 2].rate > 1)
				assert_layout(&form, &other, text, 0,
					      forms[i / 2].other_mac_size);
			assert_layout(&form, &rtcp, text, 0, 10);
		}
	}
}

static void test_overhead(void **state)
{
	struct mbsec_srtp_form form = { .mki_size = 6,
					.tag_size = 4,
					.rtcp_tag_size = 10 };

	(void)state;
	assert_int_equal(mbsec_srtp_form_overhead(&form), 20);
	form.tag_size = 20;
	assert_int_equal(mbsec_srtp_form_overhead(&form), 26);
	form.mki_size = 0;
	assert_int_equal(mbsec_srtp_form_overhead(&form), 20);
}

/* With salt 0 each bit of SSRC and index is in its place, and no other is. */
static void test_block_bits(void **state)
{
	u8 salt[MBSEC_SRTP_SALT_SIZE] = { 0 };
	u8 expected[MBSEC_SRTP_BLOCK_SIZE];
	u8 block[MBSEC_SRTP_BLOCK_SIZE];
	int bit;

	(void)state;
	for (bit = 0; bit < 48; bit++) {
		memset(expected, 0, sizeof(expected));
		expected[13 - bit / 8] = (u8)(1 << bit % 8);
		memset(block, 0xa5, sizeof(block));
		mbsec_srtp_block(block, salt, 0, 1ULL << bit);
		assert_memory_equal(block, expected, sizeof(block));
	}
	for (bit = 0; bit < 32; bit++) {
		memset(expected, 0, sizeof(expected));
		expected[7 - bit / 8] = (u8)(1 << bit % 8);
		memset(block, 0xa5, sizeof(block));
		mbsec_srtp_block(block, salt, 1U << bit, 0);
		assert_memory_equal(block, expected, sizeof(block));
	}
}

/*
 * The model: of all indexes with the sequence number the nearest one; of two
 * that are as near the one that RFC 3711 takes, which has the same ROC. There is
 * none below 0.
 */
static int model_estimate(u64 highest, u16 sequence, u64 *index)
{
	s64 same = (s64)(highest >> 16 << 16 | sequence);
	s64 best = same;
	s64 other;
	int step;

	for (step = -65536; step <= 65536; step += 2 * 65536) {
		other = same + step;
		if (llabs(other - (s64)highest) < llabs(best - (s64)highest))
			best = other;
	}
	if (best < 0)
		best = same;
	*index = (u64)best;
	return best >= 1LL << 48 ? -ERANGE : 0;
}

static void assert_estimate(u64 highest, u16 sequence)
{
	u64 expected, index;
	int err = model_estimate(highest, sequence, &expected);

	assert_int_equal(mbsec_srtp_index_estimate(highest, sequence, &index),
			 err);
	if (!err)
		assert_int_equal(index, expected);
}

static void test_estimate(void **state)
{
	static const u16 edges[] = { 0,	    1,	   2,	  32766, 32767,
				     32768, 32769, 65534, 65535 };
	static const u64 rocs[] = { 0,	  1,	      2,	 0x7fffffff,
				    1000, 0xfffffffe, 0xffffffff };
	size_t i, j, k;
	u64 highest;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rocs); i++)
		for (j = 0; j < ARRAY_SIZE(edges); j++)
			for (k = 0; k < 65536; k++)
				assert_estimate(rocs[i] << 16 | edges[j],
						(u16)k);
	for (i = 0; i < 1000000; i++) {
		highest = random_below(&random_state, MBSEC_SRTP_INDEX_END);
		assert_estimate(highest, (u16)random_u64(&random_state));
	}
}

/* Every index that is less than half a round away is found again. */
static void test_estimate_finds(void **state)
{
	u64 highest, index, found;
	int i;

	(void)state;
	for (i = 0; i < 1000000; i++) {
		highest = 65536 + random_below(&random_state, 1ULL << 47);
		index = highest - 32767 + random_below(&random_state, 65535);
		assert_int_equal(mbsec_srtp_index_estimate(highest, (u16)index,
							   &found),
				 0);
		assert_int_equal(found, index);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rtp_headers),
		cmocka_unit_test(test_extension_past_the_end),
		cmocka_unit_test(test_first_octets),
		cmocka_unit_test(test_rtcp_headers),
		cmocka_unit_test(test_rtp_padding),
		cmocka_unit_test(test_compound),
		cmocka_unit_test(test_compound_padding),
		cmocka_unit_test(test_mki),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_overhead),
		cmocka_unit_test(test_block_bits),
		cmocka_unit_test(test_estimate),
		cmocka_unit_test(test_estimate_finds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	random_start(&random_state);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
