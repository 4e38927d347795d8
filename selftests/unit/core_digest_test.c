// SPDX-License-Identifier: GPL-2.0-or-later
/* Digest: responses of the vectors, and what a server refuses. */
#include <stdio.h>

#include "core/digest.h"
#include "core_digest_scene.h"
#include "memory_search.h"

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

/* Client, server and client again, with what the vector says at each step. */
static void check_exchange(const json_t *vector)
{
	struct digest_credentials credentials;
	struct digest_session server;
	struct digest_case one;
	struct digest_info info;
	struct fault fault = { 0 };

	digest_case_take(vector, &one);
	server = one.session;
	assert_int_equal(digest_credentials_build(&one.session, one.username,
						  one.cnonce, &one.request,
						  &one.password, &credentials,
						  &fault),
			 0);
	assert_string_equal(credentials.response,
			    vectors_text(vector, "response"));
	assert_int_equal(one.session.count, vectors_number(vector, "nc"));
	assert_int_equal(digest_credentials_verify(&server, &credentials,
						   &one.request, &one.password,
						   999, &fault),
			 0);
	assert_int_equal(server.count, vectors_number(vector, "nc"));
	if (vectors_has(vector, "rspauth")) {
		assert_int_equal(digest_info_build(&server, &credentials,
						   one.response_body,
						   one.response_body_size,
						   &one.password, NULL, &info,
						   &fault),
				 0);
		assert_string_equal(info.rspauth,
				    vectors_text(vector, "rspauth"));
		assert_int_equal(digest_info_verify(&one.session, &credentials,
						    &info, one.response_body,
						    one.response_body_size,
						    &one.password, &fault),
				 0);
	}
	secret_clear(&one.password);
}

static void test_vectors(void **state)
{
	unsigned int checked = 0;
	json_t *vector;
	size_t i;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		if (!digest_kind_is(vector, "response") ||
		    !vectors_text(vector, "password")[0])
			continue;
		check_exchange(vector);
		checked++;
	}
	assert_true(checked >= 12);
}

/* The server refuses with @code and is as before. */
static void check_refused(struct scene *scene, uint64_t now,
			  enum fault_code code)
{
	struct digest_session before = scene->server;
	struct fault fault = { 0 };

	assert_int_equal(
		digest_credentials_verify(&scene->server, &scene->credentials,
					  &scene->one.request,
					  &scene->one.password, now, &fault),
		-1);
	if (fault.code != code)
		fail_msg("%s and not %s: %s", fault_name(fault.code),
			 fault_name(code), fault.text);
	assert_memory_equal(&scene->server, &before, sizeof(before));
}

static int verify(struct scene *scene, uint64_t now)
{
	return digest_credentials_verify(&scene->server, &scene->credentials,
					 &scene->one.request,
					 &scene->one.password, now, NULL);
}

