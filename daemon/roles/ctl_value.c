// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <openssl/crypto.h>
#include <string.h>

#include "core/text.h"
#include "roles/ctl_value.h"

int ctl_value_check(const json_t *arguments, const char *const *names,
		    struct fault *fault)
{
	const char *const *known;
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)arguments, name, value)
	{
		for (known = names; *known && strcmp(*known, name); known++)
			;
		if (!*known)
			return fault_set(
				fault, FAULT_ARGUMENT,
				"%.40s: is no argument of this command", name);
	}
	return 0;
}

int ctl_value_text(const json_t *arguments, const char *name, const char **text,
		   struct fault *fault)
{
	*text = json_string_value(json_object_get(arguments, name));
	if (*text && **text)
		return 0;
	return fault_set(fault, FAULT_ARGUMENT,
			 "%s: missing; has to be a string", name);
}

int ctl_value_text_or(const json_t *arguments, const char *name,
		      const char **text, struct fault *fault)
{
	if (!json_object_get(arguments, name))
		return 0;
	return ctl_value_text(arguments, name, text, fault);
}

int ctl_value_number_or(const json_t *arguments, const char *name, uint64_t min,
			uint64_t max, uint64_t *number, struct fault *fault)
{
	const json_t *json = json_object_get(arguments, name);
	json_int_t value = json_integer_value(json);

	if (!json)
		return 0;
	if (json_is_integer(json) && value >= 0 && (uint64_t)value >= min &&
	    (uint64_t)value <= max) {
		*number = (uint64_t)value;
		return 0;
	}
	return fault_set(fault, FAULT_ARGUMENT,
			 "%s: has to be a number from %" PRIu64 " to %" PRIu64,
			 name, min, max);
}

int ctl_value_boolean_or(const json_t *arguments, const char *name, bool *value,
			 struct fault *fault)
{
	const json_t *json = json_object_get(arguments, name);

	if (!json)
		return 0;
	*value = json_is_true(json);
	if (json_is_boolean(json))
		return 0;
	return fault_set(fault, FAULT_ARGUMENT, "%s: has to be true or false",
			 name);
}

int ctl_value_key(json_t *arguments, const char *name, size_t size,
		  struct secret *key, struct fault *fault)
{
	json_t *json = json_object_get(arguments, name);
	const char *text = json_string_value(json);
	int status = -1;

	secret_clear(key);
	if (text && !secret_alloc(key, size) &&
	    text_hex_parse(text, json_string_length(json), key->bytes, size))
		status = 0;
	/* The value's own memory, which nobody else has. */
	if (text)
		OPENSSL_cleanse((char *)text, json_string_length(json));
	if (!status)
		return 0;
	secret_clear(key);
	return fault_set(fault, FAULT_ARGUMENT, "%s: has to be %zu hex digits",
			 name, 2 * size);
}
