// SPDX-License-Identifier: GPL-2.0-or-later
/* Multicast in NAS of 5GS: golden messages, what they say, hostile ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/nas5g.h"
#include "vectors.h"

#define MAX 2048

static json_t *list;

static int setup(void **state)
{
	(void)state;
	list = vectors_load("nas");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	json_decref(list);
	return 0;
}

/* Decodes a copy that ends where its memory does, and encodes what came out to
 * @out. Returns its size, or 0 if it was refused.
 */
static size_t recode(const uint8_t *octets, size_t size, uint8_t out[MAX],
		     struct fault *fault)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct nas5g_transport transport;
	struct nas5g_sm message;
	size_t made = 0;

	assert_non_null(copy);
	if (size)
		memcpy(copy, octets, size);
	if (size && copy[0] == 0x7e) {
		if (!nas5g_transport_decode(copy, size, &transport, fault))
			assert_int_equal(nas5g_transport_encode(&transport, out,
								MAX, &made,
								NULL),
					 0);
	} else if (!nas5g_sm_decode(copy, size, &message, fault)) {
		assert_int_equal(
			nas5g_sm_encode(&message, out, MAX, &made, NULL), 0);
		nas5g_sm_clear(&message);
	} else {
		static const struct nas5g_sm empty;

		assert_memory_equal(&message, &empty, sizeof(empty));
	}
	free(copy);
	return made;
}

/* Either refused with a sentence, or understood so that it can be said again. */
static void harmless(const uint8_t *octets, size_t size)
{
	uint8_t once[MAX], again[MAX];
	struct fault fault = { 0 };
	size_t made = recode(octets, size, once, &fault);

	if (!made) {
		assert_true(fault.code != FAULT_NONE);
		assert_true(fault.text[0]);
		return;
	}
	assert_int_equal(recode(once, made, again, NULL), made);
	assert_memory_equal(once, again, made);
}

static void check_golden(const json_t *vector)
{
	uint8_t octets[MAX], out[MAX], old;
	size_t size = vectors_hex(vector, "message", octets, MAX), at;
	struct fault fault = { 0 };
	int value;

	if (recode(octets, size, out, &fault) != size)
		fail_msg("%s: %s", vectors_name(vector), fault.text);
	vectors_match(vector, "message", out, size);
	for (at = 0; at < size; at++)
		harmless(octets, at);
	for (at = 0; at < size; at++) {
		old = octets[at];
		for (value = 0; value < 256; value++) {
			octets[at] = (uint8_t)value;
			harmless(octets, size);
		}
		octets[at] = old;
	}
}

static void test_golden(void **state)
{
	size_t i, checked = 0;
	json_t *vector;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		if (strcmp(vectors_text(vector, "kind"), "message") ||
		    strcmp(vectors_text(vector, "dissector"), "nas-5gs"))
			continue;
		check_golden(vector);
		checked++;
	}
	assert_true(checked >= 20);
}

static void load(const char *name, struct nas5g_sm *message)
{
	uint8_t octets[MAX];
	size_t size =
		vectors_hex(vectors_find(list, name), "message", octets, MAX);

	assert_int_equal(nas5g_sm_decode(octets, size, message, NULL), 0);
}

