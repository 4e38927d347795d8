// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "core/mbms_profile.h"
#include "core/srtp_suite.h"
#include "log.h"
#include "roles/ue_flow.h"
#include "roles/ue_keys.h"
#include "roles/ue_log.h"
#include "roles/ue_mikey.h"

static int check_integrity(const struct announce_security *security,
			   struct fault *fault)
{
	if (security->integrity)
		return 0;
	return fault_set(fault, FAULT_UNSUPPORTED,
			 "service has no integrity protection");
}

/* A BM-SC that is not ours announces no suite; the policy in its MSK messages has
 * to be the usual one then.
 */
static int read_srtp(const struct announce_transport *transport,
		     bool confidentiality, struct kernel_group *group,
		     struct fault *fault)
{
	group->suite = transport->suite;
	if (!group->suite)
		group->suite = confidentiality ?
				       MBSEC_SUITE_AES128_CM_HMAC_SHA1_80 :
				       MBSEC_SUITE_NULL_HMAC_SHA1_80;
	if (confidentiality != srtp_suite_encrypts((uint16_t)group->suite))
		return fault_set(fault, FAULT_MALFORMED,
				 "suite of the flow does not fit the "
				 "confidentiality of the service");
	if (transport->rtcp_port == address_port(&group->group))
		return fault_set(fault, FAULT_MALFORMED,
				 "flow has the port of its RTCP");
	group->rtcp_port = transport->rtcp_port;
	group->roc_rate = transport->roc_rate;
	return 0;
}

static int read_format(const struct announce_transport *transport,
		       bool confidentiality, struct kernel_group *group,
		       struct fault *fault)
{
	switch (transport->format) {
	case ANNOUNCE_FORMAT_SFRAME:
		group->format = MBSEC_FORMAT_SFRAME;
		group->suite = confidentiality ?
				       MBSEC_SUITE_AES128_CTR_HMAC_SHA256_80 :
				       MBSEC_SUITE_NULL_HMAC_SHA256_80;
		return 0;
	case ANNOUNCE_FORMAT_SRTP:
		group->format = MBSEC_FORMAT_SRTP;
		return read_srtp(transport, confidentiality, group, fault);
	case ANNOUNCE_FORMAT_NONE:
		break;
	}
	return fault_set(fault, FAULT_UNSUPPORTED,
			 "format of the flow is not announced");
}

static int read_source(const struct announce_transport *transport,
		       struct kernel_group *group, struct fault *fault)
{
	if (!transport->source[0])
		return 0;
	if (address_parse(transport->source, 0, &group->source, fault))
		return -1;
	if (group->source.family != group->group.family)
		return fault_set(fault, FAULT_MALFORMED,
				 "source and group are of different families");
	return 0;
}

static int flow_read(const struct ue *ue, const struct announce_flow *announced,
		     bool confidentiality, struct ue_flow *flow,
		     struct fault *fault)
{
	const struct announce_transport *transport = &announced->transport;
	struct kernel_group *group = &flow->group;
	uint16_t port = transport->mtk_port;

	*flow = (struct ue_flow){ .announced = announced };
	if (address_parse(announced->id, 0, &group->group, fault) ||
	    read_source(transport, group, fault) ||
	    read_format(transport, confidentiality, group, fault))
		return -1;
	if (!address_is_multicast(&group->group) ||
	    !address_port(&group->group))
		return fault_set(fault, FAULT_MALFORMED,
				 "flow is no multicast group with a port");
	flow->mtk_group = group->group;
	address_port_set(&flow->mtk_group, port ? port : MBMS_MIKEY_PORT);
	if (address_equal(&flow->mtk_group, &group->group))
		return fault_set(fault, FAULT_MALFORMED,
				 "flow has the port of its MTK messages");
	/* The length was checked by ue_settings_read(). */
	strcpy(group->device, ue->settings.device);
	group->direction = MBSEC_DIRECTION_IN;
	group->policy = ue->settings.policy;
	return 0;
}

static bool same_group(const struct kernel_group *a,
		       const struct kernel_group *b)
{
	return address_equal(&a->group, &b->group) &&
	       a->source.family == b->source.family &&
	       (!a->source.family ||
		address_host_equal(&a->source, &b->source));
}

static bool same_form(const struct kernel_group *a,
		      const struct kernel_group *b)
{
	return a->format == b->format && a->suite == b->suite &&
	       a->rtcp_port == b->rtcp_port && a->roc_rate == b->roc_rate;
}

struct ue_flow *ue_flow_find(struct ue *ue, const struct kernel_group *group,
			     struct ue_service **service)
{
	size_t i;

	for (*service = TAILQ_FIRST(&ue->services); *service;
	     *service = TAILQ_NEXT(*service, entry))
		for (i = 0; i < (*service)->flow_count; i++)
			if (same_group(&(*service)->flows[i].group, group))
				return &(*service)->flows[i];
	*service = NULL;
	return NULL;
}

/* The kernel has one group of a name, so two services cannot share it. */
static int check_owner(struct ue_service *service, const struct ue_flow *flow,
		       struct fault *fault)
{
	struct ue_service *other;

