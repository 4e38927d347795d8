// SPDX-License-Identifier: GPL-2.0-or-later
/* WWW-Authenticate as text: RFC 7616, 3.3. */
#include <string.h>

#include "digest.h"
#include "digest_field.h"
#include "digest_header.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* All offers, by their bits. */
static const char *const qops_names[] = {
	[DIGEST_BIT(DIGEST_AUTH)] = "auth",
	[DIGEST_BIT(DIGEST_AUTH_INT)] = "auth-int",
	[DIGEST_BIT(DIGEST_AUTH) | DIGEST_BIT(DIGEST_AUTH_INT)] =
		"auth,auth-int",
};

/* A list of tokens; unknown ones are passed over (RFC 7616, 3.3). */
static unsigned int qops_take(const struct digest_parameter *parameter)
{
	const char *at = parameter->value;
	unsigned int qops = 0;

	while (*at) {
		size_t length;

		at += strspn(at, " ,");
		length = strcspn(at, " ,");
		qops |= DIGEST_BIT(digest_qop_find(at, length));
		at += length;
	}
	return qops & ~DIGEST_BIT(DIGEST_QOP_NONE);
}

static int challenge_take(struct digest_challenge *challenge,
			  const struct digest_parameter *parameter,
			  struct fault *fault)
{
	if (digest_parameter_is(parameter, "realm"))
		return digest_field_need(challenge->realm,
					 sizeof(challenge->realm), parameter,
					 "realm", fault);
	if (digest_parameter_is(parameter, "nonce"))
		return digest_field_need(challenge->nonce,
					 sizeof(challenge->nonce), parameter,
					 "nonce", fault);
	if (digest_parameter_is(parameter, "opaque"))
		return digest_field_take(challenge->opaque,
					 sizeof(challenge->opaque), parameter,
					 "opaque", fault);
	if (digest_parameter_is(parameter, "algorithm"))
		challenge->algorithm = digest_algorithm_find(
			parameter->value, parameter->value_length);
	else if (digest_parameter_is(parameter, "qop"))
		challenge->qops = qops_take(parameter);
	else if (digest_parameter_is(parameter, "stale"))
		challenge->stale = digest_flag_is(parameter, "true");
	return 0;
}

static int challenge_check(const struct digest_challenge *challenge,
			   struct fault *fault)
{
	if (!challenge->realm[0] || !challenge->nonce[0])
		return fault_set(fault, FAULT_MALFORMED,
				 "the challenge has no realm or no nonce");
	return 0;
}

static int challenges_scan(struct digest_scanner *scanner,
			   struct digest_challenge *challenges, size_t room,
			   size_t *count, struct fault *fault)
{
	struct digest_challenge *challenge = NULL;
	struct digest_parameter parameter;
	enum digest_item item;

	while ((item = digest_scanner_next(scanner, &parameter, fault)) !=
	       DIGEST_ITEM_END) {
		if (item == DIGEST_ITEM_FAULT)
			return -1;
		if (item == DIGEST_ITEM_PARAMETER) {
			if (challenge &&
			    challenge_take(challenge, &parameter, fault))
				return -1;
			continue;
		}
		if (challenge && challenge_check(challenge, fault))
			return -1;
		challenge = NULL;
		if (!digest_parameter_is(&parameter, "Digest"))
			continue;
		if (*count == room)
			return fault_set(fault, FAULT_LIMIT,
					 "there are more than %zu challenges",
					 room);
		challenge = &challenges[(*count)++];
		challenge->algorithm = DIGEST_MD5;
	}
	if (challenge && challenge_check(challenge, fault))
		return -1;
	if (!*count)
		return fault_set(fault, FAULT_UNSUPPORTED,
				 "the header has no Digest challenge");
	return 0;
}

int digest_challenges_parse(const char *header, size_t length,
			    struct digest_challenge *challenges, size_t room,
			    size_t *count, struct fault *fault)
{
	struct digest_scanner scanner;

	*count = 0;
	memset(challenges, 0, room * sizeof(*challenges));
	if (!digest_scanner_init(&scanner, header, length, true, fault) &&
	    !challenges_scan(&scanner, challenges, room, count, fault))
		return 0;
	*count = 0;
	memset(challenges, 0, room * sizeof(*challenges));
	return -1;
}

int digest_challenge_write(const struct digest_challenge *challenge, char *text,
			   size_t room, struct fault *fault)
{
	const char *const texts[] = { challenge->realm, challenge->nonce,
				      challenge->opaque };
	struct writer writer;
	bool first = true;

	if (room)
		text[0] = '\0';
	if (challenge->algorithm == DIGEST_ALGORITHM_NONE || !challenge->qops ||
	    challenge->qops >= COUNT(qops_names))
		return fault_set(fault, FAULT_ARGUMENT,
				 "the challenge has no algorithm or no qop");
	if (challenge_check(challenge, fault) ||
	    digest_texts_check(texts, COUNT(texts), fault))
		return -1;
	writer_init(&writer, text, room);
	digest_text_write(&writer, "Digest ");
	digest_parameter_write(&writer, &first, "realm", challenge->realm,
			       true);
	digest_parameter_write(&writer, &first, "nonce", challenge->nonce,
			       true);
	digest_parameter_write(&writer, &first, "algorithm",
			       digest_algorithm_name(challenge->algorithm),
			       false);
	digest_parameter_write(&writer, &first, "qop",
			       qops_names[challenge->qops], true);
	if (challenge->opaque[0])
		digest_parameter_write(&writer, &first, "opaque",
				       challenge->opaque, true);
	if (challenge->stale)
		digest_parameter_write(&writer, &first, "stale", "true", false);
	return digest_text_end(&writer, text, "the challenge", fault);
}
