// SPDX-License-Identifier: GPL-2.0-or-later
/* What clients and servers decide: RFC 7616, 3.3 to 3.6. */
#include <openssl/crypto.h>
#include <string.h>

#include "digest.h"
#include "digest_realm.h"
#include "text.h"

const struct digest_policy digest_policy_ub = {
	.algorithms = DIGEST_BIT(DIGEST_AKAV1_MD5),
	.qops = DIGEST_BIT(DIGEST_AUTH_INT),
};

const struct digest_policy digest_policy_ua = {
	.algorithms = DIGEST_BIT(DIGEST_MD5) | DIGEST_BIT(DIGEST_MD5_SESS) |
		      DIGEST_BIT(DIGEST_SHA256) |
		      DIGEST_BIT(DIGEST_SHA256_SESS),
	.qops = DIGEST_BIT(DIGEST_AUTH_INT),
};

/* A string that a caller gives us, into a field of a struct. */
static int field_set(char *out, size_t room, const char *text, const char *what,
		     struct fault *fault)
{
	if (!text || !text[0])
		return fault_set(fault, FAULT_ARGUMENT, "%s is missing", what);
	return text_copy(out, room, text, strlen(text), what, fault);
}

int digest_challenge_choose(const struct digest_challenge *challenges,
			    size_t count, const struct digest_policy *policy,
			    const struct digest_challenge **chosen,
			    enum digest_qop *qop, struct fault *fault)
{
	size_t i;

	*chosen = NULL;
	*qop = DIGEST_QOP_NONE;
	for (i = 0; i < count; i++) {
		const struct digest_challenge *challenge = &challenges[i];

		if (!(policy->algorithms & DIGEST_BIT(challenge->algorithm)) ||
		    !(policy->qops & challenge->qops))
			continue;
		/* At equal strength the server's order counts. */
		if (!*chosen || challenge->algorithm > (*chosen)->algorithm)
			*chosen = challenge;
	}
	if (!*chosen)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "no challenge has an algorithm and a qop "
				 "that we accept");
	*qop = policy->qops & (*chosen)->qops & DIGEST_BIT(DIGEST_AUTH_INT) ?
		       DIGEST_AUTH_INT :
		       DIGEST_AUTH;
	return 0;
}

int digest_session_start(const struct digest_challenge *challenge,
			 enum digest_qop qop, const char *realm,
			 struct digest_session *session, struct fault *fault)
{
	memset(session, 0, sizeof(*session));
	if (qop == DIGEST_QOP_NONE || !(challenge->qops & DIGEST_BIT(qop)))
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "the challenge does not offer the qop %s",
				 digest_qop_name(qop));
	if (!realm || !digest_realm_is_offered(challenge->realm, realm))
		return fault_set(fault, FAULT_ARGUMENT,
				 "the challenge does not offer this realm");
	if (field_set(session->nonce, sizeof(session->nonce), challenge->nonce,
		      "nonce", fault) ||
	    field_set(session->realm, sizeof(session->realm), realm, "realm",
		      fault)) {
		memset(session, 0, sizeof(*session));
		return -1;
	}
	memcpy(session->opaque, challenge->opaque, sizeof(session->opaque));
	session->algorithm = challenge->algorithm;
	session->qops = DIGEST_BIT(qop);
	session->count_max = UINT32_MAX;
	return 0;
}

/* From the first request on, the key of a session stays: RFC 7616, 3.4.2. */
static void note_request(struct digest_session *session,
			 const struct digest_credentials *credentials)
{
	session->count = credentials->count;
	if (session->nonce_prime[0])
		return;
	memcpy(session->nonce_prime, credentials->nonce,
	       sizeof(session->nonce_prime));
	memcpy(session->cnonce_prime, credentials->cnonce,
	       sizeof(session->cnonce_prime));
}

