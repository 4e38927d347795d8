// SPDX-License-Identifier: GPL-2.0-or-later
/* Which MIKEY messages MBMS has, and what the builders and answers refuse. */
#include "core_mikey_vectors.h"

static json_t *list;

static int setup(void **state)
{
	(void)state;
	list = vectors_load("mikey");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	json_decref(list);
	return 0;
}

static enum mbms_kind kind_of(const json_t *vector)
{
	static const struct {
		const char *name;
		enum mbms_kind kind;
	} kinds[] = {
		{ "msk-delivery", MBMS_MSK_DELIVERY },
		{ "solicited-pull", MBMS_SOLICITED_PULL },
		{ "mtk-delivery", MBMS_MTK_DELIVERY },
		{ "verification", MBMS_VERIFICATION },
		{ "error", MBMS_ERROR },
	};
	size_t i;

	for (i = 0; i < 5; i++)
		if (vector_is(vector, kinds[i].name))
			return kinds[i].kind;
	return 0;
}

static void golden_kinds(void **state)
{
	uint8_t octets[MESSAGE_MAX];
	struct mikey_message message;
	struct fault fault = { 0 };
	enum mbms_kind kind;
	json_t *vector;
	size_t i, size;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		if (!vectors_has(vector, "message"))
			continue;
		size = vectors_hex(vector, "message", octets, sizeof(octets));
		if (mbms_message_decode(&message, &kind, octets, size, &fault))
			fail_msg("%s: %s", vectors_name(vector), fault.text);
		assert_int_equal(kind, kind_of(vector));
	}
	assert_string_equal(mbms_kind_name(MBMS_MSK_DELIVERY), "MSK delivery");
	assert_string_equal(mbms_kind_name(MBMS_SOLICITED_PULL),
			    "solicited pull");
	assert_string_equal(mbms_kind_name(MBMS_MTK_DELIVERY), "MTK delivery");
	assert_string_equal(mbms_kind_name(MBMS_VERIFICATION), "verification");
	assert_string_equal(mbms_kind_name(MBMS_ERROR), "error");
	assert_string_equal(mbms_kind_name(0), "unknown");
}

/* A golden message as a struct, to be changed, and its octets. */
struct changed {
	uint8_t octets[MESSAGE_MAX];
	struct mikey_message message;
};

static void changed_load(struct changed *changed, const char *name)
{
	size_t size = message_load(list, name, changed->octets);

	assert_int_equal(mikey_decode(&changed->message, changed->octets, size,
				      NULL),
			 0);
}

/* Valid MIKEY, but not of MBMS. */
static void refuse_shape(const struct mikey_message *message,
			 enum fault_code code, const char *part)
{
	static const struct mikey_message zero;
	uint8_t octets[MESSAGE_MAX];
	struct mikey_message again;
	struct fault fault = { 0 };
	struct writer writer;
	enum mbms_kind kind;

	writer_init(&writer, octets, sizeof(octets));
	if (mikey_encode(message, &writer, &fault))
		fail_msg("%s", fault.text);
	assert_refused(mbms_message_decode(&again, &kind, octets, writer.length,
					   &fault),
		       fault, code, part);
	assert_memory_equal(&again, &zero, sizeof(zero));
}

static void remove_payload(struct mikey_message *message, uint8_t payload)
{
	uint8_t i, kept = 0;

	for (i = 0; i < message->count; i++)
		if (message->order[i] != payload)
			message->order[kept++] = message->order[i];
	message->count = kept;
}

