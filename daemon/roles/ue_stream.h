/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What MSK messages say of SRTP streams: the security policy has to be that of the
 * announcement, which the kernel's group was made of, and the roll-over counters of
 * sources go to the kernel, so that who joins late can read at once.
 */
#ifndef MBSEC_DAEMON_UE_STREAM_H
#define MBSEC_DAEMON_UE_STREAM_H

#include "roles/ue_state.h"

/* Whether the message, which is authentic, fits the SRTP streams of all services
 * that the MSK is of. Returns 0, or -1 and FAULT_UNSUPPORTED.
 */
int ue_streams_check(const struct ue_usim *usim,
		     const struct mgvf_outcome *outcome, struct fault *fault);
/* Tells the kernel about the sources in it. */
void ue_streams_take(const struct ue_usim *usim,
		     const struct mgvf_outcome *outcome);
/* The kernel hears a source whose roll-over counter it does not know; it is not
 * authentic. A member asks for the MSK, which comes with the counters.
 */
void ue_streams_missed(struct ue *ue, const struct kernel_event *event);

#endif
