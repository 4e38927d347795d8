// SPDX-License-Identifier: GPL-2.0-or-later
/* The HTTP server: what a handler is given, and answers, early and late. */
#include "daemon_httpd_scene.h"

static void test_request(void **state)
{
	static const char *const cases[][2] = {
		{ "GET /echo HTTP/1.1\r\n" END,
		  "GET /echo /echo 127.0.0.1 0\n" },
		{ "GET /a%20b%2fc?d=%41 HTTP/1.1\r\n" END,
		  "GET /a b/c /a%20b%2fc?d=%41 127.0.0.1 0\n" },
		{ "PUT /x?y?z HTTP/1.1\r\nContent-Length: 2\r\n" END "hi",
		  "PUT /x /x?y?z 127.0.0.1 2\nhi" },
		{ "GET http://h.example:8080/p?q HTTP/1.1\r\n" END,
		  "GET /p http://h.example:8080/p?q 127.0.0.1 0\n" },
		{ "GET http://h.example HTTP/1.1\r\n" END,
		  "GET / http://h.example 127.0.0.1 0\n" },
		{ "OPTIONS * HTTP/1.1\r\n" END, "OPTIONS * * 127.0.0.1 0\n" },
		{ "POST /chunks HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" END
		  "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
		  "POST /chunks /chunks 127.0.0.1 5\nabcde" },
		{ "GET /old HTTP/1.0\r\n\r\n", "GET /old /old 127.0.0.1 0\n" },
	};
	struct scene *scene = *state;

	server_start(scene, (struct httpd_options){ 0 });
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *answer = ask(scene, cases[i][0]);

		contains(answer, " 200 ");
		contains(answer, "\r\nContent-Type: text/plain\r\n");
		contains(answer, cases[i][1]);
	}
	contains(ask(scene, "HEAD /echo HTTP/1.1\r\n" END), STATUS(200));
	assert_null(strstr(scene->answer, "HEAD"));
	contains(scene->answer, "\r\nContent-Length: 29\r\n");
}

static void test_refused(void **state)
{
	static const char *const cases[][2] = {
		{ "GET /%00 HTTP/1.1\r\n" END, STATUS(400) },
		{ "GET /%4 HTTP/1.1\r\n" END, STATUS(400) },
		{ "GET /%zz HTTP/1.1\r\n" END, STATUS(400) },
		{ "GET nowhere HTTP/1.1\r\n" END, STATUS(400) },
		{ "GET /echo HTTP/1.1\r\n\r\n", STATUS(400) },
		{ "GET /echo HTTP/1.1\r\nHost: b\r\n" END, STATUS(400) },
		{ "METHODTHATISFARTOOLONG / HTTP/1.1\r\n" END, STATUS(501) },
		{ "POST /echo HTTP/1.1\r\nContent-Length: 2\r\n"
		  "Content-Length: 3\r\n" END "abc",
		  STATUS(400) },
		{ "POST /echo HTTP/1.1\r\nContent-Length: 2\r\n"
		  "Transfer-Encoding: chunked\r\n" END "0\r\n\r\n",
		  STATUS(400) },
		{ "POST /echo HTTP/1.1\r\nTransfer-Encoding: gzip\r\n" END,
		  STATUS(501) },
		{ "POST /echo HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n" END
		  "0\r\n\r\n",
		  STATUS(501) },
	};
	struct scene *scene = *state;

	server_start(scene, (struct httpd_options){ 0 });
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		contains(ask(scene, cases[i][0]), cases[i][1]);
	/* These get no further than the library, whose words are its own. */
	assert_null(strstr(ask(scene, "GET /echo\r\n\r\n"), " 200 "));
	assert_null(
		strstr(ask(scene, "\x16\x03\x01\x02garbage\r\n\r\n"), " 200 "));
	assert_null(strstr(ask(scene, "POST /echo HTTP/1.1\r\n"
				      "Content-Length: -1\r\n" END),
			   " 200 "));
	assert_null(strstr(ask(scene,
			       "POST /echo HTTP/1.1\r\n"
			       "Content-Length: 18446744073709551617\r\n" END),
			   " 200 "));
	assert_null(strstr(ask(scene, "POST /echo HTTP/1.1\r\n"
				      "Transfer-Encoding: chunked\r\n" END
				      "ffffffffffffffffff\r\nabc"),
			   " 200 "));
	assert_int_equal(scene->requests, 0);
	contains(ask(scene, "GET /echo HTTP/1.1\r\n" END), STATUS(200));
}

