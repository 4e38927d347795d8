// SPDX-License-Identifier: GPL-2.0-or-later
/* HTTP Digest headers: RFC 7616, 2617 and 3310, TS 24.109, TS 33.246. */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>

#include "core/digest.h"
#include "core/digest_aka.h"
#include "core/digest_header.h"
#include "core/digest_realm.h"

#include "explain.h"

#define LABEL_SIZE 48

enum header_kind {
	HEADER_CHALLENGE,
	HEADER_CREDENTIALS,
	HEADER_INFO,
	HEADER_KINDS,
};

static const struct {
	const char *name;
	const char *title;
	const char *clause;
} headers[HEADER_KINDS] = {
	[HEADER_CHALLENGE] = { "WWW-Authenticate", "challenges",
			       "RFC 7616, 3.3; RFC 3310, 3.2" },
	[HEADER_CREDENTIALS] = { "Authorization", "credentials",
				 "RFC 7616, 3.4; RFC 3310, 3.3 and 3.4" },
	[HEADER_INFO] = { "Authentication-Info", "the server's proof",
			  "RFC 7616, 3.5" },
};

struct slice {
	const char *text;
	size_t size;
};

/**
 * struct http - what the text has
 * @values: of the headers, without their names; text NULL if not there
 * @method, @uri: of a request line
 * @body: behind the empty line
 * @challenge: the first one, if @has_challenge
 * @credentials: if @has_credentials
 * @info: if @has_info
 */
struct http {
	struct slice values[HEADER_KINDS];
	struct slice method;
	struct slice uri;
	struct slice body;
	bool has_challenge;
	bool has_credentials;
	bool has_info;
	struct digest_challenge challenge;
	struct digest_credentials credentials;
	struct digest_info info;
};

typedef void (*header_reader)(struct explain *explain, struct http *http);

/* ---- Lines ---- */

static struct slice trim(struct slice slice)
{
	while (slice.size && (*slice.text == ' ' || *slice.text == '\t')) {
		slice.text++;
		slice.size--;
	}
	while (slice.size && (slice.text[slice.size - 1] == ' ' ||
			      slice.text[slice.size - 1] == '\t' ||
			      slice.text[slice.size - 1] == '\r'))
		slice.size--;
	return slice;
}

/* "POST /keymanagement?requesttype=register HTTP/1.1" */
static void request_line_take(struct http *http, struct slice line)
{
	const char *first = memchr(line.text, ' ', line.size);
	struct slice rest;
	const char *last;

	if (!first)
		return;
	rest.text = first + 1;
	rest.size = line.text + line.size - rest.text;
	last = memchr(rest.text, ' ', rest.size);
	if (!last || line.text + line.size - last < 6 ||
	    memcmp(last + 1, "HTTP/", 5))
		return;
	http->method = (struct slice){ line.text, first - line.text };
	http->uri = (struct slice){ rest.text, last - rest.text };
}

static int header_take(struct http *http, struct slice line,
		       struct fault *fault)
{
	const char *colon = memchr(line.text, ':', line.size);
	size_t name = colon ? (size_t)(colon - line.text) : 0;

	for (int i = 0; i < HEADER_KINDS; i++) {
		if (name != strlen(headers[i].name) ||
		    strncasecmp(line.text, headers[i].name, name))
			continue;
		if (http->values[i].text)
			return fault_set(fault, FAULT_MALFORMED,
					 "%s is there twice", headers[i].name);
		http->values[i] =
			trim((struct slice){ colon + 1, line.size - name - 1 });
	}
	return 0;
}

static int lines_read(struct http *http, const char *text, size_t size,
		      struct fault *fault)
{
	bool first = true;

	while (size) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size;
		struct slice line = trim((struct slice){ text, length });

		length += !!end;
		text += length;
		size -= length;
		if (!line.size && !first) {
			http->body = (struct slice){ text, size };
			return 0;
		}
		if (first)
			request_line_take(http, line);
		if (header_take(http, line, fault))
			return -1;
		first = false;
	}
	return 0;
}

/* ---- Headers ---- */

