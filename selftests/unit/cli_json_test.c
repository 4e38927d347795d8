// SPDX-License-Identifier: GPL-2.0-or-later
/* JSON texts: escapes, odd octets, large numbers, names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json.h"
#include "output.h"

static void assert_json(json_t *value, const char *expected)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
	json_decref(value);
}

static void test_text(void **state)
{
	(void)state;
	assert_json(json_text("plain"), "\"plain\"");
	assert_json(json_text("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"");
	assert_json(json_text("\n\t\x01\x1f"), "\"\\n\\t\\u0001\\u001F\"");
	assert_json(json_text("\x7f"), "\"\x7f\"");
	assert_json(json_text("caf\xc3\xa9"), "\"caf\xc3\xa9\"");
	assert_json(json_text(""), "\"\"");
	assert_json(json_text(NULL), "null");
}

/* Interface names may have octets that are no UTF-8, JSON may not. */
static void test_text_that_is_not_utf8(void **state)
{
	(void)state;
	assert_json(json_text("eth\xff"), "\"eth\xef\xbf\xbd\"");
	assert_json(json_text("\xc3(\"\n"), "\"\xef\xbf\xbd(\\\"\\n\"");
	assert_json(json_text("\xed\xa0\x80"),
		    "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void test_number(void **state)
{
	(void)state;
	assert_json(json_number(0), "0");
	assert_json(json_number(1099511627776), "1099511627776");
	assert_json(json_number(INT64_MAX), "9223372036854775807");
	/* Not negative. */
	assert_json(json_number(UINT64_MAX), "1.8446744073709552e19");
}

static void test_names(void **state)
{
	const struct maybe unknown = { false, 1 };
	const struct maybe tx = { true, MBSEC_ROLE_TX };

	(void)state;
	assert_json(json_name(&suite_names, 0xf001), "\"null-hmac-sha256-80\"");
	assert_json(json_name(&suite_names, 7), "7");
	assert_json(json_maybe_name(&role_names, tx), "\"tx\"");
	assert_json(json_maybe_name(&role_names, unknown), "null");
	assert_json(json_maybe(unknown), "null");
}

static void test_group_id(void **state)
{
	json_t *object = json_object();
	struct group_id id = {};

	(void)state;
	assert_true(address_parse("239.1.1.1", &id.address));
	json_add_group_id(object, &id);
	assert_json(
		object,
		"{\"address\":\"239.1.1.1\",\"port\":null,\"source\":null}");
	assert_true(address_parse("ff3e::1", &id.address));
	assert_true(address_parse("2001:db8::1", &id.source));
	id.port = 65535;
	object = json_object();
	json_add_group_id(object, &id);
	assert_json(
		object,
		"{\"address\":\"ff3e::1\",\"port\":65535,\"source\":\"2001:db8::1\"}");
}

static void test_key_id(void **state)
{
	json_t *object = json_object();
	struct key key = {
		.msk_id = { true, 0x0000abcd },
		.mtk_id = { true, 1 },
		.sender_id = { true, 256 },
		.role = { true, MBSEC_ROLE_RX },
	};

	(void)state;
	json_add_key_id(object, &key);
	assert_json(
		object,
		"{\"msk-id\":\"0000abcd\",\"mtk-id\":1,\"sender-id\":256,\"role\":\"rx\"}");
}

/* Every counter of the specification is there, in its order. */
static void test_counters(void **state)
{
	struct counters counters = {};
	json_t *object;
	const char *name;
	json_t *value;
	size_t i = 0;

	(void)state;
	for (int type = 1; type <= MBSEC_A_COUNTERS_MAX; type++)
		counters.value[type] = 100 + type;
	object = json_counters(&counters);
	assert_int_equal(json_object_size(object), MBSEC_A_COUNTERS_PAD - 1);
	json_object_foreach(object, name, value)
	{
		assert_string_equal(name, counter_names.names[i].text);
		assert_int_equal(json_integer_value(value), 101 + i);
		i++;
	}
	json_decref(object);
}

static void test_clean(void **state)
{
	char clean[8];

	(void)state;
	assert_string_equal(output_clean("eth0.1", clean, sizeof(clean)),
			    "eth0.1");
	assert_string_equal(output_clean("\033[31m", clean, sizeof(clean)),
			    "?[31m");
	assert_string_equal(output_clean("123456789", clean, sizeof(clean)),
			    "1234567");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_that_is_not_utf8),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_group_id),
		cmocka_unit_test(test_key_id),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_clean),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
