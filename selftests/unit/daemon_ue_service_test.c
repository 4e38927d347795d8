// SPDX-License-Identifier: GPL-2.0-or-later
/* Registration, MSK requests and leaving, and keys in the kernel over time. */
#include "daemon_ue_scene.h"

#include "roles/ue.h"
#include "roles/ue_keys.h"

static unsigned int wanted;

static bool has_verified(struct scene *which)
{
	return which->counts.verifications >= wanted;
}

static bool has_failed(struct scene *which)
{
	return which->daemon.ue->counts.failed >= wanted;
}

static bool has_asked(struct scene *which)
{
	return which->counts.msk_requests >= wanted;
}

static bool has_accepted(struct scene *which)
{
	return which->daemon.ue->counts.mtk_accepted >= wanted;
}

static bool has_installed(struct scene *which)
{
	return which->installed_count >= wanted;
}

static bool has_removed(struct scene *which)
{
	return which->installed_count <= wanted;
}

static bool has_fetched(struct scene *which)
{
	return which->counts.announcements >= wanted;
}

static bool has_left(struct scene *which)
{
	return which->daemon.ue->counts.left >= wanted;
}

static void until(bool (*reached)(struct scene *scene), unsigned int count)
{
	wanted = count;
	scene_until(reached);
}

static struct ue_member *ready(void)
{
	struct ue_member *member = scene_join(0);

	scene_until_ready();
	until(has_verified, 1);
	return member;
}

/* Who is not the BM-SC can say 200 to everything. */
static void believes_no_bad_rspauth(void **state)
{
	const struct ue_member *member = scene_join(0);

	(void)state;
	scene->bad_rspauth_ua = true;
	scene->silent = true;
	until(has_failed, 2);
	assert_int_equal(member->state, UE_MEMBER_JOINING);
	assert_int_equal(scene->daemon.ue->counts.registered, 0);
	scene->bad_rspauth_ua = false;
	scene->silent = false;
	scene_until_ready();
}

/* A refusal counts as little, if nobody signs it. */
static void believes_no_unsigned_refusal(void **state)
{
	const struct ue_member *member = scene_join(0);

	(void)state;
	scene->status = MBMS_STATUS_FORBIDDEN;
	scene->bad_rspauth_ua = true;
	until(has_failed, 2);
	assert_int_equal(member->state, UE_MEMBER_JOINING);
	scene->status = 0;
	scene->bad_rspauth_ua = false;
	scene_until_ready();
}

static void leaves_when_refused(void **state)
{
	const struct ue_member *member = scene_join(0);

	(void)state;
	scene->status = MBMS_STATUS_FORBIDDEN;
	until(has_left, 1);
	assert_int_equal(member->state, UE_MEMBER_LEFT);
	assert_non_null(strstr(member->reason, "forbids"));
	scene_while(200);
	assert_int_equal(scene->counts.requests, 1);
	/* And may come again when it is told to. */
	scene->status = 0;
	scene_join(0);
	scene_until_ready();
}

/* It is evicted: refused when it asks for the new MSK, then dark at once. */
static void leaves_when_evicted(void **state)
{
	const struct ue_member *member = ready();

	(void)state;
	scene_mtk_next(1);
	until(has_installed, 1);
	scene->status = MBMS_STATUS_FORBIDDEN;
	scene_msk_next();
	scene_kernel_unknown(scene->msk.msk_id, 1, 0x100);
	until(has_left, 1);
	assert_int_equal(member->state, UE_MEMBER_LEFT);
	assert_int_equal(scene->installed_count, 0);
	assert_true(scene->group);
	assert_null(member->usim->msks);
	scene_restart();
	scene_kernel_event(KERNEL_HERE);
	scene_while(100);
	assert_int_equal(scene->installed_count, 0);
	assert_int_equal(scene->counts.msk_requests, 1);
}

static void waits_for_a_bmsc_that_is_down(void **state)
{
	(void)state;
	scene->broken = 3;
	scene_join(0);
	until(has_failed, 3);
	scene_until_ready();
	assert_int_equal(scene->counts.bootstrapped, 1);
	assert_int_equal(scene->counts.registers, 1);
}

/* Lost on the way: it asks, as often as it is told to, and leaves then. */
static void leaves_without_msk(void **state)
{
	const struct ue_member *member = scene_join(0);

	(void)state;
	scene->silent = true;
	until(has_left, 1);
	assert_int_equal(member->state, UE_MEMBER_LEFT);
	assert_int_equal(scene->counts.registers, 1);
	assert_int_equal(scene->counts.msk_requests, 3);
}

static void asks_for_lost_msk(void **state)
{
	(void)state;
	scene->silent = true;
	scene_join(0);
	until(has_asked, 1);
	scene->silent = false;
	scene_until_ready();
	assert_int_equal(scene->counts.registers, 1);
	assert_in_range(scene->counts.msk_requests, 1, 2);
}

static bool is_alone(struct scene *which)
{
	return TAILQ_EMPTY(&which->daemon.ue->services);
}

static void deregisters(void **state)
{
	(void)state;
	ready();
	scene_mtk_next(1);
	until(has_installed, 1);
	scene_command("service leave", json_pack("{s:s}", "service", SERVICE));
	assert_non_null(scene->result);
	assert_int_equal(scene->counts.deregisters, 1);
	assert_false(scene->users[0].registered);
	scene_until(is_alone);
	assert_false(scene->group);
	scene_restart();
	assert_true(TAILQ_EMPTY(&scene->daemon.ue->services));
	assert_null(TAILQ_FIRST(&scene->daemon.ue->usims)->msks);
}

