// SPDX-License-Identifier: GPL-2.0-or-later
/* What went wrong: one sentence for the user, and the exit code. */
#include <stdarg.h>
#include <stdio.h>

#include "problem.h"

int problem_set(struct problem *problem, enum exit_code code,
		const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(problem->sentence, sizeof(problem->sentence), format, args);
	va_end(args);
	return code;
}

void problem_warn(const char *format, ...)
{
	va_list args;

	fputs("mbsec: warning: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}
