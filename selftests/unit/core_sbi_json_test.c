// SPDX-License-Identifier: GPL-2.0-or-later
/* Bodies of the service-based interface, by the vectors of sbi.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/sbi_json.h"
#include "vectors.h"

#define ROOM 8192

/* All that a body may be read into. */
struct bodies {
	struct sbi_security_context context;
	struct sbi_session session;
	struct sbi_subscription subscription;
	struct sbi_reports reports;
	struct sbi_problem problem;
};

static struct bodies *bodies;

static int parse(const char *kind, const char *body, size_t size,
		 struct fault *fault)
{
	if (!strcmp(kind, "context"))
		return sbi_security_context_parse(body, size, &bodies->context,
						  fault);
	if (!strcmp(kind, "create"))
		return sbi_create_parse(body, size, &bodies->session, fault);
	if (!strcmp(kind, "update"))
		return sbi_update_apply(body, size, &bodies->context, fault);
	if (!strcmp(kind, "subscribe"))
		return sbi_subscribe_parse(body, size, &bodies->subscription,
					   NULL, fault);
	if (!strcmp(kind, "subscribed"))
		return sbi_subscribe_parse(body, size, &bodies->subscription,
					   &bodies->reports, fault);
	if (!strcmp(kind, "notify"))
		return sbi_notify_parse(body, size, &bodies->reports, fault);
	assert_string_equal(kind, "problem");
	return sbi_problem_parse(body, size, &bodies->problem, fault);
}

static int write_back(const char *kind, char *text, size_t room, size_t *length)
{
	if (!strcmp(kind, "context"))
		return sbi_security_context_write(&bodies->context, text, room,
						  length, NULL);
	if (!strcmp(kind, "create"))
		return sbi_create_write(&bodies->session, text, room, length,
					NULL);
	if (!strcmp(kind, "update"))
		return sbi_update_write(&bodies->context, text, room, length,
					NULL);
	if (!strcmp(kind, "subscribe"))
		return sbi_subscribe_write(&bodies->subscription, NULL, text,
					   room, length, NULL);
	if (!strcmp(kind, "subscribed"))
		return sbi_subscribe_write(&bodies->subscription,
					   &bodies->reports, text, room, length,
					   NULL);
	if (!strcmp(kind, "notify"))
		return sbi_notify_write(&bodies->reports, text, room, length,
					NULL);
	return sbi_problem_write(&bodies->problem, text, room, length, NULL);
}

static void clear(void)
{
	sbi_security_context_clear(&bodies->context);
	sbi_session_clear(&bodies->session);
	sbi_reports_clear(&bodies->reports);
	memset(bodies, 0, sizeof(*bodies));
}

static bool all_zero(const void *data, size_t size)
{
	const uint8_t *octets = data;
	size_t i;

	for (i = 0; i < size; i++)
		if (octets[i])
			return false;
	return true;
}

static const struct sbi_security_context *context_of(const char *kind)
{
	if (!strcmp(kind, "create"))
		return &bodies->session.context;
	if (!strcmp(kind, "notify") || !strcmp(kind, "subscribed"))
		return &bodies->reports.reports[0].context;
	return &bodies->context;
}

static void match_keys(const json_t *vector,
		       const struct sbi_security_context *context)
{
	char name[32];
	size_t i;

	for (i = 0; i < context->count; i++) {
		const struct sbi_key_info *key = &context->keys[i];
		uint32_t msk_id = key->ref.msk_id;
		const uint8_t id[] = { (uint8_t)(msk_id >> 24),
				       (uint8_t)(msk_id >> 16),
				       (uint8_t)(msk_id >> 8),
				       (uint8_t)msk_id };
		const uint8_t mtk_id[] = { (uint8_t)(key->mtk_id >> 8),
					   (uint8_t)key->mtk_id };

		snprintf(name, sizeof(name), "key-domain-%zu", i + 1);
		vectors_match(vector, name, key->ref.domain.octets, 3);
		snprintf(name, sizeof(name), "msk-id-%zu", i + 1);
		vectors_match(vector, name, id, 4);
		snprintf(name, sizeof(name), "msk-%zu", i + 1);
		vectors_match_secret(vector, name, &key->msk);
		snprintf(name, sizeof(name), "lifetime-%zu", i + 1);
		assert_int_equal(key->has_lifetime, vectors_has(vector, name));
		if (key->has_lifetime)
			assert_int_equal(key->lifetime,
					 vectors_number(vector, name));
		snprintf(name, sizeof(name), "mtk-id-%zu", i + 1);
		assert_int_equal(key->mtk_id != 0, vectors_has(vector, name));
		if (!key->mtk_id)
			continue;
		vectors_match(vector, name, mtk_id, 2);
		snprintf(name, sizeof(name), "mtk-%zu", i + 1);
		vectors_match_secret(vector, name, &key->mtk);
	}
	snprintf(name, sizeof(name), "msk-%zu", i + 1);
	assert_false(vectors_has(vector, name));
}

