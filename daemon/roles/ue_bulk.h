/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands on one UE or on many with IMSIs in a row: a part in each round of the
 * loop, with progress, and an answer when the last one is done.
 */
#ifndef MBSEC_DAEMON_UE_BULK_H
#define MBSEC_DAEMON_UE_BULK_H

#include "core/milenage.h"
#include "io/ctl.h"
#include "roles/ue_state.h"

#define UE_BULK_MAX 1000000

/**
 * struct ue_bulk - a command that runs
 * @imsi: next one
 * @total: UEs in all
 * @started: UEs that the command was begun for
 * @ended: UEs that are done with it
 * @good: those of @ended with which all went well
 * @step: begins for one UE; returns 0 or 1 if it is done at once (1: it counts as
 *	good), -1 and a fault to end the command, or UE_BULK_WAIT: ue_bulk_ended()
 *	is called for it later
 * @result: what else to answer, NULL for nothing
 */
struct ue_bulk {
	struct ue_bulk *next;
	struct ue *ue;
	struct ctl_request *request;
	struct loop_timer timer;
	struct store_waiter waiter;
	char imsi[IMSI_TEXT_SIZE];
	unsigned int total;
	unsigned int started;
	unsigned int ended;
	unsigned int good;
	int64_t told;
	int (*step)(struct ue_bulk *bulk, struct fault *fault);
	json_t *result;
	struct milenage keys;
	unsigned int mnc_digits;
	char service[ANNOUNCE_URI_SIZE];
};

enum { UE_BULK_WAIT = 2 };

/* Begins with IMSI @imsi; @total is 1 to UE_BULK_MAX. NULL and a fault. */
struct ue_bulk *ue_bulk_new(struct ue *ue, struct ctl_request *request,
			    const char *imsi, unsigned int total,
			    struct fault *fault);
void ue_bulk_run(struct ue_bulk *bulk,
		 int (*step)(struct ue_bulk *bulk, struct fault *fault));
void ue_bulk_ended(struct ue_bulk *bulk, bool good);
/* Wipes and frees one that does not run. */
void ue_bulk_free(struct ue_bulk *bulk);
void ue_bulks_stop(struct ue *ue);

#endif
