/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs "mbsec explain" on octets and looks at what it prints. */
#ifndef CLI_EXPLAIN_TEST_H
#define CLI_EXPLAIN_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "explain.h"

/**
 * struct explained - what came of it
 * @code: exit code
 * @problem: its sentence
 * @text: what was printed
 */
struct explained {
	int code;
	struct problem problem;
	char *text;
};

/* No octet of the message gets to the terminal as a control character. */
static inline void explained_check(const struct explained *explained)
{
	for (const char *c = explained->text; *c; c++)
		if ((*c < ' ' && *c != '\n') || *c > '~')
			fail_msg("octet %02x is printed", (uint8_t)*c);
	for (const char *c = explained->problem.sentence; *c; c++)
		if (*c < ' ' || *c > '~')
			fail_msg("octet %02x is in the sentence", (uint8_t)*c);
	if (explained->code != EXIT_CODE_OK &&
	    explained->code != EXIT_CODE_REFUSED)
		fail_msg("exit code %d", explained->code);
	assert_int_equal(!explained->code, !explained->problem.sentence[0]);
}

static inline struct explained explain_run(const struct explain_kind *kind,
					   const void *data, size_t size,
					   const struct explain_keys *keys,
					   bool json)
{
	struct explained explained = {};
	FILE *before = stdout;
	size_t length;
	/* It ends where its memory does, so that the sanitizer sees more. */
	void *copy = malloc(size);

	assert_non_null(copy);
	if (size)
		memcpy(copy, data, size);
	stdout = open_memstream(&explained.text, &length);
	explained.code = explain_message(kind, copy, size, keys, json,
					 &explained.problem);
	fclose(stdout);
	stdout = before;
	free(copy);
	explained_check(&explained);
	return explained;
}

static inline void explained_free(struct explained *explained)
{
	free(explained->text);
}

/* The report; the caller gives it up. */
static inline json_t *explain_json(const struct explain_kind *kind,
				   const void *data, size_t size,
				   const struct explain_keys *keys, int *code)
{
	struct explained explained = explain_run(kind, data, size, keys, true);
	json_error_t error;
	json_t *report =
		json_loads(explained.text, JSON_REJECT_DUPLICATES, &error);

	if (!report)
		fail_msg("%s in %s", error.text, explained.text);
	assert_string_equal(
		json_string_value(json_object_get(report, "message")),
		kind->name);
	assert_int_equal(json_integer_value(json_object_get(report, "octets")),
			 size);
	assert_true(json_is_array(json_object_get(report, "parts")));
	assert_true(json_is_array(json_object_get(report, "checks")));
	assert_non_null(json_object_get(report, "fault"));
	*code = explained.code;
	explained_free(&explained);
	return report;
}

/* "ok", "wrong", "not-checked", or "" if there is no such check. */
static inline const char *report_check(const json_t *report, const char *name)
{
	const json_t *checks = json_object_get(report, "checks");
	const json_t *check;
	size_t i;

	json_array_foreach(checks, i, check)
	{
		if (!strcmp(json_string_value(json_object_get(check, "check")),
			    name))
			return json_string_value(
				json_object_get(check, "result"));
	}
	return "";
}

/* A field of the first part of that name that has it, or NULL. */
static inline const json_t *report_field(const json_t *report, const char *name,
					 const char *field)
{
	const json_t *parts = json_object_get(report, "parts");
	const json_t *part, *value;
	size_t i;

	json_array_foreach(parts, i, part)
	{
		value = json_object_get(json_object_get(part, "fields"), field);
		if (value &&
		    !strcmp(json_string_value(json_object_get(part, "part")),
			    name))
			return value;
	}
	return NULL;
}

static inline const char *report_text(const json_t *report, const char *part,
				      const char *field)
{
	const char *text = json_string_value(report_field(report, part, field));

	return text ? text : "(none)";
}

/* The code of the fault, or "" if there is none. */
static inline const char *report_fault(const json_t *report)
{
	const char *code = json_string_value(
		json_object_get(json_object_get(report, "fault"), "code"));

	return code ? code : "";
}

/* Keys from the lines of a key file. */
static inline void keys_from(const char *text, struct explain_keys *keys)
{
	struct problem problem = {};

	if (explain_keys_parse("test", text, strlen(text), keys, &problem))
		fail_msg("%s", problem.sentence);
}

/*
 * All beginnings of a message and all changes of one octet: they end, and leave
 * a report that can be read.
 */
static inline void explain_all_changes(const struct explain_kind *kind,
				       const uint8_t *data, size_t size,
				       const struct explain_keys *keys)
{
	uint8_t *changed = malloc(size);
	struct explained explained;
	int code;

	assert_non_null(changed);
	memcpy(changed, data, size);
	for (size_t i = 0; i < size; i++) {
		explained = explain_run(kind, data, i, keys, false);
		explained_free(&explained);
		json_decref(explain_json(kind, data, i, keys, &code));
		changed[i] ^= 1 << i % 8;
		json_decref(explain_json(kind, changed, size, keys, &code));
		changed[i] = data[i] ^ 0xff;
		explained = explain_run(kind, changed, size, keys, false);
		explained_free(&explained);
		changed[i] = data[i];
	}
	free(changed);
}

#endif /* CLI_EXPLAIN_TEST_H */
