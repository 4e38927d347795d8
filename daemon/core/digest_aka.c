// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "base64.h"
#include "buf.h"
#include "digest_aka.h"

#define OCTETS_MAX \
	(DIGEST_AKA_RAND_SIZE + DIGEST_AKA_AUTN_SIZE + DIGEST_AKA_DATA_SIZE)

_Static_assert(BASE64_LENGTH(OCTETS_MAX) < DIGEST_NONCE_SIZE,
	       "a nonce with all its data has to fit");

int digest_aka_nonce_write(const struct digest_aka_nonce *nonce,
			   char text[DIGEST_NONCE_SIZE], struct fault *fault)
{
	uint8_t octets[OCTETS_MAX];
	struct writer writer;

	text[0] = '\0';
	if (nonce->data_size > sizeof(nonce->data))
		return fault_set(fault, FAULT_ARGUMENT,
				 "the nonce has more than %zu octets of "
				 "server data",
				 sizeof(nonce->data));
	writer_init(&writer, octets, sizeof(octets));
	writer_bytes(&writer, nonce->rand, sizeof(nonce->rand));
	writer_bytes(&writer, nonce->autn, sizeof(nonce->autn));
	writer_bytes(&writer, nonce->data, nonce->data_size);
	return base64_encode(octets, writer.length, text, DIGEST_NONCE_SIZE,
			     fault);
}

int digest_aka_nonce_parse(const char *text, struct digest_aka_nonce *nonce,
			   struct fault *fault)
{
	uint8_t octets[OCTETS_MAX];
	struct reader reader;
	size_t size;

	memset(nonce, 0, sizeof(*nonce));
	if (base64_decode(text, strlen(text), octets, sizeof(octets), &size,
			  "the nonce of AKAv1-MD5", fault))
		return -1;
	reader_init(&reader, octets, size);
	reader_copy(&reader, nonce->rand, sizeof(nonce->rand));
	reader_copy(&reader, nonce->autn, sizeof(nonce->autn));
	nonce->data_size = reader_left(&reader);
	reader_copy(&reader, nonce->data, nonce->data_size);
	if (!reader_check(&reader, "the nonce of AKAv1-MD5", fault))
		return 0;
	memset(nonce, 0, sizeof(*nonce));
	return -1;
}

static int check_algorithm(const struct digest_session *session,
			   struct fault *fault)
{
	if (session->algorithm == DIGEST_AKAV1_MD5)
		return 0;
	return fault_set(fault, FAULT_STATE,
			 "AUTS is for AKAv1-MD5 and not for %s",
			 digest_algorithm_name(session->algorithm));
}

int digest_aka_resync_build(struct digest_session *session,
			    const char *username, const char *cnonce,
			    const struct digest_request *request,
			    const uint8_t auts[DIGEST_AUTS_SIZE],
			    struct digest_credentials *credentials,
			    struct fault *fault)
{
	static const struct secret empty;

	memset(credentials, 0, sizeof(*credentials));
	if (check_algorithm(session, fault))
		return -1;
	return digest_response_build(session, username, cnonce, request, &empty,
				     auts, credentials, fault);
}

int digest_aka_resync_verify(struct digest_session *session,
			     const struct digest_credentials *credentials,
			     const struct digest_request *request, uint64_t now,
			     uint8_t auts[DIGEST_AUTS_SIZE],
			     struct fault *fault)
{
	static const struct secret empty;

	memset(auts, 0, DIGEST_AUTS_SIZE);
	if (check_algorithm(session, fault))
		return -1;
	if (!credentials->has_auts)
		return fault_set(fault, FAULT_STATE,
				 "the credentials have no auts");
	if (digest_response_verify(session, credentials, request, &empty, now,
				   fault))
		return -1;
	memcpy(auts, credentials->auts, DIGEST_AUTS_SIZE);
	return 0;
}
