// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file of used transmit keys: its text, its lock, and safe replacement.
 *
 *	mbsec-tx-keys 1
 *	salt HEX
 *	key FINGERPRINT ADDRESS PORT SOURCE MSK-ID MTK-ID SENDER SECONDS
 *	end COUNT SHA-256-OF-ALL-BEFORE-THIS-LINE
 *
 * The directory itself is what is locked: a lock on the file would be lost
 * when the file is replaced.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "history.h"
#include "history_file.h"
#include "number.h"
#include "text_file.h"

#define HEADER "mbsec-tx-keys 1\n"
#define TEMPORARY HISTORY_FILE ".new"
#define LINE_SIZE 512
#define TEXT_SIZE_MAX (256 << 20)

static int state_problem(struct problem *problem, const char *path,
			 const char *reason)
{
	return problem_set(
		problem, EXIT_CODE_REFUSED,
		"state %s: %s; without it nobody knows whether a transmit key was used before",
		path, reason);
}

/* Others must not be able to make this host forget a key. */
static const char *trust_problem(int fd, mode_t type)
{
	struct stat status;

	if (fstat(fd, &status))
		return strerror(errno);
	if ((status.st_mode & S_IFMT) != type)
		return "is not what it should be";
	if (status.st_uid != geteuid())
		return "belongs to another user";
	if (status.st_mode & 022)
		return "can be written by other users";
	return NULL;
}

