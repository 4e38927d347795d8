// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of used transmit keys: what is a repetition, and what is damaged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli_history_fixture.h"

static void test_repeat_is_found(void **state)
{
	struct history_key key = fixture_key(1);

	assert_int_equal(fixture_find(*state, &key), HISTORY_NONE);
	/* To ask is not to use. */
	assert_int_equal(fixture_find(*state, &key), HISTORY_NONE);
	fixture_record(*state, &key);
	assert_int_equal(fixture_find(*state, &key), HISTORY_SAME_KEY);
}

/* Keys of SRTP may be shared: the list says by which groups. */
static void test_same_key_elsewhere(void **state)
{
	struct history_key key = fixture_key(1);
	struct group_id first = key.group;
	const struct group_id *group;
	struct history *history;
	size_t position = 0;
	time_t since;

	fixture_record(*state, &key);
	key.group.port = 0;
	assert_int_equal(fixture_find(*state, &key), HISTORY_OTHER_GROUP);
	assert_true(address_parse("ff02::1", &key.group.address));
	assert_int_equal(fixture_find(*state, &key), HISTORY_OTHER_GROUP);
	history = fixture_open(*state, &key);
	group = history_next_group(history, &position, &since);
	assert_non_null(group);
	assert_true(group_id_equal(group, &first));
	assert_null(history_next_group(history, &position, &since));
	history_close(history);
	/* A use in the group itself is the worse one, in whatever order. */
	fixture_record(*state, &key);
	assert_int_equal(fixture_find(*state, &key), HISTORY_SAME_KEY);
	key.group = first;
	assert_int_equal(fixture_find(*state, &key), HISTORY_SAME_KEY);
}

/* Under other identifiers it is no sharing. */
static void test_same_key_elsewhere_other_ids(void **state)
{
	struct history_key key = fixture_key(1);

	fixture_record(*state, &key);
	key.group.port = 0;
	key.mtk_id++;
	assert_int_equal(fixture_find(*state, &key), HISTORY_SAME_KEY);
}

static void test_same_identity_other_key(void **state)
{
	struct history_key key = fixture_key(1);
	struct session_keys other = *key.keys;

	fixture_record(*state, &key);
	other.data.cipher_key[0] ^= 1;
	key.keys = &other;
	assert_int_equal(fixture_find(*state, &key), HISTORY_SAME_IDENTITY);
}

/* Each part of the identity counts. The key is another one in all cases. */
static void test_other_identity(void **state)
{
	struct history_key key = fixture_key(1);
	struct session_keys other = *key.keys;
	struct history_key changed;

	fixture_record(*state, &key);
	other.data.salt[0] ^= 1;
	key.keys = &other;
	changed = key;
	changed.group.port = 5001;
	assert_int_equal(fixture_find(*state, &changed), HISTORY_NONE);
	changed = key;
	assert_true(address_parse("239.1.1.2", &changed.group.address));
	assert_int_equal(fixture_find(*state, &changed), HISTORY_NONE);
	changed = key;
	assert_true(address_parse("10.0.0.1", &changed.group.source));
	assert_int_equal(fixture_find(*state, &changed), HISTORY_NONE);
	changed = key;
	changed.msk_id++;
	assert_int_equal(fixture_find(*state, &changed), HISTORY_NONE);
	changed = key;
	changed.mtk_id++;
	assert_int_equal(fixture_find(*state, &changed), HISTORY_NONE);
	changed = key;
	changed.sender_id++;
	assert_int_equal(fixture_find(*state, &changed), HISTORY_NONE);
}

/* The nonce is made of salt and counter only: another KID changes nothing. */
static void test_same_key_other_kid(void **state)
{
	struct history_key key = fixture_key(1);

	fixture_record(*state, &key);
	key.sender_id++;
	key.msk_id++;
	key.mtk_id++;
	assert_int_equal(fixture_find(*state, &key), HISTORY_SAME_KEY);
}

