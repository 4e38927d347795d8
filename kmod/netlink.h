/* SPDX-License-Identifier: GPL-2.0-only */
/* What the netlink files share: reading requests, writing identities. */
#ifndef _MBSEC_NETLINK_H
#define _MBSEC_NETLINK_H

#include "group.h"
#include "key.h"

struct genl_info;
struct nlmsghdr;
struct sk_buff;

/**
 * struct mbsec_nl_key_request - what a key command says
 * @config: the key; @config.role and @config.kid as far as given
 * @material: session keys, pointing into the request
 * @sender_given: the sender is named
 * @activate: make it the key in use
 */
struct mbsec_nl_key_request {
	struct mbsec_key_config config;
	struct mbsec_key_material material;
	bool sender_given;
	bool activate;
};

/* netlink-parse.c */
int mbsec_nl_no_attributes(const struct nlmsghdr *request,
			   struct netlink_ext_ack *extack);
int mbsec_nl_group_id_parse(struct genl_info *info, struct mbsec_group_id *id);
int mbsec_nl_group_parse(struct genl_info *info,
			 struct mbsec_group_config *config);
int mbsec_nl_key_id_parse(struct genl_info *info,
			  struct mbsec_nl_key_request *request);
int mbsec_nl_key_parse(struct genl_info *info,
		       struct mbsec_nl_key_request *request);
int mbsec_nl_material_check(const struct mbsec_nl_key_request *request,
			    const struct mbsec_cipher_suite *suite,
			    struct netlink_ext_ack *extack);
void mbsec_nl_material_wipe(struct genl_info *info);

/* netlink-dump.c */
int mbsec_nl_group_id_fill(struct sk_buff *msg,
			   const struct mbsec_group_id *id);
int mbsec_nl_key_id_fill(struct sk_buff *msg, u64 kid, u8 role);

#endif /* _MBSEC_NETLINK_H */
