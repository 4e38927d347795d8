/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events as lines. */
#ifndef _CLI_EVENT_H
#define _CLI_EVENT_H

#include <stdbool.h>

#include <jansson.h>

#include "objects.h"
#include "problem.h"

/* Each prints one line, at once. */
int event_print(const struct event *event, bool json, struct problem *problem);
/* One that mbsecd tells, an object with a "type". */
int event_print_daemon(const json_t *event, bool json, struct problem *problem);
/* Events came faster than they were read. */
int event_print_lost(bool json, struct problem *problem);

#endif /* _CLI_EVENT_H */
