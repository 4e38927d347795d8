/* SPDX-License-Identifier: GPL-2.0-only */
/* Protects packets of RTP and RTCP. */
#ifndef _MBSEC_SRTP_TX_H
#define _MBSEC_SRTP_TX_H

struct mbsec_group;
struct mbsec_key;
struct mbsec_packet;

int mbsec_srtp_tx(struct mbsec_packet *packet, struct mbsec_group *group,
		  struct mbsec_key *key);

#endif /* _MBSEC_SRTP_TX_H */
