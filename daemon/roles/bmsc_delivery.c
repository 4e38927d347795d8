// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bmsc.h"
#include "core/mbms_message.h"
#include "io/udp.h"
#include "log.h"

void bmsc_delivery_free(struct bmsc *bmsc, struct bmsc_delivery *delivery)
{
	bmsc_push_take(bmsc, delivery);
	LIST_REMOVE(delivery, of_ue);
	bmsc->push.count--;
	free(delivery);
}

/* The MSK that the messages are about; for a solicitation the one in use, whose
 * RAND and CSB ID it borrows.
 */
static struct bmsc_msk *msk_of(const struct bmsc_delivery *delivery)
{
	struct member_group msks = bmsc_group_msks(delivery->group);
	struct bmsc_msk *msk;

	if (delivery->kind == BMSC_DELIVER_SOLICIT)
		return msks.count ?
			       bmsc_msk_find(delivery->group, msks.msk_ids[0]) :
			       NULL;
	msk = bmsc_msk_find(delivery->group, delivery->msk_id);
	return msk && !msk->deleted ? msk : NULL;
}

static void message_start(const struct bmsc *bmsc,
			  const struct bmsc_delivery *delivery,
			  const struct bmsc_msk *msk, uint32_t counter,
			  struct mbms_msk_message *message)
{
	*message = (struct mbms_msk_message){
		.initiator = mbms_initiator(&bmsc->settings.naf_id),
		.responder = mbms_responder(delivery->ue->btid),
		.counter = counter,
		.csb_id = msk->csb_id,
		.verify = delivery->kind != BMSC_DELIVER_SOLICIT,
		.msk_ref = { delivery->group->domain, delivery->msk_id },
	};
	memcpy(message->rand, msk->rand, sizeof(message->rand));
}

int bmsc_delivery_build(struct bmsc *bmsc, struct bmsc_delivery *delivery,
			uint32_t counter, uint8_t *data, size_t room,
			struct fault *fault)
{
	struct bmsc_msk *msk = msk_of(delivery);
	struct mbms_msk_message message;
	struct writer writer;
	int failed;

	if (!msk)
		return 0;
	message_start(bmsc, delivery, msk, counter, &message);
	delivery->csb_id = msk->csb_id;
	writer_init(&writer, data, room);
	if (delivery->kind == BMSC_DELIVER_SOLICIT) {
		failed = mbms_solicit_build(&message, &delivery->ue->muk,
					    &writer, fault);
		return failed ? -1 : (int)writer.length;
	}
	message.msk = &msk->msk;
	message.low = MBMS_DELETE_LOW;
	message.high = MBMS_DELETE_HIGH;
	/* One that is old by now is of no use to anybody. */
	if (delivery->kind == BMSC_DELIVER_MSK &&
	    keylife_interval(&delivery->group->life, delivery->msk_id,
			     &message.low, &message.high, NULL))
		return 0;
	bmsc_streams_add(delivery->group, &message);
	failed = mbms_msk_build(&message, &delivery->ue->muk, &writer, fault);
	return failed ? -1 : (int)writer.length;
}

void bmsc_delivery_answered(struct bmsc *bmsc, struct bmsc_delivery *delivery)
{
	struct bmsc_group *group = delivery->group;
	struct bmsc_member *member = bmsc_member_find(delivery->ue, group);
	uint32_t msk_id = delivery->msk_id;
	bool is_msk = delivery->kind == BMSC_DELIVER_MSK;
	char msk[9];

	snprintf(msk, sizeof(msk), "%08x", msk_id);
	bmsc->push.acknowledged++;
	if (delivery->bulk)
		group->progress.acknowledged++;
	else
		bmsc_event(bmsc,
			   json_pack("{s:s, s:s, s:s, s:s}", "type",
				     is_msk ? "msk-acknowledged" :
					      "msk-deletion-acknowledged",
				     "ue", delivery->ue->impi, "service",
				     group->service->record.id, "msk-id", msk));
	log_debug(BMSC_AREA, "msk-acknowledged",
		  LOG_TEXT("ue", delivery->ue->impi), LOG_TEXT("msk", msk));
	bmsc_delivery_free(bmsc, delivery);
	if (!is_msk || !member)
		return;
	member_confirm(&member->member, msk_id);
	if (msk_id == group->push.msk_id)
		bmsc_group_settle(group, member);
}

/* An answer to any message of the delivery will do: the way may be longer than our
 * patience.
 */
static bool answers(const struct bmsc *bmsc,
		    const struct bmsc_delivery *delivery,
		    const struct mikey_message *answer)
{
	struct bmsc_msk *msk = msk_of(delivery);
	struct mbms_msk_message message;
	uint32_t counter = (uint32_t)answer->timestamp;

	if (!msk || delivery->kind == BMSC_DELIVER_SOLICIT ||
	    delivery->first == MBMS_COUNTER_NONE || counter < delivery->first ||
	    counter > delivery->last || answer->csb_id != delivery->csb_id)
		return false;
	message_start(bmsc, delivery, msk, counter, &message);
	return !mbms_verification_check(answer, &message, &delivery->ue->muk,
					NULL);
}

void bmsc_delivery_receive(void *argument, const struct udp_datagram *datagram)
{
	struct bmsc *bmsc = argument;
	struct bmsc_delivery *delivery;
	struct mikey_message message;
	struct bmsc_ue *ue;
	enum mbms_kind kind;

	if (mbms_message_decode(&message, &kind, datagram->data, datagram->size,
				NULL) ||
	    kind != MBMS_VERIFICATION || !message.responder.data.size) {
		bmsc->push.refused++;
		return;
	}
	ue = bmsc_ue_by_btid(bmsc, (const char *)message.responder.data.data,
			     message.responder.data.size);
	if (ue)
		for (delivery = LIST_FIRST(&ue->deliveries); delivery;
		     delivery = LIST_NEXT(delivery, of_ue))
			if (answers(bmsc, delivery, &message)) {
				bmsc_delivery_answered(bmsc, delivery);
				return;
			}
	bmsc->push.refused++;
}