static void shapes_of_msk_refused(void **state)
{
	struct mikey_message *m;
	struct changed changed;

	(void)state;
	m = &changed.message;
	changed_load(&changed, "MSK delivery, download");
	m->timestamp_type = MIKEY_NTP;
	refuse_shape(m, FAULT_UNSUPPORTED, "counter");
	changed_load(&changed, "MSK delivery, download");
	remove_payload(m, MIKEY_EXT);
	refuse_shape(m, FAULT_MALFORMED, "Key Domain ID");
	changed_load(&changed, "MSK delivery, download");
	m->key_ids.count = 1;
	refuse_shape(m, FAULT_MALFORMED, "MSK ID");
	m->key_ids.order[0] = MIKEY_MSK_ID;
	refuse_shape(m, FAULT_MALFORMED, "Key Domain ID");
	changed_load(&changed, "MSK delivery, download");
	remove_payload(m, MIKEY_RAND);
	refuse_shape(m, FAULT_MALFORMED, "RAND");
	changed_load(&changed, "MSK delivery, download");
	remove_payload(m, MIKEY_ID);
	refuse_shape(m, FAULT_MALFORMED, "IDi");
	/* One ID is the initiator's. */
	m->order[m->count - 1] = MIKEY_ID;
	m->order[m->count++] = MIKEY_KEMAC;
	refuse_shape(m, FAULT_MALFORMED, "IDr");
	changed_load(&changed, "MSK delivery, download");
	m->key_ids.msk.msk_id = 0x00010000;
	refuse_shape(m, FAULT_MALFORMED, "Key Number 0");
	/* The SRTP-ID map without a stream. */
	changed_load(&changed, "MSK delivery, download");
	m->map = MIKEY_MAP_SRTP;
	refuse_shape(m, FAULT_MALFORMED, "no stream");
	changed_load(&changed, "MSK delivery, streaming");
	m->streams[0].policy = 1;
	refuse_shape(m, FAULT_MALFORMED, "policy 1");
	changed_load(&changed, "MSK delivery, streaming");
	m->policies[0].values[0] = MIKEY_SRTP_AES_F8;
	refuse_shape(m, FAULT_UNSUPPORTED, "encryption algorithm 2");
}

static void shapes_of_solicit_refused(void **state)
{
	struct changed changed, streaming;
	struct mikey_message *m = &changed.message;
	uint8_t octets[MESSAGE_MAX];
	struct mikey_message again;
	struct writer writer;
	enum mbms_kind kind;

	(void)state;
	/* With the empty map, #CS says nothing. */
	changed_load(&changed, "solicited pull");
	m->sessions = 3;
	writer_init(&writer, octets, sizeof(octets));
	assert_int_equal(mikey_encode(m, &writer, NULL), 0);
	assert_int_equal(mbms_message_decode(&again, &kind, octets,
					     writer.length, NULL),
			 0);
	assert_int_equal(kind, MBMS_SOLICITED_PULL);
	changed_load(&changed, "solicited pull");
	m->key_ids.msk.msk_id = 0x00010001;
	refuse_shape(m, FAULT_MALFORMED, "Key Number is 1");
	changed_load(&changed, "solicited pull");
	changed_load(&streaming, "MSK delivery, streaming");
	m->map = MIKEY_MAP_SRTP;
	m->sessions = 1;
	m->streams[0] = streaming.message.streams[0];
	refuse_shape(m, FAULT_MALFORMED, "streams or policies");
	m->sessions = 0;
	m->policy_count = 1;
	m->policies[0] = streaming.message.policies[0];
	m->order[m->count - 1] = MIKEY_SP;
	m->order[m->count++] = MIKEY_KEMAC;
	refuse_shape(m, FAULT_MALFORMED, "streams or policies");
}

static void shapes_of_mtk_refused(void **state)
{
	struct changed changed, msk;
	struct mikey_message *m = &changed.message;

	(void)state;
	changed_load(&msk, "MSK delivery, streaming");
	changed_load(&changed, "MTK delivery, streaming");
	m->key_ids.mtk_id = 0;
	refuse_shape(m, FAULT_MALFORMED, "MTK ID 0");
	changed_load(&changed, "MTK delivery, streaming");
	m->key_ids.msk.msk_id = 0x00010000;
	refuse_shape(m, FAULT_MALFORMED, "Key Number 0");
	changed_load(&changed, "MTK delivery, streaming");
	m->verify = true;
	refuse_shape(m, FAULT_MALFORMED, "answers");
	changed_load(&changed, "MTK delivery, streaming");
	m->encrypted.size = 0;
	refuse_shape(m, FAULT_MALFORMED, "no key");
	changed_load(&changed, "MTK delivery, streaming");
	m->initiator = msk.message.initiator;
	m->order[m->count - 1] = MIKEY_ID;
	m->order[m->count++] = MIKEY_KEMAC;
	refuse_shape(m, FAULT_MALFORMED, "ID or SP");
	changed_load(&changed, "MTK delivery, streaming");
	m->map = MIKEY_MAP_SRTP;
	m->policy_count = 1;
	m->policies[0] = msk.message.policies[0];
	m->order[m->count - 1] = MIKEY_SP;
	m->order[m->count++] = MIKEY_KEMAC;
	refuse_shape(m, FAULT_MALFORMED, "ID or SP");
}

