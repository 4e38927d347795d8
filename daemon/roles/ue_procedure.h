/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a UE does over HTTP, one procedure at a time: bootstrap if there is no Ks
 * (Ub), then one request to one BM-SC for all its services that want the same
 * (Ua). Procedures of many UEs take turns, settings.concurrent at a time.
 *
 *   queue -> [bootstrapping ->] request -> end
 *              ^                 |
 *              '--- 401 ---------'  (once)
 */
#ifndef MBSEC_DAEMON_UE_PROCEDURE_H
#define MBSEC_DAEMON_UE_PROCEDURE_H

#include "core/aka.h"
#include "core/digest.h"
#include "core/mbms_http.h"
#include "core/mbms_xml.h"
#include "io/httpc.h"
#include "roles/ue_state.h"

#define UE_URL_SIZE 1024
#define UE_BODY_SIZE 16384
#define UE_CNONCE_SIZE 33

/**
 * struct ue_procedure - one that runs
 * @bootstraps: bootstrappings so far, one at most
 * @challenges: 401 answers so far, of a bootstrapping or of a request
 * @resynchronised: AUTS was sent
 * @challenged: @session can be used
 * @impi: user name on Ub
 * @target: request target
 * @url: the same as URL
 * @answer: RES, CK, IK
 * @rand: RAND that @answer belongs to
 * @password: RES or base64(MRK)
 * @members: those that the request is for
 * @statuses: what the BM-SC says to each, 0 for nothing
 * @naf: name of their BM-SC
 * @request: what is asked for
 * @services: ids in the request, unless it is for MSKs
 * @msks: ids in the request for MSKs
 */
struct ue_procedure {
	TAILQ_ENTRY(ue_procedure) entry;
	struct ue *ue;
	struct ue_usim *usim;
	struct httpc_call *call;
	struct store_waiter waiter;
	unsigned int bootstraps;
	unsigned int challenges;
	bool resynchronised;
	bool challenged;
	char impi[IMPI_TEXT_SIZE];
	char target[UE_URL_SIZE];
	char url[UE_URL_SIZE];
	uint8_t rand[RAND_SIZE];
	struct aka_answer answer;
	struct secret password;
	struct digest_session session;
	struct digest_credentials credentials;
	struct ue_member *members[MBMS_SERVICES_MAX];
	uint16_t statuses[MBMS_SERVICES_MAX];
	size_t member_count;
	char naf[FQDN_TEXT_SIZE];
	enum mbms_request request;
	struct mbms_services services;
	struct mbms_msks msks;
	char body[UE_BODY_SIZE];
	size_t body_size;
};

/* Looks what the UE has to do next, and when. To be called after each change of
 * what its members want.
 */
void ue_procedure_schedule(struct ue_usim *usim);
/* Ends the procedure of a UE without a result. */
void ue_procedure_cancel(struct ue_usim *usim);
/* The role ends. */
void ue_procedures_stop(struct ue *ue);

/* ---- Between the parts of a procedure ---- */

/* Ub: ue_bootstrap.c. Ends with the next two. */
void ue_bootstrap_start(struct ue_procedure *procedure);
void ue_procedure_bootstrapped(struct ue_procedure *procedure);
void ue_procedure_fail(struct ue_procedure *procedure,
		       const struct fault *fault);
/* Ua: ue_request.c. Ends with ue_procedure_fail(), ue_procedure_unknown() (the
 * BM-SC does not know the B-TID) or ue_procedure_done().
 */
void ue_request_start(struct ue_procedure *procedure);
void ue_procedure_unknown(struct ue_procedure *procedure);
void ue_procedure_done(struct ue_procedure *procedure);

/* Sends @method to procedure->url with @authorization (value of the header, or
 * NULL) and the body. Returns 0 or -1.
 */
int ue_procedure_send(struct ue_procedure *procedure, const char *method,
		      const char *authorization, const char *type,
		      httpc_callback callback, struct fault *fault);
/* The same with an Authorization header made of procedure->credentials. */
int ue_procedure_answer(struct ue_procedure *procedure, const char *method,
			const char *type, httpc_callback callback,
			struct fault *fault);
/* Takes a challenge out of an answer and starts procedure->session with it; of
 * the realm, GBA_ME is taken if @naf is given. Returns 0 or -1.
 */
int ue_procedure_challenged(struct ue_procedure *procedure,
			    const struct httpc_response *response,
			    const struct digest_policy *policy, const char *naf,
			    bool *stale, struct fault *fault);
/* Whether an answer is authentic (Authentication-Info). Returns 0 or -1. */
int ue_procedure_verify(struct ue_procedure *procedure,
			const struct httpc_response *response,
			struct fault *fault);
void ue_cnonce_make(char cnonce[UE_CNONCE_SIZE]);

#endif
