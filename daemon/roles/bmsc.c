// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "bmsc.h"
#include "config.h"
#include "io/ctl.h"
#include "io/httpd.h"
#include "io/udp.h"
#include "log.h"
#include "store/sender.h"
#include "zn.h"

void bmsc_event(struct bmsc *bmsc, json_t *event)
{
	if (bmsc->daemon->ctl && event)
		ctl_event(bmsc->daemon->ctl, event);
	else
		json_decref(event);
}

/* ---- Clock and complaints ---- */

int64_t bmsc_clock(const struct bmsc *bmsc)
{
	return bmsc->clock + loop_now(bmsc->loop);
}

void bmsc_clock_reach(struct bmsc *bmsc, int64_t time)
{
	if (bmsc_clock(bmsc) < time)
		bmsc->clock = time - loop_now(bmsc->loop);
}

void bmsc_complain(struct bmsc *bmsc, enum bmsc_complaint complaint,
		   const char *name, const struct fault *fault)
{
	static const char *const events[] = {
		[BMSC_BSF_REFUSES] = "bsf-refuses",
		[BMSC_NOT_STORED] = "not-stored",
		[BMSC_NOT_SENT] = "not-sent",
	};
	struct bmsc_silence *silence = &bmsc->silences[complaint];
	int64_t now = loop_now(bmsc->loop);

	if (now < silence->until) {
		silence->more++;
		return;
	}
	log_error(BMSC_AREA, events[complaint], LOG_TEXT("of", name),
		  LOG_TEXT("reason", fault->text),
		  LOG_NUMBER("more", silence->more));
	*silence = (struct bmsc_silence){ .until = now + 1000 };
}

/* ---- What the sender says ---- */

static void sender_says(void *argument, enum mbstf_event event, int64_t flow)
{
	struct bmsc_cause cause = {
		.type = event == MBSTF_ROTATE ? BMSC_ROTATE : BMSC_RESTART,
	};
	struct bmsc *bmsc = argument;
	struct bmsc_service *service;
	unsigned int i, j;

	for (i = 0; i < BMSC_BUCKETS; i++)
		for (service = LIST_FIRST(&bmsc->services[i]); service;
		     service = LIST_NEXT(service, link))
			for (j = 0; j < service->record.flow_count; j++)
				if (service->flows[j].flow.id == flow) {
					bmsc_group_cause(
						service->flows[j].group,
						&cause);
					return;
				}
}

/* ---- Start ---- */

static int components_add(struct bmsc *bmsc, struct fault *fault)
{
	static const struct store_component *const components[] = {
		&service_component,
		&key_group_component,
		&naf_user_component,
		&sender_component,
	};
	size_t i;

	for (i = 0; i < sizeof(components) / sizeof(components[0]); i++)
		if (store_component_add(bmsc->store, components[i], fault))
			return -1;
	return 0;
}

static int sockets_open(struct bmsc *bmsc, struct fault *fault)
{
	struct httpd_options http = { .local = bmsc->settings.listen };
	struct udp_options mikey = {
		.local = bmsc->settings.mikey_listen,
		.receive_buffer = 4 << 20,
	};

	bmsc->udp = udp_open(bmsc->loop, &mikey, bmsc_delivery_receive, bmsc,
			     fault);
	if (!bmsc->udp)
		return -1;
	bmsc_push_open(bmsc);
	bmsc->zn = zn_new(bmsc->daemon, bmsc->settings.bsf,
			  bmsc->settings.naf_id.fqdn,
			  bmsc->daemon->config->bmsc->bsf_key_file, fault);
	if (!bmsc->zn)
		return -1;
	bmsc->httpd =
		httpd_open(bmsc->loop, &http, bmsc_http_handle, bmsc, fault);
	return bmsc->httpd ? 0 : -1;
}

static void services_start(struct bmsc *bmsc)
{
	struct bmsc_service *service;
	unsigned int i;

	for (i = 0; i < BMSC_BUCKETS; i++)
		for (service = LIST_FIRST(&bmsc->services[i]); service;
		     service = LIST_NEXT(service, link))
			bmsc_service_start(service);
}

