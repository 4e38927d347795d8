// SPDX-License-Identifier: GPL-2.0-or-later
/* UEs at the BM-SC: who they are, what they may have, and their first keys. */
#include <stdio.h>

#include "core/announce.h"
#include "daemon_bmsc_scene.h"

static bool has_keys(struct scene *scene, void *argument)
{
	struct scene_ue *ue = argument;

	(void)scene;
	return ue->msks && ue->mtks;
}

/* Register, MSK, verification, MTK: the way that everything else departs from. */
static void registers(void **state)
{
	struct scene *scene = *state;
	struct scene_ue *ue = &scene->ues[0];
	json_t *list;

	scene_service_add(scene);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 200);
	scene_until(scene, has_keys, ue);
	assert_int_equal(ue->last_msk >> 16, 7);
	assert_int_equal(ue->mtk_msk, ue->last_msk);
	list = scene_order(scene, "member list", json_object());
	assert_int_equal(json_integer_value(json_object_get(list, "total")), 1);
	json_decref(list);
}

/* ---- Items ---- */

static void add_service(struct scene *scene, const char *id, const char *group,
			const char *flag, bool value)
{
	json_decref(scene_order(scene, "service add",
				json_pack("{s:s, s:s, s:s, s:i, s:b}",
					  "service", id, "group", group,
					  "device", "lo", "mtk-port",
					  scene->mtk_port, flag, value)));
}

/* One service that cannot be had does not keep the UE from the others. */
static void items(void **state)
{
	static struct scene_response response;
	static struct mbms_services services;
	struct scene *scene = *state;
	char body[4096];
	size_t size;

	scene_service_add(scene);
	add_service(scene, "urn:mbms:closed", "239.255.33.46:5001", "open",
		    false);
	add_service(scene, "urn:mbms:uicc", "239.255.33.46:5002", "uicc", true);
	services.count = 4;
	strcpy(services.items[0].id, "urn:mbms:closed");
	strcpy(services.items[1].id, SCENE_SERVICE);
	strcpy(services.items[2].id, "urn:mbms:unknown");
	strcpy(services.items[3].id, "urn:mbms:uicc");
	assert_int_equal(mbms_services_write(MBMS_REGISTER, &services, body,
					     sizeof(body), &size, NULL),
			 0);
	assert_int_equal(scene_post(scene, 0, MBMS_REQUEST_REGISTER, "", body,
				    size, &response),
			 200);
	assert_int_equal(mbms_services_parse(MBMS_REGISTER_RESPONSE,
					     response.body, response.body_size,
					     &services, NULL),
			 0);
	assert_int_equal(services.items[0].status, 403);
	assert_int_equal(services.items[1].status, 200);
	assert_int_equal(services.items[2].status, 404);
	assert_int_equal(services.items[3].status, 403);
	scene_until(scene, has_keys, &scene->ues[0]);
	/* Whoever is put on the list may have it. */
	json_decref(scene_order(scene, "member admit",
				json_pack("{s:s, s:s}", "service",
					  "urn:mbms:closed", "ue",
					  scene->ues[0].impi)));
	assert_int_equal(scene_register(scene, 0, "urn:mbms:closed", true),
			 200);
	assert_int_equal(scene_register(scene, 1, "urn:mbms:closed", true),
			 403);
}

static void msk_requests(void **state)
{
	struct scene *scene = *state;
	struct scene_ue *ue = &scene->ues[0];

	scene_service_add(scene);
	/* Not registered, no such group. */
	assert_int_equal(scene_request(scene, 0, 7), 403);
	assert_int_equal(scene_request(scene, 0, 8), 404);
	assert_int_equal(ue->msks, 0);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 200);
	scene_until(scene, has_keys, ue);
	ue->msks = 0;
	ue->mtks = 0;
	mgvf_group_delete(&ue->mgvf, &ue->mgvf.msks[0].ref.domain, 7);
	assert_int_equal(scene_request(scene, 0, 7), 200);
	scene_until(scene, has_keys, ue);
}

/* ---- Authentication ---- */

#define BODY "<x/>"

static unsigned int post_raw(struct scene *scene, const char *authorization,
			     const char *type, const char *target,
			     const char *body, struct scene_response *response)
{
	char headers[7000];

	snprintf(headers, sizeof(headers),
		 "Authorization: %s\r\nContent-Type: %s\r\n", authorization,
		 type);
	scene_http(scene, "POST", target, headers, body, strlen(body),
		   response);
	return response->status;
}

#define REGISTER "/keymanagement?requesttype=register"
#define REGISTER_TYPE "application/mbms-register+xml"

static void assert_challenge(const struct scene_response *response, bool stale)
{
	assert_int_equal(response->status, 401);
	assert_non_null(
		strstr(response->headers, "3GPP-bootstrapping@" SCENE_BMSC));
	assert_non_null(strstr(response->headers, "auth-int"));
	assert_int_equal(!!strstr(response->headers, "stale=true"), stale);
}

