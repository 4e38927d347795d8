// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/mbsec.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

#include <uapi/linux/mbsec.h>

/* Common nested types */
const struct nla_policy mbsec_group_nl_policy[MBSEC_A_GROUP_ALLOW_NO_INTEGRITY + 1] = {
	[MBSEC_A_GROUP_ADDRESS_V4] = { .type = NLA_BE32, },
	[MBSEC_A_GROUP_ADDRESS_V6] = NLA_POLICY_EXACT_LEN(16),
	[MBSEC_A_GROUP_PORT] = { .type = NLA_U16, },
	[MBSEC_A_GROUP_SOURCE_V4] = { .type = NLA_BE32, },
	[MBSEC_A_GROUP_SOURCE_V6] = NLA_POLICY_EXACT_LEN(16),
	[MBSEC_A_GROUP_IFINDEX] = { .type = NLA_U32, },
	[MBSEC_A_GROUP_DIRECTION] = NLA_POLICY_MASK(NLA_U32, 0x7),
	[MBSEC_A_GROUP_FORMAT] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[MBSEC_A_GROUP_SUITE] = { .type = NLA_U32, },
	[MBSEC_A_GROUP_POLICY] = NLA_POLICY_MAX(NLA_U32, 1),
	[MBSEC_A_GROUP_OVERHEAD] = { .type = NLA_U32, },
	[MBSEC_A_GROUP_KEYS] = { .type = NLA_U32, },
	[MBSEC_A_GROUP_SENDERS] = { .type = NLA_U32, },
	[MBSEC_A_GROUP_RTCP_PORT] = { .type = NLA_U16, },
	[MBSEC_A_GROUP_NO_MKI] = { .type = NLA_FLAG, },
	[MBSEC_A_GROUP_ROC_RATE] = NLA_POLICY_MIN(NLA_U16, 1),
	[MBSEC_A_GROUP_ROC_MODE] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
	[MBSEC_A_GROUP_ALLOW_NO_INTEGRITY] = { .type = NLA_FLAG, },
};

const struct nla_policy mbsec_key_nl_policy[MBSEC_A_KEY_PAD + 1] = {
	[MBSEC_A_KEY_MSK_ID] = { .type = NLA_U32, },
	[MBSEC_A_KEY_MTK_ID] = { .type = NLA_U16, },
	[MBSEC_A_KEY_SENDER_ID] = NLA_POLICY_MIN(NLA_U16, MBSEC_SENDER_ID_MIN),
	[MBSEC_A_KEY_ROLE] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[MBSEC_A_KEY_SUITE] = { .type = NLA_U32, },
	[MBSEC_A_KEY_CIPHER_KEY] = { .type = NLA_BINARY, },
	[MBSEC_A_KEY_AUTH_KEY] = { .type = NLA_BINARY, },
	[MBSEC_A_KEY_SALT] = { .type = NLA_BINARY, },
	[MBSEC_A_KEY_WINDOW] = NLA_POLICY_RANGE(NLA_U32, MBSEC_WINDOW_MIN, MBSEC_WINDOW_MAX),
	[MBSEC_A_KEY_COUNTER_START] = { .type = NLA_U64, },
	[MBSEC_A_KEY_SOFT_PACKETS] = NLA_POLICY_MIN(NLA_U64, 1),
	[MBSEC_A_KEY_HARD_PACKETS] = NLA_POLICY_MIN(NLA_U64, 1),
	[MBSEC_A_KEY_SOFT_BYTES] = NLA_POLICY_MIN(NLA_U64, 1),
	[MBSEC_A_KEY_HARD_BYTES] = NLA_POLICY_MIN(NLA_U64, 1),
	[MBSEC_A_KEY_SOFT_SECONDS] = NLA_POLICY_MIN(NLA_U64, 1),
	[MBSEC_A_KEY_HARD_SECONDS] = NLA_POLICY_MIN(NLA_U64, 1),
	[MBSEC_A_KEY_ACTIVATE] = { .type = NLA_FLAG, },
	[MBSEC_A_KEY_STATE] = NLA_POLICY_MAX(NLA_U32, 1),
	[MBSEC_A_KEY_PACKETS] = { .type = NLA_U64, },
	[MBSEC_A_KEY_BYTES] = { .type = NLA_U64, },
	[MBSEC_A_KEY_COUNTER] = { .type = NLA_U64, },
	[MBSEC_A_KEY_AGE_SECONDS] = { .type = NLA_U64, },
	[MBSEC_A_KEY_AUTH_FAILURES] = { .type = NLA_U64, },
	[MBSEC_A_KEY_REPLAYS] = { .type = NLA_U64, },
	[MBSEC_A_KEY_RTCP_CIPHER_KEY] = { .type = NLA_BINARY, },
	[MBSEC_A_KEY_RTCP_AUTH_KEY] = { .type = NLA_BINARY, },
	[MBSEC_A_KEY_RTCP_SALT] = { .type = NLA_BINARY, },
};

const struct nla_policy mbsec_sender_nl_policy[MBSEC_A_SENDER_STREAMS + 1] = {
	[MBSEC_A_SENDER_SSRC] = { .type = NLA_U32, },
	[MBSEC_A_SENDER_ROLE] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[MBSEC_A_SENDER_ROC] = { .type = NLA_U32, },
	[MBSEC_A_SENDER_SEQUENCE] = { .type = NLA_U16, },
	[MBSEC_A_SENDER_RTCP_INDEX] = { .type = NLA_U32, },
	[MBSEC_A_SENDER_PROVISIONED] = { .type = NLA_FLAG, },
	[MBSEC_A_SENDER_STREAMS] = { .type = NLA_U32, },
};

