/* SPDX-License-Identifier: GPL-2.0-only */
/* Unprotect one datagram. */
#ifndef _MBSEC_RX_H
#define _MBSEC_RX_H

struct mbsec_group;
struct mbsec_packet;

int mbsec_rx_datagram(struct mbsec_packet *packet, struct mbsec_group *group);

#endif /* _MBSEC_RX_H */