static void test_server_refuses_fields(void **state)
{
	struct scene good, bad;

	(void)state;
	scene_make(&good, list, UA);
#define CHANGED(change, wanted)                      \
	do {                                         \
		bad = good;                          \
		bad.one.request.body = bad.one.body; \
		change;                              \
		check_refused(&bad, 1, wanted);      \
	} while (0)
	CHANGED(bad.credentials.algorithm = DIGEST_MD5_SESS, FAULT_UNSUPPORTED);
	CHANGED(bad.credentials.algorithm = DIGEST_AKAV1_MD5,
		FAULT_UNSUPPORTED);
	CHANGED(bad.credentials.qop = DIGEST_AUTH, FAULT_UNSUPPORTED);
	CHANGED(bad.credentials.qop = DIGEST_QOP_NONE, FAULT_UNSUPPORTED);
	CHANGED(fill(bad.credentials.uri, "/other"), FAULT_MALFORMED);
	CHANGED(bad.one.request.uri = "/keymanagement", FAULT_MALFORMED);
	CHANGED(fill(bad.credentials.realm, "r"), FAULT_UNAUTHENTIC);
	CHANGED(fill(bad.credentials.nonce, "n"), FAULT_UNAUTHENTIC);
	CHANGED(fill(bad.credentials.opaque, "n"), FAULT_UNAUTHENTIC);
	CHANGED(fill(bad.credentials.opaque, ""), FAULT_UNAUTHENTIC);
	CHANGED(fill(bad.credentials.username, "n"), FAULT_UNAUTHENTIC);
	CHANGED(fill(bad.credentials.cnonce, "n"), FAULT_UNAUTHENTIC);
	CHANGED(bad.credentials.count++, FAULT_UNAUTHENTIC);
	CHANGED(bad.credentials.response[0] ^= 1, FAULT_UNAUTHENTIC);
	CHANGED(bad.credentials.response[31] = '\0', FAULT_UNAUTHENTIC);
	CHANGED(fill(bad.credentials.response + 32, "00"), FAULT_UNAUTHENTIC);
	CHANGED(bad.credentials.response[0] = '\0', FAULT_UNAUTHENTIC);
	CHANGED(bad.one.request.method = "PUT", FAULT_UNAUTHENTIC);
	CHANGED(bad.one.body[0] ^= 1, FAULT_UNAUTHENTIC);
	CHANGED(bad.one.request.body_size--, FAULT_UNAUTHENTIC);
	CHANGED(bad.one.password = (struct secret){ 0 }, FAULT_ARGUMENT);
	CHANGED(bad.server.algorithm = DIGEST_SHA256, FAULT_UNSUPPORTED);
#undef CHANGED
	/* A client may leave the algorithm out; the server's one counts. */
	good.credentials.algorithm = DIGEST_ALGORITHM_NONE;
	good.one.request.body = good.one.body;
	assert_int_equal(verify(&good, 1), 0);
	scene_end(&good);
}

static void test_server_refuses_wrong_password(void **state)
{
	struct scene scene;

	(void)state;
	scene_make(&scene, list, UA);
	scene.one.password.bytes[3] ^= 1;
	check_refused(&scene, 1, FAULT_UNAUTHENTIC);
	scene_end(&scene);
}

static void test_nonce_count(void **state)
{
	struct scene scene;

	(void)state;
	scene_make(&scene, list, UA);
	assert_int_equal(verify(&scene, 1), 0);
	check_refused(&scene, 1, FAULT_REPLAYED);
	/* A gap is fine, what it left out comes too late. */
	scene.one.session.count = 4;
	assert_int_equal(digest_credentials_build(
				 &scene.one.session, scene.one.username,
				 scene.one.cnonce, &scene.one.request,
				 &scene.one.password, &scene.credentials, NULL),
			 0);
	assert_int_equal(verify(&scene, 1), 0);
	assert_int_equal(scene.server.count, 5);
	scene.one.session.count = 2;
	assert_int_equal(digest_credentials_build(
				 &scene.one.session, scene.one.username,
				 scene.one.cnonce, &scene.one.request,
				 &scene.one.password, &scene.credentials, NULL),
			 0);
	check_refused(&scene, 1, FAULT_REPLAYED);
	scene.one.session.count = 9;
	assert_int_equal(digest_credentials_build(
				 &scene.one.session, scene.one.username,
				 scene.one.cnonce, &scene.one.request,
				 &scene.one.password, &scene.credentials, NULL),
			 0);
	scene.server.count_max = 9;
	check_refused(&scene, 1, FAULT_REPLAYED);
	scene.server.count_max = 10;
	check_refused(&scene, scene.server.expires, FAULT_REPLAYED);
	assert_int_equal(verify(&scene, scene.server.expires - 1), 0);
	/* An old nonce with a wrong password is not stale but wrong. */
	scene.one.password.bytes[0] ^= 1;
	check_refused(&scene, UINT64_MAX, FAULT_UNAUTHENTIC);
	scene_end(&scene);
}

