/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what the user said to attributes. */
#ifndef _CLI_ENCODE_H
#define _CLI_ENCODE_H

#include <stdbool.h>
#include <stdint.h>

#include <netlink/msg.h>

#include "args.h"
#include "derive.h"

/* Each returns false if the message has no room left. */
bool encode_group_id(struct nl_msg *msg, const struct group_id *id);
/* ifindex 0 is any interface. */
bool encode_group(struct nl_msg *msg, const struct arguments *args,
		  uint32_t ifindex);
/* The identity of a key, for commands on one that is there. */
bool encode_key_id(struct nl_msg *msg, const struct arguments *args);
bool encode_key(struct nl_msg *msg, const struct arguments *args,
		const struct session_keys *keys);
/* The identity of a sender, and with roc where it stands. */
bool encode_sender(struct nl_msg *msg, const struct arguments *args);

#endif /* _CLI_ENCODE_H */
