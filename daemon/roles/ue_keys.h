/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MTKs of a service and what the kernel has of them: for each group and each
 * announced sender one receive key. The next MTK is there before the sender takes
 * it into use; the one before it stays for settings.mtk_overlap.
 */
#ifndef MBSEC_DAEMON_UE_KEYS_H
#define MBSEC_DAEMON_UE_KEYS_H

#include "roles/ue_state.h"
#include "store/ue_keys.h"

/* As stored, in the order in which they came; ue_keys_loaded() after the last. */
int ue_keys_load(struct ue_service *service, const struct ue_mtk_row *row,
		 struct fault *fault);
void ue_keys_loaded(struct ue_service *service);
/* Wipes them; the kernel keeps what it has. */
void ue_keys_free(struct ue_service *service);

bool ue_keys_has_mtk(const struct ue_service *service,
		     const struct msk_ref *ref, uint16_t mtk_id);
/* A new MTK with its salt, copied and written; it goes to the kernel after the commit. Returns 0
 * or -1.
 */
int ue_keys_accept(struct ue_service *service, const struct msk_ref *ref,
		   uint16_t mtk_id, const struct secret *mtk,
		   const struct secret *salt, struct fault *fault);
void ue_keys_committed(struct ue_service *service);
void ue_keys_rolled_back(struct ue_service *service);

/* Groups and keys that the kernel does not have yet. */
void ue_keys_install(struct ue_service *service);
/* The same, for all MTKs anew: there may be other senders now. */
void ue_keys_reinstall(struct ue_service *service);
/* The MSK is gone, and so are its MTKs. */
void ue_keys_msk_removed(struct ue_service *service, const struct msk_ref *ref);
/* All MTKs go; the groups stay, and nothing gets through them any more. */
void ue_keys_remove_all(struct ue_service *service);
/* MTKs that are too old at @now. */
void ue_keys_expire(struct ue_service *service, int64_t now);
/* The group goes out of the kernel, with its keys. */
void ue_keys_flow_delete(struct ue_service *service, struct ue_flow *flow);

/* Events of the kernel. */
void ue_keys_event(void *argument, const struct kernel_event *event);

#endif
