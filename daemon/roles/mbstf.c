// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/mbsec.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "log.h"
#include "mbstf_remote.h"
#include "mbstf_state.h"

struct mbstf_stream *mbstf_stream_find(const struct mbstf *mbstf, int64_t id)
{
	struct mbstf_stream *flow;

	for (flow = LIST_FIRST(&mbstf->flows[(uint64_t)id % MBSTF_BUCKETS]);
	     flow; flow = LIST_NEXT(flow, link))
		if (flow->flow.id == id)
			return flow;
	return NULL;
}

bool mbstf_kernel_here(const struct mbstf *mbstf)
{
	return mbstf->daemon->kernel && kernel_is_here(mbstf->daemon->kernel);
}

void mbstf_complain(const char *event, const struct mbstf_stream *flow,
		    const struct fault *fault)
{
	char group[ADDRESS_TEXT_SIZE];

	address_text(&flow->flow.group, group);
	log_error(MBSTF_AREA, event, LOG_TEXT("group", group),
		  LOG_TEXT("reason", fault->text));
}

struct mbstf_stream *mbstf_stream_of_group(struct mbstf *mbstf,
					   const struct kernel_group *group)
{
	struct mbstf_stream *flow;
	unsigned int i;

	for (i = 0; i < MBSTF_BUCKETS; i++)
		for (flow = LIST_FIRST(&mbstf->flows[i]); flow;
		     flow = LIST_NEXT(flow, link))
			if (address_equal(&flow->flow.group, &group->group) &&
			    (flow->flow.source.family == group->source.family &&
			     (!group->source.family ||
			      address_host_equal(&flow->flow.source,
						 &group->source))))
				return flow;
	return NULL;
}

int mbstf_stream_unknown(int64_t flow, struct fault *fault)
{
	return fault_set(fault, FAULT_UNKNOWN, "there is no stream %lld",
			 (long long)flow);
}

/* ---- Streams ---- */

static int flow_open(struct mbstf *mbstf, struct mbstf_stream *flow,
		     struct fault *fault)
{
	struct udp_options options = {
		.device = *flow->flow.device ? flow->flow.device : NULL,
		.hops = mbstf->settings.hops,
		.loop_back = true,
	};

	flow->group = (struct kernel_group){
		.group = flow->flow.group,
		.source = flow->flow.source,
		.direction = MBSEC_DIRECTION_OUT | MBSEC_DIRECTION_IN,
		.format = flow->flow.format,
		.suite = flow->flow.suite,
		.policy = mbstf->settings.policy,
		.rtcp_port = flow->flow.rtcp_port,
		.roc_rate = flow->flow.roc_rate,
	};
	memcpy(flow->group.device, flow->flow.device,
	       sizeof(flow->group.device));
	flow->mtk_to = flow->flow.group;
	address_port_set(&flow->mtk_to, flow->flow.mtk_port);
	/* Members of a source-specific group hear that source only. */
	options.local = flow->flow.source;
	if (!options.local.family)
		options.local.family = flow->flow.group.family;
	address_port_set(&options.local, 0);
	flow->udp = udp_open(mbstf->daemon->loop, &options, NULL, NULL, fault);
	return flow->udp ? 0 : -1;
}

int mbstf_flow_add(struct mbstf *mbstf, const struct mbstf_flow *record,
		   struct fault *fault)
{
	struct mbstf_stream *flow;

	if (mbstf_stream_find(mbstf, record->id))
		return 0;
	if (address_port(&record->group) == record->mtk_port)
		return fault_set(fault, FAULT_ARGUMENT,
				 "port of the MTK messages is that of the "
				 "traffic, %u",
				 record->mtk_port);
	flow = calloc(1, sizeof(*flow));
	if (!flow)
		return fault_set(fault, FAULT_MEMORY, "no memory for a stream");
	flow->flow = *record;
	SLIST_INIT(&flow->mtks);
	if (flow_open(mbstf, flow, fault)) {
		free(flow);
		return -1;
	}
	if (mbstf_kernel_here(mbstf) &&
	    kernel_group_add(mbstf->daemon->kernel, &flow->group, fault)) {
		udp_close(flow->udp);
		free(flow);
		return -1;
	}
	LIST_INSERT_HEAD(&mbstf->flows[(uint64_t)record->id % MBSTF_BUCKETS],
			 flow, link);
	return 0;
}

/* What is in the kernel stays there: it protects while we are away. */
static void flow_free(struct mbstf_stream *flow)
{
	while (!SLIST_EMPTY(&flow->mtks))
		mbstf_mtk_free(flow, SLIST_FIRST(&flow->mtks));
	LIST_REMOVE(flow, link);
	udp_close(flow->udp);
	free(flow->sources);
	free(flow);
}