static void wrong_credentials(void **state)
{
	static struct scene_response response;
	struct scene *scene = *state;
	struct scene_ue *ue = &scene->ues[0];
	char text[6000];

	/* The password of another one. */
	scene_challenge(scene, 0, MBMS_REQUEST_REGISTER);
	secret_set(&ue->mrk, scene->ues[1].mrk.bytes, scene->ues[1].mrk.size);
	scene_authorization(scene, 0, MBMS_REQUEST_REGISTER, BODY, strlen(BODY),
			    text, sizeof(text));
	post_raw(scene, text, REGISTER_TYPE, REGISTER, BODY, &response);
	assert_challenge(&response, false);
	/* It proved nothing, so the next time the BSF is asked again. */
	post_raw(scene, text, REGISTER_TYPE, REGISTER, BODY, &response);
	assert_challenge(&response, false);
	assert_int_equal(scene->questions, 2);
	/* Other octets than those that were signed. */
	scene_challenge(scene, 1, MBMS_REQUEST_REGISTER);
	scene_authorization(scene, 1, MBMS_REQUEST_REGISTER, BODY, strlen(BODY),
			    text, sizeof(text));
	post_raw(scene, text, REGISTER_TYPE, REGISTER, "<y/>", &response);
	assert_challenge(&response, false);
	/* Another target than that. */
	post_raw(scene, text, REGISTER_TYPE,
		 "/keymanagement?requesttype=deregister", BODY, &response);
	assert_int_equal(response.status, 400);
	/* What was signed is authentic, but no XML of ours. */
	post_raw(scene, text, REGISTER_TYPE, REGISTER, BODY, &response);
	assert_int_equal(response.status, 400);
	assert_non_null(strstr(response.headers, "application/problem+json"));
	/* Once. */
	post_raw(scene, text, REGISTER_TYPE, REGISTER, BODY, &response);
	assert_challenge(&response, true);
}

static void malformed(void **state)
{
	static struct scene_response response;
	struct scene *scene = *state;
	char text[6000];

	scene_http(scene, "POST", REGISTER, "", NULL, 0, &response);
	assert_challenge(&response, false);
	post_raw(scene, "Digest username=", REGISTER_TYPE, REGISTER, BODY,
		 &response);
	assert_int_equal(response.status, 400);
	post_raw(scene, "x\r\nAuthorization: y", REGISTER_TYPE, REGISTER, BODY,
		 &response);
	assert_int_equal(response.status, 400);
	scene_http(scene, "POST", "/keymanagement?requesttype=x", "", NULL, 0,
		   &response);
	assert_int_equal(response.status, 404);
	scene_http(scene, "POST", "/keymanagement", "", NULL, 0, &response);
	assert_int_equal(response.status, 400);
	scene_http(scene, "POST", "/keymanagement?requesttype=authorize", "",
		   NULL, 0, &response);
	assert_int_equal(response.status, 501);
	scene_http(scene, "GET", "/", "", NULL, 0, &response);
	assert_int_equal(response.status, 404);
	scene_http(scene, "DELETE", "/keymanagement", "", NULL, 0, &response);
	assert_int_equal(response.status, 405);
	scene_challenge(scene, 0, MBMS_REQUEST_REGISTER);
	scene_authorization(scene, 0, MBMS_REQUEST_REGISTER, BODY, strlen(BODY),
			    text, sizeof(text));
	post_raw(scene, text, "text/html", REGISTER, BODY, &response);
	assert_int_equal(response.status, 415);
}

static void unknown_btid(void **state)
{
	struct scene *scene = *state;
	struct scene_ue *ue = &scene->ues[0];

	scene_service_add(scene);
	strcpy(ue->btid, "AAAAAAAAAAAAAAAAAAAAAA==@" SCENE_BSF);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 401);
	assert_int_equal(scene->questions, 1);
	/* It bootstraps, and all is well. */
	scene_bootstrap(scene, 0, 3600000);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 200);
	scene_until(scene, has_keys, ue);
	/* A new bootstrapping of the same subscriber replaces the old one. */
	scene_bootstrap(scene, 0, 3600000);
	ue->msks = 0;
	assert_int_equal(scene_request(scene, 0, 7), 200);
	scene_until(scene, has_keys, ue);
	assert_int_equal(scene->questions, 3);
	/* One that has expired is of no use. */
	scene_bootstrap(scene, 1, -1000);
	assert_int_equal(scene_register(scene, 1, SCENE_SERVICE, true), 401);
	scene->bsf_down = true;
	assert_int_equal(scene_register(scene, 2, SCENE_SERVICE, true), 503);
	/* Who is known does not need it. */
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 200);
	scene->bsf_down = false;
	assert_int_equal(scene_register(scene, 2, SCENE_SERVICE, true), 200);
}

static bool passed(struct scene *scene, void *argument)
{
	return loop_wall(scene->daemon.loop) > *(int64_t *)argument;
}

