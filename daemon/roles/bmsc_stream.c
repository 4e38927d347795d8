// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an MSK message says of SRTP: the security policy (SP payload) and, in the
 * SRTP-ID map, the roll-over counters of the sources at this moment, for members
 * that join late (TS 33.246, 6.6.2; RFC 3830, 6.1.1).
 *
 * A push to all is as many messages as there are members, so the list is made anew
 * only after a while that is short against a round of sequence numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "bmsc.h"
#include "core/mbms_message.h"

#define AGE 250
/* There is one, and all streams refer to it. */
#define POLICY 0

/**
 * struct bmsc_streams - of a group
 * @made: when, loop_now()
 * @indexes: of the sources, beside @list: who is furthest goes before
 */
struct bmsc_streams {
	int64_t made;
	struct mikey_policy policy;
	size_t count;
	struct mikey_stream list[MIKEY_STREAMS_MAX];
	uint64_t indexes[MIKEY_STREAMS_MAX];
};

static void stream_put(struct bmsc_streams *streams, size_t place,
		       uint32_t ssrc, uint64_t index)
{
	streams->indexes[place] = index;
	streams->list[place] = (struct mikey_stream){
		.policy = POLICY,
		.ssrc = ssrc,
		.roc = (uint32_t)(index >> 16),
	};
}

/* Of those that do not fit, the ones with the lowest counter stay out: members can
 * guess it best. An SSRC may be known to several hosts.
 */
static void stream_take(void *argument, const struct mbstf_source *source)
{
	uint64_t index = (uint64_t)source->roc << 16 | source->sequence;
	struct bmsc_streams *streams = argument;
	size_t i, lowest = 0;

	/* In the map it means that an SSRC is not known. */
	if (!source->ssrc)
		return;
	for (i = 0; i < streams->count; i++) {
		if (streams->list[i].ssrc == source->ssrc) {
			if (index > streams->indexes[i])
				stream_put(streams, i, source->ssrc, index);
			return;
		}
		if (streams->indexes[i] < streams->indexes[lowest])
			lowest = i;
	}
	if (streams->count < MIKEY_STREAMS_MAX)
		stream_put(streams, streams->count++, source->ssrc, index);
	else if (index > streams->indexes[lowest])
		stream_put(streams, lowest, source->ssrc, index);
}

static void streams_make(struct bmsc_group *group, struct bmsc_streams *streams)
{
	const struct bmsc_service *service = group->service;
	unsigned int i;

	streams->made = loop_now(group->bmsc->loop);
	streams->count = 0;
	srtp_policy_make(&streams->policy, POLICY, &service->record.srtp);
	for (i = 0; i < service->record.flow_count; i++)
		if (service->flows[i].group == group)
			bmsc_senders_sources(group->bmsc,
					     service->flows[i].flow.id,
					     stream_take, streams);
	/* RFC 3830, 6.1.1: an SSRC that is not known yet is 0. */
	if (!streams->count)
		stream_put(streams, streams->count++, 0, 0);
}

void bmsc_streams_add(struct bmsc_group *group,
		      struct mbms_msk_message *message)
{
	bool fresh = group->streams;

	if (group->service->record.format != SERVICE_FORMAT_SRTP)
		return;
	if (!group->streams)
		group->streams = calloc(1, sizeof(*group->streams));
	/* Members without policy refuse the MSK, and ask for it again. */
	if (!group->streams)
		return;
	if (!fresh || loop_now(group->bmsc->loop) - group->streams->made >= AGE)
		streams_make(group, group->streams);
	message->streams = group->streams->list;
	message->stream_count = group->streams->count;
	message->policies = &group->streams->policy;
	message->policy_count = 1;
}
