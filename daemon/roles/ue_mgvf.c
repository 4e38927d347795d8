// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "roles/ue_commit.h"
#include "roles/ue_keys.h"
#include "roles/ue_member.h"
#include "roles/ue_mgvf.h"
#include "roles/ue_service.h"
#include "roles/ue_usim.h"

/* ---- Holders ---- */

static struct ue_holder *holder_find(const struct ue_service *service,
				     const struct msk_ref *ref)
{
	struct ue_holder *holder;

	for (holder = service->holders; holder; holder = holder->next)
		if (msk_ref_equal(&holder->ref, ref))
			return holder;
	return NULL;
}

struct ue_usim *ue_mgvf_holder(const struct ue_service *service,
			       const struct msk_ref *ref)
{
	struct ue_holder *holder = holder_find(service, ref);

	return holder ? holder->usim : NULL;
}

static void holder_add(struct ue_service *service, const struct msk_ref *ref,
		       struct ue_usim *usim)
{
	struct ue_holder *holder;

	if (holder_find(service, ref))
		return;
	/* Without memory the MTK message finds nobody, and the MSK is asked for
	 * again.
	 */
	holder = calloc(1, sizeof(*holder));
	if (!holder)
		return;
	holder->ref = *ref;
	holder->usim = usim;
	holder->next = service->holders;
	service->holders = holder;
}

static struct ue_member *next_holder(const struct ue_member *from,
				     const struct ue_member *to,
				     const struct msk_ref *ref)
{
	struct ue_member *member;

	for (member = (struct ue_member *)from; member && member != to;
	     member = TAILQ_NEXT(member, entry))
		if (ue_usim_has_msk(member->usim, ref))
			return member;
	return NULL;
}

/* @gone is no holder any more. If it has left, another member takes its place; the
 * search goes on behind it, so that it is short when all leave one by one. An MSK
 * that had to make room for a third one is of no use for anybody.
 */
static void holder_remove(const struct ue_member *gone,
			  const struct msk_ref *ref, bool obsolete)
{
	struct ue_service *service = gone->service;
	struct ue_holder **place = &service->holders, *holder;
	struct ue_member *member = NULL;

	while (*place && !msk_ref_equal(&(*place)->ref, ref))
		place = &(*place)->next;
	holder = *place;
	if (!holder || holder->usim != gone->usim)
		return;
	if (!obsolete)
		member = next_holder(TAILQ_NEXT(gone, entry), NULL, ref);
	if (!obsolete && !member)
		member = next_holder(TAILQ_FIRST(&service->members), gone, ref);
	if (member) {
		holder->usim = member->usim;
		return;
	}
	*place = holder->next;
	free(holder);
	ue_keys_msk_removed(service, ref);
}

static void holders_add(struct ue_usim *usim, const struct msk_ref *ref)
{
	struct ue_member *member;

	for (member = usim->members; member; member = member->next)
		if (ue_service_has_group(member->service, ref))
			holder_add(member->service, ref, usim);
}

static void holders_remove(struct ue_usim *usim, const struct msk_ref *ref,
			   bool obsolete)
{
	struct ue_member *member;

	for (member = usim->members; member; member = member->next)
		if (ue_service_has_group(member->service, ref))
			holder_remove(member, ref, obsolete);
}

void ue_mgvf_holders_load(struct ue_service *service)
{
	struct ue_member *member;
	struct ue_msk *msk;

	for (member = TAILQ_FIRST(&service->members); member;
	     member = TAILQ_NEXT(member, entry))
		for (msk = member->usim->msks; msk; msk = msk->next)
			if (ue_service_has_group(service, &msk->ref))
				holder_add(service, &msk->ref, member->usim);
}

/* ---- Into the struct mgvf ---- */

static int load_muks(struct mgvf *mgvf, struct ue_usim *usim,
		     struct fault *fault)
{
	const struct ue_naf *naf;
	struct naf_id naf_id;

	for (naf = usim->nafs; naf; naf = naf->next) {
		if (naf_id_set(&naf_id, naf->fqdn, UA_PROTOCOL_MBMS, fault) ||
		    mgvf_muk_set(mgvf, &naf_id, naf->btid, &naf->muk,
				 naf->counter, fault))
			return -1;
		if (naf->expires <= loop_wall(usim->ue->loop) &&
		    mgvf_muk_expire(mgvf, &naf_id, fault))
			return -1;
	}
	return 0;
}

