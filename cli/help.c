// SPDX-License-Identifier: GPL-2.0-or-later
/* Usage texts, made from the table of commands. */
#include <stdarg.h>
#include <string.h>

#include "help.h"
#include "names.h"

#define HELP_WIDTH 79
#define HELP_INDENT 12

/* Words are put on a line until it is full; column is where the next starts. */
static void word_put(FILE *stream, int *column, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void word_put(FILE *stream, int *column, const char *format, ...)
{
	char word[128];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(word, sizeof(word), format, args);
	va_end(args);
	if (*column + 1 + length > HELP_WIDTH) {
		fprintf(stream, "\n%*s", HELP_INDENT, "");
		*column = HELP_INDENT;
	} else if (*column) {
		fputc(' ', stream);
		(*column)++;
	}
	fputs(word, stream);
	*column += length;
}

/* One keyword with what belongs to it: "port N", "{tx|rx}". */
static void keyword_format(char *text, size_t size, size_t first, size_t end)
{
	const struct keyword *keyword = &keywords[first];
	size_t length;

	if (end == first + 1) {
		snprintf(text, size, "%s%s%s", keyword->name,
			 keyword->value ? " " : "",
			 keyword->value ? keyword->value : "");
		return;
	}
	length = snprintf(text, size, "{%s", keyword->name);
	while (++first < end && length < size)
		length += snprintf(text + length, size - length, "|%s",
				   keywords[first].name);
	if (length < size)
		snprintf(text + length, size - length, "}");
}

static size_t keyword_end(size_t first)
{
	size_t end = first + 1;

	while (end < keyword_count && keywords[end].id == keywords[first].id)
		end++;
	return end;
}

/* -j is for what prints something. */
static bool command_prints(const struct command *command)
{
	return command->grammar.address != ADDRESS_REQUIRED &&
	       command->grammar.address != OPERAND_FILE &&
	       strcmp(command->object, "flush");
}

static void options_put(FILE *stream, const struct command *command,
			int *column)
{
	for (size_t i = 0; i < option_word_count; i++) {
		const struct option_word *known = &option_words[i];

		/* One for very many commands: the overview has it. */
		if (known->option == OPTION_SOCKET)
			continue;
		if (known->option == OPTION_JSON ?
			    command_prints(command) :
			    command->grammar.options & known->option)
			word_put(stream, column, "[%s]",
				 known->letter ? known->letter : known->word);
	}
}

static void control_put(FILE *stream, const struct control_grammar *grammar,
			int *column)
{
	for (size_t i = 0; i < grammar->count; i++) {
		const struct control_word *word = &grammar->words[i];
		const char *name = word->name ? word->name : "";
		const char *value = word->value ? word->value : "";
		const char *blank = *name && *value ? " " : "";
		bool either = i + 1 < grammar->count &&
			      word[1].required == CONTROL_INSTEAD;

		if (either)
			word_put(stream, column, "{%s%s%s|%s %s}", name, blank,
				 value, word[1].name, word[1].value);
		else if (word->required == CONTROL_REQUIRED)
			word_put(stream, column, "%s%s%s", name, blank, value);
		else if (word->required == CONTROL_OPTIONAL)
			word_put(stream, column, "[%s%s%s]", name, blank,
				 value);
	}
}

static const char *operand_name(const struct grammar *grammar)
{
	return grammar->address == OPERAND_OCTETS ? "HEX|-" :
	       grammar->address == OPERAND_TEXT	  ? "TEXT|-" :
	       grammar->address == OPERAND_FILE	  ? "FILE" :
						    "ADDR";
}

void help_usage(FILE *stream, const struct command *command, int column)
{
	const struct grammar *grammar = &command->grammar;
	char text[128];
	size_t end;

	word_put(stream, &column, "%s", command->object);
	if (command->verb)
		word_put(stream, &column, "%s", command->verb);
	if (grammar->control)
		control_put(stream, grammar->control, &column);
	if (grammar->address == ADDRESS_REQUIRED)
		word_put(stream, &column, "ADDR");
	else if (grammar->address == ADDRESS_OPTIONAL)
		word_put(stream, &column, "[ADDR");
	else if (grammar->address != ADDRESS_NONE)
		word_put(stream, &column, "%s", operand_name(grammar));
	for (size_t i = 0; i < keyword_count; i = end) {
		uint32_t bit = 1u << keywords[i].id;

		end = keyword_end(i);
		keyword_format(text, sizeof(text), i, end);
		if (grammar->required & bit)
			word_put(stream, &column, "%s", text);
		else if (grammar->optional & bit)
			word_put(stream, &column, "[%s]", text);
	}
	if (grammar->address == ADDRESS_OPTIONAL)
		fputc(']', stream);
	options_put(stream, command, &column);
}

static void choices_print(FILE *stream, const struct keyword *keyword)
{
	if (keyword->id != KEYWORD_SUITE)
		return;
	for (size_t i = 0; i < suite_names.count; i++)
		fprintf(stream, "  %-18s%s\n", "", suite_names.names[i].text);
}

static void operand_print(FILE *stream, const struct grammar *grammar)
{
	static const char *const summaries[] = {
		[ADDRESS_OPTIONAL] = "multicast address, IPv4 or IPv6",
		[ADDRESS_REQUIRED] = "multicast address, IPv4 or IPv6",
		[OPERAND_OCTETS] =
			"the message, blanks and colons allowed; - for standard input",
		[OPERAND_TEXT] =
			"header lines or an HTTP message; - for standard input",
		[OPERAND_FILE] = "the file to be made; it must not exist",
	};

	if (grammar->address != ADDRESS_NONE)
		fprintf(stream, "  %-18s%s\n", operand_name(grammar),
			summaries[grammar->address]);
}

static void term_print(FILE *stream, const char *text, const char *summary)
{
	if (strlen(text) < 18)
		fprintf(stream, "  %-18s%s\n", text, summary);
	else
		fprintf(stream, "  %s\n  %-18s%s\n", text, "", summary);
}

static void control_print(FILE *stream, const struct control_grammar *grammar)
{
	if (grammar->count)
		fputc('\n', stream);
	for (size_t i = 0; i < grammar->count; i++) {
		const struct control_word *word = &grammar->words[i];
		char text[128];

		snprintf(text, sizeof(text), "%s%s%s",
			 word->name ? word->name : "",
			 word->name && word->value ? " " : "",
			 word->value ? word->value : "");
		term_print(stream, text, word->summary);
	}
}

static void command_print(FILE *stream, const struct command *command)
{
	uint32_t usable = command->grammar.required | command->grammar.optional;

	fputs("Usage: mbsec", stream);
	help_usage(stream, command, strlen("Usage: mbsec"));
	fprintf(stream, "\n\n%s%s%s: %s.\n", command->object,
		command->verb ? " " : "", command->verb ? command->verb : "",
		command->summary);
	if (usable)
		fputc('\n', stream);
	if (command->grammar.control)
		control_print(stream, command->grammar.control);
	operand_print(stream, &command->grammar);
	for (size_t i = 0; i < keyword_count; i++) {
		char text[128];

		if (!(usable & 1u << keywords[i].id))
			continue;
		keyword_format(text, sizeof(text), i, i + 1);
		term_print(stream, text, keywords[i].summary);
		choices_print(stream, &keywords[i]);
	}
	for (size_t i = 0; i < option_word_count; i++)
		if (command->grammar.options & option_words[i].option)
			fprintf(stream, "  %s%s%s\n  %-18s%s\n",
				option_words[i].word,
				option_words[i].value ? " " : "",
				option_words[i].value ? option_words[i].value :
							"",
				"", option_words[i].summary);
}

static void overview_print(FILE *stream, const char *object)
{
	fputs("Usage:\n", stream);
	for (size_t i = 0; i < command_count; i++) {
		if (object && strcmp(commands[i].object, object))
			continue;
		fputs("  mbsec", stream);
		help_usage(stream, &commands[i], strlen("  mbsec"));
		fputc('\n', stream);
	}
	if (object)
		return;
	fputs("  mbsec help [OBJECT [VERB]]\n\n"
	      "Protects multicast UDP with MBMS traffic keys, in the kernel, and manages\n"
	      "the keys by mbsecd.\n\n",
	      stream);
	for (size_t i = 0; i < option_word_count; i++) {
		char text[64];

		snprintf(text, sizeof(text), "%s%s%s", option_words[i].word,
			 option_words[i].value ? " " : "",
			 option_words[i].value ? option_words[i].value : "");
		fprintf(stream, "  %-3s %-26s%s\n",
			option_words[i].letter ? option_words[i].letter : "",
			text, option_words[i].summary);
	}
	fputs("\nmbsec(8) has it all, with examples and the exit codes.\n",
	      stream);
}

void help_print(FILE *stream, const char *object, const char *verb)
{
	for (size_t i = 0; object && i < command_count; i++) {
		const struct command *command = &commands[i];

		if (strcmp(command->object, object))
			continue;
		if (command->verb && (!verb || strcmp(command->verb, verb)))
			continue;
		command_print(stream, command);
		return;
	}
	overview_print(stream, object);
}