void mbstf_flow_delete(struct mbstf *mbstf, int64_t id)
{
	struct mbstf_stream *flow = mbstf_stream_find(mbstf, id);
	struct fault fault = { 0 };

	if (!flow)
		return;
	if (mbstf_kernel_here(mbstf) &&
	    kernel_group_delete(mbstf->daemon->kernel, &flow->group, &fault))
		mbstf_complain("group-not-deleted", flow, &fault);
	flow_free(flow);
}

int mbstf_send(struct mbstf *mbstf, int64_t id, const void *data, size_t size,
	       struct fault *fault)
{
	struct mbstf_stream *flow = mbstf_stream_find(mbstf, id);

	if (!flow)
		return mbstf_stream_unknown(id, fault);
	return udp_send(flow->udp, &flow->mtk_to, data, size, fault);
}

/* ---- Events ---- */

static void tell(struct mbstf *mbstf, enum mbstf_event event,
		 const struct mbstf_stream *flow)
{
	if (mbstf->callback)
		mbstf->callback(mbstf->argument, event, flow->flow.id);
}

static void flow_kernel_here(struct mbstf *mbstf, struct mbstf_stream *flow)
{
	struct fault fault = { 0 };
	bool renew = false, active = false;
	struct mbstf_mtk *mtk;

	if (kernel_group_add(mbstf->daemon->kernel, &flow->group, &fault)) {
		mbstf_complain("group-not-added", flow, &fault);
		return;
	}
	mbstf_sources_restore(mbstf, flow);
	for (mtk = SLIST_FIRST(&flow->mtks); mtk; mtk = SLIST_NEXT(mtk, link)) {
		fault = (struct fault){ 0 };
		if (mtk->place == MBSTF_HELD &&
		    mbstf_mtk_install(mbstf, flow, mtk, &fault))
			mbstf_complain("key-not-added", flow, &fault);
		renew |= mtk->place == MBSTF_LOST && !mtk->leftover;
		active |= mtk->place == MBSTF_INSTALLED && mtk->active;
	}
	if (active)
		mbstf_leftovers_drop(mbstf, flow);
	if (renew)
		tell(mbstf, MBSTF_RENEW, flow);
}

static void flow_kernel_gone(struct mbstf *mbstf, struct mbstf_stream *flow)
{
	struct mbstf_mtk *mtk;

	(void)mbstf;
	for (mtk = SLIST_FIRST(&flow->mtks); mtk; mtk = SLIST_NEXT(mtk, link))
		if (mtk->place == MBSTF_INSTALLED)
			mtk->place = MBSTF_LOST;
}

/* Events were lost, and one of them may have been the end of a key. */
static void flow_overrun(struct mbstf *mbstf, struct mbstf_stream *flow)
{
	tell(mbstf, MBSTF_ROTATE, flow);
}

static void flows_each(struct mbstf *mbstf,
		       void (*visit)(struct mbstf *, struct mbstf_stream *))
{
	struct mbstf_stream *flow, *next;
	unsigned int i;

	for (i = 0; i < MBSTF_BUCKETS; i++)
		for (flow = LIST_FIRST(&mbstf->flows[i]); flow; flow = next) {
			next = LIST_NEXT(flow, link);
			visit(mbstf, flow);
		}
}

/* Applications have to take other SSRCs: a new MTK would bring them together again.
 * The kernel tells of repetitions eight times a second, of collisions once.
 */
static void tell_ssrc(struct mbstf *mbstf, const struct kernel_event *event)
{
	int64_t now = loop_now(mbstf->daemon->loop);
	bool collision = event->notice == MBSEC_EVENT_TYPE_SSRC_COLLISION;
	char group[ADDRESS_TEXT_SIZE];

	if (!collision && now < mbstf->quiet)
		return;
	if (!collision)
		mbstf->quiet = now + 1000;
	address_text(&event->group.group, group);
	log_error(MBSTF_AREA, collision ? "ssrc-collision" : "index-repeated",
		  LOG_TEXT("group", group), LOG_HEX("ssrc", event->ssrc));
}

static void notice(struct mbstf *mbstf, const struct kernel_event *event)
{
	struct mbstf_stream *flow = mbstf_stream_of_group(mbstf, &event->group);
	struct mbstf_mtk *mtk;

	if (!flow || event->key.role != MBSEC_ROLE_TX)
		return;
	if (event->notice == MBSEC_EVENT_TYPE_SSRC_COLLISION ||
	    event->notice == MBSEC_EVENT_TYPE_INDEX_REPEATED) {
		tell_ssrc(mbstf, event);
		return;
	}
	mtk = mbstf_mtk_find(flow, event->key.msk_id, event->key.mtk_id);
	/* Keys of SRTP have no sender id, as this host has none there. */
	if (!mtk || event->key.sender_id != flow->flow.sender_id)
		return;
	log_info(MBSTF_AREA, "key-expires", LOG_HEX("msk", mtk->msk_id),
		 LOG_NUMBER("mtk", mtk->mtk_id),
		 LOG_NUMBER("notice", event->notice));
	if (event->notice == MBSEC_EVENT_TYPE_SOFT_EXPIRE && mtk->active)
		tell(mbstf, MBSTF_ROTATE, flow);
	if (event->notice != MBSEC_EVENT_TYPE_HARD_EXPIRE)
		return;
	mtk->place = MBSTF_LOST;
	if (mtk->active)
		tell(mbstf, MBSTF_RENEW, flow);
}

