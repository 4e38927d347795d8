// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stream of SRTP at its sender, and at one on another host: keys, and where its
 * sources stand. io/kernel.c is not linked, its place is taken by one that writes
 * down what it is asked for.
 */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config.h"
#include "core/ids.h"
#include "core/srtp_kdf.h"
#include "io/httpc.h"
#include "io/kernel.h"
#include "role.h"
#include "roles/mbstf.h"
#include "roles/mbstf_remote.h"

#define FLOW 5
#define SSRC 0xcafebabe
#define PATIENCE 10000

struct kernel {
	kernel_callback callback;
	void *argument;
	struct kernel_group group;
	unsigned int keys;
	struct kernel_key key;
	uint8_t auth[SRTP_AUTH_KEY_SIZE];
	struct kernel_sender senders[100];
	unsigned int sender_count;
	unsigned int restored;
	unsigned int dumps;
};

static struct kernel kernel;
static struct daemon the_daemon;
static struct config the_config;
static struct secret mtk, salt;
static unsigned int events;
static enum mbstf_event last_event;

bool kernel_is_here(const struct kernel *it)
{
	(void)it;
	return true;
}

int kernel_listen(struct kernel *it, kernel_callback callback, void *argument,
		  struct fault *fault)
{
	(void)fault;
	it->callback = callback;
	it->argument = argument;
	return 0;
}

int kernel_group_add(struct kernel *it, const struct kernel_group *group,
		     struct fault *fault)
{
	(void)fault;
	it->group = *group;
	return 0;
}

int kernel_group_delete(struct kernel *it, const struct kernel_group *group,
			struct fault *fault)
{
	(void)it;
	(void)group;
	(void)fault;
	return 0;
}

int kernel_key_add(struct kernel *it, const struct kernel_group *group,
		   const struct kernel_key *key, struct fault *fault)
{
	(void)fault;
	assert_true(address_equal(&group->group, &it->group.group));
	assert_int_equal(key->role, MBSEC_ROLE_TX);
	assert_int_equal(key->sender_id, 0);
	assert_int_equal(key->srtp->encryption.size, MTK_SIZE_LONG);
	it->keys++;
	it->key = *key;
	memcpy(it->auth, key->srtp->auth.bytes, sizeof(it->auth));
	return 0;
}

int kernel_key_activate(struct kernel *it, const struct kernel_group *group,
			const struct kernel_key *key, struct fault *fault)
{
	(void)it;
	(void)group;
	(void)key;
	(void)fault;
	return 0;
}

int kernel_key_delete(struct kernel *it, const struct kernel_group *group,
		      const struct kernel_key *key, struct fault *fault)
{
	(void)it;
	(void)group;
	(void)key;
	(void)fault;
	return 0;
}

int kernel_sender_add(struct kernel *it, const struct kernel_group *group,
		      const struct kernel_sender *sender, struct fault *fault)
{
	(void)fault;
	assert_true(address_equal(&group->group, &it->group.group));
	assert_int_equal(sender->role, MBSEC_ROLE_TX);
	assert_int_equal(sender->ssrc, SSRC + it->restored);
	assert_int_equal(sender->roc, 7);
	assert_true(sender->heard);
	assert_int_equal(sender->sequence, it->restored);
	it->restored++;
	return 0;
}

int kernel_senders_each(struct kernel *it, kernel_sender_callback callback,
			void *argument, struct fault *fault)
{
	unsigned int i;

	(void)fault;
	it->dumps++;
	for (i = 0; i < it->sender_count; i++)
		callback(argument, &it->group, &it->senders[i]);
	return 0;
}

static void senders_make(unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		kernel.senders[i] =
			(struct kernel_sender){ .ssrc = SSRC + i,
						.role = MBSEC_ROLE_TX,
						.heard = true,
						.roc = 7,
						.sequence = (uint16_t)i };
	kernel.sender_count = count;
}

static void on_event(void *argument, enum mbstf_event event, int64_t flow)
{
	(void)argument;
	assert_int_equal(flow, FLOW);
	last_event = event;
	events++;
}

static struct mbstf_flow a_flow(void)
{
	struct mbstf_flow flow = {
		.id = FLOW,
		.device = "lo",
		.mtk_port = 2269,
		.format = MBSEC_FORMAT_SRTP,
		.suite = MBSEC_SUITE_AES256_CM_HMAC_SHA1_80,
		.rtcp_port = 5001,
		.roc_rate = 16,
	};