static void show_parameter(struct explain *explain,
			   const struct digest_parameter *parameter)
{
	char label[LABEL_SIZE];

	explain_foreign(explain,
			explain_clean(parameter->name, parameter->name_length,
				      label, sizeof(label)),
			parameter->value, parameter->value_length);
}

/* All parameters up to the end, or to what is malformed. */
static void show_header(struct explain *explain, enum header_kind kind,
			struct slice value)
{
	struct digest_parameter parameter;
	struct digest_scanner scanner;
	enum digest_item item;
	char scheme[LABEL_SIZE];

	explain_part(explain, headers[kind].name, headers[kind].title,
		     headers[kind].clause);
	if (digest_scanner_init(&scanner, value.text, value.size,
				kind != HEADER_INFO, NULL))
		return;
	while ((item = digest_scanner_next(&scanner, &parameter, NULL)) >
	       DIGEST_ITEM_END) {
		if (item == DIGEST_ITEM_PARAMETER)
			show_parameter(explain, &parameter);
		else
			explain_part(explain, "scheme",
				     explain_clean(parameter.name,
						   parameter.name_length,
						   scheme, sizeof(scheme)),
				     NULL);
	}
}

static void show_aka_nonce(struct explain *explain, const char *text)
{
	struct digest_aka_nonce nonce;
	struct fault fault = {};

	explain_part(explain, "nonce of AKA", "RAND and AUTN",
		     "RFC 3310, 3.2; TS 33.102, 6.3");
	if (digest_aka_nonce_parse(text, &nonce, &fault)) {
		explain_check_fault(explain, "nonce of AKA", &fault);
		return;
	}
	explain_octets(explain, "RAND", nonce.rand, sizeof(nonce.rand));
	explain_octets(explain, "AUTN", nonce.autn, sizeof(nonce.autn));
	explain_octets(explain, "SQN xor AK", nonce.autn, 6);
	explain_octets(explain, "AMF", nonce.autn + 6, 2);
	explain_octets(explain, "MAC", nonce.autn + 8, 8);
	if (nonce.data_size)
		explain_octets(explain, "server data", nonce.data,
			       nonce.data_size);
}

static void show_realm(struct explain *explain, const char *realm)
{
	static const char *const names[] = {
		[GBA_ME] = "GBA_ME, Ks_NAF",
		[GBA_U] = "GBA_U, Ks_ext_NAF",
		[GBA_DIGEST] = "GBA_Digest",
	};
	enum gba_mode mode;

	if (!digest_realm_mode(realm, &mode, NULL))
		explain_text(explain, "bootstrapping mode", "%s", names[mode]);
}

static void challenge_read(struct explain *explain, struct http *http)
{
	struct digest_challenge list[DIGEST_CHALLENGES_MAX];
	struct slice value = http->values[HEADER_CHALLENGE];
	size_t count;

	show_header(explain, HEADER_CHALLENGE, value);
	if (digest_challenges_parse(value.text, value.size, list,
				    DIGEST_CHALLENGES_MAX, &count,
				    &explain->fault))
		return;
	for (size_t i = 0; i < count; i++)
		if (list[i].algorithm == DIGEST_AKAV1_MD5)
			show_aka_nonce(explain, list[i].nonce);
	http->challenge = list[0];
	http->has_challenge = true;
}

static const char *purpose(const struct digest_credentials *credentials)
{
	if (digest_credentials_are_initial(credentials))
		return "first request, which only says who asks (TS 24.109, A.4)";
	if (credentials->has_auts)
		return "resynchronisation (RFC 3310, 3.4)";
	return "proof of the password";
}

static void credentials_read(struct explain *explain, struct http *http)
{
	struct slice value = http->values[HEADER_CREDENTIALS];
	struct digest_credentials *credentials = &http->credentials;

	show_header(explain, HEADER_CREDENTIALS, value);
	if (digest_credentials_parse(value.text, value.size, credentials,
				     &explain->fault))
		return;
	http->has_credentials = true;
	explain_text(explain, "purpose", "%s", purpose(credentials));
	show_realm(explain, credentials->realm);
	if (credentials->has_auts) {
		explain_octets(explain, "SQN_MS xor AK", credentials->auts, 6);
		explain_octets(explain, "MAC-S", credentials->auts + 6, 8);
	}
	if (credentials->algorithm == DIGEST_AKAV1_MD5 && credentials->nonce[0])
		show_aka_nonce(explain, credentials->nonce);
}

