// SPDX-License-Identifier: GPL-2.0-or-later
/* NAS of 5GS with multicast sessions and their keys: TS 24.501. */
#include <inttypes.h>
#include <string.h>

#include "core/nas5g.h"

#include "explain_nas.h"

#define DISCRIMINATOR_5GSM 0x2e
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *name_of(const char *const *names, size_t count, size_t value)
{
	return value < count && names[value] ? names[value] : "unknown";
}

static const struct message_type {
	enum nas5g_type type;
	const char *name;
	const char *clause;
} message_types[] = {
	{ NAS5G_ESTABLISHMENT_REQUEST, "PDU SESSION ESTABLISHMENT REQUEST",
	  "TS 24.501, 8.3.1" },
	{ NAS5G_ESTABLISHMENT_ACCEPT, "PDU SESSION ESTABLISHMENT ACCEPT",
	  "TS 24.501, 8.3.2" },
	{ NAS5G_MODIFICATION_REQUEST, "PDU SESSION MODIFICATION REQUEST",
	  "TS 24.501, 8.3.7" },
	{ NAS5G_MODIFICATION_REJECT, "PDU SESSION MODIFICATION REJECT",
	  "TS 24.501, 8.3.8" },
	{ NAS5G_MODIFICATION_COMMAND, "PDU SESSION MODIFICATION COMMAND",
	  "TS 24.501, 8.3.9" },
	{ NAS5G_MODIFICATION_COMPLETE, "PDU SESSION MODIFICATION COMPLETE",
	  "TS 24.501, 8.3.10" },
	{ NAS5G_MODIFICATION_COMMAND_REJECT,
	  "PDU SESSION MODIFICATION COMMAND REJECT", "TS 24.501, 8.3.11" },
};

static const struct message_type *message_type(enum nas5g_type type)
{
	static const struct message_type unknown = { 0, "unknown", NULL };

	for (size_t i = 0; i < COUNT(message_types); i++)
		if (message_types[i].type == type)
			return &message_types[i];
	return &unknown;
}

static void show_session(struct explain *explain,
			 const struct mbs_session_id *session)
{
	char text[MBS_SESSION_ID_TEXT_SIZE];

	mbs_session_id_text(session, text);
	explain_text(explain, "MBS session ID", "%s", text);
}

static void show_tmgi(struct explain *explain, const struct tmgi *tmgi)
{
	char text[TMGI_TEXT_SIZE];

	tmgi_text(tmgi, text);
	explain_text(explain, "TMGI", "%s", text);
}

static void show_requested(struct explain *explain,
			   const struct mbs_requested *requested)
{
	static const char *const operations[] = {
		[MBS_JOIN] = "join",
		[MBS_LEAVE] = "leave",
	};

	for (size_t i = 0; i < requested->count; i++) {
		const struct mbs_request *request = &requested->requests[i];

		explain_part(explain, "requested MBS information",
			     "Requested MBS container, IEI 70",
			     "TS 24.501, 9.11.4.30");
		explain_named(explain, "MBS operation", request->operation,
			      name_of(operations, COUNT(operations),
				      request->operation));
		show_session(explain, &request->session);
	}
}

/* ---- Keys ---- */

static void show_msk_ref(struct explain *explain, const struct msk_ref *id)
{
	explain_octets(explain, "Key Domain ID", id->domain.octets,
		       KEY_DOMAIN_ID_SIZE);
	explain_text(explain, "MSK ID", "%08" PRIx32, id->msk_id);
}

/* The part of the wrapped key that element 7F has for a keys set, or NULL. */
static const struct kmbs_check *check_find(const struct nas5g_sm *message,
					   const struct tmgi *tmgi,
					   const struct msk_ref *id)
{
	for (size_t i = 0; i < message->check_count; i++)
		if (tmgi_equal(&message->checks[i].tmgi, tmgi) &&
		    msk_ref_equal(&message->checks[i].id, id))
			return &message->checks[i];
	return NULL;
}

