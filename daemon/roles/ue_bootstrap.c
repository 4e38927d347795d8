// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bootstrapping (Ub) from the UE's side: TS 33.220, 4.5.2, TS 24.109, annex A,
 * RFC 3310; the chart is in docs/protocols/gba.rst.
 *
 * A challenge whose MAC is wrong is not answered at all. The sequence number that
 * a good one uses up is committed before RES leaves.
 */
#include <string.h>

#include "core/bsf_xml.h"
#include "core/digest_aka.h"
#include "core/kdf_gba.h"
#include "log.h"
#include "roles/ue_log.h"
#include "roles/ue_procedure.h"
#include "roles/ue_url.h"
#include "roles/ue_usim.h"

/* The first one, one after AUTS, and one for a nonce that went stale. */
#define CHALLENGES_MAX 3
/* A year; a longer life of Ks is cut. */
#define LIFETIME_MAX (INT64_C(366) * 24 * 3600 * 1000)

static void challenged(void *argument, const struct httpc_response *response);
static void answered(void *argument, const struct httpc_response *response);

static int find_bsf(struct ue_procedure *procedure, char realm[FQDN_TEXT_SIZE],
		    struct fault *fault)
{
	const char *bsf = procedure->ue->settings.bsf;
	char url[FQDN_TEXT_SIZE + 16] = "http://";

	if (bsf_from_impi(procedure->impi, realm, fault))
		return -1;
	if (!*bsf)
		bsf = strcat(url, realm);
	return ue_url_target(bsf, "", procedure->target,
			     sizeof(procedure->target), fault) ||
			       ue_url_join(bsf, procedure->target,
					   procedure->url,
					   sizeof(procedure->url), fault) ?
		       -1 :
		       0;
}

/* The first request says who asks, and no more (TS 24.109, A.4). */
static int send_initial(struct ue_procedure *procedure, struct fault *fault)
{
	struct digest_credentials *credentials = &procedure->credentials;

	*credentials = (struct digest_credentials){ 0 };
	if (ue_usim_impi(procedure->usim, procedure->impi, fault) ||
	    find_bsf(procedure, credentials->realm, fault))
		return -1;
	if (strlen(procedure->target) >= sizeof(credentials->uri))
		return fault_set(fault, FAULT_LIMIT,
				 "URL of the BSF is too long");
	strcpy(credentials->username, procedure->impi);
	strcpy(credentials->uri, procedure->target);
	procedure->body_size = 0;
	return ue_procedure_answer(procedure, "GET", NULL, challenged, fault);
}

void ue_bootstrap_start(struct ue_procedure *procedure)
{
	struct fault fault = { 0 };

	procedure->resynchronised = false;
	if (send_initial(procedure, &fault))
		ue_procedure_fail(procedure, &fault);
}

/* ---- The challenge ---- */

static int unexpected(const struct httpc_response *response,
		      struct fault *fault)
{
	if (!response->status)
		return fault_set(fault, response->fault.code, "%s",
				 response->fault.text);
	return fault_set(fault, FAULT_STATE, "BSF answers with status %u",
			 response->status);
}

static const struct digest_request *request_of(struct ue_procedure *procedure,
					       struct digest_request *request)
{
	*request = (struct digest_request){ .method = "GET",
					    .uri = procedure->target };
	return request;
}

static int send_resync(struct ue_procedure *procedure, struct fault *fault)
{
	struct digest_request request;
	char cnonce[UE_CNONCE_SIZE];

	if (procedure->resynchronised)
		return fault_set(fault, FAULT_STATE,
				 "SQN is out of range after a "
				 "resynchronisation");
	procedure->resynchronised = true;
	procedure->ue->counts.resynchronised++;
	log_info(UE_AREA, "resynchronising",
		 LOG_TEXT("imsi", procedure->usim->imsi));
	ue_cnonce_make(cnonce);
	if (digest_aka_resync_build(&procedure->session, procedure->impi,
				    cnonce, request_of(procedure, &request),
				    procedure->answer.auts,
				    &procedure->credentials, fault))
		return -1;
	return ue_procedure_answer(procedure, "GET", NULL, challenged, fault);
}

static int send_response(struct ue_procedure *procedure, struct fault *fault)
{
	struct digest_request request;
	char cnonce[UE_CNONCE_SIZE];

	ue_cnonce_make(cnonce);
	if (digest_credentials_build(&procedure->session, procedure->impi,
				     cnonce, request_of(procedure, &request),
				     &procedure->password,
				     &procedure->credentials, fault))
		return -1;
	return ue_procedure_answer(procedure, "GET", NULL, answered, fault);
}

