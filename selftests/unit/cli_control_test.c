// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands of the key manager, each in a process, against a real control socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli_control_server.h"
#include "command.h"
#include "control.h"
#include "core/sbi_json.h"
#include "output.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define K "00112233445566778899aabbccddeeff"
#define OPC "ffeeddccbbaa99887766554433221100"
#define WAIT_MS 20000

static char folder[40] = "/tmp/cli_control_test.XXXXXX";
static char socket_path[64];
static pid_t server;

/* ---- The tool ---- */

struct outcome {
	int code;
	char out[16384];
	char err[4096];
};

static int invoke(char *line)
{
	struct invocation invocation;
	struct problem problem = {};
	char *argv[64] = { "mbsec" };
	int argc = 1, code;

	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	code = command_parse(argc, argv, &invocation, &problem);
	if (!code)
		code = invocation.command->run(&invocation.args, &problem);
	if (!code)
		code = output_finish(&problem);
	if (code)
		fprintf(stderr, "%s\n", problem.sentence);
	fflush(NULL);
	return code;
}

static void take(int fd, char *text, size_t size)
{
	size_t used = 0;
	ssize_t count;

	while ((count = read(fd, text + used, size - 1 - used)) > 0)
		used += (size_t)count;
	text[used] = '\0';
	close(fd);
}

static pid_t start(const char *line, int *out, int *err)
{
	int outs[2], errs[2];
	char copy[1024];
	pid_t child;

	assert_int_equal(pipe(outs), 0);
	assert_int_equal(pipe(errs), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		dup2(outs[1], STDOUT_FILENO);
		dup2(errs[1], STDERR_FILENO);
		close(outs[0]);
		close(errs[0]);
		snprintf(copy, sizeof(copy), "%s", line);
		_exit(invoke(copy));
	}
	close(outs[1]);
	close(errs[1]);
	*out = outs[0];
	*err = errs[0];
	return child;
}

static void run(const char *line, struct outcome *outcome)
{
	int out, err, status;
	pid_t child = start(line, &out, &err);

	take(out, outcome->out, sizeof(outcome->out));
	take(err, outcome->err, sizeof(outcome->err));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	outcome->code = WEXITSTATUS(status);
}

