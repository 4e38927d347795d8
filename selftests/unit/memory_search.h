/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Searches all writable memory of this process for octets that should be gone:
 * heap, stack, OpenSSL's secure heap, and what the sanitizer keeps of freed
 * blocks. Not the sanitizer's own tables, which are larger than any other part.
 */
#ifndef MEMORY_SEARCH_H
#define MEMORY_SEARCH_H

#include <stddef.h>
#include <stdint.h>

/* Octets that are remembered of each key. */
#define MEMORY_PATTERN_SIZE 16

/* Remembers the first octets of a key, in a form that is not found itself. */
void memory_watch(const uint8_t key[MEMORY_PATTERN_SIZE]);
size_t memory_watched(void);
void memory_forget(void);
/* Number of places that hold one of the keys; prints where they are. Fails the
 * cmocka test if the memory cannot be read.
 */
size_t memory_search(void);
/* The same for the key that was remembered last. */
size_t memory_search_last(void);

#endif /* MEMORY_SEARCH_H */
