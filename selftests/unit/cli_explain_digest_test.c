// SPDX-License-Identifier: GPL-2.0-or-later
/* HTTP Digest headers explained: those of the vectors. */
#define _GNU_SOURCE
#include "cli_explain_test.h"
#include "vectors.h"

#define TEXT_MAX 16384

static const struct explain_kind *const kind = &explain_kind_digest;

struct text {
	char data[TEXT_MAX];
	size_t size;
};

static void text_add(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void text_add(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text->size += vsnprintf(text->data + text->size, TEXT_MAX - text->size,
				format, args);
	va_end(args);
	assert_true(text->size < TEXT_MAX);
}

static void text_add_octets(struct text *text, const json_t *vector,
			    const char *member)
{
	if (vectors_has(vector, member))
		text->size += vectors_hex(vector, member,
					  (uint8_t *)text->data + text->size,
					  TEXT_MAX - text->size);
}

static json_t *explain(const struct text *text, const struct explain_keys *keys,
		       int *code)
{
	struct explained explained;

	explained = explain_run(kind, text->data, text->size, keys, false);
	*code = explained.code;
	explained_free(&explained);
	return explain_json(kind, text->data, text->size, keys, code);
}

/* ---- Headers by themselves ---- */

/* Blanks at its end are not of a value, and a line end is its end. */
static bool is_one_value(const struct text *text)
{
	return text->data[text->size - 3] != ' ' &&
	       !memchr(text->data, '\n', text->size - 2);
}

static void one_header(const char *name, const json_t *vector)
{
	struct text text = {};
	struct explain_keys keys;
	json_t *report;
	int code;

	explain_keys_init(&keys);
	text_add(&text, "%s: ", name);
	if (vectors_has(vector, "value-hex"))
		text_add_octets(&text, vector, "value-hex");
	else
		text_add(&text, "%s", vectors_text(vector, "value"));
	text_add(&text, "\r\n");
	report = explain(&text, &keys, &code);
	if (!vectors_has(vector, "fault")) {
		/* Of AKA published examples have nonces that are none. */
		assert_string_equal(report_fault(report), "");
	} else if (is_one_value(&text)) {
		if (!code)
			fail_msg("'%s' is not refused", vectors_name(vector));
		assert_string_equal(report_fault(report),
				    vectors_text(vector, "fault"));
	}
	json_decref(report);
	if (text.size < 512)
		explain_all_changes(kind, (const uint8_t *)text.data, text.size,
				    &keys);
}

static void test_headers(void **state)
{
	json_t *list = vectors_load("digest");
	unsigned int count = 0;
	json_t *vector;
	size_t i;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		const char *what = vectors_text(vector, "kind");

		if (!strcmp(what, "challenge"))
			one_header("WWW-Authenticate", vector);
		else if (!strcmp(what, "credentials"))
			one_header("authorization", vector);
		else if (!strcmp(what, "info"))
			one_header("Authentication-Info", vector);
		else if (!strcmp(what, "refused") &&
			 vectors_has(vector, "header"))
			one_header(vectors_text(vector, "header"), vector);
		else
			continue;
		count++;
	}
	assert_true(count > 60);
	json_decref(list);
}

/* What stands in front of the fault is shown. */
static void test_prefix(void **state)
{
	struct text text = {};
	struct explain_keys keys;
	json_t *report;
	int code;

	(void)state;
	explain_keys_init(&keys);
	text_add(&text, "WWW-Authenticate: Digest realm=\"a b\", nonce=\"n");
	report = explain(&text, &keys, &code);
	assert_int_equal(code, EXIT_CODE_REFUSED);
	assert_string_equal(report_fault(report), "malformed");
	assert_string_equal(report_text(report, "scheme", "realm"), "a b");
	json_decref(report);
}

static void test_no_header(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"Digest realm=\"r\"",
		"GET / HTTP/1.1\r\n\r\nAuthorization: x",
	};
	struct explain_keys keys;
	struct explained explained;

	(void)state;
	explain_keys_init(&keys);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		explained = explain_run(kind, texts[i], strlen(texts[i]), &keys,
					false);
		assert_int_equal(explained.code, EXIT_CODE_REFUSED);
		assert_non_null(strstr(explained.problem.sentence,
				       "no line is a WWW-Authenticate"));
		explained_free(&explained);
	}
}

static void test_twice(void **state)
{
	static const char text[] = "Authorization: a\nAUTHORIZATION: b\n";
	struct explain_keys keys;
	struct explained explained;

	(void)state;
	explain_keys_init(&keys);
	explained = explain_run(kind, text, strlen(text), &keys, false);
	assert_string_equal(explained.problem.sentence,
			    "Authorization is there twice");
	explained_free(&explained);
}

/* ---- Proofs ---- */