static int fill_credentials(const struct digest_session *session,
			    const char *username, const char *cnonce,
			    const struct digest_request *request,
			    struct digest_credentials *credentials,
			    struct fault *fault)
{
	if (field_set(credentials->username, sizeof(credentials->username),
		      username, "username", fault) ||
	    field_set(credentials->cnonce, sizeof(credentials->cnonce), cnonce,
		      "cnonce", fault) ||
	    field_set(credentials->uri, sizeof(credentials->uri), request->uri,
		      "uri", fault))
		return -1;
	if (strchr(username, ':'))
		return fault_set(fault, FAULT_ARGUMENT, "username has a colon");
	if (!request->method || !request->method[0])
		return fault_set(fault, FAULT_ARGUMENT, "method is missing");
	if (!session->nonce[0] || session->count == UINT32_MAX)
		return fault_set(fault, FAULT_STATE,
				 "the session has no nonce or has used it up");
	credentials->algorithm = session->algorithm;
	credentials->qop = session->qops & DIGEST_BIT(DIGEST_AUTH_INT) ?
				   DIGEST_AUTH_INT :
				   DIGEST_AUTH;
	credentials->count = session->count + 1;
	memcpy(credentials->realm, session->realm, sizeof(credentials->realm));
	memcpy(credentials->nonce, session->nonce, sizeof(credentials->nonce));
	memcpy(credentials->opaque, session->opaque,
	       sizeof(credentials->opaque));
	return 0;
}

int digest_response_build(struct digest_session *session, const char *username,
			  const char *cnonce,
			  const struct digest_request *request,
			  const struct secret *password, const uint8_t *auts,
			  struct digest_credentials *credentials,
			  struct fault *fault)
{
	memset(credentials, 0, sizeof(*credentials));
	if (fill_credentials(session, username, cnonce, request, credentials,
			     fault) ||
	    digest_response(session, credentials, request, password,
			    credentials->response, fault)) {
		memset(credentials, 0, sizeof(*credentials));
		return -1;
	}
	if (auts) {
		credentials->has_auts = true;
		memcpy(credentials->auts, auts, sizeof(credentials->auts));
	}
	note_request(session, credentials);
	return 0;
}

static int check_password(const struct secret *password, struct fault *fault)
{
	if (password->size)
		return 0;
	return fault_set(fault, FAULT_ARGUMENT, "the password is empty");
}

int digest_credentials_build(struct digest_session *session,
			     const char *username, const char *cnonce,
			     const struct digest_request *request,
			     const struct secret *password,
			     struct digest_credentials *credentials,
			     struct fault *fault)
{
	memset(credentials, 0, sizeof(*credentials));
	if (check_password(password, fault))
		return -1;
	return digest_response_build(session, username, cnonce, request,
				     password, NULL, credentials, fault);
}

/* Compares two hex strings of the length that the algorithm yields. */
static bool response_equal(const char *expected, const char *given)
{
	size_t length = strlen(expected);

	return length && strlen(given) == length &&
	       !CRYPTO_memcmp(expected, given, length);
}

int digest_info_verify(struct digest_session *session,
		       const struct digest_credentials *credentials,
		       const struct digest_info *info, const void *body,
		       size_t body_size, const struct secret *password,
		       struct fault *fault)
{
	struct digest_request response = { .uri = credentials->uri,
					   .body = body,
					   .body_size = body_size };
	char expected[DIGEST_RESPONSE_SIZE];

	if (check_password(password, fault))
		return -1;
	if (info->qop == DIGEST_QOP_NONE)
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "Authentication-Info has no rspauth");
	if (info->qop != credentials->qop ||
	    info->count != credentials->count ||
	    strcmp(info->cnonce, credentials->cnonce))
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "Authentication-Info answers another request: "
				 "qop, nc or cnonce differ");
	if (digest_response(session, credentials, &response, password, expected,
			    fault))
		return -1;
	if (!response_equal(expected, info->rspauth))
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "rspauth does not match the response");
	/* The nonce in use said again: its count goes on. */
	if (info->nextnonce[0] && strcmp(info->nextnonce, session->nonce))
		return digest_session_renew(session, info->nextnonce, false,
					    session->expires, fault);
	return 0;
}

int digest_session_challenge(const struct digest_session *session, bool stale,
			     struct digest_challenge *challenge,
			     struct fault *fault)
{
	memset(challenge, 0, sizeof(*challenge));
	if (!session->realm[0] || !session->nonce[0] || !session->qops ||
	    session->algorithm == DIGEST_ALGORITHM_NONE)
		return fault_set(fault, FAULT_ARGUMENT,
				 "the session has no realm, nonce, qop or "
				 "algorithm");
	challenge->algorithm = session->algorithm;
	challenge->qops = session->qops;
	challenge->stale = stale;
	memcpy(challenge->realm, session->realm, sizeof(challenge->realm));
	memcpy(challenge->nonce, session->nonce, sizeof(challenge->nonce));
	memcpy(challenge->opaque, session->opaque, sizeof(challenge->opaque));
	return 0;
}

