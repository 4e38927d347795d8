// SPDX-License-Identifier: GPL-2.0-or-later
/* MIKEY messages: what is decoded and encoded. */
#include "core_mikey_draft.h"

/* Decoding and encoding give the same octets. */
static void round_trip(const uint8_t *octets, size_t size)
{
	uint8_t again[MESSAGE_MAX];
	struct mikey_message message;
	struct fault fault = { 0 };
	struct writer writer;

	if (mikey_decode(&message, octets, size, &fault))
		return;
	writer_init(&writer, again, sizeof(again));
	if (mikey_encode(&message, &writer, &fault))
		fail_msg("decoded, but not encoded: %s", fault.text);
	assert_int_equal(writer.length, size);
	assert_memory_equal(again, octets, size);
}

static void golden_round_trip(void **state)
{
	uint8_t octets[MESSAGE_MAX];
	json_t *vector;
	size_t i, size, count = 0;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		struct mikey_message message;
		struct fault fault = { 0 };

		if (!vectors_has(vector, "message"))
			continue;
		size = vectors_hex(vector, "message", octets, sizeof(octets));
		if (mikey_decode(&message, octets, size, &fault))
			fail_msg("%s: %s", vectors_name(vector), fault.text);
		round_trip(octets, size);
		count++;
	}
	assert_true(count >= 20);
}

static void golden_truncations(void **state)
{
	static const struct mikey_message zero;
	uint8_t octets[MESSAGE_MAX], *copy;
	json_t *vector;
	size_t i, size, cut;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		if (!vectors_has(vector, "message"))
			continue;
		size = vectors_hex(vector, "message", octets, sizeof(octets));
		for (cut = 0; cut < size; cut++) {
			struct mikey_message message;
			struct fault fault = { 0 };

			/* On the heap the sanitizer sees a read beyond. */
			copy = malloc(cut ? cut : 1);
			assert_non_null(copy);
			memcpy(copy, octets, cut);
			assert_int_equal(
				mikey_decode(&message, copy, cut, &fault), -1);
			/* An algorithm that is cut off is no downgrade. */
			assert_int_equal(fault.code, FAULT_TRUNCATED);
			assert_true(strlen(fault.text) > 10);
			assert_memory_equal(&message, &zero, sizeof(zero));
			free(copy);
		}
	}
}

static void golden_octet_changes(void **state)
{
	uint8_t octets[MESSAGE_MAX];
	json_t *vector;
	size_t i, size, at;
	unsigned int change;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		if (!vectors_has(vector, "message"))
			continue;
		size = vectors_hex(vector, "message", octets, sizeof(octets));
		for (at = 0; at < size; at++)
			for (change = 1; change < 256; change++) {
				octets[at] ^= (uint8_t)change;
				round_trip(octets, size);
				octets[at] ^= (uint8_t)change;
			}
	}
}

static void fields_of_msk(void **state)
{
	struct draft draft = draft_load(MSK_STREAMING);
	struct mikey_message m;
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(mikey_decode(&m, draft.octets, draft.size, &fault), 0);
	assert_int_equal(m.type, MIKEY_PSK);
	assert_true(m.verify);
	assert_int_equal(m.csb_id, 0x0a0b0c0d);
	assert_int_equal(m.map, MIKEY_MAP_SRTP);
	assert_int_equal(m.sessions, 1);
	assert_int_equal(m.streams[0].policy, 0);
	assert_int_equal(m.streams[0].ssrc, 0xcafebabe);
	assert_int_equal(m.streams[0].roc, 0);
	assert_int_equal(m.timestamp_type, MIKEY_COUNTER);
	assert_int_equal(m.timestamp, 3);
	assert_int_equal(m.rand.size, 16);
	assert_int_equal(m.rand.data[15], 15);
	assert_int_equal(m.initiator.type, MIKEY_URI);
	assert_int_equal(m.initiator.data.size, 14);
	assert_memory_equal(m.initiator.data.data, "bmsc.home1.net", 14);
	assert_int_equal(m.responder.type, MIKEY_NAI);
	assert_int_equal(m.responder.data.size, strlen(RESPONDER));
	assert_memory_equal(m.responder.data.data, RESPONDER,
			    strlen(RESPONDER));
	assert_true(mikey_has_key_id(&m, MIKEY_KEY_DOMAIN_ID));
	assert_true(mikey_has_key_id(&m, MIKEY_MSK_ID));
	assert_false(mikey_has_key_id(&m, MIKEY_MTK_ID));
	assert_memory_equal(m.key_ids.msk.domain.octets, "\x62\xf2\x10", 3);
	assert_int_equal(m.key_ids.msk.msk_id, 0x00010001);
	assert_int_equal(m.policy_count, 1);
	assert_int_equal(m.policies[0].count, 12);
	assert_int_equal(m.encrypted.size, 26);
	assert_int_equal(m.mac.size, MIKEY_MAC_SIZE);
	assert_int_equal(m.covered, draft.size - MIKEY_MAC_SIZE);
	assert_ptr_equal(m.mac.data, draft.octets + m.covered);
	assert_true(mikey_has(&m, MIKEY_SP));
	assert_false(mikey_has(&m, MIKEY_V));
}

