// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <linux/mbsec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "core/base64.h"
#include "log.h"
#include "role.h"
#include "roles/mbstf_remote.h"

#define AREA "mbstf"
#define MESSAGE_MAX 1024
/* A host that cannot be reached is tried again, and complained about, this often. */
#define AGAIN 2000

struct flow {
	LIST_ENTRY(flow) link;
	struct mbstf_flow flow;
	/* Of SRTP; NULL before it has named any. */
	struct mbstf_source *sources;
	size_t source_count;
};

LIST_HEAD(flows, flow);

/* A key that the kernel there has to give up, until it is known to have. */
struct deletion {
	LIST_ENTRY(deletion) link;
	struct mbstf_remote *remote;
	int64_t flow;
	uint32_t msk_id;
	uint16_t mtk_id;
	bool asked;
};

LIST_HEAD(deletions, deletion);

struct mbstf_remote {
	struct loop *loop;
	struct peer_client *peer;
	char name[PEER_NAME_SIZE];
	struct flows flows;
	struct deletions deletions;
	mbstf_callback callback;
	void *argument;
	/* It does not know what it should: nothing but streams is sent to it. */
	bool lost;
	unsigned int open;
	struct loop_timer timer;
};

void mbstf_key_context(char context[MBSTF_CONTEXT_SIZE], int64_t flow,
		       uint32_t msk_id, uint16_t mtk_id, bool salt)
{
	snprintf(context, MBSTF_CONTEXT_SIZE, "mbstf %" PRId64 " %08x %u%s",
		 flow, msk_id, mtk_id, salt ? " salt" : "");
}

static struct flow *flow_find(const struct mbstf_remote *remote, int64_t id)
{
	struct flow *flow;

	for (flow = LIST_FIRST(&remote->flows); flow;
	     flow = LIST_NEXT(flow, link))
		if (flow->flow.id == id)
			return flow;
	return NULL;
}

static void flow_free(struct flow *flow)
{
	LIST_REMOVE(flow, link);
	free(flow->sources);
	free(flow);
}

struct mbstf_remote *mbstf_remote_new(struct daemon *daemon, const char *name,
				      const char *url, const char *key_file,
				      mbstf_callback callback, void *argument,
				      struct fault *fault)
{
	struct mbstf_remote *remote = calloc(1, sizeof(*remote));

	if (!remote) {
		fault_set(fault, FAULT_MEMORY, "no memory for a sender");
		return NULL;
	}
	remote->loop = daemon->loop;
	remote->callback = callback;
	remote->argument = argument;
	LIST_INIT(&remote->flows);
	LIST_INIT(&remote->deletions);
	snprintf(remote->name, sizeof(remote->name), "%s", name);
	remote->peer = peer_client_new(daemon->http, daemon->loop, url, "bmsc",
				       key_file, fault);
	if (remote->peer)
		return remote;
	free(remote);
	return NULL;
}

void mbstf_remote_free(struct mbstf_remote *remote)
{
	struct deletion *deletion;

	if (!remote)
		return;
	loop_timer_stop(&remote->timer);
	peer_client_free(remote->peer);
	while (!LIST_EMPTY(&remote->flows))
		flow_free(LIST_FIRST(&remote->flows));
	while ((deletion = LIST_FIRST(&remote->deletions))) {
		LIST_REMOVE(deletion, link);
		free(deletion);
	}
	free(remote);
}

const char *mbstf_remote_name(const struct mbstf_remote *remote)
{
	return remote->name;
}

static void take_events(struct mbstf_remote *remote, const json_t *answer)
{
	const json_t *events = json_object_get(answer, "events"), *event;
	const char *name;
	int64_t flow;
	size_t i;

	json_array_foreach(events, i, event)
	{
		flow = json_integer_value(json_object_get(event, "flow"));
		name = json_string_value(json_object_get(event, "event"));
		if (name && flow)
			remote->callback(remote->argument,
					 strcmp(name, "rotate") ? MBSTF_RENEW :
								  MBSTF_ROTATE,
					 flow);
	}
}

static int64_t number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* All that the kernel there knows of the stream. */
static void take_sources(struct mbstf_remote *remote, const json_t *answer)
{
	const json_t *list = json_object_get(answer, "sources"), *source;
	struct flow *flow = flow_find(remote, number_of(answer, "flow"));
	size_t i;

	if (!flow || !json_is_array(list))
		return;
	if (!flow->sources)
		flow->sources =
			calloc(MBSTF_SOURCES_MAX, sizeof(*flow->sources));
	flow->source_count = 0;
	json_array_foreach(list, i, source)
	{
		if (!flow->sources || i == MBSTF_SOURCES_MAX)
			break;
		flow->sources[flow->source_count++] = (struct mbstf_source){
			.ssrc = (uint32_t)number_of(source, "ssrc"),
			.roc = (uint32_t)number_of(source, "roc"),
			.sequence = (uint16_t)number_of(source, "sequence"),
		};
	}
}

