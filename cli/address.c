// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses, and the identity of a group that is made of them. */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "address.h"

bool address_parse(const char *text, struct address *address)
{
	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, text, &address->v4) == 1)
		address->family = AF_INET;
	else if (inet_pton(AF_INET6, text, &address->v6) == 1)
		address->family = AF_INET6;
	return address->family != AF_UNSPEC;
}

static bool address_is_multicast(const struct address *address)
{
	if (address->family == AF_INET)
		return IN_MULTICAST(ntohl(address->v4.s_addr));
	return IN6_IS_ADDR_MULTICAST(&address->v6);
}

static bool address_is_host(const struct address *address)
{
	if (address_is_multicast(address))
		return false;
	if (address->family == AF_INET)
		return address->v4.s_addr != htonl(INADDR_ANY) &&
		       address->v4.s_addr != htonl(INADDR_BROADCAST);
	return !IN6_IS_ADDR_UNSPECIFIED(&address->v6) &&
	       !IN6_IS_ADDR_V4MAPPED(&address->v6);
}

static int address_not_one(const char *what, const char *text,
			   struct problem *problem)
{
	if (strchr(text, '%'))
		return problem_set(
			problem, EXIT_CODE_USAGE,
			"%s '%s' must come without a zone; name the interface with dev",
			what, text);
	return problem_set(problem, EXIT_CODE_USAGE,
			   "%s '%s' is not an IPv4 or IPv6 address", what,
			   text);
}

int address_parse_group(const char *text, struct address *address,
			struct problem *problem)
{
	if (!address_parse(text, address))
		return address_not_one("address", text, problem);
	if (!address_is_multicast(address))
		return problem_set(problem, EXIT_CODE_USAGE,
				   "address %s is not a multicast address",
				   text);
	return 0;
}

int address_parse_source(const char *text, struct address *source,
			 struct problem *problem)
{
	if (!address_parse(text, source))
		return address_not_one("src", text, problem);
	if (!address_is_host(source))
		return problem_set(problem, EXIT_CODE_USAGE,
				   "src %s is not the address of a host", text);
	return 0;
}

int address_parse_device(const char *text, char *device, size_t size,
			 struct problem *problem)
{
	size_t length = strlen(text);

	if (!length || length >= IFNAMSIZ || length >= size)
		return problem_set(
			problem, EXIT_CODE_USAGE,
			"dev '%s' is not an interface name (1 to %d octets)",
			text, IFNAMSIZ - 1);
	memcpy(device, text, length + 1);
	return 0;
}

bool address_equal(const struct address *a, const struct address *b)
{
	if (a->family != b->family)
		return false;
	switch (a->family) {
	case AF_INET:
		return a->v4.s_addr == b->v4.s_addr;
	case AF_INET6:
		return IN6_ARE_ADDR_EQUAL(&a->v6, &b->v6);
	default:
		return true;
	}
}

const char *address_format(const struct address *address,
			   char text[static ADDRESS_TEXT_SIZE])
{
	const void *octets = &address->v6;

	if (address->family == AF_INET)
		octets = &address->v4;
	if (address->family == AF_UNSPEC ||
	    !inet_ntop(address->family, octets, text, ADDRESS_TEXT_SIZE))
		strcpy(text, "any");
	return text;
}

const char *port_format(uint16_t port, char text[static PORT_TEXT_SIZE])
{
	if (port)
		snprintf(text, PORT_TEXT_SIZE, "%u", port);
	else
		strcpy(text, "any");
	return text;
}

bool group_id_equal(const struct group_id *a, const struct group_id *b)
{
	return a->port == b->port && address_equal(&a->address, &b->address) &&
	       address_equal(&a->source, &b->source);
}