static void fields_of_answers(void **state)
{
	struct draft draft = draft_load("verification of the MSK delivery");
	struct mikey_message m;
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(mikey_decode(&m, draft.octets, draft.size, &fault), 0);
	assert_int_equal(m.type, MIKEY_PSK_VERIFICATION);
	assert_int_equal(m.initiator.data.size, 0);
	assert_int_equal(m.responder.data.size, strlen(RESPONDER));
	draft = draft_load("error without V");
	assert_int_equal(mikey_decode(&m, draft.octets, draft.size, &fault), 0);
	assert_int_equal(m.type, MIKEY_ERROR);
	assert_int_equal(m.error_count, 2);
	assert_int_equal(m.errors[0], 10);
	assert_int_equal(m.errors[1], 12);
	assert_int_equal(m.mac.size, 0);
	assert_int_equal(m.covered, draft.size);
	assert_string_equal(mikey_error_name(10),
			    "SP parameters not supported");
	assert_string_equal(mikey_error_name(13), "unknown error");
	assert_string_equal(mikey_payload_name(MIKEY_KEMAC), "KEMAC");
	assert_string_equal(mikey_payload_name(2), "unknown");
}

static void limits(void **state)
{
	static uint8_t large[MIKEY_SIZE_MAX + 1];
	struct mikey_message message;
	struct fault fault = { 0 };
	struct draft draft;

	(void)state;
	assert_refused(mikey_decode(&message, large, sizeof(large), &fault),
		       fault, FAULT_LIMIT, "4097");
	assert_refused(mikey_decode(&message, NULL, 0, &fault), fault,
		       FAULT_TRUNCATED, "HDR");
	/* #CS without a map says nothing. */
	draft = draft_load(MTK_STREAMING);
	draft.octets[8] = 255;
	accept(&draft);
	/* NTP time stamps are of RFC 3830, though not of MBMS. */
	draft = draft_load(MTK_STREAMING);
	draft_splice(&draft, 30, 5, "000102030405060708");
	accept(&draft);
	round_trip(draft.octets, draft.size);
}

/* What would not be in the message, or not as it is in the struct. */
static void encoder_loses_nothing(void **state)
{
	struct draft draft = draft_load(MSK_STREAMING);
	uint8_t out[MESSAGE_MAX];
	struct mikey_message good, bad;
	struct fault fault = { 0 };
	struct writer writer;

	(void)state;
	assert_int_equal(mikey_decode(&good, draft.octets, draft.size, NULL),
			 0);
	writer_init(&writer, out, sizeof(out));
	bad = good;
	bad.timestamp = UINT64_C(1) << 32;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault,
		       FAULT_ARGUMENT, "counter");
	bad = good;
	bad.policies[1] = (struct mikey_policy){ .number = 77 };
	bad.policy_count = 2;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault,
		       FAULT_ARGUMENT, "2 policies");
	bad = good;
	bad.error_count = 1;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault,
		       FAULT_ARGUMENT, "1 errors");
	bad = good;
	bad.policies[0].count = MIKEY_SRTP_PARAMETERS + 1;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault, FAULT_LIMIT,
		       "too many");
	bad = good;
	bad.policies[0].values[0] = 256;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault,
		       FAULT_ARGUMENT, "policy 0");
	bad = good;
	bad.key_ids.count = MIKEY_KEY_ID_TYPES + 1;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault, FAULT_LIMIT,
		       "too many");
	bad = good;
	bad.initiator.data.size = MIKEY_ID_MAX + 1;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault, FAULT_LIMIT,
		       "too long");
	bad = good;
	bad.responder.data.size = MIKEY_ID_MAX + 1;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault, FAULT_LIMIT,
		       "too long");
	bad = good;
	bad.encrypted.size = MIKEY_SIZE_MAX + 1;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault, FAULT_LIMIT,
		       "too long");
	assert_int_equal(writer.length, 0);
	assert_false(writer.failed);
}

