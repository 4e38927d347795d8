// SPDX-License-Identifier: GPL-2.0-or-later
/* MIKEY messages to a UE: in order, out of it, forged, too many of them. */
#define _GNU_SOURCE /* memmem() */
#include "daemon_ue_scene.h"

#include "core/sframe_kdf.h"
#include "roles/ue_usim.h"

static unsigned int wanted;

static bool has_verified(struct scene *which)
{
	return which->counts.verifications >= wanted;
}

static bool has_refused(struct scene *which)
{
	return which->daemon.ue->counts.refused >= wanted;
}

static bool has_accepted(struct scene *which)
{
	return which->daemon.ue->counts.mtk_accepted >= wanted;
}

static bool has_installed(struct scene *which)
{
	return which->installed_count >= wanted;
}

static bool has_asked(struct scene *which)
{
	return which->counts.msk_requests >= wanted;
}

static bool knows_of_unknown(struct scene *which)
{
	return which->daemon.ue->counts.unknown_key >= wanted;
}

static bool has_left(struct scene *which)
{
	return which->daemon.ue->counts.left > 0;
}

/* A UE that is ready, and whose BM-SC knows it. */
static struct ue_usim *ready(void)
{
	struct ue_usim *usim = scene_join(0)->usim;

	scene_until_ready();
	wanted = 1;
	scene_until(has_verified);
	return usim;
}

static void until(bool (*reached)(struct scene *scene), unsigned int count)
{
	wanted = count;
	scene_until(reached);
}

static void answers_each_once(void **state)
{
	const struct ue_usim *usim = ready();
	uint8_t octets[MIKEY_SIZE_MAX];
	size_t size = scene_msk_message(0, 0, 1000, octets);

	(void)state;
	scene_send(octets, size);
	until(has_verified, 2);
	/* The same again: from the network, or from somebody who has seen it. */
	scene_send(octets, size);
	scene_send(octets, size);
	until(has_refused, 2);
	assert_int_equal(scene->counts.verifications, 2);
	assert_int_equal(usim->nafs->counter, scene->users[0].counter);
}

static void takes_the_later_of_two(void **state)
{
	const struct ue_usim *usim = ready();
	uint8_t first[MIKEY_SIZE_MAX], second[MIKEY_SIZE_MAX];
	size_t first_size = scene_msk_message(0, 0, 1000, first);
	size_t second_size = scene_msk_message(0, 0, 1000, second);

	(void)state;
	scene_send(second, second_size);
	scene_send(first, first_size);
	until(has_refused, 1);
	until(has_verified, 2);
	assert_int_equal(usim->nafs->counter, scene->users[0].counter);
}

/* Each octet changed once: nothing is stored, nothing is answered. */
static void refuses_what_is_changed(void **state)
{
	const struct ue_usim *usim = ready();
	uint8_t octets[MIKEY_SIZE_MAX];
	size_t size, i;

	(void)state;
	scene_msk_next();
	size = scene_msk_message(0, 0, 1000, octets);
	for (i = 0; i < size; i++) {
		octets[i] ^= 0x10;
		scene_send(octets, size);
		octets[i] ^= 0x10;
	}
	for (i = 0; i < size; i++)
		scene_send(octets, i);
	/* What comes at the end comes last. */
	scene_send(octets, size);
	until(has_verified, 2);
	assert_int_equal(scene->counts.verifications, 2);
	assert_int_equal(scene->counts.bad_verifications, 0);
	assert_int_equal(usim->nafs->counter, scene->users[0].counter);
	assert_int_equal(scene->counts.msk_requests, 0);
	assert_non_null(usim->msks->next);
	assert_null(usim->msks->next->next);
}

static void is_not_for_strangers(void **state)
{
	uint8_t octets[MIKEY_SIZE_MAX];
	size_t size;

	(void)state;
	ready();
	size = scene_msk_message(0, 0, 1000, octets);
	/* Another first letter of the B-TID in IDr. */
	uint8_t *idr = memmem(octets, size, scene->users[0].btid,
			      strlen(scene->users[0].btid));

	assert_non_null(idr);
	idr[0] = idr[0] == 'A' ? 'B' : 'A';
	scene_send(octets, size);
	scene_push(0);
	until(has_verified, 2);
	assert_int_equal(scene->daemon.ue->counts.unknown_ue, 1);
	assert_int_equal(scene->daemon.ue->counts.refused, 0);
}