/* ---- Builders ---- */

static void refuse_msk(struct request *request, bool solicit,
		       enum fault_code code, const char *part)
{
	uint8_t octets[MESSAGE_MAX];
	struct fault fault = { 0 };
	struct writer writer;

	writer_init(&writer, octets, sizeof(octets));
	assert_refused(solicit ?
			       mbms_solicit_build(&request->msk, &request->psk,
						  &writer, &fault) :
			       mbms_msk_build(&request->msk, &request->psk,
					      &writer, &fault),
		       fault, code, part);
	assert_int_equal(writer.length, 0);
	request_clear(request);
}

static struct mikey_policy many_policies[MIKEY_POLICIES_MAX + 1];

static void msk_builder_refuses(void **state)
{
	const json_t *vector = vectors_find(list, "MSK delivery, streaming");
	struct request request;

	(void)state;
	request_msk(vector, &request);
	request.msk.counter = MBMS_COUNTER_NONE;
	refuse_msk(&request, false, FAULT_ARGUMENT, "counter");
	request_msk(vector, &request);
	request.msk.initiator.data.size = 0;
	refuse_msk(&request, false, FAULT_ARGUMENT, "IDi");
	request_msk(vector, &request);
	request.msk.responder.data.size = 0;
	refuse_msk(&request, false, FAULT_ARGUMENT, "IDr");
	request_msk(vector, &request);
	request.msk.msk_ref.msk_id = 0x00010000;
	refuse_msk(&request, false, FAULT_ARGUMENT, "Key Number 0");
	request_msk(vector, &request);
	request.msk.msk = NULL;
	refuse_msk(&request, false, FAULT_ARGUMENT, "MSK or streams");
	request_msk(vector, &request);
	assert_int_equal(secret_set(&request.key, "123456789012345", 15), 0);
	refuse_msk(&request, false, FAULT_ARGUMENT, "15 octets");
	request_msk(vector, &request);
	request.msk.policy_count = 0;
	refuse_msk(&request, false, FAULT_MALFORMED, "not there");
	request_msk(vector, &request);
	request.msk.stream_count = 0;
	refuse_msk(&request, false, FAULT_ARGUMENT, "without a stream");
	request_msk(vector, &request);
	request.msk.stream_count = MIKEY_STREAMS_MAX + 1;
	refuse_msk(&request, false, FAULT_LIMIT, "streams");
	request_msk(vector, &request);
	request.msk.policies = many_policies;
	request.msk.policy_count = MIKEY_POLICIES_MAX + 1;
	refuse_msk(&request, false, FAULT_LIMIT, "policies");
	request_msk(vector, &request);
	secret_clear(&request.psk);
	refuse_msk(&request, false, FAULT_ARGUMENT, "");
	vector = vectors_find(list, "solicited pull");
	request_msk(vector, &request);
	request.msk.msk_ref.msk_id = 0x00010001;
	refuse_msk(&request, true, FAULT_ARGUMENT, "Key Number 1");
	request_msk(vector, &request);
	request.msk.msk = &request.psk;
	refuse_msk(&request, true, FAULT_ARGUMENT, "solicited pull");
	request_msk(vector, &request);
	request.msk.stream_count = 1;
	refuse_msk(&request, true, FAULT_ARGUMENT, "solicited pull");
}

