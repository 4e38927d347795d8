// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon_gba_scene.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "store/subscriber.h"

#define LIMIT 20000

/* A port that nobody has at the moment. */
static unsigned int free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size),
			 0);
	close(fd);
	return ntohs(address.sin_port);
}

static void write_key(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int i;

	assert_true(fd >= 0);
	for (i = 0; i < 32; i++)
		assert_int_equal(write(fd, "5a", 2), 2);
	close(fd);
}

static void add_subscriber(struct scene *scene)
{
	struct subscriber subscriber = { .impi = IMPI, .imsi = IMSI };
	struct secret k = { 0 }, opc = { 0 };
	uint8_t octets[MILENAGE_KEY_SIZE];

	memset(octets, 0x11, sizeof(octets));
	assert_int_equal(secret_set(&k, octets, sizeof(octets)), 0);
	memset(octets, 0x22, sizeof(octets));
	assert_int_equal(secret_set(&opc, octets, sizeof(octets)), 0);
	assert_int_equal(milenage_set(&scene->keys, &k, &opc, NULL), 0);
	secret_clear(&k);
	secret_clear(&opc);
	assert_int_equal(subscriber_put(scene->daemon.store, &subscriber,
					&scene->keys, NULL),
			 0);
	assert_int_equal(store_commit(scene->daemon.store, NULL), 0);
}

static void configure(struct scene *scene, bool remote)
{
	scene->config.hss = &scene->hss_config;
	scene->config.bsf = &scene->bsf_config;
	scene->daemon.config = &scene->config;
	scene->hss_config.network = "001-01";
	scene->nafs[0].name = NAF_NAME;
	scene->bsf_config = (struct bsf_config){
		.listen = "127.0.0.1:0",
		.name = BSF_NAME,
		.nafs = scene->nafs,
		.nafs_count = 1,
	};
	if (!remote)
		return;
	write_key(scene->key_file);
	snprintf(scene->zh_listen, sizeof(scene->zh_listen), "127.0.0.1:%u",
		 free_port());
	snprintf(scene->zh_url, sizeof(scene->zh_url), "http://%s",
		 scene->zh_listen);
	scene->hss_config.listen = scene->zh_listen;
	scene->hss_config.key_file = scene->key_file;
	scene->bsf_config.hss = scene->zh_url;
	scene->bsf_config.hss_key_file = scene->key_file;
}

static void configure_zn(struct scene *scene)
{
	snprintf(scene->zn_listen, sizeof(scene->zn_listen), "127.0.0.1:%u",
		 free_port());
	snprintf(scene->zn_url, sizeof(scene->zn_url), "http://%s",
		 scene->zn_listen);
	scene->bsf_config.zn_listen = scene->zn_listen;
	scene->nafs[0].key_file = scene->key_file;
}

static void open_parts(struct scene *scene)
{
	static const struct httpc_options http = { 0 };
	struct daemon *daemon = &scene->daemon;
	struct fault fault = { 0 };
	uint8_t octets[32] = { 1 };

	assert_int_equal(secret_set(&scene->kek, octets, sizeof(octets)), 0);
	daemon->loop = loop_new(&fault);
	assert_non_null(daemon->loop);
	daemon->store =
		store_open(daemon->loop, scene->path, &scene->kek, &fault);
	assert_non_null(daemon->store);
	daemon->http = httpc_new(daemon->loop, &http, &fault);
	assert_non_null(daemon->http);
	daemon->ctl = ctl_open(daemon->loop, scene->socket, &fault);
	assert_non_null(daemon->ctl);
}

struct scene *scene_new(bool remote)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	struct fault fault = { 0 };
	union address local;

	assert_non_null(scene);
	strcpy(scene->folder, "/tmp/mbsec-gba-XXXXXX");
	assert_non_null(mkdtemp(scene->folder));
	snprintf(scene->path, sizeof(scene->path), "%s/db", scene->folder);
	snprintf(scene->socket, sizeof(scene->socket), "%s/ctl", scene->folder);
	snprintf(scene->key_file, sizeof(scene->key_file), "%s/key",
		 scene->folder);
	configure(scene, remote);
	if (remote)
		configure_zn(scene);
	open_parts(scene);
	if (hss_role.start(&scene->daemon, &fault) ||
	    bsf_role.start(&scene->daemon, &fault))
		fail_msg("%s", fault.text);
	add_subscriber(scene);
	httpd_local(scene->daemon.bsf->httpd, &local);
	snprintf(scene->url, sizeof(scene->url), "http://127.0.0.1:%u/",
		 address_port(&local));
	return scene;
}

void scene_free(struct scene *scene)
{
	char command[128];

	bsf_role.stop(&scene->daemon);
	hss_role.stop(&scene->daemon);
	ctl_close(scene->daemon.ctl);
	httpc_free(scene->daemon.http);
	store_close(scene->daemon.store);
	loop_free(scene->daemon.loop);
	secret_clear(&scene->kek);
	milenage_clear(&scene->keys);
	aka_answer_clear(&scene->aka);
	snprintf(command, sizeof(command), "rm -r %s", scene->folder);
	assert_int_equal(system(command), 0);
	free(scene);
}

static void on_limit(void *argument)
{
	(void)argument;
	fail_msg("not done after %d ms", LIMIT);
}

