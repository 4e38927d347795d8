// SPDX-License-Identifier: GPL-2.0-or-later
/* Key files: MTK, colon and salt, perhaps a newline; nothing of them leaks. */
#define _GNU_SOURCE
#include <ctype.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "keyfile.h"

static int file = -1;
static char file_name[32];

static void file_write(const uint8_t *data, size_t size)
{
	if (file < 0) {
		file = memfd_create("key", MFD_CLOEXEC);
		fuzz_check(file >= 0);
		/* Else each reading would warn that others can read it. */
		fuzz_check(!fchmod(file, 0600));
		snprintf(file_name, sizeof(file_name), "/proc/self/fd/%d",
			 file);
	}
	fuzz_check(!ftruncate(file, 0));
	fuzz_check(pwrite(file, data, size, 0) == (ssize_t)size);
}

/* Of the keys that there are: SFrame, SRTP with 128 and with 256 bits. */
static const struct keyfile_sizes all_sizes[] = { { MTK_SIZE, 0 },
						  { MTK_SIZE, 14 },
						  { MTK_SIZE_MAX, 14 } };

/* Takes so many octets as hexadecimal from text, or fails. */
static bool take_octets(const char **text, size_t size, uint8_t *octets)
{
	for (size_t i = 0; i < 2 * size; i++)
		if (!isxdigit((unsigned char)(*text)[i]))
			return false;
	for (size_t i = 0; i < size; i++, *text += 2)
		fuzz_check(sscanf(*text, "%2hhx", &octets[i]) == 1);
	return true;
}

static bool expect_key(const struct fuzz_input *input,
		       const struct keyfile_sizes *sizes,
		       struct master_key *key)
{
	char *copy = fuzz_text(input);
	const char *text = copy;
	bool good;

	memset(key, 0, sizeof(*key));
	good = take_octets(&text, sizes->key, key->mtk) &&
	       (!sizes->salt ||
		(*text++ == ':' && take_octets(&text, sizes->salt, key->salt)));
	if (good && *text == '\n')
		text++;
	/* Nothing is behind it, not even a NUL. */
	good = good && (size_t)(text - copy) == input->size;
	free(copy);
	return good;
}

/* No four digits in a row of what might be a key, and nothing of it in key. */
static void check_refused(const struct problem *problem,
			  const struct master_key *key)
{
	const struct master_key none = {};
	size_t digits = 0;

	fuzz_check(problem->sentence[0]);
	fuzz_check(memchr(problem->sentence, 0, sizeof(problem->sentence)));
	for (const char *c = problem->sentence; *c; c++) {
		digits = isxdigit((unsigned char)*c) ? digits + 1 : 0;
		fuzz_check(digits < 4);
	}
	fuzz_check(!memcmp(key, &none, sizeof(none)));
}

static size_t count_digits(const char *text)
{
	size_t digits = 0;

	while (isxdigit((unsigned char)text[digits]))
		digits++;
	return digits;
}

static void check_looks_like_key(const struct fuzz_input *input)
{
	char *text = fuzz_text(input);
	const char *rest = text + (!strncasecmp(text, "0x", 2) ? 2 : 0);
	size_t digits = count_digits(rest);

	rest += digits;
	if (*rest == ':')
		rest += 1 + count_digits(rest + 1);
	fuzz_check(keyfile_looks_like_key(text) ==
		   (digits >= MTK_SIZE && !*rest));
	free(text);
}

static void check_sizes(const struct fuzz_input *input,
			const struct keyfile_sizes *sizes)
{
	struct master_key key, expected;
	struct problem problem = {};
	int code;

	memset(&key, 0xff, sizeof(key));
	code = keyfile_read(file_name, sizes, &key, &problem);
	if (expect_key(input, sizes, &expected)) {
		fuzz_check(!code);
		fuzz_check(!memcmp(&key, &expected, sizeof(key)));
	} else {
		fuzz_check(code == EXIT_CODE_REFUSED);
		check_refused(&problem, &key);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_input input = { data, size };

	file_write(data, size);
	for (size_t i = 0; i < sizeof(all_sizes) / sizeof(all_sizes[0]); i++)
		check_sizes(&input, &all_sizes[i]);
	check_looks_like_key(&input);
	return 0;
}
