// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests, read back attribute by attribute, and answers of the kernel. */
#include <arpa/inet.h>

#include "cli_message_fixture.h"
#include "decode.h"
#include "encode.h"

static const struct session_keys session_keys = {
	.data = {
		.cipher_key_size = 16,
		.auth_key_size = 32,
		.salt_size = 12,
		.cipher_key = { 1, [15] = 2 },
		.auth_key = { 3, [31] = 4 },
		.salt = { 5, [11] = 6 },
	},
};

static void test_header(void **state)
{
	struct nl_msg *msg = netlink_message(&netlink, MBSEC_CMD_FLUSH, 0);
	const struct genlmsghdr *header = nlmsg_data(nlmsg_hdr(msg));

	(void)state;
	assert_int_equal(nlmsg_hdr(msg)->nlmsg_type, 100);
	assert_int_equal(header->cmd, MBSEC_CMD_FLUSH);
	assert_int_equal(header->version, MBSEC_FAMILY_VERSION);
	assert_int_equal(nlmsg_datalen(nlmsg_hdr(msg)), GENL_HDRLEN);
	netlink_message_free(msg);
}

static void test_group_all(void **state)
{
	struct nl_msg *msg = netlink_message(&netlink, MBSEC_CMD_GROUP_ADD, 0);
	struct nlattr *root[MBSEC_A_MAX + 1];
	struct nlattr *tb[MBSEC_A_GROUP_MAX + 1];
	struct arguments args = {
		.given = KEYWORD_BIT(FORMAT) | KEYWORD_BIT(SUITE) |
			 KEYWORD_BIT(POLICY) | KEYWORD_BIT(DIR),
		.group.port = 5000,
		.format = MBSEC_FORMAT_SFRAME,
		.suite = 0xf001,
		.policy = MBSEC_POLICY_PERMIT,
		.direction = MBSEC_DIRECTION_OUT | MBSEC_DIRECTION_FORWARD,
	};

	(void)state;
	address_parse("239.1.1.1", &args.group.address);
	address_parse("10.0.0.1", &args.group.source);
	assert_true(encode_group(msg, &args, 7));
	root_read(msg, root);
	assert_int_equal(present(root, MBSEC_A_MAX), 1);
	nest_read(root[MBSEC_A_GROUP], tb, MBSEC_A_GROUP_MAX);
	assert_int_equal(present(tb, MBSEC_A_GROUP_MAX), 8);
	assert_octets(tb[MBSEC_A_GROUP_ADDRESS_V4], "\xef\1\1\1", 4);
	assert_octets(tb[MBSEC_A_GROUP_SOURCE_V4], "\x0a\0\0\1", 4);
	assert_int_equal(nla_len(tb[MBSEC_A_GROUP_PORT]), 2);
	assert_int_equal(nla_get_u16(tb[MBSEC_A_GROUP_PORT]), 5000);
	assert_u32(tb[MBSEC_A_GROUP_IFINDEX], 7);
	assert_u32(tb[MBSEC_A_GROUP_FORMAT], 1);
	assert_u32(tb[MBSEC_A_GROUP_SUITE], 0xf001);
	assert_u32(tb[MBSEC_A_GROUP_POLICY], 1);
	assert_u32(tb[MBSEC_A_GROUP_DIRECTION], 5);
	netlink_message_free(msg);
}

