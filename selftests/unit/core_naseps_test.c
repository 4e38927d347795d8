// SPDX-License-Identifier: GPL-2.0-or-later
/* Group keys in NAS of EPS: golden messages, rules of the keys, hostile ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/naseps.h"
#include "vectors.h"

#define MAX 1024

static json_t *list;

static size_t recode(const uint8_t *octets, size_t size, uint8_t out[MAX],
		     struct fault *fault)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct naseps_message message;
	size_t made = 0;

	assert_non_null(copy);
	if (size)
		memcpy(copy, octets, size);
	if (!naseps_decode(copy, size, &message, fault)) {
		assert_int_equal(naseps_encode(&message, out, MAX, &made, NULL),
				 0);
		naseps_clear(&message);
	} else {
		static const struct naseps_message empty;

		assert_memory_equal(&message, &empty, sizeof(empty));
	}
	free(copy);
	return made;
}

static void harmless(const uint8_t *octets, size_t size)
{
	uint8_t once[MAX], again[MAX];
	struct fault fault = { 0 };
	size_t made = recode(octets, size, once, &fault);

	if (!made) {
		assert_true(fault.code != FAULT_NONE && fault.text[0]);
		return;
	}
	assert_int_equal(recode(once, made, again, NULL), made);
	assert_memory_equal(once, again, made);
}

static void hostile(uint8_t *octets, size_t size)
{
	size_t at;
	uint8_t old;
	int value;

	for (at = 0; at < size; at++) {
		harmless(octets, at);
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
	uint8_t octets[MAX], out[MAX];
	size_t i, size, checked = 0;
	json_t *vector;

	(void)state;
	list = vectors_load("nas");
	json_array_foreach(list, i, vector)
	{
		if (strcmp(vectors_text(vector, "kind"), "message") ||
		    strcmp(vectors_text(vector, "dissector"), "nas-eps"))
			continue;
		size = vectors_hex(vector, "message", octets, MAX);
		assert_int_equal(recode(octets, size, out, NULL), size);
		vectors_match(vector, "message", out, size);
		hostile(octets, size);
		checked++;
	}
	assert_int_equal(checked, 3);
	json_decref(list);
}

static void command(struct naseps_message *message)
{
	*message = (struct naseps_message){
		.type = NASEPS_SECURITY_MODE_COMMAND,
		.algorithms = 0x22,
		.capability = { 0xe0, 0xe0 },
		.capability_size = 2,
		.has_group = true,
		.group = { .wrapped = true,
			   .group_id = "group",
			   .group_id_size = 5,
			   .key_index = 7,
			   .has_lifetime = true,
			   .lifetime = 3600 },
	};
}

/* Never enciphered, so keys go there wrapped or not at all. */
static void test_command_has_wrapped_keys_only(void **state)
{
	static const uint8_t key[GROUP_KEY_SIZE] = { 1 };
	struct naseps_message message, other;
	struct fault fault = { 0 };
	uint8_t octets[MAX];
	size_t size;

	(void)state;
	command(&message);
	assert_int_equal(naseps_encode(&message, octets, MAX, &size, NULL), 0);
	assert_int_equal(naseps_decode(octets, size, &other, NULL), 0);
	assert_true(other.group.wrapped && other.group.has_lifetime);
	assert_int_equal(other.group.lifetime, 3600);
	assert_int_equal(other.group.key_index, 7);
	hostile(octets, size);
	message.group.wrapped = false;
	assert_int_equal(secret_set(&message.group.keys.confidentiality, key,
				    sizeof(key)),
			 0);
	assert_int_equal(
		secret_set(&message.group.keys.integrity, key, sizeof(key)), 0);
	assert_int_equal(naseps_encode(&message, octets, MAX, &size, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_UNSUPPORTED);
	/* The same from a network that does not care. */
	message.type = NASEPS_GENERIC_TRANSPORT;
	assert_int_equal(
		naseps_encode(&message, octets + 5, MAX - 5, &size, NULL), 0);
	memcpy(octets, "\x07\x5d\x22\x00\x02\xe0\xe0\x7e", 8);
	fault.code = FAULT_NONE;
	assert_int_equal(naseps_decode(octets, size + 5, &other, &fault), -1);
	assert_int_equal(fault.code, FAULT_UNSUPPORTED);
	assert_null(other.group.keys.integrity.bytes);
	naseps_clear(&message);
}

/* A reserved attach result; and an element that only another message has without
 * a length.
 */
static void test_elements_of_a_message(void **state)
{
	static const uint8_t accept[] = { 0x07, 0x42, 0x03, 0x21, 0x06,
					  0x00, 0x00, 0xf1, 0x10, 0x00,
					  0x01, 0x00, 0x01, 0x52 };
	struct naseps_message message, other;
	struct fault fault = { 0 };
	uint8_t octets[MAX];
	size_t size;

	(void)state;
	assert_int_equal(naseps_decode(accept, sizeof(accept), &other, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_MALFORMED);
	assert_non_null(strstr(fault.text, "wrong result"));
	command(&message);
	message.type = NASEPS_GENERIC_TRANSPORT;
	assert_int_equal(naseps_encode(&message, octets, MAX, &size, NULL), 0);
	memcpy(octets + size, "\x55\x01\xaa", 3);
	assert_int_equal(naseps_decode(octets, size + 3, &other, NULL), 0);
	naseps_clear(&other);
}

static void test_encode_refused(void **state)
{
	struct naseps_message message;
	uint8_t out[MAX];
	size_t size, room;

	(void)state;
	command(&message);
	for (room = 0; room < 60; room++)
		assert_int_equal(
			naseps_encode(&message, out, room, &size, NULL), -1);
	message.group.group_id_size = 0;
	assert_int_equal(naseps_encode(&message, out, MAX, &size, NULL), -1);
	command(&message);
	message.capability_size = 6;
	assert_int_equal(naseps_encode(&message, out, MAX, &size, NULL), -1);
	command(&message);
	message.type = NASEPS_GENERIC_TRANSPORT;
	message.group.wrapped = false; /* and no keys */
	assert_int_equal(naseps_encode(&message, out, MAX, &size, NULL), -1);
	message.has_group = false;
	assert_int_equal(naseps_encode(&message, out, MAX, &size, NULL), -1);
	message.type = NASEPS_ATTACH_ACCEPT;
	assert_int_equal(naseps_encode(&message, out, MAX, &size, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_command_has_wrapped_keys_only),
		cmocka_unit_test(test_elements_of_a_message),
		cmocka_unit_test(test_encode_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