/* MBSEC_CMD_GROUP_ADD - do */
static const struct nla_policy mbsec_group_add_nl_policy[MBSEC_A_GROUP + 1] = {
	[MBSEC_A_GROUP] = NLA_POLICY_NESTED(mbsec_group_nl_policy),
};

/* MBSEC_CMD_GROUP_DEL - do */
static const struct nla_policy mbsec_group_del_nl_policy[MBSEC_A_GROUP + 1] = {
	[MBSEC_A_GROUP] = NLA_POLICY_NESTED(mbsec_group_nl_policy),
};

/* MBSEC_CMD_KEY_ADD - do */
static const struct nla_policy mbsec_key_add_nl_policy[MBSEC_A_KEY + 1] = {
	[MBSEC_A_GROUP] = NLA_POLICY_NESTED(mbsec_group_nl_policy),
	[MBSEC_A_KEY] = NLA_POLICY_NESTED(mbsec_key_nl_policy),
};

/* MBSEC_CMD_KEY_ACTIVATE - do */
static const struct nla_policy mbsec_key_activate_nl_policy[MBSEC_A_KEY + 1] = {
	[MBSEC_A_GROUP] = NLA_POLICY_NESTED(mbsec_group_nl_policy),
	[MBSEC_A_KEY] = NLA_POLICY_NESTED(mbsec_key_nl_policy),
};

/* MBSEC_CMD_KEY_DEL - do */
static const struct nla_policy mbsec_key_del_nl_policy[MBSEC_A_KEY + 1] = {
	[MBSEC_A_GROUP] = NLA_POLICY_NESTED(mbsec_group_nl_policy),
	[MBSEC_A_KEY] = NLA_POLICY_NESTED(mbsec_key_nl_policy),
};

/* MBSEC_CMD_SENDER_ADD - do */
static const struct nla_policy mbsec_sender_add_nl_policy[MBSEC_A_SENDER + 1] = {
	[MBSEC_A_GROUP] = NLA_POLICY_NESTED(mbsec_group_nl_policy),
	[MBSEC_A_SENDER] = NLA_POLICY_NESTED(mbsec_sender_nl_policy),
};

/* MBSEC_CMD_SENDER_DEL - do */
static const struct nla_policy mbsec_sender_del_nl_policy[MBSEC_A_SENDER + 1] = {
	[MBSEC_A_GROUP] = NLA_POLICY_NESTED(mbsec_group_nl_policy),
	[MBSEC_A_SENDER] = NLA_POLICY_NESTED(mbsec_sender_nl_policy),
};

/* Ops table for mbsec */
static const struct genl_split_ops mbsec_nl_ops[] = {
	{
		.cmd		= MBSEC_CMD_GROUP_ADD,
		.doit		= mbsec_nl_group_add_doit,
		.policy		= mbsec_group_add_nl_policy,
		.maxattr	= MBSEC_A_GROUP,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= MBSEC_CMD_GROUP_DEL,
		.doit		= mbsec_nl_group_del_doit,
		.policy		= mbsec_group_del_nl_policy,
		.maxattr	= MBSEC_A_GROUP,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= MBSEC_CMD_GROUP_GET,
		.dumpit	= mbsec_nl_group_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= MBSEC_CMD_KEY_ADD,
		.doit		= mbsec_nl_key_add_doit,
		.policy		= mbsec_key_add_nl_policy,
		.maxattr	= MBSEC_A_KEY,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= MBSEC_CMD_KEY_ACTIVATE,
		.doit		= mbsec_nl_key_activate_doit,
		.policy		= mbsec_key_activate_nl_policy,
		.maxattr	= MBSEC_A_KEY,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= MBSEC_CMD_KEY_DEL,
		.doit		= mbsec_nl_key_del_doit,
		.policy		= mbsec_key_del_nl_policy,
		.maxattr	= MBSEC_A_KEY,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= MBSEC_CMD_KEY_GET,
		.dumpit	= mbsec_nl_key_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= MBSEC_CMD_FLUSH,
		.doit	= mbsec_nl_flush_doit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= MBSEC_CMD_STATS_GET,
		.doit	= mbsec_nl_stats_get_doit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= MBSEC_CMD_SENDER_ADD,
		.doit		= mbsec_nl_sender_add_doit,
		.policy		= mbsec_sender_add_nl_policy,
		.maxattr	= MBSEC_A_SENDER,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= MBSEC_CMD_SENDER_DEL,
		.doit		= mbsec_nl_sender_del_doit,
		.policy		= mbsec_sender_del_nl_policy,
		.maxattr	= MBSEC_A_SENDER,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= MBSEC_CMD_SENDER_GET,
		.dumpit	= mbsec_nl_sender_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
};

static const struct genl_multicast_group mbsec_nl_mcgrps[] = {
	[MBSEC_NLGRP_EVENTS] = { "events", },
};

struct genl_family mbsec_nl_family __ro_after_init = {
	.name		= MBSEC_FAMILY_NAME,
	.version	= MBSEC_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= mbsec_nl_ops,
	.n_split_ops	= ARRAY_SIZE(mbsec_nl_ops),
	.mcgrps		= mbsec_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(mbsec_nl_mcgrps),
};
