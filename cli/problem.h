/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What went wrong: one sentence for the user, and the exit code. */
#ifndef _CLI_PROBLEM_H
#define _CLI_PROBLEM_H

/* Documented in mbsec(8), scripts rely on them. */
enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_REFUSED = 1,
	EXIT_CODE_USAGE = 2,
	EXIT_CODE_NO_MODULE = 3,
	EXIT_CODE_NONCE_REUSE = 4,
	EXIT_CODE_NO_DAEMON = 5,
};

struct problem {
	char sentence[768];
};

/* Functions that can fail return 0 or the exit code that is set here. */
int problem_set(struct problem *problem, enum exit_code code,
		const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A sentence that is no reason to stop. */
void problem_warn(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif /* _CLI_PROBLEM_H */
