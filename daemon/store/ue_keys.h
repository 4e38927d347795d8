/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MUKs and MSKs of UEs with their counters (MGV-F), and the MTKs of services, all
 * sealed. MTKs are stored because MGV-F takes none twice: without them a restart
 * would leave the host dark until the next MTK.
 */
#ifndef MBSEC_DAEMON_STORE_UE_KEYS_H
#define MBSEC_DAEMON_STORE_UE_KEYS_H

#include <stdint.h>

#include "core/ids.h"
#include "core/secret.h"
#include "store/store.h"

extern const struct store_component ue_keys_store;

/* All return 0, or -1 and a fault. */

/**
 * struct ue_muk_row - a MUK; pointers are the caller's, or the reader's for the
 *	callback
 * @expires: end of Ks_NAF, milliseconds since 1970
 */
struct ue_muk_row {
	const char *imsi;
	const char *naf;
	const char *btid;
	const struct secret *muk;
	int64_t expires;
	uint32_t counter;
};

int ue_muk_put(struct store *store, const struct ue_muk_row *row,
	       struct fault *fault);
/* Counter alone, of a MUK that is there. */
int ue_muk_counter_put(struct store *store, const char *imsi, const char *naf,
		       uint32_t counter, struct fault *fault);
/* Of all UEs, or with @imsi of one. */
int ue_muk_each(struct store *store, const char *imsi,
		int (*callback)(void *argument, const struct ue_muk_row *row,
				struct fault *fault),
		void *argument, struct fault *fault);

/**
 * struct ue_msk_row - an MSK
 * @age: order in which the MSKs of a UE came
 */
struct ue_msk_row {
	const char *imsi;
	struct msk_ref ref;
	const struct secret *msk;
	const void *rand;
	size_t rand_size;
	uint32_t csb_id;
	uint32_t counter;
	uint16_t low;
	uint16_t high;
	int64_t age;
};

int ue_msk_put(struct store *store, const struct ue_msk_row *row,
	       struct fault *fault);
/* What an MTK message changes. */
int ue_msk_state_put(struct store *store, const char *imsi,
		     const struct msk_ref *ref, uint32_t counter, uint16_t low,
		     struct fault *fault);
int ue_msk_delete(struct store *store, const char *imsi,
		  const struct msk_ref *ref, struct fault *fault);
/* Of all UEs, or with @imsi of one, in the order of their age. */
int ue_msk_each(struct store *store, const char *imsi,
		int (*callback)(void *argument, const struct ue_msk_row *row,
				struct fault *fault),
		void *argument, struct fault *fault);

/* All MUKs and MSKs of a UE. */
int ue_keys_delete(struct store *store, const char *imsi, struct fault *fault);

/**
 * struct ue_mtk_row - an MTK
 * @salt: of SRTP, empty if it was stored without one
 */
struct ue_mtk_row {
	const char *service;
	struct msk_ref ref;
	uint16_t mtk_id;
	const struct secret *mtk;
	const struct secret *salt;
};

int ue_mtk_put(struct store *store, const struct ue_mtk_row *row,
	       struct fault *fault);
int ue_mtk_delete(struct store *store, const char *service,
		  const struct msk_ref *ref, uint16_t mtk_id,
		  struct fault *fault);
/* In the order in which they came. */
int ue_mtk_each(struct store *store,
		int (*callback)(void *argument, const struct ue_mtk_row *row,
				struct fault *fault),
		void *argument, struct fault *fault);

#endif
