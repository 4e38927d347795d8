// SPDX-License-Identifier: GPL-2.0-or-later
/* The listening socket, MHD on our loop, and clients that are too slow. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "httpd_exchange.h"

#define BODY_MAX 65536
#define CONNECTIONS_MAX 4096
#define CONNECTIONS_PER_PEER 256
#define TIMEOUT 15

/* For request line, headers and what is read of a body at a time. */
#define CONNECTION_MEMORY 16384

static int listen_fault(const union address *local, const char *what,
			struct fault *fault)
{
	char text[ADDRESS_TEXT_SIZE];
	int error = errno;

	address_text(local, text);
	return fault_set(fault, FAULT_STATE, "HTTP server %s: %s: %s", text,
			 what, strerror(error));
}

static int option_set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value));
}

/* Returns a descriptor, or -1 and a fault. */
static int listen_at(const union address *local, struct fault *fault)
{
	int fd;

	if (!address_size(local))
		return fault_set(fault, FAULT_ARGUMENT,
				 "an HTTP server needs a local address");
	fd = socket(local->family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    0);
	if (fd < 0)
		return listen_fault(local, "cannot be made", fault);
	option_set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (local->family == AF_INET6)
		option_set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	if (!bind(fd, &local->any, address_size(local)) &&
	    !listen(fd, SOMAXCONN))
		return fd;
	listen_fault(local, "cannot listen", fault);
	close(fd);
	return -1;
}

static struct httpd_client *client_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static void client_unlist(struct httpd *httpd, struct httpd_client *client)
{
	if (!client->listed)
		return;
	client->listed = false;
	if (client->previous)
		client->previous->next = client->next;
	else
		httpd->first = client->next;
	if (client->next)
		client->next->previous = client->previous;
	else
		httpd->last = client->previous;
}

static void connection_close(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	/* MHD finds it closed, and cleans up. */
	if (info)
		shutdown(info->connect_fd, SHUT_RDWR);
}

static void on_sweep(void *argument)
{
	struct httpd *httpd = argument;
	int64_t now = loop_now(httpd->loop);

	loop_timer_stop(&httpd->sweep);
	while (httpd->first && httpd->first->deadline <= now) {
		struct httpd_client *client = httpd->first;

		client_unlist(httpd, client);
		connection_close(client->connection);
	}
	if (httpd->first)
		loop_timer_set(httpd->loop, &httpd->sweep,
			       httpd->first->deadline - now, on_sweep, httpd);
}

static void client_list(struct httpd *httpd, struct httpd_client *client)
{
	client_unlist(httpd, client);
	client->deadline =
		loop_now(httpd->loop) + (int64_t)httpd->options.timeout * 1000;
	client->next = NULL;
	client->previous = httpd->last;
	if (httpd->last)
		httpd->last->next = client;
	else
		httpd->first = client;
	httpd->last = client;
	client->listed = true;
	if (!httpd->sweep.loop)
		loop_timer_set(httpd->loop, &httpd->sweep,
			       (int64_t)httpd->options.timeout * 1000, on_sweep,
			       httpd);
}

void httpd_client_wait(struct httpd *httpd, struct MHD_Connection *connection)
{
	struct httpd_client *client = client_of(connection);

	if (client)
		client_list(httpd, client);
}

void httpd_client_serve(struct httpd *httpd, struct MHD_Connection *connection)
{
	struct httpd_client *client = client_of(connection);

	if (client)
		client_unlist(httpd, client);
}

static void on_connection(void *argument, struct MHD_Connection *connection,
			  void **context,
			  enum MHD_ConnectionNotificationCode code)
{
	struct httpd *httpd = argument;
	struct httpd_client *client = *context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		client = calloc(1, sizeof(*client));
		*context = client;
		if (client) {
			client->connection = connection;
			client_list(httpd, client);
		} else {
			/* Without memory nobody would look at its time. */
			connection_close(connection);
		}
		return;
	}
	httpd->closed = true;
	if (client) {
		client_unlist(httpd, client);
		free(client);
	}
	*context = NULL;
}

static void kick_callback(void *argument)
{
	/* Nothing to do: the end of this round comes now. */
	(void)argument;
}

void httpd_kick(struct httpd *httpd)
{
	if (httpd->resumed)
		return;
	httpd->resumed = true;
	loop_timer_set(httpd->loop, &httpd->kick, 0, kick_callback, NULL);
}

