/* SPDX-License-Identifier: GPL-2.0-only */
/* Unprotects packets of SRTP and SRTCP. */
#ifndef _MBSEC_SRTP_RX_H
#define _MBSEC_SRTP_RX_H

#include <linux/types.h>

struct mbsec_group;
struct mbsec_packet;

int mbsec_srtp_rx(struct mbsec_packet *packet, struct mbsec_group *group,
		  bool looped);

#endif /* _MBSEC_SRTP_RX_H */
