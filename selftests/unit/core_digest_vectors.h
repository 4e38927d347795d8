/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads vectors of selftests/vectors/digest.json into the structs of Digest. */
#ifndef CORE_DIGEST_VECTORS_H
#define CORE_DIGEST_VECTORS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/digest.h"
#include "vectors.h"

#define DIGEST_BODY_MAX 2048

/**
 * struct digest_case - a vector of kind "response"
 * @session: as both sides have it before the request
 * @body: of the request
 * @response_body: of the response
 */
struct digest_case {
	struct digest_session session;
	struct digest_request request;
	struct secret password;
	const char *username;
	const char *cnonce;
	uint8_t body[DIGEST_BODY_MAX];
	uint8_t response_body[DIGEST_BODY_MAX];
	size_t response_body_size;
};

static inline bool digest_kind_is(const json_t *vector, const char *kind)
{
	return !strcmp(vectors_text(vector, "kind"), kind);
}

static inline void digest_text_take(const json_t *vector, const char *name,
				    char *out, size_t room)
{
	const char *text = vectors_text(vector, name);

	assert_true(strlen(text) < room);
	memset(out, 0, room);
	memcpy(out, text, strlen(text));
}

/* The caller does secret_clear(&one->password). */
static inline void digest_case_take(const json_t *vector,
				    struct digest_case *one)
{
	struct digest_session *session = &one->session;
	const char *algorithm = vectors_text(vector, "algorithm");
	const char *qop = vectors_text(vector, "qop");

	memset(one, 0, sizeof(*one));
	session->algorithm =
		digest_algorithm_find(algorithm, strlen(algorithm));
	session->qops = DIGEST_BIT(digest_qop_find(qop, strlen(qop)));
	session->count = (uint32_t)vectors_number(vector, "nc") - 1;
	session->count_max = UINT32_MAX;
	session->expires = 1000;
	digest_text_take(vector, "realm", session->realm,
			 sizeof(session->realm));
	digest_text_take(vector, "nonce", session->nonce,
			 sizeof(session->nonce));
	if (vectors_has(vector, "nonce-prime")) {
		digest_text_take(vector, "nonce-prime", session->nonce_prime,
				 sizeof(session->nonce_prime));
		digest_text_take(vector, "cnonce-prime", session->cnonce_prime,
				 sizeof(session->cnonce_prime));
	}
	one->username = vectors_text(vector, "username");
	one->cnonce = vectors_text(vector, "cnonce");
	one->request.method = vectors_text(vector, "method");
	one->request.uri = vectors_text(vector, "uri");
	one->request.body = one->body;
	if (vectors_has(vector, "body"))
		one->request.body_size = vectors_hex(vector, "body", one->body,
						     sizeof(one->body));
	if (vectors_has(vector, "response-body"))
		one->response_body_size =
			vectors_hex(vector, "response-body", one->response_body,
				    sizeof(one->response_body));
	if (vectors_text(vector, "password")[0])
		vectors_secret(vector, "password", &one->password);
}

/* A header of a vector, as octets since it may be no text. */
static inline size_t digest_header_take(const json_t *vector, char *out,
					size_t room)
{
	const char *text;

	if (vectors_has(vector, "value-hex"))
		return vectors_hex(vector, "value-hex", (uint8_t *)out, room);
	text = vectors_text(vector, "value");
	assert_true(strlen(text) < room);
	memcpy(out, text, strlen(text));
	return strlen(text);
}

#endif /* CORE_DIGEST_VECTORS_H */
