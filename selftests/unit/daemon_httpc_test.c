// SPDX-License-Identifier: GPL-2.0-or-later
/* The HTTP client against our server, and against one that is no friend. */
#define _GNU_SOURCE /* accept4() */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "io/httpc.h"
#include "io/httpd.h"

#define LIMIT 20000 /* milliseconds until a test gives up */

struct scene {
	struct loop *loop;
	struct loop_timer limit;
	struct httpd *httpd;
	struct httpc *httpc;
	char url[128];
	/* What the server saw last, and the request that it holds. */
	char seen[2048];
	struct httpd_request *held;
	unsigned int open;
	unsigned int open_most;
	/* A server of bytes, and what it says to anybody. */
	int raw;
	struct loop_watch raw_watch;
	const char *raw_answer;
	bool raw_silent;
	int raw_client;
	struct loop_watch raw_client_watch;
	/* What the client heard. */
	int wanted;
	int answers;
	unsigned int status;
	struct fault fault;
	char body[70000];
	size_t body_size;
	char challenge[200];
};

static void on_request(void *argument, struct httpd_request *request)
{
	static const struct httpd_header headers[] = {
		{ "WWW-Authenticate", "Digest a" },
		{ "www-authenticate", "Digest b" },
		{ NULL, NULL }
	};
	struct scene *scene = argument;
	const char *header = httpd_header(request, "X-Asked", NULL);
	const char *type = httpd_header(request, "Content-Type", NULL);

	snprintf(scene->seen, sizeof(scene->seen), "%s %s %s %s %.*s",
		 request->method, request->target, header ? header : "-",
		 type ? type : "-", (int)request->body_size,
		 request->body ? (const char *)request->body : "");
	if (!strcmp(request->path, "/hold")) {
		scene->open++;
		if (scene->open > scene->open_most)
			scene->open_most = scene->open;
		if (scene->held) {
			httpd_reply(scene->held, 204, NULL, NULL, NULL, 0);
			scene->open--;
		}
		scene->held = request;
		return;
	}
	httpd_reply(request, !strcmp(request->path, "/moved") ? 302 : 200,
		    headers, request->body_size ? "text/plain" : NULL,
		    request->body, request->body_size);
}

static void on_raw_request(void *argument, int fd, int what)
{
	struct scene *scene = argument;
	char request[2000];

	(void)what;
	assert_true(recv(fd, request, sizeof(request), 0) > 0);
	send(fd, scene->raw_answer, strlen(scene->raw_answer), MSG_NOSIGNAL);
	loop_watch_stop(&scene->raw_client_watch);
	close(fd);
	scene->raw_client = -1;
}

static void on_raw(void *argument, int fd, int what)
{
	struct scene *scene = argument;

	(void)what;
	assert_int_equal(scene->raw_client, -1);
	scene->raw_client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	assert_true(scene->raw_client >= 0);
	if (!scene->raw_silent)
		loop_watch_set(scene->loop, &scene->raw_client_watch,
			       scene->raw_client, LOOP_READ, on_raw_request,
			       scene, NULL);
}

static void raw_start(struct scene *scene)
{
	union address local;
	socklen_t size = sizeof(local);

	address_parse("127.0.0.1:0", 0, &local, NULL);
	scene->raw = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(scene->raw, &local.any, address_size(&local)), 0);
	assert_int_equal(listen(scene->raw, 10), 0);
	getsockname(scene->raw, &local.any, &size);
	snprintf(scene->url, sizeof(scene->url), "http://127.0.0.1:%u",
		 address_port(&local));
	assert_int_equal(loop_watch_set(scene->loop, &scene->raw_watch,
					scene->raw, LOOP_READ, on_raw, scene,
					NULL),
			 0);
}

static int setup(void **state)
{
	struct httpd_options options = { .connections_per_peer = 1000 };
	struct scene *scene = calloc(1, sizeof(*scene));
	union address local;

	scene->loop = loop_new(NULL);
	scene->raw = -1;
	scene->raw_client = -1;
	address_parse("127.0.0.1:0", 0, &options.local, NULL);
	scene->httpd =
		httpd_open(scene->loop, &options, on_request, scene, NULL);
	assert_non_null(scene->httpd);
	httpd_local(scene->httpd, &local);
	snprintf(scene->url, sizeof(scene->url), "http://127.0.0.1:%u",
		 address_port(&local));
	*state = scene;
	return 0;
}

