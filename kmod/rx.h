/* SPDX-License-Identifier: GPL-2.0-only */
/* Unprotect one datagram. */
#ifndef _MBSEC_RX_H
#define _MBSEC_RX_H

#include <linux/types.h>

struct mbsec_group;
struct mbsec_key;
struct mbsec_sframe_header;
struct sk_buff;
struct mbsec_packet;

int mbsec_rx_admit(struct mbsec_group *group,
		   const struct mbsec_sframe_header *header, u32 size,
		   bool looped, struct mbsec_key **key);
int mbsec_rx_open(struct mbsec_group *group, struct mbsec_key *key,
		  const struct mbsec_sframe_header *header, u8 *data, u32 size);
bool mbsec_rx_is_looped(const struct sk_buff *skb);
int mbsec_rx_datagram(struct mbsec_packet *packet, struct mbsec_group *group);

#endif /* _MBSEC_RX_H */
