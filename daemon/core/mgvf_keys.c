// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "mgvf_keys.h"

void mgvf_init(struct mgvf *mgvf)
{
	*mgvf = (struct mgvf){ .beyond_deletes = MBMS_BEYOND_DELETES_MSK };
}

static void muk_clear(struct mgvf_muk *muk)
{
	secret_clear(&muk->muk);
	*muk = (struct mgvf_muk){ 0 };
}

static void msk_clear(struct mgvf_msk *msk)
{
	secret_clear(&msk->msk);
	*msk = (struct mgvf_msk){ 0 };
}

void mgvf_clear(struct mgvf *mgvf)
{
	size_t i;

	for (i = 0; i < MGVF_MUKS_MAX; i++)
		muk_clear(&mgvf->muks[i]);
	for (i = 0; i < MGVF_MSKS_MAX; i++)
		msk_clear(&mgvf->msks[i]);
	mgvf_init(mgvf);
}

/* ---- MUKs ---- */

static struct mgvf_muk *muk_find(struct mgvf *mgvf, const char *fqdn)
{
	size_t i;

	for (i = 0; i < MGVF_MUKS_MAX; i++)
		if (mgvf->muks[i].used &&
		    !strcmp(mgvf->muks[i].naf_id.fqdn, fqdn))
			return &mgvf->muks[i];
	return NULL;
}

const struct mgvf_muk *mgvf_muk_find(const struct mgvf *mgvf,
				     const struct naf_id *naf_id)
{
	return muk_find((struct mgvf *)mgvf, naf_id->fqdn);
}

struct mgvf_muk *mgvf_muk_of(struct mgvf *mgvf,
			     const struct mikey_message *message)
{
	const struct mikey_bytes *id = &message->responder.data;
	struct mgvf_muk *muk;
	size_t i;

	for (i = 0; i < MGVF_MUKS_MAX; i++) {
		muk = &mgvf->muks[i];
		if (muk->used && strlen(muk->responder) == id->size &&
		    !memcmp(muk->responder, id->data, id->size) &&
		    mbms_initiator_matches(&message->initiator.data,
					   &muk->naf_id))
			return muk;
	}
	return NULL;
}

static struct mgvf_muk *muk_slot(struct mgvf *mgvf, const char *fqdn)
{
	struct mgvf_muk *muk = muk_find(mgvf, fqdn);
	size_t i;

	for (i = 0; !muk && i < MGVF_MUKS_MAX; i++)
		if (!mgvf->muks[i].used)
			muk = &mgvf->muks[i];
	return muk;
}

int mgvf_muk_set(struct mgvf *mgvf, const struct naf_id *naf_id,
		 const char *responder, const struct secret *muk,
		 uint32_t counter, struct fault *fault)
{
	struct mgvf_muk *slot = muk_slot(mgvf, naf_id->fqdn);
	struct mgvf_muk fresh = { .used = true, .naf_id = *naf_id };
	size_t length = strlen(responder);

	if (!slot)
		return fault_set(fault, FAULT_LIMIT,
				 "no room for the MUK of another BM-SC (%d)",
				 MGVF_MUKS_MAX);
	if (!naf_id->fqdn[0] || !length || length >= sizeof(fresh.responder))
		return fault_set(fault, FAULT_ARGUMENT,
				 "MUK ID has no IDi, or an IDr of %zu octets",
				 length);
	memcpy(fresh.responder, responder, length + 1);
	if (!muk->size || secret_set(&fresh.muk, muk->bytes, muk->size))
		return fault_set(fault,
				 muk->size ? FAULT_MEMORY : FAULT_ARGUMENT,
				 "MUK of %zu octets cannot be stored",
				 muk->size);
	fresh.counter = counter;
	if (secret_equal(&slot->muk, muk) && slot->counter > counter)
		fresh.counter = slot->counter;
	muk_clear(slot);
	*slot = fresh;
	return 0;
}

static struct mgvf_muk *muk_named(struct mgvf *mgvf, const struct naf_id *id,
				  struct fault *fault)
{
	struct mgvf_muk *muk = muk_find(mgvf, id->fqdn);

	if (!muk)
		fault_set(fault, FAULT_UNKNOWN,
			  "there is no MUK of this BM-SC");
	return muk;
}

int mgvf_muk_expire(struct mgvf *mgvf, const struct naf_id *naf_id,
		    struct fault *fault)
{
	struct mgvf_muk *muk = muk_named(mgvf, naf_id, fault);

	if (!muk)
		return -1;
	muk->expired = true;
	return 0;
}

int mgvf_muk_delete(struct mgvf *mgvf, const struct naf_id *naf_id,
		    struct fault *fault)
{
	struct mgvf_muk *muk = muk_named(mgvf, naf_id, fault);

	if (!muk)
		return -1;
	muk_clear(muk);
	return 0;
}

/* ---- MSKs ---- */

static struct mgvf_msk *msk_find(struct mgvf *mgvf, const struct msk_ref *ref)
{
	size_t i;

	for (i = 0; i < MGVF_MSKS_MAX; i++)
		if (mgvf->msks[i].used &&
		    msk_ref_equal(&mgvf->msks[i].ref, ref))
			return &mgvf->msks[i];
	return NULL;
}

const struct mgvf_msk *mgvf_msk_find(const struct mgvf *mgvf,
				     const struct msk_ref *ref)
{
	return msk_find((struct mgvf *)mgvf, ref);
}

