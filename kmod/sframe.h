/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SFrame header (RFC 9605, clause 4.3) and nonce (clause 4.4.4). Pure: no
 * allocation, no state, no packet buffer; the unit tests build it in user
 * space.
 */
#ifndef _MBSEC_SFRAME_H
#define _MBSEC_SFRAME_H

#include <linux/types.h>

/* Config octet, key identifier of up to 8 octets, counter of up to 8. */
#define MBSEC_SFRAME_HEADER_MAX 17
/* What this module sends: 8 octets of key identifier, 5 of counter. */
#define MBSEC_SFRAME_HEADER_TX 14
#define MBSEC_SFRAME_NONCE_SIZE 12
/* Counters in this range take exactly 5 octets. */
#define MBSEC_SFRAME_COUNTER_MIN (1ULL << 32)
#define MBSEC_SFRAME_COUNTER_END (1ULL << 40)

/**
 * struct mbsec_sframe_header - a decoded header
 * @kid: key identifier
 * @counter: counter
 * @size: octets that the header took
 */
struct mbsec_sframe_header {
	u64 kid;
	u64 counter;
	u8 size;
};

u64 mbsec_sframe_kid(u16 sender_id, u32 msk_id, u16 mtk_id);
u16 mbsec_sframe_kid_sender_id(u64 kid);
u32 mbsec_sframe_kid_msk_id(u64 kid);
u16 mbsec_sframe_kid_mtk_id(u64 kid);

int mbsec_sframe_parse(const u8 *data, size_t size,
		       struct mbsec_sframe_header *header);
size_t mbsec_sframe_encode(u8 *out, u64 kid, u64 counter);
void mbsec_sframe_nonce(u8 *nonce, const u8 *salt, u64 counter);

#endif /* _MBSEC_SFRAME_H */
