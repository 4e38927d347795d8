// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands "service add", "service show", "service del". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bmsc_ctl.h"
#include "config_value.h"
#include "core/mbms_profile.h"
#include "core/text.h"
#include "log.h"

/**
 * struct addition - what "service add" says
 * @numbers: key group of each flow, 0 for one of their own
 */
struct addition {
	struct service_record record;
	struct key_domain domain;
	struct keylife_policy policy;
	uint16_t numbers[SERVICE_FLOWS_MAX];
};

static const char *const add_names[] = {
	"service",     "key-domain",   "format",       "confidentiality",
	"integrity",   "uicc",	       "open",	       "allow",
	"flows",       "group",	       "source",       "device",
	"mtk-port",    "key-group",    "msk-lifetime", "msk-lead",
	"msk-overlap", "mtk-lifetime", "mtk-lead",     "mtk-overlap",
	"mtk-repeat",  "batch",	       "suite",	       "roc-rate",
	"rtcp-port",   NULL,
};

static const char *const flow_names[] = { "group",    "source",	   "device",
					  "mtk-port", "key-group", "rtcp-port",
					  NULL };

/* ---- Reading the arguments ---- */

static int read_group(const json_t *arguments, struct service_flow *flow,
		      struct fault *fault)
{
	const char *group, *source = NULL;

	if (ctl_value_text(arguments, "group", &group, fault) ||
	    ctl_value_text_or(arguments, "source", &source, fault) ||
	    config_address("group", group, 0, &flow->group, fault))
		return -1;
	if (!address_is_multicast(&flow->group) || !address_port(&flow->group))
		return fault_set(
			fault, FAULT_ARGUMENT,
			"group is not a multicast address with a port");
	if (!source)
		return 0;
	if (config_address("source", source, 0, &flow->source, fault))
		return -1;
	if (flow->source.family != flow->group.family ||
	    address_port(&flow->source) ||
	    address_is_multicast(&flow->source) || strchr(source, '%'))
		return fault_set(fault, FAULT_ARGUMENT,
				 "source is not a unicast address of the same "
				 "family, without port and scope");
	return 0;
}

static int read_flow(const json_t *arguments,
		     const struct service_record *record,
		     struct service_flow *flow, uint16_t *number,
		     struct fault *fault)
{
	uint64_t port = MBMS_MIKEY_PORT, key_group = 0;
	const char *device = "";

	if (read_group(arguments, flow, fault) ||
	    ctl_value_text_or(arguments, "device", &device, fault) ||
	    ctl_value_number_or(arguments, "mtk-port", 1, UINT16_MAX, &port,
				fault) ||
	    ctl_value_number_or(arguments, "key-group", 1, UINT16_MAX,
				&key_group, fault) ||
	    text_copy(flow->device, sizeof(flow->device), device,
		      strlen(device), "device", fault))
		return -1;
	if (port == address_port(&flow->group))
		return fault_set(fault, FAULT_ARGUMENT,
				 "mtk-port is the port of the traffic");
	flow->mtk_port = (uint16_t)port;
	*number = (uint16_t)key_group;
	return bmsc_rtcp_port_read(arguments, record, flow, fault);
}

static int read_flows(const json_t *arguments, struct addition *addition,
		      struct fault *fault)
{
	const json_t *flows = json_object_get(arguments, "flows");
	struct service_record *record = &addition->record;
	const json_t *flow;
	size_t i;

	if (!flows) {
		record->flow_count = 1;
		return read_flow(arguments, record, &record->flows[0],
				 &addition->numbers[0], fault);
	}
	if (!json_is_array(flows) || !json_array_size(flows) ||
	    json_array_size(flows) > SERVICE_FLOWS_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "flows is not a list of 1 to %d streams",
				 SERVICE_FLOWS_MAX);
	for (i = 0; i < json_array_size(flows); i++) {
		flow = json_array_get(flows, i);
		if (ctl_value_check(flow, flow_names, fault) ||
		    read_flow(flow, record, &record->flows[i],
			      &addition->numbers[i], fault))
			return -1;
	}
	record->flow_count = (unsigned int)i;
	return bmsc_flows_check(record, fault);
}

