// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "io/loop.h"
#include "roles/bsf.h"
#include "roles/bsf_config.h"
#include "roles/peer.h"
#include "roles/zn.h"
#include "roles/zn_json.h"

LIST_HEAD(zn_calls, zn_call);

/* A question that is not answered yet. */
struct zn_call {
	LIST_ENTRY(zn_call) link;
	struct zn *zn;
	zn_callback callback;
	void *argument;
	struct naf_id naf_id;
	struct loop_timer timer;
	char btid[BTID_TEXT_SIZE];
};

struct zn {
	struct daemon *daemon;
	/* NULL if the BSF is in this process. */
	struct peer_client *peer;
	struct zn_calls calls;
};

/* In one process the configuration says who is a NAF. */
static int check_name(const struct daemon *daemon, const char *naf,
		      struct fault *fault)
{
	const struct bsf_config *config = daemon->config->bsf;
	unsigned int i;

	if (!daemon->bsf)
		return fault_set(fault, FAULT_ARGUMENT,
				 "the BSF is to be local, but its role is not "
				 "in this process");
	for (i = 0; i < config->nafs_count; i++)
		if (!strcmp(config->nafs[i].name, naf))
			return 0;
	return fault_set(fault, FAULT_ARGUMENT,
			 "bsf.nafs does not have %s, so the BSF would refuse "
			 "it all keys",
			 naf);
}

struct zn *zn_new(struct daemon *daemon, const char *bsf, const char *naf,
		  const char *key_file, struct fault *fault)
{
	struct zn *zn = calloc(1, sizeof(*zn));

	if (!zn) {
		fault_set(fault, FAULT_MEMORY, "no memory for Zn");
		return NULL;
	}
	zn->daemon = daemon;
	LIST_INIT(&zn->calls);
	if (!strcmp(bsf, "local")) {
		if (!check_name(daemon, naf, fault))
			return zn;
	} else {
		zn->peer = peer_client_new(daemon->http, daemon->loop, bsf, naf,
					   key_file, fault);
		if (zn->peer)
			return zn;
	}
	free(zn);
	return NULL;
}

static void call_free(struct zn_call *call)
{
	LIST_REMOVE(call, link);
	loop_timer_stop(&call->timer);
	free(call);
}

void zn_free(struct zn *zn)
{
	if (!zn)
		return;
	peer_client_free(zn->peer);
	while (!LIST_EMPTY(&zn->calls))
		call_free(LIST_FIRST(&zn->calls));
	free(zn);
}

/* Ends a call; @key is wiped. */
static void finish(struct zn_call *call, struct bsf_naf_key *key,
		   const struct fault *fault)
{
	/* The secrets are lent, not copied. */
	const struct zn_key lent = {
		.impi = key->impi,
		.ks_naf = key->keys.key,
		.ks_int_naf = key->keys.internal,
		.gba_u = key->keys.mode == BOOTSTRAP_GBA_U,
		.bootstrapped = key->created,
		.expires = key->expires,
	};

	call->callback(call->argument, fault ? NULL : &lent, fault);
	bootstrap_keys_clear(&key->keys);
	call_free(call);
}

static void on_turn(void *argument)
{
	struct zn_call *call = argument;
	struct fault fault = { 0 };
	struct bsf_naf_key key;
	int status;

	status = bsf_naf_key_get(call->zn->daemon->bsf, call->btid,
				 &call->naf_id, &key, &fault);
	finish(call, &key, status ? &fault : NULL);
}

static void on_answer(void *argument, const json_t *answer,
		      const struct fault *fault)
{
	struct bsf_naf_key key = { .created = 0 };
	struct fault refusal = { 0 };
	struct zn_call *call = argument;

	if (answer && zn_json_read_key(answer, call->btid,
				       peer_client_wrapping(call->zn->peer),
				       &key, &refusal))
		fault = &refusal;
	finish(call, &key, fault);
}

int zn_key_get(struct zn *zn, const char *btid, const struct naf_id *naf_id,
	       zn_callback callback, void *argument, struct fault *fault)
{
	struct zn_call *call;

	if (strlen(btid) >= sizeof(call->btid))
		return fault_set(fault, FAULT_UNKNOWN,
				 "the B-TID is unknown or has expired");
	call = calloc(1, sizeof(*call));
	if (!call)
		return fault_set(fault, FAULT_MEMORY, "no memory for Zn");
	call->zn = zn;
	call->callback = callback;
	call->argument = argument;
	call->naf_id = *naf_id;
	strcpy(call->btid, btid);
	LIST_INSERT_HEAD(&zn->calls, call, link);
	if (!zn->peer) {
		loop_timer_set(zn->daemon->loop, &call->timer, 0, on_turn,
			       call);
		return 0;
	}
	if (!peer_ask(zn->peer, zn_json_question(btid, naf_id), on_answer, call,
		      fault))
		return 0;
	call_free(call);
	return -1;
}
