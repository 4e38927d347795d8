// SPDX-License-Identifier: GPL-2.0-or-later
/* What a command may be told: the grammar of the words after its name. */
#include <stdio.h>
#include <string.h>

#include <linux/mbsec.h>

#include "args.h"
#include "keyfile.h"
#include "names.h"
#include "number.h"

const struct keyword keywords[] = {
	{ KEYWORD_PORT, "port", "N",
	  "UDP destination port; any port if absent" },
	{ KEYWORD_SRC, "src", "ADDR", "source of a source-specific group" },
	{ KEYWORD_DEV, "dev", "IF", "only datagrams of this interface" },
	{ KEYWORD_FORMAT, "format", "sframe|srtp",
	  "wire format, sframe if absent" },
	{ KEYWORD_SUITE, "suite", "NAME",
	  "cipher suite; if absent the first of the format" },
	{ KEYWORD_POLICY, "policy", "require|permit",
	  "what happens to cleartext, require if absent" },
	{ KEYWORD_DIR, "dir", "in|out|both|forward",
	  "what is handled, both (in and out) if absent" },
	{ KEYWORD_RTCP_PORT, "rtcp-port", "N|none",
	  "SRTP: UDP port of RTCP too, port + 1 if absent" },
	{ KEYWORD_NO_MKI, "no-mki", NULL, "SRTP: packets name no key" },
	{ KEYWORD_ROC_RATE, "roc-rate", "R",
	  "SRTP: every Rth packet has the roll-over counter (RFC 4771)" },
	{ KEYWORD_ROC_MODE, "roc-mode", "1|2|3",
	  "SRTP: mode of RFC 4771, 2 if absent" },
	{ KEYWORD_ALLOW_NO_INTEGRITY, "allow-no-integrity", NULL,
	  "SRTP: let roc-mode 1 and 3 have packets that anybody can forge" },
	{ KEYWORD_MSK_ID, "msk-id", "HEX8", "MSK ID, 8 hex digits" },
	{ KEYWORD_MTK_ID, "mtk-id", "N", "MTK ID" },
	{ KEYWORD_SENDER, "sender", "ID",
	  "sender id, decimal or 0x..., at least 0x100; not of SRTP" },
	{ KEYWORD_SSRC, "ssrc", "HEX8", "SSRC, 8 hex digits" },
	{ KEYWORD_ROC, "roc", "N", "roll-over counter" },
	{ KEYWORD_SEQ, "seq", "N", "highest sequence number so far" },
	{ KEYWORD_ROLE, "tx", NULL, "the key protects what this host sends" },
	{ KEYWORD_ROLE, "rx", NULL, "the key unprotects what a sender sent" },
	{ KEYWORD_KEY_FILE, "key-file", "FILE|-",
	  "file, or - for standard input, with the MTK in hex; SRTP: MTK:salt" },
	{ KEYWORD_WINDOW, "window", "N",
	  "replay window in datagrams, 1024 if absent" },
	{ KEYWORD_SOFT_PACKETS, "soft-packets", "N",
	  "datagrams after which an event is sent" },
	{ KEYWORD_HARD_PACKETS, "hard-packets", "N",
	  "datagrams after which the key is removed" },
	{ KEYWORD_SOFT_BYTES, "soft-bytes", "N",
	  "octets of payload after which an event is sent" },
	{ KEYWORD_HARD_BYTES, "hard-bytes", "N",
	  "octets of payload after which the key is removed" },
	{ KEYWORD_SOFT_TIME, "soft-time", "S",
	  "seconds after which an event is sent" },
	{ KEYWORD_HARD_TIME, "hard-time", "S",
	  "seconds after which the key is removed" },
	{ KEYWORD_ACTIVATE, "activate", NULL, "send with the key from now on" },
	{ KEYWORD_KEYS, "keys", "FILE|-",
	  "file, or - for standard input, with keys to verify with" },
};

_Static_assert(KEYWORD_KEYS < 32, "sets of keywords have 32 bits");

const size_t keyword_count = sizeof(keywords) / sizeof(keywords[0]);