static void info_read(struct explain *explain, struct http *http)
{
	struct slice value = http->values[HEADER_INFO];

	show_header(explain, HEADER_INFO, value);
	http->has_info = !digest_info_parse(value.text, value.size, &http->info,
					    &explain->fault);
}

/* ---- Proofs ---- */

static enum digest_algorithm algorithm_find(const struct explain *explain,
					    const struct http *http)
{
	if (http->credentials.algorithm)
		return http->credentials.algorithm;
	if (explain->keys->algorithm)
		return explain->keys->algorithm;
	if (http->has_challenge && http->challenge.algorithm)
		return http->challenge.algorithm;
	if (explain_keys_get(explain->keys, EXPLAIN_RES) ||
	    http->credentials.has_auts)
		return DIGEST_AKAV1_MD5;
	return DIGEST_MD5;
}

static int copy(struct secret *to, const struct secret *from)
{
	return from ? secret_set(to, from->bytes, from->size) : -1;
}

/* A copy for the caller to clear; it is empty for a resynchronisation. */
static int password_find(const struct explain *explain, const struct http *http,
			 enum digest_algorithm algorithm,
			 struct secret *password, const char **wanted)
{
	const struct explain_keys *keys = explain->keys;
	const struct secret *mrk = explain_keys_get(keys, EXPLAIN_MRK);

	*wanted = "RES";
	if (algorithm == DIGEST_AKAV1_MD5)
		return http->credentials.has_auts ?
			       0 :
			       copy(password,
				    explain_keys_get(keys, EXPLAIN_RES));
	*wanted = "password or MRK";
	if (!copy(password, explain_keys_get(keys, EXPLAIN_PASSWORD)))
		return 0;
	return mrk ? digest_password_set(password, mrk, NULL) : -1;
}

/* An empty text if it is not given or does not fit. */
static void text_set(char *text, size_t room, const struct explain_value *value)
{
	text[0] = '\0';
	if (value->data && value->size < room)
		memcpy(text, value->data, value->size + 1);
}

static void session_make(const struct explain *explain,
			 enum digest_algorithm algorithm,
			 struct digest_session *session)
{
	const struct explain_keys *keys = explain->keys;

	memset(session, 0, sizeof(*session));
	session->algorithm = algorithm;
	text_set(session->nonce_prime, sizeof(session->nonce_prime),
		 &keys->session_nonce);
	text_set(session->cnonce_prime, sizeof(session->cnonce_prime),
		 &keys->session_cnonce);
}

static void response_compare(struct explain *explain, const char *label,
			     const struct digest_session *session,
			     const struct digest_credentials *credentials,
			     const struct digest_request *request,
			     const struct secret *password,
			     const char *response)
{
	char expected[DIGEST_RESPONSE_SIZE];
	struct fault fault = {};

	if (digest_response(session, credentials, request, password, expected,
			    &fault))
		explain_check_fault(explain, label, &fault);
	else if (strlen(expected) == strlen(response) &&
		 !CRYPTO_memcmp(expected, response, strlen(expected)))
		explain_check(explain, label, EXPLAIN_OK, "%s", "");
	else
		explain_check(
			explain, label, EXPLAIN_WRONG,
			"other password, method, uri or body, by algorithm %s",
			digest_algorithm_name(session->algorithm));
	OPENSSL_cleanse(expected, sizeof(expected));
}

/* text is NULL unless the text fits and has no NUL. */
static const char *text_take(struct slice slice, char *text, size_t room)
{
	if (!slice.size || slice.size >= room ||
	    memchr(slice.text, 0, slice.size))
		return NULL;
	memcpy(text, slice.text, slice.size);
	text[slice.size] = '\0';
	return text;
}

