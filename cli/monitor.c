// SPDX-License-Identifier: GPL-2.0-or-later
/* Follows the events of the module and of mbsecd until it is told to stop. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/genetlink.h>

#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/handlers.h>

#include "command.h"
#include "control.h"
#include "decode.h"
#include "event.h"
#include "netlink.h"
#include "output.h"

/* Bursts of events should not be lost while a terminal scrolls. */
#define RECEIVE_BUFFER (4 << 20)

/* Without a module netlink.socket is NULL, without a daemon control.fd is -1. */
struct monitor {
	struct netlink netlink;
	struct control control;
	int signals;
	bool json;
	bool stop;
	int code;
	struct problem *problem;
};

static void monitor_end(struct monitor *monitor, int code)
{
	monitor->stop = true;
	monitor->code = code;
}

static void monitor_fail(struct monitor *monitor, enum exit_code code,
			 const char *what, const char *reason)
{
	monitor_end(monitor,
		    problem_set(monitor->problem, code, "%s%s%s", what,
				reason ? ": " : "", reason ? reason : ""));
}

static void event_handle(struct monitor *monitor, struct nlmsghdr *header)
{
	struct event event;
	int code;

	if (!decode_event(header, &event)) {
		monitor_fail(
			monitor, EXIT_CODE_REFUSED,
			"this version of the tool does not understand an event of the kernel module",
			NULL);
		return;
	}
	code = event_print(&event, monitor->json, monitor->problem);
	if (code)
		monitor_end(monitor, code);
}

/* Without this the tool would wait for ever for a module that is gone. */
static void family_handle(struct monitor *monitor, struct nlmsghdr *header)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1];
	struct nlattr *id = NULL;

	if (genlmsg_parse(header, 0, tb, CTRL_ATTR_MAX, NULL) >= 0)
		id = tb[CTRL_ATTR_FAMILY_ID];
	if (id && nla_len(id) >= (int)sizeof(uint16_t) &&
	    nla_get_u16(id) == monitor->netlink.family)
		monitor_fail(monitor, EXIT_CODE_NO_MODULE,
			     "the kernel module was removed", NULL);
}

static int on_message(struct nl_msg *msg, void *argument)
{
	struct nlmsghdr *header = nlmsg_hdr(msg);
	const struct genlmsghdr *genl = nlmsg_data(header);
	struct monitor *monitor = argument;

	if (nlmsg_datalen(header) < (int)GENL_HDRLEN)
		return NL_SKIP;
	if (header->nlmsg_type == monitor->netlink.family &&
	    genl->cmd == MBSEC_CMD_EVENT)
		event_handle(monitor, header);
	else if (header->nlmsg_type == GENL_ID_CTRL &&
		 genl->cmd == CTRL_CMD_DELFAMILY)
		family_handle(monitor, header);
	return monitor->stop ? NL_STOP : NL_OK;
}

static int on_sequence(struct nl_msg *msg __attribute__((unused)),
		       void *argument __attribute__((unused)))
{
	return NL_OK;
}

/* The pending error of the socket, which reading it clears. */
static int socket_error(int fd)
{
	socklen_t size = sizeof(int);
	int error = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size))
		return errno;
	return error;
}

static int monitor_subscribe(struct monitor *monitor)
{
	struct nl_sock *socket = monitor->netlink.socket;
	const int size = RECEIVE_BUFFER;
	int events;
	int notify;
	int err;

	if (setsockopt(nl_socket_get_fd(socket), SOL_SOCKET, SO_RCVBUFFORCE,
		       &size, sizeof(size)))
		setsockopt(nl_socket_get_fd(socket), SOL_SOCKET, SO_RCVBUF,
			   &size, sizeof(size));
	/* All questions first: events would come between their answers. */
	events = genl_ctrl_resolve_grp(socket, MBSEC_FAMILY_NAME,
				       MBSEC_MCGRP_EVENTS);
	notify = genl_ctrl_resolve_grp(socket, "nlctrl", "notify");
	err = events < 0 ? events : notify < 0 ? notify : 0;
	if (!err)
		err = nl_socket_add_memberships(socket, events, notify, 0);
	if (err)
		return problem_set(monitor->problem, EXIT_CODE_REFUSED,
				   "cannot listen to events: %s",
				   nl_geterror(err));
	nl_socket_modify_cb(socket, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_sequence,
			    NULL);
	nl_socket_modify_cb(socket, NL_CB_VALID, NL_CB_CUSTOM, on_message,
			    monitor);
	nl_socket_set_nonblocking(socket);
	return 0;
}

