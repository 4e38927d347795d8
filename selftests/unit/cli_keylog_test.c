// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys for other programs: the lines, and how reluctantly they are written. */
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

#include <linux/mbsec.h>

#include "command.h"
#include "explain_keys.h"
#include "keylog.h"

#define MTK "000102030405060708090a0b0c0d0e0f"
#define SALT "a0a1a2a3a4a5a6a7a8a9aaabacad"

struct fixture {
	char directory[64];
	char key[128];
	char out[128];
	char link[128];
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	FILE *file;

	assert_non_null(fixture);
	strcpy(fixture->directory, "/tmp/mbsec-keylog-XXXXXX");
	assert_non_null(mkdtemp(fixture->directory));
	snprintf(fixture->key, sizeof(fixture->key), "%s/key",
		 fixture->directory);
	snprintf(fixture->out, sizeof(fixture->out), "%s/out",
		 fixture->directory);
	snprintf(fixture->link, sizeof(fixture->link), "%s/link",
		 fixture->directory);
	file = fopen(fixture->key, "w");
	assert_non_null(file);
	fputs(MTK ":" SALT "\n", file);
	fclose(file);
	assert_int_equal(chmod(fixture->key, 0600), 0);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	unlink(fixture->key);
	unlink(fixture->out);
	unlink(fixture->link);
	assert_int_equal(rmdir(fixture->directory), 0);
	free(fixture);
	return 0;
}

static struct arguments arguments_make(struct fixture *fixture)
{
	return (struct arguments){
		.given = KEYWORD_BIT(KEY_FILE),
		.options = OPTION_WRITE_SECRET_KEYS,
		.operand = fixture->out,
		.key_file = fixture->key,
	};
}

/* What the command writes to standard error goes to warnings. */
static int run(const struct arguments *args, char warnings[static 1024],
	       struct problem *problem)
{
	int saved = dup(STDERR_FILENO);
	ssize_t count;
	int fds[2];
	int code;

	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	problem->sentence[0] = '\0';
	code = keylog_write(args, problem);
	dup2(saved, STDERR_FILENO);
	close(saved);
	count = read(fds[0], warnings, 1023);
	close(fds[0]);
	assert_true(count >= 0);
	warnings[count] = '\0';
	return code;
}

static void assert_refused(const struct arguments *args, int code,
			   const char *reason)
{
	struct problem problem;
	char warnings[1024];

	assert_int_equal(run(args, warnings, &problem), code);
	assert_string_equal(warnings, "");
	if (!strstr(problem.sentence, reason))
		fail_msg("no '%s' in '%s'", reason, problem.sentence);
	assert_null(strstr(problem.sentence, "0001"));
}

static void assert_absent(const char *path)
{
	assert_int_not_equal(access(path, F_OK), 0);
}

static void test_asks_first(void **state)
{
	struct fixture *fixture = *state;
	struct arguments args = arguments_make(fixture);

	args.options = 0;
	assert_refused(&args, EXIT_CODE_USAGE, "--write-secret-keys");
	assert_absent(fixture->out);
}

