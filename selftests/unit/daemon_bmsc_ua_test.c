// SPDX-License-Identifier: GPL-2.0-or-later
/* UEs at the BM-SC: who they are, what they may have, and their first keys. */
#include "daemon_bmsc_scene.h"

static bool has_keys(struct scene *scene, void *argument)
{
	struct scene_ue *ue = argument;

	(void)scene;
	return ue->msks && ue->mtks;
}

/* Register, MSK, verification, MTK: the way that everything else departs from. */
static void registers(void **state)
{
	struct scene *scene = *state;
	struct scene_ue *ue = &scene->ues[0];
	json_t *list;

	scene_service_add(scene);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 200);
	scene_until(scene, has_keys, ue);
	assert_int_equal(ue->last_msk >> 16, 7);
	assert_int_equal(ue->mtk_msk, ue->last_msk);
	list = scene_order(scene, "member list", json_object());
	assert_int_equal(json_integer_value(json_object_get(list, "total")), 1);
	json_decref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(registers, scene_setup,
						scene_teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
