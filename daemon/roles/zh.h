/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Zh: the BSF asks the HSS for an authentication vector (TS 33.220, 4.4.5 and
 * 4.5.2; TS 29.109, 4). In one process it is a call, between processes JSON over
 * HTTP (docs/protocols/gba.rst has the mapping).
 */
#ifndef MBSEC_DAEMON_ZH_H
#define MBSEC_DAEMON_ZH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/aka.h"
#include "core/fault.h"

struct daemon;
struct zh;

/**
 * struct zh_vector - what the HSS says of a subscriber; the callee's, valid
 *	during the callback
 * @aka: authentication vector
 * @gba_u: the UICC of this subscriber is aware of GBA (GUSS, uiccType)
 */
struct zh_vector {
	struct aka_vector aka;
	bool gba_u;
};

/**
 * struct zh_resync - the UE says that SQN is out of range (TS 33.102, 6.3.5)
 * @rand: of the challenge that it answers
 * @auts: its answer
 */
struct zh_resync {
	uint8_t rand[RAND_SIZE];
	uint8_t auts[AUTS_SIZE];
};

/* @vector is NULL on failure: FAULT_UNKNOWN (no such subscriber, or not allowed),
 * FAULT_UNAUTHENTIC (AUTS), FAULT_STATE (the HSS cannot be reached or its store
 * is down).
 */
typedef void (*zh_callback)(void *argument, const struct zh_vector *vector,
			    const struct fault *fault);

/* @hss is "local" (daemon->hss) or the URL of an HSS, with which we have the key in
 * @key_file in common.
 */
struct zh *zh_new(struct daemon *daemon, const char *hss, const char *key_file,
		  struct fault *fault);
/* Open questions end without a callback. */
void zh_free(struct zh *zh);
/* The next vector of @impi; @resync is NULL or what the UE sent. The SQN that it
 * uses up is committed before the callback, which comes once and never from
 * within this call. Returns 0, or -1 and there is no callback.
 */
int zh_vector_get(struct zh *zh, const char *impi,
		  const struct zh_resync *resync, zh_callback callback,
		  void *argument, struct fault *fault);

#endif
