/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for the kernel's <linux/minmax.h>. */
#ifndef _SHIM_LINUX_MINMAX_H
#define _SHIM_LINUX_MINMAX_H

#define min_t(type, a, b)          \
	({                         \
		type _a = (a);     \
		type _b = (b);     \
		_a < _b ? _a : _b; \
	})

#endif /* _SHIM_LINUX_MINMAX_H */