static int teardown(void **state)
{
	struct scene *scene = *state;

	loop_timer_stop(&scene->limit);
	loop_watch_stop(&scene->raw_watch);
	loop_watch_stop(&scene->raw_client_watch);
	httpc_free(scene->httpc);
	httpc_free(NULL);
	if (scene->held)
		httpd_reply(scene->held, 204, NULL, NULL, NULL, 0);
	httpd_close(scene->httpd);
	if (scene->raw >= 0)
		close(scene->raw);
	if (scene->raw_client >= 0)
		close(scene->raw_client);
	loop_free(scene->loop);
	free(scene);
	return 0;
}

static void client_start(struct scene *scene, struct httpc_options options)
{
	scene->httpc = httpc_new(scene->loop, &options, NULL);
	assert_non_null(scene->httpc);
}

static void too_late(void *argument)
{
	(void)argument;
	fail_msg("nothing came within %d ms", LIMIT);
}

static void run(struct scene *scene, int wanted)
{
	scene->wanted = wanted;
	scene->answers = 0;
	loop_timer_set(scene->loop, &scene->limit, LIMIT, too_late, NULL);
	assert_int_equal(loop_run(scene->loop, NULL), 0);
	loop_timer_stop(&scene->limit);
}

static void on_answer(void *argument, const struct httpc_response *response)
{
	struct scene *scene = argument;
	const char *challenge = httpc_header(response, "www-AUTHENTICATE");
	const char *empty = httpc_header(response, "x-empty");

	scene->status = response->status;
	scene->fault = response->fault;
	scene->body_size = response->body_size;
	assert_true(response->body_size < sizeof(scene->body));
	if (response->body_size)
		memcpy(scene->body, response->body, response->body_size);
	scene->body[response->body_size] = '\0';
	snprintf(scene->challenge, sizeof(scene->challenge), "%s|%s",
		 challenge ? challenge : "-", empty ? empty : "-");
	if (++scene->answers == scene->wanted)
		loop_stop(scene->loop);
}

static struct httpc_call *start(struct scene *scene, const char *method,
				const char *path, const void *body, size_t size)
{
	static const char *const headers[] = { "X-Asked: by me", NULL };
	struct fault fault = { 0 };
	char url[300];
	struct httpc_request request = { .method = method,
					 .url = url,
					 .headers = headers,
					 .body = body,
					 .body_size = size };
	struct httpc_call *call;

	snprintf(url, sizeof(url), "%s%s", scene->url, path);
	call = httpc_send(scene->httpc, &request, on_answer, scene, &fault);
	if (!call)
		fail_msg("%s", fault.text);
	/* All was copied. */
	memset(url, 'x', sizeof(url) - 1);
	return call;
}

static void test_methods(void **state)
{
	static const char *const cases[][3] = {
		{ "GET", "", "GET /a%2fb/../c?d=e by me - " },
		{ "POST", "some text",
		  "POST /a%2fb/../c?d=e by me - some text" },
		{ "POST", "", "POST /a%2fb/../c?d=e by me - " },
		{ "PUT", "text", "PUT /a%2fb/../c?d=e by me - text" },
		{ "DELETE", "", "DELETE /a%2fb/../c?d=e by me - " },
	};
	struct scene *scene = *state;

	client_start(scene, (struct httpc_options){ 0 });
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char body[20];

		strcpy(body, cases[i][1]);
		start(scene, cases[i][0], "/a%2fb/../c?d=e", body,
		      strlen(body));
		memset(body, 'y', sizeof(body));
		run(scene, 1);
		assert_int_equal(scene->status, 200);
		assert_string_equal(scene->seen, cases[i][2]);
		assert_string_equal(scene->body, cases[i][1]);
		assert_string_equal(scene->challenge, "Digest a, Digest b|-");
	}
	start(scene, "HEAD", "/h", NULL, 0);
	run(scene, 1);
	assert_int_equal(scene->status, 200);
	assert_string_equal(scene->seen, "HEAD /h by me - ");
}

static void test_no_redirects(void **state)
{
	struct scene *scene = *state;

	client_start(scene, (struct httpc_options){ 0 });
	start(scene, "GET", "/moved", NULL, 0);
	run(scene, 1);
	assert_int_equal(scene->status, 302);
}

