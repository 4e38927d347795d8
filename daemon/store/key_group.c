// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "key_group.h"

static const char *const migrations[] = {
	"CREATE TABLE key_group ("
	" id INTEGER PRIMARY KEY,"
	" domain BLOB NOT NULL,"
	" number INTEGER NOT NULL,"
	" policy BLOB NOT NULL,"
	" life BLOB NOT NULL,"
	" UNIQUE (domain, number));"
	"CREATE TABLE msk ("
	" key_group INTEGER NOT NULL,"
	" msk_id INTEGER NOT NULL,"
	" csb_id INTEGER NOT NULL,"
	" rand BLOB NOT NULL,"
	" msk BLOB NOT NULL,"
	" lease INTEGER NOT NULL,"
	" PRIMARY KEY (key_group, msk_id)) WITHOUT ROWID;",
};

const struct store_component key_group_component = {
	.name = "key-group",
	.migrations = migrations,
	.count = sizeof(migrations) / sizeof(migrations[0]),
};

/* ---- Policy and life as octets, with a version in front ---- */

#define FORM_VERSION 1
#define FORM_SIZE_MAX 256

static void policy_write(struct writer *writer,
			 const struct keylife_policy *policy)
{
	writer_u8(writer, FORM_VERSION);
	writer_u64(writer, (uint64_t)policy->msk_lifetime);
	writer_u64(writer, (uint64_t)policy->msk_lead);
	writer_u64(writer, (uint64_t)policy->msk_overlap);
	writer_u64(writer, (uint64_t)policy->mtk_lifetime);
	writer_u64(writer, (uint64_t)policy->mtk_lead);
	writer_u64(writer, (uint64_t)policy->mtk_overlap);
	writer_u64(writer, (uint64_t)policy->mtk_repeat);
	writer_u64(writer, (uint64_t)policy->batch);
	writer_u16(writer, policy->mtk_count);
}

static int policy_read(struct reader *reader, struct keylife_policy *policy,
		       struct fault *fault)
{
	if (reader_u8(reader) != FORM_VERSION)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "stored policy of a key group has an unknown "
				 "form");
	policy->msk_lifetime = (int64_t)reader_u64(reader);
	policy->msk_lead = (int64_t)reader_u64(reader);
	policy->msk_overlap = (int64_t)reader_u64(reader);
	policy->mtk_lifetime = (int64_t)reader_u64(reader);
	policy->mtk_lead = (int64_t)reader_u64(reader);
	policy->mtk_overlap = (int64_t)reader_u64(reader);
	policy->mtk_repeat = (int64_t)reader_u64(reader);
	policy->batch = (int64_t)reader_u64(reader);
	policy->mtk_count = reader_u16(reader);
	if (reader_end(reader, "stored policy of a key group", fault))
		return -1;
	return keylife_policy_check(policy, fault);
}

static void life_msk_write(struct writer *writer, const struct keylife_msk *msk)
{
	writer_u32(writer, msk->msk_id);
	writer_u16(writer, msk->last_mtk);
	writer_u16(writer, msk->high);
	writer_u8(writer, msk->hurry);
	writer_u8(writer, msk->pushed);
	writer_u64(writer, (uint64_t)msk->until);
}

static void life_msk_read(struct reader *reader, struct keylife_msk *msk)
{
	msk->msk_id = reader_u32(reader);
	msk->last_mtk = reader_u16(reader);
	msk->high = reader_u16(reader);
	msk->hurry = reader_u8(reader) != 0;
	msk->pushed = reader_u8(reader) != 0;
	msk->until = (int64_t)reader_u64(reader);
}

static void life_mtk_write(struct writer *writer, const struct keylife_mtk *mtk)
{
	writer_u32(writer, mtk->msk_id);
	writer_u16(writer, mtk->mtk_id);
	writer_u64(writer, (uint64_t)mtk->until);
}

static void life_mtk_read(struct reader *reader, struct keylife_mtk *mtk)
{
	mtk->msk_id = reader_u32(reader);
	mtk->mtk_id = reader_u16(reader);
	mtk->until = (int64_t)reader_u64(reader);
}

static void life_write(struct writer *writer, const struct keylife *life)
{
	writer_u8(writer, FORM_VERSION);
	writer_u32(writer, life->last_msk_id);
	life_msk_write(writer, &life->old_msk);
	life_msk_write(writer, &life->msk);
	life_msk_write(writer, &life->next_msk);
	life_mtk_write(writer, &life->old_mtk);
	life_mtk_write(writer, &life->mtk);
	life_mtk_write(writer, &life->next_mtk);
	writer_u8(writer, life->rekey);
	writer_u8(writer, life->paused);
	writer_u64(writer, (uint64_t)life->batch);
	writer_u32(writer, life->batch_exposed);
	writer_u64(writer, (uint64_t)life->repeat);
	writer_u64(writer, (uint64_t)life->now);
}

