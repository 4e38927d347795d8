// SPDX-License-Identifier: GPL-2.0-or-later
/* An explanation as text while it is made, or as JSON at its end. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "explain.h"
#include "json.h"
#include "output.h"

#define NAME_SIZE 64
#define TEXT_SIZE 512

const char *explain_clean(const void *text, size_t size, char *clean,
			  size_t room)
{
	const uint8_t *octets = text;
	size_t i;

	for (i = 0; i < size && i + 1 < room; i++)
		clean[i] = octets[i] >= ' ' && octets[i] <= '~' ? octets[i] :
								  '?';
	clean[i] = '\0';
	return clean;
}

/* "CSB ID" and a suffix: "csb-id". */
static const char *json_label(const char *label, const char *suffix,
			      char name[static NAME_SIZE])
{
	size_t length = 0;

	for (; *label && length < NAME_SIZE - 16; label++) {
		char c = *label >= 'A' && *label <= 'Z' ? *label + 32 : *label;

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			name[length++] = c;
		else if (length && name[length - 1] != '-')
			name[length++] = '-';
	}
	while (length && name[length - 1] == '-')
		length--;
	snprintf(name + length, NAME_SIZE - length, "%s", suffix);
	return name;
}

static void field_set(struct explain *explain, const char *label,
		      const char *suffix, json_t *value)
{
	char name[NAME_SIZE];

	json_object_set_new(explain->fields, json_label(label, suffix, name),
			    value);
}

void explain_part(struct explain *explain, const char *label, const char *title,
		  const char *clause)
{
	char name[NAME_SIZE];
	json_t *part;

	if (!explain->report) {
		output_heading(label, "%s%s%s%s", title, clause ? " (" : "",
			       clause ? clause : "", clause ? ")" : "");
		return;
	}
	part = json_object();
	explain->fields = json_object();
	json_object_set_new(part, "part",
			    json_text(json_label(label, "", name)));
	json_object_set_new(part, "title", json_text(title));
	json_object_set_new(part, "clause", json_text(clause));
	json_object_set_new(part, "fields", explain->fields);
	json_array_append_new(explain->parts, part);
}

void explain_number(struct explain *explain, const char *label, uint64_t value)
{
	if (explain->report)
		field_set(explain, label, "", json_number(value));
	else
		output_field(label, "%" PRIu64, value);
}

void explain_named(struct explain *explain, const char *label, uint64_t value,
		   const char *name)
{
	if (!explain->report) {
		output_field(label, "%" PRIu64 " (%s)", value, name);
		return;
	}
	field_set(explain, label, "", json_number(value));
	field_set(explain, label, "-name", json_text(name));
}

void explain_flag(struct explain *explain, const char *label, bool value)
{
	if (explain->report)
		field_set(explain, label, "", json_boolean(value));
	else
		output_field(label, "%s", value ? "yes" : "no");
}

