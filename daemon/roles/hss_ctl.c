// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands on subscribers: "ue add", "ue show", "ue del". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/ctl.h"
#include "io/loop.h"
#include "log.h"
#include "roles/ctl_value.h"
#include "roles/hss.h"
#include "store/subscriber.h"

#define COUNT_MAX 1000000
/* Subscribers that are written in one round, so that others have their turn. */
#define BATCH 2000
#define SHOW_MAX 1000

/* "ue add", which may take several rounds. */
struct addition {
	struct hss *hss;
	struct ctl_request *request;
	struct milenage keys;
	struct subscriber subscriber;
	unsigned long long imsi;
	uint64_t count;
	uint64_t done;
	struct loop_timer timer;
	struct store_waiter waiter;
};

static void addition_end(struct addition *addition, const struct fault *fault)
{
	if (fault)
		ctl_refuse(addition->request, fault);
	else
		ctl_reply(addition->request,
			  json_pack("{s:I}", "count",
				    (json_int_t)addition->done));
	milenage_clear(&addition->keys);
	free(addition);
}

static int add_one(struct addition *addition, struct fault *fault)
{
	struct subscriber *subscriber = &addition->subscriber;
	struct hss *hss = addition->hss;

	snprintf(subscriber->imsi, sizeof(subscriber->imsi), "%0*llu",
		 (int)strlen(subscriber->imsi), addition->imsi);
	if (imsi_check(subscriber->imsi, fault) ||
	    impi_from_imsi(subscriber->imsi, hss->mnc_digits, subscriber->impi,
			   fault) ||
	    subscriber_put(hss->daemon->store, subscriber, &addition->keys,
			   fault))
		return -1;
	addition->imsi++;
	addition->done++;
	return 0;
}

static void add_batch(void *argument);

static void on_commit(void *argument, const struct fault *fault)
{
	struct addition *addition = argument;

	if (fault || addition->done == addition->count) {
		addition_end(addition, fault);
		return;
	}
	ctl_progress(addition->request,
		     json_pack("{s:I,s:I}", "done", (json_int_t)addition->done,
			       "total", (json_int_t)addition->count));
	loop_timer_set(addition->hss->daemon->loop, &addition->timer, 0,
		       add_batch, addition);
}

static void add_batch(void *argument)
{
	struct addition *addition = argument;
	struct fault fault = { 0 };
	unsigned int i;

	for (i = 0; i < BATCH && addition->done < addition->count; i++)
		if (add_one(addition, &fault)) {
			addition_end(addition, &fault);
			return;
		}
	store_after_commit(addition->hss->daemon->store, &addition->waiter,
			   on_commit, addition);
}

static int read_keys(json_t *arguments, struct milenage *keys,
		     struct fault *fault)
{
	struct secret k = { 0 }, op = { 0 };
	int status = -1;

	if (!ctl_value_key(arguments, "k", MILENAGE_KEY_SIZE, &k, fault)) {
		if (json_object_get(arguments, "op") &&
		    !ctl_value_key(arguments, "op", MILENAGE_KEY_SIZE, &op,
				   fault))
			status = milenage_set_op(keys, &k, &op, fault);
		else if (!ctl_value_key(arguments, "opc", MILENAGE_KEY_SIZE,
					&op, fault))
			status = milenage_set(keys, &k, &op, fault);
	}
	secret_clear(&k);
	secret_clear(&op);
	return status;
}

static int read_addition(struct addition *addition, json_t *arguments,
			 struct fault *fault)
{
	static const char *const names[] = { "imsi", "k",     "opc",   "op",
					     "amf",  "gba-u", "count", NULL };
	uint64_t amf = 0;
	const char *imsi;

	addition->count = 1;
	if (ctl_value_check(arguments, names, fault) ||
	    ctl_value_text(arguments, "imsi", &imsi, fault) ||
	    imsi_check(imsi, fault) ||
	    ctl_value_number_or(arguments, "count", 1, COUNT_MAX,
				&addition->count, fault) ||
	    ctl_value_number_or(arguments, "amf", 0, UINT16_MAX, &amf, fault) ||
	    ctl_value_boolean_or(arguments, "gba-u",
				 &addition->subscriber.gba_u, fault))
		return -1;
	addition->subscriber.amf = (uint16_t)amf;
	snprintf(addition->subscriber.imsi, sizeof(addition->subscriber.imsi),
		 "%s", imsi);
	addition->imsi = strtoull(imsi, NULL, 10);
	return read_keys(arguments, &addition->keys, fault);
}

