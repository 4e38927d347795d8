// SPDX-License-Identifier: GPL-2.0-or-later
/* Sessions of TS 29.532: Create, and the ids of TS 29.571. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sbi_json_value.h"

static bool is_hexadecimal(const char *text, size_t length)
{
	size_t i;

	for (i = 0; text[i]; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	return i == length;
}

static int read_tmgi(const struct sbi_value *object, struct tmgi *tmgi,
		     struct fault *fault)
{
	struct sbi_value service, plmn, mcc, mnc;

	if (sbi_need(object, "mbsServiceId", JSON_STRING, &service, fault))
		return -1;
	if (!is_hexadecimal(json_string_value(service.json),
			    2 * TMGI_SERVICE_ID_SIZE))
		return sbi_refuse(&service, FAULT_MALFORMED,
				  "is not 6 hexadecimal digits", fault);
	if (sbi_need(object, "plmnId", JSON_OBJECT, &plmn, fault) ||
	    sbi_need(&plmn, "mcc", JSON_STRING, &mcc, fault) ||
	    sbi_need(&plmn, "mnc", JSON_STRING, &mnc, fault))
		return -1;
	if (plmn_parse(json_string_value(mcc.json), json_string_value(mnc.json),
		       &tmgi->plmn, NULL))
		return sbi_refuse(&plmn, FAULT_MALFORMED,
				  "is not 3 digits and 2 or 3 digits", fault);
	tmgi->service_id =
		(uint32_t)strtoul(json_string_value(service.json), NULL, 16);
	tmgi->has_plmn = true;
	return 0;
}

static json_t *make_tmgi(const struct tmgi *tmgi)
{
	char service[7], mcc[4], mnc[4];
	struct tmgi check;
	uint8_t octets[TMGI_SIZE];
	size_t size;

	if (!tmgi->has_plmn || tmgi_encode(tmgi, octets, &size, NULL) ||
	    tmgi_decode(octets, size, &check, NULL))
		return NULL;
	snprintf(service, sizeof(service), "%06x", tmgi->service_id & 0xffffff);
	snprintf(mcc, sizeof(mcc), "%03u", tmgi->plmn.mcc % 1000u);
	snprintf(mnc, sizeof(mnc), tmgi->plmn.mnc_digits == 2 ? "%02u" : "%03u",
		 tmgi->plmn.mnc % 1000u);
	return json_pack("{s:s, s:{s:s, s:s}}", "mbsServiceId", service,
			 "plmnId", "mcc", mcc, "mnc", mnc);
}

/* IpAddr of one address: a prefix sends nothing. */
static int read_address(const struct sbi_value *object, uint8_t out[16],
			size_t *size, struct fault *fault)
{
	struct sbi_value ipv4, ipv6;

	if (sbi_may(object, "ipv4Addr", JSON_STRING, &ipv4, fault) ||
	    sbi_may(object, "ipv6Addr", JSON_STRING, &ipv6, fault))
		return -1;
	if (!ipv4.json == !ipv6.json)
		return sbi_refuse(object, FAULT_MALFORMED,
				  "has not one of ipv4Addr and ipv6Addr",
				  fault);
	*size = ipv4.json ? 4 : 16;
	if (inet_pton(ipv4.json ? AF_INET : AF_INET6,
		      json_string_value(ipv4.json ? ipv4.json : ipv6.json),
		      out) != 1)
		return sbi_refuse(ipv4.json ? &ipv4 : &ipv6, FAULT_MALFORMED,
				  "is not an address", fault);
	return 0;
}

static int read_ssm(const struct sbi_value *object, struct mbs_session_id *ssm,
		    struct fault *fault)
{
	struct sbi_value source, group;
	uint8_t from[16], to[16];
	size_t from_size, to_size;

	if (sbi_need(object, "sourceIpAddr", JSON_OBJECT, &source, fault) ||
	    sbi_need(object, "destIpAddr", JSON_OBJECT, &group, fault) ||
	    read_address(&source, from, &from_size, fault) ||
	    read_address(&group, to, &to_size, fault))
		return -1;
	if (from_size != to_size ||
	    mbs_session_id_from_ssm(ssm, from, to, to_size, NULL))
		return sbi_refuse(object, FAULT_MALFORMED,
				  "is not a unicast source and a multicast "
				  "address",
				  fault);
	return 0;
}

static json_t *make_ssm(const struct mbs_session_id *ssm)
{
	bool ipv4 = ssm->type == MBS_SESSION_SSM_IPV4;
	const char *name = ipv4 ? "ipv4Addr" : "ipv6Addr";
	char source[INET6_ADDRSTRLEN], group[INET6_ADDRSTRLEN];

	if (!ipv4 && ssm->type != MBS_SESSION_SSM_IPV6)
		return NULL;
	inet_ntop(ipv4 ? AF_INET : AF_INET6, ssm->source, source,
		  sizeof(source));
	inet_ntop(ipv4 ? AF_INET : AF_INET6, ssm->group, group, sizeof(group));
	return json_pack("{s:{s:s}, s:{s:s}}", "sourceIpAddr", name, source,
			 "destIpAddr", name, group);
}

int sbi_read_session_id(const struct sbi_value *object,
			struct sbi_session_id *id, struct fault *fault)
{
	struct sbi_value tmgi, ssm, nid;

