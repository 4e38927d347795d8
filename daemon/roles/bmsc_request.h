/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests of UEs (Ua): bmsc_http.c, bmsc_auth.c, bmsc_procedure.c. */
#ifndef MBSEC_ROLES_BMSC_REQUEST_H
#define MBSEC_ROLES_BMSC_REQUEST_H

#include "bmsc.h"
#include "core/digest.h"
#include "core/mbms_http.h"

/**
 * struct bmsc_follow - what is done after the commit; the group may be gone then
 * @event: what is told, NULL for nothing
 * @actions: what the member is sent
 */
struct bmsc_follow {
	const char *event;
	struct key_domain domain;
	uint16_t number;
	struct member_actions actions;
};

/**
 * struct bmsc_request - an authenticated request, or one that may become that
 * @ue: who asks, pinned, NULL if that is not known yet
 * @follow: what is done after the commit
 * @body: of the response
 */
struct bmsc_request {
	LIST_ENTRY(bmsc_request) link;
	struct bmsc *bmsc;
	struct httpd_request *http;
	enum mbms_request type;
	struct digest_credentials credentials;
	struct bmsc_ue *ue;
	struct store_waiter waiter;
	struct bmsc_follow *follow;
	size_t follow_count;
	size_t follow_room;
	char *body;
	size_t body_size;
};

#define BMSC_NONCE_SIZE 64
#define BMSC_CHALLENGE_SIZE 1400

/* True if this process made @nonce; it may be too old. */
bool bmsc_nonce_is_ours(const struct bmsc *bmsc, const char *nonce);
/* The challenges, the stronger one first: values of two headers. */
int bmsc_challenge_write(struct bmsc *bmsc, bool stale,
			 char texts[2][BMSC_CHALLENGE_SIZE],
			 struct fault *fault);
/* Checks the request with @mrk, and against the nonces that @ue has used (NULL if it
 * is new). See digest_credentials_verify(). bmsc_nonce_used() has to follow.
 */
int bmsc_request_verify(struct bmsc_request *request, const struct secret *mrk,
			const struct bmsc_ue *ue, struct fault *fault);
void bmsc_nonce_used(struct bmsc_request *request, struct bmsc_ue *ue);
/* Authentication-Info for the response. */
int bmsc_info_write(struct bmsc_request *request, char *text, size_t room,
		    struct fault *fault);

/* Does what @request asks for, up to the commit, and makes the response. Returns
 * 0, or the status of HTTP and a fault.
 */
unsigned int bmsc_procedure_run(struct bmsc_request *request,
				struct fault *fault);
/* The rest, after it. */
void bmsc_procedure_follow(struct bmsc_request *request);

#endif
