// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base64.h"
#include "core/digest_realm.h"
#include "core/mbms_profile.h"
#include "daemon_bmsc_scene.h"
#include "io/ctl.h"
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

/* ---- MIKEY at the UEs ---- */

static void count(struct scene_ue *ue, struct mgvf_outcome *outcome)
{
	switch (outcome->event) {
	case MGVF_MSK_STORED:
		ue->msks++;
		ue->last_msk = outcome->ref.msk_id;
		break;
	case MGVF_MSK_DELETED:
		ue->deleted++;
		break;
	case MGVF_SOLICITED:
		ue->solicited++;
		break;
	case MGVF_MTK_ACCEPTED:
		ue->mtks++;
		ue->mtk_msk = outcome->ref.msk_id;
		ue->mtk_id = outcome->mtk_id;
		secret_set(&ue->mtk, outcome->mtk.bytes, outcome->mtk.size);
		break;
	default:
		break;
	}
}

static void mikey_came(void *argument, const struct udp_datagram *datagram)
{
	static struct mgvf_outcome outcome;
	struct scene *scene = argument;
	unsigned int i;

	if (scene->seen)
		scene->seen(scene, datagram->data, datagram->size);
	for (i = 0; i < SCENE_UES; i++) {
		struct scene_ue *ue = &scene->ues[i];
		struct fault fault = { 0 };

		if (ue->deaf)
			continue;
		if (mgvf_receive(&ue->mgvf, datagram->data, datagram->size,
				 &outcome, &fault)) {
			ue->refused = fault;
			continue;
		}
		count(ue, &outcome);
		if (outcome.reply_size && !ue->mute)
			udp_send(scene->mikey, &datagram->from, outcome.reply,
				 outcome.reply_size, NULL);
		mgvf_outcome_clear(&outcome);
	}
}

/* ---- HTTP ---- */

struct exchange {
	struct loop_watch watch;
	char text[65536];
	size_t size;
	bool done;
};

static void answer_came(void *argument, int fd, int what)
{
	struct exchange *exchange = argument;
	ssize_t got = recv(fd, exchange->text + exchange->size,
			   sizeof(exchange->text) - 1 - exchange->size, 0);

	(void)what;
	if (got > 0) {
		exchange->size += (size_t)got;
		return;
	}
	loop_watch_stop(&exchange->watch);
	exchange->done = true;
}

static bool exchange_done(struct scene *scene, void *argument)
{
	(void)scene;
	return ((struct exchange *)argument)->done;
}

static void response_read(struct exchange *exchange,
			  struct scene_response *response)
{
	char *end;

	exchange->text[exchange->size] = 0;
	end = strstr(exchange->text, "\r\n\r\n");
	assert_non_null(end);
	*response = (struct scene_response){ 0 };
	assert_int_equal(
		sscanf(exchange->text, "HTTP/1.1 %u", &response->status), 1);
	assert_true(end + 2 - exchange->text <
		    (ptrdiff_t)sizeof(response->headers));
	memcpy(response->headers, exchange->text,
	       (size_t)(end + 2 - exchange->text));
	end += 4;
	response->body_size = exchange->size - (size_t)(end - exchange->text);
	assert_true(response->body_size < sizeof(response->body));
	memcpy(response->body, end, response->body_size);
}

void scene_http(struct scene *scene, const char *method, const char *target,
		const char *headers, const void *body, size_t size,
		struct scene_response *response)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(scene->http_port) };
	struct exchange *exchange = calloc(1, sizeof(*exchange));
	char head[8192];
	int fd = socket(AF_INET, SOCK_STREAM, 0), length;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	length = snprintf(head, sizeof(head),
			  "%s %s HTTP/1.1\r\nHost: " SCENE_BMSC
			  "\r\nConnection: close\r\n%sContent-Length: "
			  "%zu\r\n\r\n",
			  method, target, headers, size);
	assert_int_equal(send(fd, head, (size_t)length, MSG_NOSIGNAL), length);
	if (size)
		assert_int_equal(send(fd, body, size, MSG_NOSIGNAL), size);
	assert_int_equal(loop_watch_set(scene->daemon.loop, &exchange->watch,
					fd, LOOP_READ, answer_came, exchange,
					NULL),
			 0);
	scene_until(scene, exchange_done, exchange);
	close(fd);
	response_read(exchange, response);
	free(exchange);
}

