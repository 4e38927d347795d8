// SPDX-License-Identifier: GPL-2.0-or-later
/* SFrame datagrams and SRTP packets explained. */
#include "cli_explain_test_vectors.h"
#include "explain_input.h"

static const uint8_t datagram[] = {
	0xfc, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x01,
	0x00, 0x00, 0x00, 0x00, 0x3e, 0x52, 0x65, 0x14, 0xa4, 0xb3,
	0x85, 0x16, 0xec, 0x40, 0x9e, 0x74, 0x93, 0xfd, 0x91, 0x14,
	0xcb, 0x0b, 0x0b, 0x28, 0xfe, 0x96, 0x11, 0x29, 0x58, 0xe4,
};

/* The datagram of docs/wire-format.rst. */
static void test_sframe(void **state)
{
	const struct explain_kind *kind = &explain_kind_sframe;
	struct explain_keys keys;
	json_t *report;
	int code;

	(void)state;
	keys_from("mtk 000102030405060708090a0b0c0d0e0f", &keys);
	report = explain_json(kind, datagram, sizeof(datagram), &keys, &code);
	assert_int_equal(code, 0);
	assert_string_equal(report_check(report, "tag"), "ok");
	assert_string_equal(report_text(report, "header", "sender-id"),
			    "0x0100");
	assert_string_equal(report_text(report, "header", "msk-id"),
			    "00000001");
	assert_string_equal(report_text(report, "ciphertext", "cleartext"),
			    "68656c6c6f2c206d756c746963617374");
	assert_int_equal(
		json_integer_value(report_field(report, "ciphertext", "suite")),
		1);
	json_decref(report);
	explain_all_changes(kind, datagram, sizeof(datagram), &keys);
	explain_keys_clear(&keys);
	keys_from("mtk 010102030405060708090a0b0c0d0e0f", &keys);
	report = explain_json(kind, datagram, sizeof(datagram), &keys, &code);
	assert_int_equal(code, EXIT_CODE_REFUSED);
	assert_string_equal(report_check(report, "tag"), "wrong");
	json_decref(report);
	explain_keys_clear(&keys);
}

/* The same by selftests/kmod/sframe_reference.py with suite 4, AES-GCM. */
static void test_sframe_gcm(void **state)
{
	static const uint8_t gcm[] = {
		0xfc, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x01,
		0x00, 0x00, 0x00, 0x00, 0x65, 0xbf, 0x98, 0xe6, 0xa1, 0x0d,
		0xdb, 0xa0, 0x6f, 0x85, 0xec, 0xdd, 0xc8, 0xa3, 0x78, 0x77,
		0x31, 0x50, 0x83, 0x6e, 0xf9, 0x15, 0x1f, 0x54, 0xa0, 0xd2,
		0xb3, 0xad, 0x14, 0xc3, 0xc2, 0xb9,
	};
	const struct explain_kind *kind = &explain_kind_sframe;
	struct explain_keys keys;
	json_t *report;
	int code;

	(void)state;
	keys_from("mtk 000102030405060708090a0b0c0d0e0f", &keys);
	report = explain_json(kind, gcm, sizeof(gcm), &keys, &code);
	assert_int_equal(code, 0);
	assert_string_equal(report_check(report, "tag"), "ok");
	assert_string_equal(report_text(report, "ciphertext", "cleartext"),
			    "68656c6c6f2c206d756c746963617374");
	assert_int_equal(
		json_integer_value(report_field(report, "ciphertext", "suite")),
		4);
	json_decref(report);
	explain_all_changes(kind, gcm, sizeof(gcm), &keys);
	explain_keys_clear(&keys);
}

/* The counter in more octets than it needs, after the KID. */
static void test_sframe_header(void **state)
{
	static const uint8_t longer[] = { 0x19, 0x00, 0xff };
	struct explain_keys keys;
	json_t *report;
	int code;

	(void)state;
	explain_keys_init(&keys);
	report = explain_json(&explain_kind_sframe, longer, sizeof(longer),
			      &keys, &code);
	assert_int_equal(code, EXIT_CODE_REFUSED);
	assert_string_equal(report_fault(report), "malformed");
	assert_string_equal(report_text(report, "header", "kid"),
			    "0000000000000001");
	json_decref(report);
}

