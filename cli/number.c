// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers of the command line, read strictly. */
#include <inttypes.h>
#include <string.h>

#include "number.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The value, or false; a number too large for 64 bits saturates. */
static bool number_read(const char *text, unsigned int base, uint64_t *value)
{
	bool over = false;

	*value = 0;
	if (!*text)
		return false;
	/* 010 is eight for some tools and ten for others. */
	if (base == 10 && text[0] == '0' && text[1])
		return false;
	for (; *text; text++) {
		int digit = hex_digit(*text);

		if (digit < 0 || digit >= (int)base)
			return false;
		over |= __builtin_mul_overflow(*value, base, value);
		over |= __builtin_add_overflow(*value, digit, value);
	}
	if (over)
		*value = UINT64_MAX;
	return true;
}

static int number_check(const char *field, const char *text,
			const struct number_range *range, uint64_t value,
			struct problem *problem)
{
	if (value >= range->min && value <= range->max)
		return 0;
	return problem_set(problem, EXIT_CODE_USAGE,
			   "%s %s is out of range (%" PRIu64 " to %" PRIu64 ")",
			   field, text, range->min, range->max);
}

int number_parse(const char *field, const char *text,
		 const struct number_range *range, uint64_t *value,
		 struct problem *problem)
{
	if (!number_read(text, 10, value))
		return problem_set(problem, EXIT_CODE_USAGE,
				   "%s '%s' is not a decimal number", field,
				   text);
	return number_check(field, text, range, *value, problem);
}

int number_parse_or_hex(const char *field, const char *text,
			const struct number_range *range, uint64_t *value,
			struct problem *problem)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');

	if (!number_read(hex ? text + 2 : text, hex ? 16 : 10, value))
		return problem_set(
			problem, EXIT_CODE_USAGE,
			"%s '%s' is neither a decimal number nor a hexadecimal one (0x...)",
			field, text);
	if (*value >= range->min && *value <= range->max)
		return 0;
	return problem_set(problem, EXIT_CODE_USAGE,
			   "%s %s is out of range (0x%" PRIx64 " to 0x%" PRIx64
			   ")",
			   field, text, range->min, range->max);
}

bool number_parse_octets(const char *text, size_t length, uint8_t *octets,
			 size_t size)
{
	if (length != 2 * size)
		return false;
	for (size_t i = 0; i < size; i++) {
		int high = hex_digit(text[2 * i]);
		int low = hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		octets[i] = high << 4 | low;
	}
	return true;
}
