// SPDX-License-Identifier: GPL-2.0-or-later
/* The receiver's rules: what is taken, and that what is refused changes nothing. */
#include "core_mgvf_fixture.h"

/* ---- Golden messages ---- */

static void golden_chain(void **state)
{
	json_t *vector;

	(void)state;
	take(MSK_DOWNLOAD, MGVF_MSK_STORED);
	assert_false(outcome.stored.known);
	assert_false(outcome.stored.evicted);
	assert_int_equal(outcome.stored.low, 0);
	assert_int_equal(outcome.stored.high, 0xff);
	assert_int_equal(outcome.stream_count, 0);
	assert_int_equal(outcome.ref.msk_id, 0x00010001);
	vectors_match(vectors_find(list, "verification of the MSK delivery"),
		      "message", outcome.reply, outcome.reply_size);
	assert_int_equal(mgvf_muk_find(&mgvf, &bmsc)->counter, 1);
	take("solicited pull", MGVF_SOLICITED);
	assert_int_equal(msk_id_group(outcome.ref.msk_id), 1);
	assert_int_equal(outcome.reply_size, 0);
	take("MSK delivery, streaming", MGVF_MSK_STORED);
	assert_true(outcome.stored.known);
	assert_int_equal(outcome.stream_count, 1);
	assert_int_equal(outcome.streams[0].ssrc, 0xcafebabe);
	assert_int_equal(outcome.policy_count, 1);
	assert_true(outcome.reply_size > 0);
	take(MTK_STREAMING, MGVF_MTK_ACCEPTED);
	vector = vectors_find(list, MTK_STREAMING);
	assert_int_equal(outcome.mtk_id, 1);
	vectors_match_secret(vector, "mtk", &outcome.mtk);
	vectors_match_secret(vector, "salt", &outcome.salt);
	assert_int_equal(outcome.encryption.size, 0);
	assert_int_equal(outcome.reply_size, 0);
	take("MTK delivery, download", MGVF_MTK_ACCEPTED);
	vector = vectors_find(list, "keys of a TGK");
	vectors_match_secret(vector, "tgk", &outcome.mtk);
	vectors_match_secret(vector, "encryption", &outcome.encryption);
	vectors_match_secret(vector, "authentication", &outcome.authentication);
	assert_int_equal(outcome.salt.size, 0);
	take("MTK delivery with the last counter and MTK ID",
	     MGVF_MTK_ACCEPTED);
	assert_int_equal(stored(0x00010001)->counter, UINT32_MAX);
	refuse("MTK delivery, download", FAULT_REPLAYED, "counter 2");
	take("MSK deletion, no verification", MGVF_MSK_DELETED);
	assert_null(stored(0x00010001));
	assert_int_equal(outcome.reply_size, 0);
	take(MTK_STREAMING, MGVF_MSK_UNKNOWN);
	assert_int_equal(outcome.ref.msk_id, 0x00010001);
	assert_int_equal(outcome.mtk_id, 1);
	assert_int_equal(mgvf_muk_find(&mgvf, &bmsc)->counter, 5);
}

/* A UE that has just joined may be told of an MSK that it never had. */
static void deletion_of_nothing(void **state)
{
	(void)state;
	take("MSK deletion, no verification", MGVF_MSK_DELETED);
	refuse("MSK deletion, no verification", FAULT_REPLAYED, "counter 5");
}

/* The digest's sequence for the interval 0 to 3. */
static void golden_interval(void **state)
{
	uint8_t octets[MESSAGE_MAX];
	size_t size;

	(void)state;
	take("MSK 2 delivery", MGVF_MSK_STORED);
	take("MTK delivery a of MSK 2", MGVF_MTK_ACCEPTED);
	assert_int_equal(stored(0x00010002)->low, 1);
	take("MTK delivery b of MSK 2", MGVF_MTK_ACCEPTED);
	assert_int_equal(stored(0x00010002)->low, 3);
	refuse("MTK delivery c of MSK 2", FAULT_STATE, "MTK ID 4 is above");
	refuse("MTK delivery a of MSK 2", FAULT_REPLAYED, "counter 1");
	size = message_load(list, "MTK delivery b of MSK 2", octets);
	octets[size - 1] ^= 1;
	refuse_octets(octets, size, FAULT_REPLAYED, "counter");
	/* The same with a counter that is new. */
	octets[34] = 9;
	refuse_octets(octets, size, FAULT_UNAUTHENTIC, "MAC");
}

static void both_forms_of_the_initiator(void **state)
{
	(void)state;
	take("MSK delivery, IDi is the NAF_Id with type 1", MGVF_MSK_STORED);
	set_muk(MBMS_COUNTER_NONE);
	refuse("MSK delivery, IDi is the NAF_Id with type 2", FAULT_REPLAYED,
	       "counter 1 of the MUK");
	assert_int_equal(mgvf_muk_delete(&mgvf, &bmsc, NULL), 0);
	set_muk(MBMS_COUNTER_NONE);
	take("MSK delivery, IDi is the NAF_Id with type 2", MGVF_MSK_STORED);
	vectors_match(
		vectors_find(list,
			     "verification, IDi is the NAF_Id with type 2"),
		"message", outcome.reply, outcome.reply_size);
}

