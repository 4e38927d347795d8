/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets for MIKEY: datagrams in and out by the batch (recvmmsg, sendmmsg), of
 * unicast and of multicast groups. What is sent is queued and leaves at the end
 * of the loop's round, or when the queue is full.
 */
#ifndef MBSEC_DAEMON_UDP_H
#define MBSEC_DAEMON_UDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "core/fault.h"
#include "loop.h"

/* Larger datagrams are passed over: no message of ours is that long. */
#define UDP_DATAGRAM_MAX 4096

struct udp;

/**
 * struct udp_datagram - what was received; valid during the callback
 * @from: sender
 * @to: address it was sent to (its group), port 0
 * @ifindex: interface that it came by
 */
struct udp_datagram {
	const uint8_t *data;
	size_t size;
	union address from;
	union address to;
	unsigned int ifindex;
};

typedef void (*udp_callback)(void *argument,
			     const struct udp_datagram *datagram);

/**
 * struct udp_options - how a socket is opened
 * @local: address and port to bind; port 0 for any
 * @device: bind to this interface, NULL for none; multicast leaves by it
 * @reuse: several sockets of this host may have the port (receivers of groups)
 * @hops: multicast TTL or hop limit, 0 for the system's
 * @loop_back: local sockets receive our multicast, too
 * @receive_buffer: octets, 0 for the system's
 */
struct udp_options {
	union address local;
	const char *device;
	bool reuse;
	uint8_t hops;
	bool loop_back;
	int receive_buffer;
};

/* Returns NULL and a fault that names address and reason. @callback may be NULL
 * for a socket that only sends.
 */
struct udp *udp_open(struct loop *loop, const struct udp_options *options,
		     udp_callback callback, void *argument,
		     struct fault *fault);
/* Sends what is queued, then closes; also from one of its callbacks. NULL is fine. */
void udp_close(struct udp *udp);
/* The address that it is bound to. */
void udp_local(const struct udp *udp, union address *local);
/* Receives @group by @device (NULL: the system chooses), only from @source if
 * that is not NULL. Returns 0 or -1.
 */
int udp_join(struct udp *udp, const union address *group,
	     const union address *source, const char *device,
	     struct fault *fault);
int udp_leave(struct udp *udp, const union address *group,
	      const union address *source, const char *device,
	      struct fault *fault);
/* Copies @data into the queue. Returns 0, or -1 and FAULT_LIMIT if there is no
 * room (the system's buffer is full): whoever sends much waits for udp_room().
 * Errors of single destinations are counted and not told, UDP may lose any.
 */
int udp_send(struct udp *udp, const union address *to, const uint8_t *data,
	     size_t size, struct fault *fault);
/* Datagrams that udp_send() takes now. */
size_t udp_room(const struct udp *udp);
/* Called each time that a full queue has room again. */
void udp_drained_set(struct udp *udp, loop_callback callback, void *argument);
/* Datagrams and errors so far; either may be NULL. */
void udp_counts(const struct udp *udp, uint64_t *sent, uint64_t *received,
		uint64_t *errors);

#endif
