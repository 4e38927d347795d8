// SPDX-License-Identifier: GPL-2.0-or-later
/* The security part of announcements, for MBMS in XML and for MBS in JSON. */
#include "core/announce.h"
#include "core/srtp_suite.h"
#include "core_xml_vectors.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static size_t servers_take(const json_t *vector,
			   char servers[][ANNOUNCE_URI_SIZE])
{
	json_t *list = json_object_get(vector, "servers"), *one;
	size_t i;

	json_array_foreach(list, i, one)
		strcpy(servers[i], json_string_value(one));
	return json_array_size(list);
}

static bool flag(const json_t *vector, const char *name)
{
	json_t *value = json_object_get(vector, name);

	assert_true(json_is_boolean(value));
	return json_is_true(value);
}

static void security_take(const json_t *vector, void *value)
{
	json_t *flows = json_object_get(vector, "flows"), *flow;
	struct announce_security *security = value;
	size_t i, j;

	security->confidentiality = flag(vector, "confidentiality");
	security->integrity = flag(vector, "integrity");
	security->uicc_key_management = flag(vector, "uicc-key-management");
	security->server_count = servers_take(vector, security->servers);
	security->wait_time = (uint32_t)vectors_number(vector, "wait-time");
	security->max_back_off =
		(uint32_t)vectors_number(vector, "max-back-off");
	json_array_foreach(flows, i, flow)
	{
		json_t *msks = json_object_get(flow, "msks"), *msk;

		xml_text_take(flow, "id", security->flows[i].id,
			      ANNOUNCE_FLOW_ID_SIZE);
		json_array_foreach(msks, j, msk)
			xml_msk_take(msk, &security->flows[i].msks[j]);
		security->flows[i].msk_count = json_array_size(msks);
	}
	security->flow_count = json_array_size(flows);
}

static int security_parse(const void *document, size_t size, void *value,
			  struct fault *fault)
{
	return announce_security_parse(document, size, value, fault);
}

static int security_write(const void *value, char *document, size_t room,
			  size_t *length, struct fault *fault)
{
	return announce_security_write(value, document, room, length, fault);
}

static void mbs_take(const json_t *vector, void *value)
{
	struct announce_mbs *mbs = value;

	mbs->server_count = servers_take(vector, mbs->servers);
	xml_msk_take(vector, &mbs->msk);
	mbs->uicc_key_management = flag(vector, "uicc-key-management");
	mbs->gba_2g_allowed = flag(vector, "gba-2g-allowed");
	mbs->offset_time = (uint32_t)vectors_number(vector, "offset-time");
	mbs->random_time_period =
		(uint32_t)vectors_number(vector, "random-time-period");
}

static int mbs_parse(const void *document, size_t size, void *value,
		     struct fault *fault)
{
	return announce_mbs_parse(document, size, value, fault);
}

static int mbs_write(const void *value, char *document, size_t room,
		     size_t *length, struct fault *fault)
{
	return announce_mbs_write(value, document, room, length, fault);
}

static const struct xml_kind kinds[] = {
	{ "security", sizeof(struct announce_security), security_take,
	  security_parse, security_write, NULL, NULL },
	{ "mbs", sizeof(struct announce_mbs), mbs_take, mbs_parse, mbs_write,
	  NULL, NULL },
};

static void test_vectors(void **state)
{
	(void)state;
	assert_int_equal(
		xml_check_all(kinds, COUNT(kinds), false, xml_check_good), 6);
}

static void test_refused(void **state)
{
	(void)state;
	assert_true(xml_check_all(kinds, COUNT(kinds), true,
				  xml_check_refused) >= 40);
}

static void test_harm(void **state)
{
	(void)state;
	assert_int_equal(
		xml_check_all(kinds, COUNT(kinds), false, xml_check_harm), 6);
}

static void test_large_json(void **state)
{
	static char document[32768];
	struct announce_mbs mbs;
	struct fault fault = { 0 };

	(void)state;
	memset(document, ' ', sizeof(document));
	assert_int_equal(announce_mbs_parse(document, sizeof(document), &mbs,
					    &fault),
			 -1);
	assert_int_equal(fault.code, FAULT_LIMIT);
}

