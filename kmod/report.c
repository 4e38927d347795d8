// SPDX-License-Identifier: GPL-2.0-only
#include "event.h"
#include "group.h"
#include "key.h"
#include "report.h"
#include "trace.h"

/* Occurrences within a second that are told, or that make a storm. */
#define TOLD 8
#define STORM 100

/**
 * mbsec_report_outcome - count what became of a datagram
 * @flow: its addresses and port
 * @group: its group
 * @reason: MBSEC_A_COUNTERS_* of why it is not protected or not opened, else 0
 *
 * Context: BH disabled.
 * Return: 0, or a negative error number if it is dropped.
 */
int mbsec_report_outcome(const struct mbsec_group_id *flow,
			 const struct mbsec_group *group, int reason)
{
	if (!reason)
		return 0;
	mbsec_stats_count(group->stats, reason);
	if (reason == MBSEC_A_COUNTERS_TX_CLEARTEXT ||
	    reason == MBSEC_A_COUNTERS_RX_CLEARTEXT)
		return 0;
	trace_mbsec_drop(flow, reason);
	return mbsec_stats_errno(reason);
}

static void mbsec_report(const struct mbsec_group *group, u8 type, u64 count,
			 u64 kid)
{
	const struct mbsec_event event = {
		.type = type,
		.has_key = true,
		.role = MBSEC_ROLE_RX,
		.count = count,
		.kid = kid,
		.group = group->config.id,
	};

	mbsec_event_raise(group->mbn, &event);
}

/**
 * mbsec_report_unknown_key - a received datagram names a key that is not there
 * @group: its group
 * @kid: key identifier that it names
 *
 * Return: the reason to drop it.
 */
int mbsec_report_unknown_key(struct mbsec_group *group, u64 kid)
{
	if (mbsec_group_storm(&group->unknown) <= TOLD)
		mbsec_report(group, MBSEC_EVENT_TYPE_UNKNOWN_KEY, 1, kid);
	return MBSEC_A_COUNTERS_RX_DROP_UNKNOWN_KEY;
}

/**
 * mbsec_report_forged - the tag of a received datagram is wrong
 * @group: its group
 * @key: key that it names
 *
 * Return: the reason to drop it.
 */
int mbsec_report_forged(struct mbsec_group *group, struct mbsec_key *key)
{
	atomic64_inc(&key->auth_failures);
	if (mbsec_group_storm(&group->forged) == STORM)
		mbsec_report(group, MBSEC_EVENT_TYPE_AUTH_STORM, STORM,
			     key->config.kid);
	return MBSEC_A_COUNTERS_RX_DROP_AUTH_FAILED;
}

/**
 * mbsec_report_replayed - a received datagram was seen before
 * @group: its group
 * @key: key that it names
 * @reason: the reason to drop it
 *
 * Return: @reason.
 */
int mbsec_report_replayed(struct mbsec_group *group, struct mbsec_key *key,
			  int reason)
{
	atomic64_inc(&key->replays);
	if (mbsec_group_storm(&group->replayed) == STORM)
		mbsec_report(group, MBSEC_EVENT_TYPE_REPLAY_STORM, STORM,
			     key->config.kid);
	return reason;
}

static void mbsec_report_of_ssrc(const struct mbsec_group *group,
				 const struct mbsec_key *key, u32 ssrc, u8 type)
{
	const struct mbsec_event event = {
		.type = type,
		.has_key = true,
		.role = key->config.role,
		.has_ssrc = true,
		.ssrc = ssrc,
		.count = 1,
		.kid = key->config.kid,
		.group = group->config.id,
	};

	mbsec_event_raise(group->mbn, &event);
}

/**
 * mbsec_report_ssrc - a packet of SRTP is dropped because of its SSRC
 * @group: its group
 * @key: its key
 * @ssrc: the SSRC
 * @reason: the reason to drop it; some are told
 */
void mbsec_report_ssrc(struct mbsec_group *group, const struct mbsec_key *key,
		       u32 ssrc, int reason)
{
	struct mbsec_storm *storm;
	u8 type;

	switch (reason) {
	case MBSEC_A_COUNTERS_TX_DROP_REPEATED:
		type = MBSEC_EVENT_TYPE_INDEX_REPEATED;
		storm = &group->repeated;
		break;
	case MBSEC_A_COUNTERS_RX_DROP_ROC_UNKNOWN:
		type = MBSEC_EVENT_TYPE_ROC_NEEDED;
		storm = &group->roc_unknown;
		break;
	case MBSEC_A_COUNTERS_TX_DROP_SENDER_LIMIT:
	case MBSEC_A_COUNTERS_RX_DROP_SENDER_LIMIT:
		type = MBSEC_EVENT_TYPE_SENDER_LIMIT;
		storm = &group->limited;
		break;
	default:
		return;
	}
	if (mbsec_group_storm(storm) <= TOLD)
		mbsec_report_of_ssrc(group, key, ssrc, type);
}

/**
 * mbsec_report_packet - a received packet of SRTP is dropped
 * @group: its group
 * @key: its key, or the last one that was tried
 * @ssrc: its SSRC
 * @reason: the reason to drop it
 */
void mbsec_report_packet(struct mbsec_group *group, struct mbsec_key *key,
			 u32 ssrc, int reason)
{
	switch (reason) {
	case MBSEC_A_COUNTERS_RX_DROP_AUTH_FAILED:
		mbsec_report_forged(group, key);
		break;
	case MBSEC_A_COUNTERS_RX_DROP_REPLAYED:
	case MBSEC_A_COUNTERS_RX_DROP_TOO_OLD:
		mbsec_report_replayed(group, key, reason);
		break;
	default:
		mbsec_report_ssrc(group, key, ssrc, reason);
	}
}

/**
 * mbsec_report_collision - another host sends with an SSRC of this one
 * @group: its group
 * @key: transmit key under which both send
 * @ssrc: the SSRC
 * @told: it was told before
 */
void mbsec_report_collision(struct mbsec_group *group,
			    const struct mbsec_key *key, u32 ssrc,
			    atomic_t *told)
{
	if (!atomic_read(told) && mbsec_group_storm(&group->collided) <= TOLD &&
	    !atomic_xchg(told, 1))
		mbsec_report_of_ssrc(group, key, ssrc,
				     MBSEC_EVENT_TYPE_SSRC_COLLISION);
}