/* The update of the vectors goes to a session without keys. */
static void test_read_and_write(void **state)
{
	json_t *list = vectors_load("sbi"), *vector;
	char text[ROOM];
	size_t index, length, room;
	unsigned int count = 0;

	(void)state;
	json_array_foreach(list, index, vector)
	{
		const char *kind = vectors_text(vector, "kind");
		const char *body = vectors_text(vector, "body");
		struct fault fault = { 0 };

		if (vectors_has(vector, "refused"))
			continue;
		count++;
		clear();
		if (parse(kind, body, strlen(body), &fault))
			fail_msg("%s: %s", vectors_name(vector), fault.text);
		match_keys(vector, context_of(kind));
		assert_int_equal(write_back(kind, text, ROOM, &length), 0);
		assert_int_equal(length, strlen(body));
		assert_memory_equal(text, body, length);
		for (room = 0; room < strlen(body); room++) {
			memset(text, 1, room);
			assert_int_equal(write_back(kind, text, room, &length),
					 -1);
			assert_int_equal(length, 0);
			assert_true(all_zero(text, room));
		}
	}
	assert_true(count >= 10);
	clear();
	json_decref(list);
}

/* A session with the key of "context with one key". */
static void give_context(json_t *list)
{
	const char *body = vectors_text(
		vectors_find(list, "context with one key"), "body");

	clear();
	assert_int_equal(sbi_security_context_parse(body, strlen(body),
						    &bodies->context, NULL),
			 0);
}

static void test_refusals(void **state)
{
	json_t *list = vectors_load("sbi"), *vector;
	size_t index;

	(void)state;
	json_array_foreach(list, index, vector)
	{
		const char *kind = vectors_text(vector, "kind"), *sentence;
		const char *body = vectors_text(vector, "body");
		bool update = !strcmp(kind, "update");
		struct fault fault = { 0 };

		if (!vectors_has(vector, "refused"))
			continue;
		sentence = vectors_text(vector, "refused");
		clear();
		if (update)
			give_context(list);
		if (!parse(kind, body, strlen(body), &fault))
			fail_msg("%s was taken", vectors_name(vector));
		if (strncmp(fault.text, sentence, strlen(sentence)))
			fail_msg("%s: '%s' instead of '%s'",
				 vectors_name(vector), fault.text, sentence);
		/* No sentence gives away a part of a key. */
		assert_null(strstr(fault.text, "AAEC"));
		if (update) {
			assert_int_equal(bodies->context.count, 1);
			match_keys(vectors_find(list, "context with one key"),
				   &bodies->context);
		} else {
			assert_true(all_zero(bodies, sizeof(*bodies)));
		}
	}
	clear();
	json_decref(list);
}

/* Every truncation is refused; every changed octet is refused or read, and what
 * is read can be written and read again.
 */
