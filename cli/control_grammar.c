// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands of the key manager: which words they take. */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "control_grammar.h"
#include "keyfile.h"

#define GRAMMAR(name, text)                                \
	const struct control_grammar control_##name = {    \
		.command = (text),                         \
		.words = name,                             \
		.count = sizeof(name) / sizeof((name)[0]), \
	}

#define SERVICE(need)                                           \
	{                                                       \
		NULL, "SERVICE", "service", CONTROL_TEXT, need, \
			"service id, a URI"                     \
	}
#define TIME(name, summary)                                                 \
	{                                                                   \
		name, "TIME", name, CONTROL_TEXT, CONTROL_OPTIONAL, summary \
	}
#define KEY_GROUP                                                         \
	{                                                                 \
		"key-group", "N", "key-group", CONTROL_NUMBER,            \
			CONTROL_OPTIONAL,                                 \
			"key group, which is needed if there are several" \
	}
#define COUNT                                                            \
	{                                                                \
		"count", "N", "count", CONTROL_NUMBER, CONTROL_OPTIONAL, \
			"that many, with IMSIs in a row"                 \
	}

static const struct control_word service_add[] = {
	SERVICE(CONTROL_REQUIRED),
	{ "group", "ADDR", "group", CONTROL_STREAM, CONTROL_REQUIRED,
	  "multicast address of a stream; again for each further stream" },
	{ "port", "N", "port", CONTROL_NUMBER_OF_STREAM, CONTROL_REQUIRED,
	  "UDP destination port of the stream" },
	{ "src", "ADDR", "source", CONTROL_OF_STREAM, CONTROL_OPTIONAL,
	  "source of a source-specific stream" },
	{ "dev", "IF", "device", CONTROL_OF_STREAM, CONTROL_OPTIONAL,
	  "interface that the stream leaves by" },
	{ "mtk-port", "N", "mtk-port", CONTROL_NUMBER_OF_STREAM,
	  CONTROL_OPTIONAL, "UDP port of its MTK messages, 2269 if absent" },
	{ "key-group", "N", "key-group", CONTROL_NUMBER_OF_STREAM,
	  CONTROL_OPTIONAL,
	  "key group, which streams may share; a free one if absent" },
	{ "key-domain", "MCC-MNC", "key-domain", CONTROL_TEXT, CONTROL_OPTIONAL,
	  "key domain, that of the BM-SC if absent" },
	{ "rtcp-port", "N", "rtcp-port", CONTROL_NUMBER_OF_STREAM,
	  CONTROL_OPTIONAL,
	  "of srtp, UDP port of its RTCP, the next one if absent; 0 for none" },
	{ "format", "sframe|srtp", "format", CONTROL_TEXT, CONTROL_OPTIONAL,
	  "wire format, sframe if absent" },
	{ "suite", "SUITE", "suite", CONTROL_TEXT, CONTROL_OPTIONAL,
	  "of srtp, aes128-cm-hmac-sha1-80 if absent" },
	{ "roc-rate", "R", "roc-rate", CONTROL_NUMBER, CONTROL_OPTIONAL,
	  "of srtp, send the roll-over counter in each Rth packet" },
	{ "confidentiality", "on|off", "confidentiality", CONTROL_SWITCH,
	  CONTROL_OPTIONAL, "encryption, on if absent" },
	{ "integrity", "on|off", "integrity", CONTROL_SWITCH, CONTROL_OPTIONAL,
	  "authentication, on if absent" },
	{ "uicc", "on|off", "uicc", CONTROL_SWITCH, CONTROL_OPTIONAL,
	  "only for UEs whose keys stay in the UICC, off if absent" },
	{ "open", "on|off", "open", CONTROL_SWITCH, CONTROL_OPTIONAL,
	  "for every subscriber and not only those allowed, on if absent" },
	{ "allow", "IMPI,...", "allow", CONTROL_LIST, CONTROL_OPTIONAL,
	  "subscribers that may have it" },
	TIME("msk-lifetime", "how long an MSK is used, such as 1d"),
	TIME("msk-lead", "how long before that the next one is sent"),
	TIME("msk-overlap", "how long an old MSK is kept"),
	TIME("mtk-lifetime", "how long an MTK is used, such as 10m"),
	TIME("mtk-lead", "how long before that the next one is announced"),
	TIME("mtk-overlap", "how long an old MTK is kept"),
	TIME("mtk-repeat", "how often MTK messages are repeated"),
	TIME("batch", "how long changes of members are gathered"),
};

