/* SPDX-License-Identifier: GPL-2.0-only */
/* Protect one datagram. */
#ifndef _MBSEC_TX_H
#define _MBSEC_TX_H

struct mbsec_group;
struct mbsec_key;
struct mbsec_packet;

int mbsec_tx_seal(struct mbsec_group *group, const struct mbsec_key *key,
		  u64 counter, u8 *data, u32 size);
int mbsec_tx_refusal(const struct mbsec_group *group);
int mbsec_tx_datagram(struct mbsec_packet *packet, struct mbsec_group *group);

#endif /* _MBSEC_TX_H */
