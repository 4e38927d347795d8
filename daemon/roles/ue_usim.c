// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "core/kdf_gba.h"
#include "core/text.h"
#include "log.h"
#include "roles/ue_commit.h"
#include "roles/ue_usim.h"
#include "store/ue_keys.h"

/* A new bootstrapping begins when between nine and ten tenths of the life of Ks
 * are over, so that UEs which came together do not come again together.
 */
#define RENEW_PART 10

struct ue_usim *ue_usim_find(struct ue *ue, const char *imsi)
{
	return ue_index_find(&ue->by_imsi, imsi, strlen(imsi));
}

struct ue_usim *ue_usim_of_btid(struct ue *ue, const void *btid, size_t length)
{
	struct ue_naf *naf = ue_index_find(&ue->by_btid, btid, length);

	return naf ? naf->usim : NULL;
}

/* ---- Keys ---- */

static void naf_free(struct ue_naf *naf)
{
	ue_index_remove(&naf->usim->ue->by_btid, &naf->by_btid);
	secret_clear(&naf->muk);
	free(naf->fqdn);
	free(naf->btid);
	free(naf->nonce);
	free(naf);
}

void ue_msk_free(struct ue_msk *msk)
{
	secret_clear(&msk->msk);
	free(msk);
}

static void keys_free(struct ue_usim *usim)
{
	struct ue_naf *naf;
	struct ue_msk *msk;

	while ((naf = usim->nafs)) {
		usim->nafs = naf->next;
		naf_free(naf);
	}
	while ((msk = usim->msks)) {
		usim->msks = msk->next;
		ue_msk_free(msk);
	}
}

struct ue_naf *ue_usim_naf_find(struct ue_usim *usim, const char *fqdn)
{
	struct ue_naf *naf;

	for (naf = usim->nafs; naf; naf = naf->next)
		if (!strcmp(naf->fqdn, fqdn))
			return naf;
	return NULL;
}

/* Several BM-SCs may have the same B-TID: the index has one of their entries, the
 * UE is the same.
 */
static void naf_index(struct ue_naf *naf)
{
	struct ue *ue = naf->usim->ue;

	if (!ue_index_find(&ue->by_btid, naf->btid, strlen(naf->btid)))
		ue_index_add(&ue->by_btid, &naf->by_btid, naf->btid, naf);
}

/* Replaces the entry of this BM-SC. */
static struct ue_naf *naf_set(struct ue_usim *usim,
			      const struct ue_muk_row *row, struct fault *fault)
{
	struct ue_naf *naf = ue_usim_naf_find(usim, row->naf);
	struct secret muk = { 0 };
	char *btid = strdup(row->btid);

	if (!naf) {
		naf = calloc(1, sizeof(*naf));
		if (naf) {
			naf->usim = usim;
			naf->fqdn = strdup(row->naf);
			naf->next = usim->nafs;
			usim->nafs = naf;
		}
	}
	if (!btid || !naf || !naf->fqdn ||
	    secret_set(&muk, row->muk->bytes, row->muk->size)) {
		free(btid);
		fault_set(fault, FAULT_MEMORY, "no memory for a MUK");
		return NULL;
	}
	ue_index_remove(&usim->ue->by_btid, &naf->by_btid);
	secret_clear(&naf->muk);
	free(naf->btid);
	free(naf->nonce);
	naf->nonce = NULL;
	naf->btid = btid;
	naf->muk = muk;
	naf->counter = row->counter;
	naf->expires = row->expires;
	for (naf = usim->nafs; naf; naf = naf->next)
		if (!naf->by_btid.owner && naf->btid)
			naf_index(naf);
	return ue_usim_naf_find(usim, row->naf);
}

bool ue_usim_has_msk(const struct ue_usim *usim, const struct msk_ref *ref)
{
	const struct ue_msk *msk;

	for (msk = usim->msks; msk; msk = msk->next)
		if (msk_ref_equal(&msk->ref, ref))
			return true;
	return false;
}

bool ue_usim_has_group(const struct ue_usim *usim, const struct msk_ref *ref)
{
	const struct ue_msk *msk;

	for (msk = usim->msks; msk; msk = msk->next)
		if (key_domain_equal(&msk->ref.domain, &ref->domain) &&
		    msk_id_group(msk->ref.msk_id) == msk_id_group(ref->msk_id))
			return true;
	return false;
}

/* ---- UEs ---- */

static void set_expiry(struct ue_usim *usim, int64_t expires)
{
	int64_t life = expires - loop_wall(usim->ue->loop);

	usim->expires = expires;
	usim->renew = expires;
	if (life <= 0)
		return;
	if (life > INT32_MAX)
		life = INT32_MAX;
	usim->renew -=
		backoff_delay(0, (uint32_t)(life / RENEW_PART), ue_random());
}

