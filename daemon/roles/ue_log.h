/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Log lines that somebody else can cause at will: one a second of each kind. */
#ifndef MBSEC_DAEMON_UE_LOG_H
#define MBSEC_DAEMON_UE_LOG_H

#include "roles/ue_state.h"

enum ue_log {
	UE_LOG_FAILED, /* HTTP procedures */
	UE_LOG_REFUSED, /* MIKEY messages */
	UE_LOG_UNKNOWN, /* keys that nobody has */
	UE_LOG_LEFT,
	UE_LOG_KEPT,
};

/* Whether a line of this kind may be written now. */
bool ue_log_allowed(struct ue *ue, enum ue_log kind);
/* Whether events of single UEs are told ("monitor") and logged: not by a process
 * with more than 64, which is a load test.
 */
bool ue_is_small(const struct ue *ue);

#endif
