// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys and MACs of MIKEY, and the key data sub-payload. */
#include <stdlib.h>

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

static void derived_keys(void **state)
{
	uint8_t rand[MIKEY_RAND_MIN];
	const struct mikey_bytes bytes = { rand, sizeof(rand) };
	struct mikey_keys keys = { 0 };
	struct secret psk = { 0 };
	struct fault fault = { 0 };
	unsigned int count = 0;
	json_t *vector;
	uint32_t csb_id;
	size_t i;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		if (!vector_is(vector, "psk-keys"))
			continue;
		vectors_secret(vector, "psk", &psk);
		vectors_octets(vector, "rand", rand, sizeof(rand));
		csb_id = (uint32_t)vectors_number(vector, "csb-id");
		if (mikey_keys_derive(&keys, &psk, csb_id, &bytes, &fault))
			fail_msg("%s", fault.text);
		vectors_match_secret(vector, "encryption", &keys.encryption);
		vectors_match_secret(vector, "salt", &keys.salt);
		vectors_match_secret(vector, "authentication",
				     &keys.authentication);
		count++;
	}
	assert_int_equal(count, 9);
	secret_clear(&psk);
	mikey_keys_clear(&keys);
}

static void keys_of_a_tgk(void **state)
{
	json_t *vector = vectors_find(list, "keys of a TGK");
	uint8_t rand[MIKEY_RAND_MIN];
	const struct mikey_bytes bytes = { rand, sizeof(rand) };
	const struct mikey_bytes short_rand = { rand, MIKEY_RAND_MIN - 1 };
	uint32_t csb_id = (uint32_t)vectors_number(vector, "csb-id");
	struct secret tgk = { 0 }, a = { 0 }, b = { 0 };

	(void)state;
	vectors_secret(vector, "tgk", &tgk);
	vectors_octets(vector, "rand", rand, sizeof(rand));
	assert_int_equal(mbms_download_keys(&tgk, csb_id, &bytes, &a, &b, NULL),
			 0);
	vectors_match_secret(vector, "encryption", &a);
	vectors_match_secret(vector, "authentication", &b);
	/* The other two uses are different keys. */
	assert_int_equal(mikey_tgk_derive(&tgk, MIKEY_TGK_TEK, 0, csb_id,
					  &bytes, 16, &b, NULL),
			 0);
	assert_false(secret_equal(&a, &b));
	assert_int_equal(mikey_tgk_derive(&tgk, MIKEY_TGK_SALT_KEY, 0, csb_id,
					  &bytes, 16, &a, NULL),
			 0);
	assert_false(secret_equal(&a, &b));
	assert_int_equal(mikey_tgk_derive(&tgk, MIKEY_TGK_TEK, 1, csb_id,
					  &bytes, 16, &a, NULL),
			 0);
	assert_false(secret_equal(&a, &b));
	/* A failure leaves no earlier key behind. */
	assert_int_equal(mikey_tgk_derive(&tgk, MIKEY_TGK_TEK, 1, csb_id,
					  &short_rand, 16, &a, NULL),
			 -1);
	assert_int_equal(a.size, 0);
	secret_clear(&tgk);
	assert_int_equal(mbms_download_keys(&tgk, csb_id, &bytes, &a, &b, NULL),
			 -1);
	assert_int_equal(a.size + b.size, 0);
}

static void keys_refused(void **state)
{
	uint8_t rand[MIKEY_RAND_MAX + 1] = { 0 };
	struct mikey_bytes bytes = { rand, MIKEY_RAND_MIN - 1 };
	struct mikey_keys keys = { 0 }, other = { 0 };
	struct secret psk = { 0 };
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(secret_set(&psk, "0123456789abcdef", 16), 0);
	assert_refused(mikey_keys_derive(&keys, &psk, 1, &bytes, &fault), fault,
		       FAULT_ARGUMENT, "15 octets");
	bytes.size = MIKEY_RAND_MAX + 1;
	assert_refused(mikey_keys_derive(&keys, &psk, 1, &bytes, &fault), fault,
		       FAULT_ARGUMENT, "256 octets");
	bytes.size = MIKEY_RAND_MAX;
	assert_int_equal(mikey_keys_derive(&keys, &psk, 1, &bytes, NULL), 0);
	assert_int_equal(keys.encryption.size, MIKEY_ENCRYPTION_KEY_SIZE);
	/* All of the longest RAND takes part. */
	rand[MIKEY_RAND_MAX - 1] = 1;
	assert_int_equal(mikey_keys_derive(&other, &psk, 1, &bytes, NULL), 0);
	assert_false(secret_equal(&keys.encryption, &other.encryption));
	mikey_keys_clear(&other);
	secret_clear(&psk);
	assert_int_equal(mikey_keys_derive(&keys, &psk, 1, &bytes, NULL), -1);
	assert_int_equal(keys.encryption.size, 0);
	assert_int_equal(keys.salt.size, 0);
	assert_int_equal(keys.authentication.size, 0);
}

