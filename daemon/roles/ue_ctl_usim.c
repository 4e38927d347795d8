// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "roles/ctl_value.h"
#include "roles/ue_bulk.h"
#include "roles/ue_commit.h"
#include "roles/ue_ctl.h"
#include "roles/ue_member.h"
#include "roles/ue_procedure.h"
#include "roles/ue_service.h"
#include "roles/ue_usim.h"
#include "store/ue_keys.h"

#define SHOWN_MAX 1000

/* ---- usim add ---- */

static int read_keys(json_t *arguments, struct milenage *keys,
		     struct fault *fault)
{
	bool has_op = json_object_get(arguments, "op");
	struct secret k = { 0 }, op = { 0 };
	int result = -1;

	if (!ctl_value_key(arguments, "k", MILENAGE_KEY_SIZE, &k, fault) &&
	    !ctl_value_key(arguments, has_op ? "op" : "opc", MILENAGE_KEY_SIZE,
			   &op, fault))
		result = has_op ? milenage_set_op(keys, &k, &op, fault) :
				  milenage_set(keys, &k, &op, fault);
	secret_clear(&k);
	secret_clear(&op);
	return result;
}

/* A USIM that gets other keys has to bootstrap anew. */
static int forget_other(struct ue_bulk *bulk, struct ue_usim *usim,
			struct fault *fault)
{
	struct milenage old = { 0 };
	struct aka_sqn_array sqn;
	bool same;

	if (usim_get(bulk->ue->store, bulk->imsi, &old, &sqn, fault))
		return -1;
	same = secret_equal(&old.k, &bulk->keys.k) &&
	       secret_equal(&old.opc, &bulk->keys.opc);
	milenage_clear(&old);
	if (!same)
		ue_usim_unbootstrap(usim);
	return 0;
}

static int add_one(struct ue_bulk *bulk, struct fault *fault)
{
	const struct usim_row row = { .imsi = bulk->imsi,
				      .mnc_digits = bulk->mnc_digits };
	struct ue_usim *usim = ue_usim_find(bulk->ue, bulk->imsi);

	if (usim && forget_other(bulk, usim, fault))
		return -1;
	if (usim_put(bulk->ue->store, bulk->imsi, bulk->mnc_digits, &bulk->keys,
		     fault))
		return -1;
	if (!usim)
		usim = ue_usim_new(bulk->ue, &row, fault);
	if (!usim)
		return -1;
	ue_commit_mark(usim);
	return 1;
}

void ue_ctl_usim_add(void *argument, struct ctl_request *request)
{
	static const char *const names[] = { "imsi",	   "k",	    "opc", "op",
					     "mnc-digits", "count", NULL };
	json_t *arguments = ctl_arguments(request);
	struct ue_bulk *bulk = ue_ctl_bulk(argument, request, names);
	struct fault fault = { 0 };
	uint64_t digits = 2;

	if (!bulk)
		return;
	if (read_keys(arguments, &bulk->keys, &fault) ||
	    ctl_value_number_or(arguments, "mnc-digits", 2, 3, &digits,
				&fault)) {
		ctl_refuse(request, &fault);
		ue_bulk_free(bulk);
		return;
	}
	bulk->mnc_digits = (unsigned int)digits;
	ue_bulk_run(bulk, add_one);
}

/* ---- usim del ---- */

static int del_one(struct ue_bulk *bulk, struct fault *fault)
{
	struct ue_usim *usim = ue_usim_find(bulk->ue, bulk->imsi);

	if (ue_keys_delete(bulk->ue->store, bulk->imsi, fault) ||
	    usim_delete(bulk->ue->store, bulk->imsi, fault))
		return -1;
	if (!usim)
		return 0;
	/* Nobody is told: without its keys it can tell nobody anything. */
	ue_procedure_cancel(usim);
	while (usim->members)
		ue_member_forget(usim->members);
	ue_usim_free(usim);
	return 1;
}

void ue_ctl_usim_del(void *argument, struct ctl_request *request)
{
	static const char *const names[] = { "imsi", "count", NULL };
	struct ue_bulk *bulk = ue_ctl_bulk(argument, request, names);

	if (bulk)
		ue_bulk_run(bulk, del_one);
}

/* ---- usim show ---- */

static json_t *msk_json(const struct ue_msk *msk)
{
	const uint8_t *domain = msk->ref.domain.octets;
	char domain_text[2 * KEY_DOMAIN_ID_SIZE + 1], id[9];

	snprintf(domain_text, sizeof(domain_text), "%02x%02x%02x", domain[0],
		 domain[1], domain[2]);
	snprintf(id, sizeof(id), "%08x", msk->ref.msk_id);
	return json_pack("{s:s, s:s, s:i, s:i, s:I}", "key-domain-id",
			 domain_text, "msk-id", id, "low", msk->low, "high",
			 msk->high, "counter", (json_int_t)msk->counter);
}

static json_t *usim_json(const struct ue_usim *usim)
{
	json_t *services = json_array(), *msks = json_array();
	const struct ue_member *member;
	const struct ue_msk *msk;

	for (member = usim->members; member; member = member->next)
		json_array_append_new(
			services,
			json_pack("{s:s, s:s}", "service", member->service->id,
				  "state",
				  ue_member_state_name(member->state)));
	for (msk = usim->msks; msk; msk = msk->next)
		json_array_append_new(msks, msk_json(msk));
	return json_pack("{s:s, s:i, s:s?, s:I, s:o, s:o}", "imsi", usim->imsi,
			 "mnc-digits", usim->mnc_digits, "btid", usim->btid,
			 "expires",
			 (json_int_t)(usim->btid ? usim->expires / 1000 : 0),
			 "services", services, "msks", msks);
}

void ue_ctl_usim_show(void *argument, struct ctl_request *request)
{
	json_t *list = json_array();
	struct fault fault = { 0 };
	struct ue *ue = argument;
	struct ue_usim *usim;
	const char *imsi = NULL;

	if (ctl_value_text_or(ctl_arguments(request), "imsi", &imsi, &fault)) {
		json_decref(list);
		ctl_refuse(request, &fault);
		return;
	}
	for (usim = TAILQ_FIRST(&ue->usims); usim;
	     usim = TAILQ_NEXT(usim, entry))
		if ((!imsi || !strcmp(imsi, usim->imsi)) &&
		    json_array_size(list) < SHOWN_MAX)
			json_array_append_new(list, usim_json(usim));
	ctl_reply(request,
		  json_pack("{s:I, s:o}", "total",
			    (json_int_t)ue->by_imsi.count, "usims", list));
}
