/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A UE in a service:
 *
 *   joining -> registered -> ready      (stored, survives a restart)
 *      |           |           |
 *      '-----------+-----------+--> left     refused, or no MSK can be had
 *                              '--> leaving  "service leave", then gone
 *
 * Whoever has left has no keys of the service any more; if that was the last UE
 * here, the kernel has none either and keeps the group with its policy, so that
 * nothing that is unprotected is taken for the service. Only "service leave" takes
 * the group away.
 */
#ifndef MBSEC_DAEMON_UE_MEMBER_H
#define MBSEC_DAEMON_UE_MEMBER_H

#include "core/mbms_http.h"
#include "roles/ue_state.h"

/* NULL if the UE has not joined it. */
struct ue_member *ue_member_find(struct ue_usim *usim,
				 const struct ue_service *service);
/* Joins, or joins again after it has left. Stored. NULL and a fault. */
struct ue_member *ue_member_join(struct ue_usim *usim,
				 struct ue_service *service,
				 struct fault *fault);
/* As stored, at the start. Returns 0 or -1. */
int ue_member_load(struct ue_usim *usim, struct ue_service *service,
		   enum ue_member_state state, struct fault *fault);
/* Writes its state (again). */
void ue_member_save(const struct ue_member *member);
/* Gives up the keys at once, then deregisters; @member is gone after that, and it
 * may be at once.
 */
void ue_member_leave(struct ue_member *member);
/* Takes it out of lists and store without a word to the BM-SC, and frees it. */
void ue_member_forget(struct ue_member *member);
/* Frees it, at the end of the role. */
void ue_member_free(struct ue_member *member);

/* An MSK is missing, asks for it after the announced back-off. */
void ue_member_missing(struct ue_member *member);
/* The BM-SC wants to be asked (authentic). */
void ue_member_solicited(struct ue_member *member);
/* Ks is about to end. */
void ue_member_renew(struct ue_member *member);
/* The UE has got an MSK of the service, @fresh if it did not have it before. */
void ue_member_msk_stored(struct ue_member *member, bool fresh);
/* The BM-SC has deleted an MSK. */
void ue_member_msk_deleted(struct ue_member *member);
/* No MSK of the service can be had. */
void ue_member_left(struct ue_member *member, const char *reason);
/* The announcement came. */
void ue_member_announced(struct ue_member *member);

/* ---- For procedures ---- */

/* What it wants goes out now. */
void ue_member_asks(struct ue_member *member, int64_t now);
void ue_member_answered(struct ue_member *member, enum mbms_request request,
			uint16_t status);
void ue_member_failed(struct ue_member *member, const struct fault *fault);
/* Its MSK should have come by now. */
void ue_member_overdue(struct ue_member *member);

/* Pauses of requests, without a back-off. */
struct pull_policy ue_pull_policy(const struct ue *ue);

#endif
