/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that hold a key, an MTK for SRTP with its salt: "HEX", "HEX:HEX". */
#ifndef _CLI_KEYFILE_H
#define _CLI_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "derive.h"
#include "problem.h"

/* Octets that must be in it; salt 0 is none. */
struct keyfile_sizes {
	size_t key;
	size_t salt;
};

/* Hex digits enough for half a key, perhaps a salt, and nothing else. */
bool keyfile_looks_like_key(const char *text);

/*
 * name may be "-" for standard input. If it is a key itself it is refused, and
 * overwritten so that it does not stay visible in the list of processes. master
 * is all zeros after a failure.
 */
int keyfile_read(char *name, const struct keyfile_sizes *sizes,
		 struct master_key *master, struct problem *problem);

#endif /* _CLI_KEYFILE_H */
