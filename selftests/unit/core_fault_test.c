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
		cmocka_unit_test(test_names_are_distinct),
		cmocka_unit_test(test_no_code),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
