// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the sender tells the kernel, and when: io/kernel.c is not linked, its place
 * is taken by one that writes down what it is asked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config.h"
#include "io/kernel.h"
#include "role.h"
#include "roles/mbstf.h"

struct kernel {
	bool here;
	bool refuses;
	kernel_callback callback;
	void *argument;
	/* "+g" group, "+k 1:2" key, "+k 1:2a" used at once, "a", "-k", "-g". */
	char log[1024];
};

static struct kernel kernel;
static struct daemon the_daemon;
static struct config the_config;
static enum mbstf_event last_event;
static unsigned int events;

static void note(const char *what, const struct kernel_key *key,
		 const char *more)
{
	size_t used = strlen(kernel.log);

	if (key)
		snprintf(kernel.log + used, sizeof(kernel.log) - used,
			 "%s %x:%u%s;", what, key->msk_id, key->mtk_id, more);
	else
		snprintf(kernel.log + used, sizeof(kernel.log) - used, "%s;",
			 what);
}

static void assert_log(const char *expected)
{
	assert_string_equal(kernel.log, expected);
	kernel.log[0] = 0;
}

bool kernel_is_here(const struct kernel *it)
{
	return it->here;
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
	(void)it;
	(void)fault;
	assert_int_equal(group->direction,
			 MBSEC_DIRECTION_OUT | MBSEC_DIRECTION_IN);
	note("+g", NULL, "");
	return 0;
}

int kernel_group_delete(struct kernel *it, const struct kernel_group *group,
			struct fault *fault)
{
	(void)it;
	(void)group;
	(void)fault;
	note("-g", NULL, "");
	return 0;
}

int kernel_key_add(struct kernel *it, const struct kernel_group *group,
		   const struct kernel_key *key, struct fault *fault)
{
	(void)group;
	assert_int_equal(key->role, MBSEC_ROLE_TX);
	assert_int_equal(key->sender_id, 0x100);
	assert_int_equal(key->keys->cipher.size, 16);
	assert_int_equal(key->keys->auth.size, 32);
	assert_true(key->soft_packets > 0);
	if (it->refuses)
		return fault_set(fault, FAULT_LIMIT, "the group is full");
	note("+k", key, key->activate ? "a" : "");
	return 0;
}

int kernel_key_activate(struct kernel *it, const struct kernel_group *group,
			const struct kernel_key *key, struct fault *fault)
{
	(void)it;
	(void)group;
	(void)fault;
	note("a", key, "");
	return 0;
}

int kernel_key_delete(struct kernel *it, const struct kernel_group *group,
		      const struct kernel_key *key, struct fault *fault)
{
	(void)it;
	(void)group;
	(void)fault;
	note("-k", key, "");
	return 0;
}

int kernel_sender_add(struct kernel *it, const struct kernel_group *group,
		      const struct kernel_sender *sender, struct fault *fault)
{
	(void)it;
	(void)group;
	(void)sender;
	(void)fault;
	note("+s", NULL, "");
	return 0;
}

int kernel_senders_each(struct kernel *it, kernel_sender_callback callback,
			void *argument, struct fault *fault)
{
	(void)it;
	(void)callback;
	(void)argument;
	(void)fault;
	return 0;
}

static void on_event(void *argument, enum mbstf_event event, int64_t flow)
{
	assert_ptr_equal(argument, &events);
	assert_int_equal(flow, 5);
	last_event = event;
	events++;
}

static void tell(enum kernel_event_type type)
{
	struct kernel_event event = { .type = type };

	kernel.here = type == KERNEL_HERE;
	kernel.callback(kernel.argument, &event);
}

static void notice(uint32_t type, uint16_t mtk_id, uint16_t sender_id)
{
	struct kernel_event event = {
		.type = KERNEL_NOTICE,
		.notice = type,
		.key = { .msk_id = 1,
			 .mtk_id = mtk_id,
			 .sender_id = sender_id,
			 .role = MBSEC_ROLE_TX },
	};

	address_parse("239.255.33.46:5000", 0, &event.group.group, NULL);
	kernel.callback(kernel.argument, &event);
}

static struct mbstf_flow a_flow(void)
{
	struct mbstf_flow flow = {
		.id = 5,
		.device = "lo",
		.mtk_port = 2269,
		.suite = MBSEC_SUITE_AES128_CTR_HMAC_SHA256_80,
		.sender_id = 0x100,
	};

	address_parse("239.255.33.46:5000", 0, &flow.group, NULL);
	return flow;
}

static void mtk_add(uint16_t mtk_id)
{
	struct secret mtk = { 0 };
	uint8_t octets[16];
	struct fault fault = { 0 };

	memset(octets, mtk_id, sizeof(octets));
	secret_set(&mtk, octets, sizeof(octets));
	if (mbstf_mtk_add(the_daemon.mbstf, 5, 1, mtk_id, &mtk, NULL, &fault) &&
	    !kernel.refuses)
		fail_msg("%s", fault.text);
	secret_clear(&mtk);
}

static void activate(uint16_t mtk_id)
{
	struct fault fault = { 0 };

	if (mbstf_mtk_activate(the_daemon.mbstf, 5, 1, mtk_id, &fault))
		fail_msg("%s", fault.text);
}

static void mtk_delete(uint16_t mtk_id)
{
	mbstf_mtk_delete(the_daemon.mbstf, 5, 1, mtk_id);
}

