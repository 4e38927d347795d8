// SPDX-License-Identifier: GPL-2.0-or-later
/* Bootstrapping of a UE (Ub): what it does, and what it does not answer. */
#include "daemon_ue_scene.h"

#include "core/sframe_kdf.h"

static struct scene_user *user(void)
{
	return &scene->users[0];
}

static bool has_failed(struct scene *which)
{
	return which->daemon.ue->counts.failed >= 2;
}

static bool has_verified(struct scene *which)
{
	return which->counts.verifications > 0;
}

static void joins(void **state)
{
	const struct ue_member *member = scene_join(0);

	(void)state;
	scene_until_ready();
	assert_int_equal(scene->counts.bootstraps, 1);
	assert_int_equal(scene->counts.bootstrapped, 1);
	assert_int_equal(scene->counts.resyncs, 0);
	assert_int_equal(scene->counts.registers, 1);
	assert_int_equal(scene->counts.msk_requests, 0);
	assert_string_equal(member->usim->btid, user()->btid);
	scene_until(has_verified);
	assert_int_equal(user()->verified, 1);
	assert_int_equal(scene->counts.bad_verifications, 0);
	assert_int_equal(scene->daemon.ue->running, 0);
}

/* The HSS has lost its numbers: the UE says so, and both go on. */
static void resynchronises(void **state)
{
	struct ue_usim *usim = scene_join(0)->usim;

	(void)state;
	scene_until_ready();
	user()->sqn = (struct aka_sqn_source){ 0 };
	scene->forget = true;
	scene_command("service leave", json_pack("{s:s}", "service", SERVICE));
	scene_join(0);
	scene_until_ready();
	assert_int_equal(scene->counts.resyncs, 1);
	assert_int_equal(scene->counts.bootstrapped, 2);
	assert_string_equal(usim->btid, user()->btid);
	assert_int_equal(scene->daemon.ue->counts.resynchronised, 1);
}

/* Somebody who does not know K: neither RES nor AUTS, and no hurry. */
static void answers_no_forgery(void **state)
{
	(void)state;
	scene->bad_autn = true;
	scene_join(0);
	scene_until(has_failed);
	assert_int_equal(scene->counts.responses, 0);
	assert_int_equal(scene->counts.resyncs, 0);
	assert_int_equal(scene->counts.requests, 0);
	assert_in_range(scene->counts.bootstraps, 2, 3);
	scene->bad_autn = false;
	scene_until_ready();
}

static void believes_no_bad_rspauth(void **state)
{
	struct ue_usim *usim = scene_join(0)->usim;

	(void)state;
	scene->bad_rspauth_ub = true;
	scene_until(has_failed);
	assert_null(usim->btid);
	assert_int_equal(scene->counts.requests, 0);
	scene->bad_rspauth_ub = false;
	scene_until_ready();
}

static void refuses_foreign_btid(void **state)
{
	struct ue_usim *usim = scene_join(0)->usim;

	(void)state;
	scene->bad_btid = true;
	scene_until(has_failed);
	assert_null(usim->btid);
	scene->bad_btid = false;
	scene_until_ready();
}

static void refuses_dead_ks(void **state)
{
	struct ue_usim *usim = scene_join(0)->usim;

	(void)state;
	scene->lifetime = -10;
	scene_until(has_failed);
	assert_null(usim->btid);
	scene->lifetime = 3600;
	scene_until_ready();
}

/* The BM-SC does not know the B-TID any more: 401 with the bootstrapping realm. */
static void bootstraps_again(void **state)
{
	uint8_t octets[MIKEY_SIZE_MAX];
	struct ue_member *member = scene_join(0);
	char old[BTID_TEXT_SIZE];

	(void)state;
	scene_until_ready();
	scene_until(has_verified);
	strcpy(old, user()->btid);
	scene->forget = true;
	scene->counts.verifications = 0;
	scene_send(octets, scene_solicit_message(0, octets));
	scene_until(has_verified);
	scene->counts.verifications = 0;
	scene_until(has_verified);
	assert_int_equal(scene->counts.bootstrapped, 2);
	assert_int_equal(scene->counts.msk_requests, 1);
	assert_string_not_equal(old, user()->btid);
	assert_string_equal(member->usim->btid, user()->btid);
	assert_int_equal(member->state, UE_MEMBER_READY);
}

static bool is_renewed(struct scene *which)
{
	return which->counts.msk_requests == 1 &&
	       which->counts.verifications >= 2;
}

/* The UE does not wait for the end of Ks: it tells the BM-SC the next B-TID. */
static void renews_ks(void **state)
{
	(void)state;
	scene->lifetime = 2;
	scene_join(0);
	scene_until_ready();
	scene->lifetime = 3600;
	scene_until(is_renewed);
	assert_int_equal(scene->counts.bootstrapped, 2);
	assert_int_equal(scene->counts.registers, 1);
}

static bool has_left(struct scene *which)
{
	(void)which;
	return TAILQ_EMPTY(&scene->daemon.ue->services);
}

static bool has_asked(struct scene *which)
{
	return which->counts.msk_requests > 0;
}

/* Nobody has to bootstrap for each request: the nonce of the last one is used. */
static void keeps_nonce(void **state)
{
	uint8_t octets[MIKEY_SIZE_MAX];

	(void)state;
	scene->nextnonce = true;
	scene_join(0);
	scene_until_ready();
	assert_int_equal(scene->counts.challenges, 1);
	scene_send(octets, scene_solicit_message(0, octets));
	scene_until(has_asked);
	scene_command("service leave", json_pack("{s:s}", "service", SERVICE));
	scene_until(has_left);
	assert_int_equal(scene->counts.challenges, 1);
	assert_int_equal(scene->counts.msk_requests, 1);
	assert_int_equal(scene->counts.deregisters, 1);
	assert_int_equal(scene->counts.bootstrapped, 1);
}

/* After a restart nothing is asked for that was there. */
static void survives_restart(void **state)
{
	(void)state;
	scene_join(0);
	scene_until_ready();
	scene_until(has_verified);
	scene_restart();
	scene->counts.verifications = 0;
	scene_push(0);
	scene_until(has_verified);
	assert_true(scene_is_ready(scene));
	assert_int_equal(scene->counts.bootstrapped, 1);
	assert_int_equal(scene->counts.registers, 1);
	assert_int_equal(scene->counts.bad_verifications, 0);
}

/* A restart in the middle of it: it begins again. */
static void survives_restart_while_joining(void **state)
{
	(void)state;
	scene->broken = UINT32_MAX;
	scene_join(0);
	scene_until(has_failed);
	scene_restart();
	scene->broken = 0;
	scene_until_ready();
	assert_int_equal(scene->counts.bootstrapped, 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(joins),
		TEST(resynchronises),
		TEST(answers_no_forgery),
		TEST(believes_no_bad_rspauth),
		TEST(refuses_foreign_btid),
		TEST(refuses_dead_ks),
		TEST(bootstraps_again),
		TEST(renews_ks),
		TEST(keeps_nonce),
		TEST(survives_restart),
		TEST(survives_restart_while_joining),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
