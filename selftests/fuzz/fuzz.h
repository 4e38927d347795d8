/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all targets need: properties that must hold, and reading the input. */
#ifndef _FUZZ_FUZZ_H
#define _FUZZ_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The name and the arguments are those of libFuzzer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define fuzz_fail(text)                                                   \
	do {                                                              \
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, text); \
		abort();                                                  \
	} while (0)

#define fuzz_check(property)                                    \
	do {                                                    \
		if (!(property))                                \
			fuzz_fail("does not hold: " #property); \
	} while (0)

struct fuzz_input {
	const uint8_t *data;
	size_t size;
};

/* The next octets, big-endian; zero from the end on. */
static inline uint64_t fuzz_take(struct fuzz_input *input, int octets)
{
	uint64_t value = 0;

	while (octets--) {
		value <<= 8;
		if (!input->size)
			continue;
		value |= *input->data++;
		input->size--;
	}
	return value;
}

/*
 * A copy that ends where its memory does, so that the address sanitizer sees
 * every octet that is read beyond.
 */
static inline void *fuzz_copy(const void *data, size_t size)
{
	void *copy = malloc(size);

	fuzz_check(copy);
	if (size)
		memcpy(copy, data, size);
	return copy;
}

/* The rest up to an octet of zero, as a string. */
static inline char *fuzz_text(const struct fuzz_input *input)
{
	size_t length = strnlen((const char *)input->data, input->size);
	char *text = malloc(length + 1);

	fuzz_check(text);
	if (length)
		memcpy(text, input->data, length);
	text[length] = '\0';
	return text;
}

#endif /* _FUZZ_FUZZ_H */