/* All values of a header, joined as a list. */
static void header_read(const struct scene_response *response, const char *name,
			char *value, size_t room)
{
	const char *line = response->headers, *end;
	size_t length = strlen(name), used = 0;

	value[0] = 0;
	for (; (end = strstr(line, "\r\n")); line = end + 2) {
		if (strncasecmp(line, name, length) || line[length] != ':')
			continue;
		used += (size_t)snprintf(value + used, room - used, "%s%.*s",
					 used ? ", " : "",
					 (int)(end - line - (int)length - 2),
					 line + length + 2);
	}
}

static void session_take(struct scene *scene, unsigned int number,
			 const struct scene_response *response)
{
	static struct digest_challenge challenges[DIGEST_CHALLENGES_MAX];
	const struct digest_challenge *chosen;
	char header[8192], realm[DIGEST_REALM_SIZE];
	struct fault fault = { 0 };
	enum digest_qop qop;
	size_t many;

	header_read(response, "WWW-Authenticate", header, sizeof(header));
	if (digest_challenges_parse(header, strlen(header), challenges,
				    DIGEST_CHALLENGES_MAX, &many, &fault) ||
	    digest_challenge_choose(challenges, many, &digest_policy_ua,
				    &chosen, &qop, &fault) ||
	    digest_realm_select(chosen->realm, GBA_ME, SCENE_BMSC, realm,
				sizeof(realm), &fault) ||
	    digest_session_start(chosen, qop, realm,
				 &scene->ues[number].session, &fault))
		fail_msg("%s", fault.text);
}

void scene_challenge(struct scene *scene, unsigned int ue,
		     enum mbms_request type)
{
	static struct scene_response response;
	char target[MBMS_TARGET_SIZE];

	assert_int_equal(mbms_target_write(type, target, NULL), 0);
	scene_http(scene, "POST", target, "", NULL, 0, &response);
	assert_int_equal(response.status, 401);
	session_take(scene, ue, &response);
}

static void credentials_make(struct scene *scene, unsigned int number,
			     enum mbms_request type, const char *body,
			     size_t size,
			     struct digest_credentials *credentials)
{
	struct scene_ue *ue = &scene->ues[number];
	struct secret password = { 0 };
	char target[MBMS_TARGET_SIZE];
	struct digest_request request = {
		.method = "POST", .uri = target, .body = body, .body_size = size
	};
	struct fault fault = { 0 };

	assert_int_equal(mbms_target_write(type, target, NULL), 0);
	assert_int_equal(mbms_digest_password(&ue->mrk, &password, NULL), 0);
	if (digest_credentials_build(&ue->session, ue->btid, "0123456789abcdef",
				     &request, &password, credentials, &fault))
		fail_msg("%s", fault.text);
	secret_clear(&password);
}

void scene_authorization(struct scene *scene, unsigned int ue,
			 enum mbms_request type, const char *body, size_t size,
			 char *text, size_t room)
{
	struct digest_credentials credentials;

	credentials_make(scene, ue, type, body, size, &credentials);
	assert_int_equal(
		digest_credentials_write(&credentials, text, room, NULL), 0);
}

static void check_answer(struct scene *scene, unsigned int number,
			 const struct digest_credentials *credentials,
			 const struct scene_response *response)
{
	struct scene_ue *ue = &scene->ues[number];
	struct secret password = { 0 };
	struct digest_info info;
	struct fault fault = { 0 };
	char header[2048];

	header_read(response, "Authentication-Info", header, sizeof(header));
	assert_int_equal(mbms_digest_password(&ue->mrk, &password, NULL), 0);
	if (digest_info_parse(header, strlen(header), &info, &fault) ||
	    digest_info_verify(&ue->session, credentials, &info, response->body,
			       response->body_size, &password, &fault))
		fail_msg("%s", fault.text);
	secret_clear(&password);
}

