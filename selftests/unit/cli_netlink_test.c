// SPDX-License-Identifier: GPL-2.0-or-later
/* Error answers of the kernel, wiped messages, and which group is meant. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <linux/netlink.h>
#include <netlink/attr.h>

#include "encode.h"
#include "lookup.h"
#include "netlink.h"

#define SENTENCE "the group exists already"

static size_t octets_left;
static int messages_freed;

void __real_nlmsg_free(struct nl_msg *msg);
void __wrap_nlmsg_free(struct nl_msg *msg);

/* Counts what is left of a message in the memory that is given back. */
void __wrap_nlmsg_free(struct nl_msg *msg)
{
	const uint8_t *octets = (const uint8_t *)nlmsg_hdr(msg);

	octets_left = 0;
	for (size_t i = 0; i < nlmsg_get_max_size(msg); i++)
		octets_left += !!octets[i];
	messages_freed++;
	__real_nlmsg_free(msg);
}

/* An NLMSG_ERROR as the kernel makes it. */
struct error_message {
	struct nlmsghdr header;
	struct nlmsgerr error;
	char rest[256];
};

static void error_make(struct error_message *message, int error, bool capped)
{
	memset(message, 0, sizeof(*message));
	message->header.nlmsg_type = NLMSG_ERROR;
	message->header.nlmsg_len = NLMSG_LENGTH(sizeof(struct nlmsgerr));
	message->error.error = error;
	message->error.msg.nlmsg_len = NLMSG_LENGTH(20);
	if (capped)
		message->header.nlmsg_flags |= NLM_F_CAPPED;
	else
		message->header.nlmsg_len += 20;
}

static void attribute_add(struct error_message *message, int type,
			  const void *data, size_t size)
{
	struct nlattr attr = { .nla_len = NLA_HDRLEN + size, .nla_type = type };
	char *end = (char *)message + message->header.nlmsg_len;

	memcpy(end, &attr, sizeof(attr));
	memcpy(end + NLA_HDRLEN, data, size);
	message->header.nlmsg_len += NLA_ALIGN(attr.nla_len);
	message->header.nlmsg_flags |= NLM_F_ACK_TLVS;
}

static void sentence_check(bool capped)
{
	const uint32_t offset = 28;
	struct error_message message;
	struct netlink_answer answer;

	error_make(&message, -EEXIST, capped);
	attribute_add(&message, NLMSGERR_ATTR_OFFS, &offset, sizeof(offset));
	attribute_add(&message, NLMSGERR_ATTR_MSG, SENTENCE, sizeof(SENTENCE));
	netlink_answer_parse(&message.header, &answer);
	assert_int_equal(answer.error, EEXIST);
	assert_string_equal(answer.sentence, SENTENCE);
}

static void test_sentence(void **state)
{
	(void)state;
	sentence_check(true);
	/* With the request in front of the attributes, from older kernels. */
	sentence_check(false);
}

static void test_no_sentence(void **state)
{
	struct error_message message;
	struct netlink_answer answer;

	(void)state;
	error_make(&message, -EPERM, true);
	netlink_answer_parse(&message.header, &answer);
	assert_int_equal(answer.error, EPERM);
	assert_string_equal(answer.sentence, "");
	/* Attributes are announced, and are not there. */
	message.header.nlmsg_flags |= NLM_F_ACK_TLVS;
	netlink_answer_parse(&message.header, &answer);
	assert_int_equal(answer.error, EPERM);
	assert_string_equal(answer.sentence, "");
}

static void test_acknowledgement(void **state)
{
	struct error_message message;
	struct netlink_answer answer = { .error = 5, .sentence = "old" };

	(void)state;
	error_make(&message, 0, true);
	netlink_answer_parse(&message.header, &answer);
	assert_int_equal(answer.error, 0);
	assert_string_equal(answer.sentence, "");
}

/* A dump ends with a number, and maybe a sentence. */
static void test_end_of_dump(void **state)
{
	struct error_message message = {};
	struct netlink_answer answer;
	int error = -ENOMEM;

	(void)state;
	message.header.nlmsg_type = NLMSG_DONE;
	message.header.nlmsg_len = NLMSG_LENGTH(sizeof(int));
	memcpy(&message.error, &error, sizeof(error));
	netlink_answer_parse(&message.header, &answer);
	assert_int_equal(answer.error, ENOMEM);
	attribute_add(&message, NLMSGERR_ATTR_MSG, SENTENCE, sizeof(SENTENCE));
	netlink_answer_parse(&message.header, &answer);
	assert_string_equal(answer.sentence, SENTENCE);
	/* Nothing in it. */
	message.header.nlmsg_len = NLMSG_HDRLEN;
	netlink_answer_parse(&message.header, &answer);
	assert_int_equal(answer.error, 0);
}

/* Cut anywhere, and lengths that lie: no read outside, the sanitizer watches. */
static void test_damaged_answers(void **state)
{
	struct error_message message;
	struct netlink_answer answer;
	uint32_t whole;

	(void)state;
	error_make(&message, -EEXIST, false);
	attribute_add(&message, NLMSGERR_ATTR_MSG, SENTENCE, sizeof(SENTENCE));
	whole = message.header.nlmsg_len;
	for (uint32_t length = NLMSG_HDRLEN; length < whole; length++) {
		message.header.nlmsg_len = length;
		netlink_answer_parse(&message.header, &answer);
		assert_true(strlen(answer.sentence) < sizeof(SENTENCE));
	}
	message.header.nlmsg_len = whole;
	message.error.msg.nlmsg_len = UINT32_MAX;
	netlink_answer_parse(&message.header, &answer);
	assert_string_equal(answer.sentence, "");
	message.error.msg.nlmsg_len = 3;
	netlink_answer_parse(&message.header, &answer);
	assert_int_equal(answer.error, EEXIST);
}