static void unwrap(struct explain *explain, const struct mbs_key_set *set,
		   const struct kmbs_check *check, struct secret *msk)
{
	const struct secret *kmbs_ue =
		explain_keys_get(explain->keys, EXPLAIN_KMBS_UE);
	struct kmbs_wrapped wrapped;
	struct fault fault = {};

	memcpy(wrapped.check, check->check, sizeof(wrapped.check));
	memcpy(wrapped.key, set->msk.bytes, sizeof(wrapped.key));
	explain_octets(explain, "wrapped KMBS", &wrapped, sizeof(wrapped));
	if (!kmbs_ue) {
		explain_check(explain, "key wrap", EXPLAIN_NOT_CHECKED,
			      "no KMBS-UE is given");
	} else if (kmbs_unwrap(kmbs_ue, &set->id, &wrapped, msk, &fault)) {
		explain_check_fault(explain, "key wrap", &fault);
	} else {
		explain_check(explain, "key wrap", EXPLAIN_OK, "%s", "");
		explain_secret(explain, "KMBS", msk);
	}
}

static void show_mtk(struct explain *explain, const struct mbs_key_set *set,
		     const struct secret *msk)
{
	struct secret mtk = {};

	explain_number(explain, "MTK ID", set->mtk_id);
	explain_octets(explain, "encrypted MTK", set->encrypted_mtk,
		       MTK_ENCRYPTED_SIZE);
	if (msk->size && !mtk_decrypt(msk, &set->id, set->mtk_id,
				      set->encrypted_mtk, &mtk, NULL))
		explain_secret(explain, "MTK", &mtk);
	secret_clear(&mtk);
}

static void show_key_set(struct explain *explain,
			 const struct nas5g_sm *message,
			 const struct mbs_information *information,
			 const struct mbs_key_set *set)
{
	const struct kmbs_check *check =
		check_find(message, &information->tmgi, &set->id);
	struct secret kmbs = {};

	explain_part(explain, "MBS security keys set", "MBS security container",
		     "TS 24.501, 9.11.4.31");
	show_msk_ref(explain, &set->id);
	if (check)
		unwrap(explain, set, check, &kmbs);
	else
		explain_secret(explain, "MSK", &set->msk);
	if (set->has_mtk)
		show_mtk(explain, set, check ? &kmbs : &set->msk);
	secret_clear(&kmbs);
}

/* ---- Received MBS container ---- */

static void show_timer(struct explain *explain,
		       const struct mbs_information *information)
{
	if (information->timer == MBS_TIMER_START)
		explain_text(explain, "MBS start time", "%012" PRIx64,
			     information->timer_value);
	else if (information->timer == MBS_TIMER_BACK_OFF)
		explain_text(explain, "MBS back-off timer", "%02x",
			     (unsigned int)information->timer_value);
}

static void show_information(struct explain *explain,
			     const struct nas5g_sm *message,
			     const struct mbs_information *information)
{
	static const char *const decisions[] = {
		[MBS_AREA_UPDATE] = "MBS service area update",
		[MBS_ACCEPTED] = "MBS join is accepted",
		[MBS_REJECTED] = "MBS join is rejected",
		[MBS_REMOVED] = "remove UE from MBS session",
		[MBS_SECURITY_UPDATE] = "MBS security information update",
	};
	static const char *const causes[] = {
		"no additional information",
		"insufficient resources",
		"not authorized",
		"session has not started",
		"outside of local service area",
		"session context not found",
		"session is released",
	};

	explain_part(explain, "received MBS information",
		     "Received MBS container, IEI 71", "TS 24.501, 9.11.4.31");
	explain_named(explain, "MBS decision", information->decision,
		      name_of(decisions, COUNT(decisions),
			      information->decision));
	if (information->decision == MBS_REJECTED ||
	    information->decision == MBS_REMOVED)
		explain_named(explain, "rejection cause", information->cause,
			      name_of(causes, COUNT(causes),
				      information->cause));
	show_tmgi(explain, &information->tmgi);
	if (information->session.type != MBS_SESSION_NONE)
		show_session(explain, &information->session);
	if (information->tai_list_size)
		explain_octets(explain, "TAI list", information->tai_list,
			       information->tai_list_size);
	if (information->cell_list_size)
		explain_octets(explain, "NR CGI list", information->cell_list,
			       information->cell_list_size);
	show_timer(explain, information);
	for (size_t i = 0; i < information->key_set_count; i++)
		show_key_set(explain, message, information,
			     &information->key_sets[i]);
}

static void show_checks(struct explain *explain, const struct nas5g_sm *message)
{
	for (size_t i = 0; i < message->check_count; i++) {
		const struct kmbs_check *check = &message->checks[i];

		explain_part(explain, "KMBS", "our element, IEI 7F",
			     "docs/protocols/nas-mbs.rst");
		show_tmgi(explain, &check->tmgi);
		show_msk_ref(explain, &check->id);
		explain_octets(explain, "check value", check->check,
			       KEY_WRAP_CHECK_SIZE);
	}
}