unsigned int scene_post(struct scene *scene, unsigned int ue,
			enum mbms_request type, const char *headers,
			const char *body, size_t size,
			struct scene_response *response)
{
	char target[MBMS_TARGET_SIZE], text[6000], all[7000];
	struct digest_credentials credentials;
	bool again;

	assert_int_equal(mbms_target_write(type, target, NULL), 0);
	if (!scene->ues[ue].session.nonce[0])
		scene_challenge(scene, ue, type);
	do {
		credentials_make(scene, ue, type, body, size, &credentials);
		assert_int_equal(digest_credentials_write(&credentials, text,
							  sizeof(text), NULL),
				 0);
		snprintf(all, sizeof(all),
			 "Authorization: %s\r\nContent-Type: %s\r\n%s", text,
			 mbms_request_media_type(type), headers);
		scene_http(scene, "POST", target, all, body, size, response);
		again = response->status == 401 &&
			strstr(response->headers, "stale=true");
		if (response->status == 401)
			session_take(scene, ue, response);
	} while (again);
	if (response->status == 200)
		check_answer(scene, ue, &credentials, response);
	return response->status;
}

unsigned int scene_register(struct scene *scene, unsigned int ue,
			    const char *service, bool joins)
{
	static struct scene_response response;
	struct mbms_services services = { .count = 1 };
	char body[4096];
	struct fault fault = { 0 };
	unsigned int status;
	size_t size;

	strcpy(services.items[0].id, service);
	assert_int_equal(
		mbms_services_write(joins ? MBMS_REGISTER : MBMS_DEREGISTER,
				    &services, body, sizeof(body), &size, NULL),
		0);
	status = scene_post(scene, ue,
			    joins ? MBMS_REQUEST_REGISTER :
				    MBMS_REQUEST_DEREGISTER,
			    "", body, size, &response);
	if (status != 200)
		return status;
	if (mbms_services_parse(MBMS_REGISTER_RESPONSE, response.body,
				response.body_size, &services, &fault))
		fail_msg("%s", fault.text);
	return services.items[0].status;
}

unsigned int scene_request(struct scene *scene, unsigned int ue,
			   uint16_t key_group)
{
	static struct scene_response response;
	struct mbms_msks msks = { .count = 1 };
	struct plmn plmn;
	char body[4096];
	struct fault fault = { 0 };
	size_t size;

	assert_int_equal(plmn_parse("001", "01", &plmn, NULL), 0);
	key_domain_from_plmn(&msks.items[0].msk.domain, &plmn, NULL);
	msks.items[0].msk.msk_id = msk_id_make(key_group, MSK_NUMBER_CURRENT);
	assert_int_equal(mbms_msks_write(MBMS_MSK_REQUEST, &msks, body,
					 sizeof(body), &size, NULL),
			 0);
	assert_int_equal(scene_post(scene, ue, MBMS_REQUEST_MSK, "", body, size,
				    &response),
			 200);
	if (mbms_msks_parse(MBMS_MSK_RESPONSE, response.body,
			    response.body_size, &msks, &fault))
		fail_msg("%s", fault.text);
	return msks.items[0].status;
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
	struct ctl_request request = { .arguments = arguments };
	unsigned int i;

	assert_non_null(arguments);
	for (i = 0; strcmp(commands[i].command, command); i++)
		;
	commands[i].handler(commands[i].argument, &request);
	scene_until(scene, command_done, &request);
	json_decref(arguments);
	*fault = request.fault;
	return request.result;
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
			  SCENE_MTK_PORT, "key-group", 7)));
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
	scene->mikey = udp_open(scene->daemon.loop, &options, mikey_came, scene,
				&fault);
	if (!scene->mikey)
		fail_msg("%s", fault.text);
	udp_local(scene->mikey, &local);
	scene->mikey_port = address_port(&local);
	assert_int_equal(address_parse(SCENE_GROUP, 0, &group, NULL), 0);
	address_port_set(&group, SCENE_MTK_PORT);
	options.local = group;
	scene->group = udp_open(scene->daemon.loop, &options, mikey_came, scene,
				&fault);
	if (!scene->group || udp_join(scene->group, &group, NULL, "lo", &fault))
		fail_msg("%s", fault.text);
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
