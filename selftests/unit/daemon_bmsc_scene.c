// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon_bmsc_scene.h"
#include "io/ctl.h"
#include "roles/bmsc.h"
#include "roles/mbstf.h"
#include "roles/zn.h"

/* ---- The BSF ---- */

struct zn {
	struct scene *scene;
};

struct question {
	struct scene *scene;
	struct loop_timer timer;
	char btid[BTID_TEXT_SIZE];
	zn_callback callback;
	void *argument;
};

static struct scene *the_scene;

struct zn *zn_new(struct daemon *daemon, const char *bsf, const char *naf,
		  const char *key_file, struct fault *fault)
{
	struct zn *zn = calloc(1, sizeof(*zn));

	(void)daemon;
	(void)bsf;
	(void)key_file;
	(void)fault;
	assert_string_equal(naf, SCENE_BMSC);
	zn->scene = the_scene;
	return zn;
}

void zn_free(struct zn *zn)
{
	free(zn);
}

static void bsf_answer(void *argument)
{
	struct question *question = argument;
	struct scene *scene = question->scene;
	struct fault fault = { 0 };
	struct zn_key key = { 0 };
	unsigned int i;

	if (scene->bsf_down)
		fault_set(&fault, FAULT_STATE, "the BSF cannot be reached");
	else
		fault_set(&fault, FAULT_UNKNOWN, "there is no such B-TID");
	for (i = 0; i < SCENE_BTIDS && !scene->bsf_down; i++) {
		struct scene_btid *btid = &scene->btids[i];

		if (strcmp(btid->btid, question->btid))
			continue;
		key.impi = btid->impi;
		key.ks_naf = btid->ks_naf;
		key.gba_u = btid->gba_u;
		key.expires = btid->expires;
		question->callback(question->argument, &key, NULL);
		free(question);
		return;
	}
	question->callback(question->argument, NULL, &fault);
	free(question);
}

int zn_key_get(struct zn *zn, const char *btid, const struct naf_id *naf_id,
	       zn_callback callback, void *argument, struct fault *fault)
{
	struct question *question = calloc(1, sizeof(*question));

	(void)fault;
	assert_string_equal(naf_id->fqdn, SCENE_BMSC);
	zn->scene->questions++;
	question->scene = zn->scene;
	question->callback = callback;
	question->argument = argument;
	snprintf(question->btid, sizeof(question->btid), "%s", btid);
	loop_timer_set(zn->scene->daemon.loop, &question->timer, 0, bsf_answer,
		       question);
	return 0;
}

void scene_bootstrap(struct scene *scene, unsigned int number, int64_t lifetime)
{
	struct scene_ue *ue = &scene->ues[number];
	uint8_t rand[RAND_SIZE], octets[KS_SIZE];
	struct bootstrap_keys keys = { .mode = BOOTSTRAP_GBA_ME };
	struct secret muk = { 0 };
	struct scene_btid *btid;
	struct naf_id naf_id;
	unsigned int i;

	for (i = 0; i + 1 < SCENE_BTIDS && scene->btids[i].btid[0]; i++)
		;
	btid = &scene->btids[i];
	assert_int_equal(RAND_bytes(rand, sizeof(rand)), 1);
	assert_int_equal(RAND_bytes(octets, sizeof(octets)), 1);
	assert_int_equal(btid_format(rand, SCENE_BSF, ue->btid, NULL), 0);
	strcpy(btid->btid, ue->btid);
	strcpy(btid->impi, ue->impi);
	secret_set(&btid->ks_naf, octets, sizeof(octets));
	btid->expires = loop_wall(scene->daemon.loop) + lifetime;
	keys.key = btid->ks_naf;
	assert_int_equal(kdf_mrk(&keys, &ue->mrk, NULL), 0);
	assert_int_equal(kdf_muk(&keys, &muk, NULL), 0);
	naf_id_set(&naf_id, SCENE_BMSC, UA_PROTOCOL_MBMS, NULL);
	assert_int_equal(mgvf_muk_set(&ue->mgvf, &naf_id, ue->btid, &muk,
				      MBMS_COUNTER_NONE, NULL),
			 0);
	secret_clear(&muk);
	ue->session = (struct digest_session){ 0 };
}

/* ---- Waiting ---- */

static void check_condition(void *argument)
{
	struct scene *scene = argument;

	if (!scene->condition || !scene->condition(scene, scene->argument))
		return;
	scene->met = true;
	loop_stop(scene->daemon.loop);
}

