// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "mbms_message.h"

const char *mbms_kind_name(enum mbms_kind kind)
{
	switch (kind) {
	case MBMS_MSK_DELIVERY:
		return "MSK delivery";
	case MBMS_SOLICITED_PULL:
		return "solicited pull";
	case MBMS_MTK_DELIVERY:
		return "MTK delivery";
	case MBMS_VERIFICATION:
		return "verification";
	case MBMS_ERROR:
		return "error";
	}
	return "unknown";
}

/* ---- Shape ---- */

static bool policy_exists(const struct mikey_message *message, uint8_t number)
{
	uint8_t i;

	for (i = 0; i < message->policy_count; i++)
		if (message->policies[i].number == number)
			return true;
	return false;
}

/* The policy travels with the MSK (RFC 4563, 7), so here it is complete. */
static int check_streams(const struct mikey_message *message,
			 struct fault *fault)
{
	uint8_t i;

	if (message->map != MIKEY_MAP_SRTP)
		return 0;
	if (!message->sessions)
		return fault_set(fault, FAULT_MALFORMED,
				 "MSK delivery's SRTP-ID map has no stream");
	for (i = 0; i < message->sessions; i++)
		if (!policy_exists(message, message->streams[i].policy))
			return fault_set(
				fault, FAULT_MALFORMED,
				"stream %08x refers to the policy %u, which is not there",
				message->streams[i].ssrc,
				message->streams[i].policy);
	for (i = 0; i < message->policy_count; i++)
		if (mbms_policy_check(&message->policies[i], fault))
			return -1;
	return 0;
}

static int check_msk(const struct mikey_message *message, enum mbms_kind *kind,
		     struct fault *fault)
{
	uint16_t number = msk_id_number(message->key_ids.msk.msk_id);

	if (!message->responder.data.size || !message->rand.size)
		return fault_set(fault, FAULT_MALFORMED,
				 "MSK message lacks RAND, IDi or IDr");
	if (message->encrypted.size) {
		*kind = MBMS_MSK_DELIVERY;
		if (number == MSK_NUMBER_CURRENT)
			return fault_set(fault, FAULT_MALFORMED,
					 "MSK delivery has the Key Number 0");
		return check_streams(message, fault);
	}
	*kind = MBMS_SOLICITED_PULL;
	if (number != MSK_NUMBER_CURRENT)
		return fault_set(
			fault, FAULT_MALFORMED,
			"MSK message has no key, and its Key Number is %u, not 0",
			number);
	if (message->map == MIKEY_MAP_SRTP &&
	    (message->policy_count || message->sessions))
		return fault_set(fault, FAULT_MALFORMED,
				 "solicited pull has streams or policies");
	return 0;
}

static int check_mtk(const struct mikey_message *message, struct fault *fault)
{
	if (message->key_ids.mtk_id == MTK_ID_NONE)
		return fault_set(fault, FAULT_MALFORMED,
				 "MTK delivery has the MTK ID 0");
	if (msk_id_number(message->key_ids.msk.msk_id) == MSK_NUMBER_CURRENT)
		return fault_set(fault, FAULT_MALFORMED,
				 "MTK delivery has the Key Number 0");
	if (message->initiator.data.size || message->policy_count)
		return fault_set(fault, FAULT_MALFORMED,
				 "MTK delivery has a payload ID or SP");
	if (!message->encrypted.size)
		return fault_set(fault, FAULT_MALFORMED,
				 "MTK delivery has no key");
	if (message->verify)
		return fault_set(fault, FAULT_MALFORMED,
				 "MTK delivery asks the group for answers");
	return 0;
}

static int check_shape(const struct mikey_message *message,
		       enum mbms_kind *kind, struct fault *fault)
{
	if (message->timestamp_type != MIKEY_COUNTER)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "T payload has type %u, not a counter",
				 message->timestamp_type);
	switch (message->type) {
	case MIKEY_PSK_VERIFICATION:
		*kind = MBMS_VERIFICATION;
		return 0;
	case MIKEY_ERROR:
		*kind = MBMS_ERROR;
		return 0;
	}
	if (!mikey_has_key_id(message, MIKEY_KEY_DOMAIN_ID) ||
	    !mikey_has_key_id(message, MIKEY_MSK_ID))
		return fault_set(fault, FAULT_MALFORMED,
				 "message names no Key Domain ID or no MSK ID");
	if (!mikey_has_key_id(message, MIKEY_MTK_ID))
		return check_msk(message, kind, fault);
	*kind = MBMS_MTK_DELIVERY;
	return check_mtk(message, fault);
}

int mbms_message_decode(struct mikey_message *message, enum mbms_kind *kind,
			const void *data, size_t size, struct fault *fault)
{
	if (mikey_decode(message, data, size, fault))
		return -1;
	if (!check_shape(message, kind, fault))
		return 0;
	*message = (struct mikey_message){ 0 };
	return -1;
}

