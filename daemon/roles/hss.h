/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HSS with its AuC: subscribers in the store, and vectors for BSFs of this process
 * (zh.h) and of others (hss_zh.c).
 */
#ifndef MBSEC_DAEMON_HSS_H
#define MBSEC_DAEMON_HSS_H

#include "core/fault.h"
#include "role.h"
#include "roles/zh.h"

struct peer_question;
struct peer_server;

/**
 * struct hss - the role
 * @mnc_digits: of the home network, for IMPIs
 * @peers: BSFs of other processes, NULL if there are none
 */
struct hss {
	struct daemon *daemon;
	unsigned int mnc_digits;
	struct peer_server *peers;
};

/* The next vector, after resynchronisation if @resync is not NULL. It is in the
 * transaction of the round: whoever takes it waits for store_after_commit()
 * before anybody sees it. The caller clears @vector->aka. Returns 0, or -1 and a
 * fault as of zh_callback.
 */
int hss_vector_make(struct hss *hss, const char *impi,
		    const struct zh_resync *resync, struct zh_vector *vector,
		    struct fault *fault);

/* hss_zh.c: answers a question of a BSF. */
void hss_zh_handle(void *argument, struct peer_question *question);
/* hss_ctl.c: the commands "ue add", "ue show", "ue del". */
void hss_ctl_setup(struct hss *hss);

#endif
