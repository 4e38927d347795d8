/* SPDX-License-Identifier: GPL-2.0-only */
/* Super-packets (UDP_SEGMENT, GRO) that stay whole. */
#ifndef _MBSEC_SUPER_H
#define _MBSEC_SUPER_H

#include <linux/types.h>

struct mbsec_group;
struct mbsec_packet;

bool mbsec_super_protect(struct mbsec_packet *packet, struct mbsec_group *group,
			 int *err);
bool mbsec_super_unprotect(struct mbsec_packet *packet,
			   struct mbsec_group *group, int *err);

#endif /* _MBSEC_SUPER_H */