static void show_message(struct explain *explain,
			 const struct nas5g_sm *message)
{
	const struct message_type *type = message_type(message->type);

	explain_part(explain, "5GSM message", type->name, type->clause);
	explain_named(explain, "message type", message->type, type->name);
	explain_number(explain, "PDU session ID", message->session);
	explain_number(explain, "PTI", message->pti);
	if (message->cause)
		explain_number(explain, "5GSM cause", message->cause);
	if (message->type == NAS5G_ESTABLISHMENT_REQUEST)
		explain_text(explain, "integrity protection maximum data rate",
			     "%04x", message->maximum_rate);
	if (message->type == NAS5G_ESTABLISHMENT_ACCEPT) {
		explain_text(explain, "selected PDU session type and SSC mode",
			     "%02x", message->session_type);
		explain_octets(explain, "authorized QoS rules",
			       message->qos_rules, message->qos_rules_size);
		explain_octets(explain, "session AMBR", message->ambr,
			       NAS5G_AMBR_SIZE);
	}
	if (message->offers_wrap)
		explain_flag(explain, "UE can unwrap KMBS", true);
	show_requested(explain, &message->requested);
	for (size_t i = 0; i < message->received.count; i++)
		show_information(explain, message,
				 &message->received.information[i]);
	show_checks(explain, message);
}

static int show(const uint8_t *data, size_t size, void *context)
{
	struct nas5g_sm message;

	if (nas5g_sm_decode(data, size, &message, NULL))
		return -1;
	show_message(context, &message);
	nas5g_sm_clear(&message);
	return 0;
}

static void explain_sm(struct explain *explain, const uint8_t *data,
		       size_t size)
{
	struct nas5g_sm message;

	if (nas5g_sm_decode(data, size, &message, &explain->fault))
		explain_nas_prefix(data, size, show, explain);
	else
		show_message(explain, &message);
	nas5g_sm_clear(&message);
}

/* ---- NAS transport ---- */

static void show_transport(struct explain *explain,
			   const struct nas5g_transport *transport)
{
	static const char *const requests[] = {
		[1] = "initial request",
		[2] = "existing PDU session",
		[3] = "initial emergency request",
		[4] = "existing emergency PDU session",
		[5] = "modification request",
		[6] = "MA PDU request",
		[7] = "reserved",
	};
	const char *name = transport->downlink ? "DL NAS TRANSPORT" :
						 "UL NAS TRANSPORT";

	explain_part(explain, "5GMM message", name,
		     transport->downlink ? "TS 24.501, 8.2.11" :
					   "TS 24.501, 8.2.10");
	explain_named(explain, "message type",
		      transport->downlink ? 0x68 : 0x67, name);
	explain_named(explain, "payload container type", 1,
		      "N1 SM information");
	explain_number(explain, "payload container length",
		       transport->container_size);
	explain_number(explain, "PDU session ID", transport->session);
	if (transport->request_type)
		explain_named(explain, "request type", transport->request_type,
			      name_of(requests, COUNT(requests),
				      transport->request_type));
	if (transport->cause)
		explain_number(explain, "5GMM cause", transport->cause);
}

static void explain_inner(struct explain *explain, const uint8_t *data,
			  size_t size)
{
	struct nas5g_transport transport;

	if (size && data[0] == DISCRIMINATOR_5GSM) {
		explain_sm(explain, data, size);
	} else if (!nas5g_transport_decode(data, size, &transport,
					   &explain->fault)) {
		show_transport(explain, &transport);
		explain_sm(explain, transport.container,
			   transport.container_size);
	}
}

static void explain_all(struct explain *explain)
{
	struct explain_inner inner;

	/* Session management alone, as in the containers of other interfaces. */
	if (explain->size && explain->data[0] == DISCRIMINATOR_5GSM) {
		explain_sm(explain, explain->data, explain->size);
		return;
	}
	if (!explain_nas_open(explain, NAS_5GS, &inner))
		explain_inner(explain, inner.data, inner.size);
	explain_inner_clear(&inner);
}

const struct explain_kind explain_kind_nas5g = { "nas5g", false, explain_all };
