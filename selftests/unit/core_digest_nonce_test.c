// SPDX-License-Identifier: GPL-2.0-or-later
/* Digest of a server with many users: what it keeps of each, and when it says
 * that a nonce is stale.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base64.h"
#include "core/digest_nonce.h"

#define REALM "3GPP-bootstrapping@bmsc.home1.net"
#define USER "b@bsf"
#define CNONCE "0a4f113b"
#define LIFETIME 100

static const struct digest_request request = {
	.method = "POST",
	.uri = "/keymanagement?requesttype=register",
	.body = "<x/>",
	.body_size = 4,
};

/* A server, one user of it, and what the server keeps of the user. */
struct scene {
	struct digest_server server;
	struct secret password;
	struct digest_nonce record;
};

static int setup(void **state)
{
	static struct scene scene;

	scene = (struct scene){
		.server = { .algorithm = DIGEST_MD5,
			    .qops = DIGEST_BIT(DIGEST_AUTH_INT),
			    .count_max = 5,
			    .lifetime = LIFETIME,
			    .realm = REALM },
	};
	assert_int_equal(secret_set(&scene.server.nonce_key,
				    "0123456789abcdef0123456789abcdef", 32),
			 0);
	assert_int_equal(secret_set(&scene.password, "password", 8), 0);
	*state = &scene;
	return 0;
}

static int teardown(void **state)
{
	struct scene *scene = *state;

	secret_clear(&scene->server.nonce_key);
	secret_clear(&scene->password);
	return 0;
}

/* What a UE makes of a challenge of the time @now. */
static struct digest_session challenged(const struct scene *scene, uint64_t now,
					uint8_t random)
{
	const uint8_t octets[DIGEST_NONCE_RANDOM_SIZE] = { random };
	struct digest_challenge challenge;
	struct digest_session session;

	assert_int_equal(digest_server_challenge(&scene->server, now, octets,
						 true, &challenge, NULL),
			 0);
	assert_true(challenge.stale);
	assert_string_equal(challenge.realm, REALM);
	assert_int_equal(challenge.algorithm, scene->server.algorithm);
	assert_int_equal(challenge.qops, scene->server.qops);
	assert_int_equal(digest_session_start(&challenge, DIGEST_AUTH_INT,
					      REALM, &session, NULL),
			 0);
	return session;
}

static struct digest_credentials answer(const struct scene *scene,
					struct digest_session *session)
{
	struct digest_credentials credentials;

	assert_int_equal(digest_credentials_build(session, USER, CNONCE,
						  &request, &scene->password,
						  &credentials, NULL),
			 0);
	return credentials;
}

static void accepted(struct scene *scene,
		     const struct digest_credentials *credentials, uint64_t now)
{
	struct fault fault = { 0 };

	if (digest_server_verify(&scene->server, &scene->record, credentials,
				 &request, &scene->password, now, &fault))
		fail_msg("%s", fault.text);
	assert_int_equal(scene->record.count, credentials->count);
}

static void check_refused(struct scene *scene,
			  const struct digest_credentials *credentials,
			  uint64_t now, enum fault_code code, int line)
{
	const struct digest_nonce before = scene->record;
	struct fault fault = { 0 };

	if (!digest_server_verify(&scene->server, &scene->record, credentials,
				  &request, &scene->password, now, &fault) ||
	    fault.code != code)
		fail_msg("line %d: %s: %s", line, fault_name(fault.code),
			 fault.text);
	assert_memory_equal(&scene->record, &before, sizeof(before));
}

#define assert_refused(scene, credentials, now, code) \
	check_refused(scene, credentials, now, code, __LINE__)

/* A UE's requests with one nonce, each once, in order, until it is used up. */
static void test_count(void **state)
{
	struct scene *scene = *state;
	struct digest_session session = challenged(scene, 10, 1);
	struct digest_credentials first = answer(scene, &session), next, last;
	unsigned int i;

	accepted(scene, &first, 10);
	assert_refused(scene, &first, 10, FAULT_REPLAYED);
	next = answer(scene, &session);
	last = answer(scene, &session);
	/* A gap is fine, going back is not. */
	accepted(scene, &last, 11);
	assert_refused(scene, &next, 11, FAULT_REPLAYED);
	for (i = 0; i < 2; i++) {
		next = answer(scene, &session);
		accepted(scene, &next, 12);
	}
	/* The sixth of five. */
	next = answer(scene, &session);
	assert_refused(scene, &next, 12, FAULT_REPLAYED);
}

