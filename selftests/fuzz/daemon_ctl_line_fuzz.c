// SPDX-License-Identifier: GPL-2.0-or-later
/* Request lines of the control socket. */
#include <jansson.h>

#include "core/text.h"
#include "fuzz.h"
#include "io/ctl_line.h"

static void check_refused(const struct ctl_line *line,
			  const struct fault *fault)
{
	size_t length = strlen(fault->text);

	fuzz_check(fault->code != FAULT_NONE);
	fuzz_check(length && text_is_plain(fault->text, length));
	fuzz_check(!line->arguments);
}

/* What was taken is what another reader of JSON finds in it. */
static void check_taken(const struct ctl_line *line, const void *text,
			size_t size)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz -";
	json_t *object = json_loadb(text, size, 0, NULL), *arguments;
	size_t length = strlen(line->command);

	fuzz_check(json_is_object(object));
	fuzz_check(length && length < CTL_COMMAND_SIZE);
	fuzz_check(strspn(line->command, good) == length);
	fuzz_check(
		!strcmp(json_string_value(json_object_get(object, "command")),
			line->command));
	fuzz_check(line->has_id == !!json_object_get(object, "id"));
	fuzz_check(json_integer_value(json_object_get(object, "id")) ==
		   line->id);
	fuzz_check(json_is_object(line->arguments));
	arguments = json_object_get(object, "arguments");
	fuzz_check(arguments ? json_equal(arguments, line->arguments) :
			       !json_object_size(line->arguments));
	json_decref(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *text = fuzz_copy(data, size);
	struct fault fault = { 0 };
	struct ctl_line line;

	if (ctl_line_parse(text, size, &line, &fault))
		check_refused(&line, &fault);
	else
		check_taken(&line, text, size);
	ctl_line_clear(&line);
	fuzz_check(!line.arguments);
	free(text);
	return 0;
}
