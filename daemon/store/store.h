/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The database of the daemon: SQLite in WAL mode, synchronous=FULL. This file is
 * the engine; what is stored is in store/<object>.h, each a component with tables
 * and migrations of its own.
 *
 * Durable and fast at once: all writes of one round of the loop share a
 * transaction, which is committed at the end of the round. Whoever promises
 * something to somebody (an answer, a message that uses up a counter) waits for
 * store_after_commit(). Reads see what was written before.
 *
 * All operations are idempotent: doing one again with the same arguments changes
 * nothing and succeeds.
 */
#ifndef MBSEC_DAEMON_STORE_H
#define MBSEC_DAEMON_STORE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/fault.h"
#include "core/secret.h"
#include "io/loop.h"

struct store;

/**
 * struct store_component - the tables of one part
 * @name: unique; its version is kept in the database
 * @migrations: SQL scripts; number n brings version n to version n + 1
 * @count: scripts, and the version that this program knows
 */
struct store_component {
	const char *name;
	const char *const *migrations;
	unsigned int count;
};

/* Opens or creates @path, mode 0600, and locks it: a second daemon on it is refused
 * (FAULT_STATE), while people may read. @kek has 32 octets and stays the caller's;
 * a database that was sealed with another one is refused (FAULT_UNAUTHENTIC).
 * @loop may be NULL for programs that commit by store_commit(). Returns NULL and a
 * fault.
 */
struct store *store_open(struct loop *loop, const char *path,
			 const struct secret *kek, struct fault *fault);
/* Commits and closes. NULL is fine. */
void store_close(struct store *store);
/* Creates or migrates the tables, in one transaction. Returns 0, or -1:
 * FAULT_UNSUPPORTED if a newer program made them.
 */
int store_component_add(struct store *store,
			const struct store_component *component,
			struct fault *fault);

/* The prepared statement of @sql, a string constant (it is looked up by its
 * address), reset and without bindings. The store's. NULL and a fault on failure.
 */
sqlite3_stmt *store_statement(struct store *store, const char *sql,
			      struct fault *fault);
/* Runs a statement that writes and has no rows. Begins a transaction if none is
 * open. Returns 0 and the number of changed rows in @changes (may be NULL), or -1
 * and a fault: FAULT_LIMIT if the disk is full, FAULT_STATE if it is read-only or
 * locked, FAULT_MALFORMED if the file is damaged. Resets the statement and clears
 * its bindings in any case.
 */
int store_write(struct store *store, sqlite3_stmt *statement, int *changes,
		struct fault *fault);
/* Next row: 1, 0 if there is none (the statement is reset), -1 and a fault. One that
 * is left before its last row is reset at the end of a round that writes.
 */
int store_row(struct store *store, sqlite3_stmt *statement,
	      struct fault *fault);

/* The text of a column, valid as that of SQLite; "" for NULL and without memory,
 * for columns that cannot be NULL.
 */
const char *store_column_text(sqlite3_stmt *statement, int column);

/* Several writes of which all or none are to happen: a savepoint within the
 * transaction of the round. store_rollback() takes back what was written since
 * store_begin(). They do not nest.
 */
int store_begin(struct store *store, struct fault *fault);
int store_end(struct store *store, struct fault *fault);
void store_rollback(struct store *store);

/**
 * struct store_waiter - somebody who waits for the commit; the caller's, zeroed,
 *	not to be freed while it waits (see store_forget())
 */
struct store_waiter {
	void (*callback)(void *argument, const struct fault *fault);
	void *argument;
	struct store_waiter *next;
	bool waiting;
};

/* Calls back after the commit of all that was written so far, with NULL, or with
 * the fault for which it was rolled back. Never from within this call. If nothing
 * was written, at the end of the round.
 */
void store_after_commit(struct store *store, struct store_waiter *waiter,
			void (*callback)(void *argument,
					 const struct fault *fault),
			void *argument);
void store_forget(struct store *store, struct store_waiter *waiter);
/* Commits now; waiters are called from here. Returns 0 or -1. */
int store_commit(struct store *store, struct fault *fault);

/**
 * struct store_listener - told when a transaction was rolled back: what was
 *	written since the last commit is not there, so caches have to be read anew
 */
struct store_listener {
	loop_callback callback;
	void *argument;
	struct store_listener *next;
};

void store_rolled_back_add(struct store *store, struct store_listener *listener,
			   loop_callback callback, void *argument);
/* One that was not added is no error. */
void store_rolled_back_remove(struct store *store,
			      struct store_listener *listener);

/* Sealed keys (store/seal.c): AES key wrap (RFC 3394, with padding RFC 5649)
 * under a key derived from the KEK and @context, which names table, row and
 * column ("subscriber 001010000000001 k"): a sealed key that is moved to another
 * row does not open. No nonce, so nothing can repeat.
 */

/* Room for a secret of up to SECRET_SIZE_MAX octets. */
#define STORE_SEALED_MAX (SECRET_SIZE_MAX + 16)

/* Returns 0 and @size octets in @sealed, or -1. */
int store_seal(const struct store *store, const char *context,
	       const struct secret *secret, uint8_t sealed[STORE_SEALED_MAX],
	       size_t *size, struct fault *fault);
/* Returns 0, and the caller clears @secret, or -1 and it is empty:
 * FAULT_UNAUTHENTIC.
 */
int store_unseal(const struct store *store, const char *context,
		 const uint8_t *sealed, size_t size, struct secret *secret,
		 struct fault *fault);
/* Bind a sealed @secret to parameter @index of @statement; read it from @column. */
int store_bind_secret(struct store *store, sqlite3_stmt *statement, int index,
		      const char *context, const struct secret *secret,
		      struct fault *fault);
int store_column_secret(struct store *store, sqlite3_stmt *statement,
			int column, const char *context, struct secret *secret,
			struct fault *fault);

#endif
