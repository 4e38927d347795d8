// SPDX-License-Identifier: GPL-2.0-only
/* Commands that only read. No key is ever written here. */
#include <linux/module.h>
#include <linux/ktime.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include <mbsec/version.h>

#include "netlink-gen.h"
#include "netlink.h"
#include "replay.h"
#include "sender.h"
#include "sframe.h"
#include "suite.h"

/**
 * mbsec_nl_group_id_fill - write the identity of a group
 * @msg: message, in an open nest of attribute set "group"
 * @id: the identity
 */
int mbsec_nl_group_id_fill(struct sk_buff *msg, const struct mbsec_group_id *id)
{
	bool has_source = !ipv6_addr_any(&id->source);

	if (ipv6_addr_v4mapped(&id->address)) {
		if (nla_put_in_addr(msg, MBSEC_A_GROUP_ADDRESS_V4,
				    id->address.s6_addr32[3]) ||
		    (has_source && nla_put_in_addr(msg, MBSEC_A_GROUP_SOURCE_V4,
						   id->source.s6_addr32[3])))
			return -EMSGSIZE;
	} else if (nla_put_in6_addr(msg, MBSEC_A_GROUP_ADDRESS_V6,
				    &id->address) ||
		   (has_source && nla_put_in6_addr(msg, MBSEC_A_GROUP_SOURCE_V6,
						   &id->source))) {
		return -EMSGSIZE;
	}
	return nla_put_u16(msg, MBSEC_A_GROUP_PORT, id->port);
}

/**
 * mbsec_nl_key_id_fill - write the identity of a key
 * @msg: message, in an open nest of attribute set "key"
 * @kid: key identifier, of a key of ours or out of an unauthentic datagram
 * @role: enum mbsec_role
 */
int mbsec_nl_key_id_fill(struct sk_buff *msg, u64 kid, u8 role)
{
	if (nla_put_u32(msg, MBSEC_A_KEY_MSK_ID,
			mbsec_sframe_kid_msk_id(kid)) ||
	    nla_put_u16(msg, MBSEC_A_KEY_MTK_ID,
			mbsec_sframe_kid_mtk_id(kid)) ||
	    (mbsec_sframe_kid_sender_id(kid) &&
	     nla_put_u16(msg, MBSEC_A_KEY_SENDER_ID,
			 mbsec_sframe_kid_sender_id(kid))))
		return -EMSGSIZE;
	return nla_put_u32(msg, MBSEC_A_KEY_ROLE, role);
}

