// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "core/sframe_kdf.h"
#include "core/srtp_kdf.h"
#include "core/srtp_suite.h"
#include "log.h"
#include "roles/ue_commit.h"
#include "roles/ue_event.h"
#include "roles/ue_flow.h"
#include "roles/ue_keys.h"
#include "roles/ue_log.h"
#include "roles/ue_service.h"
#include "roles/ue_stream.h"

/* In use, announced, and one that was announced and overtaken by an eviction. */
#define MTKS_MAX 3

static bool same_group(const struct msk_ref *a, const struct msk_ref *b)
{
	return key_domain_equal(&a->domain, &b->domain) &&
	       msk_id_group(a->msk_id) == msk_id_group(b->msk_id);
}

/* NULL if nothing is to be installed. */
static struct kernel *kernel_of(const struct ue_service *service)
{
	struct ue *ue = service->ue;

	return ue->settings.install ? ue->daemon->kernel : NULL;
}

static void tell_failure(const struct ue_service *service, const char *event,
			 const struct fault *fault)
{
	/* The module is not there: KERNEL_HERE will come. */
	if (fault->code == FAULT_STATE &&
	    !kernel_is_here(service->ue->daemon->kernel))
		return;
	log_error(UE_AREA, event, LOG_TEXT("service", service->id),
		  LOG_TEXT("code", fault_name(fault->code)),
		  LOG_TEXT("reason", fault->text));
}

/* ---- Installing ---- */

static void group_install(struct ue_service *service, struct kernel *kernel,
			  struct ue_flow *flow)
{
	struct fault fault = { 0 };

	if (flow->installed)
		return;
	if (!kernel_group_add(kernel, &flow->group, &fault)) {
		flow->installed = true;
		flow->foreign = false;
		return;
	}
	if (!kernel_is_here(kernel))
		return;
	/* Somebody has this group with other properties, as a sender on this
	 * host does who hears himself: our keys go there.
	 */
	log_info(UE_AREA, "group-shared", LOG_TEXT("service", service->id),
		 LOG_TEXT("reason", fault.text));
	flow->installed = true;
	flow->foreign = true;
}

static struct kernel_key key_of(const struct ue_flow *flow,
				const struct ue_mtk *mtk)
{
	return (struct kernel_key){ .msk_id = mtk->ref.msk_id,
				    .mtk_id = mtk->mtk_id,
				    .role = MBSEC_ROLE_RX,
				    .suite = flow->group.suite };
}

static int key_install(struct kernel *kernel, const struct ue_flow *flow,
		       const struct ue_mtk *mtk, uint16_t sender,
		       struct fault *fault)
{
	struct kernel_key key = key_of(flow, mtk);
	struct sframe_keys keys = { 0 };
	int result;

	if (sframe_kdf(&mtk->mtk,
		       sframe_kid(sender, mtk->ref.msk_id, mtk->mtk_id),
		       (uint16_t)flow->group.suite, &keys, fault))
		return -1;
	key.sender_id = sender;
	key.keys = &keys;
	result = kernel_key_add(kernel, &flow->group, &key, fault);
	sframe_keys_clear(&keys);
	return result;
}

/* One for all sources of the stream. */
static int srtp_install(struct kernel *kernel, const struct ue_flow *flow,
			const struct ue_mtk *mtk, struct fault *fault)
{
	size_t size = srtp_suite_master_size((uint16_t)flow->group.suite);
	struct srtp_keys srtp = { 0 }, srtcp = { 0 };
	struct kernel_key key = key_of(flow, mtk);
	int result;

	if (secret_check(&mtk->mtk, size, "MTK of the stream", fault) ||
	    srtp_kdf(&mtk->mtk, &mtk->salt, &srtp, &srtcp, fault))
		return -1;
	key.srtp = &srtp;
	key.srtcp = &srtcp;
	result = kernel_key_add(kernel, &flow->group, &key, fault);
	srtp_keys_clear(&srtp);
	srtp_keys_clear(&srtcp);
	return result;
}