static bool msk_in_group(const struct mgvf_msk *msk,
			 const struct key_domain *domain, uint16_t group)
{
	return msk->used && msk_id_group(msk->ref.msk_id) == group &&
	       key_domain_equal(&msk->ref.domain, domain);
}

struct mgvf_msk *mgvf_msk_slot(struct mgvf *mgvf, const struct msk_ref *ref,
			       struct fault *fault)
{
	struct mgvf_msk *slot = msk_find(mgvf, ref);
	struct mgvf_msk *msk, *oldest = NULL, *unused = NULL;
	unsigned int members = 0;
	size_t i;

	if (slot)
		return slot;
	for (i = 0; i < MGVF_MSKS_MAX; i++) {
		msk = &mgvf->msks[i];
		if (!msk->used && !unused)
			unused = msk;
		if (!msk_in_group(msk, &ref->domain, msk_id_group(ref->msk_id)))
			continue;
		members++;
		if (!oldest || msk->age < oldest->age)
			oldest = msk;
	}
	slot = members >= MBMS_MSKS_PER_GROUP ? oldest : unused;
	if (!slot)
		fault_set(fault, FAULT_LIMIT,
			  "no room for the MSK of another group (%d MSKs)",
			  MGVF_MSKS_MAX);
	return slot;
}

/* The same key again: what its MTKs have used up stays used up. */
static void keep_mtk_state(const struct mgvf_msk *old, struct mgvf_msk *fresh)
{
	fresh->age = old->age;
	if (old->counter > fresh->counter)
		fresh->counter = old->counter;
	if (old->low > fresh->low)
		fresh->low = old->low;
	if (fresh->rand_size || !old->rand_size)
		return;
	/* NAS has no RAND to replace the one that we know. */
	memcpy(fresh->rand, old->rand, old->rand_size);
	fresh->rand_size = old->rand_size;
	fresh->csb_id = old->csb_id;
}

void mgvf_msk_store(struct mgvf *mgvf, struct mgvf_msk *slot,
		    struct mgvf_msk *fresh, struct mgvf_stored *stored)
{
	bool same_id = slot->used && msk_ref_equal(&slot->ref, &fresh->ref);

	stored->known = same_id && secret_equal(&slot->msk, &fresh->msk);
	stored->evicted = slot->used && !same_id;
	stored->evicted_msk_id = stored->evicted ? slot->ref.msk_id : 0;
	if (stored->known)
		keep_mtk_state(slot, fresh);
	else
		fresh->age = mgvf->next_age++;
	stored->low = fresh->low;
	stored->high = fresh->high;
	msk_clear(slot);
	fresh->used = true;
	*slot = *fresh;
	*fresh = (struct mgvf_msk){ 0 };
}

static int check_input(const struct mgvf_msk_input *input, struct fault *fault)
{
	if (input->msk->size != MSK_SIZE)
		return fault_set(fault, FAULT_ARGUMENT,
				 "MSK has %zu octets, not %d", input->msk->size,
				 MSK_SIZE);
	if (msk_id_number(input->ref.msk_id) == MSK_NUMBER_CURRENT)
		return fault_set(fault, FAULT_ARGUMENT,
				 "no MSK has the Key Number 0");
	if (input->low > input->high)
		return fault_set(fault, FAULT_ARGUMENT,
				 "SEQl %u of the MSK is above SEQu %u",
				 input->low, input->high);
	if (input->rand.size && (input->rand.size < MIKEY_RAND_MIN ||
				 input->rand.size > MIKEY_RAND_MAX))
		return fault_set(fault, FAULT_ARGUMENT,
				 "RAND of the MSK has %zu octets, not %d to %d",
				 input->rand.size, MIKEY_RAND_MIN,
				 MIKEY_RAND_MAX);
	return 0;
}

int mgvf_msk_set(struct mgvf *mgvf, const struct mgvf_msk_input *input,
		 struct mgvf_stored *stored, struct fault *fault)
{
	struct mgvf_msk fresh = { 0 };
	struct mgvf_msk *slot;

	*stored = (struct mgvf_stored){ 0 };
	if (check_input(input, fault))
		return -1;
	slot = mgvf_msk_slot(mgvf, &input->ref, fault);
	if (!slot)
		return -1;
	if (secret_set(&fresh.msk, input->msk->bytes, input->msk->size))
		return fault_set(fault, FAULT_MEMORY, "no memory for the MSK");
	fresh.ref = input->ref;
	fresh.low = input->low;
	fresh.high = input->high;
	fresh.counter = input->counter;
	fresh.csb_id = input->csb_id;
	fresh.rand_size = (uint8_t)input->rand.size;
	if (input->rand.size)
		memcpy(fresh.rand, input->rand.data, input->rand.size);
	mgvf_msk_store(mgvf, slot, &fresh, stored);
	return 0;
}

unsigned int mgvf_group_delete(struct mgvf *mgvf,
			       const struct key_domain *domain, uint16_t group)
{
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < MGVF_MSKS_MAX; i++) {
		if (!msk_in_group(&mgvf->msks[i], domain, group))
			continue;
		msk_clear(&mgvf->msks[i]);
		count++;
	}
	return count;
}

bool mgvf_msk_delete(struct mgvf *mgvf, const struct msk_ref *ref)
{
	struct mgvf_msk *msk = msk_find(mgvf, ref);

	if (!msk)
		return false;
	msk_clear(msk);
	return true;
}