static void run(struct httpd *httpd)
{
	MHD_UNSIGNED_LONG_LONG timeout;

	if (httpd->running)
		return;
	httpd->running = true;
	httpd->closed = false;
	MHD_run(httpd->daemon);
	httpd->running = false;
	/* At its limit MHD takes the listening socket out of its epoll set. That
	 * there is room again it finds at the end of a run, and puts the socket
	 * back at the start of the next, which no event would bring about.
	 */
	if (httpd->closed ||
	    (MHD_get_timeout(httpd->daemon, &timeout) == MHD_YES && !timeout))
		httpd_kick(httpd);
}

static void on_ready(void *argument, int fd, int what)
{
	(void)fd;
	(void)what;
	run(argument);
}

/* Answers that were given in this round leave now, in one go. */
static void on_round(void *argument)
{
	struct httpd *httpd = argument;

	if (!httpd->resumed)
		return;
	httpd->resumed = false;
	loop_timer_stop(&httpd->kick);
	run(httpd);
}

/* Paths are decoded by us, and strictly. */
static size_t unescape_nothing(void *argument,
			       struct MHD_Connection *connection, char *text)
{
	(void)argument;
	(void)connection;
	return strlen(text);
}

static int daemon_start(struct httpd *httpd, int fd)
{
	const struct httpd_options *options = &httpd->options;

	httpd->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
		httpd_exchange_take, httpd, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_CONNECTION_LIMIT, options->connections_max,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		options->connections_per_peer, MHD_OPTION_CONNECTION_TIMEOUT,
		0U, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_URI_LOG_CALLBACK, httpd_exchange_begin, httpd,
		MHD_OPTION_UNESCAPE_CALLBACK, unescape_nothing, NULL,
		MHD_OPTION_NOTIFY_COMPLETED, httpd_exchange_end, httpd,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, httpd,
		MHD_OPTION_END);
	return httpd->daemon ? 0 : -1;
}

static void defaults_set(struct httpd_options *options)
{
	if (!options->body_max)
		options->body_max = BODY_MAX;
	if (!options->connections_max)
		options->connections_max = CONNECTIONS_MAX;
	if (!options->connections_per_peer)
		options->connections_per_peer = CONNECTIONS_PER_PEER;
	if (!options->timeout)
		options->timeout = TIMEOUT;
}

static int httpd_start(struct httpd *httpd, struct fault *fault)
{
	int fd = listen_at(&httpd->options.local, fault);
	const union MHD_DaemonInfo *info;
	socklen_t size = sizeof(httpd->local);

	if (fd < 0)
		return -1;
	getsockname(fd, &httpd->local.any, &size);
	if (daemon_start(httpd, fd)) {
		close(fd);
		return fault_set(fault, FAULT_MEMORY,
				 "the HTTP library does not start");
	}
	info = MHD_get_daemon_info(httpd->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info)
		return fault_set(fault, FAULT_STATE,
				 "the HTTP library cannot use epoll");
	return loop_watch_set(httpd->loop, &httpd->watch, info->epoll_fd,
			      LOOP_READ, on_ready, httpd, fault);
}

struct httpd *httpd_open(struct loop *loop, const struct httpd_options *options,
			 httpd_handler handler, void *argument,
			 struct fault *fault)
{
	struct httpd *httpd = calloc(1, sizeof(*httpd));

	if (!httpd) {
		fault_set(fault, FAULT_MEMORY, "no memory for an HTTP server");
		return NULL;
	}
	httpd->loop = loop;
	httpd->options = *options;
	httpd->handler = handler;
	httpd->argument = argument;
	defaults_set(&httpd->options);
	loop_round_add(loop, &httpd->round, on_round, httpd);
	if (httpd_start(httpd, fault)) {
		httpd_close(httpd);
		return NULL;
	}
	return httpd;
}

void httpd_close(struct httpd *httpd)
{
	if (!httpd)
		return;
	loop_watch_stop(&httpd->watch);
	if (httpd->daemon) {
		httpd_exchanges_refuse(httpd);
		/* Once to take up the answers, once to send them. */
		run(httpd);
		run(httpd);
		MHD_stop_daemon(httpd->daemon);
	}
	loop_timer_stop(&httpd->kick);
	loop_timer_stop(&httpd->sweep);
	loop_round_remove(httpd->loop, &httpd->round);
	free(httpd);
}

void httpd_local(const struct httpd *httpd, union address *local)
{
	*local = httpd->local;
}