static int flow_install(struct kernel *kernel, const struct ue_flow *flow,
			const struct ue_mtk *mtk, struct fault *fault)
{
	const struct announce_transport *transport =
		&flow->announced->transport;
	size_t i;

	if (!ue_flow_has_group(flow, &mtk->ref))
		return 0;
	if (flow->group.format == MBSEC_FORMAT_SRTP)
		return srtp_install(kernel, flow, mtk, fault);
	for (i = 0; i < transport->sender_count; i++)
		if (key_install(kernel, flow, mtk, transport->senders[i],
				fault))
			return -1;
	return 0;
}

static void mtk_install(struct ue_service *service, struct kernel *kernel,
			struct ue_mtk *mtk)
{
	struct fault fault = { 0 };
	size_t i;

	for (i = 0; i < service->flow_count; i++)
		if (flow_install(kernel, &service->flows[i], mtk, &fault)) {
			tell_failure(service, "key-not-installed", &fault);
			return;
		}
	mtk->installed = true;
	log_info(UE_AREA, "key-installed", LOG_TEXT("service", service->id),
		 LOG_HEX("msk", mtk->ref.msk_id),
		 LOG_NUMBER("mtk", mtk->mtk_id));
}

void ue_keys_install(struct ue_service *service)
{
	struct kernel *kernel = kernel_of(service);
	struct ue_mtk *mtk;
	size_t i;

	if (!kernel || !kernel_is_here(kernel) || !service->active)
		return;
	for (i = 0; i < service->flow_count; i++)
		group_install(service, kernel, &service->flows[i]);
	for (mtk = service->mtks; mtk; mtk = mtk->next)
		if (!mtk->installed && !mtk->pending)
			mtk_install(service, kernel, mtk);
}

void ue_keys_reinstall(struct ue_service *service)
{
	struct ue_mtk *mtk;

	for (mtk = service->mtks; mtk; mtk = mtk->next)
		mtk->installed = false;
	ue_keys_install(service);
}

/* ---- Removing ---- */

static void mtk_uninstall(struct ue_service *service, const struct ue_mtk *mtk)
{
	struct kernel *kernel = kernel_of(service);
	struct fault fault;
	struct kernel_key key;
	size_t i;

	if (!kernel || mtk->pending)
		return;
	for (i = 0; i < service->flow_count; i++) {
		if (!service->flows[i].installed)
			continue;
		fault = (struct fault){ 0 };
		key = key_of(&service->flows[i], mtk);
		if (kernel_key_delete(kernel, &service->flows[i].group, &key,
				      &fault))
			tell_failure(service, "key-not-removed", &fault);
	}
}

static void mtk_free(struct ue_mtk *mtk)
{
	secret_clear(&mtk->mtk);
	secret_clear(&mtk->salt);
	free(mtk);
}

/* Takes the MTK at @place out of kernel, store and memory. */
static void mtk_remove(struct ue_service *service, struct ue_mtk **place)
{
	struct ue_mtk *mtk = *place;
	struct fault fault = { 0 };

	*place = mtk->next;
	mtk_uninstall(service, mtk);
	if (ue_mtk_delete(service->ue->store, service->id, &mtk->ref,
			  mtk->mtk_id, &fault))
		log_warning(UE_AREA, "store-failed",
			    LOG_TEXT("service", service->id),
			    LOG_TEXT("reason", fault.text));
	log_info(UE_AREA, "key-removed", LOG_TEXT("service", service->id),
		 LOG_HEX("msk", mtk->ref.msk_id),
		 LOG_NUMBER("mtk", mtk->mtk_id));
	mtk_free(mtk);
}

void ue_keys_msk_removed(struct ue_service *service, const struct msk_ref *ref)
{
	struct ue_mtk **place = &service->mtks;

	while (*place) {
		if (msk_ref_equal(&(*place)->ref, ref))
			mtk_remove(service, place);
		else
			place = &(*place)->next;
	}
}

void ue_keys_remove_all(struct ue_service *service)
{
	struct ue_holder *holder;

	while (service->mtks)
		mtk_remove(service, &service->mtks);
	while ((holder = service->holders)) {
		service->holders = holder->next;
		free(holder);
	}
}

