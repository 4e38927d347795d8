// SPDX-License-Identifier: GPL-2.0-or-later
/* NAS security: published and computed messages, COUNT, replay, downgrade. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/nas_sec.h"
#include "vectors.h"

#define MAX 1024

static const uint8_t inner[] = { 0x7e, 0x00, 0x67, 0x01, 0x00, 0x01, 0x55 };
static struct secret key_e, key_i;

static int setup(void **state)
{
	static const uint8_t octets[NAS_KEY_SIZE] = { 1, 2, 3 };

	(void)state;
	return secret_set(&key_e, octets, sizeof(octets)) ||
	       secret_set(&key_i, "0123456789abcdef", 16);
}

static int teardown(void **state)
{
	(void)state;
	secret_clear(&key_e);
	secret_clear(&key_i);
	return 0;
}

/* Two ends of one context. */
static void pair(struct nas_security *network, struct nas_security *ue,
		 enum nas_system system)
{
	struct nas_setup made = {
		system, NAS_DOWNLINK, NAS_ALGORITHM_AES, NAS_ALGORITHM_AES,
		&key_e, &key_i
	};

	assert_int_equal(nas_security_init(network, &made, NULL), 0);
	made.sends = NAS_UPLINK;
	assert_int_equal(nas_security_init(ue, &made, NULL), 0);
}

static size_t send(struct nas_security *from, uint8_t out[MAX])
{
	struct fault fault = { 0 };
	size_t size = 0;

	if (nas_protect(from, NAS_CIPHERED, inner, sizeof(inner), out, MAX,
			&size, &fault))
		fail_msg("%s", fault.text);
	return size;
}

static void accepted(struct nas_security *by, const uint8_t *message,
		     size_t size, uint32_t count)
{
	struct nas_received received;
	struct fault fault = { 0 };
	uint8_t plain[MAX];

	if (nas_unprotect(by, message, size, plain, sizeof(plain), &received,
			  &fault))
		fail_msg("%s", fault.text);
	assert_int_equal(received.count, count);
	assert_int_equal(by->last_received, count);
	assert_true(by->received);
	assert_int_equal(received.size, sizeof(inner));
	assert_memory_equal(plain, inner, sizeof(inner));
	assert_int_equal(nas_received_check_keys(&received, NULL), 0);
}

/* Refused, for that reason; the context is as before and nothing comes out. */
static void refused(struct nas_security *by, const uint8_t *message,
		    size_t size, enum fault_code code)
{
	static const uint8_t zero[MAX];
	struct nas_security before = *by;
	struct nas_received received;
	struct fault fault = { 0 };
	uint8_t plain[MAX];
	uint8_t *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	if (size)
		memcpy(copy, message, size);
	memset(plain, 0x5a, sizeof(plain));
	assert_int_equal(nas_unprotect(by, copy, size, plain, sizeof(plain),
				       &received, &fault),
			 -1);
	free(copy);
	assert_int_equal(fault.code, code);
	assert_true(fault.text[0]);
	assert_memory_equal(by, &before, sizeof(before));
	assert_memory_equal(plain, zero, sizeof(zero));
	assert_int_equal(received.size, 0);
	assert_false(received.authentic);
}

static struct nas_input vector_input(json_t *vector)
{
	return (struct nas_input){
		(uint32_t)vectors_number(vector, "count"),
		(uint8_t)vectors_number(vector, "bearer"),
		(enum nas_direction)vectors_number(vector, "direction"),
	};
}

static void check_algorithm(json_t *vector, bool cipher)
{
	struct nas_input input = vector_input(vector);
	uint8_t plain[MAX], out[MAX], mac[NAS_MAC_SIZE];
	size_t size = vectors_hex(vector, "plain", plain, sizeof(plain));
	struct secret key = { 0 };

	vectors_secret(vector, "key", &key);
	if (cipher) {
		assert_int_equal(
			nas_cipher(&key, &input, plain, size, out, NULL), 0);
		vectors_match(vector, "cipher", out, size);
		assert_int_equal(nas_cipher(&key, &input, out, size, out, NULL),
				 0);
		assert_memory_equal(out, plain, size);
	} else {
		assert_int_equal(nas_mac(&key, &input, plain, size, mac, NULL),
				 0);
		vectors_match(vector, "mac", mac, sizeof(mac));
	}
	secret_clear(&key);
}

