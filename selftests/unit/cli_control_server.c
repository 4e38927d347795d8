// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>
#include <unistd.h>

#include "cli_control_server.h"
#include "io/ctl.h"
#include "io/loop.h"
#include "log.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct loop *server_loop;
static struct ctl *server_ctl;

static void on_echo(void *argument, struct ctl_request *request)
{
	ctl_reply(request,
		  json_pack("{s:s, s:O}", "command", (const char *)argument,
			    "arguments", ctl_arguments(request)));
}

static void on_rotate(void *argument, struct ctl_request *request)
{
	int i;

	(void)argument;
	for (i = 0; i <= 3; i++)
		ctl_progress(request, json_pack("{s:i, s:i}", "total", 3,
						"acknowledged", i));
	ctl_reply(request, json_pack("{s:i}", "acknowledged", 3));
}

static void on_del(void *argument, struct ctl_request *request)
{
	struct fault fault = { 0 };

	(void)argument;
	fault_set(&fault, FAULT_UNKNOWN, "service: there is no \x1b[2Jnews");
	ctl_refuse(request, &fault);
}

/* Names from the network, nested things and none. */
static void on_list(void *argument, struct ctl_request *request)
{
	(void)argument;
	ctl_reply(request,
		  json_pack("{s:[{s:s, s:n, s:b, s:[{s:i, s:s}], s:[]}], s:i}",
			    "members", "ue", "a\x1b[2J@b", "held", "muk-valid",
			    1, "msks", "number", 5, "state", "old", "mtks",
			    "total", 1));
}

static void on_status(void *argument, struct ctl_request *request)
{
	(void)argument;
	ctl_event(server_ctl,
		  json_pack("{s:s, s:s}", "type", "ue-evicted", "ue", "a@b"));
	ctl_reply(request, json_pack("{s:s}", "version", "1"));
}

static void on_end(void *argument, struct ctl_request *request)
{
	ctl_reply(request, NULL);
	loop_stop(argument);
}

void control_serve(const char *path)
{
	static const char *const echoed[] = {
		"service add",	"service show", "service join", "service leave",
		"ue add",	"ue show",	"ue del",	"usim add",
		"member evict", "member admit", "msk solicit",	"mtk rotate",
	};
	struct fault fault = { 0 };
	size_t i;

	log_setup(LOG_LEVEL_ERROR, false);
	server_loop = loop_new(&fault);
	server_ctl = server_loop ? ctl_open(server_loop, path, &fault) : NULL;
	if (!server_ctl)
		_exit(1);
	for (i = 0; i < COUNT(echoed); i++)
		ctl_command_add(server_ctl, echoed[i], on_echo,
				(void *)echoed[i]);
	ctl_command_add(server_ctl, "msk rotate", on_rotate, NULL);
	ctl_command_add(server_ctl, "service del", on_del, NULL);
	ctl_command_add(server_ctl, "member list", on_list, NULL);
	ctl_command_add(server_ctl, "status", on_status, NULL);
	/* The test's way to end it: no command of the tool is called so. */
	ctl_command_add(server_ctl, "usim del", on_end, server_loop);
	if (loop_run(server_loop, &fault))
		_exit(1);
	ctl_close(server_ctl);
	loop_free(server_loop);
	_exit(0);
}
