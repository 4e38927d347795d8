/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a transmit key that this host knows may be used nevertheless. */
#ifndef _CLI_KEY_REUSE_H
#define _CLI_KEY_REUSE_H

#include "history.h"
#include "netlink.h"
#include "problem.h"

/* What the user says to use it in any case. */
#define KEY_REUSE_FORCE "--force-nonce-reuse-risk"

void key_reuse_warn(void);
/*
 * Asks the list of used keys, which goes to match. Of the format srtp the groups
 * of a namespace may share a key as long as one of them has it (docs/srtp.rst).
 */
int key_reuse_check(struct netlink *netlink, const struct history *history,
		    const struct history_key *key, uint32_t format,
		    enum history_match *match, struct problem *problem);

#endif /* _CLI_KEY_REUSE_H */