/* SRTP: no sender, and keys of RTCP too. */
static void test_srtp(void **state)
{
	struct history_key key = fixture_key(1);
	struct session_keys keys = *key.keys;
	struct history_key changed;

	keys.rtcp = keys.data;
	keys.rtcp.salt[0] ^= 1;
	key.keys = &keys;
	key.sender_id = 0;
	fixture_record(*state, &key);
	assert_int_equal(fixture_find(*state, &key), HISTORY_SAME_KEY);
	keys.rtcp.salt[0] ^= 2;
	assert_int_equal(fixture_find(*state, &key), HISTORY_SAME_IDENTITY);
	changed = key;
	changed.sender_id = 0x100;
	assert_int_equal(fixture_find(*state, &changed), HISTORY_NONE);
	changed = key;
	changed.mtk_id++;
	assert_int_equal(fixture_find(*state, &changed), HISTORY_NONE);
}

static void test_all_fields_survive(void **state)
{
	struct history_key first = fixture_key(1);
	struct history_key second = fixture_key(2);
	struct session_keys other = *second.keys;

	assert_true(address_parse("ff3e::8000:1", &second.group.address));
	assert_true(address_parse("2001:db8::ffff", &second.group.source));
	second.group.port = 65535;
	second.mtk_id = 65535;
	second.sender_id = 65535;
	second.msk_id = UINT32_MAX;
	second.keys = &other;
	fixture_record(*state, &first);
	fixture_record(*state, &second);
	assert_int_equal(fixture_find(*state, &first), HISTORY_SAME_KEY);
	assert_int_equal(fixture_find(*state, &second), HISTORY_SAME_KEY);
	other.data.auth_key[0] ^= 1;
	assert_int_equal(fixture_find(*state, &second), HISTORY_SAME_IDENTITY);
}

static void test_withdraw(void **state)
{
	struct history_key key = fixture_key(1);
	struct history_key other = fixture_key(2);
	struct history *history;
	struct problem problem;

	fixture_record(*state, &key);
	history = fixture_open(*state, &other);
	assert_int_equal(history_record(history, &problem), 0);
	assert_int_equal(history_withdraw(history, &problem), 0);
	history_close(history);
	assert_int_equal(fixture_find(*state, &other), HISTORY_NONE);
	assert_int_equal(fixture_find(*state, &key), HISTORY_SAME_KEY);
}

