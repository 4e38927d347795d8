// SPDX-License-Identifier: GPL-2.0-or-later
/* The key file of "mbsec explain". */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "explain_input.h"
#include "explain_keys.h"
#include "keyfile.h"
#include "names.h"
#include "number.h"

#define FILE_SIZE_MAX 65536

/* A row is a name and what its value is; only the members of one kind are set. */
enum setting_kind {
	SETTING_KEY, /* hex, min to max octets */
	SETTING_PASSWORD, /* the rest of the line */
	SETTING_HEX,
	SETTING_TEXT,
	SETTING_NUMBER, /* min to max */
	SETTING_ALGORITHM,
	SETTING_SUITE,
};

static const struct setting {
	const char *name;
	enum setting_kind kind;
	enum explain_key key;
	size_t offset;
	uint64_t min;
	uint64_t max;
} settings[] = {
#define KEY(name, id, min, max)                              \
	{                                                    \
		name, SETTING_KEY, EXPLAIN_##id, 0, min, max \
	}
#define OTHER(name, kind, member, min, max)                             \
	{                                                               \
		name, SETTING_##kind, 0,                                \
			offsetof(struct explain_keys, member), min, max \
	}
	KEY("muk", MUK, 16, 64),
	KEY("msk", MSK, 16, 16),
	KEY("mtk", MTK, 16, 32),
	KEY("salt", SALT, 14, 14),
	KEY("knasenc", KNASENC, 16, 16),
	KEY("knasint", KNASINT, 16, 16),
	KEY("kmbs-ue", KMBS_UE, 32, 32),
	KEY("kasme", KASME, 32, 32),
	KEY("gk", GK, 16, 32),
	KEY("mrk", MRK, 32, 32),
	KEY("res", RES, 4, 16),
	{ "password", SETTING_PASSWORD, EXPLAIN_PASSWORD, 0, 1,
	  SECRET_SIZE_MAX },
	OTHER("rand", HEX, rand, 16, 255),
	OTHER("request", HEX, request, 0, 4096),
	OTHER("body", HEX, body, 0, FILE_SIZE_MAX),
	OTHER("response-body", HEX, response_body, 0, FILE_SIZE_MAX),
	OTHER("method", TEXT, method, 0, 0),
	OTHER("uri", TEXT, uri, 0, 0),
	OTHER("session-nonce", TEXT, session_nonce, 0, 0),
	OTHER("session-cnonce", TEXT, session_cnonce, 0, 0),
	OTHER("algorithm", ALGORITHM, algorithm, 0, 0),
	OTHER("ciphering", NUMBER, ciphering, 0, 2),
	OTHER("overflow", NUMBER, overflow, 0, UINT16_MAX),
	OTHER("roc", NUMBER, roc, 0, UINT32_MAX),
	OTHER("suite", SUITE, suite, 0, 0),
#undef KEY
#undef OTHER
};

#define SETTING_COUNT (sizeof(settings) / sizeof(settings[0]))

/* A line without its end; name and line number are for sentences. */
struct line {
	const char *file;
	unsigned int number;
	const struct setting *setting;
	const char *value;
	size_t length;
};

void explain_keys_init(struct explain_keys *keys)
{
	*keys = (struct explain_keys){ .ciphering = 2 };
}

void explain_keys_clear(struct explain_keys *keys)
{
	struct explain_value *const values[] = {
		&keys->rand,	      &keys->request,
		&keys->method,	      &keys->uri,
		&keys->body,	      &keys->response_body,
		&keys->session_nonce, &keys->session_cnonce,
	};

	for (size_t i = 0; i < EXPLAIN_KEY_COUNT; i++)
		secret_clear(&keys->secrets[i]);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		OPENSSL_clear_free(values[i]->data, values[i]->size);
	explain_keys_init(keys);
}

const struct secret *explain_keys_get(const struct explain_keys *keys,
				      enum explain_key key)
{
	return keys->secrets[key].size ? &keys->secrets[key] : NULL;
}

