/* SPDX-License-Identifier: GPL-2.0-only */
/* What the netlink files share: reading requests, writing identities. */
#ifndef _MBSEC_NETLINK_H
#define _MBSEC_NETLINK_H

#include "group.h"
#include "key.h"

struct genl_info;
struct nla_policy;
struct nlattr;
struct nlmsghdr;
struct netlink_callback;
struct sk_buff;

/**
 * enum mbsec_nl_part - attributes that are session keys
 */
enum mbsec_nl_part {
	MBSEC_NL_CIPHER_KEY,
	MBSEC_NL_AUTH_KEY,
	MBSEC_NL_SALT,
	MBSEC_NL_RTCP_CIPHER_KEY,
	MBSEC_NL_RTCP_AUTH_KEY,
	MBSEC_NL_RTCP_SALT,
	MBSEC_NL_PARTS
};

/**
 * struct mbsec_nl_key_request - what a key command says
 * @config: the key; @config.role and @config.kid as far as given
 * @materials: session keys, pointing into the request
 * @parts: their attributes, by enum mbsec_nl_part
 * @sender_given: the sender is named
 * @start_given: the first counter is named
 * @activate: make it the key in use
 */
struct mbsec_nl_key_request {
	struct mbsec_key_config config;
	struct mbsec_key_materials materials;
	const struct nlattr *parts[MBSEC_NL_PARTS];
	bool sender_given;
	bool start_given;
	bool activate;
};

/* netlink-parse.c */
int mbsec_nl_no_attributes(const struct nlmsghdr *request,
			   struct netlink_ext_ack *extack);
int mbsec_nl_nest_parse(struct genl_info *info, int nest_type,
			struct nlattr **table, int max,
			const struct nla_policy *policy, unsigned long used);
int mbsec_nl_group_id_parse(struct genl_info *info, struct mbsec_group_id *id);
int mbsec_nl_group_parse(struct genl_info *info,
			 struct mbsec_group_config *config);
int mbsec_nl_key_id_parse(struct genl_info *info,
			  struct mbsec_nl_key_request *request);
int mbsec_nl_key_parse(struct genl_info *info,
		       struct mbsec_nl_key_request *request);

/* netlink-srtp.c */
int mbsec_nl_srtp_refuse(struct genl_info *info, struct nlattr **group);
int mbsec_nl_srtp_parse(struct genl_info *info, struct nlattr **group,
			struct mbsec_group_config *config);

/* netlink-material.c */
void mbsec_nl_materials_parse(struct nlattr **key,
			      struct mbsec_nl_key_request *request);
int mbsec_nl_key_check(const struct mbsec_nl_key_request *request,
		       const struct mbsec_cipher_suite *suite,
		       struct netlink_ext_ack *extack);
void mbsec_nl_material_wipe(struct genl_info *info);

/* netlink.c */
struct mbsec_net *mbsec_nl_lock(struct genl_info *info);

/* netlink-dump.c */
void *mbsec_nl_dump_put(struct sk_buff *msg, struct netlink_callback *cb,
			u8 cmd);
int mbsec_nl_group_id_fill(struct sk_buff *msg,
			   const struct mbsec_group_id *id);
int mbsec_nl_key_id_fill(struct sk_buff *msg, u64 kid, u8 role);

#endif /* _MBSEC_NETLINK_H */
