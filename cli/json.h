/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON values of the tool's own types. */
#ifndef _CLI_JSON_H
#define _CLI_JSON_H

#include <stdio.h>

#include <jansson.h>

#include "names.h"
#include "objects.h"

/* Octets that are not UTF-8 are replaced; text NULL gives null. */
json_t *json_text(const char *text);
json_t *json_number(uint64_t value);
json_t *json_maybe(struct maybe maybe);
/* As MSK IDs and SSRCs are written: 8 hex digits. */
json_t *json_maybe_hex8(struct maybe maybe);
/* A value that has no name is given as a number. */
json_t *json_name(const struct name_list *list, uint32_t value);
json_t *json_maybe_name(const struct name_list *list, struct maybe maybe);
json_t *json_counters(const struct counters *counters);

/* address, port, source */
void json_add_group_id(json_t *object, const struct group_id *id);
/* msk-id, mtk-id, sender-id, role */
void json_add_key_id(json_t *object, const struct key *key);

/* On lines of its own, or all on one line. value may be NULL: no memory. */
int json_print(json_t *value, struct problem *problem);
int json_print_line(json_t *value, struct problem *problem);

#endif /* _CLI_JSON_H */
