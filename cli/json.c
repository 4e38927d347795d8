// SPDX-License-Identifier: GPL-2.0-or-later
/* JSON values of the tool's own types. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define REPLACEMENT "\xef\xbf\xbd"

static json_t *text_replaced(const char *text)
{
	size_t room = strlen(text) * strlen(REPLACEMENT) + 1;
	char *clean = malloc(room);
	char *end = clean;
	json_t *value;

	if (!clean)
		return NULL;
	for (; *text; text++) {
		if ((unsigned char)*text < 0x80)
			*end++ = *text;
		else
			end = stpcpy(end, REPLACEMENT);
	}
	*end = '\0';
	value = json_string(clean);
	free(clean);
	return value;
}

json_t *json_text(const char *text)
{
	json_t *value;

	if (!text)
		return json_null();
	value = json_string(text);
	return value ? value : text_replaced(text);
}

json_t *json_number(uint64_t value)
{
	/* Rather rounded than negative. */
	return value <= INT64_MAX ? json_integer(value) : json_real(value);
}

json_t *json_maybe(struct maybe maybe)
{
	return maybe.known ? json_number(maybe.value) : json_null();
}

json_t *json_maybe_hex8(struct maybe maybe)
{
	char text[sizeof("00000000")];

	snprintf(text, sizeof(text), "%08" PRIx32, (uint32_t)maybe.value);
	return json_text(maybe.known ? text : NULL);
}

json_t *json_name(const struct name_list *list, uint32_t value)
{
	const char *text = names_text(list, value);

	return text ? json_string(text) : json_integer(value);
}

json_t *json_maybe_name(const struct name_list *list, struct maybe maybe)
{
	return maybe.known ? json_name(list, maybe.value) : json_null();
}

json_t *json_counters(const struct counters *counters)
{
	json_t *object = json_object();

	for (size_t i = 0; i < counter_names.count; i++) {
		const struct name *name = &counter_names.names[i];

		json_object_set_new(object, name->text,
				    json_number(counters->value[name->value]));
	}
	return object;
}

void json_add_group_id(json_t *object, const struct group_id *id)
{
	char address[ADDRESS_TEXT_SIZE];
	char source[ADDRESS_TEXT_SIZE];
	bool any = id->source.family == AF_UNSPEC;

	json_object_set_new(object, "address",
			    json_text(address_format(&id->address, address)));
	json_object_set_new(object, "port",
			    id->port ? json_integer(id->port) : json_null());
	json_object_set_new(
		object, "source",
		json_text(any ? NULL : address_format(&id->source, source)));
}

void json_add_key_id(json_t *object, const struct key *key)
{
	json_object_set_new(object, "msk-id", json_maybe_hex8(key->msk_id));
	json_object_set_new(object, "mtk-id", json_maybe(key->mtk_id));
	json_object_set_new(object, "sender-id", json_maybe(key->sender_id));
	json_object_set_new(object, "role",
			    json_maybe_name(&role_names, key->role));
}

static int value_print(json_t *value, size_t flags, struct problem *problem)
{
	int err = value ? json_dumpf(value, stdout, flags) : -1;

	json_decref(value);
	if (err)
		return problem_set(problem, EXIT_CODE_REFUSED,
				   "cannot print the JSON text");
	putchar('\n');
	return 0;
}

int json_print(json_t *value, struct problem *problem)
{
	return value_print(value, JSON_INDENT(2), problem);
}

int json_print_line(json_t *value, struct problem *problem)
{
	return value_print(value, JSON_COMPACT, problem);
}
