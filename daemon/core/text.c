// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdint.h>
#include <string.h>

#include "text.h"

/* Octets of the character at @text, 0 if it is not UTF-8 or a control. */
static size_t character(const uint8_t *text, size_t left)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t code;
	size_t size, i;

	if (text[0] < 0x80)
		return text[0] >= 0x20 && text[0] != 0x7f;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	size = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	if (size > left)
		return 0;
	code = text[0] & (0x7f >> size);
	for (i = 1; i < size; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (code < smallest[size] || code > 0x10ffff || code < 0xa0 ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return size;
}

bool text_is_plain(const char *text, size_t length)
{
	size_t pos = 0, size;

	while (pos < length) {
		/* Nearly all is ASCII, and there is much of it. */
		if (text[pos] >= ' ' && text[pos] < 0x7f) {
			pos++;
			continue;
		}
		size = character((const uint8_t *)text + pos, length - pos);
		if (!size)
			return false;
		pos += size;
	}
	return true;
}

void text_make_plain(char *text)
{
	size_t left = strlen(text);

	while (left) {
		size_t size = character((const uint8_t *)text, left);

		if (!size) {
			*text = '?';
			size = 1;
		}
		text += size;
		left -= size;
	}
}

static char hex_digit(unsigned int value)
{
	/* 39 from '9' + 1 to 'a', added where the difference is negative. */
	return (char)('0' + value + (((9 - value) >> 8) & 39));
}

void text_hex(char *out, const uint8_t *octets, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++) {
		*out++ = hex_digit(octets[i] >> 4);
		*out++ = hex_digit(octets[i] & 15);
	}
	*out = '\0';
}

int text_copy(char *out, size_t room, const char *text, size_t length,
	      const char *what, struct fault *fault)
{
	out[0] = '\0';
	if (length >= room)
		return fault_set(fault, FAULT_LIMIT,
				 "%s has more than %zu octets", what, room - 1);
	if (!text_is_plain(text, length))
		return fault_set(fault, FAULT_MALFORMED,
				 "%s has a control character or is not UTF-8",
				 what);
	if (length)
		memcpy(out, text, length);
	out[length] = '\0';
	return 0;
}

int text_number(const char *text, size_t length, unsigned long max,
		unsigned long *value, const char *what, struct fault *fault)
{
	uint64_t number = 0;
	size_t i;

	*value = 0;
	if (!length || length > 10 || (length > 1 && text[0] == '0'))
		return fault_set(fault, FAULT_MALFORMED,
				 "%s is not a whole number", what);
	for (i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return fault_set(fault, FAULT_MALFORMED,
					 "%s is not a whole number", what);
		number = number * 10 + (uint64_t)(text[i] - '0');
	}
	if (number > max)
		return fault_set(fault, FAULT_LIMIT, "%s is above %lu", what,
				 max);
	*value = (unsigned long)number;
	return 0;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_equal_nocase(const char *a, size_t a_length, const char *b,
		       size_t b_length)
{
	size_t i;

	if (a_length != b_length)
		return false;
	for (i = 0; i < a_length; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

int text_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool text_hex_parse(const char *text, size_t length, uint8_t *octets,
		    size_t size)
{
	int high, low;
	size_t i;

	if (length != 2 * size)
		return false;
	for (i = 0; i < size; i++) {
		high = text_hex_digit(text[2 * i]);
		low = text_hex_digit(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		octets[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}
