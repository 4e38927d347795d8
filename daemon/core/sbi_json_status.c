// SPDX-License-Identifier: GPL-2.0-or-later
/* ContextStatusSubscribe and ContextStatusNotify of TS 29.532. */
#include <ctype.h>
#include <string.h>

#include "sbi_json_value.h"

static const char *const events[] = {
	[SBI_QOS_INFO] = "QOS_INFO",
	[SBI_STATUS_INFO] = "STATUS_INFO",
	[SBI_SERVICE_AREA_INFO] = "SERVICE_AREA_INFO",
	[SBI_SESSION_RELEASE] = "SESSION_RELEASE",
	[SBI_MULT_TRANS_ADD_CHANGE] = "MULT_TRANS_ADD_CHANGE",
	[SBI_SECURITY_INFO] = "SECURITY_INFO",
};

static const char *const modes[] = { "CONTINUOUS", "ONE_TIME" };
static const char *const statuses[] = { "INACTIVE", "ACTIVE" };

#define EVENTS (sizeof(events) / sizeof(events[0]))

static int read_event(const struct sbi_value *object, enum sbi_event *event,
		      struct fault *fault)
{
	struct sbi_value type;
	size_t index;

	if (sbi_need(object, "eventType", JSON_STRING, &type, fault) ||
	    sbi_name(&type, events, EVENTS, &index, fault))
		return -1;
	*event = (enum sbi_event)index;
	return 0;
}

static int read_events(const struct sbi_value *list,
		       struct sbi_subscription *subscription,
		       struct fault *fault)
{
	size_t count = json_array_size(list->json), mode, i, j;
	struct sbi_value item, mode_name;

	if (!count || count > SBI_EVENTS_MAX)
		return sbi_refuse(list, FAULT_LIMIT, "has not 1 to 6 events",
				  fault);
	for (i = 0; i < count; i++) {
		struct sbi_context_event *event = &subscription->events[i];

		if (sbi_entry(list, i, &item, fault) ||
		    read_event(&item, &event->event, fault) ||
		    sbi_boolean(&item, "immediateReportInd", &event->immediate,
				fault) ||
		    sbi_may(&item, "reportingMode", JSON_STRING, &mode_name,
			    fault))
			return -1;
		mode = 0;
		if (mode_name.json &&
		    sbi_name(&mode_name, modes, 2, &mode, fault))
			return -1;
		event->one_time = mode == 1;
		for (j = 0; j < i; j++)
			if (subscription->events[j].event == event->event)
				return sbi_refuse(&item, FAULT_MALFORMED,
						  "is an event that is there "
						  "already",
						  fault);
	}
	subscription->event_count = count;
	return 0;
}