/* The value is not said: it may be a key. */
static int line_refuse(const struct line *line, const char *reason,
		       struct problem *problem)
{
	return problem_set(problem, EXIT_CODE_REFUSED,
			   "keys %s, line %u: %s%s%s", line->file, line->number,
			   line->setting ? line->setting->name : "",
			   line->setting ? " " : "", reason);
}

static int line_range(const struct line *line, const char *what,
		      struct problem *problem)
{
	const struct setting *setting = line->setting;
	char reason[96];

	if (setting->min == setting->max)
		snprintf(reason, sizeof(reason), "has to be %s%llu%s", what,
			 (unsigned long long)setting->min,
			 *what ? "" : " octets in hexadecimal");
	else
		snprintf(reason, sizeof(reason), "has to be %s%llu to %llu%s",
			 what, (unsigned long long)setting->min,
			 (unsigned long long)setting->max,
			 *what ? "" : " octets in hexadecimal");
	return line_refuse(line, reason, problem);
}

static int take_secret(const struct line *line, const void *octets, size_t size,
		       struct secret *secret, struct problem *problem)
{
	if (secret->size)
		return line_refuse(line, "is there twice", problem);
	if (secret_set(secret, octets, size))
		return problem_set(problem, EXIT_CODE_REFUSED, "out of memory");
	return 0;
}

static int take_key(const struct line *line, struct secret *secret,
		    struct problem *problem)
{
	uint8_t octets[SECRET_SIZE_MAX];
	size_t size;
	int code;

	if (explain_hex_read(line->value, line->length, octets, sizeof(octets),
			     &size) ||
	    size < line->setting->min || size > line->setting->max)
		code = line_range(line, "", problem);
	else
		code = take_secret(line, octets, size, secret, problem);
	OPENSSL_cleanse(octets, sizeof(octets));
	return code;
}

/* A copy of the text with a NUL, or of what the hex digits stand for. */
static int take_value(const struct line *line, struct explain_value *value,
		      struct problem *problem)
{
	bool text = line->setting->kind == SETTING_TEXT;

	if (value->data)
		return line_refuse(line, "is there twice", problem);
	if (text && memchr(line->value, 0, line->length))
		return line_refuse(line, "has a NUL", problem);
	value->data = OPENSSL_zalloc(line->length + 1);
	if (!value->data)
		return problem_set(problem, EXIT_CODE_REFUSED, "out of memory");
	if (text) {
		memcpy(value->data, line->value, line->length);
		value->size = line->length;
		return 0;
	}
	if (explain_hex_read(line->value, line->length, value->data,
			     line->length, &value->size) ||
	    value->size < line->setting->min ||
	    value->size > line->setting->max)
		return line_range(line, "", problem);
	return 0;
}

static int take_number(const struct line *line, uint64_t *value,
		       struct problem *problem)
{
	const struct number_range range = { line->setting->min,
					    line->setting->max };
	struct problem ignored;
	char text[24];

	if (line->length >= sizeof(text) ||
	    memchr(line->value, 0, line->length))
		return line_range(line, "a number, ", problem);
	memcpy(text, line->value, line->length);
	text[line->length] = '\0';
	if (number_parse_or_hex("", text, &range, value, &ignored))
		return line_range(line, "a number, ", problem);
	return 0;
}

static int take_algorithm(const struct line *line,
			  enum digest_algorithm *algorithm,
			  struct problem *problem)
{
	*algorithm = digest_algorithm_find(line->value, line->length);
	if (*algorithm)
		return 0;
	return line_refuse(
		line,
		"has to be MD5, MD5-sess, SHA-256, SHA-256-sess or AKAv1-MD5",
		problem);
}

static int take_suite(const struct line *line, uint32_t *suite,
		      struct problem *problem)
{
	char text[64] = "";

	if (line->length < sizeof(text))
		memcpy(text, line->value, line->length);
	if (names_value(&suite_names, text, suite))
		return 0;
	return line_refuse(line, "is unknown; \"help group add\" has them",
			   problem);
}

static int line_take(const struct line *line, struct explain_keys *keys,
		     struct problem *problem)
{
	const struct setting *setting = line->setting;
	void *member = (char *)keys + setting->offset;

