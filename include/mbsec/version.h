/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* One version for the module and the tools. */
#ifndef _MBSEC_VERSION_H
#define _MBSEC_VERSION_H

#define MBSEC_VERSION "0.1.0"

#endif /* _MBSEC_VERSION_H */
