// SPDX-License-Identifier: GPL-2.0-or-later
/* The store on real files: writing, reading, groups, waiting, versions. */
#include "daemon_store_scene.h"

static void test_durable_settings(void **state)
{
	struct place *place = *state;
	struct stat stat_;

	assert_int_equal(number(place->store, "PRAGMA synchronous"), 2);
	assert_int_equal(number(place->store, "PRAGMA foreign_keys"), 1);
	assert_int_equal(
		number(place->store,
		       "SELECT journal_mode = 'wal' FROM pragma_journal_mode"),
		1);
	assert_int_equal(stat(place->path, &stat_), 0);
	assert_int_equal(stat_.st_mode & 07777, 0600);
	/* One that others could read is put right. */
	assert_int_equal(chmod(place->path, 0644), 0);
	reopen(place, NULL);
	assert_int_equal(stat(place->path, &stat_), 0);
	assert_int_equal(stat_.st_mode & 07777, 0600);
}

static void test_kept(void **state)
{
	struct place *place = *state;
	struct fault fault = { 0 };
	struct heard heard;

	assert_int_equal(insert(place->store, 1, "one", &fault), 0);
	/* Read before it is committed, and not there if it is not. */
	assert_int_equal(number(place->store, count_sql), 1);
	wait_for(place->store, &heard);
	assert_int_equal(store_commit(place->store, &fault), 0);
	assert_int_equal(heard.count, 1);
	assert_int_equal(heard.code, FAULT_NONE);
	reopen(place, NULL);
	assert_int_equal(number(place->store, count_sql), 1);
	/* Closing commits. */
	assert_int_equal(insert(place->store, 2, "two", &fault), 0);
	reopen(place, NULL);
	assert_int_equal(number(place->store, count_sql), 2);
	assert_int_equal(number(place->store, "SELECT max(length) FROM note"),
			 7);
}

