/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The HTTP around the key management bodies: request targets, media types and
 * the headers that name users (TS 33.246, 6.3.2; TS 26.237, 10.4.1; TS 24.109,
 * B.3). No HTTP is spoken here: these are strings for whoever does.
 */
#ifndef CORE_MBMS_HTTP_H
#define CORE_MBMS_HTTP_H

#include <stddef.h>

#include "fault.h"

#define MBMS_TARGET_SIZE 64
#define MBMS_IDENTITY_SIZE 256
#define MBMS_IDENTITIES_MAX 4

enum mbms_request {
	MBMS_REQUEST_REGISTER,
	MBMS_REQUEST_DEREGISTER,
	MBMS_REQUEST_MSK,
	MBMS_REQUEST_AUTHORIZE, /* SCF to BM-SC */
	MBMS_REQUESTS,
};

/**
 * struct mbms_identities - public identities in a header
 * @items: without quotes, "user@home1.net" or a SIP URI
 */
struct mbms_identities {
	size_t count;
	char items[MBMS_IDENTITIES_MAX][MBMS_IDENTITY_SIZE];
};

/* Value of "requesttype", for requests and for logs. */
const char *mbms_request_name(enum mbms_request request);
/* "/keymanagement?requesttype=register": what follows the base URI of the BM-SC.
 * It is the uri that Digest authenticates, too. Returns 0, or -1.
 */
int mbms_target_write(enum mbms_request request, char text[MBMS_TARGET_SIZE],
		      struct fault *fault);
/* Reads a request target whose path ends in "/keymanagement"; the base URI may
 * have a path of its own. Other parameters of the query are passed over.
 * Returns 0; -1 and FAULT_UNKNOWN for another path or request (answer 404),
 * FAULT_MALFORMED for requesttype not once (answer 400).
 */
int mbms_target_parse(const char *target, size_t length,
		      enum mbms_request *request, struct fault *fault);

/* Content-Type of the request, of its successful response; NULL if the response
 * has no body.
 */
const char *mbms_request_media_type(enum mbms_request request);
const char *mbms_response_media_type(enum mbms_request request);
/* Whether the value of a Content-Type header is @media_type, in either case. The
 * only parameter known is charset, which has to be UTF-8 or US-ASCII. Returns 0,
 * or -1 and FAULT_UNSUPPORTED (answer 415).
 */
int mbms_media_type_check(const char *header, size_t length,
			  const char *media_type, struct fault *fault);

/* Value of X-3GPP-Intended-Identity (one) or X-3GPP-Asserted-Identity (a list):
 * quoted strings with commas between them. Returns 0, or -1, @identities zeroed.
 */
int mbms_identities_parse(const char *header, size_t length,
			  struct mbms_identities *identities,
			  struct fault *fault);
int mbms_identities_write(const struct mbms_identities *identities, char *text,
			  size_t room, struct fault *fault);

#endif /* CORE_MBMS_HTTP_H */
