/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An HTTP server in a thread of its own, as a test talks to it by blocking sockets.
 * What it does depends on the path:
 *
 *   /echo      answers with method, path, target and body
 *   /late      the same, in a later round
 *   /header    the value of X-Test, or 400
 *   /hold      not before /release or the end
 *   /large     a megabyte
 *   /close     no answer that could be sent
 */
#ifndef DAEMON_HTTPD_SCENE_H
#define DAEMON_HTTPD_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "io/httpd_exchange.h"

#define LIMIT 20 /* seconds until a test gives up */
#define LARGE_SIZE (1 << 20)
#define ANSWER_SIZE (LARGE_SIZE + 4096)

struct scene {
	struct loop *loop;
	struct httpd *httpd;
	struct httpd_options options;
	union address address;
	pthread_t thread;
	int stop[2];
	struct loop_watch stop_watch;
	struct loop_round round;
	struct httpd_request *held;
	bool answer_after_close;
	unsigned int requests;
	unsigned int connections_seen;
	char answer[ANSWER_SIZE];
};

static inline void echo(struct httpd_request *request)
{
	char peer[ADDRESS_TEXT_SIZE], text[4096];
	union address address = request->peer;
	int length;

	address_port_set(&address, 0);
	address_text(&address, peer);
	length = snprintf(text, sizeof(text), "%s %s %s %s %zu\n",
			  request->method, request->path, request->target, peer,
			  request->body_size);
	if (request->body_size && request->body_size < 1000) {
		memcpy(text + length, request->body, request->body_size);
		length += (int)request->body_size;
	}
	httpd_reply(request, 200, NULL, "text/plain", text, (size_t)length);
}

struct late {
	struct loop_timer timer;
	struct httpd_request *request;
};

static inline void on_late(void *argument)
{
	struct late *late = argument;

	loop_timer_stop(&late->timer);
	echo(late->request);
	free(late);
}

static inline void header_answer(struct httpd_request *request)
{
	struct fault fault = { 0 };
	const char *value = httpd_header(request, "x-TEST", &fault);
	const struct httpd_header headers[] = { { "X-Two", "1" },
						{ "X-Two", "2" },
						{ NULL, NULL } };

	if (fault.code)
		httpd_refuse(request, 400, headers, &fault);
	else
		httpd_reply(request, 200, headers, "text/plain",
			    value ? value : "none", value ? strlen(value) : 4);
}

static inline void on_request(void *argument, struct httpd_request *request)
{
	const struct httpd_header forbidden[] = { { "X-Bad", "a\r\nb: c" },
						  { NULL, NULL } };
	struct scene *scene = argument;
	struct late *late;

	__atomic_add_fetch(&scene->requests, 1, __ATOMIC_RELAXED);
	if (!strcmp(request->path, "/late")) {
		late = calloc(1, sizeof(*late));
		late->request = request;
		loop_timer_set(scene->loop, &late->timer, 10, on_late, late);
	} else if (!strcmp(request->path, "/header")) {
		header_answer(request);
	} else if (!strcmp(request->path, "/hold")) {
		scene->held = request;
	} else if (!strcmp(request->path, "/release")) {
		echo(scene->held);
		scene->held = NULL;
		echo(request);
	} else if (!strcmp(request->path, "/large")) {
		char *text = malloc(LARGE_SIZE);

		memset(text, 'x', LARGE_SIZE);
		httpd_reply(request, 200, NULL, "text/plain", text, LARGE_SIZE);
		free(text);
	} else if (!strcmp(request->path, "/close")) {
		httpd_reply(request, 200, forbidden, NULL, NULL, 0);
	} else {
		echo(request);
	}
}

static inline void on_stop(void *argument, int fd, int what)
{
	(void)fd;
	(void)what;
	loop_stop(argument);
}

static inline void count_connections(void *argument)
{
	struct scene *scene = argument;
	unsigned int count =
		MHD_get_daemon_info(scene->httpd->daemon,
				    MHD_DAEMON_INFO_CURRENT_CONNECTIONS)
			->num_connections;

	if (count > scene->connections_seen)
		scene->connections_seen = count;
}

static inline void *server_run(void *argument)
{
	struct scene *scene = argument;

	loop_run(scene->loop, NULL);
	httpd_close(scene->httpd);
	if (scene->held)
		echo(scene->held);
	return NULL;
}

static inline void server_start(struct scene *scene,
				struct httpd_options options)
{
	struct fault fault = { 0 };

	if (!address_size(&options.local))
		address_parse("127.0.0.1:0", 0, &options.local, NULL);
	scene->loop = loop_new(NULL);
	scene->httpd =
		httpd_open(scene->loop, &options, on_request, scene, &fault);
	if (!scene->httpd)
		fail_msg("%s", fault.text);
	httpd_local(scene->httpd, &scene->address);
	assert_int_equal(pipe(scene->stop), 0);
	assert_int_equal(loop_watch_set(scene->loop, &scene->stop_watch,
					scene->stop[0], LOOP_READ, on_stop,
					scene->loop, NULL),
			 0);
	loop_round_add(scene->loop, &scene->round, count_connections, scene);
	assert_int_equal(
		pthread_create(&scene->thread, NULL, server_run, scene), 0);
}

static inline void server_stop(struct scene *scene)
{
	if (!scene->loop)
		return;
	assert_int_equal(write(scene->stop[1], "x", 1), 1);
	pthread_join(scene->thread, NULL);
	loop_watch_stop(&scene->stop_watch);
	loop_free(scene->loop);
	close(scene->stop[0]);
	close(scene->stop[1]);
	scene->loop = NULL;
}

static inline int setup(void **state)
{
	*state = calloc(1, sizeof(struct scene));
	return 0;
}

static inline int teardown(void **state)
{
	server_stop(*state);
	free(*state);
	return 0;
}

static inline int client_connect(const struct scene *scene)
{
	const struct timeval limit = { .tv_sec = LIMIT };
	int fd = socket(scene->address.family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	assert_int_equal(connect(fd, &scene->address.any,
				 address_size(&scene->address)),
			 0);
	return fd;
}

static inline void client_send(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL),
			 strlen(text));
}

/* Until the server closes. A reset counts, too, as the end. */
static inline const char *client_receive(struct scene *scene, int fd)
{
	size_t length = 0;
	ssize_t size;

	while ((size = recv(fd, scene->answer + length,
			    sizeof(scene->answer) - 1 - length, 0)) > 0)
		length += (size_t)size;
	scene->answer[length] = '\0';
	close(fd);
	return scene->answer;
}

/* Until @end is in what was received. */
static inline const char *client_receive_until(struct scene *scene, int fd,
					       const char *end)
{
	size_t length = 0;

	scene->answer[0] = '\0';
	while (!strstr(scene->answer, end)) {
		ssize_t size = recv(fd, scene->answer + length,
				    sizeof(scene->answer) - 1 - length, 0);

		if (size <= 0)
			fail_msg("no \"%s\" in \"%s\"", end, scene->answer);
		length += (size_t)size;
		scene->answer[length] = '\0';
	}
	return scene->answer;
}

static inline const char *ask(struct scene *scene, const char *request)
{
	int fd = client_connect(scene);

	client_send(fd, request);
	return client_receive(scene, fd);
}

static inline void contains(const char *answer, const char *part)
{
	if (!strstr(answer, part))
		fail_msg("no \"%s\" in \"%.300s\"", part, answer);
}

#define STATUS(number) "HTTP/1.1 " #number " "
#define END "Host: a\r\nConnection: close\r\n\r\n"

#endif
