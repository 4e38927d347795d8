// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon_ue_server.h"

#include <openssl/rand.h>
#include <stdio.h>

#include "core/bsf_xml.h"
#include "core/digest_aka.h"
#include "core/digest_realm.h"
#include "core/mbms_http.h"
#include "core/mbms_profile.h"
#include "daemon_ue_scene.h"
#include "roles/ue.h"

#define HEADER_SIZE 8192
#define MTK_PORT 5078

uint16_t server_mikey_port(void)
{
	return (uint16_t)ue_mikey_port(scene->daemon.ue);
}

uint16_t server_mtk_port(void)
{
	return MTK_PORT;
}

static void random_hex(char *text, size_t octets)
{
	uint8_t octet;

	while (octets--) {
		RAND_bytes(&octet, 1);
		text += sprintf(text, "%02x", octet);
	}
}

static void reply_challenge(struct httpd_request *request,
			    const struct digest_session *session, bool stale)
{
	struct digest_challenge challenge;
	char text[HEADER_SIZE];
	const struct httpd_header headers[] = { { "WWW-Authenticate", text },
						{ NULL, NULL } };

	assert_int_equal(
		digest_session_challenge(session, stale, &challenge, NULL), 0);
	assert_int_equal(digest_challenge_write(&challenge, text, sizeof(text),
						NULL),
			 0);
	httpd_reply(request, 401, headers, NULL, NULL, 0);
}

/* 200 with rspauth over the body. */
static void reply_authentic(struct httpd_request *request,
			    struct digest_session *session,
			    const struct digest_credentials *credentials,
			    const struct secret *password, const char *next,
			    bool bad, const char *type, const char *body,
			    size_t size)
{
	char text[HEADER_SIZE];
	const struct httpd_header headers[] = { { "Authentication-Info", text },
						{ NULL, NULL } };
	struct digest_info info;

	assert_int_equal(digest_info_build(session, credentials, body, size,
					   password, next, &info, NULL),
			 0);
	if (bad)
		info.rspauth[0] = info.rspauth[0] == 'a' ? 'b' : 'a';
	assert_int_equal(digest_info_write(&info, text, sizeof(text), NULL), 0);
	httpd_reply(request, 200, headers, type, body, size);
}

static bool read_credentials(struct httpd_request *request,
			     struct digest_credentials *credentials)
{
	const char *header = httpd_header(request, "Authorization", NULL);

	return header && !digest_credentials_parse(header, strlen(header),
						   credentials, NULL);
}

/* ---- BSF ---- */

static struct scene_user *user_of_impi(const char *impi)
{
	unsigned int number;

	/* Each IMSI is 00101 and ten digits, from 1. */
	if (sscanf(impi, "00101%10u@", &number) != 1 || !number ||
	    number > SCENE_USERS_MAX)
		return NULL;
	snprintf(scene->users[number - 1].impi, IMPI_TEXT_SIZE, "%.255s", impi);
	return &scene->users[number - 1];
}

static void challenge_aka(struct httpd_request *request,
			  struct scene_user *user)
{
	struct digest_aka_nonce nonce = { .data_size = 0 };
	uint8_t rand[RAND_SIZE];
	uint64_t sqn;

	RAND_bytes(rand, sizeof(rand));
	aka_vector_clear(&user->vector);
	assert_int_equal(aka_sqn_next(&user->sqn, &sqn, NULL), 0);
	assert_int_equal(aka_vector_build(&scene->keys, rand, sqn, 0,
					  &user->vector, NULL),
			 0);
	memcpy(nonce.rand, user->vector.rand, sizeof(nonce.rand));
	memcpy(nonce.autn, user->vector.autn, sizeof(nonce.autn));
	if (scene->bad_autn)
		nonce.autn[15] ^= 1;
	user->ub = (struct digest_session){ .algorithm = DIGEST_AKAV1_MD5,
					    .qops = DIGEST_BIT(DIGEST_AUTH_INT),
					    .count_max = 8,
					    .expires = UINT64_MAX };
	strcpy(user->ub.realm, BSF_NAME);
	assert_int_equal(digest_aka_nonce_write(&nonce, user->ub.nonce, NULL),
			 0);
	reply_challenge(request, &user->ub, false);
}

