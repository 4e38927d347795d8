// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests to the BM-SC (Ua) from the UE's side: registration, deregistration, MSK
 * request (TS 33.246, 6.3.2), under HTTP Digest with B-TID and MRK. An answer
 * without a right rspauth is not believed, whatever it says.
 */
#include <stdlib.h>
#include <string.h>

#include "core/kdf_gba.h"
#include "core/mbms_profile.h"
#include "log.h"
#include "roles/ue_log.h"
#include "roles/ue_member.h"
#include "roles/ue_nonce.h"
#include "roles/ue_procedure.h"
#include "roles/ue_service.h"
#include "roles/ue_url.h"
#include "roles/ue_usim.h"

/* One for a nonce that we had, one for the first new one, one if that is stale. */
#define CHALLENGES_MAX 3

static void answered(void *argument, const struct httpc_response *response);

/* ---- The request ---- */

static bool has_msk(const struct mbms_msks *msks, const struct msk_ref *ref)
{
	size_t i;

	for (i = 0; i < msks->count; i++)
		if (msk_ref_equal(&msks->items[i].msk, ref))
			return true;
	return false;
}

/* Those of the announcement, with Key Number 0: the current ones. */
static void add_msks(struct mbms_msks *msks, const struct ue_service *service)
{
	const struct announce_flow *flow;
	size_t i, j;

	for (i = 0; i < service->security->flow_count; i++) {
		flow = &service->security->flows[i];
		for (j = 0; j < flow->msk_count; j++)
			if (msks->count < MBMS_MSKS_MAX &&
			    !has_msk(msks, &flow->msks[j]))
				msks->items[msks->count++].msk = flow->msks[j];
	}
}

static int build_body(struct ue_procedure *procedure, struct fault *fault)
{
	struct mbms_services *services = &procedure->services;
	size_t i;

	*services = (struct mbms_services){ 0 };
	procedure->msks = (struct mbms_msks){ 0 };
	for (i = 0; i < procedure->member_count; i++) {
		add_msks(&procedure->msks, procedure->members[i]->service);
		strcpy(services->items[services->count++].id,
		       procedure->members[i]->service->id);
	}
	if (procedure->request == MBMS_REQUEST_MSK)
		return mbms_msks_write(MBMS_MSK_REQUEST, &procedure->msks,
				       procedure->body, UE_BODY_SIZE,
				       &procedure->body_size, fault);
	return mbms_services_write(procedure->request == MBMS_REQUEST_REGISTER ?
					   MBMS_REGISTER :
					   MBMS_DEREGISTER,
				   services, procedure->body, UE_BODY_SIZE,
				   &procedure->body_size, fault);
}

static int build_target(struct ue_procedure *procedure, struct fault *fault)
{
	const char *server = ue_service_server(procedure->members[0]->service);
	char target[MBMS_TARGET_SIZE];

	return mbms_target_write(procedure->request, target, fault) ||
			       ue_url_target(server, target, procedure->target,
					     sizeof(procedure->target),
					     fault) ||
			       ue_url_join(server, procedure->target,
					   procedure->url,
					   sizeof(procedure->url), fault) ?
		       -1 :
		       0;
}

/* base64(MRK); MRK is derived from Ks_NAF, which is the MUK. */
static int build_password(struct ue_procedure *procedure,
			  const struct ue_naf *naf, struct fault *fault)
{
	const struct bootstrap_keys keys = { .mode = BOOTSTRAP_GBA_ME,
					     .key = naf->muk };
	struct secret mrk = { 0 };
	int result = kdf_mrk(&keys, &mrk, fault);

	if (!result)
		result =
			mbms_digest_password(&mrk, &procedure->password, fault);
	secret_clear(&mrk);
	return result;
}

static int send_request(struct ue_procedure *procedure, struct fault *fault)
{
	const char *type = mbms_request_media_type(procedure->request);
	const struct digest_request request = {
		.method = "POST",
		.uri = procedure->target,
		.body = procedure->body,
		.body_size = procedure->body_size,
	};
	char cnonce[UE_CNONCE_SIZE];

	if (!procedure->challenged)
		return ue_procedure_send(procedure, "POST", NULL, type,
					 answered, fault);
	ue_cnonce_make(cnonce);
	if (digest_credentials_build(&procedure->session, procedure->usim->btid,
				     cnonce, &request, &procedure->password,
				     &procedure->credentials, fault))
		return -1;
	return ue_procedure_answer(procedure, "POST", type, answered, fault);
}

static int request_start(struct ue_procedure *procedure, struct fault *fault)
{
	struct ue_naf *naf;

	strcpy(procedure->naf, ue_service_naf(procedure->members[0]->service));
	naf = ue_usim_naf(procedure->usim, procedure->naf, fault);
	if (!naf || build_password(procedure, naf, fault) ||
	    build_body(procedure, fault) || build_target(procedure, fault))
		return -1;
	if (naf->nonce) {
		ue_nonce_unpack(naf->nonce, &procedure->session);
		procedure->challenged = true;
	}
	return send_request(procedure, fault);
}

