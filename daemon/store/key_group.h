/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Key groups of the BM-SC: the state and rules of their keys (core/keylife.h) and
 * their MSKs. A group is never deleted, so that its Key Number goes on when it is
 * used again, and no MSK ID has two meanings.
 */
#ifndef MBSEC_STORE_KEY_GROUP_H
#define MBSEC_STORE_KEY_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ids.h"
#include "core/keylife.h"
#include "core/mbms_profile.h"
#include "core/secret.h"
#include "store.h"

extern const struct store_component key_group_component;

/**
 * struct key_group_record - one group
 * @id: row
 * @domain: Key Domain ID
 * @number: Key Group part of its MSK IDs, 1 to 65535
 * @policy: how long its keys live
 * @life: state of its keys
 */
struct key_group_record {
	int64_t id;
	struct key_domain domain;
	uint16_t number;
	struct keylife_policy policy;
	struct keylife life;
};

/**
 * struct msk_record - one MSK
 * @msk_id: MSK ID
 * @csb_id: CSB ID of all messages with it
 * @rand: RAND of them
 * @msk: the key, the caller's to clear
 * @lease: upper end of the counter values that may have been used with it
 */
struct msk_record {
	uint32_t msk_id;
	uint32_t csb_id;
	uint8_t rand[MBMS_RAND_SIZE];
	struct secret msk;
	uint32_t lease;
};

/* All return 0, or -1 and a fault. */

/* Adds or changes the policy of the group of @record->domain and @record->number,
 * and fills in its row and its life, which for a new one is as after
 * keylife_init().
 */
int key_group_open(struct store *store, struct key_group_record *record,
		   struct fault *fault);
/* By row. FAULT_UNKNOWN. */
int key_group_read(struct store *store, int64_t id,
		   struct key_group_record *record, struct fault *fault);
int key_group_life_set(struct store *store, int64_t id,
		       const struct keylife *life, struct fault *fault);
/* The highest number that a group of the domain has, 0 if it has none. */
int key_group_last(struct store *store, const struct key_domain *domain,
		   uint16_t *number, struct fault *fault);

int msk_insert(struct store *store, int64_t group, const struct msk_record *msk,
	       struct fault *fault);
int msk_delete(struct store *store, int64_t group, uint32_t msk_id,
	       struct fault *fault);
int msk_lease_set(struct store *store, int64_t group, uint32_t msk_id,
		  uint32_t lease, struct fault *fault);
/* Reads up to @room MSKs of a group and sets @count. On failure all are clear. */
int msk_read(struct store *store, int64_t group, struct msk_record *msks,
	     size_t room, size_t *count, struct fault *fault);

#endif
