// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/digest_header.h"
#include "core/digest_realm.h"
#include "core/text.h"
#include "log.h"
#include "roles/ue_procedure.h"

#define HEADER_SIZE (DIGEST_HEADER_SIZE + 32)
/* The product token says that we can bootstrap (TS 24.109, 5.2.1). */
#define USER_AGENT "User-Agent: mbsecd 3gpp-gba"

static void random_fill(void *octets, size_t size)
{
	/* Without random numbers nothing that we do is safe. */
	if (RAND_bytes(octets, (int)size) == 1)
		return;
	log_error(UE_AREA, "no-random-numbers");
	abort();
}

uint32_t ue_random(void)
{
	uint32_t number;

	random_fill(&number, sizeof(number));
	return number;
}

void ue_cnonce_make(char cnonce[UE_CNONCE_SIZE])
{
	uint8_t octets[(UE_CNONCE_SIZE - 1) / 2];

	random_fill(octets, sizeof(octets));
	text_hex(cnonce, octets, sizeof(octets));
}

int ue_procedure_send(struct ue_procedure *procedure, const char *method,
		      const char *authorization, const char *type,
		      httpc_callback callback, struct fault *fault)
{
	char authorization_line[HEADER_SIZE], type_line[128];
	const char *headers[4] = { USER_AGENT };
	struct httpc_request request = {
		.method = method,
		.url = procedure->url,
		.headers = headers,
		.body = procedure->body_size ? procedure->body : NULL,
		.body_size = procedure->body_size,
	};
	size_t count = 1;

	if (authorization) {
		snprintf(authorization_line, sizeof(authorization_line),
			 "Authorization: %s", authorization);
		headers[count++] = authorization_line;
	}
	if (type) {
		snprintf(type_line, sizeof(type_line), "Content-Type: %s",
			 type);
		headers[count++] = type_line;
	}
	procedure->call = httpc_send(procedure->ue->daemon->http, &request,
				     callback, procedure, fault);
	return procedure->call ? 0 : -1;
}

int ue_procedure_answer(struct ue_procedure *procedure, const char *method,
			const char *type, httpc_callback callback,
			struct fault *fault)
{
	char authorization[DIGEST_HEADER_SIZE];

	if (digest_credentials_write(&procedure->credentials, authorization,
				     sizeof(authorization), fault))
		return -1;
	return ue_procedure_send(procedure, method, authorization, type,
				 callback, fault);
}

int ue_procedure_challenged(struct ue_procedure *procedure,
			    const struct httpc_response *response,
			    const struct digest_policy *policy, const char *naf,
			    bool *stale, struct fault *fault)
{
	const char *header = httpc_header(response, "WWW-Authenticate");
	struct digest_challenge challenges[DIGEST_CHALLENGES_MAX];
	const struct digest_challenge *chosen;
	char realm[DIGEST_REALM_SIZE];
	enum digest_qop qop;
	size_t count;

	if (!header)
		return fault_set(fault, FAULT_MALFORMED,
				 "401 comes without WWW-Authenticate");
	if (digest_challenges_parse(header, strlen(header), challenges,
				    DIGEST_CHALLENGES_MAX, &count, fault) ||
	    digest_challenge_choose(challenges, count, policy, &chosen, &qop,
				    fault))
		return -1;
	if (naf && digest_realm_select(chosen->realm, GBA_ME, naf, realm,
				       sizeof(realm), fault))
		return -1;
	*stale = chosen->stale;
	return digest_session_start(chosen, qop, naf ? realm : chosen->realm,
				    &procedure->session, fault);
}

int ue_procedure_verify(struct ue_procedure *procedure,
			const struct httpc_response *response,
			struct fault *fault)
{
	const char *header = httpc_header(response, "Authentication-Info");
	struct digest_info info;

	if (!header)
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "answer comes without Authentication-Info");
	if (digest_info_parse(header, strlen(header), &info, fault))
		return -1;
	return digest_info_verify(&procedure->session, &procedure->credentials,
				  &info, response->body, response->body_size,
				  &procedure->password, fault);
}