static void refuse_mtk(struct request *request, const char *part)
{
	uint8_t octets[MESSAGE_MAX];
	struct fault fault = { 0 };
	struct writer writer;

	writer_init(&writer, octets, sizeof(octets));
	assert_refused(mbms_mtk_build(&request->mtk, &request->psk, &writer,
				      &fault),
		       fault, FAULT_ARGUMENT, part);
	assert_int_equal(writer.length, 0);
	request_clear(request);
}

static void mtk_builder_refuses(void **state)
{
	const json_t *vector = vectors_find(list, "MTK delivery, streaming");
	struct request request;

	(void)state;
	request_mtk(vector, &request);
	request.mtk.counter = MBMS_COUNTER_NONE;
	refuse_mtk(&request, "counter");
	request_mtk(vector, &request);
	request.mtk.mtk_id = MTK_ID_NONE;
	refuse_mtk(&request, "MTK ID");
	request_mtk(vector, &request);
	request.mtk.msk_ref.msk_id = 0x00010000;
	refuse_mtk(&request, "Key Number");
	request_mtk(vector, &request);
	assert_int_equal(secret_set(&request.key, "12345678901234567", 17), 0);
	refuse_mtk(&request, "wrong size");
	request_mtk(vector, &request);
	assert_int_equal(secret_set(&request.salt, "1234567890123", 13), 0);
	refuse_mtk(&request, "wrong size");
}

/* ---- Answers ---- */

static void golden_verifications(void **state)
{
	uint8_t octets[MESSAGE_MAX], out[MESSAGE_MAX];
	struct mikey_message message, answer;
	struct mikey_keys keys = { 0 };
	struct fault fault = { 0 };
	struct request request;
	struct writer writer;
	unsigned int count = 0;
	json_t *vector;
	size_t i, size;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		if (!vector_is(vector, "verification"))
			continue;
		request_msk(vectors_find(list, vectors_text(vector, "request")),
			    &request);
		size = message_load(list, vectors_text(vector, "request"),
				    octets);
		assert_int_equal(mikey_decode(&message, octets, size, NULL), 0);
		assert_int_equal(mikey_keys_derive(&keys, &request.psk,
						   message.csb_id,
						   &message.rand, NULL),
				 0);
		writer_init(&writer, out, sizeof(out));
		if (mbms_verification_build(&message, &keys, &writer, &fault))
			fail_msg("%s", fault.text);
		vectors_match(vector, "message", out, writer.length);
		assert_int_equal(
			mikey_decode(&answer, out, writer.length, NULL), 0);
		if (mbms_verification_check(&answer, &request.msk, &request.psk,
					    &fault))
			fail_msg("%s", fault.text);
		request_clear(&request);
		count++;
	}
	assert_int_equal(count, 3);
	mikey_keys_clear(&keys);
}

/* All that there is room for: identities, streams, policies. */
static void largest_delivery(void **state)
{
	static uint8_t name[MIKEY_ID_MAX], octets[MIKEY_SIZE_MAX];
	static uint8_t out[MIKEY_SIZE_MAX];
	struct mikey_message message, answer;
	struct mikey_keys keys = { 0 };
	struct fault fault = { 0 };
	struct request request;
	struct writer writer;
	enum mbms_kind kind;
	uint8_t i;

	(void)state;
	request_msk(vectors_find(list, "MSK delivery, streaming"), &request);
	memset(name, 'n', sizeof(name));
	request.msk.initiator.data = (struct mikey_bytes){ name, sizeof(name) };
	request.msk.responder.data = request.msk.initiator.data;
	for (i = 0; i < MIKEY_POLICIES_MAX; i++)
		mbms_policy_default(&request.policies[i], i);
	for (i = 0; i < MIKEY_STREAMS_MAX; i++)
		request.streams[i] = (struct mikey_stream){
			.policy = i % MIKEY_POLICIES_MAX,
			.ssrc = i,
		};
	request.msk.policy_count = MIKEY_POLICIES_MAX;
	request.msk.stream_count = MIKEY_STREAMS_MAX;
	writer_init(&writer, octets, sizeof(octets));
	if (mbms_msk_build(&request.msk, &request.psk, &writer, &fault))
		fail_msg("%s", fault.text);
	assert_int_equal(mbms_message_decode(&message, &kind, octets,
					     writer.length, NULL),
			 0);
	assert_int_equal(message.sessions, MIKEY_STREAMS_MAX);
	assert_int_equal(message.policy_count, MIKEY_POLICIES_MAX);
	assert_int_equal(mikey_keys_derive(&keys, &request.psk, message.csb_id,
					   &message.rand, NULL),
			 0);
	writer_init(&writer, out, sizeof(out));
	if (mbms_verification_build(&message, &keys, &writer, &fault))
		fail_msg("%s", fault.text);
	assert_int_equal(mikey_decode(&answer, out, writer.length, NULL), 0);
	if (mbms_verification_check(&answer, &request.msk, &request.psk,
				    &fault))
		fail_msg("%s", fault.text);
	mikey_keys_clear(&keys);
	request_clear(&request);
}