	address_parse("239.255.33.46:5000", 0, &flow.group, NULL);
	return flow;
}

static void check_group(void)
{
	assert_int_equal(kernel.group.format, MBSEC_FORMAT_SRTP);
	assert_int_equal(kernel.group.suite,
			 MBSEC_SUITE_AES256_CM_HMAC_SHA1_80);
	assert_int_equal(kernel.group.rtcp_port, 5001);
	assert_int_equal(kernel.group.roc_rate, 16);
}

static void check_key(void)
{
	struct srtp_keys keys = { 0 }, rtcp = { 0 };

	assert_int_equal(kernel.keys, 1);
	assert_int_equal(srtp_kdf(&mtk, &salt, &keys, &rtcp, NULL), 0);
	assert_memory_equal(kernel.auth, keys.auth.bytes, sizeof(kernel.auth));
	srtp_keys_clear(&keys);
	srtp_keys_clear(&rtcp);
}

static int setup(void **state)
{
	static const struct httpc_options options = { 0 };
	struct fault fault = { 0 };

	(void)state;
	kernel = (struct kernel){ 0 };
	events = 0;
	secret_set(&mtk, "0123456789abcdef0123456789abcdef", MTK_SIZE_LONG);
	secret_set(&salt, "0123456789abcd", MTK_SALT_SIZE);
	the_daemon =
		(struct daemon){ .config = &the_config, .kernel = &kernel };
	the_daemon.loop = loop_new(NULL);
	the_daemon.http = httpc_new(the_daemon.loop, &options, &fault);
	if (!the_daemon.http || mbstf_role.start(&the_daemon, &fault))
		fail_msg("%s", fault.text);
	mbstf_listen(the_daemon.mbstf, on_event, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mbstf_role.stop(&the_daemon);
	httpc_free(the_daemon.http);
	loop_free(the_daemon.loop);
	secret_clear(&mtk);
	secret_clear(&salt);
	return 0;
}

static void add(void)
{
	struct mbstf_flow flow = a_flow();
	struct fault fault = { 0 };

	if (mbstf_flow_add(the_daemon.mbstf, &flow, &fault) ||
	    mbstf_mtk_add(the_daemon.mbstf, FLOW, 1, 1, &mtk, &salt, &fault) ||
	    mbstf_mtk_activate(the_daemon.mbstf, FLOW, 1, 1, &fault))
		fail_msg("%s", fault.text);
}

/* Session keys of the MTK and its salt; its soft limit asks for the next one. */
static void keys(void **state)
{
	struct kernel_event event = {
		.type = KERNEL_NOTICE,
		.notice = MBSEC_EVENT_TYPE_SOFT_EXPIRE,
		.key = { .msk_id = 1, .mtk_id = 1, .role = MBSEC_ROLE_TX },
	};

	(void)state;
	add();
	check_group();
	check_key();
	event.group = kernel.group;
	kernel.callback(kernel.argument, &event);
	assert_int_equal(events, 1);
	assert_int_equal(last_event, MBSTF_ROTATE);
	/* A new MTK is of no use against these. */
	event.notice = MBSEC_EVENT_TYPE_SSRC_COLLISION;
	event.ssrc = SSRC;
	kernel.callback(kernel.argument, &event);
	event.notice = MBSEC_EVENT_TYPE_INDEX_REPEATED;
	kernel.callback(kernel.argument, &event);
	assert_int_equal(events, 1);
}

/* Without a salt there are no keys, and the kernel has heard of none. */
static void without_salt(void **state)
{
	struct mbstf_flow flow = a_flow();

	(void)state;
	assert_int_equal(mbstf_flow_add(the_daemon.mbstf, &flow, NULL), 0);
	assert_int_equal(mbstf_mtk_add(the_daemon.mbstf, FLOW, 1, 1, &mtk, NULL,
				       NULL),
			 -1);
	assert_int_equal(kernel.keys, 0);
}

/* Asked seldom, bounded, and told to a module that has forgotten them. */
static void sources(void **state)
{
	const struct mbstf_source *list;
	struct kernel_event here = { .type = KERNEL_HERE };
	struct kernel_event gone = { .type = KERNEL_GONE };

	(void)state;
	add();
	senders_make(2);
	kernel.senders[2] = kernel.senders[0];
	kernel.senders[3] = kernel.senders[0];
	kernel.senders[3].role = MBSEC_ROLE_RX;
	kernel.senders[4] =
		(struct kernel_sender){ .ssrc = 9, .role = MBSEC_ROLE_TX };
	kernel.sender_count = 5;
	assert_int_equal(mbstf_sources(the_daemon.mbstf, FLOW, &list), 2);
	assert_int_equal(list[1].ssrc, SSRC + 1);
	assert_int_equal(list[1].roc, 7);
	assert_int_equal(list[1].sequence, 1);
	assert_int_equal(mbstf_sources(the_daemon.mbstf, FLOW, &list), 2);
	assert_int_equal(kernel.dumps, 1);
	assert_int_equal(mbstf_sources(the_daemon.mbstf, 99, &list), 0);
	kernel.callback(kernel.argument, &gone);
	kernel.callback(kernel.argument, &here);
	assert_int_equal(kernel.restored, 2);
}

static void too_many_sources(void **state)
{
	const struct mbstf_source *list;

	(void)state;
	add();
	senders_make(100);
	assert_int_equal(mbstf_sources(the_daemon.mbstf, FLOW, &list),
			 MBSTF_SOURCES_MAX);
}

/* ---- On another host ---- */

static uint16_t free_port(void)
{
	struct sockaddr_in local = { .sin_family = AF_INET };
	socklen_t size = sizeof(local);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&local, size), 0);
	getsockname(fd, (struct sockaddr *)&local, &size);
	close(fd);
	return ntohs(local.sin_port);
}

