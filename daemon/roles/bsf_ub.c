// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bootstrapping (Ub) from the network's side: TS 33.220, 4.5.2, TS 24.109, annex
 * A, RFC 3310; the chart is in docs/protocols/gba.rst.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bsf_xml.h"
#include "core/digest.h"
#include "core/digest_aka.h"
#include "log.h"
#include "roles/bsf.h"
#include "roles/zh.h"
#include "store/bootstrap.h"
#include "store/store.h"

#define BSF_INFO_TYPE "application/vnd.3gpp.bsf+xml"
#define HEADER_SIZE 4096
#define DOCUMENT_SIZE 1024
/* Wrong answers to one challenge: nobody guesses RES in these. */
#define FAILURES_MAX 3
#define LOG_PAUSE 1000

/**
 * struct bsf_exchange - a request that waits for the HSS or for the commit
 */
struct bsf_exchange {
	LIST_ENTRY(bsf_exchange) link;
	struct bsf *bsf;
	struct httpd_request *http;
	struct store_waiter waiter;
	char impi[IMPI_TEXT_SIZE];
	char info[HEADER_SIZE];
	char document[DOCUMENT_SIZE];
	size_t size;
};

static void exchange_end(struct bsf_exchange *exchange)
{
	LIST_REMOVE(exchange, link);
	free(exchange);
}

/* What a stranger can cause is logged once a second. */
static void refuse(struct bsf *bsf, struct httpd_request *http,
		   unsigned int status, const struct fault *fault)
{
	int64_t now = loop_now(bsf->daemon->loop);
	char peer[ADDRESS_TEXT_SIZE];

	bsf->counts.refused++;
	if (!bsf->logged || now - bsf->logged >= LOG_PAUSE) {
		bsf->logged = now;
		address_text(&http->peer, peer);
		log_warning(BSF_AREA, "ub-refused", LOG_TEXT("peer", peer),
			    LOG_NUMBER("status", status),
			    LOG_NUMBER("refused", (int64_t)bsf->counts.refused),
			    LOG_TEXT("reason", fault->text));
	}
	httpd_refuse(http, status, NULL, fault);
}

static unsigned int status_of(const struct fault *fault)
{
	switch (fault->code) {
	case FAULT_UNKNOWN:
	case FAULT_UNAUTHENTIC:
	case FAULT_REPLAYED:
		return 403;
	case FAULT_STATE:
	case FAULT_LIMIT:
	case FAULT_MEMORY:
		return 503;
	default:
		return 400;
	}
}

/* ---- The challenge ---- */

/* The session of Digest that a challenge is. */
static int session_of(const struct bsf *bsf, const char *nonce,
		      struct digest_session *session, struct fault *fault)
{
	*session = (struct digest_session){
		.algorithm = DIGEST_AKAV1_MD5,
		.qops = DIGEST_BIT(DIGEST_AUTH_INT),
		.count_max = 1,
		.expires = UINT64_MAX,
	};
	if (strlen(nonce) >= sizeof(session->nonce))
		return fault_set(fault, FAULT_LIMIT, "the nonce is too long");
	snprintf(session->realm, sizeof(session->realm), "%s", bsf->name);
	snprintf(session->nonce, sizeof(session->nonce), "%s", nonce);
	return 0;
}

static int challenge_write(struct bsf *bsf, const char *nonce,
			   char header[HEADER_SIZE], struct fault *fault)
{
	struct digest_challenge challenge;
	struct digest_session session;

	return session_of(bsf, nonce, &session, fault) ||
			       digest_session_challenge(&session, false,
							&challenge, fault) ||
			       digest_challenge_write(&challenge, header,
						      HEADER_SIZE, fault) ?
		       -1 :
		       0;
}

/* A challenge of our own copy of the vector. */
static int challenge_make(struct bsf *bsf, const char *impi,
			  const struct zh_vector *vector,
			  char header[HEADER_SIZE], struct fault *fault)
{
	const struct aka_vector *from = &vector->aka;
	struct digest_aka_nonce parts = { .data_size = 0 };
	struct aka_vector aka = { .rand = { 0 } };
	char nonce[DIGEST_NONCE_SIZE];
	int status = -1;

	memcpy(aka.rand, from->rand, sizeof(aka.rand));
	memcpy(aka.autn, from->autn, sizeof(aka.autn));
	if (secret_set(&aka.xres, from->xres.bytes, from->xres.size) ||
	    secret_set(&aka.ck, from->ck.bytes, from->ck.size) ||
	    secret_set(&aka.ik, from->ik.bytes, from->ik.size)) {
		fault_set(fault, FAULT_MEMORY, "no memory for a challenge");
	} else if (!vector->gba_u ||
		   !aka_autn_mask_gba_u(&aka.ik, aka.autn, fault)) {
		memcpy(parts.rand, aka.rand, sizeof(parts.rand));
		memcpy(parts.autn, aka.autn, sizeof(parts.autn));
		status = digest_aka_nonce_write(&parts, nonce, fault) ||
			 challenge_write(bsf, nonce, header, fault);
	}
	if (!status &&
	    !bsf_challenge_add(bsf, impi, nonce, &aka, vector->gba_u))
		status = fault_set(fault, FAULT_MEMORY,
				   "no memory for a challenge");
	aka_vector_clear(&aka);
	return status ? -1 : 0;
}

