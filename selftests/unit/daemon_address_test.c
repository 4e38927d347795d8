// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses: what is accepted, what is refused, and there and back as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <net/if.h>

#include "io/address.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_accepted(void **state)
{
	static const struct {
		const char *text, *canonical;
		sa_family_t family;
		uint16_t port;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1:7", AF_INET, 7 },
		{ "192.0.2.1:80", "192.0.2.1:80", AF_INET, 80 },
		{ "0.0.0.0:65535", "0.0.0.0:65535", AF_INET, 65535 },
		{ "127.0.0.1:0", "127.0.0.1", AF_INET, 0 },
		{ "2001:db8::1", "[2001:db8::1]:7", AF_INET6, 7 },
		{ "[2001:db8::1]", "[2001:db8::1]:7", AF_INET6, 7 },
		{ "[2001:DB8:0::1]:80", "[2001:db8::1]:80", AF_INET6, 80 },
		{ "::", "[::]:7", AF_INET6, 7 },
		{ "[::]:0", "::", AF_INET6, 0 },
		{ "[fe80::1%lo]:9", "[fe80::1%lo]:9", AF_INET6, 9 },
		{ "fe80::1%lo", "[fe80::1%lo]:7", AF_INET6, 7 },
		{ "[fe80::1%999999]:9", "[fe80::1%999999]:9", AF_INET6, 9 },
		{ "[::ffff:192.0.2.1]:1", "[::ffff:192.0.2.1]:1", AF_INET6, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[ADDRESS_TEXT_SIZE];
		struct fault fault = { 0 };
		union address address, again;

		assert_int_equal(
			address_parse(cases[i].text, 7, &address, &fault), 0);
		assert_int_equal(address.family, cases[i].family);
		assert_int_equal(address_port(&address), cases[i].port);
		address_text(&address, text);
		assert_string_equal(text, cases[i].canonical);
		assert_int_equal(address_parse(text, 0, &again, &fault), 0);
		assert_true(address_equal(&address, &again));
	}
}

static void test_refused(void **state)
{
	static const char *const cases[] = {
		"",
		" ",
		"localhost",
		"192.0.2",
		"192.0.2.256",
		"192.0.2.01",
		"0x7f.1",
		"192.0.2.1:",
		"192.0.2.1:65536",
		"192.0.2.1:-1",
		"192.0.2.1:+1",
		"192.0.2.1: 1",
		"192.0.2.1:1 ",
		"192.0.2.1:4294967376",
		"192.0.2.1:18446744073709551696",
		":80",
		"[192.0.2.1]:80",
		"[2001:db8::1",
		"[2001:db8::1]80",
		"[2001:db8::1]:",
		"[2001:db8::1]:x",
		"2001:db8::1]:80",
		"[[::1]]:80",
		"[]:80",
		"fe80::1%",
		"fe80::1%0",
		"fe80::1%nothing",
		"::ffff:192.0.2.256",
		"1:2:3:4:5:6:7:8:9",
		"0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		static const union address nothing;
		struct fault fault = { 0 };
		union address address;

		memset(&address, 0xff, sizeof(address));
		if (!address_parse(cases[i], 7, &address, &fault))
			fail_msg("\"%s\" was accepted", cases[i]);
		assert_int_equal(fault.code, FAULT_MALFORMED);
		assert_memory_equal(&address, &nothing, sizeof(address));
	}
}

static union address parse(const char *text)
{
	union address address;

	assert_int_equal(address_parse(text, 0, &address, NULL), 0);
	return address;
}

static bool equal(const char *a, const char *b, bool host)
{
	union address first = parse(a), second = parse(b);

	return host ? address_host_equal(&first, &second) :
		      address_equal(&first, &second);
}

static void test_equality(void **state)
{
	(void)state;
	assert_true(equal("192.0.2.1:1", "192.0.2.1:1", false));
	assert_false(equal("192.0.2.1:1", "192.0.2.1:2", false));
	assert_true(equal("192.0.2.1:1", "192.0.2.1:2", true));
	assert_false(equal("192.0.2.1", "192.0.2.2", true));
	assert_false(equal("::ffff:192.0.2.1", "192.0.2.1", true));
	assert_true(equal("[::1]:5", "[0:0::1]:5", false));
	assert_false(equal("fe80::1%lo", "fe80::1%77", true));
	assert_false(equal("ff02::1%lo", "ff02::1%77", true));
	/* Of others the scope says nothing. */
	assert_true(equal("2001:db8::1%lo", "2001:db8::1", true));
}

static void test_multicast(void **state)
{
	static const struct {
		const char *text;
		bool multicast;
	} cases[] = {
		{ "224.0.0.0", true },	      { "239.255.255.255:1", true },
		{ "223.255.255.255", false }, { "240.0.0.0", false },
		{ "ff02::1", true },	      { "fe02::1", false },
	};
	static const union address nothing;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		union address address = parse(cases[i].text);

		assert_int_equal(address_is_multicast(&address),
				 cases[i].multicast);
	}
	assert_false(address_is_multicast(&nothing));
}

static void test_none(void **state)
{
	union address none = { 0 }, other = parse("192.0.2.1:1");
	char text[ADDRESS_TEXT_SIZE];

	(void)state;
	address_text(&none, text);
	assert_string_equal(text, "none");
	assert_int_equal(address_size(&none), 0);
	assert_int_equal(address_port(&none), 0);
	address_port_set(&none, 5);
	assert_int_equal(address_port(&none), 0);
	assert_true(address_equal(&none, &none));
	assert_false(address_equal(&none, &other));
}

static void test_mapped(void **state)
{
	union address v4 = parse("192.0.2.1:80"), v6 = parse("[2001:db8::1]:1");
	union address address = v4;
	char text[ADDRESS_TEXT_SIZE];

	(void)state;
	address_map(&address);
	assert_int_equal(address_size(&address), sizeof(struct sockaddr_in6));
	address_text(&address, text);
	assert_string_equal(text, "[::ffff:192.0.2.1]:80");
	address_unmap(&address);
	assert_int_equal(address_size(&address), sizeof(struct sockaddr_in));
	assert_true(address_equal(&address, &v4));
	address_unmap(&address);
	assert_true(address_equal(&address, &v4));
	address = v6;
	address_map(&address);
	address_unmap(&address);
	assert_true(address_equal(&address, &v6));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_equality),
		cmocka_unit_test(test_multicast),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_mapped),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
