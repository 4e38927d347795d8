// SPDX-License-Identifier: GPL-2.0-or-later
/* The hosts that send: the MBSTF of this process, and those of others. */
#include <linux/mbsec.h>
#include <string.h>

#include "bmsc.h"
#include "bmsc_config.h"
#include "config.h"
#include "log.h"
#include "mbstf.h"
#include "mbstf_remote.h"
#include "store/sender.h"

static struct mbstf *local_of(const struct bmsc *bmsc)
{
	return bmsc->daemon->mbstf;
}

static int add_remote(struct bmsc *bmsc,
		      const struct bmsc_sender_config *config,
		      mbstf_callback callback, struct fault *fault)
{
	struct bmsc_sender *sender = &bmsc->senders[bmsc->sender_count];

	sender->remote = mbstf_remote_new(bmsc->daemon, config->name,
					  config->url, config->key_file,
					  callback, bmsc, fault);
	if (!sender->remote)
		return -1;
	sender->name = mbstf_remote_name(sender->remote);
	bmsc->sender_count++;
	return 0;
}

int bmsc_senders_open(struct bmsc *bmsc, mbstf_callback callback,
		      struct fault *fault)
{
	const struct bmsc_config *config = bmsc->daemon->config->bmsc;
	unsigned int i;

	if (local_of(bmsc)) {
		bmsc->senders[bmsc->sender_count++].name =
			mbstf_name(local_of(bmsc));
		mbstf_listen(local_of(bmsc), callback, bmsc);
	}
	for (i = 0; i < config->senders_count; i++)
		if (add_remote(bmsc, &config->senders[i], callback, fault))
			return -1;
	if (bmsc->sender_count)
		return 0;
	return fault_set(
		fault, FAULT_ARGUMENT,
		"nobody would send: the role bmsc needs the role mbstf "
		"beside it, or senders");
}

void bmsc_senders_close(struct bmsc *bmsc)
{
	unsigned int i;

	if (local_of(bmsc))
		mbstf_listen(local_of(bmsc), NULL, NULL);
	for (i = 0; i < bmsc->sender_count; i++)
		mbstf_remote_free(bmsc->senders[i].remote);
	bmsc->sender_count = 0;
}

/* Each sending host has an id of its own for each stream. */
int bmsc_senders_flow_add(struct bmsc *bmsc, struct bmsc_flow *flow,
			  const struct mbstf_flow *sending, struct fault *fault)
{
	struct mbstf_flow record = *sending;
	struct bmsc_sender *sender;
	unsigned int i;

	for (i = 0; i < bmsc->sender_count; i++) {
		sender = &bmsc->senders[i];
		/* Senders of SRTP differ in their SSRCs. */
		if (sending->format != MBSEC_FORMAT_SRTP &&
		    sender_id_get(bmsc->store, sender->name, &sending->group,
				  &sending->source, &flow->sender_ids[i],
				  fault))
			return -1;
		record.sender_id = flow->sender_ids[i];
		if (sender->remote ?
			    mbstf_remote_flow_add(sender->remote, &record,
						  fault) :
			    mbstf_flow_add(local_of(bmsc), &record, fault))
			return -1;
	}
	flow->sender_count = bmsc->sender_count;
	return 0;
}

void bmsc_senders_flow_delete(struct bmsc *bmsc, int64_t flow)
{
	unsigned int i;

	for (i = 0; i < bmsc->sender_count; i++)
		if (bmsc->senders[i].remote)
			mbstf_remote_flow_delete(bmsc->senders[i].remote, flow);
		else
			mbstf_flow_delete(local_of(bmsc), flow);
}

/* What one of them refuses does not keep it from the others. */
static void complain(struct bmsc *bmsc, const struct bmsc_sender *sender,
		     const struct fault *fault)
{
	bmsc_complain(bmsc, BMSC_NOT_SENT, sender->name, fault);
}

void bmsc_senders_mtk_add(struct bmsc *bmsc, int64_t flow,
			  const struct bmsc_mtk *mtk)
{
	struct bmsc_sender *sender;
	unsigned int i;

	for (i = 0; i < bmsc->sender_count; i++) {
		struct fault fault = { 0 };

		sender = &bmsc->senders[i];
		if (sender->remote ?
			    mbstf_remote_mtk_add(sender->remote, flow,
						 mtk->msk_id, mtk->mtk_id,
						 &mtk->mtk, &mtk->salt,
						 &fault) :
			    mbstf_mtk_add(local_of(bmsc), flow, mtk->msk_id,
					  mtk->mtk_id, &mtk->mtk, &mtk->salt,
					  &fault))
			complain(bmsc, sender, &fault);
	}
}

void bmsc_senders_mtk_activate(struct bmsc *bmsc, int64_t flow, uint32_t msk_id,
			       uint16_t mtk_id)
{
	struct bmsc_sender *sender;
	unsigned int i;

	for (i = 0; i < bmsc->sender_count; i++) {
		struct fault fault = { 0 };

		sender = &bmsc->senders[i];
		if (sender->remote ?
			    mbstf_remote_mtk_activate(sender->remote, flow,
						      msk_id, mtk_id, &fault) :
			    mbstf_mtk_activate(local_of(bmsc), flow, msk_id,
					       mtk_id, &fault))
			complain(bmsc, sender, &fault);
	}
}

void bmsc_senders_mtk_delete(struct bmsc *bmsc, int64_t flow, uint32_t msk_id,
			     uint16_t mtk_id)
{
	unsigned int i;

	for (i = 0; i < bmsc->sender_count; i++)
		if (bmsc->senders[i].remote)
			mbstf_remote_mtk_delete(bmsc->senders[i].remote, flow,
						msk_id, mtk_id);
		else
			mbstf_mtk_delete(local_of(bmsc), flow, msk_id, mtk_id);
}

void bmsc_senders_sources(struct bmsc *bmsc, int64_t flow,
			  void (*take)(void *argument,
				       const struct mbstf_source *source),
			  void *argument)
{
	const struct mbstf_source *sources;
	const struct bmsc_sender *sender;
	unsigned int i;
	size_t j, count;

	for (i = 0; i < bmsc->sender_count; i++) {
		sender = &bmsc->senders[i];
		count = sender->remote ?
				mbstf_remote_sources(sender->remote, flow,
						     &sources) :
				mbstf_sources(local_of(bmsc), flow, &sources);
		for (j = 0; j < count; j++)
			take(argument, &sources[j]);
	}
}

void bmsc_senders_send(struct bmsc *bmsc, int64_t flow, const void *data,
		       size_t size)
{
	struct bmsc_sender *sender;
	unsigned int i;

	for (i = 0; i < bmsc->sender_count; i++) {
		struct fault fault = { 0 };

		sender = &bmsc->senders[i];
		if (sender->remote ? mbstf_remote_send(sender->remote, flow,
						       data, size, &fault) :
				     mbstf_send(local_of(bmsc), flow, data,
						size, &fault))
			complain(bmsc, sender, &fault);
	}
}
