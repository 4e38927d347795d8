// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bodies of the service-based interface in which one value at a time is of another
 * type: each is refused, with a pointer to that value.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/sbi_json.h"
#include "vectors.h"

#define POINTER_SIZE 128

static union {
	struct sbi_session session;
	struct sbi_subscription subscription;
	struct sbi_reports reports;
	struct sbi_problem problem;
} body;
static struct sbi_security_context context;
static struct sbi_reports answer;

static json_t *root;
static const char *kind;
static unsigned int refusals;

static int parse(const char *text, struct fault *fault)
{
	size_t size = strlen(text);
	int result;

	if (!strcmp(kind, "context"))
		return sbi_security_context_parse(text, size, &context, fault);
	if (!strcmp(kind, "update"))
		return sbi_update_apply(text, size, &context, fault);
	if (!strcmp(kind, "create")) {
		result = sbi_create_parse(text, size, &body.session, fault);
		sbi_session_clear(&body.session);
	} else if (!strcmp(kind, "notify")) {
		result = sbi_notify_parse(text, size, &body.reports, fault);
		sbi_reports_clear(&body.reports);
	} else if (!strcmp(kind, "problem")) {
		result = sbi_problem_parse(text, size, &body.problem, fault);
	} else {
		result = sbi_subscribe_parse(
			text, size, &body.subscription,
			strcmp(kind, "subscribed") ? NULL : &answer, fault);
		sbi_reports_clear(&answer);
	}
	return result;
}

/* The whole document, with the value at @pointer changed. */
static void check(const char *pointer, json_type type)
{
	char *text = json_dumps(root, JSON_COMPACT);
	struct fault fault = { 0 };
	size_t length = strlen(pointer);

	assert_non_null(text);
	sbi_security_context_clear(&context);
	if (!parse(text, &fault))
		fail_msg("type %d at %s: accepted\n%s", type, pointer, text);
	if (strncmp(fault.text, pointer, length) || fault.text[length] != ' ')
		fail_msg("type %d at %s: %s\n%s", type, pointer, fault.text,
			 text);
	refusals++;
	free(text);
}

static json_t *value_of(json_type type)
{
	switch (type) {
	case JSON_OBJECT:
		return json_object();
	case JSON_ARRAY:
		return json_array();
	case JSON_STRING:
		return json_string("");
	case JSON_INTEGER:
		return json_integer(-1);
	case JSON_REAL:
		return json_real(0.5);
	case JSON_TRUE:
		return json_true();
	case JSON_FALSE:
		return json_false();
	default:
		return json_null();
	}
}

static bool is_same(json_type a, json_type b)
{
	return a == b || ((a == JSON_TRUE || a == JSON_FALSE) &&
			  (b == JSON_TRUE || b == JSON_FALSE));
}

static void put(json_t *parent, const char *name, size_t index, json_t *value)
{
	if (name)
		assert_int_equal(json_object_set_new(parent, name, value), 0);
	else
		assert_int_equal(json_array_set_new(parent, index, value), 0);
}

static void walk(json_t *parent, const char *pointer);

/* One member or element: itself, then what is in it. */
static void visit(json_t *parent, const char *pointer, const char *name,
		  size_t index, json_t *value)
{
	char place[POINTER_SIZE];
	json_type type;

	if (name)
		snprintf(place, sizeof(place), "%s/%s", pointer, name);
	else
		snprintf(place, sizeof(place), "%s/%zu", pointer, index);
	json_incref(value);
	for (type = JSON_OBJECT; type <= JSON_NULL; type++) {
		if (is_same(type, json_typeof(value)))
			continue;
		put(parent, name, index, value_of(type));
		check(place, type);
	}
	put(parent, name, index, value);
	walk(value, place);
}

static void walk(json_t *parent, const char *pointer)
{
	json_t *value, *copy = json_copy(parent);
	const char *name;
	size_t index;

	/* The copy is what is gone through while the other one changes. */
	assert_non_null(copy);
	json_object_foreach(copy, name, value)
		visit(parent, pointer, name, 0, value);
	json_array_foreach(copy, index, value)
		visit(parent, pointer, NULL, index, value);
	json_decref(copy);
}

static void test_types(void **state)
{
	json_t *list = vectors_load("sbi"), *vector;
	struct fault fault = { 0 };
	const char *text;
	size_t i;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		if (vectors_has(vector, "refused"))
			continue;
		kind = vectors_text(vector, "kind");
		text = vectors_text(vector, "body");
		root = json_loads(text, 0, NULL);
		assert_non_null(root);
		sbi_security_context_clear(&context);
		if (parse(text, &fault))
			fail_msg("%s: %s", vectors_name(vector), fault.text);
		walk(root, "");
		json_decref(root);
	}
	assert_true(refusals > 300);
	sbi_security_context_clear(&context);
	json_decref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
