// SPDX-License-Identifier: GPL-2.0-or-later
/* Deletes all groups and keys of the network namespace. */
#include <linux/mbsec.h>

#include "command.h"
#include "netlink.h"

int flush_all(const struct arguments *args __attribute__((unused)),
	      struct problem *problem)
{
	struct netlink_answer answer;
	struct netlink netlink;
	struct nl_msg *msg;
	int code;

	code = netlink_open(&netlink, problem);
	if (code)
		return code;
	msg = netlink_message(&netlink, MBSEC_CMD_FLUSH, 0);
	code = msg ? netlink_call(&netlink, msg, NULL, NULL, &answer, problem) :
		     problem_set(problem, EXIT_CODE_REFUSED, "out of memory");
	netlink_close(&netlink);
	return code;
}