const struct option_word option_words[] = {
	{ OPTION_STATISTICS, "-s", "--statistics", NULL,
	  "print counters and lifetimes too" },
	{ OPTION_JSON, "-j", "--json", NULL, "print JSON" },
	{ OPTION_SOCKET, NULL, "--socket", "PATH",
	  "control socket of mbsecd; else MBSEC_SOCKET says" },
	{ OPTION_FORCE_NONCE_REUSE, NULL, "--force-nonce-reuse-risk", NULL,
	  "accept a transmit key that was used before" },
	{ OPTION_WRITE_SECRET_KEYS, NULL, "--write-secret-keys", NULL,
	  "yes, write keys into a file in the clear" },
	{ OPTION_HELP, "-h", "--help", NULL, "print how the command is used" },
	{ OPTION_VERSION, "-V", "--version", NULL, "print the versions" },
};

const size_t option_word_count = sizeof(option_words) / sizeof(option_words[0]);

static const struct name direction_choices[] = {
	{ MBSEC_DIRECTION_IN, "in" },
	{ MBSEC_DIRECTION_OUT, "out" },
	{ MBSEC_DIRECTION_OUT | MBSEC_DIRECTION_IN, "both" },
	{ MBSEC_DIRECTION_OUT | MBSEC_DIRECTION_FORWARD, "forward" },
};

static const struct name_list direction_choice_names = {
	direction_choices,
	sizeof(direction_choices) / sizeof(direction_choices[0]),
};

bool args_is_option(const char *word)
{
	return word[0] == '-' && word[1];
}

static int option_unknown(const char *word, struct problem *problem)
{
	char known[256] = "";
	size_t length = 0;

	for (size_t i = 0; i < option_word_count && length < sizeof(known); i++)
		length += snprintf(known + length, sizeof(known) - length,
				   "%s%s", i ? ", " : "", option_words[i].word);
	return problem_set(problem, EXIT_CODE_USAGE,
			   "unknown option '%s'; known are %s", word, known);
}

static int option_take(const struct option_word *known, const char *value,
		       struct words *words, struct arguments *args,
		       struct problem *problem)
{
	args->options |= known->option;
	if (!known->value)
		return 0;
	if (!value && words->left) {
		value = *words->word++;
		words->left--;
	}
	if (!value || !*value)
		return problem_set(problem, EXIT_CODE_USAGE,
				   "%s needs a value (%s)", known->word,
				   known->value);
	args->socket = value;
	return 0;
}

int args_option_read(struct words *words, struct arguments *args,
		     struct problem *problem)
{
	const char *word = *words->word++;

	words->left--;
	for (size_t i = 0; i < option_word_count; i++) {
		const struct option_word *known = &option_words[i];
		size_t length = strlen(known->word);

		if (known->value && !strncmp(known->word, word, length) &&
		    word[length] == '=')
			return option_take(known, word + length + 1, words,
					   args, problem);
		if (!strcmp(known->word, word) ||
		    (known->letter && !strcmp(known->letter, word)))
			return option_take(known, NULL, words, args, problem);
	}
	return option_unknown(word, problem);
}

static int name_parse(const char *field, const struct name_list *list,
		      const char *text, uint32_t *value,
		      struct problem *problem)
{
	char known[256];

	if (names_value(list, text, value))
		return 0;
	names_join(list, known, sizeof(known));
	return problem_set(problem, EXIT_CODE_USAGE,
			   "%s '%s' is unknown; known are %s", field, text,
			   known);
}

static int port_parse(const char *text, struct arguments *args,
		      struct problem *problem)
{
	const struct number_range range = { 1, UINT16_MAX };
	uint64_t value;
	int code = 0;

	if (!strcmp(text, "any"))
		value = 0;
	else
		code = number_parse("port", text, &range, &value, problem);
	if (!code)
		args->group.port = value;
	return code;
}

static int rtcp_port_parse(const char *text, struct arguments *args,
			   struct problem *problem)
{
	const struct number_range range = { 1, UINT16_MAX };
	uint64_t value = 0;
	int code = 0;

	if (strcmp(text, "none"))
		code = number_parse("rtcp-port", text, &range, &value, problem);
	if (!code)
		args->rtcp_port = value;
	return code;
}

/* MSK ID and SSRC. */
static int hex8_parse(const char *field, const char *text, uint32_t *value,
		      struct problem *problem)
{
	uint8_t octets[4];

	if (!number_parse_octets(text, strlen(text), octets, sizeof(octets)))
		return problem_set(problem, EXIT_CODE_USAGE,
				   "%s '%s' is not 8 hex digits", field, text);
	*value = (uint32_t)octets[0] << 24 | octets[1] << 16 | octets[2] << 8 |
		 octets[3];
	return 0;
}

