// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * curl as the client of our Digest server, over a real connection: all algorithms
 * that both know, auth-int without a body (which is all that curl can do), the
 * nonce count of a second request after a redirection, and a wrong password.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/digest.h"
#include "core/digest_realm.h"

#define REQUEST_MAX 16384
#define WAIT_MILLISECONDS 20000
#define USER "I1U8vpY3qJ0hiuZNrke/NQ==@bsf.home1.net"
#define PASSWORD "vNFj2eoGliaEK+1WA8nJ2d1SePkpQGNqhmLmr/CzoEQ="
#define TARGET "/keymanagement?requesttype=register"

/**
 * struct server - one connection's worth of a NAF
 * @accepted: requests whose credentials verified
 * @refused: and those whose did not, without those that had none
 * @reason: of the last refusal
 * @redirects: accepted requests that are sent on, to the same place
 */
struct server {
	int listener;
	int connection;
	uint16_t port;
	struct digest_session session;
	struct secret password;
	unsigned int accepted;
	unsigned int refused;
	unsigned int redirects;
	enum fault_code reason;
};

static void server_open(struct server *server, enum digest_algorithm algorithm,
			unsigned int qops)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	socklen_t length = sizeof(address);
	struct digest_session *session = &server->session;

	memset(server, 0, sizeof(*server));
	server->connection = -1;
	server->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(server->listener >= 0);
	assert_int_equal(bind(server->listener, (struct sockaddr *)&address,
			      sizeof(address)),
			 0);
	assert_int_equal(listen(server->listener, 4), 0);
	assert_int_equal(getsockname(server->listener,
				     (struct sockaddr *)&address, &length),
			 0);
	server->port = ntohs(address.sin_port);
	session->algorithm = algorithm;
	session->qops = qops;
	session->count_max = 100;
	session->expires = 10;
	assert_int_equal(digest_realm_build(GBA_BIT(GBA_ME), "bmsc.home1.net",
					    session->realm,
					    sizeof(session->realm), NULL),
			 0);
	strcpy(session->nonce, "dcd98b7102dd2f0e8b11d0f600bfb0c093");
	strcpy(session->opaque, "5ccc069c403ebaf9f0171e9517f40e41");
	assert_int_equal(
		secret_set(&server->password, PASSWORD, strlen(PASSWORD)), 0);
}

static void server_close(struct server *server)
{
	if (server->connection >= 0)
		close(server->connection);
	close(server->listener);
	secret_clear(&server->password);
}

/* Reads until the blank line; curl sends GETs only. False at the end. */
static bool read_request(int connection, char *request)
{
	size_t length = 0;

	for (;;) {
		struct pollfd ready = { connection, POLLIN, 0 };
		ssize_t got;

		if (poll(&ready, 1, WAIT_MILLISECONDS) != 1)
			return false;
		got = read(connection, request + length,
			   REQUEST_MAX - 1 - length);
		if (got <= 0)
			return false;
		length += (size_t)got;
		request[length] = '\0';
		if (strstr(request, "\r\n\r\n"))
			return true;
		assert_true(length < REQUEST_MAX - 1);
	}
}

static void respond(struct server *server, const char *status,
		    const char *header, const char *value)
{
	char text[8192];
	int length = snprintf(text, sizeof(text),
			      "HTTP/1.1 %s\r\n%s: %s\r\nContent-Length: 4\r\n"
			      "\r\nbody",
			      status, header, value);

	assert_true(length > 0 && (size_t)length < sizeof(text));
	assert_int_equal(write(server->connection, text, (size_t)length),
			 length);
}

static void respond_challenge(struct server *server)
{
	struct digest_challenge challenge;
	char text[4096];

	assert_int_equal(digest_session_challenge(&server->session, false,
						  &challenge, NULL),
			 0);
	assert_int_equal(digest_challenge_write(&challenge, text, sizeof(text),
						NULL),
			 0);
	respond(server, "401 Unauthorized", "WWW-Authenticate", text);
}

static void respond_info(struct server *server,
			 const struct digest_credentials *credentials)
{
	struct digest_info info;
	char text[4096];

	assert_int_equal(digest_info_build(&server->session, credentials,
					   "body", 4, &server->password, NULL,
					   &info, NULL),
			 0);
	assert_int_equal(digest_info_write(&info, text, sizeof(text), NULL), 0);
	if (server->accepted <= server->redirects)
		respond(server, "302 Found", "Location", TARGET);
	else
		respond(server, "200 OK", "Authentication-Info", text);
}

static void serve(struct server *server, const char *request)
{
	static const char name[] = "\r\nAuthorization: ";
	const struct digest_request got = { .method = "GET", .uri = TARGET };
	struct digest_credentials credentials;
	const char *header = strcasestr(request, name);
	struct fault fault = { 0 };

	assert_memory_equal(request, "GET " TARGET " ",
			    strlen("GET " TARGET " "));
	if (!header) {
		respond_challenge(server);
		return;
	}
	header += strlen(name);
	if (digest_credentials_parse(header, strcspn(header, "\r"),
				     &credentials, &fault))
		fail_msg("%.*s: %s", (int)strcspn(header, "\r"), header,
			 fault.text);
	assert_string_equal(credentials.username, USER);
	if (digest_credentials_verify(&server->session, &credentials, &got,
				      &server->password, 1, &fault)) {
		server->refused++;
		server->reason = fault.code;
		respond_challenge(server);
		return;
	}
	server->accepted++;
	respond_info(server, &credentials);
}