static void test_long_sentence_is_cut(void **state)
{
	struct {
		struct error_message message;
		char room[1024];
	} long_message;
	struct netlink_answer answer;
	char sentence[1000];

	(void)state;
	memset(sentence, 'x', sizeof(sentence));
	sentence[sizeof(sentence) - 1] = '\0';
	error_make(&long_message.message, -EINVAL, true);
	attribute_add(&long_message.message, NLMSGERR_ATTR_MSG, sentence,
		      sizeof(sentence));
	netlink_answer_parse(&long_message.message.header, &answer);
	assert_int_equal(strlen(answer.sentence), sizeof(answer.sentence) - 1);
}

static struct nl_msg *key_message(const struct netlink *netlink)
{
	const struct session_keys keys = {
		.data = {
			.cipher_key_size = 16,
			.auth_key_size = 32,
			.salt_size = 12,
			.cipher_key = { 0xde, 0xad },
			.auth_key = { 0xbe, 0xef },
			.salt = { 0xca, 0xfe },
		},
	};
	const struct arguments args = { .role = MBSEC_ROLE_TX };
	struct nl_msg *msg = netlink_message(netlink, MBSEC_CMD_KEY_ADD, 0);

	assert_non_null(msg);
	assert_true(encode_key(msg, &args, &keys));
	return msg;
}

static void test_message_is_wiped(void **state)
{
	const struct netlink netlink = { .family = 100 };
	struct nl_msg *msg = key_message(&netlink);

	(void)state;
	messages_freed = 0;
	netlink_message_free(msg);
	assert_int_equal(messages_freed, 1);
	assert_int_equal(octets_left, 0);
	netlink_message_free(NULL);
	assert_int_equal(messages_freed, 1);
}

/* Sending fails: the socket is not connected. */
static void test_message_is_wiped_after_failure(void **state)
{
	struct netlink netlink = { .socket = nl_socket_alloc(), .family = 100 };
	struct netlink_answer answer;
	struct problem problem;
	int code;

	(void)state;
	assert_non_null(netlink.socket);
	messages_freed = 0;
	code = netlink_call(&netlink, key_message(&netlink), NULL, NULL,
			    &answer, &problem);
	assert_int_equal(code, EXIT_CODE_REFUSED);
	assert_int_equal(answer.error, NETLINK_NOT_SENT);
	assert_int_equal(messages_freed, 1);
	assert_int_equal(octets_left, 0);
	netlink_close(&netlink);
}

static struct group_id group_id(const char *address, uint16_t port,
				const char *source)
{
	struct group_id id = { .port = port };

	assert_true(address_parse(address, &id.address));
	if (source)
		assert_true(address_parse(source, &id.source));
	return id;
}

static void test_resolve(void **state)
{
	struct group groups[] = {
		{ .id = group_id("239.1.1.1", 5000, "10.0.0.1") },
		{ .id = group_id("239.1.1.1", 5000, NULL) },
		{ .id = group_id("239.1.1.1", 5001, "10.0.0.1") },
		{ .id = group_id("239.1.1.1", 5001, "10.0.0.2") },
		{ .id = group_id("239.1.1.1", 0, "10.0.0.1") },
	};
	const struct group_list list = { groups, 5 };
	const struct group *found = NULL;
	struct problem problem;
	struct group_id id;

	(void)state;
	/* The any-source group goes before others. */
	id = group_id("239.1.1.1", 5000, NULL);
	assert_int_equal(lookup_resolve(&list, &id, &found, &problem), 0);
	assert_ptr_equal(found, &groups[1]);
	id = group_id("239.1.1.1", 5000, "10.0.0.1");
	assert_int_equal(lookup_resolve(&list, &id, &found, &problem), 0);
	assert_ptr_equal(found, &groups[0]);
	/* The only one, without its source. */
	id = group_id("239.1.1.1", 0, NULL);
	assert_int_equal(lookup_resolve(&list, &id, &found, &problem), 0);
	assert_ptr_equal(found, &groups[4]);
	id = group_id("239.1.1.1", 5001, NULL);
	assert_int_equal(lookup_resolve(&list, &id, &found, &problem),
			 EXIT_CODE_REFUSED);
	assert_non_null(strstr(problem.sentence, "name the source"));
	id = group_id("239.1.1.1", 5001, "10.0.0.3");
	assert_int_equal(lookup_resolve(&list, &id, &found, &problem),
			 EXIT_CODE_REFUSED);
	assert_string_equal(problem.sentence,
			    "no group has this address, port and source");
}

static void test_filter(void **state)
{
	const struct group_id id = group_id("239.1.1.1", 5000, "10.0.0.1");
	struct arguments args = {};

	(void)state;
	assert_true(lookup_matches(&args, &id));
	args.has_address = true;
	args.group = group_id("239.1.1.1", 0, NULL);
	assert_true(lookup_matches(&args, &id));
	args.given = KEYWORD_BIT(PORT);
	assert_false(lookup_matches(&args, &id));
	args.group.port = 5000;
	assert_true(lookup_matches(&args, &id));
	args.given |= KEYWORD_BIT(SRC);
	args.group.source = group_id("239.1.1.1", 0, "10.0.0.2").source;
	assert_false(lookup_matches(&args, &id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sentence),
		cmocka_unit_test(test_no_sentence),
		cmocka_unit_test(test_acknowledgement),
		cmocka_unit_test(test_end_of_dump),
		cmocka_unit_test(test_damaged_answers),
		cmocka_unit_test(test_long_sentence_is_cut),
		cmocka_unit_test(test_message_is_wiped),
		cmocka_unit_test(test_message_is_wiped_after_failure),
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_filter),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
