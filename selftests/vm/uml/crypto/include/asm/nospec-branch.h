/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MBSEC_UML_ASM_NOSPEC_BRANCH_H
#define MBSEC_UML_ASM_NOSPEC_BRANCH_H

#define CALL_NOSPEC call *
#define JMP_NOSPEC jmp *

#endif
