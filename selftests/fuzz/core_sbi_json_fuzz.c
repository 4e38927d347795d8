// SPDX-License-Identifier: GPL-2.0-or-later
/* The first octet chooses the body; what is read has to be written and read again. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/sbi_json.h"

#define ROOM (4 * SBI_DOCUMENT_MAX)

static char text[ROOM], second[ROOM];

static void require(int status)
{
	if (status)
		abort();
}

static void fuzz_context(const uint8_t *data, size_t size)
{
	struct sbi_security_context context = { 0 };
	size_t length, again;

	if (!sbi_security_context_parse(data, size, &context, NULL)) {
		require(sbi_security_context_write(&context, text, ROOM,
						   &length, NULL));
		require(sbi_security_context_parse(text, length, &context,
						   NULL));
		require(sbi_security_context_write(&context, second, ROOM,
						   &again, NULL));
		require(again != length || memcmp(text, second, length) != 0);
	}
	sbi_security_context_clear(&context);
}

static void fuzz_session(const uint8_t *data, size_t size)
{
	struct sbi_session session = { 0 };
	size_t length;

	if (!sbi_create_parse(data, size, &session, NULL)) {
		require(sbi_create_write(&session, text, ROOM, &length, NULL));
		require(sbi_create_parse(text, length, &session, NULL));
	}
	sbi_session_clear(&session);
}

static void fuzz_update(const uint8_t *data, size_t size)
{
	static const char start[] =
		"{\"keyList\":{\"k1\":{\"keyDomainId\":\"CfEH\","
		"\"mskId\":\"AAEAAQ==\",\"msk\":\"AAECAwQFBgcICQoLDA0ODw==\"}}}";
	struct sbi_security_context context = { 0 };
	size_t length;

	require(sbi_security_context_parse(start, sizeof(start) - 1, &context,
					   NULL));
	if (!sbi_update_apply(data, size, &context, NULL)) {
		require(sbi_update_write(&context, text, ROOM, &length, NULL));
		require(sbi_update_apply(text, length, &context, NULL) &&
			context.count);
	} else {
		/* Nothing has changed. */
		require(context.count != 1 || context.keys[0].msk.size != 16);
	}
	sbi_security_context_clear(&context);
}

static void fuzz_subscribe(const uint8_t *data, size_t size, int is_answer)
{
	static struct sbi_reports reports;
	struct sbi_subscription subscription = { 0 };
	struct sbi_reports *out = is_answer ? &reports : NULL;
	size_t length;

	if (!sbi_subscribe_parse(data, size, &subscription, out, NULL)) {
		require(sbi_subscribe_write(&subscription, out, text, ROOM,
					    &length, NULL));
		require(sbi_subscribe_parse(text, length, &subscription, out,
					    NULL));
	}
	sbi_reports_clear(&reports);
}

static void fuzz_notify(const uint8_t *data, size_t size)
{
	static struct sbi_reports reports;
	size_t length;

	if (!sbi_notify_parse(data, size, &reports, NULL)) {
		require(sbi_notify_write(&reports, text, ROOM, &length, NULL));
		require(sbi_notify_parse(text, length, &reports, NULL));
	}
	sbi_reports_clear(&reports);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sbi_problem problem;

	json_set_alloc_funcs(sbi_memory_alloc, sbi_memory_free);
	if (!size)
		return 0;
	switch (data[0] % 7) {
	case 0:
		fuzz_context(data + 1, size - 1);
		break;
	case 1:
		fuzz_session(data + 1, size - 1);
		break;
	case 2:
		fuzz_update(data + 1, size - 1);
		break;
	case 3:
		fuzz_subscribe(data + 1, size - 1, 0);
		break;
	case 4:
		fuzz_subscribe(data + 1, size - 1, 1);
		break;
	case 5:
		fuzz_notify(data + 1, size - 1);
		break;
	default:
		sbi_problem_parse(data + 1, size - 1, &problem, NULL);
		break;
	}
	return 0;
}