static struct mbstf_remote *remote;

static bool has_sources(void)
{
	const struct mbstf_source *list;

	return mbstf_remote_sources(remote, FLOW, &list) == 2;
}

static bool has_key(void)
{
	return kernel.keys;
}

struct wait {
	struct loop_timer timer;
	bool (*reached)(void);
	int left;
};

static void look(void *argument)
{
	struct wait *wait = argument;

	if (wait->reached() || !wait->left--)
		loop_stop(the_daemon.loop);
	else
		loop_timer_set(the_daemon.loop, &wait->timer, 1, look, wait);
}

static void until(bool (*reached)(void))
{
	struct wait wait = { .reached = reached, .left = PATIENCE };

	look(&wait);
	loop_timer_set(the_daemon.loop, &wait.timer, 0, look, &wait);
	assert_int_equal(loop_run(the_daemon.loop, NULL), 0);
	loop_timer_stop(&wait.timer);
	assert_true(reached());
}

/* The same over HTTP: stream, MTK with its salt, and what it knows of sources. */
static void on_another_host(void **state)
{
	char folder[] = "/tmp/mbsec-mbstf-XXXXXX", key_file[64], url[64];
	struct mbstf_flow flow = a_flow();
	struct mbstf_server *server;
	const struct mbstf_source *list;
	struct fault fault = { 0 };
	union address listen;
	uint16_t port = free_port();
	FILE *file;
	int i;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(key_file, sizeof(key_file), "%s/key", folder);
	file = fopen(key_file, "w");
	for (i = 0; i < 64; i++)
		fputc('a', file);
	fclose(file);
	assert_int_equal(chmod(key_file, 0600), 0);
	snprintf(url, sizeof(url), "127.0.0.1:%u", port);
	address_parse(url, 0, &listen, NULL);
	snprintf(url, sizeof(url), "http://127.0.0.1:%u", port);
	server = mbstf_server_new(the_daemon.loop, the_daemon.mbstf, &listen,
				  key_file, &fault);
	remote = mbstf_remote_new(&the_daemon, "studio", url, key_file,
				  on_event, NULL, &fault);
	if (!server || !remote)
		fail_msg("%s", fault.text);
	if (mbstf_remote_flow_add(remote, &flow, &fault) ||
	    mbstf_remote_mtk_add(remote, FLOW, 1, 1, &mtk, &salt, &fault))
		fail_msg("%s", fault.text);
	until(has_key);
	check_group();
	check_key();
	senders_make(2);
	assert_int_equal(mbstf_remote_sources(remote, FLOW, &list), 0);
	assert_int_equal(mbstf_remote_send(remote, FLOW, "MTK", 3, &fault), 0);
	until(has_sources);
	mbstf_remote_sources(remote, FLOW, &list);
	assert_int_equal(list[1].ssrc, SSRC + 1);
	assert_int_equal(list[1].roc, 7);
	assert_int_equal(list[1].sequence, 1);
	mbstf_remote_free(remote);
	mbstf_server_free(server);
	unlink(key_file);
	rmdir(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keys),
		TEST(without_salt),
		TEST(sources),
		TEST(too_many_sources),
		TEST(on_another_host),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
