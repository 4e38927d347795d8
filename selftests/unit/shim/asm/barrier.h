/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for the kernel's <asm/barrier.h>. */
#ifndef _SHIM_ASM_BARRIER_H
#define _SHIM_ASM_BARRIER_H

#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb() __atomic_thread_fence(__ATOMIC_RELEASE)

#endif /* _SHIM_ASM_BARRIER_H */
