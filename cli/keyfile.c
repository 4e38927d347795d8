// SPDX-License-Identifier: GPL-2.0-or-later
/* Files that hold an MTK as 32 hex digits. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "keyfile.h"
#include "number.h"

#define HEX_SIZE (2 * (size_t)MTK_SIZE)

bool keyfile_looks_like_key(const char *text)
{
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	return strlen(text) >= HEX_SIZE / 2 &&
	       !text[strspn(text, "0123456789abcdefABCDEF")];
}

static int keyfile_open(char *name, int *fd, struct problem *problem)
{
	if (!strcmp(name, "-")) {
		*fd = STDIN_FILENO;
		if (!isatty(STDIN_FILENO))
			return 0;
		return problem_set(
			problem, EXIT_CODE_USAGE,
			"key-file -: standard input is a terminal, which would show the key; use a file or a pipe");
	}
	*fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (*fd >= 0)
		return 0;
	if (!keyfile_looks_like_key(name))
		return problem_set(problem, EXIT_CODE_REFUSED,
				   "key-file %s: %s", name, strerror(errno));
	OPENSSL_cleanse(name, strlen(name));
	return problem_set(
		problem, EXIT_CODE_USAGE,
		"key-file wants the name of a file, not a key: every user of this host can see a key on the command line, so use another one");
}

static void keyfile_check_mode(int fd, const char *name)
{
	struct stat status;

	if (!fstat(fd, &status) && S_ISREG(status.st_mode) &&
	    status.st_mode & 077)
		problem_warn(
			"key-file %s can be used by others than its owner (mode %03o); do chmod 600",
			name, status.st_mode & 0777);
}

/* Up to size octets, or -1. */
static ssize_t keyfile_read_all(int fd, char *text, size_t size)
{
	size_t length = 0;
	ssize_t count;

	while (length < size) {
		count = read(fd, text + length, size - length);
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

static int keyfile_parse(const char *name, const char *text, size_t length,
			 uint8_t mtk[static MTK_SIZE], struct problem *problem)
{
	if (length && text[length - 1] == '\n')
		length--;
	if (number_parse_octets(text, length, mtk, MTK_SIZE))
		return 0;
	OPENSSL_cleanse(mtk, MTK_SIZE);
	if (length == HEX_SIZE)
		return problem_set(
			problem, EXIT_CODE_REFUSED,
			"key-file %s: must hold 32 hex digits, and something in it is none",
			name);
	return problem_set(
		problem, EXIT_CODE_REFUSED,
		"key-file %s: must hold 32 hex digits, and holds %s%zu octets",
		name, length > HEX_SIZE ? "at least " : "", length);
}

int keyfile_read(char *name, uint8_t mtk[static MTK_SIZE],
		 struct problem *problem)
{
	/* One octet more than is good, to notice that there is more. */
	char text[HEX_SIZE + 2];
	ssize_t length;
	int code;
	int fd;

	code = keyfile_open(name, &fd, problem);
	if (code)
		return code;
	keyfile_check_mode(fd, name);
	length = keyfile_read_all(fd, text, sizeof(text));
	if (length < 0)
		code = problem_set(problem, EXIT_CODE_REFUSED,
				   "key-file %s: %s", name, strerror(errno));
	else
		code = keyfile_parse(name, text, length, mtk, problem);
	OPENSSL_cleanse(text, sizeof(text));
	if (fd != STDIN_FILENO)
		close(fd);
	return code;
}
