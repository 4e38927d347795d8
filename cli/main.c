// SPDX-License-Identifier: GPL-2.0-or-later
/* mbsec: protection of multicast UDP with MBMS traffic keys. */
#include <stdio.h>

#include "command.h"
#include "help.h"
#include "output.h"

static int problem_print(const struct command *command,
			 const struct problem *problem, int code)
{
	fflush(stdout);
	fputs("mbsec: ", stderr);
	if (command)
		fprintf(stderr, "%s%s%s: ", command->object,
			command->verb ? " " : "",
			command->verb ? command->verb : "");
	fprintf(stderr, "%s\n", problem->sentence);
	return code;
}

int main(int argc, char **argv)
{
	struct invocation invocation;
	struct problem problem;
	int code;

	code = command_parse(argc, argv, &invocation, &problem);
	if (!code && invocation.command)
		code = invocation.command->run(&invocation.args, &problem);
	else if (!code)
		help_print(stdout, invocation.object, invocation.verb);
	if (!code)
		code = output_finish(&problem);
	return code ? problem_print(invocation.command, &problem, code) : 0;
}