static void test_large_headers(void **state)
{
	struct scene *scene = *state;
	char *request = malloc(40000);

	server_start(scene, (struct httpd_options){ 0 });
	memset(request, 'h', 39999);
	memcpy(request, "GET /echo HTTP/1.1\r\nX: ", 23);
	strcpy(request + 8000, "\r\n" END);
	contains(ask(scene, request), STATUS(200));
	memset(request + 8000, 'h', 30000);
	strcpy(request + 30000, "\r\n" END);
	assert_null(strstr(ask(scene, request), STATUS(200)));
	memcpy(request, "GET /", 5);
	memset(request + 5, 'h', 25000);
	memcpy(request + 25000, " HTTP/1.1\r\n", 11);
	strcpy(request + 25011, END);
	assert_null(strstr(ask(scene, request), STATUS(200)));
	assert_int_equal(scene->requests, 1);
	free(request);
}

/* A body of @size octets, with its length before it or in chunks. */
static const char *post(struct scene *scene, size_t size, bool chunked)
{
	char *request = malloc(size + 400);
	size_t length;

	if (chunked)
		length = (size_t)sprintf(
			request,
			"POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" END
			"%zx\r\n",
			size);
	else
		length = (size_t)sprintf(
			request,
			"POST /echo HTTP/1.1\r\nContent-Length: %zu\r\n" END,
			size);
	memset(request + length, 'b', size);
	strcpy(request + length + size, chunked ? "\r\n0\r\n\r\n" : "");
	ask(scene, request);
	free(request);
	return scene->answer;
}

static void test_body_limit(void **state)
{
	struct scene *scene = *state;

	server_start(scene, (struct httpd_options){ .body_max = 5000 });
	for (int chunked = 0; chunked < 2; chunked++) {
		contains(post(scene, 1, chunked), " 1\nb");
		contains(post(scene, 4999, chunked), " 4999\n");
		contains(post(scene, 5000, chunked), " 5000\n");
		contains(post(scene, 5001, chunked), STATUS(413));
		contains(scene->answer, "application/problem+json");
		contains(scene->answer, "\"title\":\"limit\"");
	}
	/* Larger than what fits into one read. */
	contains(post(scene, 60000, true), STATUS(413));
	assert_int_equal(scene->requests, 6);
}

static void test_continue(void **state)
{
	struct scene *scene = *state;
	int fd;

	server_start(scene, (struct httpd_options){ .body_max = 5000 });
	fd = client_connect(scene);
	client_send(fd, "POST /echo HTTP/1.1\r\nExpect: 100-continue\r\n"
			"Content-Length: 3\r\n" END);
	client_receive_until(scene, fd, "\r\n\r\n");
	contains(scene->answer, STATUS(100));
	client_send(fd, "abc");
	contains(client_receive(scene, fd), "3\nabc");
	/* Too much is told before it is sent. */
	fd = client_connect(scene);
	client_send(fd, "POST /echo HTTP/1.1\r\nExpect: 100-continue\r\n"
			"Content-Length: 5001\r\n" END);
	contains(client_receive(scene, fd), STATUS(413));
	assert_null(strstr(scene->answer, STATUS(100)));
}

static void test_headers(void **state)
{
	struct scene *scene = *state;

	server_start(scene, (struct httpd_options){ 0 });
	contains(ask(scene, "GET /header HTTP/1.1\r\nX-Test: v, w\r\n" END),
		 "\r\n\r\nv, w");
	/* An answer may repeat one, as a request must not. */
	contains(scene->answer, "\r\nX-Two: 1\r\nX-Two: 2\r\n");
	contains(ask(scene, "GET /header HTTP/1.1\r\n" END), "\r\n\r\nnone");
	contains(ask(scene, "GET /header HTTP/1.1\r\nx-test: a\r\n"
			    "X-TEST: b\r\n" END),
		 STATUS(400));
	contains(scene->answer, "\"title\":\"malformed\"");
	contains(scene->answer, "header x-TEST is there 2 times");
	/* One that would forge others ends the connection. */
	assert_string_equal(ask(scene, "GET /close HTTP/1.1\r\n" END), "");
}