static void test_binary_body(void **state)
{
	struct scene *scene = *state;
	uint8_t body[60000];

	client_start(scene, (struct httpc_options){ 0 });
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (uint8_t)(i * 7);
	start(scene, "POST", "/", body, sizeof(body));
	run(scene, 1);
	assert_int_equal(scene->body_size, sizeof(body));
	assert_memory_equal(scene->body, body, sizeof(body));
}

static void test_many(void **state)
{
	struct scene *scene = *state;

	client_start(scene,
		     (struct httpc_options){ .connections_per_host = 4 });
	for (int i = 0; i < 300; i++)
		start(scene, "GET", "/many", NULL, 0);
	run(scene, 300);
	assert_int_equal(scene->status, 200);
	/* No more of them at a time than was said. */
	for (int i = 0; i < 21; i++)
		start(scene, "GET", "/hold", NULL, 0);
	run(scene, 20);
	assert_int_equal(scene->status, 204);
	assert_in_range(scene->open_most, 2, 4);
}

static void test_cancel(void **state)
{
	struct scene *scene = *state;
	struct httpc_call *calls[3];

	client_start(scene, (struct httpc_options){ 0 });
	for (int i = 0; i < 3; i++)
		calls[i] = start(scene, "GET", "/other", NULL, 0);
	httpc_cancel(calls[1]);
	httpc_cancel(calls[0]);
	run(scene, 1);
	assert_int_equal(scene->answers, 1);
	/* Those that are open when the client ends are not told. */
	start(scene, "GET", "/hold", NULL, 0);
	start(scene, "GET", "/other", NULL, 0);
	run(scene, 1);
	httpc_free(scene->httpc);
	scene->httpc = NULL;
	assert_int_equal(scene->answers, 1);
}

/* A callback that asks again, as one does after a challenge. */
static void on_challenge(void *argument, const struct httpc_response *response)
{
	struct scene *scene = argument;

	assert_int_equal(response->status, 200);
	start(scene, "GET", "/again", NULL, 0);
}

static void test_call_in_callback(void **state)
{
	struct scene *scene = *state;
	struct httpc_request request = { .method = "GET", .url = scene->url };

	client_start(scene, (struct httpc_options){ 0 });
	assert_non_null(
		httpc_send(scene->httpc, &request, on_challenge, scene, NULL));
	run(scene, 1);
	assert_string_equal(scene->seen, "GET /again by me - ");
}

static void test_refused_requests(void **state)
{
	static const char *const urls[] = {
		"",
		"/path",
		"ftp://127.0.0.1/",
		"file:///etc/passwd",
		"http://user@127.0.0.1/",
		"http://user:word@127.0.0.1/",
		"http://",
		"http://127.0.0.1:99999/",
		"http://127.0.0.1/a b",
		"http://127.0.0.1/\r\nX: y",
	};
	static const char *const folded[] = { "X: a\r\nY: b", NULL };
	static const char *const bare[] = { "X", NULL };
	struct scene *scene = *state;
	struct httpc_request request = { .method = "GET" };

	client_start(scene, (struct httpc_options){ 0 });
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct fault fault = { 0 };

		request.url = urls[i];
		if (httpc_send(scene->httpc, &request, on_answer, scene,
			       &fault))
			fail_msg("\"%s\" was accepted", urls[i]);
		assert_int_equal(fault.code, FAULT_ARGUMENT);
	}
	request.url = scene->url;
	request.headers = folded;
	assert_null(httpc_send(scene->httpc, &request, on_answer, scene, NULL));
	request.headers = bare;
	assert_null(httpc_send(scene->httpc, &request, on_answer, scene, NULL));
	request.headers = NULL;
	request.method = "GET /x HTTP/1.1\r\nA: b\r\n\r\n";
	assert_null(httpc_send(scene->httpc, &request, on_answer, scene, NULL));
	request.method = "";
	assert_null(httpc_send(scene->httpc, &request, on_answer, scene, NULL));
}