static void too_late(void *argument)
{
	loop_stop(((struct scene *)argument)->daemon.loop);
}

static bool run(struct scene *scene, int64_t patience)
{
	struct fault fault = { 0 };

	scene->met = false;
	loop_timer_set(scene->daemon.loop, &scene->deadline, patience, too_late,
		       scene);
	assert_int_equal(loop_run(scene->daemon.loop, &fault), 0);
	loop_timer_stop(&scene->deadline);
	scene->condition = NULL;
	return scene->met;
}

void scene_until(struct scene *scene,
		 bool (*condition)(struct scene *scene, void *argument),
		 void *argument)
{
	scene->condition = condition;
	scene->argument = argument;
	assert_true(run(scene, SCENE_PATIENCE));
}

void scene_pass(struct scene *scene, int64_t milliseconds)
{
	scene->condition = NULL;
	run(scene, milliseconds);
}

/* ---- Commands ---- */

struct ctl_request {
	json_t *arguments;
	json_t *result;
	struct fault fault;
	bool done;
	unsigned int progress;
};

static struct {
	const char *command;
	ctl_handler handler;
	void *argument;
} commands[32];

void ctl_command_add(struct ctl *ctl, const char *command, ctl_handler handler,
		     void *argument)
{
	unsigned int i;

	(void)ctl;
	for (i = 0; commands[i].command; i++)
		if (!strcmp(commands[i].command, command))
			break;
	commands[i].command = command;
	commands[i].handler = handler;
	commands[i].argument = argument;
}

json_t *ctl_arguments(const struct ctl_request *request)
{
	return request->arguments;
}

void ctl_reply(struct ctl_request *request, json_t *result)
{
	assert_false(request->done);
	request->result = result ? result : json_object();
	request->done = true;
}

void ctl_refuse(struct ctl_request *request, const struct fault *fault)
{
	assert_false(request->done);
	request->fault = *fault;
	request->done = true;
}

void ctl_progress(struct ctl_request *request, json_t *progress)
{
	request->progress++;
	json_decref(progress);
}

void ctl_event(struct ctl *ctl, json_t *event)
{
	(void)ctl;
	assert_non_null(json_string_value(json_object_get(event, "type")));
	json_decref(event);
}

static bool command_done(struct scene *scene, void *argument)
{
	(void)scene;
	return ((struct ctl_request *)argument)->done;
}

json_t *scene_command(struct scene *scene, const char *command,
		      json_t *arguments, struct fault *fault)
{
	/* Not on the stack: a test that fails leaves it open. */
	struct ctl_request *request = calloc(1, sizeof(*request));
	json_t *result;
	unsigned int i;

	assert_non_null(arguments);
	request->arguments = arguments;
	for (i = 0; strcmp(commands[i].command, command); i++)
		;
	commands[i].handler(commands[i].argument, request);
	scene_until(scene, command_done, request);
	json_decref(arguments);
	*fault = request->fault;
	result = request->result;
	free(request);
	return result;
}

json_t *scene_order(struct scene *scene, const char *command, json_t *arguments)
{
	struct fault fault = { 0 };
	json_t *result = scene_command(scene, command, arguments, &fault);

	if (!result)
		fail_msg("%s: %s", command, fault.text);
	return result;
}

void scene_service_add(struct scene *scene)
{
	json_decref(scene_order(
		scene, "service add",
		json_pack("{s:s, s:s, s:s, s:i, s:i}", "service", SCENE_SERVICE,
			  "group", SCENE_GROUP, "device", "lo", "mtk-port",
			  scene->mtk_port, "key-group", 7)));
}

void scene_bmsc_address(struct scene *scene, union address *address)
{
	udp_local(scene->daemon.bmsc->udp, address);
}

/* ---- Start and stop ---- */

void scene_start(struct scene *scene)
{
	struct daemon *daemon = &scene->daemon;
	struct fault fault = { 0 };

	daemon->config = &scene->config;
	daemon->ctl = (struct ctl *)scene;
	daemon->store =
		store_open(daemon->loop, scene->path, &scene->kek, &fault);
	if (!daemon->store || mbstf_role.start(daemon, &fault) ||
	    bmsc_role.start(daemon, &fault))
		fail_msg("%s", fault.text);
	scene->running = true;
}

