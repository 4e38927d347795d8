// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A streaming service at the BM-SC and its sender: two streams under one MSK, policy
 * and roll-over counters in MSK messages. io/kernel.c is not linked, its place is
 * taken by one that writes down what it is given.
 */
#include <stdio.h>

#include "core/announce.h"
#include "core/srtp_kdf.h"
#include "core/srtp_suite.h"
#include "daemon_bmsc_scene.h"
#include "io/kernel.h"

#define SERVICE "urn:mbms:film"
#define AUDIO "239.255.33.46:5000"
#define VIDEO "239.255.33.46:5002"
#define SSRC 0x5eed0000

struct group {
	struct kernel_group group;
	unsigned int keys;
	struct kernel_key key;
	uint8_t auth[SRTP_AUTH_KEY_SIZE];
	uint8_t rtcp_auth[SRTP_AUTH_KEY_SIZE];
};

struct kernel {
	struct group groups[4];
	size_t group_count;
	struct kernel_sender senders[64];
	size_t sender_count;
	unsigned int dumps;
};

static struct kernel kernel;

static struct group *group_find(const char *address)
{
	union address wanted;
	size_t i;

	address_parse(address, 0, &wanted, NULL);
	for (i = 0; i < kernel.group_count; i++)
		if (address_equal(&kernel.groups[i].group.group, &wanted))
			return &kernel.groups[i];
	return NULL;
}

static struct group *group_of(const struct kernel_group *group)
{
	char text[ADDRESS_TEXT_SIZE];

	address_text(&group->group, text);
	return group_find(text);
}

bool kernel_is_here(const struct kernel *it)
{
	(void)it;
	return true;
}

int kernel_listen(struct kernel *it, kernel_callback callback, void *argument,
		  struct fault *fault)
{
	(void)it;
	(void)callback;
	(void)argument;
	(void)fault;
	return 0;
}

int kernel_group_add(struct kernel *it, const struct kernel_group *group,
		     struct fault *fault)
{
	(void)fault;
	if (!group_of(group))
		it->groups[it->group_count++].group = *group;
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
	struct group *place = group_of(group);

	(void)it;
	(void)fault;
	assert_non_null(place);
	assert_null(key->keys);
	assert_int_equal(key->sender_id, 0);
	place->keys++;
	place->key = *key;
	memcpy(place->auth, key->srtp->auth.bytes, sizeof(place->auth));
	memcpy(place->rtcp_auth, key->srtcp->auth.bytes,
	       sizeof(place->rtcp_auth));
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
	(void)it;
	(void)group;
	(void)sender;
	return fault_set(fault, FAULT_STATE, "nothing was forgotten");
}

/* Even ones are of the first group, odd ones of the second. */
int kernel_senders_each(struct kernel *it, kernel_sender_callback callback,
			void *argument, struct fault *fault)
{
	size_t i;

	(void)fault;
	it->dumps++;
	for (i = 0; i < it->sender_count; i++)
		callback(argument, &it->groups[i % 2].group, &it->senders[i]);
	return 0;
}

static void sender_add(uint32_t ssrc, uint32_t role, uint32_t roc)
{
	kernel.senders[kernel.sender_count++] = (struct kernel_sender){
		.ssrc = ssrc,
		.role = role,
		.heard = true,
		.roc = roc,
		.sequence = 1,
	};
}

static bool has_keys(struct scene *scene, void *argument)
{
	struct scene_ue *ue = argument;

	(void)scene;
	return ue->msks && ue->mtks;
}

static json_t *film(const struct scene *scene, const char *suite)
{
	return json_pack("{s:s, s:s, s:s, s:i, s:[{s:s, s:s, s:i},"
			 " {s:s, s:s, s:i, s:i}]}",
			 "service", SERVICE, "format", "srtp", "suite", suite,
			 "roc-rate", 16, "flows", "group", AUDIO, "device",
			 "lo", "mtk-port", scene->mtk_port, "group", VIDEO,
			 "device", "lo", "mtk-port", scene->mtk_port,
			 "rtcp-port", 0);
}

static int setup(void **state)
{
	struct scene *scene;

	kernel = (struct kernel){ 0 };
	if (scene_setup(state))
		return -1;
	scene = *state;
	scene->daemon.kernel = &kernel;
	return 0;
}

static void join(struct scene *scene, unsigned int ue)
{
	assert_int_equal(scene_register(scene, ue, SERVICE, true), 200);
	scene_until(scene, has_keys, &scene->ues[ue]);
}

