/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of the values of the netlink interface, from its specification. */
#ifndef _CLI_NAMES_H
#define _CLI_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct name {
	uint32_t value;
	const char *text;
};

struct name_list {
	const struct name *names;
	size_t count;
};

extern const struct name_list format_names;
extern const struct name_list suite_names;
extern const struct name_list policy_names;
extern const struct name_list direction_names;
extern const struct name_list role_names;
extern const struct name_list key_state_names;
extern const struct name_list event_type_names;
extern const struct name_list limit_names;
extern const struct name_list counter_names;

bool names_value(const struct name_list *list, const char *text,
		 uint32_t *value);
/* The name, or NULL: a newer module may have values that are unknown here. */
const char *names_text(const struct name_list *list, uint32_t value);
/* All names, with commas. */
void names_join(const struct name_list *list, char *text, size_t size);

#endif /* _CLI_NAMES_H */
