/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Soft-USIMs of the UEs of this process: K and OPc, sealed, the memory of
 * sequence numbers, and the bootstrapping that came of it.
 */
#ifndef MBSEC_DAEMON_STORE_USIM_H
#define MBSEC_DAEMON_STORE_USIM_H

#include <stdint.h>

#include "core/aka_sqn.h"
#include "core/milenage.h"
#include "core/names.h"
#include "core/secret.h"
#include "store/store.h"

extern const struct store_component usim_store;

/* All return 0, or -1 and a fault. */

/* A new USIM, whose sequence numbers begin at 0; one with this IMSI that is there
 * gets K and OPc and keeps its numbers, unless they are the same keys anyway.
 */
int usim_put(struct store *store, const char *imsi, unsigned int mnc_digits,
	     const struct milenage *keys, struct fault *fault);
/* With its bootstrapping. One that is not there is no error. */
int usim_delete(struct store *store, const char *imsi, struct fault *fault);
/* What an authentication needs; the caller clears @keys. FAULT_UNKNOWN if there
 * is no such USIM.
 */
int usim_get(struct store *store, const char *imsi, struct milenage *keys,
	     struct aka_sqn_array *sqn, struct fault *fault);
int usim_sqn_put(struct store *store, const char *imsi,
		 const struct aka_sqn_array *sqn, struct fault *fault);

/**
 * struct usim_row - a USIM and the name of its bootstrapping
 * @btid: NULL if it has none
 * @expires: end of Ks, milliseconds since 1970
 */
struct usim_row {
	const char *imsi;
	unsigned int mnc_digits;
	const char *btid;
	int64_t expires;
};

/* Calls back for each, in the order of IMSIs; with @imsi only for this one. */
int usim_each(struct store *store, const char *imsi,
	      int (*callback)(void *argument, const struct usim_row *row,
			      struct fault *fault),
	      void *argument, struct fault *fault);

/* Ks and what it is called. */
int usim_bootstrap_put(struct store *store, const char *imsi, const char *btid,
		       int64_t expires, const struct secret *ks,
		       struct fault *fault);
/* FAULT_UNKNOWN if there is none. The caller clears @ks. */
int usim_bootstrap_get(struct store *store, const char *imsi, struct secret *ks,
		       struct fault *fault);
/* Ks is of no use any more. */
int usim_bootstrap_delete(struct store *store, const char *imsi,
			  struct fault *fault);

#endif