static void test_modes(void **state)
{
	struct history_fixture *fixture = *state;
	struct history_key key = fixture_key(1);
	struct stat status;
	mode_t mask = umask(0);

	fixture_record(fixture, &key);
	umask(mask);
	assert_int_equal(stat(fixture->directory, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	assert_int_equal(stat(fixture->file, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
}

static size_t file_read(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "r");
	size_t length;

	assert_non_null(file);
	length = fread(text, 1, size - 1, file);
	text[length] = '\0';
	fclose(file);
	return length;
}

static void file_write(const char *path, const char *text, size_t length)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	fclose(file);
}

static void test_no_key_in_file(void **state)
{
	struct history_fixture *fixture = *state;
	struct history_key key = fixture_key(1);
	char text[4096];

	fixture_record(fixture, &key);
	file_read(fixture->file, text, sizeof(text));
	assert_null(strstr(text, "010203"));
	assert_null(strstr(text, "040506"));
	assert_null(strstr(text, "070809"));
	assert_non_null(strstr(text, " 239.1.1.1 5000 any 89abcdef 1 256 "));
}

/* Two hosts, or one before and after: no way to compare fingerprints. */
static void test_salt(void **state)
{
	struct history_fixture *fixture = *state;
	struct history_key key = fixture_key(1);
	char first[4096];
	char second[4096];

	fixture_record(fixture, &key);
	file_read(fixture->file, first, sizeof(first));
	assert_int_equal(unlink(fixture->file), 0);
	fixture_record(fixture, &key);
	file_read(fixture->file, second, sizeof(second));
	assert_non_null(strstr(first, "\nkey "));
	assert_memory_not_equal(strstr(first, "\nkey "),
				strstr(second, "\nkey "), 5 + 64);
}

static void assert_refused(const struct history_fixture *fixture,
			   const char *reason)
{
	struct history_key key = fixture_key(1);
	struct history *history;
	struct problem problem;
	int code = history_open(fixture->directory, &key, &history, &problem);

	if (code != EXIT_CODE_REFUSED)
		fail_msg("opened, though it must be refused: %s", reason);
	assert_null(history);
	if (!strstr(problem.sentence, reason))
		fail_msg("no '%s' in '%s'", reason, problem.sentence);
}

static void test_damage_is_refused(void **state)
{
	struct history_fixture *fixture = *state;
	struct history_key key = fixture_key(1);
	char text[4096];
	size_t length;

	fixture_record(fixture, &key);
	key = fixture_key(2);
	fixture_record(fixture, &key);
	length = file_read(fixture->file, text, sizeof(text));
	/* Cut anywhere. */
	for (size_t cut = 0; cut < length; cut++) {
		file_write(fixture->file, text, cut);
		assert_refused(fixture, "is damaged");
	}
	/* One octet wrong anywhere. */
	for (size_t i = 0; i < length; i++) {
		text[i] ^= 1;
		file_write(fixture->file, text, length);
		assert_refused(fixture, "is damaged");
		text[i] ^= 1;
	}
	/* Something behind the end. */
	text[length] = '\n';
	file_write(fixture->file, text, length + 1);
	assert_refused(fixture, "is damaged");
	file_write(fixture->file, text, length);
	assert_int_equal(fixture_find(fixture, &key), HISTORY_SAME_KEY);
}

static void test_untrusted_is_refused(void **state)
{
	struct history_fixture *fixture = *state;
	struct history_key key = fixture_key(1);

	fixture_record(fixture, &key);
	assert_int_equal(chmod(fixture->file, 0660), 0);
	assert_refused(fixture, "can be written by other users");
	assert_int_equal(chmod(fixture->file, 0600), 0);
	assert_int_equal(chmod(fixture->directory, 0777), 0);
	assert_refused(fixture, "can be written by other users");
	assert_int_equal(chmod(fixture->directory, 0700), 0);
	if (!geteuid()) {
		assert_int_equal(chown(fixture->file, 1, 1), 0);
		assert_refused(fixture, "belongs to another user");
		assert_int_equal(chown(fixture->file, 0, 0), 0);
	}
	assert_int_equal(fixture_find(fixture, &key), HISTORY_SAME_KEY);
}

static void test_not_a_file_is_refused(void **state)
{
	struct history_fixture *fixture = *state;
	struct history_key key = fixture_key(1);

	fixture_record(fixture, &key);
	assert_int_equal(unlink(fixture->file), 0);
	assert_int_equal(symlink("/dev/null", fixture->file), 0);
	assert_refused(fixture, "Too many levels of symbolic links");
	assert_int_equal(unlink(fixture->file), 0);
	assert_int_equal(mkfifo(fixture->file, 0600), 0);
	assert_refused(fixture, "is not what it should be");
	assert_int_equal(unlink(fixture->file), 0);
	assert_int_equal(mkdir(fixture->file, 0700), 0);
	assert_refused(fixture, "is not what it should be");
}

static void test_no_directory_is_refused(void **state)
{
	struct history_fixture absent = { .directory = "/proc/mbsec/state" };

	(void)state;
	assert_refused(&absent, "No such file or directory");
}

static void test_directory_variable(void **state)
{
	(void)state;
	unsetenv(HISTORY_DIRECTORY_VARIABLE);
	assert_string_equal(history_directory(), "/var/lib/mbsec");
	setenv(HISTORY_DIRECTORY_VARIABLE, "", 1);
	assert_string_equal(history_directory(), "/var/lib/mbsec");
	setenv(HISTORY_DIRECTORY_VARIABLE, "/elsewhere", 1);
	assert_string_equal(history_directory(), "/elsewhere");
	unsetenv(HISTORY_DIRECTORY_VARIABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_repeat_is_found),
		FIXTURE_TEST(test_same_key_elsewhere),
		FIXTURE_TEST(test_same_key_elsewhere_other_ids),
		FIXTURE_TEST(test_same_identity_other_key),
		FIXTURE_TEST(test_other_identity),
		FIXTURE_TEST(test_same_key_other_kid),
		FIXTURE_TEST(test_srtp),
		FIXTURE_TEST(test_all_fields_survive),
		FIXTURE_TEST(test_withdraw),
		FIXTURE_TEST(test_modes),
		FIXTURE_TEST(test_no_key_in_file),
		FIXTURE_TEST(test_salt),
		FIXTURE_TEST(test_damage_is_refused),
		FIXTURE_TEST(test_untrusted_is_refused),
		FIXTURE_TEST(test_not_a_file_is_refused),
		FIXTURE_TEST(test_no_directory_is_refused),
		FIXTURE_TEST(test_directory_variable),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
