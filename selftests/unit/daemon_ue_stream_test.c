// SPDX-License-Identifier: GPL-2.0-or-later
/* A streaming service at the UE: policy, MTK with salt, and roll-over counters. */
#include "daemon_ue_scene.h"

#include "core/srtp_kdf.h"
#include "roles/ue_usim.h"

#define SSRC 0xcafebabe

static unsigned int wanted;

static bool has_verified(struct scene *which)
{
	return which->counts.verifications >= wanted;
}

static bool has_refused(struct scene *which)
{
	return which->daemon.ue->counts.refused >= wanted;
}

static bool has_installed(struct scene *which)
{
	return which->installed_count >= wanted;
}

static bool has_asked(struct scene *which)
{
	return which->counts.msk_requests >= wanted;
}

static bool has_left(struct scene *which)
{
	return which->daemon.ue->counts.left > 0;
}

static bool has_announced(struct scene *which)
{
	return which->group_added.suite == which->announced.suite;
}

static bool has_newest(struct scene *which)
{
	return scene_key(which->msk.msk_id, 1, 0);
}

static void until(bool (*reached)(struct scene *scene), unsigned int count)
{
	wanted = count;
	scene_until(reached);
}

static void stream_set(size_t place, uint32_t ssrc, uint32_t roc)
{
	scene->streams[place] =
		(struct mikey_stream){ .ssrc = ssrc, .roc = roc };
	if (scene->stream_count <= place)
		scene->stream_count = place + 1;
}

/* The service is of SRTP, and nobody sends yet. */
static void srtp(uint16_t suite, uint16_t roc_rate)
{
	scene->announced = (struct srtp_profile){ suite, roc_rate };
	scene->policy = scene->announced;
	stream_set(0, 0, 0);
}

static struct ue_usim *ready(void)
{
	struct ue_usim *usim = scene_join(0)->usim;

	scene_until_ready();
	until(has_verified, 1);
	return usim;
}

static void check_key(uint16_t mtk_id)
{
	const struct scene_key *key = scene_key(scene->msk.msk_id, mtk_id, 0);
	struct srtp_keys keys = { 0 }, rtcp = { 0 };

	assert_non_null(key);
	assert_int_equal(
		srtp_kdf(&scene->mtk, &scene->salt, &keys, &rtcp, NULL), 0);
	assert_int_equal(key->auth_size, keys.auth.size);
	assert_memory_equal(key->auth, keys.auth.bytes, key->auth_size);
	srtp_keys_clear(&keys);
	srtp_keys_clear(&rtcp);
}

/* Each suite: the group as announced, one key for all sources, also after a crash. */
static void suites(void **state)
{
	static const uint16_t list[] = { SRTP_AES128_CM_HMAC_SHA1_32,
					 SRTP_AES256_CM_HMAC_SHA1_80,
					 SRTP_NULL_HMAC_SHA1_80,
					 SRTP_AES128_CM_HMAC_SHA1_80 };
	uint16_t i;

	(void)state;
	srtp(list[0], 8);
	ready();
	for (i = 0; i < 4; i++) {
		srtp(list[i], 8);
		if (i) {
			/* Deleted and made anew by the BM-SC. */
			scene_restart();
			scene_until(has_announced);
			scene_msk_next();
			scene_push(0);
			until(has_verified, i + 1);
		}
		scene_mtk_next(1);
		scene_until(has_newest);
		assert_int_equal(scene->group_added.format, MBSEC_FORMAT_SRTP);
		assert_int_equal(scene->group_added.suite, list[i]);
		assert_int_equal(scene->group_added.roc_rate, 8);
		assert_int_equal(scene->group_added.rtcp_port,
				 address_port(&scene->group_added.group) + 3);
		check_key(1);
		scene->installed_count = 0;
	}
	/* The salt is stored, too. */
	scene_restart();
	until(has_installed, 1);
	check_key(1);
}

/* An MSK whose policy is not what was announced is not taken, nor acknowledged. */
static void other_policy(void **state)
{
	const struct ue_usim *usim;

	(void)state;
	srtp(SRTP_AES128_CM_HMAC_SHA1_80, 0);
	usim = ready();
	scene->policy.suite = SRTP_NULL_HMAC_SHA1_80;
	scene_msk_next();
	scene_push(0);
	until(has_refused, 1);
	scene->policy = scene->announced;
	scene->policy.roc_rate = 4;
	scene_push(0);
	until(has_refused, 2);
	scene->policy.suite = 0;
	scene_push(0);
	until(has_refused, 3);
	assert_int_equal(scene->counts.verifications, 1);
	assert_non_null(usim->msks);
	assert_null(usim->msks->next);
}

/* If no other comes, the UE gives up. */
static void never_the_policy(void **state)
{
	(void)state;
	srtp(SRTP_AES128_CM_HMAC_SHA1_80, 0);
	scene->policy.suite = SRTP_AES128_CM_HMAC_SHA1_32;
	scene_join(0);
	scene_until(has_left);
	assert_int_equal(scene->counts.verifications, 0);
}

/* The kernel is told what it does not know better. */
static void roll_over_counters(void **state)
{
	(void)state;
	srtp(SRTP_AES128_CM_HMAC_SHA1_80, 0);
	stream_set(0, SSRC, 3);
	stream_set(1, SSRC + 1, 7);
	ready();
	assert_int_equal(scene->source_count, 2);
	assert_int_equal(scene_source(SSRC)->roc, 3);
	/* One was heard since, and is ahead; the other is behind. */
	scene->sources[0].streams = 1;
	scene->sources[0].roc = 5;
	scene->sources[1].streams = 1;
	scene->sources[1].roc = 6;
	stream_set(2, 0, 0);
	scene_push(0);
	until(has_verified, 2);
	assert_int_equal(scene_source(SSRC)->roc, 5);
	assert_int_equal(scene_source(SSRC + 1)->roc, 7);
	assert_int_equal(scene->source_count, 2);
	/* A source that has ended is not kept, or they would become too many. */
	scene->stream_count = 1;
	scene->sources[1].streams = 0;
	scene_push(0);
	until(has_verified, 3);
	assert_null(scene_source(SSRC + 1));
	assert_int_equal(scene_source(SSRC)->roc, 5);
}

/* The kernel hears a source that nobody has told us of. */
static void unknown_counter(void **state)
{
	unsigned int asked, i;

	(void)state;
	srtp(SRTP_AES128_CM_HMAC_SHA1_80, 0);
	ready();
	asked = scene->counts.msk_requests;
	stream_set(0, SSRC, 9);
	for (i = 0; i < 100; i++)
		scene_kernel_roc_needed(SSRC);
	until(has_asked, asked + 1);
	until(has_verified, 2);
	assert_int_equal(scene->counts.msk_requests, asked + 1);
	assert_int_equal(scene_source(SSRC)->roc, 9);
}

/* Keys that do not fit the suite go nowhere. */
static void short_mtk(void **state)
{
	(void)state;
	srtp(SRTP_AES256_CM_HMAC_SHA1_80, 0);
	ready();
	scene->policy.suite = SRTP_AES128_CM_HMAC_SHA1_80;
	scene_mtk_next(1);
	scene->policy = scene->announced;
	scene_mtk_next(2);
	until(has_installed, 1);
	assert_null(scene_key(scene->msk.msk_id, 1, 0));
	check_key(2);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(suites),		TEST(other_policy),
		TEST(never_the_policy), TEST(roll_over_counters),
		TEST(unknown_counter),	TEST(short_mtk),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
