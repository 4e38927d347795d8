// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys of bodies that were read, refused and written are nowhere in memory once
 * the structures are cleared: in base 64, as the JSON library copies them, and as
 * octets. The bodies themselves belong to the caller, who wipes them here too.
 */
#include <jansson.h>
#include <openssl/crypto.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base64.h"
#include "core/sbi_json.h"
#include "memory_search.h"

#define ROOM 1024

static uint8_t msk[MSK_SIZE];
static char document[ROOM], written[ROOM];

/* A key that no constant of this program has, and a body with it. */
static size_t make_body(uint8_t seed, const char *end)
{
	static const char start[] = "{\"keyList\":{\"k\":{\"keyDomainId\":"
				    "\"CfEH\",\"mskId\":\"AAEAAQ==\","
				    "\"msk\":\"";
	char *text = document + sizeof(start) - 1;
	size_t i;

	for (i = 0; i < MSK_SIZE; i++)
		msk[i] = (uint8_t)(seed + i * 37);
	memcpy(document, start, sizeof(start));
	base64_encode(msk, MSK_SIZE, text, ROOM - sizeof(start), NULL);
	memory_watch(msk);
	memory_watch((const uint8_t *)text);
	text += BASE64_LENGTH(MSK_SIZE);
	*text++ = '"';
	memcpy(text, end, strlen(end));
	return (size_t)(text - document) + strlen(end);
}

static void wipe(void)
{
	OPENSSL_cleanse(msk, sizeof(msk));
	OPENSSL_cleanse(document, ROOM);
	OPENSSL_cleanse(written, ROOM);
}

static void test_read_and_written(void **state)
{
	struct sbi_security_context context = { 0 };
	size_t size = make_body(0x31, "}}}"), length;

	(void)state;
	assert_int_equal(
		sbi_security_context_parse(document, size, &context, NULL), 0);
	assert_int_equal(sbi_security_context_write(&context, written, ROOM,
						    &length, NULL),
			 0);
	/* The search finds what is there. */
	assert_true(memory_search() > 0);
	sbi_security_context_clear(&context);
	wipe();
	assert_int_equal(memory_search(), 0);
	memory_forget();
}

static void test_refused(void **state)
{
	static const char *const ends[] = { "}}", ",\"mtk\":\"AA==\"}}}",
					    "}}}x", ",\"msk\":1}}}" };
	struct sbi_security_context context = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t size = make_body((uint8_t)(0x91 + i), ends[i]);

		assert_int_equal(sbi_security_context_parse(document, size,
							    &context, NULL),
				 -1);
		wipe();
		assert_int_equal(memory_search(), 0);
		memory_forget();
	}
}

/* The dynamic linker keeps vector registers on the stack when it finds a function
 * at its first call; programs that are linked with "-z now" do not have that.
 */
static int first_calls(void **state)
{
	struct sbi_security_context context = { 0 };
	size_t size = make_body(0x11, "}}}"), length;
	int status;

	(void)state;
	status = sbi_security_context_parse(document, size, &context, NULL);
	status |= sbi_security_context_write(&context, written, ROOM, &length,
					     NULL);
	sbi_security_context_clear(&context);
	wipe();
	memory_forget();
	return status;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_and_written),
		cmocka_unit_test(test_refused),
	};

	json_set_alloc_funcs(sbi_memory_alloc, sbi_memory_free);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, first_calls, NULL);
}
