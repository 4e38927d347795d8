// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Packets of SRTP, octet for octet: the key stream of RFC 3711 B.2 and RFC 6188,
 * packets with the keys of RFC 3711 B.3, and the modes of RFC 4771.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "srtp_codec.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define RTP "800f1234decafbadcafebabeabababababababababababababababab"
#define RTP_NEXT "800f1235decafbadcafebabeabababababababababababababababab"
#define RTCP "81c8000bcafebabeabababababababababababababababab"
#define SEQUENCE 0x1234
#define ROC_1 (1ULL << 16)
#define KID 0x000100010001

static size_t hex(uint8_t *out, const char *text)
{
	unsigned int octet;
	size_t size = 0;

	for (; *text; text += 2) {
		assert_int_equal(sscanf(text, "%2x", &octet), 1);
		out[size++] = (uint8_t)octet;
	}
	return size;
}

static void keys_set(struct codec_keys *keys, const char *cipher,
		     const char *salt, const char *auth)
{
	*keys = (struct codec_keys){ 0 };
	keys->cipher_size = hex(keys->cipher, cipher);
	assert_int_equal(hex(keys->salt, salt), sizeof(keys->salt));
	if (auth)
		assert_int_equal(hex(keys->auth, auth), sizeof(keys->auth));
}

/* RFC 3711 B.2: SSRC, ROC and sequence number are 0. */
static void test_key_stream_128(void **state)
{
	uint8_t stream[0xff02 * 16] = { 0 };
	uint8_t expected[48];
	struct codec_keys keys;

	(void)state;
	keys_set(&keys, "2b7e151628aed2a6abf7158809cf4f3c",
		 "f0f1f2f3f4f5f6f7f8f9fafbfcfd", NULL);
	codec_crypt(&keys, 0, 0, stream, sizeof(stream));
	hex(expected, "e03ead0935c95e80e166b16dd92b4eb4"
		      "d23513162b02d0f72a43a2fe4a5f97ab"
		      "41e95b3bb0a2e8dd477901e4fca894c0");
	assert_memory_equal(stream, expected, sizeof(expected));
	hex(expected, "ec8cdf7398607cb0f2d21675ea9ea1e4"
		      "362b7c3c6773516318a077d7fc5073ae"
		      "6a2cc3787889374fbeb4c81b17ba6c44");
	assert_memory_equal(stream + 0xfeff * 16, expected, sizeof(expected));
}

/* RFC 6188, 7.1: likewise, with a key of 256 bits. */
static void test_key_stream_256(void **state)
{
	uint8_t stream[32] = { 0 };
	uint8_t expected[32];
	struct codec_keys keys;

	(void)state;
	keys_set(&keys,
		 "57f82fe3613fd170a85ec93c40b1f092"
		 "2ec4cb0dc025b58272147cc438944a98",
		 "f0f1f2f3f4f5f6f7f8f9fafbfcfd", NULL);
	codec_crypt(&keys, 0, 0, stream, sizeof(stream));
	hex(expected, "92bdd28a93c3f52511c677d08b5515a4"
		      "9da71b2378a854f67050756ded165bac");
	assert_memory_equal(stream, expected, sizeof(expected));
}

/* Protected as expected, and unprotected to what it was; one bit more is not. */
static void check(const struct mbsec_srtp_form *form,
		  const struct codec_keys *keys, uint64_t index,
		  const char *clear, const char *expected)
{
	struct codec_packet packet, original, wanted, copy;
	struct mbsec_srtp_header header;
	struct mbsec_srtp_layout layout;
	size_t i;

	original.size = hex(original.octets, clear);
	wanted.size = hex(wanted.octets, expected);
	packet = original;
	codec_protect(form, keys, KID, index, &packet);
	assert_int_equal(packet.size, wanted.size);
	assert_memory_equal(packet.octets, wanted.octets, wanted.size);

	assert_int_equal(mbsec_srtp_parse(wanted.octets, wanted.size, &header),
			 0);
	assert_int_equal(
		mbsec_srtp_dissect(form, &header, wanted.size, &layout), 0);
	if (form->mki_size)
		assert_int_equal(
			mbsec_srtp_mki_read(wanted.octets + layout.mki), KID);
	assert_true(codec_unprotect(form, keys, index, &packet));
	assert_int_equal(packet.size, original.size);
	assert_memory_equal(packet.octets, original.octets, original.size);
	if (!layout.mac_size)
		return;
	for (i = 0; i < layout.signed_size; i++) {
		/* Another sequence number is of a packet that has no MAC. */
		if (i == 3 && !mbsec_srtp_form_is_authentic(form))
			continue;
		copy = wanted;
		copy.octets[i] ^= 1;
		assert_false(codec_unprotect(form, keys, index, &copy));
	}
	/* The ROC is signed, though it may not be sent. */
	if (!header.rtcp)
		assert_false(
			codec_unprotect(form, keys, index + ROC_1, &wanted));
}

