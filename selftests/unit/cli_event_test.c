// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of the monitor, as text and as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "event.h"

#define TIME_SIZE (sizeof("2026-01-01T00:00:00.000000+00:00") - 1)

static int group_setup(void **state)
{
	(void)state;
	/* Half an hour that is not whole, west of Greenwich. */
	setenv("TZ", "XXX03:30", 1);
	tzset();
	return 0;
}

static struct event event_make(void)
{
	struct event event = {
		.type = MBSEC_EVENT_TYPE_SOFT_EXPIRE,
		.limit = { true, MBSEC_LIMIT_BYTES },
		.count = { true, 1 },
		.has_group = true,
		.key = {
			.group.port = 5000,
			.msk_id = { true, 0xabc },
			.mtk_id = { true, 2 },
			.sender_id = { true, 0x100 },
			.role = { true, MBSEC_ROLE_TX },
		},
	};

	assert_true(address_parse("239.1.1.1", &event.key.group.address));
	return event;
}

/* What is written to standard output, NULL for the overrun. */
static char *line_of(const struct event *event, bool json)
{
	static char text[1024];
	int saved = dup(STDOUT_FILENO);
	struct problem problem;
	ssize_t count;
	int fds[2];
	int code;

	fflush(stdout);
	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
	code = event ? event_print(event, json, &problem) :
		       event_print_lost(json, &problem);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	/* It was flushed at once: all of it is in the pipe. */
	count = read(fds[0], text, sizeof(text) - 1);
	close(fds[0]);
	assert_int_equal(code, 0);
	assert_true(count > 0);
	text[count] = '\0';
	return text;
}

static void assert_line(const char *line, const char *before, const char *after)
{
	assert_memory_equal(line, before, strlen(before));
	line += strlen(before);
	assert_true(strlen(line) > TIME_SIZE);
	assert_int_equal(line[10], 'T');
	assert_memory_equal(line + TIME_SIZE - 6, "-03:30", 6);
	assert_string_equal(line + TIME_SIZE, after);
}

static void test_text(void **state)
{
	struct event event = event_make();

	(void)state;
	assert_line(
		line_of(&event, false), "",
		" soft-expire group 239.1.1.1 port 5000 key tx msk-id 00000abc mtk-id 2 sender 0x0100 limit bytes count 1\n");
}

static void test_json(void **state)
{
	struct event event = event_make();

	(void)state;
	assert_line(
		line_of(&event, true), "{\"time\":\"",
		"\",\"type\":\"soft-expire\",\"limit\":\"bytes\",\"count\":1,\"ssrc\":null,\"address\":\"239.1.1.1\",\"port\":5000,\"source\":null,\"msk-id\":\"00000abc\",\"mtk-id\":2,\"sender-id\":256,\"role\":\"tx\"}\n");
}

/* An event about a group has the same names, so that readers need not look. */
static void test_json_without_key(void **state)
{
	struct event event = event_make();
	struct key key = { .group = event.key.group };

	(void)state;
	event.type = MBSEC_EVENT_TYPE_REPLAY_STORM;
	event.limit.known = false;
	event.count.value = 100;
	event.key = key;
	assert_line(
		line_of(&event, true), "{\"time\":\"",
		"\",\"type\":\"replay-storm\",\"limit\":null,\"count\":100,\"ssrc\":null,\"address\":\"239.1.1.1\",\"port\":5000,\"source\":null,\"msk-id\":null,\"mtk-id\":null,\"sender-id\":null,\"role\":null}\n");
	assert_line(line_of(&event, false), "",
		    " replay-storm group 239.1.1.1 port 5000 count 100\n");
}

static void test_ssrc(void **state)
{
	struct event event = event_make();
	struct key key = { .group = event.key.group };

	(void)state;
	event.type = MBSEC_EVENT_TYPE_ROC_NEEDED;
	event.limit.known = false;
	event.key = key;
	event.ssrc = (struct maybe){ true, 0xabcdef };
	assert_line(
		line_of(&event, true), "{\"time\":\"",
		"\",\"type\":\"roc-needed\",\"limit\":null,\"count\":1,\"ssrc\":\"00abcdef\",\"address\":\"239.1.1.1\",\"port\":5000,\"source\":null,\"msk-id\":null,\"mtk-id\":null,\"sender-id\":null,\"role\":null}\n");
	assert_line(
		line_of(&event, false), "",
		" roc-needed group 239.1.1.1 port 5000 ssrc 00abcdef count 1\n");
}

static void test_unknown_type(void **state)
{
	struct event event = { .type = 99 };

	(void)state;
	assert_line(line_of(&event, false), "", " unknown (99)\n");
}

static void test_overrun(void **state)
{
	(void)state;
	assert_line(
		line_of(NULL, false), "",
		" overrun events were lost, they came faster than they were read\n");
	assert_line(line_of(NULL, true), "{\"time\":\"",
		    "\",\"type\":\"overrun\"}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_without_key),
		cmocka_unit_test(test_ssrc),
		cmocka_unit_test(test_unknown_type),
		cmocka_unit_test(test_overrun),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, group_setup, NULL);
}
