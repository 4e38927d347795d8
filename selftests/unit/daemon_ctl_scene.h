/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A control socket and its peers, all in one process: whoever waits runs the loop. */
#ifndef DAEMON_CTL_SCENE_H
#define DAEMON_CTL_SCENE_H

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "core/sbi_json.h"
#include "io/ctl.h"
#include "io/loop.h"
#include "log.h"

/* Seconds after which a test has failed. */
#define SCENE_PATIENCE 20
#define SCENE_HELD_MAX 512

/**
 * struct scene - a control socket in a folder of its own
 * @held: requests that "hold" got, to be answered later
 */
struct scene {
	char folder[64];
	char path[96];
	struct loop *loop;
	struct ctl *ctl;
	struct ctl_request *held[SCENE_HELD_MAX];
	size_t held_count;
};

struct peer {
	struct scene *scene;
	int fd;
	bool ended;
	char *text;
	size_t size;
	size_t used;
};

static inline void scene_run(struct scene *scene)
{
	event_base_loop(loop_base(scene->loop), EVLOOP_NONBLOCK);
}

/* Answers with its arguments. */
static inline void scene_echo(void *argument, struct ctl_request *request)
{
	(void)argument;
	ctl_reply(request, json_incref(ctl_arguments(request)));
}

static inline void scene_hold(void *argument, struct ctl_request *request)
{
	struct scene *scene = argument;

	assert_true(scene->held_count < SCENE_HELD_MAX);
	scene->held[scene->held_count++] = request;
}

static inline void scene_open(struct scene *scene)
{
	struct fault fault = { 0 };

	memset(scene, 0, sizeof(*scene));
	strcpy(scene->folder, "/tmp/daemon_ctl_test.XXXXXX");
	assert_non_null(mkdtemp(scene->folder));
	snprintf(scene->path, sizeof(scene->path), "%s/socket", scene->folder);
	scene->loop = loop_new(&fault);
	assert_non_null(scene->loop);
	scene->ctl = ctl_open(scene->loop, scene->path, &fault);
	if (!scene->ctl)
		fail_msg("%s", fault.text);
	ctl_command_add(scene->ctl, "echo", scene_echo, NULL);
	ctl_command_add(scene->ctl, "hold", scene_hold, scene);
}

static inline void scene_close(struct scene *scene)
{
	ctl_close(scene->ctl);
	loop_free(scene->loop);
	unlink(scene->path);
	assert_int_equal(rmdir(scene->folder), 0);
}

static inline void peer_open(struct peer *peer, struct scene *scene)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	*peer = (struct peer){ .scene = scene };
	strcpy(address.sun_path, scene->path);
	peer->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(peer->fd >= 0);
	assert_int_equal(connect(peer->fd, (struct sockaddr *)&address,
				 sizeof(address)),
			 0);
	peer->size = 1 << 20;
	peer->text = malloc(peer->size);
	assert_non_null(peer->text);
}

static inline void peer_close(struct peer *peer)
{
	close(peer->fd);
	free(peer->text);
}

static inline void peer_write(struct peer *peer, const char *text, size_t size)
{
	time_t end = time(NULL) + SCENE_PATIENCE;
	ssize_t count;

	while (size) {
		assert_true(time(NULL) < end);
		count = send(peer->fd, text, size, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (count > 0) {
			text += count;
			size -= (size_t)count;
		}
		scene_run(peer->scene);
	}
}

static inline void peer_say(struct peer *peer, const char *text)
{
	peer_write(peer, text, strlen(text));
	peer_write(peer, "\n", 1);
}

/* Reads what there is; returns false if there is no whole line yet. */
static inline bool peer_look(struct peer *peer)
{
	ssize_t count;

	if (memchr(peer->text, '\n', peer->used))
		return true;
	scene_run(peer->scene);
	count = recv(peer->fd, peer->text + peer->used, peer->size - peer->used,
		     MSG_DONTWAIT);
	if (count > 0)
		peer->used += (size_t)count;
	else if (!count || (errno != EAGAIN && errno != EINTR))
		peer->ended = true;
	return memchr(peer->text, '\n', peer->used);
}

/* The next line; the caller's. */
static inline json_t *peer_hear(struct peer *peer)
{
	time_t end = time(NULL) + SCENE_PATIENCE;
	json_t *message;
	size_t size;

	while (!peer_look(peer)) {
		if (peer->ended)
			fail_msg("the connection has ended");
		if (time(NULL) >= end)
			fail_msg("nothing came");
	}
	size = (size_t)((char *)memchr(peer->text, '\n', peer->used) -
			peer->text);
	message = json_loadb(peer->text, size, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(message);
	peer->used -= size + 1;
	memmove(peer->text, peer->text + size + 1, peer->used);
	return message;
}

static inline void peer_expect(struct peer *peer, const char *text)
{
	json_t *wanted = json_loads(text, 0, NULL), *message = peer_hear(peer);
	char *got;

	assert_non_null(wanted);
	if (!json_equal(wanted, message)) {
		got = json_dumps(message, JSON_COMPACT);
		fail_msg("%s instead of %s", got, text);
	}
	json_decref(wanted);
	json_decref(message);
}

static inline void peer_expect_end(struct peer *peer)
{
	time_t end = time(NULL) + SCENE_PATIENCE;

	while (!peer->ended) {
		assert_false(peer_look(peer));
		assert_true(time(NULL) < end);
	}
}

#endif
