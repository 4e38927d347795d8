// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines in, lines out. */
#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl_peer.h"
#include "log.h"

#define AREA "ctl"
#define INPUT_SIZE (CTL_LINE_MAX + 1)

static int text_append(const char *data, size_t size, void *argument)
{
	struct ctl_text *text = argument;
	size_t room = text->size ? text->size : 1024;
	char *grown;

	if (text->used + size > CTL_ANSWER_MAX)
		return -1;
	while (room < text->used + size)
		room *= 2;
	if (room > text->size) {
		grown = realloc(text->data, room);
		if (!grown)
			return -1;
		text->data = grown;
		text->size = room;
	}
	memcpy(text->data + text->used, data, size);
	text->used += size;
	return 0;
}

static void text_free(struct ctl_text *text)
{
	free(text->data);
	*text = (struct ctl_text){ 0 };
}

static size_t queued(const struct ctl_peer *peer)
{
	return peer->output.used - peer->output.sent;
}

static void on_write(void *argument, int fd, int what);
static void on_read(void *argument, int fd, int what);

/* The writer also comes to close a peer that is broken. */
static void want_write(struct ctl_peer *peer)
{
	if (!peer->writer.loop &&
	    loop_watch_set(peer->ctl->loop, &peer->writer, peer->fd, LOOP_WRITE,
			   on_write, peer, NULL))
		log_warning(AREA, "stuck");
}

/* Takes over @message, which may be NULL for one that there was no memory for.
 * Returns false if it does not fit.
 */
static bool send_line(struct ctl_peer *peer, json_t *message)
{
	struct ctl_text *output = &peer->output;
	size_t before = output->used;
	bool fits;

	fits = message &&
	       !json_dump_callback(message, text_append, output,
				   JSON_COMPACT) &&
	       !text_append("\n", 1, output);
	if (!fits)
		output->used = before;
	json_decref(message);
	want_write(peer);
	return fits;
}

static json_t *id_of(const struct ctl_line *line)
{
	return line->has_id ? json_integer(line->id) : json_null();
}

/* The last word on a request: if not even this one fits, the peer has to go. */
static void send_problem(struct ctl_peer *peer, const struct ctl_line *line,
			 const struct fault *fault)
{
	if (!send_line(peer,
		       json_pack("{s:o, s:{s:s, s:s}}", "id", id_of(line),
				 "problem", "title", fault_name(fault->code),
				 "detail", fault->text)))
		peer->broken = true;
}

static void request_end(struct ctl_request *request)
{
	struct ctl_request **at = &request->ctl->requests;

	while (*at != request)
		at = &(*at)->next;
	*at = request->next;
	request->ctl->requests_count--;
	if (request->peer)
		request->peer->requests--;
	ctl_line_clear(&request->line);
	free(request);
}

json_t *ctl_arguments(const struct ctl_request *request)
{
	return request->line.arguments;
}

void ctl_reply(struct ctl_request *request, json_t *result)
{
	const struct fault fault = {
		FAULT_LIMIT, "the answer is too long: ask for a part of it"
	};
	struct ctl_peer *peer = request->peer;

	if (!result)
		result = json_object();
	if (!peer)
		json_decref(result);
	else if (!send_line(peer,
			    json_pack("{s:o, s:o}", "id", id_of(&request->line),
				      "result", result)))
		send_problem(peer, &request->line, &fault);
	request_end(request);
}

void ctl_refuse(struct ctl_request *request, const struct fault *fault)
{
	if (request->peer)
		send_problem(request->peer, &request->line, fault);
	request_end(request);
}

void ctl_progress(struct ctl_request *request, json_t *progress)
{
	struct ctl_peer *peer = request->peer;

	if (!peer || queued(peer) > CTL_QUEUE_MAX)
		json_decref(progress);
	else
		send_line(peer,
			  json_pack("{s:o, s:o}", "id", id_of(&request->line),
				    "progress", progress));
}