static void test_age(void **state)
{
	struct scene *scene = *state;
	struct digest_session session = challenged(scene, 10, 1);
	struct digest_credentials credentials = answer(scene, &session);

	assert_refused(scene, &credentials, 10 + LIFETIME, FAULT_REPLAYED);
	accepted(scene, &credentials, 9 + LIFETIME);
	credentials = answer(scene, &session);
	assert_refused(scene, &credentials, 10 + LIFETIME, FAULT_REPLAYED);
	/* At the end of time it does not wrap. */
	session = challenged(scene, UINT64_MAX - 1, 1);
	credentials = answer(scene, &session);
	accepted(scene, &credentials, UINT64_MAX - 1);
}

/* Once a newer nonce is in use, all older ones have ended for the user. */
static void test_newer(void **state)
{
	struct scene *scene = *state;
	struct digest_session older = challenged(scene, 10, 1);
	struct digest_session newer = challenged(scene, 11, 2);
	struct digest_session twin = challenged(scene, 11, 3);
	struct digest_credentials credentials = answer(scene, &older);

	accepted(scene, &credentials, 12);
	credentials = answer(scene, &newer);
	accepted(scene, &credentials, 12);
	assert_int_equal(scene->record.made, 11);
	assert_int_equal(scene->record.random[0], 2);
	credentials = answer(scene, &older);
	assert_refused(scene, &credentials, 12, FAULT_REPLAYED);
	credentials = answer(scene, &twin);
	assert_refused(scene, &credentials, 12, FAULT_REPLAYED);
	credentials = answer(scene, &newer);
	accepted(scene, &credentials, 12);
	/* Another user is not concerned, even at the time 0. */
	scene->record = (struct digest_nonce){ 0 };
	older = challenged(scene, 0, 9);
	credentials = answer(scene, &older);
	accepted(scene, &credentials, 12);
	assert_refused(scene, &credentials, 12, FAULT_REPLAYED);
}

/* Stale is said only to somebody who knows the password. */
static void test_not_ours(void **state)
{
	struct scene *scene = *state;
	struct digest_session good = challenged(scene, 10, 1), session;
	struct digest_credentials credentials;
	size_t i, length = strlen(good.nonce);

	assert_int_equal(length, BASE64_LENGTH(32));
	for (i = 0; i <= length; i++) {
		session = good;
		session.nonce[i] = session.nonce[i] == 'A' ? 'B' : 'A';
		credentials = answer(scene, &session);
		assert_refused(scene, &credentials, 11, FAULT_REPLAYED);
		credentials.response[0] ^= 1;
		assert_refused(scene, &credentials, 11, FAULT_UNAUTHENTIC);
	}
	for (i = 1; i < length; i++) {
		session = good;
		memset(session.nonce + i, 0, sizeof(session.nonce) - i);
		credentials = answer(scene, &session);
		assert_refused(scene, &credentials, 11, FAULT_REPLAYED);
	}
	/* A restart: the server has another key. */
	credentials = answer(scene, &good);
	scene->server.nonce_key.bytes[31] ^= 1;
	assert_refused(scene, &credentials, 11, FAULT_REPLAYED);
	scene->server.nonce_key.bytes[31] ^= 1;
	accepted(scene, &credentials, 11);
}

