/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _MBSEC_NETLINK_EVENT_H
#define _MBSEC_NETLINK_EVENT_H

struct mbsec_event;
struct net;

void mbsec_nl_event_send(struct net *net, const struct mbsec_event *event);

#endif /* _MBSEC_NETLINK_EVENT_H */
