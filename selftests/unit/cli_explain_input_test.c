// SPDX-License-Identifier: GPL-2.0-or-later
/* What "mbsec explain" reads: octets as text, standard input, key files. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli_explain_test.h"
#include "command.h"
#include "explain_input.h"

#define NOT_HEX                                                  \
	"the message is not hexadecimal: something in it is no " \
	"digit, blank, colon or line end"

static void assert_octets(const char *text, size_t length, bool raw,
			  const char *expected, size_t size)
{
	struct explain_input input;
	struct problem problem = {};

	if (explain_input_octets(text, length, raw, &input, &problem))
		fail_msg("'%s': %s", text, problem.sentence);
	assert_int_equal(input.size, size);
	assert_memory_equal(input.data, expected, size);
	explain_input_clear(&input);
}

static void test_hex(void **state)
{
	(void)state;
	assert_octets("0aFf", 4, false, "\x0a\xff", 2);
	assert_octets("0a:ff\n 0 1\t", 11, false, "\x0a\xff\x01", 3);
	assert_octets("", 0, false, "", 0);
	assert_octets("0a", 2, true, "\x0a", 1);
	/* No text at all: the octets themselves. */
	assert_octets("\x01\x00"
		      "a",
		      3, true,
		      "\x01\x00"
		      "a",
		      3);
}

static void test_no_hex(void **state)
{
	static const struct {
		const char *text;
		bool raw;
		const char *sentence;
	} cases[] = {
		{ "0a0", false, "the message has an odd number of hex digits" },
		{ "0x0a", false, NOT_HEX },
		/* A misprint is not taken for octets. */
		{ "0aO1", true, NOT_HEX },
		{ "\x80\x01", false, NOT_HEX },
	};
	struct explain_input input;
	struct problem problem;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(explain_input_octets(
					 cases[i].text, strlen(cases[i].text),
					 cases[i].raw, &input, &problem),
				 EXIT_CODE_REFUSED);
		assert_string_equal(problem.sentence, cases[i].sentence);
		assert_null(input.data);
	}
}

static void test_too_long(void **state)
{
	size_t length = 2 * EXPLAIN_SIZE_MAX + 2;
	char *text = malloc(length);
	struct explain_input input;
	struct problem problem;

	(void)state;
	assert_non_null(text);
	memset(text, '0', length);
	assert_int_equal(explain_input_octets(text, length - 2, false, &input,
					      &problem),
			 0);
	explain_input_clear(&input);
	assert_int_equal(explain_input_octets(text, length, false, &input,
					      &problem),
			 EXIT_CODE_REFUSED);
	assert_string_equal(problem.sentence,
			    "the message has more than 65535 octets");
	free(text);
}

/* ---- Key files ---- */

static void test_keys(void **state)
{
	struct explain_keys keys;

	(void)state;
	keys_from("# all of the laboratory\r\n"
		  "\n"
		  "  mtk 00:01:02:03 04050607 08090a0b0c0d0e0f\t\r\n"
		  "password  two words\r\n"
		  "roc 0x10\n"
		  "uri /a b\n"
		  "algorithm sha-256\n"
		  "suite null-hmac-sha1-80\n"
		  "body\n"
		  "overflow 65535",
		  &keys);
	assert_int_equal(keys.secrets[EXPLAIN_MTK].size, 16);
	assert_int_equal(keys.secrets[EXPLAIN_MTK].bytes[15], 15);
	assert_int_equal(keys.secrets[EXPLAIN_PASSWORD].size, 9);
	assert_memory_equal(keys.secrets[EXPLAIN_PASSWORD].bytes, "two words",
			    9);
	assert_int_equal(keys.roc, 16);
	assert_int_equal(keys.overflow, 65535);
	assert_int_equal(keys.suite, 0xf104);
	assert_int_equal(keys.ciphering, 2);
	assert_int_equal(keys.algorithm, DIGEST_SHA256);
	assert_string_equal((char *)keys.uri.data, "/a b");
	assert_non_null(keys.body.data);
	assert_int_equal(keys.body.size, 0);
	assert_null(explain_keys_get(&keys, EXPLAIN_MUK));
	assert_non_null(explain_keys_get(&keys, EXPLAIN_MTK));
	explain_keys_clear(&keys);
	assert_null(explain_keys_get(&keys, EXPLAIN_MTK));
}

