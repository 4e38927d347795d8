/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MBSEC_UML_ASM_CPU_DEVICE_ID_H
#define MBSEC_UML_ASM_CPU_DEVICE_ID_H

#include <linux/mod_devicetable.h>
#include <asm/cpufeature.h>

#define X86_MATCH_FEATURE(number, data)                                   \
	{                                                                 \
		.feature = (number), .driver_data = (unsigned long)(data) \
	}

static inline const struct x86_cpu_id *
x86_match_cpu(const struct x86_cpu_id *match)
{
	for (; match->feature; match++)
		if (boot_cpu_has(match->feature))
			return match;
	return NULL;
}

#endif
