// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "store/ue_keys.h"

#define CONTEXT_SIZE 640

static const char *const migrations[] = {
	"CREATE TABLE ue_muk ("
	" imsi TEXT NOT NULL,"
	" naf TEXT NOT NULL,"
	" btid TEXT NOT NULL,"
	" muk BLOB NOT NULL,"
	" counter INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" PRIMARY KEY (imsi, naf)) WITHOUT ROWID;"
	"CREATE TABLE ue_msk ("
	" imsi TEXT NOT NULL,"
	" domain BLOB NOT NULL,"
	" msk_id INTEGER NOT NULL,"
	" msk BLOB NOT NULL,"
	" rand BLOB,"
	" csb_id INTEGER NOT NULL,"
	" counter INTEGER NOT NULL,"
	" low INTEGER NOT NULL,"
	" high INTEGER NOT NULL,"
	" age INTEGER NOT NULL,"
	" PRIMARY KEY (imsi, domain, msk_id)) WITHOUT ROWID;"
	"CREATE TABLE ue_mtk ("
	" number INTEGER PRIMARY KEY,"
	" service TEXT NOT NULL,"
	" domain BLOB NOT NULL,"
	" msk_id INTEGER NOT NULL,"
	" mtk_id INTEGER NOT NULL,"
	" mtk BLOB NOT NULL,"
	" UNIQUE (service, domain, msk_id, mtk_id));",
	"ALTER TABLE ue_mtk ADD COLUMN salt BLOB;",
};

const struct store_component ue_keys_store = {
	.name = "ue-keys",
	.migrations = migrations,
	.count = sizeof(migrations) / sizeof(*migrations),
};

static void bind_ref(sqlite3_stmt *statement, int index,
		     const struct msk_ref *ref)
{
	sqlite3_bind_blob(statement, index, ref->domain.octets,
			  KEY_DOMAIN_ID_SIZE, SQLITE_STATIC);
	sqlite3_bind_int64(statement, index + 1, ref->msk_id);
}

static int read_ref(sqlite3_stmt *statement, int column, struct msk_ref *ref,
		    struct fault *fault)
{
	const void *domain = sqlite3_column_blob(statement, column);

	if (!domain ||
	    sqlite3_column_bytes(statement, column) != KEY_DOMAIN_ID_SIZE)
		return fault_set(fault, FAULT_MALFORMED,
				 "Key Domain ID of a stored key has not %d "
				 "octets",
				 KEY_DOMAIN_ID_SIZE);
	memcpy(ref->domain.octets, domain, KEY_DOMAIN_ID_SIZE);
	ref->msk_id = (uint32_t)sqlite3_column_int64(statement, column + 1);
	return 0;
}

/* ---- MUK ---- */

static void muk_context(char context[CONTEXT_SIZE],
			const struct ue_muk_row *row)
{
	snprintf(context, CONTEXT_SIZE, "ue_muk %s %s %s", row->imsi, row->naf,
		 row->btid);
}

int ue_muk_put(struct store *store, const struct ue_muk_row *row,
	       struct fault *fault)
{
	static const char sql[] =
		"INSERT INTO ue_muk (imsi, naf, btid, muk, counter, expires)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (imsi, naf)"
		" DO UPDATE SET btid = ?3, muk = ?4, counter = ?5,"
		" expires = ?6";
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	char context[CONTEXT_SIZE];

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, row->imsi, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, row->naf, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 3, row->btid, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 5, row->counter);
	sqlite3_bind_int64(statement, 6, row->expires);
	muk_context(context, row);
	if (store_bind_secret(store, statement, 4, context, row->muk, fault))
		return -1;
	return store_write(store, statement, NULL, fault);
}

int ue_muk_counter_put(struct store *store, const char *imsi, const char *naf,
		       uint32_t counter, struct fault *fault)
{
	static const char sql[] = "UPDATE ue_muk SET counter = ?3"
				  " WHERE imsi = ?1 AND naf = ?2";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, naf, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 3, counter);
	return store_write(store, statement, NULL, fault);
}

