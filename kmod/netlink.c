// SPDX-License-Identifier: GPL-2.0-only
/* Commands that change something. */
#include <linux/cred.h>
#include <linux/module.h>
#include <net/genetlink.h>

#include "hook.h"
#include "netlink-gen.h"
#include "netlink.h"
#include "sframe.h"
#include "suite.h"

static bool init_userns_only;
module_param(init_userns_only, bool, 0444);
MODULE_PARM_DESC(init_userns_only,
		 "Refuse network namespaces of unprivileged users");

/**
 * mbsec_nl_lock - the namespace of a request, locked
 * @info: request
 *
 * Return: NULL if it may not have groups.
 */
struct mbsec_net *mbsec_nl_lock(struct genl_info *info)
{
	struct net *net = genl_info_net(info);
	struct mbsec_net *mbn = mbsec_net_get(net);

	if (init_userns_only && net->user_ns != &init_user_ns) {
		NL_SET_ERR_MSG(
			info->extack,
			"the module serves the host's user namespace only (parameter init_userns_only)");
		return NULL;
	}
	mutex_lock(&mbn->mutex);
	return mbn;
}

/* A group is in no table before all of its packets are seen. */
static int mbsec_nl_group_add_locked(struct mbsec_net *mbn,
				     const struct mbsec_group_config *config,
				     struct netlink_ext_ack *extack)
{
	struct mbsec_group *group;
	int err;

	group = mbsec_group_make_locked(mbn, config, extack);
	if (IS_ERR(group))
		return PTR_ERR(group);
	err = mbsec_hook_hold_locked(mbn, config, extack);
	if (err)
		mbsec_group_put(group);
	else
		mbsec_group_publish_locked(group);
	return err;
}

/* MBSEC_CMD_GROUP_ADD */
int mbsec_nl_group_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct mbsec_group_config config;
	struct mbsec_net *mbn;
	int err;

	err = mbsec_nl_group_parse(info, &config);
	if (err)
		return err;
	mbn = mbsec_nl_lock(info);
	if (!mbn)
		return -EPERM;
	err = mbsec_nl_group_add_locked(mbn, &config, info->extack);
	mutex_unlock(&mbn->mutex);
	return err;
}

/* MBSEC_CMD_GROUP_DEL */
int mbsec_nl_group_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct mbsec_group_id id;
	struct mbsec_group *group;
	struct mbsec_net *mbn;
	int err;

	err = mbsec_nl_group_id_parse(info, &id);
	if (err)
		return err;
	mbn = mbsec_nl_lock(info);
	if (!mbn)
		return -EPERM;
	group = mbsec_group_find_locked(mbn, &id, info->extack);
	err = PTR_ERR_OR_ZERO(group);
	if (!err) {
		mbsec_hook_release_locked(mbn, &group->config);
		mbsec_group_del_locked(group);
	}
	mutex_unlock(&mbn->mutex);
	return err;
}

/* MBSEC_CMD_FLUSH */
int mbsec_nl_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct mbsec_net *mbn;
	int err;

	err = mbsec_nl_no_attributes(info->nlhdr, info->extack);
	if (err)
		return err;
	mbn = mbsec_nl_lock(info);
	if (!mbn)
		return -EPERM;
	mbsec_hook_release_all_locked(mbn);
	mbsec_group_flush_locked(mbn);
	mutex_unlock(&mbn->mutex);
	return 0;
}

static int mbsec_nl_key_add_locked(struct mbsec_group *group,
				   const struct mbsec_nl_key_request *request,
				   struct netlink_ext_ack *extack)
{
	int err = mbsec_nl_key_check(request, group->config.suite, extack);

	if (err)
		return err;
	return mbsec_key_add_locked(group, &request->config,
				    &request->materials, request->activate,
				    extack);
}

