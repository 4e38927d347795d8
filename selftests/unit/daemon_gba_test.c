// SPDX-License-Identifier: GPL-2.0-or-later
/* Ub, Zh and Zn: HSS and BSF against a UE and a NAF. */
#include "daemon_gba_scene.h"

#include "core/sbi_json.h"

/* What a NAF heard. */
struct heard {
	bool there;
	enum fault_code code;
	char impi[IMPI_TEXT_SIZE];
	struct secret key;
	bool gba_u;
	int64_t expires;
};

static void on_key(void *argument, const struct zn_key *key,
		   const struct fault *fault)
{
	struct heard *heard = argument;

	heard->there = true;
	if (!key) {
		heard->code = fault->code;
		return;
	}
	snprintf(heard->impi, sizeof(heard->impi), "%s", key->impi);
	assert_int_equal(secret_set(&heard->key, key->ks_naf.bytes,
				    key->ks_naf.size),
			 0);
	heard->gba_u = key->gba_u;
	heard->expires = key->expires;
}

static void ask_zn(struct scene *scene, struct zn *zn, const char *btid,
		   const char *fqdn, struct heard *heard)
{
	struct naf_id naf_id;

	assert_int_equal(naf_id_set(&naf_id, fqdn, UA_PROTOCOL_MBMS, NULL), 0);
	*heard = (struct heard){ .there = false };
	assert_int_equal(zn_key_get(zn, btid, &naf_id, on_key, heard, NULL), 0);
	assert_false(heard->there);
	scene_run(scene, &heard->there);
}

/* Ks_NAF as the UE makes it. */
static void ue_key(struct scene *scene, const char *btid, struct secret *key)
{
	struct secret ks = { 0 };
	struct naf_id naf_id;
	uint8_t rand[RAND_SIZE];

	assert_int_equal(btid_parse(btid, strlen(btid), rand, NULL, NULL), 0);
	assert_int_equal(naf_id_set(&naf_id, NAF_NAME, UA_PROTOCOL_MBMS, NULL),
			 0);
	assert_int_equal(kdf_ks(&scene->aka.ck, &scene->aka.ik, &ks, NULL), 0);
	assert_int_equal(kdf_ks_naf(&ks, rand, IMPI, &naf_id, key, NULL), 0);
	secret_clear(&ks);
}

static void check_whole(bool remote)
{
	struct scene *scene = scene_new(remote);
	struct secret key = { 0 };
	struct bsf_info info;
	struct heard heard;
	struct zn *zn;

	scene_bootstrap(scene, &info);
	zn = zn_new(&scene->daemon, remote ? scene->zn_url : "local", NAF_NAME,
		    scene->key_file, NULL);
	assert_non_null(zn);
	ask_zn(scene, zn, info.btid, NAF_NAME, &heard);
	ue_key(scene, info.btid, &key);
	assert_int_equal(heard.code, FAULT_NONE);
	assert_string_equal(heard.impi, IMPI);
	assert_true(secret_equal(&heard.key, &key));
	assert_false(heard.gba_u);
	assert_int_equal(heard.expires / 1000, info.expires);
	secret_clear(&heard.key);
	secret_clear(&key);
	/* Unknown B-TIDs, in either form. */
	info.btid[0] ^= 1;
	ask_zn(scene, zn, info.btid, NAF_NAME, &heard);
	assert_int_equal(heard.code, FAULT_UNKNOWN);
	ask_zn(scene, zn, "x", NAF_NAME, &heard);
	assert_int_equal(heard.code, FAULT_UNKNOWN);
	zn_free(zn);
	scene_free(scene);
}

static void test_one_process(void **state)
{
	(void)state;
	check_whole(false);
}

static void test_three_processes(void **state)
{
	(void)state;
	check_whole(true);
}

