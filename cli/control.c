// SPDX-License-Identifier: GPL-2.0-or-later
/* The control socket of mbsecd, and the commands that go there. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <core/sbi_json.h>

#include "command.h"
#include "control.h"
#include "json.h"
#include "secret.h"

#define ROOM_FIRST 65536
#define ROOM_MAX (32 << 20)

void control_protect(void)
{
	secret_protect_process();
	json_set_alloc_funcs(sbi_memory_alloc, sbi_memory_free);
}

const char *control_path(const struct arguments *args, bool *chosen)
{
	const char *path = getenv("MBSEC_SOCKET");

	if (args->socket)
		path = args->socket;
	if (path && !*path)
		path = NULL;
	if (chosen)
		*chosen = path;
	return path ? path : CONTROL_PATH;
}

static int unreachable(const char *path, int error, struct problem *problem)
{
	const char *hint = "";

	if (error == ENOENT || error == ECONNREFUSED)
		hint = "; does it run, with this control socket?";
	else if (error == EACCES)
		hint = "; be root or a member of its group";
	return problem_set(problem, EXIT_CODE_NO_DAEMON,
			   "cannot reach mbsecd at %s: %s%s", path,
			   strerror(error), hint);
}

int control_open(struct control *control, const char *path,
		 struct problem *problem)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int error;

	*control = (struct control){ .fd = -1 };
	if (strlen(path) >= sizeof(address.sun_path))
		return unreachable(path, ENAMETOOLONG, problem);
	memcpy(address.sun_path, path, strlen(path));
	control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (control->fd >= 0 &&
	    !connect(control->fd, (struct sockaddr *)&address, sizeof(address)))
		return 0;
	error = errno;
	control_close(control);
	return unreachable(path, error, problem);
}

void control_close(struct control *control)
{
	if (control->fd >= 0)
		close(control->fd);
	free(control->data);
	*control = (struct control){ .fd = -1 };
}

static int lost(struct problem *problem)
{
	return problem_set(problem, EXIT_CODE_NO_DAEMON,
			   "mbsecd has closed the connection");
}

static int send_all(int fd, const char *text, size_t size,
		    struct problem *problem)
{
	ssize_t count;

	while (size) {
		count = send(fd, text, size, MSG_NOSIGNAL);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return lost(problem);
		text += count;
		size -= count;
	}
	return 0;
}

int control_send(struct control *control, const char *command,
		 json_t *arguments, struct problem *problem)
{
	json_free_t release;
	json_t *request;
	char *text;
	int code;

	request = json_pack("{s:i, s:i, s:s}", "version", 1, "id", 1, "command",
			    command);
	if (arguments)
		json_object_set_new(request, "arguments", arguments);
	text = json_dumps(request, JSON_COMPACT);
	json_decref(request);
	if (!text)
		return problem_set(problem, EXIT_CODE_REFUSED,
				   "out of memory, or a word is not UTF-8");
	code = send_all(control->fd, text, strlen(text), problem);
	if (!code)
		code = send_all(control->fd, "\n", 1, problem);
	json_get_alloc_funcs(NULL, &release);
	release(text);
	return code;
}

static int room_make(struct control *control, struct problem *problem)
{
	size_t size = control->size ? 2 * control->size : ROOM_FIRST;
	char *data;

	if (control->done) {
		control->used -= control->done;
		memmove(control->data, control->data + control->done,
			control->used);
		control->done = 0;
	}
	if (control->used < control->size)
		return 0;
	data = size <= ROOM_MAX ? realloc(control->data, size) : NULL;
	if (!data)
		return problem_set(problem, EXIT_CODE_REFUSED,
				   "the answer of mbsecd is too long");
	control->data = data;
	control->size = size;
	return 0;
}

int control_read(struct control *control, struct problem *problem)
{
	int code = room_make(control, problem);
	ssize_t count;

	if (code)
		return code;
	do
		count = recv(control->fd, control->data + control->used,
			     control->size - control->used, 0);
	while (count < 0 && errno == EINTR);
	if (count <= 0)
		return lost(problem);
	control->used += count;
	return 0;
}

int control_next(struct control *control, json_t **message,
		 struct problem *problem)
{
	const char *line = control->data + control->done;
	const char *end;

	*message = NULL;
	if (control->done == control->used)
		return 0;
	end = memchr(line, '\n', control->used - control->done);
	if (!end)
		return 0;
	control->done = end + 1 - control->data;
	*message = json_loadb(line, end - line, 0, NULL);
	if (json_is_object(*message))
		return 0;
	json_decref(*message);
	*message = NULL;
	return problem_set(
		problem, EXIT_CODE_REFUSED,
		"mbsecd answers something that is not a JSON object");
}

/* ---- Commands ---- */

static int refused(const json_t *answer, struct problem *problem)
{
	const char *detail = json_string_value(
		json_object_get(json_object_get(answer, "problem"), "detail"));

	return problem_set(
		problem, EXIT_CODE_REFUSED, "%s",
		detail ? detail : "mbsecd answers neither result nor problem");
}

/* Until there is a result, which is the caller's then. */
static int result_wait(struct control *control, const char *command,
		       json_t **result, struct problem *problem)
{
	struct control_progress progress;
	json_t *message;
	int code = 0;

	control_progress_begin(&progress);
	*result = NULL;
	while (!code && !*result) {
		code = control_next(control, &message, problem);
		if (!code && !message)
			code = control_read(control, problem);
		if (code || !message)
			continue;
		*result = json_incref(json_object_get(message, "result"));
		if (json_object_get(message, "progress"))
			control_progress_show(&progress, command,
					      json_object_get(message,
							      "progress"));
		else if (!*result)
			code = refused(message, problem);
		json_decref(message);
	}
	control_progress_end(&progress);
	return code;
}

int control_run(const struct arguments *args, struct problem *problem)
{
	const char *command = args->control.grammar->command;
	struct control control;
	json_t *arguments, *result = NULL;
	int code;

	control_protect();
	code = control_arguments(&args->control, &arguments, problem);
	if (code)
		return code;
	code = control_open(&control, control_path(args, NULL), problem);
	if (code) {
		json_decref(arguments);
		return code;
	}
	code = control_send(&control, command, arguments, problem);
	if (!code)
		code = result_wait(&control, command, &result, problem);
	control_close(&control);
	if (code)
		return code;
	if (args->options & OPTION_JSON)
		return json_print(result, problem);
	control_print(result);
	json_decref(result);
	return 0;
}
