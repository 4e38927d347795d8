// SPDX-License-Identifier: GPL-2.0-or-later
#include <cap-ng.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "sandbox.h"
#include "sandbox_filter.h"

#define AREA "sandbox"
/* Of the pieces of the secure heap: a key and a little. */
#define PIECE_MIN 32

/* As far as it may be. */
static int raise_limit(int resource, struct rlimit *limit, struct fault *fault)
{
	if (getrlimit(resource, limit))
		return fault_set(fault, FAULT_STATE,
				 "a limit of the system cannot be read: %s",
				 strerror(errno));
	if (limit->rlim_cur < limit->rlim_max) {
		limit->rlim_cur = limit->rlim_max;
		setrlimit(resource, limit);
	}
	return 0;
}

static int lock_memory(size_t size, struct fault *fault)
{
	struct rlimit limit;

	if (raise_limit(RLIMIT_MEMLOCK, &limit, fault))
		return -1;
	/* 2 is: memory, but it may be swapped or dumped. */
	if (CRYPTO_secure_malloc_init(size, PIECE_MIN) == 1)
		return 0;
	return fault_set(fault, FAULT_MEMORY,
			 "daemon.secure-memory: %zu octets cannot be locked, "
			 "the limit is %llu: lower it, or raise the limit "
			 "(LimitMEMLOCK= in the unit, ulimit -l)",
			 size, (unsigned long long)limit.rlim_max);
}

int sandbox_begin(size_t secure_memory, struct fault *fault)
{
	const struct rlimit none = { 0 };
	struct rlimit files;

	umask(077);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) || setrlimit(RLIMIT_CORE, &none))
		return fault_set(fault, FAULT_STATE,
				 "core dumps cannot be turned off: %s",
				 strerror(errno));
	/* Connections of many UEs. */
	if (raise_limit(RLIMIT_NOFILE, &files, fault))
		return -1;
	return lock_memory(secure_memory, fault);
}

/* What is left after the next change of capabilities. */
static void choose_capabilities(bool kernel)
{
	bool have;

	capng_get_caps_process();
	have = capng_have_capability(CAPNG_PERMITTED, CAP_NET_ADMIN);
	if (kernel && !have)
		log_warning(AREA, "no-capability",
			    LOG_TEXT("capability", "CAP_NET_ADMIN"),
			    LOG_TEXT("effect", "keys do not reach the kernel"));
	capng_clear(CAPNG_SELECT_ALL);
	if (kernel && have)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
			     CAP_NET_ADMIN);
}

static int become(const char *user, bool kernel, struct fault *fault)
{
	const struct passwd *entry;
	int result;

	errno = 0;
	entry = getpwnam(user);
	if (!entry)
		return fault_set(fault, FAULT_UNKNOWN, "daemon.user: %s: %.64s",
				 errno ? strerror(errno) : "no such user",
				 user);
	if (geteuid() == entry->pw_uid)
		return 1;
	if (geteuid())
		return fault_set(fault, FAULT_STATE,
				 "daemon.user: only root can become %.64s",
				 user);
	choose_capabilities(kernel);
	result = capng_change_id((int)entry->pw_uid, (int)entry->pw_gid,
				 CAPNG_INIT_SUPP_GRP | CAPNG_CLEAR_BOUNDING |
					 CAPNG_CLEAR_AMBIENT);
	if (result)
		return fault_set(fault, FAULT_STATE,
				 "daemon.user: cannot become %.64s (libcap-ng "
				 "says %d)",
				 user, result);
	return 0;
}

static void drop_capabilities(bool kernel)
{
	bool all;

	capng_get_caps_process();
	/* Without it the bounding set stays, of which nothing can be gained. */
	all = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	choose_capabilities(kernel);
	if (capng_apply(all ? CAPNG_SELECT_ALL : CAPNG_SELECT_CAPS))
		log_warning(AREA, "capabilities-kept",
			    LOG_TEXT("reason", strerror(errno)));
}

int sandbox_enter(const char *user, bool kernel, struct fault *fault)
{
	int stays = 1, result;

	if (user)
		stays = become(user, kernel, fault);
	if (stays < 0)
		return -1;
	if (stays)
		drop_capabilities(kernel);
	/* Another identity may have turned it on again. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		log_warning(AREA, "privileges-kept",
			    LOG_TEXT("reason", strerror(errno)));
	result = sandbox_filter_enter();
	if (result)
		log_warning(AREA, "no-filter",
			    LOG_TEXT("reason", strerror(-result)));
	return 0;
}
