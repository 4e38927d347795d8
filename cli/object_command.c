// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode.h"
#include "netlink.h"
#include "object_command.h"

int object_command(const struct arguments *args, uint8_t command,
		   bool (*encode)(struct nl_msg *msg,
				  const struct arguments *args),
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
	    (!encode || encode(msg, args))) {
		code = netlink_call(&netlink, msg, NULL, NULL, &answer,
				    problem);
	} else {
		netlink_message_free(msg);
		code = problem_set(problem, EXIT_CODE_REFUSED, "out of memory");
	}
	netlink_close(&netlink);
	return code;
}