static void test_file_is_private_and_loud(void **state)
{
	struct fixture *fixture = *state;
	struct arguments args = arguments_make(fixture);
	struct problem problem;
	char warnings[1024];
	struct stat status;
	mode_t old = umask(0);

	assert_int_equal(run(&args, warnings, &problem), 0);
	umask(old);
	assert_int_equal(stat(fixture->out, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_non_null(strstr(warnings, "WARNING"));
	assert_non_null(strstr(warnings, fixture->out));
	assert_null(strstr(warnings, "0001"));
}

static void test_file_must_be_new(void **state)
{
	struct fixture *fixture = *state;
	struct arguments args = arguments_make(fixture);
	struct stat status;

	close(open(fixture->out, O_CREAT | O_WRONLY, 0600));
	assert_refused(&args, EXIT_CODE_REFUSED, "File exists");
	assert_int_equal(stat(fixture->out, &status), 0);
	assert_int_equal(status.st_size, 0);
	unlink(fixture->out);
	/* Neither through a link that leads somewhere nor one that does not. */
	assert_int_equal(symlink(fixture->out, fixture->link), 0);
	args.operand = fixture->link;
	assert_refused(&args, EXIT_CODE_REFUSED, "File exists");
	assert_absent(fixture->out);
}

static void test_refusals(void **state)
{
	struct fixture *fixture = *state;
	struct arguments args = arguments_make(fixture);

	args.operand = MTK;
	assert_refused(&args, EXIT_CODE_USAGE, "not a key");
	args = arguments_make(fixture);
	args.given |= KEYWORD_BIT(MSK_ID);
	assert_refused(&args, EXIT_CODE_USAGE, "make the MKI together");
	args = arguments_make(fixture);
	args.given |= KEYWORD_BIT(SUITE);
	args.suite = MBSEC_SUITE_AES128_CTR_HMAC_SHA256_80;
	assert_refused(&args, EXIT_CODE_USAGE, "not of SRTP");
	args.suite = MBSEC_SUITE_AES256_CM_HMAC_SHA1_80;
	assert_refused(&args, EXIT_CODE_REFUSED, "must hold 64 hex digits");
	args = arguments_make(fixture);
	args.key_file = fixture->link;
	assert_refused(&args, EXIT_CODE_REFUSED, "No such file");
	assert_absent(fixture->out);
}

static struct keylog_entry entry_make(uint32_t suite)
{
	struct keylog_entry entry = { .suite = suite_find(suite) };

	assert_non_null(entry.suite);
	for (size_t i = 0; i < MTK_SIZE_MAX; i++)
		entry.master.mtk[i] = i % 16;
	for (size_t i = 0; i < MASTER_SALT_SIZE; i++)
		entry.master.salt[i] = 0xa0 + i;
	return entry;
}

static void assert_line(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("no '%s' in '%s'", line, text);
}

static void test_lines_with_mki(void **state)
{
	struct keylog_entry entry =
		entry_make(MBSEC_SUITE_AES128_CM_HMAC_SHA1_32);
	char text[KEYLOG_TEXT_SIZE];
	size_t length;

	(void)state;
	entry.has_mki = true;
	entry.msk_id = 0xfffffffe;
	entry.mtk_id = 0x12;
	entry.ssrc = (struct maybe){ true, 0xcafebabe };
	entry.roc = 7;
	length = keylog_format(&entry, text);
	assert_int_equal(length, strlen(text));
	assert_line(text, "# mki: fffffffe0012\n"
			  "# ssrc: cafebabe\n"
			  "# libsrtp: " MTK SALT "\n");
	assert_line(
		text,
		"# sdp: a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:AAECAwQFBgcICQoLDA0OD6ChoqOkpaanqKmqq6yt|281474976579602:6\n");
	assert_line(
		text,
		"# gstreamer: application/x-srtp,ssrc=(uint)3405691582,srtp-key=(buffer)" MTK
			SALT
		",srtp-cipher=(string)aes-128-icm,srtp-auth=(string)hmac-sha1-32,srtcp-cipher=(string)aes-128-icm,srtcp-auth=(string)hmac-sha1-80,roc=(uint)7,mki=(buffer)fffffffe0012\n");
	assert_line(text, "\nsuite aes128-cm-hmac-sha1-32\nmtk " MTK
			  "\nsalt " SALT "\nroc 7\n");
	/* ffmpeg knows no MKI. */
	assert_null(strstr(text, "ffmpeg"));
}

static void test_lines_without_mki(void **state)
{
	struct keylog_entry entry =
		entry_make(MBSEC_SUITE_AES128_CM_HMAC_SHA1_80);
	char text[KEYLOG_TEXT_SIZE];

	(void)state;
	keylog_format(&entry, text);
	assert_line(text, "# mki: none\n");
	assert_line(
		text,
		"# ffmpeg: -srtp_out_suite AES_CM_128_HMAC_SHA1_80 -srtp_out_params AAECAwQFBgcICQoLDA0OD6ChoqOkpaanqKmqq6yt\n");
	assert_line(text, "inline:AAECAwQFBgcICQoLDA0OD6ChoqOkpaanqKmqq6yt\n");
	assert_null(strstr(text, "mki="));
	assert_null(strstr(text, "ssrc"));
	entry = entry_make(MBSEC_SUITE_AES128_CM_HMAC_SHA1_32);
	keylog_format(&entry, text);
	/* The name with which ffmpeg has tags of 80 bits for SRTCP. */
	assert_line(text, " -srtp_out_suite SRTP_AES128_CM_HMAC_SHA1_32 ");
	entry = entry_make(MBSEC_SUITE_AES256_CM_HMAC_SHA1_80);
	keylog_format(&entry, text);
	assert_line(text, "# libsrtp: " MTK MTK SALT "\n");
	assert_line(text, "AES_256_CM_HMAC_SHA1_80 inline:");
	assert_line(text, "aes-256-icm");
	assert_null(strstr(text, "ffmpeg"));
	entry = entry_make(MBSEC_SUITE_NULL_HMAC_SHA1_80);
	keylog_format(&entry, text);
	assert_line(text, " UNENCRYPTED_SRTP UNENCRYPTED_SRTCP\n");
	assert_line(text, "srtp-cipher=(string)null");
}

/* The file is one that "mbsec explain srtp" takes. */
static void test_explain_reads_it(void **state)
{
	struct keylog_entry entry =
		entry_make(MBSEC_SUITE_AES256_CM_HMAC_SHA1_80);
	char text[KEYLOG_TEXT_SIZE];
	struct explain_keys keys;
	struct problem problem;

	(void)state;
	entry.has_mki = true;
	entry.roc = UINT32_MAX;
	keylog_format(&entry, text);
	explain_keys_init(&keys);
	assert_int_equal(explain_keys_parse("keys", text, strlen(text), &keys,
					    &problem),
			 0);
	assert_int_equal(explain_keys_get(&keys, EXPLAIN_MTK)->size, 32);
	assert_memory_equal(explain_keys_get(&keys, EXPLAIN_SALT)->bytes,
			    entry.master.salt, MASTER_SALT_SIZE);
	assert_int_equal(keys.roc, UINT32_MAX);
	assert_int_equal(keys.suite, MBSEC_SUITE_AES256_CM_HMAC_SHA1_80);
	explain_keys_clear(&keys);
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FILE_TEST(test_asks_first),
		FILE_TEST(test_file_is_private_and_loud),
		FILE_TEST(test_file_must_be_new),
		FILE_TEST(test_refusals),
		cmocka_unit_test(test_lines_with_mki),
		cmocka_unit_test(test_lines_without_mki),
		cmocka_unit_test(test_explain_reads_it),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
