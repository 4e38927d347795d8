/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP client: libcurl's multi interface on our loop. No redirects, no
 * authentication of its own, no proxies from the environment, bounded bodies.
 */
#ifndef MBSEC_DAEMON_HTTPC_H
#define MBSEC_DAEMON_HTTPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/fault.h"
#include "loop.h"

struct httpc;
struct httpc_call;

/**
 * struct httpc_options - 0 for the default in brackets
 * @device: leave by this interface, NULL for the system's choice
 * @timeout: seconds for a whole exchange [10]
 * @body_max: octets of an answer [65536]
 * @connections_per_host: at a time [128]
 */
struct httpc_options {
	const char *device;
	unsigned int timeout;
	size_t body_max;
	unsigned int connections_per_host;
};

/**
 * struct httpc_request - all is copied
 * @method: "GET", "POST"
 * @url: absolute, http or https
 * @headers: lines "Name: value", NULL at the end, or NULL
 * @body: NULL if @body_size is 0
 */
struct httpc_request {
	const char *method;
	const char *url;
	const char *const *headers;
	const void *body;
	size_t body_size;
};

/**
 * struct httpc_response - valid during the callback
 * @status: of HTTP, or 0 if there was no answer, then see @fault
 * @body: NULL if @body_size is 0
 * @fault: why there was no (usable) answer
 */
struct httpc_response {
	unsigned int status;
	const void *body;
	size_t body_size;
	struct fault fault;
	void *headers; /* for httpc_header() */
};

typedef void (*httpc_callback)(void *argument,
			       const struct httpc_response *response);

struct httpc *httpc_new(struct loop *loop, const struct httpc_options *options,
			struct fault *fault);
/* Calls that are open end without a callback. NULL is fine. */
void httpc_free(struct httpc *httpc);
/* Starts a call; @callback comes once, never before this returns. Returns NULL
 * and a fault if it cannot even start, and then there is no callback.
 */
struct httpc_call *httpc_send(struct httpc *httpc,
			      const struct httpc_request *request,
			      httpc_callback callback, void *argument,
			      struct fault *fault);
/* No callback will come. */
void httpc_cancel(struct httpc_call *call);
/* The value of a header (of all of this name, joined by ", "), NULL if it is not
 * there.
 */
const char *httpc_header(const struct httpc_response *response,
			 const char *name);

#endif
