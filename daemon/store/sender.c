// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "core/sframe_kdf.h"
#include "sender.h"

static const char *const migrations[] = {
	"CREATE TABLE sender ("
	" id INTEGER PRIMARY KEY,"
	" host TEXT NOT NULL,"
	" stream TEXT NOT NULL,"
	" UNIQUE (host, stream));",
};

const struct store_component sender_component = {
	.name = "sender",
	.migrations = migrations,
	.count = sizeof(migrations) / sizeof(migrations[0]),
};

#define STREAM_SIZE (2 * ADDRESS_TEXT_SIZE + 2)

static void stream_text(const union address *group, const union address *source,
			char text[STREAM_SIZE])
{
	char to[ADDRESS_TEXT_SIZE], from[ADDRESS_TEXT_SIZE] = "";

	address_text(group, to);
	if (source->family)
		address_text(source, from);
	snprintf(text, STREAM_SIZE, "%s%s%s", to, *from ? " " : "", from);
}

/* 1 and the id, 0, or -1 and a fault. */
static int sender_find(struct store *store, const char *host,
		       const char *stream, uint16_t *sender_id,
		       struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store, "SELECT id FROM sender WHERE host = ? AND stream = ?",
		fault);
	int got;

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, host, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, stream, -1, SQLITE_STATIC);
	got = store_row(store, statement, fault);
	if (got == 1)
		*sender_id = (uint16_t)sqlite3_column_int(statement, 0);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return got;
}

int sender_id_get(struct store *store, const char *host,
		  const union address *group, const union address *source,
		  uint16_t *sender_id, struct fault *fault)
{
	char stream[STREAM_SIZE];
	sqlite3_stmt *statement;
	int got, changes;

	stream_text(group, source, stream);
	got = sender_find(store, host, stream, sender_id, fault);
	if (got)
		return got < 0 ? -1 : 0;
	/* Rows are never deleted, so the highest id is the last one. */
	statement = store_statement(
		store,
		"INSERT INTO sender (id, host, stream)"
		" SELECT coalesce(max(id) + 1, ?1), ?2, ?3 FROM sender"
		" HAVING coalesce(max(id), 0) < ?4",
		fault);
	if (!statement)
		return -1;
	sqlite3_bind_int(statement, 1, SFRAME_SENDER_ID_MIN);
	sqlite3_bind_text(statement, 2, host, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, stream, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 4, UINT16_MAX);
	if (store_write(store, statement, &changes, fault))
		return -1;
	if (!changes)
		return fault_set(fault, FAULT_LIMIT,
				 "all sender ids are given out");
	got = sender_find(store, host, stream, sender_id, fault);
	return got == 1 ? 0 : -1;
}
