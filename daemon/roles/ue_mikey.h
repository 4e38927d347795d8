/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where MIKEY messages come in. MSK messages of all UEs come to one socket and are
 * told apart by IDr, the B-TID; MTK messages come to the groups of services, which
 * may have the same port. A message that is not authentic costs its decoding, a
 * look into a table, and at most one MAC, and is never answered.
 */
#ifndef MBSEC_DAEMON_UE_MIKEY_H
#define MBSEC_DAEMON_UE_MIKEY_H

#include "roles/ue_state.h"

/* Opens the socket of MSK messages. Returns 0 or -1. */
int ue_mikey_start(struct ue *ue, struct fault *fault);
void ue_mikey_stop(struct ue *ue);
/* The socket with this port, opened if need be. NULL and a fault. */
struct ue_socket *ue_socket_get(struct ue *ue, sa_family_t family,
				uint16_t port, struct fault *fault);

#endif