static void srtp_one(const json_t *vector, const char *member,
		     const char *plain)
{
	const struct explain_kind *kind = &explain_kind_srtp;
	uint8_t packet[MESSAGE_MAX];
	size_t size = vectors_hex(vector, member, packet, sizeof(packet));
	char file[FILE_MAX] = "";
	struct explain_keys keys;
	json_t *report;
	int code;

	line_from(file, "mtk", vector, "key");
	line_from(file, "salt", vector, "salt");
	keys_from(file, &keys);
	report = explain_json(kind, packet, size, &keys, &code);
	assert_int_equal(code, 0);
	assert_string_equal(report_check(report, "authentication-tag"), "ok");
	assert_non_null(strstr(vectors_text(vector, plain),
			       report_text(report, "payload", "cleartext")));
	if (vectors_has(vector, "mki"))
		assert_string_equal(report_text(report, "payload", "mki"),
				    vectors_text(vector, "mki"));
	json_decref(report);
	explain_all_changes(kind, packet, size, &keys);
	explain_keys_clear(&keys);
	line_add(file, "roc", "1");
	keys_from(file, &keys);
	report = explain_json(kind, packet, size, &keys, &code);
	/* SRTCP has its whole index in the packet. */
	assert_int_equal(code, strcmp(member, "srtcp") ? EXIT_CODE_REFUSED : 0);
	json_decref(report);
	explain_keys_clear(&keys);
}

static void test_srtp(void **state)
{
	json_t *list = vectors_load("srtp_kdf");
	json_t *vector;
	size_t i;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		srtp_one(vector, "srtp", "rtp");
		if (vectors_has(vector, "srtcp"))
			srtp_one(vector, "srtcp", "rtcp");
	}
	json_decref(list);
}

#define SRTP_KEYS                                \
	"mtk 000102030405060708090a0b0c0d0e0f\n" \
	"salt a0a1a2a3a4a5a6a7a8a9aaabacad\n"
#define HELLO "68656c6c6f"

/*
 * RFC 4771, of selftests/kmod/srtp_reference.py: ROC 7, sequence numbers 8 and 9,
 * of which 4 divides one.
 */
static const struct roc_packet {
	const char *packet;
	const char *keys;
	bool has_roc;
} roc_packets[] = {
	{ "8021000800000000cafebabe9f543e8da2000000010001000000070dc863f22ded68448ac2",
	  SRTP_KEYS, true },
	{ "8021000900000000cafebabe4f1d7c1b850000000100012a89370a9635a859f5f8153e6ee6",
	  SRTP_KEYS "roc 7", false },
	{ "8021000800000000cafebabe" HELLO
	  "00000001000100000007afc49b65abbd322e5f44",
	  SRTP_KEYS "suite null-hmac-sha1-80\n", true },
	{ "8021000900000000cafebabe" HELLO
	  "0000000100016cd486be8b5103a0d70e11996158",
	  SRTP_KEYS "roc 7\nsuite null-hmac-sha1-80", false },
	{ "8021000800000000cafebabe9f543e8da2000000070dc863f2", SRTP_KEYS,
	  true },
};

static void test_roc_in_packet(void **state)
{
	const struct explain_kind *kind = &explain_kind_srtp;

	(void)state;
	for (size_t i = 0; i < sizeof(roc_packets) / sizeof(roc_packets[0]);
	     i++) {
		const struct roc_packet *wanted = &roc_packets[i];
		struct explain_keys keys;
		uint8_t packet[64];
		json_t *report;
		size_t size;
		int code;

		assert_int_equal(
			explain_hex_read(wanted->packet, strlen(wanted->packet),
					 packet, sizeof(packet), &size),
			EXPLAIN_HEX_GOOD);
		keys_from(wanted->keys, &keys);
		report = explain_json(kind, packet, size, &keys, &code);
		assert_int_equal(code, 0);
		assert_string_equal(report_check(report, "authentication-tag"),
				    "ok");
		assert_string_equal(report_text(report, "payload", "cleartext"),
				    HELLO);
		assert_int_equal(json_integer_value(report_field(
					 report, "payload", "packet-index")),
				 7 << 16 | packet[3]);
		assert_int_equal(!!report_field(report, "payload", "roc"),
				 wanted->has_roc);
		json_decref(report);
		explain_all_changes(kind, packet, size, &keys);
		explain_keys_clear(&keys);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sframe),
		cmocka_unit_test(test_sframe_gcm),
		cmocka_unit_test(test_sframe_header),
		cmocka_unit_test(test_srtp),
		cmocka_unit_test(test_roc_in_packet),
	};

	setenv("NO_COLOR", "1", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
