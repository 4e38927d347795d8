// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/mbsec.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "config.h"
#include "core/sframe_kdf.h"
#include "io/kernel.h"
#include "io/udp.h"
#include "log.h"
#include "mbstf.h"
#include "mbstf_config.h"
#include "mbstf_remote.h"
#include "role.h"

#define AREA "mbstf"

enum mtk_place {
	MTK_HELD, /* not given to a kernel yet; we have the key */
	MTK_INSTALLED,
	MTK_LOST, /* was in a kernel that has forgotten its counter */
};

/**
 * struct mtk - one MTK of a stream
 * @mtk: the key as long as the kernel does not have it
 * @active: the one to send with
 * @leftover: of an earlier process; goes when another one is activated
 */
struct mtk {
	SLIST_ENTRY(mtk) link;
	uint32_t msk_id;
	uint16_t mtk_id;
	enum mtk_place place;
	struct secret mtk;
	bool active;
	bool leftover;
};

SLIST_HEAD(mtk_list, mtk);

struct flow {
	LIST_ENTRY(flow) link;
	struct mbstf_flow flow;
	struct kernel_group group;
	union address mtk_to;
	struct udp *udp;
	struct mtk_list mtks;
};

LIST_HEAD(flow_list, flow);

#define BUCKETS 256

struct mbstf {
	struct daemon *daemon;
	struct mbstf_settings settings;
	struct flow_list flows[BUCKETS];
	mbstf_callback callback;
	void *argument;
	/* For a BM-SC on another host, else NULL. */
	struct mbstf_server *server;
};

static struct flow *flow_find(const struct mbstf *mbstf, int64_t id)
{
	struct flow *flow;

	for (flow = LIST_FIRST(&mbstf->flows[(uint64_t)id % BUCKETS]); flow;
	     flow = LIST_NEXT(flow, link))
		if (flow->flow.id == id)
			return flow;
	return NULL;
}

static struct mtk *mtk_find(const struct flow *flow, uint32_t msk_id,
			    uint16_t mtk_id)
{
	struct mtk *mtk;

	for (mtk = SLIST_FIRST(&flow->mtks); mtk; mtk = SLIST_NEXT(mtk, link))
		if (mtk->msk_id == msk_id && mtk->mtk_id == mtk_id)
			return mtk;
	return NULL;
}

static bool kernel_here(const struct mbstf *mbstf)
{
	return mbstf->daemon->kernel && kernel_is_here(mbstf->daemon->kernel);
}

static void complain(const char *event, const struct flow *flow,
		     const struct fault *fault)
{
	char group[ADDRESS_TEXT_SIZE];

	address_text(&flow->flow.group, group);
	log_error(AREA, event, LOG_TEXT("group", group),
		  LOG_TEXT("reason", fault->text));
}

/* ---- Keys in the kernel ---- */

static struct kernel_key key_name(const struct flow *flow,
				  const struct mtk *mtk)
{
	return (struct kernel_key){
		.msk_id = mtk->msk_id,
		.mtk_id = mtk->mtk_id,
		.sender_id = flow->flow.sender_id,
		.role = MBSEC_ROLE_TX,
		.suite = flow->flow.suite,
	};
}

/* The key is in the kernel once, and then nowhere else. */
static int mtk_install(struct mbstf *mbstf, struct flow *flow, struct mtk *mtk,
		       struct fault *fault)
{
	struct kernel_key key = key_name(flow, mtk);
	struct sframe_keys keys = { 0 };
	int failed;

	if (sframe_kdf(&mtk->mtk,
		       sframe_kid(key.sender_id, mtk->msk_id, mtk->mtk_id),
		       (uint16_t)flow->flow.suite, &keys, fault))
		return -1;
	key.keys = &keys;
	key.activate = mtk->active;
	key.soft_packets = mbstf->settings.mtk_packets;
	failed = kernel_key_add(mbstf->daemon->kernel, &flow->group, &key,
				fault);
	sframe_keys_clear(&keys);
	/* Whether it got there or not: the module is never offered it again. */
	secret_clear(&mtk->mtk);
	mtk->place = failed ? MTK_LOST : MTK_INSTALLED;
	return failed;
}

static void mtk_drop(struct mbstf *mbstf, struct flow *flow, struct mtk *mtk)
{
	struct kernel_key key = key_name(flow, mtk);
	struct fault fault = { 0 };

	if (mtk->place == MTK_INSTALLED && kernel_here(mbstf) &&
	    kernel_key_delete(mbstf->daemon->kernel, &flow->group, &key,
			      &fault))
		complain("key-not-deleted", flow, &fault);
	SLIST_REMOVE(&flow->mtks, mtk, mtk, link);
	secret_clear(&mtk->mtk);
	free(mtk);
}

static void leftovers_drop(struct mbstf *mbstf, struct flow *flow)
{
	struct mtk *mtk = SLIST_FIRST(&flow->mtks), *next;

	for (; mtk; mtk = next) {
		next = SLIST_NEXT(mtk, link);
		if (mtk->leftover)
			mtk_drop(mbstf, flow, mtk);
	}
}

