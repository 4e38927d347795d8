/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bodies of Zh as JSON (docs/protocols/gba.rst), for both of its ends. */
#ifndef MBSEC_DAEMON_ZH_JSON_H
#define MBSEC_DAEMON_ZH_JSON_H

#include <jansson.h>

#include "roles/zh.h"

/* New, or NULL without memory. */
json_t *zh_json_question(const char *impi, const struct zh_resync *resync);
/* @impi is in @question; @has_resync says whether @resync is filled. Returns 0 or
 * -1.
 */
int zh_json_read_question(const json_t *question, const char **impi,
			  struct zh_resync *resync, bool *has_resync,
			  struct fault *fault);
/* New, with its keys wrapped, or NULL and a fault. */
json_t *zh_json_vector(const struct zh_vector *vector, const char *impi,
		       const struct secret *wrapping, struct fault *fault);
/* The caller clears @vector->aka in any case. Returns 0 or -1. */
int zh_json_read_vector(const json_t *answer, const char *impi,
			const struct secret *wrapping, struct zh_vector *vector,
			struct fault *fault);

#endif