/* Both streams have the keys of the one MTK, which are those that the UE derives. */
static void check_keys(struct scene *scene, uint16_t suite)
{
	const struct srtp_profile profile = { suite, 16 };
	struct scene_ue *ue = &scene->ues[0];
	struct srtp_keys keys = { 0 }, rtcp = { 0 };
	struct fault fault = { 0 };
	size_t i;

	assert_int_equal(ue->mtk.size, srtp_suite_master_size(suite));
	assert_int_equal(srtp_kdf(&ue->mtk, &ue->salt, &keys, &rtcp, NULL), 0);
	assert_int_equal(kernel.group_count, 2);
	for (i = 0; i < 2; i++) {
		struct group *group = &kernel.groups[i];

		assert_int_equal(group->group.format, MBSEC_FORMAT_SRTP);
		assert_int_equal(group->group.suite, suite);
		assert_int_equal(group->group.roc_rate, 16);
		assert_int_equal(group->keys, 1);
		assert_int_equal(group->key.msk_id, ue->mtk_msk);
		assert_memory_equal(group->auth, keys.auth.bytes,
				    sizeof(group->auth));
		assert_memory_equal(group->rtcp_auth, rtcp.auth.bytes,
				    sizeof(group->rtcp_auth));
	}
	assert_int_equal(group_find(AUDIO)->group.rtcp_port, 5001);
	assert_int_equal(group_find(VIDEO)->group.rtcp_port, 0);
	assert_int_equal(ue->policy_count, 1);
	if (srtp_policy_compare(&ue->policy, &profile, &fault))
		fail_msg("%s", fault.text);
	srtp_keys_clear(&keys);
	srtp_keys_clear(&rtcp);
}

static void begins(struct scene *scene, uint16_t suite)
{
	json_decref(scene_order(scene, "service add",
				film(scene, srtp_suite_name(suite))));
	join(scene, 0);
	check_keys(scene, suite);
	/* Nobody sends: the map has an SSRC that is not known yet. */
	assert_int_equal(scene->ues[0].stream_count, 1);
	assert_int_equal(scene->ues[0].streams[0].ssrc, 0);
}

static void streams(void **state)
{
	begins(*state, SRTP_AES128_CM_HMAC_SHA1_80);
}

static void streams_of_256_bits(void **state)
{
	begins(*state, SRTP_AES256_CM_HMAC_SHA1_80);
}

static void streams_in_clear(void **state)
{
	begins(*state, SRTP_NULL_HMAC_SHA1_80);
}

/* Who joins late gets the counters of the streams, the highest ones first. */
static void late_join(void **state)
{
	struct scene *scene = *state;
	struct scene_ue *ue = &scene->ues[1];
	uint32_t i;

	begins(scene, SRTP_AES128_CM_HMAC_SHA1_32);
	sender_add(SSRC, MBSEC_ROLE_RX, 99);
	for (i = 1; i <= 20; i++)
		sender_add(SSRC + i, MBSEC_ROLE_TX, i);
	/* Older than what is kept for a push to all. */
	scene_pass(scene, 600);
	join(scene, 1);
	assert_int_equal(ue->stream_count, MIKEY_STREAMS_MAX);
	for (i = 0; i < MIKEY_STREAMS_MAX; i++) {
		assert_int_equal(ue->streams[i].ssrc - SSRC,
				 ue->streams[i].roc);
		assert_true(ue->streams[i].roc > 20 - MIKEY_STREAMS_MAX);
	}
	/* The kernel is not asked for each member of a push to all. */
	kernel.dumps = 0;
	for (i = 2; i < SCENE_UES; i++)
		join(scene, i);
	json_decref(scene_order(scene, "msk rotate",
				json_pack("{s:s, s:b}", "service", SERVICE,
					  "wait", 1)));
	assert_true(kernel.dumps < SCENE_UES);
}

static void check_shown(struct scene *scene)
{
	static struct announce_security security;
	static struct scene_response response;
	const struct announce_transport *transport;
	json_t *shown = scene_order(scene, "service show", json_object());
	json_t *service = json_array_get(json_object_get(shown, "services"), 0);
	json_t *flow = json_array_get(json_object_get(service, "flows"), 0);

	assert_string_equal(
		json_string_value(json_object_get(service, "format")), "srtp");
	assert_string_equal(
		json_string_value(json_object_get(service, "suite")),
		"null-hmac-sha1-80");
	assert_int_equal(
		json_integer_value(json_object_get(service, "roc-rate")), 16);
	assert_true(json_is_false(json_object_get(service, "confidentiality")));
	assert_int_equal(json_integer_value(json_object_get(flow, "rtcp-port")),
			 5001);
	json_decref(shown);
	scene_http(scene, "GET", "/announcement/urn%3Ambms%3Afilm", "", NULL, 0,
		   &response);
	assert_int_equal(announce_security_parse(response.body,
						 response.body_size, &security,
						 NULL),
			 0);
	assert_false(security.confidentiality);
	assert_int_equal(security.flow_count, 2);
	transport = &security.flows[0].transport;
	assert_int_equal(transport->format, ANNOUNCE_FORMAT_SRTP);
	assert_int_equal(transport->suite, SRTP_NULL_HMAC_SHA1_80);
	assert_int_equal(transport->roc_rate, 16);
	assert_int_equal(transport->rtcp_port, 5001);
	assert_int_equal(transport->sender_count, 0);
	assert_int_equal(security.flows[0].msks[0].msk_id,
			 security.flows[1].msks[0].msk_id);
}

