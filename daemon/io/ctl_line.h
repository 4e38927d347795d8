/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request line of the control socket, taken apart. */
#ifndef MBSEC_DAEMON_CTL_LINE_H
#define MBSEC_DAEMON_CTL_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/fault.h"

/* Octets of a line without its end. */
#define CTL_LINE_MAX 65535
#define CTL_COMMAND_SIZE 48
#define CTL_VERSION 1

/**
 * struct ctl_line - what a request says
 * @id: the peer's number for it, 0 if it has none
 * @has_id: answers carry @id, else null
 * @command: lower-case words with a blank between, or empty
 * @arguments: an object, ours; NULL if the line was refused
 */
struct ctl_line {
	json_int_t id;
	bool has_id;
	char command[CTL_COMMAND_SIZE];
	json_t *arguments;
};

/* Returns 0, or -1 and a sentence; @id is there even then, if it could be read.
 * @text needs no NUL and stays the caller's to wipe.
 */
int ctl_line_parse(const char *text, size_t size, struct ctl_line *line,
		   struct fault *fault);
/* Gives up the arguments. */
void ctl_line_clear(struct ctl_line *line);

#endif
