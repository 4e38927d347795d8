// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The BM-SC ends in good order, or by kill -9 at any moment, or its store takes
 * nothing: no acknowledged fact is lost, no counter and no MTK ID is used twice.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mbms_message.h"
#include "daemon_bmsc_scene.h"

static bool has_keys(struct scene *scene, void *argument)
{
	struct scene_ue *ue = argument;

	(void)scene;
	return ue->msks && ue->mtks;
}

static bool has_msk(struct scene *scene, void *argument)
{
	(void)scene;
	return ((struct scene_ue *)argument)->msks;
}

/* What a UE has stays good, and it is still a member. */
static void restart(void **state)
{
	struct scene *scene = *state;
	struct scene_ue *ue = &scene->ues[0];
	uint16_t mtk_id;
	json_t *list;

	scene_service_add(scene);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 200);
	scene_until(scene, has_keys, ue);
	mtk_id = ue->mtk_id;
	scene_stop(scene);
	ue->mtks = 0;
	ue->msks = 0;
	scene_start(scene);
	/* An MTK that was never used before, which its counter proves, too. */
	ue->msks = 1;
	scene_until(scene, has_keys, ue);
	assert_int_equal(ue->mtk_msk, 0x00070001);
	assert_true(ue->mtk_id > mtk_id);
	list = scene_order(scene, "member list", json_object());
	assert_int_equal(json_integer_value(json_object_get(list, "total")), 1);
	json_decref(list);
	/* The next message to it is fresh as well, or it would refuse it. */
	ue->msks = 0;
	assert_int_equal(scene_request(scene, 0, 7), 200);
	scene_until(scene, has_msk, ue);
	assert_int_equal(scene->questions, 1);
}

/* Who was evicted before a crash stays out. */
static void evicted_stays_out(void **state)
{
	struct scene *scene = *state;

	scene_service_add(scene);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 200);
	assert_int_equal(scene_register(scene, 1, SCENE_SERVICE, true), 200);
	json_decref(scene_order(scene, "member evict",
				json_pack("{s:s}", "ue", scene->ues[0].impi)));
	scene_stop(scene);
	scene_start(scene);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 403);
	assert_int_equal(scene_register(scene, 1, SCENE_SERVICE, true), 200);
}

/* ---- kill -9 ---- */

#define RECORDS 4096
#define LIVES 12

/**
 * struct record - a message that was on the wire
 * @life: of the process that sent it
 */
struct record {
	unsigned int life;
	uint8_t kind;
	uint32_t msk_id;
	uint16_t mtk_id;
	uint32_t counter;
	uint8_t mac[MIKEY_MAC_SIZE];
	char responder[64];
};

/* Shared with the children, who see the messages. */
struct wire {
	unsigned int life;
	unsigned int count;
	unsigned int acknowledged;
	struct record records[RECORDS];
};

static struct wire *wire;

static bool same_counter(const struct record *a, const struct record *b)
{
	return a->kind == b->kind && a->counter == b->counter &&
	       (a->kind == MBMS_MTK_DELIVERY ?
			a->msk_id == b->msk_id :
			!strcmp(a->responder, b->responder));
}

static void see(struct scene *scene, const uint8_t *data, size_t size)
{
	struct mikey_message message;
	struct record *record;
	enum mbms_kind kind;

	(void)scene;
	assert_int_equal(mbms_message_decode(&message, &kind, data, size, NULL),
			 0);
	if (wire->count == RECORDS)
		return;
	record = &wire->records[wire->count];
	*record = (struct record){
		.life = wire->life,
		.kind = kind == MBMS_MTK_DELIVERY ? kind : MBMS_MSK_DELIVERY,
		.msk_id = message.key_ids.msk.msk_id,
		.mtk_id = kind == MBMS_MTK_DELIVERY ? message.key_ids.mtk_id :
						      0,
		.counter = (uint32_t)message.timestamp,
	};
	memcpy(record->mac, message.mac.data, sizeof(record->mac));
	snprintf(record->responder, sizeof(record->responder), "%.*s",
		 (int)message.responder.data.size,
		 (const char *)message.responder.data.data);
	wire->count++;
}

static void check_wire(void)
{
	unsigned int i, j;

	for (i = 0; i < wire->count; i++)
		for (j = 0; j < i; j++) {
			struct record *a = &wire->records[i];
			struct record *b = &wire->records[j];

			if (same_counter(a, b))
				fail_msg("counter %u twice, in lives %u and %u",
					 a->counter, b->life, a->life);
			if (a->kind == MBMS_MTK_DELIVERY &&
			    a->life != b->life && a->msk_id == b->msk_id &&
			    a->mtk_id && a->mtk_id == b->mtk_id)
				fail_msg("MTK %08x:%u in lives %u and %u",
					 a->msk_id, a->mtk_id, b->life,
					 a->life);
		}
}

static bool never(struct scene *scene, void *argument)
{
	(void)scene;
	(void)argument;
	return false;
}

/* What the child does until it is killed. */
static void live(struct scene *scene)
{
	static bool added;
	unsigned int i;

	/* Its bootstrappings are in the parent's memory, so they are the same. */
	scene_start(scene);
	if (!added && !wire->life)
		scene_service_add(scene);
	for (i = 0; i < SCENE_UES; i++) {
		/* Acknowledged in an earlier life: it is a member still. */
		if (i < wire->acknowledged)
			assert_int_equal(scene_request(scene, i, 7), 200);
		else
			assert_int_equal(scene_register(scene, i, SCENE_SERVICE,
							true),
					 200);
		if (i >= wire->acknowledged)
			wire->acknowledged = i + 1;
	}
	scene->condition = never;
	for (;;)
		scene_pass(scene, 1000);
}

