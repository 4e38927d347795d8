// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "bmsc.h"
#include "core/mbms_profile.h"

/* Two that are alive, and some whose deletion waits for its commit. */
#define MSKS_MAX 8

struct bmsc_msk *bmsc_msk_find(const struct bmsc_group *group, uint32_t msk_id)
{
	struct bmsc_msk *msk;

	for (msk = SLIST_FIRST(&group->msks); msk; msk = SLIST_NEXT(msk, link))
		if (msk->msk_id == msk_id)
			return msk;
	return NULL;
}

void bmsc_msk_free(struct bmsc_group *group, struct bmsc_msk *msk)
{
	SLIST_REMOVE(&group->msks, msk, bmsc_msk, link);
	secret_clear(&msk->msk);
	free(msk);
}

/* Answers are told apart by it, so no other MSK of the group has it. */
static bool csb_used(const struct bmsc_group *group, uint32_t csb_id)
{
	struct bmsc_msk *msk;

	for (msk = SLIST_FIRST(&group->msks); msk; msk = SLIST_NEXT(msk, link))
		if (msk->csb_id == csb_id)
			return true;
	return false;
}

static int draw(const struct bmsc_group *group, struct msk_record *record,
		struct fault *fault)
{
	uint8_t key[MSK_SIZE];
	int failed;

	do {
		if (RAND_bytes((uint8_t *)&record->csb_id,
			       sizeof(record->csb_id)) != 1)
			return fault_set(fault, FAULT_MEMORY,
					 "no random numbers for an MSK");
	} while (csb_used(group, record->csb_id));
	failed = RAND_bytes(record->rand, MBMS_RAND_SIZE) != 1 ||
		 RAND_priv_bytes(key, sizeof(key)) != 1 ||
		 secret_set(&record->msk, key, sizeof(key));
	OPENSSL_cleanse(key, sizeof(key));
	return failed ? fault_set(fault, FAULT_MEMORY,
				  "no random numbers or memory for an MSK") :
			0;
}

/* Takes over the key of @record. */
static int msk_add(struct bmsc_group *group, struct msk_record *record,
		   struct fault *fault)
{
	struct bmsc_msk *msk = calloc(1, sizeof(*msk));

	if (!msk) {
		secret_clear(&record->msk);
		return fault_set(fault, FAULT_MEMORY, "no memory for an MSK");
	}
	msk->msk_id = record->msk_id;
	msk->csb_id = record->csb_id;
	memcpy(msk->rand, record->rand, sizeof(msk->rand));
	msk->msk = record->msk;
	/* Values up to the lease may have been used. */
	msk->counter = record->lease;
	msk->lease = record->lease;
	SLIST_INSERT_HEAD(&group->msks, msk, link);
	return 0;
}

int bmsc_msk_make(struct bmsc_group *group, uint32_t msk_id,
		  struct fault *fault)
{
	struct msk_record record = { .msk_id = msk_id };

	if (draw(group, &record, fault) ||
	    msk_insert(group->bmsc->store, group->id, &record, fault)) {
		secret_clear(&record.msk);
		return -1;
	}
	return msk_add(group, &record, fault);
}

/* Actions that are being done may want some, too. */
bool bmsc_msk_has(const struct bmsc_group *group, uint32_t msk_id,
		  uint32_t count)
{
	struct bmsc_msk *msk = bmsc_msk_find(group, msk_id);

	return !msk || msk->lease - msk->counter >=
			       count + (uint32_t)group->todo_count +
				       KEYLIFE_ACTIONS_MAX;
}

int bmsc_msk_lease(struct bmsc_group *group, uint32_t msk_id, uint32_t count,
		   struct fault *fault)
{
	struct bmsc_msk *msk = bmsc_msk_find(group, msk_id);
	uint32_t lease;

	if (bmsc_msk_has(group, msk_id, count))
		return 0;
	lease = msk->counter > UINT32_MAX - BMSC_MSK_BLOCK ?
			UINT32_MAX :
			msk->counter + BMSC_MSK_BLOCK;
	if (msk_lease_set(group->bmsc->store, group->id, msk_id, lease, fault))
		return -1;
	msk->lease = lease;
	return 0;
}

int bmsc_msks_read(struct bmsc_group *group, struct fault *fault)
{
	struct msk_record records[MSKS_MAX] = { 0 };
	struct bmsc_msk *msk, *next;
	size_t count, i;
	int failed = 0;

	if (msk_read(group->bmsc->store, group->id, records, MSKS_MAX, &count,
		     fault))
		return -1;
	for (i = 0; i < count; i++) {
		msk = bmsc_msk_find(group, records[i].msk_id);
		if (!msk || !secret_equal(&msk->msk, &records[i].msk)) {
			if (msk)
				bmsc_msk_free(group, msk);
			failed |= msk_add(group, &records[i], fault);
			continue;
		}
		/* Our counter is what was really used, and not above the lease. */
		msk->lease = records[i].lease;
		msk->deleted = false;
		secret_clear(&records[i].msk);
	}
	for (msk = SLIST_FIRST(&group->msks); msk; msk = next) {
		next = SLIST_NEXT(msk, link);
		for (i = 0; i < count; i++)
			if (records[i].msk_id == msk->msk_id)
				break;
		if (i == count)
			bmsc_msk_free(group, msk);
	}
	return failed;
}
