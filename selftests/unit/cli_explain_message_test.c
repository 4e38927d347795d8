// SPDX-License-Identifier: GPL-2.0-or-later
/* MIKEY, NAS, SFrame and SRTP messages explained: those of the vectors. */
#define _GNU_SOURCE
#include "cli_explain_test.h"
#include "vectors.h"

#define MESSAGE_MAX 512
#define FILE_MAX 2048

static const char wrong_key[] = "ffffffffffffffffffffffffffffffff";

/* Hex of a vector in a line of a key file. */
static void line_add(char *file, const char *name, const char *hex)
{
	size_t length = strlen(file);

	snprintf(file + length, FILE_MAX - length, "%s %s\n", name, hex);
}

static void line_from(char *file, const char *name, const json_t *vector,
		      const char *member)
{
	if (vectors_has(vector, member))
		line_add(file, name, vectors_text(vector, member));
}

/* No key of a vector is printed, in neither form. */
static void assert_hidden(const struct explain_kind *kind,
			  const uint8_t *message, size_t size,
			  const struct explain_keys *keys, const json_t *vector,
			  const char *member)
{
	struct explained explained;

	if (!vectors_has(vector, member))
		return;
	for (int json = 0; json < 2; json++) {
		explained = explain_run(kind, message, size, keys, json);
		if (strstr(explained.text, vectors_text(vector, member)))
			fail_msg("%s of '%s' is printed", member,
				 vectors_name(vector));
		explained_free(&explained);
	}
}

/* ---- MIKEY ---- */

static void mikey_keys(json_t *list, const json_t *vector,
		       struct explain_keys *keys)
{
	char file[FILE_MAX] = "";

	line_from(file, "muk", vector, "muk");
	line_from(file, "msk", vector, "msk");
	line_from(file, "rand", vector, "rand");
	if (vectors_has(vector, "request")) {
		json_t *request =
			vectors_find(list, vectors_text(vector, "request"));

		line_from(file, "request", request, "message");
		line_from(file, "muk", request, "muk");
	}
	keys_from(file, keys);
}

static void mikey_one(json_t *list, const json_t *vector)
{
	const struct explain_kind *kind = &explain_kind_mikey;
	uint8_t message[MESSAGE_MAX];
	size_t size = vectors_hex(vector, "message", message, sizeof(message));
	bool signed_error = strcmp(vectors_text(vector, "kind"), "error") ||
			    vectors_has(vector, "muk");
	struct explain_keys keys;
	json_t *report;
	int code;

	explain_keys_init(&keys);
	report = explain_json(kind, message, size, &keys, &code);
	assert_int_equal(code, 0);
	assert_string_equal(report_check(report, "mac"),
			    signed_error ? "not-checked" : "");
	assert_string_equal(report_check(report, "profile-of-mbms"), "ok");
	json_decref(report);
	mikey_keys(list, vector, &keys);
	report = explain_json(kind, message, size, &keys, &code);
	if (code)
		fail_msg("'%s': %d", vectors_name(vector), code);
	assert_string_equal(report_check(report, "mac"),
			    signed_error ? "ok" : "");
	json_decref(report);
	assert_hidden(kind, message, size, &keys, vector, "muk");
	assert_hidden(kind, message, size, &keys, vector, "msk");
	assert_hidden(kind, message, size, &keys, vector, "mtk");
	assert_hidden(kind, message, size, &keys, vector, "salt");
	explain_all_changes(kind, message, size, &keys);
	/* What is covered by the MAC cannot be changed unnoticed. */
	for (size_t i = 0; signed_error && i < size; i++) {
		message[i] ^= 0x10;
		json_decref(explain_json(kind, message, size, &keys, &code));
		assert_int_equal(code, EXIT_CODE_REFUSED);
		message[i] ^= 0x10;
	}
	explain_keys_clear(&keys);
}

static void test_mikey(void **state)
{
	json_t *list = vectors_load("mikey");
	unsigned int count = 0;
	json_t *vector;
	size_t i;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		if (!vectors_has(vector, "message"))
			continue;
		mikey_one(list, vector);
		count++;
	}
	assert_true(count >= 18);
	json_decref(list);
}

