/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generic netlink socket: calls, dumps, events, error sentences. */
#ifndef _CLI_NETLINK_H
#define _CLI_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netlink/msg.h>
#include <netlink/socket.h>

#include "problem.h"

struct netlink {
	struct nl_sock *socket;
	int family;
};

/* What the kernel said: 0 or a positive errno, and its sentence or "". */
struct netlink_answer {
	int error;
	char sentence[512];
};

int netlink_open(struct netlink *netlink, struct problem *problem);
void netlink_close(struct netlink *netlink);

struct nl_msg *netlink_message(const struct netlink *netlink, uint8_t command,
			       int flags);
/* Wipes the message: it may hold keys. NULL is fine. */
void netlink_message_free(struct nl_msg *msg);

typedef bool (*netlink_take)(struct nlmsghdr *header, void *argument);

/* Values of netlink_answer.error beside errnos. */
#define NETLINK_NOT_SENT (-1) /* the kernel cannot have acted */
#define NETLINK_NO_ANSWER INT32_MAX /* the kernel may have acted */

/*
 * Sends a message and waits for the answer, replies go to take. The message is
 * wiped and freed in any case.
 */
int netlink_call(struct netlink *netlink, struct nl_msg *msg, netlink_take take,
		 void *argument, struct netlink_answer *answer,
		 struct problem *problem);

/* As above, for all objects of a kind; restart forgets what was taken. */
int netlink_dump(struct netlink *netlink, uint8_t command, netlink_take take,
		 void (*restart)(void *argument), void *argument,
		 struct problem *problem);

/* Reads an NLMSG_ERROR or NLMSG_DONE message. */
void netlink_answer_parse(const struct nlmsghdr *header,
			  struct netlink_answer *answer);

#endif /* _CLI_NETLINK_H */
