// SPDX-License-Identifier: GPL-2.0-or-later
/* The receiver's keys: how many, which go, and what stays used up. */
#include "core_mgvf_fixture.h"

/* ---- MSKs ---- */

static void two_msks_per_group(void **state)
{
	uint8_t octets[MESSAGE_MAX];
	size_t size;

	(void)state;
	deliver(1, 0x10, 0x00010001, 1, MGVF_MSK_STORED);
	deliver(2, 0x10, 0x00010002, 2, MGVF_MSK_STORED);
	assert_false(outcome.stored.evicted);
	/* Other groups and other domains have room of their own. */
	deliver(3, 0x10, 0x00020001, 3, MGVF_MSK_STORED);
	deliver(4, 0x20, 0x00010001, 4, MGVF_MSK_STORED);
	deliver(5, 0x20, 0x00010002, 5, MGVF_MSK_STORED);
	assert_false(outcome.stored.evicted);
	/* The older one is still good for MTKs. */
	size = build_mtk(1, 0x00010001, 1, 1, octets);
	take_octets(octets, size, MGVF_MTK_ACCEPTED);
	/* To come again does not make it younger. */
	deliver(6, 0x10, 0x00010001, 1, MGVF_MSK_STORED);
	assert_true(outcome.stored.known);
	deliver(7, 0x10, 0x00010003, 6, MGVF_MSK_STORED);
	assert_true(outcome.stored.evicted);
	assert_int_equal(outcome.stored.evicted_msk_id, 0x00010001);
	assert_null(stored(0x00010001));
	assert_non_null(stored(0x00010002));
	assert_non_null(stored(0x00010003));
	assert_non_null(stored(0x00020001));
	size = build_mtk(2, 0x00010001, 1, 2, octets);
	take_octets(octets, size, MGVF_MSK_UNKNOWN);
	assert_int_equal(mgvf_group_delete(&mgvf, &outcome.ref.domain, 1), 2);
	assert_null(stored(0x00010003));
	assert_non_null(stored(0x00020001));
	assert_int_equal(mgvf_group_delete(&mgvf, &outcome.ref.domain, 1), 0);
}

/* By age, wherever in the table they are. */
static void the_first_to_come_goes(void **state)
{
	uint32_t number;

	(void)state;
	for (number = 1; number <= 7; number++) {
		deliver(number, 0x10, 0x00010000 | number, (uint8_t)number,
			MGVF_MSK_STORED);
		assert_int_equal(outcome.stored.evicted, number > 2);
		if (number > 2)
			assert_int_equal(outcome.stored.evicted_msk_id,
					 0x00010000 | (number - 2));
	}
	/* Another key under an ID that is there is the youngest. */
	deliver(8, 0x10, 0x00010006, 8, MGVF_MSK_STORED);
	assert_false(outcome.stored.evicted);
	deliver(9, 0x10, 0x00010008, 9, MGVF_MSK_STORED);
	assert_int_equal(outcome.stored.evicted_msk_id, 0x00010007);
}

/* SEQl = SEQu: an MSK without an MTK left, but no deletion. */
static void used_up_is_not_deleted(void **state)
{
	struct request request = msk_request(MSK_DOWNLOAD);
	uint8_t octets[MESSAGE_MAX];

	(void)state;
	request.msk.msk = &request.key;
	request.msk.low = 5;
	request.msk.high = 5;
	take_octets(octets, build_msk(&request.msk, octets), MGVF_MSK_STORED);
	assert_int_equal(outcome.stored.low, 5);
	assert_int_equal(outcome.stored.high, 5);
	request_clear(&request);
	request = msk_request(MSK_DOWNLOAD);
	memset(request.key.bytes, 1, request.key.size);
	request.msk.msk = &request.key;
	request.msk.counter = 2;
	request.msk.low = 6;
	request.msk.high = 5;
	take_octets(octets, build_msk(&request.msk, octets), MGVF_MSK_DELETED);
	request_clear(&request);
}