static void test_mikey_fields(void **state)
{
	json_t *list = vectors_load("mikey");
	json_t *vector = vectors_find(list, "MSK delivery, streaming");
	uint8_t message[MESSAGE_MAX];
	size_t size = vectors_hex(vector, "message", message, sizeof(message));
	struct explain_keys keys;
	json_t *report;
	int code;

	(void)state;
	mikey_keys(list, vector, &keys);
	report = explain_json(&explain_kind_mikey, message, size, &keys, &code);
	assert_string_equal(report_text(report, "message", "kind"),
			    "MSK delivery");
	assert_string_equal(report_text(report, "hdr", "csb-id"), "0a0b0c0d");
	assert_true(json_is_true(report_field(report, "hdr", "v-flag")));
	assert_string_equal(report_text(report, "srtp-id", "ssrc"), "cafebabe");
	assert_string_equal(report_text(report, "ext", "msk-id"), "00010001");
	assert_string_equal(report_text(report, "ext", "plmn"), "262-01");
	assert_int_equal(
		json_integer_value(report_field(report, "t", "ts-value")), 3);
	assert_string_equal(report_text(report, "id", "id-data"),
			    "bmsc.home1.net");
	assert_string_equal(report_text(report, "sp",
					"encryption-algorithm-name"),
			    "AES-CM");
	assert_int_equal(
		json_integer_value(report_field(report, "key-data", "sequ")),
		255);
	assert_int_equal(
		json_integer_value(json_object_get(
			report_field(report, "key-data", "msk"), "octets")),
		16);
	json_decref(report);
	explain_keys_clear(&keys);
	json_decref(list);
}

static void test_mikey_wrong_keys(void **state)
{
	json_t *list = vectors_load("mikey");
	json_t *vector = vectors_find(list, "MTK delivery, streaming");
	json_t *request = vectors_find(list, "MSK delivery, download");
	uint8_t message[MESSAGE_MAX];
	size_t size = vectors_hex(vector, "message", message, sizeof(message));
	char file[FILE_MAX] = "";
	struct explain_keys keys;
	struct explained explained;
	json_t *report;
	int code;

	(void)state;
	line_add(file, "msk", wrong_key);
	line_from(file, "rand", vector, "rand");
	keys_from(file, &keys);
	explained =
		explain_run(&explain_kind_mikey, message, size, &keys, false);
	assert_int_equal(explained.code, EXIT_CODE_REFUSED);
	assert_string_equal(explained.problem.sentence,
			    "MAC is wrong: MAC of the message is wrong");
	assert_non_null(strstr(explained.text, "MAC check: WRONG"));
	assert_null(strstr(explained.text, "decrypted"));
	explained_free(&explained);
	explain_keys_clear(&keys);
	/* Without RAND nothing can be said; with the MSK delivery all can. */
	file[0] = '\0';
	line_from(file, "msk", vector, "msk");
	keys_from(file, &keys);
	report = explain_json(&explain_kind_mikey, message, size, &keys, &code);
	assert_int_equal(code, 0);
	assert_string_equal(report_check(report, "mac"), "not-checked");
	json_decref(report);
	explain_keys_clear(&keys);
	file[0] = '\0';
	line_from(file, "muk", request, "muk");
	line_from(file, "request", request, "message");
	keys_from(file, &keys);
	report = explain_json(&explain_kind_mikey, message, size, &keys, &code);
	assert_int_equal(code, 0);
	assert_string_equal(report_check(report, "mac"), "ok");
	json_decref(report);
	explain_keys_clear(&keys);
	json_decref(list);
}

/* Names are the sender's; what disturbs a terminal comes as octets too. */
static void test_mikey_hostile_name(void **state)
{
	json_t *list = vectors_load("mikey");
	json_t *vector = vectors_find(list, "MSK delivery, download");
	uint8_t message[MESSAGE_MAX];
	size_t size = vectors_hex(vector, "message", message, sizeof(message));
	struct explain_keys keys;
	uint8_t *name;
	json_t *report;
	int code;

	(void)state;
	explain_keys_init(&keys);
	name = memmem(message, size, "bmsc.", 5);
	assert_non_null(name);
	memcpy(name, "\033[2J\x9b", 5);
	report = explain_json(&explain_kind_mikey, message, size, &keys, &code);
	assert_string_equal(report_text(report, "id", "id-data"),
			    "?[2J?home1.net");
	assert_string_equal(report_text(report, "id", "id-data-hex"),
			    "1b5b324a9b686f6d65312e6e6574");
	json_decref(report);
	explain_keys_clear(&keys);
	json_decref(list);
}

/* ---- NAS ---- */

