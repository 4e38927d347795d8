// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "roles/peer.h"
#include "roles/zn_json.h"

#define CONTEXT_SIZE (BTID_TEXT_SIZE + 32)

json_t *zn_json_question(const char *btid, const struct naf_id *naf_id)
{
	char protocol[16];

	snprintf(protocol, sizeof(protocol), "%010" PRIx64,
		 naf_id->ua_protocol);
	return json_pack("{s:s,s:s,s:s}", "b-tid", btid, "naf", naf_id->fqdn,
			 "ua-protocol", protocol);
}

int zn_json_read_question(const json_t *question, const char **btid,
			  struct naf_id *naf_id, struct fault *fault)
{
	const char *naf, *protocol;
	uint64_t number;
	char *end;

	*btid = json_string_value(json_object_get(question, "b-tid"));
	naf = json_string_value(json_object_get(question, "naf"));
	protocol = json_string_value(json_object_get(question, "ua-protocol"));
	if (!*btid || !naf || !protocol || strlen(protocol) != 10 ||
	    strspn(protocol, "0123456789abcdef") != 10)
		return fault_set(fault, FAULT_MALFORMED,
				 "the question needs b-tid, naf, and "
				 "ua-protocol as 10 hex digits");
	number = strtoull(protocol, &end, 16);
	return naf_id_set(naf_id, naf, number, fault);
}

static void context_of(char context[CONTEXT_SIZE], const char *btid,
		       const char *what)
{
	snprintf(context, CONTEXT_SIZE, "zn %s %s", what, btid);
}

json_t *zn_json_key(const struct bsf_naf_key *key, const char *btid,
		    const struct secret *wrapping, struct fault *fault)
{
	char context[CONTEXT_SIZE];
	json_t *answer;

	context_of(context, btid, "key");
	answer = json_pack("{s:s,s:o,s:I,s:I}", "impi", key->impi, "key",
			   peer_key_wrap(wrapping, context, &key->keys.key,
					 fault),
			   "bootstrapped", (json_int_t)key->created, "expires",
			   (json_int_t)key->expires);
	if (!answer) {
		fault_set(fault, FAULT_MEMORY, "no memory for an answer");
		return NULL;
	}
	if (key->keys.mode != BOOTSTRAP_GBA_U)
		return answer;
	context_of(context, btid, "internal-key");
	if (!json_object_set_new(answer, "internal-key",
				 peer_key_wrap(wrapping, context,
					       &key->keys.internal, fault)))
		return answer;
	json_decref(answer);
	fault_set(fault, FAULT_MEMORY, "no memory for an answer");
	return NULL;
}

int zn_json_read_key(const json_t *answer, const char *btid,
		     const struct secret *wrapping, struct bsf_naf_key *key,
		     struct fault *fault)
{
	const json_t *internal = json_object_get(answer, "internal-key");
	const json_t *impi = json_object_get(answer, "impi");
	char context[CONTEXT_SIZE];

	*key = (struct bsf_naf_key){
		.keys.mode = internal ? BOOTSTRAP_GBA_U : BOOTSTRAP_GBA_ME,
		.created = json_integer_value(
			json_object_get(answer, "bootstrapped")),
		.expires =
			json_integer_value(json_object_get(answer, "expires")),
	};
	if (!json_is_string(impi) ||
	    json_string_length(impi) >= sizeof(key->impi) || key->expires <= 0)
		return fault_set(fault, FAULT_MALFORMED,
				 "the BSF's answer lacks impi or expires");
	strcpy(key->impi, json_string_value(impi));
	context_of(context, btid, "key");
	if (peer_key_unwrap(wrapping, context, json_object_get(answer, "key"),
			    &key->keys.key, fault))
		return -1;
	if (!internal)
		return 0;
	context_of(context, btid, "internal-key");
	return peer_key_unwrap(wrapping, context, internal, &key->keys.internal,
			       fault);
}
