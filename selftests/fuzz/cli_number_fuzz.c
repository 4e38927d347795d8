// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers and octets of the command line, against the C library's reading. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>

#include "fuzz.h"
#include "number.h"

static bool all_digits(const char *text, int (*is_digit)(int c))
{
	if (!*text)
		return false;
	for (; *text; text++)
		if (!is_digit((unsigned char)*text))
			return false;
	return true;
}

/* Is the text a number that is in range? */
static bool expect_number(const char *text, int base,
			  const struct number_range *range, uint64_t *value)
{
	if (base == 16)
		text += 2;
	if (!all_digits(text, base == 16 ? isxdigit : isdigit))
		return false;
	if (base == 10 && text[0] == '0' && text[1])
		return false;
	errno = 0;
	*value = strtoull(text, NULL, base);
	return (!errno || range->max == UINT64_MAX) && *value >= range->min &&
	       *value <= range->max;
}

static void check_problem(int code, const struct problem *problem)
{
	fuzz_check(code == EXIT_CODE_USAGE);
	fuzz_check(problem->sentence[0]);
	fuzz_check(memchr(problem->sentence, 0, sizeof(problem->sentence)));
}

static void check_numbers(const char *text, const struct number_range *range)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	struct problem problem = {};
	uint64_t value, expected;
	int code;

	code = number_parse("field", text, range, &value, &problem);
	if (expect_number(text, 10, range, &expected))
		fuzz_check(!code && value == expected);
	else
		check_problem(code, &problem);

	memset(&problem, 0, sizeof(problem));
	code = number_parse_or_hex("field", text, range, &value, &problem);
	if (expect_number(text, hex ? 16 : 10, range, &expected))
		fuzz_check(!code && value == expected);
	else
		check_problem(code, &problem);
}

static void check_octets(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);
	uint8_t octets[16], expected;
	size_t count = size / 2 < sizeof(octets) ? size / 2 : sizeof(octets);
	bool good = size == 2 * count;
	size_t i;

	for (i = 0; good && i < size; i++)
		good = isxdigit((unsigned char)text[i]);
	fuzz_check(number_parse_octets(text, size, octets, count) == good);
	for (i = 0; good && i < count; i++) {
		const char digits[] = { text[2 * i], text[2 * i + 1], 0 };

		expected = strtoul(digits, NULL, 16);
		fuzz_check(octets[i] == expected);
	}
	free(text);
}

/* The range first, as two numbers of eight octets, then the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	struct number_range range;
	char *text;

	range.min = fuzz_take(&input, 8);
	range.max = fuzz_take(&input, 8);
	check_octets(input.data, input.size);
	text = fuzz_text(&input);
	check_numbers(text, &range);
	free(text);
	return 0;
}
