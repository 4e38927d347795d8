// SPDX-License-Identifier: GPL-2.0-or-later
/* Values of the configuration, against readers that are slow and simple. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>

#include "config_value.h"
#include "core/text.h"
#include "fuzz.h"

static void check_refused(const char *text, const struct fault *fault)
{
	size_t length = strlen(fault->text);

	(void)text;
	fuzz_check(fault->code != FAULT_NONE);
	fuzz_check(!strncmp(fault->text, "key: ", 5));
	fuzz_check(text_is_plain(fault->text, length));
}

/* Digits and a unit, by writing each unit behind the digits and comparing. */
static bool expect_duration(const char *text, int64_t min, int64_t max,
			    int64_t *value)
{
	static const char *const names[] = { "ms", "s", "m", "h", "d" };
	static const int64_t units[] = { 1, 1000, 60000, 3600000, 86400000 };
	__int128 number = 0;
	size_t digits = 0, i;

	while (text[digits] >= '0' && text[digits] <= '9' && digits < 19)
		number = number * 10 + (text[digits++] - '0');
	if (!digits || digits > 18)
		return false;
	for (i = 0; i < 5; i++)
		if (!strcmp(text + digits, names[i])) {
			number *= units[i];
			*value = (int64_t)number;
			return number >= min && number <= max;
		}
	return false;
}

static void check_duration(const char *text, int64_t min, int64_t max)
{
	struct fault fault = { 0 };
	int64_t value = -1, expected = 0;
	int code;

	code = config_duration("key", text, min, max, &value, &fault);
	if (expect_duration(text, min, max, &expected)) {
		fuzz_check(!code && value == expected);
		return;
	}
	fuzz_check(code == -1 && !value);
	check_refused(text, &fault);
}

static void check_number(const char *text, uint64_t min, uint64_t max)
{
	struct fault fault = { 0 };
	uint64_t value, again;
	char written[32];

	if (config_number("key", text, min, max, &value, &fault)) {
		fuzz_check(!value);
		check_refused(text, &fault);
		return;
	}
	fuzz_check(value >= min && value <= max);
	/* There and back, in both notations. */
	snprintf(written, sizeof(written), "0x%llx", (unsigned long long)value);
	fuzz_check(!config_number("key", written, min, max, &again, NULL));
	fuzz_check(again == value);
	for (; *text; text++)
		fuzz_check(isxdigit((unsigned char)*text) || *text == 'x');
}

static void check_others(const char *text)
{
	struct fault fault = { 0 };
	union address address;
	struct plmn plmn;

	if (config_url("key", text, &fault)) {
		check_refused(text, &fault);
	} else {
		fuzz_check(!strncmp(text, "http", 4) && strstr(text, "://"));
		fuzz_check(!strpbrk(text, "?# \r\n\"<>"));
		fuzz_check(text_is_plain(text, strlen(text)));
	}
	fault = (struct fault){ 0 };
	if (config_plmn("key", text, &plmn, &fault))
		check_refused(text, &fault);
	else
		fuzz_check(strlen(text) == 6 || strlen(text) == 7);
	fault = (struct fault){ 0 };
	if (config_address("key", text, 7, &address, &fault))
		check_refused(text, &fault);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = { data, size };
	uint64_t low = fuzz_take(&input, 8), high = fuzz_take(&input, 8);
	char *text = fuzz_text(&input);

	if (low > high) {
		uint64_t other = low;

		low = high;
		high = other;
	}
	check_duration(text, (int64_t)(low >> 1), (int64_t)(high >> 1));
	check_duration(text, 0, INT64_MAX);
	check_number(text, low, high);
	check_number(text, 0, UINT64_MAX);
	check_others(text);
	free(text);
	return 0;
}