static void test_damage(void **state)
{
	json_t *list = vectors_load("sbi"), *vector;
	static const uint8_t changes[] = { 0x01, 0x20, 0x80 };
	char text[ROOM], again[ROOM];
	size_t index, length, i, j;

	(void)state;
	json_array_foreach(list, index, vector)
	{
		const char *kind = vectors_text(vector, "kind");
		const char *body = vectors_text(vector, "body");
		size_t size = strlen(body);

		if (vectors_has(vector, "refused") || size > ROOM)
			continue;
		for (i = 0; i < size; i++) {
			/* Of its own size, for the address sanitizer. */
			char *cut = malloc(i ? i : 1);

			memcpy(cut, body, i);
			clear();
			assert_int_equal(parse(kind, cut, i, NULL), -1);
			assert_true(all_zero(bodies, sizeof(*bodies)));
			free(cut);
			for (j = 0; j < sizeof(changes); j++) {
				memcpy(text, body, size);
				text[i] = (char)(text[i] ^ changes[j]);
				clear();
				if (parse(kind, text, size, NULL)) {
					assert_true(all_zero(bodies,
							     sizeof(*bodies)));
					continue;
				}
				if (!strcmp(kind, "problem"))
					continue;
				assert_int_equal(write_back(kind, again, ROOM,
							    &length),
						 0);
				assert_int_equal(
					parse(kind, again, length, NULL), 0);
			}
		}
	}
	clear();
	json_decref(list);
}

static void apply(const char *patch)
{
	struct fault fault = { 0 };

	if (sbi_update_apply(patch, strlen(patch), &bodies->context, &fault))
		fail_msg("%s", fault.text);
}

static void test_patches(void **state)
{
	json_t *list = vectors_load("sbi");
	struct sbi_security_context *context = &bodies->context;
	char text[ROOM];
	size_t length;

	(void)state;
	give_context(list);
	apply("[{\"op\":\"add\",\"path\":\"/mbsSecurityContext/keyList/a~1b~0\","
	      "\"value\":{\"keyDomainId\":\"CfEH\",\"mskId\":\"AAEAAg==\"}}]");
	assert_int_equal(context->count, 2);
	assert_string_equal(context->keys[1].name, "a/b~");
	assert_int_equal(context->keys[1].msk.size, 0);
	apply("[{\"op\":\"remove\",\"path\":\"/mbsSecurityContext/keyList/k1\"},"
	      "{\"op\":\"replace\",\"path\":"
	      "\"/mbsSecurityContext/keyList/a~1b~0\",\"value\":{"
	      "\"keyDomainId\":\"CfEH\",\"mskId\":\"AAEAAw==\"}}]");
	assert_int_equal(context->count, 1);
	assert_int_equal(context->keys[0].ref.msk_id, 0x00010003);
	apply("[{\"op\":\"replace\",\"path\":\"/mbsSecurityContext/keyList\","
	      "\"value\":{\"n\":{\"keyDomainId\":\"CfEH\",\"mskId\":"
	      "\"AAEABA==\"}}}]");
	assert_string_equal(context->keys[0].name, "n");
	apply("[{\"op\":\"remove\",\"path\":\"/mbsSecurityContext\"}]");
	assert_true(all_zero(context, sizeof(*context)));
	assert_int_equal(sbi_update_write(context, text, ROOM, &length, NULL),
			 0);
	assert_int_equal(length, strlen("[{\"op\":\"remove\",\"path\":"
					"\"/mbsSecurityContext\"}]"));
	/* Nothing to add a key to. */
	assert_int_equal(parse("update",
			       "[{\"op\":\"add\",\"path\":"
			       "\"/mbsSecurityContext/keyList/k\","
			       "\"value\":{}}]",
			       72, NULL),
			 -1);
	json_decref(list);
}

