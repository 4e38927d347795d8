/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/1.1 server: libmicrohttpd on our loop. It reads whole requests within
 * limits and hands them to a handler, which answers at once or later. It knows
 * nothing of authentication: that is core/digest.h and the role.
 */
#ifndef MBSEC_DAEMON_HTTPD_H
#define MBSEC_DAEMON_HTTPD_H

#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "core/fault.h"
#include "loop.h"

struct httpd;

/**
 * struct httpd_request - a whole request; lives until it is answered
 * @method: "GET", "POST", ...
 * @target: request target as in the request line, with the query
 * @path: @target up to the query, percent-decoded
 * @peer: who asks
 * @body: after transfer coding, NULL if @body_size is 0
 * @argument: for the handler, who also frees what it points to
 */
struct httpd_request {
	const char *method;
	const char *target;
	const char *path;
	union address peer;
	const void *body;
	size_t body_size;
	void *argument;
};

struct httpd_header {
	const char *name;
	const char *value;
};

/* Called once a request. It calls httpd_reply() or httpd_refuse(), now or later,
 * exactly once. If the client goes away before that, the request stays valid and
 * the answer is dropped.
 */
typedef void (*httpd_handler)(void *argument, struct httpd_request *request);

/**
 * struct httpd_options - limits; 0 for the default in brackets
 * @local: where to listen; port 0 for any
 * @body_max: octets of a body [65536]; more is answered by 413
 * @connections_max: at a time [4096], the rest waits in the system's queue
 * @connections_per_peer: at a time and address [256]
 * @timeout: seconds for a whole request, and between two [15]
 */
struct httpd_options {
	union address local;
	size_t body_max;
	unsigned int connections_max;
	unsigned int connections_per_peer;
	unsigned int timeout;
};

/* Returns NULL and a fault that names address and reason. */
struct httpd *httpd_open(struct loop *loop, const struct httpd_options *options,
			 httpd_handler handler, void *argument,
			 struct fault *fault);
/* Answers what is open with 503 and closes; not from a handler. Handlers still
 * answer what they have, to nobody: that frees the requests. NULL is fine.
 */
void httpd_close(struct httpd *httpd);
void httpd_local(const struct httpd *httpd, union address *local);

/* The value of a header, NULL if it is not there. If it is there more than once,
 * sets @fault to FAULT_MALFORMED and returns NULL: no header that we read may be.
 */
const char *httpd_header(const struct httpd_request *request, const char *name,
			 struct fault *fault);
/* Answers. Everything is copied. @type may be NULL if there is no body. @headers
 * ends with a NULL name, or is NULL. A failure closes the connection.
 */
void httpd_reply(struct httpd_request *request, unsigned int status,
		 const struct httpd_header *headers, const char *type,
		 const void *body, size_t size);
/* Answers with application/problem+json (RFC 9457): status, the fault's name as
 * title, its sentence as detail. For @headers see above.
 */
void httpd_refuse(struct httpd_request *request, unsigned int status,
		  const struct httpd_header *headers,
		  const struct fault *fault);

#endif
