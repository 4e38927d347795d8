/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filter of system calls. */
#ifndef MBSEC_DAEMON_SANDBOX_FILTER_H
#define MBSEC_DAEMON_SANDBOX_FILTER_H

/* From here on, for all threads of the process and for good. Returns 0 or a
 * negative errno.
 *
 * Calls on the list are let through. One that is not there, which a new version
 * of a library may make for good reasons, fails with EPERM, so that the keys of a
 * whole network do not depend on the list; the audit log of the kernel has it.
 * Calls that only an intruder makes end the process.
 */
int sandbox_filter_enter(void);

#endif
