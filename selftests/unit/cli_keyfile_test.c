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
#define SALT "a0a1a2a3a4a5a6a7a8a9aaabacad"

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

static int read_mtk(char *name, struct master_key *key, struct problem *problem)
{
	static const struct keyfile_sizes sizes = { MTK_SIZE, 0 };

	return keyfile_read(name, &sizes, key, problem);
}

static void key_check(const struct master_key *key)
{
	for (int i = 0; i < MTK_SIZE; i++)
		assert_int_equal(key->mtk[i], i);
	for (int i = 0; i < MASTER_SALT_SIZE; i++)
		assert_int_equal(key->salt[i], 0);
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
		struct master_key key = {};
		struct problem problem;

		file_make(fixture, texts[i], strlen(texts[i]));
		assert_int_equal(read_mtk(fixture->path, &key, &problem), 0);
		key_check(&key);
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
		{ KEY ":" SALT, 61, "no salt to a key of this kind" },
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
		const struct master_key none = {};
		struct master_key key = {};
		struct problem problem;

		file_make(fixture, bads[i].text, bads[i].size);
		assert_int_equal(read_mtk(fixture->path, &key, &problem),
				 EXIT_CODE_REFUSED);
		if (!strstr(problem.sentence, bads[i].reason))
			fail_msg("no '%s' in '%s'", bads[i].reason,
				 problem.sentence);
		/* Neither what is in the file nor a part of the key. */
		assert_null(strstr(problem.sentence, "0102"));
		assert_memory_equal(&key, &none, sizeof(key));
	}
}

static void test_with_salt(void **state)
{
	static const struct keyfile_sizes sizes[] = { { MTK_SIZE, 14 },
						      { MTK_SIZE_MAX, 14 } };
	static const char *const texts[] = {
		KEY ":" SALT,
		KEY KEY ":" SALT "\n",
	};
	struct fixture *fixture = *state;
	struct problem problem;
	struct master_key key;

	for (size_t i = 0; i < 2; i++) {
		file_make(fixture, texts[i], strlen(texts[i]));
		assert_int_equal(keyfile_read(fixture->path, &sizes[i], &key,
					      &problem),
				 0);
		for (size_t j = 0; j < sizes[i].key; j++)
			assert_int_equal(key.mtk[j], j % 16);
		for (size_t j = 0; j < MASTER_SALT_SIZE; j++)
			assert_int_equal(key.salt[j], 0xa0 + j);
		assert_int_equal(keyfile_read(fixture->path, &sizes[!i], &key,
					      &problem),
				 EXIT_CODE_REFUSED);
	}
}

static void test_bad_salt(void **state)
{
	static const struct keyfile_sizes sizes = { MTK_SIZE, 14 };
	static const struct bad bads[] = {
		{ KEY, 32, "28 more, and the salt is missing" },
		{ KEY "\n", 33, "the salt is missing" },
		{ KEY ":", 33, "holds 33 octets" },
		{ KEY "-" SALT, 61, "something in it is none" },
		{ KEY ":" SALT ":", 62, "holds at least 62 octets" },
		{ KEY ":" SALT "00", 63, "holds at least 63 octets" },
		{ KEY SALT ":", 61, "something in it is none" },
		{ KEY ":a0a1a2a3a4a5a6a7a8a9aaabacag", 61,
		  "something in it is none" },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		const struct master_key none = {};
		struct problem problem;
		struct master_key key;

		memset(&key, 0xff, sizeof(key));
		file_make(fixture, bads[i].text, bads[i].size);
		assert_int_equal(keyfile_read(fixture->path, &sizes, &key,
					      &problem),
				 EXIT_CODE_REFUSED);
		if (!strstr(problem.sentence, bads[i].reason))
			fail_msg("no '%s' in '%s'", bads[i].reason,
				 problem.sentence);
		assert_null(strstr(problem.sentence, "0102"));
		assert_null(strstr(problem.sentence, "a0a1"));
		assert_memory_equal(&key, &none, sizeof(key));
	}
}

static void test_absent(void **state)
{
	struct fixture *fixture = *state;
	struct problem problem;
	struct master_key key;

	assert_int_equal(read_mtk(fixture->path, &key, &problem),
			 EXIT_CODE_REFUSED);
	assert_non_null(strstr(problem.sentence, "No such file"));
	assert_int_equal(read_mtk(fixture->directory, &key, &problem),
			 EXIT_CODE_REFUSED);
	assert_non_null(strstr(problem.sentence, "Is a directory"));
}

static void test_key_instead_of_name(void **state)
{
	char name[] = KEY;
	struct problem problem;
	struct master_key key;

	(void)state;
	assert_int_equal(read_mtk(name, &key, &problem), EXIT_CODE_USAGE);
	assert_null(strstr(problem.sentence, KEY));
	/* Not in the list of processes any longer. */
	for (size_t i = 0; i < sizeof(KEY); i++)
		assert_int_equal(name[i], 0);
}

static void test_file_with_a_name_like_a_key(void **state)
{
	struct fixture *fixture = *state;
	struct problem problem;
	struct master_key key;
	char name[] = KEY;

	assert_int_equal(chdir(fixture->directory), 0);
	snprintf(fixture->path, sizeof(fixture->path), "%s/" KEY,
		 fixture->directory);
	file_make(fixture, KEY, strlen(KEY));
	assert_int_equal(read_mtk(name, &key, &problem), 0);
	key_check(&key);
}

static void test_looks_like_key(void **state)
{
	(void)state;
	assert_true(keyfile_looks_like_key(KEY));
	assert_true(keyfile_looks_like_key("0x" KEY));
	assert_true(keyfile_looks_like_key("DEADBEEFdeadbeef"));
	assert_true(keyfile_looks_like_key(KEY ":" SALT));
	assert_true(keyfile_looks_like_key(KEY ":"));
	assert_false(keyfile_looks_like_key(KEY ":" SALT ":"));
	assert_false(keyfile_looks_like_key("key:" SALT));
	assert_false(keyfile_looks_like_key("deadbeef"));
	assert_false(keyfile_looks_like_key("./" KEY));
	assert_false(keyfile_looks_like_key("-"));
	assert_false(keyfile_looks_like_key(""));
}

/* Takes standard input and standard error over for one call. */
static int read_from_pipe(const char *text, struct master_key *key,
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
	code = read_mtk(name, key, problem);
	dup2(saved, STDIN_FILENO);
	close(saved);
	return code;
}

static void test_standard_input(void **state)
{
	struct problem problem;
	struct master_key key;

	(void)state;
	assert_int_equal(read_from_pipe(KEY "\n", &key, &problem), 0);
	key_check(&key);
	assert_int_equal(read_from_pipe("00\n", &key, &problem),
			 EXIT_CODE_REFUSED);
}

static size_t warnings_of_mode(struct fixture *fixture, mode_t mode)
{
	int saved = dup(STDERR_FILENO);
	char text[512] = "";
	struct problem problem;
	struct master_key key;
	ssize_t count;
	int fds[2];

	file_make(fixture, KEY, strlen(KEY));
	assert_int_equal(chmod(fixture->path, mode), 0);
	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	assert_int_equal(read_mtk(fixture->path, &key, &problem), 0);
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
		cmocka_unit_test_setup_teardown(test_with_salt, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_bad_salt, setup, teardown),
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