GRAMMAR(service_add, "service add");

static const struct control_word service_show[] = { SERVICE(CONTROL_OPTIONAL) };

GRAMMAR(service_show, "service show");

static const struct control_word service_del[] = { SERVICE(CONTROL_REQUIRED) };

GRAMMAR(service_del, "service del");

static const struct control_word service_join[] = {
	SERVICE(CONTROL_REQUIRED),
	{ "announcement", "URL", "announcement", CONTROL_TEXT, CONTROL_OPTIONAL,
	  "where its announcement is" },
	{ "bm-sc", "FQDN", "bm-sc", CONTROL_TEXT, CONTROL_OPTIONAL,
	  "name of the BM-SC, that of the announcement if absent" },
	{ "imsi", "IMSI", "imsi", CONTROL_TEXT, CONTROL_OPTIONAL,
	  "UE, which is needed if there are several" },
	COUNT,
};

GRAMMAR(service_join, "service join");

static const struct control_word service_leave[] = {
	SERVICE(CONTROL_REQUIRED),
	{ "imsi", "IMSI", "imsi", CONTROL_TEXT, CONTROL_OPTIONAL,
	  "UE, which is needed if there are several" },
	COUNT,
};

GRAMMAR(service_leave, "service leave");

static const struct control_word service_joined[] = { SERVICE(
	CONTROL_OPTIONAL) };

GRAMMAR(service_joined, "service joined");

#define IMSI(need)                                                          \
	{                                                                   \
		NULL, "IMSI", "imsi", CONTROL_TEXT, need, "14 or 15 digits" \
	}
#define K_FILE                                                                   \
	{                                                                        \
		"k-file", "FILE|-", "k", CONTROL_KEY, CONTROL_REQUIRED,          \
			"file, or - for standard input, with K as 32 hex digits" \
	}
#define OPC_FILE                                                            \
	{                                                                   \
		"opc-file", "FILE|-", "opc", CONTROL_KEY, CONTROL_REQUIRED, \
			"likewise with OPc"                                 \
	}
#define OP_FILE                                                          \
	{                                                                \
		"op-file", "FILE|-", "op", CONTROL_KEY, CONTROL_INSTEAD, \
			"or with OP"                                     \
	}

static const struct control_word ue_add[] = {
	IMSI(CONTROL_REQUIRED),
	K_FILE,
	OPC_FILE,
	OP_FILE,
	{ "amf", "N", "amf", CONTROL_NUMBER, CONTROL_OPTIONAL,
	  "authentication management field, such as 0x8000; 0 if absent" },
	{ "gba-u", "on|off", "gba-u", CONTROL_SWITCH, CONTROL_OPTIONAL,
	  "the UICC does GBA itself, off if absent" },
	COUNT,
};

GRAMMAR(ue_add, "ue add");

static const struct control_word ue_show[] = {
	{ "after", "IMPI", "after", CONTROL_TEXT, CONTROL_OPTIONAL,
	  "go on behind this one" },
};

GRAMMAR(ue_show, "ue show");

static const struct control_word ue_del[] = {
	{ NULL, "UE", "ue", CONTROL_TEXT, CONTROL_REQUIRED, "IMPI or IMSI" },
};

GRAMMAR(ue_del, "ue del");

