/* SPDX-License-Identifier: GPL-2.0-only */
/* Netfilter hooks, registered where the groups of a network namespace need them. */
#ifndef _MBSEC_HOOK_H
#define _MBSEC_HOOK_H

struct mbsec_group_config;
struct mbsec_net;
struct netlink_ext_ack;

void mbsec_hook_net_init(struct mbsec_net *mbn);
int mbsec_hook_hold_locked(struct mbsec_net *mbn,
			   const struct mbsec_group_config *config,
			   struct netlink_ext_ack *extack);
void mbsec_hook_release_locked(struct mbsec_net *mbn,
			       const struct mbsec_group_config *config);
void mbsec_hook_release_all_locked(struct mbsec_net *mbn);

#endif /* _MBSEC_HOOK_H */
