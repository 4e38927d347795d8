/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bootstrappings of the BSF: whom a B-TID belongs to, and Ks, sealed. */
#ifndef MBSEC_DAEMON_STORE_BOOTSTRAP_H
#define MBSEC_DAEMON_STORE_BOOTSTRAP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/names.h"
#include "store/store.h"

extern const struct store_component bootstrap_store;

/**
 * struct bootstrap - a bootstrapping without its key
 * @btid: B-TID
 * @impi: private identity
 * @gba_u: GBA_U, else GBA_ME
 * @created: when, milliseconds since 1970
 * @expires: end of Ks, milliseconds since 1970
 */
struct bootstrap {
	char btid[BTID_TEXT_SIZE];
	char impi[IMPI_TEXT_SIZE];
	bool gba_u;
	int64_t created;
	int64_t expires;
};

/* All return 0, or -1 and a fault. */

/* Takes the place of earlier ones of the same IMPI (TS 33.220, 4.5.2). */
int bootstrap_put(struct store *store, const struct bootstrap *bootstrap,
		  const struct secret *ks, struct fault *fault);
/* FAULT_UNKNOWN if there is none. The caller clears @ks. */
int bootstrap_get(struct store *store, const char *btid,
		  struct bootstrap *bootstrap, struct secret *ks,
		  struct fault *fault);
/* Deletes up to @limit that have expired; @deleted may be NULL. */
int bootstrap_expire(struct store *store, int64_t now, unsigned int limit,
		     int *deleted, struct fault *fault);
int bootstrap_count(struct store *store, uint64_t *count, struct fault *fault);

#endif
