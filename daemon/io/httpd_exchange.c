// SPDX-License-Identifier: GPL-2.0-or-later
/* From the request line to the end of the answer. */
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/text.h"
#include "httpd_exchange.h"

#define BODY_ROOM_MIN 1024

static struct httpd_exchange *exchange_of(struct httpd_request *request)
{
	return (struct httpd_exchange *)request;
}

static void exchange_list(struct httpd_exchange *exchange)
{
	struct httpd *httpd = exchange->httpd;

	exchange->owned = true;
	exchange->previous = NULL;
	exchange->next = httpd->exchanges;
	if (exchange->next)
		exchange->next->previous = exchange;
	httpd->exchanges = exchange;
}

static void exchange_unlist(struct httpd_exchange *exchange)
{
	exchange->owned = false;
	if (exchange->orphaned)
		return;
	if (exchange->previous)
		exchange->previous->next = exchange->next;
	else
		exchange->httpd->exchanges = exchange->next;
	if (exchange->next)
		exchange->next->previous = exchange->previous;
}

static void exchange_free(struct httpd_exchange *exchange)
{
	if (exchange->response)
		MHD_destroy_response(exchange->response);
	OPENSSL_clear_free(exchange->body, exchange->room);
	free(exchange->path);
	free(exchange);
}

void *httpd_exchange_begin(void *httpd, const char *target,
			   struct MHD_Connection *connection)
{
	size_t size = strlen(target) + 1;
	struct httpd_exchange *exchange = calloc(1, sizeof(*exchange) + size);

	/* From here on the peer has the whole time again. */
	httpd_client_wait(httpd, connection);
	if (!exchange)
		return NULL;
	exchange->httpd = httpd;
	exchange->connection = connection;
	memcpy(exchange->target, target, size);
	return exchange;
}