void ue_request_start(struct ue_procedure *procedure)
{
	struct fault fault = { 0 };

	if (request_start(procedure, &fault))
		ue_procedure_fail(procedure, &fault);
}

/* ---- The answer ---- */

static void forget_nonce(struct ue_procedure *procedure)
{
	struct ue_naf *naf = ue_usim_naf_find(procedure->usim, procedure->naf);

	if (!naf)
		return;
	free(naf->nonce);
	naf->nonce = NULL;
}

static void keep_nonce(struct ue_procedure *procedure)
{
	struct ue_naf *naf = ue_usim_naf_find(procedure->usim, procedure->naf);

	forget_nonce(procedure);
	/* Without it the next request is challenged. */
	if (naf)
		naf->nonce = ue_nonce_pack(&procedure->session);
}

/* 401: a new nonce for the same key, or the key is not known any more. */
static int take_challenge(struct ue_procedure *procedure,
			  const struct httpc_response *response, bool *unknown,
			  struct fault *fault)
{
	bool stale;

	forget_nonce(procedure);
	if (ue_procedure_challenged(procedure, response, &digest_policy_ua,
				    procedure->naf, &stale, fault))
		return -1;
	procedure->challenges++;
	*unknown = procedure->challenges >= CHALLENGES_MAX ||
		   (procedure->challenges > 1 && !stale);
	if (*unknown)
		return 0;
	procedure->challenged = true;
	return send_request(procedure, fault);
}

static uint16_t status_of_msk(const struct mbms_msks *msks,
			      const struct msk_ref *ref)
{
	size_t i;

	for (i = 0; i < msks->count; i++)
		if (msk_ref_equal(&msks->items[i].msk, ref))
			return msks->items[i].status;
	return MBMS_STATUS_NONE;
}

/* A service gets on if one of its MSKs comes. */
static uint16_t status_of_msks(const struct mbms_msks *msks,
			       const struct ue_service *service)
{
	uint16_t status = MBMS_STATUS_NONE, one;
	const struct announce_flow *flow;
	size_t i, j;

	for (i = 0; i < service->security->flow_count; i++) {
		flow = &service->security->flows[i];
		for (j = 0; j < flow->msk_count; j++) {
			one = status_of_msk(msks, &flow->msks[j]);
			if (!mbms_status_is_success(status) && one)
				status = one;
		}
	}
	return status;
}

static int take_msks(struct ue_procedure *procedure,
		     const struct httpc_response *response, struct fault *fault)
{
	struct mbms_msks answer;
	size_t i;

	if (mbms_msks_parse(MBMS_MSK_RESPONSE, response->body,
			    response->body_size, &answer, fault) ||
	    mbms_msks_match(&procedure->msks, &answer, fault))
		return -1;
	for (i = 0; i < procedure->member_count; i++)
		procedure->statuses[i] =
			status_of_msks(&answer, procedure->members[i]->service);
	return 0;
}

static int take_services(struct ue_procedure *procedure,
			 const struct httpc_response *response,
			 struct fault *fault)
{
	struct mbms_services answer;
	size_t i, j;

	if (mbms_services_parse(MBMS_REGISTER_RESPONSE, response->body,
				response->body_size, &answer, fault) ||
	    mbms_services_match(&procedure->services, &answer, fault))
		return -1;
	for (i = 0; i < procedure->member_count; i++)
		for (j = 0; j < answer.count; j++)
			if (!strcmp(answer.items[j].id,
				    procedure->members[i]->service->id))
				procedure->statuses[i] = answer.items[j].status;
	return 0;
}

static int take_answer(struct ue_procedure *procedure,
		       const struct httpc_response *response,
		       struct fault *fault)
{
	const char *type = httpc_header(response, "Content-Type");

	if (!response->status)
		return fault_set(fault, response->fault.code, "%s",
				 response->fault.text);
	if (response->status != 200)
		return fault_set(fault, FAULT_STATE,
				 "BM-SC answers with status %u",
				 response->status);
	if (!procedure->challenged)
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "BM-SC answers without authentication");
	if (ue_procedure_verify(procedure, response, fault))
		return -1;
	keep_nonce(procedure);
	if (!type)
		return fault_set(fault, FAULT_MALFORMED,
				 "BM-SC answers without Content-Type");
	if (mbms_media_type_check(type, strlen(type),
				  mbms_response_media_type(procedure->request),
				  fault))
		return -1;
	if (procedure->request == MBMS_REQUEST_MSK)
		return take_msks(procedure, response, fault);
	return take_services(procedure, response, fault);
}

static void answered(void *argument, const struct httpc_response *response)
{
	struct ue_procedure *procedure = argument;
	struct fault fault = { 0 };
	bool unknown = false;

	procedure->call = NULL;
	if (response->status == 401) {
		if (take_challenge(procedure, response, &unknown, &fault))
			ue_procedure_fail(procedure, &fault);
		else if (unknown)
			ue_procedure_unknown(procedure);
		return;
	}
	if (take_answer(procedure, response, &fault)) {
		forget_nonce(procedure);
		ue_procedure_fail(procedure, &fault);
		return;
	}
	ue_procedure_done(procedure);
}
