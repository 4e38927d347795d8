// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vectors.h"

/* Longest value of a vector in octets. */
#define OCTETS_MAX 65536

static const char *folder(void)
{
	static char path[4096];
	const char *given = getenv("VECTORS");
	const char *slash = strrchr(__FILE__, '/');
	int length = slash ? (int)(slash - __FILE__) : 0;

	if (given)
		return given;
	snprintf(path, sizeof(path), "%.*s%s", length, __FILE__,
		 length ? "/../vectors" : "../vectors");
	return path;
}

json_t *vectors_load(const char *topic)
{
	char path[8192];
	json_error_t error;
	json_t *list, *vector;
	size_t i;

	snprintf(path, sizeof(path), "%s/%s.json", folder(), topic);
	list = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (!list)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	if (!json_array_size(list))
		fail_msg("%s: no list of vectors", path);
	json_array_foreach(list, i, vector)
	{
		if (!vectors_has(vector, "name") ||
		    !vectors_has(vector, "source"))
			fail_msg("%s: vector %zu has no name or source", path,
				 i);
	}
	return list;
}

json_t *vectors_find(json_t *list, const char *name)
{
	json_t *vector;
	size_t i;

	json_array_foreach(list, i, vector)
	{
		if (!strcmp(vectors_name(vector), name))
			return vector;
	}
	fail_msg("no vector is called '%s'", name);
	return NULL;
}

const char *vectors_name(const json_t *vector)
{
	const char *name = json_string_value(json_object_get(vector, "name"));

	return name ? name : "(no name)";
}

bool vectors_has(const json_t *vector, const char *name)
{
	return json_object_get(vector, name);
}

static json_t *value(const json_t *vector, const char *name)
{
	json_t *found = json_object_get(vector, name);

	if (!found)
		fail_msg("vector '%s' has no '%s'", vectors_name(vector), name);
	return found;
}

const char *vectors_text(const json_t *vector, const char *name)
{
	const char *text = json_string_value(value(vector, name));

	if (!text)
		fail_msg("vector '%s': '%s' is no text", vectors_name(vector),
			 name);
	return text;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

size_t vectors_hex(const json_t *vector, const char *name, uint8_t *out,
		   size_t max)
{
	const char *text = vectors_text(vector, name);
	size_t size = 0;

	while (*text) {
		if (*text == ' ') {
			text++;
			continue;
		}
		if (digit(text[0]) < 0 || digit(text[1]) < 0)
			fail_msg("vector '%s': '%s' is not hexadecimal",
				 vectors_name(vector), name);
		if (size == max)
			fail_msg("vector '%s': '%s' has more than %zu octets",
				 vectors_name(vector), name, max);
		out[size++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
		text += 2;
	}
	return size;
}

void vectors_octets(const json_t *vector, const char *name, uint8_t *out,
		    size_t size)
{
	size_t found = vectors_hex(vector, name, out, size);

	if (found != size)
		fail_msg("vector '%s': '%s' has %zu octets and not %zu",
			 vectors_name(vector), name, found, size);
}

void vectors_secret(const json_t *vector, const char *name,
		    struct secret *secret)
{
	uint8_t octets[SECRET_SIZE_MAX];
	size_t size = vectors_hex(vector, name, octets, sizeof(octets));

	if (secret_set(secret, octets, size))
		fail_msg("vector '%s': no memory for '%s'",
			 vectors_name(vector), name);
}

uint64_t vectors_number(const json_t *vector, const char *name)
{
	json_t *found = value(vector, name);
	const char *text = json_string_value(found);
	char *end;
	uint64_t number;

	if (json_is_integer(found))
		return (uint64_t)json_integer_value(found);
	if (!text || strncmp(text, "0x", 2))
		fail_msg("vector '%s': '%s' is no number", vectors_name(vector),
			 name);
	number = strtoull(text, &end, 16);
	if (*end)
		fail_msg("vector '%s': '%s' is no number", vectors_name(vector),
			 name);
	return number;
}

void vectors_match(const json_t *vector, const char *name, const void *octets,
		   size_t size)
{
	uint8_t *expected = test_malloc(OCTETS_MAX);
	size_t expected_size = vectors_hex(vector, name, expected, OCTETS_MAX);

	if (expected_size != size)
		fail_msg("vector '%s': '%s' has %zu octets, computed are %zu",
			 vectors_name(vector), name, expected_size, size);
	print_message("# %s: %s\n", vectors_name(vector), name);
	assert_memory_equal(octets, expected, size);
	test_free(expected);
}

void vectors_match_secret(const json_t *vector, const char *name,
			  const struct secret *secret)
{
	vectors_match(vector, name, secret->bytes, secret->size);
}
