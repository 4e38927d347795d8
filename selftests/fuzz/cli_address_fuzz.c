// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses and interface names of the command line. */
#include <arpa/inet.h>
#include <net/if.h>

#include "address.h"
#include "fuzz.h"

static bool first_octet_is(const struct address *address, uint8_t low,
			   uint8_t high)
{
	uint8_t octet;

	memcpy(&octet,
	       address->family == AF_INET ? (const void *)&address->v4 :
					    (const void *)&address->v6,
	       1);
	return octet >= low && octet <= high;
}

static bool is_multicast(const struct address *address)
{
	return address->family == AF_INET ? first_octet_is(address, 224, 239) :
					    first_octet_is(address, 0xff, 0xff);
}

static void check_problem(int code, const struct problem *problem)
{
	fuzz_check(code == EXIT_CODE_USAGE);
	fuzz_check(problem->sentence[0]);
	fuzz_check(memchr(problem->sentence, 0, sizeof(problem->sentence)));
}

/* What is printed is what was read. */
static void check_round_trip(const struct address *address)
{
	char text[ADDRESS_TEXT_SIZE];
	struct address other;

	address_format(address, text);
	fuzz_check(address_parse(text, &other));
	fuzz_check(other.family == address->family);
	fuzz_check(address_equal(&other, address));
}

static void check_address(const char *text)
{
	struct problem problem = {};
	struct address address;
	bool good = address_parse(text, &address);
	int code;

	if (good) {
		fuzz_check(address.family == AF_INET ||
			   address.family == AF_INET6);
		check_round_trip(&address);
	}
	code = address_parse_group(text, &address, &problem);
	fuzz_check(!code == (good && is_multicast(&address)));
	if (code)
		check_problem(code, &problem);
	memset(&problem, 0, sizeof(problem));
	code = address_parse_source(text, &address, &problem);
	if (code)
		check_problem(code, &problem);
	else
		fuzz_check(good && !is_multicast(&address));
}

static void check_device(const char *text)
{
	char *device = malloc(IFNAMSIZ);
	struct problem problem = {};
	int code;

	fuzz_check(device);
	code = address_parse_device(text, device, IFNAMSIZ, &problem);
	fuzz_check(!code == (*text && strlen(text) < IFNAMSIZ));
	if (code)
		check_problem(code, &problem);
	else
		fuzz_check(!strcmp(device, text));
	free(device);
}

/* Addresses of random octets, which no text would come to. */
static void check_octets(struct fuzz_input input)
{
	struct address address = {};

	address.family = fuzz_take(&input, 1) & 1 ? AF_INET : AF_INET6;
	for (size_t i = 0; i < sizeof(address.v6); i++)
		if (address.family == AF_INET6 || i < sizeof(address.v4))
			((uint8_t *)&address.v6)[i] = fuzz_take(&input, 1);
	check_round_trip(&address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	char *text = fuzz_text(&input);

	check_address(text);
	check_device(text);
	check_octets(input);
	free(text);
	return 0;
}
