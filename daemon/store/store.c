// SPDX-License-Identifier: GPL-2.0-or-later
/* Statements, and the transaction that all writes of a round share. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

#define CACHE_SIZE_MIN 64

static int last_error(sqlite3_file *file)
{
	int error = 0;

	if (file && file->pMethods)
		file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO,
					     &error);
	return error;
}

/* What the system said when SQLite last read or wrote: it tells those who ask the
 * file, of the WAL or the database itself.
 */
static int system_error(const struct store *store)
{
	sqlite3_file *file = NULL;
	int error;

	sqlite3_file_control(store->db, "main", SQLITE_FCNTL_JOURNAL_POINTER,
			     &file);
	error = last_error(file);
	if (error)
		return error;
	sqlite3_file_control(store->db, "main", SQLITE_FCNTL_FILE_POINTER,
			     &file);
	return last_error(file);
}

static int io_fault(const struct store *store, const char *doing,
		    struct fault *fault)
{
	int error = system_error(store);

	switch (error) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return fault_set(fault, FAULT_LIMIT, "%s: cannot %s: %s",
				 store->path, doing, strerror(error));
	default:
		return fault_set(fault, FAULT_STATE,
				 "%s: cannot %s: input or output fails: %s",
				 store->path, doing,
				 error ? strerror(error) : "no reason given");
	}
}

int store_fault(const struct store *store, int code, const char *doing,
		struct fault *fault)
{
	enum fault_code kind;

	switch (code & 0xff) {
	case SQLITE_IOERR:
		return io_fault(store, doing, fault);
	case SQLITE_FULL:
		kind = FAULT_LIMIT;
		break;
	case SQLITE_READONLY:
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_ABORT:
		kind = FAULT_STATE;
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		kind = FAULT_MALFORMED;
		break;
	case SQLITE_NOMEM:
		kind = FAULT_MEMORY;
		break;
	default:
		kind = FAULT_ARGUMENT;
	}
	/* Its sentences name tables and columns, never values. */
	return fault_set(fault, kind, "%s: cannot %s: %s", store->path, doing,
			 sqlite3_extended_errcode(store->db) == code ?
				 sqlite3_errmsg(store->db) :
				 sqlite3_errstr(code));
}

/* After these the transaction is not what its writers believe. */
static bool breaks(int code)
{
	switch (code & 0xff) {
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_NOMEM:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PROTOCOL:
		return true;
	default:
		return false;
	}
}

static void kick_callback(void *argument)
{
	/* Nothing to do: the end of this round comes now. */
	(void)argument;
}

/* The loop is not to wait while something is to be committed. */
static void kick(struct store *store)
{
	if (!store->loop || store->pending)
		return;
	store->pending = true;
	loop_timer_set(store->loop, &store->kick, 0, kick_callback, NULL);
}

static int execute(struct store *store, const char *sql)
{
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL);
}

static void transaction_break(struct store *store, const struct fault *fault)
{
	if (!store->open)
		return;
	if (!sqlite3_get_autocommit(store->db))
		execute(store, "ROLLBACK");
	store->open = false;
	store->grouped = false;
	store->broken = *fault;
	kick(store);
}

/* Passes on @code as a fault, after what it does to the transaction. */
static int fail(struct store *store, int code, const char *doing,
		struct fault *fault)
{
	struct fault reason = { 0 };

	store_fault(store, code, doing, &reason);
	if (breaks(code) || (store->open && sqlite3_get_autocommit(store->db)))
		transaction_break(store, &reason);
	return fault_set(fault, reason.code, "%s", reason.text);
}

static int transaction_open(struct store *store, struct fault *fault)
{
	int code;

	if (store->broken.code)
		return fault_set(fault, store->broken.code, "%s",
				 store->broken.text);
	if (store->open)
		return 0;
	code = execute(store, "BEGIN IMMEDIATE");
	if (code != SQLITE_OK)
		return fail(store, code, "begin to write", fault);
	store->open = true;
	kick(store);
	return 0;
}

static size_t cache_slot(const struct store_cached *cache, size_t size,
			 const char *sql)
{
	size_t slot = ((uintptr_t)sql >> 3) * 2654435761U & (size - 1);

	while (cache[slot].sql && cache[slot].sql != sql)
		slot = (slot + 1) & (size - 1);
	return slot;
}

static int cache_grow(struct store *store)
{
	size_t size = store->cache_size ? 2 * store->cache_size :
					  CACHE_SIZE_MIN;
	struct store_cached *cache = calloc(size, sizeof(*cache));

	if (!cache)
		return -1;
	for (size_t i = 0; i < store->cache_size; i++)
		if (store->cache[i].sql)
			cache[cache_slot(cache, size, store->cache[i].sql)] =
				store->cache[i];
	free(store->cache);
	store->cache = cache;
	store->cache_size = size;
	return 0;
}

sqlite3_stmt *store_statement(struct store *store, const char *sql,
			      struct fault *fault)
{
	struct store_cached *cached;
	int code;

	if (2 * store->cache_count >= store->cache_size && cache_grow(store)) {
		fault_set(fault, FAULT_MEMORY, "no memory for a statement");
		return NULL;
	}
	cached =
		&store->cache[cache_slot(store->cache, store->cache_size, sql)];
	if (cached->sql) {
		sqlite3_reset(cached->statement);
		sqlite3_clear_bindings(cached->statement);
		return cached->statement;
	}
	code = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
				  &cached->statement, NULL);
	if (code != SQLITE_OK) {
		cached->statement = NULL;
		store_fault(store, code, "prepare a statement", fault);
		return NULL;
	}
	cached->sql = sql;
	store->cache_count++;
	return cached->statement;
}

