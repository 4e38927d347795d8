// SPDX-License-Identifier: GPL-2.0-or-later
/* Text for people: headings, fields, counters; colour on a terminal. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"

static bool colour_is_wanted(void)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	if (no_colour && *no_colour)
		return false;
	return terminal && strcmp(terminal, "dumb") && isatty(STDOUT_FILENO);
}

const char *output_colour(const char *colour)
{
	return colour_is_wanted() ? colour : "";
}

const char *output_plain(void)
{
	return output_colour("\033[0m");
}

const char *output_clean(const char *text, char *clean, size_t size)
{
	size_t i;

	for (i = 0; text[i] && i + 1 < size; i++)
		clean[i] = text[i] > ' ' && text[i] <= '~' ? text[i] : '?';
	clean[i] = '\0';
	return clean;
}

void output_heading(const char *label, const char *format, ...)
{
	va_list args;

	printf("%s%s%s: ", output_colour(OUTPUT_STRONG OUTPUT_GOOD), label,
	       output_plain());
	fputs(output_colour(OUTPUT_GOOD), stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("%s\n", output_plain());
}

void output_field(const char *label, const char *format, ...)
{
	va_list args;

	printf("  %s%s%s: ", output_colour(OUTPUT_STRONG), label,
	       output_plain());
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static bool counter_is_drop(const char *name)
{
	return !strncmp(name, "tx-drop-", 8) || !strncmp(name, "rx-drop-", 8);
}

void output_counters(const struct counters *counters)
{
	bool any = false;

	printf("  %scounters%s:\n", output_colour(OUTPUT_STRONG),
	       output_plain());
	for (size_t i = 0; i < counter_names.count; i++) {
		const struct name *name = &counter_names.names[i];
		uint64_t value = counters->value[name->value];

		if (!value)
			continue;
		any = true;
		printf("    %-28s%s%20" PRIu64 "%s\n", name->text,
		       counter_is_drop(name->text) ? output_colour(OUTPUT_BAD) :
						     "",
		       value, output_plain());
	}
	if (!any)
		puts("    all 0");
}

const char *output_name(const struct name_list *list, uint32_t value,
			char text[static OUTPUT_NAME_SIZE])
{
	const char *name = names_text(list, value);

	if (name)
		return name;
	snprintf(text, OUTPUT_NAME_SIZE, "unknown (%" PRIu32 ")", value);
	return text;
}

const char *output_group(const struct group_id *id,
			 char text[static OUTPUT_GROUP_SIZE])
{
	char address[ADDRESS_TEXT_SIZE];
	char source[ADDRESS_TEXT_SIZE];
	char port[PORT_TEXT_SIZE];
	bool any = id->source.family == AF_UNSPEC;

	snprintf(text, OUTPUT_GROUP_SIZE, "%s port %s%s%s",
		 address_format(&id->address, address),
		 port_format(id->port, port), any ? "" : " src ",
		 any ? "" : address_format(&id->source, source));
	return text;
}

const char *output_key(const struct key *key, char text[static OUTPUT_KEY_SIZE])
{
	char name[OUTPUT_NAME_SIZE];
	size_t length = 0;

	text[0] = '\0';
	if (key->role.known)
		length = snprintf(text, OUTPUT_KEY_SIZE, "%s",
				  output_name(&role_names, key->role.value,
					      name));
	if (key->msk_id.known)
		length += snprintf(text + length, OUTPUT_KEY_SIZE - length,
				   "%smsk-id %08" PRIx32, length ? " " : "",
				   (uint32_t)key->msk_id.value);
	if (key->mtk_id.known)
		length += snprintf(text + length, OUTPUT_KEY_SIZE - length,
				   " mtk-id %u", (uint16_t)key->mtk_id.value);
	if (key->sender_id.known)
		snprintf(text + length, OUTPUT_KEY_SIZE - length,
			 " sender 0x%04x", (uint16_t)key->sender_id.value);
	return text;
}

int output_finish(struct problem *problem)
{
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	return problem_set(problem, EXIT_CODE_REFUSED,
			   "cannot write the output: %s", strerror(errno));
}