static void write_key(const char *name, const char *text)
{
	char path[96];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

/* What the daemon is told for a line. */
static const struct {
	const char *line, *command, *arguments;
} told[] = {
	{ "service add urn:a group 239.1.1.1 port 5000", "service add",
	  "{\"service\":\"urn:a\",\"flows\":["
	  "{\"group\":\"239.1.1.1:5000\"}]}" },
	{ "service add urn:a group ff15::1 port 1 src 2001:db8::1 dev "
	  "eth0 mtk-port 0x10 key-group 3 group 239.1.1.2 port 2 "
	  "confidentiality off uicc on open off allow a@b,c@d "
	  "mtk-lifetime 10m",
	  "service add",
	  "{\"service\":\"urn:a\",\"flows\":[{\"group\":\"[ff15::1]:1\","
	  "\"source\":\"2001:db8::1\",\"device\":\"eth0\","
	  "\"mtk-port\":16,\"key-group\":3},"
	  "{\"group\":\"239.1.1.2:2\"}],\"confidentiality\":false,"
	  "\"uicc\":true,\"open\":false,\"allow\":[\"a@b\",\"c@d\"],"
	  "\"mtk-lifetime\":\"10m\"}" },
	{ "service add urn:a group 239.1.1.1 port 5000 rtcp-port 0 group "
	  "239.1.1.1 port 5002 format srtp suite aes128-cm-hmac-sha1-32 "
	  "roc-rate 16",
	  "service add",
	  "{\"service\":\"urn:a\",\"flows\":[{\"group\":\"239.1.1.1:5000\","
	  "\"rtcp-port\":0},{\"group\":\"239.1.1.1:5002\"}],"
	  "\"format\":\"srtp\",\"suite\":\"aes128-cm-hmac-sha1-32\","
	  "\"roc-rate\":16}" },
	{ "service show", "service show", "{}" },
	{ "service show urn:a", "service show", "{\"service\":\"urn:a\"}" },
	{ "service join urn:a announcement http://a/b imsi 001010 "
	  "count 3",
	  "service join",
	  "{\"service\":\"urn:a\",\"announcement\":\"http://a/b\","
	  "\"imsi\":\"001010\",\"count\":3}" },
	{ "service leave urn:a", "service leave", "{\"service\":\"urn:a\"}" },
	{ "ue add 001010000000001 k-file FOLDER/k opc-file FOLDER/opc "
	  "amf 0x8000 gba-u on",
	  "ue add",
	  "{\"imsi\":\"001010000000001\",\"k\":\"" K "\",\"opc\":\"" OPC
	  "\",\"amf\":32768,\"gba-u\":true}" },
	{ "usim add 001010000000001 op-file FOLDER/opc k-file FOLDER/k "
	  "mnc-digits 3 count 20",
	  "usim add",
	  "{\"imsi\":\"001010000000001\",\"k\":\"" K "\",\"op\":\"" OPC
	  "\",\"mnc-digits\":3,\"count\":20}" },
	{ "ue show after x@y", "ue show", "{\"after\":\"x@y\"}" },
	{ "ue del 001010000000001", "ue del", "{\"ue\":\"001010000000001\"}" },
	{ "member evict a@b service urn:a", "member evict",
	  "{\"ue\":\"a@b\",\"service\":\"urn:a\"}" },
	{ "member admit a@b service urn:a", "member admit",
	  "{\"ue\":\"a@b\",\"service\":\"urn:a\"}" },
	{ "msk solicit urn:a key-group 1 ue a@b", "msk solicit",
	  "{\"service\":\"urn:a\",\"key-group\":1,\"ue\":\"a@b\"}" },
	{ "mtk rotate urn:a", "mtk rotate", "{\"service\":\"urn:a\"}" },
};

static void test_arguments(void **state)
{
	struct outcome outcome;
	json_t *got, *wanted;
	char line[1024];
	const char *place;
	size_t i;

	(void)state;
	write_key("k", K "\n");
	write_key("opc", OPC);
	for (i = 0; i < COUNT(told); i++) {
		line[0] = '\0';
		for (place = told[i].line; *place;) {
			size_t used = strlen(line);

			if (!strncmp(place, "FOLDER", 6)) {
				strcat(line, folder);
				place += 6;
			} else {
				line[used] = *place++;
				line[used + 1] = '\0';
			}
		}
		strcat(line, " -j");
		run(line, &outcome);
		if (outcome.code || outcome.err[0])
			fail_msg("%s: %d: %s", line, outcome.code, outcome.err);
		got = json_loads(outcome.out, 0, NULL);
		wanted = json_loads(told[i].arguments, 0, NULL);
		assert_non_null(wanted);
		assert_string_equal(
			json_string_value(json_object_get(got, "command")),
			told[i].command);
		if (!json_equal(json_object_get(got, "arguments"), wanted))
			fail_msg("%s: %s", line, outcome.out);
		json_decref(got);
		json_decref(wanted);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		const char *line;
		int code;
		const char *text;
	} cases[] = {
		{ "service del urn:a", 1, "service: there is no ?[2Jnews\n" },
		{ "service joined", 1, "no role of this daemon knows" },
		{ "ue add 1 k-file /nowhere opc-file /nowhere", 1,
		  "/nowhere: No such file" },
		{ "ue add 1 k-file " K " opc-file /nowhere", 2, "not a key" },
		{ "ue add 1 k-file /dev/null opc-file /dev/null", 1,
		  "32 hex digits" },
		{ "service add urn:a group 239.1.1.1 port x", 2,
		  "port 'x' is neither" },
		{ "service add urn:a group 239.1.1.1 port 1 uicc maybe", 2,
		  "known are on, off" },
		{ "status --socket /nowhere/socket", 5,
		  "cannot reach mbsecd at /nowhere/socket: No such file" },
		{ "monitor --socket=/nowhere/socket", 5, "cannot reach" },
	};
	struct outcome outcome;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		run(cases[i].line, &outcome);
		if (outcome.code != cases[i].code ||
		    !strstr(outcome.err, cases[i].text) || outcome.out[0])
			fail_msg("%s: %d: %s%s", cases[i].line, outcome.code,
				 outcome.err, outcome.out);
		assert_null(strstr(outcome.err, K));
	}
}

