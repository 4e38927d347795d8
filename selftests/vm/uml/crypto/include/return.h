/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MBSEC_UML_RETURN_H
#define MBSEC_UML_RETURN_H

/* x86 has it in asm/linkage.h, where mitigations may change it. */
#ifndef RET
#define RET ret
#endif

#endif
