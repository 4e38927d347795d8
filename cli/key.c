// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands on keys that are there: activate, delete. */
#include <linux/mbsec.h>

#include "command.h"
#include "encode.h"
#include "object_command.h"

int key_activate(const struct arguments *args, struct problem *problem)
{
	return object_command(args, MBSEC_CMD_KEY_ACTIVATE, encode_key_id,
			      problem);
}

int key_del(const struct arguments *args, struct problem *problem)
{
	return object_command(args, MBSEC_CMD_KEY_DEL, encode_key_id, problem);
}