void httpd_exchange_end(void *argument, struct MHD_Connection *connection,
			void **context, enum MHD_RequestTerminationCode code)
{
	struct httpd_exchange *exchange = *context;
	struct httpd *httpd = argument;

	*context = NULL;
	if (code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		httpd_client_wait(httpd, connection);
	if (!exchange)
		return;
	exchange->connection = NULL;
	/* The handler answers, though there is nobody to hear it. */
	if (!exchange->owned)
		exchange_free(exchange);
}

struct counting {
	const char *name;
	const char *value;
	unsigned int count;
};

static enum MHD_Result count_header(void *argument, enum MHD_ValueKind kind,
				    const char *name, const char *value)
{
	struct counting *counting = argument;

	(void)kind;
	if (strcasecmp(name, counting->name))
		return MHD_YES;
	counting->count++;
	counting->value = value ? value : "";
	return MHD_YES;
}

static struct counting header_find(struct MHD_Connection *connection,
				   const char *name)
{
	struct counting counting = { .name = name };

	MHD_get_connection_values(connection, MHD_HEADER_KIND, count_header,
				  &counting);
	return counting;
}

const char *httpd_header(const struct httpd_request *request, const char *name,
			 struct fault *fault)
{
	const struct httpd_exchange *exchange =
		(const struct httpd_exchange *)request;
	struct counting counting;

	if (!exchange->connection)
		return NULL;
	counting = header_find(exchange->connection, name);
	if (counting.count <= 1)
		return counting.value;
	fault_set(fault, FAULT_MALFORMED, "header %s is there %u times", name,
		  counting.count);
	return NULL;
}

/* In place. false if something is no octet, or one that ends a string. */
static bool percent_decode(char *text)
{
	char *out = text;

	while (*text) {
		int high, low;

		if (*text != '%') {
			*out++ = *text++;
			continue;
		}
		high = text_hex_digit(text[1]);
		low = high < 0 ? -1 : text_hex_digit(text[2]);
		if (low < 0 || !(high | low))
			return false;
		*out++ = (char)(high << 4 | low);
		text += 3;
	}
	*out = '\0';
	return true;
}

/* The path in a target: "/a?b" or, for proxies, "http://host/a?b" (RFC 9112, 3.2).
 */
static bool path_set(struct httpd_exchange *exchange)
{
	const char *start = exchange->target;

	if (!strncasecmp(start, "http://", 7) ||
	    !strncasecmp(start, "https://", 8)) {
		start = strchr(strchr(start, '/') + 2, '/');
		if (!start)
			start = "/";
	}
	if (*start != '/' && strcmp(start, "*") != 0)
		return false;
	exchange->path = strndup(start, strcspn(start, "?"));
	return exchange->path && percent_decode(exchange->path);
}

/* Where two readings of a request's end are possible, it is refused (RFC 9112,
 * 6.3). Returns a status, or 0.
 */
static unsigned int framing_check(const struct httpd_exchange *exchange,
				  const char *version)
{
	struct MHD_Connection *connection = exchange->connection;
	struct counting length = header_find(connection, "Content-Length");
	struct counting coding = header_find(connection, "Transfer-Encoding");

	if (length.count + coding.count > 1 ||
	    header_find(connection, "Host").count > 1)
		return MHD_HTTP_BAD_REQUEST;
	if (!strcmp(version, MHD_HTTP_VERSION_1_0) && coding.count)
		return MHD_HTTP_BAD_REQUEST;
	if (coding.count && strcasecmp(coding.value, "chunked") != 0)
		return MHD_HTTP_NOT_IMPLEMENTED;
	if (length.count && strtoull(length.value, NULL, 10) >
				    exchange->httpd->options.body_max)
		return MHD_HTTP_CONTENT_TOO_LARGE;
	return 0;
}

/* What is wrong with the headers: a status, or 0. */
static unsigned int start(struct httpd_exchange *exchange, const char *method,
			  const char *version)
{
	struct httpd_request *request = &exchange->request;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	exchange->started = true;
	if (strlen(method) >= sizeof(exchange->method))
		return MHD_HTTP_NOT_IMPLEMENTED;
	strcpy(exchange->method, method);
	if (!path_set(exchange))
		return MHD_HTTP_BAD_REQUEST;
	request->method = exchange->method;
	request->target = exchange->target;
	request->path = exchange->path;
	if (info && info->client_addr->sa_family == AF_INET)
		memcpy(&request->peer, info->client_addr,
		       sizeof(request->peer.v4));
	else if (info && info->client_addr->sa_family == AF_INET6)
		memcpy(&request->peer, info->client_addr,
		       sizeof(request->peer.v6));
	address_unmap(&request->peer);
	return framing_check(exchange, version);
}

static bool body_reserve(struct httpd_exchange *exchange, size_t size)
{
	size_t room = exchange->room ? exchange->room : BODY_ROOM_MIN;
	uint8_t *body;

	if (size <= exchange->room)
		return true;
	while (room < size)
		room *= 2;
	if (room > exchange->httpd->options.body_max)
		room = exchange->httpd->options.body_max;
	/* Bodies between our own parts hold keys. */
	body = OPENSSL_clear_realloc(exchange->body, exchange->room, room);
	if (!body)
		return false;
	exchange->body = body;
	exchange->room = room;
	return true;
}

/* What is too much is read and thrown away, so that the peer reads the answer. */
static void body_take(struct httpd_exchange *exchange, const char *data,
		      size_t size)
{
	struct httpd_request *request = &exchange->request;
	size_t left = exchange->httpd->options.body_max - request->body_size;

	if (exchange->refusal)
		return;
	if (size > left)
		exchange->refusal = MHD_HTTP_CONTENT_TOO_LARGE;
	else if (!body_reserve(exchange, request->body_size + size))
		exchange->refusal = MHD_HTTP_SERVICE_UNAVAILABLE;
	if (exchange->refusal) {
		OPENSSL_clear_free(exchange->body, exchange->room);
		exchange->body = NULL;
		exchange->room = 0;
		return;
	}
	memcpy(exchange->body + request->body_size, data, size);
	request->body_size += size;
}

static enum MHD_Result answer(struct httpd_exchange *exchange)
{
	if (exchange->failed || !exchange->response)
		return MHD_NO;
	httpd_client_wait(exchange->httpd, exchange->connection);
	return MHD_queue_response(exchange->connection, exchange->status,
				  exchange->response);
}

/* A copy of an answer's body, which may hold keys. */
struct reply_body {
	size_t size;
	uint8_t data[];
};

static void reply_body_free(void *argument)
{
	struct reply_body *body = argument;

	OPENSSL_clear_free(body, sizeof(*body) + body->size);
}

static struct MHD_Response *body_wrap(const void *data, size_t size)
{
	struct reply_body *body = OPENSSL_malloc(sizeof(*body) + size);
	struct MHD_Response *response;

	if (!body)
		return NULL;
	body->size = size;
	if (size)
		memcpy(body->data, data, size);
	response = MHD_create_response_from_buffer_with_free_callback_cls(
		size, body->data, reply_body_free, body);
	if (!response)
		reply_body_free(body);
	return response;
}

static struct MHD_Response *response_make(const struct httpd_header *headers,
					  const char *type, const void *body,
					  size_t size)
{
	struct MHD_Response *response = body_wrap(body, size);

	if (!response)
		return NULL;
	if (type &&
	    MHD_add_response_header(response, "Content-Type", type) != MHD_YES)
		goto failed;
	for (; headers && headers->name; headers++)
		if (MHD_add_response_header(response, headers->name,
					    headers->value) != MHD_YES)
			goto failed;
	return response;
failed:
	MHD_destroy_response(response);
	return NULL;
}

/* Of this file's own; what roles say goes by httpd_refuse(). */
static const char *status_sentence(unsigned int status)
{
	switch (status) {
	case MHD_HTTP_CONTENT_TOO_LARGE:
		return "the body is larger than this server accepts";
	case MHD_HTTP_NOT_IMPLEMENTED:
		return "the method or the transfer coding is not known";
	case MHD_HTTP_SERVICE_UNAVAILABLE:
		return "the server is stopping or has no memory";
	default:
		return "the request has no one meaning";
	}
}

static struct MHD_Response *problem_make(unsigned int status,
					 const struct httpd_header *headers,
					 const struct fault *fault)
{
	char detail[FAULT_TEXT_SIZE];
	struct MHD_Response *response = NULL;
	/* The detail with every character escaped, and the rest. */
	char text[2 * FAULT_TEXT_SIZE + 128];
	json_t *problem;
	size_t size;

	/* It may quote what a peer has sent; JSON is UTF-8. */
	strcpy(detail, fault->text);
	for (char *at = detail; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	problem = json_pack("{s:i, s:s, s:s}", "status", (int)status, "title",
			    fault_name(fault->code), "detail", detail);
	size = problem ? json_dumpb(problem, text, sizeof(text), JSON_COMPACT) :
			 0;
	if (size && size <= sizeof(text))
		response = response_make(headers, "application/problem+json",
					 text, size);
	json_decref(problem);
	return response;
}

static void answer_set(struct httpd_exchange *exchange, unsigned int status,
		       struct MHD_Response *response)
{
	if (exchange->response)
		MHD_destroy_response(exchange->response);
	exchange->response = response;
	exchange->status = status;
	exchange->failed = !response;
}

static enum MHD_Result refuse_self(struct httpd_exchange *exchange,
				   unsigned int status)
{
	struct fault fault = { 0 };

	fault_set(&fault,
		  status == MHD_HTTP_CONTENT_TOO_LARGE ? FAULT_LIMIT :
		  status == MHD_HTTP_NOT_IMPLEMENTED   ? FAULT_UNSUPPORTED :
							 FAULT_MALFORMED,
		  "%s", status_sentence(status));
	answer_set(exchange, status, problem_make(status, NULL, &fault));
	return answer(exchange);
}

static enum MHD_Result handle(struct httpd_exchange *exchange)
{
	struct httpd *httpd = exchange->httpd;

	exchange->request.body = exchange->request.body_size ? exchange->body :
							       NULL;
	/* The peer has done his part; whatever takes time now is ours. */
	httpd_client_serve(httpd, exchange->connection);
	exchange_list(exchange);
	exchange->calling = true;
	httpd->handler(httpd->argument, &exchange->request);
	exchange->calling = false;
	if (!exchange->owned)
		return answer(exchange);
	exchange->suspended = true;
	MHD_suspend_connection(exchange->connection);
	return MHD_YES;
}

enum MHD_Result httpd_exchange_take(void *argument,
				    struct MHD_Connection *connection,
				    const char *url, const char *method,
				    const char *version, const char *data,
				    size_t *size, void **context)
{
	struct httpd_exchange *exchange = *context;
	unsigned int status;

	(void)argument;
	(void)connection;
	(void)url;
	if (!exchange)
		return MHD_NO;
	if (exchange->response || exchange->failed)
		return answer(exchange);
	if (!exchange->started) {
		status = start(exchange, method, version);
		return status ? refuse_self(exchange, status) : MHD_YES;
	}
	if (*size) {
		body_take(exchange, data, *size);
		*size = 0;
		return MHD_YES;
	}
	if (exchange->refusal)
		return refuse_self(exchange, exchange->refusal);
	return handle(exchange);
}

static void resume(struct httpd_exchange *exchange)
{
	if (!exchange->suspended)
		return;
	exchange->suspended = false;
	MHD_resume_connection(exchange->connection);
	httpd_kick(exchange->httpd);
}

/* The handler's one answer; takes over @response, NULL closes the connection. */
static void reply(struct httpd_exchange *exchange, unsigned int status,
		  struct MHD_Response *response)
{
	exchange_unlist(exchange);
	if (exchange->connection && !exchange->response) {
		answer_set(exchange, status, response);
		resume(exchange);
		return;
	}
	if (response)
		MHD_destroy_response(response);
	if (!exchange->connection)
		exchange_free(exchange);
}

void httpd_reply(struct httpd_request *request, unsigned int status,
		 const struct httpd_header *headers, const char *type,
		 const void *body, size_t size)
{
	reply(exchange_of(request), status,
	      response_make(headers, type, body, size));
}

void httpd_refuse(struct httpd_request *request, unsigned int status,
		  const struct httpd_header *headers, const struct fault *fault)
{
	reply(exchange_of(request), status,
	      problem_make(status, headers, fault));
}

void httpd_exchanges_refuse(struct httpd *httpd)
{
	struct httpd_exchange *exchange, *next;
	const struct fault fault = { .code = FAULT_STATE,
				     .text = "the server is stopping" };

	for (exchange = httpd->exchanges; exchange; exchange = next) {
		next = exchange->next;
		exchange->orphaned = true;
		answer_set(exchange, MHD_HTTP_SERVICE_UNAVAILABLE,
			   problem_make(MHD_HTTP_SERVICE_UNAVAILABLE, NULL,
					&fault));
		resume(exchange);
	}
	httpd->exchanges = NULL;
}
