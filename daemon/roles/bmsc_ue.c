// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "bmsc.h"
#include "core/mbms_profile.h"

#define BUCKETS_MIN 1024
/* A UE that has been of no use for that long is forgotten. */
#define SWEEP_AFTER (INT64_C(24) * 3600 * 1000)
#define SWEEP_PAUSE 1000
#define SWEEP_BUCKETS 64

/* ---- Table ---- */

static uint64_t hash(const struct bmsc_ues *ues, const char *text,
		     size_t length)
{
	uint64_t value = ues->seed;

	while (length--) {
		value ^= (uint8_t)*text++;
		value *= UINT64_C(0x9fb21c651e98df25);
		value ^= value >> 29;
	}
	return value;
}

static size_t bucket(const struct bmsc_ues *ues, const char *text,
		     size_t length)
{
	return hash(ues, text, length) & (ues->buckets - 1);
}

static size_t id_bucket(const struct bmsc_ues *ues, int64_t id)
{
	return (size_t)id & (ues->buckets - 1);
}

static int lists_new(struct bmsc_ues *ues, size_t buckets)
{
	ues->buckets = buckets;
	ues->by_impi = calloc(buckets, sizeof(*ues->by_impi));
	ues->by_btid = calloc(buckets, sizeof(*ues->by_btid));
	ues->by_id = calloc(buckets, sizeof(*ues->by_id));
	return ues->by_impi && ues->by_btid && ues->by_id ? 0 : -1;
}

static void lists_free(struct bmsc_ues *ues)
{
	free(ues->by_impi);
	free(ues->by_btid);
	free(ues->by_id);
}

static void link_names(struct bmsc_ues *ues, struct bmsc_ue *ue)
{
	size_t i = bucket(ues, ue->impi, strlen(ue->impi));

	LIST_INSERT_HEAD(&ues->by_impi[i], ue, by_impi);
	i = bucket(ues, ue->btid, strlen(ue->btid));
	LIST_INSERT_HEAD(&ues->by_btid[i], ue, by_btid);
	LIST_INSERT_HEAD(&ues->by_id[id_bucket(ues, ue->id)], ue, by_id);
}

/* Without memory the table stays as it is, only slower. */
static void grow(struct bmsc_ues *ues)
{
	struct bmsc_ues larger = *ues;
	struct bmsc_ue *ue;
	size_t i;

	if (lists_new(&larger, ues->buckets * 2)) {
		lists_free(&larger);
		return;
	}
	for (i = 0; i < ues->buckets; i++)
		while ((ue = LIST_FIRST(&ues->by_id[i]))) {
			LIST_REMOVE(ue, by_id);
			link_names(&larger, ue);
		}
	lists_free(ues);
	*ues = larger;
}

struct bmsc_ue *bmsc_ue_by_btid(struct bmsc *bmsc, const char *btid,
				size_t length)
{
	struct bmsc_ues *ues = &bmsc->ues;
	struct bmsc_ue *ue;

	for (ue = LIST_FIRST(&ues->by_btid[bucket(ues, btid, length)]); ue;
	     ue = LIST_NEXT(ue, by_btid))
		if (strlen(ue->btid) == length &&
		    !memcmp(ue->btid, btid, length))
			return ue;
	return NULL;
}

struct bmsc_ue *bmsc_ue_by_impi(struct bmsc *bmsc, const char *impi)
{
	struct bmsc_ues *ues = &bmsc->ues;
	struct bmsc_ue *ue;

	for (ue = LIST_FIRST(&ues->by_impi[bucket(ues, impi, strlen(impi))]);
	     ue; ue = LIST_NEXT(ue, by_impi))
		if (!strcmp(ue->impi, impi))
			return ue;
	return NULL;
}

struct bmsc_ue *bmsc_ue_by_id(struct bmsc *bmsc, int64_t id)
{
	struct bmsc_ue *ue;

	for (ue = LIST_FIRST(&bmsc->ues.by_id[id_bucket(&bmsc->ues, id)]); ue;
	     ue = LIST_NEXT(ue, by_id))
		if (ue->id == id)
			return ue;
	return NULL;
}

/* ---- One UE ---- */

static void ue_free(struct bmsc_ue *ue)
{
	secret_clear(&ue->muk);
	secret_clear(&ue->mrk);
	free(ue->impi);
	free(ue->btid);
	free(ue);
}

