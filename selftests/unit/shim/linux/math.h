/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for the kernel's <linux/math.h>. */
#ifndef _SHIM_LINUX_MATH_H
#define _SHIM_LINUX_MATH_H

#define DIV_ROUND_UP(n, d) ((n) / (d) + !!((n) % (d)))

#endif /* _SHIM_LINUX_MATH_H */
