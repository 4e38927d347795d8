/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for the kernel's <linux/compiler.h>. */
#ifndef _SHIM_LINUX_COMPILER_H
#define _SHIM_LINUX_COMPILER_H

#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, value) __atomic_store_n(&(x), (value), __ATOMIC_RELAXED)

#endif /* _SHIM_LINUX_COMPILER_H */
