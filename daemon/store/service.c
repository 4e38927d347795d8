// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "service.h"

static const char *const migrations[] = {
	"CREATE TABLE service ("
	" id TEXT PRIMARY KEY NOT NULL,"
	" format INTEGER NOT NULL,"
	" confidentiality INTEGER NOT NULL,"
	" integrity INTEGER NOT NULL,"
	" uicc INTEGER NOT NULL,"
	" open INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE service_flow ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" service TEXT NOT NULL,"
	" address TEXT NOT NULL,"
	" source TEXT,"
	" device TEXT NOT NULL,"
	" mtk_port INTEGER NOT NULL,"
	" key_group INTEGER NOT NULL);"
	"CREATE INDEX service_flow_service ON service_flow (service);"
	"CREATE TABLE service_user ("
	" service TEXT NOT NULL,"
	" impi TEXT NOT NULL,"
	" PRIMARY KEY (service, impi)) WITHOUT ROWID;",
	"ALTER TABLE service ADD COLUMN suite INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE service ADD COLUMN roc_rate INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE service_flow"
	" ADD COLUMN rtcp_port INTEGER NOT NULL DEFAULT 0;",
};

const struct store_component service_component = {
	.name = "service",
	.migrations = migrations,
	.count = sizeof(migrations) / sizeof(migrations[0]),
};

static void bind_text(sqlite3_stmt *statement, int index, const char *text)
{
	sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

static int flow_insert(struct store *store, const char *service,
		       const struct service_flow *flow, struct fault *fault)
{
	char group[ADDRESS_TEXT_SIZE], source[ADDRESS_TEXT_SIZE];
	sqlite3_stmt *statement = store_statement(
		store,
		"INSERT INTO service_flow"
		" (service, address, source, device, mtk_port, key_group,"
		" rtcp_port) VALUES (?, ?, ?, ?, ?, ?, ?)",
		fault);

	if (!statement)
		return -1;
	address_text(&flow->group, group);
	bind_text(statement, 1, service);
	bind_text(statement, 2, group);
	if (flow->source.family) {
		address_text(&flow->source, source);
		bind_text(statement, 3, source);
	}
	bind_text(statement, 4, flow->device);
	sqlite3_bind_int(statement, 5, flow->mtk_port);
	sqlite3_bind_int64(statement, 6, flow->key_group);
	sqlite3_bind_int(statement, 7, flow->rtcp_port);
	return store_write(store, statement, NULL, fault);
}

int service_insert(struct store *store, const struct service_record *service,
		   struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store,
		"INSERT INTO service"
		" (id, format, confidentiality, integrity, uicc, open, suite,"
		" roc_rate) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
		" ON CONFLICT DO NOTHING",
		fault);
	unsigned int i;
	int changes;

	if (!statement)
		return -1;
	bind_text(statement, 1, service->id);
	sqlite3_bind_int(statement, 2, service->format);
	sqlite3_bind_int(statement, 3, service->confidentiality);
	sqlite3_bind_int(statement, 4, service->integrity);
	sqlite3_bind_int(statement, 5, service->uicc);
	sqlite3_bind_int(statement, 6, service->open);
	sqlite3_bind_int(statement, 7, service->srtp.suite);
	sqlite3_bind_int(statement, 8, service->srtp.roc_rate);
	if (store_write(store, statement, &changes, fault))
		return -1;
	if (!changes)
		return fault_set(fault, FAULT_STATE,
				 "service %.100s is there already",
				 service->id);
	for (i = 0; i < service->flow_count; i++)
		if (flow_insert(store, service->id, &service->flows[i], fault))
			return -1;
	return 0;
}

static int delete_rows(struct store *store, sqlite3_stmt *statement,
		       const char *id, struct fault *fault)
{
	if (!statement)
		return -1;
	bind_text(statement, 1, id);
	return store_write(store, statement, NULL, fault);
}

int service_delete(struct store *store, const char *id, struct fault *fault)
{
	if (delete_rows(store,
			store_statement(
				store,
				"DELETE FROM service_flow WHERE service = ?",
				fault),
			id, fault))
		return -1;
	if (delete_rows(store,
			store_statement(
				store,
				"DELETE FROM service_user WHERE service = ?",
				fault),
			id, fault))
		return -1;
	return delete_rows(store,
			   store_statement(store,
					   "DELETE FROM service WHERE id = ?",
					   fault),
			   id, fault);
}

static int flow_column(sqlite3_stmt *row, struct service_flow *flow,
		       struct fault *fault)
{
	const char *source = (const char *)sqlite3_column_text(row, 2);