static void test_group_least(void **state)
{
	struct nl_msg *msg = netlink_message(&netlink, MBSEC_CMD_GROUP_ADD, 0);
	struct nlattr *root[MBSEC_A_MAX + 1];
	struct nlattr *tb[MBSEC_A_GROUP_MAX + 1];
	struct arguments args = {};

	(void)state;
	address_parse("ff02::1", &args.group.address);
	assert_true(encode_group(msg, &args, 0));
	root_read(msg, root);
	nest_read(root[MBSEC_A_GROUP], tb, MBSEC_A_GROUP_MAX);
	assert_int_equal(present(tb, MBSEC_A_GROUP_MAX), 1);
	assert_octets(tb[MBSEC_A_GROUP_ADDRESS_V6],
		      "\xff\2\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	netlink_message_free(msg);
}

static void test_group_id_v6(void **state)
{
	struct nl_msg *msg = netlink_message(&netlink, MBSEC_CMD_GROUP_DEL, 0);
	struct nlattr *root[MBSEC_A_MAX + 1];
	struct nlattr *tb[MBSEC_A_GROUP_MAX + 1];
	struct group_id id = { .port = 1 };

	(void)state;
	address_parse("ff02::1", &id.address);
	address_parse("::1", &id.source);
	assert_true(encode_group_id(msg, &id));
	root_read(msg, root);
	nest_read(root[MBSEC_A_GROUP], tb, MBSEC_A_GROUP_MAX);
	assert_int_equal(present(tb, MBSEC_A_GROUP_MAX), 3);
	assert_octets(tb[MBSEC_A_GROUP_SOURCE_V6],
		      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	netlink_message_free(msg);
}

static struct arguments key_arguments(void)
{
	return (struct arguments){
		.given = KEYWORD_BIT(SENDER),
		.msk_id = 0x89abcdef,
		.mtk_id = 0x1234,
		.sender_id = 0xbeef,
		.role = MBSEC_ROLE_RX,
	};
}

static void test_key_all(void **state)
{
	struct nl_msg *msg = netlink_message(&netlink, MBSEC_CMD_KEY_ADD, 0);
	struct nlattr *root[MBSEC_A_MAX + 1];
	struct nlattr *tb[MBSEC_A_KEY_MAX + 1];
	struct arguments args = key_arguments();

	(void)state;
	args.given |= KEYWORD_BIT(WINDOW) | KEYWORD_BIT(ACTIVATE);
	args.role = MBSEC_ROLE_TX;
	args.window = 8192;
	for (int i = 0; i < ARGUMENTS_LIMITS; i++)
		args.limits[i] = (1ULL << 40) + i;
	assert_true(encode_key(msg, &args, &session_keys));
	root_read(msg, root);
	nest_read(root[MBSEC_A_KEY], tb, MBSEC_A_KEY_MAX);
	assert_int_equal(present(tb, MBSEC_A_KEY_MAX), 15);
	assert_u32(tb[MBSEC_A_KEY_MSK_ID], 0x89abcdef);
	assert_int_equal(nla_get_u16(tb[MBSEC_A_KEY_MTK_ID]), 0x1234);
	assert_int_equal(nla_get_u16(tb[MBSEC_A_KEY_SENDER_ID]), 0xbeef);
	assert_u32(tb[MBSEC_A_KEY_ROLE], MBSEC_ROLE_TX);
	assert_octets(tb[MBSEC_A_KEY_CIPHER_KEY], session_keys.data.cipher_key,
		      16);
	assert_octets(tb[MBSEC_A_KEY_AUTH_KEY], session_keys.data.auth_key, 32);
	assert_octets(tb[MBSEC_A_KEY_SALT], session_keys.data.salt, 12);
	assert_u32(tb[MBSEC_A_KEY_WINDOW], 8192);
	assert_u64(tb[MBSEC_A_KEY_SOFT_PACKETS], 1ULL << 40);
	assert_u64(tb[MBSEC_A_KEY_HARD_PACKETS], (1ULL << 40) + 1);
	assert_u64(tb[MBSEC_A_KEY_SOFT_BYTES], (1ULL << 40) + 2);
	assert_u64(tb[MBSEC_A_KEY_HARD_BYTES], (1ULL << 40) + 3);
	assert_u64(tb[MBSEC_A_KEY_SOFT_SECONDS], (1ULL << 40) + 4);
	assert_u64(tb[MBSEC_A_KEY_HARD_SECONDS], (1ULL << 40) + 5);
	assert_int_equal(nla_len(tb[MBSEC_A_KEY_ACTIVATE]), 0);
	netlink_message_free(msg);
}

/* An integrity-only suite has no cipher key; what is not said is not sent. */
static void test_key_least(void **state)
{
	struct nl_msg *msg = netlink_message(&netlink, MBSEC_CMD_KEY_ADD, 0);
	struct session_keys keys = session_keys;
	struct nlattr *root[MBSEC_A_MAX + 1];
	struct nlattr *tb[MBSEC_A_KEY_MAX + 1];
	struct arguments args = key_arguments();

	(void)state;
	keys.data.cipher_key_size = 0;
	assert_true(encode_key(msg, &args, &keys));
	root_read(msg, root);
	nest_read(root[MBSEC_A_KEY], tb, MBSEC_A_KEY_MAX);
	assert_int_equal(present(tb, MBSEC_A_KEY_MAX), 6);
	assert_null(tb[MBSEC_A_KEY_CIPHER_KEY]);
	netlink_message_free(msg);
}

static void test_key_id(void **state)
{
	struct nl_msg *msg = netlink_message(&netlink, MBSEC_CMD_KEY_DEL, 0);
	struct nlattr *root[MBSEC_A_MAX + 1];
	struct nlattr *tb[MBSEC_A_KEY_MAX + 1];
	struct arguments args = key_arguments();

	(void)state;
	args.given = 0;
	assert_true(encode_key_id(msg, &args));
	root_read(msg, root);
	nest_read(root[MBSEC_A_KEY], tb, MBSEC_A_KEY_MAX);
	assert_int_equal(present(tb, MBSEC_A_KEY_MAX), 2);
	netlink_message_free(msg);
}

/* An answer with all that GROUP_GET promises. */
static struct nl_msg *group_answer(void)
{
	struct nl_msg *msg = netlink_message(&netlink, MBSEC_CMD_GROUP_GET, 0);
	struct nlattr *nest = nla_nest_start(msg, MBSEC_A_GROUP);

	nla_put_u32(msg, MBSEC_A_GROUP_ADDRESS_V4, htonl(0xef010101));
	nla_put_u16(msg, MBSEC_A_GROUP_PORT, 5000);
	nla_put_u32(msg, MBSEC_A_GROUP_SOURCE_V4, htonl(0x0a000001));
	nla_put_u32(msg, MBSEC_A_GROUP_IFINDEX, 2);
	nla_put_u32(msg, MBSEC_A_GROUP_DIRECTION, 3);
	nla_put_u32(msg, MBSEC_A_GROUP_FORMAT, 1);
	nla_put_u32(msg, MBSEC_A_GROUP_SUITE, 2);
	nla_put_u32(msg, MBSEC_A_GROUP_POLICY, 1);
	nla_put_u32(msg, MBSEC_A_GROUP_OVERHEAD, 22);
	nla_put_u32(msg, MBSEC_A_GROUP_KEYS, 4);
	nla_put_u32(msg, MBSEC_A_GROUP_SENDERS, 5);
	/* From a newer module. */
	nla_put_u32(msg, MBSEC_A_GROUP_MAX + 1, 5);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, MBSEC_A_COUNTERS);
	for (int i = 1; i <= MBSEC_A_COUNTERS_MAX; i++)
		if (i == MBSEC_A_COUNTERS_PAD)
			nla_put(msg, i, 0, NULL);
		else
			nla_put_u64(msg, i, 1000 + i);
	nla_nest_end(msg, nest);
	return msg;
}

static void test_decode_group(void **state)
{
	struct nl_msg *msg = group_answer();
	char text[ADDRESS_TEXT_SIZE];
	struct group group;

	(void)state;
	assert_true(decode_group(nlmsg_hdr(msg), &group));
	assert_string_equal(address_format(&group.id.address, text),
			    "239.1.1.1");
	assert_string_equal(address_format(&group.id.source, text), "10.0.0.1");
	assert_int_equal(group.id.port, 5000);
	assert_int_equal(group.ifindex, 2);
	assert_int_equal(group.direction, 3);
	assert_int_equal(group.format, 1);
	assert_int_equal(group.suite, 2);
	assert_int_equal(group.policy, 1);
	assert_int_equal(group.overhead, 22);
	assert_int_equal(group.keys, 4);
	assert_int_equal(group.senders, 5);
	assert_int_equal(group.counters.value[MBSEC_A_COUNTERS_RX_DROP_CRYPTO],
			 1000 + MBSEC_A_COUNTERS_RX_DROP_CRYPTO);
	assert_false(group.rtcp_port.known || group.no_mki ||
		     group.roc_rate.known || group.roc_mode.known ||
		     group.allow_no_integrity);
	netlink_message_free(msg);
}

/* Cut after any octet: refused, and nothing read outside. */
static void test_decode_cut_group(void **state)
{
	struct nl_msg *msg = group_answer();
	struct nlmsghdr *header = nlmsg_hdr(msg);
	uint32_t whole = header->nlmsg_len;
	struct group group;

	(void)state;
	for (uint32_t length = NLMSG_HDRLEN; length < whole; length++) {
		header->nlmsg_len = length;
		assert_false(decode_group(header, &group));
	}
	netlink_message_free(msg);
}

static struct nl_msg *key_answer(bool complete)
{
	struct nl_msg *msg = netlink_message(&netlink, MBSEC_CMD_KEY_GET, 0);
	struct nlattr *nest = nla_nest_start(msg, MBSEC_A_GROUP);
	const uint8_t address[16] = { 0xff, 2, [15] = 1 };

	nla_put(msg, MBSEC_A_GROUP_ADDRESS_V6, sizeof(address), address);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, MBSEC_A_KEY);
	nla_put_u32(msg, MBSEC_A_KEY_MSK_ID, 0x01020304);
	nla_put_u16(msg, MBSEC_A_KEY_MTK_ID, 5);
	nla_put_u16(msg, MBSEC_A_KEY_SENDER_ID, 0x100);
	if (complete)
		nla_put_u32(msg, MBSEC_A_KEY_ROLE, MBSEC_ROLE_TX);
	nla_put_u64(msg, MBSEC_A_KEY_HARD_SECONDS, 3600);
	nla_put_u64(msg, MBSEC_A_KEY_COUNTER, 1ULL << 32);
	nla_nest_end(msg, nest);
	return msg;
}

