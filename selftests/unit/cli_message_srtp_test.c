// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests and answers about SRTP groups, their keys and senders. */
#include <arpa/inet.h>

#include "cli_message_fixture.h"
#include "decode.h"
#include "encode.h"

static void test_group_srtp(void **state)
{
	struct nl_msg *msg = netlink_message(&netlink, MBSEC_CMD_GROUP_ADD, 0);
	struct nlattr *root[MBSEC_A_MAX + 1];
	struct nlattr *tb[MBSEC_A_GROUP_MAX + 1];
	struct arguments args = {
		.given = KEYWORD_BIT(FORMAT) | KEYWORD_BIT(RTCP_PORT) |
			 KEYWORD_BIT(NO_MKI) | KEYWORD_BIT(ROC_RATE) |
			 KEYWORD_BIT(ROC_MODE) |
			 KEYWORD_BIT(ALLOW_NO_INTEGRITY),
		.format = MBSEC_FORMAT_SRTP,
		.roc_rate = 0x1234,
		.roc_mode = 3,
	};

	(void)state;
	address_parse("239.1.1.1", &args.group.address);
	assert_true(encode_group(msg, &args, 0));
	root_read(msg, root);
	nest_read(root[MBSEC_A_GROUP], tb, MBSEC_A_GROUP_MAX);
	assert_int_equal(present(tb, MBSEC_A_GROUP_MAX), 7);
	assert_u32(tb[MBSEC_A_GROUP_FORMAT], 2);
	/* none: 0 is said, absent would be port + 1 */
	assert_int_equal(nla_len(tb[MBSEC_A_GROUP_RTCP_PORT]), 2);
	assert_int_equal(nla_get_u16(tb[MBSEC_A_GROUP_RTCP_PORT]), 0);
	assert_int_equal(nla_len(tb[MBSEC_A_GROUP_NO_MKI]), 0);
	assert_int_equal(nla_len(tb[MBSEC_A_GROUP_ROC_RATE]), 2);
	assert_int_equal(nla_get_u16(tb[MBSEC_A_GROUP_ROC_RATE]), 0x1234);
	assert_u32(tb[MBSEC_A_GROUP_ROC_MODE], 3);
	assert_int_equal(nla_len(tb[MBSEC_A_GROUP_ALLOW_NO_INTEGRITY]), 0);
	netlink_message_free(msg);
}

/* Keys of RTP and of RTCP, and no sender. */
static void test_key_srtp(void **state)
{
	struct nl_msg *msg = netlink_message(&netlink, MBSEC_CMD_KEY_ADD, 0);
	const struct protocol_keys srtp = {
		.cipher_key_size = 32,
		.auth_key_size = 20,
		.salt_size = 14,
		.cipher_key = { 1, [31] = 2 },
		.auth_key = { 3, [19] = 4 },
		.salt = { 5, [13] = 6 },
	};
	struct session_keys keys = { srtp, srtp };
	struct nlattr *root[MBSEC_A_MAX + 1];
	struct nlattr *tb[MBSEC_A_KEY_MAX + 1];
	struct arguments args = {
		.msk_id = 0x89abcdef,
		.mtk_id = 0x1234,
		.sender_id = 0xbeef, /* not given */
		.role = MBSEC_ROLE_RX,
	};

	(void)state;
	keys.rtcp.cipher_key[0] = 7;
	keys.rtcp.auth_key[0] = 8;
	keys.rtcp.salt[0] = 9;
	assert_true(encode_key(msg, &args, &keys));
	root_read(msg, root);
	nest_read(root[MBSEC_A_KEY], tb, MBSEC_A_KEY_MAX);
	assert_int_equal(present(tb, MBSEC_A_KEY_MAX), 9);
	assert_null(tb[MBSEC_A_KEY_SENDER_ID]);
	assert_octets(tb[MBSEC_A_KEY_CIPHER_KEY], srtp.cipher_key, 32);
	assert_octets(tb[MBSEC_A_KEY_AUTH_KEY], srtp.auth_key, 20);
	assert_octets(tb[MBSEC_A_KEY_SALT], srtp.salt, 14);
	assert_octets(tb[MBSEC_A_KEY_RTCP_CIPHER_KEY], keys.rtcp.cipher_key,
		      32);
	assert_octets(tb[MBSEC_A_KEY_RTCP_AUTH_KEY], keys.rtcp.auth_key, 20);
	assert_octets(tb[MBSEC_A_KEY_RTCP_SALT], keys.rtcp.salt, 14);
	netlink_message_free(msg);
}

static void sender_read(const struct arguments *args, struct nlattr **tb,
			struct nl_msg **msg)
{
	struct nlattr *root[MBSEC_A_MAX + 1];

	*msg = netlink_message(&netlink, MBSEC_CMD_SENDER_ADD, 0);
	assert_true(encode_sender(*msg, args));
	root_read(*msg, root);
	assert_int_equal(present(root, MBSEC_A_MAX), 1);
	nest_read(root[MBSEC_A_SENDER], tb, MBSEC_A_SENDER_MAX);
}

