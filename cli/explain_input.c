// SPDX-License-Identifier: GPL-2.0-or-later
/* What "mbsec explain" reads: files, standard input, octets as text. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "core/text.h"
#include "explain.h"
#include "explain_input.h"

void explain_input_clear(struct explain_input *input)
{
	OPENSSL_clear_free(input->data, input->size);
	*input = (struct explain_input){};
}

static int input_alloc(struct explain_input *input, size_t size,
		       struct problem *problem)
{
	input->data = OPENSSL_malloc(size ? size : 1);
	input->size = size;
	if (input->data)
		return 0;
	return problem_set(problem, EXIT_CODE_REFUSED, "out of memory");
}

/* Up to size octets, or -1. */
static ssize_t read_all(int fd, uint8_t *data, size_t size)
{
	size_t length = 0;
	ssize_t count;

	while (length < size) {
		count = read(fd, data + length, size - length);
		if (!count)
			break;
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -1;
		length += count;
	}
	return length;
}

int explain_input_read(int fd, const char *what, size_t limit,
		       struct explain_input *input, struct problem *problem)
{
	struct explain_input all;
	ssize_t length;
	int code;

	*input = (struct explain_input){};
	/* One octet more than is good, to notice that there is more. */
	code = input_alloc(&all, limit + 1, problem);
	if (code)
		return code;
	length = read_all(fd, all.data, limit + 1);
	if (length < 0)
		code = problem_set(problem, EXIT_CODE_REFUSED, "%s: %s", what,
				   strerror(errno));
	else if ((size_t)length > limit)
		code = problem_set(problem, EXIT_CODE_REFUSED,
				   "%s has more than %zu octets", what, limit);
	else
		code = input_alloc(input, length, problem);
	if (!code && length)
		memcpy(input->data, all.data, length);
	explain_input_clear(&all);
	return code;
}

static bool is_separator(uint8_t c)
{
	return c == ' ' || c == ':' || (c >= '\t' && c <= '\r');
}

enum explain_hex explain_hex_read(const void *text, size_t length, uint8_t *out,
				  size_t room, size_t *size)
{
	const uint8_t *c = text;
	size_t digits = 0;

	*size = 0;
	for (; length; c++, length--) {
		int value = text_hex_digit((char)*c);

		if (value < 0 && is_separator(*c))
			continue;
		if (value < 0)
			return EXPLAIN_HEX_OTHER;
		if (digits / 2 == room)
			return EXPLAIN_HEX_LONG;
		if (digits % 2)
			out[digits / 2] |= value;
		else
			out[digits / 2] = value << 4;
		digits++;
	}
	*size = digits / 2;
	return digits % 2 ? EXPLAIN_HEX_ODD : EXPLAIN_HEX_GOOD;
}

/* A file of octets has some that no text has. */
static bool is_printable(const uint8_t *text, size_t length)
{
	for (; length; text++, length--)
		if (!is_separator(*text) && (*text < ' ' || *text > '~'))
			return false;
	return true;
}

static int raw_take(const void *octets, size_t length,
		    struct explain_input *input, struct problem *problem)
{
	int code;

	if (length > EXPLAIN_SIZE_MAX)
		return problem_set(problem, EXIT_CODE_REFUSED,
				   "the message has %zu octets, more than %d",
				   length, EXPLAIN_SIZE_MAX);
	code = input_alloc(input, length, problem);
	if (!code && length)
		memcpy(input->data, octets, length);
	return code;
}

static int hex_refused(enum explain_hex result, struct problem *problem)
{
	if (result == EXPLAIN_HEX_ODD)
		return problem_set(
			problem, EXIT_CODE_REFUSED,
			"the message has an odd number of hex digits");
	if (result == EXPLAIN_HEX_LONG)
		return problem_set(problem, EXIT_CODE_REFUSED,
				   "the message has more than %d octets",
				   EXPLAIN_SIZE_MAX);
	return problem_set(
		problem, EXIT_CODE_REFUSED,
		"the message is not hexadecimal: something in it is no digit, blank, colon or line end");
}

int explain_input_octets(const void *text, size_t length, bool may_be_raw,
			 struct explain_input *input, struct problem *problem)
{
	enum explain_hex result;
	struct explain_input all;
	size_t size;
	int code;

	*input = (struct explain_input){};
	if (may_be_raw && !is_printable(text, length))
		return raw_take(text, length, input, problem);
	code = input_alloc(&all, EXPLAIN_SIZE_MAX, problem);
	if (code)
		return code;
	result = explain_hex_read(text, length, all.data, all.size, &size);
	code = result ? hex_refused(result, problem) :
			raw_take(all.data, size, input, problem);
	explain_input_clear(&all);
	return code;
}
