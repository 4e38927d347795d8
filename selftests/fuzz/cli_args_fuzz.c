// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line: a line of the input is a word. */
#include <linux/mbsec.h>

#include "command.h"
#include "fuzz.h"

#define WORDS_MAX 64

/* The commands themselves are of no use here: reading one must not run it. */
#define COMMAND(name)                                                   \
	int name(const struct arguments *args, struct problem *problem) \
	{                                                               \
		(void)args;                                             \
		(void)problem;                                          \
		fuzz_fail(#name " was run");                            \
	}

COMMAND(group_add)
COMMAND(group_del)
COMMAND(group_show)
COMMAND(key_add)
COMMAND(key_activate)
COMMAND(key_del)
COMMAND(key_show)
COMMAND(sender_add)
COMMAND(sender_del)
COMMAND(sender_show)
COMMAND(flush_all)
COMMAND(stats_show)
COMMAND(monitor_events)
COMMAND(control_run)
COMMAND(version_show)
COMMAND(explain_mikey)
COMMAND(explain_nas5g)
COMMAND(explain_naseps)
COMMAND(explain_sframe)
COMMAND(explain_srtp)
COMMAND(explain_digest)
COMMAND(keylog_write)

/* Each word is in memory of its own; argv ends with NULL as that of main(). */
static char **words_make(const uint8_t *data, size_t size, int *count)
{
	char *words[WORDS_MAX];
	char **argv;

	words[0] = strdup("mbsec");
	for (*count = 1; size && *count < WORDS_MAX; (*count)++) {
		const uint8_t *newline = memchr(data, '\n', size);
		size_t length = newline ? (size_t)(newline - data) : size;
		struct fuzz_input line = { data, length };

		words[*count] = fuzz_text(&line);
		length += !!newline;
		data += length;
		size -= length;
	}
	argv = malloc((*count + 1) * sizeof(*argv));
	fuzz_check(argv);
	memcpy(argv, words, *count * sizeof(*argv));
	argv[*count] = NULL;
	return argv;
}

static void words_free(char **argv, int count)
{
	while (count--)
		free(argv[count]);
	free(argv);
}

static bool given(const struct arguments *args, uint32_t keyword)
{
	return args->given & keyword;
}

static void check_values(const struct arguments *args)
{
	if (given(args, KEYWORD_BIT(SRC)))
		fuzz_check(args->group.source.family ==
			   args->group.address.family);
	if (given(args, KEYWORD_BIT(DEV)))
		fuzz_check(strnlen(args->device, IFNAMSIZ) - 1 < IFNAMSIZ - 1);
	if (given(args, KEYWORD_BIT(SENDER)))
		fuzz_check(args->sender_id >= MBSEC_SENDER_ID_MIN);
	if (given(args, KEYWORD_BIT(WINDOW)))
		fuzz_check(args->window >= MBSEC_WINDOW_MIN &&
			   args->window <= MBSEC_WINDOW_MAX);
	if (given(args, KEYWORD_BIT(ROLE)))
		fuzz_check(args->role == MBSEC_ROLE_TX ||
			   args->role == MBSEC_ROLE_RX);
	if (given(args, KEYWORD_BIT(KEY_FILE)))
		fuzz_check(args->key_file);
	if (given(args, KEYWORD_BIT(KEYS)))
		fuzz_check(args->keys);
	if (given(args, KEYWORD_BIT(ACTIVATE)))
		fuzz_check(args->role == MBSEC_ROLE_TX);
	if (given(args, KEYWORD_BIT(ROC_RATE)))
		fuzz_check(args->roc_rate && args->format == MBSEC_FORMAT_SRTP);
	if (given(args, KEYWORD_BIT(ROC_MODE)))
		fuzz_check(args->roc_mode >= 1 && args->roc_mode <= 3);
	if (given(args, KEYWORD_BIT(ALLOW_NO_INTEGRITY)))
		fuzz_check(given(args, KEYWORD_BIT(ROC_MODE)));
	for (size_t i = 0; i < ARGUMENTS_LIMITS; i++)
		if (given(args, 1u << (KEYWORD_SOFT_PACKETS + i)))
			fuzz_check(args->limits[i]);
}

/* The words of a command of the key manager, each with what it needs. */
static void check_control(const struct control_values *values)
{
	const struct control_grammar *grammar = values->grammar;

	fuzz_check(values->count <= CONTROL_VALUES_MAX);
	for (size_t i = 0; i < values->count; i++) {
		fuzz_check(values->word[i] >= grammar->words);
		fuzz_check(values->word[i] < grammar->words + grammar->count);
		fuzz_check(!values->word[i]->value == !values->value[i]);
		if (values->word[i]->type == CONTROL_OF_STREAM)
			fuzz_check(i);
	}
}

/* A command that would now be run has all that it needs and nothing else. */
static void check_accepted(const struct invocation *invocation)
{
	const struct grammar *grammar = &invocation->command->grammar;
	const struct arguments *args = &invocation->args;

	if (args->options & (OPTION_HELP | OPTION_VERSION))
		return;
	fuzz_check(!(grammar->required & ~args->given));
	fuzz_check(!(args->given & ~(grammar->required | grammar->optional)));
	fuzz_check(!(args->options & ~(grammar->options | OPTION_JSON)));
	if (grammar->address == ADDRESS_REQUIRED)
		fuzz_check(args->has_address);
	else if (grammar->address != ADDRESS_OPTIONAL)
		fuzz_check(!args->has_address);
	if (grammar->address >= OPERAND_OCTETS)
		fuzz_check(args->operand);
	fuzz_check(!(args->options & OPTION_SOCKET) == !args->socket);
	fuzz_check(grammar->control == args->control.grammar);
	if (grammar->control)
		check_control(&args->control);
	check_values(args);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct invocation invocation;
	struct problem problem = {};
	int count, code;
	char **argv = words_make(data, size, &count);

	code = command_parse(count, argv, &invocation, &problem);
	fuzz_check(!code || code == EXIT_CODE_USAGE);
	fuzz_check(!code == !problem.sentence[0]);
	fuzz_check(memchr(problem.sentence, 0, sizeof(problem.sentence)));
	if (!code && invocation.command)
		check_accepted(&invocation);
	words_free(argv, count);
	return 0;
}
