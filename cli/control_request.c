// SPDX-License-Identifier: GPL-2.0-or-later
/* From words to the arguments of a command. */
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>

#include "control.h"
#include "keyfile.h"
#include "number.h"

static int number_make(const struct control_word *word, const char *text,
		       json_t **value, struct problem *problem)
{
	const struct number_range range = { 0, INT64_MAX };
	uint64_t number;
	int code =
		number_parse_or_hex(word->name, text, &range, &number, problem);

	*value = code ? NULL : json_integer((json_int_t)number);
	return code;
}

static int switch_make(const struct control_word *word, const char *text,
		       json_t **value, struct problem *problem)
{
	bool on = !strcmp(text, "on");

	if (!on && strcmp(text, "off"))
		return problem_set(problem, EXIT_CODE_USAGE,
				   "%s '%s' is unknown; known are on, off",
				   word->name, text);
	*value = json_boolean(on);
	return 0;
}

static json_t *list_make(const char *text)
{
	json_t *list = json_array();
	size_t length;

	for (; *text; text += length + !!text[length]) {
		length = strcspn(text, ",");
		if (length)
			json_array_append_new(list, json_stringn(text, length));
	}
	return list;
}

static int key_make(char *file, json_t **value, struct problem *problem)
{
	static const struct keyfile_sizes sizes = { MTK_SIZE, 0 };
	static const char digits[] = "0123456789abcdef";
	char text[2 * MTK_SIZE + 1];
	struct master_key key;
	int code = keyfile_read(file, &sizes, &key, problem);

	*value = NULL;
	if (code)
		return code;
	for (size_t i = 0; i < MTK_SIZE; i++) {
		text[2 * i] = digits[key.mtk[i] >> 4];
		text[2 * i + 1] = digits[key.mtk[i] & 15];
	}
	text[2 * MTK_SIZE] = '\0';
	*value = json_string(text);
	OPENSSL_cleanse(&key, sizeof(key));
	OPENSSL_cleanse(text, sizeof(text));
	return 0;
}

static int value_make(const struct control_word *word, char *text,
		      json_t **value, struct problem *problem)
{
	switch (word->type) {
	case CONTROL_NUMBER:
	case CONTROL_NUMBER_OF_STREAM:
		return number_make(word, text, value, problem);
	case CONTROL_SWITCH:
		return switch_make(word, text, value, problem);
	case CONTROL_KEY:
		return key_make(text, value, problem);
	case CONTROL_LIST:
		*value = list_make(text);
		return 0;
	case CONTROL_OFF:
		*value = json_false();
		return 0;
	default:
		*value = json_string(text);
		return 0;
	}
}

/* Where the value of a word belongs; a new stream is begun. */
static json_t *place_of(const struct control_word *word, json_t *arguments)
{
	json_t *flows = json_object_get(arguments, "flows");

	if (word->type == CONTROL_STREAM) {
		if (!flows) {
			flows = json_array();
			json_object_set_new(arguments, "flows", flows);
		}
		json_array_append_new(flows, json_object());
	} else if (word->type != CONTROL_OF_STREAM &&
		   word->type != CONTROL_NUMBER_OF_STREAM) {
		return arguments;
	}
	return json_array_get(flows, json_array_size(flows) - 1);
}

/* The daemon has address and port in one. */
static void ports_join(json_t *flows)
{
	char text[256];
	json_t *flow;
	size_t i;

	json_array_foreach(flows, i, flow)
	{
		const char *group =
			json_string_value(json_object_get(flow, "group"));
		bool six = strchr(group, ':');

		snprintf(text, sizeof(text), "%s%.200s%s:%lld", six ? "[" : "",
			 group, six ? "]" : "",
			 (long long)json_integer_value(
				 json_object_get(flow, "port")));
		json_object_set_new(flow, "group", json_string(text));
		json_object_del(flow, "port");
	}
}

int control_arguments(const struct control_values *values, json_t **arguments,
		      struct problem *problem)
{
	json_t *value;
	int code = 0;

	*arguments = json_object();
	for (size_t i = 0; i < values->count && !code; i++) {
		const struct control_word *word = values->word[i];

		value = NULL;
		code = value_make(word, values->value[i], &value, problem);
		if (!code && json_object_set_new(place_of(word, *arguments),
						 word->argument, value))
			code = problem_set(
				problem, EXIT_CODE_USAGE, "%s is not UTF-8",
				word->name ? word->name : word->value);
	}
	if (!code)
		ports_join(json_object_get(*arguments, "flows"));
	if (!code)
		return 0;
	json_decref(*arguments);
	*arguments = NULL;
	return code;
}
