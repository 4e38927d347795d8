/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP Digest authentication: RFC 7616 (and RFC 2617, which it replaces and
 * which TS 33.220 and TS 33.246 name), with the AKA extension of RFC 3310.
 *
 * A server has a digest_session for each nonce that it gave out, a client has
 * one for each nonce that it answers. It is 2 KiB large: digest_nonce.h is for a
 * server with many users. Strings in structs end with a NUL and
 * hold plain UTF-8 (see text.h) in the form without quotes and backslashes;
 * that form is also what is hashed (RFC 7616, 3.3: unq()).
 *
 * Credentials without qop (RFC 2069) are refused everywhere: they have neither
 * a nonce count nor a client nonce.
 */
#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "secret.h"

/* Room with the NUL. A realm may name three modes of one FQDN, a user name is an
 * IMPI, B-TID or A-KID.
 */
#define DIGEST_REALM_SIZE 840
#define DIGEST_USERNAME_SIZE 304
#define DIGEST_NONCE_SIZE 256
#define DIGEST_OPAQUE_SIZE 256
#define DIGEST_URI_SIZE 1024
/* SHA-256 as lower-case hex. */
#define DIGEST_RESPONSE_SIZE 65
#define DIGEST_AUTS_SIZE 14
#define DIGEST_CHALLENGES_MAX 8

/* From weak to strong; a client takes the strongest that it may (RFC 3310,
 * 5.3). NONE is an algorithm that is not stated or that we do not know.
 */
enum digest_algorithm {
	DIGEST_ALGORITHM_NONE,
	DIGEST_MD5,
	DIGEST_MD5_SESS,
	DIGEST_SHA256,
	DIGEST_SHA256_SESS,
	DIGEST_AKAV1_MD5,
};

enum digest_qop {
	DIGEST_QOP_NONE,
	DIGEST_AUTH,
	DIGEST_AUTH_INT,
};

#define DIGEST_BIT(value) (1U << (value))

/**
 * struct digest_policy - what is not a downgrade
 * @algorithms: DIGEST_BIT() of each algorithm
 * @qops: DIGEST_BIT() of each quality of protection
 */
struct digest_policy {
	unsigned int algorithms;
	unsigned int qops;
};

/* UE and BSF: AKAv1-MD5 with auth-int only (TS 24.109, annex A.4). */
extern const struct digest_policy digest_policy_ub;
/* UE and BM-SC: auth-int only, since the key requests of TS 33.246, 6.2.1.3
 * are to be integrity protected; MD5 or SHA-256, plain or -sess.
 */
extern const struct digest_policy digest_policy_ua;

/**
 * struct digest_challenge - WWW-Authenticate: Digest
 * @stale: the credentials were right but their nonce was too old
 */
struct digest_challenge {
	enum digest_algorithm algorithm;
	unsigned int qops;
	bool stale;
	char realm[DIGEST_REALM_SIZE];
	char nonce[DIGEST_NONCE_SIZE];
	char opaque[DIGEST_OPAQUE_SIZE];
};

/**
 * struct digest_credentials - Authorization: Digest
 * @algorithm: DIGEST_ALGORITHM_NONE if not stated; then the server's counts
 * @count: nonce count, nc
 * @has_auts: @auts asks for a resynchronisation (RFC 3310, 3.4)
 * @response: lower-case hex
 */
struct digest_credentials {
	enum digest_algorithm algorithm;
	enum digest_qop qop;
	uint32_t count;
	bool has_auts;
	uint8_t auts[DIGEST_AUTS_SIZE];
	char username[DIGEST_USERNAME_SIZE];
	char realm[DIGEST_REALM_SIZE];
	char nonce[DIGEST_NONCE_SIZE];
	char cnonce[DIGEST_NONCE_SIZE];
	char opaque[DIGEST_OPAQUE_SIZE];
	char uri[DIGEST_URI_SIZE];
	char response[DIGEST_RESPONSE_SIZE];
};

/**
 * struct digest_info - Authentication-Info
 * @qop: DIGEST_QOP_NONE if there is only @nextnonce
 */
struct digest_info {
	enum digest_qop qop;
	uint32_t count;
	char nextnonce[DIGEST_NONCE_SIZE];
	char cnonce[DIGEST_NONCE_SIZE];
	char rspauth[DIGEST_RESPONSE_SIZE];
};