struct wait {
	struct scene *scene;
	const bool *done;
};

static void look(void *argument)
{
	struct wait *wait = argument;

	if (*wait->done)
		loop_stop(wait->scene->daemon.loop);
}

void scene_run(struct scene *scene, const bool *done)
{
	struct wait wait = { scene, done };
	struct loop_round round;

	loop_round_add(scene->daemon.loop, &round, look, &wait);
	loop_timer_set(scene->daemon.loop, &scene->limit, LIMIT, on_limit,
		       scene);
	assert_int_equal(loop_run(scene->daemon.loop, NULL), 0);
	loop_timer_stop(&scene->limit);
	loop_round_remove(scene->daemon.loop, &round);
}

static void on_answer(void *argument, const struct httpc_response *response)
{
	const char *challenge = httpc_header(response, "WWW-Authenticate");
	const char *info = httpc_header(response, "Authentication-Info");
	struct answer *answer = argument;

	answer->there = true;
	answer->status = response->status;
	snprintf(answer->challenge, sizeof(answer->challenge), "%s",
		 challenge ? challenge : "");
	snprintf(answer->info, sizeof(answer->info), "%s", info ? info : "");
	assert_true(response->body_size < sizeof(answer->body));
	memcpy(answer->body, response->body ? response->body : "",
	       response->body_size);
	answer->body_size = response->body_size;
}

void scene_get(struct scene *scene,
	       const struct digest_credentials *credentials)
{
	char header[4096] = "Authorization: ";
	const char *const headers[] = { credentials ? header : NULL, NULL };
	const struct httpc_request request = { .method = "GET",
					       .url = scene->url,
					       .headers = headers };
	size_t length = strlen(header);

	if (credentials)
		assert_int_equal(
			digest_credentials_write(credentials, header + length,
						 sizeof(header) - length, NULL),
			0);
	scene->answer = (struct answer){ .there = false };
	assert_non_null(httpc_send(scene->daemon.http, &request, on_answer,
				   &scene->answer, NULL));
	scene_run(scene, &scene->answer.there);
}

void scene_ask(struct scene *scene, const char *impi)
{
	struct digest_credentials credentials = { .uri = "/",
						  .realm = BSF_NAME };

	snprintf(credentials.username, sizeof(credentials.username), "%s",
		 impi);
	scene_get(scene, &credentials);
}

int scene_take_challenge(struct scene *scene, struct fault *fault)
{
	const struct aka_sqn_policy policy = AKA_SQN_POLICY_DEFAULT;
	const struct digest_challenge *chosen;
	struct digest_challenge challenge;
	struct digest_aka_nonce nonce;
	enum digest_qop qop;
	size_t count;

	assert_int_equal(scene->answer.status, 401);
	assert_int_equal(
		digest_challenges_parse(scene->answer.challenge,
					strlen(scene->answer.challenge),
					&challenge, 1, &count, NULL),
		0);
	assert_int_equal(digest_challenge_choose(&challenge, count,
						 &digest_policy_ub, &chosen,
						 &qop, NULL),
			 0);
	assert_string_equal(chosen->realm, BSF_NAME);
	assert_int_equal(digest_session_start(chosen, qop, chosen->realm,
					      &scene->session, NULL),
			 0);
	assert_int_equal(digest_aka_nonce_parse(chosen->nonce, &nonce, NULL),
			 0);
	aka_answer_clear(&scene->aka);
	return aka_challenge_check(&scene->keys, &scene->sqn, &policy,
				   nonce.rand, nonce.autn, &scene->aka, fault);
}

void scene_respond(struct scene *scene, const char *password)
{
	const struct digest_request request = { .method = "GET", .uri = "/" };
	struct secret other = { 0 };

	if (password)
		assert_int_equal(secret_set(&other, password, strlen(password)),
				 0);
	assert_int_equal(digest_credentials_build(
				 &scene->session, IMPI, "0123456789abcdef",
				 &request, password ? &other : &scene->aka.res,
				 &scene->credentials, NULL),
			 0);
	secret_clear(&other);
	scene_get(scene, &scene->credentials);
}

void scene_resync(struct scene *scene)
{
	const struct digest_request request = { .method = "GET", .uri = "/" };

	assert_int_equal(digest_aka_resync_build(&scene->session, IMPI,
						 "0123456789abcdef", &request,
						 scene->aka.auts,
						 &scene->credentials, NULL),
			 0);
	scene_get(scene, &scene->credentials);
}

void scene_bootstrap(struct scene *scene, struct bsf_info *info)
{
	struct digest_info authentic;

	scene_ask(scene, IMPI);
	assert_int_equal(scene_take_challenge(scene, NULL), 0);
	scene_respond(scene, NULL);
	assert_int_equal(scene->answer.status, 200);
	assert_int_equal(digest_info_parse(scene->answer.info,
					   strlen(scene->answer.info),
					   &authentic, NULL),
			 0);
	assert_int_equal(digest_info_verify(&scene->session,
					    &scene->credentials, &authentic,
					    scene->answer.body,
					    scene->answer.body_size,
					    &scene->aka.res, NULL),
			 0);
	assert_int_equal(bsf_info_parse(scene->answer.body,
					scene->answer.body_size, info, NULL),
			 0);
}
