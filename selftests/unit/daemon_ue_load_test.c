// SPDX-License-Identifier: GPL-2.0-or-later
/* A thousand UEs in one process, with one socket and one group. */
#include "daemon_ue_scene.h"

#include <malloc.h>
#include <stdio.h>

#include "roles/ue.h"

#define COUNT SCENE_USERS_MAX

static bool has_verified(struct scene *which)
{
	return which->counts.verifications >= COUNT;
}

static bool has_installed(struct scene *which)
{
	return which->installed_count >= 1;
}

static bool is_idle(struct scene *which)
{
	return which->daemon.ue->running == 0;
}

static size_t allocated(void)
{
	return mallinfo2().uordblks;
}

static void join_all(void)
{
	unsigned int n;

	for (n = 0; n < COUNT; n++)
		scene_join(n);
	scene_until_ready();
	scene_until(has_verified);
}

static void push_all(void)
{
	unsigned int n;

	scene->counts.verifications = 0;
	scene_msk_next();
	for (n = 0; n < COUNT; n++)
		scene_push(n);
	scene_until(has_verified);
}

static void joins_and_is_rekeyed(void **state)
{
	size_t before = allocated(), size;

	(void)state;
	join_all();
	scene_until(is_idle);
	assert_int_equal(scene->counts.bootstrapped, COUNT);
	assert_int_equal(scene->counts.registers, COUNT);
	assert_int_equal(scene->counts.announcements, 1);
	assert_int_equal(scene->counts.msk_requests, 0);
	push_all();
	push_all();
	scene_mtk_next(1);
	scene_until(has_installed);
	assert_int_equal(scene->daemon.ue->counts.mtk_accepted, 1);
	assert_int_equal(scene->group_adds, 1);
	size = (allocated() - before) / COUNT;
	/* Nothing is known of it under the address sanitizer. This is with what
	 * the BSF and the BM-SC of the test, SQLite and the HTTP connections that
	 * happen to be open keep; a struct mgvf alone would be 25 000.
	 */
	if (size)
		print_message("# %zu octets a UE\n", size);
	assert_in_range(size, 0, 10000);
	assert_int_equal(scene->daemon.ue->counts.refused, 0);
}

static void comes_back(void **state)
{
	(void)state;
	join_all();
	scene_restart();
	push_all();
	assert_true(scene_is_ready(scene));
	assert_int_equal(scene->counts.bootstrapped, COUNT);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(joins_and_is_rekeyed),
		TEST(comes_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
