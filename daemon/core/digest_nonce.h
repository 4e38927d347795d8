/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Digest of a server with very many users (Ua). Its nonces prove by themselves
 * that it made them, and when (as RFC 7616, 3.3 proposes), so that nothing has to
 * be kept for somebody who only got a challenge: a flood of requests without
 * credentials takes no memory. What is kept of a user between two requests is
 * struct digest_nonce instead of a digest_session of 2 KiB.
 *
 * Session keys (-sess) would need the nonces of the first request, and the nonce
 * of AKA is another one: the algorithm is MD5 or SHA-256.
 */
#ifndef CORE_DIGEST_NONCE_H
#define CORE_DIGEST_NONCE_H

#include "digest.h"

#define DIGEST_NONCE_KEY_SIZE 32
#define DIGEST_NONCE_RANDOM_SIZE 8

/**
 * struct digest_server - what all users of a server have in common
 * @algorithm: DIGEST_MD5 or DIGEST_SHA256
 * @qops: DIGEST_BIT() of each quality of protection that is offered
 * @count_max: requests that a nonce is good for
 * @lifetime: how long it is good for, in the unit of "now"
 * @realm: one realm, or several of them (digest_realm_build())
 * @nonce_key: DIGEST_NONCE_KEY_SIZE random octets of the server's own, which
 *	authenticate its nonces. A new one makes all nonces stale.
 *
 * "now" never goes back while @nonce_key and records of users are in use, and is
 * so fine that two nonces for one user are of different times: a monotonic clock
 * in microseconds, with a new key after a restart.
 */
struct digest_server {
	enum digest_algorithm algorithm;
	unsigned int qops;
	uint32_t count_max;
	uint64_t lifetime;
	char realm[DIGEST_REALM_SIZE];
	struct secret nonce_key;
};

/**
 * struct digest_nonce - the newest nonce that a user has used; zeroed before
 * @made: when the server made it
 * @random: tells it from others
 * @count: largest nonce count with it, 0 if the user has used none so far
 *
 * Without the record, what the user sent within @lifetime could be sent again: it
 * goes with the user's password, or with the key of nonces, and not before.
 */
struct digest_nonce {
	uint64_t made;
	uint8_t random[DIGEST_NONCE_RANDOM_SIZE];
	uint32_t count;
};

/* A nonce, for nextnonce; @random is fresh. Returns 0, or -1, @text empty:
 * FAULT_ARGUMENT if @server lacks something.
 */
int digest_nonce_write(const struct digest_server *server, uint64_t now,
		       const uint8_t random[DIGEST_NONCE_RANDOM_SIZE],
		       char text[DIGEST_NONCE_SIZE], struct fault *fault);
/* A challenge with a new nonce. Returns 0, or -1, @challenge zeroed. */
int digest_server_challenge(const struct digest_server *server, uint64_t now,
			    const uint8_t random[DIGEST_NONCE_RANDOM_SIZE],
			    bool stale, struct digest_challenge *challenge,
			    struct fault *fault);
/* Checks @credentials for @request as digest_credentials_verify() does, with its
 * faults. @nonce is the record of the user that @credentials name. A nonce that
 * is older than the one in it, too old, or not ours (the key may be a new one) is
 * FAULT_REPLAYED, but only if the response is right for it: answer 401 with
 * stale=true. Returns 0 and notes nonce and count in @nonce, or -1 with @nonce
 * unchanged.
 */
int digest_server_verify(const struct digest_server *server,
			 struct digest_nonce *nonce,
			 const struct digest_credentials *credentials,
			 const struct digest_request *request,
			 const struct secret *password, uint64_t now,
			 struct fault *fault);
/* Authentication-Info for verified @credentials, as digest_info_build(). */
int digest_server_info(const struct digest_server *server,
		       const struct digest_credentials *credentials,
		       const void *body, size_t body_size,
		       const struct secret *password, const char *nextnonce,
		       struct digest_info *info, struct fault *fault);

#endif /* CORE_DIGEST_NONCE_H */