/* IDr may be left out (RFC 3830, 3.1); it is under the MAC all the same. */
static void verification_without_id(void **state)
{
	const json_t *vector = vectors_find(list, "MSK delivery, download");
	uint8_t text[2 * MESSAGE_MAX], out[MESSAGE_MAX];
	struct mikey_bytes extra = { .data = text };
	struct mikey_keys keys = { 0 };
	struct mikey_bytes rand;
	struct request request;
	struct mikey_message answer;
	struct changed changed;
	struct writer writer;

	(void)state;
	request_msk(vector, &request);
	rand = (struct mikey_bytes){ request.msk.rand, MBMS_RAND_SIZE };
	assert_int_equal(mikey_keys_derive(&keys, &request.psk,
					   request.msk.csb_id, &rand, NULL),
			 0);
	changed_load(&changed, "verification of the MSK delivery");
	remove_payload(&changed.message, MIKEY_ID);
	writer_init(&writer, text, sizeof(text));
	mbms_verification_extra(&request.msk.initiator, &request.msk.responder,
				request.msk.counter, &writer);
	extra.size = writer.length;
	writer_init(&writer, out, sizeof(out));
	assert_int_equal(
		mikey_sign(&changed.message, &keys, &extra, &writer, NULL), 0);
	assert_int_equal(mikey_decode(&answer, out, writer.length, NULL), 0);
	assert_int_equal(answer.responder.data.size, 0);
	assert_int_equal(mbms_verification_check(&answer, &request.msk,
						 &request.psk, NULL),
			 0);
	mikey_keys_clear(&keys);
	request_clear(&request);
}

static void verifications_refused(void **state)
{
	struct changed changed;
	struct mikey_message *m = &changed.message;
	struct fault fault = { 0 };
	struct request request;

	(void)state;
	request_msk(vectors_find(list, "MSK delivery, download"), &request);
	changed_load(&changed, "verification of the MSK delivery");
	m->csb_id++;
	assert_refused(mbms_verification_check(m, &request.msk, &request.psk,
					       &fault),
		       fault, FAULT_UNKNOWN, "another message");
	changed_load(&changed, "verification of the MSK delivery");
	m->timestamp++;
	assert_refused(mbms_verification_check(m, &request.msk, &request.psk,
					       &fault),
		       fault, FAULT_UNKNOWN, "another message");
	changed_load(&changed, "verification of the MSK delivery");
	m->timestamp_type = MIKEY_NTP;
	assert_refused(mbms_verification_check(m, &request.msk, &request.psk,
					       &fault),
		       fault, FAULT_UNKNOWN, "another message");
	changed_load(&changed, "verification of the MSK delivery");
	m->responder.data.size--;
	assert_refused(mbms_verification_check(m, &request.msk, &request.psk,
					       &fault),
		       fault, FAULT_UNKNOWN, "IDr");
	changed_load(&changed, "error with V");
	assert_refused(mbms_verification_check(m, &request.msk, &request.psk,
					       &fault),
		       fault, FAULT_MALFORMED, "no verification");
	/* Of the same counter, but for the NAF_Id as IDi. */
	changed_load(&changed, "verification, IDi is the NAF_Id with type 1");
	assert_refused(mbms_verification_check(m, &request.msk, &request.psk,
					       &fault),
		       fault, FAULT_UNAUTHENTIC, "MAC");
	secret_clear(&request.psk);
	changed_load(&changed, "verification of the MSK delivery");
	assert_int_equal(mbms_verification_check(m, &request.msk, &request.psk,
						 &fault),
			 -1);
	request_clear(&request);
}

