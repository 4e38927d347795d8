// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "store/bootstrap.h"

#define CONTEXT_SIZE (BTID_TEXT_SIZE + 16)

static const char *const migrations[] = {
	"CREATE TABLE bootstrap ("
	" btid TEXT PRIMARY KEY,"
	" impi TEXT NOT NULL UNIQUE,"
	" ks BLOB NOT NULL,"
	" gba_u INTEGER NOT NULL,"
	" created INTEGER NOT NULL,"
	" expires INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX bootstrap_expires ON bootstrap (expires);",
};

const struct store_component bootstrap_store = {
	.name = "bootstrap",
	.migrations = migrations,
	.count = sizeof(migrations) / sizeof(*migrations),
};

static void context_of(char context[CONTEXT_SIZE], const char *btid)
{
	snprintf(context, CONTEXT_SIZE, "bootstrap %s ks", btid);
}

int bootstrap_put(struct store *store, const struct bootstrap *bootstrap,
		  const struct secret *ks, struct fault *fault)
{
	/* Both B-TID and IMPI may be there. */
	static const char sql[] = "INSERT OR REPLACE INTO bootstrap"
				  " (btid, impi, ks, gba_u, created, expires)"
				  " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	char context[CONTEXT_SIZE];

	if (!statement)
		return -1;
	context_of(context, bootstrap->btid);
	sqlite3_bind_text(statement, 1, bootstrap->btid, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, bootstrap->impi, -1, SQLITE_STATIC);
	if (store_bind_secret(store, statement, 3, context, ks, fault)) {
		sqlite3_clear_bindings(statement);
		return -1;
	}
	sqlite3_bind_int(statement, 4, bootstrap->gba_u);
	sqlite3_bind_int64(statement, 5, bootstrap->created);
	sqlite3_bind_int64(statement, 6, bootstrap->expires);
	return store_write(store, statement, NULL, fault);
}

int bootstrap_get(struct store *store, const char *btid,
		  struct bootstrap *bootstrap, struct secret *ks,
		  struct fault *fault)
{
	static const char sql[] =
		"SELECT impi, ks, gba_u, created, expires FROM bootstrap"
		" WHERE btid = ?1";
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	char context[CONTEXT_SIZE];
	int found;

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, btid, -1, SQLITE_STATIC);
	found = store_row(store, statement, fault);
	if (!found)
		fault_set(fault, FAULT_UNKNOWN,
			  "the B-TID is unknown or has expired");
	if (found <= 0)
		return -1;
	snprintf(bootstrap->btid, sizeof(bootstrap->btid), "%s", btid);
	snprintf(bootstrap->impi, sizeof(bootstrap->impi), "%s",
		 store_column_text(statement, 0));
	bootstrap->gba_u = sqlite3_column_int(statement, 2);
	bootstrap->created = sqlite3_column_int64(statement, 3);
	bootstrap->expires = sqlite3_column_int64(statement, 4);
	context_of(context, btid);
	found = store_column_secret(store, statement, 1, context, ks, fault);
	sqlite3_reset(statement);
	return found;
}

int bootstrap_expire(struct store *store, int64_t now, unsigned int limit,
		     int *deleted, struct fault *fault)
{
	static const char sql[] =
		"DELETE FROM bootstrap WHERE btid IN (SELECT btid FROM bootstrap"
		" WHERE expires <= ?1 LIMIT ?2)";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, now);
	sqlite3_bind_int64(statement, 2, limit);
	return store_write(store, statement, deleted, fault);
}

int bootstrap_count(struct store *store, uint64_t *count, struct fault *fault)
{
	static const char sql[] = "SELECT count(*) FROM bootstrap";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	*count = 0;
	if (!statement || store_row(store, statement, fault) < 0)
		return -1;
	*count = (uint64_t)sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return 0;
}