static int life_read(struct reader *reader, struct keylife *life,
		     struct fault *fault)
{
	if (reader_u8(reader) != FORM_VERSION)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "stored life of a key group has an unknown "
				 "form");
	life->last_msk_id = reader_u32(reader);
	life_msk_read(reader, &life->old_msk);
	life_msk_read(reader, &life->msk);
	life_msk_read(reader, &life->next_msk);
	life_mtk_read(reader, &life->old_mtk);
	life_mtk_read(reader, &life->mtk);
	life_mtk_read(reader, &life->next_mtk);
	life->rekey = reader_u8(reader) != 0;
	life->paused = reader_u8(reader) != 0;
	life->batch = (int64_t)reader_u64(reader);
	life->batch_exposed = reader_u32(reader);
	life->repeat = (int64_t)reader_u64(reader);
	life->now = (int64_t)reader_u64(reader);
	return reader_end(reader, "stored life of a key group", fault);
}

static void bind_life(sqlite3_stmt *statement, int index,
		      const struct keylife *life)
{
	uint8_t form[FORM_SIZE_MAX];
	struct writer writer;

	writer_init(&writer, form, sizeof(form));
	life_write(&writer, life);
	sqlite3_bind_blob(statement, index, form, (int)writer.length,
			  SQLITE_TRANSIENT);
}

static struct reader column_reader(sqlite3_stmt *row, int column)
{
	struct reader reader;
	const void *blob = sqlite3_column_blob(row, column);

	reader_init(&reader, blob, (size_t)sqlite3_column_bytes(row, column));
	return reader;
}

/* ---- Groups ---- */

static int group_column(sqlite3_stmt *row, struct key_group_record *record,
			struct fault *fault)
{
	struct reader domain = column_reader(row, 1);
	struct reader policy = column_reader(row, 3);
	struct reader life = column_reader(row, 4);

	*record = (struct key_group_record){
		.id = sqlite3_column_int64(row, 0),
		.number = (uint16_t)sqlite3_column_int(row, 2),
	};
	reader_copy(&domain, record->domain.octets, KEY_DOMAIN_ID_SIZE);
	if (reader_end(&domain, "stored Key Domain ID", fault) ||
	    policy_read(&policy, &record->policy, fault))
		return -1;
	return life_read(&life, &record->life, fault);
}

/* One row, then the statement is free again. */
static int group_row(struct store *store, sqlite3_stmt *statement,
		     struct key_group_record *record, struct fault *fault)
{
	int got = store_row(store, statement, fault);

	if (got == 1 && group_column(statement, record, fault))
		got = -1;
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return got;
}

static void bind_domain(sqlite3_stmt *statement, int index,
			const struct key_domain *domain)
{
	sqlite3_bind_blob(statement, index, domain->octets, KEY_DOMAIN_ID_SIZE,
			  SQLITE_STATIC);
}

int key_group_open(struct store *store, struct key_group_record *record,
		   struct fault *fault)
{
	uint8_t form[FORM_SIZE_MAX];
	struct keylife life;
	struct writer writer;
	sqlite3_stmt *statement = store_statement(
		store,
		"INSERT INTO key_group (domain, number, policy, life)"
		" VALUES (?, ?, ?, ?) ON CONFLICT (domain, number)"
		" DO UPDATE SET policy = excluded.policy",
		fault);
	int got;

	if (!statement)
		return -1;
	keylife_init(&life, msk_id_make(record->number, 0));
	writer_init(&writer, form, sizeof(form));
	policy_write(&writer, &record->policy);
	bind_domain(statement, 1, &record->domain);
	sqlite3_bind_int(statement, 2, record->number);
	sqlite3_bind_blob(statement, 3, form, (int)writer.length,
			  SQLITE_STATIC);
	bind_life(statement, 4, &life);
	if (store_write(store, statement, NULL, fault))
		return -1;
	statement = store_statement(
		store,
		"SELECT id, domain, number, policy, life FROM key_group"
		" WHERE domain = ? AND number = ?",
		fault);
	if (!statement)
		return -1;
	bind_domain(statement, 1, &record->domain);
	sqlite3_bind_int(statement, 2, record->number);
	got = group_row(store, statement, record, fault);
	return got == 1 ? 0 : -1;
}

int key_group_read(struct store *store, int64_t id,
		   struct key_group_record *record, struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store,
		"SELECT id, domain, number, policy, life FROM key_group"
		" WHERE id = ?",
		fault);
	int got;

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, id);
	got = group_row(store, statement, record, fault);
	if (!got)
		return fault_set(fault, FAULT_UNKNOWN,
				 "there is no key group with the row %lld",
				 (long long)id);
	return got == 1 ? 0 : -1;
}

