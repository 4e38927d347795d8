// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "roles/ue_bulk.h"

/* UEs in one round of the loop, and milliseconds between reports. */
#define PART 200
#define REPORT_PAUSE 500

static void run(void *argument);

/* Whether @total IMSIs of as many digits as @imsi follow from it on. */
static int check_range(const char *imsi, unsigned int total,
		       struct fault *fault)
{
	unsigned long long limit = 1;
	size_t digits = strlen(imsi);

	while (digits--)
		limit *= 10;
	if (strtoull(imsi, NULL, 10) + total <= limit)
		return 0;
	return fault_set(fault, FAULT_ARGUMENT,
			 "count: there are not so many IMSIs behind %s", imsi);
}

struct ue_bulk *ue_bulk_new(struct ue *ue, struct ctl_request *request,
			    const char *imsi, unsigned int total,
			    struct fault *fault)
{
	struct ue_bulk *bulk;

	if (imsi_check(imsi, fault) || check_range(imsi, total, fault))
		return NULL;
	bulk = calloc(1, sizeof(*bulk));
	if (!bulk) {
		fault_set(fault, FAULT_MEMORY, "no memory for a command");
		return NULL;
	}
	strcpy(bulk->imsi, imsi);
	bulk->ue = ue;
	bulk->request = request;
	bulk->total = total;
	bulk->next = ue->bulks;
	ue->bulks = bulk;
	return bulk;
}

void ue_bulk_free(struct ue_bulk *bulk)
{
	struct ue_bulk **place = &bulk->ue->bulks;

	while (*place != bulk)
		place = &(*place)->next;
	*place = bulk->next;
	loop_timer_stop(&bulk->timer);
	store_forget(bulk->ue->store, &bulk->waiter);
	milenage_clear(&bulk->keys);
	json_decref(bulk->result);
	free(bulk);
}

static void refuse(struct ue_bulk *bulk, const struct fault *fault)
{
	ctl_refuse(bulk->request, fault);
	ue_bulk_free(bulk);
}

static json_t *report_of(const struct ue_bulk *bulk)
{
	return json_pack("{s:i, s:i, s:i}", "total", (int)bulk->total, "ended",
			 (int)bulk->ended, "good", (int)bulk->good);
}

static void committed(void *argument, const struct fault *fault)
{
	struct ue_bulk *bulk = argument;
	json_t *report;

	if (fault) {
		refuse(bulk, fault);
		return;
	}
	report = report_of(bulk);
	if (report && bulk->result)
		json_object_update(report, bulk->result);
	ctl_reply(bulk->request, report);
	ue_bulk_free(bulk);
}

/* The next IMSI of as many digits, from the right. */
static void next_imsi(char *imsi)
{
	size_t i = strlen(imsi);

	while (i-- && imsi[i] == '9')
		imsi[i] = '0';
	if (i != SIZE_MAX)
		imsi[i]++;
}

/* Returns 0 to go on. */
static int one(struct ue_bulk *bulk, struct fault *fault)
{
	int result = bulk->step(bulk, fault);

	if (result < 0)
		return -1;
	bulk->started++;
	if (result != UE_BULK_WAIT) {
		bulk->ended++;
		bulk->good += (unsigned int)result;
	}
	next_imsi(bulk->imsi);
	return 0;
}

static void report(struct ue_bulk *bulk)
{
	int64_t now = loop_now(bulk->ue->loop);
	json_t *progress;

	if (now < bulk->told)
		return;
	bulk->told = now + REPORT_PAUSE;
	progress = report_of(bulk);
	if (progress)
		ctl_progress(bulk->request, progress);
}

static void look(struct ue_bulk *bulk)
{
	if (bulk->ended < bulk->total) {
		report(bulk);
		return;
	}
	if (!bulk->waiter.waiting)
		store_after_commit(bulk->ue->store, &bulk->waiter, committed,
				   bulk);
}

static void run(void *argument)
{
	struct ue_bulk *bulk = argument;
	struct fault fault = { 0 };
	unsigned int part = PART;

	while (part-- && bulk->started < bulk->total)
		if (one(bulk, &fault)) {
			refuse(bulk, &fault);
			return;
		}
	if (bulk->started < bulk->total)
		loop_timer_set(bulk->ue->loop, &bulk->timer, 0, run, bulk);
	look(bulk);
}

void ue_bulk_run(struct ue_bulk *bulk,
		 int (*step)(struct ue_bulk *bulk, struct fault *fault))
{
	bulk->step = step;
	bulk->told = loop_now(bulk->ue->loop) + REPORT_PAUSE;
	run(bulk);
}

void ue_bulk_ended(struct ue_bulk *bulk, bool good)
{
	bulk->ended++;
	bulk->good += good;
	/* From within a step the round looks itself. */
	if (bulk->started == bulk->total)
		look(bulk);
}

void ue_bulks_stop(struct ue *ue)
{
	const struct fault fault = { .code = FAULT_STATE,
				     .text = "the daemon ends" };

	while (ue->bulks)
		refuse(ue->bulks, &fault);
}
