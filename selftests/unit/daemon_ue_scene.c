// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon_ue_scene.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon_ue_server.h"
#include "roles/ue.h"
#include "roles/ue_member.h"
#include "roles/ue_service.h"
#include "roles/ue_usim.h"

#define LIMIT 10000 /* milliseconds */

struct scene *scene;

/* ---- Loop ---- */

static void too_late(void *argument)
{
	(void)argument;
	scene->late = true;
	loop_stop(scene->loop);
}

static void look(void *argument)
{
	(void)argument;
	if (scene->reached && scene->reached(scene))
		loop_stop(scene->loop);
}

void scene_until(bool (*reached)(struct scene *scene))
{
	scene->late = false;
	scene->reached = reached;
	loop_timer_set(scene->loop, &scene->limit, LIMIT, too_late, NULL);
	assert_int_equal(loop_run(scene->loop, NULL), 0);
	loop_timer_stop(&scene->limit);
	scene->reached = NULL;
	if (scene->late)
		fail_msg("it did not come to that within %d ms", LIMIT);
}

void scene_while(int milliseconds)
{
	scene->reached = NULL;
	loop_timer_set(scene->loop, &scene->limit, milliseconds, too_late,
		       NULL);
	assert_int_equal(loop_run(scene->loop, NULL), 0);
}

/* ---- The role ---- */

void scene_start_role(void)
{
	const struct httpc_options options = { 0 };
	struct fault fault = { 0 };

	scene->daemon.store =
		store_open(scene->loop, scene->path, &scene->kek, &fault);
	if (!scene->daemon.store)
		fail_msg("%s", fault.text);
	scene->daemon.http = httpc_new(scene->loop, &options, &fault);
	if (!scene->daemon.http)
		fail_msg("%s", fault.text);
	if (ue_role.start(&scene->daemon, &fault))
		fail_msg("%s", fault.text);
}

void scene_stop_role(void)
{
	ue_role.stop(&scene->daemon);
	httpc_free(scene->daemon.http);
	store_close(scene->daemon.store);
	scene->daemon.http = NULL;
	scene->daemon.store = NULL;
}

void scene_restart(void)
{
	scene_stop_role();
	scene_start_role();
}

/* ---- Begin and end ---- */

static void open_store(void)
{
	uint8_t octets[32];

	strcpy(scene->folder, "/tmp/mbsec-ue-XXXXXX");
	assert_non_null(mkdtemp(scene->folder));
	snprintf(scene->path, sizeof(scene->path), "%s/store", scene->folder);
	memset(octets, 0x5a, sizeof(octets));
	assert_int_equal(secret_set(&scene->kek, octets, sizeof(octets)), 0);
}

static void set_keys(void)
{
	struct secret k = { 0 }, opc = { 0 };
	uint8_t octets[MILENAGE_KEY_SIZE];

	memset(octets, 0x11, sizeof(octets));
	secret_set(&k, octets, sizeof(octets));
	memset(octets, 0x22, sizeof(octets));
	secret_set(&opc, octets, sizeof(octets));
	assert_int_equal(milenage_set(&scene->keys, &k, &opc, NULL), 0);
	secret_clear(&k);
	secret_clear(&opc);
}

static void configure(void)
{
	struct ue_config *config = &scene->ue_config;

	config->bsf = scene->bsf_url;
	config->address = "127.0.0.1";
	config->mikey_port = "0";
	config->device = "lo";
	config->msk_timeout = "100ms";
	config->retry_first = "50ms";
	config->retry_most = "200ms";
	config->attempts = "3";
	config->mtk_overlap = "100ms";
	scene->config.ue = config;
	scene->daemon.config = &scene->config;
}

int scene_setup(void **state)
{
	struct fault fault = { 0 };

	*state = scene = calloc(1, sizeof(*scene));
	assert_non_null(scene);
	scene->lifetime = 3600;
	scene->module = true;
	scene->senders = 1;
	scene->events = json_array();
	open_store();
	set_keys();
	scene->loop = loop_new(&fault);
	assert_non_null(scene->loop);
	scene->daemon.loop = scene->loop;
	/* Any address will do: nobody looks into them. */
	scene->daemon.kernel = (struct kernel *)scene;
	scene->daemon.ctl = (struct ctl *)scene;
	server_start();
	configure();
	scene_start_role();
	loop_round_add(scene->loop, &scene->round, look, NULL);
	scene_msk_next();
	return 0;
}

