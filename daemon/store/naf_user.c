// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "naf_user.h"

static const char *const migrations[] = {
	"CREATE TABLE naf_user ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" impi TEXT NOT NULL UNIQUE,"
	" btid TEXT NOT NULL,"
	" muk BLOB NOT NULL,"
	" mrk BLOB NOT NULL,"
	" gba_u INTEGER NOT NULL,"
	" expires INTEGER NOT NULL,"
	" lease INTEGER NOT NULL,"
	" address TEXT);"
	"CREATE TABLE naf_retired ("
	" btid TEXT PRIMARY KEY NOT NULL,"
	" lease INTEGER NOT NULL,"
	" expires INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE naf_member ("
	" user INTEGER NOT NULL,"
	" key_group INTEGER NOT NULL,"
	" state INTEGER NOT NULL,"
	" sent INTEGER NOT NULL,"
	" barred INTEGER NOT NULL,"
	" PRIMARY KEY (user, key_group)) WITHOUT ROWID;",
};

const struct store_component naf_user_component = {
	.name = "naf-user",
	.migrations = migrations,
	.count = sizeof(migrations) / sizeof(migrations[0]),
};

#define CONTEXT_SIZE (IMPI_TEXT_SIZE + 16)

static void key_context(const char *impi, const char *column,
			char context[CONTEXT_SIZE])
{
	snprintf(context, CONTEXT_SIZE, "naf_user %s %s", impi, column);
}

static void bind_text(sqlite3_stmt *statement, int index, const char *text)
{
	sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

static void bind_address(sqlite3_stmt *statement, int index,
			 const union address *address)
{
	char text[ADDRESS_TEXT_SIZE];

	if (!address->family)
		return;
	address_text(address, text);
	sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
}

static int user_id(struct store *store, const char *impi, int64_t *id,
		   struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store, "SELECT id FROM naf_user WHERE impi = ?", fault);
	int got;

	if (!statement)
		return -1;
	bind_text(statement, 1, impi);
	got = store_row(store, statement, fault);
	if (got == 1)
		*id = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return got == 1 ? 0 : -1;
}

int naf_user_put(struct store *store, struct naf_user *user,
		 struct fault *fault)
{
	char context[CONTEXT_SIZE];
	sqlite3_stmt *statement = store_statement(
		store,
		"INSERT INTO naf_user"
		" (impi, btid, muk, mrk, gba_u, expires, lease, address)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (impi)"
		" DO UPDATE SET btid = excluded.btid, muk = excluded.muk,"
		" mrk = excluded.mrk, gba_u = excluded.gba_u,"
		" expires = excluded.expires, lease = excluded.lease,"
		" address = excluded.address",
		fault);

	if (!statement)
		return -1;
	bind_text(statement, 1, user->impi);
	bind_text(statement, 2, user->btid);
	key_context(user->impi, "muk", context);
	if (store_bind_secret(store, statement, 3, context, &user->muk, fault))
		return -1;
	key_context(user->impi, "mrk", context);
	if (store_bind_secret(store, statement, 4, context, &user->mrk, fault))
		return -1;
	sqlite3_bind_int(statement, 5, user->gba_u);
	sqlite3_bind_int64(statement, 6, user->expires);
	sqlite3_bind_int64(statement, 7, user->lease);
	bind_address(statement, 8, &user->address);
	if (store_write(store, statement, NULL, fault))
		return -1;
	return user_id(store, user->impi, &user->id, fault);
}

int naf_user_lease_set(struct store *store, int64_t id, uint32_t lease,
		       struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store, "UPDATE naf_user SET lease = ? WHERE id = ?", fault);

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, lease);
	sqlite3_bind_int64(statement, 2, id);
	return store_write(store, statement, NULL, fault);
}

int naf_user_retire(struct store *store, int64_t id, struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store,
		"INSERT OR REPLACE INTO naf_retired (btid, lease, expires)"
		" SELECT btid, lease, expires FROM naf_user WHERE id = ?",
		fault);

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, id);
	return store_write(store, statement, NULL, fault);
}

int naf_user_retired(struct store *store, const char *btid, uint32_t *lease,
		     struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store, "SELECT lease FROM naf_retired WHERE btid = ?", fault);
	int got;

	*lease = 0;
	if (!statement)
		return -1;
	bind_text(statement, 1, btid);
	got = store_row(store, statement, fault);
	if (got == 1)
		*lease = (uint32_t)sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return got < 0 ? -1 : 0;
}

int naf_user_retired_forget(struct store *store, int64_t time,
			    struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store, "DELETE FROM naf_retired WHERE expires < ?", fault);

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, time);
	return store_write(store, statement, NULL, fault);
}

int naf_user_address_set(struct store *store, int64_t id,
			 const union address *address, struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store, "UPDATE naf_user SET address = ? WHERE id = ?", fault);

	if (!statement)
		return -1;
	bind_address(statement, 1, address);
	sqlite3_bind_int64(statement, 2, id);
	return store_write(store, statement, NULL, fault);
}

static int rows_delete(struct store *store, sqlite3_stmt *statement, int64_t id,
		       struct fault *fault)
{
	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, id);
	return store_write(store, statement, NULL, fault);
}

