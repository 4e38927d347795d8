/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A generic netlink socket: requests with their answers, and notices. */
#ifndef MBSEC_DAEMON_KERNEL_SOCKET_H
#define MBSEC_DAEMON_KERNEL_SOCKET_H

#include "kernel_message.h"

/* Of dumps; the kernel fits its messages to it. */
#define KERNEL_RECEIVE_SIZE 16384

/**
 * struct kernel_socket - a socket, and what it has received last
 * @fd: -1 if it is closed
 */
struct kernel_socket {
	int fd;
	uint32_t sequence;
	union {
		struct nlmsghdr header;
		uint8_t bytes[KERNEL_RECEIVE_SIZE];
	} received;
};

typedef int (*kernel_take)(void *argument, const struct nlmsghdr *header);

/* @wait: reading waits for an answer, for a bounded time; else it never waits.
 * Returns 0, or -1 and a fault.
 */
int kernel_socket_open(struct kernel_socket *socket, bool wait,
		       struct fault *fault);
void kernel_socket_close(struct kernel_socket *socket);
/* Returns 0, or -1 and a fault. */
int kernel_socket_join(struct kernel_socket *socket, uint32_t multicast,
		       struct fault *fault);
/* Sends @message, wipes it and reads until the answer is there. Each message
 * before it goes to @take (may be NULL), which returns 0, or -1 if it cannot be
 * understood. Returns 0 and the kernel's @answer, which may be an error, or -1 and
 * a fault if there is none. EINTR: a list changed while it was read.
 */
int kernel_socket_call(struct kernel_socket *socket,
		       struct kernel_message *message, kernel_take take,
		       void *argument, struct kernel_answer *answer,
		       struct fault *fault);
/* Gives what has come to @take. Returns 0 if nothing (more) is there, 1 if there
 * may be more, -ENOBUFS if the kernel has dropped notices.
 */
int kernel_socket_read(struct kernel_socket *socket, kernel_take take,
		       void *argument);

#endif
