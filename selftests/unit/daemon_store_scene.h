/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A store in a folder of its own, with a table of notes. */
#ifndef DAEMON_STORE_SCENE_H
#define DAEMON_STORE_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "store/store.h"

static const char *const note_migrations[] = {
	"CREATE TABLE note(id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",
	"ALTER TABLE note ADD COLUMN length INTEGER NOT NULL DEFAULT 7",
};

static const struct store_component note_first = { "note", note_migrations, 1 };
static const struct store_component note = { "note", note_migrations, 2 };

static const char insert_sql[] = "INSERT INTO note(id, text) VALUES(?1, ?2)";
static const char count_sql[] = "SELECT count(*) FROM note";
static const char max_sql[] = "SELECT coalesce(max(id), 0) FROM note";

/* A folder of the test, and the store in it. */
struct place {
	char folder[64];
	char path[96];
	struct secret kek;
	struct store *store;
};

static inline struct store *reopen(struct place *place, struct loop *loop)
{
	struct fault fault = { 0 };

	store_close(place->store);
	place->store = store_open(loop, place->path, &place->kek, &fault);
	if (!place->store)
		fail_msg("%s", fault.text);
	return place->store;
}

static inline void close_store(struct place *place)
{
	store_close(place->store);
	place->store = NULL;
}

/* What somebody does who has the file. */
static inline void foreign(const struct place *place, const char *sql)
{
	sqlite3 *other;

	assert_int_equal(sqlite3_open(place->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
}

static inline int setup(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	uint8_t kek[32];

	strcpy(place->folder, "/tmp/mbsec-store-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->path, sizeof(place->path), "%s/store.db",
		 place->folder);
	memset(kek, 0x5a, sizeof(kek));
	assert_int_equal(secret_set(&place->kek, kek, sizeof(kek)), 0);
	reopen(place, NULL);
	assert_int_equal(store_component_add(place->store, &note, NULL), 0);
	*state = place;
	return 0;
}

static inline int teardown(void **state)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	struct place *place = *state;
	char name[128];

	store_close(place->store);
	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", place->path, suffixes[i]);
		unlink(name);
	}
	assert_int_equal(rmdir(place->folder), 0);
	secret_clear(&place->kek);
	free(place);
	return 0;
}

static inline int insert(struct store *store, int id, const char *text,
			 struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(store, insert_sql, fault);

	assert_non_null(statement);
	sqlite3_bind_int(statement, 1, id);
	sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC);
	return store_write(store, statement, NULL, fault);
}

static inline int number(struct store *store, const char *sql)
{
	struct fault fault = { 0 };
	sqlite3_stmt *statement = store_statement(store, sql, &fault);
	int value;

	if (!statement || store_row(store, statement, &fault) != 1)
		fail_msg("%s", fault.text);
	value = sqlite3_column_int(statement, 0);
	assert_int_equal(store_row(store, statement, &fault), 0);
	return value;
}

/* Changes a setting of SQLite's; the answer does not matter. */
static inline void pragma(struct store *store, const char *sql)
{
	sqlite3_stmt *statement = store_statement(store, sql, NULL);

	assert_non_null(statement);
	while (store_row(store, statement, NULL) == 1)
		;
}

/* How often somebody was called, and with what. */
struct heard {
	struct store *store;
	struct store_waiter waiter;
	struct heard *other;
	int count;
	int order;
	enum fault_code code;
};

static int order;

static inline void hear(void *argument, const struct fault *fault)
{
	struct heard *heard = argument;

	heard->count++;
	heard->order = ++order;
	heard->code = fault ? fault->code : FAULT_NONE;
}

static inline void hear_rollback(void *argument)
{
	hear(argument, NULL);
}

static inline void wait_for(struct store *store, struct heard *heard)
{
	*heard = (struct heard){ .store = store };
	store_after_commit(store, &heard->waiter, hear, heard);
	assert_int_equal(heard->count, 0);
}

#endif