/* The keys of the kernel are those of the MTK, for each sender. */
static void installs_mtk(void **state)
{
	struct sframe_keys keys = { 0 };
	const struct scene_key *key;
	uint32_t msk_id;

	(void)state;
	scene->senders = 2;
	ready();
	msk_id = scene->msk.msk_id;
	scene_mtk_next(1);
	until(has_installed, 2);
	assert_int_equal(scene->group_added.policy, MBSEC_POLICY_REQUIRE);
	assert_int_equal(scene->group_added.direction, MBSEC_DIRECTION_IN);
	assert_int_equal(sframe_kdf(&scene->mtk, sframe_kid(0x101, msk_id, 1),
				    SFRAME_AES_128_CTR_HMAC_SHA256_80, &keys,
				    NULL),
			 0);
	key = scene_key(msk_id, 1, 0x101);
	assert_non_null(key);
	assert_int_equal(key->auth_size, keys.auth.size);
	assert_memory_equal(key->auth, keys.auth.bytes, key->auth_size);
	sframe_keys_clear(&keys);
	assert_non_null(scene_key(msk_id, 1, 0x100));
}

/* MTK messages come again and again, lost, in disorder and forged. */
static void takes_each_mtk_once(void **state)
{
	uint8_t octets[MIKEY_SIZE_MAX], old[MIKEY_SIZE_MAX];
	size_t size, old_size, i;

	(void)state;
	ready();
	scene_mtk_next(1);
	until(has_accepted, 1);
	old_size = scene_mtk_message(2, old);
	size = scene_mtk_message(3, octets);
	octets[size - 1] ^= 1;
	scene_send_group(octets, size);
	until(has_refused, 1);
	octets[size - 1] ^= 1;
	scene_send_group(octets, size);
	until(has_accepted, 2);
	/* The older one comes behind it. */
	scene_send_group(old, old_size);
	until(has_refused, 2);
	for (i = 0; i < 10; i++) {
		size = scene_mtk_message(3, octets);
		scene_send_group(octets, size);
	}
	scene_mtk_next(4);
	until(has_accepted, 3);
	assert_int_equal(scene->daemon.ue->counts.refused, 2);
	assert_int_equal(scene->daemon.ue->counts.mtk_accepted, 3);
}

/* A flood of MTK messages under MSKs that nobody has: one request. */
static void asks_once(void **state)
{
	uint8_t octets[MIKEY_SIZE_MAX];
	unsigned int i;

	(void)state;
	ready();
	scene->silent = true;
	scene_mtk_next(1);
	until(has_accepted, 1);
	for (i = 0; i < 500; i++) {
		scene_msk_next();
		scene_send_group(octets, scene_mtk_message(1, octets));
	}
	until(has_asked, 1);
	until(knows_of_unknown, 300);
	assert_int_equal(scene->counts.msk_requests, 1);
	assert_int_equal(scene->daemon.ue->counts.refused, 0);
}

/* It slept through a rekey: what it hears tells it, and it asks. */
static void recovers_from_missed_msk(void **state)
{
	uint8_t octets[MIKEY_SIZE_MAX];
	const struct ue_usim *usim = ready();

	(void)state;
	scene_msk_next();
	scene_mtk_next(1);
	until(has_asked, 1);
	until(has_verified, 2);
	scene_send_group(octets, scene_mtk_message(1, octets));
	until(has_accepted, 1);
	assert_int_equal(usim->msks->next->ref.msk_id, scene->msk.msk_id);
	assert_int_equal(scene->counts.msk_requests, 1);
}

/* The same from the kernel, for a group without MTK messages at the moment. */
static void kernel_tells_of_missed_msk(void **state)
{
	unsigned int i;

	(void)state;
	ready();
	scene_mtk_next(1);
	until(has_installed, 1);
	scene_msk_next();
	for (i = 0; i < 50; i++)
		scene_kernel_unknown(scene->msk.msk_id, 1, 0x100);
	until(has_verified, 2);
	assert_int_equal(scene->counts.msk_requests, 1);
	/* Ids of other groups are no reason to ask. */
	scene_kernel_unknown(0x00990001, 1, 0x100);
	scene_kernel_unknown(msk_id_make(KEY_GROUP, 0), 1, 0x100);
	scene_while(100);
	assert_int_equal(scene->counts.msk_requests, 1);
}

