/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MBSEC_UML_ASM_SIMD_H
#define MBSEC_UML_ASM_SIMD_H

#include <linux/types.h>
/* Needs the types. */
#include <asm/fpu/api.h>

/*
 * In a user-mode kernel these are registers of a process: signals save them, and
 * else it is switched only where a function is called. Softirqs may use them,
 * as they may on x86.
 */
static __must_check inline bool may_use_simd(void)
{
	return irq_fpu_usable();
}

#endif
