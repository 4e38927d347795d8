// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "config.h"
#include "config_value.h"
#include "roles/hss.h"
#include "roles/hss_config.h"
#include "roles/peer.h"
#include "store/store.h"
#include "store/subscriber.h"

/* Zh has its own name for what its peers authenticate with. */
#define ZH_REALM "zh"

static int resynchronise(const struct milenage *keys,
			 const struct zh_resync *resync,
			 struct aka_sqn_source *sqn, struct fault *fault)
{
	const struct aka_sqn_policy policy = AKA_SQN_POLICY_DEFAULT;
	uint64_t sqn_ms;

	if (aka_auts_check(keys, resync->rand, resync->auts, &sqn_ms, fault))
		return -1;
	return aka_sqn_resynchronise(sqn, &policy, sqn_ms, fault);
}

static int make(struct hss *hss, const struct subscriber *subscriber,
		const struct milenage *keys, struct aka_sqn_source *source,
		struct zh_vector *vector, struct fault *fault)
{
	uint8_t rand[RAND_SIZE];
	uint64_t sqn;

	if (RAND_bytes(rand, sizeof(rand)) != 1)
		return fault_set(fault, FAULT_MEMORY,
				 "there is no randomness for a challenge");
	if (aka_sqn_next(source, &sqn, fault) ||
	    subscriber_sqn_put(hss->daemon->store, subscriber->impi, source,
			       fault))
		return -1;
	vector->gba_u = subscriber->gba_u;
	return aka_vector_build(keys, rand, sqn, subscriber->amf, &vector->aka,
				fault);
}

int hss_vector_make(struct hss *hss, const char *impi,
		    const struct zh_resync *resync, struct zh_vector *vector,
		    struct fault *fault)
{
	struct subscriber subscriber;
	struct aka_sqn_source source;
	struct milenage keys;
	int status = 0;

	if (subscriber_get(hss->daemon->store, impi, &subscriber, &keys,
			   &source, fault))
		return -1;
	if (resync)
		status = resynchronise(&keys, resync, &source, fault);
	if (!status)
		status = make(hss, &subscriber, &keys, &source, vector, fault);
	milenage_clear(&keys);
	return status;
}

static int listen_zh(struct hss *hss, const struct hss_config *config,
		     struct fault *fault)
{
	union address local;

	if (!config->listen)
		return 0;
	if (config_address("listen", config->listen, 0, &local, fault))
		return -1;
	hss->peers = peer_server_new(hss->daemon->loop, &local, ZH_REALM,
				     hss_zh_handle, hss, fault);
	if (!hss->peers)
		return -1;
	return peer_server_add(hss->peers, "bsf", config->key_file, fault);
}

static void stop(struct daemon *daemon)
{
	struct hss *hss = daemon->hss;

	if (!hss)
		return;
	/* Answers that wait for it are given. */
	store_commit(daemon->store, NULL);
	peer_server_free(hss->peers);
	free(hss);
	daemon->hss = NULL;
}

static int start(struct daemon *daemon, struct fault *fault)
{
	const struct hss_config *config = daemon->config->hss;
	struct hss *hss = calloc(1, sizeof(*hss));
	struct plmn plmn;

	if (!hss)
		return fault_set(fault, FAULT_MEMORY, "no memory for the HSS");
	hss->daemon = daemon;
	daemon->hss = hss;
	if (config_plmn("network", config->network, &plmn, fault) ||
	    store_component_add(daemon->store, &subscriber_store, fault) ||
	    listen_zh(hss, config, fault)) {
		stop(daemon);
		return -1;
	}
	hss->mnc_digits = plmn.mnc_digits;
	hss_ctl_setup(hss);
	return 0;
}

/* Network and address cannot change without a restart. */
static int reload(struct daemon *daemon, struct fault *fault)
{
	(void)daemon;
	(void)fault;
	return 0;
}

static json_t *status(const struct daemon *daemon)
{
	uint64_t subscribers = 0;

	subscriber_count(daemon->store, &subscribers, NULL);
	return json_pack("{s:I}", "subscribers", (json_int_t)subscribers);
}

const struct role hss_role = {
	.name = "hss",
	.start = start,
	.reload = reload,
	.stop = stop,
	.status = status,
};