/* All octets of an answer are under its MAC. */
static void changed_verifications_refused(void **state)
{
	uint8_t octets[MESSAGE_MAX];
	size_t size =
		message_load(list, "verification of the MSK delivery", octets);
	struct mikey_message answer;
	struct request request;
	unsigned int bit;
	size_t at;

	(void)state;
	request_msk(vectors_find(list, "MSK delivery, download"), &request);
	for (at = 0; at < size; at++)
		for (bit = 1; bit < 256; bit <<= 1) {
			octets[at] ^= (uint8_t)bit;
			if (!mikey_decode(&answer, octets, size, NULL))
				assert_int_equal(mbms_verification_check(
							 &answer, &request.msk,
							 &request.psk, NULL),
						 -1);
			octets[at] ^= (uint8_t)bit;
		}
	request_clear(&request);
}

static void error_messages(void **state)
{
	const json_t *vector = vectors_find(list, "error without V");
	const uint8_t errors[MIKEY_ERRORS_MAX + 1] = { 10, 12 };
	const uint8_t failure = 0;
	uint8_t out[MESSAGE_MAX], rand[MIKEY_RAND_MIN];
	const struct mikey_bytes bytes = { rand, sizeof(rand) };
	struct mikey_keys keys = { 0 };
	struct fault fault = { 0 };
	struct secret muk = { 0 };
	struct writer writer;

	(void)state;
	writer_init(&writer, out, sizeof(out));
	assert_int_equal(mbms_error_build(0x0a0b0c0d, 1, errors, 2, NULL,
					  &writer, NULL),
			 0);
	vectors_match(vector, "message", out, writer.length);
	vector = vectors_find(list, "error with V");
	vectors_secret(vector, "muk", &muk);
	vectors_octets(vector, "rand", rand, sizeof(rand));
	assert_int_equal(
		mikey_keys_derive(&keys, &muk, 0x0a0b0c0d, &bytes, NULL), 0);
	writer_init(&writer, out, sizeof(out));
	assert_int_equal(mbms_error_build(0x0a0b0c0d, 1, &failure, 1, &keys,
					  &writer, NULL),
			 0);
	vectors_match(vector, "message", out, writer.length);
	writer_init(&writer, out, sizeof(out));
	assert_refused(mbms_error_build(1, 1, errors, 0, NULL, &writer, &fault),
		       fault, FAULT_ARGUMENT, "0 errors");
	assert_refused(mbms_error_build(1, 1, errors, MIKEY_ERRORS_MAX + 1,
					NULL, &writer, &fault),
		       fault, FAULT_ARGUMENT, "5 errors");
	assert_int_equal(mbms_error_build(1, 1, errors, MIKEY_ERRORS_MAX, &keys,
					  &writer, NULL),
			 0);
	mikey_keys_clear(&keys);
	secret_clear(&muk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_kinds),
		cmocka_unit_test(shapes_of_msk_refused),
		cmocka_unit_test(shapes_of_solicit_refused),
		cmocka_unit_test(shapes_of_mtk_refused),
		cmocka_unit_test(msk_builder_refuses),
		cmocka_unit_test(mtk_builder_refuses),
		cmocka_unit_test(golden_verifications),
		cmocka_unit_test(largest_delivery),
		cmocka_unit_test(verification_without_id),
		cmocka_unit_test(verifications_refused),
		cmocka_unit_test(changed_verifications_refused),
		cmocka_unit_test(error_messages),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
