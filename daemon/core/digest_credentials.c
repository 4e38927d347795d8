// SPDX-License-Identifier: GPL-2.0-or-later
/* Authorization as text: RFC 7616, 3.4, and RFC 3310, 3.4. */
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "digest.h"
#include "digest_field.h"
#include "digest_header.h"

bool digest_credentials_are_initial(const struct digest_credentials *credentials)
{
	return !credentials->nonce[0] && !credentials->response[0];
}

static int auts_take(struct digest_credentials *credentials,
		     const struct digest_parameter *parameter,
		     struct fault *fault)
{
	size_t size;

	if (base64_decode(parameter->value, parameter->value_length,
			  credentials->auts, sizeof(credentials->auts), &size,
			  "auts", fault))
		return -1;
	if (size != sizeof(credentials->auts))
		return fault_set(fault, FAULT_MALFORMED,
				 "auts has %zu octets and not %zu", size,
				 sizeof(credentials->auts));
	credentials->has_auts = true;
	return 0;
}

/* The parameters that are not plain strings. */
static int credentials_take_value(struct digest_credentials *credentials,
				  const struct digest_parameter *parameter,
				  struct fault *fault)
{
	if (digest_parameter_is(parameter, "response"))
		return parameter->value_length ?
			       digest_response_take(parameter,
						    credentials->response,
						    "response", fault) :
			       0;
	if (digest_parameter_is(parameter, "qop"))
		return digest_qop_take(parameter, &credentials->qop, fault);
	if (digest_parameter_is(parameter, "nc"))
		return digest_count_take(parameter, &credentials->count, fault);
	if (digest_parameter_is(parameter, "auts"))
		return auts_take(credentials, parameter, fault);
	if (digest_parameter_is(parameter, "algorithm")) {
		credentials->algorithm = digest_algorithm_find(
			parameter->value, parameter->value_length);
		if (credentials->algorithm == DIGEST_ALGORITHM_NONE)
			return fault_set(fault, FAULT_UNSUPPORTED,
					 "algorithm is not one that we know");
		return 0;
	}
	if (digest_parameter_is(parameter, "username*") ||
	    (digest_parameter_is(parameter, "userhash") &&
	     !digest_flag_is(parameter, "false")))
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "user names are taken as username only, not "
				 "hashed or encoded");
	return 0;
}

static int credentials_take(struct digest_credentials *credentials,
			    const struct digest_parameter *parameter,
			    struct fault *fault)
{
	if (digest_parameter_is(parameter, "username"))
		return digest_field_need(credentials->username,
					 sizeof(credentials->username),
					 parameter, "username", fault);
	if (digest_parameter_is(parameter, "realm"))
		return digest_field_need(credentials->realm,
					 sizeof(credentials->realm), parameter,
					 "realm", fault);
	if (digest_parameter_is(parameter, "nonce"))
		return digest_field_take(credentials->nonce,
					 sizeof(credentials->nonce), parameter,
					 "nonce", fault);
	if (digest_parameter_is(parameter, "cnonce"))
		return digest_field_need(credentials->cnonce,
					 sizeof(credentials->cnonce), parameter,
					 "cnonce", fault);
	if (digest_parameter_is(parameter, "opaque"))
		return digest_field_take(credentials->opaque,
					 sizeof(credentials->opaque), parameter,
					 "opaque", fault);
	if (digest_parameter_is(parameter, "uri"))
		return digest_field_need(credentials->uri,
					 sizeof(credentials->uri), parameter,
					 "uri", fault);
	return credentials_take_value(credentials, parameter, fault);
}

static int credentials_check(const struct digest_credentials *credentials,
			     struct fault *fault)
{
	if (!credentials->username[0] || !credentials->realm[0] ||
	    !credentials->uri[0])
		return fault_set(fault, FAULT_MALFORMED,
				 "the credentials have no username, realm or "
				 "uri");
	/* user:realm would be hashed alike for another user and realm. */
	if (strchr(credentials->username, ':'))
		return fault_set(fault, FAULT_MALFORMED,
				 "username has a colon");
	if (digest_credentials_are_initial(credentials)) {
		if (credentials->has_auts)
			return fault_set(fault, FAULT_MALFORMED,
					 "auts comes without a nonce");
		return 0;
	}
	if (!credentials->nonce[0] || !credentials->response[0])
		return fault_set(fault, FAULT_MALFORMED,
				 "the credentials have no nonce or response");
	if (credentials->qop == DIGEST_QOP_NONE || !credentials->count ||
	    !credentials->cnonce[0])
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "the credentials have no qop, nc or cnonce");
	if (credentials->has_auts &&
	    credentials->algorithm != DIGEST_ALGORITHM_NONE &&
	    credentials->algorithm != DIGEST_AKAV1_MD5)
		return fault_set(fault, FAULT_MALFORMED,
				 "auts comes with the algorithm %s",
				 digest_algorithm_name(credentials->algorithm));
	return 0;
}

