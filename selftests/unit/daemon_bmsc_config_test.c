// SPDX-License-Identifier: GPL-2.0-or-later
/* Sections bmsc and mbstf: what they mean, and what is said of what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "roles/bmsc_config.h"
#include "roles/mbstf_config.h"

static struct bmsc_config least(void)
{
	return (struct bmsc_config){ .fqdn = "bmsc.home1.net",
				     .key_domain = "001-01" };
}

static void standard(void **state)
{
	struct bmsc_config config = least();
	struct bmsc_settings settings;
	struct mbstf_settings sender;
	struct fault fault = { 0 };

	(void)state;
	if (bmsc_settings_read(&config, &settings, &fault))
		fail_msg("%s", fault.text);
	assert_string_equal(settings.url, "http://bmsc.home1.net:8080");
	assert_string_equal(settings.bsf, "local");
	assert_int_equal(settings.mikey_port, 2269);
	assert_int_equal(address_port(&settings.mikey_listen), 0);
	assert_int_equal(settings.life.msk_lifetime, 86400000);
	assert_int_equal(settings.life.mtk_repeat, 1000);
	assert_false(settings.members.rekey_on_leave);
	assert_int_equal(bmsc_config_check(&config, NULL), 0);
	assert_int_equal(mbstf_settings_read(NULL, &sender, &fault), 0);
	assert_string_equal(sender.name, "local");
}

#define CASE(member, text, key)                                 \
	{                                                       \
		offsetof(struct bmsc_config, member), text, key \
	}

/* Each of these alone is wrong, and the sentence begins with its key. */
static void refusals(void **state)
{
	static const struct {
		size_t member;
		const char *text;
		const char *key;
	} cases[] = {
		CASE(fqdn, NULL, "fqdn"),
		CASE(fqdn, "a..b", "fqdn"),
		CASE(key_domain, NULL, "key-domain"),
		CASE(key_domain, "1", "key-domain"),
		CASE(listen, "x", "listen"),
		CASE(url, "ftp://x", "url"),
		CASE(bsf, "x", "bsf"),
		CASE(bsf, "http://x", "bsf-key-file"),
		CASE(mikey_listen, "x", "mikey-listen"),
		CASE(mikey_port, "0", "mikey-port"),
		CASE(push_rate, "0", "push-rate"),
		CASE(push_burst, "1", "push-burst"),
		CASE(retry_first, "1", "retry-first"),
		CASE(retry_most, "1ms", "retry-most"),
		CASE(retry_attempts, "0", "retry-attempts"),
		CASE(silences, "-1", "silences"),
		CASE(rekey_on_join, "2", "rekey-on-join"),
		CASE(nonce_lifetime, "1ms", "nonce-lifetime"),
		CASE(wait_time, "86401", "wait-time"),
		CASE(max_back_off, "x", "max-back-off"),
		CASE(msk_lifetime, "1m", "msk-lifetime"),
		CASE(msk_lead, "1s", "msk-lead"),
		CASE(msk_overlap, "1s", "msk-overlap"),
		CASE(mtk_lifetime, "1s", "mtk-lifetime"),
		CASE(mtk_repeat, "0s", "mtk-repeat"),
		CASE(batch, "1w", "batch"),
		CASE(mtk_count, "1", "mtk-count"),
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bmsc_config config = least();
		struct fault fault = { 0 };

		*(const char **)((char *)&config + cases[i].member) =
			cases[i].text;
		if (!bmsc_config_check(&config, &fault))
			fail_msg("%s is accepted", cases[i].key);
		if (strncmp(fault.text, cases[i].key, strlen(cases[i].key)))
			fail_msg("%s: %s", cases[i].key, fault.text);
	}
	assert_int_equal(bmsc_config_check(NULL, NULL), -1);
}

static void sender_refusals(void **state)
{
	const struct {
		struct mbstf_config config;
		const char *key;
	} cases[] = {
		{ { .name = "" }, "name" },
		{ { .name = "a\nb" }, "name" },
		{ { .policy = "maybe" }, "policy" },
		{ { .hops = "256" }, "hops" },
		{ { .mtk_packets = "1" }, "mtk-packets" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fault fault = { 0 };

		assert_int_equal(mbstf_config_check(&cases[i].config, &fault),
				 -1);
		if (strncmp(fault.text, cases[i].key, strlen(cases[i].key)))
			fail_msg("%s: %s", cases[i].key, fault.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(standard),
		cmocka_unit_test(refusals),
		cmocka_unit_test(sender_refusals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
