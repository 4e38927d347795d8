// SPDX-License-Identifier: GPL-2.0-or-later
#include "roles/ctl_value.h"
#include "roles/ue.h"
#include "roles/ue_bulk.h"
#include "roles/ue_ctl.h"

int ue_ctl_imsi(struct ue *ue, const json_t *arguments, const char **imsi,
		struct fault *fault)
{
	*imsi = NULL;
	if (ctl_value_text_or(arguments, "imsi", imsi, fault))
		return -1;
	if (!*imsi && ue->by_imsi.count == 1)
		*imsi = TAILQ_FIRST(&ue->usims)->imsi;
	if (*imsi)
		return 0;
	return fault_set(fault, FAULT_ARGUMENT,
			 "imsi: missing, and there are %zu USIMs",
			 ue->by_imsi.count);
}

struct ue_bulk *ue_ctl_bulk(struct ue *ue, struct ctl_request *request,
			    const char *const *names)
{
	const json_t *arguments = ctl_arguments(request);
	struct ue_bulk *bulk = NULL;
	struct fault fault = { 0 };
	uint64_t count = 1;
	const char *imsi;

	if (!ctl_value_check(arguments, names, &fault) &&
	    !ue_ctl_imsi(ue, arguments, &imsi, &fault) &&
	    !ctl_value_number_or(arguments, "count", 1, UE_BULK_MAX, &count,
				 &fault))
		bulk = ue_bulk_new(ue, request, imsi, (unsigned int)count,
				   &fault);
	if (!bulk)
		ctl_refuse(request, &fault);
	return bulk;
}

/* A number of the status; without memory it is left out. */
static void put(json_t *status, const char *name, uint64_t number)
{
	json_object_set_new(status, name, json_integer((json_int_t)number));
}

static void put_counts(json_t *status, const struct ue_counts *counts)
{
	put(status, "bootstrapped", counts->bootstrapped);
	put(status, "resynchronised", counts->resynchronised);
	put(status, "registered", counts->registered);
	put(status, "deregistered", counts->deregistered);
	put(status, "left", counts->left);
	put(status, "msk-requests", counts->msk_requests);
	put(status, "msk-stored", counts->msk_stored);
	put(status, "msk-deleted", counts->msk_deleted);
	put(status, "mtk-accepted", counts->mtk_accepted);
	put(status, "solicited", counts->solicited);
	put(status, "verifications", counts->verifications);
	put(status, "mikey-refused", counts->refused);
	put(status, "mikey-unknown-ue", counts->unknown_ue);
	put(status, "unknown-keys", counts->unknown_key);
	put(status, "failed", counts->failed);
}

json_t *ue_status(const struct ue *ue)
{
	uint64_t services = 0, members = 0, active = 0;
	const struct ue_service *service;
	json_t *status = json_object();

	for (service = TAILQ_FIRST(&ue->services); service;
	     service = TAILQ_NEXT(service, entry)) {
		services++;
		members += service->member_count;
		active += service->active;
	}
	if (!status)
		return NULL;
	put(status, "usims", ue->by_imsi.count);
	put(status, "services", services);
	put(status, "members", members);
	put(status, "active", active);
	put(status, "procedures", ue->running);
	put(status, "mikey-port", ue_mikey_port(ue));
	put_counts(status, &ue->counts);
	return status;
}

void ue_ctl_start(struct ue *ue)
{
	struct ctl *ctl = ue->daemon->ctl;

	if (!ctl)
		return;
	ctl_command_add(ctl, "usim add", ue_ctl_usim_add, ue);
	ctl_command_add(ctl, "usim show", ue_ctl_usim_show, ue);
	ctl_command_add(ctl, "usim del", ue_ctl_usim_del, ue);
	ctl_command_add(ctl, "service join", ue_ctl_service_join, ue);
	ctl_command_add(ctl, "service leave", ue_ctl_service_leave, ue);
	ctl_command_add(ctl, "service joined", ue_ctl_service_show, ue);
	if (!ue->daemon->bmsc)
		ctl_command_add(ctl, "service show", ue_ctl_service_show, ue);
}
