// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Group commit on the loop, and kill -9 in the middle of it: whatever was
 * acknowledged is there.
 */
#include "daemon_store_scene.h"

#include <signal.h>
#include <sys/wait.h>

#define WRITERS 7
#define CRASHES 8

/* A writer that stores the next note as soon as its last one is durable. */
struct writer {
	struct store *store;
	struct store_waiter waiter;
	int *next;
	int id;
	int acknowledge;
};

static void on_durable(void *argument, const struct fault *fault);

static void writer_go_on(struct writer *writer)
{
	writer->id = ++*writer->next;
	if (insert(writer->store, writer->id, "note", NULL))
		_exit(1);
	store_after_commit(writer->store, &writer->waiter, on_durable, writer);
}

static void on_durable(void *argument, const struct fault *fault)
{
	struct writer *writer = argument;

	if (fault || write(writer->acknowledge, &writer->id,
			   sizeof(writer->id)) != sizeof(writer->id))
		_exit(2);
	writer_go_on(writer);
}

static void child_run(struct place *place, int acknowledge, int next)
{
	struct loop *loop = loop_new(NULL);
	struct writer writers[WRITERS] = { 0 };

	if (!loop)
		_exit(3);
	reopen(place, loop);
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){ .store = place->store,
					      .next = &next,
					      .acknowledge = acknowledge };
		writer_go_on(&writers[i]);
	}
	loop_run(loop, NULL);
	_exit(4);
}

/* Returns the number that was acknowledged last. */
static int crash(struct place *place, int acknowledgements, int next)
{
	int fds[2], last = 0, id, status;
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	if (!child) {
		close(fds[0]);
		child_run(place, fds[1], next);
	}
	close(fds[1]);
	for (int i = 0; i < acknowledgements; i++) {
		assert_int_equal(read(fds[0], &id, sizeof(id)), sizeof(id));
		last = id > last ? id : last;
	}
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	/* What it still said before it died was a promise, too. */
	while (read(fds[0], &id, sizeof(id)) == sizeof(id))
		last = id > last ? id : last;
	close(fds[0]);
	return last;
}

static void test_killed(void **state)
{
	struct place *place = *state;
	int next = 0;

	close_store(place);
	for (int i = 0; i < CRASHES; i++) {
		int last = crash(place, 1 + 37 * i, next);

		reopen(place, NULL);
		next = number(place->store, max_sql);
		assert_true(next >= last);
		/* Groups of writes are there as a whole: no gaps. */
		assert_int_equal(number(place->store, count_sql), next);
		assert_int_equal(number(place->store,
					"SELECT count(*) FROM "
					"pragma_integrity_check "
					"WHERE integrity_check = 'ok'"),
				 1);
		close_store(place);
	}
	assert_true(next > CRASHES);
}

static void stop(void *argument, const struct fault *fault)
{
	(void)fault;
	loop_stop(argument);
}

static int wal_commits(void *commits, sqlite3 *db, const char *name, int pages)
{
	(void)db;
	(void)name;
	(void)pages;
	++*(int *)commits;
	return SQLITE_OK;
}

/* Many who wait in one round are served by one commit. */
static void test_one_commit_a_round(void **state)
{
	struct place *place = *state;
	struct loop *loop = loop_new(NULL);
	struct store_waiter last = { 0 };
	struct heard heard[50];
	int commits = 0;

	reopen(place, loop);
	sqlite3_wal_hook(sqlite3_db_handle(store_statement(place->store,
							   count_sql, NULL)),
			 wal_commits, &commits);
	for (int i = 0; i < 50; i++) {
		assert_int_equal(insert(place->store, i + 1, "x", NULL), 0);
		wait_for(place->store, &heard[i]);
	}
	store_after_commit(place->store, &last, stop, loop);
	assert_int_equal(loop_run(loop, NULL), 0);
	for (int i = 0; i < 50; i++)
		assert_int_equal(heard[i].count, 1);
	assert_int_equal(commits, 1);
	assert_int_equal(number(place->store, count_sql), 50);
	/* With nothing written, waiting ends with the round as well. */
	store_after_commit(place->store, &last, stop, loop);
	assert_int_equal(loop_run(loop, NULL), 0);
	assert_int_equal(commits, 1);
	close_store(place);
	loop_free(loop);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_killed),
		TEST(test_one_commit_a_round),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