static int read_access(const json_t *arguments, struct service_record *record,
		       struct fault *fault)
{
	record->open = true;
	return ctl_value_boolean_or(arguments, "uicc", &record->uicc, fault) ||
			       ctl_value_boolean_or(arguments, "open",
						    &record->open, fault) ?
		       -1 :
		       0;
}

static int read_times(const json_t *arguments, struct keylife_policy *policy,
		      struct fault *fault)
{
	const struct {
		const char *name;
		int64_t *value;
	} times[] = {
		{ "msk-lifetime", &policy->msk_lifetime },
		{ "msk-lead", &policy->msk_lead },
		{ "msk-overlap", &policy->msk_overlap },
		{ "mtk-lifetime", &policy->mtk_lifetime },
		{ "mtk-lead", &policy->mtk_lead },
		{ "mtk-overlap", &policy->mtk_overlap },
		{ "mtk-repeat", &policy->mtk_repeat },
		{ "batch", &policy->batch },
	};
	const char *text;
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		text = NULL;
		if (ctl_value_text_or(arguments, times[i].name, &text, fault) ||
		    config_duration_or(times[i].name, text, *times[i].value, 0,
				       KEYLIFE_TIME_MAX, times[i].value, fault))
			return -1;
	}
	return bmsc_life_check(policy, fault);
}

static int read_addition(const struct bmsc *bmsc, const json_t *arguments,
			 struct addition *addition, struct fault *fault)
{
	struct mbms_services names = { 0 };
	const char *id, *domain = NULL;
	struct plmn plmn;

	addition->policy = bmsc->settings.life;
	addition->domain = bmsc->settings.key_domain;
	if (ctl_value_check(arguments, add_names, fault) ||
	    ctl_value_text(arguments, "service", &id, fault) ||
	    mbms_service_id_take(id, strlen(id), &names, fault) ||
	    ctl_value_text_or(arguments, "key-domain", &domain, fault) ||
	    (domain &&
	     (config_plmn("key-domain", domain, &plmn, fault) ||
	      key_domain_from_plmn(&addition->domain, &plmn, fault))) ||
	    read_access(arguments, &addition->record, fault) ||
	    bmsc_format_read(arguments, &addition->record, fault) ||
	    read_flows(arguments, addition, fault))
		return -1;
	memcpy(addition->record.id, names.items[0].id,
	       sizeof(addition->record.id));
	return read_times(arguments, &addition->policy, fault);
}

/* ---- Adding ---- */

static int open_groups(struct bmsc *bmsc, struct addition *addition,
		       struct fault *fault)
{
	struct key_group_record record;
	uint16_t fresh = 0, number;
	unsigned int i;

	for (i = 0; i < addition->record.flow_count; i++) {
		number = addition->numbers[i];
		if (!number && !fresh) {
			if (key_group_last(bmsc->store, &addition->domain,
					   &fresh, fault))
				return -1;
			if (fresh == UINT16_MAX)
				return fault_set(fault, FAULT_LIMIT,
						 "key-group: all numbers are "
						 "taken, name one");
			fresh++;
		}
		if (!number)
			number = fresh;
		if (bmsc_group_find(bmsc, &addition->domain, number))
			return fault_set(fault, FAULT_STATE,
					 "key-group: %u is that of another "
					 "service",
					 number);
		record = (struct key_group_record){
			.domain = addition->domain,
			.number = number,
			.policy = addition->policy,
		};
		if (key_group_open(bmsc->store, &record, fault))
			return -1;
		addition->record.flows[i].key_group = record.id;
	}
	return 0;
}

static int allow_all(struct bmsc *bmsc, const char *id, const json_t *arguments,
		     struct fault *fault)
{
	const json_t *list = json_object_get(arguments, "allow");
	const char *impi;
	size_t i;

	if (list && !json_is_array(list))
		return fault_set(fault, FAULT_ARGUMENT,
				 "allow is not a list of identities");
	for (i = 0; i < json_array_size(list); i++) {
		impi = json_string_value(json_array_get(list, i));
		if (!impi || strlen(impi) >= IMPI_TEXT_SIZE)
			return fault_set(fault, FAULT_ARGUMENT,
					 "allow has something that is no "
					 "identity");
		if (service_allow(bmsc->store, id, impi, fault))
			return -1;
	}
	return 0;
}

