/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the daemon gives up once its sockets, files and roles are there: rights
 * that it does not need and system calls that it never makes.
 */
#ifndef MBSEC_DAEMON_SANDBOX_H
#define MBSEC_DAEMON_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "core/fault.h"

/* At the very beginning: no core dumps, no ptrace by others, files are for us
 * only, as many open files as the system allows, and @secure_memory octets (a power
 * of two) of locked memory for keys. Returns 0, or -1 and a sentence.
 */
int sandbox_begin(size_t secure_memory, struct fault *fault);
/* When everything has started: becomes @user (NULL: stays), keeps CAP_NET_ADMIN
 * only if @kernel and no capability else, can gain none again, and filters system
 * calls. What the system lacks (no root, no seccomp) is logged and passed over,
 * except that a @user that was asked for and cannot be had is a fault. Returns 0
 * or -1.
 */
int sandbox_enter(const char *user, bool kernel, struct fault *fault);

#endif
