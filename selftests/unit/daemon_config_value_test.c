// SPDX-License-Identifier: GPL-2.0-or-later
/* Values of the configuration: times, numbers, URLs, networks, files of keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "config_value.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define DAY INT64_C(86400000)

static void expect(const struct fault *fault, const char *text)
{
	if (!strstr(fault->text, text))
		fail_msg("\"%s\" lacks \"%s\"", fault->text, text);
	assert_int_equal(strncmp(fault->text, "key:", 4), 0);
}

static void test_duration(void **state)
{
	static const struct {
		const char *text;
		int64_t milliseconds;
	} good[] = {
		{ "0ms", 0 },	  { "250ms", 250 },	   { "10s", 10000 },
		{ "007s", 7000 }, { "5m", 300000 },	   { "2h", 7200000 },
		{ "1d", DAY },	  { "3650d", 3650 * DAY },
	};
	static const char *const bad[] = {
		"",	  "s",	  "10",	       "-1s",
		"+1s",	  " 1s",  "1s ",       "1 s",
		"1.5s",	  "1S",	  "0x10s",     "1sm",
		"1m1s",	  "1min", "\xc2\xb9s", "9223372036854775807d",
		"3650d1", "1w",
	};
	static const char *const large[] = { "999999999999999999d", "3651d",
					     "99999999999999999s" };
	struct fault fault;
	int64_t value;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		assert_int_equal(config_duration("key", good[i].text, 0,
						 3650 * DAY, &value, NULL),
				 0);
		assert_int_equal(value, good[i].milliseconds);
	}
	for (i = 0; i < COUNT(bad); i++) {
		fault = (struct fault){ 0 };
		value = 1;
		if (!config_duration("key", bad[i], 0, 3650 * DAY, &value,
				     &fault))
			fail_msg("accepted: \"%s\"", bad[i]);
		assert_int_equal(value, 0);
		expect(&fault, "a unit");
	}
	for (i = 0; i < COUNT(large); i++) {
		fault = (struct fault){ 0 };
		assert_int_equal(config_duration("key", large[i], 0, 3650 * DAY,
						 &value, &fault),
				 -1);
		expect(&fault, "out of range, which is 0d to 3650d");
	}
	fault = (struct fault){ 0 };
	assert_int_equal(config_duration("key", NULL, 0, 1, &value, &fault),
			 -1);
	expect(&fault, "missing");
	assert_int_equal(
		config_duration_or("key", NULL, 77, 0, 1, &value, NULL), 0);
	assert_int_equal(value, 77);
	fault = (struct fault){ 0 };
	assert_int_equal(config_duration_or("key", "3s", 77, 0, 2500, &value,
					    &fault),
			 -1);
	expect(&fault, "0d to 2500ms");
}

static void test_number(void **state)
{
	static const char *const bad[] = {
		"",
		"-1",
		"+1",
		" 1",
		"1 ",
		"1.0",
		"1e3",
		"0x",
		"0xg",
		"0X1",
		"4",
		"256",
		"0x100",
		"0x00000000000000000f",
		"18446744073709551621",
		"ten",
	};
	struct fault fault;
	uint64_t value;
	size_t i;

	(void)state;
	assert_int_equal(config_number("key", "5", 5, 255, &value, NULL), 0);
	assert_int_equal(value, 5);
	assert_int_equal(config_number("key", "0xfF", 5, 255, &value, NULL), 0);
	assert_int_equal(value, 255);
	assert_int_equal(config_number("key", "0xffffffffffffffff", 0,
				       UINT64_MAX, &value, NULL),
			 0);
	assert_true(value == UINT64_MAX);
	for (i = 0; i < COUNT(bad); i++) {
		fault = (struct fault){ 0 };
		if (!config_number("key", bad[i], 5, 255, &value, &fault))
			fail_msg("accepted: \"%s\"", bad[i]);
		expect(&fault, "from 5 to 255");
	}
	fault = (struct fault){ 0 };
	assert_int_equal(config_number("key", NULL, 0, 1, &value, &fault), -1);
	expect(&fault, "missing");
}

static void test_url_and_network(void **state)
{
	static const char *const good[] = {
		"http://a",
		"https://192.0.2.1:8080",
		"http://[::1]:80/x/y",
	};
	static const char *const bad[] = {
		"",
		"http://",
		"http:///x",
		"ftp://a",
		"HTTP://a",
		"http://a?q",
		"http://a#f",
		"http://a b",
		"http://a\nb",
		"http://\xc3\xa4",
		"http://a\"",
		"//a",
		"a",
	};
	struct fault fault;
	struct plmn plmn;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++)
		assert_int_equal(config_url("key", good[i], NULL), 0);
	for (i = 0; i < COUNT(bad); i++) {
		fault = (struct fault){ 0 };
		if (!config_url("key", bad[i], &fault))
			fail_msg("accepted: \"%s\"", bad[i]);
		expect(&fault, "http or https");
	}
	assert_int_equal(config_plmn("key", "001-01", &plmn, NULL), 0);
	assert_int_equal(config_plmn("key", "310-410", &plmn, NULL), 0);
	fault = (struct fault){ 0 };
	assert_int_equal(config_plmn("key", "1-01", &plmn, &fault), -1);
	expect(&fault, "001-01 or 310-410");
	assert_int_equal(config_plmn("key", "001-0a", &plmn, NULL), -1);
	assert_int_equal(config_plmn("key", "001-0112", &plmn, NULL), -1);
	assert_int_equal(config_plmn("key", "001_01", &plmn, NULL), -1);
	assert_int_equal(config_plmn("key", NULL, &plmn, NULL), -1);
}

/* ---- Files of keys ---- */

