/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A receiver with a MUK, and messages for it. */
#ifndef CORE_MGVF_FIXTURE_H
#define CORE_MGVF_FIXTURE_H

#include "core/mgvf.h"
#include "core_mikey_vectors.h"

#define MSK_DOWNLOAD "MSK delivery, download"
#define MTK_STREAMING "MTK delivery, streaming"

static json_t *list;
static struct mgvf mgvf;
static struct mgvf_outcome outcome;
static struct naf_id bmsc;

static inline void set_muk(uint32_t counter)
{
	struct secret muk = { 0 };

	vectors_secret(vectors_find(list, MSK_DOWNLOAD), "muk", &muk);
	assert_int_equal(
		mgvf_muk_set(&mgvf, &bmsc, RESPONDER, &muk, counter, NULL), 0);
	secret_clear(&muk);
}

static inline int start(void **state)
{
	(void)state;
	list = vectors_load("mikey");
	assert_int_equal(
		naf_id_set(&bmsc, "bmsc.home1.net", UA_PROTOCOL_MBMS, NULL), 0);
	mgvf_init(&mgvf);
	set_muk(MBMS_COUNTER_NONE);
	return 0;
}

static inline int stop(void **state)
{
	(void)state;
	mgvf_outcome_clear(&outcome);
	mgvf_clear(&mgvf);
	json_decref(list);
	return 0;
}

static inline void take_octets(const uint8_t *octets, size_t size,
			       enum mgvf_event event)
{
	struct fault fault = { 0 };

	if (mgvf_receive(&mgvf, octets, size, &outcome, &fault))
		fail_msg("refused: %s", fault.text);
	assert_int_equal(outcome.event, event);
}

/* Refused, with the state as it was and an empty outcome. */
static inline void refuse_octets(const uint8_t *octets, size_t size,
				 enum fault_code code, const char *part)
{
	static const struct mgvf_outcome zero;
	static struct mgvf before;
	struct fault fault = { 0 };

	memcpy(&before, &mgvf, sizeof(before));
	assert_refused(mgvf_receive(&mgvf, octets, size, &outcome, &fault),
		       fault, code, part);
	assert_memory_equal(&mgvf, &before, sizeof(before));
	assert_memory_equal(&outcome, &zero, sizeof(zero));
}

static inline void take(const char *name, enum mgvf_event event)
{
	uint8_t octets[MESSAGE_MAX];
	size_t size = message_load(list, name, octets);

	take_octets(octets, size, event);
}

static inline void refuse(const char *name, enum fault_code code,
			  const char *part)
{
	uint8_t octets[MESSAGE_MAX];
	size_t size = message_load(list, name, octets);

	refuse_octets(octets, size, code, part);
}

/* Requests that start as a vector and that a test changes. */
static inline struct request msk_request(const char *name)
{
	static struct request request;

	request_msk(vectors_find(list, name), &request);
	return request;
}

static inline size_t build_msk(const struct mbms_msk_message *msk,
			       uint8_t *octets)
{
	struct fault fault = { 0 };
	struct secret muk = { 0 };
	struct writer writer;

	vectors_secret(vectors_find(list, MSK_DOWNLOAD), "muk", &muk);
	writer_init(&writer, octets, MESSAGE_MAX);
	if (mbms_msk_build(msk, &muk, &writer, &fault))
		fail_msg("%s", fault.text);
	secret_clear(&muk);
	return writer.length;
}

/* Delivers an MSK of 16 octets @fill with an interval 0 to 255. */
static inline void deliver(uint32_t counter, uint8_t domain, uint32_t msk_id,
			   uint8_t fill, enum mgvf_event event)
{
	struct request request = msk_request(MSK_DOWNLOAD);
	uint8_t octets[MESSAGE_MAX];

	/* The copy's pointers are into the original. */
	request.msk.msk = &request.key;
	memset(request.key.bytes, fill, request.key.size);
	request.msk.counter = counter;
	request.msk.msk_ref.domain.octets[2] = domain;
	request.msk.msk_ref.msk_id = msk_id;
	take_octets(octets, build_msk(&request.msk, octets), event);
	request_clear(&request);
}

static inline size_t build_mtk(uint32_t counter, uint32_t msk_id, uint8_t fill,
			       uint16_t mtk_id, uint8_t *octets)
{
	struct request request;
	struct fault fault = { 0 };
	struct writer writer;

	request_mtk(vectors_find(list, MTK_STREAMING), &request);
	memset(request.psk.bytes, fill, request.psk.size);
	request.mtk.counter = counter;
	request.mtk.msk_ref.msk_id = msk_id;
	request.mtk.mtk_id = mtk_id;
	writer_init(&writer, octets, MESSAGE_MAX);
	if (mbms_mtk_build(&request.mtk, &request.psk, &writer, &fault))
		fail_msg("%s", fault.text);
	request_clear(&request);
	return writer.length;
}

static inline const struct mgvf_msk *stored(uint32_t msk_id)
{
	struct msk_ref ref = { .domain = { { 0x62, 0xf2, 0x10 } },
			       .msk_id = msk_id };

	return mgvf_msk_find(&mgvf, &ref);
}

#endif /* CORE_MGVF_FIXTURE_H */
