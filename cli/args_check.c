// SPDX-License-Identifier: GPL-2.0-or-later
/* What does not go together on the command line, and what is missing. */
#include <linux/mbsec.h>

#include "args.h"

#define SRTP_KEYWORDS                                    \
	(KEYWORD_BIT(RTCP_PORT) | KEYWORD_BIT(NO_MKI) |  \
	 KEYWORD_BIT(ROC_RATE) | KEYWORD_BIT(ROC_MODE) | \
	 KEYWORD_BIT(ALLOW_NO_INTEGRITY))

static int options_check(const struct grammar *grammar,
			 const struct arguments *args, struct problem *problem)
{
	uint32_t usable = grammar->options | OPTION_JSON;

	for (size_t i = 0; i < option_word_count; i++)
		if (args->options & ~usable & option_words[i].option)
			return problem_set(problem, EXIT_CODE_USAGE,
					   "%s is of no use here",
					   option_words[i].word);
	return 0;
}

/* Words that are of groups of format srtp only. */
static int srtp_check(const struct arguments *args, struct problem *problem)
{
	if (args->given & KEYWORD_BIT(FORMAT) &&
	    args->format == MBSEC_FORMAT_SRTP)
		return 0;
	for (size_t i = 0; i < keyword_count; i++)
		if (args->given & SRTP_KEYWORDS & 1u << keywords[i].id)
			return problem_set(
				problem, EXIT_CODE_USAGE,
				"%s is of SRTP groups only; say format srtp",
				keywords[i].name);
	return 0;
}

static int keywords_check(const struct arguments *args, struct problem *problem)
{
	uint32_t given = args->given;
	int code = srtp_check(args, problem);

	if (code)
		return code;
	if (given & KEYWORD_BIT(SRC) &&
	    args->group.source.family != args->group.address.family)
		return problem_set(
			problem, EXIT_CODE_USAGE,
			"src and the group address are not of one IP version");
	if (given & KEYWORD_BIT(ACTIVATE) && args->role != MBSEC_ROLE_TX)
		return problem_set(
			problem, EXIT_CODE_USAGE,
			"activate is for a tx key; an rx key is in use at once");
	if (given & KEYWORD_BIT(ALLOW_NO_INTEGRITY) &&
	    !(given & KEYWORD_BIT(ROC_MODE)))
		return problem_set(
			problem, EXIT_CODE_USAGE,
			"allow-no-integrity is of no use without roc-mode");
	return 0;
}

int args_check(const struct grammar *grammar, const struct arguments *args,
	       struct problem *problem)
{
	uint32_t missing = grammar->required & ~args->given;
	int code;

	if (grammar->address == ADDRESS_REQUIRED && !args->has_address)
		return problem_set(problem, EXIT_CODE_USAGE,
				   "the group address is missing");
	if (grammar->address >= OPERAND_OCTETS && !args->operand)
		return problem_set(
			problem, EXIT_CODE_USAGE, "the %s is missing",
			grammar->address == OPERAND_FILE ? "file" : "message");
	if (missing & KEYWORD_BIT(ROLE))
		return problem_set(problem, EXIT_CODE_USAGE,
				   "tx or rx is missing");
	for (size_t i = 0; i < keyword_count; i++)
		if (missing & 1u << keywords[i].id)
			return problem_set(problem, EXIT_CODE_USAGE,
					   "%s is missing", keywords[i].name);
	code = keywords_check(args, problem);
	return code ? code : options_check(grammar, args, problem);
}
