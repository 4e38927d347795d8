/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What waits for the store: verification messages leave and MTKs go to the kernel
 * after the commit of what they rest on. If the commit fails, the UEs that had
 * written something are read again, and the messages are dropped: the BM-SC sends
 * the MSK again.
 */
#ifndef MBSEC_DAEMON_UE_COMMIT_H
#define MBSEC_DAEMON_UE_COMMIT_H

#include "roles/ue_state.h"

/* @usim writes something now. */
void ue_commit_mark(struct ue_usim *usim);
/* @usim goes away. */
void ue_commit_forget(struct ue_usim *usim);
/* Something is to be done after the commit. */
void ue_commit_wait(struct ue *ue);
/* Sends @size octets to @to after the commit. Returns 0, or -1 without memory. */
int ue_commit_reply(struct ue *ue, struct udp *udp, const union address *to,
		    const void *data, size_t size);
/* For the start and the end of the role. */
void ue_commit_start(struct ue *ue);
void ue_commit_stop(struct ue *ue);

#endif