static void statement_release(sqlite3_stmt *statement)
{
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

int store_write(struct store *store, sqlite3_stmt *statement, int *changes,
		struct fault *fault)
{
	int result = transaction_open(store, fault);
	int code;

	if (!result) {
		code = sqlite3_step(statement);
		if (code == SQLITE_ROW)
			code = SQLITE_MISUSE;
		if (code != SQLITE_DONE)
			result = fail(store, code, "write", fault);
		else if (changes)
			*changes = sqlite3_changes(store->db);
	}
	statement_release(statement);
	return result;
}

int store_row(struct store *store, sqlite3_stmt *statement, struct fault *fault)
{
	int code = sqlite3_step(statement);
	int result = 0;

	if (code == SQLITE_ROW)
		return 1;
	if (code != SQLITE_DONE)
		result = fail(store, code, "read", fault);
	statement_release(statement);
	return result;
}

const char *store_column_text(sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);

	return text ? (const char *)text : "";
}

int store_begin(struct store *store, struct fault *fault)
{
	int code;

	if (transaction_open(store, fault))
		return -1;
	if (store->grouped)
		return fault_set(fault, FAULT_ARGUMENT,
				 "%s: groups of writes do not nest",
				 store->path);
	code = execute(store, "SAVEPOINT writes");
	if (code != SQLITE_OK)
		return fail(store, code, "begin to write", fault);
	store->grouped = true;
	return 0;
}

int store_end(struct store *store, struct fault *fault)
{
	int code;

	if (store->broken.code)
		return fault_set(fault, store->broken.code, "%s",
				 store->broken.text);
	if (!store->grouped)
		return fault_set(fault, FAULT_ARGUMENT,
				 "%s: no group of writes was begun",
				 store->path);
	store->grouped = false;
	code = execute(store, "RELEASE writes");
	return code == SQLITE_OK ? 0 : fail(store, code, "write", fault);
}

void store_rollback(struct store *store)
{
	int code;

	if (!store->grouped)
		return;
	store->grouped = false;
	code = execute(store, "ROLLBACK TO writes; RELEASE writes");
	if (code != SQLITE_OK) {
		struct fault fault = { 0 };

		/* Without it there is only all or nothing. */
		store_fault(store, code, "take back a write", &fault);
		transaction_break(store, &fault);
	}
}

void store_after_commit(struct store *store, struct store_waiter *waiter,
			void (*callback)(void *argument,
					 const struct fault *fault),
			void *argument)
{
	waiter->callback = callback;
	waiter->argument = argument;
	if (waiter->waiting)
		return;
	waiter->waiting = true;
	waiter->next = NULL;
	*store->end = waiter;
	store->end = &waiter->next;
	kick(store);
}

static bool unlink_waiter(struct store_waiter **at, struct store_waiter *waiter)
{
	while (*at && *at != waiter)
		at = &(*at)->next;
	if (!*at)
		return false;
	*at = waiter->next;
	return true;
}

void store_forget(struct store *store, struct store_waiter *waiter)
{
	struct store_batch *batch;

	if (!waiter->waiting)
		return;
	waiter->waiting = false;
	for (batch = store->batch; batch; batch = batch->outer)
		if (unlink_waiter(&batch->first, waiter))
			return;
	unlink_waiter(&store->first, waiter);
	store->end = &store->first;
	while (*store->end)
		store->end = &(*store->end)->next;
}

static void waiters_call(struct store *store, const struct fault *fault)
{
	struct store_batch batch = { .first = store->first,
				     .outer = store->batch };

	store->first = NULL;
	store->end = &store->first;
	store->batch = &batch;
	while (batch.first) {
		struct store_waiter *waiter = batch.first;

		batch.first = waiter->next;
		waiter->waiting = false;
		waiter->callback(waiter->argument, fault);
	}
	store->batch = batch.outer;
}

int store_commit(struct store *store, struct fault *fault)
{
	struct store_listener *listener;
	struct fault reason;

	store_rollback(store);
	if (store->open) {
		int code = execute(store, "COMMIT");

		if (code != SQLITE_OK) {
			reason = (struct fault){ 0 };
			store_fault(store, code, "commit", &reason);
			transaction_break(store, &reason);
		}
	}
	store->open = false;
	reason = store->broken;
	store->broken = (struct fault){ 0 };
	if (!reason.code) {
		waiters_call(store, NULL);
		return 0;
	}
	for (listener = store->listeners; listener; listener = listener->next)
		listener->callback(listener->argument);
	waiters_call(store, &reason);
	return fault_set(fault, reason.code, "%s", reason.text);
}

/* One that was left before its last row would hold on to old pages for ever. */
static void statements_reset(struct store *store)
{
	sqlite3_stmt *statement = NULL;

	while ((statement = sqlite3_next_stmt(store->db, statement)))
		if (sqlite3_stmt_busy(statement))
			statement_release(statement);
}

void store_round(void *argument)
{
	struct store *store = argument;

	if (!store->pending)
		return;
	store->pending = false;
	loop_timer_stop(&store->kick);
	statements_reset(store);
	store_commit(store, NULL);
}

void store_rolled_back_add(struct store *store, struct store_listener *listener,
			   loop_callback callback, void *argument)
{
	struct store_listener **end = &store->listeners;

	while (*end)
		end = &(*end)->next;
	*listener = (struct store_listener){ .callback = callback,
					     .argument = argument };
	*end = listener;
}

void store_rolled_back_remove(struct store *store,
			      struct store_listener *listener)
{
	struct store_listener **place = &store->listeners;

	while (*place && *place != listener)
		place = &(*place)->next;
	if (*place)
		*place = listener->next;
}