static void credentials_add(struct text *text, const json_t *vector)
{
	struct digest_credentials credentials = {
		.count = vectors_number(vector, "nc"),
		.has_auts = vectors_has(vector, "auts"),
	};
	const char *algorithm = vectors_text(vector, "algorithm");
	const char *qop = vectors_text(vector, "qop");
	char header[8192];

	credentials.algorithm =
		digest_algorithm_find(algorithm, strlen(algorithm));
	credentials.qop = digest_qop_find(qop, strlen(qop));
#define COPY(member)                                                   \
	snprintf(credentials.member, sizeof(credentials.member), "%s", \
		 vectors_text(vector, #member))
	COPY(username);
	COPY(realm);
	COPY(nonce);
	COPY(cnonce);
	COPY(uri);
	COPY(response);
#undef COPY
	if (credentials.has_auts)
		vectors_octets(vector, "auts", credentials.auts,
			       sizeof(credentials.auts));
	assert_int_equal(digest_credentials_write(&credentials, header,
						  sizeof(header), NULL),
			 0);
	text_add(text, "Authorization: %s\r\n", header);
}

static void proof_keys(const json_t *vector, struct explain_keys *keys)
{
	bool aka = !strcmp(vectors_text(vector, "algorithm"), "AKAv1-MD5");
	struct text file = {};

	if (vectors_has(vector, "key")) {
		text_add(&file, "mrk %s\n", vectors_text(vector, "key"));
	} else if (aka && !vectors_has(vector, "auts")) {
		text_add(&file, "res %s\n", vectors_text(vector, "password"));
	} else if (!aka) {
		text_add(&file, "password ");
		text_add_octets(&file, vector, "password");
		text_add(&file, "\n");
	}
	if (vectors_has(vector, "nonce-prime"))
		text_add(&file, "session-nonce %s\nsession-cnonce %s\n",
			 vectors_text(vector, "nonce-prime"),
			 vectors_text(vector, "cnonce-prime"));
	if (vectors_has(vector, "rspauth") && vectors_has(vector, "body"))
		text_add(&file, "body %s\n", vectors_text(vector, "body"));
	file.data[file.size] = '\0';
	keys_from(file.data, keys);
}

/* The request, and the answer's header with its body if the vector has one. */
static void http_make(const json_t *vector, struct text *text)
{
	bool answer = vectors_has(vector, "rspauth");

	text_add(text, "%s %s HTTP/1.1\r\n", vectors_text(vector, "method"),
		 vectors_text(vector, "uri"));
	credentials_add(text, vector);
	if (answer)
		text_add(text,
			 "Authentication-Info: qop=%s, rspauth=\"%s\", "
			 "cnonce=\"%s\", nc=%08x\r\n",
			 vectors_text(vector, "qop"),
			 vectors_text(vector, "rspauth"),
			 vectors_text(vector, "cnonce"),
			 (unsigned int)vectors_number(vector, "nc"));
	text_add(text, "\r\n");
	text_add_octets(text, vector, answer ? "response-body" : "body");
}

static void one_proof(const json_t *vector)
{
	bool answer = vectors_has(vector, "rspauth");
	bool resync = vectors_has(vector, "auts");
	struct text text = {};
	struct explain_keys keys;
	json_t *report;
	int code;

	http_make(vector, &text);
	proof_keys(vector, &keys);
	report = explain(&text, &keys, &code);
	if (code)
		fail_msg("'%s': %s", vectors_name(vector),
			 json_dumps(report, 0));
	assert_string_equal(report_check(report, "response"), "ok");
	assert_string_equal(report_check(report, "rspauth"),
			    answer ? "ok" : "");
	json_decref(report);
	explain_keys_clear(&keys);
	/* Without a key, and with another one. */
	explain_keys_init(&keys);
	report = explain(&text, &keys, &code);
	assert_int_equal(code, 0);
	assert_string_equal(report_check(report, "response"),
			    resync ? "ok" : "not-checked");
	json_decref(report);
	keys_from("password other\nres 0011223344556677", &keys);
	report = explain(&text, &keys, &code);
	assert_int_equal(code, resync ? 0 : EXIT_CODE_REFUSED);
	assert_string_equal(report_check(report, "response"),
			    resync ? "ok" : "wrong");
	json_decref(report);
	explain_keys_clear(&keys);
}

static void test_proofs(void **state)
{
	json_t *list = vectors_load("digest");
	unsigned int count = 0;
	json_t *vector;
	size_t i;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		if (strcmp(vectors_text(vector, "kind"), "response"))
			continue;
		one_proof(vector);
		count++;
	}
	assert_true(count >= 14);
	json_decref(list);
}

/* Neither the password nor MRK, whatever the outcome. */
static void test_keys_are_hidden(void **state)
{
	json_t *list = vectors_load("digest");
	json_t *vector =
		vectors_find(list, "Ua, registration, MRK as password");
	struct explained explained;
	char password[256] = "";
	struct text text = {};
	struct explain_keys keys;

	(void)state;
	http_make(vector, &text);
	proof_keys(vector, &keys);
	vectors_hex(vector, "password", (uint8_t *)password,
		    sizeof(password) - 1);
	for (int json = 0; json < 2; json++) {
		explained =
			explain_run(kind, text.data, text.size, &keys, json);
		assert_int_equal(explained.code, 0);
		assert_null(strstr(explained.text, password));
		assert_null(
			strstr(explained.text, vectors_text(vector, "key")));
		explained_free(&explained);
	}
	explain_keys_clear(&keys);
	json_decref(list);
}

static void test_other_uri(void **state)
{
	json_t *list = vectors_load("digest");
	json_t *vector = vectors_find(list, "RFC 2617 example");
	struct text text = {};
	struct explain_keys keys;
	json_t *report;
	int code;

	(void)state;
	text_add(&text, "GET /other HTTP/1.1\r\n");
	credentials_add(&text, vector);
	proof_keys(vector, &keys);
	report = explain(&text, &keys, &code);
	assert_int_equal(code, EXIT_CODE_REFUSED);
	assert_string_equal(report_check(report, "uri"), "wrong");
	assert_string_equal(report_check(report, "response"), "ok");
	json_decref(report);
	explain_keys_clear(&keys);
	json_decref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_no_header),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_proofs),
		cmocka_unit_test(test_keys_are_hidden),
		cmocka_unit_test(test_other_uri),
	};

	setenv("NO_COLOR", "1", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