static int load_msks(struct mgvf *mgvf, const struct ue_usim *usim,
		     struct fault *fault)
{
	struct mgvf_msk_input input;
	struct mgvf_stored stored;
	const struct ue_msk *msk;

	for (msk = usim->msks; msk; msk = msk->next) {
		input = (struct mgvf_msk_input){
			.ref = msk->ref,
			.msk = &msk->msk,
			.rand = { msk->rand, msk->rand_size },
			.csb_id = msk->csb_id,
			.low = msk->low,
			.high = msk->high,
			.counter = msk->counter,
		};
		if (mgvf_msk_set(mgvf, &input, &stored, fault))
			return -1;
	}
	return 0;
}

/* ---- And back ---- */

static struct ue_msk **msk_place(struct ue_usim *usim,
				 const struct msk_ref *ref)
{
	struct ue_msk **place = &usim->msks;

	while (*place && !msk_ref_equal(&(*place)->ref, ref))
		place = &(*place)->next;
	return place;
}

static int msk_drop(struct ue_usim *usim, const struct msk_ref *ref,
		    bool obsolete, struct fault *fault)
{
	struct ue_msk **place = msk_place(usim, ref), *msk = *place;

	if (!msk)
		return 0;
	if (ue_msk_delete(usim->ue->store, usim->imsi, ref, fault))
		return -1;
	*place = msk->next;
	/* @ref may be that of the MSK. */
	holders_remove(usim, ref, obsolete);
	ue_msk_free(msk);
	return 0;
}

static int msk_write(struct ue_usim *usim, const struct ue_msk *msk,
		     struct fault *fault)
{
	const struct ue_msk_row row = {
		.imsi = usim->imsi,
		.ref = msk->ref,
		.msk = &msk->msk,
		.rand = msk->rand,
		.rand_size = msk->rand_size,
		.csb_id = msk->csb_id,
		.counter = msk->counter,
		.low = msk->low,
		.high = msk->high,
		.age = msk->age,
	};

	return ue_msk_put(usim->ue->store, &row, fault);
}

static int64_t next_age(const struct ue_usim *usim)
{
	const struct ue_msk *msk;
	int64_t age = 0;

	for (msk = usim->msks; msk; msk = msk->next)
		if (msk->age >= age)
			age = msk->age + 1;
	return age;
}

/* What MGV-F has stored becomes ours; an MSK that was there keeps its place. */
static int msk_take(struct ue_usim *usim, const struct mgvf_msk *stored,
		    bool known, struct fault *fault)
{
	struct ue_msk **place = msk_place(usim, &stored->ref), *old = *place;
	struct ue_msk *msk = calloc(1, sizeof(*msk) + stored->rand_size);

	if (!msk ||
	    secret_set(&msk->msk, stored->msk.bytes, stored->msk.size)) {
		free(msk);
		return fault_set(fault, FAULT_MEMORY, "no memory for an MSK");
	}
	msk->ref = stored->ref;
	msk->csb_id = stored->csb_id;
	msk->counter = stored->counter;
	msk->low = stored->low;
	msk->high = stored->high;
	msk->age = known && old ? old->age : next_age(usim);
	msk->rand_size = stored->rand_size;
	memcpy(msk->rand, stored->rand, stored->rand_size);
	if (msk_write(usim, msk, fault)) {
		ue_msk_free(msk);
		return -1;
	}
	if (old) {
		*place = old->next;
		ue_msk_free(old);
	}
	if (!known)
		for (place = &usim->msks; *place; place = &(*place)->next)
			;
	msk->next = *place;
	*place = msk;
	return 0;
}

static int save_muks(const struct mgvf *mgvf, struct ue_usim *usim,
		     struct fault *fault)
{
	const struct mgvf_muk *muk;
	struct naf_id naf_id;
	struct ue_naf *naf;

	for (naf = usim->nafs; naf; naf = naf->next) {
		if (naf_id_set(&naf_id, naf->fqdn, UA_PROTOCOL_MBMS, fault))
			return -1;
		muk = mgvf_muk_find(mgvf, &naf_id);
		if (!muk || muk->counter == naf->counter)
			continue;
		if (ue_muk_counter_put(usim->ue->store, usim->imsi, naf->fqdn,
				       muk->counter, fault))
			return -1;
		naf->counter = muk->counter;
	}
	return 0;
}

