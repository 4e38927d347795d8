/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MBSEC_UML_ASM_CPU_DEVICE_ID_H
#define MBSEC_UML_ASM_CPU_DEVICE_ID_H

#include <linux/mod_devicetable.h>
#include <asm/cpufeature.h>

#define X86_MATCH_FEATURE(number, data)                                   \
	{                                                                 \
		.feature = (number), .driver_data = (unsigned long)(data) \
	}

#define XFEATURE_MASK_SSE 2
#define XFEATURE_MASK_YMM 4

static inline const struct x86_cpu_id *
x86_match_cpu(const struct x86_cpu_id *match)
{
	for (; match->feature; match++)
		if (boot_cpu_has(match->feature))
			return match;
	return NULL;
}

/* Keeps the hashes to SSE and SHA-NI; the code for AVX is not in the modules. */
static inline int cpu_has_xfeatures(u64 mask, const char **name)
{
	return 0;
}

#endif
