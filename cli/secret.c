// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeping keys out of core dumps and off the swap. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "problem.h"
#include "secret.h"

void secret_protect_process(void)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		problem_warn("core dumps could not be switched off");
	/* Where the limit of locked memory is low this fails: no harm done. */
	mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}