size_t mbstf_remote_sources(const struct mbstf_remote *remote, int64_t id,
			    const struct mbstf_source **sources)
{
	const struct flow *flow = flow_find(remote, id);

	*sources = flow ? flow->sources : NULL;
	return flow ? flow->source_count : 0;
}

static void restore(void *argument);

static void lose(struct mbstf_remote *remote, const struct fault *fault)
{
	struct flow *flow;

	/* Where its sources stand becomes wrong soon; members guess better. */
	for (flow = LIST_FIRST(&remote->flows); flow;
	     flow = LIST_NEXT(flow, link))
		flow->source_count = 0;
	if (!remote->lost)
		log_error(AREA, "sender-lost", LOG_TEXT("name", remote->name),
			  LOG_TEXT("reason", fault->text));
	remote->lost = true;
	loop_timer_set(remote->loop, &remote->timer, AGAIN, restore, remote);
}

static void on_answer(void *argument, const json_t *answer,
		      const struct fault *fault)
{
	struct mbstf_remote *remote = argument;

	if (answer) {
		take_events(remote, answer);
		take_sources(remote, answer);
	} else {
		lose(remote, fault);
	}
}

/* Takes over @question. */
static int ask(struct mbstf_remote *remote, json_t *question,
	       peer_callback callback, struct fault *fault)
{
	return peer_ask(remote->peer, question, callback, remote, fault);
}

static json_t *mtk_question(const char *command, int64_t flow, uint32_t msk_id,
			    uint16_t mtk_id)
{
	char msk[9];

	snprintf(msk, sizeof(msk), "%08x", msk_id);
	return json_pack("{s:s, s:I, s:s, s:i}", "command", command, "flow",
			 (json_int_t)flow, "msk-id", msk, "mtk-id", mtk_id);
}

static void on_deleted(void *argument, const json_t *answer,
		       const struct fault *fault)
{
	struct deletion *deletion = argument;
	struct mbstf_remote *remote = deletion->remote;

	if (answer) {
		LIST_REMOVE(deletion, link);
		free(deletion);
	} else {
		deletion->asked = false;
	}
	on_answer(remote, answer, fault);
}

static void delete_all(struct mbstf_remote *remote)
{
	struct deletion *deletion;
	struct fault fault = { 0 };
	json_t *question;

	for (deletion = LIST_FIRST(&remote->deletions); deletion;
	     deletion = LIST_NEXT(deletion, link)) {
		if (deletion->asked)
			continue;
		question = mtk_question("mtk-delete", deletion->flow,
					deletion->msk_id, deletion->mtk_id);
		deletion->asked = !peer_ask(remote->peer, question, on_deleted,
					    deletion, &fault);
	}
}

static json_t *flow_question(const struct mbstf_flow *flow)
{
	char group[ADDRESS_TEXT_SIZE], source[ADDRESS_TEXT_SIZE];
	json_t *question;

	address_text(&flow->group, group);
	if (flow->source.family)
		address_text(&flow->source, source);
	question = json_pack("{s:s, s:I, s:s, s:s?, s:s, s:i, s:i}", "command",
			     "flow-add", "flow", (json_int_t)flow->id, "group",
			     group, "source",
			     flow->source.family ? source : NULL, "device",
			     flow->device, "mtk-port", flow->mtk_port, "suite",
			     (int)flow->suite);
	if (flow->format == MBSEC_FORMAT_SRTP) {
		json_object_set_new(question, "format", json_string("srtp"));
		json_object_set_new(question, "rtcp-port",
				    json_integer(flow->rtcp_port));
		json_object_set_new(question, "roc-rate",
				    json_integer(flow->roc_rate));
	} else {
		json_object_set_new(question, "sender-id",
				    json_integer(flow->sender_id));
	}
	return question;
}

/* The answers to all streams have come: fresh MTKs for all of them. */
static void on_restored(void *argument, const json_t *answer,
			const struct fault *fault)
{
	struct mbstf_remote *remote = argument;
	struct flow *flow, *next;

	remote->open--;
	if (!answer) {
		lose(remote, fault);
		return;
	}
	if (remote->open)
		return;
	remote->lost = false;
	log_info(AREA, "sender-restored", LOG_TEXT("name", remote->name));
	delete_all(remote);
	for (flow = LIST_FIRST(&remote->flows); flow; flow = next) {
		next = LIST_NEXT(flow, link);
		remote->callback(remote->argument, MBSTF_RENEW, flow->flow.id);
	}
}