static void encoder_refuses(void **state)
{
	struct draft draft = draft_load(MSK_STREAMING);
	uint8_t out[MESSAGE_MAX];
	struct mikey_message good, bad;
	struct fault fault = { 0 };
	struct writer writer;
	unsigned int i;

	(void)state;
	assert_int_equal(mikey_decode(&good, draft.octets, draft.size, NULL),
			 0);
	writer_init(&writer, out, draft.size - 1);
	assert_refused(mikey_encode(&good, &writer, &fault), fault, FAULT_ROOM,
		       "message");
	assert_int_equal(writer.length, 0);
	assert_false(writer.failed);
	writer_init(&writer, out, sizeof(out));
	bad = good;
	bad.count = 0;
	assert_int_equal(mikey_encode(&bad, &writer, NULL), -1);
	bad = good;
	bad.order[0] = MIKEY_V;
	assert_int_equal(mikey_encode(&bad, &writer, NULL), -1);
	bad = good;
	bad.order[0] = 20;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault,
		       FAULT_ARGUMENT, "unknown");
	bad = good;
	bad.policy_count = 0;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault,
		       FAULT_ARGUMENT, "SP");
	bad.policy_count = MIKEY_POLICIES_MAX + 1;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault, FAULT_LIMIT,
		       "too many");
	bad = good;
	bad.sessions = MIKEY_STREAMS_MAX + 1;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault, FAULT_LIMIT,
		       "too many");
	bad = good;
	bad.rand.size = MIKEY_RAND_MAX + 1;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault, FAULT_LIMIT,
		       "too long");
	bad = good;
	bad.rand.size = MIKEY_RAND_MIN - 1;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault,
		       FAULT_MALFORMED, "RAND");
	bad = good;
	bad.mac.size = 10;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault,
		       FAULT_ARGUMENT, "MAC");
	bad = good;
	bad.order[bad.count - 1] = MIKEY_ERR;
	assert_refused(mikey_encode(&bad, &writer, &fault), fault,
		       FAULT_ARGUMENT, "ERR");
	assert_int_equal(writer.length, 0);
	/* Too many payloads to be noted. */
	bad = good;
	for (i = bad.count; i < MIKEY_PAYLOADS_MAX; i++)
		assert_int_equal(mikey_add(&bad, MIKEY_T, &fault), 0);
	assert_refused(mikey_add(&bad, MIKEY_T, &fault), fault, FAULT_LIMIT,
		       "payloads");
	/* Without a MAC there are zeroes in its place. */
	bad = good;
	bad.mac.size = 0;
	assert_int_equal(mikey_encode(&bad, &writer, &fault), 0);
	assert_int_equal(writer.length, draft.size);
	assert_memory_equal(out, draft.octets, good.covered);
	for (i = 0; i < MIKEY_MAC_SIZE; i++)
		assert_int_equal(out[good.covered + i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_round_trip),
		cmocka_unit_test(golden_truncations),
		cmocka_unit_test(golden_octet_changes),
		cmocka_unit_test(fields_of_msk),
		cmocka_unit_test(fields_of_answers),
		cmocka_unit_test(limits),
		cmocka_unit_test(encoder_loses_nothing),
		cmocka_unit_test(encoder_refuses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