static void test_decode_key(void **state)
{
	struct nl_msg *msg = key_answer(true);
	char text[ADDRESS_TEXT_SIZE];
	struct key key;

	(void)state;
	assert_true(decode_key(nlmsg_hdr(msg), &key));
	assert_string_equal(address_format(&key.group.address, text),
			    "ff02::1");
	assert_int_equal(key.group.port, 0);
	assert_int_equal(key.group.source.family, AF_UNSPEC);
	assert_int_equal(key.msk_id.value, 0x01020304);
	assert_int_equal(key.role.value, MBSEC_ROLE_TX);
	assert_true(key.limits[KEY_LIMIT_HARD_SECONDS].known);
	assert_int_equal(key.limits[KEY_LIMIT_HARD_SECONDS].value, 3600);
	assert_false(key.limits[KEY_LIMIT_SOFT_SECONDS].known);
	assert_true(key.counter.value == 1ULL << 32);
	assert_false(key.window.known);
	netlink_message_free(msg);
	msg = key_answer(false);
	assert_false(decode_key(nlmsg_hdr(msg), &key));
	netlink_message_free(msg);
}

static void test_decode_event(void **state)
{
	struct nl_msg *msg = netlink_message(&netlink, MBSEC_CMD_EVENT, 0);
	struct nlattr *nest = nla_nest_start(msg, MBSEC_A_EVENT);
	struct event event;

	(void)state;
	nla_put_u32(msg, MBSEC_A_EVENT_TYPE, MBSEC_EVENT_TYPE_SOFT_EXPIRE);
	nla_put_u32(msg, MBSEC_A_EVENT_LIMIT, MBSEC_LIMIT_BYTES);
	nla_put_u64(msg, MBSEC_A_EVENT_COUNT, 100);
	nla_put_u32(msg, MBSEC_A_EVENT_SSRC, 0xcafebabe);
	nla_nest_end(msg, nest);
	assert_true(decode_event(nlmsg_hdr(msg), &event));
	assert_int_equal(event.type, MBSEC_EVENT_TYPE_SOFT_EXPIRE);
	assert_int_equal(event.limit.value, MBSEC_LIMIT_BYTES);
	assert_int_equal(event.count.value, 100);
	assert_int_equal(event.ssrc.value, 0xcafebabe);
	assert_false(event.has_group);
	assert_false(event.key.msk_id.known);
	netlink_message_free(msg);
	msg = netlink_message(&netlink, MBSEC_CMD_EVENT, 0);
	assert_false(decode_event(nlmsg_hdr(msg), &event));
	netlink_message_free(msg);
}

