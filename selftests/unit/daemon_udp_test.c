// SPDX-License-Identifier: GPL-2.0-or-later
/* UDP sockets on the loopback interface: batches, groups, a queue that is full. */
#define _GNU_SOURCE /* struct mmsghdr */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <net/if.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "io/udp.h"

#define LIMIT 10000 /* milliseconds until a test gives up */

/* One who receives until he has what he waits for. */
struct scene {
	struct loop *loop;
	struct loop_timer limit;
	struct udp *receiver;
	struct udp *sender;
	int wanted;
	int received;
	int total;
	bool close;
	struct udp_datagram last;
	uint8_t data[UDP_DATAGRAM_MAX];
	uint8_t seen[4096];
};

static void too_late(void *argument)
{
	(void)argument;
	fail_msg("nothing came within %d ms", LIMIT);
}

static void on_datagram(void *argument, const struct udp_datagram *datagram)
{
	struct scene *scene = argument;

	scene->total++;
	scene->last = *datagram;
	memcpy(scene->data, datagram->data, datagram->size);
	scene->last.data = scene->data;
	if (datagram->size >= sizeof(int)) {
		int number;

		memcpy(&number, datagram->data, sizeof(number));
		if (number >= 0 && number < (int)sizeof(scene->seen))
			scene->seen[number]++;
	}
	if (scene->close) {
		udp_close(scene->receiver);
		scene->receiver = NULL;
	}
	if (++scene->received >= scene->wanted)
		loop_stop(scene->loop);
}

/* The system's buffer is full so many times, and each time that so many have left.
 * That of the loopback interface never is.
 */
static int refusals;
static unsigned int portion = UINT32_MAX, left = UINT32_MAX;
/* Gets all that is sent, in place of a socket whose buffer has a limit of its own. */
static struct scene *recorder;

int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags)
{
	if (refusals > 0 || !left) {
		refusals -= refusals > 0;
		left = portion;
		errno = EAGAIN;
		return -1;
	}
	if (count > left)
		count = left;
	if (left != UINT32_MAX)
		left -= count;
	if (!recorder)
		return (int)syscall(SYS_sendmmsg, fd, messages, count, flags);
	for (unsigned int i = 0; i < count; i++) {
		const struct iovec *vector = messages[i].msg_hdr.msg_iov;
		const struct udp_datagram datagram = {
			.data = vector->iov_base, .size = vector->iov_len
		};

		on_datagram(recorder, &datagram);
	}
	return (int)count;
}

static void run(struct scene *scene, int wanted)
{
	scene->received = 0;
	scene->wanted = wanted;
	loop_timer_set(scene->loop, &scene->limit, LIMIT, too_late, NULL);
	assert_int_equal(loop_run(scene->loop, NULL), 0);
	loop_timer_stop(&scene->limit);
	assert_true(scene->received >= wanted);
}

static struct udp *open_at(struct scene *scene, const char *local,
			   struct udp_options options, udp_callback callback)
{
	struct fault fault = { 0 };
	struct udp *udp;

	assert_int_equal(address_parse(local, 0, &options.local, NULL), 0);
	udp = udp_open(scene->loop, &options, callback, scene, &fault);
	if (!udp)
		fail_msg("%s", fault.text);
	return udp;
}

static int setup(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	scene->loop = loop_new(NULL);
	refusals = 0;
	portion = UINT32_MAX;
	left = UINT32_MAX;
	recorder = NULL;
	*state = scene;
	return 0;
}

static int teardown(void **state)
{
	struct scene *scene = *state;

	loop_timer_stop(&scene->limit);
	udp_close(scene->receiver);
	udp_close(scene->sender);
	udp_close(NULL);
	loop_free(scene->loop);
	free(scene);
	return 0;
}

static int send_number(struct scene *scene, const union address *to, int number,
		       size_t size, struct fault *fault)
{
	uint8_t data[UDP_DATAGRAM_MAX + 1] = { 0 };

	memcpy(data, &number, sizeof(number));
	return udp_send(scene->sender, to, data, size, fault);
}