static void test_text(void **state)
{
	struct outcome outcome;

	(void)state;
	run("member list", &outcome);
	assert_int_equal(outcome.code, 0);
	assert_string_equal(outcome.out, "ue: a?[2J@b\n"
					 "  held: -\n"
					 "  muk-valid: yes\n"
					 "  msks:\n"
					 "    number 5 state old\n"
					 "  mtks: none\n"
					 "total: 1\n");
	/* Progress is for a terminal. */
	run("msk rotate urn:a", &outcome);
	assert_int_equal(outcome.code, 0);
	assert_string_equal(outcome.out, "acknowledged: 3\n");
	assert_string_equal(outcome.err, "");
}

static void test_progress_text(void **state)
{
	static const struct {
		const char *report;
		double elapsed;
		const char *text;
	} cases[] = {
		{ "{\"total\":100,\"done\":0}", 1, "0 of 100, 0 %" },
		{ "{\"total\":100,\"done\":50}", 0.1, "50 of 100, 50 %" },
		{ "{\"total\":100,\"done\":50}", 10,
		  "50 of 100, 50 %, 10 s left" },
		{ "{\"total\":100000,\"ended\":1,\"good\":1}", 1,
		  "1 of 100000, 0 %, 28 h left" },
		{ "{\"total\":3,\"acknowledged\":1,\"given-up\":1}", 1200,
		  "2 of 3, 66 %, 10 min left" },
		{ "{\"total\":0}", 1, "" },
		{ "{\"total\":-1,\"done\":-5}", 1, "" },
		{ "{\"total\":1,\"done\":2}", 1, "" },
		{ "{}", 1, "" },
	};
	char text[CONTROL_PROGRESS_SIZE];
	json_t *report;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		report = json_loads(cases[i].report, 0, NULL);
		assert_string_equal(
			control_progress_text(report, cases[i].elapsed, text),
			cases[i].text);
		json_decref(report);
	}
}

/* Until @fd has a whole line. */
static void wait_line(int fd, char *line, size_t size)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	size_t used = 0;

	do {
		assert_int_equal(poll(&ready, 1, WAIT_MS), 1);
		assert_int_equal(read(fd, line + used, 1), 1);
	} while (line[used++] != '\n' && used + 1 < size);
	line[used] = '\0';
}

/* Without a module the events are those of the daemon, until that goes away. */
static void test_monitor(void **state)
{
	int out, err, status;
	struct outcome outcome;
	char line[512] = "";
	json_t *event;
	pid_t child;

	(void)state;
	child = start("monitor -j", &out, &err);
	/* It has subscribed as soon as it hears what the status command tells. */
	do {
		struct pollfd ready = { .fd = out, .events = POLLIN };

		run("status", &outcome);
		assert_string_equal(outcome.out, "version: 1\n");
		if (poll(&ready, 1, 50) == 1)
			wait_line(out, line, sizeof(line));
	} while (!line[0]);
	event = json_loads(line, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(event, "type")),
			    "ue-evicted");
	assert_string_equal(json_string_value(json_object_get(event, "ue")),
			    "a@b");
	assert_true(json_is_string(json_object_get(event, "time")));
	json_decref(event);
	run("usim del 001010000000001", &outcome);
	assert_int_equal(outcome.code, 0);
	assert_int_equal(waitpid(server, &status, 0), server);
	server = 0;
	assert_int_equal(status, 0);
	do
		wait_line(err, line, sizeof(line));
	while (!strstr(line, "mbsecd has closed the connection"));
	/* With a module it goes on. */
	kill(child, SIGTERM);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	close(out);
	close(err);
	run("status", &outcome);
	assert_int_equal(outcome.code, 5);
}

static int setup(void **state)
{
	struct outcome outcome;
	int tries;

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(socket_path, sizeof(socket_path), "%s/socket", folder);
	setenv("MBSEC_SOCKET", socket_path, 1);
	setenv("MBSEC_STATE_DIR", folder, 1);
	server = fork();
	if (!server)
		control_serve(socket_path);
	for (tries = 0; tries < 2000; tries++) {
		run("status", &outcome);
		if (!outcome.code)
			return 0;
	}
	return -1;
}

static int teardown(void **state)
{
	static const char *const names[] = { "k", "opc", "socket" };
	char path[96];
	size_t i;

	(void)state;
	if (server > 0) {
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
	}
	for (i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_progress_text),
		cmocka_unit_test(test_monitor),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	json_set_alloc_funcs(sbi_memory_alloc, sbi_memory_free);
	return cmocka_run_group_tests(tests, setup, teardown);
}
