// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "notify.h"

static int notify_socket = -1;

void notify_setup(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	socklen_t size;

	if (!path || (path[0] != '/' && path[0] != '@') ||
	    strlen(path) >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, strlen(path));
	size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			   strlen(path));
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	notify_socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (notify_socket >= 0 &&
	    connect(notify_socket, (struct sockaddr *)&address, size)) {
		close(notify_socket);
		notify_socket = -1;
	}
	unsetenv("NOTIFY_SOCKET");
}

void notify_send(const char *state)
{
	struct timespec now;
	char text[128];
	int length;

	if (notify_socket < 0)
		return;
	/* A reload has to say when it began (systemd 253 and later). */
	clock_gettime(CLOCK_MONOTONIC, &now);
	length = snprintf(
		text, sizeof(text), "%s\nMONOTONIC_USEC=%" PRIu64, state,
		(uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
	send(notify_socket, text, (size_t)length, MSG_NOSIGNAL);
}
