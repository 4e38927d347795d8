/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MBSEC_UML_ASM_FRAME_H
#define MBSEC_UML_ASM_FRAME_H

#define FRAME_BEGIN
#define FRAME_END
#define FRAME_OFFSET 0

#endif
