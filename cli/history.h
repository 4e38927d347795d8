/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transmit keys that were ever used with this tool on this host. Their counters
 * start anew with each use, so a second use would repeat nonces.
 */
#ifndef _CLI_HISTORY_H
#define _CLI_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "address.h"
#include "derive.h"
#include "problem.h"

#define HISTORY_DIRECTORY "/var/lib/mbsec"
/* For tests, and for hosts whose state is elsewhere. */
#define HISTORY_DIRECTORY_VARIABLE "MBSEC_STATE_DIR"
#define HISTORY_FILE "tx-keys"

/*
 * What a key is called, and what it is. Keys of SRTP groups have no sender, it
 * is 0 then.
 */
struct history_key {
	struct group_id group;
	uint32_t msk_id;
	uint16_t mtk_id;
	uint16_t sender_id;
	const struct session_keys *keys;
};

enum history_match {
	HISTORY_NONE,
	HISTORY_SAME_KEY,
	HISTORY_SAME_IDENTITY,
	/* The same key under the same identifiers, but never in this group. */
	HISTORY_OTHER_GROUP,
};

/* The file, locked, and the one key that it is asked about. */
struct history;

const char *history_directory(void);

/* Waits for the lock and reads the file; fails if the file is not sound. */
int history_open(const char *directory, const struct history_key *key,
		 struct history **history, struct problem *problem);
/* Was the key used? since is when it was first. */
enum history_match history_find(const struct history *history, time_t *since);
/*
 * The next use of the same key under the same identifiers, or NULL; position is
 * 0 at first. since is when it was.
 */
const struct group_id *history_next_group(const struct history *history,
					  size_t *position, time_t *since);
/* When it returns 0 the use of the key is on stable storage. */
int history_record(struct history *history, struct problem *problem);
/* Takes back history_record(): the key was not used after all. */
int history_withdraw(struct history *history, struct problem *problem);
/* Gives the lock back. NULL is fine. */
void history_close(struct history *history);

#endif /* _CLI_HISTORY_H */
