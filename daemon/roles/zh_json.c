// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "core/base64.h"
#include "core/kdf_gba.h"
#include "roles/peer.h"
#include "roles/zh_json.h"

#define CONTEXT_SIZE (IMPI_TEXT_SIZE + 64)

static json_t *make_octets(const void *octets, size_t size)
{
	char text[BASE64_LENGTH(64) + 1];

	if (base64_encode(octets, size, text, sizeof(text), NULL))
		return NULL;
	return json_string(text);
}

static int read_octets(const json_t *object, const char *name, void *octets,
		       size_t size, struct fault *fault)
{
	const json_t *json = json_object_get(object, name);
	size_t length = 0;

	if (json_is_string(json) &&
	    !base64_decode(json_string_value(json), json_string_length(json),
			   octets, size, &length, name, fault) &&
	    length == size)
		return 0;
	return fault_set(fault, FAULT_MALFORMED,
			 "%s: has to be base 64 of %zu octets", name, size);
}

json_t *zh_json_question(const char *impi, const struct zh_resync *resync)
{
	json_t *question = json_pack("{s:s}", "impi", impi);

	if (question && resync &&
	    (json_object_set_new(question, "rand",
				 make_octets(resync->rand, RAND_SIZE)) ||
	     json_object_set_new(question, "auts",
				 make_octets(resync->auts, AUTS_SIZE)))) {
		json_decref(question);
		return NULL;
	}
	return question;
}

int zh_json_read_question(const json_t *question, const char **impi,
			  struct zh_resync *resync, bool *has_resync,
			  struct fault *fault)
{
	const json_t *name = json_object_get(question, "impi");

	*impi = json_string_value(name);
	*has_resync = json_object_get(question, "auts");
	if (!*impi || json_string_length(name) >= IMPI_TEXT_SIZE)
		return fault_set(fault, FAULT_MALFORMED,
				 "impi: has to be a private identity");
	if (!*has_resync)
		return 0;
	return read_octets(question, "rand", resync->rand, RAND_SIZE, fault) ||
			       read_octets(question, "auts", resync->auts,
					   AUTS_SIZE, fault) ?
		       -1 :
		       0;
}

/* RAND binds the keys to their vector. */
static void context_of(char context[CONTEXT_SIZE], const char *impi,
		       const uint8_t rand[RAND_SIZE], const char *what)
{
	size_t i, length;

	length = (size_t)snprintf(context, CONTEXT_SIZE, "zh %s %s ", what,
				  impi);
	for (i = 0; i < RAND_SIZE && length + 3 < CONTEXT_SIZE; i++)
		length += (size_t)snprintf(context + length,
					   CONTEXT_SIZE - length, "%02x",
					   rand[i]);
}

json_t *zh_json_vector(const struct zh_vector *vector, const char *impi,
		       const struct secret *wrapping, struct fault *fault)
{
	const struct aka_vector *aka = &vector->aka;
	char context[CONTEXT_SIZE];
	/* CK and IK as one key, XRES too: key wrap wants 16 octets at least. */
	struct secret keys = { 0 };
	json_t *answer = NULL;

	if (secret_alloc(&keys, CK_SIZE + IK_SIZE + RES_SIZE)) {
		fault_set(fault, FAULT_MEMORY, "no memory for a vector");
		return NULL;
	}
	memcpy(keys.bytes, aka->ck.bytes, CK_SIZE);
	memcpy(keys.bytes + CK_SIZE, aka->ik.bytes, IK_SIZE);
	memcpy(keys.bytes + CK_SIZE + IK_SIZE, aka->xres.bytes, RES_SIZE);
	context_of(context, impi, aka->rand, "vector");
	answer = json_pack("{s:o,s:o,s:o,s:b}", "rand",
			   make_octets(aka->rand, RAND_SIZE), "autn",
			   make_octets(aka->autn, AUTN_SIZE), "keys",
			   peer_key_wrap(wrapping, context, &keys, fault),
			   "gba-u", vector->gba_u);
	secret_clear(&keys);
	if (!answer)
		fault_set(fault, FAULT_MEMORY, "no memory for a vector");
	return answer;
}

int zh_json_read_vector(const json_t *answer, const char *impi,
			const struct secret *wrapping, struct zh_vector *vector,
			struct fault *fault)
{
	struct aka_vector *aka = &vector->aka;
	char context[CONTEXT_SIZE];
	struct secret keys = { 0 };
	int status = -1;

	vector->gba_u = json_is_true(json_object_get(answer, "gba-u"));
	if (read_octets(answer, "rand", aka->rand, RAND_SIZE, fault) ||
	    read_octets(answer, "autn", aka->autn, AUTN_SIZE, fault))
		return -1;
	context_of(context, impi, aka->rand, "vector");
	if (peer_key_unwrap(wrapping, context, json_object_get(answer, "keys"),
			    &keys, fault))
		return -1;
	if (keys.size != CK_SIZE + IK_SIZE + RES_SIZE)
		fault_set(fault, FAULT_MALFORMED,
			  "keys: are not those of a vector");
	else if (secret_set(&aka->ck, keys.bytes, CK_SIZE) ||
		 secret_set(&aka->ik, keys.bytes + CK_SIZE, IK_SIZE) ||
		 secret_set(&aka->xres, keys.bytes + CK_SIZE + IK_SIZE,
			    RES_SIZE))
		fault_set(fault, FAULT_MEMORY, "no memory for a vector");
	else
		status = 0;
	secret_clear(&keys);
	return status;
}
