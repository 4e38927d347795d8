// SPDX-License-Identifier: GPL-2.0-or-later
/* Files with a key in them, and what is not one. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyfile.h"

#define KEY "000102030405060708090a0b0c0d0e0f"

struct fixture {
	char directory[64];
	char path[128];
	int start;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	strcpy(fixture->directory, "/tmp/mbsec-keyfile-XXXXXX");
	assert_non_null(mkdtemp(fixture->directory));
	snprintf(fixture->path, sizeof(fixture->path), "%s/key",
		 fixture->directory);
	fixture->start = open(".", O_RDONLY | O_DIRECTORY);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(fchdir(fixture->start), 0);
	close(fixture->start);
	unlink(fixture->path);
	rmdir(fixture->directory);
	free(fixture);
	return 0;
}

static void file_make(struct fixture *fixture, const char *text, size_t size)
{
	FILE *file = fopen(fixture->path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	fclose(file);
	assert_int_equal(chmod(fixture->path, 0600), 0);
}

static void key_check(const uint8_t mtk[static MTK_SIZE])
{
	for (int i = 0; i < MTK_SIZE; i++)
		assert_int_equal(mtk[i], i);
}

static void test_good(void **state)
{
	static const char *const texts[] = {
		KEY,
		KEY "\n",
		"000102030405060708090A0B0C0D0E0F\n",
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		uint8_t mtk[MTK_SIZE] = {};
		struct problem problem;

		file_make(fixture, texts[i], strlen(texts[i]));
		assert_int_equal(keyfile_read(fixture->path, mtk, &problem), 0);
		key_check(mtk);
	}
}

struct bad {
	const char *text;
	size_t size;
	const char *reason;
};

static void test_bad(void **state)
{
	static const struct bad bads[] = {
		{ "", 0, "holds 0 octets" },
		{ "\n", 1, "holds 0 octets" },
		{ KEY, 31, "holds 31 octets" },
		{ KEY "0", 33, "holds at least 33 octets" },
		{ KEY "\n\n", 34, "holds at least 33 octets" },
		{ KEY "\r\n", 34, "holds at least 33 octets" },
		{ " " KEY, 33, "holds at least 33 octets" },
		{ KEY "\n" KEY, 65, "holds at least 34 octets" },
		{ "0x0102030405060708090a0b0c0d0e0f", 32,
		  "something in it is none" },
		{ "000102030405060708090a0b0c0d0e0g", 32,
		  "something in it is none" },
		{ "000102030405060708090a0b0c0d0e\0f", 32,
		  "something in it is none" },
		{ "\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17", 16,
		  "holds 16 octets" },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		const uint8_t none[MTK_SIZE] = {};
		uint8_t mtk[MTK_SIZE] = {};
		struct problem problem;

		file_make(fixture, bads[i].text, bads[i].size);
		assert_int_equal(keyfile_read(fixture->path, mtk, &problem),
				 EXIT_CODE_REFUSED);
		if (!strstr(problem.sentence, bads[i].reason))
			fail_msg("no '%s' in '%s'", bads[i].reason,
				 problem.sentence);
		/* Neither what is in the file nor a part of the key. */
		assert_null(strstr(problem.sentence, "0102"));
		assert_memory_equal(mtk, none, sizeof(mtk));
	}
}

static void test_absent(void **state)
{
	struct fixture *fixture = *state;
	struct problem problem;
	uint8_t mtk[MTK_SIZE];

	assert_int_equal(keyfile_read(fixture->path, mtk, &problem),
			 EXIT_CODE_REFUSED);
	assert_non_null(strstr(problem.sentence, "No such file"));
	assert_int_equal(keyfile_read(fixture->directory, mtk, &problem),
			 EXIT_CODE_REFUSED);
	assert_non_null(strstr(problem.sentence, "Is a directory"));
}

static void test_key_instead_of_name(void **state)
{
	char name[] = KEY;
	struct problem problem;
	uint8_t mtk[MTK_SIZE];

	(void)state;
	assert_int_equal(keyfile_read(name, mtk, &problem), EXIT_CODE_USAGE);
	assert_null(strstr(problem.sentence, KEY));
	/* Not in the list of processes any longer. */
	for (size_t i = 0; i < sizeof(KEY); i++)
		assert_int_equal(name[i], 0);
}

static void test_file_with_a_name_like_a_key(void **state)
{
	struct fixture *fixture = *state;
	struct problem problem;
	uint8_t mtk[MTK_SIZE];
	char name[] = KEY;

	assert_int_equal(chdir(fixture->directory), 0);
	snprintf(fixture->path, sizeof(fixture->path), "%s/" KEY,
		 fixture->directory);
	file_make(fixture, KEY, strlen(KEY));
	assert_int_equal(keyfile_read(name, mtk, &problem), 0);
	key_check(mtk);
}

static void test_looks_like_key(void **state)
{
	(void)state;
	assert_true(keyfile_looks_like_key(KEY));
	assert_true(keyfile_looks_like_key("0x" KEY));
	assert_true(keyfile_looks_like_key("DEADBEEFdeadbeef"));
	assert_false(keyfile_looks_like_key("deadbeef"));
	assert_false(keyfile_looks_like_key("./" KEY));
	assert_false(keyfile_looks_like_key("-"));
	assert_false(keyfile_looks_like_key(""));
}

/* Takes standard input and standard error over for one call. */
static int read_from_pipe(const char *text, uint8_t mtk[static MTK_SIZE],
			  struct problem *problem)
{
	int saved = dup(STDIN_FILENO);
	char name[] = "-";
	int fds[2];
	int code;

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], text, strlen(text)), strlen(text));
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	code = keyfile_read(name, mtk, problem);
	dup2(saved, STDIN_FILENO);
	close(saved);
	return code;
}

static void test_standard_input(void **state)
{
	struct problem problem;
	uint8_t mtk[MTK_SIZE];

	(void)state;
	assert_int_equal(read_from_pipe(KEY "\n", mtk, &problem), 0);
	key_check(mtk);
	assert_int_equal(read_from_pipe("00\n", mtk, &problem),
			 EXIT_CODE_REFUSED);
}

static size_t warnings_of_mode(struct fixture *fixture, mode_t mode)
{
	int saved = dup(STDERR_FILENO);
	char text[512] = "";
	struct problem problem;
	uint8_t mtk[MTK_SIZE];
	ssize_t count;
	int fds[2];

	file_make(fixture, KEY, strlen(KEY));
	assert_int_equal(chmod(fixture->path, mode), 0);
	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	assert_int_equal(keyfile_read(fixture->path, mtk, &problem), 0);
	dup2(saved, STDERR_FILENO);
	close(saved);
	count = read(fds[0], text, sizeof(text) - 1);
	close(fds[0]);
	assert_true(count >= 0);
	if (count) {
		assert_non_null(strstr(text, "mbsec: warning: key-file"));
		assert_null(strstr(text, KEY));
	}
	return count;
}

static void test_mode_warning(void **state)
{
	assert_int_equal(warnings_of_mode(*state, 0600), 0);
	assert_int_equal(warnings_of_mode(*state, 0400), 0);
	assert_int_not_equal(warnings_of_mode(*state, 0640), 0);
	assert_int_not_equal(warnings_of_mode(*state, 0604), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_good, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_absent, setup, teardown),
		cmocka_unit_test(test_key_instead_of_name),
		cmocka_unit_test_setup_teardown(
			test_file_with_a_name_like_a_key, setup, teardown),
		cmocka_unit_test(test_looks_like_key),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test_setup_teardown(test_mode_warning, setup,
						teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