static void restore(void *argument)
{
	struct mbstf_remote *remote = argument;
	struct fault fault = { 0 };
	struct flow *flow;

	if (remote->open)
		return;
	for (flow = LIST_FIRST(&remote->flows); flow;
	     flow = LIST_NEXT(flow, link)) {
		if (ask(remote, flow_question(&flow->flow), on_restored,
			&fault)) {
			lose(remote, &fault);
			return;
		}
		remote->open++;
	}
	if (!remote->open)
		remote->lost = false;
}

int mbstf_remote_flow_add(struct mbstf_remote *remote,
			  const struct mbstf_flow *record, struct fault *fault)
{
	struct flow *flow = calloc(1, sizeof(*flow));

	if (!flow)
		return fault_set(fault, FAULT_MEMORY, "no memory for a stream");
	flow->flow = *record;
	LIST_INSERT_HEAD(&remote->flows, flow, link);
	/* Otherwise it is among those that are restored. */
	if (remote->lost)
		return 0;
	return ask(remote, flow_question(record), on_answer, fault);
}

/* One that is lost gets fresh ones when it is back. */
static int tell(struct mbstf_remote *remote, json_t *question,
		struct fault *fault)
{
	if (!remote->lost)
		return ask(remote, question, on_answer, fault);
	json_decref(question);
	return 0;
}

void mbstf_remote_flow_delete(struct mbstf_remote *remote, int64_t id)
{
	struct flow *flow = flow_find(remote, id);

	if (!flow)
		return;
	flow_free(flow);
	tell(remote,
	     json_pack("{s:s, s:I}", "command", "flow-delete", "flow",
		       (json_int_t)id),
	     NULL);
}

int mbstf_remote_mtk_add(struct mbstf_remote *remote, int64_t flow,
			 uint32_t msk_id, uint16_t mtk_id,
			 const struct secret *mtk, const struct secret *salt,
			 struct fault *fault)
{
	json_t *question = mtk_question("mtk-add", flow, msk_id, mtk_id);
	const struct secret *wrapping = peer_client_wrapping(remote->peer);
	char context[MBSTF_CONTEXT_SIZE], of_salt[MBSTF_CONTEXT_SIZE];
	struct secret padded = { 0 };
	int failed;

	mbstf_key_context(context, flow, msk_id, mtk_id, false);
	mbstf_key_context(of_salt, flow, msk_id, mtk_id, true);
	failed = secret_set_sized(&padded, salt, MBSTF_SALT_PADDED) ||
		 json_object_set_new(question, "mtk",
				     peer_key_wrap(wrapping, context, mtk,
						   fault)) ||
		 json_object_set_new(question, "salt",
				     peer_key_wrap(wrapping, of_salt, &padded,
						   fault));
	secret_clear(&padded);
	if (failed) {
		json_decref(question);
		return fault_set(fault, FAULT_MEMORY, "no memory for an MTK");
	}
	return tell(remote, question, fault);
}

int mbstf_remote_mtk_activate(struct mbstf_remote *remote, int64_t flow,
			      uint32_t msk_id, uint16_t mtk_id,
			      struct fault *fault)
{
	return tell(remote, mtk_question("mtk-activate", flow, msk_id, mtk_id),
		    fault);
}

void mbstf_remote_mtk_delete(struct mbstf_remote *remote, int64_t flow,
			     uint32_t msk_id, uint16_t mtk_id)
{
	struct deletion *deletion = malloc(sizeof(*deletion));

	if (!deletion)
		return;
	*deletion = (struct deletion){ .remote = remote,
				       .flow = flow,
				       .msk_id = msk_id,
				       .mtk_id = mtk_id };
	LIST_INSERT_HEAD(&remote->deletions, deletion, link);
	if (!remote->lost)
		delete_all(remote);
}

int mbstf_remote_send(struct mbstf_remote *remote, int64_t flow,
		      const void *data, size_t size, struct fault *fault)
{
	char text[BASE64_LENGTH(MESSAGE_MAX) + 1];

	if (size > MESSAGE_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "an MTK message is too long");
	if (base64_encode(data, size, text, sizeof(text), fault))
		return -1;
	return tell(remote,
		    json_pack("{s:s, s:I, s:s}", "command", "send", "flow",
			      (json_int_t)flow, "message", text),
		    fault);
}
