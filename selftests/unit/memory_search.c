// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "memory_search.h"

#define PATTERNS_MAX 128
#define CHUNK_SIZE 65536
#define MASK 0x5a
/* Shadow memory of the address sanitizer is larger, all else is smaller. */
#define AREA_SIZE_MAX (UINT64_C(1) << 28)
/* The functions that were called before left their frames on the stack below the
 * caller. Nothing may write over them before the search has seen them, so our own
 * frames are put further down.
 */
#define STACK_GAP_SIZE 65536
/* Keeps the compiler from leaving the gap out. */
static void stack_gap_use(uint8_t gap[STACK_GAP_SIZE])
{
	__asm__ volatile("" : : "r"(gap) : "memory");
}

static uint8_t patterns[PATTERNS_MAX][MEMORY_PATTERN_SIZE];
static size_t pattern_count;
/* The first pattern to look for. */
static size_t pattern_begin;

/* One chunk of memory, and before it the end of the last one. It is wiped before
 * the search looks at it.
 */
static uint8_t window[MEMORY_PATTERN_SIZE - 1 + CHUNK_SIZE];

/* Octet by octet: no library function keeps a copy. */
static __attribute__((noinline)) void remember(const uint8_t *key)
{
	size_t i;

	assert_true(pattern_count < PATTERNS_MAX);
	for (i = 0; i < MEMORY_PATTERN_SIZE; i++)
		patterns[pattern_count][i] = key[i] ^ MASK;
	pattern_count++;
}

void memory_watch(const uint8_t key[MEMORY_PATTERN_SIZE])
{
	uint8_t gap[STACK_GAP_SIZE];

	stack_gap_use(gap);
	remember(key);
	stack_gap_use(gap);
}

size_t memory_watched(void)
{
	return pattern_count;
}

void memory_forget(void)
{
	pattern_count = 0;
}

/* Most of the memory was never written; patterns are not zero. */
static bool is_zero(const uint8_t *octets, size_t size)
{
	return !octets[0] && !memcmp(octets, octets + 1, size - 1);
}

static void masked(uint8_t *octets, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		octets[i] ^= MASK;
}

/* True if one of the patterns is at @octets, which are masked. */
static bool matches(const uint8_t *octets, size_t *which)
{
	for (*which = pattern_begin; *which < pattern_count; (*which)++)
		if (octets[0] == patterns[*which][0] &&
		    !memcmp(octets, patterns[*which], MEMORY_PATTERN_SIZE))
			return true;
	return false;
}

/* First octets of all patterns, so that most places cost one look. */
static void first_octets(bool first[256])
{
	size_t i;

	memset(first, 0, 256 * sizeof(*first));
	for (i = pattern_begin; i < pattern_count; i++)
		first[patterns[i][0]] = true;
}

static size_t window_search(uint64_t start, size_t size, const bool first[256],
			    const char *area)
{
	size_t found = 0, which, i;

	for (i = 0; i + MEMORY_PATTERN_SIZE <= size; i++) {
		if (!first[window[i]] || !matches(window + i, &which))
			continue;
		print_message("# key %zu is at %" PRIx64 " in %s", which,
			      start + i, area);
		found++;
	}
	return found;
}

static size_t area_search(int memory, uint64_t start, uint64_t end,
			  const bool first[256], const char *area)
{
	size_t kept = 0, found = 0;
	uint64_t pos = start;

	while (pos < end) {
		size_t wanted = end - pos < CHUNK_SIZE ? (size_t)(end - pos) :
							 CHUNK_SIZE;
		ssize_t got = pread(memory, window + kept, wanted, (off_t)pos);

		/* A guard page, or an area that went away. */
		if (got <= 0)
			break;
		pos += (uint64_t)got;
		if ((size_t)got == CHUNK_SIZE &&
		    is_zero(window + kept, CHUNK_SIZE)) {
			kept = 0;
			continue;
		}
		masked(window + kept, (size_t)got);
		found += window_search(pos - (uint64_t)got - kept,
				       kept + (size_t)got, first, area);
		if (kept + (size_t)got < MEMORY_PATTERN_SIZE)
			break;
		memmove(window,
			window + kept + (size_t)got - (MEMORY_PATTERN_SIZE - 1),
			MEMORY_PATTERN_SIZE - 1);
		kept = MEMORY_PATTERN_SIZE - 1;
	}
	memset(window, 0, sizeof(window));
	return found;
}

/* The window itself holds masked text only, except while it is filled. */
static bool is_window(uint64_t start, uint64_t end)
{
	return (uint64_t)(uintptr_t)window >= start &&
	       (uint64_t)(uintptr_t)window < end;
}

static size_t search(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	uint64_t start, end, window_start = (uint64_t)(uintptr_t)window;
	size_t found = 0, areas = 0;
	bool first[256];
	char line[512], mode[5];

	assert_non_null(maps);
	assert_true(memory >= 0);
	first_octets(first);
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &start, &end,
			   mode) != 3)
			fail_msg("/proc/self/maps has '%s'", line);
		if (mode[1] != 'w' || end - start > AREA_SIZE_MAX)
			continue;
		areas++;
		if (!is_window(start, end)) {
			found += area_search(memory, start, end, first, line);
			continue;
		}
		found += area_search(memory, start, window_start, first, line);
		found += area_search(memory, window_start + sizeof(window), end,
				     first, line);
	}
	assert_true(areas > 3);
	close(memory);
	fclose(maps);
	return found;
}

static __attribute__((noinline)) size_t distant_search(void)
{
	uint8_t gap[STACK_GAP_SIZE];
	size_t found;

	stack_gap_use(gap);
	found = search();
	stack_gap_use(gap);
	return found;
}

size_t memory_search(void)
{
	return distant_search();
}

size_t memory_search_last(void)
{
	size_t found;

	assert_true(pattern_count > 0);
	pattern_begin = pattern_count - 1;
	found = distant_search();
	pattern_begin = 0;
	return found;
}