static void on_vector(void *argument, const struct zh_vector *vector,
		      const struct fault *why)
{
	struct bsf_exchange *exchange = argument;
	struct bsf *bsf = exchange->bsf;
	char header[HEADER_SIZE];
	const struct httpd_header headers[] = {
		{ "WWW-Authenticate", header },
		{ NULL, NULL },
	};
	struct fault fault = { 0 };

	if (vector &&
	    challenge_make(bsf, exchange->impi, vector, header, &fault))
		why = &fault;
	if (why) {
		refuse(bsf, exchange->http, status_of(why), why);
	} else {
		bsf->counts.challenges++;
		httpd_reply(exchange->http, 401, headers, NULL, NULL, 0);
	}
	exchange_end(exchange);
}

static struct bsf_exchange *exchange_new(struct bsf *bsf,
					 struct httpd_request *http,
					 const char *impi, struct fault *fault)
{
	struct bsf_exchange *exchange = calloc(1, sizeof(*exchange));

	if (!exchange || strlen(impi) >= sizeof(exchange->impi)) {
		free(exchange);
		fault_set(fault, exchange ? FAULT_LIMIT : FAULT_MEMORY,
			  "no room for the request");
		return NULL;
	}
	exchange->bsf = bsf;
	exchange->http = http;
	snprintf(exchange->impi, sizeof(exchange->impi), "%s", impi);
	LIST_INSERT_HEAD(&bsf->exchanges, exchange, link);
	return exchange;
}

static int ask_hss(struct bsf *bsf, struct httpd_request *http,
		   const char *impi, const struct zh_resync *resync,
		   struct fault *fault)
{
	struct bsf_exchange *exchange = exchange_new(bsf, http, impi, fault);

	if (!exchange)
		return -1;
	if (!zh_vector_get(bsf->zh, impi, resync, on_vector, exchange, fault))
		return 0;
	exchange_end(exchange);
	return -1;
}

/* ---- The answer ---- */

static void on_commit(void *argument, const struct fault *fault)
{
	struct bsf_exchange *exchange = argument;
	const struct httpd_header headers[] = {
		{ "Authentication-Info", exchange->info },
		{ NULL, NULL },
	};
	struct bsf *bsf = exchange->bsf;

	if (fault) {
		refuse(bsf, exchange->http, 503, fault);
	} else {
		bsf->counts.bootstraps++;
		log_info(BSF_AREA, "bootstrapped",
			 LOG_TEXT("impi", exchange->impi));
		httpd_reply(exchange->http, 200, headers, BSF_INFO_TYPE,
			    exchange->document, exchange->size);
	}
	exchange_end(exchange);
}

static int bootstrap_store_it(struct bsf *bsf,
			      const struct bsf_challenge *challenge,
			      struct bootstrap *bootstrap, struct fault *fault)
{
	struct secret ks = { 0 };
	int status;

	*bootstrap = (struct bootstrap){
		.gba_u = challenge->gba_u,
		.created = loop_wall(bsf->daemon->loop),
	};
	bootstrap->expires = bootstrap->created + bsf->lifetime;
	snprintf(bootstrap->impi, sizeof(bootstrap->impi), "%s",
		 challenge->impi);
	if (btid_format(challenge->aka.rand, bsf->name, bootstrap->btid,
			fault) ||
	    kdf_ks(&challenge->aka.ck, &challenge->aka.ik, &ks, fault))
		return -1;
	status = bootstrap_put(bsf->daemon->store, bootstrap, &ks, fault);
	secret_clear(&ks);
	return status;
}

/* The 200 with what authenticates it, to be sent after the commit. */
static int answer_make(struct bsf_exchange *exchange,
		       const struct bootstrap *bootstrap,
		       const struct digest_session *session,
		       const struct digest_credentials *credentials,
		       const struct secret *xres, struct fault *fault)
{
	struct bsf_info body = {
		.expires = bootstrap->expires / 1000,
		.has_current_time = true,
		.current_time = bootstrap->created / 1000,
	};
	struct digest_info info;

	snprintf(body.btid, sizeof(body.btid), "%s", bootstrap->btid);
	return bsf_info_write(&body, exchange->document, DOCUMENT_SIZE,
			      &exchange->size, fault) ||
			       digest_info_build(session, credentials,
						 exchange->document,
						 exchange->size, xres, NULL,
						 &info, fault) ||
			       digest_info_write(&info, exchange->info,
						 HEADER_SIZE, fault) ?
		       -1 :
		       0;
}