void bmsc_ue_pin(struct bmsc_ue *ue)
{
	ue->pins++;
}

void bmsc_ue_unpin(struct bmsc *bmsc, struct bmsc_ue *ue)
{
	(void)bmsc;
	if (!--ue->pins && ue->gone)
		ue_free(ue);
}

void bmsc_ue_remove(struct bmsc *bmsc, struct bmsc_ue *ue)
{
	bmsc_push_cancel(bmsc, ue, NULL);
	while (!SLIST_EMPTY(&ue->members))
		bmsc_member_free(bmsc, SLIST_FIRST(&ue->members));
	if (ue->dirty)
		SLIST_REMOVE(&bmsc->dirty, ue, bmsc_ue, dirty_link);
	ue->dirty = false;
	LIST_REMOVE(ue, by_impi);
	LIST_REMOVE(ue, by_btid);
	LIST_REMOVE(ue, by_id);
	bmsc->ues.count--;
	ue->gone = true;
	if (!ue->pins)
		ue_free(ue);
}

/* Takes what @user has; its keys go over. Returns 0, or -1 and nothing changed. */
static int ue_fill(struct bmsc *bmsc, struct bmsc_ue *ue, struct naf_user *user)
{
	struct bmsc_delivery *delivery;
	char *btid = strdup(user->btid);

	if (!btid)
		return -1;
	if (ue->btid) {
		LIST_REMOVE(ue, by_btid);
		free(ue->btid);
	}
	ue->btid = btid;
	LIST_INSERT_HEAD(
		&bmsc->ues.by_btid[bucket(&bmsc->ues, btid, strlen(btid))], ue,
		by_btid);
	secret_clear(&ue->muk);
	secret_clear(&ue->mrk);
	ue->muk = user->muk;
	ue->mrk = user->mrk;
	user->muk = (struct secret){ 0 };
	user->mrk = (struct secret){ 0 };
	ue->gba_u = user->gba_u;
	ue->expires = user->expires;
	ue->address = user->address;
	/* Counters of another MUK say nothing about answers under this one. */
	for (delivery = LIST_FIRST(&ue->deliveries); delivery;
	     delivery = LIST_NEXT(delivery, of_ue)) {
		delivery->first = MBMS_COUNTER_NONE;
		delivery->last = MBMS_COUNTER_NONE;
	}
	return 0;
}

static struct bmsc_ue *ue_new(struct bmsc *bmsc, struct naf_user *user,
			      struct fault *fault)
{
	struct bmsc_ues *ues = &bmsc->ues;
	struct bmsc_ue *ue = calloc(1, sizeof(*ue));

	if (ue)
		ue->impi = strdup(user->impi);
	if (!ue || !ue->impi || ue_fill(bmsc, ue, user)) {
		if (ue)
			ue_free(ue);
		fault_set(fault, FAULT_MEMORY, "no memory for a UE");
		return NULL;
	}
	ue->id = user->id;
	LIST_INSERT_HEAD(&ues->by_impi[bucket(ues, ue->impi, strlen(ue->impi))],
			 ue, by_impi);
	LIST_INSERT_HEAD(&ues->by_id[id_bucket(ues, ue->id)], ue, by_id);
	SLIST_INIT(&ue->members);
	LIST_INIT(&ue->deliveries);
	if (++ues->count > ues->buckets)
		grow(ues);
	return ue;
}

/* Where the counter of a MUK goes on. It can come back: while the BSF knows two
 * B-TIDs of a subscriber, two UEs may use them in turn.
 */
static int counter_begin(struct bmsc *bmsc, const struct bmsc_ue *ue,
			 const struct naf_user *user, uint32_t *counter,
			 struct fault *fault)
{
	*counter = MBMS_COUNTER_NONE;
	if (!ue)
		return 0;
	if (naf_user_retire(bmsc->store, ue->id, fault) ||
	    naf_user_retired(bmsc->store, user->btid, counter, fault))
		return -1;
	if (*counter <= UINT32_MAX - BMSC_MUK_BLOCK)
		return 0;
	return fault_set(fault, FAULT_STATE,
			 "counter of the MUK is used up, a bootstrapping is "
			 "needed");
}

