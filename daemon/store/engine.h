/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What store.c, open.c and seal.c share; nobody else includes it. */
#ifndef MBSEC_DAEMON_STORE_ENGINE_H
#define MBSEC_DAEMON_STORE_ENGINE_H

#include <openssl/evp.h>

#include "store.h"

#define STORE_KEK_SIZE 32
#define STORE_SALT_SIZE 16

/**
 * struct store_seal - what seals keys
 * @base: HMAC-SHA256(KEK, salt of the database); HMAC(base, context) is the key
 *	under which a secret is wrapped
 * @whole: AES-256 key wrap, RFC 3394
 * @padded: the same with padding, RFC 5649
 */
struct store_seal {
	EVP_MAC_CTX *base;
	EVP_CIPHER *whole;
	EVP_CIPHER *padded;
};

struct store_cached {
	const char *sql;
	sqlite3_stmt *statement;
};

/**
 * struct store_batch - waiters who are being called; on the stack of the commit
 */
struct store_batch {
	struct store_waiter *first;
	struct store_batch *outer;
};

/**
 * struct store - an open database
 * @lock: descriptor of the database, holds the lock against a second daemon
 * @kick: makes the loop come round again for what is written late in a round
 * @pending: it is set
 * @open: a transaction is
 * @grouped: store_begin() is waiting for its end
 * @broken: why the transaction was rolled back; nothing is written any more until
 *	the end of the round, lest half of a procedure be stored
 */
struct store {
	sqlite3 *db;
	char *path;
	int lock;
	struct loop *loop;
	struct loop_round round;
	struct loop_timer kick;
	bool pending;
	struct store_cached *cache;
	size_t cache_size;
	size_t cache_count;
	bool open;
	bool grouped;
	struct fault broken;
	struct store_waiter *first;
	struct store_waiter **end;
	struct store_batch *batch;
	struct store_listener *listeners;
	struct store_seal seal;
};

/* Sets the fault for an error code of SQLite; @doing completes "cannot ...".
 * Returns -1.
 */
int store_fault(const struct store *store, int code, const char *doing,
		struct fault *fault);
/* Called by the loop. */
void store_round(void *store);

/* @salt is of this database, and no secret. */
int store_seal_init(struct store_seal *seal, const struct secret *kek,
		    const uint8_t salt[STORE_SALT_SIZE], struct fault *fault);
void store_seal_clear(struct store_seal *seal);

#endif