/**
 * struct digest_session - what one side remembers about a nonce
 * @qops: server: those that were offered; client: the one that it took
 * @realm: server: as in the challenge; client: the one that it took
 * @count: largest nonce count so far, 0 before the first
 * @count_max: server: requests that the nonce is good for
 * @expires: server: from this time on the nonce is stale; same unit as "now"
 * @nonce_prime: -sess only: nonce of the first request of the session
 * @cnonce_prime: -sess only: client nonce of the first request
 *
 * A server fills all but the last two and @count, which start as zero.
 */
struct digest_session {
	enum digest_algorithm algorithm;
	unsigned int qops;
	uint32_t count;
	uint32_t count_max;
	uint64_t expires;
	char realm[DIGEST_REALM_SIZE];
	char nonce[DIGEST_NONCE_SIZE];
	char opaque[DIGEST_OPAQUE_SIZE];
	char nonce_prime[DIGEST_NONCE_SIZE];
	char cnonce_prime[DIGEST_NONCE_SIZE];
};

/**
 * struct digest_request - the HTTP request that is authenticated
 * @method: as in the request line
 * @uri: request target, as in the request line
 * @body: before transfer coding, NULL if @body_size is 0
 */
struct digest_request {
	const char *method;
	const char *uri;
	const void *body;
	size_t body_size;
};

/* "MD5", "auth-int" */
const char *digest_algorithm_name(enum digest_algorithm algorithm);
const char *digest_qop_name(enum digest_qop qop);
/* Unknown names yield NONE. Names are case-insensitive. */
enum digest_algorithm digest_algorithm_find(const char *name, size_t length);
enum digest_qop digest_qop_find(const char *name, size_t length);

/* Text (digest_challenge.c, digest_credentials.c, digest_info.c) ---------- */

/* Reads the value of a WWW-Authenticate header: all challenges of scheme
 * Digest with their order kept; other schemes are passed over. A challenge of
 * an unknown algorithm or without a known qop stays in the list with NONE or 0
 * (RFC 7616, 3.3). A missing algorithm is MD5. Returns 0 with 1 to @room
 * challenges, or -1, and then @count is 0 and @challenges are zeroed.
 */
int digest_challenges_parse(const char *header, size_t length,
			    struct digest_challenge *challenges, size_t room,
			    size_t *count, struct fault *fault);
/* Writes the value of the header with a NUL. Returns 0 or -1 (@text empty). */
int digest_challenge_write(const struct digest_challenge *challenge, char *text,
			   size_t room, struct fault *fault);
/* Reads the value of an Authorization header. With nonce and response there but
 * empty it is the UE's first request to the BSF (TS 24.109, A.4), which only says
 * who asks; of qop, nc, cnonce and opaque nothing is kept then. Otherwise
 * username, realm, nonce, uri, response, qop, nc and cnonce have to be there.
 * Hashed user names and username* are refused: no identity of GBA needs them.
 * Returns 0, or -1, @credentials zeroed.
 */
int digest_credentials_parse(const char *header, size_t length,
			     struct digest_credentials *credentials,
			     struct fault *fault);
int digest_credentials_write(const struct digest_credentials *credentials,
			     char *text, size_t room, struct fault *fault);
bool digest_credentials_are_initial(
	const struct digest_credentials *credentials);
/* Reads and writes the value of an Authentication-Info header (RFC 7616, 3.5).
 * Either all of qop, rspauth, cnonce and nc are there or none.
 */
int digest_info_parse(const char *header, size_t length,
		      struct digest_info *info, struct fault *fault);
int digest_info_write(const struct digest_info *info, char *text, size_t room,
		      struct fault *fault);

/* Client ------------------------------------------------------------------ */

/* The strongest challenge that @policy allows, and its strongest allowed qop.
 * Returns 0, or -1 and FAULT_UNSUPPORTED: an offer below the policy is a
 * downgrade and is not answered.
 */
int digest_challenge_choose(const struct digest_challenge *challenges,
			    size_t count, const struct digest_policy *policy,
			    const struct digest_challenge **chosen,
			    enum digest_qop *qop, struct fault *fault);
/* Starts to answer @challenge with @qop in @realm, which is its realm or the
 * part of it that digest_realm_select() took. Returns 0, or -1, @session zeroed.
 */
int digest_session_start(const struct digest_challenge *challenge,
			 enum digest_qop qop, const char *realm,
			 struct digest_session *session, struct fault *fault);
/* Credentials for @request; @cnonce is fresh and random (16 octets as hex will
 * do). The nonce count goes up by one. An empty password is refused. Returns 0,
 * or -1 with @session unchanged and @credentials zeroed.
 */
