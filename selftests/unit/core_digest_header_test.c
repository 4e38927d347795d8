// SPDX-License-Identifier: GPL-2.0-or-later
/* Digest headers as text: vectors, hostile input, and what we write. */
#include <stdio.h>
#include <stdlib.h>

#include "core/digest_header.h"
#include "core_digest_vectors.h"

#define HEADER_MAX 16384

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

/* All that a header can become. */
union parsed {
	struct digest_challenge challenges[DIGEST_CHALLENGES_MAX];
	struct digest_credentials credentials;
	struct digest_info info;
};

static bool is_zero(const void *data, size_t size)
{
	const uint8_t *octets = data;

	return !octets[0] && !memcmp(octets, octets + 1, size - 1);
}

/* Parses a copy of exact size, so that the sanitizer sees reads behind it. A
 * failure has to leave zeroes.
 */
static int parse(const char *kind, const char *text, size_t length,
		 union parsed *parsed, size_t *count, struct fault *fault)
{
	char *copy = malloc(length ? length : 1);
	size_t size = !strcmp(kind, "challenge") ? sizeof(parsed->challenges) :
		      !strcmp(kind, "credentials") ?
						   sizeof(parsed->credentials) :
						   sizeof(parsed->info);
	int status;

	memcpy(copy, text, length);
	memset(parsed, 0xee, size);
	*count = 1;
	if (!strcmp(kind, "challenge")) {
		status = digest_challenges_parse(copy, length,
						 parsed->challenges,
						 DIGEST_CHALLENGES_MAX, count,
						 fault);
	} else if (!strcmp(kind, "credentials")) {
		status = digest_credentials_parse(copy, length,
						  &parsed->credentials, fault);
	} else {
		status = digest_info_parse(copy, length, &parsed->info, fault);
	}
	free(copy);
	if (status)
		assert_true(is_zero(parsed, size));
	return status;
}

static int write(const char *kind, const union parsed *parsed, char *text,
		 size_t room, struct fault *fault)
{
	if (!strcmp(kind, "challenge"))
		return digest_challenge_write(&parsed->challenges[0], text,
					      room, fault);
	if (!strcmp(kind, "credentials"))
		return digest_credentials_write(&parsed->credentials, text,
						room, fault);
	return digest_info_write(&parsed->info, text, room, fault);
}

static void check_values(const json_t *vector, const char *kind,
			 const union parsed *parsed, size_t count)
{
	const struct digest_credentials *credentials = &parsed->credentials;

	if (!strcmp(kind, "challenge")) {
		const struct digest_challenge *first = &parsed->challenges[0];

		assert_int_equal(count, vectors_number(vector, "count"));
		assert_string_equal(digest_algorithm_name(first->algorithm),
				    vectors_text(vector, "algorithm"));
		assert_string_equal(first->realm,
				    vectors_text(vector, "realm"));
		assert_string_equal(first->opaque,
				    vectors_text(vector, "opaque"));
		assert_true(first->qops & DIGEST_BIT(DIGEST_AUTH_INT));
	} else if (!strcmp(kind, "credentials")) {
		assert_string_equal(credentials->username,
				    vectors_text(vector, "username"));
		assert_string_equal(credentials->response,
				    vectors_text(vector, "response"));
		assert_int_equal(credentials->has_auts,
				 vectors_has(vector, "auts"));
		if (credentials->has_auts)
			vectors_match(vector, "auts", credentials->auts,
				      sizeof(credentials->auts));
	} else {
		assert_string_equal(parsed->info.rspauth,
				    vectors_text(vector, "rspauth"));
		assert_string_equal(parsed->info.nextnonce,
				    vectors_text(vector, "nextnonce"));
	}
}