static void nas_keys(const json_t *vector, struct explain_keys *keys)
{
	char file[FILE_MAX] = "", number[32];

	line_from(file, "knasenc", vector, "encryption-key");
	line_from(file, "knasint", vector, "integrity-key");
	snprintf(number, sizeof(number), "%u",
		 (unsigned int)(vectors_number(vector, "count") >> 8));
	line_add(file, "overflow", number);
	snprintf(number, sizeof(number), "%u",
		 (unsigned int)vectors_number(vector, "ciphering"));
	line_add(file, "ciphering", number);
	keys_from(file, keys);
}

static void nas_protected(const json_t *vector)
{
	const struct explain_kind *kind =
		strcmp(vectors_text(vector, "system"), "eps") ?
			&explain_kind_nas5g :
			&explain_kind_naseps;
	uint8_t message[MESSAGE_MAX];
	size_t size = vectors_hex(vector, "message", message, sizeof(message));
	const char *part = kind == &explain_kind_naseps ? "emm-message" :
							  "5gmm-message";
	struct explain_keys keys;
	json_t *report;
	int code;

	nas_keys(vector, &keys);
	report = explain_json(kind, message, size, &keys, &code);
	if (code)
		fail_msg("'%s': %d", vectors_name(vector), code);
	assert_string_equal(report_check(report, "mac"), "ok");
	assert_string_equal(
		report_text(report, "security-protected-message", "direction"),
		vectors_number(vector, "direction") ? "downlink" : "uplink");
	assert_non_null(report_field(report, part, "message-type"));
	json_decref(report);
	explain_all_changes(kind, message, size, &keys);
	message[size - 1] ^= 1;
	report = explain_json(kind, message, size, &keys, &code);
	assert_int_equal(code, EXIT_CODE_REFUSED);
	assert_string_equal(report_check(report, "mac"), "wrong");
	json_decref(report);
	explain_keys_clear(&keys);
	explain_keys_init(&keys);
	message[size - 1] ^= 1;
	report = explain_json(kind, message, size, &keys, &code);
	assert_int_equal(code, 0);
	assert_string_equal(report_check(report, "mac"), "not-checked");
	json_decref(report);
}

static void nas_plain(const json_t *vector)
{
	const struct explain_kind *kind =
		strcmp(vectors_text(vector, "dissector"), "nas-eps") ?
			&explain_kind_nas5g :
			&explain_kind_naseps;
	uint8_t message[MESSAGE_MAX];
	size_t size = vectors_hex(vector, "message", message, sizeof(message));
	struct explain_keys keys;
	json_t *report;
	int code;

	explain_keys_init(&keys);
	report = explain_json(kind, message, size, &keys, &code);
	if (code)
		fail_msg("'%s': %d", vectors_name(vector), code);
	assert_true(json_array_size(json_object_get(report, "parts")) > 0);
	json_decref(report);
	explain_all_changes(kind, message, size, &keys);
}

static void test_nas(void **state)
{
	json_t *list = vectors_load("nas");
	unsigned int protected = 0, plain = 0;
	json_t *vector;
	size_t i;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		const char *kind = vectors_text(vector, "kind");

		if (!strcmp(kind, "protected")) {
			nas_protected(vector);
			protected++;
		} else if (!strcmp(kind, "message")) {
			nas_plain(vector);
			plain++;
		}
	}
	assert_true(protected >= 6 && plain >= 20);
	json_decref(list);
}

/* The MSK in a message that is not ciphered is not shown either. */
static void test_nas_hides_keys(void **state)
{
	json_t *list = vectors_load("nas");
	json_t *vector = vectors_find(list, "join accepted with keys");
	uint8_t message[MESSAGE_MAX];
	size_t size = vectors_hex(vector, "message", message, sizeof(message));
	struct explained explained;
	struct explain_keys keys;

	(void)state;
	explain_keys_init(&keys);
	explained =
		explain_run(&explain_kind_nas5g, message, size, &keys, false);
	assert_non_null(strstr(explained.text, "MSK: 16 octets, fingerprint "));
	assert_non_null(strstr(vectors_text(vector, "message"),
			       "000102030405060708090a0b0c0d0e0f"));
	assert_null(strstr(explained.text, "00010203040506"));
	explained_free(&explained);
	json_decref(list);
}