/* Tells how many events are missing here. Returns false if that has no room. */
static bool send_lost(struct ctl_peer *peer)
{
	if (!peer->lost)
		return true;
	if (queued(peer) > CTL_QUEUE_MAX ||
	    !send_line(peer, json_pack("{s:{s:s, s:I}}", "event", "type",
				       "events-lost", "count",
				       (json_int_t)peer->lost)))
		return false;
	peer->lost = 0;
	return true;
}

void ctl_event(struct ctl *ctl, json_t *event)
{
	struct ctl_peer *peer;

	for (peer = ctl->peers; peer; peer = peer->next) {
		if (!peer->monitors)
			continue;
		if (queued(peer) > CTL_QUEUE_MAX || !send_lost(peer) ||
		    !send_line(peer, json_pack("{s:O}", "event", event)))
			peer->lost++;
	}
	json_decref(event);
}

static struct ctl_command *find(const struct ctl *ctl, const char *name)
{
	struct ctl_command *command = ctl->commands;

	while (command && strcmp(command->name, name))
		command = command->next;
	return command;
}

static int start(struct ctl_peer *peer, struct ctl_line *line,
		 struct fault *fault)
{
	struct ctl *ctl = peer->ctl;
	const struct ctl_command *command = find(ctl, line->command);
	struct ctl_request *request;

	if (!command)
		return fault_set(fault, FAULT_UNKNOWN,
				 "command: no role of this daemon knows \"%s\"",
				 line->command);
	if (ctl->requests_count >= CTL_REQUESTS_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "%d commands are at work: try again later",
				 CTL_REQUESTS_MAX);
	request = calloc(1, sizeof(*request));
	if (!request)
		return fault_set(fault, FAULT_MEMORY, "no memory");
	*request = (struct ctl_request){
		.ctl = ctl, .peer = peer, .line = *line, .next = ctl->requests
	};
	line->arguments = NULL;
	ctl->requests = request;
	ctl->requests_count++;
	peer->requests++;
	log_info(AREA, "command", LOG_TEXT("command", command->name),
		 LOG_NUMBER("uid", peer->uid));
	command->handler(command->argument, request);
	return 0;
}

static void monitor(struct ctl_peer *peer, const struct ctl_line *line)
{
	peer->monitors = true;
	send_line(peer, json_pack("{s:o, s:{}}", "id", id_of(line), "result"));
}

static void take_line(struct ctl_peer *peer, const char *text, size_t size)
{
	struct fault fault = { 0 };
	struct ctl_line line;

	if (ctl_line_parse(text, size, &line, &fault))
		send_problem(peer, &line, &fault);
	else if (!strcmp(line.command, "monitor"))
		monitor(peer, &line);
	else if (start(peer, &line, &fault))
		send_problem(peer, &line, &fault);
	ctl_line_clear(&line);
}

/* Removes octets from the front and wipes where they were. */
static void input_drop(struct ctl_peer *peer, size_t size)
{
	peer->input_size -= size;
	memmove(peer->input, peer->input + size, peer->input_size);
	OPENSSL_cleanse(peer->input + peer->input_size, size);
}

static bool is_paused(const struct ctl_peer *peer)
{
	return queued(peer) > CTL_QUEUE_MAX ||
	       peer->requests >= CTL_PEER_REQUESTS_MAX;
}

static void take_lines(struct ctl_peer *peer)
{
	struct ctl_line none = { 0 };
	struct fault fault = { 0 };
	char *end;

	while (!peer->broken && !is_paused(peer)) {
		end = memchr(peer->input, '\n', peer->input_size);
		if (!end)
			break;
		if (end > peer->input)
			take_line(peer, peer->input,
				  (size_t)(end - peer->input));
		input_drop(peer, (size_t)(end - peer->input) + 1);
	}
	/* Where the next line begins is not known, so this is the end. */
	if (peer->input_size == INPUT_SIZE && !is_paused(peer)) {
		input_drop(peer, INPUT_SIZE);
		fault_set(&fault, FAULT_LIMIT, "a line has at most %d octets",
			  CTL_LINE_MAX);
		send_problem(peer, &none, &fault);
		peer->ended = true;
	}
}