static void msk_again_keeps_what_is_used(void **state)
{
	uint8_t octets[MESSAGE_MAX];
	size_t size;

	(void)state;
	deliver(1, 0x10, 0x00010001, 1, MGVF_MSK_STORED);
	size = build_mtk(5, 0x00010001, 1, 3, octets);
	take_octets(octets, size, MGVF_MTK_ACCEPTED);
	deliver(2, 0x10, 0x00010001, 1, MGVF_MSK_STORED);
	assert_true(outcome.stored.known);
	assert_int_equal(outcome.stored.low, 3);
	refuse_octets(octets, size, FAULT_REPLAYED, "counter 5");
	/* A new counter, but the MTK that we have. */
	size = build_mtk(6, 0x00010001, 1, 3, octets);
	refuse_octets(octets, size, FAULT_REPLAYED, "MTK ID 3");
	/* Another key under the same ID is another MSK. */
	deliver(3, 0x10, 0x00010001, 9, MGVF_MSK_STORED);
	assert_false(outcome.stored.known);
	assert_false(outcome.stored.evicted);
	assert_int_equal(stored(0x00010001)->counter, MBMS_COUNTER_NONE);
	refuse_octets(octets, size, FAULT_UNAUTHENTIC, "MAC");
	size = build_mtk(1, 0x00010001, 9, 1, octets);
	take_octets(octets, size, MGVF_MTK_ACCEPTED);
}

static void beyond_deletes(void **state)
{
	uint8_t octets[MESSAGE_MAX];
	size_t size;

	(void)state;
	mgvf.beyond_deletes = true;
	take("MSK 2 delivery", MGVF_MSK_STORED);
	take("MTK delivery b of MSK 2", MGVF_MTK_ACCEPTED);
	/* Repetitions never delete. */
	refuse("MTK delivery a of MSK 2", FAULT_REPLAYED, "counter");
	/* Nor does what is not authentic. */
	size = message_load(list, "MTK delivery c of MSK 2", octets);
	octets[size - 1] ^= 1;
	refuse_octets(octets, size, FAULT_UNAUTHENTIC, "MAC");
	take("MTK delivery c of MSK 2", MGVF_MSK_DELETED);
	assert_null(stored(0x00010002));
}

static void room_for_msks(void **state)
{
	uint8_t octets[MESSAGE_MAX];
	struct request request;
	uint32_t group;

	(void)state;
	for (group = 1; group <= MGVF_MSKS_MAX; group++)
		deliver(group, 0x10, group << 16 | 1, 1, MGVF_MSK_STORED);
	request = msk_request(MSK_DOWNLOAD);
	request.msk.msk = &request.key;
	request.msk.counter = 1000;
	request.msk.msk_ref.msk_id = 0x7fff0001;
	refuse_octets(octets, build_msk(&request.msk, octets), FAULT_LIMIT,
		      "no room");
	request_clear(&request);
	/* A known one still comes again. */
	deliver(1000, 0x10, 0x00010001, 1, MGVF_MSK_STORED);
	assert_true(outcome.stored.known);
}

/* ---- MSKs that come by NAS ---- */

static int set_msk(uint32_t msk_id, size_t size, uint16_t low, uint16_t high,
		   size_t rand, struct fault *fault)
{
	static const uint8_t rand_octets[MIKEY_RAND_MAX + 1];
	struct mgvf_msk_input input = { .ref = { { { 0x62, 0xf2, 0x10 } },
						 msk_id },
					.low = low,
					.high = high };
	struct secret msk = { 0 };
	struct mgvf_stored result;
	int error;

	vectors_secret(vectors_find(list, MTK_STREAMING), "msk", &msk);
	msk.size = size;
	input.msk = &msk;
	input.rand = (struct mikey_bytes){ rand_octets, rand };
	error = mgvf_msk_set(&mgvf, &input, &result, fault);
	msk.size = MSK_SIZE;
	secret_clear(&msk);
	return error;
}

