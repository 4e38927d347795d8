// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys in XML leave no traces. In a program of its own: whatever other tests do
 * with keys in the heap would be found here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/mbms_authorize.h"
#include "memory_search.h"

static char document[2048];

static void check_copies(bool searches, size_t copies)
{
	if (searches)
		assert_int_equal(memory_search(), copies);
}

/* A MUK is written, read and refused; only the document may have it then. */
static void handle(const uint8_t muk[MBMS_MUK_SIZE], bool searches)
{
	static struct mbms_naf_key naf_key;
	size_t length;

	assert_int_equal(secret_set(&naf_key.muk, muk, MBMS_MUK_SIZE), 0);
	strcpy(naf_key.btid, "a@b");
	strcpy(naf_key.naf_fqdn, "scf.home1.net");
	/* Too small a room: what was written so far is wiped. */
	assert_int_equal(
		mbms_naf_key_write(&naf_key, document, 260, &length, NULL), -1);
	assert_int_equal(mbms_naf_key_write(&naf_key, document,
					    sizeof(document), &length, NULL),
			 0);
	mbms_naf_key_clear(&naf_key);
	check_copies(searches, 1);
	assert_int_equal(mbms_naf_key_parse(document, length, &naf_key, NULL),
			 0);
	assert_memory_equal(naf_key.muk.bytes, muk, MBMS_MUK_SIZE);
	mbms_naf_key_clear(&naf_key);
	check_copies(searches, 1);
	/* Refused after the MUK was read. */
	assert_int_equal(
		mbms_naf_key_parse(document, length - 5, &naf_key, NULL), -1);
	assert_null(naf_key.muk.bytes);
	check_copies(searches, 1);
	memset(document, 0, sizeof(document));
	check_copies(searches, 0);
}

/* Neither the MUK nor its base 64 form stays behind, whatever happens. */
static void test_muk_is_wiped(void **state)
{
	static const uint8_t other[MBMS_MUK_SIZE] = { 1 };
	static const uint8_t muk[MBMS_MUK_SIZE] = {
		0x0b, 0x30, 0x55, 0x7a, 0x9f, 0xc4, 0xe9, 0x0e,
		0x33, 0x58, 0x7d, 0xa2, 0xc7, 0xec, 0x11, 0x36,
		0x5b, 0x80, 0xa5, 0xca, 0xef, 0x14, 0x39, 0x5e,
		0x83, 0xa8, 0xcd, 0xf2, 0x17, 0x3c, 0x61, 0x86
	};
	static const char text[] =
		"CzBVep/E6Q4zWH2ix+wRNluApcrvFDleg6jN8hc8YYY=";

	(void)state;
	/* The first call of a library function goes through the linker, which
	 * saves vector registers in the stack, and these may hold a key. The
	 * daemon is linked to have that done at its start.
	 */
	handle(other, false);
	memory_watch(muk);
	memory_watch((const uint8_t *)text);
	handle(muk, true);
	memory_forget();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_muk_is_wiped),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
