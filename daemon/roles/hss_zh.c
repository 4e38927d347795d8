// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "roles/hss.h"
#include "roles/peer.h"
#include "roles/zh_json.h"
#include "store/store.h"

/* Waits for the commit of its SQN. */
struct answer {
	struct peer_question *question;
	json_t *json;
	struct store_waiter waiter;
};

static void on_commit(void *argument, const struct fault *fault)
{
	struct answer *answer = argument;

	if (fault) {
		json_decref(answer->json);
		peer_refuse(answer->question, fault);
	} else {
		peer_reply(answer->question, answer->json);
	}
	free(answer);
}

static json_t *make(struct hss *hss, const struct peer_question *question,
		    struct fault *fault)
{
	struct zh_vector vector = { 0 };
	struct zh_resync resync;
	const char *impi;
	bool has_resync;
	json_t *json = NULL;

	if (zh_json_read_question(question->body, &impi, &resync, &has_resync,
				  fault))
		return NULL;
	if (!hss_vector_make(hss, impi, has_resync ? &resync : NULL, &vector,
			     fault))
		json = zh_json_vector(&vector, impi, question->wrapping, fault);
	aka_vector_clear(&vector.aka);
	return json;
}

void hss_zh_handle(void *argument, struct peer_question *question)
{
	struct answer *answer = calloc(1, sizeof(*answer));
	struct hss *hss = argument;
	struct fault fault = { 0 };

	if (answer)
		answer->json = make(hss, question, &fault);
	else
		fault_set(&fault, FAULT_MEMORY, "no memory for an answer");
	if (fault.code != FAULT_NONE) {
		free(answer);
		peer_refuse(question, &fault);
		return;
	}
	answer->question = question;
	store_after_commit(hss->daemon->store, &answer->waiter, on_commit,
			   answer);
}
