// SPDX-License-Identifier: GPL-2.0-or-later
/* MTKs of the MBSTF, and transmit keys in the kernel. */
#include <linux/mbsec.h>
#include <stdlib.h>

#include "core/sframe_kdf.h"
#include "core/srtp_kdf.h"
#include "mbstf_state.h"

struct mbstf_mtk *mbstf_mtk_find(const struct mbstf_stream *flow,
				 uint32_t msk_id, uint16_t mtk_id)
{
	struct mbstf_mtk *mtk;

	for (mtk = SLIST_FIRST(&flow->mtks); mtk; mtk = SLIST_NEXT(mtk, link))
		if (mtk->msk_id == msk_id && mtk->mtk_id == mtk_id)
			return mtk;
	return NULL;
}

static struct kernel_key key_name(const struct mbstf_stream *flow,
				  const struct mbstf_mtk *mtk)
{
	return (struct kernel_key){
		.msk_id = mtk->msk_id,
		.mtk_id = mtk->mtk_id,
		.sender_id = flow->flow.sender_id,
		.role = MBSEC_ROLE_TX,
		.suite = flow->flow.suite,
	};
}

/* Derives the session keys and gives them to the kernel. Returns 1 if there are
 * none, so that the kernel has heard nothing; else 0 or -1.
 */
static int install_srtp(struct mbstf *mbstf, const struct mbstf_stream *flow,
			const struct mbstf_mtk *mtk, struct kernel_key *key,
			struct fault *fault)
{
	struct srtp_keys srtp = { 0 }, srtcp = { 0 };
	int failed;

	if (srtp_kdf(&mtk->mtk, &mtk->salt, &srtp, &srtcp, fault))
		return 1;
	key->srtp = &srtp;
	key->srtcp = &srtcp;
	failed =
		kernel_key_add(mbstf->daemon->kernel, &flow->group, key, fault);
	srtp_keys_clear(&srtp);
	srtp_keys_clear(&srtcp);
	return failed;
}

static int install_sframe(struct mbstf *mbstf, const struct mbstf_stream *flow,
			  const struct mbstf_mtk *mtk, struct kernel_key *key,
			  struct fault *fault)
{
	struct sframe_keys keys = { 0 };
	int failed;

	if (sframe_kdf(&mtk->mtk,
		       sframe_kid(key->sender_id, mtk->msk_id, mtk->mtk_id),
		       (uint16_t)flow->flow.suite, &keys, fault))
		return 1;
	key->keys = &keys;
	failed =
		kernel_key_add(mbstf->daemon->kernel, &flow->group, key, fault);
	sframe_keys_clear(&keys);
	return failed;
}

static bool is_srtp(const struct mbstf_stream *flow)
{
	return flow->flow.format == MBSEC_FORMAT_SRTP;
}

/* The key is in the kernel once, and then nowhere else. */
int mbstf_mtk_install(struct mbstf *mbstf, struct mbstf_stream *flow,
		      struct mbstf_mtk *mtk, struct fault *fault)
{
	struct kernel_key key = key_name(flow, mtk);
	int failed;

	key.activate = mtk->active;
	key.soft_packets = mbstf->settings.mtk_packets;
	failed = is_srtp(flow) ? install_srtp(mbstf, flow, mtk, &key, fault) :
				 install_sframe(mbstf, flow, mtk, &key, fault);
	if (failed > 0)
		return -1;
	/* Whether it got there or not: the module is never offered it again. */
	secret_clear(&mtk->mtk);
	secret_clear(&mtk->salt);
	mtk->place = failed ? MBSTF_LOST : MBSTF_INSTALLED;
	return failed;
}

void mbstf_mtk_free(struct mbstf_stream *flow, struct mbstf_mtk *mtk)
{
	SLIST_REMOVE(&flow->mtks, mtk, mbstf_mtk, link);
	secret_clear(&mtk->mtk);
	secret_clear(&mtk->salt);
	free(mtk);
}

static void mtk_drop(struct mbstf *mbstf, struct mbstf_stream *flow,
		     struct mbstf_mtk *mtk)
{
	struct kernel_key key = key_name(flow, mtk);
	struct fault fault = { 0 };