	*flow = (struct service_flow){
		.id = sqlite3_column_int64(row, 0),
		.mtk_port = (uint16_t)sqlite3_column_int(row, 4),
		.key_group = sqlite3_column_int64(row, 5),
		.rtcp_port = (uint16_t)sqlite3_column_int(row, 6),
	};
	snprintf(flow->device, sizeof(flow->device), "%s",
		 store_column_text(row, 3));
	if (address_parse(store_column_text(row, 1), 0, &flow->group, fault))
		return -1;
	return source ? address_parse(source, 0, &flow->source, fault) : 0;
}

static int flows_read(struct store *store, struct service_record *service,
		      struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store,
		"SELECT id, address, source, device, mtk_port, key_group,"
		" rtcp_port FROM service_flow WHERE service = ? ORDER BY id",
		fault);
	int got;

	if (!statement)
		return -1;
	bind_text(statement, 1, service->id);
	service->flow_count = 0;
	while ((got = store_row(store, statement, fault)) == 1) {
		if (service->flow_count == SERVICE_FLOWS_MAX)
			break;
		if (flow_column(statement, &service->flows[service->flow_count],
				fault))
			break;
		service->flow_count++;
	}
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	if (got == 1)
		return fault_set(fault, FAULT_MALFORMED,
				 "flows of service %.80s are not readable",
				 service->id);
	return got;
}

static void service_column(sqlite3_stmt *row, struct service_record *service)
{
	*service = (struct service_record){
		.format = (enum service_format)sqlite3_column_int(row, 1),
		.confidentiality = sqlite3_column_int(row, 2) != 0,
		.integrity = sqlite3_column_int(row, 3) != 0,
		.uicc = sqlite3_column_int(row, 4) != 0,
		.open = sqlite3_column_int(row, 5) != 0,
		.srtp = { (uint16_t)sqlite3_column_int(row, 6),
			  (uint16_t)sqlite3_column_int(row, 7) },
	};
	snprintf(service->id, sizeof(service->id), "%s",
		 store_column_text(row, 0));
}

int service_read(struct store *store, const char *id,
		 struct service_record *service, struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store,
		"SELECT id, format, confidentiality, integrity, uicc, open,"
		" suite, roc_rate FROM service WHERE id = ?",
		fault);
	int got;

	if (!statement)
		return -1;
	bind_text(statement, 1, id);
	got = store_row(store, statement, fault);
	if (got < 0)
		return -1;
	if (!got)
		return fault_set(fault, FAULT_UNKNOWN,
				 "there is no service %.100s", id);
	service_column(statement, service);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return flows_read(store, service, fault);
}

int service_each(struct store *store, service_callback callback, void *argument,
		 struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store,
		"SELECT id, format, confidentiality, integrity, uicc, open,"
		" suite, roc_rate FROM service ORDER BY id",
		fault);
	struct service_record service;
	int got;

	if (!statement)
		return -1;
	while ((got = store_row(store, statement, fault)) == 1) {
		service_column(statement, &service);
		if (flows_read(store, &service, fault) ||
		    callback(argument, &service, fault)) {
			sqlite3_reset(statement);
			return -1;
		}
	}
	return got;
}

/* ---- Permissions ---- */

static int user_write(struct store *store, sqlite3_stmt *statement,
		      const char *id, const char *impi, struct fault *fault)
{
	if (!statement)
		return -1;
	bind_text(statement, 1, id);
	bind_text(statement, 2, impi);
	return store_write(store, statement, NULL, fault);
}

int service_allow(struct store *store, const char *id, const char *impi,
		  struct fault *fault)
{
	return user_write(
		store,
		store_statement(store,
				"INSERT INTO service_user (service, impi)"
				" VALUES (?, ?) ON CONFLICT DO NOTHING",
				fault),
		id, impi, fault);
}

int service_forbid(struct store *store, const char *id, const char *impi,
		   struct fault *fault)
{
	return user_write(store,
			  store_statement(store,
					  "DELETE FROM service_user"
					  " WHERE service = ? AND impi = ?",
					  fault),
			  id, impi, fault);
}

int service_allows(struct store *store, const char *id, const char *impi,
		   struct fault *fault)
{
	sqlite3_stmt *statement =
		store_statement(store,
				"SELECT 1 FROM service_user"
				" WHERE service = ? AND impi = ?",
				fault);
	int got;

	if (!statement)
		return -1;
	bind_text(statement, 1, id);
	bind_text(statement, 2, impi);
	got = store_row(store, statement, fault);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return got;
}
