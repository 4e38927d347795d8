/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of groups, keys and senders as the kernel has them. */
#ifndef _CLI_LOOKUP_H
#define _CLI_LOOKUP_H

#include <stddef.h>

#include "args.h"
#include "netlink.h"
#include "objects.h"

struct group_list {
	struct group *groups;
	size_t count;
};

struct key_list {
	struct key *keys;
	size_t count;
};

struct sender_list {
	struct sender *senders;
	size_t count;
};

int lookup_groups(struct netlink *netlink, struct group_list *list,
		  struct problem *problem);
int lookup_keys(struct netlink *netlink, struct key_list *list,
		struct problem *problem);
int lookup_senders(struct netlink *netlink, struct sender_list *list,
		   struct problem *problem);

/* Does the group have the address, port and source that were given? */
bool lookup_matches(const struct arguments *args, const struct group_id *id);

/*
 * The group that a key command means: exactly the one named, or without a
 * source the only one with the address and port.
 */
int lookup_resolve(const struct group_list *list, const struct group_id *id,
		   const struct group **group, struct problem *problem);

#endif /* _CLI_LOOKUP_H */
