// SPDX-License-Identifier: GPL-2.0-or-later
/* New keys for members: pushes, answers that do not come, and who is left out. */
#include <stdio.h>

#include "daemon_bmsc_scene.h"

static struct scene_ue *ue_of(struct scene *scene, unsigned int number)
{
	return &scene->ues[number];
}

/* What msk show says of the only group. */
static json_t *group_show(struct scene *scene, json_t **result)
{
	*result = scene_order(scene, "msk show", json_object());
	return json_array_get(json_object_get(*result, "key-groups"), 0);
}

static int64_t waiting(struct scene *scene)
{
	json_t *result, *group = group_show(scene, &result);
	int64_t count = json_integer_value(json_object_get(group, "waiting"));

	json_decref(result);
	return count;
}

static unsigned int msk_count(struct scene *scene, const char *state)
{
	json_t *result, *group = group_show(scene, &result), *msk;
	unsigned int count = 0;
	size_t i;

	json_array_foreach(json_object_get(group, "msks"), i, msk) count +=
		!strcmp(json_string_value(json_object_get(msk, "state")),
			state);
	json_decref(result);
	return count;
}

static const char *state_of(struct scene *scene, unsigned int ue)
{
	static char state[32];
	json_t *result =
		scene_order(scene, "member list",
			    json_pack("{s:s}", "ue", scene->ues[ue].impi));
	json_t *member = json_array_get(json_object_get(result, "members"), 0);

	snprintf(state, sizeof(state), "%s",
		 json_string_value(json_object_get(member, "state")));
	json_decref(result);
	return state;
}

struct expected {
	unsigned int ues;
	uint32_t msk_id;
};

/* All of them have an MTK under the MSK. */
static bool under_msk(struct scene *scene, void *argument)
{
	struct expected *expected = argument;
	unsigned int i;

	for (i = 0; i < SCENE_UES; i++)
		if (expected->ues & 1U << i &&
		    (scene->ues[i].mtk_msk != expected->msk_id ||
		     scene->ues[i].last_msk != expected->msk_id))
			return false;
	return true;
}

static void expect(struct scene *scene, unsigned int ues, uint32_t msk_id)
{
	struct expected expected = { .ues = ues, .msk_id = msk_id };

	scene_until(scene, under_msk, &expected);
}

static bool in_use(struct scene *scene, void *argument)
{
	(void)argument;
	return msk_count(scene, "in-use") && !msk_count(scene, "next");
}

static void begin(struct scene *scene, unsigned int ues)
{
	unsigned int i;

	scene_service_add(scene);
	for (i = 0; i < ues; i++)
		assert_int_equal(scene_register(scene, i, SCENE_SERVICE, true),
				 200);
	expect(scene, (1U << ues) - 1, 0x00070001);
	/* A stepping stone: rekeys are of the MSK in use. */
	scene->condition = NULL;
	while (!in_use(scene, NULL))
		scene_pass(scene, 10);
}

static json_t *rotate(struct scene *scene)
{
	return scene_order(scene, "msk rotate",
			   json_pack("{s:s}", "service", SCENE_SERVICE));
}