static void obeys_solicited_pull(void **state)
{
	uint8_t octets[MIKEY_SIZE_MAX];
	size_t size;

	(void)state;
	ready();
	size = scene_solicit_message(0, octets);
	/* Forged: nothing, else it were an amplifier. */
	octets[size - 1] ^= 1;
	scene_send(octets, size);
	until(has_refused, 1);
	assert_int_equal(scene->counts.msk_requests, 0);
	octets[size - 1] ^= 1;
	scene_send(octets, size);
	until(has_asked, 1);
	/* Replayed: nothing. */
	scene_send(octets, size);
	until(has_refused, 2);
	scene_while(50);
	assert_int_equal(scene->counts.msk_requests, 1);
}

/* The BM-SC takes the MSK back: the UE is out, and the group stays closed. */
static void leaves_when_msk_is_deleted(void **state)
{
	uint8_t octets[MIKEY_SIZE_MAX];
	const struct ue_usim *usim = ready();

	(void)state;
	scene_mtk_next(1);
	until(has_installed, 1);
	scene_send(octets, scene_msk_message(0, MBMS_DELETE_LOW,
					     MBMS_DELETE_HIGH, octets));
	until(has_left, 1);
	assert_null(usim->msks);
	assert_int_equal(usim->members->state, UE_MEMBER_LEFT);
	assert_int_equal(scene->installed_count, 0);
	assert_true(scene->group);
	assert_null(scene_service()->mtks);
	/* It was answered nevertheless. */
	until(has_verified, 2);
}

/* A third MSK drives out the first, with its MTKs. */
static void keeps_two_msks(void **state)
{
	const struct ue_usim *usim = ready();
	uint32_t first = scene->msk.msk_id;

	(void)state;
	scene_mtk_next(1);
	until(has_installed, 1);
	scene_msk_next();
	scene_push(0);
	until(has_verified, 2);
	assert_non_null(scene_key(first, 1, 0x100));
	scene_mtk_next(1);
	until(has_installed, 2);
	scene_msk_next();
	scene_push(0);
	until(has_verified, 3);
	assert_null(scene_key(first, 1, 0x100));
	assert_non_null(scene_key(first + 1, 1, 0x100));
	assert_int_equal(usim->msks->ref.msk_id, first + 1);
	assert_int_equal(usim->msks->next->ref.msk_id, first + 2);
	assert_null(usim->msks->next->next);
}

/* What was verified is there after a crash, and no message is new twice. */
static void remembers(void **state)
{
	uint8_t octets[MIKEY_SIZE_MAX], mtk[MIKEY_SIZE_MAX];
	size_t size, mtk_size;

	(void)state;
	ready();
	size = scene_msk_message(0, 0, 1000, octets);
	scene_send(octets, size);
	until(has_verified, 2);
	scene_mtk_next(5);
	until(has_installed, 1);
	mtk_size = scene_mtk_message(4, mtk);
	scene_restart();
	scene_kernel_event(KERNEL_HERE);
	assert_non_null(scene_key(scene->msk.msk_id, 5, 0x100));
	scene_push(0);
	until(has_verified, 3);
	/* The port of MSK messages is another one now. */
	scene_send(octets, size);
	scene_send_group(mtk, mtk_size);
	until(has_refused, 2);
	assert_int_equal(scene->counts.verifications, 3);
	assert_int_equal(scene->daemon.ue->counts.mtk_accepted, 0);
	scene_mtk_next(6);
	until(has_accepted, 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_each_once),
		TEST(takes_the_later_of_two),
		TEST(refuses_what_is_changed),
		TEST(is_not_for_strangers),
		TEST(installs_mtk),
		TEST(takes_each_mtk_once),
		TEST(asks_once),
		TEST(recovers_from_missed_msk),
		TEST(kernel_tells_of_missed_msk),
		TEST(obeys_solicited_pull),
		TEST(leaves_when_msk_is_deleted),
		TEST(keeps_two_msks),
		TEST(remembers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