static int u16_parse(const char *field, const char *text, uint16_t min,
		     uint16_t *result, struct problem *problem)
{
	const struct number_range range = { min, UINT16_MAX };
	uint64_t value;
	int code = number_parse(field, text, &range, &value, problem);

	if (!code)
		*result = value;
	return code;
}

static int u32_parse(const char *field, const char *text,
		     const struct number_range *range, uint32_t *result,
		     struct problem *problem)
{
	uint64_t value;
	int code = number_parse(field, text, range, &value, problem);

	if (!code)
		*result = value;
	return code;
}

static int sender_parse(const char *text, struct arguments *args,
			struct problem *problem)
{
	const struct number_range range = { MBSEC_SENDER_ID_MIN, UINT16_MAX };
	uint64_t value;
	int code = number_parse_or_hex("sender", text, &range, &value, problem);

	if (!code)
		args->sender_id = value;
	return code;
}

static int limit_parse(const struct keyword *keyword, const char *text,
		       struct arguments *args, struct problem *problem)
{
	bool seconds = keyword->id >= KEYWORD_SOFT_TIME;
	/* JSON readers have signed 64-bit integers at best. */
	const struct number_range range = { 1,
					    seconds ? UINT32_MAX : INT64_MAX };

	return number_parse(keyword->name, text, &range,
			    &args->limits[keyword->id - KEYWORD_SOFT_PACKETS],
			    problem);
}

/* Keywords of groups. */
static int group_keyword_parse(const struct keyword *keyword, char *value,
			       struct arguments *args, struct problem *problem)
{
	static const struct number_range modes = { 1, 3 };

	switch (keyword->id) {
	case KEYWORD_PORT:
		return port_parse(value, args, problem);
	case KEYWORD_SRC:
		return address_parse_source(value, &args->group.source,
					    problem);
	case KEYWORD_DEV:
		return address_parse_device(value, args->device,
					    sizeof(args->device), problem);
	case KEYWORD_FORMAT:
		return name_parse("format", &format_names, value, &args->format,
				  problem);
	case KEYWORD_SUITE:
		return name_parse("suite", &suite_names, value, &args->suite,
				  problem);
	case KEYWORD_POLICY:
		return name_parse("policy", &policy_names, value, &args->policy,
				  problem);
	case KEYWORD_DIR:
		return name_parse("dir", &direction_choice_names, value,
				  &args->direction, problem);
	case KEYWORD_RTCP_PORT:
		return rtcp_port_parse(value, args, problem);
	case KEYWORD_ROC_RATE:
		return u16_parse("roc-rate", value, 1, &args->roc_rate,
				 problem);
	case KEYWORD_ROC_MODE:
		return u32_parse("roc-mode", value, &modes, &args->roc_mode,
				 problem);
	default: /* has no value */
		return 0;
	}
}

/* Keywords of keys, senders and files. */
static int key_keyword_parse(const struct keyword *keyword, char *value,
			     struct arguments *args, struct problem *problem)
{
	static const struct number_range windows = { MBSEC_WINDOW_MIN,
						     MBSEC_WINDOW_MAX };
	static const struct number_range rocs = { 0, UINT32_MAX };

	switch (keyword->id) {
	case KEYWORD_MSK_ID:
		return hex8_parse("msk-id", value, &args->msk_id, problem);
	case KEYWORD_MTK_ID:
		return u16_parse("mtk-id", value, 0, &args->mtk_id, problem);
	case KEYWORD_SENDER:
		return sender_parse(value, args, problem);
	case KEYWORD_SSRC:
		return hex8_parse("ssrc", value, &args->ssrc, problem);
	case KEYWORD_ROC:
		return u32_parse("roc", value, &rocs, &args->roc, problem);
	case KEYWORD_SEQ:
		return u16_parse("seq", value, 0, &args->sequence, problem);
	case KEYWORD_ROLE:
		names_value(&role_names, keyword->name, &args->role);
		return 0;
	case KEYWORD_KEY_FILE:
		args->key_file = value;
		return 0;
	case KEYWORD_WINDOW:
		return u32_parse("window", value, &windows, &args->window,
				 problem);
	case KEYWORD_ACTIVATE:
		return 0;
	case KEYWORD_KEYS:
		args->keys = value;
		return 0;
	default:
		return limit_parse(keyword, value, args, problem);
	}
}