void ue_keys_expire(struct ue_service *service, int64_t now)
{
	struct ue_mtk **place = &service->mtks;

	while (*place) {
		if ((*place)->until && now >= (*place)->until)
			mtk_remove(service, place);
		else
			place = &(*place)->next;
	}
}

/* Those of the Key Group of @newest that it overtakes. */
static void supersede(struct ue_service *service, const struct ue_mtk *newest)
{
	struct ue *ue = service->ue;
	struct ue_mtk **place = &service->mtks;
	unsigned int count = 0;

	while (*place) {
		if (same_group(&(*place)->ref, &newest->ref) &&
		    ++count > MTKS_MAX) {
			mtk_remove(service, place);
			continue;
		}
		if (count > 1 && !(*place)->until &&
		    same_group(&(*place)->ref, &newest->ref))
			(*place)->until = loop_now(ue->loop) +
					  ue->settings.mtk_overlap + 1;
		place = &(*place)->next;
	}
}

void ue_keys_flow_delete(struct ue_service *service, struct ue_flow *flow)
{
	struct kernel *kernel = kernel_of(service);
	struct fault fault = { 0 };
	struct kernel_key key;
	struct ue_mtk *mtk;

	if (!kernel || !flow->installed)
		return;
	flow->installed = false;
	if (!flow->foreign) {
		if (kernel_group_delete(kernel, &flow->group, &fault))
			tell_failure(service, "group-not-removed", &fault);
		return;
	}
	for (mtk = service->mtks; mtk; mtk = mtk->next) {
		key = key_of(flow, mtk);
		kernel_key_delete(kernel, &flow->group, &key, NULL);
	}
}

/* ---- MTKs ---- */

static struct ue_mtk *mtk_new(struct ue_service *service,
			      const struct msk_ref *ref, uint16_t mtk_id,
			      const struct secret *secret,
			      const struct secret *salt, struct fault *fault)
{
	struct ue_mtk *mtk = calloc(1, sizeof(*mtk));

	if (!mtk || secret_set(&mtk->mtk, secret->bytes, secret->size) ||
	    (salt->size && secret_set(&mtk->salt, salt->bytes, salt->size))) {
		if (mtk)
			mtk_free(mtk);
		fault_set(fault, FAULT_MEMORY, "no memory for an MTK");
		return NULL;
	}
	mtk->ref = *ref;
	mtk->mtk_id = mtk_id;
	mtk->next = service->mtks;
	service->mtks = mtk;
	return mtk;
}

bool ue_keys_has_mtk(const struct ue_service *service,
		     const struct msk_ref *ref, uint16_t mtk_id)
{
	const struct ue_mtk *mtk;

	for (mtk = service->mtks; mtk; mtk = mtk->next)
		if (mtk->mtk_id == mtk_id && msk_ref_equal(&mtk->ref, ref))
			return true;
	return false;
}

int ue_keys_accept(struct ue_service *service, const struct msk_ref *ref,
		   uint16_t mtk_id, const struct secret *secret,
		   const struct secret *salt, struct fault *fault)
{
	const struct ue_mtk_row row = { .service = service->id,
					.ref = *ref,
					.mtk_id = mtk_id,
					.mtk = secret,
					.salt = salt };
	struct ue_mtk *mtk;

	if (ue_keys_has_mtk(service, ref, mtk_id))
		return 0;
	if (ue_mtk_put(service->ue->store, &row, fault))
		return -1;
	mtk = mtk_new(service, ref, mtk_id, secret, salt, fault);
	if (!mtk)
		return -1;
	mtk->pending = true;
	ue_commit_wait(service->ue);
	return 0;
}

void ue_keys_committed(struct ue_service *service)
{
	struct ue_mtk *mtk, *newest;
	bool changed = false;

	for (mtk = service->mtks; mtk; mtk = mtk->next) {
		changed |= mtk->pending;
		mtk->pending = false;
	}
	if (!changed)
		return;
	ue_keys_install(service);
	newest = service->mtks;
	supersede(service, newest);
	ue_event_mtk(service, newest);
	ue_service_schedule(service);
}