static int save_msk(const struct mgvf *mgvf, struct ue_usim *usim,
		    const struct mgvf_outcome *outcome, struct fault *fault)
{
	struct msk_ref evicted = outcome->ref;

	evicted.msk_id = outcome->stored.evicted_msk_id;
	if (outcome->stored.evicted && msk_drop(usim, &evicted, true, fault))
		return -1;
	return msk_take(usim, mgvf_msk_find(mgvf, &outcome->ref),
			outcome->stored.known, fault);
}

static int save_mtk(const struct mgvf *mgvf, struct ue_usim *usim,
		    const struct mgvf_outcome *outcome, struct fault *fault)
{
	const struct mgvf_msk *stored = mgvf_msk_find(mgvf, &outcome->ref);
	struct ue_msk *msk = *msk_place(usim, &outcome->ref);

	if (ue_msk_state_put(usim->ue->store, usim->imsi, &outcome->ref,
			     stored->counter, stored->low, fault))
		return -1;
	msk->counter = stored->counter;
	msk->low = stored->low;
	return 0;
}

static int save(const struct mgvf *mgvf, struct ue_usim *usim,
		const struct mgvf_outcome *outcome, struct fault *fault)
{
	switch (outcome->event) {
	case MGVF_MSK_STORED:
		return save_muks(mgvf, usim, fault) ||
				       save_msk(mgvf, usim, outcome, fault) ?
			       -1 :
			       0;
	case MGVF_MSK_DELETED:
		return save_muks(mgvf, usim, fault) ||
				       msk_drop(usim, &outcome->ref, false,
						fault) ?
			       -1 :
			       0;
	case MGVF_SOLICITED:
		return save_muks(mgvf, usim, fault);
	case MGVF_MTK_ACCEPTED:
		return save_mtk(mgvf, usim, outcome, fault);
	default:
		return 0;
	}
}

static bool changes_state(enum mgvf_event event)
{
	return event == MGVF_MSK_STORED || event == MGVF_MSK_DELETED ||
	       event == MGVF_SOLICITED || event == MGVF_MTK_ACCEPTED;
}

int ue_mgvf_receive(struct ue_usim *usim, const void *data, size_t size,
		    struct fault *fault)
{
	struct ue *ue = usim->ue;
	struct mgvf_outcome *outcome = &ue->outcome;
	int result = -1;

	if (!load_muks(&ue->mgvf, usim, fault) &&
	    !load_msks(&ue->mgvf, usim, fault))
		result = mgvf_receive(&ue->mgvf, data, size, outcome, fault);
	if (!result && changes_state(outcome->event)) {
		ue_commit_mark(usim);
		result = store_begin(ue->store, fault);
		if (!result) {
			result = save(&ue->mgvf, usim, outcome, fault);
			if (!result)
				result = store_end(ue->store, fault);
			else
				store_rollback(ue->store);
		}
		/* Half of it may be in memory. */
		if (result)
			ue_usim_reload(usim);
		else if (outcome->event == MGVF_MSK_STORED)
			holders_add(usim, &outcome->ref);
	}
	if (result)
		mgvf_outcome_clear(outcome);
	mgvf_clear(&ue->mgvf);
	return result;
}

void ue_mgvf_msk_delete(struct ue_usim *usim, const struct msk_ref *ref)
{
	struct fault fault = { 0 };

	ue_commit_mark(usim);
	if (msk_drop(usim, ref, false, &fault))
		log_warning(UE_AREA, "store-failed",
			    LOG_TEXT("imsi", usim->imsi),
			    LOG_TEXT("reason", fault.text));
}

void ue_mgvf_service_delete(struct ue_usim *usim,
			    const struct ue_service *service)
{
	struct ue_msk *msk, *next;
	struct ue_member *member;

	for (msk = usim->msks; msk; msk = next) {
		next = msk->next;
		if (!ue_service_has_group(service, &msk->ref))
			continue;
		for (member = usim->members; member; member = member->next)
			if (member->service != service &&
			    ue_service_has_group(member->service, &msk->ref))
				break;
		if (!member)
			ue_mgvf_msk_delete(usim, &msk->ref);
	}
}
