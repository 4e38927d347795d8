// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/ue_service.h"

static const char *const migrations[] = {
	"CREATE TABLE ue_service ("
	" id TEXT PRIMARY KEY,"
	" url TEXT NOT NULL,"
	" naf TEXT NOT NULL,"
	" document BLOB);"
	"CREATE TABLE ue_member ("
	" imsi TEXT NOT NULL,"
	" service TEXT NOT NULL,"
	" state INTEGER NOT NULL,"
	" PRIMARY KEY (imsi, service)) WITHOUT ROWID;",
};

const struct store_component ue_service_store = {
	.name = "ue-service",
	.migrations = migrations,
	.count = sizeof(migrations) / sizeof(*migrations),
};

const char *ue_member_state_name(enum ue_member_state state)
{
	switch (state) {
	case UE_MEMBER_JOINING:
		return "joining";
	case UE_MEMBER_REGISTERED:
		return "registered";
	case UE_MEMBER_READY:
		return "ready";
	case UE_MEMBER_LEAVING:
		return "leaving";
	case UE_MEMBER_LEFT:
		return "left";
	}
	return "unknown";
}

int ue_service_put(struct store *store, const struct ue_service_row *row,
		   struct fault *fault)
{
	static const char sql[] =
		"INSERT INTO ue_service (id, url, naf, document)"
		" VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE SET"
		" url = ?2, naf = ?3, document = coalesce(?4, document)";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, row->id, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, row->url, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, row->naf, -1, SQLITE_STATIC);
	if (row->document)
		sqlite3_bind_blob64(statement, 4, row->document,
				    row->document_size, SQLITE_STATIC);
	return store_write(store, statement, NULL, fault);
}

int ue_service_delete(struct store *store, const char *id, struct fault *fault)
{
	static const char sql[] = "DELETE FROM ue_service WHERE id = ?1";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, id, -1, SQLITE_STATIC);
	return store_write(store, statement, NULL, fault);
}

int ue_service_each(struct store *store,
		    int (*callback)(void *argument,
				    const struct ue_service_row *row,
				    struct fault *fault),
		    void *argument, struct fault *fault)
{
	static const char sql[] =
		"SELECT id, url, naf, document FROM ue_service ORDER BY id";
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	struct ue_service_row row;
	int more;

	if (!statement)
		return -1;
	while ((more = store_row(store, statement, fault)) > 0) {
		row.id = (const char *)sqlite3_column_text(statement, 0);
		row.url = (const char *)sqlite3_column_text(statement, 1);
		row.naf = (const char *)sqlite3_column_text(statement, 2);
		row.document = sqlite3_column_blob(statement, 3);
		row.document_size = (size_t)sqlite3_column_bytes(statement, 3);
		if (!row.id || !row.url || !row.naf) {
			more = fault_set(fault, FAULT_MEMORY,
					 "no memory for a row of ue_service");
			break;
		}
		more = callback(argument, &row, fault);
		if (more)
			break;
	}
	sqlite3_reset(statement);
	return more;
}

int ue_member_put(struct store *store, const char *imsi, const char *service,
		  enum ue_member_state state, struct fault *fault)
{
	static const char sql[] =
		"INSERT INTO ue_member (imsi, service, state)"
		" VALUES (?1, ?2, ?3)"
		" ON CONFLICT (imsi, service) DO UPDATE SET state = ?3";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, service, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 3, (int)state);
	return store_write(store, statement, NULL, fault);
}

int ue_member_delete(struct store *store, const char *imsi, const char *service,
		     struct fault *fault)
{
	static const char sql[] =
		"DELETE FROM ue_member WHERE imsi = ?1 AND service = ?2";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, service, -1, SQLITE_STATIC);
	return store_write(store, statement, NULL, fault);
}

int ue_member_each(struct store *store,
		   int (*callback)(void *argument, const char *imsi,
				   const char *service,
				   enum ue_member_state state,
				   struct fault *fault),
		   void *argument, struct fault *fault)
{
	static const char sql[] = "SELECT imsi, service, state FROM ue_member"
				  " ORDER BY imsi, service";
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	const char *imsi, *service;
	int more;

	if (!statement)
		return -1;
	while ((more = store_row(store, statement, fault)) > 0) {
		imsi = (const char *)sqlite3_column_text(statement, 0);
		service = (const char *)sqlite3_column_text(statement, 1);
		if (!imsi || !service)
			more = fault_set(fault, FAULT_MEMORY,
					 "no memory for a row of ue_member");
		else
			more = callback(
				argument, imsi, service,
				(enum ue_member_state)sqlite3_column_int(
					statement, 2),
				fault);
		if (more)
			break;
	}
	sqlite3_reset(statement);
	return more;
}
