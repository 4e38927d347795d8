// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bmsc_request.h"
#include "core/kdf_gba.h"
#include "core/mbms_xml_names.h"
#include "io/httpd.h"
#include "log.h"
#include "zn.h"

#define ANNOUNCEMENT_PATH "/announcement/"
#define ANNOUNCEMENT_SIZE 32768
#define INFO_SIZE 1024

/* ---- Requests ---- */

static void request_free(struct bmsc_request *request)
{
	struct bmsc *bmsc = request->bmsc;

	store_forget(bmsc->store, &request->waiter);
	if (request->ue)
		bmsc_ue_unpin(bmsc, request->ue);
	LIST_REMOVE(request, link);
	free(request->follow);
	free(request->body);
	free(request);
}

static void refuse(struct bmsc_request *request, unsigned int status,
		   const struct fault *fault)
{
	httpd_refuse(request->http, status, NULL, fault);
	request_free(request);
}

/* 401: the UE proves who it is, or bootstraps before it does. */
static void challenge(struct bmsc *bmsc, struct httpd_request *http, bool stale,
		      const struct fault *fault)
{
	char texts[2][BMSC_CHALLENGE_SIZE];
	struct httpd_header headers[] = {
		{ "WWW-Authenticate", texts[0] },
		{ "WWW-Authenticate", texts[1] },
		{ NULL, NULL },
	};
	struct fault failure = { 0 };

	if (bmsc_challenge_write(bmsc, stale, texts, &failure))
		httpd_refuse(http, 500, NULL, &failure);
	else
		httpd_refuse(http, 401, headers, fault);
}

static void request_challenge(struct bmsc_request *request, bool stale,
			      const struct fault *fault)
{
	challenge(request->bmsc, request->http, stale, fault);
	request_free(request);
}

static void answer(void *argument, const struct fault *fault)
{
	struct bmsc_request *request = argument;
	struct fault failure = { 0 };
	char info[INFO_SIZE];
	struct httpd_header headers[] = {
		{ "Authentication-Info", info },
		{ "Cache-Control", "no-store" },
		{ NULL, NULL },
	};

	if (fault) {
		refuse(request, 503, fault);
		return;
	}
	bmsc_procedure_follow(request);
	if (bmsc_info_write(request, info, sizeof(info), &failure)) {
		refuse(request, 500, &failure);
		return;
	}
	httpd_reply(request->http, 200, headers,
		    mbms_response_media_type(request->type), request->body,
		    request->body_size);
	request_free(request);
}

/* ---- Who it is, and who it wants to be (TS 24.109, annex B.3) ---- */

/* We know a subscriber by its private identity; the public one that goes with it
 * without ISIM is the same as a SIP URI (TS 23.003, 13.4B).
 */
static unsigned int check_identity(const struct bmsc_request *request,
				   struct fault *fault)
{
	const char *value =
		httpd_header(request->http, NAME_INTENDED_IDENTITY, fault);
	struct mbms_identities identities;
	const char *identity;

	if (!value)
		return fault->code ? 400 : 0;
	if (mbms_identities_parse(value, strlen(value), &identities, fault))
		return 400;
	if (identities.count != 1) {
		fault_set(fault, FAULT_MALFORMED,
			  NAME_INTENDED_IDENTITY " has more than one identity");
		return 400;
	}
	identity = identities.items[0];
	if (!strncmp(identity, "sip:", 4))
		identity += 4;
	if (!strcmp(identity, request->ue->impi))
		return 0;
	fault_set(fault, FAULT_UNAUTHENTIC,
		  NAME_INTENDED_IDENTITY " is not of this subscriber");
	return 403;
}

static unsigned int check_type(const struct bmsc_request *request,
			       struct fault *fault)
{
	const char *value = httpd_header(request->http, "Content-Type", fault);

	if (!value) {
		fault_set(fault, FAULT_UNSUPPORTED, "Content-Type is missing");
		return fault->code == FAULT_MALFORMED ? 400 : 415;
	}
	return mbms_media_type_check(value, strlen(value),
				     mbms_request_media_type(request->type),
				     fault) ?
		       415 :
		       0;
}

/* Where it is asked from is where MIKEY goes to (mbms_profile.h, 9). */
static unsigned int note_address(struct bmsc_request *request,
				 struct fault *fault)
{
	struct bmsc *bmsc = request->bmsc;
	union address address = request->http->peer;

	address_port_set(&address, bmsc->settings.mikey_port);
	return bmsc_ue_move(bmsc, request->ue, &address, fault) ? 503 : 0;
}

/* It is authentic. */
static void serve(struct bmsc_request *request)
{
	struct fault fault = { 0 };
	unsigned int status;

	bmsc_nonce_used(request, request->ue);
	status = check_identity(request, &fault);
	if (!status)
		status = check_type(request, &fault);
	if (!status)
		status = note_address(request, &fault);
	if (!status)
		status = bmsc_procedure_run(request, &fault);
	if (status)
		refuse(request, status, &fault);
	else
		store_after_commit(request->bmsc->store, &request->waiter,
				   answer, request);
}