/* The pre-shared key of a vector's message. */
static void vector_keys(const json_t *vector, struct mikey_keys *keys)
{
	uint8_t rand[MIKEY_RAND_MIN];
	const struct mikey_bytes bytes = { rand, sizeof(rand) };
	struct secret psk = { 0 };

	vectors_secret(vector,
		       vector_is(vector, "mtk-delivery") ? "msk" : "muk", &psk);
	vectors_octets(vector, "rand", rand, sizeof(rand));
	assert_int_equal(
		mikey_keys_derive(keys, &psk,
				  (uint32_t)vectors_number(vector, "csb-id"),
				  &bytes, NULL),
		0);
	secret_clear(&psk);
}

static bool is_initiators(const json_t *vector)
{
	return vector_is(vector, "msk-delivery") ||
	       vector_is(vector, "mtk-delivery") ||
	       vector_is(vector, "solicited-pull");
}

static void golden_messages_are_built(void **state)
{
	uint8_t octets[MESSAGE_MAX], behind[MESSAGE_MAX + 4];
	struct mikey_message message;
	struct fault fault = { 0 };
	struct writer writer;
	unsigned int count = 0;
	json_t *vector;
	size_t i;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		if (!is_initiators(vector))
			continue;
		writer_init(&writer, octets, sizeof(octets));
		if (request_build(vector, &writer, &fault))
			fail_msg("%s: %s", vectors_name(vector), fault.text);
		vectors_match(vector, "message", octets, writer.length);
		count++;
		/* Behind what is in the buffer already. */
		writer_init(&writer, behind, sizeof(behind));
		writer_u32(&writer, 0x0badcafe);
		assert_int_equal(request_build(vector, &writer, NULL), 0);
		assert_memory_equal(behind, "\x0b\xad\xca\xfe", 4);
		vectors_match(vector, "message", behind + 4, writer.length - 4);
		if (!vectors_has(vector, "encrypted"))
			continue;
		assert_int_equal(mikey_decode(&message, octets,
					      writer.length - 4, NULL),
				 0);
		vectors_match(vector, "encrypted", message.encrypted.data,
			      message.encrypted.size);
	}
	assert_int_equal(count, 15);
}

static void match_key(const json_t *vector, const struct mikey_key *key)
{
	uint8_t plain[MIKEY_KEY_DATA_MAX];
	struct writer writer;

	if (vector_is(vector, "solicited-pull")) {
		assert_int_equal(key->key.size, 0);
		return;
	}
	if (vector_is(vector, "mtk-delivery")) {
		vectors_match_secret(vector, "mtk", &key->key);
		if (vectors_has(vector, "salt"))
			vectors_match_secret(vector, "salt", &key->salt);
	} else {
		vectors_match_secret(vector, "msk", &key->key);
		assert_int_equal(key->from, vectors_number(vector, "low"));
		assert_int_equal(key->to, vectors_number(vector, "high"));
	}
	if (!vectors_has(vector, "plain"))
		return;
	writer_init(&writer, plain, sizeof(plain));
	assert_int_equal(mikey_key_encode(key, &writer, NULL), 0);
	vectors_match(vector, "plain", plain, writer.length);
}

static void golden_messages_are_opened(void **state)
{
	uint8_t octets[MESSAGE_MAX];
	struct mikey_message message;
	struct mikey_keys keys = { 0 };
	struct mikey_key key = { 0 };
	struct fault fault = { 0 };
	json_t *vector;
	size_t i, size;

	(void)state;
	json_array_foreach(list, i, vector)
	{
		if (!is_initiators(vector))
			continue;
		size = vectors_hex(vector, "message", octets, sizeof(octets));
		vector_keys(vector, &keys);
		assert_int_equal(mikey_decode(&message, octets, size, NULL), 0);
		if (mikey_open(&message, &keys, &key, &fault))
			fail_msg("%s: %s", vectors_name(vector), fault.text);
		match_key(vector, &key);
	}
	mikey_key_clear(&key);
	mikey_keys_clear(&keys);
}

