/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sender ids: one for each sending host and stream, so that two senders never use
 * the same nonces under one MTK. An id that was given out is never given to
 * anybody else.
 */
#ifndef MBSEC_STORE_SENDER_H
#define MBSEC_STORE_SENDER_H

#include <stdint.h>

#include "io/address.h"
#include "store.h"

extern const struct store_component sender_component;

/* The id of @host for the stream to @group (by @source, family 0 for any), the
 * same each time. Returns 0, or -1: FAULT_LIMIT if all are given out.
 */
int sender_id_get(struct store *store, const char *host,
		  const union address *group, const union address *source,
		  uint16_t *sender_id, struct fault *fault);

#endif
