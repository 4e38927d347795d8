// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "roles/hss.h"
#include "roles/peer.h"
#include "roles/zh.h"
#include "roles/zh_json.h"
#include "store/store.h"

/* Local: waits for the commit of what it has. */
struct zh_call {
	struct zh *zh;
	struct zh_vector vector;
	struct fault fault;
	bool failed;
	zh_callback callback;
	void *argument;
	struct store_waiter waiter;
	char impi[IMPI_TEXT_SIZE];
	struct zh_call *next;
	struct zh_call **place;
};

struct zh {
	struct daemon *daemon;
	/* NULL if the HSS is in this process. */
	struct peer_client *peer;
	struct zh_call *calls;
};

struct zh *zh_new(struct daemon *daemon, const char *hss, const char *key_file,
		  struct fault *fault)
{
	struct zh *zh = calloc(1, sizeof(*zh));

	if (!zh) {
		fault_set(fault, FAULT_MEMORY, "no memory for Zh");
		return NULL;
	}
	zh->daemon = daemon;
	if (strcmp(hss, "local"))
		zh->peer = peer_client_new(daemon->http, daemon->loop, hss,
					   "bsf", key_file, fault);
	else if (!daemon->hss)
		fault_set(fault, FAULT_ARGUMENT,
			  "the HSS is to be local, but its role is not in this "
			  "process");
	if (zh->peer || (daemon->hss && !strcmp(hss, "local")))
		return zh;
	free(zh);
	return NULL;
}

static void call_free(struct zh_call *call)
{
	*call->place = call->next;
	if (call->next)
		call->next->place = call->place;
	aka_vector_clear(&call->vector.aka);
	free(call);
}

void zh_free(struct zh *zh)
{
	if (!zh)
		return;
	peer_client_free(zh->peer);
	while (zh->calls) {
		store_forget(zh->daemon->store, &zh->calls->waiter);
		call_free(zh->calls);
	}
	free(zh);
}

static void on_commit(void *argument, const struct fault *fault)
{
	struct zh_call *call = argument;

	if (!fault && call->failed)
		fault = &call->fault;
	call->callback(call->argument, fault ? NULL : &call->vector, fault);
	call_free(call);
}

static void on_answer(void *argument, const json_t *answer,
		      const struct fault *fault)
{
	struct fault refusal = { 0 };
	struct zh_call *call = argument;

	if (answer && zh_json_read_vector(answer, call->impi,
					  peer_client_wrapping(call->zh->peer),
					  &call->vector, &refusal))
		fault = &refusal;
	call->callback(call->argument, fault ? NULL : &call->vector, fault);
	call_free(call);
}

static int ask_peer(struct zh_call *call, const struct zh_resync *resync,
		    struct fault *fault)
{
	return peer_ask(call->zh->peer, zh_json_question(call->impi, resync),
			on_answer, call, fault);
}

int zh_vector_get(struct zh *zh, const char *impi,
		  const struct zh_resync *resync, zh_callback callback,
		  void *argument, struct fault *fault)
{
	struct daemon *daemon = zh->daemon;
	struct zh_call *call = calloc(1, sizeof(*call));

	if (!call)
		return fault_set(fault, FAULT_MEMORY, "no memory for Zh");
	call->zh = zh;
	call->callback = callback;
	call->argument = argument;
	strncpy(call->impi, impi, sizeof(call->impi) - 1);
	call->next = zh->calls;
	call->place = &zh->calls;
	if (call->next)
		call->next->place = &call->next;
	zh->calls = call;
	if (zh->peer) {
		if (!ask_peer(call, resync, fault))
			return 0;
		call_free(call);
		return -1;
	}
	call->failed = hss_vector_make(daemon->hss, impi, resync, &call->vector,
				       &call->fault);
	store_after_commit(daemon->store, &call->waiter, on_commit, call);
	return 0;
}
