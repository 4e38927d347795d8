// SPDX-License-Identifier: GPL-2.0-or-later
#include "roles/ue.h"
#include "roles/ue_bulk.h"
#include "roles/ue_ctl.h"

int ue_ctl_text(const json_t *arguments, const char *name, bool needed,
		const char **text, struct fault *fault)
{
	const json_t *value = json_object_get(arguments, name);

	*text = json_string_value(value);
	if (*text || (!value && !needed))
		return 0;
	return fault_set(fault, FAULT_ARGUMENT, "%s has to be a text", name);
}

int ue_ctl_number(const json_t *arguments, const char *name, long long standard,
		  long long max, long long *number, struct fault *fault)
{
	const json_t *value = json_object_get(arguments, name);

	*number = value ? json_integer_value(value) : standard;
	if (!value ||
	    (json_is_integer(value) && *number >= 0 && *number <= max))
		return 0;
	return fault_set(fault, FAULT_ARGUMENT,
			 "%s has to be a number from 0 to %lld", name, max);
}

int ue_ctl_imsi(struct ue *ue, const json_t *arguments, const char **imsi,
		struct fault *fault)
{
	if (ue_ctl_text(arguments, "imsi", false, imsi, fault))
		return -1;
	if (!*imsi && ue->by_imsi.count == 1)
		*imsi = TAILQ_FIRST(&ue->usims)->imsi;
	if (*imsi)
		return 0;
	return fault_set(fault, FAULT_ARGUMENT,
			 "imsi is missing, and there are %zu USIMs",
			 ue->by_imsi.count);
}

struct ue_bulk *ue_ctl_bulk(struct ue *ue, struct ctl_request *request)
{
	const json_t *arguments = ctl_arguments(request);
	struct ue_bulk *bulk = NULL;
	struct fault fault = { 0 };
	const char *imsi;
	long long count;

	if (!ue_ctl_imsi(ue, arguments, &imsi, &fault) &&
	    !ue_ctl_number(arguments, "count", 1, UE_BULK_MAX, &count, &fault))
		bulk = ue_bulk_new(ue, request, imsi, (unsigned int)count,
				   &fault);
	if (!bulk)
		ctl_refuse(request, &fault);
	return bulk;
}

json_t *ue_status(const struct ue *ue)
{
	const struct ue_counts *counts = &ue->counts;
	const struct ue_service *service;
	json_int_t services = 0, members = 0, active = 0;

	TAILQ_FOREACH(service, &ue->services, entry)
	{
		services++;
		members += (json_int_t)service->member_count;
		active += (json_int_t)service->active;
	}
#define COUNT(name) (json_int_t) counts->name
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I,"
			 " s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I,"
			 " s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			 "usims", (json_int_t)ue->by_imsi.count, "services",
			 services, "members", members, "active", active,
			 "procedures", (json_int_t)ue->running, "mikey-port",
			 (json_int_t)ue_mikey_port(ue), "bootstrapped",
			 COUNT(bootstrapped), "resynchronised",
			 COUNT(resynchronised), "registered", COUNT(registered),
			 "deregistered", COUNT(deregistered), "left",
			 COUNT(left), "msk-requests", COUNT(msk_requests),
			 "msk-stored", COUNT(msk_stored), "msk-deleted",
			 COUNT(msk_deleted), "mtk-accepted",
			 COUNT(mtk_accepted), "solicited", COUNT(solicited),
			 "verifications", COUNT(verifications), "mikey-refused",
			 COUNT(refused), "mikey-unknown-ue", COUNT(unknown_ue),
			 "unknown-keys", COUNT(unknown_key), "failed",
			 COUNT(failed));
#undef COUNT
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
