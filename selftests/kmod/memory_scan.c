// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * memory_scan MASKED-HEX...
 *
 * Prints, for each pattern, how often it stands in the memory of the machine
 * (/proc/kcore). A pattern is given with every octet XORed with 0x5a and is
 * never unmasked, or the scan would find itself. Exit status 4: this kernel
 * does not show its memory.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MASK 0x5a
#define PATTERN_MAX 64
#define PATTERNS_MAX 16
#define CHUNK (1 << 20)
#define PAGE 4096

struct pattern {
	uint8_t masked[PATTERN_MAX];
	size_t size;
	unsigned long found;
};

static struct pattern patterns[PATTERNS_MAX];
static int pattern_count;
static uint8_t chunk[CHUNK + PATTERN_MAX];

static int pattern_parse(struct pattern *pattern, const char *text)
{
	unsigned int octet;

	for (; *text; text += 2) {
		if (pattern->size == PATTERN_MAX ||
		    sscanf(text, "%2x", &octet) != 1 || !text[1])
			return -1;
		pattern->masked[pattern->size++] = octet;
	}
	return pattern->size < 8 || pattern->masked[0] == MASK ? -1 : 0;
}

static int pattern_matches(const struct pattern *pattern, const uint8_t *at)
{
	size_t i;

	for (i = 0; i < pattern->size; i++)
		if ((at[i] ^ MASK) != pattern->masked[i])
			return 0;
	return 1;
}

/* Counts the patterns that start at or after @from and before @to. */
static void range_scan(size_t from, size_t to, size_t filled)
{
	const uint8_t *at, *end;
	struct pattern *pattern;

	for (pattern = patterns; pattern < patterns + pattern_count;
	     pattern++) {
		if (filled < pattern->size)
			continue;
		end = chunk + filled - pattern->size + 1;
		if (end > chunk + to)
			end = chunk + to;
		for (at = chunk + from; at < end; at++) {
			at = memchr(at, pattern->masked[0] ^ MASK, end - at);
			if (!at)
				break;
			pattern->found += pattern_matches(pattern, at);
		}
	}
}

static int page_is_zero(const uint8_t *at, size_t size)
{
	return !*at && !memcmp(at, at + 1, size - 1);
}

/* Counts the patterns that start within the first @size octets of the chunk. */
static void chunk_scan(size_t size, size_t filled)
{
	size_t from, to;

	/* Most memory was never used; no pattern starts with a zero. */
	for (from = 0; from < size; from = to) {
		to = from + PAGE < size ? from + PAGE : size;
		if (!page_is_zero(chunk + from, to - from))
			range_scan(from, to, filled);
	}
}

static void segment_scan(int fd, uint64_t offset, uint64_t size)
{
	uint64_t done;
	ssize_t got;

	for (done = 0; done < size; done += CHUNK) {
		uint64_t want = size - done;

		if (want > sizeof(chunk))
			want = sizeof(chunk);
		got = pread(fd, chunk, want, offset + done);
		if (got > 0)
			chunk_scan(got < CHUNK ? got : CHUNK, got);
	}
}

/* The direct map of RAM: the load segments that have a physical address. */
static int memory_scan(void)
{
	int fd = open("/proc/kcore", O_RDONLY);
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	int i, scanned = 0;

	if (fd < 0 || pread(fd, &header, sizeof(header), 0) != sizeof(header)) {
		fprintf(stderr, "memory_scan: /proc/kcore: %s\n",
			strerror(errno));
		return -1;
	}
	for (i = 0; i < header.e_phnum; i++) {
		if (pread(fd, &segment, sizeof(segment),
			  header.e_phoff + i * sizeof(segment)) !=
		    sizeof(segment))
			break;
		if (segment.p_type != PT_LOAD ||
		    segment.p_paddr == (uint64_t)-1 || !segment.p_memsz ||
		    segment.p_memsz > 1ULL << 40)
			continue;
		segment_scan(fd, segment.p_offset, segment.p_memsz);
		scanned++;
	}
	close(fd);
	return scanned;
}

int main(int argc, char **argv)
{
	int i, scanned;

	for (i = 1; i < argc && i <= PATTERNS_MAX; i++, pattern_count++) {
		if (pattern_parse(&patterns[i - 1], argv[i])) {
			fprintf(stderr,
				"memory_scan: %s is not 8 to %d octets, the first one not 0\n",
				argv[i], PATTERN_MAX);
			return 2;
		}
	}
	scanned = memory_scan();
	if (scanned <= 0)
		return scanned ? 1 : 4;
	for (i = 0; i < pattern_count; i++)
		printf("%lu\n", patterns[i].found);
	return 0;
}