static struct bmsc_service *add(struct bmsc *bmsc, const json_t *arguments,
				struct addition *addition, struct fault *fault)
{
	struct bmsc_service *service = NULL;

	if (bmsc_service_find(bmsc, addition->record.id)) {
		fault_set(fault, FAULT_STATE, "service %.100s is there already",
			  addition->record.id);
		return NULL;
	}
	if (store_begin(bmsc->store, fault))
		return NULL;
	if (!open_groups(bmsc, addition, fault) &&
	    !service_insert(bmsc->store, &addition->record, fault) &&
	    !allow_all(bmsc, addition->record.id, arguments, fault))
		service = bmsc_service_take(bmsc, addition->record.id, fault);
	if (!service || store_end(bmsc->store, fault)) {
		store_rollback(bmsc->store);
		if (service) {
			service->ended = true;
			bmsc_service_free(bmsc, service);
		}
		return NULL;
	}
	bmsc_service_start(service);
	return service;
}

/* Each host that sends, with its id for this stream. */
static json_t *senders_show(const struct bmsc *bmsc,
			    const struct bmsc_flow *flow)
{
	json_t *list = json_array();
	unsigned int i;
	json_t *shown;

	for (i = 0; i < flow->sender_count; i++) {
		shown = json_pack("{s:s}", "name", bmsc->senders[i].name);
		if (flow->sender_ids[i])
			json_object_set_new(shown, "sender-id",
					    json_integer(flow->sender_ids[i]));
		json_array_append_new(list, shown);
	}
	return list;
}

static json_t *flow_show(const struct bmsc *bmsc, const struct bmsc_flow *flow)
{
	char group[ADDRESS_TEXT_SIZE], source[ADDRESS_TEXT_SIZE];
	json_t *shown;

	address_text(&flow->flow.group, group);
	shown = json_pack("{s:s, s:s?, s:i, s:i, s:o}", "group", group,
			  "device",
			  *flow->flow.device ? flow->flow.device : NULL,
			  "mtk-port", flow->flow.mtk_port, "key-group",
			  flow->group->number, "senders",
			  senders_show(bmsc, flow));
	if (flow->flow.source.family) {
		address_text(&flow->flow.source, source);
		json_object_set_new(shown, "source", json_string(source));
	}
	if (flow->flow.rtcp_port)
		json_object_set_new(shown, "rtcp-port",
				    json_integer(flow->flow.rtcp_port));
	return shown;
}

static json_t *service_show(const struct bmsc *bmsc,
			    const struct bmsc_service *service)
{
	const struct service_record *record = &service->record;
	char url[ANNOUNCE_URI_SIZE + MBMS_SERVICE_ID_SIZE + 16];
	const struct bmsc_group *group;
	json_int_t members = 0;
	json_t *shown, *flows = json_array();
	unsigned int i;

	for (group = SLIST_FIRST(&service->groups); group;
	     group = SLIST_NEXT(group, of_service))
		members += group->inside;
	for (i = 0; i < record->flow_count; i++)
		json_array_append_new(flows,
				      flow_show(bmsc, &service->flows[i]));
	snprintf(url, sizeof(url), "%s/announcement/%s", bmsc->settings.url,
		 record->id);
	shown = json_pack("{s:s, s:b, s:b, s:b, s:b, s:I, s:s, s:o}", "service",
			  record->id, "confidentiality",
			  record->confidentiality, "integrity",
			  record->integrity, "uicc", record->uicc, "open",
			  record->open, "members", members, "announcement", url,
			  "flows", flows);
	bmsc_format_show(record, shown);
	return shown;
}

static void tell(const struct bmsc_service *service, const char *event)
{
	log_info(BMSC_AREA, event, LOG_TEXT("service", service->record.id));
}

static void added(struct bmsc_watch *watch, const struct fault *fault)
{
	if (!fault) {
		tell(watch->service, "service-added");
		return;
	}
	watch->service->ended = true;
	bmsc_service_free(watch->bmsc, watch->service);
}

