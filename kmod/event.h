/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events: raised by packets and timers, sent to the netlink listeners by a work
 * item.
 */
#ifndef _MBSEC_EVENT_H
#define _MBSEC_EVENT_H

#include "mbsec.h"

void mbsec_event_raise(struct mbsec_net *mbn, const struct mbsec_event *event);
void mbsec_event_net_init(struct mbsec_net *mbn);
void mbsec_event_net_exit(struct mbsec_net *mbn);

#endif /* _MBSEC_EVENT_H */
