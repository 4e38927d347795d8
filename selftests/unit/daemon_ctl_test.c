// SPDX-License-Identifier: GPL-2.0-or-later
/* The control socket: requests, answers, events, and peers that misbehave. */
#include "daemon_ctl_scene.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_answers(void **state)
{
	struct fault fault = { FAULT_UNKNOWN, "ue: there is none" };
	struct scene scene;
	struct peer peer;

	(void)state;
	scene_open(&scene);
	peer_open(&peer, &scene);
	peer_say(&peer, "{\"version\":1,\"id\":7,\"command\":\"echo\","
			"\"arguments\":{\"a\":[1,\"\\u00e4\"]}}");
	peer_expect(&peer, "{\"id\":7,\"result\":{\"a\":[1,\"\\u00e4\"]}}");
	peer_say(&peer, "{\"version\":1,\"command\":\"echo\"}");
	peer_expect(&peer, "{\"id\":null,\"result\":{}}");
	peer_say(&peer, "{\"version\":1,\"id\":-1,\"command\":\"hold\"}");
	assert_int_equal(scene.held_count, 1);
	ctl_progress(scene.held[0], json_pack("{s:i}", "done", 3));
	peer_expect(&peer, "{\"id\":-1,\"progress\":{\"done\":3}}");
	ctl_refuse(scene.held[0], &fault);
	peer_expect(&peer, "{\"id\":-1,\"problem\":{\"title\":\"unknown\","
			   "\"detail\":\"ue: there is none\"}}");
	peer_say(&peer, "{\"version\":1,\"id\":8,\"command\":\"hold\"}");
	ctl_reply(scene.held[1], NULL);
	peer_expect(&peer, "{\"id\":8,\"result\":{}}");
	peer_close(&peer);
	scene_close(&scene);
}

/* A line that is refused does no harm to the next one. */
static void test_bad_lines(void **state)
{
	static const struct {
		const char *line, *id, *title, *detail;
	} cases[] = {
		{ "x", "null", "malformed",
		  "not a JSON object (at octet 1 of the line)" },
		{ "[]", "null", "malformed", "not a JSON object" },
		{ "{}", "null", "malformed",
		  "version: missing or not a number" },
		{ "{\"id\":3,\"version\":2,\"command\":\"echo\"}", "3",
		  "unsupported", "version: we speak version 1" },
		{ "{\"id\":3,\"version\":\"1\",\"command\":\"echo\"}", "3",
		  "malformed", "version: missing or not a number" },
		{ "{\"id\":\"3\",\"version\":1,\"command\":\"echo\"}", "null",
		  "malformed", "id: not a whole number" },
		{ "{\"id\":4,\"version\":1}", "4", "malformed",
		  "command: missing or not a string" },
		{ "{\"id\":4,\"version\":1,\"command\":\"\"}", "4", "malformed",
		  "command: missing or not a string" },
		{ "{\"id\":4,\"version\":1,\"command\":\"echo\\u0000\"}",
		  "null", "malformed", NULL },
		{ "{\"id\":4,\"version\":1,\"command\":\"e\\ncho\"}", "4",
		  "malformed", "command: not lower-case words" },
		{ "{\"id\":4,\"version\":1,\"command\":\"nothing\"}", "4",
		  "unknown",
		  "command: no role of this daemon knows \"nothing\"" },
		{ "{\"id\":4,\"version\":1,\"command\":\"echo\","
		  "\"arguments\":[]}",
		  "4", "malformed", "arguments: not an object" },
		{ "{\"id\":4,\"version\":1,\"command\":\"echo\",\"more\":1}",
		  "4", "malformed",
		  "a request has version, id, command and arguments, and "
		  "nothing else" },
		{ "{\"id\":4,\"id\":5,\"version\":1,\"command\":\"echo\"}",
		  "null", "malformed", NULL },
	};
	struct scene scene;
	struct peer peer;
	json_t *message, *id;
	const char *title, *detail;
	size_t i;

	(void)state;
	scene_open(&scene);
	peer_open(&peer, &scene);
	for (i = 0; i < COUNT(cases); i++) {
		peer_say(&peer, cases[i].line);
		message = peer_hear(&peer);
		id = json_loads(cases[i].id, JSON_DECODE_ANY, NULL);
		assert_int_equal(json_unpack(message, "{s:{s:s, s:s}}",
					     "problem", "title", &title,
					     "detail", &detail),
				 0);
		assert_true(json_equal(json_object_get(message, "id"), id));
		assert_string_equal(title, cases[i].title);
		if (cases[i].detail)
			assert_string_equal(detail, cases[i].detail);
		json_decref(message);
		json_decref(id);
	}
	peer_say(&peer, "\n\n{\"version\":1,\"id\":1,\"command\":\"echo\"}");
	peer_expect(&peer, "{\"id\":1,\"result\":{}}");
	peer_close(&peer);
	scene_close(&scene);
}