/* The sentences say nothing of the values. */
static void test_bad_keys(void **state)
{
	static const struct {
		const char *text;
		const char *sentence;
	} cases[] = {
		{ "mtk 0123",
		  "keys test, line 1: mtk has to be 16 to 32 octets in hexadecimal" },
		{ "\nmsk 0123456789abcdef0123456789abcdeg",
		  "keys test, line 2: msk has to be 16 octets in hexadecimal" },
		{ "mtk",
		  "keys test, line 1: mtk has to be 16 to 32 octets in hexadecimal" },
		{ "roc -1",
		  "keys test, line 1: roc has to be a number, 0 to 4294967295" },
		{ "suite null-hmac-sha1-8",
		  "keys test, line 1: suite is unknown; \"help group add\" has them" },
		{ "ciphering 3",
		  "keys test, line 1: ciphering has to be a number, 0 to 2" },
		{ "0123456789abcdef0123456789abcdef",
		  "keys test, line 1: it does not begin with a name that "
		  "is known; mbsec(8) has them" },
		{ "password\n",
		  "keys test, line 1: password has to be 1 to 256 characters" },
		{ "algorithm md4",
		  "keys test, line 1: algorithm has to be MD5, MD5-sess, "
		  "SHA-256, SHA-256-sess or AKAv1-MD5" },
		{ "res 01020304\nres 01020304",
		  "keys test, line 2: res is there twice" },
		{ "uri a\nuri a", "keys test, line 2: uri is there twice" },
	};
	struct explain_keys keys;
	struct problem problem;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(explain_keys_parse("test", cases[i].text,
						    strlen(cases[i].text),
						    &keys, &problem),
				 EXIT_CODE_REFUSED);
		assert_string_equal(problem.sentence, cases[i].sentence);
		for (int key = 0; key < EXPLAIN_KEY_COUNT; key++)
			assert_null(keys.secrets[key].bytes);
		assert_null(keys.uri.data);
	}
}

static char *file_make(const char *text, mode_t mode)
{
	static char name[32];
	int fd = memfd_create("keys", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return name;
}

/* What is written to standard error meanwhile; the caller frees it. */
static char *errors_of(char *name, struct explain_keys *keys, int *code)
{
	FILE *before = stderr;
	struct problem problem;
	char *text = NULL;
	size_t size;

	stderr = open_memstream(&text, &size);
	*code = explain_keys_read(name, keys, &problem);
	fclose(stderr);
	stderr = before;
	return text;
}

static void test_file_mode(void **state)
{
	struct explain_keys keys;
	char *errors;
	int code;

	(void)state;
	errors = errors_of(file_make("salt 000102030405060708090a0b0c0d", 0600),
			   &keys, &code);
	assert_int_equal(code, 0);
	assert_string_equal(errors, "");
	assert_int_equal(keys.secrets[EXPLAIN_SALT].size, 14);
	explain_keys_clear(&keys);
	free(errors);
	errors = errors_of(file_make("roc 1", 0640), &keys, &code);
	assert_int_equal(code, 0);
	assert_non_null(strstr(errors, "mode 640); do chmod 600"));
	explain_keys_clear(&keys);
	free(errors);
}

static void test_no_file(void **state)
{
	char key[] = "000102030405060708090a0b0c0d0e0f";
	char missing[] = "/nonexistent/keys";
	struct explain_keys keys;
	struct problem problem;

	(void)state;
	assert_int_equal(explain_keys_read(missing, &keys, &problem),
			 EXIT_CODE_REFUSED);
	assert_string_equal(
		problem.sentence,
		"keys /nonexistent/keys: No such file or directory");
	/* A key in the list of processes is overwritten, and not repeated. */
	assert_int_equal(explain_keys_read(key, &keys, &problem),
			 EXIT_CODE_USAGE);
	assert_null(strstr(problem.sentence, "0001"));
	assert_string_equal(key, "");
}

/* ---- The command line ---- */

/* The words behind "explain" have commas between them. */
static int parse(const char *line, struct invocation *invocation,
		 struct problem *problem)
{
	static char copy[256];
	char *argv[8] = { "mbsec", "explain" };
	int argc = 2;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok(copy, ","); word; word = strtok(NULL, ","))
		argv[argc++] = word;
	return command_parse(argc, argv, invocation, problem);
}

