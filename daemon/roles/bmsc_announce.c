// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bmsc.h"
#include "core/announce.h"

static void flow_fill(const struct bmsc_service *service,
		      const struct bmsc_flow *flow,
		      struct announce_flow *announced)
{
	struct announce_transport *transport = &announced->transport;
	char source[ADDRESS_TEXT_SIZE] = "";

	address_text(&flow->flow.group, announced->id);
	announced->msk_count = 1;
	announced->msks[0].domain = flow->group->domain;
	announced->msks[0].msk_id =
		msk_id_make(flow->group->number, MSK_NUMBER_CURRENT);
	transport->format = service->record.format == SERVICE_FORMAT_SRTP ?
				    ANNOUNCE_FORMAT_SRTP :
				    ANNOUNCE_FORMAT_SFRAME;
	transport->mtk_port = flow->flow.mtk_port;
	if (flow->flow.source.family)
		address_text(&flow->flow.source, source);
	/* A scope, which is of one host only, was refused when it was added. */
	snprintf(transport->source, sizeof(transport->source), "%.45s", source);
	if (service->record.format == SERVICE_FORMAT_SRTP) {
		transport->suite = service->record.srtp.suite;
		transport->roc_rate = service->record.srtp.roc_rate;
		transport->rtcp_port = flow->flow.rtcp_port;
		return;
	}
	transport->sender_count = flow->sender_count;
	memcpy(transport->senders, flow->sender_ids,
	       flow->sender_count * sizeof(flow->sender_ids[0]));
}

int bmsc_announcement(const struct bmsc *bmsc,
		      const struct bmsc_service *service, char *document,
		      size_t room, size_t *length, struct fault *fault)
{
	const struct service_record *record = &service->record;
	struct announce_security *security = calloc(1, sizeof(*security));
	unsigned int i;
	int failed;

	*length = 0;
	if (!security)
		return fault_set(fault, FAULT_MEMORY,
				 "no memory for an announcement");
	security->confidentiality = record->confidentiality;
	security->integrity = record->integrity;
	security->uicc_key_management = record->uicc;
	security->server_count = 1;
	memcpy(security->servers[0], bmsc->settings.url,
	       sizeof(security->servers[0]));
	security->wait_time = bmsc->settings.wait_time;
	security->max_back_off = bmsc->settings.max_back_off;
	for (i = 0; i < record->flow_count && i < ANNOUNCE_FLOWS_MAX; i++)
		flow_fill(service, &service->flows[i], &security->flows[i]);
	security->flow_count = i;
	failed = announce_security_write(security, document, room, length,
					 fault);
	free(security);
	return failed;
}