static void test_refused(void **state)
{
	struct scene *scene = *state;
	struct digest_session session = challenged(scene, 10, 1);
	const struct digest_credentials good = answer(scene, &session);
	struct digest_credentials bad;
	struct secret empty = { 0 };

	bad = good;
	bad.algorithm = DIGEST_SHA256;
	assert_refused(scene, &bad, 11, FAULT_UNSUPPORTED);
	bad = good;
	bad.qop = DIGEST_AUTH;
	assert_refused(scene, &bad, 11, FAULT_UNSUPPORTED);
	bad = good;
	bad.uri[1]++;
	assert_refused(scene, &bad, 11, FAULT_MALFORMED);
	bad = good;
	bad.realm[0]++;
	assert_refused(scene, &bad, 11, FAULT_UNAUTHENTIC);
	bad = good;
	bad.opaque[0] = 'x';
	assert_refused(scene, &bad, 11, FAULT_UNAUTHENTIC);
	bad = good;
	bad.count++;
	assert_refused(scene, &bad, 11, FAULT_UNAUTHENTIC);
	bad = good;
	bad.has_auts = true;
	assert_refused(scene, &bad, 11, FAULT_STATE);
	bad = (struct digest_credentials){ .username = USER };
	assert_refused(scene, &bad, 11, FAULT_STATE);
	assert_int_equal(digest_server_verify(&scene->server, &scene->record,
					      &good, &request, &empty, 11,
					      NULL),
			 -1);
	accepted(scene, &good, 11);
}

/* The response is proven to the UE, and its next nonce is a newer one. */
static void test_info(void **state)
{
	static const uint8_t random[DIGEST_NONCE_RANDOM_SIZE] = { 2 };
	struct scene *scene = *state;
	struct digest_session session;
	struct digest_credentials credentials;
	char nextnonce[DIGEST_NONCE_SIZE];
	struct digest_info info;

	scene->server.algorithm = DIGEST_SHA256;
	session = challenged(scene, 10, 1);
	credentials = answer(scene, &session);
	accepted(scene, &credentials, 10);
	assert_int_equal(digest_nonce_write(&scene->server, 20, random,
					    nextnonce, NULL),
			 0);
	assert_int_equal(digest_server_info(&scene->server, &credentials,
					    "<y/>", 4, &scene->password,
					    nextnonce, &info, NULL),
			 0);
	assert_int_equal(digest_info_verify(&session, &credentials, &info,
					    "<z/>", 4, &scene->password, NULL),
			 -1);
	assert_int_equal(digest_info_verify(&session, &credentials, &info,
					    "<y/>", 4, &scene->password, NULL),
			 0);
	credentials = answer(scene, &session);
	assert_int_equal(credentials.count, 1);
	assert_string_equal(credentials.nonce, nextnonce);
	accepted(scene, &credentials, 20);
}

/* What such a server cannot be. */
static void test_no_server(void **state)
{
	static const enum digest_algorithm others[] = { DIGEST_ALGORITHM_NONE,
							DIGEST_MD5_SESS,
							DIGEST_SHA256_SESS,
							DIGEST_AKAV1_MD5 };
	static const uint8_t random[DIGEST_NONCE_RANDOM_SIZE];
	struct scene *scene = *state;
	struct digest_session session = challenged(scene, 10, 1);
	const struct digest_credentials good = answer(scene, &session);
	struct digest_challenge challenge;
	char text[DIGEST_NONCE_SIZE];
	struct digest_info info;
	size_t i;

	for (i = 0; i <= sizeof(others) / sizeof(others[0]); i++) {
		if (i < sizeof(others) / sizeof(others[0])) {
			scene->server.algorithm = others[i];
		} else {
			scene->server.algorithm = DIGEST_MD5;
			secret_clear(&scene->server.nonce_key);
		}
		text[0] = 'x';
		assert_int_equal(digest_nonce_write(&scene->server, 1, random,
						    text, NULL),
				 -1);
		assert_string_equal(text, "");
		memset(&challenge, 1, sizeof(challenge));
		assert_int_equal(digest_server_challenge(&scene->server, 1,
							 random, false,
							 &challenge, NULL),
				 -1);
		assert_string_equal(challenge.nonce, "");
		assert_refused(scene, &good, 11, FAULT_ARGUMENT);
		memset(&info, 1, sizeof(info));
		assert_int_equal(digest_server_info(&scene->server, &good, NULL,
						    0, &scene->password, NULL,
						    &info, NULL),
				 -1);
		assert_string_equal(info.rspauth, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_count, setup, teardown),
		cmocka_unit_test_setup_teardown(test_age, setup, teardown),
		cmocka_unit_test_setup_teardown(test_newer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_ours, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_info, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_server, setup,
						teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
