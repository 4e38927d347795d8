// SPDX-License-Identifier: GPL-2.0-or-later
/* The control socket: who may enter, what is in its place, what it leaves. */
#define _GNU_SOURCE /* setresuid() */
#include "daemon_ctl_scene.h"

#include <grp.h>
#include <openssl/crypto.h>
#include <sys/wait.h>

#include "memory_search.h"

static void expect_refused(struct scene *scene, const char *path,
			   enum fault_code code, const char *text)
{
	struct fault fault = { 0 };

	assert_null(ctl_open(scene->loop, path, &fault));
	assert_int_equal(fault.code, code);
	if (!strstr(fault.text, text))
		fail_msg("\"%s\" lacks \"%s\"", fault.text, text);
}

static void test_mode(void **state)
{
	struct scene scene;
	struct stat status;
	mode_t before;

	(void)state;
	before = umask(077);
	scene_open(&scene);
	umask(before);
	assert_int_equal(stat(scene.path, &status), 0);
	assert_true(S_ISSOCK(status.st_mode));
	assert_int_equal(status.st_mode & 07777, 0660);
	ctl_close(scene.ctl);
	assert_int_equal(access(scene.path, F_OK), -1);
	scene.ctl = NULL;
	scene_close(&scene);
}

/* What a daemon left that was killed is replaced; nothing else is. */
static void test_in_the_way(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct fault fault = { 0 };
	struct scene scene;
	char other[120];
	FILE *file;
	int fd;

	(void)state;
	scene_open(&scene);
	expect_refused(&scene, scene.path, FAULT_STATE, "another daemon");
	snprintf(other, sizeof(other), "%s/other", scene.folder);
	strcpy(address.sun_path, other);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)),
			 0);
	close(fd);
	ctl_close(scene.ctl);
	scene.ctl = ctl_open(scene.loop, other, &fault);
	assert_non_null(scene.ctl);
	/* Somebody has put another one there: it is not ours to remove. */
	assert_int_equal(unlink(other), 0);
	file = fopen(other, "w");
	assert_non_null(file);
	fclose(file);
	ctl_close(scene.ctl);
	assert_int_equal(access(other, F_OK), 0);
	expect_refused(&scene, other, FAULT_STATE, "not removed");
	assert_int_equal(access(other, F_OK), 0);
	unlink(other);
	scene.ctl = NULL;
	scene_close(&scene);
}

static void test_bad_path(void **state)
{
	struct scene scene;
	char path[200] = "/tmp/";

	(void)state;
	scene_open(&scene);
	expect_refused(&scene, "socket", FAULT_ARGUMENT, "not an absolute");
	memset(path + 5, 'x', sizeof(path) - 6);
	expect_refused(&scene, path, FAULT_ARGUMENT, "more than 107 octets");
	expect_refused(&scene, "/nowhere/socket", FAULT_STATE,
		       "No such file or directory");
	scene_close(&scene);
}

enum { CHILD_ANSWERED = 10, CHILD_REFUSED, CHILD_OTHER };

static int child_ask(const char *path, uid_t uid, gid_t gid, gid_t more)
{
	static const char line[] =
		"{\"version\":1,\"id\":1,\"command\":\"echo\"}\n";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char answer[512] = "";
	int fd;

	strcpy(address.sun_path, path);
	if (setgroups(1, &more) || setresgid(gid, gid, gid) ||
	    setresuid(uid, uid, uid))
		return CHILD_OTHER;
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return CHILD_OTHER;
	if (send(fd, line, strlen(line), MSG_NOSIGNAL) < 0 && errno != EPIPE &&
	    errno != ECONNRESET)
		return CHILD_OTHER;
	if (recv(fd, answer, sizeof(answer) - 1, 0) <= 0)
		return CHILD_OTHER;
	if (strstr(answer, "\"result\""))
		return CHILD_ANSWERED;
	return strstr(answer, "\"unauthentic\"") ? CHILD_REFUSED : CHILD_OTHER;
}