	if (mtk->place == MBSTF_INSTALLED && mbstf_kernel_here(mbstf) &&
	    kernel_key_delete(mbstf->daemon->kernel, &flow->group, &key,
			      &fault))
		mbstf_complain("key-not-deleted", flow, &fault);
	mbstf_mtk_free(flow, mtk);
}

void mbstf_leftovers_drop(struct mbstf *mbstf, struct mbstf_stream *flow)
{
	struct mbstf_mtk *mtk = SLIST_FIRST(&flow->mtks), *next;

	for (; mtk; mtk = next) {
		next = SLIST_NEXT(mtk, link);
		if (mtk->leftover)
			mtk_drop(mbstf, flow, mtk);
	}
}

static struct mbstf_mtk *mtk_new(struct mbstf_stream *flow, uint32_t msk_id,
				 uint16_t mtk_id, struct fault *fault)
{
	struct mbstf_mtk *mtk = calloc(1, sizeof(*mtk));

	if (!mtk) {
		fault_set(fault, FAULT_MEMORY, "no memory for an MTK");
		return NULL;
	}
	mtk->msk_id = msk_id;
	mtk->mtk_id = mtk_id;
	SLIST_INSERT_HEAD(&flow->mtks, mtk, link);
	return mtk;
}

int mbstf_mtk_add(struct mbstf *mbstf, int64_t id, uint32_t msk_id,
		  uint16_t mtk_id, const struct secret *mtk,
		  const struct secret *salt, struct fault *fault)
{
	struct mbstf_stream *flow = mbstf_stream_find(mbstf, id);
	struct mbstf_mtk *entry;

	if (!flow)
		return mbstf_stream_unknown(id, fault);
	if (mbstf_mtk_find(flow, msk_id, mtk_id))
		return 0;
	entry = mtk_new(flow, msk_id, mtk_id, fault);
	if (!entry)
		return -1;
	if (secret_set(&entry->mtk, mtk->bytes, mtk->size) ||
	    (salt && secret_set(&entry->salt, salt->bytes, salt->size))) {
		mtk_drop(mbstf, flow, entry);
		return fault_set(fault, FAULT_MEMORY, "no memory for an MTK");
	}
	return mbstf_kernel_here(mbstf) ?
		       mbstf_mtk_install(mbstf, flow, entry, fault) :
		       0;
}

int mbstf_mtk_activate(struct mbstf *mbstf, int64_t id, uint32_t msk_id,
		       uint16_t mtk_id, struct fault *fault)
{
	struct mbstf_stream *flow = mbstf_stream_find(mbstf, id);
	struct mbstf_mtk *mtk, *other;
	struct kernel_key key;

	if (!flow)
		return mbstf_stream_unknown(id, fault);
	mtk = mbstf_mtk_find(flow, msk_id, mtk_id);
	if (!mtk)
		return fault_set(fault, FAULT_UNKNOWN,
				 "stream has no MTK %08x:%u", msk_id, mtk_id);
	for (other = SLIST_FIRST(&flow->mtks); other;
	     other = SLIST_NEXT(other, link))
		other->active = other == mtk;
	if (mtk->place != MBSTF_INSTALLED || !mbstf_kernel_here(mbstf))
		return 0;
	key = key_name(flow, mtk);
	if (kernel_key_activate(mbstf->daemon->kernel, &flow->group, &key,
				fault))
		return -1;
	mbstf_leftovers_drop(mbstf, flow);
	return 0;
}

void mbstf_mtk_delete(struct mbstf *mbstf, int64_t id, uint32_t msk_id,
		      uint16_t mtk_id)
{
	struct mbstf_stream *flow = mbstf_stream_find(mbstf, id);
	struct mbstf_mtk *mtk;

	if (!flow)
		return;
	mtk = mbstf_mtk_find(flow, msk_id, mtk_id);
	if (mtk && !(mtk->active && mtk->place == MBSTF_INSTALLED)) {
		mtk_drop(mbstf, flow, mtk);
		return;
	}
	/* The kernel goes on with it and with its counter, which is safe. */
	if (!mtk)
		mtk = mtk_new(flow, msk_id, mtk_id, NULL);
	if (!mtk)
		return;
	mtk->place = MBSTF_INSTALLED;
	mtk->leftover = true;
}