static void test_statement_fails_alone(void **state)
{
	struct place *place = *state;
	struct fault fault = { 0 };
	struct heard heard;

	assert_int_equal(insert(place->store, 1, "one", &fault), 0);
	assert_int_equal(insert(place->store, 1, "again", &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_non_null(strstr(fault.text, "note.id"));
	assert_int_equal(insert(place->store, 2, "two", NULL), 0);
	wait_for(place->store, &heard);
	assert_int_equal(store_commit(place->store, NULL), 0);
	assert_int_equal(heard.code, FAULT_NONE);
	assert_int_equal(number(place->store, count_sql), 2);
	/* One with rows is not for writing. */
	memset(&fault, 0, sizeof(fault));
	assert_int_equal(
		store_write(place->store,
			    store_statement(place->store, count_sql, NULL),
			    NULL, &fault),
		-1);
	memset(&fault, 0, sizeof(fault));
	assert_null(store_statement(place->store, "SELEKT 1", &fault));
	assert_int_equal(fault.code, FAULT_ARGUMENT);
}

static void test_changes_are_counted(void **state)
{
	struct place *place = *state;
	sqlite3_stmt *statement;
	int changes = -1;

	for (int i = 1; i <= 3; i++)
		assert_int_equal(insert(place->store, i, "x", NULL), 0);
	statement = store_statement(place->store,
				    "DELETE FROM note WHERE id >= ?1", NULL);
	sqlite3_bind_int(statement, 1, 2);
	assert_int_equal(store_write(place->store, statement, &changes, NULL),
			 0);
	assert_int_equal(changes, 2);
	/* Bindings do not survive: NULL matches nothing. */
	assert_int_equal(store_write(place->store, statement, &changes, NULL),
			 0);
	assert_int_equal(changes, 0);
}

static void test_groups_of_writes(void **state)
{
	struct place *place = *state;
	struct fault fault = { 0 };

	assert_int_equal(insert(place->store, 1, "before", NULL), 0);
	assert_int_equal(store_begin(place->store, NULL), 0);
	assert_int_equal(store_begin(place->store, &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_int_equal(insert(place->store, 2, "within", NULL), 0);
	store_rollback(place->store);
	store_rollback(place->store);
	assert_int_equal(number(place->store, count_sql), 1);
	assert_int_equal(store_end(place->store, NULL), -1);
	assert_int_equal(store_begin(place->store, NULL), 0);
	assert_int_equal(insert(place->store, 3, "within", NULL), 0);
	assert_int_equal(store_end(place->store, NULL), 0);
	/* One that was not ended is none. */
	assert_int_equal(store_begin(place->store, NULL), 0);
	assert_int_equal(insert(place->store, 4, "forgotten", NULL), 0);
	assert_int_equal(store_commit(place->store, NULL), 0);
	reopen(place, NULL);
	assert_int_equal(number(place->store, count_sql), 2);
	assert_int_equal(number(place->store, max_sql), 3);
}

static void hear_and_go_on(void *argument, const struct fault *fault)
{
	struct heard *heard = argument;

	hear(argument, fault);
	/* All that a callback may do, within the commit that it is called by. */
	store_forget(heard->store, &heard->other->waiter);
	assert_int_equal(insert(heard->store, 1, "late", NULL), 0);
	assert_int_equal(store_commit(heard->store, NULL), 0);
	store_after_commit(heard->store, &heard->waiter, hear, heard);
}

static void test_waiters(void **state)
{
	struct place *place = *state;
	struct heard forgotten, second, third, fourth;

	wait_for(place->store, &forgotten);
	wait_for(place->store, &second);
	wait_for(place->store, &third);
	wait_for(place->store, &fourth);
	store_forget(place->store, &fourth.waiter);
	store_forget(place->store, &fourth.waiter);
	/* Asking again does not mean twice. */
	store_after_commit(place->store, &second.waiter, hear, &second);
	store_after_commit(place->store, &fourth.waiter, hear, &fourth);
	store_forget(place->store, &forgotten.waiter);
	second.other = &third;
	store_after_commit(place->store, &second.waiter, hear_and_go_on,
			   &second);
	assert_int_equal(store_commit(place->store, NULL), 0);
	assert_int_equal(forgotten.count, 0);
	assert_int_equal(second.count, 1);
	assert_int_equal(third.count, 0);
	assert_int_equal(fourth.count, 1);
	assert_true(second.order < fourth.order);
	assert_true(second.waiter.waiting);
	assert_int_equal(store_commit(place->store, NULL), 0);
	assert_int_equal(second.count, 2);
	assert_int_equal(number(place->store, count_sql), 1);
}

static void test_migrations(void **state)
{
	static const char *const bad_scripts[] = {
		"CREATE TABLE bad(a INTEGER) STRICT",
		"CREATE TABLE worse(a INTEGER) STRICT; CREATE NONSENSE",
	};
	static const struct store_component bad = { "bad", bad_scripts, 2 };
	struct place *place = *state;
	struct fault fault = { 0 };

	assert_int_equal(store_component_add(place->store, &note, NULL), 0);
	assert_int_equal(store_component_add(place->store, &note_first, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_UNSUPPORTED);
	assert_non_null(strstr(fault.text, "note"));
	/* All of the scripts or none. */
	memset(&fault, 0, sizeof(fault));
	assert_int_equal(store_component_add(place->store, &bad, &fault), -1);
	assert_non_null(strstr(fault.text, "bad to version 2"));
	reopen(place, NULL);
	assert_int_equal(number(place->store,
				"SELECT count(*) FROM sqlite_schema "
				"WHERE name IN ('bad', 'worse')"),
			 0);
	/* A database of an older program gets the rest of the scripts. */
	close_store(place);
	assert_int_equal(unlink(place->path), 0);
	reopen(place, NULL);
	assert_int_equal(store_component_add(place->store, &note_first, NULL),
			 0);
	assert_int_equal(insert(place->store, 1, "old", NULL), 0);
	reopen(place, NULL);
	assert_int_equal(store_component_add(place->store, &note, NULL), 0);
	assert_int_equal(number(place->store, "SELECT length FROM note"), 7);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_durable_settings),
		TEST(test_kept),
		TEST(test_statement_fails_alone),
		TEST(test_changes_are_counted),
		TEST(test_groups_of_writes),
		TEST(test_waiters),
		TEST(test_migrations),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
