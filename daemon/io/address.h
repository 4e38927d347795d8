/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Socket addresses of both families as one value, and as text. */
#ifndef MBSEC_DAEMON_ADDRESS_H
#define MBSEC_DAEMON_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "core/fault.h"

/* "[ffff:...]:65535%" and a device name, with a NUL. */
#define ADDRESS_TEXT_SIZE 80

/**
 * union address - where a datagram or a connection goes to or comes from
 * @family: AF_UNSPEC (0) for none
 */
union address {
	sa_family_t family;
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[fe80::1%eth0]:80", numeric only;
 * without a port it is @default_port. Returns 0, or -1 and FAULT_MALFORMED with
 * a sentence, and @address is zeroed.
 */
int address_parse(const char *text, uint16_t default_port,
		  union address *address, struct fault *fault);
/* As above, with the port unless it is 0. */
void address_text(const union address *address, char text[ADDRESS_TEXT_SIZE]);
socklen_t address_size(const union address *address);
uint16_t address_port(const union address *address);
void address_port_set(union address *address, uint16_t port);
bool address_is_multicast(const union address *address);
/* Host and port; the scope of IPv6 link-local addresses counts. */
bool address_equal(const union address *a, const union address *b);
bool address_host_equal(const union address *a, const union address *b);
/* An IPv4 address as an IPv6 socket sees it (::ffff:192.0.2.1) and back; others
 * stay as they are. What io hands to roles is never mapped.
 */
void address_map(union address *address);
void address_unmap(union address *address);

#endif