/* What we write, we read as the same. */
static void check_round_trip(const char *kind, const union parsed *parsed)
{
	static union parsed again;
	char text[DIGEST_HEADER_SIZE];
	struct fault fault = { 0 };
	size_t count, size;

	assert_int_equal(write(kind, parsed, text, sizeof(text), &fault), 0);
	if (parse(kind, text, strlen(text), &again, &count, &fault))
		fail_msg("%s: %s", text, fault.text);
	size = !strcmp(kind, "challenge")   ? sizeof(again.challenges[0]) :
	       !strcmp(kind, "credentials") ? sizeof(again.credentials) :
					      sizeof(again.info);
	assert_memory_equal(&again, parsed, size);
}

/* Every room that is too small is refused, and nothing is written behind it. */
static void check_rooms(const char *kind, const union parsed *parsed)
{
	char text[DIGEST_HEADER_SIZE];
	size_t room, length;

	assert_int_equal(write(kind, parsed, text, sizeof(text), NULL), 0);
	length = strlen(text);
	for (room = 0; room <= length + 1; room++) {
		char *exact = malloc(room ? room : 1);
		struct fault fault = { 0 };
		int status = write(kind, parsed, exact, room, &fault);

		assert_int_equal(status, room > length ? 0 : -1);
		assert_int_equal(fault.code,
				 room > length ? FAULT_NONE : FAULT_ROOM);
		if (status && room)
			assert_string_equal(exact, "");
		free(exact);
	}
}

static void test_vectors(void **state)
{
	static union parsed parsed;
	char header[HEADER_MAX];
	json_t *vector;
	size_t i, count, length;
	unsigned int checked = 0;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		const char *kind = vectors_text(vector, "kind");
		struct fault fault = { 0 };

		if (strcmp(kind, "challenge") && strcmp(kind, "credentials") &&
		    strcmp(kind, "info"))
			continue;
		length = digest_header_take(vector, header, sizeof(header));
		if (parse(kind, header, length, &parsed, &count, &fault))
			fail_msg("%s: %s", vectors_name(vector), fault.text);
		check_values(vector, kind, &parsed, count);
		check_round_trip(kind, &parsed);
		check_rooms(kind, &parsed);
		checked++;
	}
	assert_true(checked >= 14);
}

static void test_refused(void **state)
{
	static union parsed parsed;
	char header[HEADER_MAX];
	json_t *vector;
	size_t i, count, length;
	unsigned int checked = 0;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		struct fault fault = { 0 };
		const char *kind;

		if (!digest_kind_is(vector, "refused"))
			continue;
		kind = vectors_text(vector, "header");
		kind = !strcmp(kind, "WWW-Authenticate") ? "challenge" :
		       !strcmp(kind, "Authorization")	 ? "credentials" :
							   "info";
		length = digest_header_take(vector, header, sizeof(header));
		if (!parse(kind, header, length, &parsed, &count, &fault))
			fail_msg("%s: accepted", vectors_name(vector));
		if (strcmp(fault_name(fault.code),
			   vectors_text(vector, "fault")))
			fail_msg("%s: %s: %s", vectors_name(vector),
				 fault_name(fault.code), fault.text);
		checked++;
	}
	assert_true(checked >= 60);
}

/* Each end and each changed octet of each good header: refused, or read as
 * something that we can write and read again.
 */
static void check_harm(const char *kind, const char *header, size_t length)
{
	static const char octets[] = "\0\t\n \"\\,=;:(*aN0\x7f\x80\xff";
	static union parsed parsed;
	char changed[HEADER_MAX];
	size_t i, count, octet;

	for (i = 0; i < length; i++)
		if (!parse(kind, header, i, &parsed, &count, NULL) &&
		    write(kind, &parsed, changed, sizeof(changed), NULL) == 0)
			check_round_trip(kind, &parsed);
	for (i = 0; i < length; i++)
		for (octet = 0; octet < sizeof(octets); octet++) {
			memcpy(changed, header, length);
			/* The NUL at the end stands for one bit turned. */
			changed[i] = octet + 1 < sizeof(octets) ?
					     octets[octet] :
					     header[i] ^ 1;
			if (parse(kind, changed, length, &parsed, &count, NULL))
				continue;
			/* A challenge of no known kind cannot be written. */
			if (strcmp(kind, "challenge") ||
			    (parsed.challenges[0].qops &&
			     parsed.challenges[0].algorithm))
				check_round_trip(kind, &parsed);
		}
}

