/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A user service as this host sees it: its announcement (fetched over HTTP, and
 * kept in the store), the groups in it, and membership in their multicast.
 */
#ifndef MBSEC_DAEMON_UE_SERVICE_H
#define MBSEC_DAEMON_UE_SERVICE_H

#include "roles/ue_state.h"

struct ue_service *ue_service_find(struct ue *ue, const char *id);
/* Makes it known and stores it; @url and @naf replace those that it had. @url is
 * NULL for one that is known; @naf is empty or NULL to take the host of the
 * BM-SC's URL. NULL and a fault.
 */
struct ue_service *ue_service_add(struct ue *ue, const char *id,
				  const char *url, const char *naf,
				  struct fault *fault);
/* All of the store, with their members and MTKs. Returns 0 or -1. */
int ue_services_load(struct ue *ue, struct fault *fault);
/* Frees all, with their members; the kernel keeps what it has. */
void ue_services_stop(struct ue *ue);

/* Its announcement was read. */
bool ue_service_is_known(const struct ue_service *service);
/* Base URI of the BM-SC to be asked, and its name. It is known. */
const char *ue_service_server(const struct ue_service *service);
const char *ue_service_naf(const struct ue_service *service);
bool ue_service_same_server(const struct ue_service *a,
			    const struct ue_service *b);
/* Whether one of its flows has an MSK of the Key Domain and Key Group of @ref. */
bool ue_service_has_group(const struct ue_service *service,
			  const struct msk_ref *ref);
bool ue_flow_has_group(const struct ue_flow *flow, const struct msk_ref *ref);
/* Whether the UE has an MSK of each Key Group of it. */
bool ue_service_has_msks(const struct ue_service *service,
			 const struct ue_usim *usim);

/* Writes what is not there (again). */
void ue_service_save(struct ue_service *service);
/* A member came (1) or has left (-1). */
void ue_service_active_changed(struct ue_service *service, int change);
/* Forgets the service if it has no members. */
void ue_service_unused(struct ue_service *service);
/* A key id was seen that nobody has; it is not authentic. All members that lack
 * @ref ask for it, at most once a second.
 */
void ue_service_missed(struct ue_service *service, const struct msk_ref *ref);
/* A source of SRTP was seen whose roll-over counter nobody here knows; it is not
 * authentic. A member asks for its MSK, which comes with the counters, at most once
 * a second.
 */
void ue_service_source_missed(struct ue_service *service, uint32_t ssrc);
/* Members that lack @ref, which is in use (authentic), ask for it. */
void ue_service_ask(struct ue_service *service, const struct msk_ref *ref);
/* A sender was seen that the announcement does not have, not authentic. */
void ue_service_refresh(struct ue_service *service);
/* Something is to be done later: old MTKs, groups that could not be joined. */
void ue_service_schedule(struct ue_service *service);

#endif
