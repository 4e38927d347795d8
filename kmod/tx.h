/* SPDX-License-Identifier: GPL-2.0-only */
/* Protect one datagram. */
#ifndef _MBSEC_TX_H
#define _MBSEC_TX_H

#include <linux/types.h>

struct mbsec_group;
struct mbsec_key;
struct mbsec_packet;

/**
 * struct mbsec_tx_text - one of several cleartexts
 * @counter: its counter
 * @data: room for the header, the cleartext, and room for the tag
 * @size: octets of the cleartext
 */
struct mbsec_tx_text {
	u64 counter;
	u8 *data;
	u32 size;
};

int mbsec_tx_seal(struct mbsec_group *group, const struct mbsec_key *key,
		  u64 counter, u8 *data, u32 size);
int mbsec_tx_seal_pair(struct mbsec_group *group, const struct mbsec_key *key,
		       const struct mbsec_tx_text *one,
		       const struct mbsec_tx_text *other, u32 size);
int mbsec_tx_refusal(const struct mbsec_group *group);
int mbsec_tx_datagram(struct mbsec_packet *packet, struct mbsec_group *group);

#endif /* _MBSEC_TX_H */
