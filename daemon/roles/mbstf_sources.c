// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sources of SRTP streams, by SSRC: where their index stands, for members that join
 * late. The kernel knows it, as it sees the packets; it is asked for all streams at
 * once.
 */
#include <linux/mbsec.h>
#include <stdlib.h>

#include "mbstf_state.h"

/* Milliseconds until the kernel is asked again. */
#define AGE 500

static struct mbstf_source *source_find(struct mbstf_stream *flow,
					uint32_t ssrc)
{
	size_t i;

	for (i = 0; i < flow->source_count; i++)
		if (flow->sources[i].ssrc == ssrc)
			return &flow->sources[i];
	return NULL;
}

/* A place for one more. NULL if there is none. */
static struct mbstf_source *source_new(struct mbstf_stream *flow)
{
	if (!flow->sources)
		flow->sources =
			calloc(MBSTF_SOURCES_MAX, sizeof(*flow->sources));
	if (!flow->sources || flow->source_count == MBSTF_SOURCES_MAX)
		return NULL;
	return &flow->sources[flow->source_count++];
}

static void source_take(void *argument, const struct kernel_group *group,
			const struct kernel_sender *sender)
{
	struct mbstf *mbstf = argument;
	struct mbstf_source *source;
	struct mbstf_stream *flow;

	if (sender->role != MBSEC_ROLE_TX || !sender->heard)
		return;
	flow = mbstf_stream_of_group(mbstf, group);
	if (!flow)
		return;
	/* The kernel may show one twice. */
	source = source_find(flow, sender->ssrc);
	if (!source)
		source = source_new(flow);
	if (!source)
		return;
	*source = (struct mbstf_source){ sender->ssrc, sender->roc,
					 sender->sequence };
}

static void refresh(struct mbstf *mbstf)
{
	int64_t now = loop_now(mbstf->daemon->loop);
	struct mbstf_stream *flow;
	struct fault fault = { 0 };
	unsigned int i;

	if (!mbstf_kernel_here(mbstf) ||
	    (mbstf->sources_at && now - mbstf->sources_at < AGE))
		return;
	mbstf->sources_at = now;
	for (i = 0; i < MBSTF_BUCKETS; i++)
		for (flow = LIST_FIRST(&mbstf->flows[i]); flow;
		     flow = LIST_NEXT(flow, link))
			flow->source_count = 0;
	/* Without an answer members guess, or ask again. */
	kernel_senders_each(mbstf->daemon->kernel, source_take, mbstf, &fault);
}

size_t mbstf_sources(struct mbstf *mbstf, int64_t id,
		     const struct mbstf_source **sources)
{
	struct mbstf_stream *flow = mbstf_stream_find(mbstf, id);

	*sources = NULL;
	if (!flow || flow->flow.format != MBSEC_FORMAT_SRTP)
		return 0;
	refresh(mbstf);
	*sources = flow->sources;
	return flow->source_count;
}

void mbstf_sources_restore(struct mbstf *mbstf, struct mbstf_stream *flow)
{
	struct kernel_sender sender = { .role = MBSEC_ROLE_TX, .heard = true };
	struct fault fault = { 0 };
	size_t i;

	for (i = 0; i < flow->source_count; i++) {
		sender.ssrc = flow->sources[i].ssrc;
		sender.roc = flow->sources[i].roc;
		sender.sequence = flow->sources[i].sequence;
		if (kernel_sender_add(mbstf->daemon->kernel, &flow->group,
				      &sender, &fault)) {
			mbstf_complain("source-not-added", flow, &fault);
			return;
		}
	}
}
