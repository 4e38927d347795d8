// SPDX-License-Identifier: GPL-2.0-or-later
/* The store without room, without the right to write, on files that it must not
 * touch, and on damaged ones.
 */
#include "daemon_store_scene.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* Fills the disk, so to speak, and says what a writer heard. */
static struct fault fill(struct store *store)
{
	struct fault fault = { 0 };
	char text[1024];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (int i = 100; i < 100000; i++)
		if (insert(store, i, text, &fault))
			break;
	return fault;
}

static void test_disk_full(void **state)
{
	struct place *place = *state;
	struct heard listener = { 0 }, early, late;
	struct store_listener rolled_back;
	struct fault fault;

	store_rolled_back_add(place->store, &rolled_back, hear_rollback,
			      &listener);
	assert_int_equal(insert(place->store, 1, "kept", NULL), 0);
	assert_int_equal(store_commit(place->store, NULL), 0);
	pragma(place->store, "PRAGMA max_page_count = 30");
	assert_int_equal(insert(place->store, 2, "lost", NULL), 0);
	wait_for(place->store, &early);
	fault = fill(place->store);
	assert_int_equal(fault.code, FAULT_LIMIT);
	assert_non_null(strstr(fault.text, place->path));
	/* Whoever began before the disk was full does not go on after. */
	memset(&fault, 0, sizeof(fault));
	assert_int_equal(insert(place->store, 3, "small", &fault), -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
	assert_int_equal(store_begin(place->store, NULL), -1);
	assert_int_equal(store_end(place->store, NULL), -1);
	store_rollback(place->store);
	wait_for(place->store, &late);
	assert_int_equal(listener.count, 0);
	memset(&fault, 0, sizeof(fault));
	assert_int_equal(store_commit(place->store, &fault), -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
	assert_int_equal(listener.count, 1);
	assert_int_equal(early.count, 1);
	assert_int_equal(early.code, FAULT_LIMIT);
	assert_int_equal(late.code, FAULT_LIMIT);
	/* Caches are right before anybody who waits asks them. */
	assert_true(listener.order < early.order);
	assert_int_equal(number(place->store, max_sql), 1);
	/* And then there is room again. */
	pragma(place->store, "PRAGMA max_page_count = 100000");
	assert_int_equal(insert(place->store, 2, "kept", NULL), 0);
	wait_for(place->store, &early);
	assert_int_equal(store_commit(place->store, NULL), 0);
	assert_int_equal(early.code, FAULT_NONE);
	assert_int_equal(listener.count, 1);
	assert_int_equal(number(place->store, max_sql), 2);
}

static void test_read_only(void **state)
{
	struct place *place = *state;
	struct heard heard;
	struct fault fault = { 0 };

	assert_int_equal(insert(place->store, 1, "kept", NULL), 0);
	assert_int_equal(store_commit(place->store, NULL), 0);
	pragma(place->store, "PRAGMA query_only = ON");
	assert_int_equal(insert(place->store, 2, "refused", &fault), -1);
	assert_int_equal(fault.code, FAULT_STATE);
	wait_for(place->store, &heard);
	assert_int_equal(number(place->store, max_sql), 1);
	store_commit(place->store, NULL);
	pragma(place->store, "PRAGMA query_only = OFF");
	assert_int_equal(insert(place->store, 2, "kept", NULL), 0);
	assert_int_equal(store_commit(place->store, NULL), 0);
}

static void test_locked_by_another_program(void **state)
{
	struct place *place = *state;
	struct fault fault = { 0 };
	sqlite3 *other;

	assert_int_equal(sqlite3_open(place->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL,
				      NULL),
			 SQLITE_OK);
	assert_int_equal(insert(place->store, 1, "refused", &fault), -1);
	assert_int_equal(fault.code, FAULT_STATE);
	assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(insert(place->store, 1, "kept", NULL), 0);
	assert_int_equal(store_commit(place->store, NULL), 0);
	/* People may read meanwhile. */
	assert_int_equal(sqlite3_exec(other, count_sql, NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(other);
}

static void refused(struct place *place, enum fault_code code, const char *word)
{
	struct fault fault = { 0 };
	struct store *store =
		store_open(NULL, place->path, &place->kek, &fault);

	if (store)
		fail_msg("it was opened, against: %s", word);
	if (fault.code != code || !strstr(fault.text, word))
		fail_msg("%s: %s", fault_name(fault.code), fault.text);
}

static void overwrite(const struct place *place, off_t offset, size_t size)
{
	int fd = open(place->path, O_WRONLY);
	char garbage[8192];

	memset(garbage, 0xa5, sizeof(garbage));
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, garbage, size, offset), size);
	close(fd);
}

static void test_refused_files(void **state)
{
	struct place *place = *state;
	char path[sizeof(place->path)];
	uint8_t other[32] = { 1 };

	refused(place, FAULT_STATE, "another process");
	close_store(place);
	secret_set(&place->kek, other, sizeof(other));
	refused(place, FAULT_UNAUTHENTIC, "KEK");
	secret_set(&place->kek, other, 16);
	refused(place, FAULT_ARGUMENT, "16 octets");
	memset(other, 0x5a, sizeof(other));
	secret_set(&place->kek, other, sizeof(other));
	foreign(place, "PRAGMA user_version = 2");
	refused(place, FAULT_UNSUPPORTED, "newer");
	foreign(place, "PRAGMA application_id = 1");
	refused(place, FAULT_UNSUPPORTED, "another program");
	foreign(place, "PRAGMA user_version = 1;"
		       "PRAGMA application_id = 0x6d627363");
	reopen(place, NULL);
	close_store(place);
	overwrite(place, 0, 100);
	refused(place, FAULT_MALFORMED, "not a database");
	strcpy(path, place->path);
	strcpy(place->path, place->folder);
	refused(place, FAULT_STATE, place->folder);
	strcat(place->path, "/no/store.db");
	refused(place, FAULT_STATE, "No such file");
	strcpy(place->path, ":memory:");
	refused(place, FAULT_ARGUMENT, "memory");
	strcpy(place->path, "/dev/null");
	refused(place, FAULT_STATE, "regular");
	strcpy(place->path, path);
}

static void test_damaged_page(void **state)
{
	struct place *place = *state;
	struct fault fault = { 0 };
	sqlite3_stmt *statement;

	for (int i = 0; i < 2000; i++)
		assert_int_equal(insert(place->store, i, "some text", NULL), 0);
	close_store(place);
	overwrite(place, 6 * 4096, 8192);
	reopen(place, NULL);
	statement = store_statement(
		place->store, "SELECT sum(length(text)) FROM note", &fault);
	assert_non_null(statement);
	assert_int_equal(store_row(place->store, statement, &fault), -1);
	assert_int_equal(fault.code, FAULT_MALFORMED);
}

/* A file that belongs to somebody else and may only be read. */
static void test_read_only_file(void **state)
{
	struct place *place = *state;
	struct fault fault = { 0 };
	int status;
	pid_t child;

	close_store(place);
	assert_int_equal(chmod(place->path, 0444), 0);
	assert_int_equal(chmod(place->folder, 0755), 0);
	child = fork();
	if (!child) {
		/* Root may write what it likes. */
		if (!geteuid() && setuid(65534))
			_exit(1);
		if (store_open(NULL, place->path, &place->kek, &fault))
			_exit(2);
		_exit(fault.code == FAULT_STATE &&
				      strstr(fault.text, "Permission denied") ?
			      0 :
			      3);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* The system's limit of file sizes stands for a full disk: writing to the WAL
 * fails in the middle of a commit.
 */
static int write_to_the_limit(struct place *place)
{
	struct rlimit limit = { .rlim_cur = 262144, .rlim_max = 1 << 30 };
	struct fault fault = { 0 };
	struct heard heard;

	signal(SIGXFSZ, SIG_IGN);
	reopen(place, NULL);
	if (insert(place->store, 1, "kept", NULL) ||
	    store_commit(place->store, NULL))
		return 1;
	setrlimit(RLIMIT_FSIZE, &limit);
	for (int i = 100; i < 10000; i++)
		if (insert(place->store, i, "some text that takes room", NULL))
			return 2;
	wait_for(place->store, &heard);
	if (!store_commit(place->store, &fault) || fault.code != FAULT_LIMIT ||
	    heard.code != FAULT_LIMIT)
		return 3;
	if (number(place->store, max_sql) != 1)
		return 4;
	/* Without a restart, as soon as there is room. */
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_FSIZE, &limit);
	if (insert(place->store, 2, "kept", NULL) ||
	    store_commit(place->store, NULL))
		return 5;
	return 0;
}

static void test_no_room_for_the_log(void **state)
{
	struct place *place = *state;
	int status;
	pid_t child;

	close_store(place);
	child = fork();
	if (!child)
		_exit(write_to_the_limit(place));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	reopen(place, NULL);
	assert_int_equal(number(place->store, max_sql), 2);
	assert_int_equal(number(place->store, count_sql), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_disk_full),
		TEST(test_read_only),
		TEST(test_locked_by_another_program),
		TEST(test_refused_files),
		TEST(test_damaged_page),
		TEST(test_read_only_file),
		TEST(test_no_room_for_the_log),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
