// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>

#include "base64.h"
#include "buf.h"
#include "digest_nonce.h"

/* A nonce is base 64 of time, random and MAC. */
#define MAC_SIZE 16
#define MARK_SIZE (8 + DIGEST_NONCE_RANDOM_SIZE)
#define NONCE_OCTETS (MARK_SIZE + MAC_SIZE)

_Static_assert(BASE64_LENGTH(NONCE_OCTETS) < DIGEST_NONCE_SIZE,
	       "a nonce has to fit");
_Static_assert(sizeof(struct digest_nonce) <= 24,
	       "there is one for each of very many users");

static int check_server(const struct digest_server *server, struct fault *fault)
{
	if (server->algorithm != DIGEST_MD5 &&
	    server->algorithm != DIGEST_SHA256)
		return fault_set(fault, FAULT_ARGUMENT,
				 "a server of many users does not offer %s",
				 digest_algorithm_name(server->algorithm));
	if (server->nonce_key.size != DIGEST_NONCE_KEY_SIZE)
		return fault_set(fault, FAULT_ARGUMENT,
				 "the key of nonces has %zu octets, not %d",
				 server->nonce_key.size, DIGEST_NONCE_KEY_SIZE);
	return 0;
}

/* Time and random, and the MAC over them, which others cannot make. */
static int make_octets(const struct digest_server *server, uint64_t made,
		       const uint8_t random[DIGEST_NONCE_RANDOM_SIZE],
		       uint8_t octets[NONCE_OCTETS], struct fault *fault)
{
	uint8_t mac[SHA256_DIGEST_LENGTH];
	struct writer writer;

	writer_init(&writer, octets, NONCE_OCTETS);
	writer_u64(&writer, made);
	writer_bytes(&writer, random, DIGEST_NONCE_RANDOM_SIZE);
	if (!HMAC(EVP_sha256(), server->nonce_key.bytes,
		  (int)server->nonce_key.size, octets, MARK_SIZE, mac, NULL))
		return fault_set(fault, FAULT_MEMORY, "HMAC-SHA-256 failed");
	writer_bytes(&writer, mac, MAC_SIZE);
	return 0;
}

int digest_nonce_write(const struct digest_server *server, uint64_t now,
		       const uint8_t random[DIGEST_NONCE_RANDOM_SIZE],
		       char text[DIGEST_NONCE_SIZE], struct fault *fault)
{
	uint8_t octets[NONCE_OCTETS];

	text[0] = '\0';
	if (check_server(server, fault) ||
	    make_octets(server, now, random, octets, fault))
		return -1;
	return base64_encode(octets, sizeof(octets), text, DIGEST_NONCE_SIZE,
			     fault);
}

/* Whether @text is a nonce of the server (@ours), and then which. Returns 0, or
 * -1 if that cannot be told.
 */
static int read_nonce(const struct digest_server *server, const char *text,
		      struct digest_nonce *nonce, bool *ours,
		      struct fault *fault)
{
	uint8_t octets[NONCE_OCTETS], expected[NONCE_OCTETS];
	struct reader reader;
	size_t size;

	*nonce = (struct digest_nonce){ 0 };
	*ours = false;
	if (base64_decode(text, strlen(text), octets, sizeof(octets), &size,
			  "nonce", NULL) ||
	    size != sizeof(octets))
		return 0;
	reader_init(&reader, octets, sizeof(octets));
	nonce->made = reader_u64(&reader);
	reader_copy(&reader, nonce->random, sizeof(nonce->random));
	if (make_octets(server, nonce->made, nonce->random, expected, fault))
		return -1;
	*ours = !CRYPTO_memcmp(octets, expected, sizeof(octets));
	return 0;
}

static struct digest_session make_session(const struct digest_server *server)
{
	struct digest_session session = { .algorithm = server->algorithm,
					  .qops = server->qops,
					  .count_max = server->count_max };

	memcpy(session.realm, server->realm, sizeof(session.realm));
	return session;
}

int digest_server_challenge(const struct digest_server *server, uint64_t now,
			    const uint8_t random[DIGEST_NONCE_RANDOM_SIZE],
			    bool stale, struct digest_challenge *challenge,
			    struct fault *fault)
{
	struct digest_session session = make_session(server);

	memset(challenge, 0, sizeof(*challenge));
	if (digest_nonce_write(server, now, random, session.nonce, fault))
		return -1;
	return digest_session_challenge(&session, stale, challenge, fault);
}

/* Of two nonces of one time nobody knows which is newer: neither follows. */
static void resume_session(struct digest_session *session,
			   const struct digest_nonce *last,
			   const struct digest_nonce *found, uint64_t lifetime)
{
	bool same = last->made == found->made &&
		    !memcmp(last->random, found->random, sizeof(last->random));

	if (same)
		session->count = last->count;
	else if (last->count && found->made <= last->made)
		return;
	session->expires = found->made + lifetime;
	if (session->expires < lifetime)
		session->expires = UINT64_MAX;
}

int digest_server_verify(const struct digest_server *server,
			 struct digest_nonce *nonce,
			 const struct digest_credentials *credentials,
			 const struct digest_request *request,
			 const struct secret *password, uint64_t now,
			 struct fault *fault)
{
	struct digest_session session = make_session(server);
	struct digest_nonce found;
	bool ours;

	if (check_server(server, fault) ||
	    read_nonce(server, credentials->nonce, &found, &ours, fault))
		return -1;
	/* Without an end set, the nonce has ended at 0. */
	if (ours)
		resume_session(&session, nonce, &found, server->lifetime);
	memcpy(session.nonce, credentials->nonce, sizeof(session.nonce));
	if (digest_credentials_verify(&session, credentials, request, password,
				      now, fault))
		return -1;
	found.count = session.count;
	*nonce = found;
	return 0;
}

int digest_server_info(const struct digest_server *server,
		       const struct digest_credentials *credentials,
		       const void *body, size_t body_size,
		       const struct secret *password, const char *nextnonce,
		       struct digest_info *info, struct fault *fault)
{
	const struct digest_session session = make_session(server);

	memset(info, 0, sizeof(*info));
	if (check_server(server, fault))
		return -1;
	return digest_info_build(&session, credentials, body, body_size,
				 password, nextnonce, info, fault);
}
