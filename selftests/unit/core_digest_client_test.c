// SPDX-License-Identifier: GPL-2.0-or-later
/* Digest: what a client answers, what it believes, and what it does not. */
#include <stdio.h>

#include "core/digest.h"
#include "core_digest_scene.h"

static json_t *list;

static int setup(void **state)
{
	(void)state;
	list = vectors_load("digest");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	json_decref(list);
	return 0;
}

static void test_count_is_used_up(void **state)
{
	struct digest_credentials credentials;
	struct fault fault = { 0 };
	struct scene scene;

	(void)state;
	scene_make(&scene, list, UA);
	scene.one.session.count = UINT32_MAX - 1;
	assert_int_equal(digest_credentials_build(
				 &scene.one.session, scene.one.username,
				 scene.one.cnonce, &scene.one.request,
				 &scene.one.password, &credentials, NULL),
			 0);
	assert_int_equal(credentials.count, UINT32_MAX);
	assert_int_equal(digest_credentials_build(
				 &scene.one.session, scene.one.username,
				 scene.one.cnonce, &scene.one.request,
				 &scene.one.password, &credentials, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_STATE);
	assert_int_equal(scene.one.session.count, UINT32_MAX);
	scene_end(&scene);
}

static void test_build_refuses(void **state)
{
	static const struct digest_credentials zero;
	struct digest_credentials credentials;
	struct digest_session before;
	struct fault fault;
	struct scene good, bad;
	char name[DIGEST_USERNAME_SIZE + 1];

	(void)state;
	memset(name, 'u', sizeof(name));
	name[DIGEST_USERNAME_SIZE] = '\0';
	scene_make(&good, list, UA);
#define REFUSED(change, wanted)                                              \
	do {                                                                 \
		bad = good;                                                  \
		change;                                                      \
		before = bad.one.session;                                    \
		fault = (struct fault){ 0 };                                 \
		memset(&credentials, 0xee, sizeof(credentials));             \
		assert_int_equal(digest_credentials_build(                   \
					 &bad.one.session, bad.one.username, \
					 bad.one.cnonce, &bad.one.request,   \
					 &bad.one.password, &credentials,    \
					 &fault),                            \
				 -1);                                        \
		assert_int_equal(fault.code, wanted);                        \
		assert_memory_equal(&bad.one.session, &before,               \
				    sizeof(before));                         \
		assert_memory_equal(&credentials, &zero, sizeof(zero));      \
	} while (0)
	REFUSED(bad.one.username = NULL, FAULT_ARGUMENT);
	REFUSED(bad.one.username = "", FAULT_ARGUMENT);
	REFUSED(bad.one.username = "u:v", FAULT_ARGUMENT);
	REFUSED(bad.one.username = "u\n", FAULT_MALFORMED);
	REFUSED(bad.one.username = name, FAULT_LIMIT);
	REFUSED(bad.one.cnonce = "", FAULT_ARGUMENT);
	REFUSED(bad.one.request.uri = "", FAULT_ARGUMENT);
	REFUSED(bad.one.request.method = "", FAULT_ARGUMENT);
	REFUSED(bad.one.request.method = NULL, FAULT_ARGUMENT);
	REFUSED(bad.one.session.nonce[0] = '\0', FAULT_STATE);
	REFUSED(bad.one.password = (struct secret){ 0 }, FAULT_ARGUMENT);
#undef REFUSED
	scene_end(&good);
}

static void test_choose(void **state)
{
	static const struct digest_policy any = { ~0U, ~0U };
	const struct digest_challenge *chosen;
	struct digest_challenge offers[3] = { 0 };
	struct fault fault = { 0 };
	enum digest_qop qop;

	(void)state;
	offers[0].algorithm = DIGEST_MD5;
	offers[0].qops = DIGEST_BIT(DIGEST_AUTH) | DIGEST_BIT(DIGEST_AUTH_INT);
	offers[1].algorithm = DIGEST_SHA256;
	offers[1].qops = DIGEST_BIT(DIGEST_AUTH);
	offers[2].algorithm = DIGEST_SHA256;
	offers[2].qops = DIGEST_BIT(DIGEST_AUTH_INT);
	assert_int_equal(digest_challenge_choose(offers, 3, &any, &chosen, &qop,
						 &fault),
			 0);
	assert_ptr_equal(chosen, &offers[1]);
	assert_int_equal(qop, DIGEST_AUTH);
	assert_int_equal(digest_challenge_choose(offers, 3, &digest_policy_ua,
						 &chosen, &qop, &fault),
			 0);
	assert_ptr_equal(chosen, &offers[2]);
	assert_int_equal(qop, DIGEST_AUTH_INT);
	assert_int_equal(digest_challenge_choose(offers, 1, &digest_policy_ua,
						 &chosen, &qop, &fault),
			 0);
	assert_int_equal(qop, DIGEST_AUTH_INT);
	/* Downgrades: no AKA, no integrity, no qop, nothing known. */
	assert_int_equal(digest_challenge_choose(offers, 3, &digest_policy_ub,
						 &chosen, &qop, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_UNSUPPORTED);
	assert_null(chosen);
	assert_int_equal(digest_challenge_choose(&offers[1], 1,
						 &digest_policy_ua, &chosen,
						 &qop, NULL),
			 -1);
	offers[0].qops = 0;
	offers[1].algorithm = DIGEST_ALGORITHM_NONE;
	assert_int_equal(digest_challenge_choose(offers, 2, &digest_policy_ua,
						 &chosen, &qop, NULL),
			 -1);
	assert_int_equal(digest_challenge_choose(offers, 0, &any, &chosen, &qop,
						 NULL),
			 -1);
}

static void test_session_start(void **state)
{
	static const struct digest_session zero;
	struct digest_challenge challenge;
	struct digest_session session;
	struct fault fault = { 0 };
	struct scene scene;

	(void)state;
	scene_make(&scene, list, UA);
	assert_int_equal(digest_session_challenge(&scene.server, true,
						  &challenge, &fault),
			 0);
	assert_true(challenge.stale);
	assert_int_equal(digest_session_start(&challenge, DIGEST_AUTH_INT,
					      scene.server.realm, &session,
					      &fault),
			 0);
	assert_string_equal(session.nonce, scene.server.nonce);
	assert_string_equal(session.opaque, "0123");
	assert_int_equal(session.algorithm, DIGEST_MD5);
	assert_int_equal(session.count, 0);
	assert_int_equal(digest_session_start(&challenge, DIGEST_AUTH,
					      scene.server.realm, &session,
					      &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_UNSUPPORTED);
	assert_memory_equal(&session, &zero, sizeof(zero));
	assert_int_equal(digest_session_start(&challenge, DIGEST_QOP_NONE,
					      scene.server.realm, &session,
					      NULL),
			 -1);
	fault = (struct fault){ 0 };
	assert_int_equal(digest_session_start(&challenge, DIGEST_AUTH_INT,
					      "other", &session, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_int_equal(digest_session_start(&challenge, DIGEST_AUTH_INT, NULL,
					      &session, NULL),
			 -1);
	challenge.nonce[0] = '\0';
	assert_int_equal(digest_session_start(&challenge, DIGEST_AUTH_INT,
					      scene.server.realm, &session,
					      NULL),
			 -1);
	assert_memory_equal(&session, &zero, sizeof(zero));
	scene.server.qops = 0;
	assert_int_equal(digest_session_challenge(&scene.server, false,
						  &challenge, NULL),
			 -1);
	scene_end(&scene);
}

static void test_info_refuses(void **state)
{
	struct digest_session before;
	struct digest_info good, bad;
	struct fault fault;
	struct scene scene;

	(void)state;
	scene_make(&scene, list, UB);
	assert_int_equal(digest_info_build(&scene.server, &scene.credentials,
					   "abc", 3, &scene.one.password,
					   "next", &good, NULL),
			 0);
	before = scene.one.session;
#define REFUSED(change, body, size, wanted)                                    \
	do {                                                                   \
		bad = good;                                                    \
		change;                                                        \
		fault = (struct fault){ 0 };                                   \
		assert_int_equal(                                              \
			digest_info_verify(&scene.one.session,                 \
					   &scene.credentials, &bad, body,     \
					   size, &scene.one.password, &fault), \
			-1);                                                   \
		assert_int_equal(fault.code, wanted);                          \
		assert_memory_equal(&scene.one.session, &before,               \
				    sizeof(before));                           \
	} while (0)
	REFUSED(bad.qop = DIGEST_QOP_NONE, "abc", 3, FAULT_UNAUTHENTIC);
	REFUSED(bad.qop = DIGEST_AUTH, "abc", 3, FAULT_UNAUTHENTIC);
	REFUSED(bad.count++, "abc", 3, FAULT_UNAUTHENTIC);
	REFUSED(bad.cnonce[0]++, "abc", 3, FAULT_UNAUTHENTIC);
	REFUSED(bad.rspauth[0] ^= 1, "abc", 3, FAULT_UNAUTHENTIC);
	REFUSED(bad.rspauth[0] = '\0', "abc", 3, FAULT_UNAUTHENTIC);
	REFUSED((void)0, "abd", 3, FAULT_UNAUTHENTIC);
	REFUSED((void)0, "abc", 2, FAULT_UNAUTHENTIC);
#undef REFUSED
	assert_int_equal(digest_info_verify(&scene.one.session,
					    &scene.credentials, &good, "abc", 3,
					    &(struct secret){ 0 }, NULL),
			 -1);
	assert_int_equal(digest_info_verify(&scene.one.session,
					    &scene.credentials, &good, "abc", 3,
					    &scene.one.password, NULL),
			 0);
	assert_string_equal(scene.one.session.nonce, "next");
	assert_int_equal(scene.one.session.count, 0);
	assert_int_equal(digest_info_build(&scene.server, &scene.credentials,
					   "abc", 3, &(struct secret){ 0 },
					   NULL, &good, NULL),
			 -1);
	assert_int_equal(digest_info_build(&scene.server, &scene.credentials,
					   "abc", 3, &scene.one.password, "",
					   &good, NULL),
			 -1);
	scene_end(&scene);
}

/* The nonce in use said again as nextnonce does not restart its count. */
static void test_same_nextnonce(void **state)
{
	struct digest_info info;
	struct fault fault = { 0 };
	struct scene scene;

	(void)state;
	scene_make(&scene, list, UB);
	assert_int_equal(digest_info_build(&scene.server, &scene.credentials,
					   "", 0, &scene.one.password,
					   scene.server.nonce, &info, NULL),
			 0);
	assert_int_equal(digest_info_verify(&scene.one.session,
					    &scene.credentials, &info, "", 0,
					    &scene.one.password, NULL),
			 0);
	assert_int_equal(scene.one.session.count, 1);
	assert_int_equal(digest_session_renew(&scene.server, scene.server.nonce,
					      false, 5, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_REPLAYED);
	assert_int_equal(
		digest_session_renew(&scene.server, "", false, 5, NULL), -1);
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_count_is_used_up),
		cmocka_unit_test(test_build_refuses),
		cmocka_unit_test(test_choose),
		cmocka_unit_test(test_session_start),
		cmocka_unit_test(test_info_refuses),
		cmocka_unit_test(test_same_nextnonce),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
