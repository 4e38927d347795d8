/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UEs of the BM-SC and their memberships: bmsc_ue.c, bmsc_member.c. */
#ifndef MBSEC_ROLES_BMSC_UE_H
#define MBSEC_ROLES_BMSC_UE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "core/fault.h"
#include "core/membership.h"
#include "core/secret.h"
#include "io/address.h"
#include "io/loop.h"
#include "store/naf_user.h"

struct bmsc;
struct bmsc_delivery;
struct bmsc_group;
struct bmsc_member;
struct bmsc_ue;

LIST_HEAD(bmsc_ue_list, bmsc_ue);
SLIST_HEAD(bmsc_membership_list, bmsc_member);
LIST_HEAD(bmsc_outstanding_list, bmsc_delivery);

/**
 * struct bmsc_member - a UE in a key group
 * @turn: round of the last push that it had its turn in
 * @listed: the group's list has it, so it takes part in pushes
 * @found: mark of bmsc_members_reread()
 */
struct bmsc_member {
	SLIST_ENTRY(bmsc_member) of_ue;
	TAILQ_ENTRY(bmsc_member) of_group;
	struct bmsc_ue *ue;
	struct bmsc_group *group;
	struct member member;
	uint32_t turn;
	bool listed;
	bool found;
};

/**
 * struct bmsc_ue - a UE; 100 000 of them are nothing special, so it is small
 * @id: row
 * @impi: private identity
 * @btid: of its last bootstrapping
 * @counter: last value used with @muk
 * @lease: upper end of the values that may be used, as written
 * @lease_ready: as committed
 * @nonce: stamp of the newest nonce that it used, 0 if none
 * @nonce_count: highest count that it used with that one
 * @pins: who refers to it besides the table
 * @dirty: on the list of what was changed since the last commit
 * @gone: was taken out of the table, and is freed with the last pin
 */
struct bmsc_ue {
	LIST_ENTRY(bmsc_ue) by_impi;
	LIST_ENTRY(bmsc_ue) by_btid;
	LIST_ENTRY(bmsc_ue) by_id;
	SLIST_ENTRY(bmsc_ue) dirty_link;
	struct bmsc_membership_list members;
	struct bmsc_outstanding_list deliveries;
	int64_t id;
	char *impi;
	char *btid;
	struct secret muk;
	struct secret mrk;
	int64_t expires;
	union address address;
	uint32_t counter;
	uint32_t lease;
	uint32_t lease_ready;
	uint64_t nonce;
	uint32_t nonce_count;
	uint16_t pins;
	bool gba_u;
	bool dirty;
	bool gone;
};

/**
 * struct bmsc_ues - the table, hashed by IMPI, B-TID and row
 * @buckets: of each of the three, a power of two
 * @seed: of the hash, so that nobody can make all names fall together
 * @sweep: bucket that is looked at next for UEs that are of no use
 */
struct bmsc_ues {
	struct bmsc_ue_list *by_impi;
	struct bmsc_ue_list *by_btid;
	struct bmsc_ue_list *by_id;
	size_t buckets;
	size_t count;
	uint64_t seed;
	size_t sweep;
	struct loop_timer timer;
};

int bmsc_ues_open(struct bmsc *bmsc, struct fault *fault);
void bmsc_ues_close(struct bmsc *bmsc);
struct bmsc_ue *bmsc_ue_by_btid(struct bmsc *bmsc, const char *btid,
				size_t length);
struct bmsc_ue *bmsc_ue_by_impi(struct bmsc *bmsc, const char *impi);
/* Stores a UE as @user has it, with a first lease of its counter. The keys of
 * @user go over to the UE. Returns NULL and a fault.
 */
struct bmsc_ue *bmsc_ue_put(struct bmsc *bmsc, struct naf_user *user,
			    struct fault *fault);
/* Where it is now. Returns 0 or -1. */
int bmsc_ue_move(struct bmsc *bmsc, struct bmsc_ue *ue,
		 const union address *address, struct fault *fault);
bool bmsc_ue_muk_valid(const struct bmsc *bmsc, const struct bmsc_ue *ue);
/* The next value of its counter: 1 if it may be used now, 0 if it may after a
 * commit (then it is touched), -1 and a fault.
 */
int bmsc_ue_counter(struct bmsc *bmsc, struct bmsc_ue *ue, uint32_t *counter,
		    struct fault *fault);
void bmsc_ue_pin(struct bmsc_ue *ue);
void bmsc_ue_unpin(struct bmsc *bmsc, struct bmsc_ue *ue);
/* Takes part in the next commit. */
void bmsc_ue_touch(struct bmsc *bmsc, struct bmsc_ue *ue);
/* Takes it out of the table with all that it has. */
void bmsc_ue_remove(struct bmsc *bmsc, struct bmsc_ue *ue);
/* Reads the memberships of a UE anew, after a commit that failed. */
int bmsc_members_reread(struct bmsc *bmsc, struct bmsc_ue *ue,
			struct fault *fault);
/* Reads all of them at the start. */
int bmsc_members_read(struct bmsc *bmsc, struct fault *fault);
struct bmsc_ue *bmsc_ue_by_id(struct bmsc *bmsc, int64_t id);

struct bmsc_member *bmsc_member_find(const struct bmsc_ue *ue,
				     const struct bmsc_group *group);
/* Finds or makes one, outside. NULL and a fault without memory. */
struct bmsc_member *bmsc_member_get(struct bmsc *bmsc, struct bmsc_ue *ue,
				    struct bmsc_group *group,
				    struct fault *fault);
/* Stores it. Returns 0 or -1. */
int bmsc_member_save(struct bmsc *bmsc, struct bmsc_member *member,
		     struct fault *fault);
/* Brings the group's list and push into line with its state, after a commit. */
void bmsc_member_list(struct bmsc *bmsc, struct bmsc_member *member);
/* Takes it out of all lists and frees it. */
void bmsc_member_free(struct bmsc *bmsc, struct bmsc_member *member);

#endif