	switch (setting->kind) {
	case SETTING_KEY:
		return take_key(line, &keys->secrets[setting->key], problem);
	case SETTING_PASSWORD:
		if (!line->length || line->length > setting->max)
			return line_refuse(
				line, "has to be 1 to 256 characters", problem);
		return take_secret(line, line->value, line->length,
				   &keys->secrets[setting->key], problem);
	case SETTING_HEX:
	case SETTING_TEXT:
		return take_value(line, member, problem);
	case SETTING_NUMBER:
		return take_number(line, member, problem);
	case SETTING_ALGORITHM:
		return take_algorithm(line, member, problem);
	case SETTING_SUITE:
		return take_suite(line, member, problem);
	}
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void trim(const char **text, size_t *length)
{
	while (*length && is_blank(**text)) {
		(*text)++;
		(*length)--;
	}
	while (*length && is_blank((*text)[*length - 1]))
		(*length)--;
}

static int line_parse(struct line *line, const char *text, size_t length,
		      struct explain_keys *keys, struct problem *problem)
{
	size_t name = 0;

	trim(&text, &length);
	if (!length || *text == '#')
		return 0;
	while (name < length && !is_blank(text[name]))
		name++;
	line->setting = NULL;
	for (size_t i = 0; i < SETTING_COUNT; i++)
		if (strlen(settings[i].name) == name &&
		    !memcmp(settings[i].name, text, name))
			line->setting = &settings[i];
	if (!line->setting)
		return line_refuse(
			line,
			"it does not begin with a name that is known; mbsec(8) has them",
			problem);
	line->value = text + name;
	line->length = length - name;
	trim(&line->value, &line->length);
	return line_take(line, keys, problem);
}

int explain_keys_parse(const char *name, const char *text, size_t length,
		       struct explain_keys *keys, struct problem *problem)
{
	struct line line = { .file = name };
	int code = 0;

	explain_keys_init(keys);
	while (length && !code) {
		const char *end = memchr(text, '\n', length);
		size_t size = end ? (size_t)(end - text) : length;

		line.number++;
		code = line_parse(&line, text, size, keys, problem);
		size += !!end;
		text += size;
		length -= size;
	}
	if (code)
		explain_keys_clear(keys);
	return code;
}

static int keys_open(char *name, int *fd, struct problem *problem)
{
	struct stat status;

	*fd = STDIN_FILENO;
	if (!strcmp(name, "-") && isatty(STDIN_FILENO))
		return problem_set(
			problem, EXIT_CODE_USAGE,
			"keys -: standard input is a terminal, which would show the keys; use a file or a pipe");
	if (!strcmp(name, "-"))
		return 0;
	*fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (*fd < 0 && keyfile_looks_like_key(name)) {
		OPENSSL_cleanse(name, strlen(name));
		return problem_set(
			problem, EXIT_CODE_USAGE,
			"keys wants the name of a file, not a key: every user of this host can see a key on the command line, so use another one");
	}
	if (*fd < 0)
		return problem_set(problem, EXIT_CODE_REFUSED, "keys %s: %s",
				   name, strerror(errno));
	if (!fstat(*fd, &status) && S_ISREG(status.st_mode) &&
	    status.st_mode & 077)
		problem_warn(
			"keys %s can be used by others than its owner (mode %03o); do chmod 600",
			name, status.st_mode & 0777);
	return 0;
}

int explain_keys_read(char *name, struct explain_keys *keys,
		      struct problem *problem)
{
	struct explain_input input;
	char what[256];
	int code, fd;

	explain_keys_init(keys);
	code = keys_open(name, &fd, problem);
	if (code)
		return code;
	snprintf(what, sizeof(what), "keys %s", name);
	code = explain_input_read(fd, what, FILE_SIZE_MAX, &input, problem);
	if (fd != STDIN_FILENO)
		close(fd);
	if (!code)
		code = explain_keys_parse(name, (const char *)input.data,
					  input.size, keys, problem);
	explain_input_clear(&input);
	return code;
}