/* All octets are under the MAC, so no change of one goes unseen. */
static void changes_are_unauthentic(void **state)
{
	json_t *vector = vectors_find(list, "MSK delivery, streaming");
	uint8_t octets[MESSAGE_MAX];
	size_t size = vectors_hex(vector, "message", octets, sizeof(octets));
	struct mikey_keys keys = { 0 };
	struct mikey_key key = { 0 };
	struct mikey_message message;
	unsigned int change, decoded = 0;
	struct fault fault;
	size_t at;

	(void)state;
	vector_keys(vector, &keys);
	for (at = 0; at < size; at++)
		for (change = 1; change < 256; change++) {
			octets[at] ^= (uint8_t)change;
			fault = (struct fault){ 0 };
			if (!mikey_decode(&message, octets, size, NULL)) {
				decoded++;
				assert_int_equal(mikey_open(&message, &keys,
							    &key, &fault),
						 -1);
				assert_int_equal(fault.code, FAULT_UNAUTHENTIC);
				assert_int_equal(key.key.size, 0);
			}
			octets[at] ^= (uint8_t)change;
		}
	/* RAND, identities, counter, key, MAC: most octets decode. */
	assert_true(decoded > 128 * 255);
	mikey_keys_clear(&keys);
}

static void wrong_keys(void **state)
{
	json_t *vector = vectors_find(list, "MSK delivery, download");
	uint8_t octets[MESSAGE_MAX];
	size_t size = vectors_hex(vector, "message", octets, sizeof(octets));
	struct mikey_keys keys = { 0 };
	struct mikey_key key = { 0 };
	struct mikey_message message;
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(mikey_decode(&message, octets, size, NULL), 0);
	assert_refused(mikey_open(&message, &keys, &key, &fault), fault,
		       FAULT_ARGUMENT, "derived");
	vector_keys(vectors_find(list, "MTK delivery, streaming"), &keys);
	assert_refused(mikey_open(&message, &keys, &key, &fault), fault,
		       FAULT_UNAUTHENTIC, "MAC");
	/* V is not KEMAC, and the other way round. */
	assert_refused(mikey_check(&message, &keys, NULL, &fault), fault,
		       FAULT_UNAUTHENTIC, "no payload V");
	size = message_load(list, "error with V", octets);
	assert_int_equal(mikey_decode(&message, octets, size, NULL), 0);
	assert_refused(mikey_open(&message, &keys, &key, &fault), fault,
		       FAULT_ARGUMENT, "initiator");
	assert_refused(mikey_check(&message, &keys, NULL, &fault), fault,
		       FAULT_UNAUTHENTIC, "MAC");
	mikey_keys_clear(&keys);
}

static void misuse_of_protection(void **state)
{
	json_t *vector = vectors_find(list, "MSK delivery, download");
	uint8_t octets[MESSAGE_MAX], out[MESSAGE_MAX];
	size_t size = vectors_hex(vector, "message", octets, sizeof(octets));
	struct mikey_keys keys = { 0 };
	struct mikey_key key = { 0 };
	struct mikey_message message;
	struct fault fault = { 0 };
	struct writer writer;

	(void)state;
	writer_init(&writer, out, sizeof(out));
	assert_int_equal(mikey_decode(&message, octets, size, NULL), 0);
	assert_refused(mikey_protect(&message, &keys, NULL, &writer, &fault),
		       fault, FAULT_ARGUMENT, "derived");
	assert_refused(mikey_sign(&message, &keys, NULL, &writer, &fault),
		       fault, FAULT_ARGUMENT, "derived");
	vector_keys(vector, &keys);
	assert_refused(mikey_sign(&message, &keys, NULL, &writer, &fault),
		       fault, FAULT_ARGUMENT, "no payload V");
	assert_refused(mikey_protect(&message, &keys, &key, &writer, &fault),
		       fault, FAULT_ARGUMENT, "key type");
	message.type = MIKEY_ERROR;
	assert_refused(mikey_protect(&message, &keys, NULL, &writer, &fault),
		       fault, FAULT_ARGUMENT, "initiator");
	message.type = MIKEY_PSK;
	writer_init(&writer, out, 20);
	assert_refused(mikey_protect(&message, &keys, NULL, &writer, &fault),
		       fault, FAULT_ROOM, "message");
	assert_int_equal(writer.length, 0);
	mikey_keys_clear(&keys);
}