/* Runs curl and serves it. The status of the last response is returned. */
static int run_curl(struct server *server, const char *password)
{
	char command[1024], code[64] = "", request[REQUEST_MAX];
	FILE *curl;
	int status;

	snprintf(command, sizeof(command),
		 "curl --silent --noproxy '*' --max-time 20 --location "
		 "--digest --user '" USER ":%s' --write-out '%%{http_code}' "
		 "--output /dev/null 'http://127.0.0.1:%u" TARGET "'",
		 password, server->port);
	curl = popen(command, "r");
	assert_non_null(curl);
	for (;;) {
		struct pollfd ready[2] = { { server->listener, POLLIN, 0 },
					   { fileno(curl), POLLIN, 0 } };

		if (server->connection >= 0) {
			if (read_request(server->connection, request)) {
				serve(server, request);
				continue;
			}
			close(server->connection);
			server->connection = -1;
		}
		if (poll(ready, 2, WAIT_MILLISECONDS) < 1 ||
		    !(ready[0].revents & POLLIN))
			break;
		server->connection = accept(server->listener, NULL, NULL);
		assert_true(server->connection >= 0);
	}
	if (!fgets(code, sizeof(code), curl))
		code[0] = '\0';
	status = pclose(curl);
	if (status)
		fail_msg("curl ends with status %d", status);
	return atoi(code);
}

static bool has_curl(void)
{
	return !system("curl --version >/dev/null 2>&1");
}

static void check_algorithm(enum digest_algorithm algorithm, unsigned int qops)
{
	struct server server;

	if (!has_curl())
		skip();
	server_open(&server, algorithm, qops);
	assert_int_equal(run_curl(&server, PASSWORD), 200);
	assert_int_equal(server.accepted, 1);
	assert_int_equal(server.refused, 0);
	assert_int_equal(server.session.count, 1);
	server_close(&server);
}

static void test_md5(void **state)
{
	(void)state;
	check_algorithm(DIGEST_MD5, DIGEST_BIT(DIGEST_AUTH));
}

static void test_md5_sess(void **state)
{
	(void)state;
	check_algorithm(DIGEST_MD5_SESS, DIGEST_BIT(DIGEST_AUTH));
}

static void test_sha256(void **state)
{
	(void)state;
	check_algorithm(DIGEST_SHA256, DIGEST_BIT(DIGEST_AUTH));
}

static void test_sha256_sess(void **state)
{
	(void)state;
	check_algorithm(DIGEST_SHA256_SESS, DIGEST_BIT(DIGEST_AUTH));
}

static void test_auth_int(void **state)
{
	(void)state;
	check_algorithm(DIGEST_MD5, DIGEST_BIT(DIGEST_AUTH_INT));
	check_algorithm(DIGEST_SHA256, DIGEST_BIT(DIGEST_AUTH_INT));
}

/* The second request has the same nonce and a count of 2. */
static void test_second_request(void **state)
{
	struct server server;

	(void)state;
	if (!has_curl())
		skip();
	server_open(&server, DIGEST_SHA256, DIGEST_BIT(DIGEST_AUTH));
	server.redirects = 1;
	assert_int_equal(run_curl(&server, PASSWORD), 200);
	assert_int_equal(server.accepted, 2);
	assert_int_equal(server.refused, 0);
	assert_int_equal(server.session.count, 2);
	server_close(&server);
}

static void test_wrong_password(void **state)
{
	struct server server;

	(void)state;
	if (!has_curl())
		skip();
	server_open(&server, DIGEST_MD5, DIGEST_BIT(DIGEST_AUTH));
	assert_int_equal(run_curl(&server, "wrong"), 401);
	assert_int_equal(server.accepted, 0);
	assert_int_equal(server.refused, 1);
	assert_int_equal(server.reason, FAULT_UNAUTHENTIC);
	assert_int_equal(server.session.count, 0);
	server_close(&server);
}

/* A nonce that is too old is called stale, and the right password is seen. */
static void test_stale(void **state)
{
	struct server server;

	(void)state;
	if (!has_curl())
		skip();
	server_open(&server, DIGEST_MD5, DIGEST_BIT(DIGEST_AUTH));
	server.session.expires = 1;
	assert_int_equal(run_curl(&server, PASSWORD), 401);
	assert_int_equal(server.refused, 1);
	assert_int_equal(server.reason, FAULT_REPLAYED);
	server_close(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_md5),
		cmocka_unit_test(test_md5_sess),
		cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_sha256_sess),
		cmocka_unit_test(test_auth_int),
		cmocka_unit_test(test_second_request),
		cmocka_unit_test(test_wrong_password),
		cmocka_unit_test(test_stale),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
