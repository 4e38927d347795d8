// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "config_value.h"
#include "core/text.h"

#define KEY_FILE_MAX (2 * SECRET_SIZE_MAX)

static const struct {
	const char *name;
	int64_t milliseconds;
} units[] = {
	{ "ms", 1 },	  { "s", 1000 },     { "m", 60000 },
	{ "h", 3600000 }, { "d", 86400000 },
};

static int missing(const char *key, const char *what, struct fault *fault)
{
	return fault_set(fault, FAULT_MALFORMED, "%s: missing; has to be %s",
			 key, what);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits at the beginning; returns how many, 0 if there are none or too many. */
static size_t take_number(const char *text, uint64_t *number)
{
	size_t i;

	*number = 0;
	for (i = 0; is_digit(text[i]); i++) {
		if (i == 18)
			return 0;
		*number = *number * 10 + (uint64_t)(text[i] - '0');
	}
	return i;
}

static void duration_text(int64_t milliseconds, char text[32])
{
	size_t i = sizeof(units) / sizeof(units[0]) - 1;

	while (i && milliseconds % units[i].milliseconds)
		i--;
	snprintf(text, 32, "%" PRId64 "%s",
		 milliseconds / units[i].milliseconds, units[i].name);
}

static int64_t unit_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(name, units[i].name))
			return units[i].milliseconds;
	return 0;
}

int config_duration(const char *key, const char *text, int64_t min, int64_t max,
		    int64_t *milliseconds, struct fault *fault)
{
	char low[32], high[32];
	uint64_t number;
	int64_t unit;
	size_t digits;

	*milliseconds = 0;
	if (!text)
		return missing(key, "a time such as 10s, 5m or 1d", fault);
	digits = take_number(text, &number);
	unit = digits ? unit_find(text + digits) : 0;
	if (!unit)
		return fault_set(fault, FAULT_MALFORMED,
				 "%s: \"%.20s\" is no time; a whole number and "
				 "a unit are (250ms, 10s, 5m, 2h, 1d)",
				 key, text);
	if (number <= (uint64_t)(INT64_MAX / unit)) {
		*milliseconds = (int64_t)number * unit;
		if (*milliseconds >= min && *milliseconds <= max)
			return 0;
	}
	*milliseconds = 0;
	duration_text(min, low);
	duration_text(max, high);
	return fault_set(fault, FAULT_MALFORMED,
			 "%s: \"%.20s\" is out of range, which is %s to %s",
			 key, text, low, high);
}

int config_duration_or(const char *key, const char *text, int64_t standard,
		       int64_t min, int64_t max, int64_t *milliseconds,
		       struct fault *fault)
{
	if (text)
		return config_duration(key, text, min, max, milliseconds,
				       fault);
	*milliseconds = standard;
	return 0;
}

/* At most 16 digits and nothing else. */
static bool take_hex(const char *text, uint64_t *number)
{
	size_t i;

	*number = 0;
	for (i = 0; text[i]; i++) {
		if (i == 16 || text_hex_digit(text[i]) < 0)
			return false;
		*number = *number << 4 | (uint64_t)text_hex_digit(text[i]);
	}
	return i;
}

int config_number(const char *key, const char *text, uint64_t min, uint64_t max,
		  uint64_t *number, struct fault *fault)
{
	bool valid = false;
	size_t digits;

	*number = 0;
	if (!text)
		return missing(key, "a number", fault);
	if (text[0] == '0' && text[1] == 'x') {
		valid = take_hex(text + 2, number);
	} else {
		digits = take_number(text, number);
		valid = digits && !text[digits];
	}
	if (valid && *number >= min && *number <= max)
		return 0;
	*number = 0;
	return fault_set(fault, FAULT_MALFORMED,
			 "%s: \"%.20s\" is no number from %" PRIu64
			 " to %" PRIu64,
			 key, text, min, max);
}

int config_address(const char *key, const char *text, uint16_t default_port,
		   union address *address, struct fault *fault)
{
	struct fault reason = { 0 };

