// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/fault.h"
#include "core/text.h"

static void test_first_reason_stays(void **state)
{
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(fault_set(&fault, FAULT_TRUNCATED, "field %d", 7), -1);
	assert_int_equal(fault.code, FAULT_TRUNCATED);
	assert_string_equal(fault.text, "field 7");
	assert_int_equal(fault_set(&fault, FAULT_LIMIT, "other"), -1);
	assert_int_equal(fault.code, FAULT_TRUNCATED);
	assert_string_equal(fault.text, "field 7");
}

static void test_nobody_wants_it(void **state)
{
	(void)state;
	assert_int_equal(fault_set(NULL, FAULT_LIMIT, "%s", "x"), -1);
}

static void test_long_sentence_is_cut(void **state)
{
	struct fault fault = { 0 };
	char text[3 * FAULT_TEXT_SIZE];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(fault_set(&fault, FAULT_STATE, "%s", text), -1);
	assert_int_equal(strlen(fault.text), FAULT_TEXT_SIZE - 1);
}

/* Names in it may come from anybody, and may be cut within a character. */
static void test_sentence_is_plain(void **state)
{
	struct fault fault = { 0 };
	char text[3 * FAULT_TEXT_SIZE];
	size_t i;

	(void)state;
	fault_set(&fault, FAULT_MALFORMED, "no %.3s here\n%s", "a\xc3\xa9\xc3",
		  "\x1b[0m");
	assert_string_equal(fault.text, "no a\xc3\xa9 here??[0m");
	fault = (struct fault){ 0 };
	fault_set(&fault, FAULT_MALFORMED, "no %.2s here", "a\xc3\xa9");
	assert_string_equal(fault.text, "no a? here");
	fault = (struct fault){ 0 };
	for (i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	text[i] = '\0';
	fault_set(&fault, FAULT_MALFORMED, "%s", text);
	assert_int_equal(strlen(fault.text), FAULT_TEXT_SIZE - 1);
	assert_true(text_is_plain(fault.text, strlen(fault.text)));
	assert_int_equal(fault.text[FAULT_TEXT_SIZE - 2], '?');
}

static void test_names_are_distinct(void **state)
{
	int a, b;

	(void)state;
	for (a = FAULT_NONE; a <= FAULT_MEMORY; a++) {
		const char *name = fault_name((enum fault_code)a);

		assert_non_null(name);
		assert_string_not_equal(name, "invalid");
		for (b = a + 1; b <= FAULT_MEMORY; b++)
			assert_string_not_equal(name,
						fault_name((enum fault_code)b));
	}
	assert_string_equal(fault_name(FAULT_UNAUTHENTIC), "unauthentic");
}

static void test_no_code(void **state)
{
	(void)state;
	assert_string_equal(fault_name((enum fault_code)(FAULT_MEMORY + 1)),
			    "invalid");
	assert_string_equal(fault_name((enum fault_code)INT_MAX), "invalid");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_reason_stays),
		cmocka_unit_test(test_nobody_wants_it),
		cmocka_unit_test(test_long_sentence_is_cut),
		cmocka_unit_test(test_sentence_is_plain),
		cmocka_unit_test(test_names_are_distinct),
		cmocka_unit_test(test_no_code),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
