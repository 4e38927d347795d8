// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "store/usim.h"

#define SQN_OCTETS (8 * AKA_IND_COUNT)

static const char *const migrations[] = {
	"CREATE TABLE usim ("
	" imsi TEXT PRIMARY KEY,"
	" mnc_digits INTEGER NOT NULL,"
	" k BLOB NOT NULL,"
	" opc BLOB NOT NULL,"
	" sqn BLOB,"
	" btid TEXT,"
	" ks BLOB,"
	" expires INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;",
};

const struct store_component usim_store = {
	.name = "usim",
	.migrations = migrations,
	.count = sizeof(migrations) / sizeof(*migrations),
};

/* "usim" IMSI column: at most 4 + 1 + 15 + 1 + 3. */
static void context_of(char context[48], const char *imsi, const char *column)
{
	snprintf(context, 48, "usim %.15s %s", imsi, column);
}

int usim_put(struct store *store, const char *imsi, unsigned int mnc_digits,
	     const struct milenage *keys, struct fault *fault)
{
	static const char sql[] =
		"INSERT INTO usim (imsi, mnc_digits, k, opc)"
		" VALUES (?1, ?2, ?3, ?4) ON CONFLICT (imsi) DO UPDATE SET"
		" mnc_digits = ?2, k = ?3, opc = ?4";
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	char context[48];

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 2, (int)mnc_digits);
	context_of(context, imsi, "k");
	if (store_bind_secret(store, statement, 3, context, &keys->k, fault))
		return -1;
	context_of(context, imsi, "opc");
	if (store_bind_secret(store, statement, 4, context, &keys->opc, fault))
		return -1;
	return store_write(store, statement, NULL, fault);
}

int usim_delete(struct store *store, const char *imsi, struct fault *fault)
{
	static const char sql[] = "DELETE FROM usim WHERE imsi = ?1";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	return store_write(store, statement, NULL, fault);
}

static int read_sqn(sqlite3_stmt *statement, int column,
		    struct aka_sqn_array *sqn, struct fault *fault)
{
	const void *octets = sqlite3_column_blob(statement, column);
	struct reader reader;
	size_t i;

	*sqn = (struct aka_sqn_array){ 0 };
	if (!octets)
		return 0;
	reader_init(&reader, octets,
		    (size_t)sqlite3_column_bytes(statement, column));
	for (i = 0; i < AKA_IND_COUNT; i++)
		sqn->seq[i] = reader_u64(&reader);
	return reader_end(&reader, "sqn of the USIM", fault);
}

static int read_keys(struct store *store, sqlite3_stmt *statement,
		     const char *imsi, struct milenage *keys,
		     struct fault *fault)
{
	char context[48];

	context_of(context, imsi, "k");
	if (store_column_secret(store, statement, 0, context, &keys->k, fault))
		return -1;
	context_of(context, imsi, "opc");
	return store_column_secret(store, statement, 1, context, &keys->opc,
				   fault);
}

int usim_get(struct store *store, const char *imsi, struct milenage *keys,
	     struct aka_sqn_array *sqn, struct fault *fault)
{
	static const char sql[] =
		"SELECT k, opc, sqn FROM usim WHERE imsi = ?1";
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	int result;

	*keys = (struct milenage){ 0 };
	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	result = store_row(store, statement, fault);
	if (result > 0)
		result = read_keys(store, statement, imsi, keys, fault) ||
					 read_sqn(statement, 2, sqn, fault) ?
				 -1 :
				 0;
	else if (!result)
		result = fault_set(fault, FAULT_UNKNOWN,
				   "there is no USIM with IMSI %s", imsi);
	sqlite3_reset(statement);
	if (result)
		milenage_clear(keys);
	return result;
}

int usim_sqn_put(struct store *store, const char *imsi,
		 const struct aka_sqn_array *sqn, struct fault *fault)
{
	static const char sql[] = "UPDATE usim SET sqn = ?2 WHERE imsi = ?1";
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	uint8_t octets[SQN_OCTETS];
	struct writer writer;
	size_t i;

	if (!statement)
		return -1;
	writer_init(&writer, octets, sizeof(octets));
	for (i = 0; i < AKA_IND_COUNT; i++)
		writer_u64(&writer, sqn->seq[i]);
	sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 2, octets, sizeof(octets), SQLITE_STATIC);
	return store_write(store, statement, NULL, fault);
}

int usim_each(struct store *store, const char *imsi,
	      int (*callback)(void *argument, const struct usim_row *row,
			      struct fault *fault),
	      void *argument, struct fault *fault)
{
	static const char all[] =
		"SELECT imsi, mnc_digits, btid, expires FROM usim"
		" ORDER BY imsi";
	static const char one[] =
		"SELECT imsi, mnc_digits, btid, expires FROM usim"
		" WHERE imsi = ?1";
	sqlite3_stmt *statement =
		store_statement(store, imsi ? one : all, fault);
	struct usim_row row;
	int more;

	if (!statement)
		return -1;
	if (imsi)
		sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	while ((more = store_row(store, statement, fault)) > 0) {
		row.imsi = (const char *)sqlite3_column_text(statement, 0);
		row.mnc_digits = (unsigned int)sqlite3_column_int(statement, 1);
		row.btid = (const char *)sqlite3_column_text(statement, 2);
		row.expires = sqlite3_column_int64(statement, 3);
		if (row.imsi)
			more = callback(argument, &row, fault);
		else
			more = fault_set(fault, FAULT_MEMORY,
					 "no memory for a row of usim");
		if (more)
			break;
	}
	sqlite3_reset(statement);
	return more;
}

int usim_bootstrap_put(struct store *store, const char *imsi, const char *btid,
		       int64_t expires, const struct secret *ks,
		       struct fault *fault)
{
	static const char sql[] =
		"UPDATE usim SET btid = ?2, expires = ?3, ks = ?4"
		" WHERE imsi = ?1";
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	char context[48];

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, btid, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, expires);
	context_of(context, imsi, "ks");
	if (store_bind_secret(store, statement, 4, context, ks, fault))
		return -1;
	return store_write(store, statement, NULL, fault);
}

int usim_bootstrap_get(struct store *store, const char *imsi, struct secret *ks,
		       struct fault *fault)
{
	static const char sql[] =
		"SELECT ks FROM usim WHERE imsi = ?1 AND ks IS NOT NULL";
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	char context[48];
	int result;

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	result = store_row(store, statement, fault);
	context_of(context, imsi, "ks");
	if (result > 0)
		result = store_column_secret(store, statement, 0, context, ks,
					     fault);
	else if (!result)
		result = fault_set(fault, FAULT_UNKNOWN,
				   "the USIM %s is not bootstrapped", imsi);
	sqlite3_reset(statement);
	return result;
}

int usim_bootstrap_delete(struct store *store, const char *imsi,
			  struct fault *fault)
{
	static const char sql[] =
		"UPDATE usim SET btid = NULL, expires = 0, ks = NULL"
		" WHERE imsi = ?1";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	return store_write(store, statement, NULL, fault);
}