static char path[48] = "/tmp/daemon_config_value_test.XXXXXX";

#define KEY "00112233445566778899aabbccddeeff"

static int read_file(const char *text, mode_t mode, struct secret *secret,
		     struct fault *fault)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
	*fault = (struct fault){ 0 };
	return config_key_file("key", path, 16, secret, fault);
}

static void test_key_file(void **state)
{
	static const char *const good[] = { KEY, KEY "\n", KEY " \r\n\t" };
	static const char *const bad[] = {
		"",
		"\n",
		KEY "0",
		KEY KEY,
		" " KEY,
		"0x" KEY,
		KEY "\n" KEY,
		"0011223344556677",
		"0g112233445566778899aabbccddeeff",
	};
	struct secret secret = { 0 }, same = { 0 };
	uint8_t octets[16];
	struct fault fault;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(i * 0x11);
	assert_int_equal(secret_set(&same, octets, sizeof(octets)), 0);
	for (i = 0; i < COUNT(good); i++) {
		assert_int_equal(read_file(good[i], 0600, &secret, &fault), 0);
		assert_true(secret_equal(&secret, &same));
	}
	for (i = 0; i < COUNT(bad); i++) {
		assert_int_equal(read_file(bad[i], 0600, &secret, &fault), -1);
		assert_int_equal(secret.size, 0);
		expect(&fault, "does not hold 32 hex digits");
		assert_null(strstr(fault.text, "00112233"));
	}
	secret_clear(&same);
}

static void test_key_file_of_whom(void **state)
{
	struct secret secret = { 0 };
	struct fault fault;

	(void)state;
	assert_int_equal(read_file(KEY, 0640, &secret, &fault), -1);
	expect(&fault, "mode 640); do chmod 600");
	assert_int_equal(read_file(KEY, 0604, &secret, &fault), -1);
	expect(&fault, "mode 604); do chmod 600");
	assert_int_equal(read_file(KEY, 0400, &secret, &fault), 0);
	/* As systemd does it. */
	setenv("CREDENTIALS_DIRECTORY", "/tmp", 1);
	assert_int_equal(read_file(KEY, 0440, &secret, &fault), 0);
	assert_int_equal(read_file(KEY, 0404, &secret, &fault), -1);
	assert_int_equal(read_file(KEY, 0460, &secret, &fault), -1);
	setenv("CREDENTIALS_DIRECTORY", "/tm", 1);
	assert_int_equal(read_file(KEY, 0440, &secret, &fault), -1);
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_int_equal(read_file(KEY, 0600, &secret, &fault), 0);
	if (!geteuid()) {
		assert_int_equal(chown(path, 65534, 65534), 0);
		fault = (struct fault){ 0 };
		assert_int_equal(
			config_key_file("key", path, 16, &secret, &fault), -1);
		expect(&fault, "belongs to another user");
		assert_int_equal(chown(path, 0, 0), 0);
	}
	fault = (struct fault){ 0 };
	assert_int_equal(config_key_file("key", "/tmp", 16, &secret, &fault),
			 -1);
	expect(&fault, "no regular file");
	fault = (struct fault){ 0 };
	assert_int_equal(
		config_key_file("key", "/nowhere", 16, &secret, &fault), -1);
	expect(&fault, "/nowhere: No such file");
	fault = (struct fault){ 0 };
	assert_int_equal(config_key_file("key", NULL, 16, &secret, &fault), -1);
	expect(&fault, "missing");
	secret_clear(&secret);
}

static int setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_url_and_network),
		cmocka_unit_test(test_key_file),
		cmocka_unit_test(test_key_file_of_whom),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
