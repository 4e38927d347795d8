// SPDX-License-Identifier: GPL-2.0-or-later
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "httpc_text.h"

#define TIMEOUT 10
#define BODY_MAX 65536
#define CONNECTIONS_PER_HOST 128

/* All headers of an answer, and handles that are kept for the next calls. */
#define HEADERS_MAX 16384
#define IDLE_MAX 128

/* One that curl watches; it frees those it no longer wants, even in a callback. */
struct socket_watch {
	struct loop_watch watch;
	struct httpc *httpc;
};

/**
 * struct httpc - the client
 * @first: calls that are open
 * @idle: handles (CURL) without a call
 * @timer: curl's
 */
struct httpc {
	struct loop *loop;
	CURLM *multi;
	struct loop_timer timer;
	struct httpc_options options;
	char *device;
	struct httpc_call *first;
	void *idle[IDLE_MAX];
	size_t idle_count;
};

/* What httpc_header() has put together. */
struct joined {
	struct joined *next;
	char value[];
};

/**
 * struct httpc_call - an exchange
 * @headers: of the answer: "name: value" and a NUL, one after another
 * @headers_end: what follows belongs to the body, or is a trailer
 * @too_large: the answer has more than we take
 * @ended: the callback runs
 */
struct httpc_call {
	struct httpc *httpc;
	struct httpc_call *next;
	struct httpc_call *previous;
	CURL *handle;
	struct curl_slist *sent;
	httpc_callback callback;
	void *argument;
	char error[CURL_ERROR_SIZE];
	struct httpc_text headers;
	struct httpc_text body;
	struct joined *joined;
	bool headers_end;
	bool too_large;
	bool no_memory;
	bool ended;
};

/* Takes @size octets of an answer; anything but @size ends the exchange. */
static size_t take(struct httpc_call *call, struct httpc_text *text,
		   const char *data, size_t size, size_t max)
{
	if (size > max - text->size) {
		call->too_large = true;
		return 0;
	}
	if (size && !httpc_text_add(text, data, size)) {
		call->no_memory = true;
		return 0;
	}
	return size;
}

static size_t on_body(char *data, size_t unit, size_t count, void *argument)
{
	struct httpc_call *call = argument;

	return take(call, &call->body, data, unit * count,
		    call->httpc->options.body_max);
}

static size_t on_header(char *line, size_t unit, size_t count, void *argument)
{
	struct httpc_call *call = argument;
	size_t size = unit * count, length = size;

	/* A status line begins an answer: what came before was 1xx. */
	if (size >= 5 && !memcmp(line, "HTTP/", 5)) {
		call->headers.size = 0;
		call->headers_end = false;
		return size;
	}
	while (length && (line[length - 1] == '\r' || line[length - 1] == '\n'))
		length--;
	if (!length)
		call->headers_end = true;
	if (call->headers_end)
		return size;
	if (memchr(line, '\0', length) ||
	    take(call, &call->headers, line, length, HEADERS_MAX - 1) !=
		    length ||
	    take(call, &call->headers, "", 1, HEADERS_MAX) != 1)
		return 0;
	return size;
}

const char *httpc_header(const struct httpc_response *response,
			 const char *name)
{
	struct httpc_call *call = response->headers;
	struct joined *joined;
	size_t size;

	if (!call || !httpc_values_join(&call->headers, name, NULL, &size))
		return NULL;
	joined = malloc(sizeof(*joined) + size + 1);
	if (!joined)
		return NULL;
	httpc_values_join(&call->headers, name, joined->value, &size);
	joined->value[size] = '\0';
	joined->next = call->joined;
	call->joined = joined;
	return joined->value;
}

static void call_free(struct httpc_call *call)
{
	struct httpc *httpc = call->httpc;

	while (call->joined) {
		struct joined *joined = call->joined;

		call->joined = joined->next;
		free(joined);
	}
	if (call->handle && httpc->idle_count < IDLE_MAX) {
		curl_easy_reset(call->handle);
		httpc->idle[httpc->idle_count++] = call->handle;
	} else {
		curl_easy_cleanup(call->handle);
	}
	curl_slist_free_all(call->sent);
	httpc_text_free(&call->headers);
	httpc_text_free(&call->body);
	free(call);
}

