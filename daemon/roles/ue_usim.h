/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UEs of this process: the soft-USIM (it answers challenges and nothing leaves it
 * but RES, CK, IK), the bootstrapping and the keys that come of it.
 */
#ifndef MBSEC_DAEMON_UE_USIM_H
#define MBSEC_DAEMON_UE_USIM_H

#include "core/aka.h"
#include "roles/ue_state.h"
#include "store/usim.h"

/* Reads all UEs and their keys from the store. Returns 0 or -1. */
int ue_usims_load(struct ue *ue, struct fault *fault);
/* Makes one that is in the store known; it has no keys. NULL without memory. */
struct ue_usim *ue_usim_new(struct ue *ue, const struct usim_row *row,
			    struct fault *fault);
/* Frees it and wipes its keys. It has no members and no procedure. */
void ue_usim_free(struct ue_usim *usim);
/* NULL if there is none. */
struct ue_usim *ue_usim_find(struct ue *ue, const char *imsi);
/* The UE that has a MUK for a B-TID, the responder of a message. */
struct ue_usim *ue_usim_of_btid(struct ue *ue, const void *btid, size_t length);
/* After a rollback: keys and bootstrapping become what is in the store. Returns
 * false if the USIM is not there (or cannot be read): it is to be forgotten.
 */
bool ue_usim_reload(struct ue_usim *usim);

int ue_usim_impi(const struct ue_usim *usim, char impi[IMPI_TEXT_SIZE],
		 struct fault *fault);
/* As aka_challenge_check(); the sequence number that it uses up is written, and
 * RES is to leave after the commit.
 */
int ue_usim_challenge(struct ue_usim *usim, const uint8_t rand[RAND_SIZE],
		      const uint8_t autn[AUTN_SIZE], struct aka_answer *answer,
		      struct fault *fault);
/* A bootstrapping has succeeded. @lifetime is in milliseconds. */
int ue_usim_bootstrapped(struct ue_usim *usim, const char *btid,
			 const struct secret *ks, int64_t lifetime,
			 struct fault *fault);
/* Whether Ks lives at this moment. */
bool ue_usim_is_bootstrapped(const struct ue_usim *usim);
/* Ks is of no use, as it has ended or a BM-SC does not know it. The MUKs made of it
 * stay for solicited pulls.
 */
void ue_usim_unbootstrap(struct ue_usim *usim);
/* The keys with BM-SC @fqdn, made of the current Ks if they are not yet. NULL and
 * a fault on failure. The USIM is bootstrapped.
 */
struct ue_naf *ue_usim_naf(struct ue_usim *usim, const char *fqdn,
			   struct fault *fault);
struct ue_naf *ue_usim_naf_find(struct ue_usim *usim, const char *fqdn);

/* True if the UE has an MSK of the Key Group (and Key Domain) of @ref. */
bool ue_usim_has_group(const struct ue_usim *usim, const struct msk_ref *ref);
bool ue_usim_has_msk(const struct ue_usim *usim, const struct msk_ref *ref);
void ue_msk_free(struct ue_msk *msk);

#endif
