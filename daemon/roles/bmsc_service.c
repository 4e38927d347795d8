// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/mbsec.h>
#include <stdlib.h>
#include <string.h>

#include "bmsc.h"
#include "log.h"

/* What could not be started is tried again after so many milliseconds. */
#define LATE 5000

static unsigned int bucket(const char *id)
{
	unsigned int value = 5381;

	while (*id)
		value = value * 33 + (unsigned char)*id++;
	return value % BMSC_BUCKETS;
}

struct bmsc_service *bmsc_service_find(struct bmsc *bmsc, const char *id)
{
	struct bmsc_service *service;

	for (service = LIST_FIRST(&bmsc->services[bucket(id)]); service;
	     service = LIST_NEXT(service, link))
		if (!strcmp(service->record.id, id))
			return service;
	return NULL;
}

static struct bmsc_group *group_of(struct bmsc *bmsc,
				   struct bmsc_service *service, int64_t id,
				   struct fault *fault)
{
	struct bmsc_group *group;

	for (group = SLIST_FIRST(&service->groups); group;
	     group = SLIST_NEXT(group, of_service))
		if (group->id == id)
			return group;
	if (bmsc_group_by_id(bmsc, id)) {
		fault_set(fault, FAULT_STATE,
			  "key group is that of another service");
		return NULL;
	}
	return bmsc_group_open(bmsc, service, id, fault);
}

/* SFrame always authenticates (RFC 9605, 4.1), encryption can be left out. */
static uint32_t suite_of(const struct service_record *record)
{
	if (record->format == SERVICE_FORMAT_SRTP)
		return record->srtp.suite;
	return record->confidentiality ? MBSEC_SUITE_AES128_CTR_HMAC_SHA256_80 :
					 MBSEC_SUITE_NULL_HMAC_SHA256_80;
}

static int flow_take(struct bmsc *bmsc, struct bmsc_service *service,
		     struct bmsc_flow *flow, struct fault *fault)
{
	struct mbstf_flow sending = {
		.id = flow->flow.id,
		.group = flow->flow.group,
		.source = flow->flow.source,
		.mtk_port = flow->flow.mtk_port,
		.format = service->record.format == SERVICE_FORMAT_SRTP ?
				  MBSEC_FORMAT_SRTP :
				  MBSEC_FORMAT_SFRAME,
		.suite = suite_of(&service->record),
		.rtcp_port = flow->flow.rtcp_port,
		.roc_rate = service->record.srtp.roc_rate,
	};

	flow->group = group_of(bmsc, service, flow->flow.key_group, fault);
	if (!flow->group)
		return -1;
	memcpy(sending.device, flow->flow.device, sizeof(sending.device));
	return bmsc_senders_flow_add(bmsc, flow, &sending, fault);
}

struct bmsc_service *bmsc_service_take(struct bmsc *bmsc, const char *id,
				       struct fault *fault)
{
	struct bmsc_service *service = calloc(1, sizeof(*service));
	unsigned int i;

	if (!service) {
		fault_set(fault, FAULT_MEMORY, "no memory for a service");
		return NULL;
	}
	SLIST_INIT(&service->groups);
	if (service_read(bmsc->store, id, &service->record, fault)) {
		free(service);
		return NULL;
	}
	LIST_INSERT_HEAD(&bmsc->services[bucket(id)], service, link);
	for (i = 0; i < service->record.flow_count; i++) {
		service->flows[i].flow = service->record.flows[i];
		if (flow_take(bmsc, service, &service->flows[i], fault)) {
			service->ended = true;
			bmsc_service_free(bmsc, service);
			return NULL;
		}
	}
	return service;
}

void bmsc_service_free(struct bmsc *bmsc, struct bmsc_service *service)
{
	unsigned int i;

	store_forget(bmsc->store, &service->waiter);
	if (service->ended)
		for (i = 0; i < service->record.flow_count; i++)
			bmsc_senders_flow_delete(bmsc,
						 service->record.flows[i].id);
	service->ended = true;
	while (!SLIST_EMPTY(&service->groups))
		bmsc_group_close(SLIST_FIRST(&service->groups));
	LIST_REMOVE(service, link);
	free(service);
}

/* Keys of groups that have some go on as after a restart, others begin. */
void bmsc_service_start(struct bmsc_service *service)
{
	struct bmsc_cause restart = { .type = BMSC_RESTART };
	struct bmsc_cause start = { .type = BMSC_START };
	struct bmsc_group *group;

	service->started = true;
	for (group = SLIST_FIRST(&service->groups); group;
	     group = SLIST_NEXT(group, of_service)) {
		bmsc_group_cause(group, &restart);
		bmsc_group_cause(group, &start);
	}
}

/* ---- Start ---- */

struct late {
	struct bmsc *bmsc;
	unsigned int failed;
	bool started;
};

/* One that cannot be sent (no such interface any more) does not keep the others
 * from it, and is tried again.
 */
static int service_late(void *argument, const struct service_record *record,
			struct fault *fault)
{
	struct late *late = argument;
	struct bmsc_service *service;
	struct fault why = { 0 };

	(void)fault;
	if (bmsc_service_find(late->bmsc, record->id))
		return 0;
	service = bmsc_service_take(late->bmsc, record->id, &why);
	if (service) {
		late->started = true;
		return 0;
	}
	late->failed++;
	log_error(BMSC_AREA, "service-not-started",
		  LOG_TEXT("service", record->id),
		  LOG_TEXT("reason", why.text));
	return 0;
}

static void start_late(void *argument)
{
	struct late late = { .bmsc = argument };
	struct bmsc *bmsc = argument;
	struct bmsc_service *service;
	struct fault fault = { 0 };
	unsigned int i;

	if (service_each(bmsc->store, service_late, &late, &fault) ||
	    (late.started && bmsc_members_read(bmsc, &fault)))
		bmsc_complain(bmsc, BMSC_NOT_STORED, "services", &fault);
	for (i = 0; late.started && i < BMSC_BUCKETS; i++)
		for (service = LIST_FIRST(&bmsc->services[i]); service;
		     service = LIST_NEXT(service, link))
			if (!service->started)
				bmsc_service_start(service);
	if (late.failed)
		loop_timer_set(bmsc->loop, &bmsc->services_timer, LATE,
			       start_late, bmsc);
}

int bmsc_services_open(struct bmsc *bmsc, struct fault *fault)
{
	struct late late = { .bmsc = bmsc };

	if (service_each(bmsc->store, service_late, &late, fault))
		return -1;
	if (late.failed)
		loop_timer_set(bmsc->loop, &bmsc->services_timer, LATE,
			       start_late, bmsc);
	return 0;
}

void bmsc_services_close(struct bmsc *bmsc)
{
	unsigned int i;

	loop_timer_stop(&bmsc->services_timer);
	for (i = 0; i < BMSC_BUCKETS; i++)
		while (!LIST_EMPTY(&bmsc->services[i]))
			bmsc_service_free(bmsc, LIST_FIRST(&bmsc->services[i]));
}
