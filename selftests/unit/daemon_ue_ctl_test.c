// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands to the UE role. */
#include "daemon_ue_scene.h"

#include "roles/ue.h"
#include "roles/ue_usim.h"

#define K "11111111111111111111111111111111"
#define OPC "22222222222222222222222222222222"

static json_int_t number(const char *name)
{
	return json_integer_value(json_object_get(scene->result, name));
}

static void add(const char *imsi, int count)
{
	json_t *arguments = json_pack("{s:s, s:s, s:s, s:i}", "imsi", imsi, "k",
				      K, "opc", OPC, "count", count);
	const char *k = json_string_value(json_object_get(arguments, "k"));

	scene_command("usim add", json_incref(arguments));
	/* Whoever prints the request later prints no key. */
	assert_int_equal(k[0], 0);
	json_decref(arguments);
}

static void adds_and_deletes(void **state)
{
	const json_t *list, *first;

	(void)state;
	add("001010000000009", 3);
	assert_int_equal(number("total"), 3);
	assert_int_equal(number("good"), 3);
	add("001010000000009", 3);
	scene_command("usim show", json_object());
	assert_int_equal(number("total"), 3);
	list = json_object_get(scene->result, "usims");
	first = json_array_get(list, 1);
	assert_string_equal(json_string_value(json_object_get(first, "imsi")),
			    "001010000000010");
	assert_null(json_object_get(first, "k"));
	scene_command("usim del", json_pack("{s:s, s:i}", "imsi",
					    "001010000000010", "count", 5));
	assert_int_equal(number("good"), 2);
	scene_restart();
	scene_command("usim show", json_object());
	assert_int_equal(number("total"), 1);
}

static void refuse(const char *command, json_t *arguments, const char *reason)
{
	scene_command(command, arguments);
	assert_null(scene->result);
	if (!strstr(scene->refusal.text, reason))
		fail_msg("%s: \"%s\"", command, scene->refusal.text);
	/* Not even a part of a key. */
	assert_null(strstr(scene->refusal.text, "111111"));
}

static void refuses_nonsense(void **state)
{
	(void)state;
	refuse("usim add", json_object(), "imsi");
	refuse("usim add", json_pack("{s:s}", "imsi", "12"), "IMSI");
	refuse("usim add", json_pack("{s:s, s:s}", "imsi", IMSI_FIRST, "k", K),
	       "opc");
	refuse("usim add",
	       json_pack("{s:s, s:s, s:s}", "imsi", IMSI_FIRST, "k",
			 "11111111111111111111111111111zzz", "opc", OPC),
	       "k");
	refuse("usim add",
	       json_pack("{s:s, s:s, s:s, s:i}", "imsi", IMSI_FIRST, "k", K,
			 "opc", OPC, "mnc-digits", 4),
	       "mnc-digits");
	refuse("usim add",
	       json_pack("{s:s, s:s, s:s, s:i}", "imsi", IMSI_FIRST, "k", K,
			 "opc", OPC, "count", 0),
	       "count");
	refuse("usim add",
	       json_pack("{s:s, s:s, s:s, s:i}", "imsi", "999999999999999", "k",
			 K, "opc", OPC, "count", 2),
	       "IMSIs");
	assert_true(TAILQ_EMPTY(&scene->daemon.ue->usims));
	refuse("usim show", json_pack("{s:i}", "imsi", 7), "imsi");
	add(IMSI_FIRST, 1);
	refuse("service join", json_object(), "service");
	refuse("service join", json_pack("{s:s}", "service", "urn:new"),
	       "announcement");
	refuse("service join",
	       json_pack("{s:s, s:s}", "service", "urn:new", "announcement",
			 "ftp://a/b"),
	       "announcement");
	refuse("service join",
	       json_pack("{s:s, s:s, s:s}", "service", "urn:new",
			 "announcement", "http://127.0.0.1:1/", "bm-sc", "-"),
	       "bm-sc");
	refuse("service join",
	       json_pack("{s:s, s:s, s:s}", "service", "urn:new",
			 "announcement", "http://127.0.0.1:1/", "imsi",
			 "001010000000077"),
	       "001010000000077");
	refuse("service leave", json_object(), "service");
	assert_true(TAILQ_EMPTY(&scene->daemon.ue->services));
}

