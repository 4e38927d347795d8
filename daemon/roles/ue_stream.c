// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/srtp_suite.h"
#include "log.h"
#include "roles/ue_flow.h"
#include "roles/ue_log.h"
#include "roles/ue_service.h"
#include "roles/ue_stream.h"

static bool is_srtp(const struct ue_flow *flow)
{
	return flow->group.format == MBSEC_FORMAT_SRTP;
}

/* ---- Policy ---- */

static int check_flow(const struct ue_flow *flow,
		      const struct mgvf_outcome *outcome, struct fault *fault)
{
	const struct srtp_profile profile = { (uint16_t)flow->group.suite,
					      flow->group.roc_rate };
	uint8_t i;

	if (!outcome->policy_count)
		return fault_set(
			fault, FAULT_UNSUPPORTED,
			"MSK of an SRTP stream comes without a policy");
	for (i = 0; i < outcome->policy_count; i++)
		if (srtp_policy_compare(&outcome->policies[i], &profile, fault))
			return -1;
	return 0;
}

int ue_streams_check(const struct ue_usim *usim,
		     const struct mgvf_outcome *outcome, struct fault *fault)
{
	const struct ue_service *service;
	const struct ue_member *member;
	size_t i;

	for (member = usim->members; member; member = member->next) {
		service = member->service;
		for (i = 0; i < service->flow_count; i++)
			if (is_srtp(&service->flows[i]) &&
			    ue_flow_has_group(&service->flows[i],
					      &outcome->ref) &&
			    check_flow(&service->flows[i], outcome, fault))
				return -1;
	}
	return 0;
}

/* ---- Sources ---- */

/**
 * struct news - what a message says, against what the kernel knows of one group
 * @known: sources of the message that the kernel knows better
 * @gone: sources that we told it of, and that are not in the message
 */
struct news {
	const struct mgvf_outcome *outcome;
	const struct ue_flow *flow;
	bool known[MIKEY_STREAMS_MAX];
	struct kernel_sender gone[MIKEY_STREAMS_MAX];
	size_t gone_count;
};

static bool is_same_group(const struct kernel_group *a,
			  const struct kernel_group *b)
{
	return address_equal(&a->group, &b->group) &&
	       a->source.family == b->source.family &&
	       (!a->source.family ||
		address_host_equal(&a->source, &b->source));
}

static void compare(void *argument, const struct kernel_group *group,
		    const struct kernel_sender *sender)
{
	struct news *news = argument;
	const struct mgvf_outcome *outcome = news->outcome;
	uint8_t i;

	if (sender->role != MBSEC_ROLE_RX ||
	    !is_same_group(group, &news->flow->group))
		return;
	for (i = 0; i < outcome->stream_count; i++) {
		if (outcome->streams[i].ssrc != sender->ssrc)
			continue;
		/* What it has heard itself is newer than the message. */
		news->known[i] = sender->heard && sender->streams &&
				 sender->roc >= outcome->streams[i].roc;
		return;
	}
	if (sender->provisioned && !sender->streams &&
	    news->gone_count < MIKEY_STREAMS_MAX)
		news->gone[news->gone_count++] = *sender;
}

/* Senders that were told stay in the kernel until they are taken back. */
static void flow_take(struct kernel *kernel, struct news *news,
		      struct fault *fault)
{
	const struct mgvf_outcome *outcome = news->outcome;
	struct kernel_sender sender;
	size_t i;

	if (kernel_senders_each(kernel, compare, news, fault))
		return;
	for (i = 0; i < news->gone_count; i++)
		if (kernel_sender_delete(kernel, &news->flow->group,
					 &news->gone[i], fault))
			return;
	for (i = 0; i < outcome->stream_count; i++) {
		/* SSRC 0: not known yet (RFC 3830, 6.1.1). */
		if (news->known[i] || !outcome->streams[i].ssrc)
			continue;
		sender = (struct kernel_sender){
			.ssrc = outcome->streams[i].ssrc,
			.role = MBSEC_ROLE_RX,
			.roc = outcome->streams[i].roc,
		};
		if (kernel_sender_add(kernel, &news->flow->group, &sender,
				      fault))
			return;
	}
}

static void service_take(const struct ue_service *service,
			 const struct mgvf_outcome *outcome)
{
	struct kernel *kernel = service->ue->daemon->kernel;
	struct fault fault;
	struct news news;
	size_t i;

	for (i = 0; i < service->flow_count; i++) {
		const struct ue_flow *flow = &service->flows[i];

		if (!is_srtp(flow) || !flow->installed ||
		    !ue_flow_has_group(flow, &outcome->ref))
			continue;
		fault = (struct fault){ 0 };
		news = (struct news){ .outcome = outcome, .flow = flow };
		flow_take(kernel, &news, &fault);
		if (fault.code && kernel_is_here(kernel))
			log_error(UE_AREA, "sources-not-told",
				  LOG_TEXT("service", service->id),
				  LOG_TEXT("reason", fault.text));
	}
}

void ue_streams_take(const struct ue_usim *usim,
		     const struct mgvf_outcome *outcome)
{
	const struct ue *ue = usim->ue;
	const struct ue_member *member;

	if (!outcome->stream_count || !ue->settings.install ||
	    !ue->daemon->kernel || !kernel_is_here(ue->daemon->kernel))
		return;
	for (member = usim->members; member; member = member->next)
		if (member->service->active)
			service_take(member->service, outcome);
}

void ue_streams_missed(struct ue *ue, const struct kernel_event *event)
{
	struct ue_service *service;
	const struct ue_flow *flow = ue_flow_find(ue, &event->group, &service);

	if (flow && service->active)
		ue_service_source_missed(service, event->ssrc);
}
