// SPDX-License-Identifier: GPL-2.0-or-later
/* Files that hold a key, an MTK for SRTP with its salt: "HEX", "HEX:HEX". */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "keyfile.h"
#include "number.h"

#define HEX_DIGITS "0123456789abcdefABCDEF"
#define TEXT_SIZE_MAX (2 * (MTK_SIZE_MAX + MASTER_SALT_SIZE) + 1)

bool keyfile_looks_like_key(const char *text)
{
	size_t digits;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	digits = strspn(text, HEX_DIGITS);
	if (digits < MTK_SIZE)
		return false;
	if (text[digits] == ':')
		digits += 1 + strspn(text + digits + 1, HEX_DIGITS);
	return !text[digits];
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

/* Characters of a file, without the newline. */
static size_t text_size(const struct keyfile_sizes *sizes)
{
	return 2 * sizes->key + (sizes->salt ? 1 + 2 * sizes->salt : 0);
}

static bool master_key_parse(const char *text, size_t length,
			     const struct keyfile_sizes *sizes,
			     struct master_key *master)
{
	const char *salt = text + 2 * sizes->key + 1;

	if (length != text_size(sizes) ||
	    !number_parse_octets(text, 2 * sizes->key, master->mtk, sizes->key))
		return false;
	return !sizes->salt || (salt[-1] == ':' &&
				number_parse_octets(salt, 2 * sizes->salt,
						    master->salt, sizes->salt));
}

static int keyfile_refuse(const char *name, const char *text, size_t length,
			  const struct keyfile_sizes *sizes,
			  struct problem *problem)
{
	const char *than = length > text_size(sizes) ? "at least " : "";
	const char *what = "";
	char wanted[64];
	int end;

	end = snprintf(wanted, sizeof(wanted), "must hold %zu hex digits",
		       2 * sizes->key);
	if (sizes->salt)
		snprintf(wanted + end, sizeof(wanted) - end,
			 ", a colon and %zu more", 2 * sizes->salt);
	if (length == text_size(sizes))
		what = "something in it is none";
	else if (sizes->salt && length == 2 * sizes->key)
		what = "the salt is missing";
	else if (!sizes->salt && length > 2 * sizes->key &&
		 text[2 * sizes->key] == ':')
		what = "there is no salt to a key of this kind";
	if (*what)
		return problem_set(problem, EXIT_CODE_REFUSED,
				   "key-file %s: %s, and %s", name, wanted,
				   what);
	return problem_set(problem, EXIT_CODE_REFUSED,
			   "key-file %s: %s, and holds %s%zu octets", name,
			   wanted, than, length);
}

static int keyfile_parse(const char *name, const char *text, size_t length,
			 const struct keyfile_sizes *sizes,
			 struct master_key *master, struct problem *problem)
{
	if (length && text[length - 1] == '\n')
		length--;
	if (master_key_parse(text, length, sizes, master))
		return 0;
	OPENSSL_cleanse(master, sizeof(*master));
	return keyfile_refuse(name, text, length, sizes, problem);
}

int keyfile_read(char *name, const struct keyfile_sizes *sizes,
		 struct master_key *master, struct problem *problem)
{
	/* One octet more than is good, to notice that there is more. */
	char text[TEXT_SIZE_MAX + 2];
	ssize_t length;
	int code;
	int fd;

	memset(master, 0, sizeof(*master));
	code = keyfile_open(name, &fd, problem);
	if (code)
		return code;
	keyfile_check_mode(fd, name);
	length = keyfile_read_all(fd, text, text_size(sizes) + 2);
	if (length < 0)
		code = problem_set(problem, EXIT_CODE_REFUSED,
				   "key-file %s: %s", name, strerror(errno));
	else
		code = keyfile_parse(name, text, length, sizes, master,
				     problem);
	OPENSSL_cleanse(text, sizeof(text));
	if (fd != STDIN_FILENO)
		close(fd);
	return code;
}