/* ---- Authentication ---- */

static void not_authentic(struct bmsc_request *request,
			  const struct fault *fault)
{
	log_debug(BMSC_AREA, "request-refused",
		  LOG_TEXT("btid", request->credentials.username),
		  LOG_TEXT("reason", fault->text));
	switch (fault->code) {
	case FAULT_MALFORMED:
		refuse(request, 400, fault);
		break;
	case FAULT_MEMORY:
		refuse(request, 503, fault);
		break;
	case FAULT_REPLAYED:
		request_challenge(request, true, fault);
		break;
	default:
		request_challenge(request, false, fault);
		break;
	}
}

static int user_fill(const struct bmsc_request *request,
		     const struct zn_key *key, struct naf_user *user,
		     struct fault *fault)
{
	struct bootstrap_keys keys = {
		.mode = key->gba_u ? BOOTSTRAP_GBA_U : BOOTSTRAP_GBA_ME,
		.key = key->ks_naf,
		.internal = key->ks_int_naf,
	};

	*user = (struct naf_user){
		.gba_u = key->gba_u,
		.expires = key->expires,
		.address = request->http->peer,
	};
	address_port_set(&user->address, request->bmsc->settings.mikey_port);
	if (strlen(key->impi) >= sizeof(user->impi) ||
	    strlen(request->credentials.username) >= sizeof(user->btid))
		return fault_set(fault, FAULT_LIMIT,
				 "identity from the BSF is too long");
	strcpy(user->impi, key->impi);
	strcpy(user->btid, request->credentials.username);
	/* The keys of @key are the callee's; these are our own. */
	if (kdf_muk(&keys, &user->muk, fault))
		return -1;
	if (!kdf_mrk(&keys, &user->mrk, fault))
		return 0;
	secret_clear(&user->muk);
	return -1;
}

/* The BSF knows the B-TID; now it has to be who it says. Nothing is stored before. */
static void key_came(struct bmsc_request *request, const struct zn_key *key)
{
	struct fault fault = { 0 };
	struct naf_user user;

	if (user_fill(request, key, &user, &fault)) {
		refuse(request, 503, &fault);
		return;
	}
	/* The nonces that it used with another B-TID are used up, too. */
	if (bmsc_request_verify(request, &user.mrk,
				bmsc_ue_by_impi(request->bmsc, user.impi),
				&fault)) {
		secret_clear(&user.muk);
		secret_clear(&user.mrk);
		not_authentic(request, &fault);
		return;
	}
	request->ue = bmsc_ue_put(request->bmsc, &user, &fault);
	secret_clear(&user.muk);
	secret_clear(&user.mrk);
	if (!request->ue) {
		refuse(request, 503, &fault);
		return;
	}
	bmsc_ue_pin(request->ue);
	serve(request);
}

static void authenticate(struct bmsc_request *request, struct bmsc_ue *ue)
{
	struct fault fault = { 0 };

	request->ue = ue;
	bmsc_ue_pin(ue);
	if (!bmsc_ue_muk_valid(request->bmsc, ue)) {
		fault_set(&fault, FAULT_UNKNOWN, "B-TID has expired");
		request_challenge(request, false, &fault);
		return;
	}
	if (bmsc_request_verify(request, &ue->mrk, ue, &fault))
		not_authentic(request, &fault);
	else
		serve(request);
}

static void zn_answered(void *argument, const struct zn_key *key,
			const struct fault *fault)
{
	struct bmsc_request *request = argument;
	struct bmsc *bmsc = request->bmsc;
	const char *btid = request->credentials.username;
	struct bmsc_ue *ue = bmsc_ue_by_btid(bmsc, btid, strlen(btid));

	bmsc->questions--;
	/* Another request of this UE was faster. */
	if (ue) {
		authenticate(request, ue);
	} else if (key && key->expires > loop_wall(bmsc->loop)) {
		key_came(request, key);
	} else if (key || fault->code == FAULT_UNKNOWN) {
		request_challenge(request, false,
				  fault ? fault :
					  &(struct fault){ FAULT_UNKNOWN,
							   "B-TID expired" });
	} else {
		bmsc_complain(bmsc, BMSC_BSF_REFUSES, btid, fault);
		refuse(request, 503, fault);
	}
}