static void monitor_lost(struct monitor *monitor)
{
	int code = event_print_lost(monitor->json, monitor->problem);

	if (code)
		monitor_end(monitor, code);
}

static void monitor_receive(struct monitor *monitor)
{
	int error = socket_error(nl_socket_get_fd(monitor->netlink.socket));
	int err;

	if (error == ENOBUFS)
		monitor_lost(monitor);
	else if (error)
		monitor_fail(monitor, EXIT_CODE_REFUSED,
			     "the netlink socket failed", strerror(error));
	if (monitor->stop)
		return;
	err = nl_recvmsgs_default(monitor->netlink.socket);
	/* The socket may have overflowed after the question above. */
	if (err == -NLE_NOMEM)
		monitor_lost(monitor);
	else if (err < 0 && err != -NLE_AGAIN && !monitor->stop)
		monitor_fail(monitor, EXIT_CODE_REFUSED,
			     "cannot receive events", nl_geterror(err));
}

static int daemon_line(struct monitor *monitor, json_t *message)
{
	const json_t *event = json_object_get(message, "event");
	const char *detail = json_string_value(
		json_object_get(json_object_get(message, "problem"), "detail"));

	if (detail)
		return problem_set(monitor->problem, EXIT_CODE_REFUSED, "%s",
				   detail);
	return event ? event_print_daemon(event, monitor->json,
					  monitor->problem) :
		       0;
}

/* The kernel goes on without the daemon, and so do its events. */
static void daemon_receive(struct monitor *monitor)
{
	json_t *message;
	int code;

	code = control_read(&monitor->control, monitor->problem);
	if (code && monitor->netlink.socket) {
		problem_warn("%s", monitor->problem->sentence);
		control_close(&monitor->control);
		return;
	}
	while (!code) {
		code = control_next(&monitor->control, &message,
				    monitor->problem);
		if (!message)
			break;
		code = daemon_line(monitor, message);
		json_decref(message);
	}
	if (code)
		monitor_end(monitor, code);
}

static int signals_open(struct problem *problem)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		problem_set(problem, EXIT_CODE_REFUSED, "signalfd: %s",
			    strerror(errno));
	return fd;
}

static void monitor_loop(struct monitor *monitor)
{
	struct nl_sock *socket = monitor->netlink.socket;

	while (!monitor->stop) {
		struct pollfd fds[] = {
			{ .fd = monitor->signals, .events = POLLIN },
			{ .fd = socket ? nl_socket_get_fd(socket) : -1,
			  .events = POLLIN },
			{ .fd = monitor->control.fd, .events = POLLIN },
		};

		if (poll(fds, sizeof(fds) / sizeof(fds[0]), -1) < 0) {
			if (errno != EINTR)
				monitor_fail(monitor, EXIT_CODE_REFUSED, "poll",
					     strerror(errno));
			continue;
		}
		if (fds[0].revents)
			monitor_end(monitor, 0);
		if (fds[1].revents && !monitor->stop)
			monitor_receive(monitor);
		if (fds[2].revents && !monitor->stop)
			daemon_receive(monitor);
	}
}

static int daemon_open(struct monitor *monitor, const char *path,
		       struct problem *problem)
{
	int code = control_open(&monitor->control, path, problem);

	if (code)
		return code;
	code = control_send(&monitor->control, "monitor", NULL, problem);
	if (code)
		control_close(&monitor->control);
	return code;
}

/* One of both is enough, unless a daemon was asked for. */
static int sources_open(struct monitor *monitor, const struct arguments *args)
{
	struct problem none;
	int code, missing;
	bool chosen;

	missing = daemon_open(monitor, control_path(args, &chosen), &none);
	if (missing && chosen)
		return problem_set(monitor->problem, missing, "%s",
				   none.sentence);
	code = netlink_open(&monitor->netlink, monitor->problem);
	if (!code)
		return monitor_subscribe(monitor);
	if (missing)
		return code;
	problem_warn("only events of mbsecd: %s", monitor->problem->sentence);
	return 0;
}

int monitor_events(const struct arguments *args, struct problem *problem)
{
	struct monitor monitor = {
		.control.fd = -1,
		.json = args->options & OPTION_JSON,
		.problem = problem,
	};
	int code;

	monitor.signals = signals_open(problem);
	code = monitor.signals < 0 ? EXIT_CODE_REFUSED :
				     sources_open(&monitor, args);
	if (!code) {
		monitor_loop(&monitor);
		code = monitor.code;
	}
	if (monitor.signals >= 0)
		close(monitor.signals);
	control_close(&monitor.control);
	netlink_close(&monitor.netlink);
	return code;
}