	memset(address, 0, sizeof(*address));
	if (!text)
		return missing(key,
			       "an address such as 192.0.2.1:80 or "
			       "[2001:db8::1]:80",
			       fault);
	if (!address_parse(text, default_port, address, &reason))
		return 0;
	return fault_set(fault, FAULT_MALFORMED, "%s: %s", key, reason.text);
}

int config_url(const char *key, const char *text, struct fault *fault)
{
	const char *rest = NULL, *c;

	if (!text)
		return missing(key, "a URL such as http://192.0.2.1:8080",
			       fault);
	if (!strncmp(text, "http://", 7))
		rest = text + 7;
	else if (!strncmp(text, "https://", 8))
		rest = text + 8;
	for (c = text; *c > ' ' && *c < 0x7f && !strchr("?#\"<>\\", *c); c++)
		;
	if (rest && *rest && *rest != '/' && !*c)
		return 0;
	return fault_set(fault, FAULT_MALFORMED,
			 "%s: \"%.40s\" is no URL of http or https with a host "
			 "and without query and fragment",
			 key, text);
}

int config_plmn(const char *key, const char *text, struct plmn *plmn,
		struct fault *fault)
{
	char mcc[4] = "";

	memset(plmn, 0, sizeof(*plmn));
	if (!text)
		return missing(key, "a network such as 001-01", fault);
	if (strlen(text) >= 6 && text[3] == '-') {
		memcpy(mcc, text, 3);
		if (!plmn_parse(mcc, text + 4, plmn, NULL))
			return 0;
	}
	return fault_set(fault, FAULT_MALFORMED,
			 "%s: \"%.20s\" is no network such as 001-01 or "
			 "310-410",
			 key, text);
}

/* systemd hands a credential to a user by an ACL, which shows as rights of a group. */
static mode_t forbidden_mode(const char *path)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	size_t length = folder ? strlen(folder) : 0;

	return length && !strncmp(path, folder, length) && path[length] == '/' ?
		       037 :
		       077;
}

static int key_file_open(const char *key, const char *path, int *fd,
			 struct fault *fault)
{
	struct stat status;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*fd < 0)
		return fault_set(fault, FAULT_STATE, "%s: %s: %s", key, path,
				 strerror(errno));
	if (fstat(*fd, &status) || !S_ISREG(status.st_mode))
		fault_set(fault, FAULT_STATE, "%s: %s is no regular file", key,
			  path);
	else if (status.st_uid && status.st_uid != geteuid())
		fault_set(fault, FAULT_STATE,
			  "%s: %s belongs to another user; do chown root", key,
			  path);
	else if (status.st_mode & forbidden_mode(path))
		fault_set(fault, FAULT_STATE,
			  "%s: %s can be used by others than its owner (mode "
			  "%03o); do chmod 600",
			  key, path, status.st_mode & 0777);
	else
		return 0;
	close(*fd);
	return -1;
}

/* Fills @octets with @size octets. */
static bool take_octets(const char *text, size_t length, uint8_t *octets,
			size_t size)
{
	while (length && strchr(" \t\r\n", text[length - 1]))
		length--;
	return text_hex_parse(text, length, octets, size);
}

int config_key_file(const char *key, const char *path, size_t size,
		    struct secret *secret, struct fault *fault)
{
	uint8_t octets[SECRET_SIZE_MAX];
	char text[KEY_FILE_MAX + 16];
	ssize_t length;
	int fd, status;

	secret_clear(secret);
	if (!path)
		return missing(key, "the name of a file", fault);
	if (key_file_open(key, path, &fd, fault))
		return -1;
	length = read(fd, text, sizeof(text));
	close(fd);
	if (length >= 0 && size <= sizeof(octets) &&
	    take_octets(text, (size_t)length, octets, size))
		status = secret_set(secret, octets, size) ?
				 fault_set(fault, FAULT_MEMORY,
					   "%s: no memory for a key", key) :
				 0;
	else
		status = fault_set(fault, FAULT_MALFORMED,
				   "%s: %s does not hold %zu hex digits", key,
				   path, 2 * size);
	OPENSSL_cleanse(octets, sizeof(octets));
	OPENSSL_cleanse(text, sizeof(text));
	return status;
}