static const struct control_word usim_add[] = {
	IMSI(CONTROL_REQUIRED),
	K_FILE,
	OPC_FILE,
	OP_FILE,
	{ "mnc-digits", "2|3", "mnc-digits", CONTROL_NUMBER, CONTROL_OPTIONAL,
	  "digits of the MNC in the IMSI, 2 if absent" },
	COUNT,
};

GRAMMAR(usim_add, "usim add");

static const struct control_word usim_show[] = { IMSI(CONTROL_OPTIONAL) };

GRAMMAR(usim_show, "usim show");

static const struct control_word usim_del[] = { IMSI(CONTROL_REQUIRED), COUNT };

GRAMMAR(usim_del, "usim del");

static const struct control_word member_list[] = {
	SERVICE(CONTROL_OPTIONAL),
	{ "ue", "UE", "ue", CONTROL_TEXT, CONTROL_OPTIONAL,
	  "only this one, an IMPI or IMSI" },
	{ "limit", "N", "limit", CONTROL_NUMBER, CONTROL_OPTIONAL,
	  "that many at most, 1000 if absent" },
};

GRAMMAR(member_list, "member list");

static const struct control_word member_evict[] = {
	{ NULL, "UE", "ue", CONTROL_TEXT, CONTROL_REQUIRED, "IMPI or IMSI" },
	{ "service", "SERVICE", "service", CONTROL_TEXT, CONTROL_OPTIONAL,
	  "only from this service, all of them if absent" },
};

GRAMMAR(member_evict, "member evict");

static const struct control_word member_admit[] = {
	{ NULL, "UE", "ue", CONTROL_TEXT, CONTROL_REQUIRED, "IMPI or IMSI" },
	{ "service", "SERVICE", "service", CONTROL_TEXT, CONTROL_REQUIRED,
	  "the service that it may have" },
};

GRAMMAR(member_admit, "member admit");

static const struct control_word msk_show[] = { SERVICE(CONTROL_OPTIONAL) };

GRAMMAR(msk_show, "msk show");

static const struct control_word msk_rotate[] = {
	SERVICE(CONTROL_REQUIRED),
	KEY_GROUP,
	{ "nowait", NULL, "wait", CONTROL_OFF, CONTROL_OPTIONAL,
	  "come back before all members have it" },
};

GRAMMAR(msk_rotate, "msk rotate");

static const struct control_word msk_solicit[] = {
	SERVICE(CONTROL_REQUIRED),
	KEY_GROUP,
	{ "ue", "UE", "ue", CONTROL_TEXT, CONTROL_OPTIONAL,
	  "only this one, an IMPI or IMSI" },
};

GRAMMAR(msk_solicit, "msk solicit");

static const struct control_word mtk_rotate[] = {
	SERVICE(CONTROL_REQUIRED),
	KEY_GROUP,
};

GRAMMAR(mtk_rotate, "mtk rotate");

const struct control_grammar control_status = { .command = "status" };

/* ---- Reading ---- */

static bool is_of_stream(const struct control_word *word)
{
	return word->type == CONTROL_OF_STREAM ||
	       word->type == CONTROL_NUMBER_OF_STREAM;
}

/* Since when a word must not be there: the stream before it, or the beginning. */
static size_t scope_of(const struct control_values *values,
		       const struct control_word *word)
{
	size_t start = values->count;

	if (!is_of_stream(word))
		return 0;
	while (start && values->word[start - 1]->type != CONTROL_STREAM)
		start--;
	return start;
}

static bool is_given(const struct control_values *values,
		     const struct control_word *word, size_t from)
{
	for (; from < values->count; from++)
		if (values->word[from] == word)
			return true;
	return false;
}

static int word_unknown(const struct control_grammar *grammar, const char *word,
			struct problem *problem)
{
	char known[384] = "";
	size_t length = 0;