/* ---- Building ---- */

static unsigned int payload_count(const struct mikey_message *message,
				  uint8_t payload)
{
	switch (payload) {
	case MIKEY_T:
		return 1;
	case MIKEY_EXT:
		return message->key_ids.count > 0;
	case MIKEY_RAND:
		return message->rand.size > 0;
	case MIKEY_ID:
		return (message->initiator.data.size > 0) +
		       (message->responder.data.size > 0);
	case MIKEY_SP:
		return message->policy_count;
	}
	return 0;
}

/* Puts the payloads that have contents into our order, then @last. */
static int add_payloads(struct mikey_message *message, enum mikey_payload last,
			struct fault *fault)
{
	unsigned int count;
	size_t i;

	for (i = 0; i < MBMS_PAYLOAD_ORDER_COUNT; i++)
		for (count = payload_count(message, mbms_payload_order[i]);
		     count; count--)
			if (mikey_add(message, mbms_payload_order[i], fault))
				return -1;
	return mikey_add(message, last, fault);
}

static int check_counter(uint32_t counter, struct fault *fault)
{
	if (counter != MBMS_COUNTER_NONE)
		return 0;
	return fault_set(fault, FAULT_ARGUMENT,
			 "counter of a message must not be 0");
}

static struct mikey_message start_message(uint32_t csb_id, uint32_t counter,
					  const struct msk_ref *msk)
{
	return (struct mikey_message){
		.type = MIKEY_PSK,
		.csb_id = csb_id,
		.map = MIKEY_MAP_EMPTY,
		.sessions = MBMS_SESSIONS_WITHOUT_MAP,
		.timestamp_type = MIKEY_COUNTER,
		.timestamp = counter,
		.key_ids = { .count = 2,
			     .order = { MIKEY_KEY_DOMAIN_ID, MIKEY_MSK_ID },
			     .msk = *msk },
	};
}

static int add_streams(struct mikey_message *message,
		       const struct mbms_msk_message *request,
		       struct fault *fault)
{
	if (request->stream_count > MIKEY_STREAMS_MAX ||
	    request->policy_count > MIKEY_POLICIES_MAX)
		return fault_set(
			fault, FAULT_LIMIT,
			"MSK delivery has more than %d streams or %d policies",
			MIKEY_STREAMS_MAX, MIKEY_POLICIES_MAX);
	if (!request->stream_count)
		return 0;
	message->map = MIKEY_MAP_SRTP;
	message->sessions = (uint8_t)request->stream_count;
	memcpy(message->streams, request->streams,
	       request->stream_count * sizeof(*request->streams));
	message->policy_count = (uint8_t)request->policy_count;
	if (request->policy_count)
		memcpy(message->policies, request->policies,
		       request->policy_count * sizeof(*request->policies));
	return check_streams(message, fault);
}

/* Checks of the own shape come before a key is used. */
static int protect(struct mikey_message *message, const struct mikey_key *key,
		   const struct secret *psk, const uint8_t *rand,
		   struct writer *writer, struct fault *fault)
{
	const struct mikey_bytes bytes = { rand, MBMS_RAND_SIZE };
	struct mikey_keys keys = { 0 };
	int result = -1;

	if (!add_payloads(message, MIKEY_KEMAC, fault) &&
	    !mikey_keys_derive(&keys, psk, message->csb_id, &bytes, fault))
		result = mikey_protect(message, &keys, key, writer, fault);
	mikey_keys_clear(&keys);
	return result;
}

static int check_request(const struct mbms_msk_message *request, bool solicit,
			 struct fault *fault)
{
	uint16_t number = msk_id_number(request->msk_ref.msk_id);
	bool current = number == MSK_NUMBER_CURRENT;

	if (!request->initiator.data.size || !request->responder.data.size)
		return fault_set(fault, FAULT_ARGUMENT,
				 "MSK message needs IDi and IDr");
	if (solicit != current)
		return fault_set(fault, FAULT_ARGUMENT,
				 "Key Number %u does not fit %s", number,
				 solicit ? "a solicited pull" :
					   "an MSK delivery");
	if (solicit != !request->msk || (solicit && request->stream_count))
		return fault_set(
			fault, FAULT_ARGUMENT, "MSK or streams do not fit %s",
			solicit ? "a solicited pull" : "an MSK delivery");
	if (!request->stream_count && request->policy_count)
		return fault_set(fault, FAULT_ARGUMENT,
				 "policies without a stream");
	if (request->msk && request->msk->size != MSK_SIZE)
		return fault_set(fault, FAULT_ARGUMENT,
				 "MSK has %zu octets, not %d",
				 request->msk->size, MSK_SIZE);
	return check_counter(request->counter, fault);
}

