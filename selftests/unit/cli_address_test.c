// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses of groups and sources, interface names, numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "address.h"
#include "number.h"

static void test_group_good(void **state)
{
	static const char *const texts[] = {
		"224.0.0.1", "239.255.255.255", "239.1.1.1",
		"ff02::1",   "ff3e::8000:1",
	};
	char text[ADDRESS_TEXT_SIZE];
	struct problem problem;
	struct address address;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(
			address_parse_group(texts[i], &address, &problem), 0);
		assert_string_equal(address_format(&address, text), texts[i]);
	}
}

static void test_group_bad(void **state)
{
	static const char *const texts[] = {
		"",
		" 239.1.1.1",
		"239.1.1.1 ",
		"239.1.1",
		"239.1.1.256",
		"0xef010101",
		"239.01.1.1",
		"223.255.255.255",
		"240.0.0.1",
		"10.0.0.1",
		"fe80::1",
		"ff02::1%eth0",
		"ff02:::1",
		"ff02::1/128",
		"example",
		"::ffff:239.1.1.1",
	};
	struct problem problem;
	struct address address;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (address_parse_group(texts[i], &address, &problem) !=
		    EXIT_CODE_USAGE)
			fail_msg("'%s' is taken for a group", texts[i]);
}

static void test_zone_sentence(void **state)
{
	struct problem problem;
	struct address address;

	(void)state;
	address_parse_group("ff02::1%eth0", &address, &problem);
	assert_string_equal(
		problem.sentence,
		"address 'ff02::1%eth0' must come without a zone; name the interface with dev");
}

static void test_source(void **state)
{
	static const char *const bad[] = {
		"0.0.0.0", "255.255.255.255", "239.1.1.1",    "::",
		"ff02::1", "::ffff:10.0.0.1", "fe80::1%eth0", "host",
	};
	struct problem problem;
	struct address address;

	(void)state;
	assert_int_equal(address_parse_source("10.0.0.1", &address, &problem),
			 0);
	assert_int_equal(address.family, AF_INET);
	assert_int_equal(address_parse_source("fe80::1", &address, &problem),
			 0);
	assert_int_equal(address.family, AF_INET6);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (address_parse_source(bad[i], &address, &problem) !=
		    EXIT_CODE_USAGE)
			fail_msg("'%s' is taken for a source", bad[i]);
}

static void test_device(void **state)
{
	struct problem problem;
	char device[16];

	(void)state;
	assert_int_equal(address_parse_device("enp0s31f6", device,
					      sizeof(device), &problem),
			 0);
	assert_string_equal(device, "enp0s31f6");
	assert_int_equal(address_parse_device("fifteen-octets1", device,
					      sizeof(device), &problem),
			 0);
	assert_int_equal(address_parse_device("sixteen-octets12", device,
					      sizeof(device), &problem),
			 EXIT_CODE_USAGE);
	assert_int_equal(address_parse_device("", device, sizeof(device),
					      &problem),
			 EXIT_CODE_USAGE);
}

static void test_identity(void **state)
{
	struct group_id a = { .port = 5000 };
	struct group_id b;

	(void)state;
	assert_true(address_parse("239.1.1.1", &a.address));
	b = a;
	assert_true(group_id_equal(&a, &b));
	b.port = 0;
	assert_false(group_id_equal(&a, &b));
	b = a;
	assert_true(address_parse("10.0.0.1", &b.source));
	assert_false(group_id_equal(&a, &b));
	b = a;
	/* The same first octets, but of another IP version. */
	b.address.family = AF_INET6;
	assert_false(group_id_equal(&a, &b));
}

static void test_port_text(void **state)
{
	char text[PORT_TEXT_SIZE];

	(void)state;
	assert_string_equal(port_format(0, text), "any");
	assert_string_equal(port_format(65535, text), "65535");
}

static void test_number(void **state)
{
	static const char *const bad[] = {
		"",
		" 1",
		"1 ",
		"+1",
		"-1",
		"0x10",
		"1e3",
		"01",
		"1.0",
		"0",
		"11",
		"99999999999999999999999999",
		"18446744073709551617",
		"\xd9\xa1",
	};
	const struct number_range range = { 1, 10 };
	struct problem problem;
	uint64_t value;

	(void)state;
	assert_int_equal(number_parse("n", "10", &range, &value, &problem), 0);
	assert_int_equal(value, 10);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (number_parse("n", bad[i], &range, &value, &problem) !=
		    EXIT_CODE_USAGE)
			fail_msg("'%s' is taken for a number", bad[i]);
}

static void test_number_hex(void **state)
{
	const struct number_range range = { 0x100, 0xffff };
	struct problem problem;
	uint64_t value;

	(void)state;
	assert_int_equal(number_parse_or_hex("sender", "0xBeef", &range, &value,
					     &problem),
			 0);
	assert_int_equal(value, 0xbeef);
	assert_int_equal(number_parse_or_hex("sender", "256", &range, &value,
					     &problem),
			 0);
	assert_int_equal(value, 256);
	assert_int_equal(number_parse_or_hex("sender", "0x", &range, &value,
					     &problem),
			 EXIT_CODE_USAGE);
	assert_int_equal(number_parse_or_hex("sender", "beef", &range, &value,
					     &problem),
			 EXIT_CODE_USAGE);
	assert_int_equal(number_parse_or_hex("sender", "255", &range, &value,
					     &problem),
			 EXIT_CODE_USAGE);
	assert_string_equal(problem.sentence,
			    "sender 255 is out of range (0x100 to 0xffff)");
}

static void test_number_full_range(void **state)
{
	const struct number_range range = { 0, UINT64_MAX };
	struct problem problem;
	uint64_t value;

	(void)state;
	assert_int_equal(number_parse("n", "18446744073709551615", &range,
				      &value, &problem),
			 0);
	assert_true(value == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_group_good),
		cmocka_unit_test(test_group_bad),
		cmocka_unit_test(test_zone_sentence),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_port_text),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_number_hex),
		cmocka_unit_test(test_number_full_range),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