/* While a UE is here, its bootstrapping ends. */
static void expiry(void **state)
{
	struct scene *scene = *state;
	int64_t until;

	scene_service_add(scene);
	scene_bootstrap(scene, 0, 2000);
	until = loop_wall(scene->daemon.loop) + 2000;
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 200);
	scene_until(scene, passed, &until);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 401);
	scene_bootstrap(scene, 0, 3600000);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 200);
}

/* A nonce that is too old, or of another process, costs one round more. */
static void stale_nonce(void **state)
{
	static struct scene_response response;
	struct scene *scene = *state;
	int64_t until;
	char text[6000];

	scene_service_add(scene);
	scene_stop(scene);
	scene->bmsc.nonce_lifetime = strdup("100ms");
	scene_start(scene);
	scene_challenge(scene, 0, MBMS_REQUEST_REGISTER);
	until = loop_wall(scene->daemon.loop) + 100;
	scene_until(scene, passed, &until);
	scene_authorization(scene, 0, MBMS_REQUEST_REGISTER, BODY, strlen(BODY),
			    text, sizeof(text));
	post_raw(scene, text, REGISTER_TYPE, REGISTER, BODY, &response);
	assert_challenge(&response, true);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 200);
	scene_stop(scene);
	scene_start(scene);
	assert_int_equal(scene_register(scene, 0, SCENE_SERVICE, true), 200);
	/* Not after the one that it was given in the meantime. */
	scene_challenge(scene, 1, MBMS_REQUEST_REGISTER);
	scene_authorization(scene, 1, MBMS_REQUEST_REGISTER, BODY, strlen(BODY),
			    text, sizeof(text));
	assert_int_equal(scene_register(scene, 1, SCENE_SERVICE, true), 200);
	assert_int_equal(scene_register(scene, 1, SCENE_SERVICE, true), 200);
	post_raw(scene, text, REGISTER_TYPE, REGISTER, BODY, &response);
	assert_challenge(&response, true);
}

/* ---- Identity ---- */

static unsigned int register_as(struct scene *scene, const char *identity)
{
	static struct scene_response response;
	struct mbms_services services = { .count = 1 };
	char body[4096], header[512];
	size_t size;

	strcpy(services.items[0].id, SCENE_SERVICE);
	mbms_services_write(MBMS_REGISTER, &services, body, sizeof(body), &size,
			    NULL);
	snprintf(header, sizeof(header), "X-3GPP-Intended-Identity: %s\r\n",
		 identity);
	return scene_post(scene, 0, MBMS_REQUEST_REGISTER, header, body, size,
			  &response);
}

static void intended_identity(void **state)
{
	struct scene *scene = *state;
	char identity[300];

	scene_service_add(scene);
	snprintf(identity, sizeof(identity), "\"%s\"", scene->ues[0].impi);
	assert_int_equal(register_as(scene, identity), 200);
	snprintf(identity, sizeof(identity), "\"sip:%s\"", scene->ues[0].impi);
	assert_int_equal(register_as(scene, identity), 200);
	snprintf(identity, sizeof(identity), "\"%s\"", scene->ues[1].impi);
	assert_int_equal(register_as(scene, identity), 403);
	assert_int_equal(register_as(scene, "\"a@b\", \"c@d\""), 400);
	assert_int_equal(register_as(scene, "nobody"), 400);
}

/* ---- Announcement ---- */

static void announcement(void **state)
{
	static struct announce_security security;
	static struct scene_response response;
	struct scene *scene = *state;
	struct fault fault = { 0 };

	scene_service_add(scene);
	scene_http(scene, "GET", "/announcement/urn:mbms:none", "", NULL, 0,
		   &response);
	assert_int_equal(response.status, 404);
	scene_http(scene, "GET", "/announcement/urn%3Ambms%3Atv", "", NULL, 0,
		   &response);
	assert_int_equal(response.status, 200);
	if (announce_security_parse(response.body, response.body_size,
				    &security, &fault))
		fail_msg("%s", fault.text);
	assert_true(security.confidentiality);
	assert_true(security.integrity);
	assert_int_equal(security.flow_count, 1);
	assert_string_equal(security.flows[0].id, SCENE_GROUP);
	assert_int_equal(security.flows[0].msks[0].msk_id, 7 << 16);
	assert_int_equal(security.flows[0].transport.format,
			 ANNOUNCE_FORMAT_SFRAME);
	assert_int_equal(security.flows[0].transport.mtk_port, scene->mtk_port);
	assert_int_equal(security.flows[0].transport.sender_count, 1);
	assert_int_equal(security.flows[0].transport.senders[0], 0x100);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(registers),
		TEST(items),
		TEST(msk_requests),
		TEST(wrong_credentials),
		TEST(malformed),
		TEST(unknown_btid),
		TEST(expiry),
		TEST(stale_nonce),
		TEST(intended_identity),
		TEST(announcement),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
