/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A Digest session between two requests, packed: struct digest_session has room
 * for the longest texts, a packed one takes what it needs (about 200 octets), and
 * there is one for each UE and BM-SC. No secrets are in it.
 */
#ifndef MBSEC_DAEMON_UE_NONCE_H
#define MBSEC_DAEMON_UE_NONCE_H

#include "core/digest.h"

/* To be freed by the caller; NULL without memory. */
char *ue_nonce_pack(const struct digest_session *session);
void ue_nonce_unpack(const char *packed, struct digest_session *session);

#endif