static int mbsec_nl_counters_fill(struct sk_buff *msg, const u64 *sum)
{
	struct nlattr *nest = nla_nest_start(msg, MBSEC_A_COUNTERS);

	if (!nest || mbsec_stats_fill(msg, sum))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int mbsec_nl_group_senders_fill(struct sk_buff *msg,
				       const struct mbsec_group *group)
{
	const struct mbsec_group_config *config = &group->config;

	if (config->format != MBSEC_FORMAT_SRTP)
		return nla_put_u32(msg, MBSEC_A_GROUP_SENDERS,
				   group->sender_count);
	if (nla_put_u32(msg, MBSEC_A_GROUP_SENDERS,
			READ_ONCE(group->senders->count)) ||
	    nla_put_u16(msg, MBSEC_A_GROUP_RTCP_PORT, config->rtcp_port) ||
	    (!config->form.mki_size &&
	     nla_put_flag(msg, MBSEC_A_GROUP_NO_MKI)) ||
	    (config->form.roc_mode &&
	     (nla_put_u16(msg, MBSEC_A_GROUP_ROC_RATE, config->form.roc_rate) ||
	      nla_put_u32(msg, MBSEC_A_GROUP_ROC_MODE,
			  config->form.roc_mode))) ||
	    (config->no_integrity &&
	     nla_put_flag(msg, MBSEC_A_GROUP_ALLOW_NO_INTEGRITY)))
		return -EMSGSIZE;
	return 0;
}

static int mbsec_nl_group_fill(struct sk_buff *msg,
			       const struct mbsec_group *group)
{
	const struct mbsec_group_config *config = &group->config;
	struct nlattr *nest = nla_nest_start(msg, MBSEC_A_GROUP);
	u64 sum[MBSEC_COUNTERS] = {};

	if (!nest || mbsec_nl_group_id_fill(msg, &config->id) ||
	    (config->ifindex &&
	     nla_put_u32(msg, MBSEC_A_GROUP_IFINDEX, config->ifindex)) ||
	    nla_put_u32(msg, MBSEC_A_GROUP_DIRECTION, config->direction) ||
	    nla_put_u32(msg, MBSEC_A_GROUP_FORMAT, config->format) ||
	    nla_put_u32(msg, MBSEC_A_GROUP_SUITE, config->suite->id) ||
	    nla_put_u32(msg, MBSEC_A_GROUP_POLICY, config->policy) ||
	    nla_put_u32(msg, MBSEC_A_GROUP_OVERHEAD, config->overhead) ||
	    nla_put_u32(msg, MBSEC_A_GROUP_KEYS, group->key_count) ||
	    mbsec_nl_group_senders_fill(msg, group))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	mbsec_stats_sum(group->stats, sum);
	return mbsec_nl_counters_fill(msg, sum);
}

static int mbsec_nl_optional_u64(struct sk_buff *msg, int type, u64 value)
{
	if (!value)
		return 0;
	return nla_put_u64_64bit(msg, type, value, MBSEC_A_KEY_PAD);
}

static int mbsec_nl_limits_fill(struct sk_buff *msg,
				const struct mbsec_key_limits *limits)
{
	if (mbsec_nl_optional_u64(msg, MBSEC_A_KEY_SOFT_PACKETS,
				  limits->soft_packets) ||
	    mbsec_nl_optional_u64(msg, MBSEC_A_KEY_HARD_PACKETS,
				  limits->hard_packets) ||
	    mbsec_nl_optional_u64(msg, MBSEC_A_KEY_SOFT_BYTES,
				  limits->soft_bytes) ||
	    mbsec_nl_optional_u64(msg, MBSEC_A_KEY_HARD_BYTES,
				  limits->hard_bytes) ||
	    mbsec_nl_optional_u64(msg, MBSEC_A_KEY_SOFT_SECONDS,
				  limits->soft_seconds) ||
	    mbsec_nl_optional_u64(msg, MBSEC_A_KEY_HARD_SECONDS,
				  limits->hard_seconds))
		return -EMSGSIZE;
	return 0;
}

static int mbsec_nl_counter_fill(struct sk_buff *msg,
				 const struct mbsec_key *key)
{
	u64 counter;

	/* Senders of SRTP have an index each. */
	if (!key->replay)
		return 0;
	if (key->config.role == MBSEC_ROLE_TX)
		counter = key->config.counter_start + atomic64_read(&key->uses);
	else if (!mbsec_replay_highest(key->replay, &counter))
		return 0;
	return nla_put_u64_64bit(msg, MBSEC_A_KEY_COUNTER, counter,
				 MBSEC_A_KEY_PAD);
}

static int mbsec_nl_usage_fill(struct sk_buff *msg, const struct mbsec_key *key)
{
	u64 age = ktime_get_boottime_ns() - key->made;
	u64 packets, bytes;

	mbsec_usage_sum(key->usage, &packets, &bytes);
	if (nla_put_u64_64bit(msg, MBSEC_A_KEY_PACKETS, packets,
			      MBSEC_A_KEY_PAD) ||
	    nla_put_u64_64bit(msg, MBSEC_A_KEY_BYTES, bytes, MBSEC_A_KEY_PAD) ||
	    mbsec_nl_counter_fill(msg, key) ||
	    nla_put_u64_64bit(msg, MBSEC_A_KEY_AGE_SECONDS,
			      div_u64(age, NSEC_PER_SEC), MBSEC_A_KEY_PAD) ||
	    nla_put_u64_64bit(msg, MBSEC_A_KEY_AUTH_FAILURES,
			      atomic64_read(&key->auth_failures),
			      MBSEC_A_KEY_PAD))
		return -EMSGSIZE;
	return nla_put_u64_64bit(msg, MBSEC_A_KEY_REPLAYS,
				 atomic64_read(&key->replays), MBSEC_A_KEY_PAD);
}

static int mbsec_nl_key_fill(struct sk_buff *msg, const struct mbsec_key *key)
{
	const struct mbsec_key_config *config = &key->config;
	bool active = config->role == MBSEC_ROLE_RX ||
		      mbsec_key_is_active_locked(key);
	struct nlattr *nest = nla_nest_start(msg, MBSEC_A_GROUP);

	if (!nest || mbsec_nl_group_id_fill(msg, &key->group->config.id))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, MBSEC_A_KEY);
	if (!nest || mbsec_nl_key_id_fill(msg, config->kid, config->role) ||
	    nla_put_u32(msg, MBSEC_A_KEY_SUITE, key->group->config.suite->id) ||
	    nla_put_u32(msg, MBSEC_A_KEY_WINDOW, config->window) ||
	    nla_put_u32(msg, MBSEC_A_KEY_STATE,
			active ? MBSEC_KEY_STATE_ACTIVE :
				 MBSEC_KEY_STATE_STANDBY) ||
	    mbsec_nl_limits_fill(msg, &config->limits) ||
	    mbsec_nl_usage_fill(msg, key))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * mbsec_nl_dump_put - start an entry of a dump
 * @msg: message
 * @cb: the dump
 * @cmd: its command
 */
void *mbsec_nl_dump_put(struct sk_buff *msg, struct netlink_callback *cb,
			u8 cmd)
{
	void *header = genlmsg_put(msg, NETLINK_CB(cb->skb).portid,
				   cb->nlh->nlmsg_seq, &mbsec_nl_family,
				   NLM_F_MULTI, cmd);

	if (header)
		genl_dump_check_consistent(cb, header);
	return header;
}

/* MBSEC_CMD_GROUP_GET; cb->args[0] counts the groups already written. */
int mbsec_nl_group_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct mbsec_net *mbn = mbsec_net_get(sock_net(cb->skb->sk));
	const struct mbsec_group *group;
	long index = 0;
	void *header;
	int err;

	err = mbsec_nl_no_attributes(cb->nlh, cb->extack);
	if (err)
		return err;
	mutex_lock(&mbn->mutex);
	cb->seq = mbn->change;
	list_for_each_entry(group, &mbn->groups, list) {
		if (index++ < cb->args[0])
			continue;
		header = mbsec_nl_dump_put(msg, cb, MBSEC_CMD_GROUP_GET);
		if (!header)
			break;
		if (mbsec_nl_group_fill(msg, group)) {
			genlmsg_cancel(msg, header);
			break;
		}
		genlmsg_end(msg, header);
		cb->args[0] = index;
	}
	mutex_unlock(&mbn->mutex);
	return msg->len;
}

