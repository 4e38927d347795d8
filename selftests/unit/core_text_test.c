// SPDX-License-Identifier: GPL-2.0-or-later
/* Text from outside, base 64, dates and times. */
#define _GNU_SOURCE
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/base64.h"
#include "core/datetime.h"
#include "core/text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_plain(void **state)
{
	static const char *const plain[] = { "",
					     "a b~",
					     "\xc2\xa0",
					     "\xdf\xbf",
					     "\xe0\xa0\x80",
					     "\xed\x9f\xbf",
					     "\xee\x80\x80",
					     "\xf0\x90\x80\x80",
					     "\xf4\x8f\xbf\xbf" };
	static const char *const other[] = {
		"\x1f",
		"\x7f",
		"\n",
		"\x80",
		"\xc1\xbf",
		"\xc2",
		"\xc2\x80",
		"\xc2\x9f",
		"\xc2\x20",
		"\xe0\x9f\xbf",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xe2\x82",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"a\xe2\x28\xa1",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(plain); i++)
		assert_true(text_is_plain(plain[i], strlen(plain[i])));
	for (i = 0; i < COUNT(other); i++)
		assert_false(text_is_plain(other[i], strlen(other[i])));
	assert_false(text_is_plain("a\0b", 3));
}

static void test_copy(void **state)
{
	struct fault fault = { 0 };
	char out[4];

	(void)state;
	assert_int_equal(text_copy(out, 4, "abcd", 3, "it", &fault), 0);
	assert_string_equal(out, "abc");
	assert_int_equal(text_copy(out, 4, NULL, 0, "it", &fault), 0);
	assert_string_equal(out, "");
	assert_int_equal(text_copy(out, 4, "abcd", 4, "it", &fault), -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
	assert_string_equal(out, "");
	fault = (struct fault){ 0 };
	assert_int_equal(text_copy(out, 4, "a\n", 2, "it", &fault), -1);
	assert_int_equal(fault.code, FAULT_MALFORMED);
	assert_string_equal(out, "");
}

static void test_number(void **state)
{
	static const char *const other[] = { "",    "00",	  "01", "-1",
					     "+1",  " 1",	  "1 ", "1a",
					     "0x1", "12345678901" };
	unsigned long value;
	struct fault fault;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(other); i++) {
		fault = (struct fault){ 0 };
		assert_int_equal(text_number(other[i], strlen(other[i]), 100,
					     &value, "it", &fault),
				 -1);
		assert_int_equal(fault.code, FAULT_MALFORMED);
	}
	assert_int_equal(text_number("0", 1, 100, &value, "it", NULL), 0);
	assert_int_equal(value, 0);
	assert_int_equal(text_number("100", 3, 100, &value, "it", NULL), 0);
	assert_int_equal(value, 100);
	fault = (struct fault){ 0 };
	assert_int_equal(text_number("101", 3, 100, &value, "it", &fault), -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
	assert_int_equal(text_number("9999999999", 10, 100, &value, "it", NULL),
			 -1);
	assert_int_equal(value, 0);
}

static void test_hex(void **state)
{
	char out[2 * 256 + 1], expected[3];
	uint8_t octets[256];
	unsigned int i;

	(void)state;
	for (i = 0; i < 256; i++)
		octets[i] = (uint8_t)i;
	text_hex(out, octets, 256);
	assert_int_equal(strlen(out), 512);
	for (i = 0; i < 256; i++) {
		snprintf(expected, sizeof(expected), "%02x", i);
		assert_memory_equal(out + 2 * i, expected, 2);
	}
	text_hex(out, octets, 0);
	assert_string_equal(out, "");
}

static void test_hex_parse(void **state)
{
	static const char digits[] = "00ff7F1a";
	uint8_t octets[4], expected[] = { 0x00, 0xff, 0x7f, 0x1a };
	char changed[9];
	int c;

	(void)state;
	assert_true(text_hex_parse(digits, 8, octets, 4));
	assert_memory_equal(octets, expected, 4);
	assert_false(text_hex_parse(digits, 7, octets, 4));
	assert_false(text_hex_parse(digits, 8, octets, 3));
	assert_true(text_hex_parse(digits, 0, octets, 0));
	for (c = CHAR_MIN; c <= CHAR_MAX; c++) {
		strcpy(changed, digits);
		changed[5] = (char)c;
		assert_int_equal(text_hex_parse(changed, 8, octets, 4),
				 c && strchr("0123456789abcdefABCDEF", c));
	}
}

static void test_nocase(void **state)
{
	(void)state;
	assert_true(text_equal_nocase("aZ@", 3, "Az@", 3));
	assert_false(text_equal_nocase("a@", 2, "a`", 2));
	assert_false(text_equal_nocase("a[", 2, "a{", 2));
	assert_false(text_equal_nocase("ab", 2, "abc", 3));
}

/* RFC 4648, 10 */
static const struct {
	const char *octets;
	const char *text;
} base64_vectors[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
	{ "\xfb\xff\xfe", "+//+" },
};

static void test_base64(void **state)
{
	uint8_t octets[6];
	char text[9];
	size_t i, size;

	(void)state;
	for (i = 0; i < COUNT(base64_vectors); i++) {
		const char *from = base64_vectors[i].octets;
		const char *to = base64_vectors[i].text;

		assert_int_equal(base64_encode(from, strlen(from), text,
					       strlen(to) + 1, NULL),
				 0);
		assert_string_equal(text, to);
		assert_int_equal(base64_decode(to, strlen(to), octets,
					       strlen(from), &size, "it", NULL),
				 0);
		assert_int_equal(size, strlen(from));
		assert_memory_equal(octets, from, size);
	}
}

static void test_base64_refuses(void **state)
{
	static const char *const other[] = {
		"Zg",	    "Zg=",	"Z===", "====", "Zh==", "Zm9=",
		"Zg==Zg==", "Zm 9v",	" Zm9", "Zm9-", "Zm9_", "Zm9v\n",
		"Zm8=Zm9v", "Zm9v====", "Z=9v", "Zm=v", "=m9v", "Zg=A",
	};
	uint8_t octets[8], zero[8] = { 0 };
	struct fault fault;
	char text[8];
	size_t i, size;

	(void)state;
	for (i = 0; i < COUNT(other); i++) {
		fault = (struct fault){ 0 };
		memset(octets, 0xee, sizeof(octets));
		assert_int_equal(base64_decode(other[i], strlen(other[i]),
					       octets, sizeof(octets), &size,
					       "it", &fault),
				 -1);
		assert_int_equal(fault.code, FAULT_MALFORMED);
		assert_int_equal(size, 0);
		assert_memory_equal(octets, zero, sizeof(octets));
	}
	fault = (struct fault){ 0 };
	assert_int_equal(base64_decode("Zm9vYmFy", 8, octets, 5, &size, "it",
				       &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
	assert_memory_equal(octets, zero, 5);
	fault = (struct fault){ 0 };
	assert_int_equal(base64_encode("foobar", 6, text, 8, &fault), -1);
	assert_int_equal(fault.code, FAULT_ROOM);
}

/* The library's calendar is the second opinion. */
static void test_datetime_calendar(void **state)
{
	static const int64_t steps[] = { 0,	     1,		 59,
					 951782399,  951782400,	 951868800,
					 4107542399, 4107542400, 253402300799 };
	char text[DATETIME_SIZE], expected[64];
	int64_t seconds, back;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(steps) + 20000; i++) {
		struct tm calendar;
		time_t time;

		seconds = i < COUNT(steps) ? steps[i] : (int64_t)i * 12660000;
		time = (time_t)seconds;
		assert_non_null(gmtime_r(&time, &calendar));
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ",
			 &calendar);
		assert_int_equal(datetime_write(seconds, text, NULL), 0);
		assert_string_equal(text, expected);
		assert_int_equal(datetime_parse(text, 20, &back, "it", NULL),
				 0);
		assert_true(back == seconds);
	}
}

static void test_datetime_forms(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} forms[] = {
		{ "2030-01-01T00:00:00Z", 1893456000 },
		{ "2030-01-01T00:00:00.999999Z", 1893456000 },
		{ "2030-01-01T02:00:00+02:00", 1893456000 },
		{ "2029-12-31T19:30:00-04:30", 1893456000 },
		{ "2030-01-01T14:00:00+14:00", 1893456000 },
		{ "2000-02-29T00:00:00Z", 951782400 },
		{ "1970-01-01T00:00:00-00:00", 0 },
	};
	static const char *const other[] = {
		"",
		"2030-01-01",
		"2030-01-01T00:00:00",
		"2030-01-01 00:00:00Z",
		"2030-01-01t00:00:00Z",
		"2030-01-01T00:00:00z",
		"2030-13-01T00:00:00Z",
		"2030-00-01T00:00:00Z",
		"2030-01-00T00:00:00Z",
		"2030-01-32T00:00:00Z",
		"2030-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z",
		"2030-04-31T00:00:00Z",
		"2030-01-01T24:00:00Z",
		"2030-01-01T00:60:00Z",
		"2030-01-01T00:00:60Z",
		"2030-01-01T00:00:00.Z",
		"2030-01-01T00:00:00,5Z",
		"2030-01-01T00:00:00+2:00",
		"2030-01-01T00:00:00+0200",
		"2030-01-01T00:00:00+14:01",
		"2030-01-01T00:00:00+00:60",
		"2030-01-01T00:00:00ZZ",
		"2030-1-01T00:00:00Z",
		"-2030-01-01T00:00:00Z",
		"12030-01-01T00:00:00Z",
		"1969-12-31T23:59:59Z",
		"1970-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01",
		"2030-01-01T00:00:0",
	};
	struct fault fault;
	int64_t seconds;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(forms); i++) {
		assert_int_equal(datetime_parse(forms[i].text,
						strlen(forms[i].text), &seconds,
						"it", NULL),
				 0);
		assert_true(seconds == forms[i].seconds);
	}
	for (i = 0; i < COUNT(other); i++) {
		fault = (struct fault){ 0 };
		assert_int_equal(datetime_parse(other[i], strlen(other[i]),
						&seconds, "it", &fault),
				 -1);
		assert_int_equal(fault.code, FAULT_MALFORMED);
		assert_true(seconds == 0);
	}
}

static void test_datetime_range(void **state)
{
	static const int64_t other[] = { -1, 253402300800, INT64_MIN,
					 INT64_MAX };
	char text[DATETIME_SIZE];
	struct fault fault;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(other); i++) {
		fault = (struct fault){ 0 };
		assert_int_equal(datetime_write(other[i], text, &fault), -1);
		assert_int_equal(fault.code, FAULT_ARGUMENT);
		assert_string_equal(text, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_hex_parse),
		cmocka_unit_test(test_nocase),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_base64_refuses),
		cmocka_unit_test(test_datetime_calendar),
		cmocka_unit_test(test_datetime_forms),
		cmocka_unit_test(test_datetime_range),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
