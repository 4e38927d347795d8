// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the daemon gives up, each case in a child: there is no way back. The child
 * leaves by _exit(), since the leak checker would want to be a debugger.
 */
#define _GNU_SOURCE /* unshare() */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/secret.h"
#include "log.h"
#include "sandbox.h"

/* In the child: the line of a check that fails is its exit status. */
#define CHECK(condition)                           \
	do {                                       \
		if (!(condition))                  \
			_exit(__LINE__ % 250 + 1); \
	} while (0)

static int status_of(void (*body)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (!child) {
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void expect_done(void (*body)(void))
{
	int status = status_of(body);

	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fail_msg(
			"status %#x: a check in line %d modulo 250 or a signal",
			status, WEXITSTATUS(status) - 1);
}

static void begin_body(void)
{
	struct fault fault = { 0 };
	struct rlimit limit;
	struct secret secret = { 0 };

	CHECK(!sandbox_begin(65536, &fault));
	CHECK(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
	CHECK(!getrlimit(RLIMIT_CORE, &limit) && !limit.rlim_max);
	CHECK(umask(0) == 077);
	CHECK(CRYPTO_secure_malloc_initialized());
	CHECK(!secret_alloc(&secret, 32));
	CHECK(CRYPTO_secure_allocated(secret.bytes));
	secret_clear(&secret);
}

static void test_begin(void **state)
{
	(void)state;
	expect_done(begin_body);
}

static void memlock_body(void)
{
	const struct rlimit little = { 65536, 65536 };
	struct fault fault = { 0 };

	CHECK(!setrlimit(RLIMIT_MEMLOCK, &little));
	/* Root may lock what it wants. */
	CHECK(geteuid() || !setresuid(65534, 65534, 65534));
	CHECK(sandbox_begin(1 << 20, &fault));
	CHECK(fault.code == FAULT_MEMORY);
	CHECK(strstr(fault.text, "secure-memory"));
	CHECK(strstr(fault.text, "1048576"));
	CHECK(strstr(fault.text, "65536"));
	CHECK(strstr(fault.text, "LimitMEMLOCK"));
}

static void test_memlock(void **state)
{
	(void)state;
	expect_done(memlock_body);
}

static void enter(void)
{
	struct fault fault = { 0 };

	CHECK(!sandbox_enter(NULL, false, &fault));
	CHECK(prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == -1 && errno == EPERM);
}

static void *thread_body(void *argument)
{
	struct addrinfo *list = NULL;

	/* As the resolver of libcurl. */
	*(bool *)argument = !getaddrinfo("127.0.0.1", "80", NULL, &list);
	freeaddrinfo(list);
	return NULL;
}

static void threads_body(void)
{
	bool resolved = false;
	pthread_t thread;

	enter();
	CHECK(!pthread_create(&thread, NULL, thread_body, &resolved));
	CHECK(!pthread_join(thread, NULL));
	CHECK(resolved);
}

static void test_threads(void **state)
{
	(void)state;
	expect_done(threads_body);
}

static char folder[40] = "/tmp/daemon_sandbox_test.XXXXXX";

static void files_body(void)
{
	sqlite3 *database;
	char path[64];

	snprintf(path, sizeof(path), "%s/db", folder);
	CHECK(!sandbox_enter(NULL, false, NULL));
	CHECK(sqlite3_open(path, &database) == SQLITE_OK);
	CHECK(sqlite3_exec(database,
			   "PRAGMA journal_mode = WAL;"
			   "PRAGMA synchronous = FULL;"
			   "CREATE TABLE t (n INTEGER PRIMARY KEY, b BLOB);"
			   "BEGIN IMMEDIATE;"
			   "INSERT INTO t (b) VALUES (zeroblob(100000));"
			   "COMMIT; PRAGMA wal_checkpoint(TRUNCATE); VACUUM;",
			   NULL, NULL, NULL) == SQLITE_OK);
	CHECK(sqlite3_close(database) == SQLITE_OK);
	CHECK(!unlink(path));
}

static void test_files(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	expect_done(files_body);
	assert_int_equal(rmdir(folder), 0);
}

static void sockets_body(void)
{
	static const int good[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };
	size_t i;

	enter();
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK(socket(good[i], SOCK_DGRAM, 0) >= 0 ||
		      errno == EAFNOSUPPORT);
	CHECK(socket(AF_PACKET, SOCK_RAW, 0) == -1 && errno == EPERM);
	CHECK(socket(AF_ALG, SOCK_SEQPACKET, 0) == -1 && errno == EPERM);
}

static void test_sockets(void **state)
{
	(void)state;
	expect_done(sockets_body);
}

static void denied_body(void)
{
	enter();
	CHECK(kill(getppid(), 0) == -1 && errno == EPERM);
	CHECK(mkdir("/tmp/daemon_sandbox_test.denied", 0700) == -1 &&
	      errno == EPERM);
	CHECK(setuid(0) == -1 && errno == EPERM);
	CHECK(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == -1 && errno == EPERM);
	CHECK(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
}

static void test_denied(void **state)
{
	(void)state;
	expect_done(denied_body);
}

static void exec_body(void)
{
	enter();
	execl("/bin/true", "true", NULL);
}

static void fork_body(void)
{
	enter();
	CHECK(fork() == -1 && errno == EPERM);
}

static void unshare_body(void)
{
	enter();
	unshare(CLONE_NEWUSER);
}

static void ptrace_body(void)
{
	enter();
	ptrace(PTRACE_TRACEME, 0, 0, 0);
}

static void test_deadly(void **state)
{
	static void (*const bodies[])(void) = { exec_body, unshare_body,
						ptrace_body };
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		status = status_of(bodies[i]);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
	expect_done(fork_body);
}

static void nobody_body(void)
{
	struct fault fault = { 0 };

	CHECK(!sandbox_enter("nobody", true, &fault));
	CHECK(getuid() && geteuid() == getuid() && getegid());
	CHECK(getgroups(0, NULL) <= 1);
	CHECK(open("/etc/shadow", O_RDONLY | O_CLOEXEC) == -1);
}

static void unknown_body(void)
{
	struct fault fault = { 0 };

	CHECK(sandbox_enter("no such user", true, &fault));
	CHECK(fault.code == FAULT_UNKNOWN);
	CHECK(strstr(fault.text, "daemon.user"));
}

static void test_user(void **state)
{
	(void)state;
	expect_done(unknown_body);
	if (geteuid()) {
		print_message("# only root can become others\n");
		skip();
	}
	expect_done(nobody_body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_begin),	cmocka_unit_test(test_memlock),
		cmocka_unit_test(test_threads), cmocka_unit_test(test_files),
		cmocka_unit_test(test_sockets), cmocka_unit_test(test_denied),
		cmocka_unit_test(test_deadly),	cmocka_unit_test(test_user),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_setup(LOG_LEVEL_ERROR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