/* Writes the keys of a group; false if the message is full. */
static bool mbsec_nl_keys_dump(struct sk_buff *msg, struct netlink_callback *cb,
			       const struct mbsec_group *group, long *index)
{
	const struct mbsec_key *key;
	void *header;

	list_for_each_entry(key, &group->keys, list) {
		if ((*index)++ < cb->args[0])
			continue;
		header = mbsec_nl_dump_put(msg, cb, MBSEC_CMD_KEY_GET);
		if (!header)
			return false;
		if (mbsec_nl_key_fill(msg, key)) {
			genlmsg_cancel(msg, header);
			return false;
		}
		genlmsg_end(msg, header);
		cb->args[0] = *index;
	}
	return true;
}

/* MBSEC_CMD_KEY_GET; cb->args[0] counts the keys already written. */
int mbsec_nl_key_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct mbsec_net *mbn = mbsec_net_get(sock_net(cb->skb->sk));
	const struct mbsec_group *group;
	long index = 0;
	int err;

	err = mbsec_nl_no_attributes(cb->nlh, cb->extack);
	if (err)
		return err;
	mutex_lock(&mbn->mutex);
	cb->seq = mbn->change;
	list_for_each_entry(group, &mbn->groups, list)
		if (!mbsec_nl_keys_dump(msg, cb, group, &index))
			break;
	mutex_unlock(&mbn->mutex);
	return msg->len;
}

static int mbsec_nl_stats_fill(struct sk_buff *msg, struct mbsec_net *mbn)
{
	const struct mbsec_suite_drivers *drivers = &mbsec_suite_drivers;
	struct nlattr *nest = nla_nest_start(msg, MBSEC_A_STATS);

	if (!nest ||
	    nla_put_string(msg, MBSEC_A_STATS_MODULE_VERSION, MBSEC_VERSION) ||
	    nla_put_u32(msg, MBSEC_A_STATS_GROUPS, mbn->group_count) ||
	    nla_put_u32(msg, MBSEC_A_STATS_KEYS, mbn->key_count) ||
	    nla_put_u32(msg, MBSEC_A_STATS_USED_KEYS, mbn->history_count) ||
	    nla_put_string(msg, MBSEC_A_STATS_CIPHER_DRIVER, drivers->cipher) ||
	    nla_put_string(msg, MBSEC_A_STATS_CIPHER_DRIVER_FALLBACK,
			   drivers->cipher_fallback) ||
	    nla_put_string(msg, MBSEC_A_STATS_MAC_DRIVER, drivers->mac) ||
	    nla_put_u64_64bit(msg, MBSEC_A_STATS_EVENTS_SENT,
			      READ_ONCE(mbn->events_sent), MBSEC_A_STATS_PAD) ||
	    nla_put_u64_64bit(msg, MBSEC_A_STATS_EVENTS_LOST,
			      READ_ONCE(mbn->events_lost), MBSEC_A_STATS_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int mbsec_nl_totals_fill(struct sk_buff *msg, struct mbsec_net *mbn)
{
	u64 sum[MBSEC_COUNTERS] = {};
	const struct mbsec_group *group;

	if (mbn->retired)
		memcpy(sum, mbn->retired, sizeof(sum));
	list_for_each_entry(group, &mbn->groups, list)
		mbsec_stats_sum(group->stats, sum);
	return mbsec_nl_counters_fill(msg, sum);
}

/* MBSEC_CMD_STATS_GET */
int mbsec_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct mbsec_net *mbn = mbsec_net_get(genl_info_net(info));
	struct sk_buff *msg;
	void *header;
	int err;

	err = mbsec_nl_no_attributes(info->nlhdr, info->extack);
	if (err)
		return err;
	msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	header = genlmsg_put_reply(msg, info, &mbsec_nl_family, 0,
				   MBSEC_CMD_STATS_GET);
	err = -EMSGSIZE;
	mutex_lock(&mbn->mutex);
	if (header && !mbsec_nl_stats_fill(msg, mbn))
		err = mbsec_nl_totals_fill(msg, mbn);
	mutex_unlock(&mbn->mutex);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, header);
	return genlmsg_reply(msg, info);
}
