// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Digest and XML without memory: the first, second, third... allocation
 * fails, until none does. Each time the answer is a refusal that says so, with
 * nothing left in the output, or a result as good as ever. JSON is left out: the
 * jansson of Debian 12 does not survive this by itself.
 */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/digest_nonce.h"
#include "core/mbms_authorize.h"

#define TRIES_MAX 10000

/* Allocations until one fails, none if negative. */
static long countdown = -1;

static bool fails(void)
{
	return countdown >= 0 && countdown-- == 0;
}

static void *openssl_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails() ? NULL : malloc(size);
}

static void *openssl_realloc(void *memory, size_t size, const char *file,
			     int line)
{
	(void)file;
	(void)line;
	return fails() ? NULL : realloc(memory, size);
}

static void openssl_free(void *memory, const char *file, int line)
{
	(void)file;
	(void)line;
	free(memory);
}

/* Runs @step with ever more memory. It returns 0, or -1 and a fault. */
static void check(int (*step)(struct fault *fault))
{
	struct fault fault = { 0 };
	unsigned int refused = 0;
	long tries;
	int status;

	assert_int_equal(step(&fault), 0);
	for (tries = 0; tries < TRIES_MAX; tries++) {
		fault = (struct fault){ 0 };
		countdown = tries;
		status = step(&fault);
		ERR_clear_error();
		if (status) {
			assert_int_equal(fault.code, FAULT_MEMORY);
			refused++;
		}
		if (countdown >= 0)
			break;
		countdown = -1;
	}
	countdown = -1;
	assert_true(tries < TRIES_MAX);
	assert_int_equal(status, 0);
	assert_true(refused > 0);
}

static bool is_zero(const void *data, size_t size)
{
	const uint8_t *octets = data;
	size_t i;

	for (i = 0; i < size; i++)
		if (octets[i])
			return false;
	return true;
}

static uint8_t password_octets[] = "Circle of Life";
static struct secret password = { password_octets, 14 };

static int credentials_step(struct fault *fault)
{
	static const struct digest_request request = {
		.method = "GET",
		.uri = "/dir/index.html",
		.body = "x",
		.body_size = 1,
	};
	static struct digest_session session, before;
	static struct digest_credentials credentials;
	int status;

	session = (struct digest_session){
		.algorithm = DIGEST_SHA256_SESS,
		.qops = DIGEST_BIT(DIGEST_AUTH_INT),
		.realm = "http-auth@example.org",
		.nonce = "n",
	};
	before = session;
	status = digest_credentials_build(&session, "Mufasa", "c", &request,
					  &password, &credentials, fault);
	if (status) {
		assert_true(is_zero(&credentials, sizeof(credentials)));
		assert_memory_equal(&session, &before, sizeof(before));
	} else {
		assert_int_equal(strlen(credentials.response), 64);
	}
	return status;
}

static int verify_step(struct fault *fault)
{
	static const struct digest_request request = {
		.method = "GET",
		.uri = "/dir/index.html",
	};
	struct digest_session session = {
		.algorithm = DIGEST_MD5,
		.qops = DIGEST_BIT(DIGEST_AUTH),
		.count_max = 1,
		.expires = 1,
		.realm = "http-auth@example.org",
		.nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
	};
	struct digest_credentials credentials = {
		.qop = DIGEST_AUTH,
		.count = 1,
		.username = "Mufasa",
		.realm = "http-auth@example.org",
		.nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
		.cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
		.uri = "/dir/index.html",
		.response = "8ca523f5e9506fed4657c9700eebdbec",
	};
	struct digest_info info;
	int status;

	status = digest_credentials_verify(&session, &credentials, &request,
					   &password, 0, fault);
	assert_int_equal(session.count, status ? 0 : 1);
	if (status)
		return status;
	status = digest_info_build(&session, &credentials, NULL, 0, &password,
				   NULL, &info, fault);
	if (status) {
		assert_true(is_zero(&info, sizeof(info)));
		return status;
	}
	return digest_info_verify(&session, &credentials, &info, NULL, 0,
				  &password, fault);
}

/* Without memory nobody is told that his nonce is stale. */
static int nonce_step(struct fault *fault)
{
	static const struct digest_request request = { .method = "GET",
						       .uri = "/" };
	static uint8_t octets[DIGEST_NONCE_KEY_SIZE];
	const struct digest_server server = {
		.algorithm = DIGEST_MD5,
		.qops = DIGEST_BIT(DIGEST_AUTH),
		.count_max = 1,
		.lifetime = 1,
		.realm = "r",
		.nonce_key = { octets, sizeof(octets) },
	};
	struct digest_session session;
	struct digest_challenge challenge;
	struct digest_credentials credentials;
	struct digest_nonce nonce = { 0 };

	if (digest_server_challenge(&server, 1, octets, false, &challenge,
				    fault)) {
		assert_true(is_zero(&challenge, sizeof(challenge)));
		return -1;
	}
	assert_int_equal(digest_session_start(&challenge, DIGEST_AUTH, "r",
					      &session, NULL),
			 0);
	if (digest_credentials_build(&session, "u", "c", &request, &password,
				     &credentials, fault))
		return -1;
	if (!digest_server_verify(&server, &nonce, &credentials, &request,
				  &password, 1, fault))
		return 0;
	assert_true(is_zero(&nonce, sizeof(nonce)));
	return -1;
}

static int password_step(struct fault *fault)
{
	struct secret text = { 0 };
	int status = digest_password_set(&text, &password, fault);

	assert_int_equal(text.size, status ? 0 : 20);
	secret_clear(&text);
	return status;
}

static int naf_key_step(struct fault *fault)
{
	static const char document[] =
		"<mbmsAuthorizedSecurityRegister xmlns='urn:3GPP:metadata:2005:"
		"MBMS:nafKeyInfo'><muk>nn9ZHYZ8LFG884i+/6IJdx7teV0I20pHCJVGj6/"
		"yk8s=</muk><mukLifeTime>2030-01-01T00:00:00Z</mukLifeTime>"
		"<btid>a@b</btid><nafFqdn>c2NmLmhvbWUxLm5ldA==</nafFqdn>"
		"<a1 xmlns='urn:x' a='1' b='2' c='3' d='4' e='5' f='6' g='7' "
		"h='8' i='9' j='10' k='11' l='12' m='13' n='14' o='15' p='16' "
		"q='17' r='18'/></mbmsAuthorizedSecurityRegister>";
	static struct mbms_naf_key naf_key;
	int status =
		mbms_naf_key_parse(document, strlen(document), &naf_key, fault);

	if (status)
		assert_true(is_zero(&naf_key, sizeof(naf_key)));
	else
		assert_string_equal(naf_key.naf_fqdn, "scf.home1.net");
	mbms_naf_key_clear(&naf_key);
	return status;
}

static void test_digest(void **state)
{
	(void)state;
	check(credentials_step);
	check(verify_step);
	check(nonce_step);
	check(password_step);
}

static void test_xml(void **state)
{
	(void)state;
	check(naf_key_step);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_xml),
	};

	if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc,
				     openssl_free) != 1)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
