// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MIKEY messages from anywhere: what is decoded is encoded to the same octets,
 * what is refused leaves nothing behind and says why. None is authentic under our
 * key; with a key or a signature of ours in it, it is.
 */
#include "core/mbms_message.h"
#include "fuzz.h"

static void check_refusal(const struct mikey_message *message,
			  const struct fault *fault)
{
	static const struct mikey_message zero;

	fuzz_check(!memcmp(message, &zero, sizeof(zero)));
	fuzz_check(fault->code > FAULT_NONE && fault->code <= FAULT_MEMORY);
	fuzz_check(strlen(fault->text) > 10);
	fuzz_check(strlen(fault->text) < FAULT_TEXT_SIZE - 1);
}

static void check_within(const struct mikey_message *message,
			 const struct mikey_bytes *bytes)
{
	const uint8_t *start = message->octets.data;

	if (!bytes->size)
		return;
	fuzz_check(bytes->data >= start);
	fuzz_check(bytes->data + bytes->size <= start + message->octets.size);
}

static void check_message(const struct mikey_message *message)
{
	uint8_t again[MIKEY_SIZE_MAX];
	struct fault fault = { 0 };
	struct writer writer;

	check_within(message, &message->rand);
	check_within(message, &message->initiator.data);
	check_within(message, &message->responder.data);
	check_within(message, &message->encrypted);
	check_within(message, &message->mac);
	fuzz_check(message->covered + message->mac.size ==
		   message->octets.size);
	writer_init(&writer, again, sizeof(again));
	fuzz_check(!mikey_encode(message, &writer, &fault));
	fuzz_check(writer.length == message->octets.size);
	fuzz_check(!memcmp(again, message->octets.data, writer.length));
}

static struct mikey_keys make_keys(void)
{
	static const uint8_t rand[MIKEY_RAND_MIN] = { 1, 2, 3 };
	struct mikey_bytes octets = { rand, sizeof(rand) };
	struct mikey_keys keys = { 0 };
	struct secret psk = { 0 };

	fuzz_check(!secret_set(&psk, "nobody else's", 13));
	fuzz_check(!mikey_keys_derive(&keys, &psk, 1, &octets, NULL));
	secret_clear(&psk);
	return keys;
}

static void check_key(const struct mikey_message *message,
		      const struct mikey_keys *keys)
{
	struct mikey_key key = { .type = MIKEY_TEK }, opened = { 0 };
	struct mikey_message again;
	struct fault fault = { 0 };
	uint8_t octets[MIKEY_SIZE_MAX];
	struct writer writer;

	fuzz_check(mikey_open(message, keys, &opened, &fault));
	fuzz_check(fault.code == FAULT_UNAUTHENTIC && !opened.key.bytes);
	fuzz_check(!secret_set(&key.key, "sixteen octets..", 16));
	writer_init(&writer, octets, sizeof(octets));
	/* It may be too long with a key. */
	if (!mikey_protect(message, keys, &key, &writer, NULL)) {
		fuzz_check(!mikey_decode(&again, octets, writer.length, NULL));
		fuzz_check(!mikey_open(&again, keys, &opened, NULL));
		fuzz_check(secret_equal(&opened.key, &key.key));
		octets[writer.length / 2] ^= 1;
		fuzz_check(mikey_decode(&again, octets, writer.length, NULL) ||
			   mikey_open(&again, keys, &opened, NULL));
	}
	mikey_key_clear(&opened);
	mikey_key_clear(&key);
}

static void check_signature(const struct mikey_message *message,
			    const struct mikey_keys *keys)
{
	struct mikey_bytes extra = { (const uint8_t *)"extra", 5 };
	struct mikey_message again;
	struct fault fault = { 0 };
	uint8_t octets[MIKEY_SIZE_MAX];
	struct writer writer;

	fuzz_check(mikey_check(message, keys, NULL, &fault));
	fuzz_check(fault.code == FAULT_UNAUTHENTIC);
	writer_init(&writer, octets, sizeof(octets));
	fuzz_check(!mikey_sign(message, keys, &extra, &writer, NULL));
	fuzz_check(writer.length == message->octets.size);
	fuzz_check(!mikey_decode(&again, octets, writer.length, NULL));
	fuzz_check(!mikey_check(&again, keys, &extra, NULL));
	fuzz_check(mikey_check(&again, keys, NULL, NULL));
}

static void check_authentic(const struct mikey_message *message)
{
	struct mikey_keys keys = make_keys();

	if (mikey_has(message, MIKEY_KEMAC))
		check_key(message, &keys);
	if (mikey_has(message, MIKEY_V))
		check_signature(message, &keys);
	mikey_keys_clear(&keys);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = fuzz_copy(data, size);
	struct mikey_message message;
	struct fault fault = { 0 };
	enum mbms_kind kind;

	if (mikey_decode(&message, copy, size, &fault)) {
		check_refusal(&message, &fault);
		goto out;
	}
	check_message(&message);
	check_authentic(&message);
	if (mbms_message_decode(&message, &kind, copy, size, &fault))
		check_refusal(&message, &fault);
	else
		fuzz_check(strcmp(mbms_kind_name(kind), "unknown"));
out:
	free(copy);
	return 0;
}
