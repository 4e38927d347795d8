/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From attributes to objects. */
#ifndef _CLI_DECODE_H
#define _CLI_DECODE_H

#include <stdbool.h>

#include <netlink/msg.h>

#include "objects.h"

/*
 * Each reads a message of the family and returns false if it is not what the
 * specification promises.
 */
bool decode_group(struct nlmsghdr *header, struct group *group);
bool decode_key(struct nlmsghdr *header, struct key *key);
bool decode_sender(struct nlmsghdr *header, struct sender *sender);
bool decode_stats(struct nlmsghdr *header, struct stats *stats);
bool decode_event(struct nlmsghdr *header, struct event *event);

#endif /* _CLI_DECODE_H */