static int set_btid(struct ue_usim *usim, const char *btid, int64_t expires)
{
	char *copy = btid ? strdup(btid) : NULL;

	if (btid && !copy)
		return -1;
	free(usim->btid);
	usim->btid = copy;
	if (btid)
		set_expiry(usim, expires);
	return 0;
}

struct ue_usim *ue_usim_new(struct ue *ue, const struct usim_row *row,
			    struct fault *fault)
{
	struct ue_usim *usim = calloc(1, sizeof(*usim));

	if (!usim)
		goto no_memory;
	usim->ue = ue;
	usim->mnc_digits = (uint8_t)row->mnc_digits;
	pull_init(&usim->pull);
	if (text_copy(usim->imsi, sizeof(usim->imsi), row->imsi,
		      strlen(row->imsi), "IMSI", fault))
		goto fail;
	if (set_btid(usim, row->btid, row->expires) ||
	    ue_index_add(&ue->by_imsi, &usim->by_imsi, usim->imsi, usim))
		goto no_memory;
	TAILQ_INSERT_TAIL(&ue->usims, usim, entry);
	return usim;
no_memory:
	fault_set(fault, FAULT_MEMORY, "no memory for a UE");
fail:
	if (usim)
		free(usim->btid);
	free(usim);
	return NULL;
}

void ue_usim_free(struct ue_usim *usim)
{
	struct ue *ue = usim->ue;

	loop_timer_stop(&usim->timer);
	ue_commit_forget(usim);
	if (usim->queued)
		TAILQ_REMOVE(&ue->queue, usim, queue_entry);
	keys_free(usim);
	ue_index_remove(&ue->by_imsi, &usim->by_imsi);
	TAILQ_REMOVE(&ue->usims, usim, entry);
	free(usim->btid);
	free(usim);
}

/* ---- From the store ---- */

static int load_usim(void *argument, const struct usim_row *row,
		     struct fault *fault)
{
	return ue_usim_new(argument, row, fault) ? 0 : -1;
}

static int load_muk(void *argument, const struct ue_muk_row *row,
		    struct fault *fault)
{
	struct ue_usim *usim = ue_usim_find(argument, row->imsi);

	if (!usim)
		return 0;
	return naf_set(usim, row, fault) ? 0 : -1;
}

static int load_msk(void *argument, const struct ue_msk_row *row,
		    struct fault *fault)
{
	struct ue_usim *usim = ue_usim_find(argument, row->imsi);
	struct ue_msk **end, *msk;

	if (!usim)
		return 0;
	if (row->rand_size > MIKEY_RAND_MAX)
		return fault_set(fault, FAULT_MALFORMED,
				 "RAND of a stored MSK has %zu octets",
				 row->rand_size);
	msk = calloc(1, sizeof(*msk) + row->rand_size);
	if (!msk || secret_set(&msk->msk, row->msk->bytes, row->msk->size)) {
		free(msk);
		return fault_set(fault, FAULT_MEMORY, "no memory for an MSK");
	}
	msk->ref = row->ref;
	msk->csb_id = row->csb_id;
	msk->counter = row->counter;
	msk->low = row->low;
	msk->high = row->high;
	msk->age = row->age;
	msk->rand_size = (uint8_t)row->rand_size;
	if (row->rand_size)
		memcpy(msk->rand, row->rand, row->rand_size);
	for (end = &usim->msks; *end; end = &(*end)->next)
		;
	*end = msk;
	return 0;
}

int ue_usims_load(struct ue *ue, struct fault *fault)
{
	if (usim_each(ue->store, NULL, load_usim, ue, fault) ||
	    ue_muk_each(ue->store, NULL, load_muk, ue, fault) ||
	    ue_msk_each(ue->store, NULL, load_msk, ue, fault))
		return -1;
	return 0;
}

struct reloading {
	struct ue_usim *usim;
	bool found;
};

static int reload_usim(void *argument, const struct usim_row *row,
		       struct fault *fault)
{
	struct reloading *reloading = argument;

	reloading->found = true;
	if (set_btid(reloading->usim, row->btid, row->expires))
		return fault_set(fault, FAULT_MEMORY, "no memory for a UE");
	return 0;
}

