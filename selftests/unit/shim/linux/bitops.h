/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for the kernel's <linux/bitops.h>. */
#ifndef _SHIM_LINUX_BITOPS_H
#define _SHIM_LINUX_BITOPS_H

#include <linux/types.h>

/* Number of the last bit that is set, from 1; 0 if there is none. */
static inline int fls64(u64 value)
{
	return value ? 64 - __builtin_clzll(value) : 0;
}

#endif /* _SHIM_LINUX_BITOPS_H */
