/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Usage texts, made from the table of commands. */
#ifndef _CLI_HELP_H
#define _CLI_HELP_H

#include <stdio.h>

#include "command.h"

/* One line without its end: "group del ADDR [port N] [src ADDR]". */
void help_usage(FILE *stream, const struct command *command, int column);
/* All commands; those of an object; or one command in full. */
void help_print(FILE *stream, const char *object, const char *verb);

#endif /* _CLI_HELP_H */
