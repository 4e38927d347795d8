/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UEs as the BM-SC knows them: the keys of their bootstrapping, where they are,
 * and of which key groups they are members (core/membership.h).
 */
#ifndef MBSEC_STORE_NAF_USER_H
#define MBSEC_STORE_NAF_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/membership.h"
#include "core/names.h"
#include "core/secret.h"
#include "io/address.h"
#include "store.h"

extern const struct store_component naf_user_component;

/**
 * struct naf_user - one UE
 * @id: row
 * @impi: private identity, one row each
 * @btid: of its last bootstrapping
 * @muk: MUK, the caller's to clear
 * @mrk: MRK, the caller's to clear
 * @gba_u: MUK is in the UICC
 * @expires: end of the keys, milliseconds since 1970
 * @lease: upper end of the counter values that may have been used with @muk
 * @address: where MIKEY goes to, family 0 if not known
 */
struct naf_user {
	int64_t id;
	char impi[IMPI_TEXT_SIZE];
	char btid[BTID_TEXT_SIZE];
	struct secret muk;
	struct secret mrk;
	bool gba_u;
	int64_t expires;
	uint32_t lease;
	union address address;
};

/* A row's member of a key group; @member has what is stored of it. */
struct naf_member {
	int64_t user;
	int64_t key_group;
	struct member member;
};

typedef int (*naf_user_callback)(void *argument, struct naf_user *user,
				 struct fault *fault);
typedef int (*naf_member_callback)(void *argument,
				   const struct naf_member *member,
				   struct fault *fault);

/* All return 0, or -1 and a fault. */

/* Adds the UE or replaces what is known of its @impi, and fills in the row. */
int naf_user_put(struct store *store, struct naf_user *user,
		 struct fault *fault);
/* The B-TID of a row is about to be replaced: its lease is kept, for the BSF may
 * still know it, and its MUK may come back.
 */
int naf_user_retire(struct store *store, int64_t id, struct fault *fault);
/* The lease of a B-TID that was replaced, 0 if there is none. */
int naf_user_retired(struct store *store, const char *btid, uint32_t *lease,
		     struct fault *fault);
/* Forgets those that have expired before @time. */
int naf_user_retired_forget(struct store *store, int64_t time,
			    struct fault *fault);
int naf_user_lease_set(struct store *store, int64_t id, uint32_t lease,
		       struct fault *fault);
int naf_user_address_set(struct store *store, int64_t id,
			 const union address *address, struct fault *fault);
/* With its memberships. */
int naf_user_delete(struct store *store, int64_t id, struct fault *fault);
/* By row: 0 and @user, or -1: FAULT_UNKNOWN. */
int naf_user_read(struct store *store, int64_t id, struct naf_user *user,
		  struct fault *fault);
/* Calls back with each; the keys are cleared after that. */
int naf_user_each(struct store *store, naf_user_callback callback,
		  void *argument, struct fault *fault);

/* Adds or changes. */
int naf_member_put(struct store *store, const struct naf_member *member,
		   struct fault *fault);
/* All memberships of a key group. */
int naf_member_delete(struct store *store, int64_t key_group,
		      struct fault *fault);
/* Those of one UE, or of all if @user is 0. */
int naf_member_each(struct store *store, int64_t user,
		    naf_member_callback callback, void *argument,
		    struct fault *fault);

#endif
