/* SPDX-License-Identifier: GPL-2.0-only */
/* Unprotect one datagram. */
#ifndef _MBSEC_RX_H
#define _MBSEC_RX_H

#include <linux/types.h>

#include "sframe.h"

struct mbsec_group;
struct mbsec_key;
struct sk_buff;
struct mbsec_packet;

/**
 * struct mbsec_rx_text - a ciphertext on its way to be cleartext
 * @header: its header
 * @key: its key
 * @data: the header, directly followed by the text and the tag
 * @size: octets of the text alone
 * @reason: of one of several, 0 or MBSEC_A_COUNTERS_RX_DROP_*
 */
struct mbsec_rx_text {
	struct mbsec_sframe_header header;
	struct mbsec_key *key;
	u8 *data;
	u32 size;
	int reason;
};

int mbsec_rx_admit(struct mbsec_group *group,
		   const struct mbsec_sframe_header *header, u32 size,
		   bool looped, struct mbsec_key **key);
int mbsec_rx_verify(struct mbsec_group *group,
		    const struct mbsec_rx_text *text);
void mbsec_rx_verify_pair(struct mbsec_group *group, struct mbsec_rx_text *one,
			  struct mbsec_rx_text *other);
int mbsec_rx_open(struct mbsec_group *group, const struct mbsec_rx_text *text);
bool mbsec_rx_is_looped(const struct sk_buff *skb);
int mbsec_rx_datagram(struct mbsec_packet *packet, struct mbsec_group *group);

#endif /* _MBSEC_RX_H */