/* Does what there is to do and waits for the rest, or closes the peer. */
static void serve(struct ctl_peer *peer)
{
	struct ctl *ctl = peer->ctl;
	bool wants;

	take_lines(peer);
	if (!queued(peer))
		loop_watch_stop(&peer->writer);
	if (peer->broken || (peer->ended && !peer->requests && !queued(peer))) {
		ctl_peer_close(peer);
		return;
	}
	wants = !peer->ended && !is_paused(peer);
	if (!wants)
		loop_watch_stop(&peer->reader);
	else if (!peer->reader.loop &&
		 loop_watch_set(ctl->loop, &peer->reader, peer->fd, LOOP_READ,
				on_read, peer, NULL))
		ctl_peer_close(peer);
}

static void on_read(void *argument, int fd, int what)
{
	struct ctl_peer *peer = argument;
	ssize_t size;

	(void)what;
	size = recv(fd, peer->input + peer->input_size,
		    INPUT_SIZE - peer->input_size, MSG_DONTWAIT);
	if (size > 0)
		peer->input_size += (size_t)size;
	else if (!size)
		peer->ended = true;
	else if (errno != EAGAIN && errno != EINTR)
		peer->broken = true;
	serve(peer);
}

void ctl_peer_flush(struct ctl_peer *peer)
{
	struct ctl_text *output = &peer->output;
	ssize_t size;

	while (output->sent < output->used) {
		size = send(peer->fd, output->data + output->sent,
			    output->used - output->sent,
			    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0) {
			peer->broken |= errno != EAGAIN;
			return;
		}
		output->sent += (size_t)size;
	}
	text_free(output);
}

static void on_write(void *argument, int fd, int what)
{
	struct ctl_peer *peer = argument;
	struct ctl_text *output = &peer->output;

	(void)fd;
	(void)what;
	if (!peer->broken)
		ctl_peer_flush(peer);
	/* What has left makes room, so that a slow peer costs no more than this. */
	if (output->sent) {
		memmove(output->data, output->data + output->sent,
			output->used - output->sent);
		output->used -= output->sent;
		output->sent = 0;
	}
	send_lost(peer);
	serve(peer);
}

int ctl_peer_add(struct ctl *ctl, int fd, uid_t uid)
{
	struct ctl_peer *peer = calloc(1, sizeof(*peer));

	if (peer)
		peer->input = malloc(INPUT_SIZE);
	if (!peer || !peer->input)
		goto failed;
	peer->ctl = ctl;
	peer->fd = fd;
	peer->uid = uid;
	if (loop_watch_set(ctl->loop, &peer->reader, fd, LOOP_READ, on_read,
			   peer, NULL))
		goto failed;
	peer->next = ctl->peers;
	ctl->peers = peer;
	ctl->peers_count++;
	return 0;
failed:
	if (peer)
		free(peer->input);
	free(peer);
	close(fd);
	return -1;
}

void ctl_peer_close(struct ctl_peer *peer)
{
	struct ctl_peer **at = &peer->ctl->peers;
	struct ctl_request *request;

	while (*at != peer)
		at = &(*at)->next;
	*at = peer->next;
	peer->ctl->peers_count--;
	for (request = peer->ctl->requests; request; request = request->next)
		if (request->peer == peer)
			request->peer = NULL;
	loop_watch_stop(&peer->reader);
	loop_watch_stop(&peer->writer);
	close(peer->fd);
	text_free(&peer->output);
	OPENSSL_cleanse(peer->input, peer->input_size);
	free(peer->input);
	free(peer);
}
