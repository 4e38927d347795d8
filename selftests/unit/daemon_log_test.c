// SPDX-License-Identifier: GPL-2.0-or-later
/* Log lines: what came from the network forges none. */
#define _GNU_SOURCE /* pipe2() */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "log.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int standard_error = -1, captured[2];

static void capture_begin(void)
{
	assert_int_equal(pipe2(captured, O_NONBLOCK), 0);
	standard_error = dup(STDERR_FILENO);
	assert_true(standard_error >= 0);
	assert_int_equal(dup2(captured[1], STDERR_FILENO), STDERR_FILENO);
}

/* What was written since then, with its end of line. */
static size_t capture_end(char *text, size_t size)
{
	ssize_t count;

	dup2(standard_error, STDERR_FILENO);
	close(standard_error);
	close(captured[1]);
	count = read(captured[0], text, size - 1);
	close(captured[0]);
	count = count < 0 ? 0 : count;
	text[count] = '\0';
	return (size_t)count;
}

static size_t log_text(const char *value, char *text, size_t size)
{
	capture_begin();
	log_info("area", "event", LOG_TEXT("key", value),
		 LOG_NUMBER("after", 1));
	return capture_end(text, size);
}

static void test_values(void **state)
{
	static const struct {
		const char *value, *text;
	} cases[] = {
		{ "plain", "plain" },
		{ "a.b_c:d@e/f+g-9", "a.b_c:d@e/f+g-9" },
		{ NULL, "" },
		{ "", "\"\"" },
		{ "two words", "\"two words\"" },
		{ "a=b", "\"a=b\"" },
		{ "\"", "\"\\\"\"" },
		{ "\\", "\"\\\\\"" },
		{ "a\nlevel=error", "\"a\\x0alevel=error\"" },
		{ "\r\t\x1b[2J\x7f", "\"\\x0d\\x09\\x1b[2J\\x7f\"" },
		{ "\xc3\xa4", "\"\\xc3\\xa4\"" },
		{ "%s%n", "\"%s%n\"" },
		{ "a\" after=2 x=\"", "\"a\\\" after=2 x=\\\"\"" },
	};
	char text[1024], wanted[1024];
	size_t i;

	(void)state;
	log_setup(LOG_LEVEL_INFO, true);
	for (i = 0; i < COUNT(cases); i++) {
		log_text(cases[i].value, text, sizeof(text));
		snprintf(wanted, sizeof(wanted),
			 "<6>level=info area=area event=event key=%s after=1\n",
			 cases[i].text);
		assert_string_equal(text, wanted);
	}
}

static void test_types(void **state)
{
	char text[1024];

	(void)state;
	log_setup(LOG_LEVEL_DEBUG, true);
	capture_begin();
	log_error("a", "e", LOG_NUMBER("n", INT64_MIN), LOG_HEX("h", 0x10002),
		  LOG_HEX("all", -1));
	log_warning("a", "e");
	log_debug("a", "e");
	capture_end(text, sizeof(text));
	assert_string_equal(text, "<3>level=error area=a event=e "
				  "n=-9223372036854775808 h=00010002 "
				  "all=ffffffffffffffff\n"
				  "<4>level=warning area=a event=e\n"
				  "<7>level=debug area=a event=e\n");
}

static void test_levels(void **state)
{
	enum log_level level = LOG_LEVEL_DEBUG;
	char text[256];

	(void)state;
	assert_int_equal(log_level_parse("warning", &level), 0);
	assert_int_equal(level, LOG_LEVEL_WARNING);
	assert_int_equal(log_level_parse("Warning", &level), -1);
	assert_int_equal(log_level_parse("", &level), -1);
	log_setup(level, false);
	assert_true(log_enabled(LOG_LEVEL_WARNING));
	assert_false(log_enabled(LOG_LEVEL_INFO));
	capture_begin();
	log_info("a", "e");
	assert_int_equal(capture_end(text, sizeof(text)), 0);
	capture_begin();
	log_warning("a", "e");
	capture_end(text, sizeof(text));
	/* time=2026-01-01T00:00:00.000Z */
	assert_int_equal(strncmp(text, "time=2", 6), 0);
	assert_string_equal(text + 29, " level=warning area=a event=e\n");
}

/* Fields that are too long are cut, and the line has its end. */
static void test_long(void **state)
{
	static char value[100001], text[65536];
	size_t length;

	(void)state;
	memset(value, 'x', sizeof(value) - 1);
	log_setup(LOG_LEVEL_INFO, true);
	length = log_text(value, text, sizeof(text));
	assert_true(length < 8192);
	assert_int_equal(text[length - 1], '\n');
	assert_non_null(strstr(text, "...\" after=1\n"));
	capture_begin();
	log_info("a", "e", LOG_TEXT("a", value), LOG_TEXT("b", value),
		 LOG_TEXT("c", value), LOG_TEXT("d", value),
		 LOG_TEXT("e", value), LOG_TEXT("f", value),
		 LOG_TEXT("g", value), LOG_TEXT("h", value),
		 LOG_TEXT("i", value), LOG_TEXT("j", value),
		 LOG_TEXT("k", value), LOG_TEXT("l", value));
	length = capture_end(text, sizeof(text));
	assert_true(length < 8192);
	assert_ptr_equal(strchr(text, '\n'), text + length - 1);
}

/* A quoted value ends at its last quote, as the others are escaped. */
static bool ends_once(const char *value)
{
	if (*value++ != '"')
		return !strchr(value, '"');
	while (*value && *value != '"')
		value += *value == '\\' ? 2 : 1;
	return !strcmp(value, "\" after=1\n");
}

/* Any octets: one line, printable, and the next field where it belongs. */
static void test_any_octets(void **state)
{
	char value[40], text[1024];
	size_t i, j, length;

	(void)state;
	log_setup(LOG_LEVEL_INFO, true);
	srandom(1);
	for (i = 0; i < 20000; i++) {
		length = (size_t)random() % sizeof(value);
		for (j = 0; j < length; j++)
			value[j] = (char)(random() % 255 + 1);
		value[length] = '\0';
		length = log_text(value, text, sizeof(text));
		assert_true(length > 0);
		for (j = 0; j < length - 1; j++)
			assert_true(text[j] >= ' ' && text[j] < 0x7f);
		assert_string_equal(text + length - 9, " after=1\n");
		assert_true(ends_once(strstr(text, "key=") + 4));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),	   cmocka_unit_test(test_types),
		cmocka_unit_test(test_levels),	   cmocka_unit_test(test_long),
		cmocka_unit_test(test_any_octets),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
