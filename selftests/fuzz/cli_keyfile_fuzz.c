// SPDX-License-Identifier: GPL-2.0-or-later
/* Key files: 32 hex digits and perhaps a newline; nothing of them leaks. */
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

static bool expect_key(const uint8_t *data, size_t size,
		       uint8_t mtk[static MTK_SIZE])
{
	char text[2 * MTK_SIZE + 1] = "";

	if (size == 2 * MTK_SIZE + 1 && data[size - 1] == '\n')
		size--;
	if (size != 2 * MTK_SIZE)
		return false;
	memcpy(text, data, size);
	for (size_t i = 0; i < size; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	for (size_t i = 0; i < MTK_SIZE; i++)
		fuzz_check(sscanf(text + 2 * i, "%2hhx", &mtk[i]) == 1);
	return true;
}

/* No four digits in a row of what might be a key, and nothing of it in mtk. */
static void check_refused(const struct problem *problem,
			  const uint8_t mtk[static MTK_SIZE])
{
	size_t digits = 0;

	fuzz_check(problem->sentence[0]);
	fuzz_check(memchr(problem->sentence, 0, sizeof(problem->sentence)));
	for (const char *c = problem->sentence; *c; c++) {
		digits = isxdigit((unsigned char)*c) ? digits + 1 : 0;
		fuzz_check(digits < 4);
	}
	for (size_t i = 0; i < MTK_SIZE; i++)
		fuzz_check(!mtk[i]);
}

static void check_looks_like_key(const struct fuzz_input *input)
{
	char *text = fuzz_text(input);
	size_t prefix = !strncasecmp(text, "0x", 2) ? 2 : 0;
	size_t digits = 0;

	while (isxdigit((unsigned char)text[prefix + digits]))
		digits++;
	fuzz_check(keyfile_looks_like_key(text) ==
		   (digits >= MTK_SIZE && !text[prefix + digits]));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_input input = { data, size };
	uint8_t mtk[MTK_SIZE], expected[MTK_SIZE];
	struct problem problem = {};
	int code;

	memset(mtk, 0, sizeof(mtk));
	file_write(data, size);
	code = keyfile_read(file_name, mtk, &problem);
	if (expect_key(data, size, expected)) {
		fuzz_check(!code);
		fuzz_check(!memcmp(mtk, expected, sizeof(mtk)));
	} else {
		fuzz_check(code == EXIT_CODE_REFUSED);
		check_refused(&problem, mtk);
	}
	check_looks_like_key(&input);
	return 0;
}
