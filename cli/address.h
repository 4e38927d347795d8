/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses, and the identity of a group that is made of them. */
#ifndef _CLI_ADDRESS_H
#define _CLI_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "problem.h"

/* family is AF_INET, AF_INET6, or AF_UNSPEC for none. */
struct address {
	int family;
	union {
		struct in_addr v4;
		struct in6_addr v6;
	};
};

/* port 0 is any port, a source of family AF_UNSPEC any source. */
struct group_id {
	struct address address;
	struct address source;
	uint16_t port;
};

#define ADDRESS_TEXT_SIZE INET6_ADDRSTRLEN
#define PORT_TEXT_SIZE sizeof("65535")

bool address_parse(const char *text, struct address *address);
int address_parse_group(const char *text, struct address *address,
			struct problem *problem);
int address_parse_source(const char *text, struct address *source,
			 struct problem *problem);
int address_parse_device(const char *text, char *device, size_t size,
			 struct problem *problem);

bool address_equal(const struct address *a, const struct address *b);
const char *address_format(const struct address *address,
			   char text[static ADDRESS_TEXT_SIZE]);

/* "any" for port 0. */
const char *port_format(uint16_t port, char text[static PORT_TEXT_SIZE]);

bool group_id_equal(const struct group_id *a, const struct group_id *b);

#endif /* _CLI_ADDRESS_H */