static int setup(void **state)
{
	struct mbstf_flow flow = a_flow();
	struct fault fault = { 0 };

	(void)state;
	kernel = (struct kernel){ 0 };
	events = 0;
	the_daemon =
		(struct daemon){ .config = &the_config, .kernel = &kernel };
	the_daemon.loop = loop_new(NULL);
	if (mbstf_role.start(&the_daemon, &fault) ||
	    mbstf_flow_add(the_daemon.mbstf, &flow, &fault))
		fail_msg("%s", fault.text);
	mbstf_listen(the_daemon.mbstf, on_event, &events);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	mbstf_role.stop(&the_daemon);
	loop_free(the_daemon.loop);
	return 0;
}

/* Make before break: the next key is there before it is used, the old one after. */
static void rotation(void **state)
{
	(void)state;
	tell(KERNEL_HERE);
	assert_log("+g;");
	mtk_add(1);
	activate(1);
	mtk_add(2);
	activate(2);
	mtk_delete(1);
	assert_log("+k 1:1;a 1:1;+k 1:2;a 1:2;-k 1:1;");
	mbstf_flow_delete(the_daemon.mbstf, 5);
	assert_log("-g;");
	assert_int_equal(events, 0);
}

/* Without the module all is kept, and installed once it comes. */
static void late_module(void **state)
{
	(void)state;
	mtk_add(1);
	activate(1);
	mtk_add(2);
	assert_log("");
	tell(KERNEL_HERE);
	assert_log("+g;+k 1:2;+k 1:1a;");
	/* This was the first time that these keys were used: no others needed. */
	assert_int_equal(events, 0);
	activate(2);
	assert_log("a 1:2;");
}

/* Another module does not know which nonces were used. */
static void reloaded_module(void **state)
{
	(void)state;
	tell(KERNEL_HERE);
	mtk_add(1);
	activate(1);
	tell(KERNEL_GONE);
	mtk_add(2);
	kernel.log[0] = 0;
	tell(KERNEL_HERE);
	assert_log("+g;+k 1:2;");
	assert_int_equal(events, 1);
	assert_int_equal(last_event, MBSTF_RENEW);
	/* What the BM-SC does then. */
	mtk_delete(1);
	mtk_delete(2);
	mtk_add(3);
	activate(3);
	assert_log("-k 1:2;+k 1:3;a 1:3;");
}

/* The kernel goes on with the key of the process before, until there is another. */
static void restarted_process(void **state)
{
	(void)state;
	tell(KERNEL_HERE);
	kernel.log[0] = 0;
	mtk_delete(1);
	assert_log("");
	mtk_add(2);
	activate(2);
	assert_log("+k 1:2;a 1:2;-k 1:1;");
	assert_int_equal(events, 0);
}

static void expiry(void **state)
{
	(void)state;
	tell(KERNEL_HERE);
	mtk_add(1);
	activate(1);
	mtk_add(2);
	/* Of another host, of a key that is not in use, of none of ours. */
	notice(MBSEC_EVENT_TYPE_SOFT_EXPIRE, 1, 0x101);
	notice(MBSEC_EVENT_TYPE_SOFT_EXPIRE, 2, 0x100);
	notice(MBSEC_EVENT_TYPE_SOFT_EXPIRE, 9, 0x100);
	notice(MBSEC_EVENT_TYPE_UNKNOWN_KEY, 1, 0x100);
	assert_int_equal(events, 0);
	notice(MBSEC_EVENT_TYPE_SOFT_EXPIRE, 1, 0x100);
	assert_int_equal(events, 1);
	assert_int_equal(last_event, MBSTF_ROTATE);
	notice(MBSEC_EVENT_TYPE_HARD_EXPIRE, 1, 0x100);
	assert_int_equal(events, 2);
	assert_int_equal(last_event, MBSTF_RENEW);
	/* Which of them were lost, nobody knows. */
	tell(KERNEL_OVERRUN);
	assert_int_equal(events, 3);
	assert_int_equal(last_event, MBSTF_ROTATE);
}

/* A key that the kernel refused is not offered again. */
static void refusal(void **state)
{
	(void)state;
	tell(KERNEL_HERE);
	kernel.log[0] = 0;
	kernel.refuses = true;
	mtk_add(1);
	kernel.refuses = false;
	tell(KERNEL_HERE);
	assert_log("+g;");
	assert_int_equal(events, 1);
	assert_int_equal(last_event, MBSTF_RENEW);
}

static void wrong_calls(void **state)
{
	struct mbstf_flow flow = a_flow();
	struct fault fault = { 0 };

	(void)state;
	flow.id = 6;
	flow.mtk_port = 5000;
	assert_int_equal(mbstf_flow_add(the_daemon.mbstf, &flow, &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	fault = (struct fault){ 0 };
	assert_int_equal(mbstf_mtk_activate(the_daemon.mbstf, 5, 1, 1, &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_UNKNOWN);
	fault = (struct fault){ 0 };
	assert_int_equal(mbstf_send(the_daemon.mbstf, 7, "x", 1, &fault), -1);
	assert_int_equal(fault.code, FAULT_UNKNOWN);
	mbstf_flow_delete(the_daemon.mbstf, 7);
	mbstf_mtk_delete(the_daemon.mbstf, 7, 1, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rotation),	       TEST(late_module),
		TEST(reloaded_module), TEST(restarted_process),
		TEST(expiry),	       TEST(refusal),
		TEST(wrong_calls),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
