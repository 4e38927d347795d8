/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands: one table for running, usage texts and completion. */
#ifndef _CLI_COMMAND_H
#define _CLI_COMMAND_H

#include "args.h"
#include "problem.h"

struct command {
	const char *object;
	const char *verb; /* NULL if the object has none */
	const char *summary;
	struct grammar grammar;
	int (*run)(const struct arguments *args, struct problem *problem);
};

extern const struct command commands[];
extern const size_t command_count;

/* command is NULL if help is wanted, on an object and verb or on all. */
struct invocation {
	const struct command *command;
	const char *object;
	const char *verb;
	struct arguments args;
};

int command_parse(int argc, char **argv, struct invocation *invocation,
		  struct problem *problem);

int group_add(const struct arguments *args, struct problem *problem);
int group_del(const struct arguments *args, struct problem *problem);
int group_show(const struct arguments *args, struct problem *problem);
int key_add(const struct arguments *args, struct problem *problem);
int key_activate(const struct arguments *args, struct problem *problem);
int key_del(const struct arguments *args, struct problem *problem);
int key_show(const struct arguments *args, struct problem *problem);
int sender_add(const struct arguments *args, struct problem *problem);
int sender_del(const struct arguments *args, struct problem *problem);
int sender_show(const struct arguments *args, struct problem *problem);
int flush_all(const struct arguments *args, struct problem *problem);
int stats_show(const struct arguments *args, struct problem *problem);
int monitor_events(const struct arguments *args, struct problem *problem);
int explain_mikey(const struct arguments *args, struct problem *problem);
int explain_nas5g(const struct arguments *args, struct problem *problem);
int explain_naseps(const struct arguments *args, struct problem *problem);
int explain_sframe(const struct arguments *args, struct problem *problem);
int explain_srtp(const struct arguments *args, struct problem *problem);
int explain_digest(const struct arguments *args, struct problem *problem);
int keylog_write(const struct arguments *args, struct problem *problem);
/* All commands of the key manager: asks mbsecd and shows what it says. */
int control_run(const struct arguments *args, struct problem *problem);
int version_show(const struct arguments *args, struct problem *problem);

#endif /* _CLI_COMMAND_H */
