/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that hold an MTK as 32 hex digits. */
#ifndef _CLI_KEYFILE_H
#define _CLI_KEYFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "derive.h"
#include "problem.h"

/* Hex digits enough for half a key, and nothing else. */
bool keyfile_looks_like_key(const char *text);

/*
 * name may be "-" for standard input. If it is a key itself it is refused, and
 * overwritten so that it does not stay visible in the list of processes.
 */
int keyfile_read(char *name, uint8_t mtk[static MTK_SIZE],
		 struct problem *problem);

#endif /* _CLI_KEYFILE_H */
