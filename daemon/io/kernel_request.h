/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests to the kernel module, for the files that make them. */
#ifndef MBSEC_DAEMON_KERNEL_REQUEST_H
#define MBSEC_DAEMON_KERNEL_REQUEST_H

#include "kernel_socket.h"

/* Begins a request. Returns 0, or -1 and FAULT_STATE if the module is not there. */
int kernel_request_start(struct kernel *kernel, struct kernel_message *message,
			 uint8_t command, uint16_t flags, struct fault *fault);
/* Sends it. Returns 0 and @error, the kernel's errno, or -1 and a fault. The
 * sentence goes to @refusal, for the caller to pass on or not.
 */
int kernel_request_run(struct kernel *kernel, struct kernel_message *message,
		       kernel_take take, void *argument, int *error,
		       struct fault *refusal, struct fault *fault);
/* Passes it on: -1. */
int kernel_request_refuse(const struct fault *refusal, struct fault *fault);

/* Begins a list. Called again if somebody changes it while it is read. */
typedef void (*kernel_dump_begin)(void *argument);

/* Reads a list into @take. Returns 0, or -1 and a fault. */
int kernel_request_dump(struct kernel *kernel, uint8_t command,
			kernel_dump_begin begin, kernel_take take,
			void *argument, struct fault *fault);

#endif