int ue_muk_each(struct store *store, const char *imsi,
		int (*callback)(void *argument, const struct ue_muk_row *row,
				struct fault *fault),
		void *argument, struct fault *fault)
{
	static const char all[] =
		"SELECT imsi, naf, btid, muk, counter, expires FROM ue_muk"
		" ORDER BY imsi";
	static const char one[] =
		"SELECT imsi, naf, btid, muk, counter, expires FROM ue_muk"
		" WHERE imsi = ?1";
	sqlite3_stmt *statement =
		store_statement(store, imsi ? one : all, fault);
	struct secret muk = { 0 };
	struct ue_muk_row row;
	char context[CONTEXT_SIZE];
	int more;

	if (!statement)
		return -1;
	if (imsi)
		sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	while ((more = store_row(store, statement, fault)) > 0) {
		row.imsi = store_column_text(statement, 0);
		row.naf = store_column_text(statement, 1);
		row.btid = store_column_text(statement, 2);
		row.counter = (uint32_t)sqlite3_column_int64(statement, 4);
		row.expires = sqlite3_column_int64(statement, 5);
		row.muk = &muk;
		muk_context(context, &row);
		more = store_column_secret(store, statement, 3, context, &muk,
					   fault);
		if (!more)
			more = callback(argument, &row, fault);
		secret_clear(&muk);
		if (more)
			break;
	}
	sqlite3_reset(statement);
	return more;
}

/* ---- MSK ---- */

static void msk_context(char context[CONTEXT_SIZE],
			const struct ue_msk_row *row)
{
	const uint8_t *domain = row->ref.domain.octets;

	snprintf(context, CONTEXT_SIZE, "ue_msk %s %02x%02x%02x %08x",
		 row->imsi, domain[0], domain[1], domain[2], row->ref.msk_id);
}

int ue_msk_put(struct store *store, const struct ue_msk_row *row,
	       struct fault *fault)
{
	static const char sql[] =
		"INSERT OR REPLACE INTO ue_msk (imsi, domain, msk_id, msk,"
		" rand, csb_id, counter, low, high, age)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	char context[CONTEXT_SIZE];

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, row->imsi, -1, SQLITE_STATIC);
	bind_ref(statement, 2, &row->ref);
	sqlite3_bind_blob64(statement, 5, row->rand, row->rand_size,
			    SQLITE_STATIC);
	sqlite3_bind_int64(statement, 6, row->csb_id);
	sqlite3_bind_int64(statement, 7, row->counter);
	sqlite3_bind_int64(statement, 8, row->low);
	sqlite3_bind_int64(statement, 9, row->high);
	sqlite3_bind_int64(statement, 10, row->age);
	msk_context(context, row);
	if (store_bind_secret(store, statement, 4, context, row->msk, fault))
		return -1;
	return store_write(store, statement, NULL, fault);
}

int ue_msk_state_put(struct store *store, const char *imsi,
		     const struct msk_ref *ref, uint32_t counter, uint16_t low,
		     struct fault *fault)
{
	static const char sql[] =
		"UPDATE ue_msk SET counter = ?4, low = ?5"
		" WHERE imsi = ?1 AND domain = ?2 AND msk_id = ?3";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	bind_ref(statement, 2, ref);
	sqlite3_bind_int64(statement, 4, counter);
	sqlite3_bind_int64(statement, 5, low);
	return store_write(store, statement, NULL, fault);
}

int ue_msk_delete(struct store *store, const char *imsi,
		  const struct msk_ref *ref, struct fault *fault)
{
	static const char sql[] =
		"DELETE FROM ue_msk"
		" WHERE imsi = ?1 AND domain = ?2 AND msk_id = ?3";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	bind_ref(statement, 2, ref);
	return store_write(store, statement, NULL, fault);
}

static int read_msk(struct store *store, sqlite3_stmt *statement,
		    struct ue_msk_row *row, struct secret *msk,
		    struct fault *fault)
{
	char context[CONTEXT_SIZE];

	row->imsi = store_column_text(statement, 0);
	if (read_ref(statement, 1, &row->ref, fault))
		return -1;
	row->rand = sqlite3_column_blob(statement, 4);
	row->rand_size = (size_t)sqlite3_column_bytes(statement, 4);
	row->csb_id = (uint32_t)sqlite3_column_int64(statement, 5);
	row->counter = (uint32_t)sqlite3_column_int64(statement, 6);
	row->low = (uint16_t)sqlite3_column_int(statement, 7);
	row->high = (uint16_t)sqlite3_column_int(statement, 8);
	row->age = sqlite3_column_int64(statement, 9);
	row->msk = msk;
	msk_context(context, row);
	return store_column_secret(store, statement, 3, context, msk, fault);
}

#define MSK_COLUMNS \
	"imsi, domain, msk_id, msk, rand, csb_id, counter, low, high, age"

int ue_msk_each(struct store *store, const char *imsi,
		int (*callback)(void *argument, const struct ue_msk_row *row,
				struct fault *fault),
		void *argument, struct fault *fault)
{
	static const char all[] = "SELECT " MSK_COLUMNS
				  " FROM ue_msk ORDER BY imsi, age";
	static const char one[] = "SELECT " MSK_COLUMNS " FROM ue_msk"
				  " WHERE imsi = ?1 ORDER BY age";
	sqlite3_stmt *statement =
		store_statement(store, imsi ? one : all, fault);
	struct secret msk = { 0 };
	struct ue_msk_row row;
	int more;

	if (!statement)
		return -1;
	if (imsi)
		sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	while ((more = store_row(store, statement, fault)) > 0) {
		more = read_msk(store, statement, &row, &msk, fault);
		if (!more)
			more = callback(argument, &row, fault);
		secret_clear(&msk);
		if (more)
			break;
	}
	sqlite3_reset(statement);
	return more;
}

