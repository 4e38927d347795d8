// SPDX-License-Identifier: GPL-2.0-or-later
/* NAS messages explained: those of the vectors. */
#include "cli_explain_test_vectors.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nas),
		cmocka_unit_test(test_nas_hides_keys),
		cmocka_unit_test(test_nas_prefix),
		cmocka_unit_test(test_wrapped_kmbs),
		cmocka_unit_test(test_wrapped_group_keys),
	};

	setenv("NO_COLOR", "1", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