static struct bmsc_ue *put(struct bmsc *bmsc, struct naf_user *user,
			   struct fault *fault)
{
	struct bmsc_ue *ue = bmsc_ue_by_impi(bmsc, user->impi);
	uint32_t counter;

	if (counter_begin(bmsc, ue, user, &counter, fault))
		return NULL;
	user->lease = counter + BMSC_MUK_BLOCK;
	if (naf_user_put(bmsc->store, user, fault))
		return NULL;
	if (!ue) {
		ue = ue_new(bmsc, user, fault);
	} else if (ue_fill(bmsc, ue, user)) {
		fault_set(fault, FAULT_MEMORY, "no memory for a UE");
		ue = NULL;
	}
	if (!ue)
		return NULL;
	ue->counter = counter;
	ue->lease = user->lease;
	ue->lease_ready = counter;
	bmsc_ue_touch(bmsc, ue);
	return ue;
}

struct bmsc_ue *bmsc_ue_put(struct bmsc *bmsc, struct naf_user *user,
			    struct fault *fault)
{
	struct bmsc_ue *ue;

	if (store_begin(bmsc->store, fault))
		return NULL;
	ue = put(bmsc, user, fault);
	if (ue && !store_end(bmsc->store, fault))
		return ue;
	store_rollback(bmsc->store);
	if (ue)
		bmsc_ue_touch(bmsc, ue);
	return NULL;
}

int bmsc_ue_move(struct bmsc *bmsc, struct bmsc_ue *ue,
		 const union address *address, struct fault *fault)
{
	if (ue->address.family && address_equal(&ue->address, address))
		return 0;
	if (naf_user_address_set(bmsc->store, ue->id, address, fault))
		return -1;
	ue->address = *address;
	bmsc_ue_touch(bmsc, ue);
	return 0;
}

bool bmsc_ue_muk_valid(const struct bmsc *bmsc, const struct bmsc_ue *ue)
{
	return ue->expires > loop_wall(bmsc->loop);
}

int bmsc_ue_counter(struct bmsc *bmsc, struct bmsc_ue *ue, uint32_t *counter,
		    struct fault *fault)
{
	uint32_t lease;

	if (mbms_counter_next(ue->counter, counter, fault))
		return -1;
	if (*counter <= ue->lease_ready) {
		ue->counter = *counter;
		return 1;
	}
	if (*counter > ue->lease) {
		lease = ue->counter > UINT32_MAX - BMSC_MUK_BLOCK ?
				UINT32_MAX :
				ue->counter + BMSC_MUK_BLOCK;
		if (naf_user_lease_set(bmsc->store, ue->id, lease, fault))
			return -1;
		ue->lease = lease;
	}
	bmsc_ue_touch(bmsc, ue);
	return 0;
}

/* ---- Commits ---- */

/* The commit failed: what we have in memory is not in the store. */
static void ue_reread(struct bmsc *bmsc, struct bmsc_ue *ue)
{
	struct naf_user user = { 0 };
	struct fault fault = { 0 };
	bool same;

	if (naf_user_read(bmsc->store, ue->id, &user, &fault)) {
		if (fault.code == FAULT_UNKNOWN)
			bmsc_ue_remove(bmsc, ue);
		else
			bmsc_complain(bmsc, BMSC_NOT_STORED, ue->impi, &fault);
		return;
	}
	same = secret_equal(&ue->muk, &user.muk);
	/* Values above the stored lease were not used: they were not ready. */
	if (!same)
		ue->counter = user.lease;
	ue->lease = user.lease;
	ue->lease_ready = user.lease;
	if (ue_fill(bmsc, ue, &user) || bmsc_members_reread(bmsc, ue, &fault))
		bmsc_complain(bmsc, BMSC_NOT_STORED, ue->impi, &fault);
	secret_clear(&user.muk);
	secret_clear(&user.mrk);
}

static void committed(void *argument, const struct fault *fault)
{
	struct bmsc *bmsc = argument;
	struct bmsc_member *member;
	struct bmsc_ue *ue;

	while ((ue = SLIST_FIRST(&bmsc->dirty))) {
		SLIST_REMOVE_HEAD(&bmsc->dirty, dirty_link);
		ue->dirty = false;
		if (fault) {
			ue_reread(bmsc, ue);
			continue;
		}
		ue->lease_ready = ue->lease;
		for (member = SLIST_FIRST(&ue->members); member;
		     member = SLIST_NEXT(member, of_ue))
			bmsc_member_list(bmsc, member);
	}
	bmsc_push_committed(bmsc, !!fault);
}

