/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Golden messages of selftests/vectors/mikey.json for tests to change. */
#ifndef CORE_MIKEY_DRAFT_H
#define CORE_MIKEY_DRAFT_H

#include <stdlib.h>

#include "core_mikey_vectors.h"

#define MSK_DOWNLOAD "MSK delivery, download"
#define MSK_STREAMING "MSK delivery, streaming"
#define MTK_STREAMING "MTK delivery, streaming"

/* A message that a test changes. */
struct draft {
	uint8_t octets[MESSAGE_MAX];
	size_t size;
};

static json_t *list;

static inline int setup(void **state)
{
	(void)state;
	list = vectors_load("mikey");
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	json_decref(list);
	return 0;
}

static inline struct draft draft_load(const char *name)
{
	struct draft draft;

	draft.size = message_load(list, name, draft.octets);
	return draft;
}

/* Replaces @gone octets at @at by those of @hex. */
static inline void draft_splice(struct draft *draft, size_t at, size_t gone,
				const char *hex)
{
	size_t size = strlen(hex) / 2, i;
	char digits[3] = { 0 };

	assert_true(at + gone <= draft->size);
	assert_true(draft->size - gone + size <= MESSAGE_MAX);
	memmove(draft->octets + at + size, draft->octets + at + gone,
		draft->size - at - gone);
	draft->size = draft->size - gone + size;
	for (i = 0; i < size; i++) {
		memcpy(digits, hex + 2 * i, 2);
		draft->octets[at + i] = (uint8_t)strtoul(digits, NULL, 16);
	}
}

static inline void refuse(const struct draft *draft, enum fault_code code,
			  const char *part)
{
	static const struct mikey_message zero;
	struct mikey_message message;
	struct fault fault = { 0 };

	memset(&message, 0xa5, sizeof(message));
	assert_refused(mikey_decode(&message, draft->octets, draft->size,
				    &fault),
		       fault, code, part);
	assert_memory_equal(&message, &zero, sizeof(zero));
}

static inline void refuse_spliced(const char *name, size_t at, size_t gone,
				  const char *hex, enum fault_code code,
				  const char *part)
{
	struct draft draft = draft_load(name);

	draft_splice(&draft, at, gone, hex);
	refuse(&draft, code, part);
}

static inline void accept(const struct draft *draft)
{
	struct mikey_message message;
	struct fault fault = { 0 };

	if (mikey_decode(&message, draft->octets, draft->size, &fault))
		fail_msg("refused: %s", fault.text);
}

#endif /* CORE_MIKEY_DRAFT_H */