int key_group_life_set(struct store *store, int64_t id,
		       const struct keylife *life, struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store, "UPDATE key_group SET life = ? WHERE id = ?", fault);

	if (!statement)
		return -1;
	bind_life(statement, 1, life);
	sqlite3_bind_int64(statement, 2, id);
	return store_write(store, statement, NULL, fault);
}

int key_group_last(struct store *store, const struct key_domain *domain,
		   uint16_t *number, struct fault *fault)
{
	sqlite3_stmt *statement =
		store_statement(store,
				"SELECT coalesce(max(number), 0)"
				" FROM key_group WHERE domain = ?",
				fault);
	int got;

	*number = 0;
	if (!statement)
		return -1;
	bind_domain(statement, 1, domain);
	got = store_row(store, statement, fault);
	if (got == 1)
		*number = (uint16_t)sqlite3_column_int(statement, 0);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return got < 0 ? -1 : 0;
}

/* ---- MSKs ---- */

#define CONTEXT_SIZE 64

static void msk_context(int64_t group, uint32_t msk_id,
			char context[CONTEXT_SIZE])
{
	snprintf(context, CONTEXT_SIZE, "msk %lld %08x msk", (long long)group,
		 msk_id);
}

int msk_insert(struct store *store, int64_t group, const struct msk_record *msk,
	       struct fault *fault)
{
	char context[CONTEXT_SIZE];
	sqlite3_stmt *statement = store_statement(
		store,
		"INSERT INTO msk (key_group, msk_id, csb_id, rand, msk, lease)"
		" VALUES (?, ?, ?, ?, ?, ?)",
		fault);

	if (!statement)
		return -1;
	msk_context(group, msk->msk_id, context);
	sqlite3_bind_int64(statement, 1, group);
	sqlite3_bind_int64(statement, 2, msk->msk_id);
	sqlite3_bind_int64(statement, 3, msk->csb_id);
	sqlite3_bind_blob(statement, 4, msk->rand, MBMS_RAND_SIZE,
			  SQLITE_STATIC);
	if (store_bind_secret(store, statement, 5, context, &msk->msk, fault))
		return -1;
	sqlite3_bind_int64(statement, 6, msk->lease);
	return store_write(store, statement, NULL, fault);
}

int msk_delete(struct store *store, int64_t group, uint32_t msk_id,
	       struct fault *fault)
{
	sqlite3_stmt *statement =
		store_statement(store,
				"DELETE FROM msk"
				" WHERE key_group = ? AND msk_id = ?",
				fault);

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, group);
	sqlite3_bind_int64(statement, 2, msk_id);
	return store_write(store, statement, NULL, fault);
}

int msk_lease_set(struct store *store, int64_t group, uint32_t msk_id,
		  uint32_t lease, struct fault *fault)
{
	sqlite3_stmt *statement =
		store_statement(store,
				"UPDATE msk SET lease = ?"
				" WHERE key_group = ? AND msk_id = ?",
				fault);

	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, lease);
	sqlite3_bind_int64(statement, 2, group);
	sqlite3_bind_int64(statement, 3, msk_id);
	return store_write(store, statement, NULL, fault);
}

static int msk_column(struct store *store, sqlite3_stmt *row, int64_t group,
		      struct msk_record *msk, struct fault *fault)
{
	char context[CONTEXT_SIZE];
	struct reader rand = column_reader(row, 2);

	*msk = (struct msk_record){
		.msk_id = (uint32_t)sqlite3_column_int64(row, 0),
		.csb_id = (uint32_t)sqlite3_column_int64(row, 1),
		.lease = (uint32_t)sqlite3_column_int64(row, 4),
	};
	reader_copy(&rand, msk->rand, MBMS_RAND_SIZE);
	if (reader_end(&rand, "stored RAND of an MSK", fault))
		return -1;
	msk_context(group, msk->msk_id, context);
	return store_column_secret(store, row, 3, context, &msk->msk, fault);
}

int msk_read(struct store *store, int64_t group, struct msk_record *msks,
	     size_t room, size_t *count, struct fault *fault)
{
	sqlite3_stmt *statement =
		store_statement(store,
				"SELECT msk_id, csb_id, rand, msk, lease"
				" FROM msk WHERE key_group = ?"
				" ORDER BY msk_id",
				fault);
	int got = -1;

	*count = 0;
	if (!statement)
		return -1;
	sqlite3_bind_int64(statement, 1, group);
	while (*count < room &&
	       (got = store_row(store, statement, fault)) == 1) {
		if (msk_column(store, statement, group, &msks[*count], fault)) {
			got = -1;
			break;
		}
		(*count)++;
	}
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	if (got >= 0)
		return 0;
	while (*count)
		secret_clear(&msks[--*count].msk);
	return -1;
}
