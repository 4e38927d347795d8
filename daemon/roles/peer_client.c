// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/digest.h"
#include "roles/peer.h"

#define WAITING_MAX 65536
#define HEADER_SIZE 4096

/* A question on its way. */
struct call {
	peer_callback callback;
	void *argument;
	json_t *question;
	struct call *next;
};

struct peer_client {
	struct httpc *http;
	struct loop *loop;
	/* Ends with a slash; the target is the part after the host. */
	char *url;
	const char *target;
	char name[PEER_NAME_SIZE];
	struct secret password;
	struct secret wrapping;
	struct digest_session session;
	struct digest_credentials credentials;
	struct loop_timer timer;
	struct httpc_call *open;
	/* In the request, and after it. */
	struct call *sent;
	struct call *waiting;
	struct call **last;
	size_t waiting_count;
	char *body;
	/* One more attempt with the nonce of a 401. */
	bool again;
};

struct peer_client *peer_client_new(struct httpc *http, struct loop *loop,
				    const char *url, const char *name,
				    const char *key_file, struct fault *fault)
{
	struct peer_client *client = calloc(1, sizeof(*client));
	size_t length = strlen(url);

	if (client)
		client->url = malloc(length + 2);
	if (!client || !client->url) {
		free(client);
		fault_set(fault, FAULT_MEMORY, "no memory for a peer");
		return NULL;
	}
	client->http = http;
	client->loop = loop;
	client->last = &client->waiting;
	while (length && url[length - 1] == '/')
		length--;
	snprintf(client->url, length + 2, "%.*s/", (int)length, url);
	client->target = strchr(strstr(client->url, "://") + 3, '/');
	snprintf(client->name, sizeof(client->name), "%s", name);
	if (!peer_keys_read(key_file, &client->password, &client->wrapping,
			    fault))
		return client;
	peer_client_free(client);
	return NULL;
}

static void give_up(struct call *call)
{
	struct call *next;

	for (; call; call = next) {
		next = call->next;
		json_decref(call->question);
		free(call);
	}
}

void peer_client_free(struct peer_client *client)
{
	if (!client)
		return;
	loop_timer_stop(&client->timer);
	if (client->open)
		httpc_cancel(client->open);
	give_up(client->sent);
	give_up(client->waiting);
	peer_text_free(client->body);
	secret_clear(&client->password);
	secret_clear(&client->wrapping);
	free(client->url);
	free(client);
}

const struct secret *peer_client_wrapping(const struct peer_client *client)
{
	return &client->wrapping;
}

static void ask_next(void *argument);

/* Calls everybody of the request back, with the answers or the fault. */
static void finish(struct peer_client *client, const json_t *answers,
		   const struct fault *fault)
{
	struct call *call = client->sent, *next;
	const json_t *answer, *problem, *detail;
	struct fault refusal;
	size_t i;

	client->sent = NULL;
	peer_text_free(client->body);
	client->body = NULL;
	for (i = 0; call; call = next, i++) {
		next = call->next;
		answer = json_array_get(answers, i);
		problem = json_object_get(answer, "problem");
		if (problem) {
			detail = json_object_get(problem, "detail");
			refusal = (struct fault){ 0 };
			fault_set(&refusal,
				  peer_fault_code(json_string_value(
					  json_object_get(problem, "title"))),
				  "%s",
				  detail ? json_string_value(detail) :
					   "the peer refuses");
			call->callback(call->argument, NULL, &refusal);
		} else {
			call->callback(call->argument, answer,
				       answer ? NULL : fault);
		}
		call->next = NULL;
		give_up(call);
	}
	if (client->waiting)
		loop_timer_set(client->loop, &client->timer, 0, ask_next,
			       client);
}

/* Takes the challenge of a 401. */
static int take_challenge(struct peer_client *client,
			  const struct httpc_response *response,
			  struct fault *fault)
{
	static const struct digest_policy policy = {
		DIGEST_BIT(DIGEST_SHA256), DIGEST_BIT(DIGEST_AUTH_INT)
	};
	const char *header = httpc_header(response, "WWW-Authenticate");
	const struct digest_challenge *chosen;
	struct digest_challenge challenges[2];
	enum digest_qop qop;
	size_t count;

	if (!header)
		return fault_set(fault, FAULT_MALFORMED,
				 "the peer's 401 has no challenge");
	if (digest_challenges_parse(header, strlen(header), challenges, 2,
				    &count, fault) ||
	    digest_challenge_choose(challenges, count, &policy, &chosen, &qop,
				    fault))
		return -1;
	return digest_session_start(chosen, qop, chosen->realm,
				    &client->session, fault);
}

/* The answers, if they are authentic. The caller gives them up. */
static json_t *take_answers(struct peer_client *client,
			    const struct httpc_response *response,
			    struct fault *fault)
{
	const char *header = httpc_header(response, "Authentication-Info");
	struct digest_info info;
	json_t *document;