static int build_unicast(const struct mbms_msk_message *request,
			 const struct mikey_key *key, const struct secret *muk,
			 struct writer *writer, struct fault *fault)
{
	struct mikey_message message = start_message(
		request->csb_id, request->counter, &request->msk_ref);

	message.verify = request->verify;
	message.initiator = request->initiator;
	message.responder = request->responder;
	message.rand = (struct mikey_bytes){ request->rand, MBMS_RAND_SIZE };
	if (add_streams(&message, request, fault))
		return -1;
	return protect(&message, key, muk, request->rand, writer, fault);
}

int mbms_msk_build(const struct mbms_msk_message *request,
		   const struct secret *muk, struct writer *writer,
		   struct fault *fault)
{
	struct mikey_key key = {
		.type = MBMS_MSK_KEY_TYPE,
		.validity = MIKEY_VALIDITY_INTERVAL,
		.from = request->low,
		.to = request->high,
		.from_size = MBMS_INTERVAL_SIZE,
		.to_size = MBMS_INTERVAL_SIZE,
	};

	if (check_request(request, false, fault))
		return -1;
	/* A view; the secret stays the caller's. */
	key.key = *request->msk;
	return build_unicast(request, &key, muk, writer, fault);
}

int mbms_solicit_build(const struct mbms_msk_message *request,
		       const struct secret *muk, struct writer *writer,
		       struct fault *fault)
{
	if (check_request(request, true, fault))
		return -1;
	return build_unicast(request, NULL, muk, writer, fault);
}

int mbms_msk_interval(const struct mikey_key *key, uint16_t *low,
		      uint16_t *high, struct fault *fault)
{
	if (key->type != MBMS_MSK_KEY_TYPE)
		return fault_set(fault, FAULT_MALFORMED,
				 "MSK has key type %u, not %d", key->type,
				 MBMS_MSK_KEY_TYPE);
	if (key->key.size != MSK_SIZE)
		return fault_set(fault, FAULT_MALFORMED,
				 "MSK has %zu octets, not %d", key->key.size,
				 MSK_SIZE);
	if (key->validity != MIKEY_VALIDITY_INTERVAL ||
	    key->from_size != MBMS_INTERVAL_SIZE ||
	    key->to_size != MBMS_INTERVAL_SIZE)
		return fault_set(fault, FAULT_MALFORMED,
				 "MSK has no interval of MTK IDs");
	*low = (uint16_t)key->from;
	*high = (uint16_t)key->to;
	return 0;
}

static int check_delivery(const struct mbms_mtk_message *delivery,
			  struct fault *fault)
{
	if (delivery->mtk_id == MTK_ID_NONE ||
	    msk_id_number(delivery->msk_ref.msk_id) == MSK_NUMBER_CURRENT)
		return fault_set(
			fault, FAULT_ARGUMENT,
			"MTK delivery needs an MTK ID and a Key Number other than 0");
	if (!mbms_mtk_size_fits(delivery->mtk->size, delivery->salt) ||
	    (delivery->salt && delivery->salt->size != MTK_SALT_SIZE))
		return fault_set(fault, FAULT_ARGUMENT,
				 "MTK or salt has a wrong size");
	return check_counter(delivery->counter, fault);
}

int mbms_mtk_build(const struct mbms_mtk_message *delivery,
		   const struct secret *msk, struct writer *writer,
		   struct fault *fault)
{
	struct mikey_message message = start_message(
		delivery->csb_id, delivery->counter, &delivery->msk_ref);
	/* Views; the secrets stay the caller's. */
	struct mikey_key key = {
		.type = delivery->salt ? MBMS_STREAMING_KEY_TYPE :
					 MBMS_DOWNLOAD_KEY_TYPE,
		.key = *delivery->mtk,
	};

	if (check_delivery(delivery, fault))
		return -1;
	if (delivery->salt)
		key.salt = *delivery->salt;
	message.key_ids.order[message.key_ids.count++] = MIKEY_MTK_ID;
	message.key_ids.mtk_id = delivery->mtk_id;
	if (delivery->send_rand)
		message.rand =
			(struct mikey_bytes){ delivery->rand, MBMS_RAND_SIZE };
	return protect(&message, &key, msk, delivery->rand, writer, fault);
}

