// SPDX-License-Identifier: GPL-2.0-or-later
/* The database file, and the versions of the tables in it. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine.h"

/* In the header of the file, for file(1) and for us: "mbsc". */
#define APPLICATION_ID 0x6d627363
/* Of the tables of this file. */
#define ENGINE_VERSION 1
/* Somebody with sqlite3 in a terminal may be writing; the loop must go on. */
#define BUSY_MILLISECONDS 50

/* The numbers are those above. */
static const char engine_tables[] =
	"CREATE TABLE store_component("
	"name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE store_seal("
	"id INTEGER PRIMARY KEY CHECK(id = 0), salt BLOB NOT NULL,"
	"mark BLOB NOT NULL) STRICT;"
	"PRAGMA application_id = 0x6d627363;"
	"PRAGMA user_version = 1;";

static const char seal_context[] = "store_seal 0 mark";

static int file_fault(const char *path, const char *what, struct fault *fault)
{
	enum fault_code code =
		errno == ENOSPC || errno == EDQUOT ? FAULT_LIMIT : FAULT_STATE;

	return fault_set(fault, code, "%s: %s: %s", path, what,
			 strerror(errno));
}

/* A file that was just made is there after a power failure, too. */
static int directory_sync(const char *path, struct fault *fault)
{
	char *copy = strdup(path);
	int fd = -1, error = -1;

	if (copy)
		fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (fd >= 0) {
		error = fsync(fd);
		close(fd);
	}
	return error ? file_fault(path, "its directory cannot be synced",
				  fault) :
		       0;
}

static int file_check(const char *path, int fd, struct fault *fault)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return file_fault(path, "cannot be looked at", fault);
	if (!S_ISREG(stat.st_mode))
		return fault_set(fault, FAULT_STATE, "%s: is no regular file",
				 path);
	if (stat.st_mode & 077 && fchmod(fd, 0600))
		return file_fault(
			path, "others can read it, and that cannot be changed",
			fault);
	/* Two daemons would use up the same counters. Not the kind of lock that
	 * SQLite takes, so that people may read the database meanwhile.
	 */
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno == EWOULDBLOCK)
			return fault_set(fault, FAULT_STATE,
					 "%s: another process has it open",
					 path);
		return file_fault(path, "cannot be locked", fault);
	}
	return stat.st_size ? 0 : directory_sync(path, fault);
}

static int file_open(struct store *store, struct fault *fault)
{
	const char *path = store->path;
	int code;

	/* ":memory:" and the like are no files. */
	if (!path[0] || path[0] == ':')
		return fault_set(fault, FAULT_ARGUMENT,
				 "\"%s\" is no file name for a store", path);
	store->lock =
		open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (store->lock < 0)
		return file_fault(path, "cannot be opened for writing", fault);
	if (file_check(path, store->lock, fault))
		return -1;
	code = sqlite3_open_v2(path, &store->db,
			       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
				       SQLITE_OPEN_EXRESCODE,
			       NULL);
	if (code != SQLITE_OK)
		return store_fault(store, code, "open it", fault);
	sqlite3_busy_timeout(store->db, BUSY_MILLISECONDS);
	return 0;
}

/* The number in the first column of the one row, or whether it is @text. */
static int query(struct store *store, const char *sql, const char *text,
		 int *number, struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(store, sql, fault);
	const char *answer;
	int row;

	if (!statement)
		return -1;
	row = store_row(store, statement, fault);
	if (row == 1 && text) {
		answer = (const char *)sqlite3_column_text(statement, 0);
		*number = answer && !strcmp(answer, text);
	} else if (row == 1) {
		*number = sqlite3_column_int(statement, 0);
	}
	sqlite3_reset(statement);
	return row == 1 ? 0 :
			  fault_set(fault, FAULT_MALFORMED,
				    "%s: a query has no answer", store->path);
}

static int settings_apply(struct store *store, struct fault *fault)
{
	static const char settings[] = "PRAGMA synchronous = FULL;"
				       "PRAGMA foreign_keys = ON;"
				       "PRAGMA trusted_schema = OFF;"
				       "PRAGMA cell_size_check = ON;"
				       "PRAGMA secure_delete = FAST;"
				       "PRAGMA temp_store = MEMORY;"
				       "PRAGMA cache_size = -8192;"
				       "PRAGMA wal_autocheckpoint = 4000;"
				       "PRAGMA journal_size_limit = 67108864;";
	int wal = 0, code;

	/* SQLite answers with the mode that it could set. This is also the first
	 * statement that reads the file.
	 */
	if (query(store, "PRAGMA journal_mode = WAL", "wal", &wal, fault))
		return -1;
	if (!wal)
		return fault_set(fault, FAULT_STATE,
				 "%s: this file system has no room for a WAL",
				 store->path);
	code = sqlite3_exec(store->db, settings, NULL, NULL, NULL);
	if (code != SQLITE_OK)
		return store_fault(store, code, "open it", fault);
	return 0;
}

static int seal_store(struct store *store, struct secret *mark,
		      const uint8_t salt[STORE_SALT_SIZE], struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store, "INSERT INTO store_seal VALUES(0, ?1, ?2)", fault);

	if (!statement ||
	    store_bind_secret(store, statement, 2, seal_context, mark, fault))
		return -1;
	sqlite3_bind_blob(statement, 1, salt, STORE_SALT_SIZE, SQLITE_STATIC);
	return store_write(store, statement, NULL, fault);
}

static int create(struct store *store, const struct secret *kek,
		  struct fault *fault)
{
	uint8_t salt[STORE_SALT_SIZE];
	struct secret mark = { 0 };
	int code, result;