static unsigned int seen(void)
{
	return __atomic_load_n(&wire->count, __ATOMIC_RELAXED);
}

/* Each life ends after another number of messages. */
static void wait_for_messages(pid_t child, unsigned int many)
{
	unsigned int patience = 200000;
	int status;

	while (seen() < many && patience--) {
		usleep(100);
		if (waitpid(child, &status, WNOHANG) == child)
			fail_msg("the child ended by itself");
	}
	assert_true(seen() >= many);
}

static void killed(void **state)
{
	struct scene *scene = *state;
	unsigned int before, i;
	int status;
	pid_t child;

	wire = mmap(NULL, sizeof(*wire), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(wire, MAP_FAILED);
	scene_stop(scene);
	scene->seen = see;
	for (i = 0; i < LIVES; i++) {
		wire->life = i;
		before = wire->count;
		child = fork();
		assert_true(child >= 0);
		if (!child) {
			event_reinit(loop_base(scene->daemon.loop));
			live(scene);
			_exit(0);
		}
		wait_for_messages(child, before + 1 + i * 7);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
	}
	assert_true(wire->acknowledged > 1);
	check_wire();
	munmap(wire, sizeof(*wire));
}

/* Two UEs with one IMPI take turns, and the BSF knows both B-TIDs: no counter of
 * either MUK comes again.
 */
static void two_bootstrappings(void **state)
{
	struct scene *scene = *state;
	struct scene_ue *first = &scene->ues[0], *second = &scene->ues[1];
	unsigned int i;

	wire = calloc(1, sizeof(*wire));
	strcpy(second->impi, first->impi);
	scene_bootstrap(scene, 1, 3600000);
	scene_service_add(scene);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 200);
	scene_until(scene, has_keys, first);
	scene->seen = see;
	for (i = 0; i < 6; i++) {
		struct scene_ue *ue = i & 1 ? first : second;

		if (i == 3) {
			scene_stop(scene);
			scene_start(scene);
		}
		ue->msks = 0;
		assert_int_equal(scene_request(scene, !(i & 1), 7), 200);
		scene_until(scene, has_msk, ue);
	}
	check_wire();
	free(wire);
}

/* ---- A store that takes nothing ---- */

static void pragma(struct scene *scene, const char *sql)
{
	sqlite3_stmt *statement =
		store_statement(scene->daemon.store, sql, NULL);

	assert_non_null(statement);
	while (store_row(scene->daemon.store, statement, NULL) == 1)
		;
}

/* Nobody is told that he is a member who is not, and all is well when there is
 * room again.
 */
static void full(void **state)
{
	struct scene *scene = *state;
	json_t *list;
	unsigned int i, refused = 0;
	uint16_t mtk_id;

	scene_service_add(scene);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 200);
	scene_until(scene, has_keys, &scene->ues[0]);
	pragma(scene, "PRAGMA query_only = 1");
	for (i = 1; i < 4; i++)
		refused += scene_register(scene, i, SCENE_SERVICE, true) == 503;
	assert_int_equal(refused, 3);
	list = scene_order(scene, "member list", json_object());
	assert_int_equal(json_integer_value(json_object_get(list, "total")), 1);
	json_decref(list);
	/* Traffic goes on. */
	mtk_id = scene->ues[0].mtk_id;
	scene_pass(scene, 200);
	assert_int_equal(scene->ues[0].mtk_id, mtk_id);
	pragma(scene, "PRAGMA query_only = 0");
	for (i = 1; i < 4; i++) {
		assert_int_equal(scene_register(scene, i, SCENE_SERVICE, true),
				 200);
		scene_until(scene, has_keys, &scene->ues[i]);
	}
}

/* ---- Commits that fail ---- */

static bool has_next(struct scene *scene, void *argument)
{
	(void)scene;
	return ((struct scene_ue *)argument)->mtk_msk == 0x00070002;
}

static int abort_commit(void *argument)
{
	return *(bool *)argument;
}

/* What was said in the round is taken back as a whole. */
static void commit_fails(void **state)
{
	struct scene *scene = *state;
	struct fault fault = { 0 };
	bool failing = true;
	sqlite3 *database;
	json_t *list;

	scene_service_add(scene);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 200);
	scene_until(scene, has_keys, &scene->ues[0]);
	database = sqlite3_db_handle(
		store_statement(scene->daemon.store, "SELECT 1", NULL));
	sqlite3_commit_hook(database, abort_commit, &failing);
	assert_int_equal(scene_register(scene, 1, SCENE_SERVICE, true), 503);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, false), 503);
	assert_null(scene_command(scene, "member evict",
				  json_pack("{s:s}", "ue", scene->ues[0].impi),
				  &fault));
	assert_null(scene_command(scene, "service del",
				  json_pack("{s:s}", "service", SCENE_SERVICE),
				  &fault));
	list = scene_order(scene, "member list", json_object());
	assert_int_equal(json_integer_value(json_object_get(list, "total")), 1);
	assert_string_equal(
		json_string_value(json_object_get(
			json_array_get(json_object_get(list, "members"), 0),
			"state")),
		"inside");
	json_decref(list);
	failing = false;
	assert_int_equal(scene_register(scene, 1, SCENE_SERVICE, true), 200);
	scene_until(scene, has_keys, &scene->ues[1]);
	json_decref(scene_order(scene, "member evict",
				json_pack("{s:s}", "ue", scene->ues[0].impi)));
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 403);
	scene_until(scene, has_next, &scene->ues[1]);
	sqlite3_commit_hook(database, NULL, NULL);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(restart), TEST(evicted_stays_out),
		TEST(killed),  TEST(two_bootstrappings),
		TEST(full),    TEST(commit_fails),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
