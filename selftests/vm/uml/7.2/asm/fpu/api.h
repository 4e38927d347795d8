/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MBSEC_UML_ASM_FPU_API_H
#define MBSEC_UML_ASM_FPU_API_H

#include <linux/types.h>
#include <asm/cpufeature.h>

#define XFEATURE_MASK_SSE 0x02
#define XFEATURE_MASK_YMM 0x04
#define XFEATURE_MASK_AVX512 0xe0

/* In a process these are registers like others: signals save them. */
static inline void kernel_fpu_begin(void)
{
}

static inline void kernel_fpu_end(void)
{
}

static inline bool irq_fpu_usable(void)
{
	return true;
}

/* The host saves them, or would not name the instructions that have them. */
static inline int cpu_has_xfeatures(u64 mask, const char **name)
{
	return 1;
}

#endif