void scene_stop(struct scene *scene)
{
	if (!scene->running)
		return;
	bmsc_role.stop(&scene->daemon);
	mbstf_role.stop(&scene->daemon);
	store_close(scene->daemon.store);
	scene->daemon.store = NULL;
	scene->running = false;
}

static uint16_t free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	close(fd);
	return ntohs(at.sin_port);
}

static void sockets_open(struct scene *scene)
{
	struct udp_options options = { .reuse = true };
	struct fault fault = { 0 };
	union address group;
	union address local;

	assert_int_equal(address_parse("127.0.0.1:0", 0, &options.local, NULL),
			 0);
	scene->mikey = udp_open(scene->daemon.loop, &options, scene_mikey_came,
				scene, &fault);
	if (!scene->mikey)
		fail_msg("%s", fault.text);
	udp_local(scene->mikey, &local);
	scene->mikey_port = address_port(&local);
	assert_int_equal(address_parse(SCENE_GROUP, 0, &group, NULL), 0);
	/* One of its own: other tests may run at the same time. */
	address_port_set(&group, 0);
	options.local = group;
	scene->group = udp_open(scene->daemon.loop, &options, scene_mikey_came,
				scene, &fault);
	if (!scene->group || udp_join(scene->group, &group, NULL, "lo", &fault))
		fail_msg("%s", fault.text);
	udp_local(scene->group, &local);
	scene->mtk_port = address_port(&local);
}

static char *text(const char *format, unsigned int number)
{
	char *out = malloc(64);

	snprintf(out, 64, format, number);
	return out;
}

int scene_setup(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	struct bmsc_config *bmsc = &scene->bmsc;
	uint8_t kek[32];
	unsigned int i;

	the_scene = scene;
	strcpy(scene->folder, "/tmp/mbsec-bmsc-XXXXXX");
	assert_non_null(mkdtemp(scene->folder));
	snprintf(scene->path, sizeof(scene->path), "%s/store.db",
		 scene->folder);
	memset(kek, 0x5a, sizeof(kek));
	secret_set(&scene->kek, kek, sizeof(kek));
	scene->daemon.loop = loop_new(NULL);
	loop_round_add(scene->daemon.loop, &scene->round, check_condition,
		       scene);
	sockets_open(scene);
	scene->http_port = free_port();
	bmsc->listen = text("127.0.0.1:%u", scene->http_port);
	bmsc->mikey_port = text("%u", scene->mikey_port);
	bmsc->fqdn = strdup(SCENE_BMSC);
	bmsc->key_domain = strdup("001-01");
	bmsc->retry_first = strdup("50ms");
	bmsc->retry_most = strdup("200ms");
	bmsc->retry_attempts = strdup("4");
	bmsc->mtk_repeat = strdup("50ms");
	bmsc->mtk_lead = strdup("100ms");
	bmsc->mtk_overlap = strdup("100ms");
	bmsc->msk_lead = strdup("2s");
	bmsc->msk_overlap = strdup("200ms");
	scene->config.bmsc = bmsc;
	for (i = 0; i < SCENE_UES; i++) {
		mgvf_init(&scene->ues[i].mgvf);
		snprintf(scene->ues[i].impi, sizeof(scene->ues[i].impi),
			 "00101000000000%u@ims.mnc001.mcc001.3gppnetwork.org",
			 i);
		scene_bootstrap(scene, i, 3600000);
	}
	scene_start(scene);
	*state = scene;
	return 0;
}

int scene_teardown(void **state)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	struct scene *scene = *state;
	struct bmsc_config *bmsc = &scene->bmsc;
	char name[128];
	unsigned int i;

	scene_stop(scene);
	udp_close(scene->mikey);
	udp_close(scene->group);
	loop_round_remove(scene->daemon.loop, &scene->round);
	loop_free(scene->daemon.loop);
	for (i = 0; i < SCENE_UES; i++) {
		mgvf_clear(&scene->ues[i].mgvf);
		secret_clear(&scene->ues[i].mrk);
		secret_clear(&scene->ues[i].mtk);
		secret_clear(&scene->ues[i].salt);
	}
	for (i = 0; i < SCENE_BTIDS; i++)
		secret_clear(&scene->btids[i].ks_naf);
	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s%s", scene->path, suffixes[i]);
		unlink(name);
	}
	assert_int_equal(rmdir(scene->folder), 0);
	secret_clear(&scene->kek);
	for (i = 0; i < sizeof(*bmsc) / sizeof(char *); i++)
		free(((char **)bmsc)[i]);
	free(scene);
	return 0;
}
