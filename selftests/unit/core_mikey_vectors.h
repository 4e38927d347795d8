/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The messages of selftests/vectors/mikey.json as requests to build them. */
#ifndef CORE_MIKEY_VECTORS_H
#define CORE_MIKEY_VECTORS_H

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "core/mbms_message.h"
#include "vectors.h"

#define MESSAGE_MAX 512
#define RESPONDER "I1U8vpY3qJ0hiuZNrke/NQ==@bsf.home1.net"

/* What a request of a vector points to. */
struct request {
	struct mbms_msk_message msk;
	struct mbms_mtk_message mtk;
	struct secret psk;
	struct secret key;
	struct secret salt;
	uint8_t initiator[64];
	uint8_t responder[64];
	struct mikey_stream streams[MIKEY_STREAMS_MAX];
	struct mikey_policy policies[MIKEY_POLICIES_MAX];
};

static inline size_t message_load(json_t *list, const char *name,
				  uint8_t message[MESSAGE_MAX])
{
	return vectors_hex(vectors_find(list, name), "message", message,
			   MESSAGE_MAX);
}

static inline bool vector_is(const json_t *vector, const char *kind)
{
	return !strcmp(vectors_text(vector, "kind"), kind);
}

static inline void vector_msk_ref(const json_t *vector, struct msk_ref *ref)
{
	vectors_octets(vector, "key-domain", ref->domain.octets,
		       KEY_DOMAIN_ID_SIZE);
	ref->msk_id = (uint32_t)vectors_number(vector, "msk-id");
}

static inline void vector_streams(const json_t *vector, struct request *request)
{
	json_t *list = json_object_get(vector, "streams");
	json_t *entry, *parameter;
	struct mikey_policy *policy;
	size_t i, j;

	json_array_foreach(list, i, entry)
		request->streams[i] = (struct mikey_stream){
		.policy = (uint8_t)vectors_number(entry, "policy"),
		.ssrc = (uint32_t)vectors_number(entry, "ssrc"),
		.roc = (uint32_t)vectors_number(entry, "roc"),
	};
	request->msk.stream_count = json_array_size(list);
	request->msk.streams = request->streams;
	list = json_object_get(vector, "policies");
	json_array_foreach(list, i, entry)
	{
		policy = &request->policies[i];
		*policy = (struct mikey_policy){
			.number = (uint8_t)vectors_number(entry, "number"),
		};
		json_array_foreach(json_object_get(entry, "parameters"), j,
				   parameter)
			assert_int_equal(
				mikey_policy_add(
					policy,
					(uint8_t)json_integer_value(
						json_array_get(parameter, 0)),
					(uint16_t)json_integer_value(
						json_array_get(parameter, 1)),
					NULL),
				0);
	}
	request->msk.policy_count = json_array_size(list);
	request->msk.policies = request->policies;
}

/* MSK delivery or solicited pull. */
static inline void request_msk(const json_t *vector, struct request *request)
{
	struct mbms_msk_message *msk = &request->msk;

	*request = (struct request){ 0 };
	vectors_secret(vector, "muk", &request->psk);
	msk->initiator.type = (uint8_t)vectors_number(vector, "initiator-type");
	msk->initiator.data.data = request->initiator;
	msk->initiator.data.size = vectors_hex(vector, "initiator",
					       request->initiator,
					       sizeof(request->initiator));
	msk->responder.type = MIKEY_NAI;
	msk->responder.data.data = request->responder;
	msk->responder.data.size = vectors_hex(vector, "responder",
					       request->responder,
					       sizeof(request->responder));
	msk->counter = (uint32_t)vectors_number(vector, "counter");
	msk->csb_id = (uint32_t)vectors_number(vector, "csb-id");
	vectors_octets(vector, "rand", msk->rand, sizeof(msk->rand));
	msk->verify = json_is_true(json_object_get(vector, "verify"));
	vector_msk_ref(vector, &msk->msk_ref);
	vector_streams(vector, request);
	if (!vectors_has(vector, "msk"))
		return;
	vectors_secret(vector, "msk", &request->key);
	msk->msk = &request->key;
	msk->low = (uint16_t)vectors_number(vector, "low");
	msk->high = (uint16_t)vectors_number(vector, "high");
}

static inline void request_mtk(const json_t *vector, struct request *request)
{
	struct mbms_mtk_message *mtk = &request->mtk;

	*request = (struct request){ 0 };
	vectors_secret(vector, "msk", &request->psk);
	mtk->counter = (uint32_t)vectors_number(vector, "counter");
	mtk->csb_id = (uint32_t)vectors_number(vector, "csb-id");
	vectors_octets(vector, "rand", mtk->rand, sizeof(mtk->rand));
	mtk->send_rand = json_is_true(json_object_get(vector, "send-rand"));
	vector_msk_ref(vector, &mtk->msk_ref);
	mtk->mtk_id = (uint16_t)vectors_number(vector, "mtk-id");
	vectors_secret(vector, "mtk", &request->key);
	mtk->mtk = &request->key;
	if (!vectors_has(vector, "salt"))
		return;
	vectors_secret(vector, "salt", &request->salt);
	mtk->salt = &request->salt;
}

static inline void request_clear(struct request *request)
{
	secret_clear(&request->psk);
	secret_clear(&request->key);
	secret_clear(&request->salt);
}

/* Builds what the vector describes. Returns 0 or -1 as the builders do. */
static inline int request_build(const json_t *vector, struct writer *writer,
				struct fault *fault)
{
	struct request request;
	int result;

	if (vector_is(vector, "mtk-delivery")) {
		request_mtk(vector, &request);
		result = mbms_mtk_build(&request.mtk, &request.psk, writer,
					fault);
	} else {
		request_msk(vector, &request);
		result = vector_is(vector, "msk-delivery") ?
				 mbms_msk_build(&request.msk, &request.psk,
						writer, fault) :
				 mbms_solicit_build(&request.msk, &request.psk,
						    writer, fault);
	}
	request_clear(&request);
	return result;
}

/* The text of a refusal names what it is about. */
static inline void check_refusal(int result, struct fault *fault,
				 enum fault_code code, const char *part,
				 int line)
{
	if (result != -1 || fault->code != code || !strstr(fault->text, part))
		fail_msg("line %d: %d, %s: '%s' is no refusal about '%s'", line,
			 result, fault_name(fault->code), fault->text, part);
	*fault = (struct fault){ 0 };
}

#define assert_refused(result, fault, code, part) \
	check_refusal(result, &(fault), code, part, __LINE__)

#endif /* CORE_MIKEY_VECTORS_H */
