/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of used transmit keys: its text, its lock, and safe replacement. */
#ifndef _CLI_HISTORY_FILE_H
#define _CLI_HISTORY_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "address.h"
#include "problem.h"

#define HISTORY_SALT_SIZE 32
#define HISTORY_FINGERPRINT_SIZE 32

struct history_entry {
	uint8_t fingerprint[HISTORY_FINGERPRINT_SIZE];
	struct group_id group;
	uint32_t msk_id;
	uint16_t mtk_id;
	uint16_t sender_id;
	time_t since;
};

struct history_table {
	uint8_t salt[HISTORY_SALT_SIZE];
	struct history_entry *entries;
	size_t count;
};

/* The directory, made if it is not there, and locked; or -1. */
int history_file_lock(const char *path, struct problem *problem);
/* A file that is not there is an empty table with a new salt. */
int history_file_read(int directory, const char *path,
		      struct history_table *table, struct problem *problem);
/* Replaces the file in one step, on stable storage when it returns 0. */
int history_file_write(int directory, const char *path,
		       const struct history_table *table,
		       struct problem *problem);

#endif /* _CLI_HISTORY_FILE_H */
