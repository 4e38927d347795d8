// SPDX-License-Identifier: GPL-2.0-or-later
/* A UE whose store takes nothing, and one whose clock jumps. */
#include "daemon_ue_scene.h"

#include "roles/ue_usim.h"

#define DAY INT64_C(86400000)

static unsigned int wanted;
static bool failing;
static int64_t jump;

int64_t __real_loop_wall(const struct loop *loop);
int64_t __wrap_loop_wall(const struct loop *loop);

int64_t __wrap_loop_wall(const struct loop *loop)
{
	return __real_loop_wall(loop) + jump;
}

static bool has_verified(struct scene *which)
{
	return which->counts.verifications >= wanted;
}

static bool has_failed(struct scene *which)
{
	return which->daemon.ue->counts.failed >= wanted;
}

static bool has_stored(struct scene *which)
{
	return which->daemon.ue->counts.msk_stored >= wanted;
}

static bool has_accepted(struct scene *which)
{
	return which->daemon.ue->counts.mtk_accepted >= wanted;
}

static bool has_installed(struct scene *which)
{
	return which->installed_count >= wanted;
}

static bool has_bootstrapped(struct scene *which)
{
	return which->counts.bootstrapped >= wanted;
}

static void until(bool (*reached)(struct scene *scene), unsigned int count)
{
	wanted = count;
	scene_until(reached);
}

static int abort_commit(void *argument)
{
	(void)argument;
	return failing;
}

static void fail_commits(bool now)
{
	sqlite3_stmt *statement =
		store_statement(scene->daemon.store, "SELECT 1", NULL);

	failing = now;
	sqlite3_commit_hook(sqlite3_db_handle(statement), abort_commit, NULL);
}

static struct ue_member *ready(void)
{
	struct ue_member *member = scene_join(0);

	scene_until_ready();
	until(has_verified, 1);
	return member;
}

/* Nothing that is not stored is acknowledged, and nothing is lost by that. */
static void acknowledges_what_is_stored(void **state)
{
	const struct ue_usim *usim = ready()->usim;
	uint32_t counter = usim->nafs->counter;

	(void)state;
	fail_commits(true);
	scene_msk_next();
	scene_push(0);
	until(has_stored, 2);
	scene_while(50);
	assert_int_equal(scene->counts.verifications, 1);
	assert_int_equal(usim->nafs->counter, counter);
	assert_null(usim->msks->next);
	fail_commits(false);
	/* The BM-SC sends it again, in a new message. */
	scene_push(0);
	until(has_verified, 2);
	assert_non_null(usim->msks->next);
}

static void installs_what_is_stored(void **state)
{
	uint8_t octets[MIKEY_SIZE_MAX];

	(void)state;
	ready();
	fail_commits(true);
	scene_mtk_next(1);
	until(has_accepted, 1);
	scene_while(50);
	assert_int_equal(scene->installed_count, 0);
	assert_null(scene_service()->mtks);
	fail_commits(false);
	scene_send_group(octets, scene_mtk_message(1, octets));
	until(has_installed, 1);
}

/* A sequence number that is not stored would be new twice: no RES before. */
static void sends_no_res_before(void **state)
{
	(void)state;
	/* They are there already when the disk is full. */
	scene_join(0);
	assert_int_equal(store_commit(scene->daemon.store, NULL), 0);
	fail_commits(true);
	until(has_failed, 2);
	assert_int_equal(scene->counts.responses, 0);
	fail_commits(false);
	scene_until_ready();
	assert_int_equal(scene->counts.resyncs, 0);
}

static bool has_left(struct scene *which)
{
	return which->daemon.ue->counts.left >= wanted;
}

static bool is_saved(struct scene *which)
{
	return !TAILQ_FIRST(&which->daemon.ue->usims)->unsaved;
}

static bool is_unsaved(struct scene *which)
{
	return !is_saved(which);
}

/* What was learnt while the disk was full is stored when there is room. */
static void saves_later(void **state)
{
	struct ue_member *member = ready();

	(void)state;
	fail_commits(true);
	scene->status = MBMS_STATUS_FORBIDDEN;
	scene_msk_next();
	scene_kernel_unknown(scene->msk.msk_id, 1, 0x100);
	until(has_left, 1);
	scene_until(is_unsaved);
	fail_commits(false);
	scene_until(is_saved);
	assert_int_equal(member->state, UE_MEMBER_LEFT);
	scene_restart();
	member = TAILQ_FIRST(&scene_service()->members);
	assert_int_equal(member->state, UE_MEMBER_LEFT);
}

static void forgets_usim_that_is_not_stored(void **state)
{
	(void)state;
	fail_commits(true);
	scene_command("usim add",
		      json_pack("{s:s, s:s, s:s}", "imsi", IMSI_FIRST, "k",
				"11111111111111111111111111111111", "opc",
				"22222222222222222222222222222222"));
	assert_null(scene->result);
	assert_true(TAILQ_EMPTY(&scene->daemon.ue->usims));
	fail_commits(false);
}

static void survives_clock_steps(void **state)
{
	const struct ue_usim *usim = ready()->usim;
	uint8_t octets[MIKEY_SIZE_MAX];

	(void)state;
	scene_mtk_next(1);
	until(has_installed, 1);
	/* A day ahead: Ks has ended, as far as the UE can tell. */
	jump = DAY;
	scene_push(0);
	until(has_bootstrapped, 2);
	until(has_verified, 2);
	assert_string_equal(usim->btid, scene->users[0].btid);
	/* And back: it lives for a day more, and the BM-SC says when it ends. */
	jump = 0;
	scene_push(0);
	until(has_verified, 3);
	scene->forget = true;
	scene_send(octets, scene_solicit_message(0, octets));
	until(has_bootstrapped, 3);
	until(has_verified, 5);
	/* Nothing of that has touched the traffic. */
	assert_int_equal(scene->installed_count, 1);
	assert_true(scene_is_ready(scene));
}

static int teardown(void **state)
{
	jump = 0;
	failing = false;
	return scene_teardown(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(acknowledges_what_is_stored),
		TEST(installs_what_is_stored),
		TEST(sends_no_res_before),
		TEST(saves_later),
		TEST(forgets_usim_that_is_not_stored),
		TEST(survives_clock_steps),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