static void join(int count)
{
	char url[128];

	snprintf(url, sizeof(url), "%s/announcement/news", scene->url);
	scene_command("service join",
		      json_pack("{s:s, s:s, s:s, s:s, s:i}", "service", SERVICE,
				"announcement", url, "bm-sc", BMSC_NAME, "imsi",
				IMSI_FIRST, "count", count));
}

static const char *result_text(const char *name)
{
	return json_string_value(json_object_get(scene->result, name));
}

static void joins_and_leaves(void **state)
{
	const json_t *service;

	(void)state;
	add(IMSI_FIRST, 1);
	join(1);
	assert_string_equal(result_text("state"), "ready");
	assert_int_equal(number("good"), 1);
	join(1);
	assert_int_equal(number("good"), 1);
	scene_command("service show", json_object());
	service = json_array_get(json_object_get(scene->result, "services"), 0);
	assert_string_equal(
		json_string_value(json_object_get(service, "bm-sc")),
		BMSC_NAME);
	assert_int_equal(json_integer_value(json_object_get(service, "active")),
			 1);
	scene_command("service leave", json_pack("{s:s}", "service", SERVICE));
	assert_int_equal(number("good"), 1);
	assert_int_equal(scene->counts.deregisters, 1);
	scene_command("service leave", json_pack("{s:s}", "service", SERVICE));
	assert_int_equal(number("good"), 0);
}

/* One who waits is told why it does not work, and it goes on behind him. */
static void tells_what_is_wrong(void **state)
{
	(void)state;
	add(IMSI_FIRST, 1);
	scene->gone = true;
	join(1);
	assert_string_equal(result_text("state"), "joining");
	assert_non_null(result_text("reason"));
	assert_int_equal(number("good"), 0);
	scene->gone = false;
	scene_until_ready();
}

static void tells_of_refusal(void **state)
{
	(void)state;
	add(IMSI_FIRST, 3);
	scene->status = MBMS_STATUS_NOT_FOUND;
	join(3);
	assert_int_equal(number("ended"), 3);
	assert_int_equal(number("good"), 0);
	join(1);
	assert_string_equal(result_text("state"), "left");
	assert_non_null(strstr(result_text("reason"), "not know"));
}

static void has_status(void **state)
{
	json_t *status;

	(void)state;
	add(IMSI_FIRST, 3);
	join(3);
	status = ue_status(scene->daemon.ue);
	assert_int_equal(json_integer_value(json_object_get(status, "usims")),
			 3);
	assert_int_equal(
		json_integer_value(json_object_get(status, "registered")), 3);
	assert_int_equal(json_integer_value(json_object_get(status, "active")),
			 3);
	json_decref(status);
	assert_true(json_array_size(scene->events) > 3);
}

/* With its USIM a UE is gone, whatever it does at that moment. */
static void deletes_while_it_runs(void **state)
{
	(void)state;
	scene_join(0);
	scene_join(1);
	scene_until(scene_is_busy);
	scene_command("usim del",
		      json_pack("{s:s, s:i}", "imsi", IMSI_FIRST, "count", 2));
	assert_int_equal(number("good"), 2);
	assert_true(TAILQ_EMPTY(&scene->daemon.ue->usims));
	assert_true(TAILQ_EMPTY(&scene->daemon.ue->services));
	scene_while(100);
	assert_int_equal(scene->daemon.ue->running, 0);
}

static void stops_while_it_runs(void **state)
{
	(void)state;
	scene_join(0);
	scene_join(1);
	scene_until(scene_is_busy);
	scene_restart();
	scene_until_ready();
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(adds_and_deletes),	     TEST(refuses_nonsense),
		TEST(joins_and_leaves),	     TEST(tells_what_is_wrong),
		TEST(tells_of_refusal),	     TEST(has_status),
		TEST(deletes_while_it_runs), TEST(stops_while_it_runs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
