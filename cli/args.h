/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command may be told: the grammar of the words after its name. */
#ifndef _CLI_ARGS_H
#define _CLI_ARGS_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "control_grammar.h"
#include "problem.h"

/* In the order in which usage texts name them. */
enum keyword_id {
	KEYWORD_PORT,
	KEYWORD_SRC,
	KEYWORD_DEV,
	KEYWORD_FORMAT,
	KEYWORD_SUITE,
	KEYWORD_POLICY,
	KEYWORD_DIR,
	KEYWORD_RTCP_PORT,
	KEYWORD_NO_MKI,
	KEYWORD_ROC_RATE,
	KEYWORD_ROC_MODE,
	KEYWORD_ALLOW_NO_INTEGRITY,
	KEYWORD_MSK_ID,
	KEYWORD_MTK_ID,
	KEYWORD_SENDER,
	KEYWORD_SSRC,
	KEYWORD_ROC,
	KEYWORD_SEQ,
	KEYWORD_ROLE,
	KEYWORD_KEY_FILE,
	KEYWORD_WINDOW,
	KEYWORD_SOFT_PACKETS,
	KEYWORD_HARD_PACKETS,
	KEYWORD_SOFT_BYTES,
	KEYWORD_HARD_BYTES,
	KEYWORD_SOFT_TIME,
	KEYWORD_HARD_TIME,
	KEYWORD_ACTIVATE,
	KEYWORD_KEYS,
};

#define KEYWORD_BIT(id) (1u << KEYWORD_##id)

/*
 * Keywords that share an id exclude each other. One without a value text has
 * no value.
 */
struct keyword {
	enum keyword_id id;
	const char *name;
	const char *value;
	const char *summary;
};

extern const struct keyword keywords[];
extern const size_t keyword_count;

enum option {
	OPTION_JSON = 1,
	OPTION_STATISTICS = 2,
	OPTION_FORCE_NONCE_REUSE = 4,
	OPTION_HELP = 8,
	OPTION_VERSION = 16,
	OPTION_SOCKET = 32,
	OPTION_WRITE_SECRET_KEYS = 64,
};

struct option_word {
	enum option option;
	const char *letter; /* NULL if it has none */
	const char *word;
	const char *value; /* likewise */
	const char *summary;
};

extern const struct option_word option_words[];
extern const size_t option_word_count;

enum address_rule {
	ADDRESS_NONE,
	ADDRESS_OPTIONAL,
	ADDRESS_REQUIRED,
	OPERAND_OCTETS, /* no address but a message, in hexadecimal */
	OPERAND_TEXT, /* a message that is text */
	OPERAND_FILE, /* a file to be made */
};

/*
 * The sets are of KEYWORD_BIT() and enum option. A command of the key manager has
 * a grammar of its own.
 */
struct grammar {
	enum address_rule address;
	uint32_t required;
	uint32_t optional;
	uint32_t options;
	const struct control_grammar *control;
};

#define ARGUMENTS_LIMITS 6

/* What was said; a field is valid if its keyword is in given. */
struct arguments {
	uint32_t given;
	uint32_t options;
	bool has_address;
	struct group_id group;
	char device[IFNAMSIZ];
	uint32_t format;
	uint32_t suite;
	uint32_t policy;
	uint32_t direction;
	uint16_t rtcp_port; /* 0 is none */
	uint16_t roc_rate;
	uint32_t roc_mode;
	uint32_t msk_id;
	uint16_t mtk_id;
	uint16_t sender_id;
	uint32_t ssrc;
	uint32_t roc;
	uint16_t sequence;
	uint32_t role;
	char *key_file;
	char *keys;
	const char *operand;
	uint32_t window;
	/* soft-packets, hard-packets, soft-bytes, ... as in enum keyword_id */
	uint64_t limits[ARGUMENTS_LIMITS];
	const char *socket;
	struct control_values control;
};

/* The words not read yet. */
struct words {
	char **word;
	int left;
};

bool args_is_option(const char *word);
/* The next word is one. */
int args_option_read(struct words *words, struct arguments *args,
		     struct problem *problem);
/* Called by args_parse() when all words are read. */
int args_check(const struct grammar *grammar, const struct arguments *args,
	       struct problem *problem);
int args_parse(const struct grammar *grammar, struct words *words,
	       struct arguments *args, struct problem *problem);

#endif /* _CLI_ARGS_H */