bool ue_usim_reload(struct ue_usim *usim)
{
	struct reloading reloading = { .usim = usim };
	struct ue *ue = usim->ue;
	struct fault fault = { 0 };

	keys_free(usim);
	if (usim_each(ue->store, usim->imsi, reload_usim, &reloading, &fault) ||
	    ue_muk_each(ue->store, usim->imsi, load_muk, ue, &fault) ||
	    ue_msk_each(ue->store, usim->imsi, load_msk, ue, &fault))
		log_error(UE_AREA, "reload-failed",
			  LOG_TEXT("imsi", usim->imsi),
			  LOG_TEXT("reason", fault.text));
	return reloading.found;
}

/* ---- Authentication and bootstrapping ---- */

int ue_usim_impi(const struct ue_usim *usim, char impi[IMPI_TEXT_SIZE],
		 struct fault *fault)
{
	return impi_from_imsi(usim->imsi, usim->mnc_digits, impi, fault);
}

int ue_usim_challenge(struct ue_usim *usim, const uint8_t rand[RAND_SIZE],
		      const uint8_t autn[AUTN_SIZE], struct aka_answer *answer,
		      struct fault *fault)
{
	const struct aka_sqn_policy policy = AKA_SQN_POLICY_DEFAULT;
	struct ue *ue = usim->ue;
	struct milenage keys;
	struct aka_sqn_array sqn;
	int result;

	if (usim_get(ue->store, usim->imsi, &keys, &sqn, fault))
		return -1;
	result = aka_challenge_check(&keys, &sqn, &policy, rand, autn, answer,
				     fault);
	milenage_clear(&keys);
	if (result)
		return -1;
	if (usim_sqn_put(ue->store, usim->imsi, &sqn, fault)) {
		aka_answer_clear(answer);
		return -1;
	}
	return 0;
}

int ue_usim_bootstrapped(struct ue_usim *usim, const char *btid,
			 const struct secret *ks, int64_t lifetime,
			 struct fault *fault)
{
	struct ue *ue = usim->ue;
	int64_t expires = loop_wall(ue->loop) + lifetime;

	ue_commit_mark(usim);
	if (usim_bootstrap_put(ue->store, usim->imsi, btid, expires, ks, fault))
		return -1;
	if (set_btid(usim, btid, expires))
		return fault_set(fault, FAULT_MEMORY, "no memory for a B-TID");
	ue->counts.bootstrapped++;
	return 0;
}

bool ue_usim_is_bootstrapped(const struct ue_usim *usim)
{
	return usim->btid && usim->expires > loop_wall(usim->ue->loop);
}

void ue_usim_unbootstrap(struct ue_usim *usim)
{
	struct fault fault = { 0 };

	ue_commit_mark(usim);
	if (usim_bootstrap_delete(usim->ue->store, usim->imsi, &fault))
		log_warning(UE_AREA, "store-failed",
			    LOG_TEXT("imsi", usim->imsi),
			    LOG_TEXT("reason", fault.text));
	set_btid(usim, NULL, 0);
}

/* Ks_NAF, which is the MUK with GBA_ME (TS 33.246, 6.1). */
static int derive_muk(struct ue_usim *usim, const char *fqdn,
		      struct secret *muk, struct fault *fault)
{
	struct bootstrap_keys keys = { .mode = BOOTSTRAP_GBA_ME };
	struct secret ks = { 0 };
	char impi[IMPI_TEXT_SIZE];
	uint8_t rand[RAND_SIZE];
	struct naf_id naf_id;
	int result = -1;

	if (!naf_id_set(&naf_id, fqdn, UA_PROTOCOL_MBMS, fault) &&
	    !ue_usim_impi(usim, impi, fault) &&
	    !btid_parse(usim->btid, strlen(usim->btid), rand, NULL, fault) &&
	    !usim_bootstrap_get(usim->ue->store, usim->imsi, &ks, fault) &&
	    !kdf_ks_naf(&ks, rand, impi, &naf_id, &keys.key, fault))
		result = kdf_muk(&keys, muk, fault);
	secret_clear(&ks);
	bootstrap_keys_clear(&keys);
	return result;
}

struct ue_naf *ue_usim_naf(struct ue_usim *usim, const char *fqdn,
			   struct fault *fault)
{
	struct ue_naf *naf = ue_usim_naf_find(usim, fqdn);
	struct secret muk = { 0 };
	struct ue_muk_row row = { .imsi = usim->imsi,
				  .naf = fqdn,
				  .btid = usim->btid,
				  .muk = &muk,
				  .expires = usim->expires,
				  .counter = MBMS_COUNTER_NONE };

	if (naf && !strcmp(naf->btid, usim->btid))
		return naf;
	ue_commit_mark(usim);
	naf = NULL;
	if (!derive_muk(usim, fqdn, &muk, fault) &&
	    !ue_muk_put(usim->ue->store, &row, fault))
		naf = naf_set(usim, &row, fault);
	secret_clear(&muk);
	return naf;
}