static int keyword_parse(const struct keyword *keyword, char *value,
			 struct arguments *args, struct problem *problem)
{
	if (keyword->id < KEYWORD_MSK_ID)
		return group_keyword_parse(keyword, value, args, problem);
	return key_keyword_parse(keyword, value, args, problem);
}

static const struct keyword *keyword_find(const char *word)
{
	for (size_t i = 0; i < keyword_count; i++)
		if (!strcmp(keywords[i].name, word))
			return &keywords[i];
	return NULL;
}

static int keyword_unknown(const struct grammar *grammar, const char *word,
			   struct problem *problem)
{
	uint32_t usable = grammar->required | grammar->optional;
	char known[384] = "";
	size_t length = 0;

	/* Words get out of order easily; do not show a key to bystanders. */
	if (keyfile_looks_like_key(word))
		word = "(hidden, it looks like a key)";
	if (!usable)
		return problem_set(problem, EXIT_CODE_USAGE,
				   "unexpected word '%s'", word);
	for (size_t i = 0; i < keyword_count && length < sizeof(known); i++)
		if (usable & 1u << keywords[i].id)
			length += snprintf(known + length,
					   sizeof(known) - length, "%s%s",
					   length ? ", " : "",
					   keywords[i].name);
	return problem_set(problem, EXIT_CODE_USAGE,
			   "unknown keyword '%s'; known are %s", word, known);
}

static int keyword_twice(const struct keyword *keyword, struct problem *problem)
{
	if (keyword->id == KEYWORD_ROLE)
		return problem_set(problem, EXIT_CODE_USAGE,
				   "a key is either tx or rx, and said once");
	return problem_set(problem, EXIT_CODE_USAGE, "%s is given twice",
			   keyword->name);
}

static int keyword_read(const struct grammar *grammar, struct words *words,
			struct arguments *args, struct problem *problem)
{
	char *word = *words->word;
	const struct keyword *keyword = keyword_find(word);
	uint32_t usable = grammar->required | grammar->optional;
	char *value = NULL;

	if (!keyword || !(usable & 1u << keyword->id))
		return keyword_unknown(grammar, word, problem);
	if (args->given & 1u << keyword->id)
		return keyword_twice(keyword, problem);
	words->word++;
	words->left--;
	if (keyword->value) {
		if (!words->left)
			return problem_set(problem, EXIT_CODE_USAGE,
					   "%s needs a value (%s)",
					   keyword->name, keyword->value);
		value = *words->word++;
		words->left--;
	}
	args->given |= 1u << keyword->id;
	return keyword_parse(keyword, value, args, problem);
}

static int address_read(const struct grammar *grammar, struct words *words,
			struct arguments *args, struct problem *problem)
{
	const char *word = *words->word;
	uint32_t usable = grammar->required | grammar->optional;
	const struct keyword *keyword = keyword_find(word);

	if (keyword && usable & 1u << keyword->id)
		return problem_set(problem, EXIT_CODE_USAGE,
				   "the group address must come before %s",
				   word);
	words->word++;
	words->left--;
	args->has_address = true;
	return address_parse_group(word, &args->group.address, problem);
}

static bool has_operand(const struct grammar *grammar)
{
	return grammar->address >= OPERAND_OCTETS;
}

static void operand_read(struct words *words, struct arguments *args)
{
	args->operand = *words->word++;
	words->left--;
}

/* Stops early, without a problem, at a wish for help. */
int args_parse(const struct grammar *grammar, struct words *words,
	       struct arguments *args, struct problem *problem)
{
	int code = 0;

	args->control.grammar = grammar->control;
	while (words->left && !code && !(args->options & OPTION_HELP)) {
		const char *word = *words->word;

		if (args_is_option(word)) {
			code = args_option_read(words, args, problem);
		} else if (grammar->control) {
			code = control_word_read(words, &args->control,
						 problem);
		} else if (has_operand(grammar)) {
			if (args->operand)
				code = keyword_read(grammar, words, args,
						    problem);
			else
				operand_read(words, args);
		} else if (grammar->address != ADDRESS_NONE &&
			   !args->has_address) {
			code = address_read(grammar, words, args, problem);
		} else {
			code = keyword_read(grammar, words, args, problem);
		}
	}
	if (code || args->options & OPTION_HELP)
		return code;
	if (grammar->control)
		code = control_values_check(&args->control, problem);
	return code ? code : args_check(grammar, args, problem);
}