int mbms_mtk_check(const struct mikey_key *key, struct fault *fault)
{
	if (key->type != MBMS_STREAMING_KEY_TYPE &&
	    key->type != MBMS_DOWNLOAD_KEY_TYPE)
		return fault_set(fault, FAULT_MALFORMED,
				 "MTK has key type %u, not %d or %d", key->type,
				 MBMS_STREAMING_KEY_TYPE,
				 MBMS_DOWNLOAD_KEY_TYPE);
	if (!mbms_mtk_size_fits(key->key.size,
				key->type == MBMS_STREAMING_KEY_TYPE))
		return fault_set(fault, FAULT_MALFORMED,
				 "MTK has %zu octets, not %d", key->key.size,
				 MTK_SIZE);
	if (key->type == MBMS_STREAMING_KEY_TYPE &&
	    key->salt.size != MTK_SALT_SIZE)
		return fault_set(fault, FAULT_MALFORMED,
				 "salt has %zu octets, not %d", key->salt.size,
				 MTK_SALT_SIZE);
	if (key->validity != MIKEY_VALIDITY_NULL)
		return fault_set(fault, FAULT_MALFORMED,
				 "MTK has a validity (KV %u)", key->validity);
	return 0;
}

/* ---- Answers ---- */

#define EXTRA_SIZE_MAX (2 * MIKEY_ID_MAX + 4)

int mbms_verification_build(const struct mikey_message *request,
			    const struct mikey_keys *keys,
			    struct writer *writer, struct fault *fault)
{
	struct mikey_message answer = {
		.type = MIKEY_PSK_VERIFICATION,
		.csb_id = request->csb_id,
		.map = MIKEY_MAP_EMPTY,
		.sessions = MBMS_SESSIONS_WITHOUT_MAP,
		.timestamp_type = request->timestamp_type,
		.timestamp = request->timestamp,
		.responder = request->responder,
	};
	uint8_t octets[EXTRA_SIZE_MAX];
	struct mikey_bytes extra = { .data = octets };
	struct writer text;

	writer_init(&text, octets, sizeof(octets));
	mbms_verification_extra(&request->initiator, &request->responder,
				(uint32_t)request->timestamp, &text);
	if (writer_check(&text, "identities of the answer", fault) ||
	    add_payloads(&answer, MIKEY_V, fault))
		return -1;
	extra.size = text.length;
	return mikey_sign(&answer, keys, &extra, writer, fault);
}

static int check_answer(const struct mikey_message *answer,
			const struct mbms_msk_message *request,
			struct fault *fault)
{
	const struct mikey_bytes *id = &answer->responder.data;
	const struct mikey_bytes *wanted = &request->responder.data;

	if (answer->type != MIKEY_PSK_VERIFICATION)
		return fault_set(fault, FAULT_MALFORMED,
				 "answer is no verification message");
	if (answer->csb_id != request->csb_id ||
	    answer->timestamp_type != MIKEY_COUNTER ||
	    answer->timestamp != request->counter)
		return fault_set(fault, FAULT_UNKNOWN,
				 "verification answers another message");
	if (id->size && (id->size != wanted->size ||
			 memcmp(id->data, wanted->data, id->size)))
		return fault_set(fault, FAULT_UNKNOWN,
				 "verification comes from another IDr");
	return 0;
}

int mbms_verification_check(const struct mikey_message *answer,
			    const struct mbms_msk_message *request,
			    const struct secret *muk, struct fault *fault)
{
	const struct mikey_bytes rand = { request->rand, MBMS_RAND_SIZE };
	struct mikey_keys keys = { 0 };
	uint8_t octets[EXTRA_SIZE_MAX];
	struct mikey_bytes extra = { .data = octets };
	struct writer text;
	int result = -1;

	if (check_answer(answer, request, fault))
		return -1;
	writer_init(&text, octets, sizeof(octets));
	mbms_verification_extra(&request->initiator, &request->responder,
				request->counter, &text);
	extra.size = text.length;
	if (!writer_check(&text, "identities of the request", fault) &&
	    !mikey_keys_derive(&keys, muk, request->csb_id, &rand, fault))
		result = mikey_check(answer, &keys, &extra, fault);
	mikey_keys_clear(&keys);
	return result;
}

int mbms_error_build(uint32_t csb_id, uint32_t counter, const uint8_t *errors,
		     size_t count, const struct mikey_keys *keys,
		     struct writer *writer, struct fault *fault)
{
	struct mikey_message message = {
		.type = MIKEY_ERROR,
		.csb_id = csb_id,
		.map = MIKEY_MAP_EMPTY,
		.sessions = MBMS_SESSIONS_WITHOUT_MAP,
		.timestamp_type = MIKEY_COUNTER,
		.timestamp = counter,
	};
	size_t i;

	if (!count || count > MIKEY_ERRORS_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "error message has %zu errors, not 1 to %d",
				 count, MIKEY_ERRORS_MAX);
	mikey_add(&message, MIKEY_T, NULL);
	for (i = 0; i < count; i++) {
		message.errors[message.error_count++] = errors[i];
		mikey_add(&message, MIKEY_ERR, NULL);
	}
	if (!keys)
		return mikey_encode(&message, writer, fault);
	mikey_add(&message, MIKEY_V, NULL);
	return mikey_sign(&message, keys, NULL, writer, fault);
}
