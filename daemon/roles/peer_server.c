// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/digest.h"
#include "core/digest_nonce.h"
#include "roles/peer.h"

#define PEERS_MAX 64
#define HEADER_SIZE 4096
#define MICROSECONDS UINT64_C(1000000)

struct peer {
	char name[PEER_NAME_SIZE];
	struct secret password;
	struct secret wrapping;
	struct digest_nonce nonce;
};

struct peer_server {
	struct digest_server digest;
	struct httpd *httpd;
	peer_handler handler;
	void *argument;
	struct peer peers[PEERS_MAX];
	size_t count;
};

/* One request. */
struct peer_batch {
	struct peer_server *server;
	struct peer *peer;
	struct httpd_request *http;
	struct digest_credentials credentials;
	json_t *body;
	json_t *answers;
	size_t open;
	struct peer_question questions[PEER_QUESTIONS_MAX];
};

static uint64_t now_microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * MICROSECONDS +
	       (uint64_t)now.tv_nsec / 1000;
}

static int setup_digest(struct digest_server *digest, const char *realm,
			struct fault *fault)
{
	uint8_t key[DIGEST_NONCE_KEY_SIZE];
	int status;

	*digest = (struct digest_server){
		.algorithm = DIGEST_SHA256,
		.qops = DIGEST_BIT(DIGEST_AUTH_INT),
		.count_max = UINT32_MAX,
		.lifetime = 86400 * MICROSECONDS,
	};
	snprintf(digest->realm, sizeof(digest->realm), "%s", realm);
	status = RAND_bytes(key, sizeof(key)) != 1 ||
		 secret_set(&digest->nonce_key, key, sizeof(key));
	OPENSSL_cleanse(key, sizeof(key));
	return status ? fault_set(fault, FAULT_MEMORY,
				  "there is no key for the peers' nonces") :
			0;
}

static void handle(void *argument, struct httpd_request *request);

struct peer_server *peer_server_new(struct loop *loop,
				    const union address *local,
				    const char *realm, peer_handler handler,
				    void *argument, struct fault *fault)
{
	const struct httpd_options options = { .local = *local,
					       .timeout = 300 };
	struct peer_server *server = calloc(1, sizeof(*server));

	if (!server) {
		fault_set(fault, FAULT_MEMORY, "no memory for peers");
		return NULL;
	}
	server->handler = handler;
	server->argument = argument;
	if (!setup_digest(&server->digest, realm, fault))
		server->httpd =
			httpd_open(loop, &options, handle, server, fault);
	if (server->httpd)
		return server;
	peer_server_free(server);
	return NULL;
}

void peer_server_free(struct peer_server *server)
{
	size_t i;

	if (!server)
		return;
	httpd_close(server->httpd);
	for (i = 0; i < server->count; i++) {
		secret_clear(&server->peers[i].password);
		secret_clear(&server->peers[i].wrapping);
	}
	secret_clear(&server->digest.nonce_key);
	free(server);
}

int peer_server_add(struct peer_server *server, const char *name,
		    const char *key_file, struct fault *fault)
{
	struct peer *peer = &server->peers[server->count];

	if (server->count == PEERS_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "there are more than %d peers", PEERS_MAX);
	if (peer_keys_read(key_file, &peer->password, &peer->wrapping, fault))
		return -1;
	snprintf(peer->name, sizeof(peer->name), "%s", name);
	server->count++;
	return 0;
}

static struct peer *find(struct peer_server *server, const char *name)
{
	size_t i;

	for (i = 0; i < server->count; i++)
		if (!strcmp(server->peers[i].name, name))
			return &server->peers[i];
	return NULL;
}

/* 401 with a fresh nonce. */
static void challenge(struct peer_server *server, struct httpd_request *http,
		      bool stale, const struct fault *fault)
{
	struct digest_challenge challenge;
	uint8_t random[DIGEST_NONCE_RANDOM_SIZE];
	char text[HEADER_SIZE];
	const struct httpd_header headers[] = {
		{ "WWW-Authenticate", text },
		{ NULL, NULL },
	};

	if (RAND_bytes(random, sizeof(random)) != 1 ||
	    digest_server_challenge(&server->digest, now_microseconds(), random,
				    stale, &challenge, NULL) ||
	    digest_challenge_write(&challenge, text, sizeof(text), NULL))
		httpd_refuse(http, 500, NULL, fault);
	else
		httpd_refuse(http, 401, headers, fault);
}

