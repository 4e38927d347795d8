/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "mbsec monitor" is told of UEs. Without effect in load tests. */
#ifndef MBSEC_DAEMON_UE_EVENT_H
#define MBSEC_DAEMON_UE_EVENT_H

#include "roles/ue_state.h"

/* The state of a member has changed. */
void ue_event_member(const struct ue_member *member);
void ue_event_msk(const struct ue_usim *usim, enum mgvf_event event,
		  const struct msk_ref *ref);
void ue_event_mtk(const struct ue_service *service, const struct ue_mtk *mtk);

#endif