static void msk_by_nas(void **state)
{
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(set_msk(0x00010001, 16, 4, 0xffff, 0, NULL), 0);
	refuse(MTK_STREAMING, FAULT_STATE, "RAND");
	take("MTK delivery with RAND, MSK came by NAS", MGVF_MTK_ACCEPTED);
	assert_int_equal(outcome.mtk_id, 5);
	refuse("MTK delivery with RAND, MSK came by NAS", FAULT_REPLAYED,
	       "counter 9");
	/* NAS says it again: nothing is new again. */
	assert_int_equal(set_msk(0x00010001, 16, 0, 0xffff, 0, NULL), 0);
	assert_int_equal(stored(0x00010001)->low, 5);
	assert_int_equal(stored(0x00010001)->counter, 9);
	/* Then by MIKEY, with its RAND; and NAS does not take that away. */
	take(MSK_DOWNLOAD, MGVF_MSK_STORED);
	assert_true(outcome.stored.known);
	assert_int_equal(stored(0x00010001)->rand_size, 16);
	assert_int_equal(set_msk(0x00010001, 16, 0, 0xffff, 0, NULL), 0);
	assert_int_equal(stored(0x00010001)->rand_size, 16);
	take("MTK delivery with the last counter and MTK ID",
	     MGVF_MTK_ACCEPTED);

	assert_refused(set_msk(0x00010002, 15, 0, 1, 0, &fault), fault,
		       FAULT_ARGUMENT, "15 octets");
	assert_refused(set_msk(0x00010000, 16, 0, 1, 0, &fault), fault,
		       FAULT_ARGUMENT, "Key Number 0");
	assert_refused(set_msk(0x00010002, 16, 2, 1, 0, &fault), fault,
		       FAULT_ARGUMENT, "SEQl 2");
	assert_refused(set_msk(0x00010002, 16, 0, 1, 15, &fault), fault,
		       FAULT_ARGUMENT, "RAND");
	assert_refused(set_msk(0x00010002, 16, 0, 1, 256, &fault), fault,
		       FAULT_ARGUMENT, "RAND");
	assert_int_equal(set_msk(0x00010002, 16, 0, 1, 16, NULL), 0);
	assert_int_equal(set_msk(0x00010003, 16, 1, 1, 255, NULL), 0);
	assert_null(stored(0x00010000));
}

static void other_rand_than_the_msk(void **state)
{
	uint8_t octets[MESSAGE_MAX];
	size_t size;

	(void)state;
	take(MSK_DOWNLOAD, MGVF_MSK_STORED);
	/* RAND of the MTK message is at 37. */
	size = message_load(list, "MTK delivery with RAND, MSK came by NAS",
			    octets);
	assert_int_equal(octets[36], 16);
	octets[37] ^= 1;
	refuse_octets(octets, size, FAULT_MALFORMED, "another CSB ID or RAND");
	octets[37] ^= 1;
	octets[4] ^= 1;
	refuse_octets(octets, size, FAULT_MALFORMED, "another CSB ID or RAND");
	octets[4] ^= 1;
	take_octets(octets, size, MGVF_MTK_ACCEPTED);
}

static void full_of_msks_by_nas(void **state)
{
	struct fault fault = { 0 };
	uint32_t group;

	(void)state;
	for (group = 1; group <= MGVF_MSKS_MAX; group++)
		assert_int_equal(set_msk(group << 16 | 1, 16, 0, 9, 0, NULL),
				 0);
	assert_refused(set_msk(0x7fff0001, 16, 0, 9, 0, &fault), fault,
		       FAULT_LIMIT, "no room");
}

/* ---- MUKs ---- */