/* Returns 0, or -1 and the request has been answered. */
static int authenticate(struct peer_batch *batch)
{
	struct httpd_request *http = batch->http;
	const struct digest_request request = { http->method, http->target,
						http->body, http->body_size };
	struct peer_server *server = batch->server;
	struct fault fault = { 0 };
	const char *header;

	header = httpd_header(http, "Authorization", &fault);
	if (!header) {
		if (fault.code == FAULT_NONE)
			fault_set(&fault, FAULT_UNAUTHENTIC,
				  "the request has no credentials");
	} else if (!digest_credentials_parse(header, strlen(header),
					     &batch->credentials, &fault)) {
		batch->peer = find(server, batch->credentials.username);
		if (!batch->peer)
			fault_set(&fault, FAULT_UNAUTHENTIC,
				  "the peer is not known here");
		else if (!digest_server_verify(&server->digest,
					       &batch->peer->nonce,
					       &batch->credentials, &request,
					       &batch->peer->password,
					       now_microseconds(), &fault))
			return 0;
	}
	challenge(server, http, fault.code == FAULT_REPLAYED, &fault);
	return -1;
}

static void batch_free(struct peer_batch *batch)
{
	json_decref(batch->body);
	json_decref(batch->answers);
	free(batch);
}

/* All questions are answered. */
static void batch_end(struct peer_batch *batch)
{
	struct peer_server *server = batch->server;
	struct digest_info info;
	char text[HEADER_SIZE];
	const struct httpd_header headers[] = {
		{ "Authentication-Info", text },
		{ NULL, NULL },
	};
	struct fault fault = { 0 };
	json_t *document;
	char *body;

	document = json_pack("{s:O}", "answers", batch->answers);
	body = document ? json_dumps(document, JSON_COMPACT) : NULL;
	if (!body)
		fault_set(&fault, FAULT_MEMORY, "no memory for the answers");
	if (body &&
	    !digest_server_info(&server->digest, &batch->credentials, body,
				strlen(body), &batch->peer->password, NULL,
				&info, &fault) &&
	    !digest_info_write(&info, text, sizeof(text), &fault))
		httpd_reply(batch->http, 200, headers, "application/json", body,
			    strlen(body));
	else
		httpd_refuse(batch->http, 500, NULL, &fault);
	json_decref(document);
	peer_text_free(body);
	batch_free(batch);
}

static void answer(struct peer_question *question, json_t *answer)
{
	struct peer_batch *batch = question->batch;

	json_array_set_new(batch->answers, question->index,
			   answer ? answer : json_object());
	if (!--batch->open)
		batch_end(batch);
}

void peer_reply(struct peer_question *question, json_t *json)
{
	answer(question, json);
}

void peer_refuse(struct peer_question *question, const struct fault *fault)
{
	answer(question,
	       json_pack("{s:{s:s,s:s}}", "problem", "title",
			 fault_name(fault->code), "detail", fault->text));
}

static int read_questions(struct peer_batch *batch, struct fault *fault)
{
	const json_t *questions, *body;
	size_t i, count;

	batch->body = json_loadb(batch->http->body, batch->http->body_size,
				 JSON_REJECT_DUPLICATES, NULL);
	questions = json_object_get(batch->body, "questions");
	count = json_array_size(questions);
	batch->answers = json_array();
	if (!count || count > PEER_QUESTIONS_MAX || !batch->answers)
		return fault_set(fault, FAULT_MALFORMED,
				 "questions: has to be an array of 1 to %d "
				 "objects",
				 PEER_QUESTIONS_MAX);
	for (i = 0; i < count; i++) {
		body = json_array_get(questions, i);
		if (!json_is_object(body) ||
		    json_array_append_new(batch->answers, json_null()))
			return fault_set(fault, FAULT_MALFORMED,
					 "questions: entry %zu is no object",
					 i);
		batch->questions[i] = (struct peer_question){
			.name = batch->peer->name,
			.wrapping = &batch->peer->wrapping,
			.body = body,
			.batch = batch,
			.index = i,
		};
	}
	batch->open = count;
	return 0;
}

static void handle(void *argument, struct httpd_request *request)
{
	struct peer_batch *batch = calloc(1, sizeof(*batch));
	struct peer_server *server = argument;
	struct fault fault = { 0 };
	size_t i, count;

	if (!batch) {
		fault_set(&fault, FAULT_MEMORY, "no memory for a request");
		httpd_refuse(request, 503, NULL, &fault);
		return;
	}
	batch->server = server;
	batch->http = request;
	if (authenticate(batch)) {
		batch_free(batch);
		return;
	}
	if (strcmp(request->method, "POST"))
		fault_set(&fault, FAULT_UNSUPPORTED, "the method is not POST");
	else
		read_questions(batch, &fault);
	if (fault.code != FAULT_NONE) {
		httpd_refuse(request, 400, NULL, &fault);
		batch_free(batch);
		return;
	}
	/* The last answer ends the batch, perhaps within the loop. */
	count = batch->open;
	batch->open++;
	for (i = 0; i < count; i++)
		server->handler(server->argument, &batch->questions[i]);
	if (!--batch->open)
		batch_end(batch);
}
