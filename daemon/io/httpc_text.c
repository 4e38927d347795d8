// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <string.h>
#include <strings.h>

#include "httpc_text.h"

#define ROOM_MIN 256

bool httpc_text_add(struct httpc_text *text, const char *data, size_t size)
{
	size_t room = text->room ? text->room : ROOM_MIN;
	char *bigger;

	while (room - text->size < size)
		room *= 2;
	if (room != text->room) {
		bigger = OPENSSL_clear_realloc(text->data, text->room, room);
		if (!bigger)
			return false;
		text->data = bigger;
		text->room = room;
	}
	memcpy(text->data + text->size, data, size);
	text->size += size;
	return true;
}

void httpc_text_free(struct httpc_text *text)
{
	OPENSSL_clear_free(text->data, text->room);
	*text = (struct httpc_text){ 0 };
}

/* The value in "name: value", or NULL if it is another header. */
static const char *value_of(const char *line, const char *name)
{
	size_t length = strlen(name);

	if (strncasecmp(line, name, length) != 0 || line[length] != ':')
		return NULL;
	line += length + 1;
	return line + strspn(line, " \t");
}

static size_t value_length(const char *value)
{
	size_t length = strlen(value);

	while (length &&
	       (value[length - 1] == ' ' || value[length - 1] == '\t'))
		length--;
	return length;
}

unsigned int httpc_values_join(const struct httpc_text *headers,
			       const char *name, char *out, size_t *size)
{
	unsigned int count = 0;
	size_t at, length = 0;

	for (at = 0; at < headers->size; at += strlen(headers->data + at) + 1) {
		const char *value = value_of(headers->data + at, name);

		if (!value)
			continue;
		if (count++) {
			if (out)
				memcpy(out + length, ", ", 2);
			length += 2;
		}
		if (out)
			memcpy(out + length, value, value_length(value));
		length += value_length(value);
	}
	*size = length;
	return count;
}