static void test_harm(void **state)
{
	char header[HEADER_MAX];
	json_t *vector;
	size_t i, length;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		const char *kind = vectors_text(vector, "kind");

		if (strcmp(kind, "challenge") && strcmp(kind, "credentials") &&
		    strcmp(kind, "info"))
			continue;
		length = digest_header_take(vector, header, sizeof(header));
		check_harm(kind, header, length);
	}
}

/* Every truncation but those behind the last parameter loses something. */
static void test_truncated(void **state)
{
	static union parsed parsed;
	char header[HEADER_MAX];
	size_t i, count, length;

	(void)state;
	length = digest_header_take(vectors_find(list, "Ub, second request"),
				    header, sizeof(header));
	for (i = 0; i < length; i++)
		assert_int_equal(parse("credentials", header, i, &parsed,
				       &count, NULL),
				 -1);
}

static void test_write_refuses(void **state)
{
	static const struct digest_challenge none;
	struct digest_challenge challenge = { .algorithm = DIGEST_MD5,
					      .qops = DIGEST_BIT(
						      DIGEST_AUTH_INT),
					      .realm = "r",
					      .nonce = "n" };
	struct digest_credentials credentials = { .username = "u",
						  .realm = "r",
						  .uri = "/" };
	struct digest_info info = { .nextnonce = "n\x7f" };
	struct fault fault = { 0 };
	char text[256];

	(void)state;
	assert_int_equal(
		digest_challenge_write(&none, text, sizeof(text), &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_string_equal(text, "");
	challenge.qops = 8;
	assert_int_equal(digest_challenge_write(&challenge, text, sizeof(text),
						NULL),
			 -1);
	challenge.qops = DIGEST_BIT(DIGEST_AUTH);
	assert_int_equal(digest_challenge_write(&challenge, text, sizeof(text),
						NULL),
			 0);
	assert_string_equal(text, "Digest realm=\"r\", nonce=\"n\", "
				  "algorithm=MD5, qop=\"auth\"");
	challenge.stale = true;
	assert_int_equal(digest_challenge_write(&challenge, text, sizeof(text),
						NULL),
			 0);
	assert_string_equal(text, "Digest realm=\"r\", nonce=\"n\", "
				  "algorithm=MD5, qop=\"auth\", stale=true");
	memcpy(challenge.realm, "r\r\nX: y", 8);
	fault = (struct fault){ 0 };
	assert_int_equal(digest_challenge_write(&challenge, text, sizeof(text),
						&fault),
			 -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	challenge.realm[0] = '\0';
	assert_int_equal(digest_challenge_write(&challenge, text, sizeof(text),
						NULL),
			 -1);
	assert_int_equal(digest_credentials_write(&credentials, text,
						  sizeof(text), NULL),
			 0);
	assert_true(digest_credentials_are_initial(&credentials));
	memcpy(credentials.uri, "/\n", 3);
	assert_int_equal(digest_credentials_write(&credentials, text,
						  sizeof(text), NULL),
			 -1);
	credentials.uri[0] = '\0';
	assert_int_equal(digest_credentials_write(&credentials, text,
						  sizeof(text), NULL),
			 -1);
	assert_string_equal(text, "");
	assert_int_equal(digest_info_write(&info, text, sizeof(text), NULL),
			 -1);
	info.nextnonce[0] = '\0';
	assert_int_equal(digest_info_write(&info, text, sizeof(text), NULL),
			 -1);
}

/* Quotes and backslashes come out as they went in. */
static void test_escapes(void **state)
{
	static const char header[] =
		"digest USERNAME=\"a\\\"b\\\\c\\d\", realm = \"\\r\" ,"
		"nonce=n,\turi=\"/\",response=\"0123456789abcdef0123456789abcdef"
		"\", QOP=\"auth\",nc=\"000000ff\", cnonce=\"c,=\",";
	struct digest_credentials credentials;
	char text[512];

	(void)state;
	assert_int_equal(digest_credentials_parse(header, strlen(header),
						  &credentials, NULL),
			 0);
	assert_string_equal(credentials.username, "a\"b\\cd");
	assert_string_equal(credentials.realm, "r");
	assert_string_equal(credentials.cnonce, "c,=");
	assert_int_equal(credentials.count, 255);
	assert_int_equal(digest_credentials_write(&credentials, text,
						  sizeof(text), NULL),
			 0);
	assert_string_equal(
		text,
		"Digest username=\"a\\\"b\\\\cd\", realm=\"r\", nonce=\"n\", "
		"uri=\"/\", response=\"0123456789abcdef0123456789abcdef\", "
		"qop=auth, nc=000000ff, cnonce=\"c,=\"");
}

/* Unknown parameters are passed over; what has to be there, has to. */
static void test_credentials(void **state)
{
	static const char good[] =
		"Digest username=u, realm=r, uri=\"/\", qop=auth, nc=00000001, "
		"cnonce=c, x=\"y\", userhash=false, ";
	static const struct {
		const char *rest;
		int status;
	} headers[] = {
		{ "nonce=n, response=0123456789abcdef0123456789abcdef", 0 },
		{ "nonce=\"\", response=\"\"", 0 },
		{ "nonce=n", -1 },
		{ "nonce=\"\"", -1 },
		{ "response=0123456789abcdef0123456789abcdef", -1 },
		{ "response=\"\"", -1 },
		{ "nonce=n, response=\"\"", -1 },
		{ "nonce=\"\", response=0123456789abcdef0123456789abcdef", -1 },
	};
	struct digest_credentials credentials;
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", good, headers[i].rest);
		if (digest_credentials_parse(text, strlen(text), &credentials,
					     NULL) != headers[i].status)
			fail_msg("%s", text);
	}
}

static void test_stale(void **state)
{
	static const struct {
		const char *header;
		bool stale;
	} headers[] = {
		{ "Digest realm=r, nonce=n", false },
		{ "Digest realm=r, nonce=n, stale=TRUE", true },
		{ "Digest realm=r, nonce=n, stale=\"true\"", true },
		{ "Digest realm=r, nonce=n, stale=false", false },
		{ "Digest realm=r, nonce=n, stale=1", false },
	};
	struct digest_challenge challenge;
	size_t i, count;

	(void)state;
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		assert_int_equal(
			digest_challenges_parse(headers[i].header,
						strlen(headers[i].header),
						&challenge, 1, &count, NULL),
			0);
		assert_int_equal(challenge.stale, headers[i].stale);
	}
}

static void test_quoted(void **state)
{
	char out[4];
	size_t pos = 0, length;

	(void)state;
	assert_int_equal(digest_quoted_read("\"abc\"x", 6, &pos, out,
					    sizeof(out), &length, NULL),
			 0);
	assert_int_equal(pos, 5);
	assert_int_equal(length, 3);
	pos = 0;
	assert_int_equal(digest_quoted_read("\"abcd\"", 6, &pos, out,
					    sizeof(out), &length, NULL),
			 -1);
	assert_int_equal(pos, 0);
	assert_int_equal(length, 0);
	assert_int_equal(digest_quoted_read("abc", 3, &pos, out, sizeof(out),
					    &length, NULL),
			 -1);
	pos = 3;
	assert_int_equal(digest_quoted_read("abc", 3, &pos, out, sizeof(out),
					    &length, NULL),
			 -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_harm),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_write_refuses),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_credentials),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_quoted),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
