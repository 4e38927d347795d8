// SPDX-License-Identifier: GPL-2.0-or-later
#include <jansson.h>
#include <stdio.h>

#include "io/ctl.h"
#include "log.h"
#include "roles/ue_event.h"
#include "roles/ue_log.h"

#define LOG_PAUSE 1000
#define SMALL_MAX 64

bool ue_log_allowed(struct ue *ue, enum ue_log kind)
{
	int64_t now = loop_now(ue->loop);

	if (now < ue->quiet[kind])
		return false;
	ue->quiet[kind] = now + LOG_PAUSE;
	return true;
}

bool ue_is_small(const struct ue *ue)
{
	return ue->by_imsi.count <= SMALL_MAX;
}

/* Without memory nobody is told. */
static void tell(const struct ue *ue, json_t *event)
{
	if (event)
		ctl_event(ue->daemon->ctl, event);
}

static bool is_told(const struct ue *ue)
{
	return ue->daemon->ctl && ue_is_small(ue);
}

void ue_event_member(const struct ue_member *member)
{
	const struct ue *ue = member->usim->ue;
	const char *state = ue_member_state_name(member->state);

	if (!ue_is_small(ue))
		return;
	log_info(UE_AREA, "member", LOG_TEXT("imsi", member->usim->imsi),
		 LOG_TEXT("service", member->service->id),
		 LOG_TEXT("state", state));
	if (is_told(ue))
		tell(ue, json_pack("{s:s, s:s, s:s, s:s, s:s*}", "type",
				   "ue-member", "usim", member->usim->imsi,
				   "service", member->service->id, "state",
				   state, "reason",
				   member->state == UE_MEMBER_LEFT ?
					   member->reason :
					   NULL));
}

static void id_text(char text[9], uint32_t msk_id)
{
	snprintf(text, 9, "%08x", msk_id);
}

void ue_event_msk(const struct ue_usim *usim, enum mgvf_event event,
		  const struct msk_ref *ref)
{
	char id[9];

	if (!ue_is_small(usim->ue))
		return;
	id_text(id, ref->msk_id);
	log_info(UE_AREA, "msk", LOG_TEXT("imsi", usim->imsi),
		 LOG_HEX("msk", ref->msk_id),
		 LOG_TEXT("outcome", mgvf_event_name(event)));
	if (is_told(usim->ue))
		tell(usim->ue,
		     json_pack("{s:s, s:s, s:s, s:s}", "type", "ue-msk", "usim",
			       usim->imsi, "msk-id", id, "outcome",
			       mgvf_event_name(event)));
}

void ue_event_mtk(const struct ue_service *service, const struct ue_mtk *mtk)
{
	char id[9];

	id_text(id, mtk->ref.msk_id);
	if (service->ue->daemon->ctl)
		tell(service->ue,
		     json_pack("{s:s, s:s, s:s, s:i, s:b}", "type", "ue-mtk",
			       "service", service->id, "msk-id", id, "mtk-id",
			       mtk->mtk_id, "installed", mtk->installed));
}