/* Only for somebody who has taken the trouble to get a nonce from us. */
static void ask_bsf(struct bmsc_request *request)
{
	struct bmsc *bmsc = request->bmsc;
	struct fault fault = { 0 };

	if (!bmsc_nonce_is_ours(bmsc, request->credentials.nonce)) {
		fault_set(&fault, FAULT_REPLAYED, "nonce is too old");
		request_challenge(request, true, &fault);
		return;
	}
	if (bmsc->questions >= BMSC_QUESTIONS_MAX) {
		fault_set(&fault, FAULT_LIMIT,
			  "too many questions to the BSF are open");
		refuse(request, 503, &fault);
		return;
	}
	bmsc->questions++;
	if (!zn_key_get(bmsc->zn, request->credentials.username,
			&bmsc->settings.naf_id, zn_answered, request, &fault))
		return;
	bmsc->questions--;
	if (fault.code == FAULT_UNKNOWN || fault.code == FAULT_MALFORMED)
		request_challenge(request, false, &fault);
	else
		refuse(request, 503, &fault);
}

static void begin(struct bmsc *bmsc, struct httpd_request *http,
		  enum mbms_request type, const char *authorization)
{
	struct bmsc_request *request = calloc(1, sizeof(*request));
	struct fault fault = { 0 };
	const char *btid;
	struct bmsc_ue *ue;

	if (!request) {
		fault_set(&fault, FAULT_MEMORY, "no memory for a request");
		httpd_refuse(http, 503, NULL, &fault);
		return;
	}
	request->bmsc = bmsc;
	request->http = http;
	request->type = type;
	LIST_INSERT_HEAD(&bmsc->requests, request, link);
	if (digest_credentials_parse(authorization, strlen(authorization),
				     &request->credentials, &fault)) {
		refuse(request, 400, &fault);
		return;
	}
	if (digest_credentials_are_initial(&request->credentials)) {
		fault_set(&fault, FAULT_STATE, "credentials have no response");
		request_challenge(request, false, &fault);
		return;
	}
	btid = request->credentials.username;
	ue = bmsc_ue_by_btid(bmsc, btid, strlen(btid));
	if (ue)
		authenticate(request, ue);
	else
		ask_bsf(request);
}

/* ---- Dispatch ---- */

static void announce(struct bmsc *bmsc, struct httpd_request *http)
{
	const char *id = http->path + strlen(ANNOUNCEMENT_PATH);
	struct bmsc_service *service = bmsc_service_find(bmsc, id);
	struct fault fault = { 0 };
	char *document;
	size_t length;

	if (!service || service->ended) {
		fault_set(&fault, FAULT_UNKNOWN, "there is no such service");
		httpd_refuse(http, 404, NULL, &fault);
		return;
	}
	document = malloc(ANNOUNCEMENT_SIZE);
	if (!document) {
		fault_set(&fault, FAULT_MEMORY, "no memory");
		httpd_refuse(http, 503, NULL, &fault);
		return;
	}
	if (bmsc_announcement(bmsc, service, document, ANNOUNCEMENT_SIZE,
			      &length, &fault))
		httpd_refuse(http, 500, NULL, &fault);
	else
		httpd_reply(http, 200, NULL, NAME_SECURITY_MEDIA_TYPE, document,
			    length);
	free(document);
}

static void post(struct bmsc *bmsc, struct httpd_request *http)
{
	const char *authorization;
	struct fault fault = { 0 };
	enum mbms_request type;

	if (mbms_target_parse(http->target, strlen(http->target), &type,
			      &fault)) {
		httpd_refuse(http, fault.code == FAULT_UNKNOWN ? 404 : 400,
			     NULL, &fault);
		return;
	}
	if (type == MBMS_REQUEST_AUTHORIZE) {
		fault_set(&fault, FAULT_UNSUPPORTED,
			  "this BM-SC takes no list of services from an SCF");
		httpd_refuse(http, 501, NULL, &fault);
		return;
	}
	authorization = httpd_header(http, "Authorization", &fault);
	if (authorization) {
		begin(bmsc, http, type, authorization);
		return;
	}
	if (fault.code) {
		httpd_refuse(http, 400, NULL, &fault);
		return;
	}
	fault_set(&fault, FAULT_UNAUTHENTIC, "credentials are missing");
	challenge(bmsc, http, false, &fault);
}

void bmsc_http_handle(void *argument, struct httpd_request *http)
{
	struct fault fault = { 0 };

	if (!strcmp(http->method, "POST")) {
		post(argument, http);
	} else if (strcmp(http->method, "GET")) {
		fault_set(&fault, FAULT_UNSUPPORTED, "method is not known");
		httpd_refuse(http, 405, NULL, &fault);
	} else if (!strncmp(http->path, ANNOUNCEMENT_PATH,
			    strlen(ANNOUNCEMENT_PATH))) {
		announce(argument, http);
	} else {
		fault_set(&fault, FAULT_UNKNOWN, "there is nothing here");
		httpd_refuse(http, 404, NULL, &fault);
	}
}

void bmsc_http_close(struct bmsc *bmsc)
{
	while (!LIST_EMPTY(&bmsc->requests))
		request_free(LIST_FIRST(&bmsc->requests));
}