static void resynchronise(struct httpd_request *request,
			  struct scene_user *user,
			  const struct digest_credentials *credentials,
			  const struct digest_request *digest)
{
	const struct aka_sqn_policy policy = AKA_SQN_POLICY_DEFAULT;
	uint8_t auts[AUTS_SIZE];
	uint64_t sqn_ms;

	scene->counts.resyncs++;
	assert_int_equal(digest_aka_resync_verify(&user->ub, credentials,
						  digest, 0, auts, NULL),
			 0);
	assert_int_equal(aka_auts_check(&scene->keys, user->vector.rand, auts,
					&sqn_ms, NULL),
			 0);
	assert_int_equal(
		aka_sqn_resynchronise(&user->sqn, &policy, sqn_ms, NULL), 0);
	challenge_aka(request, user);
}

/* Ks_NAF of our BM-SC, and what follows from it. */
static void derive_keys(struct scene_user *user)
{
	struct bootstrap_keys keys = { .mode = BOOTSTRAP_GBA_ME };
	struct secret ks = { 0 }, mrk = { 0 };
	struct naf_id naf_id;

	naf_id_set(&naf_id, BMSC_NAME, UA_PROTOCOL_MBMS, NULL);
	assert_int_equal(kdf_ks(&user->vector.ck, &user->vector.ik, &ks, NULL),
			 0);
	assert_int_equal(kdf_ks_naf(&ks, user->vector.rand, user->impi, &naf_id,
				    &keys.key, NULL),
			 0);
	assert_int_equal(kdf_muk(&keys, &user->muk, NULL), 0);
	assert_int_equal(kdf_mrk(&keys, &mrk, NULL), 0);
	assert_int_equal(mbms_digest_password(&mrk, &user->password, NULL), 0);
	secret_clear(&ks);
	secret_clear(&mrk);
	bootstrap_keys_clear(&keys);
	user->counter = 0;
	memset(&user->ua, 0, sizeof(user->ua));
}

static void bootstrap(struct httpd_request *request, struct scene_user *user,
		      const struct digest_credentials *credentials)
{
	struct bsf_info info = { .expires = loop_wall(scene->loop) / 1000 +
					    scene->lifetime };
	char body[1024];
	size_t size;

	scene->counts.bootstrapped++;
	scene->forget = false;
	derive_keys(user);
	btid_format(user->vector.rand, BSF_NAME, user->btid, NULL);
	strcpy(info.btid, user->btid);
	if (scene->bad_btid)
		info.btid[0] = info.btid[0] == 'A' ? 'B' : 'A';
	assert_int_equal(bsf_info_write(&info, body, sizeof(body), &size, NULL),
			 0);
	reply_authentic(request, &user->ub, credentials, &user->vector.xres,
			NULL, scene->bad_rspauth_ub,
			"application/vnd.3gpp.bsf+xml", body, size);
}

static void serve_bsf(struct httpd_request *request)
{
	const struct digest_request digest = { .method = "GET",
					       .uri = request->target };
	struct digest_credentials credentials;
	struct scene_user *user;

	assert_true(read_credentials(request, &credentials));
	user = user_of_impi(credentials.username);
	assert_non_null(user);
	if (digest_credentials_are_initial(&credentials)) {
		scene->counts.bootstraps++;
		challenge_aka(request, user);
	} else if (credentials.has_auts) {
		resynchronise(request, user, &credentials, &digest);
	} else {
		scene->counts.responses++;
		if (digest_credentials_verify(&user->ub, &credentials, &digest,
					      &user->vector.xres, 0, NULL))
			challenge_aka(request, user);
		else
			bootstrap(request, user, &credentials);
	}
}

/* ---- Announcement ---- */

static void serve_announcement(struct httpd_request *request)
{
	struct announce_security *security = calloc(1, sizeof(*security));
	struct announce_flow *flow = &security->flows[0];
	struct fault fault = { 0 };
	char body[4096];
	size_t size, i;

	scene->counts.announcements++;
	security->confidentiality = true;
	security->integrity = true;
	security->server_count = 1;
	strcpy(security->servers[0], scene->url);
	security->flow_count = 1;
	snprintf(flow->id, sizeof(flow->id), GROUP ":%d", TRAFFIC_PORT);
	flow->msk_count = 1;
	flow->msks[0].domain = (struct key_domain){ { 0x00, 0xf1, 0x10 } };
	flow->msks[0].msk_id = msk_id_make(KEY_GROUP, 0);
	flow->transport.format = ANNOUNCE_FORMAT_SFRAME;
	flow->transport.mtk_port = server_mtk_port();
	if (scene->announced.suite) {
		security->confidentiality =
			srtp_suite_encrypts(scene->announced.suite);
		flow->transport.format = ANNOUNCE_FORMAT_SRTP;
		flow->transport.suite = scene->announced.suite;
		flow->transport.roc_rate = scene->announced.roc_rate;
		flow->transport.rtcp_port = TRAFFIC_PORT + 3;
	}
	flow->transport.sender_count = scene->announced.suite ? 0 :
								scene->senders;
	for (i = 0; i < flow->transport.sender_count; i++)
		flow->transport.senders[i] = (uint16_t)(0x100 + i);
	if (announce_security_write(security, body, sizeof(body), &size,
				    &fault))
		fail_msg("%s", fault.text);
	free(security);
	httpd_reply(request, 200, NULL,
		    "application/mbms-protection-description+xml", body, size);
}