static void test_bad_answers(void **state)
{
	static const struct {
		const char *answer;
		enum fault_code code;
	} cases[] = {
		{ "", FAULT_STATE },
		{ "nonsense\r\n\r\n", FAULT_STATE },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
		  FAULT_STATE },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		  "fffffffffffffffffffffffff\r\nabc",
		  FAULT_STATE },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n"
		  "0123456789012345678901234567890123456789012345678901234567890"
		  "1234567890123456789012345678901234567890",
		  FAULT_LIMIT },
	};
	struct scene *scene = *state;

	raw_start(scene);
	client_start(scene, (struct httpc_options){ .body_max = 100 });
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		scene->raw_answer = cases[i].answer;
		start(scene, "GET", "/", NULL, 0);
		run(scene, 1);
		assert_int_equal(scene->status, 0);
		if (scene->fault.code != cases[i].code &&
		    scene->fault.code != FAULT_MALFORMED)
			fail_msg("%zu: %s: %s", i,
				 fault_name(scene->fault.code),
				 scene->fault.text);
		assert_int_equal(scene->body_size, 0);
	}
	assert_non_null(strstr(scene->fault.text, "100 octets"));
	/* Answers on the way, a trailer that is no header, an end by closing. */
	scene->raw_answer = "HTTP/1.1 100 Continue\r\nX-Empty: no\r\n\r\n"
			    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
			    "x-eMPTY: \r\nX-Empty-Not: 1\r\n"
			    "\r\n3\r\nabc\r\n0\r\nWWW-Authenticate: x\r\n\r\n";
	start(scene, "GET", "/", NULL, 0);
	run(scene, 1);
	assert_int_equal(scene->status, 200);
	assert_string_equal(scene->body, "abc");
	assert_string_equal(scene->challenge, "-|");
}

static void test_endless_headers(void **state)
{
	static char answer[40000] = "HTTP/1.1 200 OK\r\n";
	struct scene *scene = *state;

	raw_start(scene);
	client_start(scene, (struct httpc_options){ 0 });
	while (strlen(answer) < sizeof(answer) - 100)
		strcat(answer,
		       "X-Filler: 01234567890123456789012345678901234567890123456789\r\n");
	strcat(answer, "\r\n");
	scene->raw_answer = answer;
	start(scene, "GET", "/", NULL, 0);
	run(scene, 1);
	assert_int_equal(scene->status, 0);
	assert_int_equal(scene->fault.code, FAULT_LIMIT);
}

static void test_nobody_answers(void **state)
{
	struct scene *scene = *state;

	raw_start(scene);
	client_start(scene, (struct httpc_options){ .timeout = 1 });
	scene->raw_silent = true;
	start(scene, "GET", "/", NULL, 0);
	run(scene, 1);
	assert_int_equal(scene->status, 0);
	assert_int_equal(scene->fault.code, FAULT_STATE);
	/* And nobody listens. */
	loop_watch_stop(&scene->raw_watch);
	close(scene->raw);
	scene->raw = -1;
	start(scene, "GET", "/", NULL, 0);
	run(scene, 1);
	assert_int_equal(scene->fault.code, FAULT_STATE);
	assert_non_null(strstr(scene->fault.text, "127.0.0.1"));
}

static void test_device(void **state)
{
	struct scene *scene = *state;

	client_start(scene, (struct httpc_options){ .device = "no-such" });
	start(scene, "GET", "/", NULL, 0);
	run(scene, 1);
	assert_int_equal(scene->fault.code, FAULT_STATE);
	httpc_free(scene->httpc);
	client_start(scene, (struct httpc_options){ .device = "lo" });
	start(scene, "GET", "/", NULL, 0);
	run(scene, 1);
	assert_int_equal(scene->status, 200);
}

/* Variables that other programs obey. */
static void test_no_proxy(void **state)
{
	struct scene *scene = *state;

	setenv("http_proxy", "http://127.0.0.1:1/", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1/", 1);
	client_start(scene, (struct httpc_options){ 0 });
	start(scene, "GET", "/", NULL, 0);
	run(scene, 1);
	assert_int_equal(scene->status, 200);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_methods),	     TEST(test_no_redirects),
		TEST(test_binary_body),	     TEST(test_many),
		TEST(test_cancel),	     TEST(test_call_in_callback),
		TEST(test_refused_requests), TEST(test_bad_answers),
		TEST(test_endless_headers),  TEST(test_nobody_answers),
		TEST(test_device),	     TEST(test_no_proxy),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