static void check_security(const struct announce_security *security,
			   enum fault_code code)
{
	struct fault fault = { 0 };
	char document[2048];
	size_t length = 1;

	assert_int_equal(announce_security_write(security, document,
						 sizeof(document), &length,
						 &fault),
			 code == FAULT_NONE ? 0 : -1);
	assert_int_equal(fault.code, code);
	if (code != FAULT_NONE)
		assert_int_equal(length, 0);
}

static void test_security_write_refuses(void **state)
{
	static const struct announce_security good = {
		.server_count = 1,
		.servers = { "http://a" },
		.flow_count = 1,
		.flows = { { .id = "f", .msk_count = 1 } },
	};
	static struct announce_security bad;

	(void)state;
	check_security(&good, FAULT_NONE);
#define REFUSED(change, wanted)               \
	do {                                  \
		bad = good;                   \
		change;                       \
		check_security(&bad, wanted); \
	} while (0)
	REFUSED(bad.server_count = 0, FAULT_ARGUMENT);
	REFUSED(bad.server_count = 5, FAULT_ARGUMENT);
	REFUSED(bad.flow_count = 0, FAULT_ARGUMENT);
	REFUSED(bad.flow_count = 17, FAULT_ARGUMENT);
	REFUSED(bad.wait_time = 86401, FAULT_ARGUMENT);
	REFUSED(bad.max_back_off = 86401, FAULT_ARGUMENT);
	REFUSED(bad.servers[0][0] = 'x', FAULT_MALFORMED);
	REFUSED(bad.servers[0][7] = '\n', FAULT_MALFORMED);
	REFUSED(bad.flows[0].id[0] = '\0', FAULT_ARGUMENT);
	REFUSED(bad.flows[0].msk_count = 0, FAULT_ARGUMENT);
	REFUSED(bad.flows[0].msk_count = 5, FAULT_ARGUMENT);
	REFUSED(bad.flows[0].msks[0].msk_id = 1, FAULT_MALFORMED);
#undef REFUSED
}

static const struct announce_security with_transport = {
	.server_count = 1,
	.servers = { "http://a" },
	.flow_count = 2,
	.flows = { { .id = "239.1.1.1:5000",
		     .msk_count = 1,
		     .transport = { .format = ANNOUNCE_FORMAT_SFRAME,
				    .mtk_port = 2269,
				    .source = "192.0.2.1",
				    .sender_count = 2,
				    .senders = { 256, 65535 } } },
		   { .id = "239.1.1.1:5002",
		     .msk_count = 1,
		     .transport = { .format = ANNOUNCE_FORMAT_SRTP,
				    .mtk_port = 1,
				    .suite = SRTP_AES256_CM_HMAC_SHA1_80,
				    .rtcp_port = 5003,
				    .roc_rate = 16 } } },
};

static void test_transport(void **state)
{
	static struct announce_security read;
	char document[2048];
	size_t length;
	int i;

	(void)state;
	assert_int_equal(announce_security_write(&with_transport, document,
						 sizeof(document), &length,
						 NULL),
			 0);
	assert_int_equal(announce_security_parse(document, length, &read, NULL),
			 0);
	for (i = 0; i < 2; i++)
		assert_memory_equal(&read.flows[i].transport,
				    &with_transport.flows[i].transport,
				    sizeof(read.flows[i].transport));
}

static void test_transport_write_refuses(void **state)
{
	static struct announce_security bad;
	struct announce_transport *transport = &bad.flows[0].transport;

	(void)state;
#define REFUSED(change, wanted)               \
	do {                                  \
		bad = with_transport;         \
		change;                       \
		check_security(&bad, wanted); \
	} while (0)
	REFUSED(transport->mtk_port = 0, FAULT_MALFORMED);
	REFUSED(transport->source[0] = 'x', FAULT_MALFORMED);
	REFUSED(transport->senders[0] = 255, FAULT_MALFORMED);
	REFUSED(transport->senders[1] = 256, FAULT_MALFORMED);
	REFUSED(transport->sender_count = 65, FAULT_LIMIT);
	/* What only SRTP has. */
	REFUSED(transport->suite = SRTP_NULL_HMAC_SHA1_80, FAULT_MALFORMED);
	REFUSED(transport->rtcp_port = 5001, FAULT_MALFORMED);
	REFUSED(transport->roc_rate = 1, FAULT_MALFORMED);
	transport = &bad.flows[1].transport;
	REFUSED(transport->rtcp_port = 1, FAULT_MALFORMED);
	REFUSED(transport->suite = 1, FAULT_UNSUPPORTED);
#undef REFUSED
}