static void remove_files(void)
{
	static const char *const names[] = { "store", "store-wal",
					     "store-shm" };
	char path[128];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", scene->folder, names[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(scene->folder), 0);
}

int scene_teardown(void **state)
{
	(void)state;
	if (scene->daemon.store)
		scene_stop_role();
	server_stop();
	loop_timer_stop(&scene->limit);
	loop_round_remove(scene->loop, &scene->round);
	loop_free(scene->loop);
	secret_clear(&scene->kek);
	secret_clear(&scene->msk.msk);
	secret_clear(&scene->mtk);
	secret_clear(&scene->salt);
	milenage_clear(&scene->keys);
	json_decref(scene->result);
	json_decref(scene->events);
	remove_files();
	free(scene);
	scene = NULL;
	return 0;
}

/* ---- UEs ---- */

static void imsi_of(unsigned int n, char imsi[IMSI_TEXT_SIZE])
{
	snprintf(imsi, IMSI_TEXT_SIZE, "00101%010u", n + 1);
}

struct ue_usim *scene_usim(unsigned int n)
{
	char imsi[IMSI_TEXT_SIZE];
	const struct usim_row row = { .imsi = imsi, .mnc_digits = 2 };
	struct ue *ue = scene->daemon.ue;
	struct fault fault = { 0 };
	struct ue_usim *usim;

	imsi_of(n, imsi);
	usim = ue_usim_find(ue, imsi);
	if (usim)
		return usim;
	if (usim_put(ue->store, imsi, 2, &scene->keys, &fault))
		fail_msg("%s", fault.text);
	usim = ue_usim_new(ue, &row, &fault);
	assert_non_null(usim);
	return usim;
}

struct ue_member *scene_join(unsigned int n)
{
	struct ue_usim *usim = scene_usim(n);
	struct fault fault = { 0 };
	struct ue_service *service;
	struct ue_member *member;
	char url[128];

	snprintf(url, sizeof(url), "%s/announcement/news", scene->url);
	service = ue_service_add(scene->daemon.ue, SERVICE, url, BMSC_NAME,
				 &fault);
	if (!service)
		fail_msg("%s", fault.text);
	member = ue_member_join(usim, service, &fault);
	assert_non_null(member);
	return member;
}

bool scene_is_ready(struct scene *which)
{
	const struct ue_service *service = scene_service();
	const struct ue_member *member;

	(void)which;
	if (!service)
		return false;
	for (member = TAILQ_FIRST(&service->members); member;
	     member = TAILQ_NEXT(member, entry))
		if (member->state != UE_MEMBER_READY)
			return false;
	return true;
}

bool scene_is_busy(struct scene *which)
{
	return which->daemon.ue->running == 2;
}

void scene_until_ready(void)
{
	scene_until(scene_is_ready);
}

/* ---- Messages ---- */

void scene_msk_next(void)
{
	struct scene_msk *msk = &scene->msk;
	uint8_t octets[MSK_SIZE];

	msk->msk_id = msk->msk_id ? msk_id_next(msk->msk_id) :
				    msk_id_make(KEY_GROUP, 1);
	RAND_bytes(octets, sizeof(octets));
	RAND_bytes(msk->rand, sizeof(msk->rand));
	secret_set(&msk->msk, octets, sizeof(octets));
	msk->csb_id++;
	msk->counter = 0;
}

static struct msk_ref ref_of(uint32_t msk_id)
{
	return (struct msk_ref){ .domain = { { 0x00, 0xf1, 0x10 } },
				 .msk_id = msk_id };
}

static struct mbms_msk_message message_for(unsigned int n,
					   const struct naf_id *naf_id)
{
	struct scene_user *user = &scene->users[n];
	struct mbms_msk_message message = {
		.initiator = mbms_initiator(naf_id),
		.responder = mbms_responder(user->btid),
		.counter = ++user->counter,
		.csb_id = scene->msk.csb_id,
		.verify = true,
		.msk_ref = ref_of(scene->msk.msk_id),
		.msk = &scene->msk.msk,
	};

	memcpy(message.rand, scene->msk.rand, sizeof(message.rand));
	return message;
}

