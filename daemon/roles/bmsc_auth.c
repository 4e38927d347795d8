// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * HTTP Digest of the BM-SC (TS 33.246, 6.2.1.3). A nonce is a stamp and a MAC over
 * it, so it costs no memory before somebody proves to have a key; of each UE we
 * keep the newest stamp that it used and its count.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bmsc_request.h"
#include "core/digest_realm.h"
#include "core/mbms_profile.h"
#include "core/text.h"
#include "io/httpd.h"

#define KEY_SIZE 32
#define STAMP_DIGITS 16
#define TAG_SIZE 16
/* Stamps of one millisecond. */
#define STAMPS 4096
#define COUNT_MAX 1000000

/* ---- Nonces ---- */

int bmsc_nonce_open(struct bmsc *bmsc, struct fault *fault)
{
	uint8_t key[KEY_SIZE];
	int failed = RAND_priv_bytes(key, sizeof(key)) != 1 ||
		     secret_set(&bmsc->nonce_key, key, sizeof(key));

	OPENSSL_cleanse(key, sizeof(key));
	return failed ? fault_set(fault, FAULT_MEMORY,
				  "no random numbers for nonces") :
			0;
}

static void nonce_write(const struct bmsc *bmsc, uint64_t stamp,
			char nonce[BMSC_NONCE_SIZE])
{
	uint8_t tag[EVP_MAX_MD_SIZE];
	unsigned int size = 0;

	snprintf(nonce, BMSC_NONCE_SIZE, "%016llx", (unsigned long long)stamp);
	/* The key is ours, so reading it here tells it to nobody. */
	HMAC(EVP_sha256(), bmsc->nonce_key.bytes, (int)bmsc->nonce_key.size,
	     (const uint8_t *)nonce, STAMP_DIGITS, tag, &size);
	text_hex(nonce + STAMP_DIGITS, tag, TAG_SIZE);
}

static void nonce_make(struct bmsc *bmsc, char nonce[BMSC_NONCE_SIZE])
{
	uint64_t stamp = (uint64_t)loop_now(bmsc->loop) * STAMPS;

	if (stamp <= bmsc->nonce_stamp)
		stamp = bmsc->nonce_stamp + 1;
	bmsc->nonce_stamp = stamp;
	nonce_write(bmsc, stamp, nonce);
}

/* 0 if it is not one of this process. */
static uint64_t nonce_stamp(const struct bmsc *bmsc, const char *nonce)
{
	char digits[STAMP_DIGITS + 1], again[BMSC_NONCE_SIZE];
	uint64_t stamp;

	if (strlen(nonce) != STAMP_DIGITS + 2 * TAG_SIZE ||
	    strspn(nonce, "0123456789abcdef") != strlen(nonce))
		return 0;
	memcpy(digits, nonce, STAMP_DIGITS);
	digits[STAMP_DIGITS] = 0;
	stamp = strtoull(digits, NULL, 16);
	nonce_write(bmsc, stamp, again);
	return CRYPTO_memcmp(nonce, again, strlen(nonce)) ? 0 : stamp;
}

bool bmsc_nonce_is_ours(const struct bmsc *bmsc, const char *nonce)
{
	return nonce_stamp(bmsc, nonce) != 0;
}

/* ---- Challenge, check, answer ---- */

static int session_start(const struct bmsc *bmsc,
			 enum digest_algorithm algorithm, const char *nonce,
			 struct digest_session *session, struct fault *fault)
{
	*session = (struct digest_session){
		.algorithm = algorithm,
		.qops = DIGEST_BIT(DIGEST_AUTH_INT),
		.count_max = COUNT_MAX,
	};
	snprintf(session->nonce, sizeof(session->nonce), "%s", nonce);
	return digest_realm_build(GBA_BIT(GBA_ME) | GBA_BIT(GBA_U),
				  bmsc->settings.naf_id.fqdn, session->realm,
				  sizeof(session->realm), fault);
}

int bmsc_challenge_write(struct bmsc *bmsc, bool stale,
			 char texts[2][BMSC_CHALLENGE_SIZE],
			 struct fault *fault)
{
	static const enum digest_algorithm algorithms[] = { DIGEST_SHA256,
							    DIGEST_MD5 };
	struct digest_challenge challenge;
	struct digest_session session;
	char nonce[BMSC_NONCE_SIZE];
	size_t i;

	nonce_make(bmsc, nonce);
	for (i = 0; i < 2; i++)
		if (session_start(bmsc, algorithms[i], nonce, &session,
				  fault) ||
		    digest_session_challenge(&session, stale, &challenge,
					     fault) ||
		    digest_challenge_write(&challenge, texts[i],
					   BMSC_CHALLENGE_SIZE, fault))
			return -1;
	return 0;
}

/* The session that the credentials are of, if they are of one. */
static int session_of(const struct bmsc_request *request,
		      struct digest_session *session, struct fault *fault)
{
	const struct digest_credentials *credentials = &request->credentials;
	enum digest_algorithm algorithm =
		credentials->algorithm == DIGEST_SHA256 ? DIGEST_SHA256 :
							  DIGEST_MD5;

	if (session_start(request->bmsc, algorithm, credentials->nonce, session,
			  fault))
		return -1;
	/* The UE took one of the realms. */
	if (!digest_realm_is_offered(session->realm, credentials->realm))
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "realm is not one of ours");
	snprintf(session->realm, sizeof(session->realm), "%s",
		 credentials->realm);
	return 0;
}

int bmsc_request_verify(struct bmsc_request *request, const struct secret *mrk,
			const struct bmsc_ue *ue, struct fault *fault)
{
	struct bmsc *bmsc = request->bmsc;
	struct httpd_request *http = request->http;
	struct digest_request digest = {
		.method = http->method,
		.uri = http->target,
		.body = http->body,
		.body_size = http->body_size,
	};
	uint64_t stamp = nonce_stamp(bmsc, request->credentials.nonce);
	struct secret password = { 0 };
	struct digest_session session;
	int failed;

	if (session_of(request, &session, fault) ||
	    mbms_digest_password(mrk, &password, fault))
		return -1;
	/* A nonce older than the newest that this UE used counts as used up: of
	 * which count it was used up to is not known any more.
	 */
	if (stamp && (!ue || stamp >= ue->nonce))
		session.expires = stamp / STAMPS +
				  (uint64_t)bmsc->settings.nonce_lifetime;
	if (ue && stamp == ue->nonce)
		session.count = ue->nonce_count;
	failed = digest_credentials_verify(&session, &request->credentials,
					   &digest, &password,
					   (uint64_t)loop_now(bmsc->loop),
					   fault);
	secret_clear(&password);
	return failed;
}

void bmsc_nonce_used(struct bmsc_request *request, struct bmsc_ue *ue)
{
	ue->nonce = nonce_stamp(request->bmsc, request->credentials.nonce);
	ue->nonce_count = request->credentials.count;
}

int bmsc_info_write(struct bmsc_request *request, char *text, size_t room,
		    struct fault *fault)
{
	struct secret password = { 0 };
	struct digest_session session;
	struct digest_info info;
	char nonce[BMSC_NONCE_SIZE];
	int failed;

	if (session_of(request, &session, fault) ||
	    mbms_digest_password(&request->ue->mrk, &password, fault))
		return -1;
	nonce_make(request->bmsc, nonce);
	failed = digest_info_build(&session, &request->credentials,
				   request->body, request->body_size, &password,
				   nonce, &info, fault) ||
		 digest_info_write(&info, text, room, fault);
	secret_clear(&password);
	return failed ? -1 : 0;
}
