// SPDX-License-Identifier: GPL-2.0-or-later
/* What a BM-SC on another host tells this sender: mbstf_remote.h. */
#include <linux/mbsec.h>
#include <stdlib.h>
#include <string.h>

#include "config_value.h"
#include "core/base64.h"
#include "core/ids.h"
#include "roles/mbstf_remote.h"

#define REALM "mbstf"
#define BMSC_NAME "bmsc"
#define EVENTS_MAX 1024
#define MESSAGE_MAX 1024

struct mbstf_server {
	struct mbstf *mbstf;
	struct peer_server *peers;
	/* For the next answer. */
	json_t *events;
};

static void on_event(void *argument, enum mbstf_event event, int64_t flow)
{
	struct mbstf_server *server = argument;

	if (json_array_size(server->events) < EVENTS_MAX)
		json_array_append_new(
			server->events,
			json_pack("{s:I, s:s}", "flow", (json_int_t)flow,
				  "event",
				  event == MBSTF_ROTATE ? "rotate" : "renew"));
}

static int read_number(const json_t *body, const char *name, int64_t min,
		       int64_t max, int64_t *number, struct fault *fault)
{
	const json_t *json = json_object_get(body, name);

	*number = json_integer_value(json);
	if (json_is_integer(json) && *number >= min && *number <= max)
		return 0;
	return fault_set(fault, FAULT_MALFORMED, "%s: is no number in range",
			 name);
}

static const char *text_of(const json_t *body, const char *name)
{
	const char *text = json_string_value(json_object_get(body, name));

	return text ? text : "";
}

/* What differs between SFrame, which is meant if there is no format, and SRTP. */
static int read_format(const json_t *body, struct mbstf_flow *flow,
		       struct fault *fault)
{
	int64_t sender = 0, rtcp_port = 0, roc_rate = 0;

	if (!json_object_get(body, "format")) {
		flow->format = MBSEC_FORMAT_SFRAME;
		if (read_number(body, "sender-id", 256, UINT16_MAX, &sender,
				fault))
			return -1;
		flow->sender_id = (uint16_t)sender;
		return 0;
	}
	if (strcmp(text_of(body, "format"), "srtp"))
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "format: is not srtp");
	if (read_number(body, "rtcp-port", 0, UINT16_MAX, &rtcp_port, fault) ||
	    read_number(body, "roc-rate", 0, UINT16_MAX, &roc_rate, fault))
		return -1;
	flow->format = MBSEC_FORMAT_SRTP;
	flow->rtcp_port = (uint16_t)rtcp_port;
	flow->roc_rate = (uint16_t)roc_rate;
	return 0;
}

static int flow_add(struct mbstf_server *server, const json_t *body, int64_t id,
		    struct fault *fault)
{
	const char *device = text_of(body, "device");
	struct mbstf_flow flow = { .id = id };
	int64_t port, suite;

	if (config_address("group", text_of(body, "group"), 0, &flow.group,
			   fault) ||
	    read_number(body, "mtk-port", 1, UINT16_MAX, &port, fault) ||
	    read_number(body, "suite", 1, UINT16_MAX, &suite, fault) ||
	    read_format(body, &flow, fault))
		return -1;
	if (json_is_string(json_object_get(body, "source")) &&
	    config_address("source", text_of(body, "source"), 0, &flow.source,
			   fault))
		return -1;
	if (!address_is_multicast(&flow.group) ||
	    strlen(device) >= sizeof(flow.device))
		return fault_set(fault, FAULT_MALFORMED,
				 "group: is no multicast group, or the name of "
				 "the device is too long");
	strcpy(flow.device, device);
	flow.mtk_port = (uint16_t)port;
	flow.suite = (uint32_t)suite;
	return mbstf_flow_add(server->mbstf, &flow, fault);
}

struct mtk_name {
	int64_t flow;
	uint32_t msk_id;
	uint16_t mtk_id;
};

static int read_mtk(const json_t *body, struct mtk_name *name,
		    struct fault *fault)
{
	const char *text = text_of(body, "msk-id");
	int64_t mtk_id;

	if (read_number(body, "mtk-id", 1, UINT16_MAX, &mtk_id, fault))
		return -1;
	if (strlen(text) != 8 || strspn(text, "0123456789abcdef") != 8)
		return fault_set(fault, FAULT_MALFORMED,
				 "msk-id: is not 8 hex digits");
	name->msk_id = (uint32_t)strtoul(text, NULL, 16);
	name->mtk_id = (uint16_t)mtk_id;
	return 0;
}

/* The salt without what it was padded with. */
static int salt_read(const struct peer_question *question,
		     const struct mtk_name *name, struct secret *salt,
		     struct fault *fault)
{
	const json_t *json = json_object_get(question->body, "salt");
	char context[MBSTF_CONTEXT_SIZE];
	struct secret padded = { 0 };
	int failed;

	/* A BM-SC of an earlier version sends none; SFrame needs none. */
	if (!json)
		return 0;
	mbstf_key_context(context, name->flow, name->msk_id, name->mtk_id,
			  true);
	failed = peer_key_unwrap(question->wrapping, context, json, &padded,
				 fault) ||
		 secret_check(&padded, MBSTF_SALT_PADDED, "salt", fault) ||
		 secret_set_sized(salt, &padded, MTK_SALT_SIZE);
	secret_clear(&padded);
	return failed ? -1 : 0;
}