static void test_command_line(void **state)
{
	struct invocation invocation;
	struct problem problem;

	(void)state;
	assert_int_equal(parse("mikey,01 00,keys,f", &invocation, &problem), 0);
	assert_string_equal(invocation.args.operand, "01 00");
	assert_string_equal(invocation.args.keys, "f");
	assert_ptr_equal(invocation.command->run, explain_mikey);
	assert_int_equal(parse("digest,-j,-", &invocation, &problem), 0);
	assert_string_equal(invocation.args.operand, "-");
	assert_null(invocation.args.keys);
	assert_ptr_equal(invocation.command->run, explain_digest);
}

static void test_bad_command_lines(void **state)
{
	static const struct {
		const char *line;
		const char *sentence;
	} cases[] = {
		{ "srtp", "the message is missing" },
		{ "srtp,80,81", "unknown keyword '81'; known are keys" },
		{ "srtp,80,keys", "keys needs a value (FILE|-)" },
		{ "srtp,80,-s", "--statistics is of no use here" },
		{ "frob",
		  "explain: unknown verb 'frob'; known are mikey, nas5g, "
		  "naseps, sframe, srtp, digest" },
	};
	struct invocation invocation;
	struct problem problem;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(parse(cases[i].line, &invocation, &problem),
				 EXIT_CODE_USAGE);
		assert_string_equal(problem.sentence, cases[i].sentence);
	}
}

/* ---- The command as a whole ---- */

/* A pipe that has the octets. */
static int pipe_make(const void *data, size_t size)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], data, size), size);
	close(ends[1]);
	return ends[0];
}

/*
 * Runs in a process of its own, which gives up its core dumps, with that
 * standard input. Returns the exit code, and what is printed in text.
 */
static int command_run(struct arguments *args, int input, char text[1024])
{
	ssize_t length;
	int output[2];
	int status;
	pid_t child;

	assert_int_equal(pipe(output), 0);
	fflush(stdout);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		struct problem problem;
		int code;

		dup2(input, STDIN_FILENO);
		dup2(output[1], STDOUT_FILENO);
		code = explain_sframe(args, &problem);
		if (code)
			puts(problem.sentence);
		fflush(stdout);
		_exit(code);
	}
	close(input);
	close(output[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	length = read(output[0], text, 1023);
	assert_true(length >= 0);
	text[length] = '\0';
	close(output[0]);
	return WEXITSTATUS(status);
}

static void test_standard_input(void **state)
{
	static const char hex[] = "11\n", raw[] = "\x81\x80";
	char dash[] = "-";
	struct arguments args = { .operand = dash };
	char text[1024];

	(void)state;
	assert_int_equal(command_run(&args, pipe_make(hex, 3), text), 0);
	assert_non_null(strstr(text, "KID: 0000000000000001"));
	assert_int_equal(command_run(&args, pipe_make(raw, 2), text), 0);
	assert_non_null(strstr(text, "KID: 0000000000000080"));
	assert_int_equal(command_run(&args, pipe_make("xy", 2), text),
			 EXIT_CODE_REFUSED);
	assert_non_null(strstr(text, NOT_HEX));
	args.operand = "11";
	args.keys = dash;
	assert_int_equal(command_run(&args, pipe_make("mtk 00", 6), text),
			 EXIT_CODE_REFUSED);
	assert_non_null(strstr(text, "keys -, line 1: mtk has to be"));
	args.operand = dash;
	assert_int_equal(command_run(&args, pipe_make("11", 2), text),
			 EXIT_CODE_USAGE);
	assert_non_null(strstr(text, "cannot both come from standard input"));
}

static void test_standard_input_is_bounded(void **state)
{
	struct explain_input input;
	struct problem problem;
	int fd = pipe_make("12345", 5);

	(void)state;
	assert_int_equal(explain_input_read(fd, "it", 4, &input, &problem),
			 EXIT_CODE_REFUSED);
	assert_string_equal(problem.sentence, "it has more than 4 octets");
	assert_null(input.data);
	close(fd);
	assert_int_equal(explain_input_read(-1, "it", 4, &input, &problem),
			 EXIT_CODE_REFUSED);
	assert_string_equal(problem.sentence, "it: Bad file descriptor");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_no_hex),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_bad_keys),
		cmocka_unit_test(test_file_mode),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_command_line),
		cmocka_unit_test(test_bad_command_lines),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_standard_input_is_bounded),
	};

	setenv("NO_COLOR", "1", 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
