// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MIKEY messages from anywhere: what is decoded is encoded to the same octets,
 * what is refused leaves nothing behind and says why.
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
	if (mbms_message_decode(&message, &kind, copy, size, &fault))
		check_refusal(&message, &fault);
	else
		fuzz_check(strcmp(mbms_kind_name(kind), "unknown"));
out:
	free(copy);
	return 0;
}