void ue_keys_rolled_back(struct ue_service *service)
{
	struct ue_mtk **place = &service->mtks, *mtk;

	while ((mtk = *place)) {
		if (!mtk->pending) {
			place = &mtk->next;
			continue;
		}
		*place = mtk->next;
		mtk_free(mtk);
	}
}

int ue_keys_load(struct ue_service *service, const struct ue_mtk_row *row,
		 struct fault *fault)
{
	return mtk_new(service, &row->ref, row->mtk_id, row->mtk, row->salt,
		       fault) ?
		       0 :
		       -1;
}

void ue_keys_loaded(struct ue_service *service)
{
	struct ue_mtk *mtk;

	if (!service->active) {
		ue_keys_remove_all(service);
		return;
	}
	/* For each Key Group the first in the list is the newest. */
	for (mtk = service->mtks; mtk; mtk = mtk->next)
		if (!mtk->until)
			supersede(service, mtk);
	ue_keys_install(service);
	ue_service_schedule(service);
}

void ue_keys_free(struct ue_service *service)
{
	struct ue_holder *holder;
	struct ue_mtk *mtk;

	while ((mtk = service->mtks)) {
		service->mtks = mtk->next;
		mtk_free(mtk);
	}
	while ((holder = service->holders)) {
		service->holders = holder->next;
		free(holder);
	}
}

/* ---- Events of the kernel ---- */

static void uninstalled(struct ue *ue)
{
	struct ue_service *service;
	struct ue_mtk *mtk;
	size_t i;

	for (service = TAILQ_FIRST(&ue->services); service;
	     service = TAILQ_NEXT(service, entry)) {
		for (i = 0; i < service->flow_count; i++)
			service->flows[i].installed = false;
		for (mtk = service->mtks; mtk; mtk = mtk->next)
			mtk->installed = false;
	}
}

static bool announces_sender(const struct ue_flow *flow, uint16_t sender)
{
	const struct announce_transport *transport =
		&flow->announced->transport;
	size_t i;

	/* Sources of SRTP need no announcement. */
	if (transport->format == ANNOUNCE_FORMAT_SRTP)
		return true;
	for (i = 0; i < transport->sender_count; i++)
		if (transport->senders[i] == sender)
			return true;
	return false;
}

/* Nothing in a datagram with an unknown key is authentic. All it can bring about
 * is a request within the pauses of struct pull.
 */
static void unknown_key(struct ue *ue, const struct kernel_event *event)
{
	struct ue_service *service;
	const struct ue_flow *flow = ue_flow_find(ue, &event->group, &service);
	struct msk_ref ref;
	size_t i;

	if (!flow || !service->active)
		return;
	for (i = 0; i < flow->announced->msk_count; i++) {
		ref.domain = flow->announced->msks[i].domain;
		ref.msk_id = event->key.msk_id;
		if (!ue_flow_has_group(flow, &ref) ||
		    msk_id_number(ref.msk_id) == MSK_NUMBER_CURRENT)
			continue;
		if (!ue_keys_has_mtk(service, &ref, event->key.mtk_id))
			ue_service_missed(service, &ref);
		else if (!announces_sender(flow, event->key.sender_id))
			ue_service_refresh(service);
		return;
	}
}

void ue_keys_event(void *argument, const struct kernel_event *event)
{
	struct ue *ue = argument;
	struct ue_service *service;

	switch (event->type) {
	case KERNEL_GONE:
		uninstalled(ue);
		break;
	case KERNEL_HERE:
	case KERNEL_OVERRUN:
		/* All again: what is there already does no harm. */
		uninstalled(ue);
		for (service = TAILQ_FIRST(&ue->services); service;
		     service = TAILQ_NEXT(service, entry))
			ue_keys_install(service);
		break;
	case KERNEL_NOTICE:
		if (event->notice == MBSEC_EVENT_TYPE_UNKNOWN_KEY)
			unknown_key(ue, event);
		else if (event->notice == MBSEC_EVENT_TYPE_ROC_NEEDED)
			ue_streams_missed(ue, event);
		break;
	}
}
