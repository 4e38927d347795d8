/* SPDX-License-Identifier: GPL-2.0-only */
/* What protecting and unprotecting SRTP have in common. */
#ifndef _MBSEC_SRTP_PACKET_H
#define _MBSEC_SRTP_PACKET_H

#include <linux/types.h>

struct mbsec_group;
struct mbsec_packet;
struct mbsec_srtp_header;
struct mbsec_srtp_layout;
struct mbsec_suite_keys;

int mbsec_srtp_peek(const struct mbsec_packet *packet,
		    const struct mbsec_group *group,
		    struct mbsec_srtp_header *header);
int mbsec_srtp_read(const struct mbsec_packet *packet, u32 offset, void *data,
		    u32 size);
int mbsec_srtp_mac(const struct mbsec_suite_keys *suite,
		   const struct mbsec_srtp_header *header,
		   const struct mbsec_srtp_layout *layout, u8 *data, u64 index,
		   u8 *mac);

#endif /* _MBSEC_SRTP_PACKET_H */