static enum nas_system vector_system(json_t *vector)
{
	const char *name = vectors_text(vector, "system");

	if (!strcmp(name, "eps"))
		return NAS_EPS;
	return strcmp(name, "5gs") ? NAS_5GS_NON_3GPP : NAS_5GS;
}

static void check_protected(json_t *vector)
{
	enum nas_direction direction =
		(enum nas_direction)vectors_number(vector, "direction");
	struct secret e = { 0 }, i = { 0 };
	struct nas_setup made = {
		vector_system(vector),
		direction,
		(enum nas_algorithm)vectors_number(vector, "ciphering"),
		NAS_ALGORITHM_AES,
		&e,
		&i,
	};
	uint8_t plain[MAX], message[MAX], out[MAX];
	size_t size = vectors_hex(vector, "plain", plain, sizeof(plain));
	size_t sent = vectors_hex(vector, "message", message, sizeof(message));
	uint32_t count = (uint32_t)vectors_number(vector, "count");
	struct nas_security from, to;
	struct nas_received received;
	struct fault fault = { 0 };
	size_t out_size = 0;

	vectors_secret(vector, "encryption-key", &e);
	vectors_secret(vector, "integrity-key", &i);
	assert_int_equal(nas_security_init(&from, &made, NULL), 0);
	made.sends = direction == NAS_UPLINK ? NAS_DOWNLINK : NAS_UPLINK;
	assert_int_equal(nas_security_init(&to, &made, NULL), 0);
	from.next_send = count;
	to.received = count > 0;
	to.last_received = count ? count - 1 : 0;
	if (nas_protect(&from,
			(enum nas_protection)vectors_number(vector,
							    "protection"),
			plain, size, out, sizeof(out), &out_size, &fault)) {
		/* Null ciphering is for receipt only. */
		assert_int_equal(made.ciphering, NAS_ALGORITHM_NULL);
		assert_int_equal(fault.code, FAULT_UNSUPPORTED);
		assert_int_equal(from.next_send, count);
	} else {
		assert_int_equal(made.ciphering, NAS_ALGORITHM_AES);
		vectors_match(vector, "message", out, out_size);
		assert_int_equal(from.next_send, count + 1);
	}
	assert_int_equal(nas_unprotect(&to, message, sent, out, sizeof(out),
				       &received, NULL),
			 0);
	assert_int_equal(received.count, count);
	vectors_match(vector, "plain", out, received.size);
	assert_int_equal(nas_received_check_keys(&received, NULL) == 0,
			 made.ciphering == NAS_ALGORITHM_AES &&
				 received.protection == NAS_CIPHERED);
	nas_security_clear(&from);
	nas_security_clear(&to);
	secret_clear(&e);
	secret_clear(&i);
}

static void test_vectors(void **state)
{
	json_t *list = vectors_load("nas"), *vector;
	size_t i, checked = 0;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		const char *kind = vectors_text(vector, "kind");

		if (!strcmp(kind, "protected"))
			check_protected(vector);
		else if (strcmp(kind, "message"))
			check_algorithm(vector, !strcmp(kind, "cipher"));
		else
			continue;
		checked++;
	}
	assert_true(checked >= 10);
	json_decref(list);
}

static void test_every_change_refused(void **state)
{
	struct nas_security network, ue;
	uint8_t message[MAX];
	size_t size, at;
	int bit;

	(void)state;
	pair(&network, &ue, NAS_5GS);
	size = send(&network, message);
	for (at = 0; at < size; at++)
		refused(&ue, message, at,
			at > 7 ? FAULT_UNAUTHENTIC : FAULT_TRUNCATED);
	for (at = 2; at < size; at++)
		for (bit = 1; bit < 256; bit++) {
			message[at] ^= (uint8_t)bit;
			refused(&ue, message, size, FAULT_UNAUTHENTIC);
			message[at] ^= (uint8_t)bit;
		}
	refused(&network, message, size, FAULT_UNAUTHENTIC); /* reflected */
	message[1] = 0; /* as if it were plain */
	refused(&ue, message, size, FAULT_UNAUTHENTIC);
	message[1] = 5;
	refused(&ue, message, size, FAULT_UNSUPPORTED);
	message[1] = NAS_CIPHERED;
	message[0] = 0x2e;
	refused(&ue, message, size, FAULT_MALFORMED);
	message[0] = 0x7e;
	accepted(&ue, message, size, 0);
	nas_security_clear(&network);
	nas_security_clear(&ue);
}

