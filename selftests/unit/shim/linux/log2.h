/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for the kernel's <linux/log2.h>. */
#ifndef _SHIM_LINUX_LOG2_H
#define _SHIM_LINUX_LOG2_H

/* For values from 1, as in the kernel. */
static inline unsigned long roundup_pow_of_two(unsigned long value)
{
	unsigned long power = 1;

	while (power < value)
		power *= 2;
	return power;
}

#endif /* _SHIM_LINUX_LOG2_H */