static struct mtk *mtk_new(struct flow *flow, uint32_t msk_id, uint16_t mtk_id,
			   struct fault *fault)
{
	struct mtk *mtk = calloc(1, sizeof(*mtk));

	if (!mtk) {
		fault_set(fault, FAULT_MEMORY, "no memory for an MTK");
		return NULL;
	}
	mtk->msk_id = msk_id;
	mtk->mtk_id = mtk_id;
	SLIST_INSERT_HEAD(&flow->mtks, mtk, link);
	return mtk;
}

static int flow_unknown(int64_t flow, struct fault *fault)
{
	return fault_set(fault, FAULT_UNKNOWN, "there is no stream %lld",
			 (long long)flow);
}

int mbstf_mtk_add(struct mbstf *mbstf, int64_t id, uint32_t msk_id,
		  uint16_t mtk_id, const struct secret *mtk,
		  struct fault *fault)
{
	struct flow *flow = flow_find(mbstf, id);
	struct mtk *entry;

	if (!flow)
		return flow_unknown(id, fault);
	if (mtk_find(flow, msk_id, mtk_id))
		return 0;
	entry = mtk_new(flow, msk_id, mtk_id, fault);
	if (!entry)
		return -1;
	if (secret_set(&entry->mtk, mtk->bytes, mtk->size)) {
		mtk_drop(mbstf, flow, entry);
		return fault_set(fault, FAULT_MEMORY, "no memory for an MTK");
	}
	return kernel_here(mbstf) ? mtk_install(mbstf, flow, entry, fault) : 0;
}

int mbstf_mtk_activate(struct mbstf *mbstf, int64_t id, uint32_t msk_id,
		       uint16_t mtk_id, struct fault *fault)
{
	struct flow *flow = flow_find(mbstf, id);
	struct mtk *mtk, *other;
	struct kernel_key key;

	if (!flow)
		return flow_unknown(id, fault);
	mtk = mtk_find(flow, msk_id, mtk_id);
	if (!mtk)
		return fault_set(fault, FAULT_UNKNOWN,
				 "stream has no MTK %08x:%u", msk_id, mtk_id);
	for (other = SLIST_FIRST(&flow->mtks); other;
	     other = SLIST_NEXT(other, link))
		other->active = other == mtk;
	if (mtk->place != MTK_INSTALLED || !kernel_here(mbstf))
		return 0;
	key = key_name(flow, mtk);
	if (kernel_key_activate(mbstf->daemon->kernel, &flow->group, &key,
				fault))
		return -1;
	leftovers_drop(mbstf, flow);
	return 0;
}

void mbstf_mtk_delete(struct mbstf *mbstf, int64_t id, uint32_t msk_id,
		      uint16_t mtk_id)
{
	struct flow *flow = flow_find(mbstf, id);
	struct mtk *mtk;

	if (!flow)
		return;
	mtk = mtk_find(flow, msk_id, mtk_id);
	if (mtk && !(mtk->active && mtk->place == MTK_INSTALLED)) {
		mtk_drop(mbstf, flow, mtk);
		return;
	}
	/* The kernel goes on with it and with its counter, which is safe. */
	if (!mtk)
		mtk = mtk_new(flow, msk_id, mtk_id, NULL);
	if (!mtk)
		return;
	mtk->place = MTK_INSTALLED;
	mtk->leftover = true;
}

/* ---- Streams ---- */

static int flow_open(struct mbstf *mbstf, struct flow *flow,
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
		.suite = flow->flow.suite,
		.policy = mbstf->settings.policy,
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
	struct flow *flow;

	if (flow_find(mbstf, record->id))
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
	if (kernel_here(mbstf) &&
	    kernel_group_add(mbstf->daemon->kernel, &flow->group, fault)) {
		udp_close(flow->udp);
		free(flow);
		return -1;
	}
	LIST_INSERT_HEAD(&mbstf->flows[(uint64_t)record->id % BUCKETS], flow,
			 link);
	return 0;
}

/* What is in the kernel stays there: it protects while we are away. */
static void flow_free(struct flow *flow)
{
	struct mtk *mtk;

	while ((mtk = SLIST_FIRST(&flow->mtks))) {
		SLIST_REMOVE_HEAD(&flow->mtks, link);
		secret_clear(&mtk->mtk);
		free(mtk);
	}
	LIST_REMOVE(flow, link);
	udp_close(flow->udp);
	free(flow);
}

void mbstf_flow_delete(struct mbstf *mbstf, int64_t id)
{
	struct flow *flow = flow_find(mbstf, id);
	struct fault fault = { 0 };

	if (!flow)
		return;
	if (kernel_here(mbstf) &&
	    kernel_group_delete(mbstf->daemon->kernel, &flow->group, &fault))
		complain("group-not-deleted", flow, &fault);
	flow_free(flow);
}

int mbstf_send(struct mbstf *mbstf, int64_t id, const void *data, size_t size,
	       struct fault *fault)
{
	struct flow *flow = flow_find(mbstf, id);

	if (!flow)
		return flow_unknown(id, fault);
	return udp_send(flow->udp, &flow->mtk_to, data, size, fault);
}