/* All but the response: what may be said without knowing the password. */
static int check_credentials(const struct digest_session *session,
			     const struct digest_credentials *credentials,
			     const struct digest_request *request,
			     struct fault *fault)
{
	if (digest_credentials_are_initial(credentials))
		return fault_set(fault, FAULT_STATE,
				 "the credentials only ask for a challenge");
	if (credentials->algorithm != DIGEST_ALGORITHM_NONE &&
	    credentials->algorithm != session->algorithm)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "algorithm is %s and not %s as offered",
				 digest_algorithm_name(credentials->algorithm),
				 digest_algorithm_name(session->algorithm));
	if (credentials->qop == DIGEST_QOP_NONE ||
	    !(session->qops & DIGEST_BIT(credentials->qop)))
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "qop is %s, which was not offered",
				 digest_qop_name(credentials->qop));
	if (strcmp(credentials->uri, request->uri))
		return fault_set(fault, FAULT_MALFORMED,
				 "uri is not that of the request");
	if (!digest_realm_is_offered(session->realm, credentials->realm))
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "realm was not offered");
	if (strcmp(credentials->nonce, session->nonce) ||
	    strcmp(credentials->opaque, session->opaque))
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "nonce or opaque is of another session");
	return 0;
}

int digest_response_verify(struct digest_session *session,
			   const struct digest_credentials *credentials,
			   const struct digest_request *request,
			   const struct secret *password, uint64_t now,
			   struct fault *fault)
{
	char expected[DIGEST_RESPONSE_SIZE];

	if (check_credentials(session, credentials, request, fault) ||
	    digest_response(session, credentials, request, password, expected,
			    fault))
		return -1;
	if (!response_equal(expected, credentials->response))
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "response does not match the request");
	if (now >= session->expires)
		return fault_set(fault, FAULT_REPLAYED, "nonce is too old");
	if (credentials->count <= session->count)
		return fault_set(fault, FAULT_REPLAYED,
				 "nc %08x was used, the last one is %08x",
				 credentials->count, session->count);
	if (credentials->count > session->count_max)
		return fault_set(fault, FAULT_REPLAYED,
				 "nonce is good for %u requests only",
				 session->count_max);
	note_request(session, credentials);
	return 0;
}

int digest_credentials_verify(struct digest_session *session,
			      const struct digest_credentials *credentials,
			      const struct digest_request *request,
			      const struct secret *password, uint64_t now,
			      struct fault *fault)
{
	if (check_password(password, fault))
		return -1;
	if (credentials->has_auts)
		return fault_set(fault, FAULT_STATE,
				 "the credentials ask for resynchronisation");
	return digest_response_verify(session, credentials, request, password,
				      now, fault);
}

int digest_info_build(const struct digest_session *session,
		      const struct digest_credentials *credentials,
		      const void *body, size_t body_size,
		      const struct secret *password, const char *nextnonce,
		      struct digest_info *info, struct fault *fault)
{
	struct digest_request response = { .uri = credentials->uri,
					   .body = body,
					   .body_size = body_size };

	memset(info, 0, sizeof(*info));
	if (check_password(password, fault))
		return -1;
	if ((nextnonce && field_set(info->nextnonce, sizeof(info->nextnonce),
				    nextnonce, "nextnonce", fault)) ||
	    digest_response(session, credentials, &response, password,
			    info->rspauth, fault)) {
		memset(info, 0, sizeof(*info));
		return -1;
	}
	info->qop = credentials->qop;
	info->count = credentials->count;
	memcpy(info->cnonce, credentials->cnonce, sizeof(info->cnonce));
	return 0;
}

int digest_session_renew(struct digest_session *session, const char *nonce,
			 bool challenge, uint64_t expires, struct fault *fault)
{
	char next[DIGEST_NONCE_SIZE];

	if (field_set(next, sizeof(next), nonce, "nonce", fault))
		return -1;
	/* The same nonce with its count at 0 would let all requests replay. */
	if (!strcmp(next, session->nonce))
		return fault_set(fault, FAULT_REPLAYED,
				 "the next nonce is the one in use");
	memset(session->nonce, 0, sizeof(session->nonce));
	memcpy(session->nonce, next, strlen(next));
	session->count = 0;
	session->expires = expires;
	if (challenge) {
		memset(session->nonce_prime, 0, sizeof(session->nonce_prime));
		memset(session->cnonce_prime, 0, sizeof(session->cnonce_prime));
	}
	return 0;
}