static void kernel_changed(void *argument, const struct kernel_event *event)
{
	struct mbstf *mbstf = argument;

	switch (event->type) {
	case KERNEL_HERE:
		log_info(MBSTF_AREA, "kernel-here");
		flows_each(mbstf, flow_kernel_here);
		break;
	case KERNEL_GONE:
		log_warning(MBSTF_AREA, "kernel-gone");
		flows_each(mbstf, flow_kernel_gone);
		break;
	case KERNEL_OVERRUN:
		log_warning(MBSTF_AREA, "kernel-events-lost");
		flows_each(mbstf, flow_overrun);
		break;
	case KERNEL_NOTICE:
		notice(mbstf, event);
		break;
	}
}

/* ---- Role ---- */

void mbstf_listen(struct mbstf *mbstf, mbstf_callback callback, void *argument)
{
	mbstf->callback = callback;
	mbstf->argument = argument;
}

const char *mbstf_name(const struct mbstf *mbstf)
{
	return mbstf->settings.name;
}

static json_t *mbstf_status(const struct daemon *daemon)
{
	const struct mbstf *mbstf = daemon->mbstf;
	json_int_t flows = 0, held = 0, installed = 0, lost = 0;
	const struct mbstf_stream *flow;
	const struct mbstf_mtk *mtk;
	unsigned int i;

	for (i = 0; i < MBSTF_BUCKETS; i++)
		for (flow = LIST_FIRST(&mbstf->flows[i]); flow;
		     flow = LIST_NEXT(flow, link)) {
			flows++;
			for (mtk = SLIST_FIRST(&flow->mtks); mtk;
			     mtk = SLIST_NEXT(mtk, link)) {
				held += mtk->place == MBSTF_HELD;
				installed += mtk->place == MBSTF_INSTALLED;
				lost += mtk->place == MBSTF_LOST;
			}
		}
	return json_pack("{s:s, s:b, s:I, s:I, s:I, s:I}", "name",
			 mbstf->settings.name, "kernel",
			 mbstf_kernel_here(mbstf), "streams", flows,
			 "keys-installed", installed, "keys-waiting", held,
			 "keys-lost", lost);
}

static void mbstf_stop(struct daemon *daemon)
{
	struct mbstf *mbstf = daemon->mbstf;
	unsigned int i;

	if (!mbstf)
		return;
	daemon->mbstf = NULL;
	mbstf_server_free(mbstf->server);
	for (i = 0; i < MBSTF_BUCKETS; i++)
		while (!LIST_EMPTY(&mbstf->flows[i]))
			flow_free(LIST_FIRST(&mbstf->flows[i]));
	free(mbstf);
}

static int serve(struct mbstf *mbstf, struct fault *fault)
{
	const struct mbstf_config *config = mbstf->daemon->config->mbstf;

	if (!config || !config->listen)
		return 0;
	mbstf->server = mbstf_server_new(mbstf->daemon->loop, mbstf,
					 &mbstf->settings.listen,
					 config->key_file, fault);
	return mbstf->server ? 0 : -1;
}

static int mbstf_start(struct daemon *daemon, struct fault *fault)
{
	struct mbstf *mbstf = calloc(1, sizeof(*mbstf));

	if (!mbstf)
		return fault_set(fault, FAULT_MEMORY, "no memory for a role");
	mbstf->daemon = daemon;
	if (mbstf_settings_read(daemon->config->mbstf, &mbstf->settings,
				fault) ||
	    serve(mbstf, fault) ||
	    (daemon->kernel &&
	     kernel_listen(daemon->kernel, kernel_changed, mbstf, fault))) {
		mbstf_server_free(mbstf->server);
		free(mbstf);
		return -1;
	}
	daemon->mbstf = mbstf;
	return 0;
}

static int mbstf_reload(struct daemon *daemon, struct fault *fault)
{
	struct mbstf_settings settings;

	if (mbstf_settings_read(daemon->config->mbstf, &settings, fault))
		return -1;
	if (strcmp(settings.name, daemon->mbstf->settings.name))
		return fault_set(fault, FAULT_STATE,
				 "mbstf: name changes with a restart only");
	daemon->mbstf->settings = settings;
	return 0;
}

const struct role mbstf_role = {
	.name = "mbstf",
	.kernel = true,
	.start = mbstf_start,
	.reload = mbstf_reload,
	.stop = mbstf_stop,
	.status = mbstf_status,
};
