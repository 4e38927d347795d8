// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands: one table for running, usage texts and completion. */
#include <stdio.h>
#include <string.h>

#include "command.h"

#define K(id) KEYWORD_BIT(id)
/* A command of the key manager. */
#define CONTROL(name)                                              \
	{                                                          \
		ADDRESS_NONE, 0, 0, OPTION_SOCKET, &control_##name \
	}
#define KEY_IDS (K(MSK_ID) | K(MTK_ID))
#define KEY_LIMITS                                                           \
	(K(SOFT_PACKETS) | K(HARD_PACKETS) | K(SOFT_BYTES) | K(HARD_BYTES) | \
	 K(SOFT_TIME) | K(HARD_TIME))

const struct command commands[] = {
	{ "group",
	  "add",
	  "protect a group",
	  { ADDRESS_REQUIRED, 0,
	    K(PORT) | K(SRC) | K(DEV) | K(FORMAT) | K(SUITE) | K(POLICY) |
		    K(DIR) | K(RTCP_PORT) | K(NO_MKI) | K(ROC_RATE) |
		    K(ROC_MODE) | K(ALLOW_NO_INTEGRITY),
	    0, NULL },
	  group_add },
	{ "group",
	  "del",
	  "stop to protect a group, with all its keys",
	  { ADDRESS_REQUIRED, 0, K(PORT) | K(SRC), 0, NULL },
	  group_del },
	{ "group",
	  "show",
	  "list groups",
	  { ADDRESS_OPTIONAL, 0, K(PORT) | K(SRC), OPTION_STATISTICS, NULL },
	  group_show },
	{ "key",
	  "add",
	  "add a key to a group",
	  { ADDRESS_REQUIRED, KEY_IDS | K(ROLE) | K(KEY_FILE),
	    K(PORT) | K(SRC) | K(SENDER) | K(WINDOW) | KEY_LIMITS | K(ACTIVATE),
	    OPTION_FORCE_NONCE_REUSE, NULL },
	  key_add },
	{ "key",
	  "activate",
	  "make a tx key the one that is in use",
	  { ADDRESS_REQUIRED, KEY_IDS, K(PORT) | K(SRC) | K(SENDER), 0, NULL },
	  key_activate },
	{ "key",
	  "del",
	  "delete a key, of all senders if none is named",
	  { ADDRESS_REQUIRED, KEY_IDS, K(PORT) | K(SRC) | K(SENDER), 0, NULL },
	  key_del },
	{ "key",
	  "show",
	  "list keys, never key material",
	  { ADDRESS_OPTIONAL, 0, K(PORT) | K(SRC), OPTION_STATISTICS, NULL },
	  key_show },
	{ "sender",
	  "add",
	  "say where an SSRC of an SRTP group stands",
	  { ADDRESS_REQUIRED, K(SSRC) | K(ROC),
	    K(PORT) | K(SRC) | K(SEQ) | K(ROLE), 0, NULL },
	  sender_add },
	{ "sender",
	  "del",
	  "forget an SSRC of an SRTP group",
	  { ADDRESS_REQUIRED, K(SSRC), K(PORT) | K(SRC) | K(ROLE), 0, NULL },
	  sender_del },
	{ "sender",
	  "show",
	  "list the SSRCs of SRTP groups",
	  { ADDRESS_OPTIONAL, 0, K(PORT) | K(SRC), 0, NULL },
	  sender_show },
	{ "flush",
	  NULL,
	  "delete all groups and keys",
	  { ADDRESS_NONE, 0, 0, 0, NULL },
	  flush_all },
	{ "stats",
	  NULL,
	  "show the counters of the network namespace",
	  { ADDRESS_NONE, 0, 0, 0, NULL },
	  stats_show },
	{ "monitor",
	  NULL,
	  "print events of the kernel and of mbsecd as they come",
	  { ADDRESS_NONE, 0, 0, OPTION_SOCKET, NULL },
	  monitor_events },
	{ "service", "add", "offer a protected service (BM-SC)",
	  CONTROL(service_add), control_run },
	{ "service", "show", "list services, those offered or those joined",
	  CONTROL(service_show), control_run },
	{ "service", "del", "end a service, with all its keys (BM-SC)",
	  CONTROL(service_del), control_run },
	{ "service", "join",
	  "have UEs register and get the keys of a service (UE)",
	  CONTROL(service_join), control_run },
	{ "service", "leave", "have UEs deregister from a service (UE)",
	  CONTROL(service_leave), control_run },
	{ "service", "joined", "list services that UEs have joined (UE)",
	  CONTROL(service_joined), control_run },
	{ "ue", "add", "add subscribers (HSS)", CONTROL(ue_add), control_run },
	{ "ue", "show", "list subscribers, never their keys (HSS)",
	  CONTROL(ue_show), control_run },
	{ "ue", "del", "delete a subscriber (HSS)", CONTROL(ue_del),
	  control_run },
	{ "usim", "add", "add soft-USIMs (UE)", CONTROL(usim_add),
	  control_run },
	{ "usim", "show",
	  "list USIMs with what they hold, never their keys (UE)",
	  CONTROL(usim_show), control_run },
	{ "usim", "del", "delete USIMs with all their keys (UE)",
	  CONTROL(usim_del), control_run },
	{ "member", "list", "list registered UEs (BM-SC)", CONTROL(member_list),
	  control_run },
	{ "member", "evict",
	  "take a UE out, and give all others a new MSK (BM-SC)",
	  CONTROL(member_evict), control_run },
	{ "member", "admit", "let a UE in (again) (BM-SC)",
	  CONTROL(member_admit), control_run },
	{ "msk", "show", "list key groups with their MSKs and MTKs (BM-SC)",
	  CONTROL(msk_show), control_run },
	{ "msk", "rotate", "give all members a new MSK (BM-SC)",
	  CONTROL(msk_rotate), control_run },
	{ "msk", "solicit", "have members ask for their MSK (BM-SC)",
	  CONTROL(msk_solicit), control_run },
	{ "mtk", "rotate", "change to a new MTK now (BM-SC)",
	  CONTROL(mtk_rotate), control_run },
	{ "status", NULL, "show what the roles of mbsecd do", CONTROL(status),
	  control_run },
	{ "explain",
	  "mikey",
	  "show a MIKEY message of MBMS, RFC 3830",
	  { OPERAND_OCTETS, 0, K(KEYS), 0, NULL },
	  explain_mikey },
	{ "explain",
	  "nas5g",
	  "show a NAS message of 5GS with multicast sessions and keys",
	  { OPERAND_OCTETS, 0, K(KEYS), 0, NULL },
	  explain_nas5g },
	{ "explain",
	  "naseps",
	  "show a NAS message of EPS with group keys",
	  { OPERAND_OCTETS, 0, K(KEYS), 0, NULL },
	  explain_naseps },
	{ "explain",
	  "sframe",
	  "show a protected datagram, RFC 9605",
	  { OPERAND_OCTETS, 0, K(KEYS), 0, NULL },
	  explain_sframe },
	{ "explain",
	  "srtp",
	  "show an SRTP or SRTCP packet, RFC 3711",
	  { OPERAND_OCTETS, 0, K(KEYS), 0, NULL },
	  explain_srtp },
	{ "explain",
	  "digest",
	  "show HTTP Digest headers, RFC 7616 and RFC 3310",
	  { OPERAND_TEXT, 0, K(KEYS), 0, NULL },
	  explain_digest },
	{ "keylog",
	  NULL,
	  "write an SRTP key for other programs into a new file, in the clear",
	  { OPERAND_FILE, K(KEY_FILE),
	    K(SUITE) | K(MSK_ID) | K(MTK_ID) | K(SSRC) | K(ROC),
	    OPTION_WRITE_SECRET_KEYS, NULL },
	  keylog_write },
	{ "version",
	  NULL,
	  "show the versions of the tool and the module",
	  { ADDRESS_NONE, 0, 0, 0, NULL },
	  version_show },
};