static int64_t number(json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void rekey(void **state)
{
	struct scene *scene = *state;
	json_t *result;

	begin(scene, 4);
	result = rotate(scene);
	assert_int_equal(number(result, "total"), 4);
	assert_int_equal(number(result, "acknowledged"), 4);
	assert_int_equal(number(result, "given-up"), 0);
	json_decref(result);
	expect(scene, 0xf, 0x00070002);
	assert_true(secret_equal(&ue_of(scene, 0)->mtk, &ue_of(scene, 3)->mtk));
}

/* The answers of one UE are lost: it is sent the MSK again in new messages, until
 * its silence counts. The others do not wait for it longer than that.
 */
static void lost_answers(void **state)
{
	struct scene *scene = *state;
	struct scene_ue *ue = ue_of(scene, 1);
	json_t *result;

	begin(scene, 3);
	ue->mute = true;
	ue->msks = 0;
	result = rotate(scene);
	assert_int_equal(number(result, "acknowledged"), 2);
	assert_int_equal(number(result, "given-up"), 1);
	json_decref(result);
	/* retry-attempts, each of which it took as a fresh message. */
	assert_int_equal(ue->msks, 4);
	assert_string_equal(state_of(scene, 1), "inside");
	/* It has the keys all the same. */
	expect(scene, 7, 0x00070002);
	json_decref(rotate(scene));
	expect(scene, 7, 0x00070003);
	/* The third silence is one too many. */
	json_decref(rotate(scene));
	assert_string_equal(state_of(scene, 1), "silent");
	expect(scene, 5, 0x00070004);
	ue->msks = 0;
	result = rotate(scene);
	assert_int_equal(number(result, "total"), 2);
	json_decref(result);
	assert_int_equal(ue->msks, 0);
	/* It may come back. */
	ue->mute = false;
	assert_int_equal(scene_register(scene, 1, SCENE_SERVICE, true), 200);
	expect(scene, 7, 0x00070005);
}

/* A message that was lost is repeated, and one answer ends that. */
static void lost_messages(void **state)
{
	struct scene *scene = *state;
	struct scene_ue *ue = ue_of(scene, 0);
	struct fault fault = { 0 };
	json_t *result;

	begin(scene, 2);
	ue->deaf = true;
	result = scene_command(scene, "msk rotate",
			       json_pack("{s:s, s:b}", "service", SCENE_SERVICE,
					 "wait", false),
			       &fault);
	assert_non_null(result);
	json_decref(result);
	scene_pass(scene, 60);
	assert_int_equal(waiting(scene), 1);
	ue->deaf = false;
	ue->msks = 0;
	expect(scene, 3, 0x00070002);
	while (waiting(scene))
		scene_pass(scene, 10);
	/* What was on its way has come by then. */
	scene_pass(scene, 100);
	ue->msks = 0;
	scene_pass(scene, 400);
	assert_int_equal(ue->msks, 0);
}

static void eviction(void **state)
{
	struct scene *scene = *state;
	struct scene_ue *evicted = ue_of(scene, 1);
	json_t *result;

	begin(scene, 3);
	result = scene_order(scene, "member evict",
			     json_pack("{s:s, s:s}", "ue", "001010000000001",
				       "service", SCENE_SERVICE));
	json_decref(result);
	evicted->msks = 0;
	expect(scene, 5, 0x00070002);
	assert_int_equal(evicted->msks, 0);
	assert_int_equal(evicted->mtk_msk, 0x00070001);
	assert_string_equal(state_of(scene, 1), "banned");
	assert_int_equal(scene_register(scene, 1, SCENE_SERVICE, true), 403);
	assert_int_equal(scene_request(scene, 1, 7), 403);
	assert_int_equal(evicted->msks, 0);
	json_decref(scene_order(scene, "member admit",
				json_pack("{s:s, s:s}", "ue", "001010000000001",
					  "service", SCENE_SERVICE)));
	assert_int_equal(scene_register(scene, 1, SCENE_SERVICE, true), 200);
	expect(scene, 7, 0x00070002);
}

static bool msk_deleted(struct scene *scene, void *argument)
{
	(void)scene;
	return ((struct scene_ue *)argument)->deleted;
}

static void deregistration(void **state)
{
	struct scene *scene = *state;
	struct scene_ue *ue = ue_of(scene, 0);

	begin(scene, 2);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, false), 200);
	scene_until(scene, msk_deleted, ue);
	assert_string_equal(state_of(scene, 0), "outside");
	assert_int_equal(scene_request(scene, 0, 7), 403);
	/* Once more, since the answer may have been lost. */
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, false), 200);
	ue->msks = 0;
	json_decref(rotate(scene));
	expect(scene, 2, 0x00070002);
	assert_int_equal(ue->msks, 0);
}

static bool was_solicited(struct scene *scene, void *argument)
{
	(void)scene;
	return ((struct scene_ue *)argument)->solicited;
}

static bool expired(struct scene *scene, void *argument)
{
	return loop_wall(scene->daemon.loop) > *(int64_t *)argument;
}

static void solicitation(void **state)
{
	struct scene *scene = *state;
	struct scene_ue *ue = ue_of(scene, 0);
	struct naf_id naf_id;
	int64_t until;

	begin(scene, 2);
	json_decref(scene_order(scene, "msk solicit",
				json_pack("{s:s, s:s}", "service",
					  SCENE_SERVICE, "ue", ue->impi)));
	scene_until(scene, was_solicited, ue);
	assert_int_equal(ue_of(scene, 1)->solicited, 0);
	/* A request ends the repetitions. */
	assert_int_equal(scene_request(scene, 0, 7), 200);
	ue->solicited = 0;
	/* A MUK that has expired is good for nothing else. */
	scene_bootstrap(scene, 0, 1500);
	until = loop_wall(scene->daemon.loop) + 1500;
	ue->msks = 0;
	assert_int_equal(scene_request(scene, 0, 7), 200);
	scene_until(scene, expired, &until);
	naf_id_set(&naf_id, SCENE_BMSC, UA_PROTOCOL_MBMS, NULL);
	mgvf_muk_expire(&ue->mgvf, &naf_id, NULL);
	assert_int_equal(ue->msks, 1);
	json_decref(rotate(scene));
	scene_until(scene, was_solicited, ue);
	assert_int_equal(ue->msks, 1);
	scene_bootstrap(scene, 0, 3600000);
	assert_int_equal(scene_request(scene, 0, 7), 200);
	expect(scene, 3, 0x00070002);
}