/* Does a request mean this key? Without a sender it means all of them. */
static bool mbsec_nl_key_is_meant(const struct mbsec_key *key,
				  const struct mbsec_nl_key_request *request)
{
	u64 kid = request->config.kid;

	if (request->sender_given)
		return key->config.kid == kid;
	return mbsec_sframe_kid_msk_id(key->config.kid) ==
		       mbsec_sframe_kid_msk_id(kid) &&
	       mbsec_sframe_kid_mtk_id(key->config.kid) ==
		       mbsec_sframe_kid_mtk_id(kid);
}

static int
mbsec_nl_key_activate_locked(struct mbsec_group *group,
			     const struct mbsec_nl_key_request *request,
			     struct netlink_ext_ack *extack)
{
	struct mbsec_key *key, *only = NULL;

	list_for_each_entry(key, &group->keys, list) {
		if (key->config.role != MBSEC_ROLE_TX ||
		    !mbsec_nl_key_is_meant(key, request))
			continue;
		if (only) {
			NL_SET_ERR_MSG(
				extack,
				"several transmit keys have these identifiers; name the sender");
			return -ENOTUNIQ;
		}
		only = key;
	}
	if (!only) {
		NL_SET_ERR_MSG(
			extack,
			"no transmit key of the group has these identifiers");
		return -ENOKEY;
	}
	if (mbsec_key_is_over(only)) {
		NL_SET_ERR_MSG(extack, "a hard lifetime of the key is over");
		return -EKEYEXPIRED;
	}
	mbsec_key_activate_locked(only);
	return 0;
}

static int mbsec_nl_key_del_locked(struct mbsec_group *group,
				   const struct mbsec_nl_key_request *request,
				   struct netlink_ext_ack *extack)
{
	struct mbsec_key *key, *next;
	bool any = false;

	list_for_each_entry_safe(key, next, &group->keys, list) {
		if (!mbsec_nl_key_is_meant(key, request))
			continue;
		mbsec_key_del_locked(key, MBSEC_A_COUNTERS_TX_DROP_NO_KEY);
		any = true;
	}
	if (any)
		return 0;
	NL_SET_ERR_MSG(extack, "no key of the group has these identifiers");
	return -ENOENT;
}

typedef int (*mbsec_nl_key_action)(struct mbsec_group *group,
				   const struct mbsec_nl_key_request *request,
				   struct netlink_ext_ack *extack);

typedef int (*mbsec_nl_key_parser)(struct genl_info *info,
				   struct mbsec_nl_key_request *request);

/* What all key commands have in common: read the request, find its group. */
static int mbsec_nl_key_do(struct genl_info *info, mbsec_nl_key_parser parse,
			   mbsec_nl_key_action action)
{
	struct mbsec_nl_key_request request;
	struct mbsec_group *group;
	struct mbsec_group_id id;
	struct mbsec_net *mbn;
	int err;

	err = mbsec_nl_group_id_parse(info, &id);
	if (!err)
		err = parse(info, &request);
	if (err)
		return err;
	mbn = mbsec_nl_lock(info);
	if (!mbn)
		return -EPERM;
	group = mbsec_group_resolve_locked(mbn, &id, info->extack);
	err = PTR_ERR_OR_ZERO(group);
	if (!err)
		err = action(group, &request, info->extack);
	mutex_unlock(&mbn->mutex);
	return err;
}

/* MBSEC_CMD_KEY_ADD */
int mbsec_nl_key_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	int err = mbsec_nl_key_do(info, mbsec_nl_key_parse,
				  mbsec_nl_key_add_locked);

	mbsec_nl_material_wipe(info);
	return err;
}

/* MBSEC_CMD_KEY_ACTIVATE */
int mbsec_nl_key_activate_doit(struct sk_buff *skb, struct genl_info *info)
{
	return mbsec_nl_key_do(info, mbsec_nl_key_id_parse,
			       mbsec_nl_key_activate_locked);
}

/* MBSEC_CMD_KEY_DEL */
int mbsec_nl_key_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return mbsec_nl_key_do(info, mbsec_nl_key_id_parse,
			       mbsec_nl_key_del_locked);
}
