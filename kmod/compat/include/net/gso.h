/* SPDX-License-Identifier: GPL-2.0-only */
/* skb_gso_segment() was declared in netdevice.h before. */
#ifndef _MBSEC_COMPAT_NET_GSO_H
#define _MBSEC_COMPAT_NET_GSO_H

#ifdef MBSEC_HAVE_NET_GSO_H
#include_next <net/gso.h>
#else
#include <linux/netdevice.h>
#endif

#endif /* _MBSEC_COMPAT_NET_GSO_H */