static void test_contents(void **state)
{
	static const uint8_t msk[MSK_SIZE] = { 0, 1, 2,	 3,  4,	 5,  6,	 7,
					       8, 9, 10, 11, 12, 13, 14, 15 };
	const struct mbs_information *info;
	struct nas5g_sm message;
	char text[TMGI_TEXT_SIZE];

	(void)state;
	load("join request", &message);
	assert_int_equal(message.type, NAS5G_MODIFICATION_REQUEST);
	assert_int_equal(message.session, 5);
	assert_int_equal(message.pti, 1);
	assert_int_equal(message.requested.count, 1);
	assert_int_equal(message.requested.requests[0].operation, MBS_JOIN);
	tmgi_text(&message.requested.requests[0].session.tmgi, text);
	assert_string_equal(text, "00000a-901-70");
	load("join accepted with keys", &message);
	info = message.received.information;
	assert_int_equal(info->decision, MBS_ACCEPTED);
	assert_int_equal(info->key_set_count, 1);
	assert_int_equal(info->key_sets[0].id.msk_id, 0x00010001);
	assert_memory_equal(info->key_sets[0].msk.bytes, msk, sizeof(msk));
	assert_true(info->key_sets[0].has_mtk);
	assert_int_equal(info->key_sets[0].mtk_id, 1);
	assert_int_equal(info->key_sets[0].encrypted_mtk[15], 0x1f);
	assert_true(mbs_received_has_keys(&message.received));
	nas5g_sm_clear(&message);
	load("join rejected", &message);
	assert_int_equal(info->decision, MBS_REJECTED);
	assert_int_equal(info->cause, MBS_CAUSE_NOT_AUTHORIZED);
	assert_false(mbs_received_has_keys(&message.received));
	load("join rejected, back-off", &message);
	assert_int_equal(info->timer, MBS_TIMER_BACK_OFF);
	assert_int_equal(info->timer_value, 0x25);
	load("join rejected, start time", &message);
	assert_true(info->timer_value == UINT64_C(0xe8c1b2a30000));
	load("removed from the session", &message);
	assert_int_equal(info->decision, MBS_REMOVED);
	assert_int_equal(message.pti, 0);
	load("service area update", &message);
	assert_int_equal(info->tai_list_size, 7);
	assert_int_equal(info->cell_list_size, 8);
	load("join accepted by IPv4 with area", &message);
	assert_int_equal(info->session.type, MBS_SESSION_SSM_IPV4);
	assert_int_equal(info->session.group[0], 232);
	load("join request that offers the key wrap", &message);
	assert_true(message.offers_wrap);
	load("establishment accept with keys", &message);
	assert_int_equal(message.qos_rules_size, 9);
	nas5g_sm_clear(&message);
}

static void test_wrapped_key(void **state)
{
	static const uint8_t parent[32] = { 7 }, root[KMBS_SIZE] = { 9 };
	struct secret ue = { 0 }, kmbs = { 0 }, out = { 0 };
	struct nas5g_sm message, other;
	struct mbs_key_set *set = message.received.information[0].key_sets;
	struct kmbs_wrapped wrapped;
	uint8_t octets[MAX];
	size_t size, at;

	(void)state;
	load("new MSK", &message);
	assert_int_equal(secret_set(&ue, parent, sizeof(parent)), 0);
	assert_int_equal(secret_set(&kmbs, root, sizeof(root)), 0);
	assert_int_equal(kmbs_wrap(&ue, &set->id, &kmbs, &wrapped, NULL), 0);
	assert_int_equal(secret_set(&set->msk, wrapped.key, KMBS_SIZE), 0);
	message.check_count = 1;
	message.checks[0].tmgi = message.received.information[0].tmgi;
	message.checks[0].id = set->id;
	memcpy(message.checks[0].check, wrapped.check, KEY_WRAP_CHECK_SIZE);
	assert_int_equal(nas5g_sm_encode(&message, octets, MAX, &size, NULL),
			 0);
	assert_int_equal(nas5g_sm_decode(octets, size, &other, NULL), 0);
	assert_int_equal(other.check_count, 1);
	set = other.received.information[0].key_sets;
	assert_true(msk_ref_equal(&other.checks[0].id, &set->id));
	memcpy(wrapped.key, set->msk.bytes, KMBS_SIZE);
	memcpy(wrapped.check, other.checks[0].check, KEY_WRAP_CHECK_SIZE);
	assert_int_equal(kmbs_unwrap(&ue, &set->id, &wrapped, &out, NULL), 0);
	assert_true(secret_equal(&out, &kmbs));
	for (at = 0; at < size; at++)
		harmless(octets, at);
	for (at = 0; at < MAX && at < size; at++)
		assert_int_equal(nas5g_sm_encode(&message, octets, at, &size,
						 NULL) == 0,
				 false);
	nas5g_sm_clear(&message);
	nas5g_sm_clear(&other);
	secret_clear(&ue);
	secret_clear(&kmbs);
	secret_clear(&out);
}

static void refused(const char *hex, enum fault_code code, const char *text)
{
	uint8_t octets[MAX], out[MAX];
	struct fault fault = { 0 };
	size_t size = strlen(hex) / 2, i;
	unsigned int value;

	for (i = 0; i < size; i++) {
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &value), 1);
		octets[i] = (uint8_t)value;
	}
	assert_int_equal(recode(octets, size, out, &fault), 0);
	if (fault.code != code || !strstr(fault.text, text))
		fail_msg("%s: %s: %s", hex, fault_name(fault.code), fault.text);
}

#define TMGI_HEX "0600000a09f107"
#define SET_HEX "0009f10700010002404142434445464748494a4b4c4d4e4f"

