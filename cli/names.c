// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of the values of the netlink interface, from its specification. */
#include <stdio.h>
#include <string.h>

#include <linux/mbsec.h>
#include <mbsec/netlink-names.h>

#include "names.h"

#define NAME(constant, name) { constant, name },
#define NAME_LIST(list, NAMES)                                     \
	static const struct name list##_table[] = { NAMES(NAME) }; \
	const struct name_list list = {                            \
		list##_table,                                      \
		sizeof(list##_table) / sizeof(list##_table[0]),    \
	}

NAME_LIST(format_names, MBSEC_FORMAT_NAMES);
NAME_LIST(suite_names, MBSEC_SUITE_NAMES);
NAME_LIST(policy_names, MBSEC_POLICY_NAMES);
NAME_LIST(direction_names, MBSEC_DIRECTION_NAMES);
NAME_LIST(role_names, MBSEC_ROLE_NAMES);
NAME_LIST(key_state_names, MBSEC_KEY_STATE_NAMES);
NAME_LIST(event_type_names, MBSEC_EVENT_TYPE_NAMES);
NAME_LIST(limit_names, MBSEC_LIMIT_NAMES);
NAME_LIST(counter_names, MBSEC_COUNTERS_NAMES);

bool names_value(const struct name_list *list, const char *text,
		 uint32_t *value)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->names[i].text, text))
			continue;
		*value = list->names[i].value;
		return true;
	}
	return false;
}

const char *names_text(const struct name_list *list, uint32_t value)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->names[i].value == value)
			return list->names[i].text;
	return NULL;
}

void names_join(const struct name_list *list, char *text, size_t size)
{
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < list->count && length < size; i++)
		length += snprintf(text + length, size - length, "%s%s",
				   i ? ", " : "", list->names[i].text);
}
