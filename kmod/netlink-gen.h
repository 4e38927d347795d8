/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/mbsec.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#ifndef _LINUX_MBSEC_GEN_H
#define _LINUX_MBSEC_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/mbsec.h>

/* Common nested types */
extern const struct nla_policy mbsec_group_nl_policy[MBSEC_A_GROUP_ALLOW_NO_INTEGRITY + 1];
extern const struct nla_policy mbsec_key_nl_policy[MBSEC_A_KEY_PAD + 1];
extern const struct nla_policy mbsec_sender_nl_policy[MBSEC_A_SENDER_STREAMS + 1];

int mbsec_nl_group_add_doit(struct sk_buff *skb, struct genl_info *info);
int mbsec_nl_group_del_doit(struct sk_buff *skb, struct genl_info *info);
int mbsec_nl_group_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int mbsec_nl_key_add_doit(struct sk_buff *skb, struct genl_info *info);
int mbsec_nl_key_activate_doit(struct sk_buff *skb, struct genl_info *info);
int mbsec_nl_key_del_doit(struct sk_buff *skb, struct genl_info *info);
int mbsec_nl_key_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int mbsec_nl_flush_doit(struct sk_buff *skb, struct genl_info *info);
int mbsec_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int mbsec_nl_sender_add_doit(struct sk_buff *skb, struct genl_info *info);
int mbsec_nl_sender_del_doit(struct sk_buff *skb, struct genl_info *info);
int mbsec_nl_sender_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);

enum {
	MBSEC_NLGRP_EVENTS,
};

extern struct genl_family mbsec_nl_family;

#endif /* _LINUX_MBSEC_GEN_H */
