// SPDX-License-Identifier: GPL-2.0-or-later
/* MIKEY messages explained: those of the vectors. */
#define _GNU_SOURCE
#include "cli_explain_test_vectors.h"

static const char wrong_key[] = "ffffffffffffffffffffffffffffffff";

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

/* Of a message that is cut off, the payloads in front of the fault are shown. */
static void test_mikey_prefix(void **state)
{
	json_t *list = vectors_load("mikey");
	json_t *vector = vectors_find(list, "MSK delivery, download");
	uint8_t message[MESSAGE_MAX];
	size_t size = vectors_hex(vector, "message", message, sizeof(message));
	struct explain_keys keys;
	json_t *report;
	int code;

	(void)state;
	mikey_keys(list, vector, &keys);
	/* RAND ends at 49, see docs/vectors.rst. */
	report = explain_json(&explain_kind_mikey, message, 48, &keys, &code);
	assert_int_equal(code, EXIT_CODE_REFUSED);
	assert_string_equal(report_fault(report), "truncated");
	assert_string_equal(report_text(report, "hdr", "csb-id"), "0a0b0c0d");
	assert_non_null(report_field(report, "t", "ts-value"));
	assert_null(report_field(report, "rand", "rand"));
	json_decref(report);
	report = explain_json(&explain_kind_mikey, message, 49, &keys, &code);
	assert_non_null(report_field(report, "rand", "rand"));
	assert_null(report_field(report, "id", "role"));
	json_decref(report);
	report = explain_json(&explain_kind_mikey, message, 9, &keys, &code);
	assert_int_equal(json_array_size(json_object_get(report, "parts")), 0);
	json_decref(report);
	/* One octet too many: all of it is shown, and nothing is verified. */
	message[size] = 0;
	report = explain_json(&explain_kind_mikey, message, size + 1, &keys,
			      &code);
	assert_int_equal(code, EXIT_CODE_REFUSED);
	assert_non_null(report_field(report, "kemac", "mac"));
	assert_string_equal(report_check(report, "mac"), "not-checked");
	json_decref(report);
	explain_keys_clear(&keys);
	json_decref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mikey),
		cmocka_unit_test(test_mikey_fields),
		cmocka_unit_test(test_mikey_wrong_keys),
		cmocka_unit_test(test_mikey_hostile_name),
		cmocka_unit_test(test_mikey_prefix),
	};

	setenv("NO_COLOR", "1", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