static void muks(void **state)
{
	char responder[MGVF_RESPONDER_SIZE + 1];
	struct naf_id other;
	struct secret muk = { 0 }, empty = { 0 };
	struct fault fault = { 0 };
	char name[32];
	int i;

	(void)state;
	vectors_secret(vectors_find(list, "keys of a second UE"), "psk", &muk);
	take(MSK_DOWNLOAD, MGVF_MSK_STORED);
	/* The same key again, as from a store that is behind. */
	set_muk(MBMS_COUNTER_NONE);
	assert_int_equal(mgvf_muk_find(&mgvf, &bmsc)->counter, 1);
	set_muk(7);
	assert_int_equal(mgvf_muk_find(&mgvf, &bmsc)->counter, 7);
	/* Another key starts again, and the IDr is the new one. */
	assert_int_equal(mgvf_muk_set(&mgvf, &bmsc, "new@bsf", &muk,
				      MBMS_COUNTER_NONE, NULL),
			 0);
	assert_int_equal(mgvf_muk_find(&mgvf, &bmsc)->counter, 0);
	take("MSK delivery, streaming", MGVF_MUK_UNKNOWN);
	assert_int_equal(outcome.ref.msk_id, 0x00010001);
	/* The same BM-SC with another Ua protocol: IDi is the name alone. */
	other = bmsc;
	other.ua_protocol = UA_PROTOCOL_IMS_MBMS_SIP;
	assert_int_equal(mgvf_muk_set(&mgvf, &other, RESPONDER, &muk, 0, NULL),
			 0);
	assert_ptr_equal(mgvf_muk_find(&mgvf, &other),
			 mgvf_muk_find(&mgvf, &bmsc));

	assert_refused(mgvf_muk_set(&mgvf, &bmsc, "", &muk, 0, &fault), fault,
		       FAULT_ARGUMENT, "0 octets");
	memset(responder, 'x', sizeof(responder));
	responder[sizeof(responder) - 1] = '\0';
	assert_refused(mgvf_muk_set(&mgvf, &bmsc, responder, &muk, 0, &fault),
		       fault, FAULT_ARGUMENT, "IDr");
	assert_refused(mgvf_muk_set(&mgvf, &bmsc, "a@b", &empty, 0, &fault),
		       fault, FAULT_ARGUMENT, "0 octets");
	for (i = 1; i < MGVF_MUKS_MAX; i++) {
		snprintf(name, sizeof(name), "bmsc%d.home1.net", i);
		assert_int_equal(
			naf_id_set(&other, name, UA_PROTOCOL_MBMS, NULL), 0);
		assert_int_equal(
			mgvf_muk_set(&mgvf, &other, "a@b", &muk, 0, NULL), 0);
	}
	assert_int_equal(naf_id_set(&other, "bmsc.net", UA_PROTOCOL_MBMS, NULL),
			 0);
	assert_refused(mgvf_muk_set(&mgvf, &other, "a@b", &muk, 0, &fault),
		       fault, FAULT_LIMIT, "no room");
	assert_null(mgvf_muk_find(&mgvf, &other));
	assert_refused(mgvf_muk_delete(&mgvf, &other, &fault), fault,
		       FAULT_UNKNOWN, "no MUK");
	assert_refused(mgvf_muk_expire(&mgvf, &other, &fault), fault,
		       FAULT_UNKNOWN, "no MUK");
	secret_clear(&muk);
}

/* An expired MUK may still ask the UE to come: TS 33.246, 6.3.2.2.4. */
static void expired_muk(void **state)
{
	(void)state;
	assert_int_equal(mgvf_muk_expire(&mgvf, &bmsc, NULL), 0);
	refuse(MSK_DOWNLOAD, FAULT_STATE, "expired");
	take("solicited pull", MGVF_SOLICITED);
	refuse("solicited pull", FAULT_REPLAYED, "counter 2");
	set_muk(MBMS_COUNTER_NONE);
	take("MSK delivery, streaming", MGVF_MSK_STORED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(two_msks_per_group, start,
						stop),
		cmocka_unit_test_setup_teardown(the_first_to_come_goes, start,
						stop),
		cmocka_unit_test_setup_teardown(used_up_is_not_deleted, start,
						stop),
		cmocka_unit_test_setup_teardown(msk_again_keeps_what_is_used,
						start, stop),
		cmocka_unit_test_setup_teardown(beyond_deletes, start, stop),
		cmocka_unit_test_setup_teardown(room_for_msks, start, stop),
		cmocka_unit_test_setup_teardown(msk_by_nas, start, stop),
		cmocka_unit_test_setup_teardown(other_rand_than_the_msk, start,
						stop),
		cmocka_unit_test_setup_teardown(full_of_msks_by_nas, start,
						stop),
		cmocka_unit_test_setup_teardown(muks, start, stop),
		cmocka_unit_test_setup_teardown(expired_muk, start, stop),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
