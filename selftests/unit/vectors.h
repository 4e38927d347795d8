/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test vectors from selftests/vectors/TOPIC.json: a list of objects, each with
 * "name" and "source" and values. Whatever is missing or malformed fails the
 * running cmocka test with the name of the vector.
 */
#ifndef VECTORS_H
#define VECTORS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/secret.h"

/* The list, checked to be one and not empty. The caller does json_decref(). The
 * folder is $VECTORS, else it is looked for beside this source file.
 */
json_t *vectors_load(const char *topic);
/* The vector called @name, borrowed from @list. */
json_t *vectors_find(json_t *list, const char *name);
/* The vector's name, for messages. */
const char *vectors_name(const json_t *vector);
bool vectors_has(const json_t *vector, const char *name);
/* Reads hexadecimal digits (blanks between octets are allowed) into @out, which
 * has room for @max octets. Returns the number of octets.
 */
size_t vectors_hex(const json_t *vector, const char *name, uint8_t *out,
		   size_t max);
/* As above, and exactly @size octets. */
void vectors_octets(const json_t *vector, const char *name, uint8_t *out,
		    size_t size);
/* The same into a secret that the caller clears. */
void vectors_secret(const json_t *vector, const char *name,
		    struct secret *secret);
const char *vectors_text(const json_t *vector, const char *name);
/* A JSON number, or a text of hexadecimal digits with 0x. */
uint64_t vectors_number(const json_t *vector, const char *name);
/* Fails with the names of vector and value if the octets differ. */
void vectors_match(const json_t *vector, const char *name, const void *octets,
		   size_t size);
void vectors_match_secret(const json_t *vector, const char *name,
			  const struct secret *secret);

#endif /* VECTORS_H */