	if (RAND_bytes(salt, sizeof(salt)) != 1 ||
	    secret_set(&mark, salt, sizeof(salt)))
		return fault_set(fault, FAULT_MEMORY, "no random numbers");
	result = store_seal_init(&store->seal, kek, salt, fault);
	if (!result)
		result = store_begin(store, fault);
	if (!result) {
		code = sqlite3_exec(store->db, engine_tables, NULL, NULL, NULL);
		if (code != SQLITE_OK)
			result = store_fault(store, code, "make tables", fault);
	}
	if (!result)
		result = seal_store(store, &mark, salt, fault);
	if (!result)
		result = store_end(store, fault);
	if (!result)
		result = store_commit(store, fault);
	secret_clear(&mark);
	return result;
}

static int seal_check(struct store *store, const struct secret *kek,
		      struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store, "SELECT salt, mark FROM store_seal WHERE id = 0", fault);
	struct secret mark = { 0 };
	int result = -1;

	if (statement && store_row(store, statement, fault) == 1 &&
	    sqlite3_column_bytes(statement, 0) == STORE_SALT_SIZE &&
	    !store_seal_init(&store->seal, kek,
			     sqlite3_column_blob(statement, 0), fault))
		result = store_column_secret(store, statement, 1, seal_context,
					     &mark, NULL);
	sqlite3_reset(statement);
	secret_clear(&mark);
	return result ? fault_set(fault, FAULT_UNAUTHENTIC,
				  "%s: was sealed with another key (KEK)",
				  store->path) :
			0;
}

static int identify(struct store *store, const struct secret *kek,
		    struct fault *fault)
{
	int application, version, tables;

	if (query(store, "PRAGMA application_id", NULL, &application, fault) ||
	    query(store, "PRAGMA user_version", NULL, &version, fault) ||
	    query(store, "SELECT count(*) FROM sqlite_schema", NULL, &tables,
		  fault))
		return -1;
	if (!application && !version && !tables)
		return create(store, kek, fault);
	if (application != APPLICATION_ID)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "%s: is the database of another program",
				 store->path);
	if (version != ENGINE_VERSION)
		return fault_set(
			fault, FAULT_UNSUPPORTED,
			"%s: has version %d, made by a newer program than this, which knows %d",
			store->path, version, ENGINE_VERSION);
	return seal_check(store, kek, fault);
}

struct store *store_open(struct loop *loop, const char *path,
			 const struct secret *kek, struct fault *fault)
{
	struct store *store;

	if (kek->size != STORE_KEK_SIZE) {
		fault_set(fault, FAULT_ARGUMENT,
			  "key of the store (KEK) has %zu octets, not %d",
			  kek->size, STORE_KEK_SIZE);
		return NULL;
	}
	store = calloc(1, sizeof(*store));
	if (!store) {
		fault_set(fault, FAULT_MEMORY, "no memory for the store");
		return NULL;
	}
	store->lock = -1;
	store->end = &store->first;
	store->path = strdup(path);
	if (!store->path || file_open(store, fault) ||
	    settings_apply(store, fault) || identify(store, kek, fault)) {
		fault_set(fault, FAULT_MEMORY, "no memory for the store");
		store_close(store);
		return NULL;
	}
	if (loop) {
		/* From here on the loop commits. */
		store->loop = loop;
		loop_round_add(loop, &store->round, store_round, store);
	}
	return store;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	if (store->db)
		store_commit(store, NULL);
	if (store->loop) {
		loop_timer_stop(&store->kick);
		loop_round_remove(store->loop, &store->round);
	}
	for (size_t i = 0; i < store->cache_size; i++)
		sqlite3_finalize(store->cache[i].statement);
	free(store->cache);
	sqlite3_close(store->db);
	if (store->lock >= 0)
		close(store->lock);
	store_seal_clear(&store->seal);
	free(store->path);
	free(store);
}

static int component_version(struct store *store, const char *name,
			     unsigned int *version, struct fault *fault)
{
	sqlite3_stmt *statement = store_statement(
		store, "SELECT version FROM store_component WHERE name = ?1",
		fault);
	int row;

	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	row = store_row(store, statement, fault);
	*version = row == 1 ? (unsigned int)sqlite3_column_int(statement, 0) :
			      0;
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return row < 0 ? -1 : 0;
}

static int component_migrate(struct store *store,
			     const struct store_component *component,
			     unsigned int version, struct fault *fault)
{
	sqlite3_stmt *statement;
	char doing[80];

	for (; version < component->count; version++) {
		int code = sqlite3_exec(store->db,
					component->migrations[version], NULL,
					NULL, NULL);

		if (code == SQLITE_OK)
			continue;
		snprintf(doing, sizeof(doing), "bring %s to version %u",
			 component->name, version + 1);
		return store_fault(store, code, doing, fault);
	}
	statement = store_statement(
		store, "INSERT OR REPLACE INTO store_component VALUES(?1, ?2)",
		fault);
	if (!statement)
		return -1;
	sqlite3_bind_text(statement, 1, component->name, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 2, (int)component->count);
	return store_write(store, statement, NULL, fault);
}

int store_component_add(struct store *store,
			const struct store_component *component,
			struct fault *fault)
{
	unsigned int version;

	if (component_version(store, component->name, &version, fault))
		return -1;
	if (version == component->count)
		return 0;
	if (version > component->count)
		return fault_set(
			fault, FAULT_UNSUPPORTED,
			"%s: the tables of %s have version %u, made by a newer program than this, which knows %u",
			store->path, component->name, version,
			component->count);
	if (store_commit(store, fault) || store_begin(store, fault))
		return -1;
	if (component_migrate(store, component, version, fault)) {
		store_rollback(store);
		store_commit(store, NULL);
		return -1;
	}
	return store_end(store, fault) ? -1 : store_commit(store, fault);
}
