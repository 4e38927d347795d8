/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests between servers of one operator (Zh, Zn): JSON by HTTP POST. Both
 * sides have a key in common, 32 octets in a file, from which come the password
 * of HTTP Digest (SHA-256, auth-int, so that question and answer are
 * authenticated) and the key that wraps the keys in the answers (RFC 3394). TLS
 * underneath is welcome and not needed.
 *
 * A nonce count goes up with each request, so requests go one by one; questions
 * that come meanwhile go together in the next one: {"questions":[{...},...]}, and
 * {"answers":[{...},{"problem":{...}},...]} in the same order.
 */
#ifndef MBSEC_DAEMON_PEER_H
#define MBSEC_DAEMON_PEER_H

#include <jansson.h>
#include <stdbool.h>

#include "core/fault.h"
#include "core/secret.h"
#include "io/httpc.h"
#include "io/httpd.h"
#include "io/loop.h"

#define PEER_KEY_SIZE 32
#define PEER_NAME_SIZE 254

/* Server (peer_server.c) -------------------------------------------------- */

#define PEER_QUESTIONS_MAX 128 /* in one request */

struct peer_server;
struct peer_batch;

/**
 * struct peer_question - an authentic question, until it is answered
 * @name: who asks; the server's
 * @wrapping: wraps keys in the answer; the server's
 * @body: JSON object
 * @batch: it came with
 * @index: its place there
 */
struct peer_question {
	const char *name;
	const struct secret *wrapping;
	const json_t *body;
	struct peer_batch *batch;
	size_t index;
};

/* Answers by peer_reply() or peer_refuse(), once, now or later. */
typedef void (*peer_handler)(void *argument, struct peer_question *question);

/* Listens on @local. Returns NULL and a fault. */
struct peer_server *peer_server_new(struct loop *loop,
				    const union address *local,
				    const char *realm, peer_handler handler,
				    void *argument, struct fault *fault);
/* All questions have been answered by then. NULL is fine. */
void peer_server_free(struct peer_server *server);
/* Admits a peer, with its key in a file. Returns 0 or -1. */
int peer_server_add(struct peer_server *server, const char *name,
		    const char *key_file, struct fault *fault);
/* Takes over @answer. */
void peer_reply(struct peer_question *question, json_t *answer);
void peer_refuse(struct peer_question *question, const struct fault *fault);

/* Client (peer_client.c) -------------------------------------------------- */

struct peer_client;

/* @answer is NULL on failure; valid during the callback. */
typedef void (*peer_callback)(void *argument, const json_t *answer,
			      const struct fault *fault);

/* @name is ours at the peer at @url. Returns NULL and a fault. */
struct peer_client *peer_client_new(struct httpc *http, struct loop *loop,
				    const char *url, const char *name,
				    const char *key_file, struct fault *fault);
/* Open questions end without a callback. */
void peer_client_free(struct peer_client *client);
/* Takes over @question. The callback comes once and never from within this call.
 * Returns 0, or -1 and there is none: FAULT_LIMIT if too many are waiting.
 */
int peer_ask(struct peer_client *client, json_t *question,
	     peer_callback callback, void *argument, struct fault *fault);
/* Unwraps the keys of the answers. */
const struct secret *peer_client_wrapping(const struct peer_client *client);

/* Both (peer_key.c) ------------------------------------------------------- */

/* The code of a problem's title, FAULT_STATE if it has none that we know. */
enum fault_code peer_fault_code(const char *title);
/* Gives up what json_dumps() made; NULL is fine. */
void peer_text_free(char *text);
/* Password of Digest and wrapping key, from the key in a file. Returns 0 or -1
 * with both empty.
 */
int peer_keys_read(const char *key_file, struct secret *password,
		   struct secret *wrapping, struct fault *fault);
/* A key of 16 octets and more as base 64 of its wrapped form. @context binds it to
 * its place ("zn ks-naf B-TID"). NULL and a fault on failure.
 */
json_t *peer_key_wrap(const struct secret *wrapping, const char *context,
		      const struct secret *key, struct fault *fault);
/* The reverse of a string @json, which may be NULL. The caller clears @key. */
int peer_key_unwrap(const struct secret *wrapping, const char *context,
		    const json_t *json, struct secret *key,
		    struct fault *fault);

#endif