/* Session keys of RFC 3711 B.3; the packets are those of libsrtp. */
static void test_packets_128(void **state)
{
	struct mbsec_srtp_form form = { .tag_size = 10, .rtcp_tag_size = 10 };
	struct codec_keys keys;

	(void)state;
	keys_set(&keys, "c61e7a93744f39ee10734afe3ff7a087",
		 "30cbbc08863d8c85d49db34a9ae1",
		 "cebe321f6ff7716b6fd4ab49af256a156d38baa4");
	check(&form, &keys, SEQUENCE, RTP,
	      "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402"
	      "b78d6acc99ea179b8dbb");
	form.tag_size = 4;
	check(&form, &keys, SEQUENCE, RTP,
	      "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402"
	      "b78d6acc");
	keys_set(&keys, "4c1aa45a81f73d61c800bbb00fbb1eaa",
		 "9581c7ad87b3e530bf3e4454a8b3",
		 "8d54534feb49ae8e7993a6bd0b844fc323a93dfd");
	check(&form, &keys, 1, RTCP,
	      "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001"
	      "993e08cd54d6c1230798");
}

static void test_packets_256(void **state)
{
	struct mbsec_srtp_form form = { .tag_size = 10, .rtcp_tag_size = 10 };
	struct codec_keys keys;

	(void)state;
	keys_set(&keys,
		 "5ba1064e30ec51613cad926c5a28ef73"
		 "1ec7fb397f70a960653caf06554cd8c4",
		 "fa31791685ca444a9e07c6c64e93",
		 "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05");
	check(&form, &keys, SEQUENCE, RTP,
	      "800f1234decafbadcafebabef1d9de17ff251ff1aa007774b0b4b40d"
	      "a08d9d9a5b3a55d8873b");
}

static void mtk_keys_set(struct codec_keys *keys)
{
	keys_set(keys, "59d13ef9c6ab781db14847840d42776e",
		 "c9cdee3830eb582d4f86d87266ec",
		 "4c08963f0c72f176eadc085b3fae90ee2a4e46ea");
}

static void test_mki(void **state)
{
	static const struct mbsec_srtp_form form = { .mki_size = 6,
						     .tag_size = 10,
						     .rtcp_tag_size = 10 };
	struct codec_keys keys;

	(void)state;
	mtk_keys_set(&keys);
	check(&form, &keys, SEQUENCE, RTP,
	      "800f1234decafbadcafebabe6d5f983265321b3b1aca8ef1bddd4700"
	      "00010001000121c0bd5a42fe529a10f8");
	check(&form, &keys, ROC_1 | SEQUENCE, RTP,
	      "800f1234decafbadcafebabe91a191445a36238ee0947fa93ed17425"
	      "00010001000123942a9cde61aecefd71");
}

/* The null cipher leaves the text, and says so in the E bit. */
static void test_null_cipher(void **state)
{
	static const struct mbsec_srtp_form form = { .tag_size = 10,
						     .rtcp_tag_size = 10 };
	struct codec_packet packet;
	struct codec_keys keys;
	uint8_t text[28];

	(void)state;
	mtk_keys_set(&keys);
	keys.cipher_size = 0;
	packet.size = hex(packet.octets, RTCP);
	codec_protect(&form, &keys, KID, 5, &packet);
	hex(text, RTCP "00000005");
	assert_memory_equal(packet.octets, text, sizeof(text));
	packet.size = hex(packet.octets, RTP);
	codec_protect(&form, &keys, KID, 5, &packet);
	hex(text, RTP);
	assert_memory_equal(packet.octets, text, sizeof(text));
	assert_true(codec_unprotect(&form, &keys, 5, &packet));
}

/* RFC 4771 with rate 4, which divides the first number and not the second. */
static void test_roc_modes(void **state)
{
	static const char with_roc[] =
		"800f1234decafbadcafebabe91a191445a36238ee0947fa93ed17425"
		"0001000100010000000123942a9cde61aecefd71";
	static const struct {
		uint8_t mode, tag_size;
		uint16_t rate;
		const char *first, *next;
	} modes[] = {
		{ 1, 14, 4, with_roc,
		  "800f1235decafbadcafebabe8e596549471a6d774599c8e8cdb603bb"
		  "000100010001" },
		{ 2, 14, 4, with_roc,
		  "800f1235decafbadcafebabe8e596549471a6d774599c8e8cdb603bb"
		  "000100010001f16dd5f41b17dc9fb0cd2852707c" },
		{ 3, 4, 4,
		  "800f1234decafbadcafebabe91a191445a36238ee0947fa93ed17425"
		  "00010001000100000001",
		  "800f1235decafbadcafebabe8e596549471a6d774599c8e8cdb603bb"
		  "000100010001" },
		{ 1, 10, 1,
		  "800f1234decafbadcafebabe91a191445a36238ee0947fa93ed17425"
		  "0001000100010000000123942a9cde61",
		  NULL },
		{ 2, 10, 1,
		  "800f1234decafbadcafebabe91a191445a36238ee0947fa93ed17425"
		  "0001000100010000000123942a9cde61",
		  NULL },
	};
	struct codec_keys keys;
	size_t i;

	(void)state;
	mtk_keys_set(&keys);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		const struct mbsec_srtp_form form = {
			.mki_size = 6,
			.tag_size = modes[i].tag_size,
			.rtcp_tag_size = 10,
			.roc_mode = modes[i].mode,
			.roc_rate = modes[i].rate,
		};

		check(&form, &keys, ROC_1 | SEQUENCE, RTP, modes[i].first);
		if (modes[i].next)
			check(&form, &keys, ROC_1 | (SEQUENCE + 1), RTP_NEXT,
			      modes[i].next);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key_stream_128),
		cmocka_unit_test(test_key_stream_256),
		cmocka_unit_test(test_packets_128),
		cmocka_unit_test(test_packets_256),
		cmocka_unit_test(test_mki),
		cmocka_unit_test(test_null_cipher),
		cmocka_unit_test(test_roc_modes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