static void test_replay(void **state)
{
	uint8_t message[4][MAX];
	struct nas_security network, ue;
	size_t size = 0, i;

	(void)state;
	pair(&network, &ue, NAS_EPS);
	for (i = 0; i < 4; i++)
		size = send(&network, message[i]);
	accepted(&ue, message[0], size, 0);
	refused(&ue, message[0], size, FAULT_REPLAYED);
	accepted(&ue, message[2], size, 2); /* one was lost */
	refused(&ue, message[2], size, FAULT_REPLAYED);
	refused(&ue, message[1], size, FAULT_REPLAYED);
	accepted(&ue, message[3], size, 3);
	nas_security_clear(&network);
	nas_security_clear(&ue);
}

static void test_count_carries_over(void **state)
{
	uint8_t first[MAX], message[MAX];
	struct nas_security network, ue;
	size_t size;

	(void)state;
	pair(&network, &ue, NAS_5GS);
	network.next_send = 0x2fe;
	ue.received = true;
	ue.last_received = 0x280;
	size = send(&network, first);
	accepted(&ue, first, size, 0x2fe);
	accepted(&ue, message, send(&network, message), 0x2ff);
	accepted(&ue, message, send(&network, message), 0x300);
	refused(&ue, first, size, FAULT_REPLAYED); /* told from a forged one */
	/* 256 lost messages cannot be told from none. */
	network.next_send = 0x401;
	size = send(&network, message);
	refused(&ue, message, size, FAULT_UNAUTHENTIC);
	network.next_send = 0x3ff;
	accepted(&ue, message, send(&network, message), 0x3ff);
	nas_security_clear(&network);
	nas_security_clear(&ue);
}

