/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of the key manager: which words they take and what becomes of them. */
#ifndef _CLI_CONTROL_GRAMMAR_H
#define _CLI_CONTROL_GRAMMAR_H

#include <stddef.h>

#include "problem.h"

struct words;

/* How the value of a word reaches the daemon. */
enum control_type {
	CONTROL_TEXT,
	CONTROL_NUMBER, /* decimal, or hexadecimal after 0x */
	CONTROL_SWITCH, /* on or off */
	CONTROL_LIST, /* with commas */
	CONTROL_KEY, /* in a file; its octets as hex digits */
	CONTROL_STREAM, /* begins a stream, the value is its group */
	CONTROL_OF_STREAM, /* text, of the stream before it */
	CONTROL_NUMBER_OF_STREAM,
	CONTROL_OFF, /* has no value: false */
};

/**
 * struct control_word - a keyword, or, without a name, the first word
 * @value: how usage texts name the value, NULL if it has none
 * @argument: of the daemon's command
 * @required: 1 if it has to be there; 2 if it may stand in for the word before it,
 *	so that one of both has to
 */
struct control_word {
	const char *name;
	const char *value;
	const char *argument;
	enum control_type type;
	int required;
	const char *summary;
};

enum { CONTROL_OPTIONAL, CONTROL_REQUIRED, CONTROL_INSTEAD };

/**
 * struct control_grammar - what a command of the daemon may be told
 * @command: its name there
 */
struct control_grammar {
	const char *command;
	const struct control_word *words;
	size_t count;
};

extern const struct control_grammar control_service_add;
extern const struct control_grammar control_service_show;
extern const struct control_grammar control_service_del;
extern const struct control_grammar control_service_join;
extern const struct control_grammar control_service_leave;
extern const struct control_grammar control_service_joined;
extern const struct control_grammar control_ue_add;
extern const struct control_grammar control_ue_show;
extern const struct control_grammar control_ue_del;
extern const struct control_grammar control_usim_add;
extern const struct control_grammar control_usim_show;
extern const struct control_grammar control_usim_del;
extern const struct control_grammar control_member_list;
extern const struct control_grammar control_member_evict;
extern const struct control_grammar control_member_admit;
extern const struct control_grammar control_msk_show;
extern const struct control_grammar control_msk_rotate;
extern const struct control_grammar control_msk_solicit;
extern const struct control_grammar control_mtk_rotate;
extern const struct control_grammar control_status;

#define CONTROL_VALUES_MAX 128

/**
 * struct control_values - what was said, in this order
 * @value: the words of the command line; NULL for those that have none
 */
struct control_values {
	const struct control_grammar *grammar;
	size_t count;
	const struct control_word *word[CONTROL_VALUES_MAX];
	char *value[CONTROL_VALUES_MAX];
};

/* Reads the next word, and its value. */
int control_word_read(struct words *words, struct control_values *values,
		      struct problem *problem);
/* All that is required is there. */
int control_values_check(const struct control_values *values,
			 struct problem *problem);

#endif /* _CLI_CONTROL_GRAMMAR_H */
