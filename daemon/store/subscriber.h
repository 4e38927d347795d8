/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Subscribers of the HSS: K and OPc, sealed, and the counter of their SQN. */
#ifndef MBSEC_DAEMON_STORE_SUBSCRIBER_H
#define MBSEC_DAEMON_STORE_SUBSCRIBER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/aka_sqn.h"
#include "core/milenage.h"
#include "core/names.h"
#include "store/store.h"

extern const struct store_component subscriber_store;

/**
 * struct subscriber - a row without its keys
 * @impi: private identity, from @imsi and the home network
 * @imsi: of the USIM
 * @amf: AMF of the vectors (TS 33.102, annex H)
 * @gba_u: the UICC is aware of GBA
 */
struct subscriber {
	char impi[IMPI_TEXT_SIZE];
	char imsi[IMSI_TEXT_SIZE];
	uint16_t amf;
	bool gba_u;
};

/* All return 0, or -1 and a fault. */

/* A new one starts with SEQ_HE 0. One that is there gets what is new and keeps its
 * counter, so that no vector repeats.
 */
int subscriber_put(struct store *store, const struct subscriber *subscriber,
		   const struct milenage *keys, struct fault *fault);
/* One that is not there is no error. */
int subscriber_delete(struct store *store, const char *impi,
		      struct fault *fault);
/* What a vector needs; the caller clears @keys. FAULT_UNKNOWN. */
int subscriber_get(struct store *store, const char *impi,
		   struct subscriber *subscriber, struct milenage *keys,
		   struct aka_sqn_source *sqn, struct fault *fault);
int subscriber_sqn_put(struct store *store, const char *impi,
		       const struct aka_sqn_source *sqn, struct fault *fault);
/* Calls back for up to @limit of them after @after (""), in the order of IMPIs. */
int subscriber_each(struct store *store, const char *after, unsigned int limit,
		    int (*callback)(void *argument,
				    const struct subscriber *subscriber,
				    struct fault *fault),
		    void *argument, struct fault *fault);
int subscriber_count(struct store *store, uint64_t *count, struct fault *fault);

#endif