static void bmsc_stop(struct daemon *daemon)
{
	struct bmsc *bmsc = daemon->bmsc;

	if (!bmsc)
		return;
	daemon->bmsc = NULL;
	bmsc->stopping = true;
	zn_free(bmsc->zn);
	bmsc_http_close(bmsc);
	httpd_close(bmsc->httpd);
	bmsc_ctl_close(bmsc);
	bmsc_ues_close(bmsc);
	bmsc_services_close(bmsc);
	bmsc_push_close(bmsc);
	udp_close(bmsc->udp);
	bmsc_senders_close(bmsc);
	secret_clear(&bmsc->nonce_key);
	free(bmsc);
}

static int bmsc_start(struct daemon *daemon, struct fault *fault)
{
	struct bmsc *bmsc;

	bmsc = calloc(1, sizeof(*bmsc));
	if (!bmsc)
		return fault_set(fault, FAULT_MEMORY, "no memory for a role");
	bmsc->daemon = daemon;
	bmsc->loop = daemon->loop;
	bmsc->store = daemon->store;
	bmsc_clock_reach(bmsc, loop_wall(bmsc->loop));
	daemon->bmsc = bmsc;
	if (bmsc_settings_read(daemon->config->bmsc, &bmsc->settings, fault) ||
	    components_add(bmsc, fault) || bmsc_nonce_open(bmsc, fault) ||
	    bmsc_senders_open(bmsc, sender_says, fault) ||
	    sockets_open(bmsc, fault) || bmsc_services_open(bmsc, fault) ||
	    bmsc_ues_open(bmsc, fault)) {
		bmsc_stop(daemon);
		return -1;
	}
	services_start(bmsc);
	if (daemon->ctl)
		bmsc_ctl_add(bmsc);
	log_info(BMSC_AREA, "started",
		 LOG_TEXT("name", bmsc->settings.naf_id.fqdn),
		 LOG_NUMBER("ues", (int64_t)bmsc->ues.count));
	return 0;
}

/* Addresses and names stay until a restart; the rest is of the moment. */
static int bmsc_reload(struct daemon *daemon, struct fault *fault)
{
	struct bmsc *bmsc = daemon->bmsc;
	struct bmsc_settings settings;

	if (bmsc_settings_read(daemon->config->bmsc, &settings, fault))
		return -1;
	if (strcmp(settings.naf_id.fqdn, bmsc->settings.naf_id.fqdn) ||
	    strcmp(settings.bsf, bmsc->settings.bsf) ||
	    !address_equal(&settings.listen, &bmsc->settings.listen) ||
	    !address_equal(&settings.mikey_listen,
			   &bmsc->settings.mikey_listen))
		return fault_set(fault, FAULT_STATE,
				 "bmsc: fqdn, bsf, listen and mikey-listen "
				 "change with a restart only");
	bmsc->settings = settings;
	return pace_init(&bmsc->push.pace, settings.push_rate,
			 settings.push_burst, loop_now(bmsc->loop), fault);
}

static json_t *bmsc_status(const struct daemon *daemon)
{
	const struct bmsc *bmsc = daemon->bmsc;
	const struct bmsc_push *push = &bmsc->push;
	uint64_t sent, received, errors;

	udp_counts(bmsc->udp, &sent, &received, &errors);
	return json_pack(
		"{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
		"name", bmsc->settings.naf_id.fqdn, "ues",
		(json_int_t)bmsc->ues.count, "requests-to-bsf",
		(json_int_t)bmsc->questions, "messages-outstanding",
		(json_int_t)push->count, "messages-sent",
		(json_int_t)push->sent, "messages-repeated",
		(json_int_t)push->repeated, "messages-acknowledged",
		(json_int_t)push->acknowledged, "messages-given-up",
		(json_int_t)push->given_up, "answers-refused",
		(json_int_t)push->refused, "datagrams-received",
		(json_int_t)received, "datagram-errors", (json_int_t)errors);
}

const struct role bmsc_role = {
	.name = "bmsc",
	.start = bmsc_start,
	.reload = bmsc_reload,
	.stop = bmsc_stop,
	.status = bmsc_status,
};