static void test_transport_parse_refuses(void **state)
{
	static const struct {
		const char *from, *to;
	} changes[] = {
		{ "format=\"sframe\"", "format=\"sfram\"" },
		{ "mtkPort=\"2269\"", "mtkPort=\"0\"" },
		{ "mtkPort=\"2269\"", "mtkPort=\"65536\"" },
		{ "mtkPort=\"2269\"", "" },
		{ "source=\"192.0.2.1\"", "source=\"192.0.2.256\"" },
		{ "senders=\"256 65535\"", "senders=\"256  65535\"" },
		{ "senders=\"256 65535\"", "senders=\"256 65535 256\"" },
		{ "senders=\"256 65535\"", "senders=\"1 65535\"" },
		{ "senders=\"256 65535\"", "senders=\"256,65535\"" },
		{ "senders=\"256 65535\"", "" },
		{ "suite=\"aes256", "suite=\"aes257" },
		{ "rtcpPort=\"5003\"", "rtcpPort=\"65536\"" },
		{ "rocRate=\"16\"", "rocRate=\"x\"" },
		{ "format=\"srtp\"", "format=\"sframe\"" },
	};
	static struct announce_security read;
	static const struct announce_security nothing;
	char document[2048], changed[2048];
	struct fault fault;
	size_t i, length;
	const char *at;

	(void)state;
	assert_int_equal(announce_security_write(&with_transport, document,
						 sizeof(document), &length,
						 NULL),
			 0);
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		at = strstr(document, changes[i].from);
		assert_non_null(at);
		snprintf(changed, sizeof(changed), "%.*s%s%s",
			 (int)(at - document), document, changes[i].to,
			 at + strlen(changes[i].from));
		fault = (struct fault){ 0 };
		assert_int_equal(announce_security_parse(changed,
							 strlen(changed), &read,
							 &fault),
				 -1);
		assert_true(fault.text[0]);
		assert_memory_equal(&read, &nothing, sizeof(read));
	}
}

static void test_mbs_write_refuses(void **state)
{
	static const struct announce_mbs good = { .server_count = 1,
						  .servers = { "http://a" } };
	static struct announce_mbs bad;
	struct fault fault;
	char document[512];
	size_t length;

	(void)state;
	assert_int_equal(announce_mbs_write(&good, document, sizeof(document),
					    &length, NULL),
			 0);
#define REFUSED(change, wanted)                                                \
	do {                                                                   \
		bad = good;                                                    \
		change;                                                        \
		fault = (struct fault){ 0 };                                   \
		length = 1;                                                    \
		assert_int_equal(announce_mbs_write(&bad, document,            \
						    sizeof(document), &length, \
						    &fault),                   \
				 -1);                                          \
		assert_int_equal(fault.code, wanted);                          \
		assert_int_equal(length, 0);                                   \
	} while (0)
	REFUSED(bad.server_count = 0, FAULT_ARGUMENT);
	REFUSED(bad.server_count = 5, FAULT_ARGUMENT);
	REFUSED(bad.offset_time = 86401, FAULT_ARGUMENT);
	REFUSED(bad.random_time_period = 86401, FAULT_ARGUMENT);
	REFUSED(bad.servers[0][4] = 'x', FAULT_MALFORMED);
	REFUSED(bad.msk.msk_id = 0xffff, FAULT_MALFORMED);
#undef REFUSED
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_harm),
		cmocka_unit_test(test_large_json),
		cmocka_unit_test(test_security_write_refuses),
		cmocka_unit_test(test_transport),
		cmocka_unit_test(test_transport_write_refuses),
		cmocka_unit_test(test_transport_parse_refuses),
		cmocka_unit_test(test_mbs_write_refuses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
