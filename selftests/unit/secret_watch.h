/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys that nobody else has, and that a test looks for in memory later. */
#ifndef SECRET_WATCH_H
#define SECRET_WATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/crypto.h>

#include "core/secret.h"
#include "memory_search.h"

#define SECURE_HEAP_SIZE (1 << 16)
#define SECURE_BLOCK_MIN 16

/* A key that was just made: @copies secrets hold it, and nothing else does. */
static inline void watch_copies(const struct secret *secret, size_t copies)
{
	assert_true(secret->size >= MEMORY_PATTERN_SIZE);
	memory_watch(secret->bytes);
	assert_int_equal(memory_search_last(), copies);
}

static inline void watch(const struct secret *secret)
{
	watch_copies(secret, 1);
}

/* Random numbers straight into a secret, so that no copy is elsewhere. */
static inline void draw_watched(struct secret *secret, size_t size)
{
	static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
	size_t i;

	assert_int_equal(secret_alloc(secret, size), 0);
	for (i = 0; i < size; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		secret->bytes[i] = (uint8_t)(state >> 56);
	}
	watch(secret);
}

static inline void good(int error)
{
	assert_int_equal(error, 0);
}

/* Once everything has been cleared, at least @keys were seen, and none is left. */
static inline void no_key_is_left(size_t keys)
{
	assert_true(memory_watched() >= keys);
	assert_int_equal(CRYPTO_secure_used(), 0);
	assert_int_equal(memory_search(), 0);
	memory_forget();
}

static inline int secure_heap_setup(void **state)
{
	(void)state;
	return CRYPTO_secure_malloc_init(SECURE_HEAP_SIZE, SECURE_BLOCK_MIN) ==
			       1 ?
		       0 :
		       -1;
}

static inline int secure_heap_teardown(void **state)
{
	(void)state;
	/* Fails if something is still allocated. */
	return CRYPTO_secure_malloc_done() == 1 ? 0 : -1;
}

#endif /* SECRET_WATCH_H */
