// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * NAS messages with as much in them as we take: they come back as they were, and
 * one more of anything, or nothing where something has to be, is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/nas5g.h"
#include "core/naseps.h"

#define ROOM 8192

static uint8_t octets[ROOM], again[ROOM];

static struct tmgi tmgi_of(size_t i)
{
	return (struct tmgi){ (uint32_t)i + 1, true, { 901, 70, 2 } };
}

static struct msk_ref id_of(size_t i)
{
	return (struct msk_ref){ { { 0x09, 0xf1, 0x07 } },
				 msk_id_make(1, (uint16_t)(i + 1)) };
}

static void information_make(struct mbs_information *info, size_t i)
{
	size_t j;

	info->decision = MBS_SECURITY_UPDATE;
	info->tmgi = tmgi_of(i);
	info->session.type = MBS_SESSION_SSM_IPV6;
	memset(info->session.source, 0x20, sizeof(info->session.source));
	memset(info->session.group, 0xff, sizeof(info->session.group));
	info->key_set_count = MBS_KEY_SETS_MAX;
	for (j = 0; j < MBS_KEY_SETS_MAX; j++) {
		struct mbs_key_set *set = &info->key_sets[j];

		set->id = id_of(j);
		assert_int_equal(
			secret_set(&set->msk, "sixteen octets..", MSK_SIZE), 0);
		set->has_mtk = j % 2;
		set->mtk_id = set->has_mtk ? 7 : 0;
	}
}

/* All sessions with all keys sets, half of them wrapped, and a cause. */
static void command_make(struct nas5g_sm *message)
{
	size_t i;

	*message = (struct nas5g_sm){
		.type = NAS5G_MODIFICATION_COMMAND,
		.session = NAS5G_SESSION_MAX,
		.cause = 39,
		.received = { .count = MBS_SESSIONS_MAX },
		.check_count = NAS5G_CHECKS_MAX,
	};
	for (i = 0; i < MBS_SESSIONS_MAX; i++)
		information_make(&message->received.information[i], i);
	for (i = 0; i < NAS5G_CHECKS_MAX; i++) {
		message->checks[i].tmgi = tmgi_of(i / MBS_KEY_SETS_MAX);
		message->checks[i].id = id_of(i % MBS_KEY_SETS_MAX);
	}
}

static size_t encode(const struct nas5g_sm *message, uint8_t *out)
{
	struct fault fault = { 0 };
	size_t size;

	if (nas5g_sm_encode(message, out, ROOM, &size, &fault))
		fail_msg("%s", fault.text);
	return size;
}

static void decode_refused(size_t size, enum fault_code code, const char *text)
{
	struct fault fault = { 0 };
	struct nas5g_sm message;

	assert_int_equal(nas5g_sm_decode(octets, size, &message, &fault), -1);
	if (fault.code != code || !strstr(fault.text, text))
		fail_msg("%s: %s", fault_name(fault.code), fault.text);
}

static void test_largest_command(void **state)
{
	struct nas5g_sm message, other;
	size_t size;

	(void)state;
	command_make(&message);
	size = encode(&message, octets);
	assert_int_equal(nas5g_sm_decode(octets, size, &other, NULL), 0);
	assert_int_equal(other.cause, 39);
	assert_int_equal(other.check_count, NAS5G_CHECKS_MAX);
	assert_int_equal(other.received.count, MBS_SESSIONS_MAX);
	assert_int_equal(other.received.information[7].session.type,
			 MBS_SESSION_SSM_IPV6);
	assert_int_equal(encode(&other, again), size);
	assert_memory_equal(again, octets, size);
	nas5g_sm_clear(&message);
	nas5g_sm_clear(&other);
}

/* The element with the check values is the last of the message. */
static void test_one_check_more(void **state)
{
	struct nas5g_sm message;
	size_t size, entry, length;
	uint8_t *at;

	(void)state;
	command_make(&message);
	message.check_count--;
	size = encode(&message, octets);
	message.check_count++;
	entry = encode(&message, octets) - size;
	size += entry;
	nas5g_sm_clear(&message);
	length = 1 + NAS5G_CHECKS_MAX * entry;
	at = octets + size - length - 2;
	assert_int_equal(at[0] << 8 | at[1], length);
	memcpy(octets + size, octets + size - entry, entry);
	at[0] = (uint8_t)((length + entry) >> 8);
	at[1] = (uint8_t)(length + entry);
	decode_refused(size + entry, FAULT_LIMIT, "more than 16 keys");
}