static void streams_reach_the_caller(void **state)
{
	(void)state;
	take("MSK delivery, two streams with integrity alone and with the "
	     "roll-over counter",
	     MGVF_MSK_STORED);
	assert_int_equal(outcome.stream_count, 2);
	assert_int_equal(outcome.streams[1].policy, 9);
	assert_int_equal(outcome.streams[1].roc, UINT32_MAX);
	assert_int_equal(outcome.policy_count, 2);
	assert_int_equal(mikey_policy_value(&outcome.policies[1],
					    MIKEY_SRTP_ROC_RATE),
			 256);
}

/* ---- Replay and authenticity ---- */

static void replayed_msk(void **state)
{
	uint8_t octets[MESSAGE_MAX];
	size_t size;

	(void)state;
	take("MSK delivery, streaming", MGVF_MSK_STORED);
	refuse("MSK delivery, streaming", FAULT_REPLAYED, "counter 3");
	/* Authentic, and of a lower counter. */
	refuse(MSK_DOWNLOAD, FAULT_REPLAYED, "counter 1");
	refuse("solicited pull", FAULT_REPLAYED, "counter 2");
	/* A high counter, which is not authentic, moves nothing. */
	size = message_load(list, MSK_DOWNLOAD, octets);
	memset(octets + 27, 0xff, 4);
	refuse_octets(octets, size, FAULT_UNAUTHENTIC, "MAC");
	take("MSK 2 delivery", MGVF_MSK_STORED);
}

static void counters_do_not_wrap(void **state)
{
	(void)state;
	deliver(UINT32_MAX - 1, 0x10, 0x00010001, 1, MGVF_MSK_STORED);
	deliver(UINT32_MAX, 0x10, 0x00010002, 2, MGVF_MSK_STORED);
	refuse(MSK_DOWNLOAD, FAULT_REPLAYED, "not above 4294967295");
	/* Only a new MUK helps. */
	assert_int_equal(mgvf_muk_delete(&mgvf, &bmsc, NULL), 0);
	set_muk(MBMS_COUNTER_NONE);
	take(MSK_DOWNLOAD, MGVF_MSK_STORED);
}

/* No change of an octet is taken; the state stays as it was, whatever it is. */
static void changed_octets(const char *name)
{
	static struct mgvf before;
	uint8_t octets[MESSAGE_MAX];
	size_t size = message_load(list, name, octets), at;
	unsigned int change;

	memcpy(&before, &mgvf, sizeof(before));
	for (at = 0; at < size; at++)
		for (change = 1; change < 256; change++) {
			octets[at] ^= (uint8_t)change;
			if (!mgvf_receive(&mgvf, octets, size, &outcome, NULL))
				assert_true(outcome.event == MGVF_MUK_UNKNOWN ||
					    outcome.event == MGVF_MSK_UNKNOWN);
			octets[at] ^= (uint8_t)change;
		}
	assert_memory_equal(&mgvf, &before, sizeof(before));
	for (at = 0; at < size; at++)
		assert_int_equal(
			mgvf_receive(&mgvf, octets, at, &outcome, NULL), -1);
	assert_memory_equal(&mgvf, &before, sizeof(before));
}

static void changed_messages(void **state)
{
	(void)state;
	changed_octets(MSK_DOWNLOAD);
	take(MSK_DOWNLOAD, MGVF_MSK_STORED);
	changed_octets("solicited pull");
	changed_octets("MSK delivery, streaming");
	changed_octets(MTK_STREAMING);
	take(MTK_STREAMING, MGVF_MTK_ACCEPTED);
	changed_octets("MTK delivery, download");
	take("MTK delivery, download", MGVF_MTK_ACCEPTED);
}

static void wrong_muk(void **state)
{
	struct secret muk = { 0 };

	(void)state;
	vectors_secret(vectors_find(list, "keys of a second UE"), "psk", &muk);
	assert_int_equal(mgvf_muk_set(&mgvf, &bmsc, RESPONDER, &muk,
				      MBMS_COUNTER_NONE, NULL),
			 0);
	secret_clear(&muk);
	refuse(MSK_DOWNLOAD, FAULT_UNAUTHENTIC, "MAC");
	refuse("solicited pull", FAULT_UNAUTHENTIC, "MAC");
	refuse("verification of the MSK delivery", FAULT_STATE, "verification");
	refuse("error with V", FAULT_STATE, "error");
}

/* ---- Wrong keys in authentic messages ---- */