/* More under V's MAC than identities can be. */
static void extra_is_bounded(void **state)
{
	json_t *vector = vectors_find(list, "error with V");
	uint8_t octets[MESSAGE_MAX], out[MESSAGE_MAX];
	static uint8_t long_extra[2 * MIKEY_SIZE_MAX];
	const struct mikey_bytes extra = { long_extra, sizeof(long_extra) };
	size_t size = vectors_hex(vector, "message", octets, sizeof(octets));
	struct mikey_keys keys = { 0 };
	struct mikey_message message;
	struct fault fault = { 0 };
	struct writer writer;

	(void)state;
	vector_keys(vector, &keys);
	assert_int_equal(mikey_decode(&message, octets, size, NULL), 0);
	assert_int_equal(mikey_check(&message, &keys, NULL, NULL), 0);
	assert_refused(mikey_check(&message, &keys, &extra, &fault), fault,
		       FAULT_ROOM, "under the MAC");
	writer_init(&writer, out, sizeof(out));
	assert_refused(mikey_sign(&message, &keys, &extra, &writer, &fault),
		       fault, FAULT_ROOM, "under the MAC");
	assert_int_equal(writer.length, 0);
	mikey_keys_clear(&keys);
}

/* ---- Key data sub-payload ---- */

static void refuse_key(const char *hex, enum fault_code code, const char *part)
{
	static const struct mikey_key zero;
	uint8_t octets[1024], *copy;
	size_t size = strlen(hex) / 2, i;
	struct mikey_key key = { 0 };
	struct fault fault = { 0 };
	char digits[3] = { 0 };

	for (i = 0; i < size; i++) {
		memcpy(digits, hex + 2 * i, 2);
		octets[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	copy = malloc(size ? size : 1);
	assert_non_null(copy);
	memcpy(copy, octets, size);
	assert_refused(mikey_key_decode(&key, copy, size, &fault), fault, code,
		       part);
	assert_memory_equal(&key, &zero, sizeof(zero));
	free(copy);
}

static void key_data_refused(void **state)
{
	char large[2 * 300 + 9];

	(void)state;
	refuse_key("", FAULT_TRUNCATED, "sub-payload");
	refuse_key("1420000161", FAULT_UNSUPPORTED, "more than one key");
	refuse_key("0040000161", FAULT_UNSUPPORTED, "type 4");
	refuse_key("00f0000161", FAULT_UNSUPPORTED, "type 15");
	refuse_key("0023000161", FAULT_UNSUPPORTED, "KV type 3");
	refuse_key("00200000", FAULT_MALFORMED, "key is empty");
	refuse_key("0030000161", FAULT_TRUNCATED, "sub-payload");
	refuse_key("00300001610000", FAULT_MALFORMED, "salt is empty");
	refuse_key("0030000161000261", FAULT_TRUNCATED, "sub-payload");
	refuse_key("0020000261", FAULT_TRUNCATED, "sub-payload");
	refuse_key("0020ffff61", FAULT_TRUNCATED, "sub-payload");
	refuse_key("002000016100", FAULT_MALFORMED, "octets too many");
	refuse_key("002100016100", FAULT_LIMIT, "SPI has 0");
	refuse_key("002100016111", FAULT_LIMIT, "SPI has 17");
	refuse_key("0021000161", FAULT_TRUNCATED, "sub-payload");
	refuse_key("0021000161020a", FAULT_TRUNCATED, "sub-payload");
	refuse_key("0022000161", FAULT_TRUNCATED, "interval");
	refuse_key("002200016100", FAULT_LIMIT, "VF");
	refuse_key("002200016109", FAULT_LIMIT, "VF");
	refuse_key("002200016102ff", FAULT_TRUNCATED, "interval");
	refuse_key("002200016101ff", FAULT_TRUNCATED, "interval");
	refuse_key("002200016101ff00", FAULT_LIMIT, "VT");
	/* 257 octets are more than a secret can be. */
	memset(large, '6', sizeof(large));
	memcpy(large, "00200101", 8);
	large[8 + 2 * 257] = '\0';
	refuse_key(large, FAULT_LIMIT, "257 octets");
}

static void key_round_trip(const struct mikey_key *key)
{
	uint8_t octets[MIKEY_KEY_DATA_MAX];
	struct mikey_key again = { 0 };
	struct fault fault = { 0 };
	struct writer writer;
	size_t cut;

	writer_init(&writer, octets, sizeof(octets));
	if (mikey_key_encode(key, &writer, &fault))
		fail_msg("%s", fault.text);
	if (mikey_key_decode(&again, octets, writer.length, &fault))
		fail_msg("%s", fault.text);
	assert_int_equal(again.type, key->type);
	assert_true(secret_equal(&again.key, &key->key));
	assert_int_equal(again.salt.size, key->salt.size);
	assert_int_equal(again.validity, key->validity);
	assert_int_equal(again.spi_size, key->spi_size);
	assert_memory_equal(again.spi, key->spi, MIKEY_SPI_MAX);
	assert_int_equal(again.from, key->from);
	assert_int_equal(again.to, key->to);
	assert_int_equal(again.from_size, key->from_size);
	assert_int_equal(again.to_size, key->to_size);
	for (cut = 0; cut < writer.length; cut++)
		assert_int_equal(mikey_key_decode(&again, octets, cut, NULL),
				 -1);
	mikey_key_clear(&again);
}

static void key_data_round_trip(void **state)
{
	uint8_t longest[SECRET_SIZE_MAX] = { 1 };
	struct mikey_key key = { .type = MIKEY_TGK_SALT };

	(void)state;
	assert_int_equal(secret_set(&key.key, "0123456789abcdef", 16), 0);
	assert_int_equal(secret_set(&key.salt, "0123456789abcd", 14), 0);
	key_round_trip(&key);
	key.validity = MIKEY_VALIDITY_SPI;
	key.spi_size = 6;
	memcpy(key.spi, "\0\1\0\1\0\1", 6);
	key_round_trip(&key);
	key.spi_size = MIKEY_SPI_MAX;
	key_round_trip(&key);
	secret_clear(&key.salt);
	key = (struct mikey_key){ .type = MIKEY_TEK,
				  .key = key.key,
				  .validity = MIKEY_VALIDITY_INTERVAL,
				  .from = UINT64_C(0x0102030405060708),
				  .from_size = 8,
				  .to = 0xff,
				  .to_size = 1 };
	key_round_trip(&key);
	/* The longest that there is has to fit the buffers. */
	key.type = MIKEY_TEK_SALT;
	assert_int_equal(secret_set(&key.key, longest, sizeof(longest)), 0);
	assert_int_equal(secret_set(&key.salt, longest, sizeof(longest)), 0);
	key.to_size = 8;
	key_round_trip(&key);
	mikey_key_clear(&key);
}

static void key_encoder_refuses(void **state)
{
	uint8_t octets[MIKEY_KEY_DATA_MAX];
	struct mikey_key key = { .type = MIKEY_TEK };
	struct fault fault = { 0 };
	struct writer writer;

	(void)state;
	writer_init(&writer, octets, 8);
	assert_int_equal(mikey_key_encode(&key, &writer, NULL), -1);
	assert_int_equal(secret_set(&key.key, "0123456789abcdef", 16), 0);
	assert_refused(mikey_key_encode(&key, &writer, &fault), fault,
		       FAULT_ROOM, "key data");
	writer_init(&writer, octets, sizeof(octets));
	key.type = MIKEY_TEK_SALT;
	assert_refused(mikey_key_encode(&key, &writer, &fault), fault,
		       FAULT_ARGUMENT, "salt");
	key.type = 4;
	assert_refused(mikey_key_encode(&key, &writer, &fault), fault,
		       FAULT_ARGUMENT, "type 4");
	key.type = MIKEY_TEK;
	key.validity = MIKEY_VALIDITY_SPI;
	assert_refused(mikey_key_encode(&key, &writer, &fault), fault,
		       FAULT_ARGUMENT, "validity");
	key.validity = MIKEY_VALIDITY_INTERVAL;
	key.from_size = 9;
	assert_refused(mikey_key_encode(&key, &writer, &fault), fault,
		       FAULT_ARGUMENT, "validity");
	key.from_size = 0;
	key.to_size = 1;
	assert_refused(mikey_key_encode(&key, &writer, &fault), fault,
		       FAULT_ARGUMENT, "validity");
	/* A number that its octets do not hold. */
	key.from_size = 2;
	key.from = 0x10000;
	assert_refused(mikey_key_encode(&key, &writer, &fault), fault,
		       FAULT_ARGUMENT, "validity");
	key.from = 0xffff;
	key.to = 0x100;
	assert_refused(mikey_key_encode(&key, &writer, &fault), fault,
		       FAULT_ARGUMENT, "validity");
	key.validity = 3;
	assert_refused(mikey_key_encode(&key, &writer, &fault), fault,
		       FAULT_ARGUMENT, "validity");
	assert_int_equal(writer.length, 0);
	mikey_key_clear(&key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derived_keys),
		cmocka_unit_test(keys_of_a_tgk),
		cmocka_unit_test(keys_refused),
		cmocka_unit_test(golden_messages_are_built),
		cmocka_unit_test(golden_messages_are_opened),
		cmocka_unit_test(changes_are_unauthentic),
		cmocka_unit_test(wrong_keys),
		cmocka_unit_test(misuse_of_protection),
		cmocka_unit_test(extra_is_bounded),
		cmocka_unit_test(key_data_refused),
		cmocka_unit_test(key_data_round_trip),
		cmocka_unit_test(key_encoder_refuses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
