// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "ctl_line.h"

static int read_members(json_t *object, struct fault *fault)
{
	static const char *const names[] = { "version", "id", "command",
					     "arguments" };
	const char *name;
	json_t *value;
	size_t i;

	json_object_foreach(object, name, value)
	{
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (!strcmp(name, names[i]))
				break;
		if (i == sizeof(names) / sizeof(names[0]))
			return fault_set(
				fault, FAULT_MALFORMED,
				"a request has version, id, command and "
				"arguments, and nothing else");
	}
	return 0;
}

static int read_version(const json_t *object, struct fault *fault)
{
	const json_t *version = json_object_get(object, "version");

	if (!json_is_integer(version))
		return fault_set(fault, FAULT_MALFORMED,
				 "version: missing or not a number");
	if (json_integer_value(version) != CTL_VERSION)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "version: we speak version %d", CTL_VERSION);
	return 0;
}

static int read_id(const json_t *object, struct ctl_line *line,
		   struct fault *fault)
{
	const json_t *id = json_object_get(object, "id");

	if (!id)
		return 0;
	if (!json_is_integer(id))
		return fault_set(fault, FAULT_MALFORMED,
				 "id: not a whole number");
	line->id = json_integer_value(id);
	line->has_id = true;
	return 0;
}

static int read_command(const json_t *object, struct ctl_line *line,
			struct fault *fault)
{
	const json_t *command = json_object_get(object, "command");
	const char *text = json_string_value(command);
	size_t size = json_string_length(command);

	if (!text || !size)
		return fault_set(fault, FAULT_MALFORMED,
				 "command: missing or not a string");
	/* It goes into log lines and answers as it is. */
	if (size >= sizeof(line->command) ||
	    strspn(text, "abcdefghijklmnopqrstuvwxyz -") != size)
		return fault_set(fault, FAULT_MALFORMED,
				 "command: not lower-case words");
	memcpy(line->command, text, size + 1);
	return 0;
}

static int read_arguments(json_t *object, struct ctl_line *line,
			  struct fault *fault)
{
	json_t *arguments = json_object_get(object, "arguments");

	if (arguments && !json_is_object(arguments))
		return fault_set(fault, FAULT_MALFORMED,
				 "arguments: not an object");
	line->arguments = arguments ? json_incref(arguments) : json_object();
	if (!line->arguments)
		return fault_set(fault, FAULT_MEMORY, "no memory");
	return 0;
}

int ctl_line_parse(const char *text, size_t size, struct ctl_line *line,
		   struct fault *fault)
{
	json_error_t error;
	json_t *object;
	int status = -1;

	*line = (struct ctl_line){ 0 };
	if (size > CTL_LINE_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "a line has at most %d octets", CTL_LINE_MAX);
	object = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	/* The text of @error may quote a key: its place has to do. */
	if (!object)
		return fault_set(fault, FAULT_MALFORMED,
				 "not a JSON object (at octet %d of the line)",
				 error.position);
	if (!json_is_object(object))
		fault_set(fault, FAULT_MALFORMED, "not a JSON object");
	else if (!read_id(object, line, fault) &&
		 !read_members(object, fault) && !read_version(object, fault) &&
		 !read_command(object, line, fault))
		status = read_arguments(object, line, fault);
	json_decref(object);
	return status;
}

void ctl_line_clear(struct ctl_line *line)
{
	json_decref(line->arguments);
	line->arguments = NULL;
}