static void test_hostile(void **state)
{
	(void)state;
	refused("2e0001cc", FAULT_MALFORMED, "session identity");
	refused("2e1001cc", FAULT_MALFORMED, "session identity");
	refused("2e05ffcc", FAULT_MALFORMED, "transaction identity");
	refused("2e0500c9", FAULT_MALFORMED, "transaction identity");
	refused("2e0501d6", FAULT_UNSUPPORTED, "type d6");
	refused("7f0501cc", FAULT_MALFORMED, "not 5GSM");
	refused("2e0501ca00", FAULT_MALFORMED, "no 5GSM cause");
	/* Unknown and required. */
	refused("2e0501cc0100", FAULT_UNSUPPORTED, "required");
	refused("2e0501cc6005aa", FAULT_TRUNCATED, "element 60");
	/* Requested: nothing, reserved operations and types, doubles. */
	refused("2e0501c9700000", FAULT_MALFORMED, "operation 0");
	refused("2e0501c97000080d" TMGI_HEX, FAULT_MALFORMED, "operation 3");
	refused("2e0501c970000804" TMGI_HEX, FAULT_MALFORMED, "type 0");
	refused("2e0501c970001005" TMGI_HEX "09" TMGI_HEX, FAULT_MALFORMED,
		"twice");
	refused("2e0501c970000805" TMGI_HEX "70000805" TMGI_HEX,
		FAULT_MALFORMED, "element 70 is there twice");
	refused("2e0501c9700007050500000a09f1", FAULT_MALFORMED, "TMGI");
	refused("2e0501c970000905" TMGI_HEX "00", FAULT_MALFORMED,
		"operation 0");
	refused("2e0501c9700009067f000001e8010203", FAULT_MALFORMED, "");
	refused("2e0501c970002d"
		"050300000105030000020503000003050300000405030000050503000006"
		"050300000705030000080503000009",
		FAULT_LIMIT, "more than 8");
	/* Received: decisions, causes, timers, keys. */
	refused("2e0501cb7100090000" TMGI_HEX, FAULT_MALFORMED, "decision 0");
	refused("2e0501cb7100090600" TMGI_HEX, FAULT_MALFORMED, "decision 6");
	refused("2e0501cb710009e300" TMGI_HEX, FAULT_MALFORMED, "cause 7");
	refused("2e0501cb7100094200" TMGI_HEX, FAULT_MALFORMED, "cause 2");
	refused("2e0501cb7100090306" TMGI_HEX, FAULT_MALFORMED, "timer");
	refused("2e0501cb7100090500" TMGI_HEX, FAULT_MALFORMED, "no key");
	refused("2e0501cb7100220308" TMGI_HEX "01" SET_HEX, FAULT_MALFORMED,
		"keys with MBS decision 3");
	refused("2e0501cb71000a0508" TMGI_HEX "00", FAULT_MALFORMED,
		"0 keys sets");
	refused("2e0501cb71000a0508" TMGI_HEX "ff", FAULT_LIMIT,
		"255 keys sets");
	refused("2e0501cb7100220508" TMGI_HEX "02" SET_HEX, FAULT_TRUNCATED,
		"keys set");
	refused("2e0501cb71003a0508" TMGI_HEX "02" SET_HEX SET_HEX,
		FAULT_MALFORMED, "twice");
	refused("2e0501cb7100120400" TMGI_HEX "0400" TMGI_HEX, FAULT_MALFORMED,
		"twice");
	refused("2e0501cb71000a0a00" TMGI_HEX "00", FAULT_MALFORMED, "empty");
	refused("2e0501cb71000b1200" TMGI_HEX "01aa", FAULT_MALFORMED,
		"NR cells");
	refused("2e0501cb71000b0a00" TMGI_HEX "01ff", FAULT_MALFORMED,
		"tracking area list");
	refused("2e0501cb7f0000", FAULT_TRUNCATED, "KMBS");
	refused("2e0501cb7f000102", FAULT_UNSUPPORTED, "version 2");
	/* The ids that no key has. */
	refused("2e0501cb7100220508" TMGI_HEX "01"
		"0009f10700010000404142434445464748494a4b4c4d4e4f",
		FAULT_MALFORMED, "Key Number 0");
	refused("2e0501cb7100340508" TMGI_HEX "01"
		"0109f10700010002404142434445464748494a4b4c4d4e4f0000"
		"101112131415161718191a1b1c1d1e1f",
		FAULT_MALFORMED, "MTK ID 0");
}

#define CHECK_HEX TMGI_HEX "09f10700010002a0a1a2a3a4a5a6a7"