static void ue_add(void *argument, struct ctl_request *request)
{
	struct addition *addition = calloc(1, sizeof(*addition));
	struct fault fault = { 0 };

	if (!addition) {
		fault_set(&fault, FAULT_MEMORY, "no memory for a command");
		ctl_refuse(request, &fault);
		return;
	}
	addition->hss = argument;
	addition->request = request;
	if (read_addition(addition, ctl_arguments(request), &fault))
		addition_end(addition, &fault);
	else
		add_batch(addition);
}

/* The IMPI of the argument "ue", which may be an IMSI. */
static int read_ue(struct hss *hss, json_t *arguments,
		   char impi[IMPI_TEXT_SIZE], struct fault *fault)
{
	const char *ue;

	if (ctl_value_text(arguments, "ue", &ue, fault))
		return -1;
	if (!strchr(ue, '@'))
		return imsi_check(ue, fault) ?
			       -1 :
			       impi_from_imsi(ue, hss->mnc_digits, impi, fault);
	if (strlen(ue) >= IMPI_TEXT_SIZE)
		return fault_set(fault, FAULT_MALFORMED,
				 "ue: is longer than an IMPI");
	snprintf(impi, IMPI_TEXT_SIZE, "%s", ue);
	return 0;
}

struct deletion {
	struct ctl_request *request;
	struct store_waiter waiter;
};

static void on_deleted(void *argument, const struct fault *fault)
{
	struct deletion *deletion = argument;

	if (fault)
		ctl_refuse(deletion->request, fault);
	else
		ctl_reply(deletion->request, NULL);
	free(deletion);
}

static void ue_del(void *argument, struct ctl_request *request)
{
	struct deletion *deletion = malloc(sizeof(*deletion));
	struct hss *hss = argument;
	struct fault fault = { 0 };
	char impi[IMPI_TEXT_SIZE];

	if (!deletion)
		fault_set(&fault, FAULT_MEMORY, "no memory for a command");
	else if (!read_ue(hss, ctl_arguments(request), impi, &fault))
		subscriber_delete(hss->daemon->store, impi, &fault);
	if (fault.code != FAULT_NONE) {
		free(deletion);
		ctl_refuse(request, &fault);
		return;
	}
	*deletion = (struct deletion){ .request = request };
	store_after_commit(hss->daemon->store, &deletion->waiter, on_deleted,
			   deletion);
}

static int show_one(void *argument, const struct subscriber *subscriber,
		    struct fault *fault)
{
	char amf[8];

	snprintf(amf, sizeof(amf), "%04x", subscriber->amf);
	if (!json_array_append_new(argument,
				   json_pack("{s:s,s:s,s:s,s:b}", "impi",
					     subscriber->impi, "imsi",
					     subscriber->imsi, "amf", amf,
					     "gba-u", subscriber->gba_u)))
		return 0;
	return fault_set(fault, FAULT_MEMORY, "no memory for an answer");
}

/* Those after "after", at most SHOW_MAX of them. */
static void ue_show(void *argument, struct ctl_request *request)
{
	json_t *arguments = ctl_arguments(request), *list = json_array();
	const char *after =
		json_string_value(json_object_get(arguments, "after"));
	struct hss *hss = argument;
	struct fault fault = { 0 };
	uint64_t total;

	if (subscriber_count(hss->daemon->store, &total, &fault) ||
	    subscriber_each(hss->daemon->store, after ? after : "", SHOW_MAX,
			    show_one, list, &fault)) {
		json_decref(list);
		ctl_refuse(request, &fault);
		return;
	}
	ctl_reply(request, json_pack("{s:o,s:I}", "ues", list, "total",
				     (json_int_t)total));
}

void hss_ctl_setup(struct hss *hss)
{
	struct ctl *ctl = hss->daemon->ctl;

	ctl_command_add(ctl, "ue add", ue_add, hss);
	ctl_command_add(ctl, "ue show", ue_show, hss);
	ctl_command_add(ctl, "ue del", ue_del, hss);
}