/* An MSK or MTK delivery whose key is what the test makes of it. */
static size_t protect(const char *name, const struct mikey_key *key,
		      uint8_t *octets)
{
	const json_t *vector = vectors_find(list, name);
	bool mtk = vector_is(vector, "mtk-delivery");
	uint8_t golden[MESSAGE_MAX], rand[MBMS_RAND_SIZE];
	const struct mikey_bytes bytes = { rand, sizeof(rand) };
	size_t size = message_load(list, name, golden);
	struct mikey_keys keys = { 0 };
	struct mikey_message message;
	struct secret psk = { 0 };
	struct fault fault = { 0 };
	struct writer writer;

	vectors_secret(vector, mtk ? "msk" : "muk", &psk);
	vectors_octets(vector, "rand", rand, sizeof(rand));
	assert_int_equal(mikey_decode(&message, golden, size, NULL), 0);
	assert_int_equal(mikey_keys_derive(&keys, &psk, message.csb_id, &bytes,
					   NULL),
			 0);
	writer_init(&writer, octets, MESSAGE_MAX);
	if (mikey_protect(&message, &keys, key, &writer, &fault))
		fail_msg("%s", fault.text);
	mikey_keys_clear(&keys);
	secret_clear(&psk);
	return writer.length;
}

static void refuse_key(const char *name, uint8_t type, size_t size, size_t salt,
		       uint8_t validity, uint8_t bounds, const char *part)
{
	static const uint8_t fill[64] = { 1, 2, 3 };
	struct mikey_key key = { .type = type,
				 .validity = validity,
				 .spi_size = 1,
				 .to = 9,
				 .from_size = bounds,
				 .to_size = 2 };
	uint8_t octets[MESSAGE_MAX];

	assert_int_equal(secret_set(&key.key, fill, size), 0);
	if (salt)
		assert_int_equal(secret_set(&key.salt, fill, salt), 0);
	size = protect(name, &key, octets);
	refuse_octets(octets, size, FAULT_MALFORMED, part);
	mikey_key_clear(&key);
}

static void wrong_key_sizes(void **state)
{
	(void)state;
	refuse_key(MSK_DOWNLOAD, MIKEY_TEK, 15, 0, 2, 2, "15 octets");
	refuse_key(MSK_DOWNLOAD, MIKEY_TEK, 32, 0, 2, 2, "32 octets");
	refuse_key(MSK_DOWNLOAD, MIKEY_TGK, 16, 0, 2, 2, "key type 0");
	refuse_key(MSK_DOWNLOAD, MIKEY_TEK_SALT, 16, 14, 2, 2, "key type 3");
	refuse_key(MSK_DOWNLOAD, MIKEY_TEK, 16, 0, 0, 2, "no interval");
	refuse_key(MSK_DOWNLOAD, MIKEY_TEK, 16, 0, 1, 2, "no interval");
	refuse_key(MSK_DOWNLOAD, MIKEY_TEK, 16, 0, 2, 4, "no interval");
	take(MSK_DOWNLOAD, MGVF_MSK_STORED);
	refuse_key(MTK_STREAMING, MIKEY_TEK_SALT, 24, 14, 0, 0, "24 octets");
	refuse_key(MTK_STREAMING, MIKEY_TEK_SALT, 16, 13, 0, 0, "13 octets");
	refuse_key(MTK_STREAMING, MIKEY_TEK, 16, 0, 0, 0, "key type 2");
	refuse_key(MTK_STREAMING, MIKEY_TGK_SALT, 16, 14, 0, 0, "key type 1");
	refuse_key(MTK_STREAMING, MIKEY_TGK, 32, 0, 0, 0, "32 octets");
	refuse_key(MTK_STREAMING, MIKEY_TGK, 16, 0, 1, 0, "validity");
	take(MTK_STREAMING, MGVF_MTK_ACCEPTED);
}

static void names_of_events(void **state)
{
	int event;

	(void)state;
	for (event = MGVF_NOTHING; event <= MGVF_MSK_UNKNOWN; event++)
		assert_string_not_equal(mgvf_event_name(event), "unknown");
	assert_string_equal(mgvf_event_name(99), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(golden_chain, start, stop),
		cmocka_unit_test_setup_teardown(deletion_of_nothing, start,
						stop),
		cmocka_unit_test_setup_teardown(golden_interval, start, stop),
		cmocka_unit_test_setup_teardown(both_forms_of_the_initiator,
						start, stop),
		cmocka_unit_test_setup_teardown(streams_reach_the_caller, start,
						stop),
		cmocka_unit_test_setup_teardown(replayed_msk, start, stop),
		cmocka_unit_test_setup_teardown(counters_do_not_wrap, start,
						stop),
		cmocka_unit_test_setup_teardown(changed_messages, start, stop),
		cmocka_unit_test_setup_teardown(wrong_muk, start, stop),
		cmocka_unit_test_setup_teardown(wrong_key_sizes, start, stop),
		cmocka_unit_test_setup_teardown(names_of_events, start, stop),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
