/* SPDX-License-Identifier: GPL-2.0-only */
/* Unaligned access was in an asm header before. */
#ifndef _MBSEC_COMPAT_LINUX_UNALIGNED_H
#define _MBSEC_COMPAT_LINUX_UNALIGNED_H

#ifdef MBSEC_HAVE_LINUX_UNALIGNED_H
#include_next <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#endif /* _MBSEC_COMPAT_LINUX_UNALIGNED_H */
