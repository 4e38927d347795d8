// SPDX-License-Identifier: GPL-2.0-or-later
/* Request targets, media types and identity headers of key management. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/mbms_http.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_targets(void **state)
{
	static const struct {
		const char *target;
		enum mbms_request request;
	} good[] = {
		{ "/keymanagement?requesttype=register",
		  MBMS_REQUEST_REGISTER },
		{ "/keymanagement?requesttype=deregister",
		  MBMS_REQUEST_DEREGISTER },
		{ "/keymanagement?requesttype=msk-request", MBMS_REQUEST_MSK },
		{ "/keymanagement?requesttype=authorize",
		  MBMS_REQUEST_AUTHORIZE },
		{ "/base/keymanagement?a=b&requesttype=register&c",
		  MBMS_REQUEST_REGISTER },
		{ "http://bmsc.home1.net:1234/keymanagement?&requesttype="
		  "register&",
		  MBMS_REQUEST_REGISTER },
	};
	enum mbms_request request;
	char text[MBMS_TARGET_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++) {
		assert_int_equal(mbms_target_parse(good[i].target,
						   strlen(good[i].target),
						   &request, NULL),
				 0);
		assert_int_equal(request, good[i].request);
	}
	for (i = 0; i < 4; i++) {
		assert_int_equal(mbms_target_write(good[i].request, text, NULL),
				 0);
		assert_string_equal(text, good[i].target);
	}
	assert_int_equal(mbms_target_write(MBMS_REQUESTS, text, NULL), -1);
	assert_string_equal(text, "");
}

static void test_targets_refused(void **state)
{
	static const struct {
		const char *target;
		enum fault_code code;
	} bad[] = {
		{ "", FAULT_UNKNOWN },
		{ "/", FAULT_UNKNOWN },
		{ "/keymanagement/", FAULT_UNKNOWN },
		{ "/keymanagemen?requesttype=register", FAULT_UNKNOWN },
		{ "/Keymanagement?requesttype=register", FAULT_UNKNOWN },
		{ "?/keymanagement", FAULT_UNKNOWN },
		{ "/keymanagement", FAULT_MALFORMED },
		{ "/keymanagement?", FAULT_MALFORMED },
		{ "/keymanagement?requesttype", FAULT_MALFORMED },
		{ "/keymanagement?Requesttype=register", FAULT_MALFORMED },
		{ "/keymanagement?xrequesttype=register", FAULT_MALFORMED },
		{ "/keymanagement?requesttype=register&requesttype=register",
		  FAULT_MALFORMED },
		{ "/keymanagement?requesttype=", FAULT_UNKNOWN },
		{ "/keymanagement?requesttype=Register", FAULT_UNKNOWN },
		{ "/keymanagement?requesttype= register", FAULT_UNKNOWN },
		{ "/keymanagement?requesttype=registe", FAULT_UNKNOWN },
		{ "/keymanagement?requesttype=registers", FAULT_UNKNOWN },
	};
	enum mbms_request request;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		size_t length = strlen(bad[i].target);
		char *copy = malloc(length ? length : 1);
		struct fault fault = { 0 };

		memcpy(copy, bad[i].target, length);
		assert_int_equal(
			mbms_target_parse(copy, length, &request, &fault), -1);
		assert_int_equal(fault.code, bad[i].code);
		assert_int_equal(request, MBMS_REQUESTS);
		free(copy);
	}
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(mbms_request_name(MBMS_REQUEST_MSK), "msk-request");
	assert_string_equal(mbms_request_name(MBMS_REQUESTS), "none");
	assert_string_equal(mbms_request_media_type(MBMS_REQUEST_MSK),
			    "application/mbms-msk+xml");
	assert_string_equal(mbms_response_media_type(MBMS_REQUEST_MSK),
			    "application/mbms-msk-response+xml");
	assert_string_equal(mbms_response_media_type(MBMS_REQUEST_DEREGISTER),
			    "application/mbms-register-response+xml");
	assert_null(mbms_response_media_type(MBMS_REQUEST_AUTHORIZE));
	assert_null(mbms_request_media_type(MBMS_REQUESTS));
	assert_null(mbms_response_media_type(MBMS_REQUESTS));
}

static void test_media_types(void **state)
{
	static const char *const good[] = {
		"application/mbms-msk+xml",
		" Application/MBMS-msk+xml\t",
		"application/mbms-msk+xml;charset=UTF-8",
		"application/mbms-msk+xml ; charset=\"utf-8\" ",
		"application/mbms-msk+xml; charset=us-ascii",
	};
	static const char *const bad[] = {
		"",
		";",
		"application/mbms-msk+xmlx",
		"application/mbms-msk-response+xml",
		"text/xml",
		"application/mbms-msk+xml;",
		"application/mbms-msk+xml; charset=utf-16",
		"application/mbms-msk+xml; charset=utf-8; q=1",
		"application/mbms-msk+xml charset=utf-8",
	};
	struct fault fault;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(good); i++)
		assert_int_equal(
			mbms_media_type_check(good[i], strlen(good[i]),
					      "application/mbms-msk+xml", NULL),
			0);
	for (i = 0; i < COUNT(bad); i++) {
		fault = (struct fault){ 0 };
		assert_int_equal(mbms_media_type_check(
					 bad[i], strlen(bad[i]),
					 "application/mbms-msk+xml", &fault),
				 -1);
		assert_int_equal(fault.code, FAULT_UNSUPPORTED);
	}
}

static void test_identities(void **state)
{
	static const char header[] =
		"\"sip:user1_public1@home1.net\", \"a\\\"b\" ,\t\"c\"";
	struct mbms_identities identities;
	char text[256];

	(void)state;
	assert_int_equal(mbms_identities_parse(header, strlen(header),
					       &identities, NULL),
			 0);
	assert_int_equal(identities.count, 3);
	assert_string_equal(identities.items[0], "sip:user1_public1@home1.net");
	assert_string_equal(identities.items[1], "a\"b");
	assert_int_equal(mbms_identities_write(&identities, text, sizeof(text),
					       NULL),
			 0);
	assert_string_equal(
		text, "\"sip:user1_public1@home1.net\", \"a\\\"b\", \"c\"");
	assert_int_equal(mbms_identities_write(&identities, text, 20, NULL),
			 -1);
	assert_string_equal(text, "");
	identities.items[1][0] = '\0';
	assert_int_equal(mbms_identities_write(&identities, text, sizeof(text),
					       NULL),
			 -1);
	assert_string_equal(text, "");
	strcpy(identities.items[1], "a\r\nb");
	assert_int_equal(mbms_identities_write(&identities, text, sizeof(text),
					       NULL),
			 -1);
	identities.count = 0;
	assert_int_equal(mbms_identities_write(&identities, text, sizeof(text),
					       NULL),
			 -1);
	identities.count = 5;
	assert_int_equal(mbms_identities_write(&identities, text, sizeof(text),
					       NULL),
			 -1);
}

static void test_identities_refused(void **state)
{
	static const struct mbms_identities zero;
	static const char *const bad[] = {
		"",
		"user",
		"\"\"",
		"\"a",
		"\"a\" \"b\"",
		"\"a\",",
		",\"a\"",
		"\"a\",,\"b\"",
		"\"a\"x",
		"\"a\\",
		"\"a\n\"",
		"\"\xff\"",
		"\"a\",\"b\",\"c\",\"d\",\"e\"",
	};
	struct mbms_identities identities;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bad); i++) {
		size_t length = strlen(bad[i]);
		char *copy = malloc(length ? length : 1);

		memcpy(copy, bad[i], length);
		memset(&identities, 0xee, sizeof(identities));
		assert_int_equal(mbms_identities_parse(copy, length,
						       &identities, NULL),
				 -1);
		assert_memory_equal(&identities, &zero, sizeof(zero));
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_targets_refused),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_media_types),
		cmocka_unit_test(test_identities),
		cmocka_unit_test(test_identities_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