	/* Words get out of order easily; do not show a key to bystanders. */
	if (keyfile_looks_like_key(word))
		word = "(hidden, it looks like a key)";
	for (size_t i = 0; i < grammar->count && length < sizeof(known); i++)
		if (grammar->words[i].name)
			length += snprintf(known + length,
					   sizeof(known) - length, "%s%s",
					   length ? ", " : "",
					   grammar->words[i].name);
	if (!length)
		return problem_set(problem, EXIT_CODE_USAGE,
				   "unexpected word '%s'", word);
	return problem_set(problem, EXIT_CODE_USAGE,
			   "unknown keyword '%s'; known are %s", word, known);
}

/* The operand is a first word that is no keyword. */
static const struct control_word *word_find(const struct control_values *values,
					    const char *text)
{
	const struct control_grammar *grammar = values->grammar;

	for (size_t i = 0; i < grammar->count; i++)
		if (grammar->words[i].name &&
		    !strcmp(grammar->words[i].name, text))
			return &grammar->words[i];
	if (!values->count && grammar->count && !grammar->words[0].name)
		return &grammar->words[0];
	return NULL;
}

static int word_check(const struct control_values *values,
		      const struct control_word *word, struct problem *problem)
{
	size_t from = scope_of(values, word);

	if (is_of_stream(word) && !from)
		return problem_set(problem, EXIT_CODE_USAGE,
				   "%s has to come behind a group", word->name);
	if (word->type != CONTROL_STREAM && is_given(values, word, from))
		return problem_set(problem, EXIT_CODE_USAGE,
				   "%s is given twice%s", word->name,
				   is_of_stream(word) ? " for a stream" : "");
	if (word->required == CONTROL_INSTEAD && is_given(values, word - 1, 0))
		return problem_set(problem, EXIT_CODE_USAGE,
				   "%s and %s exclude each other",
				   word[-1].name, word->name);
	if (values->count == CONTROL_VALUES_MAX)
		return problem_set(problem, EXIT_CODE_USAGE, "too many words");
	return 0;
}

int control_word_read(struct words *words, struct control_values *values,
		      struct problem *problem)
{
	const struct control_word *word = word_find(values, *words->word);
	int code;

	if (!word)
		return word_unknown(values->grammar, *words->word, problem);
	code = word_check(values, word, problem);
	if (code)
		return code;
	if (word->name) {
		words->word++;
		words->left--;
	}
	values->word[values->count] = word;
	values->value[values->count] = NULL;
	if (word->value) {
		if (!words->left)
			return problem_set(problem, EXIT_CODE_USAGE,
					   "%s needs a value (%s)", word->name,
					   word->value);
		values->value[values->count] = *words->word++;
		words->left--;
	}
	values->count++;
	return 0;
}

static int streams_check(const struct control_values *values,
			 const struct control_word *word,
			 struct problem *problem)
{
	size_t i, end;

	for (i = 0; i < values->count; i = end) {
		for (end = i + 1; end < values->count &&
				  values->word[end]->type != CONTROL_STREAM;)
			end++;
		if (values->word[i]->type != CONTROL_STREAM)
			continue;
		while (i < end && values->word[i] != word)
			i++;
		if (i == end)
			return problem_set(problem, EXIT_CODE_USAGE,
					   "%s of a stream is missing",
					   word->name);
	}
	return 0;
}

int control_values_check(const struct control_values *values,
			 struct problem *problem)
{
	const struct control_grammar *grammar = values->grammar;
	const struct control_word *word;
	int code = 0;

	for (size_t i = 0; i < grammar->count && !code; i++) {
		word = &grammar->words[i];
		if (word->required != CONTROL_REQUIRED)
			continue;
		if (is_of_stream(word)) {
			code = streams_check(values, word, problem);
			continue;
		}
		if (is_given(values, word, 0))
			continue;
		if (i + 1 < grammar->count &&
		    word[1].required == CONTROL_INSTEAD) {
			if (!is_given(values, word + 1, 0))
				code = problem_set(problem, EXIT_CODE_USAGE,
						   "%s or %s is missing",
						   word->name, word[1].name);
			continue;
		}
		code = problem_set(problem, EXIT_CODE_USAGE, "%s is missing",
				   word->name ? word->name : word->value);
	}
	return code;
}