/* What a service is outlives the process. */
static void stored(void **state)
{
	struct scene *scene = *state;

	begins(scene, SRTP_NULL_HMAC_SHA1_80);
	check_shown(scene);
	scene_stop(scene);
	scene_start(scene);
	check_shown(scene);
}

/* The sentence has this in it. */
static void nonsense(void **state)
{
#define BASE "{\"service\":\"urn:x\",\"format\":\"srtp\","
	static const struct {
		const char *arguments;
		const char *sentence;
	} list[] = {
		{ BASE "\"group\":\"239.1.1.1:5001\"}", "5001 is odd" },
		{ BASE "\"group\":\"239.1.1.1:65535\"}", "65535 is odd" },
		{ BASE "\"group\":\"239.1.1.1:50\",\"rtcp-port\":50}",
		  "rtcp-port is the port" },
		{ BASE "\"group\":\"239.1.1.1:50\",\"rtcp-port\":2269}",
		  "rtcp-port is the mtk-port" },
		{ BASE "\"group\":\"239.1.1.1:2268\"}",
		  "rtcp-port is the mtk-port" },
		{ BASE "\"group\":\"239.1.1.1:50\",\"suite\":\"aes\"}",
		  "suite is not aes128-cm-hmac-sha1-80" },
		{ BASE "\"group\":\"239.1.1.1:50\",\"roc-rate\":0}",
		  "roc-rate" },
		{ BASE "\"group\":\"239.1.1.1:50\",\"integrity\":false}",
		  "integrity cannot be off" },
		{ BASE "\"group\":\"239.1.1.1:50\",\"confidentiality\":true,"
		       "\"suite\":\"null-hmac-sha1-80\"}",
		  "does not fit confidentiality on" },
		{ BASE "\"group\":\"239.1.1.1:50\",\"confidentiality\":false,"
		       "\"suite\":\"aes128-cm-hmac-sha1-80\"}",
		  "does not fit confidentiality off" },
		{ BASE "\"flows\":[{\"group\":\"239.1.1.1:50\"},"
		       "{\"group\":\"239.1.1.1:51\",\"rtcp-port\":0}]}",
		  "rtcp-port of a stream is the port of another" },
		{ BASE "\"flows\":[{\"group\":\"239.1.1.1:50\"},"
		       "{\"group\":\"239.1.1.1:52\",\"rtcp-port\":51}]}",
		  "the same rtcp-port" },
		{ BASE "\"flows\":[{\"group\":\"239.1.1.1:50\"},"
		       "{\"group\":\"239.1.1.1:52\",\"mtk-port\":51}]}",
		  "mtk-port of a stream" },
		{ "{\"service\":\"urn:x\",\"group\":\"239.1.1.1:50\","
		  "\"suite\":\"null-hmac-sha1-80\"}",
		  "suite is for the format srtp" },
		{ "{\"service\":\"urn:x\",\"group\":\"239.1.1.1:50\","
		  "\"roc-rate\":1}",
		  "roc-rate is for the format srtp" },
		{ "{\"service\":\"urn:x\",\"group\":\"239.1.1.1:50\","
		  "\"rtcp-port\":51}",
		  "rtcp-port is for the format srtp" },
	};
	struct scene *scene = *state;
	struct fault fault;
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		fault = (struct fault){ 0 };
		if (scene_command(scene, "service add",
				  json_loads(list[i].arguments, 0, NULL),
				  &fault))
			fail_msg("%s is accepted", list[i].arguments);
		if (!strstr(fault.text, list[i].sentence))
			fail_msg("%s: %s", list[i].arguments, fault.text);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(streams),		TEST(streams_of_256_bits),
		TEST(streams_in_clear), TEST(late_join),
		TEST(stored),		TEST(nonsense),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
