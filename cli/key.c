// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands on keys that are there: activate, delete. */
#include <linux/mbsec.h>

#include "command.h"
#include "encode.h"
#include "netlink.h"

static int key_command(const struct arguments *args, uint8_t command,
		       struct problem *problem)
{
	struct netlink_answer answer;
	struct netlink netlink;
	struct nl_msg *msg;
	int code;

	code = netlink_open(&netlink, problem);
	if (code)
		return code;
	msg = netlink_message(&netlink, command, 0);
	if (msg && encode_group_id(msg, &args->group) &&
	    encode_key_id(msg, args)) {
		code = netlink_call(&netlink, msg, NULL, NULL, &answer,
				    problem);
	} else {
		netlink_message_free(msg);
		code = problem_set(problem, EXIT_CODE_REFUSED, "out of memory");
	}
	netlink_close(&netlink);
	return code;
}

int key_activate(const struct arguments *args, struct problem *problem)
{
	return key_command(args, MBSEC_CMD_KEY_ACTIVATE, problem);
}

int key_del(const struct arguments *args, struct problem *problem)
{
	return key_command(args, MBSEC_CMD_KEY_DEL, problem);
}