int digest_credentials_build(struct digest_session *session,
			     const char *username, const char *cnonce,
			     const struct digest_request *request,
			     const struct secret *password,
			     struct digest_credentials *credentials,
			     struct fault *fault);
/* Checks what the server says about its response to @credentials (RFC 7616,
 * 3.5): qop, cnonce and nc have to be those of the request and rspauth has to
 * be there and right; with auth-int it covers @body. Then the nonce of @session
 * becomes nextnonce, if there is one. Returns 0, or -1, @session unchanged:
 * FAULT_UNAUTHENTIC, and the response is not to be believed.
 */
int digest_info_verify(struct digest_session *session,
		       const struct digest_credentials *credentials,
		       const struct digest_info *info, const void *body,
		       size_t body_size, const struct secret *password,
		       struct fault *fault);

/* Server ------------------------------------------------------------------ */

/* The challenge that offers the nonce of @session. Returns 0, or -1 and
 * FAULT_ARGUMENT if @session lacks something.
 */
int digest_session_challenge(const struct digest_session *session, bool stale,
			     struct digest_challenge *challenge,
			     struct fault *fault);
/* Checks @credentials for @request: realm, nonce, opaque, algorithm and qop
 * against @session, uri against the request line (octet by octet), the
 * response in constant time, then age and count of the nonce. A nonce count
 * has to be above all earlier ones; gaps are fine. Returns 0 and notes the
 * count, or -1 with @session unchanged:
 * FAULT_UNSUPPORTED: another algorithm or qop than offered, a downgrade;
 * FAULT_MALFORMED: the uri is of another request (answer 400);
 * FAULT_UNAUTHENTIC: wrong password, body or session (answer 401);
 * FAULT_REPLAYED: all is right but the nonce is too old or its count was used
 * (answer 401 with stale=true and a new nonce; RFC 7616, 3.3);
 * FAULT_STATE: they ask for something else: they are initial or have AUTS.
 */
int digest_credentials_verify(struct digest_session *session,
			      const struct digest_credentials *credentials,
			      const struct digest_request *request,
			      const struct secret *password, uint64_t now,
			      struct fault *fault);
/* Authentication-Info for a response with @body to verified @credentials.
 * @nextnonce may be NULL. Returns 0, or -1, @info zeroed.
 */
int digest_info_build(const struct digest_session *session,
		      const struct digest_credentials *credentials,
		      const void *body, size_t body_size,
		      const struct secret *password, const char *nextnonce,
		      struct digest_info *info, struct fault *fault);
/* Gives the session its next nonce. As nextnonce it leaves a session key (-sess)
 * as it is, a new challenge starts a new one (RFC 7616, 3.4.2). Returns 0, or
 * -1, @session unchanged.
 */
int digest_session_renew(struct digest_session *session, const char *nonce,
			 bool challenge, uint64_t expires, struct fault *fault);

/* Both (digest_response.c) ------------------------------------------------ */

/* The response of @credentials (RFC 7616, 3.4.1 to 3.4.3), or with a NULL
 * method in @request the rspauth (3.5), as lower-case hex. @session gives the
 * algorithm and, if set, the primes. An empty @password is hashed as such.
 * Returns 0, or -1 and FAULT_MEMORY, @response empty.
 */
int digest_response(const struct digest_session *session,
		    const struct digest_credentials *credentials,
		    const struct digest_request *request,
		    const struct secret *password,
		    char response[DIGEST_RESPONSE_SIZE], struct fault *fault);
/* The checks of digest_credentials_verify(), with a password that may be
 * empty. For digest_aka.c.
 */
int digest_response_verify(struct digest_session *session,
			   const struct digest_credentials *credentials,
			   const struct digest_request *request,
			   const struct secret *password, uint64_t now,
			   struct fault *fault);
/* Credentials with AUTS or NULL, and a password that may be empty. */
int digest_response_build(struct digest_session *session, const char *username,
			  const char *cnonce,
			  const struct digest_request *request,
			  const struct secret *password, const uint8_t *auts,
			  struct digest_credentials *credentials,
			  struct fault *fault);
/* The password of Ua: @key in base 64, as UEs and NAFs of TS 24.109 do it; for
 * MBMS the key is MRK (that TS 33.246, 6.2.1.3 codes it alike is our reading).
 * Returns 0, or -1, @password empty. The caller clears it.
 */
int digest_password_set(struct secret *password, const struct secret *key,
			struct fault *fault);

#endif /* CORE_DIGEST_H */