static void test_naf_owns_its_name(void **state)
{
	struct scene *scene = scene_new(true);
	struct fault fault = { 0 };
	struct bsf_info info;
	struct heard heard;
	struct zn *zn;

	(void)state;
	scene_bootstrap(scene, &info);
	zn = zn_new(&scene->daemon, scene->zn_url, NAF_NAME, scene->key_file,
		    NULL);
	ask_zn(scene, zn, info.btid, "other.example.org", &heard);
	assert_int_equal(heard.code, FAULT_UNAUTHENTIC);
	zn_free(zn);
	/* One that the BSF does not know has no key in common with it. */
	zn = zn_new(&scene->daemon, scene->zn_url, "other.example.org",
		    scene->key_file, NULL);
	ask_zn(scene, zn, info.btid, "other.example.org", &heard);
	assert_int_equal(heard.code, FAULT_UNAUTHENTIC);
	zn_free(zn);
	assert_null(zn_new(&scene->daemon, "local", "other.example.org", NULL,
			   &fault));
	assert_non_null(strstr(fault.text, "other.example.org"));
	scene_free(scene);
}

/* Many at once share requests, and each gets its own answer. */
static void test_many_questions(void **state)
{
	enum { MANY = 300 };
	static struct heard heard[MANY];
	struct scene *scene = scene_new(true);
	struct naf_id naf_id;
	struct bsf_info info;
	struct zn *zn;
	int i;

	(void)state;
	scene_bootstrap(scene, &info);
	zn = zn_new(&scene->daemon, scene->zn_url, NAF_NAME, scene->key_file,
		    NULL);
	assert_int_equal(naf_id_set(&naf_id, NAF_NAME, UA_PROTOCOL_MBMS, NULL),
			 0);
	for (i = 0; i < MANY; i++)
		assert_int_equal(zn_key_get(zn, i % 2 ? "x" : info.btid,
					    &naf_id, on_key, &heard[i], NULL),
				 0);
	scene_run(scene, &heard[MANY - 1].there);
	for (i = 0; i < MANY; i++) {
		assert_true(heard[i].there);
		assert_int_equal(heard[i].code,
				 i % 2 ? FAULT_UNKNOWN : FAULT_NONE);
		secret_clear(&heard[i].key);
	}
	zn_free(zn);
	scene_free(scene);
}

static void test_unknown_subscriber(void **state)
{
	int remote;

	(void)state;
	for (remote = 0; remote < 2; remote++) {
		struct scene *scene = scene_new(remote);

		scene_ask(scene, "001010000000002@ims.mnc001.mcc001."
				 "3gppnetwork.org");
		assert_int_equal(scene->answer.status, 403);
		assert_string_equal(scene->answer.challenge, "");
		scene_free(scene);
	}
}

static void test_no_credentials(void **state)
{
	struct scene *scene = scene_new(false);

	(void)state;
	scene_get(scene, NULL);
	assert_int_equal(scene->answer.status, 400);
	assert_non_null(strstr(scene->answer.body, "IMPI"));
	scene_free(scene);
}

/* A USIM that is far ahead of the HSS, and one that has seen this number. */
static void check_resync(bool remote)
{
	struct scene *scene = scene_new(remote);
	struct fault fault = { 0 };
	int i;

	for (i = 0; i < AKA_IND_COUNT; i++)
		scene->sqn.seq[i] = 1000;
	scene_ask(scene, IMPI);
	assert_int_equal(scene_take_challenge(scene, &fault), -1);
	assert_true(scene->aka.resynchronise);
	scene_resync(scene);
	assert_int_equal(scene_take_challenge(scene, NULL), 0);
	scene_respond(scene, NULL);
	assert_int_equal(scene->answer.status, 200);
	scene_free(scene);
}

static void test_resync(void **state)
{
	(void)state;
	check_resync(false);
	check_resync(true);
}

static void test_forged_auts(void **state)
{
	struct scene *scene = scene_new(false);
	int i;

	(void)state;
	for (i = 0; i < AKA_IND_COUNT; i++)
		scene->sqn.seq[i] = 1000;
	scene_ask(scene, IMPI);
	assert_int_equal(scene_take_challenge(scene, NULL), -1);
	scene->aka.auts[13] ^= 1;
	scene_resync(scene);
	assert_int_equal(scene->answer.status, 403);
	assert_int_equal(scene->daemon.bsf->counts.bootstraps, 0);
	/* The HSS goes on where it was. */
	scene_ask(scene, IMPI);
	assert_int_equal(scene_take_challenge(scene, NULL), -1);
	assert_true(scene->aka.resynchronise);
	scene_free(scene);
}