static void test_pipelining(void **state)
{
	struct scene *scene = *state;
	const char *first, *second, *third;

	server_start(scene, (struct httpd_options){ 0 });
	ask(scene,
	    "GET /late HTTP/1.1\r\nHost: a\r\n\r\n"
	    "POST /second HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
	    "GET /late HTTP/1.1\r\n" END);
	first = strstr(scene->answer, "GET /late");
	assert_non_null(first);
	second = strstr(first, "POST /second");
	assert_non_null(second);
	third = strstr(second, "GET /late");
	assert_non_null(third);
	assert_int_equal(scene->requests, 3);
}

static void test_late_answers(void **state)
{
	struct scene *scene = *state;
	int held = -1, fds[50];

	server_start(scene, (struct httpd_options){ 0 });
	for (int i = 0; i < 50; i++) {
		fds[i] = client_connect(scene);
		client_send(fds[i], "GET /late HTTP/1.1\r\n" END);
	}
	for (int i = 0; i < 50; i++)
		contains(client_receive(scene, fds[i]), "GET /late");
	/* The connection is of use after it. */
	held = client_connect(scene);
	client_send(held, "POST /hold HTTP/1.1\r\nHost: a\r\n"
			  "Content-Length: 4\r\n\r\nbody");
	while (__atomic_load_n(&scene->requests, __ATOMIC_RELAXED) < 51)
		sched_yield();
	contains(ask(scene, "GET /release HTTP/1.1\r\n" END), "GET /release");
	contains(client_receive_until(scene, held, "body"), "POST /hold");
	client_send(held, "GET /echo HTTP/1.1\r\n" END);
	contains(client_receive(scene, held), "GET /echo");
}

static void test_large_answer(void **state)
{
	struct scene *scene = *state;

	server_start(scene, (struct httpd_options){ 0 });
	contains(ask(scene, "GET /large HTTP/1.1\r\n" END), STATUS(200));
	assert_int_equal(strlen(strstr(scene->answer, "\r\n\r\n") + 4),
			 LARGE_SIZE);
}

static void test_v6(void **state)
{
	struct httpd_options options = { 0 };
	struct scene *scene = *state;
	uint16_t port;

	address_parse("[::]:0", 0, &options.local, NULL);
	server_start(scene, options);
	port = address_port(&scene->address);
	address_parse("::1", port, &scene->address, NULL);
	contains(ask(scene, "GET /echo HTTP/1.1\r\n" END), "/echo ::1 0");
	/* IPv4 by the same socket, and nobody sees that. */
	address_parse("127.0.0.1", port, &scene->address, NULL);
	contains(ask(scene, "GET /echo HTTP/1.1\r\n" END), "/echo 127.0.0.1 0");
}

static void test_port_in_use(void **state)
{
	struct httpd_options options = { 0 };
	struct scene *scene = *state;
	struct loop *loop = loop_new(NULL);
	struct fault fault = { 0 };
	char text[ADDRESS_TEXT_SIZE];

	server_start(scene, options);
	assert_null(httpd_open(loop, &options, on_request, NULL, NULL));
	options.local = scene->address;
	assert_null(httpd_open(loop, &options, on_request, NULL, &fault));
	assert_int_equal(fault.code, FAULT_STATE);
	address_text(&scene->address, text);
	contains(fault.text, text);
	contains(fault.text, "in use");
	loop_free(loop);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_request),	  TEST(test_refused),
		TEST(test_large_headers), TEST(test_body_limit),
		TEST(test_continue),	  TEST(test_headers),
		TEST(test_pipelining),	  TEST(test_late_answers),
		TEST(test_large_answer),  TEST(test_v6),
		TEST(test_port_in_use),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
