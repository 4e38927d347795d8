/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys that were installed since the module was loaded, by keyed hash: a
 * transmit key is used once only, a receive key goes on with its replay window.
 */
#ifndef _MBSEC_HISTORY_H
#define _MBSEC_HISTORY_H

#include <linux/types.h>

struct mbsec_group_id;
struct mbsec_net;
struct mbsec_share;
struct netlink_ext_ack;

int mbsec_history_init(void);
void mbsec_history_uninit(void);
void mbsec_history_net_exit(struct mbsec_net *mbn);
u64 mbsec_history_fingerprint(const u8 *key, size_t size);
u64 mbsec_history_identity(const struct mbsec_group_id *group, u64 kid);
int mbsec_history_claim_tx(struct mbsec_net *mbn, u64 key, u64 identity,
			   struct mbsec_share **share,
			   struct netlink_ext_ack *extack);
void mbsec_history_unshare(struct mbsec_net *mbn, u64 key,
			   struct mbsec_share *share);
int mbsec_history_claim_rx(struct mbsec_net *mbn, u64 key, u64 shared_kid,
			   bool *has_floor, u64 *floor,
			   struct netlink_ext_ack *extack);
void mbsec_history_retire_rx(struct mbsec_net *mbn, u64 key, bool has_floor,
			     u64 floor);

#endif /* _MBSEC_HISTORY_H */