	if (!header) {
		fault_set(fault, FAULT_UNAUTHENTIC,
			  "the peer's answer has no Authentication-Info");
		return NULL;
	}
	if (digest_info_parse(header, strlen(header), &info, fault) ||
	    digest_info_verify(&client->session, &client->credentials, &info,
			       response->body, response->body_size,
			       &client->password, fault))
		return NULL;
	document = json_loadb(response->body, response->body_size,
			      JSON_REJECT_DUPLICATES, NULL);
	if (!document)
		fault_set(fault, FAULT_MALFORMED,
			  "the peer's answer is no JSON");
	return document;
}

static int send_body(struct peer_client *client, struct fault *fault);

static void on_response(void *argument, const struct httpc_response *response)
{
	struct peer_client *client = argument;
	struct fault fault = response->fault;
	json_t *document = NULL;

	client->open = NULL;
	if (response->status == 401 && client->again) {
		client->again = false;
		if (!take_challenge(client, response, &fault) &&
		    !send_body(client, &fault))
			return;
	} else if (response->status == 200) {
		document = take_answers(client, response, &fault);
	} else if (response->status) {
		fault_set(&fault,
			  response->status == 401 ? FAULT_UNAUTHENTIC :
						    FAULT_STATE,
			  "the peer answers with status %u", response->status);
	}
	if (!document && fault.code == FAULT_NONE)
		fault_set(&fault, FAULT_STATE, "the peer does not answer");
	finish(client, json_object_get(document, "answers"), &fault);
	json_decref(document);
}

/* The Authorization header, empty before the first challenge. */
static int authorize(struct peer_client *client, char *text, size_t room,
		     struct fault *fault)
{
	static const char name[] = "Authorization: ";
	const struct digest_request request = { "POST", client->target,
						client->body,
						strlen(client->body) };
	uint8_t random[16];
	char cnonce[33];
	size_t i;

	text[0] = '\0';
	if (!client->session.nonce[0])
		return 0;
	if (RAND_bytes(random, sizeof(random)) != 1)
		return fault_set(fault, FAULT_MEMORY, "there is no randomness");
	for (i = 0; i < sizeof(random); i++)
		snprintf(cnonce + 2 * i, 3, "%02x", random[i]);
	snprintf(text, room, "%s", name);
	return digest_credentials_build(&client->session, client->name, cnonce,
					&request, &client->password,
					&client->credentials, fault) ||
			       digest_credentials_write(&client->credentials,
							text + strlen(name),
							room - strlen(name),
							fault) ?
		       -1 :
		       0;
}

static int send_body(struct peer_client *client, struct fault *fault)
{
	static const char type[] = "Content-Type: application/json";
	char authorization[HEADER_SIZE];
	const char *const first[] = { type, NULL };
	const char *const headers[] = { type, authorization, NULL };
	struct httpc_request request = {
		.method = "POST",
		.url = client->url,
		.headers = headers,
		.body = client->body,
		.body_size = strlen(client->body),
	};

	if (authorize(client, authorization, sizeof(authorization), fault))
		return -1;
	if (!authorization[0])
		request.headers = first;
	client->open =
		httpc_send(client->http, &request, on_response, client, fault);
	return client->open ? 0 : -1;
}

/* All that wait go into one request. */
static json_t *collect(struct peer_client *client)
{
	json_t *questions = json_array();
	struct call **last = &client->waiting;
	size_t i;

	for (i = 0; *last && i < PEER_QUESTIONS_MAX; i++) {
		if (json_array_append(questions, (*last)->question))
			break;
		last = &(*last)->next;
	}
	client->sent = client->waiting;
	client->waiting = *last;
	*last = NULL;
	if (!client->waiting)
		client->last = &client->waiting;
	client->waiting_count -= i;
	return json_pack("{s:o}", "questions", questions);
}

static void ask_next(void *argument)
{
	struct peer_client *client = argument;
	struct fault fault = { 0 };
	json_t *document;

	if (client->sent || !client->waiting)
		return;
	document = collect(client);
	client->body = document ? json_dumps(document, JSON_COMPACT) : NULL;
	json_decref(document);
	client->again = true;
	if (!client->body)
		fault_set(&fault, FAULT_MEMORY, "no memory for a question");
	else if (!send_body(client, &fault))
		return;
	finish(client, NULL, &fault);
}

int peer_ask(struct peer_client *client, json_t *question,
	     peer_callback callback, void *argument, struct fault *fault)
{
	struct call *call;

	if (client->waiting_count == WAITING_MAX) {
		json_decref(question);
		return fault_set(fault, FAULT_LIMIT,
				 "too many questions wait for the peer");
	}
	call = question ? malloc(sizeof(*call)) : NULL;
	if (!call) {
		json_decref(question);
		return fault_set(fault, FAULT_MEMORY,
				 "no memory for a question");
	}
	*call = (struct call){ callback, argument, question, NULL };
	*client->last = call;
	client->last = &call->next;
	client->waiting_count++;
	if (!client->sent)
		loop_timer_set(client->loop, &client->timer, 0, ask_next,
			       client);
	return 0;
}
