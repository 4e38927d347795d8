/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What NAS of 5GS and of EPS have in common when they are explained. */
#ifndef _CLI_EXPLAIN_NAS_H
#define _CLI_EXPLAIN_NAS_H

#include <stdint.h>

#include "core/nas_sec.h"

#include "explain.h"

/**
 * struct explain_inner - the message in a protected one
 * @data: view of the message, or of @owned
 * @size: octets of @data
 * @owned: deciphered octets, wiped by explain_inner_clear(); else NULL
 */
struct explain_inner {
	const uint8_t *data;
	size_t size;
	uint8_t *owned;
};

/*
 * Shows how the message is protected and whether the MAC is right. Returns 0
 * with the message inside, or -1 if it cannot be read; then a fault or a check
 * says why.
 */
int explain_nas_open(struct explain *explain, enum nas_system system,
		     struct explain_inner *inner);
void explain_inner_clear(struct explain_inner *inner);

/*
 * Decoders of NAS messages give nothing of one that is malformed. What they make
 * of the longest part of it that is a message shows what was in front of the
 * fault. decode gets context and returns 0 for a part that is one.
 */
void explain_nas_prefix(const uint8_t *data, size_t size,
			int (*decode)(const uint8_t *data, size_t size,
				      void *context),
			void *context);

#endif /* _CLI_EXPLAIN_NAS_H */