/* Two values for one key, and values for keys that are not in the message. */
static void test_check_values(void **state)
{
	(void)state;
	refused("2e0501cb7100220508" TMGI_HEX "01" SET_HEX
		"7f002d01" CHECK_HEX CHECK_HEX,
		FAULT_MALFORMED, "twice");
	refused("2e0501cb7f001701" CHECK_HEX, FAULT_MALFORMED, "not there");
	refused("2e0501cb7100220508" TMGI_HEX "01" SET_HEX "7f001701" TMGI_HEX
		"09f10700010003a0a1a2a3a4a5a6a7",
		FAULT_MALFORMED, "not there");
	refused("2e0501cb7100220508" TMGI_HEX "01" SET_HEX
		"7f0017010600000b09f10709f10700010002a0a1a2a3a4a5a6a7",
		FAULT_MALFORMED, "not there");
}

static void test_transport_hostile(void **state)
{
	(void)state;
	refused("7e00670100012e12050100", FAULT_UNSUPPORTED, "required");
	refused("7e00670100001205", FAULT_MALFORMED, "0 octets");
	refused("7e00670100012e", FAULT_MALFORMED, "session 0");
	refused("7e00670100012e1210", FAULT_MALFORMED, "session 16");
	refused("7e00670500012e1205", FAULT_UNSUPPORTED, "container type 5");
	refused("7e02670100012e1205", FAULT_UNSUPPORTED, "no plain");
	refused("7e0067010002", FAULT_TRUNCATED, "NAS transport");
}

static void encode_refused(const struct nas5g_sm *message)
{
	struct fault fault = { 0 };
	uint8_t out[MAX];
	size_t size;

	assert_int_equal(nas5g_sm_encode(message, out, MAX, &size, &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_int_equal(size, 0);
}

static void test_encode_refused(void **state)
{
	struct nas5g_sm message = { 0 };
	struct nas5g_transport transport = { .session = 5, .cause = 90 };
	struct mbs_information *info = message.received.information;
	uint8_t out[MAX];
	size_t size;

	(void)state;
	encode_refused(&message);
	load("new MSK", &message);
	message.type = NAS5G_MODIFICATION_COMPLETE;
	encode_refused(&message);
	message.type = NAS5G_ESTABLISHMENT_ACCEPT;
	encode_refused(&message);
	message.pti = 1;
	encode_refused(&message); /* no QoS rules */
	message.type = NAS5G_MODIFICATION_COMMAND;
	info->session.type = MBS_SESSION_TMGI;
	encode_refused(&message);
	info->session.type = MBS_SESSION_NONE;
	info->key_set_count = MBS_KEY_SETS_MAX + 1;
	encode_refused(&message);
	info->key_set_count = 1;
	message.received.count = MBS_SESSIONS_MAX + 1;
	encode_refused(&message);
	message.received.count = 1;
	info->key_sets[0].id.msk_id = 0x10000;
	encode_refused(&message);
	info->key_sets[0].id.msk_id = 0x10002;
	info->key_sets[0].has_mtk = true;
	encode_refused(&message);
	info->key_sets[0].has_mtk = false;
	message.check_count = 1;
	encode_refused(&message); /* for no keys set */
	message.check_count = 0;
	secret_clear(&info->key_sets[0].msk);
	encode_refused(&message);
	nas5g_sm_clear(&message);
	load("join two sessions, leave one", &message);
	assert_int_equal(message.requested.count, 3);
	message.requested.requests[2] = message.requested.requests[0];
	encode_refused(&message);
	message.requested.requests[2].operation = 0;
	message.requested.requests[0].operation = 3;
	encode_refused(&message);
	message.requested.requests[0].operation = MBS_JOIN;
	message.requested.requests[0].session.type = MBS_SESSION_NONE;
	encode_refused(&message);
	message.requested.count = MBS_SESSIONS_MAX + 1;
	encode_refused(&message);
	assert_int_equal(
		nas5g_transport_encode(&transport, out, MAX, &size, NULL), -1);
	transport.container = out;
	transport.container_size = 4;
	assert_int_equal(
		nas5g_transport_encode(&transport, out, MAX, &size, NULL), -1);
	transport.downlink = true;
	transport.container = (const uint8_t *)"abcd";
	assert_int_equal(
		nas5g_transport_encode(&transport, out, 6, &size, NULL), -1);
	assert_int_equal(
		nas5g_transport_encode(&transport, out, MAX, &size, NULL), 0);
	harmless(out, size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_contents),
		cmocka_unit_test(test_wrapped_key),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_check_values),
		cmocka_unit_test(test_transport_hostile),
		cmocka_unit_test(test_encode_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
