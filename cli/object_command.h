/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands on one group, or on something of it, that have no answer. */
#ifndef _CLI_OBJECT_COMMAND_H
#define _CLI_OBJECT_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include <netlink/msg.h>

#include "args.h"
#include "problem.h"

/* Sends @command with the identity of the group and what @encode adds, which may be
 * NULL; an exit code.
 */
int object_command(const struct arguments *args, uint8_t command,
		   bool (*encode)(struct nl_msg *msg,
				  const struct arguments *args),
		   struct problem *problem);

#endif /* _CLI_OBJECT_COMMAND_H */
