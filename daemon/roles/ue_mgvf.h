/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MGV-F for many UEs: a struct mgvf has room for all that a receiver may hold (26
 * KiB), so there is one, into which the keys of a UE are brought for a message and
 * from which what has changed goes back, to memory and store.
 */
#ifndef MBSEC_DAEMON_UE_MGVF_H
#define MBSEC_DAEMON_UE_MGVF_H

#include "roles/ue_state.h"

/* mgvf_receive() with the keys of @usim; the outcome is in ue->outcome until the
 * next call. What has changed is written, not committed. Returns 0, or -1 and
 * nothing has changed.
 */
int ue_mgvf_receive(struct ue_usim *usim, const void *data, size_t size,
		    struct fault *fault);
/* The UE that opens MTK messages under an MSK; NULL if nobody here has it. */
struct ue_usim *ue_mgvf_holder(const struct ue_service *service,
			       const struct msk_ref *ref);
/* Deletes the MSKs of a service that the UE has left, unless another service of it
 * has them as well.
 */
void ue_mgvf_service_delete(struct ue_usim *usim,
			    const struct ue_service *service);
/* Deletes one MSK. */
void ue_mgvf_msk_delete(struct ue_usim *usim, const struct msk_ref *ref);
/* Finds holders of the MSKs of a service, once its announcement is known. */
void ue_mgvf_holders_load(struct ue_service *service);

#endif
