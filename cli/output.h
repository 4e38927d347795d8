/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for people: headings, fields, counters; colour on a terminal. */
#ifndef _CLI_OUTPUT_H
#define _CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "names.h"
#include "objects.h"

#define OUTPUT_GOOD "\033[32m"
#define OUTPUT_BAD "\033[31m"
#define OUTPUT_STRONG "\033[1m"

/* "" instead of a colour if there is to be none. */
const char *output_colour(const char *colour);
const char *output_plain(void);

/* Control characters and others that could disturb a terminal become '?'. */
const char *output_clean(const char *text, char *clean, size_t size);

/* "label: value" as the first line of an object, and below it. */
void output_heading(const char *label, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void output_field(const char *label, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* With a label of their own; those that are not 0, in a column. */
void output_counters(const struct counters *counters);

/* The name of a value, or its number if it has none. */
#define OUTPUT_NAME_SIZE 48
const char *output_name(const struct name_list *list, uint32_t value,
			char text[static OUTPUT_NAME_SIZE]);

/* "239.1.1.1 port 5000 src 10.0.0.1" */
#define OUTPUT_GROUP_SIZE (2 * ADDRESS_TEXT_SIZE + 32)
const char *output_group(const struct group_id *id,
			 char text[static OUTPUT_GROUP_SIZE]);
/* "tx msk-id 00000001 mtk-id 1 sender 0x0100", as far as it is known */
#define OUTPUT_KEY_SIZE 96
const char *output_key(const struct key *key,
		       char text[static OUTPUT_KEY_SIZE]);

/* All of the text is with the reader, or this says why not. */
int output_finish(struct problem *problem);

#endif /* _CLI_OUTPUT_H */
