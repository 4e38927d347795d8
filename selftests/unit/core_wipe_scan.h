/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks for octets of a key where a function may have left them: in every block
 * of the heap that it freed (with the address sanitizer, which has a hook for
 * that) and in the stack below the caller.
 */
#ifndef CORE_WIPE_SCAN_H
#define CORE_WIPE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Octets of stack to look at; no function of core takes more. */
#define WIPE_STACK_SIZE 49152

__attribute__((weak)) int __sanitizer_install_malloc_and_free_hooks(
	void (*on_malloc)(const volatile void *, size_t),
	void (*on_free)(const volatile void *));
__attribute__((weak)) size_t
__sanitizer_get_allocated_size(const volatile void *block);

static struct {
	const uint8_t *key;
	size_t size;
	unsigned int freed_with_key;
	bool installed;
} wipe_scan;

static void wipe_scan_on_malloc(const volatile void *block, size_t size)
{
	(void)block;
	(void)size;
}

static bool wipe_scan_find(const uint8_t *data, size_t size)
{
	size_t at;

	for (at = 0; at + wipe_scan.size <= size; at++)
		if (!memcmp(data + at, wipe_scan.key, wipe_scan.size))
			return true;
	return false;
}

static void wipe_scan_on_free(const volatile void *block)
{
	if (!wipe_scan.key || !block)
		return;
	if (wipe_scan_find((const uint8_t *)block,
			   __sanitizer_get_allocated_size(block)))
		wipe_scan.freed_with_key++;
}

/* From here on, blocks that are freed with @key in them are counted. Returns
 * false if the program is built without the address sanitizer.
 */
static inline bool wipe_scan_start(const void *key, size_t size)
{
	wipe_scan.key = key;
	wipe_scan.size = size;
	wipe_scan.freed_with_key = 0;
	if (!__sanitizer_install_malloc_and_free_hooks)
		return false;
	if (!wipe_scan.installed)
		__sanitizer_install_malloc_and_free_hooks(wipe_scan_on_malloc,
							  wipe_scan_on_free);
	wipe_scan.installed = true;
	return true;
}

/* Blocks with the key that were freed since the start. */
static inline unsigned int wipe_scan_stop(void)
{
	wipe_scan.key = NULL;
	return wipe_scan.freed_with_key;
}

/* Whether @key stands in what is left of deeper calls. The key itself must not
 * be there: keep it in static memory.
 */
__attribute__((noinline, no_sanitize("address", "undefined"))) static bool
wipe_scan_stack(const void *key, size_t size)
{
	const volatile uint8_t *top = __builtin_frame_address(0);
	const uint8_t *wanted = key;
	size_t at, i;

	for (at = size; at < WIPE_STACK_SIZE; at++) {
		for (i = 0; i < size && top[i - at] == wanted[i]; i++)
			;
		if (i == size)
			return true;
	}
	return false;
}

#endif /* CORE_WIPE_SCAN_H */