static void there_and_back(struct scene *scene, const char *sender,
			   const char *receiver, const char *to_text)
{
	struct udp_options options = { .receive_buffer = 1 << 20 };
	union address to, from;
	uint64_t sent, received, errors;

	scene->receiver = open_at(scene, receiver, options, on_datagram);
	scene->sender = open_at(scene, sender, options, NULL);
	udp_local(scene->receiver, &from);
	assert_int_equal(address_parse(to_text, address_port(&from), &to, NULL),
			 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(
			send_number(scene, &to, i, 4U + (size_t)i, NULL), 0);
	run(scene, 100);
	for (int i = 0; i < 100; i++)
		assert_int_equal(scene->seen[i], 1);
	assert_int_equal(scene->last.size, 103);
	udp_local(scene->sender, &from);
	assert_int_equal(address_port(&scene->last.from), address_port(&from));
	assert_int_equal(scene->last.from.family, to.family);
	assert_true(address_host_equal(&scene->last.to, &to));
	assert_int_equal(scene->last.ifindex, if_nametoindex("lo"));
	udp_counts(scene->sender, &sent, NULL, &errors);
	udp_counts(scene->receiver, NULL, &received, NULL);
	assert_int_equal(sent, 100);
	assert_int_equal(received, 100);
	assert_int_equal(errors, 0);
}

static void test_v4(void **state)
{
	there_and_back(*state, "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1");
}

static void test_v6(void **state)
{
	there_and_back(*state, "[::1]:0", "[::]:0", "::1");
}

/* A socket of IPv6 serves IPv4, in both directions, and nobody sees that. */
static void test_both(void **state)
{
	there_and_back(*state, "[::]:0", "[::]:0", "127.0.0.1");
}

static void test_sizes(void **state)
{
	struct scene *scene = *state;
	struct fault fault = { 0 };
	union address to, nowhere = { 0 };
	uint64_t errors;

	scene->receiver = open_at(scene, "127.0.0.1:0",
				  (struct udp_options){ 0 }, on_datagram);
	scene->sender =
		open_at(scene, "127.0.0.1:0", (struct udp_options){ 0 }, NULL);
	udp_local(scene->receiver, &to);
	assert_int_equal(
		send_number(scene, &to, 0, UDP_DATAGRAM_MAX + 1, &fault), -1);
	assert_int_equal(fault.code, FAULT_ARGUMENT);
	assert_int_equal(send_number(scene, &nowhere, 0, 4, NULL), -1);
	address_parse("[::1]:1", 0, &nowhere, NULL);
	assert_int_equal(send_number(scene, &nowhere, 0, 4, NULL), -1);
	assert_int_equal(send_number(scene, &to, 1, UDP_DATAGRAM_MAX, NULL), 0);
	run(scene, 1);
	assert_int_equal(scene->last.size, UDP_DATAGRAM_MAX);
	assert_int_equal(send_number(scene, &to, 1, 0, NULL), 0);
	run(scene, 1);
	assert_int_equal(scene->last.size, 0);
	/* Larger than any message of ours: passed over, and counted. */
	{
		static const uint8_t large[UDP_DATAGRAM_MAX + 1];
		int fd = socket(AF_INET, SOCK_DGRAM, 0);

		assert_int_equal(sendto(fd, large, sizeof(large), 0, &to.any,
					address_size(&to)),
				 sizeof(large));
		close(fd);
	}
	assert_int_equal(send_number(scene, &to, 2, 4, NULL), 0);
	run(scene, 1);
	assert_int_equal(scene->last.size, 4);
	udp_counts(scene->receiver, NULL, NULL, &errors);
	assert_int_equal(errors, 1);
}

/* One destination that cannot be reached does not hold up the others. */
static void test_bad_destination(void **state)
{
	struct scene *scene = *state;
	union address to, bad;
	uint64_t sent, errors;

	scene->receiver = open_at(scene, "127.0.0.1:0",
				  (struct udp_options){ 0 }, on_datagram);
	scene->sender =
		open_at(scene, "127.0.0.1:0", (struct udp_options){ 0 }, NULL);
	udp_local(scene->receiver, &to);
	/* Broadcast is not permitted to this socket. */
	assert_int_equal(address_parse("255.255.255.255:9", 0, &bad, NULL), 0);
	for (int i = 0; i < 9; i++)
		assert_int_equal(
			send_number(scene, i % 3 ? &to : &bad, i, 4, NULL), 0);
	run(scene, 6);
	udp_counts(scene->sender, &sent, NULL, &errors);
	assert_int_equal(sent, 6);
	assert_int_equal(errors, 3);
}

static void test_group(void **state)
{
	const struct udp_options options = {
		.device = "lo", .reuse = true, .hops = 3, .loop_back = true
	};
	struct scene *scene = *state;
	union address group, other, source, stranger;
	char text[ADDRESS_TEXT_SIZE];
	struct udp *second;
	struct fault fault = { 0 };

	scene->receiver = open_at(scene, "0.0.0.0:0", options, on_datagram);
	scene->sender = open_at(scene, "127.0.0.1:0", options, NULL);
	udp_local(scene->receiver, &group);
	address_text(&group, text);
	/* A second member on this host. */
	second = open_at(scene, text, options, on_datagram);
	other = group;
	address_parse("239.77.1.1", address_port(&group), &group, NULL);
	address_parse("239.77.1.2", address_port(&other), &other, NULL);
	address_parse("127.0.0.1", 0, &source, NULL);
	address_parse("127.0.0.9", 0, &stranger, NULL);
	assert_int_equal(udp_join(scene->receiver, &group, NULL, "lo", &fault),
			 0);
	assert_int_equal(udp_join(second, &group, &source, "lo", &fault), 0);
	assert_int_equal(udp_join(second, &other, &stranger, "lo", &fault), 0);
	/* Nobody hears the group of a stranger; both hear theirs. */
	assert_int_equal(send_number(scene, &other, 1, 4, NULL), 0);
	assert_int_equal(send_number(scene, &group, 2, 4, NULL), 0);
	run(scene, 2);
	assert_int_equal(scene->seen[1], 0);
	assert_int_equal(scene->seen[2], 2);
	assert_true(address_host_equal(&scene->last.to, &group));
	assert_true(address_host_equal(&scene->last.from, &source));
	assert_int_equal(udp_leave(second, &group, &source, "lo", &fault), 0);
	assert_int_equal(send_number(scene, &group, 3, 4, NULL), 0);
	assert_int_equal(udp_join(second, &other, NULL, "lo", NULL), -1);
	assert_int_equal(udp_leave(second, &other, &stranger, "lo", NULL), 0);
	assert_int_equal(udp_join(second, &other, NULL, "lo", NULL), 0);
	assert_int_equal(send_number(scene, &other, 4, 4, NULL), 0);
	run(scene, 2);
	assert_int_equal(scene->seen[3], 1);
	assert_int_equal(scene->seen[4], 1);
	udp_close(second);
}

static void test_group_refused(void **state)
{
	struct scene *scene = *state;
	union address unicast, v4, v6;
	struct fault fault = { 0 };

	scene->receiver = open_at(scene, "0.0.0.0:0", (struct udp_options){ 0 },
				  on_datagram);
	address_parse("192.0.2.1", 0, &unicast, NULL);
	address_parse("239.1.1.1", 0, &v4, NULL);
	address_parse("ff3e::1", 0, &v6, NULL);
	assert_int_equal(udp_join(scene->receiver, &unicast, NULL, NULL, NULL),
			 -1);
	assert_int_equal(udp_join(scene->receiver, &v6, NULL, NULL, NULL), -1);
	assert_int_equal(udp_join(scene->receiver, &v4, &v6, NULL, NULL), -1);
	assert_int_equal(
		udp_join(scene->receiver, &v4, NULL, "no-such", &fault), -1);
	assert_non_null(strstr(fault.text, "no-such"));
	memset(&fault, 0, sizeof(fault));
	assert_int_equal(udp_leave(scene->receiver, &v4, NULL, "lo", &fault),
			 -1);
	assert_non_null(strstr(fault.text, "239.1.1.1"));
}

static void test_port_in_use(void **state)
{
	struct scene *scene = *state;
	struct udp_options options = { 0 };
	struct fault fault = { 0 };
	char text[ADDRESS_TEXT_SIZE];

	scene->receiver = open_at(scene, "127.0.0.1:0", options, on_datagram);
	udp_local(scene->receiver, &options.local);
	assert_null(udp_open(scene->loop, &options, NULL, NULL, &fault));
	assert_int_equal(fault.code, FAULT_STATE);
	address_text(&options.local, text);
	assert_non_null(strstr(fault.text, text));
	assert_non_null(strstr(fault.text, "in use"));
	options.local = (union address){ 0 };
	assert_null(udp_open(scene->loop, &options, NULL, NULL, NULL));
	memset(&fault, 0, sizeof(fault));
	address_parse("127.0.0.1", 0, &options.local, NULL);
	options.device = "no-such";
	assert_null(udp_open(scene->loop, &options, NULL, NULL, &fault));
	assert_non_null(strstr(fault.text, "no-such"));
}

static int drains;

static void on_drained(void *argument)
{
	struct scene *scene = argument;
	union address to;

	drains++;
	udp_local(scene->receiver, &to);
	assert_true(udp_room(scene->sender) > 0);
	assert_int_equal(send_number(scene, &to, 4000, 4, NULL), 0);
}

static void test_queue_full(void **state)
{
	const struct udp_options options = { 0 };
	struct scene *scene = *state;
	struct fault fault = { 0 };
	union address to;
	size_t room;
	int count = 0;

	scene->receiver = open_at(scene, "127.0.0.1:0", options, on_datagram);
	scene->sender = open_at(scene, "127.0.0.1:0", options, NULL);
	udp_local(scene->receiver, &to);
	recorder = scene;
	drains = 0;
	udp_drained_set(scene->sender, on_drained, scene);
	room = udp_room(scene->sender);
	/* A whole queue leaves by itself, in the middle of a round. */
	while (count < (int)room + 10)
		assert_int_equal(send_number(scene, &to, count++, 40, NULL), 0);
	refusals = 5;
	room = udp_room(scene->sender);
	while (!send_number(scene, &to, count, 40, &fault)) {
		count++;
		assert_true(room-- > 0);
	}
	assert_int_equal(room, 0);
	assert_int_equal(udp_room(scene->sender), 0);
	assert_int_equal(fault.code, FAULT_LIMIT);
	assert_int_equal(drains, 0);
	run(scene, count + 1 - scene->received);
	assert_int_equal(drains, 1);
	for (int i = 0; i < count; i++)
		assert_int_equal(scene->seen[i], 1);
	assert_int_equal(scene->seen[4000], 1);
	assert_int_equal(refusals, 0);
}

/* A part of the queue leaves, and what is left makes room. */
static void test_queue_wraps(void **state)
{
	const struct udp_options options = { 0 };
	struct scene *scene = *state;
	const int count = 4000;
	int next = 0;
	union address to;

	scene->receiver = open_at(scene, "127.0.0.1:0", options, on_datagram);
	scene->sender = open_at(scene, "127.0.0.1:0", options, NULL);
	udp_local(scene->receiver, &to);
	recorder = scene;
	portion = 311;
	left = portion;
	while (scene->total < count) {
		while (next < count && udp_room(scene->sender)) {
			size_t size = 4U + (size_t)next % 97;

			assert_int_equal(
				send_number(scene, &to, next++, size, NULL), 0);
		}
		run(scene, 1);
	}
	for (int i = 0; i < count; i++)
		assert_int_equal(scene->seen[i], 1);
}

static void test_closed_by_callback(void **state)
{
	struct scene *scene = *state;
	union address to;

	scene->receiver = open_at(scene, "127.0.0.1:0",
				  (struct udp_options){ 0 }, on_datagram);
	scene->sender =
		open_at(scene, "127.0.0.1:0", (struct udp_options){ 0 }, NULL);
	udp_local(scene->receiver, &to);
	for (int i = 0; i < 3; i++)
		assert_int_equal(send_number(scene, &to, i, 4, NULL), 0);
	scene->close = true;
	run(scene, 1);
	assert_int_equal(scene->received, 1);
	assert_null(scene->receiver);
}

/* What is queued leaves before the socket is closed. */
static void test_close_sends(void **state)
{
	struct scene *scene = *state;
	union address to;

	scene->receiver = open_at(scene, "127.0.0.1:0",
				  (struct udp_options){ 0 }, on_datagram);
	scene->sender =
		open_at(scene, "127.0.0.1:0", (struct udp_options){ 0 }, NULL);
	udp_local(scene->receiver, &to);
	assert_int_equal(send_number(scene, &to, 7, 4, NULL), 0);
	udp_close(scene->sender);
	scene->sender = NULL;
	run(scene, 1);
	assert_int_equal(scene->seen[7], 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_v4),
		TEST(test_v6),
		TEST(test_both),
		TEST(test_sizes),
		TEST(test_bad_destination),
		TEST(test_group),
		TEST(test_group_refused),
		TEST(test_port_in_use),
		TEST(test_queue_full),
		TEST(test_queue_wraps),
		TEST(test_closed_by_callback),
		TEST(test_close_sends),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