static void call_unlist(struct httpc_call *call)
{
	curl_multi_remove_handle(call->httpc->multi, call->handle);
	if (call->previous)
		call->previous->next = call->next;
	else
		call->httpc->first = call->next;
	if (call->next)
		call->next->previous = call->previous;
}

static void fault_of(const struct httpc_call *call, CURLcode result,
		     struct fault *fault)
{
	const char *reason = call->error[0] ? call->error :
					      curl_easy_strerror(result);

	if (call->too_large)
		fault_set(fault, FAULT_LIMIT,
			  "HTTP: the answer is longer than %zu octets",
			  call->httpc->options.body_max);
	else if (call->no_memory || result == CURLE_OUT_OF_MEMORY)
		fault_set(fault, FAULT_MEMORY, "HTTP: no memory");
	else if (result == CURLE_PEER_FAILED_VERIFICATION)
		fault_set(fault, FAULT_UNAUTHENTIC, "HTTP: %s", reason);
	else if (result == CURLE_WEIRD_SERVER_REPLY ||
		 result == CURLE_UNSUPPORTED_PROTOCOL ||
		 result == CURLE_WRITE_ERROR ||
		 result == CURLE_BAD_CONTENT_ENCODING)
		fault_set(fault, FAULT_MALFORMED,
			  "HTTP: what came is no answer: %s", reason);
	else
		fault_set(fault, FAULT_STATE, "HTTP: no answer: %s", reason);
}

static void call_end(struct httpc_call *call, CURLcode result)
{
	struct httpc_response response = { 0 };
	long status = 0;

	call_unlist(call);
	curl_easy_getinfo(call->handle, CURLINFO_RESPONSE_CODE, &status);
	if (result == CURLE_OK && status >= 100 && status <= 999) {
		response.status = (unsigned int)status;
		response.body_size = call->body.size;
		response.body = call->body.size ? call->body.data : NULL;
		response.headers = call;
	} else {
		fault_of(call, result, &response.fault);
	}
	call->ended = true;
	call->callback(call->argument, &response);
	call_free(call);
}

static void calls_end(struct httpc *httpc)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(httpc->multi, &left))) {
		CURLcode result = message->data.result;
		struct httpc_call *call = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
				  &call);
		call_end(call, result);
	}
}

static void on_ready(void *argument, int fd, int what)
{
	const struct socket_watch *watch = argument;
	struct httpc *httpc = watch->httpc;
	int running, action = 0;

	if (what & LOOP_READ)
		action |= CURL_CSELECT_IN;
	if (what & LOOP_WRITE)
		action |= CURL_CSELECT_OUT;
	curl_multi_socket_action(httpc->multi, fd, action, &running);
	calls_end(httpc);
}

static void on_timeout(void *argument)
{
	struct httpc *httpc = argument;
	int running;

	loop_timer_stop(&httpc->timer);
	curl_multi_socket_action(httpc->multi, CURL_SOCKET_TIMEOUT, 0,
				 &running);
	calls_end(httpc);
}

static int on_timer(CURLM *multi, long timeout, void *argument)
{
	struct httpc *httpc = argument;

	(void)multi;
	if (timeout < 0)
		loop_timer_stop(&httpc->timer);
	else
		loop_timer_set(httpc->loop, &httpc->timer, timeout, on_timeout,
			       httpc);
	return 0;
}