void explain_text(struct explain *explain, const char *label,
		  const char *format, ...)
{
	char text[TEXT_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (explain->report)
		field_set(explain, label, "", json_text(text));
	else
		output_field(label, "%s", text);
}

/* Two digits an octet; the caller frees it. NULL without memory. */
static char *hex_make(const uint8_t *octets, size_t size)
{
	char *text = malloc(2 * size + 1);

	if (!text)
		return NULL;
	for (size_t i = 0; i < size; i++)
		snprintf(text + 2 * i, 3, "%02x", octets[i]);
	text[2 * size] = '\0';
	return text;
}

static void octets_put(struct explain *explain, const char *label,
		       const char *suffix, const void *octets, size_t size)
{
	char *text = hex_make(octets, size);

	if (explain->report)
		field_set(explain, label, suffix, json_text(text));
	else
		output_field(label, "%s%s", text && size ? text : "(none)",
			     *suffix ? " as octets" : "");
	free(text);
}

void explain_octets(struct explain *explain, const char *label,
		    const void *octets, size_t size)
{
	octets_put(explain, label, "", octets, size);
}

void explain_foreign(struct explain *explain, const char *label,
		     const void *text, size_t size)
{
	char *clean = malloc(size + 1);
	bool same;

	if (!clean)
		return;
	explain_clean(text, size, clean, size + 1);
	same = !size || !memcmp(clean, text, size);
	if (explain->report)
		field_set(explain, label, "", json_text(clean));
	else
		output_field(label, "%s", clean);
	free(clean);
	if (!same)
		octets_put(explain, label, "-hex", text, size);
}

void explain_secret(struct explain *explain, const char *label,
		    const struct secret *secret)
{
	char fingerprint[SECRET_FINGERPRINT_SIZE];
	json_t *value;

	secret_fingerprint(secret, fingerprint);
	if (!explain->report) {
		output_field(label, "%zu octets, fingerprint %s", secret->size,
			     fingerprint);
		return;
	}
	value = json_object();
	json_object_set_new(value, "octets", json_number(secret->size));
	json_object_set_new(value, "fingerprint", json_text(fingerprint));
	field_set(explain, label, "", value);
}

static const char *const result_names[] = {
	[EXPLAIN_OK] = "ok",
	[EXPLAIN_WRONG] = "wrong",
	[EXPLAIN_NOT_CHECKED] = "not-checked",
};

static void check_print(const char *label, enum explain_result result,
			const char *reason)
{
	static const char *const words[] = {
		[EXPLAIN_OK] = "ok",
		[EXPLAIN_WRONG] = "WRONG",
		[EXPLAIN_NOT_CHECKED] = "not checked",
	};
	const char *colour = result == EXPLAIN_OK    ? OUTPUT_GOOD :
			     result == EXPLAIN_WRONG ? OUTPUT_BAD :
						       "";

	char text[NAME_SIZE];

	snprintf(text, sizeof(text), "%s check", label);
	output_field(text, "%s%s%s%s%s", output_colour(colour), words[result],
		     output_plain(), *reason ? ": " : "", reason);
}

void explain_check(struct explain *explain, const char *label,
		   enum explain_result result, const char *format, ...)
{
	char reason[FAULT_TEXT_SIZE + 64];
	char name[NAME_SIZE];
	va_list args;
	json_t *check;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	if (result == EXPLAIN_WRONG && !explain->wrong[0])
		snprintf(explain->wrong, sizeof(explain->wrong),
			 "%s is wrong: %s", label, reason);
	if (!explain->report) {
		check_print(label, result, reason);
		return;
	}
	check = json_object();
	json_object_set_new(check, "check",
			    json_text(json_label(label, "", name)));
	json_object_set_new(check, "result", json_text(result_names[result]));
	json_object_set_new(check, "reason",
			    json_text(*reason ? reason : NULL));
	json_array_append_new(explain->checks, check);
}

void explain_check_fault(struct explain *explain, const char *label,
			 const struct fault *fault)
{
	char clean[FAULT_TEXT_SIZE];

	explain_clean(fault->text, strlen(fault->text), clean, sizeof(clean));
	explain_check(explain, label, EXPLAIN_WRONG, "%s", clean);
}

static json_t *fault_json(const struct fault *fault, const char *sentence)
{
	json_t *value;

	if (!fault->code)
		return json_null();
	value = json_object();
	json_object_set_new(value, "code", json_text(fault_name(fault->code)));
	json_object_set_new(value, "sentence", json_text(sentence));
	return value;
}

static int report_print(struct explain *explain, const char *sentence,
			struct problem *problem)
{
	json_object_set_new(explain->report, "parts", explain->parts);
	json_object_set_new(explain->report, "checks", explain->checks);
	json_object_set_new(explain->report, "fault",
			    fault_json(&explain->fault, sentence));
	return json_print(explain->report, problem);
}

int explain_message(const struct explain_kind *kind, const void *data,
		    size_t size, const struct explain_keys *keys, bool json,
		    struct problem *problem)
{
	struct explain explain = { .data = data, .size = size, .keys = keys };
	char sentence[FAULT_TEXT_SIZE];
	int code = 0;

	if (json) {
		explain.report = json_object();
		explain.parts = json_array();
		explain.checks = json_array();
		json_object_set_new(explain.report, "message",
				    json_text(kind->name));
		json_object_set_new(explain.report, "octets",
				    json_number(size));
	}
	kind->explain(&explain);
	explain_clean(explain.fault.text, strlen(explain.fault.text), sentence,
		      sizeof(sentence));
	if (json)
		code = report_print(&explain, sentence, problem);
	if (code)
		return code;
	if (explain.fault.code)
		return problem_set(problem, EXIT_CODE_REFUSED, "%s", sentence);
	if (explain.wrong[0])
		return problem_set(problem, EXIT_CODE_REFUSED, "%s",
				   explain.wrong);
	return 0;
}
