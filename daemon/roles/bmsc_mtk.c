// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "bmsc.h"
#include "core/mbms_message.h"

static void complain(const struct bmsc_group *group, const struct fault *fault)
{
	bmsc_complain(group->bmsc, BMSC_NOT_SENT, group->service->record.id,
		      fault);
}

static struct bmsc_mtk *mtk_find(const struct bmsc_group *group,
				 uint32_t msk_id, uint16_t mtk_id)
{
	struct bmsc_mtk *mtk;

	for (mtk = SLIST_FIRST(&group->mtks); mtk; mtk = SLIST_NEXT(mtk, link))
		if (mtk->msk_id == msk_id && mtk->mtk_id == mtk_id)
			return mtk;
	return NULL;
}

static void mtk_free(struct bmsc_group *group, struct bmsc_mtk *mtk)
{
	SLIST_REMOVE(&group->mtks, mtk, bmsc_mtk, link);
	secret_clear(&mtk->mtk);
	secret_clear(&mtk->salt);
	free(mtk);
}

void bmsc_mtks_free(struct bmsc_group *group)
{
	while (!SLIST_EMPTY(&group->mtks))
		mtk_free(group, SLIST_FIRST(&group->mtks));
}

static int draw(struct secret *secret, size_t size)
{
	uint8_t octets[MTK_SIZE_LONG];
	int failed = RAND_priv_bytes(octets, (int)size) != 1 ||
		     secret_set(secret, octets, size);

	OPENSSL_cleanse(octets, sizeof(octets));
	return failed;
}

/* The MTK of SRTP is the master key, so it is as long as the cipher wants. */
static size_t mtk_size(const struct service_record *record)
{
	return record->format == SERVICE_FORMAT_SRTP ?
		       srtp_suite_master_size(record->srtp.suite) :
		       MTK_SIZE;
}

/* Each stream of the service. */
#define FOR_EACH_FLOW(service, flow)                                   \
	for ((flow) = (service)->flows;                                \
	     (flow) < (service)->flows + (service)->record.flow_count; \
	     (flow)++)

void bmsc_mtk_make(struct bmsc_group *group, uint32_t msk_id, uint16_t mtk_id)
{
	struct bmsc_mtk *mtk = calloc(1, sizeof(*mtk));
	struct bmsc_flow *flow;
	struct fault fault = { 0 };

	if (mtk) {
		mtk->msk_id = msk_id;
		mtk->mtk_id = mtk_id;
		SLIST_INSERT_HEAD(&group->mtks, mtk, link);
	}
	if (!mtk || draw(&mtk->mtk, mtk_size(&group->service->record)) ||
	    draw(&mtk->salt, MTK_SALT_SIZE)) {
		if (mtk)
			mtk_free(group, mtk);
		fault_set(&fault, FAULT_MEMORY,
			  "no random numbers or memory for an MTK");
		complain(group, &fault);
		return;
	}
	FOR_EACH_FLOW(group->service, flow)
	if (flow->group == group)
		bmsc_senders_mtk_add(group->bmsc, flow->flow.id, mtk);
}

/* One message for all streams of the group: the same octets, so that it does no
 * harm that they have the same counter.
 */
void bmsc_mtk_send(struct bmsc_group *group, uint32_t msk_id, uint16_t mtk_id)
{
	struct bmsc_msk *msk = bmsc_msk_find(group, msk_id);
	struct bmsc_mtk *mtk = mtk_find(group, msk_id, mtk_id);
	struct mbms_mtk_message message = { 0 };
	uint8_t data[512];
	struct writer writer;
	struct bmsc_flow *flow;
	struct fault fault = { 0 };

	if (!msk || !mtk)
		return;
	if (mbms_counter_next(msk->counter, &message.counter, &fault) ||
	    message.counter > msk->lease) {
		fault_set(&fault, FAULT_STATE, "counter of the MSK is used up");
		complain(group, &fault);
		return;
	}
	msk->counter = message.counter;
	message.csb_id = msk->csb_id;
	memcpy(message.rand, msk->rand, sizeof(message.rand));
	message.send_rand = mbms_rand_in_mtk(false);
	message.msk_ref.domain = group->domain;
	message.msk_ref.msk_id = msk_id;
	message.mtk_id = mtk_id;
	message.mtk = &mtk->mtk;
	message.salt = &mtk->salt;
	writer_init(&writer, data, sizeof(data));
	if (mbms_mtk_build(&message, &msk->msk, &writer, &fault)) {
		complain(group, &fault);
		return;
	}
	FOR_EACH_FLOW(group->service, flow)
	if (flow->group == group)
		bmsc_senders_send(group->bmsc, flow->flow.id, data,
				  writer.length);
}

void bmsc_mtk_activate(struct bmsc_group *group, uint32_t msk_id,
		       uint16_t mtk_id)
{
	struct bmsc_flow *flow;

	FOR_EACH_FLOW(group->service, flow)
	if (flow->group == group)
		bmsc_senders_mtk_activate(group->bmsc, flow->flow.id, msk_id,
					  mtk_id);
}

void bmsc_mtk_delete(struct bmsc_group *group, uint32_t msk_id, uint16_t mtk_id)
{
	struct bmsc_mtk *mtk = mtk_find(group, msk_id, mtk_id);
	struct bmsc_flow *flow;

	if (mtk)
		mtk_free(group, mtk);
	FOR_EACH_FLOW(group->service, flow)
	if (flow->group == group)
		bmsc_senders_mtk_delete(group->bmsc, flow->flow.id, msk_id,
					mtk_id);
}