static int on_socket(CURL *handle, curl_socket_t fd, int what, void *argument,
		     void *socket)
{
	struct httpc *httpc = argument;
	struct socket_watch *watch = socket;
	int events = 0;

	(void)handle;
	if (what == CURL_POLL_REMOVE) {
		curl_multi_assign(httpc->multi, fd, NULL);
		if (watch)
			loop_watch_stop(&watch->watch);
		free(watch);
		return 0;
	}
	if (!watch) {
		watch = calloc(1, sizeof(*watch));
		if (!watch)
			return -1;
		watch->httpc = httpc;
		curl_multi_assign(httpc->multi, fd, watch);
	}
	if (what & CURL_POLL_IN)
		events |= LOOP_READ;
	if (what & CURL_POLL_OUT)
		events |= LOOP_WRITE;
	return loop_watch_set(httpc->loop, &watch->watch, fd, events, on_ready,
			      watch, NULL);
}

static void defaults_set(struct httpc_options *options)
{
	if (!options->timeout)
		options->timeout = TIMEOUT;
	if (!options->body_max)
		options->body_max = BODY_MAX;
	if (!options->connections_per_host)
		options->connections_per_host = CONNECTIONS_PER_HOST;
}

static bool multi_set(struct httpc *httpc)
{
	long connections = (long)httpc->options.connections_per_host;
	CURLM *multi = httpc->multi;

	return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket) ==
		       CURLM_OK &&
	       curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, httpc) ==
		       CURLM_OK &&
	       curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer) ==
		       CURLM_OK &&
	       curl_multi_setopt(multi, CURLMOPT_TIMERDATA, httpc) ==
		       CURLM_OK &&
	       curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS,
				 connections) == CURLM_OK &&
	       curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS,
				 4 * connections) == CURLM_OK;
}

struct httpc *httpc_new(struct loop *loop, const struct httpc_options *options,
			struct fault *fault)
{
	struct httpc *httpc = NULL;
	size_t size = options->device ? strlen(options->device) + 4 : 0;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		httpc = calloc(1, sizeof(*httpc));
	if (httpc) {
		httpc->loop = loop;
		httpc->options = *options;
		defaults_set(&httpc->options);
		httpc->multi = curl_multi_init();
		httpc->device = size ? malloc(size) : NULL;
		/* "if!" says that it is not the name of a host. */
		if (httpc->device)
			snprintf(httpc->device, size, "if!%s", options->device);
		if (httpc->multi && multi_set(httpc) &&
		    (!size || httpc->device))
			return httpc;
	}
	fault_set(fault, FAULT_MEMORY, "the HTTP client does not start");
	httpc_free(httpc);
	return NULL;
}

void httpc_free(struct httpc *httpc)
{
	if (!httpc)
		return;
	while (httpc->first)
		httpc_cancel(httpc->first);
	while (httpc->idle_count)
		curl_easy_cleanup(httpc->idle[--httpc->idle_count]);
	curl_multi_cleanup(httpc->multi);
	loop_timer_stop(&httpc->timer);
	free(httpc->device);
	free(httpc);
	curl_global_cleanup();
}

static bool is_token(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ-";

	return *text && !text[strspn(text, letters)];
}

static bool url_is_good(const char *url)
{
	CURLU *parsed = curl_url();
	char *scheme = NULL;
	bool good;

	good = parsed &&
	       !curl_url_set(parsed, CURLUPART_URL, url, CURLU_DISALLOW_USER) &&
	       !curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) &&
	       (!strcmp(scheme, "http") || !strcmp(scheme, "https"));
	curl_free(scheme);
	curl_url_cleanup(parsed);
	return good;
}

static int request_check(const struct httpc_request *request,
			 struct fault *fault)
{
	const char *const *header;

	if (!is_token(request->method))
		return fault_set(fault, FAULT_ARGUMENT,
				 "HTTP: \"%.20s\" is no method",
				 request->method);
	if (!url_is_good(request->url))
		return fault_set(
			fault, FAULT_ARGUMENT,
			"\"%.80s\" is no http or https URL without a user",
			request->url);
	for (header = request->headers; header && *header; header++)
		if ((*header)[strcspn(*header, "\r\n")] ||
		    !strchr(*header, ':'))
			return fault_set(fault, FAULT_ARGUMENT,
					 "HTTP: a header is not one line");
	return 0;
}