static void test_long_line(void **state)
{
	static char line[70000];
	struct scene scene;
	struct peer peer;
	int head;

	(void)state;
	scene_open(&scene);
	peer_open(&peer, &scene);
	/* As long as it may be. */
	head = sprintf(line, "{\"version\":1,\"command\":\"echo\"");
	memset(line + head, ' ', 65535 - (size_t)head - 1);
	line[65534] = '}';
	line[65535] = '\0';
	peer_say(&peer, line);
	peer_expect(&peer, "{\"id\":null,\"result\":{}}");
	line[65534] = ' ';
	line[65535] = '}';
	peer_write(&peer, line, 65536);
	peer_expect(&peer, "{\"id\":null,\"problem\":{\"title\":\"limit\","
			   "\"detail\":\"a line has at most 65535 octets\"}}");
	peer_expect_end(&peer);
	peer_close(&peer);
	scene_close(&scene);
}

static void test_pieces(void **state)
{
	static const char lines[] =
		"{\"version\":1,\"id\":1,\"command\":\"echo\"}\n"
		"{\"version\":1,\"id\":2,\"command\":\"echo\"}\n";
	struct scene scene;
	struct peer peer;
	size_t i;

	(void)state;
	scene_open(&scene);
	peer_open(&peer, &scene);
	for (i = 0; i < strlen(lines); i++)
		peer_write(&peer, lines + i, 1);
	peer_expect(&peer, "{\"id\":1,\"result\":{}}");
	peer_expect(&peer, "{\"id\":2,\"result\":{}}");
	peer_write(&peer, lines, strlen(lines));
	/* What it has asked for is answered although it says no more. */
	shutdown(peer.fd, SHUT_WR);
	peer_expect(&peer, "{\"id\":1,\"result\":{}}");
	peer_expect(&peer, "{\"id\":2,\"result\":{}}");
	peer_expect_end(&peer);
	peer_close(&peer);
	scene_close(&scene);
}

static void test_monitor(void **state)
{
	struct peer peer, other;
	struct scene scene;

	(void)state;
	scene_open(&scene);
	peer_open(&peer, &scene);
	peer_open(&other, &scene);
	ctl_event(scene.ctl, json_pack("{s:s}", "type", "nobody-hears"));
	peer_say(&peer, "{\"version\":1,\"id\":5,\"command\":\"monitor\"}");
	peer_expect(&peer, "{\"id\":5,\"result\":{}}");
	ctl_event(scene.ctl, json_pack("{s:s}", "type", "a"));
	peer_expect(&peer, "{\"event\":{\"type\":\"a\"}}");
	peer_say(&other, "{\"version\":1,\"id\":6,\"command\":\"echo\"}");
	peer_expect(&other, "{\"id\":6,\"result\":{}}");
	peer_say(&peer, "{\"version\":1,\"id\":7,\"command\":\"echo\"}");
	peer_expect(&peer, "{\"id\":7,\"result\":{}}");
	peer_close(&peer);
	peer_close(&other);
	scene_close(&scene);
}

/* Events that it did not get are counted, and it is told before the next one. */
static void test_slow_monitor(void **state)
{
	enum { EVENTS = 20000 };
	unsigned int got = 0, lost = 0;
	struct scene scene;
	struct peer peer;
	char text[201] = "";
	json_t *message;
	int i, count;

	(void)state;
	memset(text, 'x', 200);
	scene_open(&scene);
	peer_open(&peer, &scene);
	peer_say(&peer, "{\"version\":1,\"id\":5,\"command\":\"monitor\"}");
	peer_expect(&peer, "{\"id\":5,\"result\":{}}");
	for (i = 0; i < EVENTS; i++)
		ctl_event(scene.ctl, json_pack("{s:s, s:i, s:s}", "type", "a",
					       "number", i, "text", text));
	while (got + lost < EVENTS) {
		message = peer_hear(&peer);
		if (json_unpack(message, "{s:{s:i}}", "event", "count",
				&count)) {
			assert_int_equal(json_unpack(message, "{s:{s:i}}",
						     "event", "number", &i),
					 0);
			assert_int_equal(i, got + lost);
			got++;
		} else {
			assert_true(count > 0);
			lost += (unsigned int)count;
		}
		json_decref(message);
	}
	assert_int_equal(got + lost, EVENTS);
	assert_true(got && lost);
	peer_close(&peer);
	scene_close(&scene);
}

