/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments of control commands. Each returns 0, or -1 and a sentence that begins
 * with the name of the argument.
 */
#ifndef MBSEC_DAEMON_CTL_VALUE_H
#define MBSEC_DAEMON_CTL_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/fault.h"
#include "core/secret.h"

/* Refuses an argument that is not in @names, which ends with NULL. */
int ctl_value_check(const json_t *arguments, const char *const *names,
		    struct fault *fault);
/* A string that is not empty; the arguments'. */
int ctl_value_text(const json_t *arguments, const char *name, const char **text,
		   struct fault *fault);
/* Left as it is if the argument is not there. */
int ctl_value_text_or(const json_t *arguments, const char *name,
		      const char **text, struct fault *fault);
/* A whole number, or left as it is if the argument is not there. */
int ctl_value_number_or(const json_t *arguments, const char *name, uint64_t min,
			uint64_t max, uint64_t *number, struct fault *fault);
int ctl_value_boolean_or(const json_t *arguments, const char *name, bool *value,
			 struct fault *fault);
/* @size octets as hex digits, which are wiped in the arguments. The caller clears
 * @key.
 */
int ctl_value_key(json_t *arguments, const char *name, size_t size,
		  struct secret *key, struct fault *fault);

#endif
