// SPDX-License-Identifier: GPL-2.0-or-later
/* What UEs do: MIKEY and HTTP. */
#include <arpa/inet.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/digest_realm.h"
#include "core/mbms_profile.h"
#include "daemon_bmsc_scene.h"

/* ---- MIKEY at the UEs ---- */

static void count(struct scene_ue *ue, struct mgvf_outcome *outcome)
{
	switch (outcome->event) {
	case MGVF_MSK_STORED:
		ue->msks++;
		ue->last_msk = outcome->ref.msk_id;
		memcpy(ue->streams, outcome->streams, sizeof(ue->streams));
		ue->stream_count = outcome->stream_count;
		ue->policy = outcome->policies[0];
		ue->policy_count = outcome->policy_count;
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
		secret_set(&ue->salt, outcome->salt.bytes, outcome->salt.size);
		break;
	default:
		break;
	}
}

void scene_mikey_came(void *argument, const struct udp_datagram *datagram)
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