static struct slice value_or(const struct explain_value *value,
			     struct slice other)
{
	return value->data ? (struct slice){ (const char *)value->data,
					     value->size } :
			     other;
}

static void check_response(struct explain *explain, const struct http *http,
			   const struct digest_session *session,
			   const struct secret *password)
{
	const struct digest_credentials *credentials = &http->credentials;
	const struct explain_keys *keys = explain->keys;
	/* Together with Authentication-Info the body is the server's. */
	struct slice body = value_or(
		&keys->body, http->has_info ? (struct slice){} : http->body);
	char method[32], uri[DIGEST_URI_SIZE];
	struct digest_request request = {
		.method = text_take(value_or(&keys->method, http->method),
				    method, sizeof(method)),
		.uri = text_take(value_or(&keys->uri, http->uri), uri,
				 sizeof(uri)),
		.body = body.text,
		.body_size = body.size,
	};

	if (!request.method) {
		explain_check(
			explain, "response", EXPLAIN_NOT_CHECKED,
			"no method is given, by request line or key file");
		return;
	}
	if (request.uri && strcmp(request.uri, credentials->uri))
		explain_check(explain, "uri", EXPLAIN_WRONG,
			      "not that of the request");
	request.uri = credentials->uri;
	response_compare(explain, "response", session, credentials, &request,
			 password, credentials->response);
}

static void check_info(struct explain *explain, const struct http *http,
		       const struct digest_session *session,
		       const struct secret *password)
{
	const struct digest_credentials *credentials = &http->credentials;
	struct slice body = value_or(&explain->keys->response_body, http->body);
	const struct digest_request request = {
		.uri = credentials->uri,
		.body = body.text,
		.body_size = body.size,
	};

	if (http->info.qop != credentials->qop ||
	    http->info.count != credentials->count ||
	    strcmp(http->info.cnonce, credentials->cnonce))
		explain_check(explain, "rspauth", EXPLAIN_WRONG,
			      "qop, nc or cnonce are not those of the request");
	else
		response_compare(explain, "rspauth", session, credentials,
				 &request, password, http->info.rspauth);
}

static void check_proofs(struct explain *explain, const struct http *http)
{
	enum digest_algorithm algorithm = algorithm_find(explain, http);
	bool has_rspauth = http->has_info && http->info.qop;
	struct digest_session session;
	struct secret password = {};
	const char *wanted;

	explain_part(explain, "verification", "of response and rspauth",
		     "RFC 7616, 3.4.1 to 3.4.3 and 3.5");
	explain_text(explain, "algorithm", "%s",
		     digest_algorithm_name(algorithm));
	session_make(explain, algorithm, &session);
	if (password_find(explain, http, algorithm, &password, &wanted)) {
		explain_check(explain, "response", EXPLAIN_NOT_CHECKED,
			      "no %s is given", wanted);
	} else {
		check_response(explain, http, &session, &password);
		if (has_rspauth)
			check_info(explain, http, &session, &password);
	}
	secret_clear(&password);
}

static void explain_all(struct explain *explain)
{
	static const header_reader readers[] = {
		[HEADER_CHALLENGE] = challenge_read,
		[HEADER_CREDENTIALS] = credentials_read,
		[HEADER_INFO] = info_read,
	};
	struct http http = {};
	bool any = false;

	if (lines_read(&http, (const char *)explain->data, explain->size,
		       &explain->fault))
		return;
	for (int i = 0; i < HEADER_KINDS; i++)
		if (http.values[i].text && !explain->fault.code) {
			any = true;
			readers[i](explain, &http);
		}
	if (!any)
		fault_set(
			&explain->fault, FAULT_MALFORMED,
			"no line is a WWW-Authenticate, Authorization or Authentication-Info header");
	if (http.has_credentials &&
	    !digest_credentials_are_initial(&http.credentials))
		check_proofs(explain, &http);
	else if (http.has_info && http.info.qop)
		explain_check(
			explain, "rspauth", EXPLAIN_NOT_CHECKED,
			"it needs the Authorization header of the request too");
}

const struct explain_kind explain_kind_digest = { "digest", true, explain_all };
