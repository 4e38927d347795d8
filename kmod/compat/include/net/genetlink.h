/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernels without split operations. Every command of ours is either a "do" or a
 * "dump", so that one table serves as the other.
 */
#ifndef _MBSEC_COMPAT_NET_GENETLINK_H
#define _MBSEC_COMPAT_NET_GENETLINK_H

#include_next <net/genetlink.h>

#ifndef MBSEC_HAVE_GENL_SPLIT_OPS
#define genl_split_ops genl_ops
#define split_ops ops
#define n_split_ops n_ops
#endif

#endif /* _MBSEC_COMPAT_NET_GENETLINK_H */
