// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <stdint.h>

#include "base64.h"

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_encode(const void *data, size_t size, char *text, size_t room,
		  struct fault *fault)
{
	const uint8_t *in = data;
	size_t i;

	if (room <= BASE64_LENGTH(size))
		return fault_set(fault, FAULT_ROOM,
				 "%zu octets in base 64 do not fit %zu", size,
				 room);
	for (i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t group = (uint32_t)in[i] << 16;

		if (left > 1)
			group |= (uint32_t)in[i + 1] << 8;
		if (left > 2)
			group |= in[i + 2];
		*text++ = alphabet[group >> 18];
		*text++ = alphabet[group >> 12 & 63];
		*text++ = left > 1 ? alphabet[group >> 6 & 63] : '=';
		*text++ = left > 2 ? alphabet[group & 63] : '=';
	}
	*text = '\0';
	return 0;
}

/* The value of a character, or -1. */
static int digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Reads four characters into 1 to 3 octets; 0 if they are not canonical. */
static size_t decode_group(const char text[4], uint8_t out[3])
{
	int a = digit(text[0]), b = digit(text[1]);
	int c = digit(text[2]), d = digit(text[3]);

	if (a < 0 || b < 0)
		return 0;
	out[0] = (uint8_t)(a << 2 | b >> 4);
	if (text[2] == '=' && text[3] == '=')
		return b & 15 ? 0 : 1;
	if (c < 0)
		return 0;
	out[1] = (uint8_t)((b & 15) << 4 | c >> 2);
	if (text[3] == '=')
		return c & 3 ? 0 : 2;
	if (d < 0)
		return 0;
	out[2] = (uint8_t)((c & 3) << 6 | d);
	return 3;
}

static int decode(const char *text, size_t length, uint8_t *data, size_t room,
		  size_t *size, const char *what, struct fault *fault)
{
	uint8_t group[3] = { 0 };
	size_t done = 0, octets = 0, i, j;

	if (length % 4)
		return fault_set(fault, FAULT_MALFORMED,
				 "%s is not base 64: %zu characters", what,
				 length);
	for (i = 0; i < length; i += 4) {
		octets = decode_group(text + i, group);
		if (!octets || (octets < 3 && i + 4 < length)) {
			OPENSSL_cleanse(group, sizeof(group));
			return fault_set(fault, FAULT_MALFORMED,
					 "%s is not base 64 at character %zu",
					 what, i);
		}
		if (octets > room - done) {
			OPENSSL_cleanse(group, sizeof(group));
			return fault_set(fault, FAULT_LIMIT,
					 "%s has more than %zu octets", what,
					 room);
		}
		for (j = 0; j < octets; j++)
			data[done++] = group[j];
	}
	OPENSSL_cleanse(group, sizeof(group));
	*size = done;
	return 0;
}

int base64_decode(const char *text, size_t length, void *data, size_t room,
		  size_t *size, const char *what, struct fault *fault)
{
	*size = 0;
	if (!decode(text, length, data, room, size, what, fault))
		return 0;
	OPENSSL_cleanse(data, room);
	return -1;
}