/* ---- BM-SC ---- */

static struct scene_user *user_of_btid(const char *btid)
{
	size_t i;

	for (i = 0; i < SCENE_USERS_MAX; i++)
		if (scene->users[i].btid[0] &&
		    !strcmp(scene->users[i].btid, btid))
			return &scene->users[i];
	return NULL;
}

static void new_nonce(struct digest_session *session)
{
	*session = (struct digest_session){
		.algorithm = DIGEST_SHA256,
		.qops = DIGEST_BIT(DIGEST_AUTH_INT),
		.count_max = 100,
		.expires = UINT64_MAX,
	};
	assert_int_equal(digest_realm_build(GBA_BIT(GBA_ME) | GBA_BIT(GBA_U),
					    BMSC_NAME, session->realm,
					    sizeof(session->realm), NULL),
			 0);
	random_hex(session->nonce, 16);
}

/* Whoever does not say who he is gets a nonce that is good for everybody once. */
static void challenge_ua(struct httpd_request *request, struct scene_user *user)
{
	struct digest_session *session = user ? &user->ua : &scene->anybody;

	scene->counts.challenges++;
	if (user || !session->nonce[0])
		new_nonce(session);
	reply_challenge(request, session, false);
}

static void answer_services(const struct httpd_request *request,
			    enum mbms_body body, char *answer, size_t *size)
{
	struct mbms_services services;
	size_t i;

	assert_int_equal(mbms_services_parse(body, request->body,
					     request->body_size, &services,
					     NULL),
			 0);
	for (i = 0; i < services.count; i++)
		services.items[i].status = scene->status ? scene->status :
							   MBMS_STATUS_OK;
	assert_int_equal(mbms_services_write(MBMS_REGISTER_RESPONSE, &services,
					     answer, HEADER_SIZE, size, NULL),
			 0);
}

static void answer_msks(const struct httpd_request *request, char *answer,
			size_t *size)
{
	struct mbms_msks msks;
	size_t i;

	assert_int_equal(mbms_msks_parse(MBMS_MSK_REQUEST, request->body,
					 request->body_size, &msks, NULL),
			 0);
	for (i = 0; i < msks.count; i++)
		msks.items[i].status = scene->status ? scene->status :
						       MBMS_STATUS_OK;
	assert_int_equal(mbms_msks_write(MBMS_MSK_RESPONSE, &msks, answer,
					 HEADER_SIZE, size, NULL),
			 0);
}

static void serve_authentic(struct httpd_request *request,
			    struct scene_user *user,
			    const struct digest_credentials *credentials,
			    enum mbms_request kind)
{
	char answer[HEADER_SIZE], next[33] = "";
	struct digest_session session = user->ua;
	size_t size;

	scene->counts.requests++;
	if (kind == MBMS_REQUEST_REGISTER) {
		scene->counts.registers++;
		user->registered = true;
		answer_services(request, MBMS_REGISTER, answer, &size);
	} else if (kind == MBMS_REQUEST_DEREGISTER) {
		scene->counts.deregisters++;
		user->registered = false;
		answer_services(request, MBMS_DEREGISTER, answer, &size);
	} else {
		scene->counts.msk_requests++;
		answer_msks(request, answer, &size);
	}
	if (scene->nextnonce) {
		random_hex(next, 16);
		assert_int_equal(digest_session_renew(&user->ua, next, false,
						      UINT64_MAX, NULL),
				 0);
	}
	reply_authentic(request, &session, credentials, &user->password,
			next[0] ? next : NULL, scene->bad_rspauth_ua,
			mbms_response_media_type(kind), answer, size);
	if (!scene->silent && !scene->status && kind != MBMS_REQUEST_DEREGISTER)
		scene_push((unsigned int)(user - scene->users));
}

