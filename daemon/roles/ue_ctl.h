/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands: "usim add|show|del", "service join|leave|joined". Where no BM-SC runs in
 * this process, "service show" is another name of "service joined".
 */
#ifndef MBSEC_DAEMON_UE_CTL_H
#define MBSEC_DAEMON_UE_CTL_H

#include "io/ctl.h"
#include "roles/ue_state.h"

/* Without a control socket nothing is added. */
void ue_ctl_start(struct ue *ue);

/* ---- The handlers, in ue_ctl_usim.c and ue_ctl_service.c ---- */

void ue_ctl_usim_add(void *argument, struct ctl_request *request);
void ue_ctl_usim_show(void *argument, struct ctl_request *request);
void ue_ctl_usim_del(void *argument, struct ctl_request *request);
void ue_ctl_service_join(void *argument, struct ctl_request *request);
void ue_ctl_service_leave(void *argument, struct ctl_request *request);
void ue_ctl_service_show(void *argument, struct ctl_request *request);

/* The member "imsi", or without it the IMSI of the only UE. */
int ue_ctl_imsi(struct ue *ue, const json_t *arguments, const char **imsi,
		struct fault *fault);
/* A command on "count" UEs from "imsi" on, with arguments of @names only. NULL, and
 * the request is refused.
 */
struct ue_bulk *ue_ctl_bulk(struct ue *ue, struct ctl_request *request,
			    const char *const *names);

#endif
