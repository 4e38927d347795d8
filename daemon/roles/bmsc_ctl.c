// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "bmsc_ctl.h"

/* Milliseconds between two reports of progress. */
#define REPORT 250

static struct bmsc_watch *watch_new(struct bmsc *bmsc,
				    struct ctl_request *request)
{
	struct bmsc_watch *watch = calloc(1, sizeof(*watch));
	struct fault fault = { 0 };

	if (!watch) {
		fault_set(&fault, FAULT_MEMORY, "no memory for a command");
		ctl_refuse(request, &fault);
		return NULL;
	}
	watch->bmsc = bmsc;
	watch->request = request;
	LIST_INSERT_HEAD(&bmsc->watches, watch, link);
	return watch;
}

static void watch_free(struct bmsc_watch *watch)
{
	store_forget(watch->bmsc->store, &watch->waiter);
	loop_timer_stop(&watch->timer);
	if (watch->group)
		LIST_REMOVE(watch, of_group);
	LIST_REMOVE(watch, link);
	json_decref(watch->result);
	free(watch);
}

/* ---- After the commit ---- */

static void on_commit(void *argument, const struct fault *fault)
{
	struct bmsc_watch *watch = argument;

	if (watch->after)
		watch->after(watch, fault);
	if (fault) {
		ctl_refuse(watch->request, fault);
	} else {
		ctl_reply(watch->request, watch->result);
		watch->result = NULL;
	}
	watch_free(watch);
}

void bmsc_reply_committed(struct bmsc *bmsc, struct ctl_request *request,
			  json_t *result, struct bmsc_service *service,
			  void (*after)(struct bmsc_watch *watch,
					const struct fault *fault))
{
	struct bmsc_watch *watch = watch_new(bmsc, request);

	if (!watch) {
		json_decref(result);
		return;
	}
	watch->result = result;
	watch->service = service;
	watch->after = after;
	store_after_commit(bmsc->store, &watch->waiter, on_commit, watch);
}

/* ---- After a push ---- */

static json_t *progress(const struct bmsc_group *group)
{
	const struct bmsc_progress *progress = &group->progress;

	return json_pack("{s:i, s:i, s:i, s:i}", "total", progress->total,
			 "sent", progress->sent, "acknowledged",
			 progress->acknowledged, "given-up",
			 progress->given_up);
}

static void report(void *argument)
{
	struct bmsc_watch *watch = argument;

	ctl_progress(watch->request, progress(watch->group));
	loop_timer_set(watch->bmsc->loop, &watch->timer, REPORT, report, watch);
}

void bmsc_reply_pushed(struct bmsc_group *group, uint32_t msk_id,
		       struct ctl_request *request)
{
	struct bmsc_watch *watch = watch_new(group->bmsc, request);

	if (!watch)
		return;
	watch->group = group;
	watch->msk_id = msk_id;
	LIST_INSERT_HEAD(&group->watches, watch, of_group);
	loop_timer_set(group->bmsc->loop, &watch->timer, REPORT, report, watch);
}

static bool is_over(const struct bmsc_watch *watch)
{
	return watch->group->service->ended ||
	       serial16_after(msk_id_number(watch->group->push.msk_id),
			      msk_id_number(watch->msk_id));
}

void bmsc_watch_end(struct bmsc_group *group)
{
	struct bmsc_watch *watch = LIST_FIRST(&group->watches), *next;
	json_t *result;

	for (; watch; watch = next) {
		next = LIST_NEXT(watch, of_group);
		if (!is_over(watch))
			continue;
		result = progress(group);
		json_object_set_new(result, "milliseconds",
				    json_integer(loop_now(group->bmsc->loop) -
						 group->progress.started));
		ctl_reply(watch->request, result);
		watch_free(watch);
	}
}

/* ---- Arguments ---- */

struct bmsc_service *bmsc_argument_service(struct bmsc *bmsc,
					   const json_t *arguments,
					   struct fault *fault)
{
	struct bmsc_service *service;
	const char *id;

	if (ctl_value_text(arguments, "service", &id, fault))
		return NULL;
	service = bmsc_service_find(bmsc, id);
	if (service && !service->ended)
		return service;
	fault_set(fault, FAULT_UNKNOWN, "service: there is no %.100s", id);
	return NULL;
}

struct bmsc_group *bmsc_argument_group(struct bmsc *bmsc,
				       const json_t *arguments,
				       struct fault *fault)
{
	struct bmsc_service *service =
		bmsc_argument_service(bmsc, arguments, fault);
	struct bmsc_group *group, *found = NULL;
	uint64_t number = 0;
	unsigned int count = 0;

	if (!service || ctl_value_number_or(arguments, "key-group", 1,
					    UINT16_MAX, &number, fault))
		return NULL;
	for (group = SLIST_FIRST(&service->groups); group;
	     group = SLIST_NEXT(group, of_service))
		if (!number || group->number == number) {
			found = group;
			count++;
		}
	if (count == 1)
		return found;
	if (count)
		fault_set(fault, FAULT_ARGUMENT,
			  "key-group: the service has %u, name one", count);
	else
		fault_set(fault, FAULT_UNKNOWN,
			  "key-group: the service has no such key group");
	return NULL;
}

struct bmsc_ue *bmsc_argument_ue(struct bmsc *bmsc, const json_t *arguments,
				 struct fault *fault)
{
	char impi[IMPI_TEXT_SIZE];
	struct bmsc_ue *ue;
	const char *name;
	unsigned int digits;

	if (ctl_value_text(arguments, "ue", &name, fault))
		return NULL;
	ue = bmsc_ue_by_impi(bmsc, name);
	for (digits = 2; !ue && digits <= 3; digits++)
		if (!impi_from_imsi(name, digits, impi, NULL))
			ue = bmsc_ue_by_impi(bmsc, impi);
	if (!ue)
		fault_set(fault, FAULT_UNKNOWN,
			  "ue: %.100s has never been here", name);
	return ue;
}

/* ---- Start and stop ---- */

void bmsc_ctl_add(struct bmsc *bmsc)
{
	struct ctl *ctl = bmsc->daemon->ctl;

	bmsc_ctl_services_add(bmsc, ctl);
	bmsc_ctl_keys_add(bmsc, ctl);
	bmsc_ctl_members_add(bmsc, ctl);
}

void bmsc_ctl_close(struct bmsc *bmsc)
{
	struct fault fault = { 0 };
	struct bmsc_watch *watch;

	fault_set(&fault, FAULT_STATE, "the daemon ends");
	while ((watch = LIST_FIRST(&bmsc->watches))) {
		ctl_refuse(watch->request, &fault);
		watch_free(watch);
	}
}