static int ask_as(struct scene *scene, uid_t uid, gid_t gid, gid_t more)
{
	time_t end = time(NULL) + SCENE_PATIENCE;
	int status = 0;
	pid_t child;

	child = fork();
	assert_true(child >= 0);
	if (!child)
		_exit(child_ask(scene->path, uid, gid, more));
	while (!waitpid(child, &status, WNOHANG)) {
		assert_true(time(NULL) < end);
		scene_run(scene);
	}
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_who(void **state)
{
	struct scene scene;
	gid_t ours = getegid();

	(void)state;
	if (geteuid()) {
		print_message("# only root can become others\n");
		skip();
	}
	scene_open(&scene);
	/* The mode would keep them out: here it is the daemon that has to. */
	assert_int_equal(chmod(scene.folder, 0755), 0);
	assert_int_equal(chmod(scene.path, 0666), 0);
	assert_int_equal(ask_as(&scene, 65534, 65534, 65534), CHILD_REFUSED);
	assert_int_equal(ask_as(&scene, 65534, ours, 65534), CHILD_ANSWERED);
	assert_int_equal(ask_as(&scene, 65534, 65534, ours), CHILD_ANSWERED);
	assert_int_equal(ask_as(&scene, 0, 65534, 65534), CHILD_ANSWERED);
	scene_close(&scene);
}

/* A daemon that becomes another user gives the socket to that one before. */
static void test_give(void **state)
{
	struct fault fault = { 0 };
	struct scene scene;
	struct stat status;

	(void)state;
	scene_open(&scene);
	assert_int_equal(ctl_give(scene.ctl, "no such user", &fault), -1);
	assert_int_equal(fault.code, FAULT_UNKNOWN);
	if (!geteuid()) {
		assert_int_equal(ctl_give(scene.ctl, "nobody", NULL), 0);
		assert_int_equal(stat(scene.path, &status), 0);
		assert_int_equal(status.st_uid, 65534);
		assert_int_equal(status.st_gid, 65534);
	}
	scene_close(&scene);
}

/* The handler takes the key from the arguments; nothing of it stays. */
static void key_take(void *argument, struct ctl_request *request)
{
	json_t *key = json_object_get(ctl_arguments(request), "k");

	(void)argument;
	assert_int_equal(json_string_length(key), 32);
	ctl_reply(request, NULL);
}

static void test_keys_are_wiped(void **state)
{
	static const char before[] =
		"{\"version\":1,\"command\":\"key\",\"arguments\":{\"k\":\"";
	char key[33] = "";
	struct scene scene;
	struct peer peer;
	size_t i;

	(void)state;
	scene_open(&scene);
	ctl_command_add(scene.ctl, "key", key_take, NULL);
	peer_open(&peer, &scene);
	for (i = 0; i < 32; i++)
		key[i] = "0123456789abcdef"[(i * 7 + 3) % 16 ^ (i > 15)];
	memory_watch((const uint8_t *)key);
	memory_watch((const uint8_t *)key + 16);
	assert_true(memory_search() > 0);
	peer_write(&peer, before, strlen(before));
	peer_write(&peer, key, 32);
	OPENSSL_cleanse(key, sizeof(key));
	peer_say(&peer, "\"}}");
	peer_expect(&peer, "{\"id\":null,\"result\":{}}");
	assert_int_equal(memory_search(), 0);
	peer_close(&peer);
	scene_close(&scene);
	memory_forget();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mode),
		cmocka_unit_test(test_in_the_way),
		cmocka_unit_test(test_bad_path),
		cmocka_unit_test(test_who),
		cmocka_unit_test(test_give),
		cmocka_unit_test(test_keys_are_wiped),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	json_set_alloc_funcs(sbi_memory_alloc, sbi_memory_free);
	log_setup(LOG_LEVEL_ERROR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
