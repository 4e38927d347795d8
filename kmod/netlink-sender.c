// SPDX-License-Identifier: GPL-2.0-only
/* Commands about the senders of SRTP groups. */
#include <linux/rculist.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "netlink-gen.h"
#include "netlink.h"
#include "sender.h"

#define SENDER_ID_USED (BIT(MBSEC_A_SENDER_SSRC) | BIT(MBSEC_A_SENDER_ROLE))
#define SENDER_USED                                 \
	(SENDER_ID_USED | BIT(MBSEC_A_SENDER_ROC) | \
	 BIT(MBSEC_A_SENDER_SEQUENCE))

/* The middle of the round: the next packet, whatever its number, is of it too. */
#define SEQUENCE_UNKNOWN 0x8000

/**
 * struct mbsec_nl_sender_request - what a sender command says
 * @ssrc: SSRC
 * @role: enum mbsec_role
 * @index: highest index so far, if the command has it
 */
struct mbsec_nl_sender_request {
	u32 ssrc;
	u8 role;
	u64 index;
};

static int mbsec_nl_sender_parse(struct genl_info *info, bool add,
				 struct mbsec_nl_sender_request *request)
{
	struct nlattr *sender[MBSEC_A_SENDER_MAX + 1];
	int err;

	err = mbsec_nl_nest_parse(info, MBSEC_A_SENDER, sender,
				  MBSEC_A_SENDER_MAX, mbsec_sender_nl_policy,
				  add ? SENDER_USED : SENDER_ID_USED);
	if (err)
		return err;
	if (!sender[MBSEC_A_SENDER_SSRC]) {
		NL_SET_ERR_MSG(info->extack, "the ssrc is missing");
		return -EINVAL;
	}
	if (add && !sender[MBSEC_A_SENDER_ROC]) {
		NL_SET_ERR_MSG(info->extack, "the roc is missing");
		return -EINVAL;
	}
	request->ssrc = nla_get_u32(sender[MBSEC_A_SENDER_SSRC]);
	request->role = MBSEC_ROLE_RX;
	request->index = 0;
	if (sender[MBSEC_A_SENDER_ROLE])
		request->role = nla_get_u32(sender[MBSEC_A_SENDER_ROLE]);
	if (sender[MBSEC_A_SENDER_ROC])
		request->index = (u64)nla_get_u32(sender[MBSEC_A_SENDER_ROC])
				 << 16;
	if (sender[MBSEC_A_SENDER_SEQUENCE])
		request->index |= nla_get_u16(sender[MBSEC_A_SENDER_SEQUENCE]);
	else
		request->index |= SEQUENCE_UNKNOWN;
	return 0;
}

static int mbsec_nl_sender_do(struct genl_info *info, bool add)
{
	struct mbsec_nl_sender_request request;
	struct mbsec_group *group;
	struct mbsec_group_id id;
	struct mbsec_net *mbn;
	int err;

	err = mbsec_nl_group_id_parse(info, &id);
	if (!err)
		err = mbsec_nl_sender_parse(info, add, &request);
	if (err)
		return err;
	mbn = mbsec_nl_lock(info);
	if (!mbn)
		return -EPERM;
	group = mbsec_group_resolve_locked(mbn, &id, info->extack);
	err = PTR_ERR_OR_ZERO(group);
	if (!err && !group->senders) {
		NL_SET_ERR_MSG(info->extack, "the group is not of SRTP");
		err = -EINVAL;
	}
	if (!err && add)
		err = mbsec_sender_set(group, request.role, request.ssrc,
				       request.index, info->extack);
	else if (!err)
		err = mbsec_sender_forget(group, request.role, request.ssrc,
					  info->extack);
	mutex_unlock(&mbn->mutex);
	return err;
}

/* MBSEC_CMD_SENDER_ADD */
int mbsec_nl_sender_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return mbsec_nl_sender_do(info, true);
}

/* MBSEC_CMD_SENDER_DEL */
int mbsec_nl_sender_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return mbsec_nl_sender_do(info, false);
}

static int mbsec_nl_sender_fill(struct sk_buff *msg,
				const struct mbsec_group *group,
				const struct mbsec_sender *sender)
{
	struct nlattr *nest = nla_nest_start(msg, MBSEC_A_GROUP);

	if (!nest || mbsec_nl_group_id_fill(msg, &group->config.id))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, MBSEC_A_SENDER);
	if (!nest || nla_put_u32(msg, MBSEC_A_SENDER_SSRC, sender->ssrc) ||
	    nla_put_u32(msg, MBSEC_A_SENDER_ROLE, sender->role) ||
	    nla_put_u32(msg, MBSEC_A_SENDER_STREAMS, sender->streams))
		return -EMSGSIZE;
	if (sender->has_index &&
	    (nla_put_u32(msg, MBSEC_A_SENDER_ROC, sender->index >> 16) ||
	     nla_put_u16(msg, MBSEC_A_SENDER_SEQUENCE, sender->index)))
		return -EMSGSIZE;
	if ((sender->has_rtcp &&
	     nla_put_u32(msg, MBSEC_A_SENDER_RTCP_INDEX, sender->rtcp_index)) ||
	    (sender->provisioned &&
	     nla_put_flag(msg, MBSEC_A_SENDER_PROVISIONED)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/* Writes the senders of a group; false if the message is full. */
static bool mbsec_nl_senders_dump(struct sk_buff *msg,
				  struct netlink_callback *cb,
				  const struct mbsec_group *group, long *index)
{
	struct mbsec_senders *senders = group->senders;
	const struct mbsec_sender *sender;
	void *header;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(senders->table); i++) {
		hlist_for_each_entry(sender, &senders->table[i], node) {
			if ((*index)++ < cb->args[0])
				continue;
			header = mbsec_nl_dump_put(msg, cb,
						   MBSEC_CMD_SENDER_GET);
			if (!header)
				return false;
			if (mbsec_nl_sender_fill(msg, group, sender)) {
				genlmsg_cancel(msg, header);
				return false;
			}
			genlmsg_end(msg, header);
			cb->args[0] = *index;
		}
	}
	return true;
}

/*
 * MBSEC_CMD_SENDER_GET; cb->args[0] counts the senders already written. Packets
 * make senders while the dump goes on: it may then miss one, or show it twice.
 */
int mbsec_nl_sender_get_dumpit(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct mbsec_net *mbn = mbsec_net_get(sock_net(cb->skb->sk));
	const struct mbsec_group *group;
	bool room = true;
	long index = 0;
	int err;

	err = mbsec_nl_no_attributes(cb->nlh, cb->extack);
	if (err)
		return err;
	mutex_lock(&mbn->mutex);
	cb->seq = mbn->change;
	list_for_each_entry(group, &mbn->groups, list) {
		if (!group->senders)
			continue;
		spin_lock_bh(&group->senders->lock);
		room = mbsec_nl_senders_dump(msg, cb, group, &index);
		spin_unlock_bh(&group->senders->lock);
		if (!room)
			break;
	}
	mutex_unlock(&mbn->mutex);
	return msg->len;
}