	if (sbi_may(object, "tmgi", JSON_OBJECT, &tmgi, fault) ||
	    sbi_may(object, "ssm", JSON_OBJECT, &ssm, fault) ||
	    sbi_may(object, "nid", JSON_STRING, &nid, fault))
		return -1;
	if (!tmgi.json && !ssm.json)
		return sbi_refuse(object, FAULT_MALFORMED,
				  "has neither tmgi nor ssm", fault);
	if ((tmgi.json && read_tmgi(&tmgi, &id->tmgi, fault)) ||
	    (ssm.json && read_ssm(&ssm, &id->ssm, fault)))
		return -1;
	if (nid.json &&
	    !is_hexadecimal(json_string_value(nid.json), SBI_NID_SIZE - 1))
		return sbi_refuse(&nid, FAULT_MALFORMED,
				  "is not 11 hexadecimal digits", fault);
	if (nid.json)
		memcpy(id->nid, json_string_value(nid.json), SBI_NID_SIZE);
	id->has_tmgi = tmgi.json;
	id->has_ssm = ssm.json;
	return 0;
}

json_t *sbi_make_session_id(const struct sbi_session_id *id)
{
	json_t *object = json_object();

	if ((!id->has_tmgi && !id->has_ssm) ||
	    (id->has_tmgi && !sbi_put(object, "tmgi", make_tmgi(&id->tmgi))) ||
	    (id->has_ssm && !sbi_put(object, "ssm", make_ssm(&id->ssm))) ||
	    (*id->nid && !sbi_put(object, "nid", json_string(id->nid)))) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static const char *const services[] = {
	[SBI_MULTICAST] = "MULTICAST",
	[SBI_BROADCAST] = "BROADCAST",
};

#define SERVICES (sizeof(services) / sizeof(services[0]))

void sbi_session_clear(struct sbi_session *session)
{
	sbi_security_context_clear(&session->context);
	memset(session, 0, sizeof(*session));
}

static int read_session(const struct sbi_value *object,
			struct sbi_session *session, struct fault *fault)
{
	struct sbi_value id, allocated, service, context;
	size_t type;

	if (sbi_may(object, "mbsSessionId", JSON_OBJECT, &id, fault) ||
	    sbi_boolean(object, "tmgiAllocReq", &session->tmgi_request,
			fault) ||
	    sbi_may(object, "tmgi", JSON_OBJECT, &allocated, fault) ||
	    sbi_need(object, "serviceType", JSON_STRING, &service, fault) ||
	    sbi_name(&service, services, SERVICES, &type, fault) ||
	    sbi_boolean(object, "anyUeInd", &session->any_ue, fault) ||
	    sbi_may(object, "mbsSecurityContext", JSON_OBJECT, &context, fault))
		return -1;
	session->service = (enum sbi_service_type)type;
	session->has_id = id.json;
	session->has_allocated = allocated.json;
	if (!id.json && !session->tmgi_request && !allocated.json)
		return sbi_refuse(object, FAULT_MALFORMED,
				  "has neither mbsSessionId nor tmgiAllocReq",
				  fault);
	if ((id.json && sbi_read_session_id(&id, &session->id, fault)) ||
	    (allocated.json &&
	     read_tmgi(&allocated, &session->allocated, fault)) ||
	    (context.json &&
	     sbi_read_context(&context, &session->context, fault)))
		return -1;
	return 0;
}

int sbi_create_parse(const void *document, size_t size,
		     struct sbi_session *session, struct fault *fault)
{
	struct sbi_value root = { 0 }, object;
	json_t *json;
	int status;

	sbi_session_clear(session);
	json = sbi_load(document, size, JSON_OBJECT, fault);
	if (!json)
		return -1;
	root.json = json;
	status = sbi_need(&root, "mbsSession", JSON_OBJECT, &object, fault);
	if (!status)
		status = read_session(&object, session, fault);
	json_decref(json);
	if (status)
		sbi_session_clear(session);
	return status;
}

static bool put_session(json_t *object, const struct sbi_session *session)
{
	if (!session->has_id && !session->tmgi_request &&
	    !session->has_allocated)
		return false;
	if (session->service != SBI_MULTICAST &&
	    session->service != SBI_BROADCAST)
		return false;
	if ((session->has_id && !sbi_put(object, "mbsSessionId",
					 sbi_make_session_id(&session->id))) ||
	    (session->tmgi_request &&
	     !sbi_put(object, "tmgiAllocReq", json_true())) ||
	    (session->has_allocated &&
	     !sbi_put(object, "tmgi", make_tmgi(&session->allocated))))
		return false;
	if (!sbi_put(object, "serviceType",
		     json_string(services[session->service])) ||
	    (session->any_ue && !sbi_put(object, "anyUeInd", json_true())))
		return false;
	return !session->context.count ||
	       sbi_put(object, "mbsSecurityContext",
		       sbi_make_context(&session->context));
}

int sbi_create_write(const struct sbi_session *session, char *document,
		     size_t room, size_t *length, struct fault *fault)
{
	json_t *object = json_object();

	if (!put_session(object, session)) {
		json_decref(object);
		object = NULL;
	}
	return sbi_dump(object ? json_pack("{s:o}", "mbsSession", object) :
				 NULL,
			document, room, length, fault);
}
