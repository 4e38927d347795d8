/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "mbsec explain" with messages and keys of selftests/vectors. */
#ifndef CLI_EXPLAIN_TEST_VECTORS_H
#define CLI_EXPLAIN_TEST_VECTORS_H

#include "cli_explain_test.h"
#include "vectors.h"

#define MESSAGE_MAX 512
#define FILE_MAX 2048

/* Hex of a vector in a line of a key file. */
static inline void line_add(char *file, const char *name, const char *hex)
{
	size_t length = strlen(file);

	snprintf(file + length, FILE_MAX - length, "%s %s\n", name, hex);
}

static inline void line_from(char *file, const char *name, const json_t *vector,
			     const char *member)
{
	if (vectors_has(vector, member))
		line_add(file, name, vectors_text(vector, member));
}

/* No key of a vector is printed, in neither form. */
static inline void assert_hidden(const struct explain_kind *kind,
				 const uint8_t *message, size_t size,
				 const struct explain_keys *keys,
				 const json_t *vector, const char *member)
{
	struct explained explained;

	if (!vectors_has(vector, member))
		return;
	for (int json = 0; json < 2; json++) {
		explained = explain_run(kind, message, size, keys, json);
		if (strstr(explained.text, vectors_text(vector, member)))
			fail_msg("%s of '%s' is printed", member,
				 vectors_name(vector));
		explained_free(&explained);
	}
}

#endif /* CLI_EXPLAIN_TEST_VECTORS_H */
