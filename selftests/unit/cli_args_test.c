// SPDX-License-Identifier: GPL-2.0-or-later
/* The grammar of the command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/mbsec.h>

#include "command.h"
#include "help.h"

#define WORDS_MAX 64
#define KEY_ADD "key add 239.1.1.1 msk-id 0000000a mtk-id 1 sender 0x100 "

/* Values point into it. */
static char line_copy[1024];

static int parse(const char *line, struct invocation *invocation,
		 struct problem *problem)
{
	char *argv[WORDS_MAX] = { "mbsec" };
	int argc = 1;

	snprintf(line_copy, sizeof(line_copy), "%s", line);
	for (char *word = strtok(line_copy, " "); word;
	     word = strtok(NULL, " ")) {
		assert_true(argc < WORDS_MAX - 1);
		argv[argc++] = word;
	}
	problem->sentence[0] = '\0';
	return command_parse(argc, argv, invocation, problem);
}

static struct arguments parse_good(const char *line,
				   int (*run)(const struct arguments *args,
					      struct problem *problem))
{
	struct invocation invocation;
	struct problem problem;
	int code = parse(line, &invocation, &problem);

	if (code)
		fail_msg("'%s': %s", line, problem.sentence);
	assert_non_null(invocation.command);
	assert_ptr_equal(invocation.command->run, run);
	return invocation.args;
}

static void test_group_add_all(void **state)
{
	struct arguments args = parse_good(
		"group add 239.1.1.1 port 5000 src 10.0.0.1 dev eth0 format srtp suite null-hmac-sha256-80 policy permit dir forward rtcp-port 5007 no-mki roc-rate 65535 roc-mode 3 allow-no-integrity",
		group_add);
	char text[ADDRESS_TEXT_SIZE];

	(void)state;
	assert_string_equal(address_format(&args.group.address, text),
			    "239.1.1.1");
	assert_string_equal(address_format(&args.group.source, text),
			    "10.0.0.1");
	assert_int_equal(args.group.port, 5000);
	assert_string_equal(args.device, "eth0");
	assert_int_equal(args.format, MBSEC_FORMAT_SRTP);
	assert_int_equal(args.suite, 0xf001);
	assert_int_equal(args.policy, MBSEC_POLICY_PERMIT);
	assert_int_equal(args.direction,
			 MBSEC_DIRECTION_OUT | MBSEC_DIRECTION_FORWARD);
	assert_int_equal(args.rtcp_port, 5007);
	assert_true(args.given & KEYWORD_BIT(NO_MKI));
	assert_int_equal(args.roc_rate, 65535);
	assert_int_equal(args.roc_mode, 3);
	assert_true(args.given & KEYWORD_BIT(ALLOW_NO_INTEGRITY));
}

static void test_rtcp_port_none(void **state)
{
	struct arguments args = parse_good(
		"group add 239.1.1.1 rtcp-port none format srtp", group_add);

	(void)state;
	assert_true(args.given & KEYWORD_BIT(RTCP_PORT));
	assert_int_equal(args.rtcp_port, 0);
}

static void test_senders(void **state)
{
	struct arguments args = parse_good(
		"sender add 239.1.1.1 port 5000 src 10.0.0.1 ssrc cafeBABE roc 4294967295 seq 65535 tx",
		sender_add);

	(void)state;
	assert_int_equal(args.ssrc, 0xcafebabe);
	assert_int_equal(args.roc, UINT32_MAX);
	assert_int_equal(args.sequence, 65535);
	assert_int_equal(args.role, MBSEC_ROLE_TX);
	args = parse_good("sender add 239.1.1.1 ssrc 00000000 roc 0",
			  sender_add);
	assert_int_equal(args.given, KEYWORD_BIT(SSRC) | KEYWORD_BIT(ROC));
	parse_good("sender del 239.1.1.1 ssrc 00000001 rx", sender_del);
	assert_false(parse_good("sender show -j", sender_show).has_address);
}