static void sqn_stored(void *argument, const struct fault *why)
{
	struct ue_procedure *procedure = argument;
	struct fault fault = { 0 };

	if (why) {
		ue_procedure_fail(procedure, why);
		return;
	}
	if (send_response(procedure, &fault))
		ue_procedure_fail(procedure, &fault);
}

/* RES is the password as it is, octets (RFC 3310, 3.3). */
static void take_answer(struct ue_procedure *procedure)
{
	struct secret *res = &procedure->answer.res;

	secret_clear(&procedure->password);
	procedure->password = *res;
	*res = (struct secret){ 0 };
	store_after_commit(procedure->ue->store, &procedure->waiter, sqn_stored,
			   procedure);
}

static int take_challenge(struct ue_procedure *procedure,
			  const struct httpc_response *response,
			  struct fault *fault)
{
	struct digest_aka_nonce nonce;
	bool stale;

	if (response->status != 401)
		return unexpected(response, fault);
	if (++procedure->challenges > CHALLENGES_MAX)
		return fault_set(fault, FAULT_LIMIT,
				 "BSF sends challenge after challenge");
	if (ue_procedure_challenged(procedure, response, &digest_policy_ub,
				    NULL, &stale, fault) ||
	    digest_aka_nonce_parse(procedure->session.nonce, &nonce, fault))
		return -1;
	memcpy(procedure->rand, nonce.rand, sizeof(procedure->rand));
	aka_answer_clear(&procedure->answer);
	if (!ue_usim_challenge(procedure->usim, nonce.rand, nonce.autn,
			       &procedure->answer, fault)) {
		take_answer(procedure);
		return 0;
	}
	if (!procedure->answer.resynchronise)
		return -1;
	fault->code = FAULT_NONE;
	return send_resync(procedure, fault);
}

static void challenged(void *argument, const struct httpc_response *response)
{
	struct ue_procedure *procedure = argument;
	struct fault fault = { 0 };

	procedure->call = NULL;
	if (take_challenge(procedure, response, &fault))
		ue_procedure_fail(procedure, &fault);
}

/* ---- The answer ---- */

/* How long Ks lives, by the BSF's clock if it says its time. */
static int64_t lifetime_of(const struct ue_procedure *procedure,
			   const struct bsf_info *info)
{
	int64_t now = info->has_current_time ? info->current_time * 1000 :
					       loop_wall(procedure->ue->loop);
	int64_t lifetime = info->expires * 1000 - now;

	return lifetime > LIFETIME_MAX ? LIFETIME_MAX : lifetime;
}

/* The B-TID has to name this run: its first part is RAND. */
static int check_btid(const struct ue_procedure *procedure,
		      const struct bsf_info *info, struct fault *fault)
{
	uint8_t rand[RAND_SIZE];

	if (btid_parse(info->btid, strlen(info->btid), rand, NULL, fault))
		return -1;
	if (memcmp(rand, procedure->rand, sizeof(rand)))
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "B-TID is of another RAND");
	return 0;
}

static int take_info(struct ue_procedure *procedure,
		     const struct httpc_response *response, struct fault *fault)
{
	struct secret ks = { 0 };
	struct bsf_info info;
	int64_t lifetime;
	int result;

	if (response->status != 200)
		return unexpected(response, fault);
	if (ue_procedure_verify(procedure, response, fault) ||
	    bsf_info_parse(response->body, response->body_size, &info, fault) ||
	    check_btid(procedure, &info, fault))
		return -1;
	lifetime = lifetime_of(procedure, &info);
	if (lifetime <= 0)
		return fault_set(fault, FAULT_STATE,
				 "Ks has expired before it came");
	result = kdf_ks(&procedure->answer.ck, &procedure->answer.ik, &ks,
			fault);
	if (!result)
		result = ue_usim_bootstrapped(procedure->usim, info.btid, &ks,
					      lifetime, fault);
	secret_clear(&ks);
	return result;
}

static void answered(void *argument, const struct httpc_response *response)
{
	struct ue_procedure *procedure = argument;
	struct fault fault = { 0 };

	procedure->call = NULL;
	/* A nonce that was too old for the BSF: once more with the new one. */
	if (response->status == 401) {
		challenged(procedure, response);
		return;
	}
	if (take_info(procedure, response, &fault)) {
		ue_procedure_fail(procedure, &fault);
		return;
	}
	aka_answer_clear(&procedure->answer);
	secret_clear(&procedure->password);
	if (ue_is_small(procedure->ue))
		log_info(UE_AREA, "bootstrapped",
			 LOG_TEXT("imsi", procedure->usim->imsi),
			 LOG_TEXT("btid", procedure->usim->btid));
	ue_procedure_bootstrapped(procedure);
}