static void test_what_cannot_be_written(void **state)
{
	json_t *list = vectors_load("sbi");
	struct sbi_security_context *context = &bodies->context;
	char text[ROOM];
	size_t length;

	(void)state;
	give_context(list);
	context->keys[0].mtk_id = 0;
	assert_int_equal(write_back("context", text, ROOM, &length), -1);
	context->keys[0].mtk_id = 1;
	context->keys[0].ref.msk_id = 0x00010000;
	assert_int_equal(write_back("context", text, ROOM, &length), -1);
	context->keys[0].ref.msk_id = 0x00010001;
	context->keys[0].lifetime = INT64_MAX;
	assert_int_equal(write_back("context", text, ROOM, &length), -1);
	context->keys[0].has_lifetime = false;
	context->keys[1].ref = context->keys[0].ref;
	memcpy(context->keys[1].name, "k1", 3);
	context->count = 2;
	assert_int_equal(write_back("context", text, ROOM, &length), -1);
	clear();
	assert_int_equal(write_back("context", text, ROOM, &length), -1);
	assert_int_equal(write_back("create", text, ROOM, &length), -1);
	bodies->session.tmgi_request = true;
	assert_int_equal(write_back("create", text, ROOM, &length), -1);
	bodies->session.service = SBI_MULTICAST;
	bodies->session.has_id = true;
	assert_int_equal(write_back("create", text, ROOM, &length), -1);
	bodies->session.id.has_tmgi = true;
	assert_int_equal(write_back("create", text, ROOM, &length), -1);
	bodies->session.id.has_tmgi = false;
	bodies->session.id.has_ssm = true;
	assert_int_equal(write_back("create", text, ROOM, &length), -1);
	assert_int_equal(write_back("subscribe", text, ROOM, &length), -1);
	assert_int_equal(write_back("notify", text, ROOM, &length), -1);
	bodies->reports.count = 1;
	assert_int_equal(write_back("notify", text, ROOM, &length), -1);
	assert_int_equal(write_back("problem", text, ROOM, &length), -1);
	clear();
	json_decref(list);
}

static void expect_problem(enum fault_code code, const char *text,
			   bool is_update, unsigned int status,
			   const char *cause, const char *parameter)
{
	struct fault fault = { .code = code };
	struct sbi_problem problem;

	snprintf(fault.text, sizeof(fault.text), "%s", text);
	sbi_problem_from_fault(&fault, is_update, &problem);
	assert_int_equal(problem.status, status);
	assert_string_equal(problem.cause, cause);
	assert_string_equal(problem.parameter, parameter);
	assert_string_equal(problem.detail, status < 500 ? text : "");
}

static void test_problems(void **state)
{
	(void)state;
	expect_problem(FAULT_MALFORMED, "/a/b is missing", false, 400,
		       "MANDATORY_IE_MISSING", "/a/b");
	expect_problem(FAULT_UNSUPPORTED, "/a has a value", false, 400,
		       "MANDATORY_IE_INCORRECT", "/a");
	expect_problem(FAULT_TRUNCATED, "the document is cut off", false, 400,
		       "INVALID_MSG_FORMAT", "");
	expect_problem(FAULT_UNSUPPORTED, "/0/path is no place", true, 403,
		       "MODIFICATION_NOT_ALLOWED", "/0/path");
	expect_problem(FAULT_UNKNOWN, "/0/path names what", true, 404,
		       "RESOURCE_CONTEXT_NOT_FOUND", "/0/path");
	expect_problem(FAULT_MEMORY, "no memory", false, 500, "SYSTEM_FAILURE",
		       "");
}

static void test_limits(void **state)
{
	char *large = malloc(SBI_DOCUMENT_MAX + 1);
	struct fault fault = { 0 };
	size_t i;

	(void)state;
	memset(large, ' ', SBI_DOCUMENT_MAX + 1);
	assert_int_equal(parse("context", large, SBI_DOCUMENT_MAX + 1, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
	/* Deeper than places are named. */
	for (i = 0; i < SBI_DOCUMENT_MAX; i++)
		large[i] = i % 5 == 4 ? '[' : "{\"a\":"[i % 5];
	fault = (struct fault){ 0 };
	assert_int_equal(parse("context", large, SBI_DOCUMENT_MAX, &fault), -1);
	assert_int_equal(fault.code, FAULT_MALFORMED);
	free(large);
	assert_null(sbi_memory_alloc(SIZE_MAX));
	sbi_memory_free(NULL);
}

static int setup(void **state)
{
	(void)state;
	json_set_alloc_funcs(sbi_memory_alloc, sbi_memory_free);
	bodies = calloc(1, sizeof(*bodies));
	return bodies ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	clear();
	free(bodies);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_and_write),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_patches),
		cmocka_unit_test(test_what_cannot_be_written),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_limits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
