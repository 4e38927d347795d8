// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "store/subscriber.h"

#define CONTEXT_SIZE (IMPI_TEXT_SIZE + 24)

static const char *const migrations[] = {
	"CREATE TABLE subscriber ("
	" impi TEXT PRIMARY KEY,"
	" imsi TEXT NOT NULL,"
	" k BLOB NOT NULL,"
	" opc BLOB NOT NULL,"
	" amf INTEGER NOT NULL,"
	" gba_u INTEGER NOT NULL,"
	" seq INTEGER NOT NULL DEFAULT 0,"
	" ind INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;",
};

const struct store_component subscriber_store = {
	.name = "subscriber",
	.migrations = migrations,
	.count = sizeof(migrations) / sizeof(*migrations),
};

static void context_of(char context[CONTEXT_SIZE], const char *impi,
		       const char *column)
{
	snprintf(context, CONTEXT_SIZE, "subscriber %s %s", impi, column);
}

static int bind_keys(struct store *store, sqlite3_stmt *statement,
		     const char *impi, const struct milenage *keys,
		     struct fault *fault)
{
	char context[CONTEXT_SIZE];

	context_of(context, impi, "k");
	if (store_bind_secret(store, statement, 3, context, &keys->k, fault))
		return -1;
	context_of(context, impi, "opc");
	return store_bind_secret(store, statement, 4, context, &keys->opc,
				 fault);
}

int subscriber_put(struct store *store, const struct subscriber *subscriber,
		   const struct milenage *keys, struct fault *fault)
{
	static const char sql[] =
		"INSERT INTO subscriber (impi, imsi, k, opc, amf, gba_u)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (impi) DO UPDATE"
		" SET imsi = ?2, k = ?3, opc = ?4, amf = ?5, gba_u = ?6";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, subscriber->impi, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, subscriber->imsi, -1, SQLITE_STATIC);
	if (bind_keys(store, statement, subscriber->impi, keys, fault)) {
		sqlite3_clear_bindings(statement);
		return -1;
	}
	sqlite3_bind_int(statement, 5, subscriber->amf);
	sqlite3_bind_int(statement, 6, subscriber->gba_u);
	return store_write(store, statement, NULL, fault);
}

int subscriber_delete(struct store *store, const char *impi,
		      struct fault *fault)
{
	static const char sql[] = "DELETE FROM subscriber WHERE impi = ?1";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, impi, -1, SQLITE_STATIC);
	return store_write(store, statement, NULL, fault);
}

/* Columns 0 to 3. */
static void read_row(sqlite3_stmt *statement, struct subscriber *subscriber)
{
	snprintf(subscriber->impi, sizeof(subscriber->impi), "%s",
		 store_column_text(statement, 0));
	snprintf(subscriber->imsi, sizeof(subscriber->imsi), "%s",
		 store_column_text(statement, 1));
	subscriber->amf = (uint16_t)sqlite3_column_int(statement, 2);
	subscriber->gba_u = sqlite3_column_int(statement, 3);
}

static int read_keys(struct store *store, sqlite3_stmt *statement,
		     const char *impi, struct milenage *keys,
		     struct fault *fault)
{
	char context[CONTEXT_SIZE];

	context_of(context, impi, "k");
	if (store_column_secret(store, statement, 4, context, &keys->k, fault))
		return -1;
	context_of(context, impi, "opc");
	return store_column_secret(store, statement, 5, context, &keys->opc,
				   fault);
}

int subscriber_get(struct store *store, const char *impi,
		   struct subscriber *subscriber, struct milenage *keys,
		   struct aka_sqn_source *sqn, struct fault *fault)
{
	static const char sql[] =
		"SELECT impi, imsi, amf, gba_u, k, opc, seq, ind"
		" FROM subscriber WHERE impi = ?1";
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	int found;

	*keys = (struct milenage){ 0 };
	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, impi, -1, SQLITE_STATIC);
	found = store_row(store, statement, fault);
	if (!found)
		fault_set(fault, FAULT_UNKNOWN, "there is no such subscriber");
	if (found <= 0)
		return -1;
	read_row(statement, subscriber);
	sqn->seq = (uint64_t)sqlite3_column_int64(statement, 6);
	sqn->ind = (unsigned int)sqlite3_column_int(statement, 7);
	found = read_keys(store, statement, impi, keys, fault);
	sqlite3_reset(statement);
	if (found)
		milenage_clear(keys);
	return found;
}

int subscriber_sqn_put(struct store *store, const char *impi,
		       const struct aka_sqn_source *sqn, struct fault *fault)
{
	static const char sql[] =
		"UPDATE subscriber SET seq = ?2, ind = ?3 WHERE impi = ?1";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, impi, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, (int64_t)sqn->seq);
	sqlite3_bind_int(statement, 3, (int)sqn->ind);
	return store_write(store, statement, NULL, fault);
}

int subscriber_each(struct store *store, const char *after, unsigned int limit,
		    int (*callback)(void *argument,
				    const struct subscriber *subscriber,
				    struct fault *fault),
		    void *argument, struct fault *fault)
{
	static const char sql[] =
		"SELECT impi, imsi, amf, gba_u FROM subscriber WHERE impi > ?1"
		" ORDER BY impi LIMIT ?2";
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	struct subscriber subscriber;
	int found;

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, after, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, limit);
	while ((found = store_row(store, statement, fault)) > 0) {
		read_row(statement, &subscriber);
		if (callback(argument, &subscriber, fault)) {
			sqlite3_reset(statement);
			return -1;
		}
	}
	return found;
}

int subscriber_count(struct store *store, uint64_t *count, struct fault *fault)
{
	static const char sql[] = "SELECT count(*) FROM subscriber";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	*count = 0;
	if (!statement || store_row(store, statement, fault) < 0)
		return -1;
	*count = (uint64_t)sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return 0;
}
