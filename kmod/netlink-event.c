// SPDX-License-Identifier: GPL-2.0-only
#include <net/genetlink.h>

#include "netlink-event.h"
#include "netlink-gen.h"
#include "netlink.h"

static int mbsec_nl_event_nest_fill(struct sk_buff *msg,
				    const struct mbsec_event *event)
{
	struct nlattr *nest = nla_nest_start(msg, MBSEC_A_EVENT);

	if (!nest || nla_put_u32(msg, MBSEC_A_EVENT_TYPE, event->type) ||
	    (event->limit &&
	     nla_put_u32(msg, MBSEC_A_EVENT_LIMIT, event->limit)) ||
	    (event->has_ssrc &&
	     nla_put_u32(msg, MBSEC_A_EVENT_SSRC, event->ssrc)) ||
	    nla_put_u64_64bit(msg, MBSEC_A_EVENT_COUNT, event->count,
			      MBSEC_A_EVENT_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int mbsec_nl_event_fill(struct sk_buff *msg,
			       const struct mbsec_event *event)
{
	struct nlattr *nest;

	if (mbsec_nl_event_nest_fill(msg, event))
		return -EMSGSIZE;
	nest = nla_nest_start(msg, MBSEC_A_GROUP);
	if (!nest || mbsec_nl_group_id_fill(msg, &event->group))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	if (!event->has_key)
		return 0;
	nest = nla_nest_start(msg, MBSEC_A_KEY);
	if (!nest || mbsec_nl_key_id_fill(msg, event->kid, event->role))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * mbsec_nl_event_send - send an event to the listeners
 * @net: network namespace
 * @event: the event
 *
 * Context: may sleep.
 */
void mbsec_nl_event_send(struct net *net, const struct mbsec_event *event)
{
	struct sk_buff *msg;
	void *header;

	if (!genl_has_listeners(&mbsec_nl_family, net, MBSEC_NLGRP_EVENTS))
		return;
	msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return;
	header = genlmsg_put(msg, 0, 0, &mbsec_nl_family, 0, MBSEC_CMD_EVENT);
	if (!header || mbsec_nl_event_fill(msg, event)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, header);
	genlmsg_multicast_netns(&mbsec_nl_family, net, msg, 0,
				MBSEC_NLGRP_EVENTS, GFP_KERNEL);
}
