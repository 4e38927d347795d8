// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "config_value.h"
#include "log.h"
#include "roles/bsf.h"
#include "roles/bsf_config.h"
#include "roles/peer.h"
#include "roles/zh.h"
#include "store/bootstrap.h"
#include "store/store.h"

/* Zn has its own name for what its peers authenticate with. */
#define ZN_REALM "zn"
#define LIFETIME_STANDARD 86400000
#define LIFETIME_MAX INT64_C(31536000000)
/* Bootstrappings that have expired are deleted a few at a time. */
#define PURGE_PAUSE 10000
#define PURGE_LIMIT 1000

static void purge(void *argument)
{
	struct bsf *bsf = argument;
	struct fault fault = { 0 };

	if (bootstrap_expire(bsf->daemon->store, loop_wall(bsf->daemon->loop),
			     PURGE_LIMIT, NULL, &fault))
		log_warning(BSF_AREA, "purge-failed",
			    LOG_TEXT("reason", fault.text));
	loop_timer_set(bsf->daemon->loop, &bsf->purge, PURGE_PAUSE, purge, bsf);
}

static int read_lifetime(struct bsf *bsf, const struct bsf_config *config,
			 struct fault *fault)
{
	return config_duration_or("lifetime", config->lifetime,
				  LIFETIME_STANDARD, 1000, LIFETIME_MAX,
				  &bsf->lifetime, fault);
}

static int listen_zn(struct bsf *bsf, const struct bsf_config *config,
		     struct fault *fault)
{
	union address local;
	unsigned int i;

	if (!config->zn_listen)
		return 0;
	if (config_address("zn-listen", config->zn_listen, 0, &local, fault))
		return -1;
	bsf->nafs = peer_server_new(bsf->daemon->loop, &local, ZN_REALM,
				    bsf_zn_handle, bsf, fault);
	if (!bsf->nafs)
		return -1;
	for (i = 0; i < config->nafs_count; i++)
		if (config->nafs[i].key_file &&
		    peer_server_add(bsf->nafs, config->nafs[i].name,
				    config->nafs[i].key_file, fault))
			return -1;
	return 0;
}

static int listen_ub(struct bsf *bsf, const struct bsf_config *config,
		     struct fault *fault)
{
	/* A request of Ub has no body. */
	struct httpd_options options = { .body_max = 1024 };

	if (config_address("listen", config->listen, 0, &options.local, fault))
		return -1;
	bsf->httpd = httpd_open(bsf->daemon->loop, &options, bsf_ub_handle, bsf,
				fault);
	return bsf->httpd ? 0 : -1;
}

static void stop(struct daemon *daemon)
{
	struct bsf *bsf = daemon->bsf;
	struct bsf_challenge *challenge;

	if (!bsf)
		return;
	loop_timer_stop(&bsf->purge);
	peer_server_free(bsf->nafs);
	zh_free(bsf->zh);
	bsf_ub_stop(bsf);
	httpd_close(bsf->httpd);
	while ((challenge = TAILQ_FIRST(&bsf->ages)))
		bsf_challenge_remove(bsf, challenge);
	free(bsf);
	daemon->bsf = NULL;
}

static int start(struct daemon *daemon, struct fault *fault)
{
	const struct bsf_config *config = daemon->config->bsf;
	struct bsf *bsf = calloc(1, sizeof(*bsf));

	if (!bsf)
		return fault_set(fault, FAULT_MEMORY, "no memory for the BSF");
	bsf->daemon = daemon;
	daemon->bsf = bsf;
	TAILQ_INIT(&bsf->ages);
	LIST_INIT(&bsf->exchanges);
	snprintf(bsf->name, sizeof(bsf->name), "%s", config->name);
	bsf->zh = zh_new(daemon, config->hss ? config->hss : "local",
			 config->hss_key_file, fault);
	if (!bsf->zh || read_lifetime(bsf, config, fault) ||
	    store_component_add(daemon->store, &bootstrap_store, fault) ||
	    listen_zn(bsf, config, fault) || listen_ub(bsf, config, fault)) {
		stop(daemon);
		return -1;
	}
	purge(bsf);
	return 0;
}

/* The lifetime of what is bootstrapped from now on; who may ask, and where, needs
 * a restart.
 */
static int reload(struct daemon *daemon, struct fault *fault)
{
	return read_lifetime(daemon->bsf, daemon->config->bsf, fault);
}

static json_t *status(const struct daemon *daemon)
{
	const struct bsf_counts *counts = &daemon->bsf->counts;
	uint64_t bootstrapped = 0;

	bootstrap_count(daemon->store, &bootstrapped, NULL);
	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I}", "bootstrapped",
			 (json_int_t)bootstrapped, "challenges",
			 (json_int_t)counts->challenges, "bootstraps",
			 (json_int_t)counts->bootstraps, "resynchronisations",
			 (json_int_t)counts->resynchronisations, "refused",
			 (json_int_t)counts->refused, "naf-keys",
			 (json_int_t)counts->naf_keys);
}

const struct role bsf_role = {
	.name = "bsf",
	.start = start,
	.reload = reload,
	.stop = stop,
	.status = status,
};