static int mtk_add(struct mbstf_server *server,
		   const struct peer_question *question,
		   const struct mtk_name *name, struct fault *fault)
{
	char context[MBSTF_CONTEXT_SIZE];
	struct secret mtk = { 0 }, salt = { 0 };
	int status = -1;

	mbstf_key_context(context, name->flow, name->msk_id, name->mtk_id,
			  false);
	if (!peer_key_unwrap(question->wrapping, context,
			     json_object_get(question->body, "mtk"), &mtk,
			     fault) &&
	    !salt_read(question, name, &salt, fault))
		status = mbstf_mtk_add(server->mbstf, name->flow, name->msk_id,
				       name->mtk_id, &mtk,
				       salt.size ? &salt : NULL, fault);
	secret_clear(&mtk);
	secret_clear(&salt);
	return status;
}

static int send_message(struct mbstf_server *server, const json_t *body,
			int64_t flow, struct fault *fault)
{
	const char *text = text_of(body, "message");
	uint8_t message[MESSAGE_MAX];
	size_t size;

	if (base64_decode(text, strlen(text), message, sizeof(message), &size,
			  "message", fault))
		return -1;
	return mbstf_send(server->mbstf, flow, message, size, fault);
}

static int run_mtk(struct mbstf_server *server,
		   const struct peer_question *question, const char *command,
		   int64_t flow, struct fault *fault)
{
	struct mtk_name name = { .flow = flow };

	if (read_mtk(question->body, &name, fault))
		return -1;
	if (!strcmp(command, "mtk-add"))
		return mtk_add(server, question, &name, fault);
	if (!strcmp(command, "mtk-activate"))
		return mbstf_mtk_activate(server->mbstf, flow, name.msk_id,
					  name.mtk_id, fault);
	if (!strcmp(command, "mtk-delete")) {
		mbstf_mtk_delete(server->mbstf, flow, name.msk_id, name.mtk_id);
		return 0;
	}
	return fault_set(fault, FAULT_UNSUPPORTED, "command: is not known");
}

static int run(struct mbstf_server *server,
	       const struct peer_question *question, struct fault *fault)
{
	const char *command = text_of(question->body, "command");
	int64_t flow;

	if (read_number(question->body, "flow", 1, INT64_MAX, &flow, fault))
		return -1;
	if (!strcmp(command, "flow-add"))
		return flow_add(server, question->body, flow, fault);
	if (!strcmp(command, "send"))
		return send_message(server, question->body, flow, fault);
	if (!strcmp(command, "flow-delete")) {
		mbstf_flow_delete(server->mbstf, flow);
		return 0;
	}
	return run_mtk(server, question, command, flow, fault);
}

/* Members that join late need to know where they stand. */
static json_t *sources_show(struct mbstf_server *server, int64_t flow)
{
	const struct mbstf_source *sources;
	size_t i, count = mbstf_sources(server->mbstf, flow, &sources);
	json_t *list = json_array();

	for (i = 0; i < count; i++)
		json_array_append_new(
			list, json_pack("{s:I, s:I, s:i}", "ssrc",
					(json_int_t)sources[i].ssrc, "roc",
					(json_int_t)sources[i].roc, "sequence",
					sources[i].sequence));
	return list;
}

static json_t *answer_make(struct mbstf_server *server, const json_t *body)
{
	json_int_t flow = json_integer_value(json_object_get(body, "flow"));
	json_t *events = server->events;

	server->events = json_array();
	if (strcmp(text_of(body, "command"), "send"))
		return json_pack("{s:o}", "events", events);
	return json_pack("{s:o, s:I, s:o}", "events", events, "flow", flow,
			 "sources", sources_show(server, flow));
}

static void handle(void *argument, struct peer_question *question)
{
	struct mbstf_server *server = argument;
	struct fault fault = { 0 };

	if (run(server, question, &fault)) {
		peer_refuse(question, &fault);
		return;
	}
	peer_reply(question, answer_make(server, question->body));
}

struct mbstf_server *mbstf_server_new(struct loop *loop, struct mbstf *mbstf,
				      const union address *listen,
				      const char *key_file, struct fault *fault)
{
	struct mbstf_server *server = calloc(1, sizeof(*server));

	if (!server) {
		fault_set(fault, FAULT_MEMORY, "no memory for the MBSTF");
		return NULL;
	}
	server->mbstf = mbstf;
	server->events = json_array();
	server->peers =
		peer_server_new(loop, listen, REALM, handle, server, fault);
	if (!server->peers ||
	    peer_server_add(server->peers, BMSC_NAME, key_file, fault)) {
		mbstf_server_free(server);
		return NULL;
	}
	mbstf_listen(mbstf, on_event, server);
	return server;
}

void mbstf_server_free(struct mbstf_server *server)
{
	if (!server)
		return;
	mbstf_listen(server->mbstf, NULL, NULL);
	peer_server_free(server->peers);
	json_decref(server->events);
	free(server);
}
