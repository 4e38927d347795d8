// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs a target where libFuzzer is not installed: all inputs of the corpus,
 * then random mutations of them. It does not see which code they reach. The
 * arguments are those of libFuzzer, as far as they are known here:
 *
 *	-runs=N -max_total_time=SECONDS -seed=N -max_len=N -artifact_prefix=PATH
 *	[other] FOLDER... | FILE
 *
 * With a file, this input alone is run.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sanitizer/common_interface_defs.h>

#include "../unit/random.h"
#include "fuzz.h"

#define INPUTS_MAX 256
#define NEW_SIZE_MAX 64

struct octets {
	uint8_t *data;
	size_t size;
};

static struct octets corpus[INPUTS_MAX];
static size_t corpus_count;
static unsigned long long runs, runs_wanted = 100000;
static time_t end; /* instead of the number of runs, if not 0 */
static bool alone; /* one input, which is not mutated */
static size_t size_max = 4096;
static const char *artifact_prefix = "./";
static struct random random_state;

/* What the target has now, for the report of a crash. */
static struct octets current;
static char artifact[4096];

static size_t below(size_t limit)
{
	return limit ? random_below(&random_state, limit) : 0;
}

/* May run in a signal handler. */
static void artifact_write(void)
{
	int fd = open(artifact, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return;
	if (write(fd, current.data, current.size) == (ssize_t)current.size)
		fprintf(stderr, "the input is in %s\n", artifact);
	close(fd);
}

static void aborted(int number)
{
	artifact_write();
	signal(number, SIG_DFL);
	raise(number);
}

/* The target gets memory of exactly the size. */
static void run(const uint8_t *data, size_t size)
{
	current.data = fuzz_copy(data, size);
	current.size = size;
	LLVMFuzzerTestOneInput(current.data, size);
	free(current.data);
	runs++;
}

static void corpus_add(const char *folder, const char *name)
{
	struct octets *octets = &corpus[corpus_count];
	char path[4096];
	struct stat status;
	int fd;

	snprintf(path, sizeof(path), "%s%s%s", folder ? folder : "",
		 folder ? "/" : "", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	fuzz_check(fd >= 0 && !fstat(fd, &status));
	if (S_ISREG(status.st_mode)) {
		fuzz_check(corpus_count < INPUTS_MAX - 1);
		octets->size = status.st_size;
		octets->data = malloc(octets->size);
		fuzz_check(octets->data);
		fuzz_check(read(fd, octets->data, octets->size) ==
			   status.st_size);
		corpus_count++;
	}
	close(fd);
}

/* In order of the names: a seed must mean the same everywhere. */
static void corpus_read(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort);

	if (count < 0 && errno == ENOTDIR) {
		corpus_add(NULL, folder);
		alone = true;
		return;
	}
	fuzz_check(count >= 0);
	for (int i = 0; i < count; i++) {
		corpus_add(folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

static void insert(struct octets *octets, size_t at, const uint8_t *data,
		   size_t size)
{
	if (size > size_max - octets->size)
		size = size_max - octets->size;
	memmove(octets->data + at + size, octets->data + at, octets->size - at);
	memcpy(octets->data + at, data, size);
	octets->size += size;
}

static void cut(struct octets *octets, size_t at, size_t size)
{
	memmove(octets->data + at, octets->data + at + size,
		octets->size - at - size);
	octets->size -= size;
}

static void mutate_octet(struct octets *octets)
{
	static const uint8_t special[] = { 0,	1,    7,    8,	  '\n', ' ',
					   '0', 0x7f, 0x80, 0xf8, 0xff };
	uint8_t *octet = &octets->data[below(octets->size)];

	switch (below(4)) {
	case 0:
		*octet ^= 1 << below(8);
		break;
	case 1:
		*octet = special[below(sizeof(special))];
		break;
	case 2:
		*octet += below(2) ? 1 : -1;
		break;
	default:
		*octet = below(256);
	}
}

/* Octets of another input, random ones, or a piece of its own. */
static void mutate_insert(struct octets *octets)
{
	const struct octets *other = &corpus[below(corpus_count)];
	size_t at = below(octets->size + 1);
	uint8_t piece[NEW_SIZE_MAX];
	size_t size = 1 + below(sizeof(piece));
	size_t from;

	switch (below(3)) {
	case 0:
		from = below(other->size);
		if (size > other->size - from)
			size = other->size - from;
		memcpy(piece, other->data + from, size);
		break;
	case 1:
		from = below(octets->size);
		if (size > octets->size - from)
			size = octets->size - from;
		memcpy(piece, octets->data + from, size);
		break;
	default:
		for (from = 0; from < size; from++)
			piece[from] = below(256);
	}
	insert(octets, at, piece, size);
}

static void mutate(struct octets *octets)
{
	size_t at = below(octets->size);

	switch (below(4)) {
	case 0:
	case 1:
		if (octets->size)
			mutate_octet(octets);
		break;
	case 2:
		mutate_insert(octets);
		break;
	default:
		cut(octets, at, below(octets->size - at + 1));
	}
}

static void run_mutation(uint8_t *room)
{
	const struct octets *start = &corpus[below(corpus_count)];
	struct octets octets = { room, start->size };

	if (octets.size > size_max)
		octets.size = size_max;
	memcpy(room, start->data, octets.size);
	for (size_t i = 1 + below(8); i; i--)
		mutate(&octets);
	run(octets.data, octets.size);
}

static bool option(const char *argument, const char *name, const char **value)
{
	size_t length = strlen(name);

	if (strncmp(argument, name, length))
		return false;
	*value = argument + length;
	return true;
}

static void argument_read(const char *argument)
{
	const char *value;

	if (option(argument, "-runs=", &value))
		runs_wanted = strtoull(value, NULL, 10);
	else if (option(argument, "-max_total_time=", &value))
		end = time(NULL) + strtol(value, NULL, 10);
	else if (option(argument, "-seed=", &value))
		random_state.state = strtoull(value, NULL, 10);
	else if (option(argument, "-max_len=", &value))
		size_max = strtoull(value, NULL, 10);
	else if (option(argument, "-artifact_prefix=", &value))
		artifact_prefix = value;
	else if (argument[0] != '-')
		corpus_read(argument);
}

static bool is_done(void)
{
	if (alone)
		return true;
	return end ? time(NULL) >= end : runs >= runs_wanted;
}

int main(int argc, char **argv)
{
	uint8_t *room;

	for (int i = 1; i < argc; i++)
		argument_read(argv[i]);
	snprintf(artifact, sizeof(artifact), "%scrash", artifact_prefix);
	__sanitizer_set_death_callback(artifact_write);
	signal(SIGABRT, aborted);
	room = malloc(size_max);
	fuzz_check(room && size_max);
	for (size_t i = 0; i < corpus_count; i++)
		run(corpus[i].data, corpus[i].size);
	/* No input at all, which is a start for others too. */
	run(NULL, 0);
	corpus[corpus_count++] = (struct octets){ malloc(1), 0 };
	while (!is_done())
		run_mutation(room);
	fprintf(stderr, "Done %llu runs\n", runs);
	free(room);
	while (corpus_count)
		free(corpus[--corpus_count].data);
	return 0;
}