	if (!ue_flow_find(service->ue, &flow->group, &other) ||
	    other == service)
		return 0;
	return fault_set(fault, FAULT_STATE,
			 "group %s belongs to the service %.60s",
			 flow->announced->id, other->id);
}

static const char *device_of(const struct ue_service *service)
{
	const char *device = service->ue->settings.device;

	return *device ? device : NULL;
}

/* Streams at one address have one membership. */
static bool is_shared(struct ue *ue, const struct ue_flow *flow)
{
	const struct ue_service *service;
	const struct ue_flow *other;

	for (service = TAILQ_FIRST(&ue->services); service;
	     service = TAILQ_NEXT(service, entry))
		for (other = service->flows;
		     other < service->flows + service->flow_count; other++)
			if (other != flow && other->joined &&
			    address_equal(&other->mtk_group,
					  &flow->mtk_group) &&
			    other->group.source.family ==
				    flow->group.source.family &&
			    (!flow->group.source.family ||
			     address_host_equal(&other->group.source,
						&flow->group.source)))
				return true;
	return false;
}

static void flow_leave(struct ue_service *service, struct ue_flow *flow)
{
	const union address *source = &flow->group.source;
	struct ue_socket *socket;

	if (!flow->joined)
		return;
	flow->joined = false;
	if (is_shared(service->ue, flow))
		return;
	socket = ue_socket_get(service->ue, flow->mtk_group.family,
			       address_port(&flow->mtk_group), NULL);
	if (socket)
		udp_leave(socket->udp, &flow->mtk_group,
			  source->family ? source : NULL, device_of(service),
			  NULL);
}

/* What is known about groups that stay, stays; others are given up. */
static void flows_replace(struct ue_service *service,
			  const struct ue_flow *fresh, size_t count)
{
	struct ue_flow flows[ANNOUNCE_FLOWS_MAX];
	struct ue_flow *old;
	size_t i, j;

	memcpy(flows, fresh, count * sizeof(*fresh));
	for (i = 0; i < service->flow_count; i++) {
		old = &service->flows[i];
		for (j = 0; j < count; j++)
			if (same_group(&old->group, &flows[j].group) &&
			    same_form(&old->group, &flows[j].group))
				break;
		if (j == count ||
		    !address_equal(&old->mtk_group, &flows[j].mtk_group))
			flow_leave(service, old);
		if (j == count) {
			ue_keys_flow_delete(service, old);
			continue;
		}
		flows[j].joined = old->joined;
		flows[j].installed = old->installed;
		flows[j].foreign = old->foreign;
	}
	memcpy(service->flows, flows, count * sizeof(*flows));
	service->flow_count = count;
}

int ue_flows_set(struct ue_service *service,
		 const struct announce_security *security, struct fault *fault)
{
	struct ue_flow flows[ANNOUNCE_FLOWS_MAX];
	struct fault why = { 0 };
	size_t i, count = 0;

	if (check_integrity(security, fault))
		return -1;
	for (i = 0; i < security->flow_count; i++) {
		why = (struct fault){ 0 };
		if (!flow_read(service->ue, &security->flows[i],
			       security->confidentiality, &flows[count],
			       &why)) {
			if (check_owner(service, &flows[count], fault))
				return -1;
			count++;
			continue;
		}
		log_warning(UE_AREA, "flow-passed-over",
			    LOG_TEXT("service", service->id),
			    LOG_TEXT("flow", security->flows[i].id),
			    LOG_TEXT("reason", why.text));
	}
	if (!count)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "service has no flow for us: %.100s",
				 why.text);
	flows_replace(service, flows, count);
	return 0;
}

static int flow_join(struct ue_service *service, struct ue_flow *flow,
		     struct fault *fault)
{
	const union address *source = &flow->group.source;
	struct ue_socket *socket;

	if (is_shared(service->ue, flow))
		return 0;
	socket = ue_socket_get(service->ue, flow->mtk_group.family,
			       address_port(&flow->mtk_group), fault);
	if (!socket)
		return -1;
	return udp_join(socket->udp, &flow->mtk_group,
			source->family ? source : NULL, device_of(service),
			fault);
}

void ue_flows_join(struct ue_service *service)
{
	struct fault fault;
	size_t i;

	for (i = 0; service->active && i < service->flow_count; i++) {
		if (service->flows[i].joined)
			continue;
		fault = (struct fault){ 0 };
		if (!flow_join(service, &service->flows[i], &fault))
			service->flows[i].joined = true;
		else if (ue_log_allowed(service->ue, UE_LOG_FAILED))
			log_warning(UE_AREA, "join-failed",
				    LOG_TEXT("service", service->id),
				    LOG_TEXT("reason", fault.text));
	}
}

void ue_flows_leave(struct ue_service *service)
{
	size_t i;

	for (i = 0; i < service->flow_count; i++)
		flow_leave(service, &service->flows[i]);
}

bool ue_flows_are_joined(const struct ue_service *service)
{
	size_t i;

	for (i = 0; i < service->flow_count; i++)
		if (!service->flows[i].joined)
			return false;
	return true;
}

void ue_flows_delete(struct ue_service *service)
{
	size_t i;

	ue_flows_leave(service);
	for (i = 0; i < service->flow_count; i++)
		ue_keys_flow_delete(service, &service->flows[i]);
	service->flow_count = 0;
}