static void test_wrong_response(void **state)
{
	struct scene *scene = scene_new(false);
	int i;

	(void)state;
	scene_ask(scene, IMPI);
	assert_int_equal(scene_take_challenge(scene, NULL), 0);
	for (i = 0; i < 3; i++) {
		scene_respond(scene, "guess");
		assert_int_equal(scene->answer.status, 403);
	}
	/* Three guesses end a challenge: the right answer starts a new one. */
	scene_respond(scene, NULL);
	assert_int_equal(scene->answer.status, 401);
	assert_int_equal(scene_take_challenge(scene, NULL), 0);
	scene_respond(scene, NULL);
	assert_int_equal(scene->answer.status, 200);
	scene_free(scene);
}

static void test_challenge_is_used_once(void **state)
{
	struct scene *scene = scene_new(false);
	struct bsf_info info;
	char nonce[DIGEST_NONCE_SIZE];

	(void)state;
	scene_bootstrap(scene, &info);
	strcpy(nonce, scene->session.nonce);
	scene_get(scene, &scene->credentials);
	assert_int_equal(scene->answer.status, 401);
	assert_null(strstr(scene->answer.challenge, nonce));
	assert_int_equal(scene->daemon.bsf->counts.bootstraps, 1);
	scene_free(scene);
}

static void test_other_user(void **state)
{
	struct scene *scene = scene_new(false);
	const struct digest_request request = { .method = "GET", .uri = "/" };

	(void)state;
	scene_ask(scene, IMPI);
	assert_int_equal(scene_take_challenge(scene, NULL), 0);
	assert_int_equal(digest_credentials_build(
				 &scene->session, "somebody@else",
				 "0123456789abcdef", &request, &scene->aka.res,
				 &scene->credentials, NULL),
			 0);
	scene_get(scene, &scene->credentials);
	assert_int_equal(scene->answer.status, 403);
	scene_free(scene);
}

/* The newest bootstrapping of a UE counts. */
static void test_bootstrap_again(void **state)
{
	struct scene *scene = scene_new(false);
	struct bsf_info first, second;
	struct heard heard;
	struct zn *zn;

	(void)state;
	zn = zn_new(&scene->daemon, "local", NAF_NAME, NULL, NULL);
	scene_bootstrap(scene, &first);
	scene_bootstrap(scene, &second);
	assert_string_not_equal(first.btid, second.btid);
	ask_zn(scene, zn, first.btid, NAF_NAME, &heard);
	assert_int_equal(heard.code, FAULT_UNKNOWN);
	ask_zn(scene, zn, second.btid, NAF_NAME, &heard);
	assert_int_equal(heard.code, FAULT_NONE);
	secret_clear(&heard.key);
	zn_free(zn);
	scene_free(scene);
}

static void test_expired(void **state)
{
	struct scene *scene = scene_new(false);
	struct bsf_info info;
	struct heard heard;
	struct zn *zn;

	(void)state;
	zn = zn_new(&scene->daemon, "local", NAF_NAME, NULL, NULL);
	scene->daemon.bsf->lifetime = -1;
	scene_bootstrap(scene, &info);
	ask_zn(scene, zn, info.btid, NAF_NAME, &heard);
	assert_int_equal(heard.code, FAULT_UNKNOWN);
	zn_free(zn);
	scene_free(scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_process),
		cmocka_unit_test(test_three_processes),
		cmocka_unit_test(test_naf_owns_its_name),
		cmocka_unit_test(test_many_questions),
		cmocka_unit_test(test_unknown_subscriber),
		cmocka_unit_test(test_no_credentials),
		cmocka_unit_test(test_resync),
		cmocka_unit_test(test_forged_auts),
		cmocka_unit_test(test_wrong_response),
		cmocka_unit_test(test_challenge_is_used_once),
		cmocka_unit_test(test_other_user),
		cmocka_unit_test(test_bootstrap_again),
		cmocka_unit_test(test_expired),
	};

	json_set_alloc_funcs(sbi_memory_alloc, sbi_memory_free);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