/* The new directory must survive a crash as well as the file in it. */
static void parent_sync(const char *path)
{
	char *copy = strdup(path);
	char *slash = copy ? strrchr(copy, '/') : NULL;
	int fd;

	if (slash)
		slash[slash == copy] = '\0';
	fd = open(slash ? copy : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

int history_file_lock(const char *path, struct problem *problem)
{
	const char *reason;
	int fd;

	if (!mkdir(path, 0700))
		parent_sync(path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		state_problem(problem, path, strerror(errno));
		return -1;
	}
	reason = trust_problem(fd, S_IFDIR);
	while (!reason && flock(fd, LOCK_EX))
		if (errno != EINTR)
			reason = strerror(errno);
	if (!reason)
		return fd;
	state_problem(problem, path, reason);
	close(fd);
	return -1;
}

static void checksum_make(const char *text, size_t length,
			  char hex[static 2 * SHA256_DIGEST_LENGTH + 1])
{
	uint8_t digest[SHA256_DIGEST_LENGTH];

	SHA256((const uint8_t *)text, length, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
}

static bool entry_parse(const char *line, struct history_entry *entry)
{
	char fingerprint[2 * HISTORY_FINGERPRINT_SIZE + 1];
	char address[ADDRESS_TEXT_SIZE];
	char source[ADDRESS_TEXT_SIZE];
	int64_t since;
	int end = 0;

	memset(entry, 0, sizeof(*entry));
	if (sscanf(line,
		   "key %64s %45s %" SCNu16 " %45s %" SCNx32 " %" SCNu16
		   " %" SCNu16 " %" SCNd64 "%n",
		   fingerprint, address, &entry->group.port, source,
		   &entry->msk_id, &entry->mtk_id, &entry->sender_id, &since,
		   &end) != 8 ||
	    line[end])
		return false;
	entry->since = since;
	return number_parse_octets(fingerprint, strlen(fingerprint),
				   entry->fingerprint,
				   sizeof(entry->fingerprint)) &&
	       address_parse(address, &entry->group.address) &&
	       (!strcmp(source, "any") ||
		address_parse(source, &entry->group.source));
}

/* Takes the next line out of the text, without its end. */
static bool line_next(const char **text, const char *end,
		      char line[static LINE_SIZE])
{
	const char *newline = memchr(*text, '\n', end - *text);
	size_t length;

	if (!newline)
		return false;
	length = newline - *text;
	if (length >= LINE_SIZE)
		return false;
	memcpy(line, *text, length);
	line[length] = '\0';
	*text = newline + 1;
	return true;
}

static bool entries_parse(const char *text, const char *end,
			  struct history_table *table, size_t count)
{
	char line[LINE_SIZE];

	/* Bounds the count too: no entry is shorter than its fingerprint. */
	if (count > (size_t)(end - text) / (2 * HISTORY_FINGERPRINT_SIZE))
		return false;
	table->entries = calloc(count + 1, sizeof(*table->entries));
	if (!table->entries)
		return false;
	while (table->count < count) {
		if (!line_next(&text, end, line) ||
		    !entry_parse(line, &table->entries[table->count]))
			return false;
		table->count++;
	}
	return text == end;
}

/* The start of the last line, or NULL if there are no whole lines. */
static const char *last_line(const char *text, size_t length)
{
	const char *line = text + length - 1;

	if (!length || *line != '\n')
		return NULL;
	while (line > text && line[-1] != '\n')
		line--;
	return line;
}

static bool table_parse(const char *text, size_t length,
			struct history_table *table)
{
	const char *end = last_line(text, length);
	char checksum[2 * SHA256_DIGEST_LENGTH + 1];
	char expected[LINE_SIZE];
	char line[LINE_SIZE];
	size_t count;

	if (!end || length < strlen(HEADER) ||
	    memcmp(text, HEADER, strlen(HEADER)) ||
	    sscanf(end, "end %zu ", &count) != 1)
		return false;
	checksum_make(text, end - text, checksum);
	snprintf(expected, sizeof(expected), "end %zu %s\n", count, checksum);
	if ((size_t)(text + length - end) != strlen(expected) ||
	    memcmp(end, expected, strlen(expected)))
		return false;
	text += strlen(HEADER);
	return line_next(&text, end, line) && !strncmp(line, "salt ", 5) &&
	       number_parse_octets(line + 5, strlen(line + 5), table->salt,
				   sizeof(table->salt)) &&
	       entries_parse(text, end, table, count);
}

static char *text_read(int fd, size_t *length)
{
	struct stat status;
	char *text;
	ssize_t count;

	if (fstat(fd, &status))
		return NULL;
	if (status.st_size > TEXT_SIZE_MAX) {
		errno = EFBIG;
		return NULL;
	}
	text = malloc(status.st_size + 1);
	for (*length = 0; text && *length < (size_t)status.st_size;
	     *length += count) {
		count = read(fd, text + *length, status.st_size - *length);
		if (count > 0)
			continue;
		if (count < 0 && errno == EINTR) {
			count = 0;
			continue;
		}
		if (!count)
			errno = EIO;
		free(text);
		return NULL;
	}
	if (text)
		text[*length] = '\0';
	return text;
}

static int table_make(struct history_table *table, struct problem *problem)
{
	if (RAND_bytes(table->salt, sizeof(table->salt)) == 1)
		return 0;
	return problem_set(problem, EXIT_CODE_REFUSED,
			   "OpenSSL has no random numbers");
}

int history_file_read(int directory, const char *path,
		      struct history_table *table, struct problem *problem)
{
	const char *reason;
	size_t length = 0;
	char *text;
	int fd;

	memset(table, 0, sizeof(*table));
	fd = openat(directory, HISTORY_FILE,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return table_make(table, problem);
	if (fd < 0)
		return state_problem(problem, path, strerror(errno));
	reason = trust_problem(fd, S_IFREG);
	text = reason ? NULL : text_read(fd, &length);
	if (!reason && !text)
		reason = strerror(errno);
	close(fd);
	if (!reason && !table_parse(text, length, table))
		reason = "is damaged";
	free(text);
	if (!reason)
		return 0;
	free(table->entries);
	memset(table, 0, sizeof(*table));
	return state_problem(problem, path, reason);
}

static void hex_print(FILE *stream, const uint8_t *octets, size_t size)
{
	for (size_t i = 0; i < size; i++)
		fprintf(stream, "%02x", octets[i]);
}

static void entry_print(FILE *stream, const struct history_entry *entry)
{
	char address[ADDRESS_TEXT_SIZE];
	char source[ADDRESS_TEXT_SIZE];

	fputs("key ", stream);
	hex_print(stream, entry->fingerprint, sizeof(entry->fingerprint));
	fprintf(stream, " %s %u %s %08" PRIx32 " %u %u %" PRId64 "\n",
		address_format(&entry->group.address, address),
		entry->group.port, address_format(&entry->group.source, source),
		entry->msk_id, entry->mtk_id, entry->sender_id,
		(int64_t)entry->since);
}

static char *table_print(const struct history_table *table, size_t *length)
{
	char checksum[2 * SHA256_DIGEST_LENGTH + 1];
	char *text = NULL;
	FILE *stream = open_memstream(&text, length);

	if (!stream)
		return NULL;
	fputs(HEADER "salt ", stream);
	hex_print(stream, table->salt, sizeof(table->salt));
	fputc('\n', stream);
	for (size_t i = 0; i < table->count; i++)
		entry_print(stream, &table->entries[i]);
	if (!fflush(stream)) {
		checksum_make(text, *length, checksum);
		fprintf(stream, "end %zu %s\n", table->count, checksum);
	}
	if (!fclose(stream))
		return text;
	free(text);
	return NULL;
}

static bool text_replace(int directory, const char *text, size_t length)
{
	bool ok;
	int fd;

	/* What an earlier crash left is of no use: it was never in force. */
	unlinkat(directory, TEMPORARY, 0);
	fd = openat(directory, TEMPORARY,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	ok = text_write(fd, text, length) && !fsync(fd);
	if (close(fd))
		ok = false;
	return ok && !renameat(directory, TEMPORARY, directory, HISTORY_FILE) &&
	       !fsync(directory);
}

int history_file_write(int directory, const char *path,
		       const struct history_table *table,
		       struct problem *problem)
{
	size_t length;
	char *text = table_print(table, &length);
	bool ok = text && text_replace(directory, text, length);
	int error = errno;

	free(text);
	return ok ? 0 : state_problem(problem, path, strerror(error));
}