/* ---- Events ---- */

static void tell(struct mbstf *mbstf, enum mbstf_event event,
		 const struct flow *flow)
{
	if (mbstf->callback)
		mbstf->callback(mbstf->argument, event, flow->flow.id);
}

static void flow_kernel_here(struct mbstf *mbstf, struct flow *flow)
{
	struct fault fault = { 0 };
	bool renew = false, active = false;
	struct mtk *mtk;

	if (kernel_group_add(mbstf->daemon->kernel, &flow->group, &fault)) {
		complain("group-not-added", flow, &fault);
		return;
	}
	for (mtk = SLIST_FIRST(&flow->mtks); mtk; mtk = SLIST_NEXT(mtk, link)) {
		fault = (struct fault){ 0 };
		if (mtk->place == MTK_HELD &&
		    mtk_install(mbstf, flow, mtk, &fault))
			complain("key-not-added", flow, &fault);
		renew |= mtk->place == MTK_LOST && !mtk->leftover;
		active |= mtk->place == MTK_INSTALLED && mtk->active;
	}
	if (active)
		leftovers_drop(mbstf, flow);
	if (renew)
		tell(mbstf, MBSTF_RENEW, flow);
}

static void flow_kernel_gone(struct mbstf *mbstf, struct flow *flow)
{
	struct mtk *mtk;

	(void)mbstf;
	for (mtk = SLIST_FIRST(&flow->mtks); mtk; mtk = SLIST_NEXT(mtk, link))
		if (mtk->place == MTK_INSTALLED)
			mtk->place = MTK_LOST;
}

/* Events were lost, and one of them may have been the end of a key. */
static void flow_overrun(struct mbstf *mbstf, struct flow *flow)
{
	tell(mbstf, MBSTF_ROTATE, flow);
}

static void flows_each(struct mbstf *mbstf,
		       void (*visit)(struct mbstf *, struct flow *))
{
	struct flow *flow, *next;
	unsigned int i;

	for (i = 0; i < BUCKETS; i++)
		for (flow = LIST_FIRST(&mbstf->flows[i]); flow; flow = next) {
			next = LIST_NEXT(flow, link);
			visit(mbstf, flow);
		}
}

static struct flow *flow_of_group(struct mbstf *mbstf,
				  const struct kernel_group *group)
{
	struct flow *flow;
	unsigned int i;

	for (i = 0; i < BUCKETS; i++)
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

static void notice(struct mbstf *mbstf, const struct kernel_event *event)
{
	struct flow *flow = flow_of_group(mbstf, &event->group);
	struct mtk *mtk;

	if (!flow || event->key.role != MBSEC_ROLE_TX)
		return;
	mtk = mtk_find(flow, event->key.msk_id, event->key.mtk_id);
	if (!mtk || event->key.sender_id != flow->flow.sender_id)
		return;
	log_info(AREA, "key-expires", LOG_HEX("msk", mtk->msk_id),
		 LOG_NUMBER("mtk", mtk->mtk_id),
		 LOG_NUMBER("notice", event->notice));
	if (event->notice == MBSEC_EVENT_TYPE_SOFT_EXPIRE && mtk->active)
		tell(mbstf, MBSTF_ROTATE, flow);
	if (event->notice != MBSEC_EVENT_TYPE_HARD_EXPIRE)
		return;
	mtk->place = MTK_LOST;
	if (mtk->active)
		tell(mbstf, MBSTF_RENEW, flow);
}

static void kernel_changed(void *argument, const struct kernel_event *event)
{
	struct mbstf *mbstf = argument;

	switch (event->type) {
	case KERNEL_HERE:
		log_info(AREA, "kernel-here");
		flows_each(mbstf, flow_kernel_here);
		break;
	case KERNEL_GONE:
		log_warning(AREA, "kernel-gone");
		flows_each(mbstf, flow_kernel_gone);
		break;
	case KERNEL_OVERRUN:
		log_warning(AREA, "kernel-events-lost");
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
	const struct flow *flow;
	const struct mtk *mtk;
	unsigned int i;

	for (i = 0; i < BUCKETS; i++)
		for (flow = LIST_FIRST(&mbstf->flows[i]); flow;
		     flow = LIST_NEXT(flow, link)) {
			flows++;
			for (mtk = SLIST_FIRST(&flow->mtks); mtk;
			     mtk = SLIST_NEXT(mtk, link)) {
				held += mtk->place == MTK_HELD;
				installed += mtk->place == MTK_INSTALLED;
				lost += mtk->place == MTK_LOST;
			}
		}
	return json_pack("{s:s, s:b, s:I, s:I, s:I, s:I}", "name",
			 mbstf->settings.name, "kernel", kernel_here(mbstf),
			 "streams", flows, "keys-installed", installed,
			 "keys-waiting", held, "keys-lost", lost);
}

static void mbstf_stop(struct daemon *daemon)
{
	struct mbstf *mbstf = daemon->mbstf;
	unsigned int i;

	if (!mbstf)
		return;
	daemon->mbstf = NULL;
	mbstf_server_free(mbstf->server);
	for (i = 0; i < BUCKETS; i++)
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
