// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "log.h"
#include "roles/ue.h"
#include "roles/ue_bulk.h"
#include "roles/ue_commit.h"
#include "roles/ue_ctl.h"
#include "roles/ue_keys.h"
#include "roles/ue_mikey.h"
#include "roles/ue_procedure.h"
#include "roles/ue_service.h"
#include "roles/ue_usim.h"

static void ue_free(struct ue *ue)
{
	struct ue_usim *usim;

	ue_bulks_stop(ue);
	ue_procedures_stop(ue);
	ue_commit_stop(ue);
	ue_services_stop(ue);
	while ((usim = TAILQ_FIRST(&ue->usims)))
		ue_usim_free(usim);
	ue_mikey_stop(ue);
	ue_index_free(&ue->by_imsi);
	ue_index_free(&ue->by_btid);
	free(ue);
}

static struct ue *ue_new(struct daemon *daemon, struct fault *fault)
{
	struct ue *ue = calloc(1, sizeof(*ue));

	if (!ue) {
		fault_set(fault, FAULT_MEMORY, "no memory for the role ue");
		return NULL;
	}
	ue->daemon = daemon;
	ue->loop = daemon->loop;
	ue->store = daemon->store;
	TAILQ_INIT(&ue->usims);
	TAILQ_INIT(&ue->services);
	TAILQ_INIT(&ue->queue);
	TAILQ_INIT(&ue->dirty);
	TAILQ_INIT(&ue->procedures);
	mgvf_init(&ue->mgvf);
	ue_commit_start(ue);
	return ue;
}

static int load(struct ue *ue, struct fault *fault)
{
	const struct ue_config *config =
		ue->daemon->config ? ue->daemon->config->ue : NULL;

	return ue_settings_read(config, &ue->settings, fault) ||
			       store_component_add(ue->store, &usim_store,
						   fault) ||
			       store_component_add(ue->store, &ue_keys_store,
						   fault) ||
			       store_component_add(ue->store, &ue_service_store,
						   fault) ||
			       ue_usims_load(ue, fault) ||
			       ue_mikey_start(ue, fault) ||
			       ue_services_load(ue, fault) ?
		       -1 :
		       0;
}

static int ue_start(struct daemon *daemon, struct fault *fault)
{
	struct ue *ue = ue_new(daemon, fault);

	if (!ue)
		return -1;
	if (load(ue, fault) ||
	    (ue->settings.install && daemon->kernel &&
	     kernel_listen(daemon->kernel, ue_keys_event, ue, fault))) {
		ue_free(ue);
		return -1;
	}
	daemon->ue = ue;
	ue_ctl_start(ue);
	log_info(UE_AREA, "started",
		 LOG_NUMBER("usims", (int64_t)ue->by_imsi.count),
		 LOG_NUMBER("mikey-port", ue_mikey_port(ue)));
	return 0;
}

/* What belongs to the socket and to the kernel stays until the next start. */
static int ue_reload(struct daemon *daemon, struct fault *fault)
{
	struct ue_settings settings, *old = &daemon->ue->settings;

	if (ue_settings_read(daemon->config->ue, &settings, fault))
		return -1;
	settings.local = old->local;
	settings.install = old->install;
	settings.policy = old->policy;
	strcpy(settings.device, old->device);
	*old = settings;
	return 0;
}

static void ue_stop(struct daemon *daemon)
{
	if (!daemon->ue)
		return;
	ue_free(daemon->ue);
	daemon->ue = NULL;
}

unsigned int ue_mikey_port(const struct ue *ue)
{
	const struct ue_socket *socket = ue->sockets;

	/* The first that was opened is the last in the list. */
	while (socket->next)
		socket = socket->next;
	return socket->port;
}

static json_t *status(const struct daemon *daemon)
{
	return ue_status(daemon->ue);
}

const struct role ue_role = {
	.name = "ue",
	.kernel = true,
	.start = ue_start,
	.reload = ue_reload,
	.stop = ue_stop,
	.status = status,
};
