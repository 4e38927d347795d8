// SPDX-License-Identifier: GPL-2.0-or-later
/* JSON pointers (RFC 6901) for faults. */
#include <stdio.h>
#include <string.h>

#include "sbi_json_value.h"
#include "text.h"

/* Deeper places are named by the place around them. */
#define DEPTH_MAX 12

/**
 * struct level - an object or array that is open
 * @is_array: which of both
 * @index: entries before this one, in an array
 * @name: latest name in an object, NULL before the first
 * @length: octets of @name
 * @expects_name: the next string is a name
 */
struct level {
	bool is_array;
	size_t index;
	const char *name;
	size_t length;
	bool expects_name;
};

void sbi_path_append(char path[SBI_PATH_SIZE], const char *name, size_t length)
{
	size_t at = strlen(path), i;
	/* "/", every character as two, "..." and a NUL. */
	bool fits = at + 1 + 2 * length + 4 <= SBI_PATH_SIZE;

	if (at >= 3 && !strcmp(path + at - 3, "..."))
		return;
	if (!fits || !text_is_plain(name, length) ||
	    (length && memchr(name, ' ', length))) {
		if (at + 5 <= SBI_PATH_SIZE)
			memcpy(path + at, "/...", 5);
		return;
	}
	path[at++] = '/';
	for (i = 0; i < length; i++) {
		if (name[i] == '~' || name[i] == '/') {
			path[at++] = '~';
			path[at++] = name[i] == '~' ? '0' : '1';
		} else {
			path[at++] = name[i];
		}
	}
	path[at] = '\0';
}

/* The position after the string that begins at @at, or @size if it does not end. */
static size_t string_end(const char *document, size_t size, size_t at)
{
	for (at++; at < size; at++) {
		if (document[at] == '\\')
			at++;
		else if (document[at] == '"')
			return at + 1;
	}
	return size;
}

static void path_build(const struct level *levels, size_t depth,
		       char path[SBI_PATH_SIZE])
{
	char number[24];
	size_t i;

	path[0] = '\0';
	for (i = 0; i < depth && i < DEPTH_MAX; i++) {
		if (levels[i].is_array) {
			snprintf(number, sizeof(number), "%zu",
				 levels[i].index);
			sbi_path_append(path, number, strlen(number));
		} else if (levels[i].name) {
			sbi_path_append(path, levels[i].name, levels[i].length);
		}
	}
}

/* What one character outside of strings does to the level that is open. */
static void level_feed(struct level *level, char c)
{
	if (c != ',')
		return;
	level->index++;
	level->expects_name = !level->is_array;
}

void sbi_path_find(const char *document, size_t size, char path[SBI_PATH_SIZE])
{
	struct level levels[DEPTH_MAX] = { 0 };
	size_t depth = 0, at = 0;

	while (at < size) {
		struct level *level =
			depth && depth <= DEPTH_MAX ? &levels[depth - 1] : NULL;
		char c = document[at];

		if (c == '"') {
			size_t end = string_end(document, size, at);

			if (level && level->expects_name &&
			    document[end - 1] == '"' && end > at + 1) {
				level->name = document + at + 1;
				level->length = end - at - 2;
				level->expects_name = false;
			}
			at = end;
			continue;
		}
		at++;
		if (c == '{' || c == '[') {
			if (depth < DEPTH_MAX)
				levels[depth] = (struct level){
					.is_array = c == '[',
					.expects_name = c == '{',
				};
			depth++;
		} else if ((c == '}' || c == ']') && depth) {
			depth--;
		} else if (level) {
			level_feed(level, c);
		}
	}
	path_build(levels, depth, path);
}