static int take_response(struct bsf *bsf, struct httpd_request *http,
			 struct bsf_challenge *challenge,
			 const struct digest_credentials *credentials,
			 struct digest_session *session, struct fault *fault)
{
	const struct digest_request request = { http->method, http->target,
						http->body, http->body_size };
	struct bsf_exchange *exchange;
	struct bootstrap bootstrap;

	if (digest_credentials_verify(session, credentials, &request,
				      &challenge->aka.xres, 0, fault)) {
		if (++challenge->failures == FAILURES_MAX)
			bsf_challenge_remove(bsf, challenge);
		return -1;
	}
	exchange = exchange_new(bsf, http, challenge->impi, fault);
	if (!exchange)
		return -1;
	if (bootstrap_store_it(bsf, challenge, &bootstrap, fault) ||
	    answer_make(exchange, &bootstrap, session, credentials,
			&challenge->aka.xres, fault)) {
		exchange_end(exchange);
		return -1;
	}
	/* A challenge is good for one bootstrapping. */
	bsf_challenge_remove(bsf, challenge);
	store_after_commit(bsf->daemon->store, &exchange->waiter, on_commit,
			   exchange);
	return 0;
}

static int take_auts(struct bsf *bsf, struct httpd_request *http,
		     struct bsf_challenge *challenge,
		     const struct digest_credentials *credentials,
		     struct digest_session *session, struct fault *fault)
{
	const struct digest_request request = { http->method, http->target,
						http->body, http->body_size };
	char impi[IMPI_TEXT_SIZE];
	struct zh_resync resync;

	if (digest_aka_resync_verify(session, credentials, &request, 0,
				     resync.auts, fault))
		return -1;
	memcpy(resync.rand, challenge->aka.rand, sizeof(resync.rand));
	snprintf(impi, sizeof(impi), "%s", challenge->impi);
	bsf_challenge_remove(bsf, challenge);
	bsf->counts.resynchronisations++;
	return ask_hss(bsf, http, impi, &resync, fault);
}

/* An answer to one of our challenges; if it is none of ours (it took too long, or
 * we were started again) the UE begins anew, as with its first request.
 */
static int take_answer(struct bsf *bsf, struct httpd_request *http,
		       const struct digest_credentials *credentials,
		       struct fault *fault)
{
	struct bsf_challenge *challenge;
	struct digest_session session;

	challenge = bsf_challenge_find(bsf, credentials->nonce);
	if (!challenge)
		return ask_hss(bsf, http, credentials->username, NULL, fault);
	if (strcmp(challenge->impi, credentials->username))
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "the challenge was for somebody else");
	if (session_of(bsf, credentials->nonce, &session, fault))
		return -1;
	return credentials->has_auts ?
		       take_auts(bsf, http, challenge, credentials, &session,
				 fault) :
		       take_response(bsf, http, challenge, credentials,
				     &session, fault);
}

static int handle(struct bsf *bsf, struct httpd_request *http,
		  struct fault *fault)
{
	struct digest_credentials credentials;
	const char *header;

	if (strcmp(http->method, "GET"))
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "the method is not GET");
	header = httpd_header(http, "Authorization", fault);
	if (!header)
		return fault_set(fault, FAULT_MALFORMED,
				 "the request has no Authorization header with "
				 "the IMPI as username (TS 24.109, A.4)");
	if (digest_credentials_parse(header, strlen(header), &credentials,
				     fault))
		return -1;
	if (digest_credentials_are_initial(&credentials))
		return ask_hss(bsf, http, credentials.username, NULL, fault);
	return take_answer(bsf, http, &credentials, fault);
}

void bsf_ub_handle(void *argument, struct httpd_request *request)
{
	struct bsf *bsf = argument;
	struct fault fault = { 0 };

	if (handle(bsf, request, &fault))
		refuse(bsf, request, status_of(&fault), &fault);
}

void bsf_ub_stop(struct bsf *bsf)
{
	const struct fault fault = { FAULT_STATE, "the BSF is being stopped" };
	struct bsf_exchange *exchange;

	while ((exchange = LIST_FIRST(&bsf->exchanges))) {
		store_forget(bsf->daemon->store, &exchange->waiter);
		httpd_refuse(exchange->http, 503, NULL, &fault);
		exchange_end(exchange);
	}
}
