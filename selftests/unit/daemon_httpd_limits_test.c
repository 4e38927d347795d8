// SPDX-License-Identifier: GPL-2.0-or-later
/* The HTTP server against clients that are slow, many, or gone. */
#include "daemon_httpd_scene.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>

/* Milliseconds until the server closes; @text is sent an octet at a time. */
static int64_t time_until_closed(struct scene *scene, const char *text)
{
	struct timespec before, after;
	int fd = client_connect(scene);
	bool closed = false;

	clock_gettime(CLOCK_MONOTONIC, &before);
	while (!closed) {
		struct pollfd poll_ = { .fd = fd, .events = POLLIN };

		if (*text)
			send(fd, text++, 1, MSG_NOSIGNAL);
		/* An octet every so often, for longer than may be. */
		if (poll(&poll_, 1, *text ? 50 : LIMIT * 1000))
			closed = recv(fd, scene->answer, 100, 0) <= 0;
		else if (!*text)
			fail_msg("the connection was not closed");
	}
	clock_gettime(CLOCK_MONOTONIC, &after);
	close(fd);
	return (after.tv_sec - before.tv_sec) * 1000 +
	       (after.tv_nsec - before.tv_nsec) / 1000000;
}

static void test_slow_clients(void **state)
{
	static const char *const cases[] = {
		"",
		"GET /echo HT",
		"GET /eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
		"GET /echo HTTP/1.1\r\nHost: a\r\n",
		"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nabc",
	};
	struct scene *scene = *state;

	server_start(scene, (struct httpd_options){ .timeout = 1 });
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t time = time_until_closed(scene, cases[i]);

		/* A second for the request line, one for the rest. */
		assert_in_range(time, 900, 5000);
	}
	assert_int_equal(scene->requests, 0);
	contains(ask(scene, "GET /echo HTTP/1.1\r\n" END), STATUS(200));
}

/* Time that the handler takes is not the client's. */
static void test_slow_handler(void **state)
{
	struct scene *scene = *state;
	int fd;

	server_start(scene, (struct httpd_options){ .timeout = 1 });
	fd = client_connect(scene);
	client_send(fd, "GET /hold HTTP/1.1\r\n" END);
	assert_in_range(time_until_closed(scene, ""), 900, 5000);
	assert_in_range(time_until_closed(scene, ""), 900, 5000);
	contains(ask(scene, "GET /release HTTP/1.1\r\n" END), STATUS(200));
	contains(client_receive(scene, fd), "GET /hold");
}

/* One who does not read his answer does not keep it in memory. */
static void test_slow_reader(void **state)
{
	struct scene *scene = *state;
	const int small = 4096;
	int fd;

	server_start(scene, (struct httpd_options){ .timeout = 1 });
	fd = client_connect(scene);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	for (int i = 0; i < 20; i++)
		client_send(fd, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_in_range(time_until_closed(scene, ""), 900, 5000);
	assert_in_range(time_until_closed(scene, ""), 900, 5000);
	assert_true(strlen(client_receive(scene, fd)) < ANSWER_SIZE - 1);
}

static void test_client_gone(void **state)
{
	struct scene *scene = *state;

	server_start(scene, (struct httpd_options){ 0 });
	for (int i = 0; i < 3; i++) {
		const struct linger reset = { .l_onoff = 1 };
		int fd = client_connect(scene);

		client_send(fd, "GET /hold HTTP/1.1\r\n" END);
		while (__atomic_load_n(&scene->requests, __ATOMIC_RELAXED) <
		       2U * (unsigned int)i + 1)
			sched_yield();
		if (i)
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset,
				   sizeof(reset));
		close(fd);
		contains(ask(scene, "GET /release HTTP/1.1\r\n" END),
			 STATUS(200));
	}
}

static int clients_open(const struct scene *scene, int *fds, int count)
{
	for (int i = 0; i < count; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (fds[i] < 0)
			return i;
		connect(fds[i], &scene->address.any,
			address_size(&scene->address));
	}
	return count;
}

/* One try to be served, for a second a step. */
static bool is_served(struct scene *scene)
{
	struct pollfd poll_ = { .events = POLLOUT };
	ssize_t size = -1;

	assert_int_equal(clients_open(scene, &poll_.fd, 1), 1);
	if (poll(&poll_, 1, 1000) == 1) {
		send(poll_.fd, "GET /echo HTTP/1.1\r\n" END,
		     strlen("GET /echo HTTP/1.1\r\n" END), MSG_NOSIGNAL);
		poll_.events = POLLIN;
		if (poll(&poll_, 1, 1000) == 1)
			size = recv(poll_.fd, scene->answer, 1000, 0);
	}
	close(poll_.fd);
	return size > 9 && !memcmp(scene->answer, STATUS(200), 13);
}

static void test_idle_connections(void **state)
{
	static int fds[10000];
	struct scene *scene = *state;
	struct rlimit limit, before;
	int count = 10000, tries = 0;

	getrlimit(RLIMIT_NOFILE, &before);
	limit = before;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < 11000)
		count = (int)limit.rlim_max - 1000;
	server_start(scene,
		     (struct httpd_options){ .timeout = 2,
					     .connections_max = 200,
					     .connections_per_peer = 100000 });
	assert_true(count > 1000);
	assert_int_equal(clients_open(scene, fds, count), count);
	while (__atomic_load_n(&scene->connections_seen, __ATOMIC_RELAXED) <
	       200)
		sched_yield();
	for (int i = 0; i < count; i++)
		close(fds[i]);
	/* Others have their turn when these had theirs; what the system has
	 * dropped from its queue meanwhile has to come again.
	 */
	while (!is_served(scene))
		assert_true(++tries < LIMIT);
	assert_int_equal(scene->connections_seen, 200);
	setrlimit(RLIMIT_NOFILE, &before);
}

static void test_one_peer(void **state)
{
	struct scene *scene = *state;
	int fds[5], more;

	server_start(scene,
		     (struct httpd_options){ .connections_per_peer = 5 });
	for (int i = 0; i < 5; i++) {
		fds[i] = client_connect(scene);
		client_send(fds[i], "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n");
		client_receive_until(scene, fds[i], "/echo");
	}
	more = client_connect(scene);
	assert_string_equal(client_receive(scene, more), "");
	close(fds[0]);
	/* The place is free as soon as the server has seen it. */
	do {
		more = client_connect(scene);
		send(more, "GET /echo HTTP/1.1\r\n" END,
		     strlen("GET /echo HTTP/1.1\r\n" END), MSG_NOSIGNAL);
	} while (!strstr(client_receive(scene, more), STATUS(200)));
	for (int i = 1; i < 5; i++)
		close(fds[i]);
}

/* Closing answers what is open; the handler answers after it, to nobody. */
static void test_close_with_open_request(void **state)
{
	struct scene *scene = *state;
	int fd, idle;

	server_start(scene, (struct httpd_options){ 0 });
	idle = client_connect(scene);
	fd = client_connect(scene);
	client_send(fd, "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
	while (!__atomic_load_n(&scene->requests, __ATOMIC_RELAXED))
		sched_yield();
	server_stop(scene);
	contains(client_receive(scene, fd), STATUS(503));
	contains(scene->answer, "\"title\":\"state\"");
	assert_string_equal(client_receive(scene, idle), "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_slow_clients),
		TEST(test_slow_handler),
		TEST(test_slow_reader),
		TEST(test_client_gone),
		TEST(test_idle_connections),
		TEST(test_one_peer),
		TEST(test_close_with_open_request),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