size_t scene_msk_message(unsigned int n, uint16_t low, uint16_t high,
			 uint8_t octets[MIKEY_SIZE_MAX])
{
	struct fault fault = { 0 };
	struct mikey_policy policy;
	struct mbms_msk_message message;
	struct writer writer;
	struct naf_id naf_id;

	naf_id_set(&naf_id, BMSC_NAME, UA_PROTOCOL_MBMS, NULL);
	message = message_for(n, &naf_id);
	message.low = low;
	message.high = high;
	if (scene->policy.suite) {
		srtp_policy_make(&policy, 0, &scene->policy);
		message.policies = &policy;
		message.policy_count = 1;
		message.streams = scene->streams;
		message.stream_count = scene->stream_count;
	}
	writer_init(&writer, octets, MIKEY_SIZE_MAX);
	if (mbms_msk_build(&message, &scene->users[n].muk, &writer, &fault))
		fail_msg("%s", fault.text);
	return writer.length;
}

size_t scene_solicit_message(unsigned int n, uint8_t octets[MIKEY_SIZE_MAX])
{
	struct fault fault = { 0 };
	struct mbms_msk_message message;
	struct writer writer;
	struct naf_id naf_id;

	naf_id_set(&naf_id, BMSC_NAME, UA_PROTOCOL_MBMS, NULL);
	message = message_for(n, &naf_id);
	message.msk = NULL;
	message.msk_ref = ref_of(msk_id_make(KEY_GROUP, 0));
	writer_init(&writer, octets, MIKEY_SIZE_MAX);
	if (mbms_solicit_build(&message, &scene->users[n].muk, &writer, &fault))
		fail_msg("%s", fault.text);
	return writer.length;
}

size_t scene_mtk_message(uint16_t mtk_id, uint8_t octets[MIKEY_SIZE_MAX])
{
	struct scene_msk *msk = &scene->msk;
	struct mbms_mtk_message message = {
		.counter = ++msk->counter,
		.csb_id = msk->csb_id,
		.msk_ref = ref_of(msk->msk_id),
		.mtk_id = mtk_id,
		.mtk = &scene->mtk,
		.salt = scene->salt.size ? &scene->salt : NULL,
	};
	struct fault fault = { 0 };
	struct writer writer;

	memcpy(message.rand, msk->rand, sizeof(message.rand));
	writer_init(&writer, octets, MIKEY_SIZE_MAX);
	if (mbms_mtk_build(&message, &msk->msk, &writer, &fault))
		fail_msg("%s", fault.text);
	return writer.length;
}

static void send_to(const char *host, const uint8_t *octets, size_t size)
{
	struct fault fault = { 0 };
	union address to;

	assert_int_equal(address_parse(host, server_mikey_port(), &to, NULL),
			 0);
	if (udp_send(scene->udp, &to, octets, size, &fault))
		fail_msg("%s", fault.text);
}

void scene_send(const uint8_t *octets, size_t size)
{
	send_to("127.0.0.1", octets, size);
}

void scene_send_group(const uint8_t *octets, size_t size)
{
	union address to;

	assert_int_equal(address_parse(GROUP, server_mtk_port(), &to, NULL), 0);
	assert_int_equal(udp_send(scene->udp, &to, octets, size, NULL), 0);
}

void scene_push(unsigned int n)
{
	uint8_t octets[MIKEY_SIZE_MAX];

	scene_send(octets, scene_msk_message(n, 0, 1000, octets));
}

void scene_mtk_next(uint16_t mtk_id)
{
	uint8_t octets[MIKEY_SIZE_MAX], mtk[MTK_SIZE_LONG];

	RAND_bytes(mtk, sizeof(mtk));
	secret_set(&scene->mtk, mtk,
		   srtp_suite_master_size(scene->policy.suite));
	if (scene->policy.suite) {
		RAND_bytes(mtk, sizeof(mtk));
		secret_set(&scene->salt, mtk, MTK_SALT_SIZE);
	}
	scene_send_group(octets, scene_mtk_message(mtk_id, octets));
}