/* What else stands in credentials that prove nothing, means nothing. */
static void forget_proof(struct digest_credentials *credentials)
{
	credentials->qop = DIGEST_QOP_NONE;
	credentials->count = 0;
	memset(credentials->cnonce, 0, sizeof(credentials->cnonce));
	memset(credentials->opaque, 0, sizeof(credentials->opaque));
}

static int credentials_scan(struct digest_scanner *scanner,
			    struct digest_credentials *credentials,
			    struct fault *fault)
{
	bool has_nonce = false, has_response = false;
	struct digest_parameter parameter;
	enum digest_item item;

	item = digest_scanner_next(scanner, &parameter, fault);
	if (item == DIGEST_ITEM_FAULT)
		return -1;
	if (item != DIGEST_ITEM_SCHEME ||
	    !digest_parameter_is(&parameter, "Digest"))
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "the credentials are not of scheme Digest");
	while ((item = digest_scanner_next(scanner, &parameter, fault)) !=
	       DIGEST_ITEM_END) {
		if (item == DIGEST_ITEM_FAULT)
			return -1;
		if (item == DIGEST_ITEM_SCHEME)
			return fault_set(fault, FAULT_MALFORMED,
					 "the header has two credentials");
		if (credentials_take(credentials, &parameter, fault))
			return -1;
		has_nonce |= digest_parameter_is(&parameter, "nonce");
		has_response |= digest_parameter_is(&parameter, "response");
	}
	if (!has_nonce || !has_response)
		return fault_set(fault, FAULT_MALFORMED,
				 "the credentials have no nonce or response");
	if (credentials_check(credentials, fault))
		return -1;
	if (digest_credentials_are_initial(credentials))
		forget_proof(credentials);
	return 0;
}

int digest_credentials_parse(const char *header, size_t length,
			     struct digest_credentials *credentials,
			     struct fault *fault)
{
	struct digest_scanner scanner;

	memset(credentials, 0, sizeof(*credentials));
	if (!digest_scanner_init(&scanner, header, length, true, fault) &&
	    !credentials_scan(&scanner, credentials, fault))
		return 0;
	memset(credentials, 0, sizeof(*credentials));
	return -1;
}

/* The parameters that the first request to the BSF does not have. */
static void
credentials_write_proof(const struct digest_credentials *credentials,
			struct writer *writer, bool *first)
{
	char count[DIGEST_COUNT_SIZE];
	char auts[BASE64_LENGTH(DIGEST_AUTS_SIZE) + 1];

	snprintf(count, sizeof(count), "%08x", credentials->count);
	digest_parameter_write(writer, first, "qop",
			       digest_qop_name(credentials->qop), false);
	digest_parameter_write(writer, first, "nc", count, false);
	digest_parameter_write(writer, first, "cnonce", credentials->cnonce,
			       true);
	if (credentials->opaque[0])
		digest_parameter_write(writer, first, "opaque",
				       credentials->opaque, true);
	if (!credentials->has_auts)
		return;
	/* The room is that of the base 64 form. */
	base64_encode(credentials->auts, sizeof(credentials->auts), auts,
		      sizeof(auts), NULL);
	digest_parameter_write(writer, first, "auts", auts, true);
}

int digest_credentials_write(const struct digest_credentials *credentials,
			     char *text, size_t room, struct fault *fault)
{
	const char *const texts[] = {
		credentials->username, credentials->realm,  credentials->nonce,
		credentials->cnonce,   credentials->opaque, credentials->uri,
		credentials->response
	};
	struct writer writer;
	bool first = true;

	if (room)
		text[0] = '\0';
	if (credentials_check(credentials, fault) ||
	    digest_texts_check(texts, sizeof(texts) / sizeof(texts[0]), fault))
		return -1;
	writer_init(&writer, text, room);
	digest_text_write(&writer, "Digest ");
	digest_parameter_write(&writer, &first, "username",
			       credentials->username, true);
	digest_parameter_write(&writer, &first, "realm", credentials->realm,
			       true);
	digest_parameter_write(&writer, &first, "nonce", credentials->nonce,
			       true);
	digest_parameter_write(&writer, &first, "uri", credentials->uri, true);
	digest_parameter_write(&writer, &first, "response",
			       credentials->response, true);
	if (credentials->algorithm != DIGEST_ALGORITHM_NONE)
		digest_parameter_write(
			&writer, &first, "algorithm",
			digest_algorithm_name(credentials->algorithm), false);
	if (!digest_credentials_are_initial(credentials))
		credentials_write_proof(credentials, &writer, &first);
	return digest_text_end(&writer, text, "the credentials", fault);
}