static void service_add(void *argument, struct ctl_request *request)
{
	struct bmsc *bmsc = argument;
	struct addition *addition = calloc(1, sizeof(*addition));
	struct bmsc_service *service = NULL;
	struct fault fault = { 0 };

	if (!addition)
		fault_set(&fault, FAULT_MEMORY, "no memory for a service");
	else if (!read_addition(bmsc, ctl_arguments(request), addition, &fault))
		service = add(bmsc, ctl_arguments(request), addition, &fault);
	free(addition);
	if (!service) {
		ctl_refuse(request, &fault);
		return;
	}
	bmsc_reply_committed(bmsc, request, service_show(bmsc, service),
			     service, added);
}

/* ---- Showing and deleting ---- */

static void show_command(void *argument, struct ctl_request *request)
{
	const json_t *arguments = ctl_arguments(request);
	struct bmsc *bmsc = argument;
	struct bmsc_service *service;
	json_t *services;
	struct fault fault = { 0 };
	unsigned int i;

	if (json_object_get(arguments, "service")) {
		service = bmsc_argument_service(bmsc, arguments, &fault);
		if (!service)
			ctl_refuse(request, &fault);
		else
			ctl_reply(request,
				  json_pack("{s:[o]}", "services",
					    service_show(bmsc, service)));
		return;
	}
	services = json_array();
	for (i = 0; i < BMSC_BUCKETS; i++)
		for (service = LIST_FIRST(&bmsc->services[i]); service;
		     service = LIST_NEXT(service, link))
			json_array_append_new(services,
					      service_show(bmsc, service));
	ctl_reply(request, json_pack("{s:o}", "services", services));
}

static void deleted(struct bmsc_watch *watch, const struct fault *fault)
{
	if (!fault) {
		tell(watch->service, "service-deleted");
		bmsc_service_free(watch->bmsc, watch->service);
		return;
	}
	watch->service->ended = false;
	bmsc_service_start(watch->service);
}

static int forget(struct bmsc *bmsc, struct bmsc_service *service,
		  struct fault *fault)
{
	struct bmsc_cause stop = { .type = BMSC_STOP };
	struct bmsc_group *group;

	/* The keys first: without the rest they are made again. */
	for (group = SLIST_FIRST(&service->groups); group;
	     group = SLIST_NEXT(group, of_service))
		if (bmsc_group_run(group, &stop, fault) ||
		    naf_member_delete(bmsc->store, group->id, fault))
			return -1;
	return service_delete(bmsc->store, service->record.id, fault);
}

/* One that could not be started is only in the store. */
static int forget_stored(struct bmsc *bmsc, const json_t *arguments,
			 struct fault *fault)
{
	struct service_record record;
	const char *id;
	unsigned int i;

	if (ctl_value_text(arguments, "service", &id, fault) ||
	    service_read(bmsc->store, id, &record, fault))
		return -1;
	for (i = 0; i < record.flow_count; i++)
		if (naf_member_delete(bmsc->store, record.flows[i].key_group,
				      fault))
			return -1;
	return service_delete(bmsc->store, id, fault);
}

static void delete_command(void *argument, struct ctl_request *request)
{
	const json_t *arguments = ctl_arguments(request);
	struct bmsc *bmsc = argument;
	struct fault fault = { 0 };
	struct bmsc_service *service =
		bmsc_argument_service(bmsc, arguments, NULL);

	if (!service) {
		if (forget_stored(bmsc, arguments, &fault))
			ctl_refuse(request, &fault);
		else
			bmsc_reply_committed(bmsc, request, NULL, NULL, NULL);
		return;
	}
	if (forget(bmsc, service, &fault)) {
		bmsc_service_start(service);
		ctl_refuse(request, &fault);
		return;
	}
	service->ended = true;
	bmsc_reply_committed(bmsc, request, NULL, service, deleted);
}

void bmsc_ctl_services_add(struct bmsc *bmsc, struct ctl *ctl)
{
	ctl_command_add(ctl, "service add", service_add, bmsc);
	ctl_command_add(ctl, "service show", show_command, bmsc);
	ctl_command_add(ctl, "service del", delete_command, bmsc);
}
