// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of used transmit keys: several processes at once, and crashes. */
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli_history_fixture.h"

/* What the wrapped calls do. */
static bool crash_before_rename;
static bool crash_after_rename;
static bool fail_fsync;
static int fsync_calls;

int __real_renameat(int from, const char *old, int to, const char *new);
int __wrap_renameat(int from, const char *old, int to, const char *new);
int __real_fsync(int fd);
int __wrap_fsync(int fd);

int __wrap_renameat(int from, const char *old, int to, const char *new)
{
	int err;

	if (crash_before_rename)
		_exit(42);
	err = __real_renameat(from, old, to, new);
	if (crash_after_rename)
		_exit(42);
	return err;
}

int __wrap_fsync(int fd)
{
	fsync_calls++;
	if (fail_fsync)
		return -1;
	return __real_fsync(fd);
}

/* In a child: record the key, unless it is known. 0 recorded, 1 known. */
static int child_use(const struct history_fixture *fixture,
		     const struct history_key *key, int start)
{
	struct history *history;
	struct problem problem;
	time_t since;
	char octet;
	int status = 2;

	if (read(start, &octet, 1) < 0 ||
	    history_open(fixture->directory, key, &history, &problem))
		return 3;
	if (history_find(history, &since))
		status = 1;
	else if (!history_record(history, &problem))
		status = 0;
	history_close(history);
	return status;
}

#define CHILDREN 8

/* Starts children that all wait for the start, and counts what they say. */
static void children_run(const struct history_fixture *fixture, bool same,
			 int counts[static 4])
{
	pid_t pids[CHILDREN];
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	for (int i = 0; i < CHILDREN; i++) {
		struct history_key key = fixture_key(same ? 0 : i);

		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (!pids[i]) {
			close(fds[1]);
			_exit(child_use(fixture, &key, fds[0]));
		}
	}
	close(fds[0]);
	close(fds[1]);
	for (int i = 0; i < CHILDREN; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 4);
		counts[WEXITSTATUS(status)]++;
	}
}

static void test_one_of_many_wins(void **state)
{
	int counts[4] = {};

	children_run(*state, true, counts);
	assert_int_equal(counts[0], 1);
	assert_int_equal(counts[1], CHILDREN - 1);
}

static void test_none_of_many_is_lost(void **state)
{
	int counts[4] = {};

	children_run(*state, false, counts);
	assert_int_equal(counts[0], CHILDREN);
	for (int i = 0; i < CHILDREN; i++) {
		struct history_key key = fixture_key(i);

		assert_int_equal(fixture_find(*state, &key), HISTORY_SAME_KEY);
	}
}

/* A second process must wait while the first holds the lock. */
static void test_lock_is_held(void **state)
{
	struct history_key key = fixture_key(1);
	struct history *history = fixture_open(*state, &key);
	struct problem problem;
	int status;
	pid_t pid;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		/* This copy of the lock would outlive that of the parent. */
		history_close(history);
		close(fds[1]);
		_exit(child_use(*state, &key, fds[0]));
	}
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(history_record(history, &problem), 0);
	/* It cannot have ended, whatever its speed: the lock is ours. */
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	history_close(history);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

static void crash_while_recording(const struct history_fixture *fixture,
				  const struct history_key *key)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid) {
		struct history *history;
		struct problem problem;

		if (!history_open(fixture->directory, key, &history, &problem))
			history_record(history, &problem);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 42);
}

static void test_crash_before_rename(void **state)
{
	struct history_fixture *fixture = *state;
	struct history_key old = fixture_key(1);
	struct history_key key = fixture_key(2);

	fixture_record(fixture, &old);
	crash_before_rename = true;
	crash_while_recording(fixture, &key);
	crash_before_rename = false;
	/* The key did not get to the kernel, and nothing else is lost. */
	assert_int_equal(access(fixture->temporary, F_OK), 0);
	assert_int_equal(fixture_find(fixture, &key), HISTORY_NONE);
	assert_int_equal(fixture_find(fixture, &old), HISTORY_SAME_KEY);
	fixture_record(fixture, &key);
	assert_int_equal(fixture_find(fixture, &key), HISTORY_SAME_KEY);
	assert_int_equal(fixture_find(fixture, &old), HISTORY_SAME_KEY);
	assert_int_not_equal(access(fixture->temporary, F_OK), 0);
}

static void test_crash_after_rename(void **state)
{
	struct history_key key = fixture_key(1);

	crash_after_rename = true;
	crash_while_recording(*state, &key);
	crash_after_rename = false;
	assert_int_equal(fixture_find(*state, &key), HISTORY_SAME_KEY);
}

/* The file and the directory, before record says yes. */
static void test_stable_storage(void **state)
{
	struct history_key key = fixture_key(1);
	struct history *history = fixture_open(*state, &key);
	struct problem problem;

	fsync_calls = 0;
	assert_int_equal(history_record(history, &problem), 0);
	assert_int_equal(fsync_calls, 2);
	history_close(history);
}

static void test_failed_write_is_an_error(void **state)
{
	struct history_key key = fixture_key(1);
	struct history *history = fixture_open(*state, &key);
	struct problem problem;

	fail_fsync = true;
	assert_int_equal(history_record(history, &problem), EXIT_CODE_REFUSED);
	fail_fsync = false;
	history_close(history);
	assert_int_equal(fixture_find(*state, &key), HISTORY_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_one_of_many_wins),
		FIXTURE_TEST(test_none_of_many_is_lost),
		FIXTURE_TEST(test_lock_is_held),
		FIXTURE_TEST(test_crash_before_rename),
		FIXTURE_TEST(test_crash_after_rename),
		FIXTURE_TEST(test_stable_storage),
		FIXTURE_TEST(test_failed_write_is_an_error),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
