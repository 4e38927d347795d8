// SPDX-License-Identifier: GPL-2.0-only
#include "event.h"
#include "netlink-event.h"

/**
 * mbsec_event_raise - have an event sent
 * @mbn: network namespace, with at least one group
 * @event: the event, copied
 *
 * Context: any but hard interrupts.
 */
void mbsec_event_raise(struct mbsec_net *mbn, const struct mbsec_event *event)
{
	u32 slot;

	spin_lock_bh(&mbn->event_lock);
	if (mbn->event_pending < MBSEC_EVENT_RING) {
		slot = (mbn->event_head + mbn->event_pending++) %
		       MBSEC_EVENT_RING;
		mbn->event_ring[slot] = *event;
	} else {
		mbn->events_lost++;
	}
	spin_unlock_bh(&mbn->event_lock);
	schedule_work(&mbn->event_work);
}

static bool mbsec_event_take(struct mbsec_net *mbn, struct mbsec_event *event)
{
	bool any;

	spin_lock_bh(&mbn->event_lock);
	any = mbn->event_pending;
	if (any) {
		*event = mbn->event_ring[mbn->event_head];
		mbn->event_head = (mbn->event_head + 1) % MBSEC_EVENT_RING;
		mbn->event_pending--;
		mbn->events_sent++;
	}
	spin_unlock_bh(&mbn->event_lock);
	return any;
}

static void mbsec_event_work(struct work_struct *work)
{
	struct mbsec_net *mbn =
		container_of(work, struct mbsec_net, event_work);
	struct mbsec_event event;

	while (mbsec_event_take(mbn, &event))
		mbsec_nl_event_send(mbn->net, &event);
}

/** mbsec_event_net_init - when a network namespace is made */
void mbsec_event_net_init(struct mbsec_net *mbn)
{
	spin_lock_init(&mbn->event_lock);
	INIT_WORK(&mbn->event_work, mbsec_event_work);
}

/** mbsec_event_net_exit - when nothing is left that raises events */
void mbsec_event_net_exit(struct mbsec_net *mbn)
{
	cancel_work_sync(&mbn->event_work);
}
