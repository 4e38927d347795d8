// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages to and from the kernel module, without the module: what is built, that
 * nothing of a key stays behind, and that no message can do harm.
 */
#define _GNU_SOURCE /* memmem() */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libmnl/libmnl.h>

#include "daemon_kernel_scene.h"
#include "io/kernel_socket.h"

/* A buffer in which libmnl makes what the kernel would send. */
union buffer {
	struct nlmsghdr header;
	char bytes[2048];
};

static void test_group_message(void **state)
{
	const struct kernel_group v4 = group_of("239.1.1.1:5000", "192.0.2.1");
	const struct kernel_group v6 = group_of("[ff3e::1]:0", NULL);
	struct kernel_message message;
	const struct nlattr *attribute;
	uint32_t raw = htonl(0xef010101);

	(void)state;
	begin(&message, MBSEC_CMD_GROUP_ADD);
	kernel_message_group(&message, &v4, 7);
	assert_false(message.failed);
	assert_int_equal(message.header.nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
	attribute =
		nested_of(&message, MBSEC_A_GROUP, MBSEC_A_GROUP_ADDRESS_V4);
	assert_memory_equal(mnl_attr_get_payload(attribute), &raw, 4);
	attribute = nested_of(&message, MBSEC_A_GROUP, MBSEC_A_GROUP_PORT);
	assert_int_equal(mnl_attr_get_u16(attribute), 5000);
	attribute = nested_of(&message, MBSEC_A_GROUP, MBSEC_A_GROUP_IFINDEX);
	assert_int_equal(mnl_attr_get_u32(attribute), 7);
	attribute = nested_of(&message, MBSEC_A_GROUP, MBSEC_A_GROUP_SUITE);
	assert_int_equal(mnl_attr_get_u32(attribute), 0xf001);
	attribute = nested_of(&message, MBSEC_A_GROUP, MBSEC_A_GROUP_POLICY);
	assert_int_equal(mnl_attr_get_u32(attribute), MBSEC_POLICY_PERMIT);
	assert_non_null(
		nested_of(&message, MBSEC_A_GROUP, MBSEC_A_GROUP_SOURCE_V4));
	/* Identity only: whatever else is given is refused by the module. */
	begin(&message, MBSEC_CMD_GROUP_DEL);
	kernel_message_group_id(&message, &v6);
	assert_non_null(
		nested_of(&message, MBSEC_A_GROUP, MBSEC_A_GROUP_ADDRESS_V6));
	for (uint16_t type = 1; type <= MBSEC_A_GROUP_MAX; type++)
		if (type != MBSEC_A_GROUP_ADDRESS_V6)
			assert_null(nested_of(&message, MBSEC_A_GROUP, type));
}

/* A key with all that a key may have. */
struct keyed {
	struct sframe_keys keys;
	struct kernel_key key;
};

static void keyed_make(struct keyed *keyed, uint16_t suite)
{
	static const uint8_t mtk[16] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct secret base = { 0 };

	memset(keyed, 0, sizeof(*keyed));
	assert_int_equal(secret_set(&base, mtk, sizeof(mtk)), 0);
	assert_int_equal(sframe_kdf(&base, sframe_kid(0x100, 0x10002, 3), suite,
				    &keyed->keys, NULL),
			 0);
	secret_clear(&base);
	keyed->key = (struct kernel_key){ .msk_id = 0x10002,
					  .mtk_id = 3,
					  .sender_id = 0x100,
					  .role = MBSEC_ROLE_TX,
					  .keys = &keyed->keys,
					  .window = 64,
					  .activate = true,
					  .soft_packets = 1,
					  .hard_packets = 2,
					  .soft_bytes = 3,
					  .hard_bytes = 4,
					  .soft_seconds = 5,
					  .hard_seconds = UINT64_C(1) << 33 };
}

static void test_key_message(void **state)
{
	static const uint16_t suites[] = { SFRAME_AES_128_CTR_HMAC_SHA256_80,
					   SFRAME_NULL_HMAC_SHA256_80 };

	(void)state;
	for (size_t i = 0; i < COUNT(suites); i++) {
		const struct kernel_group group =
			group_of("239.1.1.1:5000", NULL);
		struct kernel_message message;
		struct keyed keyed;

		keyed_make(&keyed, suites[i]);
		begin(&message, MBSEC_CMD_KEY_ADD);
		kernel_message_group_id(&message, &group);
		kernel_message_key(&message, &keyed.key);
		assert_false(message.failed);
		secret_is_there(&message, MBSEC_A_KEY_CIPHER_KEY,
				&keyed.keys.cipher);
		secret_is_there(&message, MBSEC_A_KEY_AUTH_KEY,
				&keyed.keys.auth);
		secret_is_there(&message, MBSEC_A_KEY_SALT, &keyed.keys.salt);
		for (uint16_t type = MBSEC_A_KEY_SOFT_PACKETS;
		     type <= MBSEC_A_KEY_HARD_SECONDS; type++)
			assert_int_equal(mnl_attr_get_payload_len(nested_of(
						 &message, MBSEC_A_KEY, type)),
					 8);
		assert_true(
			mnl_attr_get_u64(nested_of(&message, MBSEC_A_KEY,
						   MBSEC_A_KEY_HARD_SECONDS)) ==
			UINT64_C(1) << 33);
		assert_non_null(
			nested_of(&message, MBSEC_A_KEY, MBSEC_A_KEY_ACTIVATE));
		assert_null(
			nested_of(&message, MBSEC_A_KEY, MBSEC_A_KEY_SUITE));
		/* The names of a key hold none. */
		begin(&message, MBSEC_CMD_KEY_DEL);
		kernel_message_key_id(&message, &keyed.key);
		assert_null(memmem(message.bytes, sizeof(message.bytes),
				   keyed.keys.auth.bytes, 8));
		sframe_keys_clear(&keyed.keys);
	}
}

static bool is_zero(const void *data, size_t size)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

static void test_overflow(void **state)
{
	struct kernel_message message;
	char name[KERNEL_MESSAGE_SIZE];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	begin(&message, CTRL_CMD_GETFAMILY);
	kernel_message_family(&message, name);
	assert_true(message.failed);
	assert_true(message.header.nlmsg_len <= sizeof(message.bytes));
}

/* Real netlink, and a family that nobody has: the request fails as late as it can,
 * and neither it nor the answer holds the key then.
 */
static void test_wiped(void **state)
{
	const struct kernel_group group = group_of("239.1.1.1:5000", NULL);
	struct kernel_socket *socket = calloc(1, sizeof(*socket));
	struct kernel_message message;
	struct kernel_answer answer;
	struct fault fault = { 0 };
	struct keyed keyed;

	(void)state;
	keyed_make(&keyed, SFRAME_AES_128_CTR_HMAC_SHA256_80);
	assert_int_equal(kernel_socket_open(socket, true, &fault), 0);
	for (int i = 0; i < 3; i++) {
		begin(&message, MBSEC_CMD_KEY_ADD);
		kernel_message_group_id(&message, &group);
		kernel_message_key(&message, &keyed.key);
		if (i == 1)
			message.failed = true;
		if (i == 2)
			kernel_socket_close(socket);
		assert_int_equal(kernel_socket_call(socket, &message, NULL,
						    NULL, &answer, &fault),
				 i ? -1 : 0);
		assert_int_equal(answer.error, i ? 0 : ENOENT);
		assert_true(is_zero(&message, sizeof(message)));
		assert_null(memmem(socket, sizeof(*socket),
				   keyed.keys.auth.bytes, 8));
	}
	sframe_keys_clear(&keyed.keys);
	free(socket);
}

static int family_take(void *argument, const struct nlmsghdr *header)
{
	return kernel_family_parse(header, "notify", argument);
}

static void test_real_family(void **state)
{
	struct kernel_socket *socket = calloc(1, sizeof(*socket));
	struct kernel_family family = { 0 };
	struct kernel_message message;
	struct kernel_answer answer;

	(void)state;
	assert_int_equal(kernel_socket_open(socket, true, NULL), 0);
	kernel_message_begin(&message, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1,
			     NLM_F_ACK);
	kernel_message_family(&message, "nlctrl");
	assert_int_equal(kernel_socket_call(socket, &message, family_take,
					    &family, &answer, NULL),
			 0);
	assert_int_equal(answer.error, 0);
	assert_string_equal(family.name, "nlctrl");
	assert_int_equal(family.id, GENL_ID_CTRL);
	assert_true(family.multicast > 0);
	assert_int_equal(kernel_socket_join(socket, family.multicast, NULL), 0);
	kernel_socket_close(socket);
	/* One that only looks does not wait. */
	assert_int_equal(kernel_socket_open(socket, false, NULL), 0);
	assert_int_equal(kernel_socket_read(socket, family_take, &family), 0);
	kernel_socket_close(socket);
	free(socket);
}

static void never(void *argument, const struct kernel_event *event)
{
	(void)argument;
	(void)event;
	fail_msg("there is no event");
}

static void stop(void *argument)
{
	loop_stop(argument);
}

static void test_no_module(void **state)
{
	const struct kernel_group group = group_of("239.1.1.1:5000", NULL);
	struct loop *loop = loop_new(NULL);
	struct loop_timer timer = { 0 };
	struct fault fault = { 0 };
	struct kernel *kernel = kernel_open(loop, &fault);
	struct kernel_key key = { .msk_id = 1, .sender_id = 256 };

	(void)state;
	assert_non_null(kernel);
	if (kernel_is_here(kernel)) {
		/* A host that has it: at least do no harm. */
		assert_int_equal(
			kernel_key_delete(kernel, &group, &key, &fault), 0);
	} else {
		assert_int_equal(kernel_listen(kernel, never, NULL, &fault), 0);
		assert_int_equal(kernel_group_add(kernel, &group, &fault), -1);
		assert_int_equal(fault.code, FAULT_STATE);
		assert_non_null(strstr(fault.text, "not loaded"));
		assert_int_equal(
			kernel_key_activate(kernel, &group, &key, NULL), -1);
		assert_int_equal(kernel_group_delete(kernel, &group, NULL), -1);
		loop_timer_set(loop, &timer, 1, stop, loop);
		assert_int_equal(loop_run(loop, NULL), 0);
	}
	loop_timer_stop(&timer);
	kernel_close(kernel);
	kernel_close(NULL);
	loop_free(loop);
}

static void generic_begin(union buffer *buffer, uint16_t type, uint8_t command)
{
	struct genlmsghdr *generic;

	memset(buffer, 0, sizeof(*buffer));
	mnl_nlmsg_put_header(buffer->bytes)->nlmsg_type = type;
	generic = mnl_nlmsg_put_extra_header(&buffer->header, sizeof(*generic));
	generic->cmd = command;
}

static void event_make(union buffer *buffer)
{
	struct nlattr *nest;
	struct nlmsghdr *header = &buffer->header;

	generic_begin(buffer, 0x20, MBSEC_CMD_EVENT);
	nest = mnl_attr_nest_start(header, MBSEC_A_EVENT);
	mnl_attr_put_u32(header, MBSEC_A_EVENT_TYPE,
			 MBSEC_EVENT_TYPE_SOFT_EXPIRE);
	mnl_attr_put_u32(header, MBSEC_A_EVENT_LIMIT, MBSEC_LIMIT_TIME);
	mnl_attr_put_u64(header, MBSEC_A_EVENT_COUNT, 1);
	mnl_attr_nest_end(header, nest);
	nest = mnl_attr_nest_start(header, MBSEC_A_GROUP);
	mnl_attr_put_u32(header, MBSEC_A_GROUP_ADDRESS_V4, htonl(0xef010101));
	mnl_attr_put_u16(header, MBSEC_A_GROUP_PORT, 5000);
	mnl_attr_put_u32(header, MBSEC_A_GROUP_SOURCE_V4, htonl(0xc0000201));
	/* Of a newer module. */
	mnl_attr_put_u32(header, MBSEC_A_GROUP_MAX + 9, 1);
	mnl_attr_nest_end(header, nest);
	nest = mnl_attr_nest_start(header, MBSEC_A_KEY);
	mnl_attr_put_u32(header, MBSEC_A_KEY_MSK_ID, 0x10002);
	mnl_attr_put_u16(header, MBSEC_A_KEY_MTK_ID, 3);
	mnl_attr_put_u16(header, MBSEC_A_KEY_SENDER_ID, 0x100);
	mnl_attr_put_u32(header, MBSEC_A_KEY_ROLE, MBSEC_ROLE_TX);
	mnl_attr_nest_end(header, nest);
}

static void test_event(void **state)
{
	const struct kernel_group group =
		group_of("239.1.1.1:5000", "192.0.2.1");
	struct kernel_event event;
	union buffer buffer;

	(void)state;
	event_make(&buffer);
	assert_int_equal(kernel_event_parse(&buffer.header, &event), 0);
	assert_int_equal(event.type, KERNEL_NOTICE);
	assert_int_equal(event.notice, MBSEC_EVENT_TYPE_SOFT_EXPIRE);
	assert_int_equal(event.limit, MBSEC_LIMIT_TIME);
	assert_true(address_equal(&event.group.group, &group.group));
	assert_true(address_equal(&event.group.source, &group.source));
	assert_int_equal(event.key.msk_id, 0x10002);
	assert_int_equal(event.key.mtk_id, 3);
	assert_int_equal(event.key.sender_id, 0x100);
	assert_int_equal(event.key.role, MBSEC_ROLE_TX);
	assert_null(event.key.keys);
	/* An attribute twice is not to be read one way here, another there. */
	mnl_attr_put_u32(&buffer.header, MBSEC_A_EVENT, 0);
	assert_int_equal(kernel_event_parse(&buffer.header, &event), -1);
	assert_int_equal(event.notice, 0);
}

static void answer_make(union buffer *buffer, int error, const char *sentence)
{
	struct nlmsgerr *answer;

	memset(buffer, 0, sizeof(*buffer));
	mnl_nlmsg_put_header(buffer->bytes)->nlmsg_type = NLMSG_ERROR;
	answer = mnl_nlmsg_put_extra_header(&buffer->header, sizeof(*answer));
	answer->error = error;
	answer->msg.nlmsg_len = 60; /* of the request, of which 16 are here */
	buffer->header.nlmsg_flags = NLM_F_CAPPED;
	if (sentence) {
		buffer->header.nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_strz(&buffer->header, NLMSGERR_ATTR_MSG, sentence);
	}
}

static void test_answer(void **state)
{
	struct kernel_answer answer;
	union buffer buffer;
	char longest[600];

	(void)state;
	answer_make(&buffer, -ENOENT, "no such group");
	assert_int_equal(kernel_answer_parse(&buffer.header, &answer), 0);
	assert_int_equal(answer.error, ENOENT);
	assert_string_equal(answer.sentence, "no such group");
	/* A request of 60 octets would be repeated, if it were. */
	buffer.header.nlmsg_flags &= ~NLM_F_CAPPED;
	assert_int_equal(kernel_answer_parse(&buffer.header, &answer), -1);
	answer_make(&buffer, 0, NULL);
	assert_int_equal(kernel_answer_parse(&buffer.header, &answer), 0);
	assert_int_equal(answer.error, 0);
	assert_string_equal(answer.sentence, "");
	answer_make(&buffer, 5, NULL);
	assert_int_equal(kernel_answer_parse(&buffer.header, &answer), -1);
	answer_make(&buffer, INT32_MIN, NULL);
	assert_int_equal(kernel_answer_parse(&buffer.header, &answer), -1);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	answer_make(&buffer, -EINVAL, longest);
	assert_int_equal(kernel_answer_parse(&buffer.header, &answer), 0);
	assert_int_equal(answer.error, EINVAL);
	assert_string_equal(answer.sentence, "");
}

static void family_make(union buffer *buffer)
{
	struct nlmsghdr *header = &buffer->header;
	struct nlattr *list, *nest;

	generic_begin(buffer, GENL_ID_CTRL, CTRL_CMD_NEWFAMILY);
	mnl_attr_put_strz(header, CTRL_ATTR_FAMILY_NAME, "mbsec");
	mnl_attr_put_u16(header, CTRL_ATTR_FAMILY_ID, 0x21);
	list = mnl_attr_nest_start(header, CTRL_ATTR_MCAST_GROUPS);
	for (uint16_t i = 1; i <= 2; i++) {
		nest = mnl_attr_nest_start(header, i);
		mnl_attr_put_u32(header, CTRL_ATTR_MCAST_GRP_ID, 40U + i);
		mnl_attr_put_strz(header, CTRL_ATTR_MCAST_GRP_NAME,
				  i == 1 ? "others" : "events");
		mnl_attr_nest_end(header, nest);
	}
	mnl_attr_nest_end(header, list);
}

static void test_family(void **state)
{
	struct kernel_family family;
	union buffer buffer;

	(void)state;
	family_make(&buffer);
	assert_int_equal(kernel_family_parse(&buffer.header, "events", &family),
			 0);
	assert_int_equal(family.command, CTRL_CMD_NEWFAMILY);
	assert_int_equal(family.id, 0x21);
	assert_int_equal(family.multicast, 42);
	assert_string_equal(family.name, "mbsec");
	assert_int_equal(kernel_family_parse(&buffer.header, "none", &family),
			 0);
	assert_int_equal(family.multicast, 0);
}

/* All parsers, on a copy that ends where the message does. */
static void parse_all(const union buffer *buffer, size_t size)
{
	union {
		struct kernel_answer answer;
		struct kernel_family family;
		struct kernel_object object;
		struct kernel_event event;
	} out;
	struct nlmsghdr *copy = malloc(size);

	assert_non_null(copy);
	memcpy(copy, buffer, size);
	copy->nlmsg_len = (uint32_t)size;
	if (kernel_answer_parse(copy, &out.answer))
		assert_true(is_zero(&out.answer, sizeof(out.answer)));
	if (kernel_family_parse(copy, "events", &out.family))
		assert_true(is_zero(&out.family, sizeof(out.family)));
	if (kernel_object_parse(copy, &out.object))
		assert_true(is_zero(&out.object, sizeof(out.object)));
	if (kernel_event_parse(copy, &out.event))
		assert_true(is_zero(&out.event, sizeof(out.event)));
	free(copy);
}

static void harm(union buffer *buffer)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x03, 0x04,
					  0x7f, 0x80, 0xff };
	size_t size = buffer->header.nlmsg_len;

	for (size_t cut = NLMSG_HDRLEN; cut <= size; cut++)
		parse_all(buffer, cut);
	for (size_t i = sizeof(uint32_t); i < size; i++) {
		char octet = buffer->bytes[i];

		for (size_t j = 0; j < COUNT(values); j++) {
			buffer->bytes[i] = (char)values[j];
			parse_all(buffer, size);
		}
		buffer->bytes[i] = octet;
	}
}

static void test_harm(void **state)
{
	union buffer buffer;

	(void)state;
	event_make(&buffer);
	harm(&buffer);
	family_make(&buffer);
	harm(&buffer);
	answer_make(&buffer, -EINVAL, "a sentence");
	harm(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_group_message),
		cmocka_unit_test(test_key_message),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_wiped),
		cmocka_unit_test(test_real_family),
		cmocka_unit_test(test_no_module),
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_family),
		cmocka_unit_test(test_harm),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
