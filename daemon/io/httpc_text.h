/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers and body of an answer as they grow; httpc.c only. */
#ifndef MBSEC_DAEMON_HTTPC_TEXT_H
#define MBSEC_DAEMON_HTTPC_TEXT_H

#include "httpc.h"

/**
 * struct httpc_text - a growing text; it may hold keys, so no copy stays behind
 */
struct httpc_text {
	char *data;
	size_t size;
	size_t room;
};

/* false without memory. */
bool httpc_text_add(struct httpc_text *text, const char *data, size_t size);
/* Wipes. */
void httpc_text_free(struct httpc_text *text);
/* @headers are lines "name: value", each with a NUL. Joins the values of all that
 * are called @name by ", ": their number is returned, the length of it all is in
 * @size, and it is written if @out is not NULL.
 */
unsigned int httpc_values_join(const struct httpc_text *headers,
			       const char *name, char *out, size_t *size);

#endif