static bool mtk_above(struct scene *scene, void *argument)
{
	return scene->ues[0].mtk_id > *(uint16_t *)argument;
}

static void mtk_rotation(void **state)
{
	struct scene *scene = *state;
	uint16_t before;

	begin(scene, 1);
	before = ue_of(scene, 0)->mtk_id;
	json_decref(scene_order(scene, "mtk rotate",
				json_pack("{s:s}", "service", SCENE_SERVICE)));
	scene_until(scene, mtk_above, &before);
	assert_int_equal(ue_of(scene, 0)->mtk_msk, 0x00070001);
}

/* Octets of anybody change nothing. */
static void hostile_datagrams(void **state)
{
	struct scene *scene = *state;
	json_t *status;
	uint8_t octets[512];
	union address to;
	unsigned int i;

	begin(scene, 1);
	scene_bmsc_address(scene, &to);
	for (i = 0; i < 1000; i++) {
		memset(octets, (int)i, sizeof(octets));
		udp_send(scene->mikey, &to, octets, i % sizeof(octets) + 1,
			 NULL);
	}
	scene_pass(scene, 100);
	status = bmsc_role.status(&scene->daemon);
	assert_true(number(status, "answers-refused") > 0);
	json_decref(status);
	json_decref(rotate(scene));
	expect(scene, 1, 0x00070002);
}

static void service_deletion(void **state)
{
	struct scene *scene = *state;
	struct fault fault = { 0 };
	json_t *result;

	begin(scene, 2);
	json_decref(scene_order(scene, "service del",
				json_pack("{s:s}", "service", SCENE_SERVICE)));
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 404);
	result = scene_order(scene, "service show", json_object());
	assert_int_equal(json_array_size(json_object_get(result, "services")),
			 0);
	json_decref(result);
	assert_null(scene_command(scene, "msk show",
				  json_pack("{s:s}", "service", SCENE_SERVICE),
				  &fault));
	assert_int_equal(fault.code, FAULT_UNKNOWN);
	/* Its key group goes on where it was. */
	scene_service_add(scene);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 200);
	expect(scene, 1, 0x00070002);
}

static void refused_commands(void **state)
{
	static const char *const arguments[] = {
		"{}",
		"{\"service\":\"urn:x\",\"group\":\"192.0.2.1:5000\"}",
		"{\"service\":\"urn:x\",\"group\":\"239.1.1.1\"}",
		"{\"service\":\"urn:x\",\"group\":\"239.1.1.1:2269\"}",
		"{\"service\":\"urn:x\",\"group\":\"239.1.1.1:1\",\"x\":1}",
		"{\"service\":\"urn:x\",\"group\":\"239.1.1.1:1\","
		"\"format\":\"rtp\"}",
		"{\"service\":\"urn:x\",\"group\":\"239.1.1.1:1\","
		"\"integrity\":false}",
		"{\"service\":\"urn:x\",\"group\":\"239.1.1.1:1\","
		"\"source\":\"239.1.1.1\"}",
		"{\"service\":\"urn:x\",\"group\":\"239.1.1.1:1\","
		"\"mtk-lifetime\":\"5x\"}",
		"{\"service\":\"urn:x\",\"group\":\"239.1.1.1:1\","
		"\"mtk-lifetime\":\"1ms\"}",
		"{\"service\":\"urn:x\",\"flows\":[]}",
		"{\"service\":\"urn:x\",\"group\":\"239.1.1.1:1\","
		"\"key-group\":7}",
		"{\"service\":\"urn:mbms:tv\",\"group\":\"239.1.1.1:1\"}",
		"{\"service\":\"urn:x\",\"group\":\"239.1.1.1:1\","
		"\"device\":\"there-is-none\"}",
	};
	struct scene *scene = *state;
	size_t i;

	scene_service_add(scene);
	for (i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++) {
		struct fault fault = { 0 };

		if (scene_command(scene, "service add",
				  json_loads(arguments[i], 0, NULL), &fault))
			fail_msg("%s is accepted", arguments[i]);
		assert_int_not_equal(fault.code, FAULT_NONE);
		assert_true(strlen(fault.text) > 10);
	}
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rekey),
		TEST(lost_answers),
		TEST(lost_messages),
		TEST(eviction),
		TEST(deregistration),
		TEST(solicitation),
		TEST(mtk_rotation),
		TEST(hostile_datagrams),
		TEST(service_deletion),
		TEST(refused_commands),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