/* Without the BM-SC it leaves as well: its keys are gone before it asks. */
static void leaves_alone(void **state)
{
	const struct ue_member *member = ready();

	(void)state;
	scene_mtk_next(1);
	until(has_installed, 1);
	scene->broken = UINT32_MAX;
	scene_command("service leave", json_pack("{s:s}", "service", SERVICE));
	assert_int_equal(scene->counts.deregisters, 0);
	(void)member;
	scene_until(is_alone);
	assert_false(scene->group);
}

/* The group belongs to everybody on this host: the last one closes the door. */
static void shares_kernel_keys(void **state)
{
	(void)state;
	scene_join(0);
	scene_join(1);
	scene_until_ready();
	until(has_verified, 2);
	scene_mtk_next(1);
	until(has_accepted, 1);
	until(has_installed, 1);
	assert_int_equal(scene->daemon.ue->counts.mtk_accepted, 1);
	scene_command("service leave", json_pack("{s:s, s:s}", "service",
						 SERVICE, "imsi", IMSI_FIRST));
	assert_int_equal(scene->installed_count, 1);
	/* The other one opens the next message. */
	scene_mtk_next(2);
	until(has_accepted, 2);
	scene_command("service leave",
		      json_pack("{s:s, s:s}", "service", SERVICE, "imsi",
				"001010000000002"));
	assert_false(scene->group);
}

/* What one of them can open, the other one has missed, and asks for. */
static void asks_for_what_others_have(void **state)
{
	const struct ue_member *member = scene_join(0);

	(void)state;
	scene_join(1);
	scene_until_ready();
	until(has_verified, 2);
	scene_msk_next();
	scene_push(1);
	until(has_verified, 3);
	scene->status = MBMS_STATUS_FORBIDDEN;
	scene_mtk_next(1);
	until(has_left, 1);
	assert_int_equal(member->state, UE_MEMBER_LEFT);
	assert_int_equal(scene->counts.msk_requests, 1);
	/* The other one is inside, and so is this host. */
	assert_int_equal(scene->installed_count, 1);
}

/* The old MTK stays for packets on the way, and not longer. */
static void overlaps(void **state)
{
	uint32_t msk_id = scene->msk.msk_id;

	(void)state;
	ready();
	scene_mtk_next(1);
	until(has_installed, 1);
	scene_mtk_next(2);
	until(has_installed, 2);
	assert_non_null(scene_key(msk_id, 1, 0x100));
	until(has_removed, 1);
	assert_null(scene_key(msk_id, 1, 0x100));
	assert_non_null(scene_key(msk_id, 2, 0x100));
	scene_while(200);
	assert_non_null(scene_key(msk_id, 2, 0x100));
	assert_false(ue_keys_has_mtk(scene_service(),
				     &scene_service()->mtks->ref, 1));
}

/* Many in a row: never more than three. */
static void is_not_filled_with_mtks(void **state)
{
	uint16_t id;

	(void)state;
	ready();
	for (id = 1; id <= 10; id++) {
		scene_mtk_next(id);
		until(has_accepted, id);
		assert_in_range(scene->installed_count, 0, 4);
	}
	until(has_removed, 1);
	assert_non_null(scene_key(scene->msk.msk_id, 10, 0x100));
}

/* The module is loaded after the keys came, and again later. */
static void module_comes_and_goes(void **state)
{
	(void)state;
	scene->module = false;
	ready();
	scene_mtk_next(1);
	until(has_accepted, 1);
	assert_false(scene->group);
	scene->module = true;
	scene_kernel_event(KERNEL_HERE);
	assert_true(scene->group);
	assert_int_equal(scene->installed_count, 1);
	scene->module = false;
	scene->group = false;
	scene->installed_count = 0;
	scene_kernel_event(KERNEL_GONE);
	scene_mtk_next(2);
	until(has_accepted, 2);
	assert_int_equal(scene->installed_count, 0);
	scene->module = true;
	scene_kernel_event(KERNEL_HERE);
	assert_non_null(scene_key(scene->msk.msk_id, 2, 0x100));
}

/* A host more that sends: the announcement is fetched again, once. */
static void learns_new_sender(void **state)
{
	unsigned int i;

	(void)state;
	ready();
	scene_mtk_next(1);
	until(has_installed, 1);
	scene->senders = 2;
	for (i = 0; i < 20; i++)
		scene_kernel_unknown(scene->msk.msk_id, 1, 0x101);
	until(has_installed, 2);
	assert_non_null(scene_key(scene->msk.msk_id, 1, 0x101));
	assert_int_equal(scene->counts.announcements, 2);
	assert_int_equal(scene->counts.msk_requests, 0);
}

/* What the announcement said is known without the BM-SC, too. */
static void starts_without_bmsc(void **state)
{
	(void)state;
	ready();
	scene_mtk_next(1);
	until(has_installed, 1);
	scene->group = false;
	scene->installed_count = 0;
	scene->gone = true;
	scene_restart();
	scene_kernel_event(KERNEL_HERE);
	assert_int_equal(scene->installed_count, 1);
	scene_mtk_next(2);
	until(has_accepted, 1);
	until(has_failed, 2);
	scene->gone = false;
	wanted = scene->counts.announcements + 1;
	scene_until(has_fetched);
	assert_true(scene_is_ready(scene));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(believes_no_bad_rspauth),
		TEST(believes_no_unsigned_refusal),
		TEST(leaves_when_refused),
		TEST(leaves_when_evicted),
		TEST(waits_for_a_bmsc_that_is_down),
		TEST(leaves_without_msk),
		TEST(asks_for_lost_msk),
		TEST(deregisters),
		TEST(leaves_alone),
		TEST(shares_kernel_keys),
		TEST(asks_for_what_others_have),
		TEST(overlaps),
		TEST(is_not_filled_with_mtks),
		TEST(module_comes_and_goes),
		TEST(learns_new_sender),
		TEST(starts_without_bmsc),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
