// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file of used transmit keys. By its first octet an input is
 *
 *	m		the whole file
 *	k		entries
 *	0 to 9		a line with their number, right or wrong, and entries
 *	other		octets of which a table of keys is made
 *
 * Around entries the rest is made with a checksum that is right: what a
 * checksum holds back would not be reached.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/sha.h>

#include "fuzz.h"
#include "history.h"
#include "history_file.h"

#define ENTRIES_MAX 8
#define HEADER "mbsec-tx-keys 1\nsalt "
#define SALT "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static char directory_name[64];
static int directory = -1;

static void directory_remove(void)
{
	unlinkat(directory, HISTORY_FILE, 0);
	rmdir(directory_name);
}

/* In memory if there is such a place: writing a history waits for the disk. */
static void directory_make(void)
{
	snprintf(directory_name, sizeof(directory_name), "%s/mbsec-fuzz-XXXXXX",
		 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
	fuzz_check(mkdtemp(directory_name));
	directory = open(directory_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fuzz_check(directory >= 0);
	atexit(directory_remove);
}

static void file_write(const void *data, size_t size)
{
	int file = openat(directory, HISTORY_FILE,
			  O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	fuzz_check(file >= 0);
	fuzz_check(write(file, data, size) == (ssize_t)size);
	close(file);
}

static void file_write_entries(const char *count, const uint8_t *data,
			       size_t size)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	size_t length;
	char *text = NULL;
	FILE *stream = open_memstream(&text, &length);

	fuzz_check(stream);
	fputs(HEADER SALT "\n", stream);
	fwrite(data, 1, size, stream);
	fflush(stream);
	SHA256((const uint8_t *)text, length, digest);
	fprintf(stream, "end %s ", count);
	for (size_t i = 0; i < sizeof(digest); i++)
		fprintf(stream, "%02x", digest[i]);
	fputc('\n', stream);
	fuzz_check(!fclose(stream));
	file_write(text, length);
	free(text);
}

static void file_write_entries_counted(const uint8_t *data, size_t size)
{
	char count[24];
	size_t lines = 0;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	snprintf(count, sizeof(count), "%zu", lines);
	file_write_entries(count, data, size);
}

static void file_write_count_and_entries(const uint8_t *data, size_t size)
{
	const uint8_t *newline = memchr(data, '\n', size);
	size_t length = newline ? (size_t)(newline - data) : size;
	struct fuzz_input line = { data, length };
	char *count = fuzz_text(&line);

	length += !!newline;
	file_write_entries(count, data + length, size - length);
	free(count);
}

static bool entry_equal(const struct history_entry *a,
			const struct history_entry *b)
{
	return !memcmp(a->fingerprint, b->fingerprint,
		       sizeof(a->fingerprint)) &&
	       group_id_equal(&a->group, &b->group) && a->msk_id == b->msk_id &&
	       a->mtk_id == b->mtk_id && a->sender_id == b->sender_id &&
	       a->since == b->since;
}

/* What is written is what is read again: no key is forgotten. */
static void check_round_trip(const struct history_table *table)
{
	struct problem problem = {};
	struct history_table other;

	fuzz_check(!history_file_write(directory, directory_name, table,
				       &problem));
	fuzz_check(!history_file_read(directory, directory_name, &other,
				      &problem));
	fuzz_check(!memcmp(table->salt, other.salt, sizeof(table->salt)));
	fuzz_check(table->count == other.count);
	for (size_t i = 0; i < table->count; i++)
		fuzz_check(entry_equal(&table->entries[i], &other.entries[i]));
	free(other.entries);
}

static void address_take(struct fuzz_input *input, struct address *address)
{
	address->family = fuzz_take(input, 1) & 1 ? AF_INET : AF_INET6;
	for (size_t i = 0; i < sizeof(address->v6); i++)
		if (address->family == AF_INET6 || i < sizeof(address->v4))
			((uint8_t *)&address->v6)[i] = fuzz_take(input, 1);
}

static void entry_take(struct fuzz_input *input, struct history_entry *entry)
{
	memset(entry, 0, sizeof(*entry));
	if (fuzz_take(input, 1) & 1)
		address_take(input, &entry->group.source);
	address_take(input, &entry->group.address);
	entry->group.port = fuzz_take(input, 2);
	entry->msk_id = fuzz_take(input, 4);
	entry->mtk_id = fuzz_take(input, 2);
	entry->sender_id = fuzz_take(input, 2);
	entry->since = fuzz_take(input, 8);
	for (size_t i = 0; i < sizeof(entry->fingerprint); i++)
		entry->fingerprint[i] = fuzz_take(input, 1);
}

static void check_table(struct fuzz_input input)
{
	struct history_entry entries[ENTRIES_MAX];
	struct history_table table = { .entries = entries };

	while (input.size && table.count < ENTRIES_MAX)
		entry_take(&input, &entries[table.count++]);
	check_round_trip(&table);
}

static void check_file(void)
{
	struct problem problem = {};
	struct history_table table;
	int code;

	code = history_file_read(directory, directory_name, &table, &problem);
	fuzz_check(!code || code == EXIT_CODE_REFUSED);
	fuzz_check(!code == !problem.sentence[0]);
	if (code)
		fuzz_check(!table.entries && !table.count);
	else
		check_round_trip(&table);
	free(table.entries);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (directory < 0)
		directory_make();
	if (!size || data[0] == 'm')
		file_write(data, size);
	else if (data[0] == 'k')
		file_write_entries_counted(data, size);
	else if (data[0] >= '0' && data[0] <= '9')
		file_write_count_and_entries(data, size);
	else
		check_table((struct fuzz_input){ data, size });
	/* After a table it is the file of it. */
	check_file();
	return 0;
}