/* RFC 7616, 3.4.2: nextnonce keeps the session key, a challenge does not. */
static void test_session_key(void **state)
{
	struct scene scene;
	char first[DIGEST_NONCE_SIZE];

	(void)state;
	scene_make(&scene, list, "SHA-256-sess");
	scene.server.count = 0;
	assert_int_equal(verify(&scene, 1), 0);
	assert_string_equal(scene.server.cnonce_prime, scene.one.cnonce);
	fill(first, scene.server.nonce);
	assert_int_equal(digest_session_renew(&scene.server, "second", false,
					      1000, NULL),
			 0);
	assert_int_equal(digest_session_renew(&scene.one.session, "second",
					      false, 0, NULL),
			 0);
	scene.one.cnonce = "another";
	assert_int_equal(digest_credentials_build(
				 &scene.one.session, scene.one.username,
				 scene.one.cnonce, &scene.one.request,
				 &scene.one.password, &scene.credentials, NULL),
			 0);
	assert_int_equal(scene.credentials.count, 1);
	assert_int_equal(verify(&scene, 1), 0);
	assert_string_equal(scene.server.nonce_prime, first);
	/* A client that made a new key of its own is refused. */
	memset(scene.one.session.nonce_prime, 0, DIGEST_NONCE_SIZE);
	memset(scene.one.session.cnonce_prime, 0, DIGEST_NONCE_SIZE);
	assert_int_equal(digest_credentials_build(
				 &scene.one.session, scene.one.username,
				 scene.one.cnonce, &scene.one.request,
				 &scene.one.password, &scene.credentials, NULL),
			 0);
	check_refused(&scene, 1, FAULT_UNAUTHENTIC);
	/* After a challenge it is right to make a new one. */
	assert_int_equal(digest_session_renew(&scene.server, "third", true,
					      1000, NULL),
			 0);
	assert_string_equal(scene.server.nonce_prime, "");
	assert_int_equal(digest_session_renew(&scene.one.session, "third", true,
					      0, NULL),
			 0);
	assert_int_equal(digest_credentials_build(
				 &scene.one.session, scene.one.username,
				 "fresh", &scene.one.request,
				 &scene.one.password, &scene.credentials, NULL),
			 0);
	assert_int_equal(verify(&scene, 1), 0);
	assert_string_equal(scene.server.nonce_prime, "third");
	scene_end(&scene);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(digest_algorithm_name(DIGEST_AKAV1_MD5),
			    "AKAv1-MD5");
	assert_string_equal(digest_algorithm_name(DIGEST_ALGORITHM_NONE),
			    "none");
	assert_string_equal(digest_algorithm_name((enum digest_algorithm)99),
			    "none");
	assert_string_equal(digest_qop_name(DIGEST_QOP_NONE), "none");
	assert_string_equal(digest_qop_name((enum digest_qop)99), "none");
	assert_int_equal(digest_algorithm_find("md5-SESS", 8), DIGEST_MD5_SESS);
	assert_int_equal(digest_algorithm_find("MD", 2), 0);
	assert_int_equal(digest_qop_find("auth-in", 7), 0);
}

static void test_password(void **state)
{
	const json_t *vector = vectors_find(list, UA);
	struct secret key = { 0 }, password = { 0 };
	uint8_t octets[SECRET_SIZE_MAX] = { 0 };
	struct fault fault = { 0 };

	(void)state;
	vectors_secret(vector, "key", &key);
	assert_int_equal(digest_password_set(&password, &key, &fault), 0);
	vectors_match_secret(vector, "password", &password);
	assert_int_equal(password.size, 44);
	secret_clear(&key);
	assert_int_equal(digest_password_set(&password, &key, &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_int_equal(password.size, 0);
	assert_int_equal(secret_set(&key, octets, 193), 0);
	assert_int_equal(digest_password_set(&password, &key, NULL), -1);
	assert_int_equal(password.size, 0);
	secret_clear(&key);
}

/* H(A1) is as good as the password. */
static void test_wiped(void **state)
{
	/* H(A1) of the Ub vector, from python3 hashlib. */
	static const char a1[] = "308bb02714388e6e939e4649f5ec4fb0";
	char response[DIGEST_RESPONSE_SIZE];
	struct scene scene;

	(void)state;
	scene_make(&scene, list, UB);
	memory_watch((const uint8_t *)a1);
	assert_int_equal(digest_response(&scene.server, &scene.credentials,
					 &scene.one.request,
					 &scene.one.password, response, NULL),
			 0);
	assert_int_equal(memory_search(), 0);
	memory_forget();
	assert_string_equal(response, scene.credentials.response);
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_server_refuses_fields),
		cmocka_unit_test(test_server_refuses_wrong_password),
		cmocka_unit_test(test_nonce_count),
		cmocka_unit_test(test_session_key),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_password),
		cmocka_unit_test(test_wiped),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
