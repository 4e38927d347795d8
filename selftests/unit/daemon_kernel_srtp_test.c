// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages to and from the kernel module about groups of SRTP. */
#include "daemon_kernel_scene.h"

/* A group, as it is made and as a list shows it. */
static void test_srtp_group(void **state)
{
	struct kernel_group group = group_of("239.1.1.1:5000", NULL);
	struct kernel_message message;
	struct kernel_object object;

	(void)state;
	group.format = MBSEC_FORMAT_SRTP;
	group.suite = MBSEC_SUITE_AES128_CM_HMAC_SHA1_32;
	group.roc_rate = 16;
	begin(&message, MBSEC_CMD_GROUP_ADD);
	kernel_message_group(&message, &group, 0);
	/* 0 is said: without it the kernel takes the next port. */
	assert_non_null(
		nested_of(&message, MBSEC_A_GROUP, MBSEC_A_GROUP_RTCP_PORT));
	assert_int_equal(kernel_object_parse(&message.header, &object), 0);
	assert_int_equal(object.group.format, MBSEC_FORMAT_SRTP);
	assert_int_equal(object.group.rtcp_port, 0);
	assert_int_equal(object.group.roc_rate, 16);
	group = group_of("239.1.1.1:5000", NULL);
	begin(&message, MBSEC_CMD_GROUP_ADD);
	kernel_message_group(&message, &group, 0);
	assert_null(
		nested_of(&message, MBSEC_A_GROUP, MBSEC_A_GROUP_RTCP_PORT));
	assert_null(nested_of(&message, MBSEC_A_GROUP, MBSEC_A_GROUP_ROC_RATE));
}

/* Keys of SRTP, each with its own part of the message. */
static void test_srtp_message(void **state)
{
	static const uint32_t suites[] = { MBSEC_SUITE_AES128_CM_HMAC_SHA1_80,
					   MBSEC_SUITE_AES256_CM_HMAC_SHA1_80,
					   MBSEC_SUITE_NULL_HMAC_SHA1_80 };

	(void)state;
	for (size_t i = 0; i < COUNT(suites); i++) {
		struct srtp_keys srtp = { 0 }, srtcp = { 0 };
		struct secret mtk = { 0 }, salt = { 0 }, none = { 0 };
		struct kernel_key key = { .msk_id = 0x10002,
					  .mtk_id = 3,
					  .role = MBSEC_ROLE_RX,
					  .suite = suites[i],
					  .srtp = &srtp,
					  .srtcp = &srtcp };
		struct kernel_message message;
		bool null = suites[i] == MBSEC_SUITE_NULL_HMAC_SHA1_80;

		secret_set(&mtk, "0123456789abcdef0123456789abcdef",
			   i == 1 ? 32 : 16);
		secret_set(&salt, "0123456789abcd", 14);
		assert_int_equal(srtp_kdf(&mtk, &salt, &srtp, &srtcp, NULL), 0);
		begin(&message, MBSEC_CMD_KEY_ADD);
		kernel_message_key(&message, &key);
		assert_false(message.failed);
		secret_is_there(&message, MBSEC_A_KEY_CIPHER_KEY,
				null ? &none : &srtp.encryption);
		secret_is_there(&message, MBSEC_A_KEY_AUTH_KEY, &srtp.auth);
		secret_is_there(&message, MBSEC_A_KEY_SALT, &srtp.salt);
		secret_is_there(&message, MBSEC_A_KEY_RTCP_CIPHER_KEY,
				null ? &none : &srtcp.encryption);
		secret_is_there(&message, MBSEC_A_KEY_RTCP_AUTH_KEY,
				&srtcp.auth);
		secret_is_there(&message, MBSEC_A_KEY_RTCP_SALT, &srtcp.salt);
		assert_null(nested_of(&message, MBSEC_A_KEY,
				      MBSEC_A_KEY_SENDER_ID));
		srtp_keys_clear(&srtp);
		srtp_keys_clear(&srtcp);
		secret_clear(&mtk);
		secret_clear(&salt);
	}
}

/* What is said of an SSRC, and what a list says. */
static void test_sender(void **state)
{
	const struct kernel_group group = group_of("239.1.1.1:5000", NULL);
	struct kernel_sender sender = { .ssrc = 0xcafebabe,
					.role = MBSEC_ROLE_RX,
					.roc = 7 };
	struct kernel_message message;
	struct kernel_object object;

	(void)state;
	begin(&message, MBSEC_CMD_SENDER_ADD);
	kernel_message_group_id(&message, &group);
	kernel_message_sender(&message, &sender, true);
	assert_null(
		nested_of(&message, MBSEC_A_SENDER, MBSEC_A_SENDER_SEQUENCE));
	assert_int_equal(kernel_object_parse(&message.header, &object), 0);
	assert_int_equal(object.sender.ssrc, 0xcafebabe);
	assert_int_equal(object.sender.roc, 7);
	assert_true(object.sender.heard);
	assert_false(object.sender.provisioned);
	sender.heard = true;
	sender.sequence = 513;
	begin(&message, MBSEC_CMD_SENDER_ADD);
	kernel_message_group_id(&message, &group);
	kernel_message_sender(&message, &sender, true);
	assert_int_equal(kernel_object_parse(&message.header, &object), 0);
	assert_int_equal(object.sender.sequence, 513);
	begin(&message, MBSEC_CMD_SENDER_DEL);
	kernel_message_group_id(&message, &group);
	kernel_message_sender(&message, &sender, false);
	assert_null(nested_of(&message, MBSEC_A_SENDER, MBSEC_A_SENDER_ROC));
	assert_int_equal(kernel_object_parse(&message.header, &object), 0);
	assert_false(object.sender.heard);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_srtp_group),
		cmocka_unit_test(test_srtp_message),
		cmocka_unit_test(test_sender),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