static void test_decode_stats(void **state)
{
	struct nl_msg *msg = netlink_message(&netlink, MBSEC_CMD_STATS_GET, 0);
	struct nlattr *nest = nla_nest_start(msg, MBSEC_A_STATS);
	struct stats stats;

	(void)state;
	nla_put_string(msg, MBSEC_A_STATS_MODULE_VERSION, "1.2.3");
	nla_put_u32(msg, MBSEC_A_STATS_USED_KEYS, 9);
	nla_nest_end(msg, nest);
	assert_false(decode_stats(nlmsg_hdr(msg), &stats));
	nest = nla_nest_start(msg, MBSEC_A_COUNTERS);
	nla_put_u64(msg, MBSEC_A_COUNTERS_TX_BYTES, UINT64_MAX);
	nla_nest_end(msg, nest);
	assert_true(decode_stats(nlmsg_hdr(msg), &stats));
	assert_string_equal(stats.module_version, "1.2.3");
	assert_int_equal(stats.used_keys, 9);
	assert_true(stats.counters.value[MBSEC_A_COUNTERS_TX_BYTES] ==
		    UINT64_MAX);
	netlink_message_free(msg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_group_all),
		cmocka_unit_test(test_group_least),
		cmocka_unit_test(test_group_id_v6),
		cmocka_unit_test(test_key_all),
		cmocka_unit_test(test_key_least),
		cmocka_unit_test(test_key_id),
		cmocka_unit_test(test_decode_group),
		cmocka_unit_test(test_decode_cut_group),
		cmocka_unit_test(test_decode_key),
		cmocka_unit_test(test_decode_event),
		cmocka_unit_test(test_decode_stats),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