/* 8-4-4-4-12 hexadecimal digits (RFC 9562, 4). */
static bool is_uuid(const char *text)
{
	size_t i;

	for (i = 0; i < SBI_NF_INSTANCE_SIZE - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return !text[i];
}

static int read_correlation(const struct sbi_value *object,
			    char correlation[SBI_CORRELATION_SIZE],
			    struct fault *fault)
{
	struct sbi_value member;

	if (sbi_may(object, "notifyCorrelationId", JSON_STRING, &member, fault))
		return -1;
	return member.json ? sbi_text(&member, correlation,
				      SBI_CORRELATION_SIZE, fault) :
			     0;
}

static int read_subscription(const struct sbi_value *object,
			     struct sbi_subscription *subscription,
			     struct fault *fault)
{
	struct sbi_value instance, id, list, uri, expiry;

	if (sbi_need(object, "nfcInstanceId", JSON_STRING, &instance, fault))
		return -1;
	if (!is_uuid(json_string_value(instance.json)))
		return sbi_refuse(&instance, FAULT_MALFORMED, "is not a UUID",
				  fault);
	memcpy(subscription->nf_instance, json_string_value(instance.json),
	       SBI_NF_INSTANCE_SIZE);
	if (sbi_need(object, "mbsSessionId", JSON_OBJECT, &id, fault) ||
	    sbi_read_session_id(&id, &subscription->id, fault) ||
	    sbi_need(object, "eventList", JSON_ARRAY, &list, fault) ||
	    read_events(&list, subscription, fault) ||
	    sbi_need(object, "notifyUri", JSON_STRING, &uri, fault) ||
	    sbi_uri(&uri, subscription->notify_uri, fault) ||
	    read_correlation(object, subscription->correlation, fault) ||
	    sbi_may(object, "expiryTime", JSON_STRING, &expiry, fault))
		return -1;
	subscription->has_expiry = expiry.json;
	return expiry.json ? sbi_time(&expiry, &subscription->expiry, fault) :
			     0;
}

static int read_report(const struct sbi_value *object,
		       struct sbi_report *report, struct fault *fault)
{
	struct sbi_value time, status, context;
	size_t active;

	if (read_event(object, &report->event, fault) ||
	    sbi_need(object, "timeStamp", JSON_STRING, &time, fault) ||
	    sbi_time(&time, &report->time, fault) ||
	    sbi_may(object, "statusInfo", JSON_STRING, &status, fault) ||
	    sbi_may(object, "mbsSecurityContext", JSON_OBJECT, &context, fault))
		return -1;
	if (status.json) {
		if (sbi_name(&status, statuses, 2, &active, fault))
			return -1;
		report->has_active = true;
		report->active = active == 1;
	} else if (report->event == SBI_STATUS_INFO) {
		return sbi_refuse(object, FAULT_MALFORMED,
				  "is a STATUS_INFO without statusInfo", fault);
	}
	if (!context.json)
		return 0;
	if (report->event != SBI_SECURITY_INFO)
		return sbi_refuse(&context, FAULT_MALFORMED,
				  "belongs to SECURITY_INFO alone", fault);
	return sbi_read_context(&context, &report->context, fault);
}

static int read_reports(const struct sbi_value *list,
			struct sbi_reports *reports, struct fault *fault)
{
	size_t count = json_array_size(list->json), i;
	struct sbi_value item;

	if (!count || count > SBI_REPORTS_MAX)
		return sbi_refuse(list, FAULT_LIMIT, "has not 1 to 6 reports",
				  fault);
	for (i = 0; i < count; i++)
		if (sbi_entry(list, i, &item, fault) ||
		    read_report(&item, &reports->reports[i], fault))
			return -1;
	reports->count = count;
	return 0;
}

void sbi_reports_clear(struct sbi_reports *reports)
{
	size_t i;

	for (i = 0; i < SBI_REPORTS_MAX; i++)
		sbi_security_context_clear(&reports->reports[i].context);
	memset(reports, 0, sizeof(*reports));
}

static int read_subscribe(const struct sbi_value *root,
			  struct sbi_subscription *subscription,
			  struct sbi_reports *reports, struct fault *fault)
{
	struct sbi_value object, list;

	if (sbi_need(root, "subscription", JSON_OBJECT, &object, fault) ||
	    read_subscription(&object, subscription, fault) ||
	    sbi_may(root, "reportList", JSON_ARRAY, &list, fault))
		return -1;
	if (list.json && !reports)
		return sbi_refuse(&list, FAULT_MALFORMED,
				  "does not belong to a request", fault);
	return list.json ? read_reports(&list, reports, fault) : 0;
}

int sbi_subscribe_parse(const void *document, size_t size,
			struct sbi_subscription *subscription,
			struct sbi_reports *reports, struct fault *fault)
{
	struct sbi_value root = { 0 };
	json_t *json;
	int status;

	memset(subscription, 0, sizeof(*subscription));
	if (reports)
		sbi_reports_clear(reports);
	json = sbi_load(document, size, JSON_OBJECT, fault);
	if (!json)
		return -1;
	root.json = json;
	status = read_subscribe(&root, subscription, reports, fault);
	json_decref(json);
	if (status)
		memset(subscription, 0, sizeof(*subscription));
	if (status && reports)
		sbi_reports_clear(reports);
	return status;
}

int sbi_notify_parse(const void *document, size_t size,
		     struct sbi_reports *reports, struct fault *fault)
{
	struct sbi_value root = { 0 }, list;
	json_t *json;
	int status;

	sbi_reports_clear(reports);
	json = sbi_load(document, size, JSON_OBJECT, fault);
	if (!json)
		return -1;
	root.json = json;
	status = sbi_need(&root, "reportList", JSON_ARRAY, &list, fault);
	if (!status)
		status = read_reports(&list, reports, fault);
	if (!status)
		status = read_correlation(&root, reports->correlation, fault);
	json_decref(json);
	if (status)
		sbi_reports_clear(reports);
	return status;
}

static bool event_is_known(enum sbi_event event)
{
	return event >= SBI_QOS_INFO && event <= SBI_SECURITY_INFO;
}

static json_t *make_events(const struct sbi_subscription *subscription)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < subscription->event_count; i++) {
		const struct sbi_context_event *event =
			&subscription->events[i];

		if (!event_is_known(event->event) ||
		    json_array_append_new(
			    list, json_pack("{s:s, s:b, s:s}", "eventType",
					    events[event->event],
					    "immediateReportInd",
					    event->immediate, "reportingMode",
					    modes[event->one_time]))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *make_subscription(const struct sbi_subscription *subscription)
{
	json_t *object = json_object();

	if (!subscription->event_count || !is_uuid(subscription->nf_instance) ||
	    !*subscription->notify_uri ||
	    !sbi_put(object, "nfcInstanceId",
		     json_string(subscription->nf_instance)) ||
	    !sbi_put(object, "mbsSessionId",
		     sbi_make_session_id(&subscription->id)) ||
	    !sbi_put(object, "eventList", make_events(subscription)) ||
	    !sbi_put(object, "notifyUri",
		     json_string(subscription->notify_uri)) ||
	    (*subscription->correlation &&
	     !sbi_put(object, "notifyCorrelationId",
		      json_string(subscription->correlation))) ||
	    (subscription->has_expiry &&
	     !sbi_put(object, "expiryTime",
		      sbi_make_time(subscription->expiry)))) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *make_report(const struct sbi_report *report)
{
	json_t *object = json_object();
	bool security = report->event == SBI_SECURITY_INFO;

	if (!event_is_known(report->event) ||
	    (report->context.count && !security) ||
	    (report->event == SBI_STATUS_INFO && !report->has_active) ||
	    !sbi_put(object, "eventType", json_string(events[report->event])) ||
	    !sbi_put(object, "timeStamp", sbi_make_time(report->time)) ||
	    (report->has_active &&
	     !sbi_put(object, "statusInfo",
		      json_string(statuses[report->active]))) ||
	    (report->context.count &&
	     !sbi_put(object, "mbsSecurityContext",
		      sbi_make_context(&report->context)))) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *make_reports(const struct sbi_reports *reports)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < reports->count; i++)
		if (json_array_append_new(list,
					  make_report(&reports->reports[i]))) {
			json_decref(list);
			return NULL;
		}
	return list;
}

int sbi_subscribe_write(const struct sbi_subscription *subscription,
			const struct sbi_reports *reports, char *document,
			size_t room, size_t *length, struct fault *fault)
{
	json_t *root = json_object();

	if (!sbi_put(root, "subscription", make_subscription(subscription)) ||
	    (reports && reports->count &&
	     !sbi_put(root, "reportList", make_reports(reports)))) {
		json_decref(root);
		root = NULL;
	}
	return sbi_dump(root, document, room, length, fault);
}

int sbi_notify_write(const struct sbi_reports *reports, char *document,
		     size_t room, size_t *length, struct fault *fault)
{
	json_t *root = json_object();

	if (!reports->count ||
	    !sbi_put(root, "reportList", make_reports(reports)) ||
	    (*reports->correlation &&
	     !sbi_put(root, "notifyCorrelationId",
		      json_string(reports->correlation)))) {
		json_decref(root);
		root = NULL;
	}
	return sbi_dump(root, document, room, length, fault);
}