static void test_keylog(void **state)
{
	struct arguments args = parse_good(
		"keylog out key-file k suite aes256-cm-hmac-sha1-80 msk-id 0000000a mtk-id 3 ssrc 00000007 roc 9 --write-secret-keys",
		keylog_write);

	(void)state;
	assert_string_equal(args.operand, "out");
	assert_string_equal(args.key_file, "k");
	assert_int_equal(args.suite, MBSEC_SUITE_AES256_CM_HMAC_SHA1_80);
	assert_int_equal(args.roc, 9);
	assert_int_equal(args.options, OPTION_WRITE_SECRET_KEYS);
}

static void test_group_add_least(void **state)
{
	struct arguments args = parse_good("group add ff3e::1", group_add);

	(void)state;
	assert_int_equal(args.given, 0);
	assert_int_equal(args.group.port, 0);
	assert_int_equal(args.group.source.family, AF_UNSPEC);
}

static void test_directions(void **state)
{
	(void)state;
	assert_int_equal(
		parse_good("group add 239.1.1.1 dir in", group_add).direction,
		MBSEC_DIRECTION_IN);
	assert_int_equal(
		parse_good("group add 239.1.1.1 dir out", group_add).direction,
		MBSEC_DIRECTION_OUT);
	assert_int_equal(
		parse_good("group add 239.1.1.1 dir both", group_add).direction,
		MBSEC_DIRECTION_OUT | MBSEC_DIRECTION_IN);
}

static void test_key_add_all(void **state)
{
	struct arguments args = parse_good(
		"key add 239.1.1.1 port 5000 msk-id 89abcdef mtk-id 65535 sender 0xbeef tx key-file - window 64 soft-packets 1 hard-packets 2 soft-bytes 3 hard-bytes 9223372036854775807 soft-time 5 hard-time 4294967295 activate --force-nonce-reuse-risk",
		key_add);
	static const uint64_t limits[] = { 1, 2, 3, INT64_MAX, 5, UINT32_MAX };

	(void)state;
	assert_int_equal(args.msk_id, 0x89abcdef);
	assert_int_equal(args.mtk_id, 65535);
	assert_int_equal(args.sender_id, 0xbeef);
	assert_int_equal(args.role, MBSEC_ROLE_TX);
	assert_string_equal(args.key_file, "-");
	assert_int_equal(args.window, 64);
	assert_memory_equal(args.limits, limits, sizeof(limits));
	assert_true(args.given & KEYWORD_BIT(ACTIVATE));
	assert_int_equal(args.options, OPTION_FORCE_NONCE_REUSE);
}

/* The order of keywords does not matter, and the sender may be decimal. */
static void test_key_add_order(void **state)
{
	struct arguments args = parse_good(
		"key add ff02::1 rx key-file /k sender 256 mtk-id 0 src fe80::1 msk-id 00000001 port 1",
		key_add);

	(void)state;
	assert_int_equal(args.sender_id, 256);
	assert_int_equal(args.role, MBSEC_ROLE_RX);
	assert_int_equal(args.group.source.family, AF_INET6);
}