static void test_sender(void **state)
{
	struct nlattr *tb[MBSEC_A_SENDER_MAX + 1];
	struct arguments args = {
		.given = KEYWORD_BIT(SSRC) | KEYWORD_BIT(ROC) |
			 KEYWORD_BIT(SEQ) | KEYWORD_BIT(ROLE),
		.ssrc = 0xcafebabe,
		.roc = 0xffffffff,
		.sequence = 0xabcd,
		.role = MBSEC_ROLE_TX,
	};
	struct nl_msg *msg;

	(void)state;
	sender_read(&args, tb, &msg);
	assert_int_equal(present(tb, MBSEC_A_SENDER_MAX), 4);
	assert_u32(tb[MBSEC_A_SENDER_SSRC], 0xcafebabe);
	assert_u32(tb[MBSEC_A_SENDER_ROC], 0xffffffff);
	assert_u32(tb[MBSEC_A_SENDER_ROLE], MBSEC_ROLE_TX);
	assert_int_equal(nla_len(tb[MBSEC_A_SENDER_SEQUENCE]), 2);
	assert_int_equal(nla_get_u16(tb[MBSEC_A_SENDER_SEQUENCE]), 0xabcd);
	netlink_message_free(msg);
	args.given = KEYWORD_BIT(SSRC);
	sender_read(&args, tb, &msg);
	assert_int_equal(present(tb, MBSEC_A_SENDER_MAX), 1);
	netlink_message_free(msg);
}

static void test_decode_group_srtp(void **state)
{
	struct nl_msg *msg = netlink_message(&netlink, MBSEC_CMD_GROUP_GET, 0);
	struct nlattr *nest = nla_nest_start(msg, MBSEC_A_GROUP);
	struct group group;

	(void)state;
	nla_put_u32(msg, MBSEC_A_GROUP_ADDRESS_V4, htonl(0xef010101));
	nla_put_u16(msg, MBSEC_A_GROUP_RTCP_PORT, 5001);
	nla_put_flag(msg, MBSEC_A_GROUP_NO_MKI);
	nla_put_u16(msg, MBSEC_A_GROUP_ROC_RATE, 16);
	nla_put_u32(msg, MBSEC_A_GROUP_ROC_MODE, 2);
	nla_put_flag(msg, MBSEC_A_GROUP_ALLOW_NO_INTEGRITY);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, MBSEC_A_COUNTERS);
	nla_put_u64(msg, MBSEC_A_COUNTERS_TX_BYTES, 1);
	nla_nest_end(msg, nest);
	assert_true(decode_group(nlmsg_hdr(msg), &group));
	assert_int_equal(group.rtcp_port.value, 5001);
	assert_true(group.no_mki);
	assert_int_equal(group.roc_rate.value, 16);
	assert_int_equal(group.roc_mode.value, 2);
	assert_true(group.allow_no_integrity);
	netlink_message_free(msg);
}

static struct nl_msg *sender_answer(bool complete)
{
	struct nl_msg *msg = netlink_message(&netlink, MBSEC_CMD_SENDER_GET, 0);
	struct nlattr *nest = nla_nest_start(msg, MBSEC_A_GROUP);

	nla_put_u32(msg, MBSEC_A_GROUP_ADDRESS_V4, htonl(0xef010101));
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, MBSEC_A_SENDER);
	nla_put_u32(msg, MBSEC_A_SENDER_SSRC, 0xcafebabe);
	nla_put_u32(msg, MBSEC_A_SENDER_ROLE, MBSEC_ROLE_RX);
	if (complete) {
		nla_put_u32(msg, MBSEC_A_SENDER_ROC, 9);
		nla_put_u16(msg, MBSEC_A_SENDER_SEQUENCE, 500);
		nla_put_u32(msg, MBSEC_A_SENDER_RTCP_INDEX, 3);
		nla_put_u32(msg, MBSEC_A_SENDER_STREAMS, 2);
		nla_put_flag(msg, MBSEC_A_SENDER_PROVISIONED);
	}
	nla_nest_end(msg, nest);
	return msg;
}

static void test_decode_sender(void **state)
{
	struct nl_msg *msg = sender_answer(true);
	struct sender sender;

	(void)state;
	assert_true(decode_sender(nlmsg_hdr(msg), &sender));
	assert_int_equal(sender.ssrc, 0xcafebabe);
	assert_int_equal(sender.role, MBSEC_ROLE_RX);
	assert_int_equal(sender.roc.value, 9);
	assert_int_equal(sender.sequence.value, 500);
	assert_int_equal(sender.rtcp_index.value, 3);
	assert_int_equal(sender.streams.value, 2);
	assert_true(sender.provisioned);
	for (uint32_t length = nlmsg_hdr(msg)->nlmsg_len - 1;
	     length >= NLMSG_HDRLEN; length--) {
		nlmsg_hdr(msg)->nlmsg_len = length;
		assert_false(decode_sender(nlmsg_hdr(msg), &sender));
	}
	netlink_message_free(msg);
	msg = sender_answer(false);
	assert_true(decode_sender(nlmsg_hdr(msg), &sender));
	assert_false(sender.roc.known || sender.sequence.known ||
		     sender.rtcp_index.known || sender.provisioned);
	netlink_message_free(msg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_group_srtp),
		cmocka_unit_test(test_key_srtp),
		cmocka_unit_test(test_sender),
		cmocka_unit_test(test_decode_group_srtp),
		cmocka_unit_test(test_decode_sender),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