static void test_count_runs_out(void **state)
{
	struct nas_security network, ue;
	struct fault fault = { 0 };
	uint8_t message[MAX];
	size_t size, left;

	(void)state;
	pair(&network, &ue, NAS_5GS);
	network.next_send = NAS_COUNT_MAX;
	ue.received = true;
	ue.last_received = NAS_COUNT_MAX - 1;
	size = send(&network, message);
	accepted(&ue, message, size, NAS_COUNT_MAX);
	assert_int_equal(nas_protect(&network, NAS_CIPHERED, inner,
				     sizeof(inner), message, MAX, &left,
				     &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_STATE);
	assert_int_equal(network.next_send, NAS_COUNT_MAX + 1);
	network.next_send = 0; /* a peer that does not care */
	size = send(&network, message);
	refused(&ue, message, size, FAULT_STATE);
	nas_security_clear(&network);
	nas_security_clear(&ue);
}

static void test_null_algorithms(void **state)
{
	struct nas_setup made = {
		NAS_5GS, NAS_UPLINK, NAS_ALGORITHM_NULL, NAS_ALGORITHM_NULL,
		NULL,	 NULL
	};
	uint8_t message[7 + sizeof(inner)] = { 0x7e, 2 }, out[MAX];
	struct nas_received received;
	struct nas_security ue;
	struct fault fault = { 0 };
	size_t size;

	(void)state;
	memcpy(message + 7, inner, sizeof(inner));
	message[6] = 9;
	assert_int_equal(nas_security_init(&ue, &made, NULL), 0);
	assert_int_equal(nas_unprotect(&ue, message, sizeof(message), out, MAX,
				       &received, NULL),
			 0);
	assert_false(received.authentic || received.confidential ||
		     ue.received);
	assert_int_equal(received.count, 9);
	assert_memory_equal(out, inner, sizeof(inner));
	assert_int_equal(nas_received_check_keys(&received, &fault), -1);
	assert_int_equal(fault.code, FAULT_UNSUPPORTED);
	assert_int_equal(nas_protect(&ue, NAS_INTEGRITY, inner, sizeof(inner),
				     out, MAX, &size, NULL),
			 -1);
	nas_security_clear(&ue);
}

static void init_refused(const struct nas_setup *made, enum fault_code code)
{
	struct nas_security security;
	struct fault fault = { 0 };

	assert_int_equal(nas_security_init(&security, made, &fault), -1);
	assert_int_equal(fault.code, code);
	assert_null(security.encryption_key.bytes);
	assert_null(security.integrity_key.bytes);
}

static void test_setup_refused(void **state)
{
	const struct nas_setup good = {
		NAS_5GS,	   NAS_UPLINK, NAS_ALGORITHM_AES,
		NAS_ALGORITHM_AES, &key_e,     &key_i
	};
	struct nas_setup bad = good;
	struct secret shorter = { 0 };

	(void)state;
	bad.integrity = NAS_ALGORITHM_SNOW3G;
	init_refused(&bad, FAULT_UNSUPPORTED);
	bad.integrity = NAS_ALGORITHM_NULL; /* ciphering without integrity */
	init_refused(&bad, FAULT_UNSUPPORTED);
	bad = good;
	bad.ciphering = NAS_ALGORITHM_ZUC;
	init_refused(&bad, FAULT_UNSUPPORTED);
	bad = good;
	bad.integrity_key = NULL;
	init_refused(&bad, FAULT_ARGUMENT);
	assert_int_equal(secret_set(&shorter, "12345678", 8), 0);
	bad = good;
	bad.encryption_key = &shorter;
	init_refused(&bad, FAULT_ARGUMENT);
	bad = good;
	bad.system = (enum nas_system)3;
	init_refused(&bad, FAULT_ARGUMENT);
	secret_clear(&shorter);
}

static void protect_refused(struct nas_security *by,
			    enum nas_protection protection,
			    const uint8_t *plain, size_t size, size_t room,
			    enum fault_code code)
{
	struct nas_security before = *by;
	struct fault fault = { 0 };
	uint8_t out[MAX];
	size_t out_size = 1;

	assert_int_equal(nas_protect(by, protection, plain, size, out, room,
				     &out_size, &fault),
			 -1);
	assert_int_equal(fault.code, code);
	assert_int_equal(out_size, 0);
	assert_memory_equal(by, &before, sizeof(before));
}

static void test_header_types(void **state)
{
	static const uint8_t command[] = { 0x7e, 0, 0x5d, 0x22 };
	static const uint8_t complete[] = { 0x7e, 0, 0x5e };
	static uint8_t huge[NAS_SIZE_MAX + 1] = { 0x7e, 2 };
	struct nas_security network, ue;
	struct nas_received received;
	struct nas_header header;
	uint8_t out[MAX], plain[MAX];
	size_t size;

	(void)state;
	pair(&network, &ue, NAS_5GS);
	protect_refused(&network, NAS_CIPHERED, command, 4, MAX,
			FAULT_ARGUMENT);
	protect_refused(&network, NAS_INTEGRITY_NEW, inner, 7, MAX,
			FAULT_ARGUMENT);
	protect_refused(&network, NAS_CIPHERED_NEW, inner, 7, MAX,
			FAULT_ARGUMENT);
	protect_refused(&network, NAS_PLAIN, inner, 7, MAX, FAULT_ARGUMENT);
	protect_refused(&network, (enum nas_protection)5, inner, 7, MAX,
			FAULT_ARGUMENT);
	protect_refused(&network, NAS_CIPHERED, inner, 0, MAX, FAULT_ARGUMENT);
	protect_refused(&network, NAS_CIPHERED, inner, 7, 13, FAULT_ROOM);
	protect_refused(&network, NAS_CIPHERED, inner, 7, 0, FAULT_ROOM);
	protect_refused(&network, NAS_CIPHERED, huge, NAS_SIZE_MAX - 6, MAX,
			FAULT_LIMIT);
	refused(&network, huge, sizeof(huge), FAULT_LIMIT);
	assert_int_equal(nas_protect(&network, NAS_INTEGRITY_NEW, command, 4,
				     out, MAX, &size, NULL),
			 0);
	/* In the clear, as the UE has to see which algorithms it names. */
	assert_int_equal(nas_header_decode(NAS_5GS, out, size, &header, NULL),
			 0);
	assert_int_equal(header.protection, NAS_INTEGRITY_NEW);
	assert_memory_equal(out + header.size, command, sizeof(command));
	assert_int_equal(
		nas_unprotect(&ue, out, size, plain, MAX, &received, NULL), 0);
	assert_true(received.authentic);
	assert_int_equal(nas_received_check_keys(&received, NULL), -1);
	assert_int_equal(nas_protect(&ue, NAS_CIPHERED_NEW, complete, 3, out,
				     MAX, &size, NULL),
			 0);
	assert_int_equal(nas_unprotect(&network, out, size, plain, 2, &received,
				       NULL),
			 -1);
	assert_int_equal(nas_unprotect(&network, out, size, plain, MAX,
				       &received, NULL),
			 0);
	assert_true(received.confidential);
	nas_security_clear(&network);
	nas_security_clear(&ue);
}

static void test_authentic_but_wrong_type(void **state)
{
	struct nas_security network, ue;
	struct nas_input input = { 0, 1, NAS_DOWNLINK };
	uint8_t message[] = { 0x7e, 1, 0, 0, 0, 0, 0, 0x7e, 0, 0x5d };

	(void)state;
	pair(&network, &ue, NAS_5GS);
	assert_int_equal(
		nas_mac(&key_i, &input, message + 6, 4, message + 2, NULL), 0);
	refused(&ue, message, sizeof(message), FAULT_MALFORMED);
	nas_security_clear(&network);
	nas_security_clear(&ue);
}

static void test_eps_headers(void **state)
{
	static const uint8_t esm[] = { 0x52, 1, 0xc1 }, other[] = { 0x0b };
	static const uint8_t service[] = { 0xc7, 0, 0, 0 };
	struct nas_header header;
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(nas_header_decode(NAS_EPS, esm, 3, &header, NULL), 0);
	assert_int_equal(header.protection, NAS_PLAIN);
	assert_int_equal(header.size, 0);
	assert_int_equal(nas_header_decode(NAS_EPS, other, 1, &header, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_MALFORMED);
	fault.code = FAULT_NONE;
	assert_int_equal(
		nas_header_decode(NAS_EPS, service, 4, &header, &fault), -1);
	assert_int_equal(fault.code, FAULT_UNSUPPORTED);
}

static void test_algorithm_arguments(void **state)
{
	struct nas_input input = { 0, 32, NAS_UPLINK };
	uint8_t in[2] = { 1, 2 }, out[2] = { 3, 4 }, mac[NAS_MAC_SIZE];
	struct secret shorter = { 0 };

	(void)state;
	assert_int_equal(nas_cipher(&key_e, &input, in, 2, out, NULL), -1);
	assert_int_equal(out[0] | out[1], 0);
	input.bearer = 31;
	assert_int_equal(nas_cipher(&key_e, &input, in, 0, out, NULL), 0);
	assert_int_equal(nas_mac(&key_e, &input, NULL, 0, mac, NULL), 0);
	assert_int_equal(nas_mac(&shorter, &input, in, 2, mac, NULL), -1);
	assert_int_equal(mac[0] | mac[1] | mac[2] | mac[3], 0);
	assert_int_equal(
		nas_mac(&key_e, &input, in, (size_t)1 << 40, mac, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_every_change_refused),
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_count_carries_over),
		cmocka_unit_test(test_count_runs_out),
		cmocka_unit_test(test_null_algorithms),
		cmocka_unit_test(test_setup_refused),
		cmocka_unit_test(test_header_types),
		cmocka_unit_test(test_authentic_but_wrong_type),
		cmocka_unit_test(test_eps_headers),
		cmocka_unit_test(test_algorithm_arguments),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