static bool header_add(struct httpc_call *call, const char *line)
{
	struct curl_slist *list = curl_slist_append(call->sent, line);

	if (list)
		call->sent = list;
	return list;
}

static bool headers_set(struct httpc_call *call,
			const struct httpc_request *request)
{
	const char *const *header;
	bool typed = false, good;

	/* Without it an answer may wait a second for "100 Continue". */
	good = header_add(call, "Expect:");
	for (header = request->headers; header && *header; header++) {
		typed |= !strncasecmp(*header, "Content-Type:", 13);
		good = good && header_add(call, *header);
	}
	/* Not the type of a form, which curl would say. */
	if (!typed)
		good = good && header_add(call, "Content-Type:");
	return good && curl_easy_setopt(call->handle, CURLOPT_HTTPHEADER,
					call->sent) == CURLE_OK;
}

static bool method_set(CURL *handle, const struct httpc_request *request)
{
	bool post = request->body_size || !strcmp(request->method, "POST");
	CURLcode code = CURLE_OK;

	if (!strcmp(request->method, "HEAD"))
		return curl_easy_setopt(handle, CURLOPT_NOBODY, 1L) == CURLE_OK;
	if (post) {
		code |= curl_easy_setopt(handle, CURLOPT_POST, 1L);
		code |= curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
					 (curl_off_t)request->body_size);
		code |= curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS,
					 request->body_size ? request->body :
							      "");
	}
	if (strcmp(request->method, post ? "POST" : "GET") != 0)
		code |= curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST,
					 request->method);
	return code == CURLE_OK;
}

static bool handle_set(struct httpc_call *call,
		       const struct httpc_request *request)
{
	const struct httpc *httpc = call->httpc;
	CURL *handle = call->handle;
	CURLcode code = CURLE_OK;

	code |= curl_easy_setopt(handle, CURLOPT_URL, request->url);
	code |= curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
	code |= curl_easy_setopt(handle, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	code |= curl_easy_setopt(handle, CURLOPT_HTTP_VERSION,
				 (long)CURL_HTTP_VERSION_1_1);
	/* Digest signs the target as it is sent. */
	code |= curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
	code |= curl_easy_setopt(handle, CURLOPT_PROXY, "");
	code |= curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	code |= curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS,
				 1000L * (long)httpc->options.timeout);
	code |= curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, call->error);
	code |= curl_easy_setopt(handle, CURLOPT_PRIVATE, call);
	code |= curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
	code |= curl_easy_setopt(handle, CURLOPT_WRITEDATA, call);
	code |= curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
	code |= curl_easy_setopt(handle, CURLOPT_HEADERDATA, call);
	if (httpc->device)
		code |= curl_easy_setopt(handle, CURLOPT_INTERFACE,
					 httpc->device);
	return code == CURLE_OK && method_set(handle, request) &&
	       headers_set(call, request);
}

struct httpc_call *httpc_send(struct httpc *httpc,
			      const struct httpc_request *request,
			      httpc_callback callback, void *argument,
			      struct fault *fault)
{
	struct httpc_call *call;

	if (request_check(request, fault))
		return NULL;
	call = calloc(1, sizeof(*call));
	if (call) {
		call->httpc = httpc;
		call->callback = callback;
		call->argument = argument;
		call->handle = httpc->idle_count ?
				       httpc->idle[--httpc->idle_count] :
				       curl_easy_init();
	}
	if (!call || !call->handle || !handle_set(call, request) ||
	    curl_multi_add_handle(httpc->multi, call->handle) != CURLM_OK) {
		if (call)
			call_free(call);
		fault_set(fault, FAULT_MEMORY, "HTTP: no memory for a request");
		return NULL;
	}
	call->next = httpc->first;
	if (call->next)
		call->next->previous = call;
	httpc->first = call;
	return call;
}

void httpc_cancel(struct httpc_call *call)
{
	/* Its callback runs, and it is freed after that. */
	if (call->ended)
		return;
	call_unlist(call);
	call_free(call);
}