int ue_keys_delete(struct store *store, const char *imsi, struct fault *fault)
{
	static const char muks[] = "DELETE FROM ue_muk WHERE imsi = ?1";
	static const char msks[] = "DELETE FROM ue_msk WHERE imsi = ?1";
	sqlite3_stmt *statement = store_statement(store, muks, fault);

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	if (store_write(store, statement, NULL, fault))
		return -1;
	statement = store_statement(store, msks, fault);
	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, imsi, -1, SQLITE_STATIC);
	return store_write(store, statement, NULL, fault);
}

/* ---- MTK ---- */

static void mtk_context(char context[CONTEXT_SIZE],
			const struct ue_mtk_row *row, const char *what)
{
	const uint8_t *domain = row->ref.domain.octets;

	snprintf(context, CONTEXT_SIZE, "ue_mtk %s %02x%02x%02x %08x %u%s",
		 row->service, domain[0], domain[1], domain[2], row->ref.msk_id,
		 row->mtk_id, what);
}

int ue_mtk_put(struct store *store, const struct ue_mtk_row *row,
	       struct fault *fault)
{
	static const char sql[] =
		"INSERT INTO ue_mtk (service, domain, msk_id, mtk_id, mtk,"
		" salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
		" ON CONFLICT (service, domain, msk_id, mtk_id)"
		" DO UPDATE SET mtk = ?5, salt = ?6";
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	char context[CONTEXT_SIZE];

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, row->service, -1, SQLITE_STATIC);
	bind_ref(statement, 2, &row->ref);
	sqlite3_bind_int(statement, 4, row->mtk_id);
	mtk_context(context, row, "");
	if (store_bind_secret(store, statement, 5, context, row->mtk, fault))
		return -1;
	mtk_context(context, row, " salt");
	if (row->salt && row->salt->size &&
	    store_bind_secret(store, statement, 6, context, row->salt, fault))
		return -1;
	return store_write(store, statement, NULL, fault);
}

int ue_mtk_delete(struct store *store, const char *service,
		  const struct msk_ref *ref, uint16_t mtk_id,
		  struct fault *fault)
{
	static const char sql[] =
		"DELETE FROM ue_mtk WHERE service = ?1 AND domain = ?2"
		" AND msk_id = ?3 AND mtk_id = ?4";
	sqlite3_stmt *statement = store_statement(store, sql, fault);

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, service, -1, SQLITE_STATIC);
	bind_ref(statement, 2, ref);
	sqlite3_bind_int(statement, 4, mtk_id);
	return store_write(store, statement, NULL, fault);
}

/* MTKs of earlier versions have no salt. */
static int read_mtk(struct store *store, sqlite3_stmt *statement,
		    struct ue_mtk_row *row, struct secret *mtk,
		    struct secret *salt, struct fault *fault)
{
	char context[CONTEXT_SIZE];

	row->service = store_column_text(statement, 0);
	row->mtk_id = (uint16_t)sqlite3_column_int(statement, 3);
	row->mtk = mtk;
	row->salt = salt;
	if (read_ref(statement, 1, &row->ref, fault))
		return -1;
	mtk_context(context, row, "");
	if (store_column_secret(store, statement, 4, context, mtk, fault))
		return -1;
	if (sqlite3_column_type(statement, 5) == SQLITE_NULL)
		return 0;
	mtk_context(context, row, " salt");
	return store_column_secret(store, statement, 5, context, salt, fault);
}

int ue_mtk_each(struct store *store,
		int (*callback)(void *argument, const struct ue_mtk_row *row,
				struct fault *fault),
		void *argument, struct fault *fault)
{
	static const char sql[] =
		"SELECT service, domain, msk_id, mtk_id, mtk, salt FROM ue_mtk"
		" ORDER BY number";
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	struct secret mtk = { 0 }, salt = { 0 };
	struct ue_mtk_row row;
	int more;

	if (!statement)
		return -1;
	while ((more = store_row(store, statement, fault)) > 0) {
		more = read_mtk(store, statement, &row, &mtk, &salt, fault);
		if (!more)
			more = callback(argument, &row, fault);
		secret_clear(&mtk);
		secret_clear(&salt);
		if (more)
			break;
	}
	sqlite3_reset(statement);
	return more;
}