static void test_options_anywhere(void **state)
{
	static const char *const lines[] = {
		"-j -s group show 239.1.1.1 port 5",
		"group --json show --statistics 239.1.1.1 port 5",
		"group show 239.1.1.1 -s port 5 -j",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(parse_good(lines[i], group_show).options,
				 OPTION_JSON | OPTION_STATISTICS);
}

/* A value may look like an option or a keyword. */
static void test_value_is_taken_as_it_is(void **state)
{
	(void)state;
	assert_string_equal(
		parse_good(KEY_ADD "rx key-file --json", key_add).key_file,
		"--json");
	assert_string_equal(
		parse_good(KEY_ADD "rx key-file port", key_add).key_file,
		"port");
}

static void test_show_and_others(void **state)
{
	(void)state;
	assert_false(parse_good("group show", group_show).has_address);
	parse_good("key show 239.1.1.1 -s", key_show);
	parse_good("key activate 239.1.1.1 msk-id 00000001 mtk-id 1",
		   key_activate);
	parse_good(
		"key del 239.1.1.1 port any msk-id 00000001 mtk-id 1 sender 0x100",
		key_del);
	parse_good("group del 239.1.1.1 src 10.0.0.1", group_del);
	parse_good("flush", flush_all);
	parse_good("stats -j", stats_show);
	parse_good("monitor", monitor_events);
	parse_good("--version", version_show);
}

struct bad {
	const char *line;
	const char *sentence;
};

#define CONTROL_OBJECTS "service, ue, usim, member, msk, mtk, status, "

static const struct bad bad_lines[] = {
	{ "",
	  "a command is missing; known are group, key, sender, flush, stats, "
	  "monitor, " CONTROL_OBJECTS "explain, keylog, version, help" },
	{ "grp",
	  "unknown command 'grp'; known are group, key, sender, flush, stats, "
	  "monitor, " CONTROL_OBJECTS "explain, keylog, version, help" },
	{ "group", "group: a verb is missing; known are add, del, show" },
	{ "key rotate",
	  "key: unknown verb 'rotate'; known are add, activate, del, show" },
	{ "group add", "the group address is missing" },
	{ "group add port 5", "the group address must come before port" },
	{ "group add 239.1.1.1 5000",
	  "unknown keyword '5000'; known are port, src, dev, format, suite, "
	  "policy, dir, rtcp-port, no-mki, roc-rate, roc-mode, "
	  "allow-no-integrity" },
	{ "group add 239.1.1.1 port", "port needs a value (N)" },
	{ "group add 239.1.1.1 port 0", "port 0 is out of range (1 to 65535)" },
	{ "group add 239.1.1.1 port 70000",
	  "port 70000 is out of range (1 to 65535)" },
	{ "group add 239.1.1.1 port 5 port 5", "port is given twice" },
	{ "group add 239.1.1.1 port -j", "port '-j' is not a decimal number" },
	{ "group add 239.1.1.1 src fe80::1",
	  "src and the group address are not of one IP version" },
	{ "group add 239.1.1.1 policy maybe",
	  "policy 'maybe' is unknown; known are require, permit" },
	{ "group add 239.1.1.1 dir up",
	  "dir 'up' is unknown; known are in, out, both, forward" },
	{ "group add 239.1.1.1 -s", "--statistics is of no use here" },
	{ "group add 239.1.1.1 --frob",
	  "unknown option '--frob'; known are --statistics, --json, "
	  "--socket, --force-nonce-reuse-risk, --write-secret-keys, --help, "
	  "--version" },
	{ "group add 239.1.1.1 rtcp-port 5001",
	  "rtcp-port is of SRTP groups only; say format srtp" },
	{ "group add 239.1.1.1 format sframe no-mki",
	  "no-mki is of SRTP groups only; say format srtp" },
	{ "group add 239.1.1.1 roc-mode 1 allow-no-integrity",
	  "roc-mode is of SRTP groups only; say format srtp" },
	{ "group add 239.1.1.1 format srtp allow-no-integrity roc-rate 3",
	  "allow-no-integrity is of no use without roc-mode" },
	{ "group add 239.1.1.1 format srtp rtcp-port 0",
	  "rtcp-port 0 is out of range (1 to 65535)" },
	{ "group add 239.1.1.1 format srtp roc-rate 0",
	  "roc-rate 0 is out of range (1 to 65535)" },
	{ "group add 239.1.1.1 format srtp roc-mode 4",
	  "roc-mode 4 is out of range (1 to 3)" },
	{ "sender add 239.1.1.1 roc 1", "ssrc is missing" },
	{ "sender add 239.1.1.1 ssrc 00000001", "roc is missing" },
	{ "sender add 239.1.1.1 ssrc 1 roc 1", "ssrc '1' is not 8 hex digits" },
	{ "sender add 239.1.1.1 ssrc 00000001 roc 4294967296",
	  "roc 4294967296 is out of range (0 to 4294967295)" },
	{ "sender add 239.1.1.1 ssrc 00000001 roc 1 seq 65536",
	  "seq 65536 is out of range (0 to 65535)" },
	{ "sender del 239.1.1.1 ssrc 00000001 roc 1",
	  "unknown keyword 'roc'; known are port, src, ssrc, tx, rx" },
	{ "keylog", "the file is missing" },
	{ "keylog out", "key-file is missing" },
	{ "keylog out key-file k msk-id 1", "msk-id '1' is not 8 hex digits" },
	{ "key show --write-secret-keys",
	  "--write-secret-keys is of no use here" },
	{ "group del 239.1.1.1 dev eth0",
	  "unknown keyword 'dev'; known are port, src" },
	{ "key add 239.1.1.1 mtk-id 1 sender 256 rx key-file f",
	  "msk-id is missing" },
	{ "key add 239.1.1.1 msk-id 00000001 sender 256 rx key-file f",
	  "mtk-id is missing" },
	{ KEY_ADD "key-file f", "tx or rx is missing" },
	{ KEY_ADD "tx", "key-file is missing" },
	{ KEY_ADD "tx rx key-file f",
	  "a key is either tx or rx, and said once" },
	{ KEY_ADD "rx key-file f activate",
	  "activate is for a tx key; an rx key is in use at once" },
	{ KEY_ADD "rx key-file f window 63",
	  "window 63 is out of range (64 to 8192)" },
	{ KEY_ADD "rx key-file f hard-time 4294967296",
	  "hard-time 4294967296 is out of range (1 to 4294967295)" },
	{ KEY_ADD "rx key-file f soft-packets 0",
	  "soft-packets 0 is out of range (1 to 9223372036854775807)" },
	{ "key add 239.1.1.1 msk-id 1 mtk-id 1 sender 256 rx key-file f",
	  "msk-id '1' is not 8 hex digits" },
	{ "key add 239.1.1.1 msk-id 0000000g mtk-id 1 sender 256 rx key-file f",
	  "msk-id '0000000g' is not 8 hex digits" },
	{ "key add 239.1.1.1 msk-id 00000001 mtk-id 65536 sender 256 rx key-file f",
	  "mtk-id 65536 is out of range (0 to 65535)" },
	{ "key add 239.1.1.1 msk-id 00000001 mtk-id 1 sender 0xff rx key-file f",
	  "sender 0xff is out of range (0x100 to 0xffff)" },
	{ "key add 239.1.1.1 msk-id 00000001 mtk-id 1 sender 0x10000 rx key-file f",
	  "sender 0x10000 is out of range (0x100 to 0xffff)" },
	{ "key del 239.1.1.1 msk-id 00000001 mtk-id 1 tx",
	  "unknown keyword 'tx'; known are port, src, msk-id, mtk-id, sender" },
	{ "flush now", "unexpected word 'now'" },
	{ "status now", "unexpected word 'now'" },
	{ "status --socket", "--socket needs a value (PATH)" },
	{ "stats --socket /run/s", "--socket is of no use here" },
	{ "service", "service: a verb is missing; known are add, show, del, "
		     "join, leave, joined" },
	{ "service add group 239.1.1.1 port 5", "SERVICE is missing" },
	{ "service add urn:a", "group is missing" },
	{ "service add urn:a group 239.1.1.1", "port of a stream is missing" },
	{ "service add urn:a group 239.1.1.1 port 5 group 239.1.1.2",
	  "port of a stream is missing" },
	{ "service add urn:a port 5", "port has to come behind a group" },
	{ "service add urn:a group 239.1.1.1 port 5 port 6",
	  "port is given twice for a stream" },
	{ "service del urn:a urn:b", "unexpected word 'urn:b'" },
	{ "service join urn:a imsi 1 imsi 2", "imsi is given twice" },
	{ "ue add 001010000000001", "k-file is missing" },
	{ "ue add 001010000000001 k-file k", "opc-file or op-file is missing" },
	{ "ue add 001010000000001 k-file k opc-file o op-file o",
	  "opc-file and op-file exclude each other" },
	{ "ue add 001010000000001 00112233445566778899aabbccddeeff",
	  "unknown keyword '(hidden, it looks like a key)'; known are k-file, "
	  "opc-file, op-file, amf, gba-u, count" },
	{ "stats -s", "--statistics is of no use here" },
	{ "help frob",
	  "unknown command 'frob'; known are group, key, sender, flush, stats, "
	  "monitor, " CONTROL_OBJECTS "explain, keylog, version, help" },
	{ "help group frob",
	  "group: unknown verb 'frob'; known are add, del, show" },
	{ "help flush now", "flush: unexpected word 'now'" },
	{ "help group add now", "help: unexpected word 'now'" },
};

static void test_bad_lines(void **state)
{
	struct invocation invocation;
	struct problem problem;

	(void)state;
	for (size_t i = 0; i < sizeof(bad_lines) / sizeof(bad_lines[0]); i++) {
		const struct bad *bad = &bad_lines[i];

		if (parse(bad->line, &invocation, &problem) != EXIT_CODE_USAGE)
			fail_msg("'%s' is accepted", bad->line);
		assert_string_equal(problem.sentence, bad->sentence);
	}
}

static void test_key_as_word_is_not_shown(void **state)
{
	struct invocation invocation;
	struct problem problem;

	(void)state;
	assert_int_equal(parse(KEY_ADD "tx 000102030405060708090a0b0c0d0e0f",
			       &invocation, &problem),
			 EXIT_CODE_USAGE);
	assert_null(strstr(problem.sentence, "0001020304"));
}

static void test_help(void **state)
{
	struct invocation invocation;
	struct problem problem;

	(void)state;
	assert_int_equal(parse("help", &invocation, &problem), 0);
	assert_null(invocation.command);
	assert_null(invocation.object);
	assert_int_equal(parse("group help", &invocation, &problem), 0);
	assert_null(invocation.command);
	assert_string_equal(invocation.object, "group");
	assert_int_equal(
		parse("key add --help nonsense", &invocation, &problem), 0);
	assert_null(invocation.command);
	assert_string_equal(invocation.verb, "add");
	assert_int_equal(parse("help key del", &invocation, &problem), 0);
	assert_string_equal(invocation.verb, "del");
}

static char *usage_text(const char *object, const char *verb)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	for (size_t i = 0; i < command_count; i++)
		if (!strcmp(commands[i].object, object) && commands[i].verb &&
		    !strcmp(commands[i].verb, verb))
			help_usage(stream, &commands[i], 0);
	fclose(stream);
	return text;
}