static void serve_bmsc(struct httpd_request *request)
{
	const struct digest_request digest = { .method = "POST",
					       .uri = request->target,
					       .body = request->body,
					       .body_size =
						       request->body_size };
	struct digest_credentials credentials;
	struct scene_user *user = NULL;
	enum mbms_request kind;

	assert_int_equal(mbms_target_parse(request->target,
					   strlen(request->target), &kind,
					   NULL),
			 0);
	if (scene->broken) {
		scene->broken--;
		httpd_reply(request, 503, NULL, NULL, NULL, 0);
		return;
	}
	if (read_credentials(request, &credentials) && !scene->forget)
		user = user_of_btid(credentials.username);
	if (user && !user->ua.nonce[0])
		user->ua = scene->anybody;
	if (!user || !user->ua.nonce[0] ||
	    digest_credentials_verify(&user->ua, &credentials, &digest,
				      &user->password, 0, NULL))
		challenge_ua(request, user);
	else
		serve_authentic(request, user, &credentials, kind);
}

/* ---- Sockets ---- */

static void serve(void *argument, struct httpd_request *request)
{
	(void)argument;
	if (scene->gone)
		httpd_reply(request, 503, NULL, NULL, NULL, 0);
	else if (!strncmp(request->path, "/announcement/", 14))
		serve_announcement(request);
	else if (!strcmp(request->path, "/bsf"))
		serve_bsf(request);
	else
		serve_bmsc(request);
}

/* Is it the answer to one of the last messages to one of the UEs? */
static bool verify(struct scene_user *user, const struct mikey_message *answer)
{
	struct mbms_msk_message request = {
		.responder = mbms_responder(user->btid),
		.counter = (uint32_t)answer->timestamp,
		.csb_id = scene->msk.csb_id,
	};
	struct naf_id naf_id;

	naf_id_set(&naf_id, BMSC_NAME, UA_PROTOCOL_MBMS, NULL);
	request.initiator = mbms_initiator(&naf_id);
	memcpy(request.rand, scene->msk.rand, sizeof(request.rand));
	return !mbms_verification_check(answer, &request, &user->muk, NULL);
}

static void received(void *argument, const struct udp_datagram *datagram)
{
	struct mikey_message message;
	char btid[BTID_TEXT_SIZE];
	struct scene_user *user;
	enum mbms_kind kind;

	(void)argument;
	assert_int_equal(mbms_message_decode(&message, &kind, datagram->data,
					     datagram->size, NULL),
			 0);
	assert_int_equal(kind, MBMS_VERIFICATION);
	snprintf(btid, sizeof(btid), "%.*s", (int)message.responder.data.size,
		 (const char *)message.responder.data.data);
	user = user_of_btid(btid);
	if (!user || !verify(user, &message)) {
		scene->counts.bad_verifications++;
		return;
	}
	user->verified++;
	scene->counts.verifications++;
}

void server_start(void)
{
	struct httpd_options options = { 0 };
	struct udp_options udp = { .device = "lo",
				   .loop_back = true,
				   .receive_buffer = 4 << 20 };
	struct fault fault = { 0 };
	union address local;

	assert_int_equal(address_parse("127.0.0.1", 0, &options.local, NULL),
			 0);
	udp.local = options.local;
	scene->httpd = httpd_open(scene->loop, &options, serve, NULL, &fault);
	if (!scene->httpd)
		fail_msg("%s", fault.text);
	scene->udp = udp_open(scene->loop, &udp, received, NULL, &fault);
	if (!scene->udp)
		fail_msg("%s", fault.text);
	httpd_local(scene->httpd, &local);
	snprintf(scene->url, sizeof(scene->url), "http://127.0.0.1:%u",
		 address_port(&local));
	snprintf(scene->bsf_url, sizeof(scene->bsf_url), "%s/bsf", scene->url);
}

void server_stop(void)
{
	size_t i;

	httpd_close(scene->httpd);
	udp_close(scene->udp);
	for (i = 0; i < SCENE_USERS_MAX; i++) {
		aka_vector_clear(&scene->users[i].vector);
		secret_clear(&scene->users[i].muk);
		secret_clear(&scene->users[i].password);
	}
}
