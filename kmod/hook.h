/* SPDX-License-Identifier: GPL-2.0-only */
/* Netfilter hooks, registered where a network namespace has groups. */
#ifndef _MBSEC_HOOK_H
#define _MBSEC_HOOK_H

struct net;

int mbsec_hook_register(struct net *net);
void mbsec_hook_unregister(struct net *net);

#endif /* _MBSEC_HOOK_H */