int naf_user_delete(struct store *store, int64_t id, struct fault *fault)
{
	if (rows_delete(store,
			store_statement(store,
					"DELETE FROM naf_member WHERE user = ?",
					fault),
			id, fault))
		return -1;
	return rows_delete(store,
			   store_statement(store,
					   "DELETE FROM naf_user WHERE id = ?",
					   fault),
			   id, fault);
}

static int user_column(struct store *store, sqlite3_stmt *row,
		       struct naf_user *user, struct fault *fault)
{
	const char *address = (const char *)sqlite3_column_text(row, 8);
	char context[CONTEXT_SIZE];

	*user = (struct naf_user){
		.id = sqlite3_column_int64(row, 0),
		.gba_u = sqlite3_column_int(row, 5) != 0,
		.expires = sqlite3_column_int64(row, 6),
		.lease = (uint32_t)sqlite3_column_int64(row, 7),
	};
	snprintf(user->impi, sizeof(user->impi), "%s",
		 store_column_text(row, 1));
	snprintf(user->btid, sizeof(user->btid), "%s",
		 store_column_text(row, 2));
	if (address && address_parse(address, 0, &user->address, fault))
		return -1;
	key_context(user->impi, "muk", context);
	if (store_column_secret(store, row, 3, context, &user->muk, fault))
		return -1;
	key_context(user->impi, "mrk", context);
	if (!store_column_secret(store, row, 4, context, &user->mrk, fault))
		return 0;
	secret_clear(&user->muk);
	return -1;
}

int naf_user_read(struct store *store, int64_t id, struct naf_user *user,
		  struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store,
		"SELECT id, impi, btid, muk, mrk, gba_u, expires, lease,"
		" address FROM naf_user WHERE id = ?",
		fault);
	int got;

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, id);
	got = store_row(store, statement, fault);
	if (got == 1 && user_column(store, statement, user, fault))
		got = -1;
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	if (!got)
		return fault_set(fault, FAULT_UNKNOWN,
				 "there is no UE with the row %lld",
				 (long long)id);
	return got == 1 ? 0 : -1;
}

int naf_user_each(struct store *store, naf_user_callback callback,
		  void *argument, struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store,
		"SELECT id, impi, btid, muk, mrk, gba_u, expires, lease,"
		" address FROM naf_user ORDER BY id",
		fault);
	struct naf_user user;
	int got, failed = 0;

	if (!statement)
		return -1;
	while ((got = store_row(store, statement, fault)) == 1 && !failed) {
		failed = user_column(store, statement, &user, fault);
		if (!failed) {
			failed = callback(argument, &user, fault);
			secret_clear(&user.muk);
			secret_clear(&user.mrk);
		}
		if (failed)
			break;
	}
	sqlite3_reset(statement);
	return failed || got < 0 ? -1 : 0;
}

/* ---- Memberships ---- */

int naf_member_put(struct store *store, const struct naf_member *member,
		   struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store,
		"INSERT INTO naf_member (user, key_group, state, sent, barred)"
		" VALUES (?, ?, ?, ?, ?) ON CONFLICT (user, key_group)"
		" DO UPDATE SET state = excluded.state, sent = excluded.sent,"
		" barred = excluded.barred",
		fault);

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, member->user);
	sqlite3_bind_int64(statement, 2, member->key_group);
	sqlite3_bind_int(statement, 3, member->member.state);
	sqlite3_bind_int64(statement, 4, member->member.sent);
	sqlite3_bind_int64(statement, 5, member->member.barred);
	return store_write(store, statement, NULL, fault);
}

int naf_member_delete(struct store *store, int64_t key_group,
		      struct fault *fault)
{
	return rows_delete(
		store,
		store_statement(store,
				"DELETE FROM naf_member WHERE key_group = ?",
				fault),
		key_group, fault);
}

static void member_column(sqlite3_stmt *row, struct naf_member *member)
{
	*member = (struct naf_member){
		.user = sqlite3_column_int64(row, 0),
		.key_group = sqlite3_column_int64(row, 1),
		.member = {
			.state = (enum member_state)sqlite3_column_int(row, 2),
			.sent = (uint32_t)sqlite3_column_int64(row, 3),
			.barred = (uint32_t)sqlite3_column_int64(row, 4),
		},
	};
}

int naf_member_each(struct store *store, int64_t user,
		    naf_member_callback callback, void *argument,
		    struct fault *fault)
{
	sqlite3_stmt *statement =
		user ? store_statement(store,
				       "SELECT user, key_group, state, sent,"
				       " barred FROM naf_member WHERE user = ?",
				       fault) :
		       store_statement(store,
				       "SELECT user, key_group, state, sent,"
				       " barred FROM naf_member ORDER BY user",
				       fault);
	struct naf_member member;
	int got, failed = 0;

	if (!statement)
		return -1;
	if (user)
		sqlite3_bind_int64(statement, 1, user);
	while ((got = store_row(store, statement, fault)) == 1) {
		member_column(statement, &member);
		failed = callback(argument, &member, fault);
		if (failed)
			break;
	}
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return failed || got < 0 ? -1 : 0;
}
