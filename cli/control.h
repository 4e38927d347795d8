/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control socket of mbsecd: a JSON object a line, in both directions. */
#ifndef _CLI_CONTROL_H
#define _CLI_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "args.h"
#include "problem.h"

#define CONTROL_PATH "/run/mbsec/mbsecd.sock"

/**
 * struct control - a connection
 * @data: what came and has not been read: @used octets, of which @done are
 */
struct control {
	int fd;
	char *data;
	size_t size;
	size_t used;
	size_t done;
};

/* Freed JSON values are wiped from here on. Before the first one is made. */
void control_protect(void);
/* --socket, MBSEC_SOCKET or the usual place; @chosen (may be NULL): one of the
 * first two.
 */
const char *control_path(const struct arguments *args, bool *chosen);
int control_open(struct control *control, const char *path,
		 struct problem *problem);
void control_close(struct control *control);
/* Takes over @arguments, which may be NULL for none. */
int control_send(struct control *control, const char *command,
		 json_t *arguments, struct problem *problem);
/* Reads once, waiting if there is nothing. */
int control_read(struct control *control, struct problem *problem);
/* The next whole line that was read, or NULL in @message. */
int control_next(struct control *control, json_t **message,
		 struct problem *problem);

/* control_request.c: takes the arguments from files and words. */
int control_arguments(const struct control_values *values, json_t **arguments,
		      struct problem *problem);

/* control_print.c: a result for people. */
void control_print(const json_t *result);
/* "name value name value", for the rest of a line; without what is named @skip. */
void control_print_members(const json_t *object, const char *skip);

/**
 * struct control_progress - how far a command is
 * @start: seconds since an unknown moment
 * @shown: there is a line of it on the terminal
 */
struct control_progress {
	double start;
	bool shown;
};

/* control_progress.c: on standard error, and only if that is a terminal. */
void control_progress_begin(struct control_progress *progress);
void control_progress_show(struct control_progress *progress,
			   const char *command, const json_t *report);
void control_progress_end(struct control_progress *progress);
/* "12 of 100, 12 %, 8 s left"; "" if the report does not say. */
#define CONTROL_PROGRESS_SIZE 96
const char *control_progress_text(const json_t *report, double elapsed,
				  char text[static CONTROL_PROGRESS_SIZE]);

#endif /* _CLI_CONTROL_H */