const size_t command_count = sizeof(commands) / sizeof(commands[0]);

#undef CONTROL
#undef K

static void name_append(char *text, size_t size, const char *name)
{
	size_t length = strlen(text);

	snprintf(text + length, size - length, "%s%s", length ? ", " : "",
		 name);
}

static int object_unknown(const char *word, struct problem *problem)
{
	char known[256] = "";

	for (size_t i = 0; i < command_count; i++)
		if (!i || strcmp(commands[i].object, commands[i - 1].object))
			name_append(known, sizeof(known), commands[i].object);
	name_append(known, sizeof(known), "help");
	if (!word)
		return problem_set(problem, EXIT_CODE_USAGE,
				   "a command is missing; known are %s", known);
	return problem_set(problem, EXIT_CODE_USAGE,
			   "unknown command '%s'; known are %s", word, known);
}

static int verb_unknown(const char *object, const char *word,
			struct problem *problem)
{
	char known[256] = "";

	for (size_t i = 0; i < command_count; i++)
		if (!strcmp(commands[i].object, object) && commands[i].verb)
			name_append(known, sizeof(known), commands[i].verb);
	if (!known[0])
		return problem_set(problem, EXIT_CODE_USAGE,
				   "%s: unexpected word '%s'", object, word);
	if (!word)
		return problem_set(problem, EXIT_CODE_USAGE,
				   "%s: a verb is missing; known are %s",
				   object, known);
	return problem_set(problem, EXIT_CODE_USAGE,
			   "%s: unknown verb '%s'; known are %s", object, word,
			   known);
}

