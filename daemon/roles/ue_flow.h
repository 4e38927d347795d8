/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The groups of a service: what the announcement says about them, and that this
 * host receives the MTK messages that are sent to them.
 */
#ifndef MBSEC_DAEMON_UE_FLOW_H
#define MBSEC_DAEMON_UE_FLOW_H

#include "roles/ue_state.h"

/* Takes the flows of @security that we can receive; groups that are no longer
 * announced are given up. Returns 0, or -1 and all is as it was: none of the flows
 * is for us, or another service has one of their groups.
 */
int ue_flows_set(struct ue_service *service,
		 const struct announce_security *security, struct fault *fault);
/* Receives their MTK messages; what fails is tried again later. */
void ue_flows_join(struct ue_service *service);
void ue_flows_leave(struct ue_service *service);
bool ue_flows_are_joined(const struct ue_service *service);
/* The groups go out of the kernel: nobody here wants the service any more. */
void ue_flows_delete(struct ue_service *service);
/* The flow with this address, port and source, NULL if there is none. */
struct ue_flow *ue_flow_find(struct ue *ue, const struct kernel_group *group,
			     struct ue_service **service);

#endif
