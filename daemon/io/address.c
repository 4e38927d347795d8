// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"

/* Digits only, no sign, no blank. */
static bool number_parse(const char *text, uint32_t max, uint32_t *number)
{
	uint64_t value = 0;

	if (!*text || strlen(text) > 10)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		value = value * 10 + (uint64_t)(*text - '0');
	}
	*number = (uint32_t)value;
	return value <= max;
}

static bool port_parse(const char *text, uint16_t *port)
{
	uint32_t number;

	if (!number_parse(text, UINT16_MAX, &number))
		return false;
	*port = (uint16_t)number;
	return true;
}

/* "eth0" or "2", the part after "%". */
static bool scope_parse(const char *text, uint32_t *scope)
{
	*scope = if_nametoindex(text);
	return *scope || (number_parse(text, INT32_MAX, scope) && *scope);
}

static bool v6_parse(char *host, union address *address)
{
	char *scope = strchr(host, '%');

	if (scope)
		*scope++ = '\0';
	address->v6.sin6_family = AF_INET6;
	return inet_pton(AF_INET6, host, &address->v6.sin6_addr) == 1 &&
	       (!scope || scope_parse(scope, &address->v6.sin6_scope_id));
}

static bool v4_parse(const char *host, union address *address)
{
	address->v4.sin_family = AF_INET;
	return inet_pton(AF_INET, host, &address->v4.sin_addr) == 1;
}

static bool bracketed_parse(char *text, uint16_t *port, union address *address)
{
	char *end = strchr(text, ']');

	if (!end)
		return false;
	*end++ = '\0';
	return (!*end || (*end == ':' && port_parse(end + 1, port))) &&
	       v6_parse(text + 1, address);
}

static bool text_parse(char *text, uint16_t port, union address *address)
{
	char *colon = strchr(text, ':');
	bool valid;

	if (text[0] == '[') {
		valid = bracketed_parse(text, &port, address);
	} else if (colon && strchr(colon + 1, ':')) {
		valid = v6_parse(text, address);
	} else {
		if (colon)
			*colon = '\0';
		valid = (!colon || port_parse(colon + 1, &port)) &&
			v4_parse(text, address);
	}
	if (valid)
		address_port_set(address, port);
	return valid;
}

int address_parse(const char *text, uint16_t default_port,
		  union address *address, struct fault *fault)
{
	char copy[ADDRESS_TEXT_SIZE];

	memset(address, 0, sizeof(*address));
	if (strlen(text) < sizeof(copy)) {
		strcpy(copy, text);
		if (text_parse(copy, default_port, address))
			return 0;
		memset(address, 0, sizeof(*address));
	}
	return fault_set(
		fault, FAULT_MALFORMED,
		"\"%.60s\" is no address: a numeric IPv4 or IPv6 one is, with or without a port (192.0.2.1:80, [2001:db8::1]:80)",
		text);
}

static void v6_text(const union address *address, char *text, size_t size)
{
	uint32_t scope = address->v6.sin6_scope_id;
	char name[IF_NAMESIZE];
	size_t length;

	inet_ntop(AF_INET6, &address->v6.sin6_addr, text, (socklen_t)size);
	if (!scope)
		return;
	length = strlen(text);
	if (if_indextoname(scope, name))
		snprintf(text + length, size - length, "%%%s", name);
	else
		snprintf(text + length, size - length, "%%%u", scope);
}

void address_text(const union address *address, char text[ADDRESS_TEXT_SIZE])
{
	char host[INET6_ADDRSTRLEN + 1 + IF_NAMESIZE];
	uint16_t port = address_port(address);

	switch (address->family) {
	case AF_INET:
		inet_ntop(AF_INET, &address->v4.sin_addr, host, sizeof(host));
		if (port)
			snprintf(text, ADDRESS_TEXT_SIZE, "%s:%u", host, port);
		else
			snprintf(text, ADDRESS_TEXT_SIZE, "%s", host);
		return;
	case AF_INET6:
		v6_text(address, host, sizeof(host));
		if (port)
			snprintf(text, ADDRESS_TEXT_SIZE, "[%s]:%u", host,
				 port);
		else
			snprintf(text, ADDRESS_TEXT_SIZE, "%s", host);
		return;
	default:
		snprintf(text, ADDRESS_TEXT_SIZE, "none");
	}
}

socklen_t address_size(const union address *address)
{
	switch (address->family) {
	case AF_INET:
		return sizeof(address->v4);
	case AF_INET6:
		return sizeof(address->v6);
	default:
		return 0;
	}
}

uint16_t address_port(const union address *address)
{
	switch (address->family) {
	case AF_INET:
		return ntohs(address->v4.sin_port);
	case AF_INET6:
		return ntohs(address->v6.sin6_port);
	default:
		return 0;
	}
}

void address_port_set(union address *address, uint16_t port)
{
	if (address->family == AF_INET)
		address->v4.sin_port = htons(port);
	else if (address->family == AF_INET6)
		address->v6.sin6_port = htons(port);
}

bool address_is_multicast(const union address *address)
{
	switch (address->family) {
	case AF_INET:
		return IN_MULTICAST(ntohl(address->v4.sin_addr.s_addr));
	case AF_INET6:
		return IN6_IS_ADDR_MULTICAST(&address->v6.sin6_addr);
	default:
		return false;
	}
}

static bool is_link_local(const struct in6_addr *address)
{
	return IN6_IS_ADDR_LINKLOCAL(address) ||
	       IN6_IS_ADDR_MC_LINKLOCAL(address);
}

bool address_host_equal(const union address *a, const union address *b)
{
	if (a->family != b->family)
		return false;
	switch (a->family) {
	case AF_INET:
		return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
	case AF_INET6:
		return !memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr,
			       sizeof(a->v6.sin6_addr)) &&
		       (!is_link_local(&a->v6.sin6_addr) ||
			a->v6.sin6_scope_id == b->v6.sin6_scope_id);
	default:
		return true;
	}
}

bool address_equal(const union address *a, const union address *b)
{
	return address_host_equal(a, b) && address_port(a) == address_port(b);
}

void address_unmap(union address *address)
{
	union address v4 = { .v4.sin_family = AF_INET };

	if (address->family != AF_INET6 ||
	    !IN6_IS_ADDR_V4MAPPED(&address->v6.sin6_addr))
		return;
	v4.v4.sin_port = address->v6.sin6_port;
	memcpy(&v4.v4.sin_addr, &address->v6.sin6_addr.s6_addr[12],
	       sizeof(v4.v4.sin_addr));
	*address = v4;
}

void address_map(union address *address)
{
	union address v6 = { .v6.sin6_family = AF_INET6 };

	if (address->family != AF_INET)
		return;
	v6.v6.sin6_port = address->v4.sin_port;
	v6.v6.sin6_addr.s6_addr[10] = 0xff;
	v6.v6.sin6_addr.s6_addr[11] = 0xff;
	memcpy(&v6.v6.sin6_addr.s6_addr[12], &address->v4.sin_addr,
	       sizeof(address->v4.sin_addr));
	*address = v6;
}