/* A peer with many open requests is not read, and goes on when one is answered. */
static void test_pending_requests(void **state)
{
	static const char line[] =
		"{\"version\":1,\"id\":1,\"command\":\"hold\"}";
	struct scene scene;
	struct peer peer;
	size_t i;

	(void)state;
	scene_open(&scene);
	peer_open(&peer, &scene);
	for (i = 0; i < 40; i++)
		peer_say(&peer, line);
	for (i = 0; i < 100; i++)
		scene_run(&scene);
	assert_int_equal(scene.held_count, 16);
	for (i = 0; i < 40; i++) {
		assert_true(i < scene.held_count);
		ctl_reply(scene.held[i], NULL);
		peer_expect(&peer, "{\"id\":1,\"result\":{}}");
		assert_true(scene.held_count <= i + 1 + 16);
	}
	assert_int_equal(scene.held_count, 40);
	peer_close(&peer);
	scene_close(&scene);
}

/* It is gone before its answers are there, or at the end they never were. */
static void test_peer_gone(void **state)
{
	const struct fault fault = { FAULT_STATE, "too late" };
	struct scene scene;
	struct peer peer;
	int i;

	(void)state;
	scene_open(&scene);
	peer_open(&peer, &scene);
	for (i = 0; i < 4; i++)
		peer_say(&peer,
			 "{\"version\":1,\"id\":1,\"command\":\"hold\"}");
	assert_int_equal(scene.held_count, 4);
	peer_close(&peer);
	scene_run(&scene);
	ctl_progress(scene.held[0], json_pack("{s:i}", "done", 3));
	scene_run(&scene);
	ctl_progress(scene.held[0], json_pack("{s:i}", "done", 3));
	ctl_reply(scene.held[0], json_object());
	scene_run(&scene);
	scene_run(&scene);
	ctl_progress(scene.held[1], json_object());
	ctl_refuse(scene.held[1], &fault);
	scene_run(&scene);
	peer_open(&peer, &scene);
	peer_say(&peer, "{\"version\":1,\"id\":1,\"command\":\"echo\"}");
	peer_expect(&peer, "{\"id\":1,\"result\":{}}");
	peer_close(&peer);
	scene_close(&scene);
}

/* An answer that no peer could take is refused, and the peer stays. */
static void test_long_answer(void **state)
{
	struct scene scene;
	struct peer peer;
	char *text = calloc(1, 9 << 20);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', (9 << 20) - 1);
	scene_open(&scene);
	peer_open(&peer, &scene);
	peer_say(&peer, "{\"version\":1,\"id\":1,\"command\":\"hold\"}");
	ctl_reply(scene.held[0], json_pack("{s:s}", "text", text));
	peer_expect(&peer,
		    "{\"id\":1,\"problem\":{\"title\":\"limit\",\"detail\":"
		    "\"the answer is too long: ask for a part of it\"}}");
	text[500000] = '\0';
	peer_say(&peer, "{\"version\":1,\"id\":2,\"command\":\"hold\"}");
	ctl_reply(scene.held[1], json_pack("{s:s}", "text", text));
	json_decref(peer_hear(&peer));
	peer_close(&peer);
	scene_close(&scene);
	free(text);
}

static void test_too_many(void **state)
{
	enum { PEERS = 64 };
	struct peer peers[PEERS + 1];
	struct scene scene;
	int i;

	(void)state;
	scene_open(&scene);
	for (i = 0; i < PEERS; i++) {
		peer_open(&peers[i], &scene);
		peer_say(&peers[i],
			 "{\"version\":1,\"id\":1,\"command\":\"echo\"}");
		peer_expect(&peers[i], "{\"id\":1,\"result\":{}}");
	}
	peer_open(&peers[PEERS], &scene);
	peer_expect(&peers[PEERS],
		    "{\"id\":null,\"problem\":{\"title\":\"limit\","
		    "\"detail\":\"too many peers: try again later\"}}");
	peer_expect_end(&peers[PEERS]);
	peer_close(&peers[PEERS]);
	peer_close(&peers[0]);
	scene_run(&scene);
	peer_open(&peers[0], &scene);
	peer_say(&peers[0], "{\"version\":1,\"id\":1,\"command\":\"echo\"}");
	peer_expect(&peers[0], "{\"id\":1,\"result\":{}}");
	for (i = 0; i < PEERS; i++)
		peer_close(&peers[i]);
	scene_close(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_monitor),
		cmocka_unit_test(test_slow_monitor),
		cmocka_unit_test(test_pending_requests),
		cmocka_unit_test(test_peer_gone),
		cmocka_unit_test(test_long_answer),
		cmocka_unit_test(test_too_many),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_setup(LOG_LEVEL_ERROR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