void bmsc_ue_touch(struct bmsc *bmsc, struct bmsc_ue *ue)
{
	if (!ue->dirty) {
		ue->dirty = true;
		SLIST_INSERT_HEAD(&bmsc->dirty, ue, dirty_link);
	}
	if (!bmsc->waiter.waiting)
		store_after_commit(bmsc->store, &bmsc->waiter, committed, bmsc);
}

/* ---- Forgetting ---- */

static bool ue_useful(const struct bmsc *bmsc, const struct bmsc_ue *ue,
		      int64_t now)
{
	const struct bmsc_member *member;
	struct member_group msks;
	size_t i;

	if (ue->pins || ue->dirty || !LIST_EMPTY(&ue->deliveries) ||
	    ue->expires > now - SWEEP_AFTER)
		return true;
	for (member = SLIST_FIRST(&ue->members); member;
	     member = SLIST_NEXT(member, of_ue)) {
		if (member->member.state == MEMBER_INSIDE ||
		    member->member.state == MEMBER_BANNED)
			return true;
		/* It may have a key that is alive, although it has left. */
		msks = bmsc_group_msks(member->group);
		for (i = 0; i < msks.count; i++)
			if (msks.msk_ids[i] == member->member.sent)
				return true;
	}
	(void)bmsc;
	return false;
}

static void sweep(void *argument)
{
	struct bmsc *bmsc = argument;
	struct bmsc_ues *ues = &bmsc->ues;
	int64_t now = loop_wall(bmsc->loop);
	struct fault fault = { 0 };
	struct bmsc_ue *ue, *next;
	unsigned int i;

	if (ues->sweep < SWEEP_BUCKETS)
		naf_user_retired_forget(bmsc->store, now - SWEEP_AFTER, NULL);
	for (i = 0; i < SWEEP_BUCKETS; i++) {
		ues->sweep = (ues->sweep + 1) & (ues->buckets - 1);
		for (ue = LIST_FIRST(&ues->by_id[ues->sweep]); ue; ue = next) {
			next = LIST_NEXT(ue, by_id);
			if (ue_useful(bmsc, ue, now))
				continue;
			if (naf_user_delete(bmsc->store, ue->id, &fault))
				break;
			bmsc_ue_remove(bmsc, ue);
		}
	}
	loop_timer_set(bmsc->loop, &ues->timer, SWEEP_PAUSE, sweep, bmsc);
}

/* ---- Start and stop ---- */

static int ue_read(void *argument, struct naf_user *user, struct fault *fault)
{
	struct bmsc *bmsc = argument;
	struct bmsc_ue *ue = ue_new(bmsc, user, fault);

	if (!ue)
		return -1;
	/* Values up to the lease may have been used. */
	ue->counter = user->lease;
	ue->lease = user->lease;
	ue->lease_ready = user->lease;
	return 0;
}

int bmsc_ues_open(struct bmsc *bmsc, struct fault *fault)
{
	struct bmsc_ues *ues = &bmsc->ues;

	SLIST_INIT(&bmsc->dirty);
	if (RAND_bytes((uint8_t *)&ues->seed, sizeof(ues->seed)) != 1 ||
	    lists_new(ues, BUCKETS_MIN))
		return fault_set(fault, FAULT_MEMORY, "no memory for UEs");
	if (naf_user_each(bmsc->store, ue_read, bmsc, fault) ||
	    bmsc_members_read(bmsc, fault))
		return -1;
	loop_timer_set(bmsc->loop, &ues->timer, SWEEP_PAUSE, sweep, bmsc);
	return 0;
}

void bmsc_ues_close(struct bmsc *bmsc)
{
	struct bmsc_ues *ues = &bmsc->ues;
	size_t i;

	loop_timer_stop(&ues->timer);
	store_forget(bmsc->store, &bmsc->waiter);
	for (i = 0; ues->by_id && i < ues->buckets; i++)
		while (!LIST_EMPTY(&ues->by_id[i]))
			bmsc_ue_remove(bmsc, LIST_FIRST(&ues->by_id[i]));
	lists_free(ues);
	*ues = (struct bmsc_ues){ 0 };
}
