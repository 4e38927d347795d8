/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User services that UEs of this process have joined, and who has joined them. */
#ifndef MBSEC_DAEMON_STORE_UE_SERVICE_H
#define MBSEC_DAEMON_STORE_UE_SERVICE_H

#include <stdint.h>

#include "store/store.h"

/* Stored as numbers: do not change them. */
enum ue_member_state {
	UE_MEMBER_JOINING = 0, /* not registered yet */
	UE_MEMBER_REGISTERED = 1, /* waits for its MSK */
	UE_MEMBER_READY = 2, /* has an MSK */
	UE_MEMBER_LEAVING = 3, /* to be deregistered and forgotten */
	UE_MEMBER_LEFT = 4, /* refused, or no MSK could be had */
};

/* "joining", "ready": stable names. */
const char *ue_member_state_name(enum ue_member_state state);

extern const struct store_component ue_service_store;

/**
 * struct ue_service_row - a service; texts are the reader's for the callback
 * @document: announcement as it came, NULL if it was never read
 */
struct ue_service_row {
	const char *id;
	const char *url;
	const char *naf;
	const void *document;
	size_t document_size;
};

/* All return 0, or -1 and a fault. */

int ue_service_put(struct store *store, const struct ue_service_row *row,
		   struct fault *fault);
/* Its MTKs are deleted one by one (ue_keys.h). */
int ue_service_delete(struct store *store, const char *id, struct fault *fault);
/* Calls back for each; a callback that returns -1 ends it. */
int ue_service_each(struct store *store,
		    int (*callback)(void *argument,
				    const struct ue_service_row *row,
				    struct fault *fault),
		    void *argument, struct fault *fault);

int ue_member_put(struct store *store, const char *imsi, const char *service,
		  enum ue_member_state state, struct fault *fault);
int ue_member_delete(struct store *store, const char *imsi, const char *service,
		     struct fault *fault);
int ue_member_each(struct store *store,
		   int (*callback)(void *argument, const char *imsi,
				   const char *service,
				   enum ue_member_state state,
				   struct fault *fault),
		   void *argument, struct fault *fault);

#endif