static void test_one_answer_more(void **state)
{
	static struct mbs_received all, one, out;
	struct fault fault = { 0 };
	struct writer writer;
	size_t i;

	(void)state;
	writer_init(&writer, octets, ROOM);
	all.count = MBS_SESSIONS_MAX;
	for (i = 0; i < MBS_SESSIONS_MAX; i++)
		information_make(&all.information[i], i);
	assert_int_equal(mbs_received_encode(&all, &writer, NULL), 0);
	one.count = 1;
	information_make(&one.information[0], i);
	assert_int_equal(mbs_received_encode(&one, &writer, NULL), 0);
	assert_int_equal(
		mbs_received_decode(octets, writer.length, &out, &fault), -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
	assert_int_equal(out.count, 0);
	/* The sender says so too. */
	all.count++;
	fault = (struct fault){ 0 };
	assert_int_equal(mbs_received_encode(&all, &writer, &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	all.count--;
	/* The same twice. */
	all.information[7].tmgi = all.information[0].tmgi;
	fault = (struct fault){ 0 };
	assert_int_equal(mbs_received_encode(&all, &writer, &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	mbs_received_clear(&all);
	mbs_received_clear(&one);
}

static void test_requests(void **state)
{
	static struct mbs_requested all, one, out;
	struct fault fault = { 0 };
	struct writer writer;
	size_t i, size;

	(void)state;
	writer_init(&writer, octets, ROOM);
	all.count = MBS_SESSIONS_MAX;
	for (i = 0; i < MBS_SESSIONS_MAX; i++) {
		all.requests[i].operation = MBS_JOIN;
		all.requests[i].session.type = MBS_SESSION_TMGI;
		all.requests[i].session.tmgi = tmgi_of(i);
	}
	assert_int_equal(mbs_requested_encode(&all, &writer, NULL), 0);
	size = writer.length;
	assert_int_equal(mbs_requested_decode(octets, size, &out, NULL), 0);
	assert_memory_equal(&out, &all, sizeof(out));
	one.count = 1;
	one.requests[0] = all.requests[0];
	one.requests[0].session.tmgi = tmgi_of(i);
	assert_int_equal(mbs_requested_encode(&one, &writer, NULL), 0);
	assert_int_equal(
		mbs_requested_decode(octets, writer.length, &out, &fault), -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
	assert_int_equal(out.count, 0);
}

/* ---- EPS ---- */

#define GROUP_VALUE_SIZE (1 + 1 + 5 + 2 + 1 + 32)

static size_t attach_accept(void)
{
	static const uint8_t tai_list[] = { 0, 9, 0xf1, 7, 0, 1 };
	static const uint8_t esm[] = { 2, 0, 0xc1 };
	struct naseps_message message = {
		.type = NASEPS_ATTACH_ACCEPT,
		.attach_result = 1,
		.tai_list = tai_list,
		.tai_list_size = sizeof(tai_list),
		.esm = esm,
		.esm_size = sizeof(esm),
		.has_group = true,
		.group = { .group_id = "group", .group_id_size = 5 },
	};
	struct group_keys *keys = &message.group.keys;
	size_t size;

	assert_int_equal(secret_set(&keys->confidentiality, "0123456789abcdef",
				    GROUP_KEY_SIZE),
			 0);
	assert_int_equal(secret_set(&keys->integrity, "0123456789abcdeF",
				    GROUP_KEY_SIZE),
			 0);
	assert_int_equal(naseps_encode(&message, octets, ROOM, &size, NULL), 0);
	naseps_clear(&message);
	return size;
}

static void eps_refused(size_t size, const char *text)
{
	static const struct naseps_message empty;
	struct naseps_message message;
	struct fault fault = { 0 };

	assert_int_equal(naseps_decode(octets, size, &message, &fault), -1);
	if (fault.code != FAULT_MALFORMED || !strstr(fault.text, text))
		fail_msg("%s: %s", fault_name(fault.code), fault.text);
	assert_memory_equal(&message, &empty, sizeof(empty));
}

static void test_group_keys_twice(void **state)
{
	size_t size = attach_accept(), element = 3 + GROUP_VALUE_SIZE;

	(void)state;
	assert_int_equal(octets[size - element], 0x7e);
	memcpy(octets + size, octets + size - element, element);
	eps_refused(size + element, "there twice");
}

static void test_empty_group_id(void **state)
{
	size_t size = attach_accept();
	uint8_t *element = octets + size - 3 - GROUP_VALUE_SIZE;

	(void)state;
	assert_int_equal(element[4], 5);
	element[2] -= 5;
	element[4] = 0;
	memmove(element + 5, element + 10, GROUP_VALUE_SIZE - 7);
	eps_refused(size - 5, "group id is empty");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_largest_command),
		cmocka_unit_test(test_one_check_more),
		cmocka_unit_test(test_one_answer_more),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_group_keys_twice),
		cmocka_unit_test(test_empty_group_id),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