static const char *object_find(const char *word)
{
	for (size_t i = 0; i < command_count; i++)
		if (!strcmp(commands[i].object, word))
			return commands[i].object;
	return NULL;
}

static const struct command *command_find(const char *object, const char *verb)
{
	for (size_t i = 0; i < command_count; i++) {
		const struct command *command = &commands[i];

		if (strcmp(command->object, object))
			continue;
		if (!command->verb || (verb && !strcmp(command->verb, verb)))
			return command;
	}
	return NULL;
}

/* The next word that is not an option, or NULL at the end. */
static int word_next(struct words *words, struct arguments *args,
		     const char **word, struct problem *problem)
{
	int code = 0;

	*word = NULL;
	while (words->left && !*word && !code) {
		if (args_is_option(*words->word)) {
			code = args_option_read(words, args, problem);
			continue;
		}
		*word = *words->word++;
		words->left--;
	}
	return code;
}

/* mbsec help [OBJECT [VERB]]; object is NULL for all. */
static int help_parse(struct words *words, struct invocation *invocation,
		      struct problem *problem)
{
	const char *word;
	int code = word_next(words, &invocation->args, &word, problem);

	if (code || !word)
		return code;
	invocation->object = object_find(word);
	if (!invocation->object)
		return object_unknown(word, problem);
	code = word_next(words, &invocation->args, &word, problem);
	if (code || !word)
		return code;
	if (!command_find(invocation->object, word) ||
	    !command_find(invocation->object, word)->verb)
		return verb_unknown(invocation->object, word, problem);
	invocation->verb = word;
	if (words->left)
		return problem_set(problem, EXIT_CODE_USAGE,
				   "help: unexpected word '%s'", *words->word);
	return 0;
}

static int verb_parse(struct words *words, struct invocation *invocation,
		      struct problem *problem)
{
	const struct command *command = command_find(invocation->object, NULL);
	const char *word;
	int code;

	if (!command) {
		code = word_next(words, &invocation->args, &word, problem);
		if (code)
			return code;
		if (word ? !strcmp(word, "help") :
			   !!(invocation->args.options & OPTION_HELP))
			return 0;
		if (word)
			command = command_find(invocation->object, word);
		if (!command)
			return verb_unknown(invocation->object, word, problem);
		invocation->verb = command->verb;
	}
	invocation->command = command;
	return args_parse(&command->grammar, words, &invocation->args, problem);
}

int command_parse(int argc, char **argv, struct invocation *invocation,
		  struct problem *problem)
{
	struct words words = { argv + 1, argc > 0 ? argc - 1 : 0 };
	const char *word;
	int code;

	memset(invocation, 0, sizeof(*invocation));
	code = word_next(&words, &invocation->args, &word, problem);
	if (code)
		return code;
	if (!word) {
		if (invocation->args.options & OPTION_HELP)
			return 0;
		if (!(invocation->args.options & OPTION_VERSION))
			return object_unknown(NULL, problem);
		invocation->command = command_find("version", NULL);
		return 0;
	}
	if (!strcmp(word, "help"))
		return help_parse(&words, invocation, problem);
	invocation->object = object_find(word);
	if (!invocation->object)
		return object_unknown(word, problem);
	code = verb_parse(&words, invocation, problem);
	if (invocation->args.options & OPTION_HELP)
		invocation->command = NULL;
	return code;
}