/* Of a message that is cut off, what is in front of the fault is shown. */
static void test_nas_prefix(void **state)
{
	static const uint8_t request[] = { 0x2e, 5,    1, 0xc9, 0x70, 0,
					   8,	 5,    6, 0,	0,    0xa,
					   9,	 0xf1, 7, 0x7f, 0 };
	struct explain_keys keys;
	json_t *report;
	int code;

	(void)state;
	explain_keys_init(&keys);
	report = explain_json(&explain_kind_nas5g, request, sizeof(request),
			      &keys, &code);
	assert_int_equal(code, EXIT_CODE_REFUSED);
	assert_string_equal(report_fault(report), "truncated");
	assert_string_equal(report_text(report, "requested-mbs-information",
					"mbs-operation-name"),
			    "join");
	json_decref(report);
}

static void test_wrapped_kmbs(void **state)
{
	json_t *list = vectors_load("kmbs");
	json_t *vector = vectors_find(list, "KMBS of the group 00000a-901-70");
	char hex[256], file[FILE_MAX] = "";
	const char *wrapped = vectors_text(vector, "wrapped");
	struct explain_keys keys;
	uint8_t message[128];
	json_t *report;
	size_t size = 0;
	int code;

	(void)state;
	/* PDU SESSION MODIFICATION COMMAND with elements 71 and 7F. */
	snprintf(hex, sizeof(hex),
		 "2e0500cb71002205080600000a09f107010009f10700010001%.32s"
		 "7f0017010600000a09f10709f10700010001%.16s",
		 wrapped + 16, wrapped);
	for (; hex[2 * size]; size++)
		assert_int_equal(
			sscanf(hex + 2 * size, "%2hhx", &message[size]), 1);
	/* Length of element 71. */
	message[6] = size - 7 - 26;
	line_from(file, "kmbs-ue", vector, "kmbs-ue");
	keys_from(file, &keys);
	report = explain_json(&explain_kind_nas5g, message, size, &keys, &code);
	if (code)
		fail_msg("%s", json_dumps(report, 0));
	assert_string_equal(report_check(report, "key-wrap"), "ok");
	json_decref(report);
	assert_hidden(&explain_kind_nas5g, message, size, &keys, vector,
		      "kmbs");
	explain_all_changes(&explain_kind_nas5g, message, size, &keys);
	explain_keys_clear(&keys);
	json_decref(list);
}

static void test_wrapped_group_keys(void **state)
{
	json_t *list = vectors_load("kmbs");
	json_t *vector = vectors_find(list, "group keys");
	char hex[256], file[FILE_MAX] = "";
	struct explain_keys keys;
	uint8_t message[128];
	json_t *report;
	size_t size = 0;
	int code;

	(void)state;
	/* SECURITY MODE COMMAND with element 7E. */
	snprintf(hex, sizeof(hex),
		 "075d220002e0e07e0033020600000109f107000122%s",
		 vectors_text(vector, "wrapped"));
	for (; hex[2 * size]; size++)
		assert_int_equal(
			sscanf(hex + 2 * size, "%2hhx", &message[size]), 1);
	line_from(file, "kasme", vector, "kasme");
	keys_from(file, &keys);
	report =
		explain_json(&explain_kind_naseps, message, size, &keys, &code);
	assert_int_equal(code, 0);
	assert_string_equal(report_check(report, "key-wrap"), "ok");
	assert_non_null(report_field(report, "group-keys", "gk-conf"));
	json_decref(report);
	assert_hidden(&explain_kind_naseps, message, size, &keys, vector,
		      "confidentiality");
	assert_hidden(&explain_kind_naseps, message, size, &keys, vector,
		      "integrity");
	explain_keys_clear(&keys);
	keys_from("kasme 00000000000000000000000000000000"
		  "00000000000000000000000000000000",
		  &keys);
	report =
		explain_json(&explain_kind_naseps, message, size, &keys, &code);
	assert_int_equal(code, EXIT_CODE_REFUSED);
	assert_string_equal(report_check(report, "key-wrap"), "wrong");
	json_decref(report);
	explain_keys_clear(&keys);
	json_decref(list);
}

/* ---- Packets ---- */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mikey),
		cmocka_unit_test(test_mikey_fields),
		cmocka_unit_test(test_mikey_wrong_keys),
		cmocka_unit_test(test_mikey_hostile_name),
		cmocka_unit_test(test_nas),
		cmocka_unit_test(test_nas_hides_keys),
		cmocka_unit_test(test_nas_prefix),
		cmocka_unit_test(test_wrapped_kmbs),
		cmocka_unit_test(test_wrapped_group_keys),
		cmocka_unit_test(test_sframe),
		cmocka_unit_test(test_sframe_header),
		cmocka_unit_test(test_srtp),
	};

	setenv("NO_COLOR", "1", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