/* Usage texts are made from the tables: one for all kinds of things in them. */
static void test_usage(void **state)
{
	char *text = usage_text("key", "add");

	(void)state;
	assert_non_null(strstr(text, "key add ADDR [port N] [src ADDR]"));
	assert_non_null(strstr(text, " msk-id HEX8 mtk-id N"));
	assert_non_null(strstr(text, " [sender ID]"));
	assert_non_null(strstr(text, "{tx|rx}"));
	assert_non_null(strstr(text, "[activate]"));
	assert_non_null(strstr(text, "[--force-nonce-reuse-risk]"));
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(strlen(line) < 80);
	free(text);
	text = usage_text("group", "show");
	assert_string_equal(text,
			    "group show [ADDR [port N] [src ADDR]] [-s] [-j]");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_group_add_all),
		cmocka_unit_test(test_group_add_least),
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_rtcp_port_none),
		cmocka_unit_test(test_senders),
		cmocka_unit_test(test_keylog),
		cmocka_unit_test(test_key_add_all),
		cmocka_unit_test(test_key_add_order),
		cmocka_unit_test(test_options_anywhere),
		cmocka_unit_test(test_value_is_taken_as_it_is),
		cmocka_unit_test(test_show_and_others),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_key_as_word_is_not_shown),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_usage),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
