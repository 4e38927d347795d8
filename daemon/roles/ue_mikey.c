// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "core/mbms_message.h"
#include "log.h"
#include "roles/ue_commit.h"
#include "roles/ue_event.h"
#include "roles/ue_keys.h"
#include "roles/ue_log.h"
#include "roles/ue_member.h"
#include "roles/ue_mgvf.h"
#include "roles/ue_mikey.h"
#include "roles/ue_procedure.h"
#include "roles/ue_service.h"
#include "roles/ue_stream.h"
#include "roles/ue_usim.h"

/* A rekey of all UEs of a load test comes at once. */
#define RECEIVE_BUFFER (4 << 20)

static void refused(struct ue *ue, const struct udp_datagram *datagram,
		    const struct fault *fault)
{
	char from[ADDRESS_TEXT_SIZE];

	ue->counts.refused++;
	if (!ue_log_allowed(ue, UE_LOG_REFUSED))
		return;
	address_text(&datagram->from, from);
	log_info(UE_AREA, "mikey-refused", LOG_TEXT("from", from),
		 LOG_TEXT("code", fault_name(fault->code)),
		 LOG_TEXT("reason", fault->text));
}

/* ---- MSK delivery, solicited pull ---- */

static bool wants_group(const struct ue_member *member,
			const struct msk_ref *ref)
{
	return member->state != UE_MEMBER_LEAVING &&
	       member->state != UE_MEMBER_LEFT &&
	       ue_service_has_group(member->service, ref);
}

static void tell_member(struct ue_member *member,
			const struct mgvf_outcome *outcome)
{
	switch (outcome->event) {
	case MGVF_MSK_STORED:
		ue_member_msk_stored(member, !outcome->stored.known);
		break;
	case MGVF_MSK_DELETED:
		ue_member_msk_deleted(member);
		break;
	case MGVF_SOLICITED:
		ue_member_solicited(member);
		break;
	default:
		break;
	}
}

static void tell_members(struct ue_usim *usim,
			 const struct mgvf_outcome *outcome)
{
	struct ue_member *member, *next;
	bool wanted = false;

	for (member = usim->members; member; member = next) {
		next = member->next;
		if (!wants_group(member, &outcome->ref))
			continue;
		wanted = true;
		tell_member(member, outcome);
	}
	/* It came late, after the service was left. */
	if (!wanted && outcome->event == MGVF_MSK_STORED)
		ue_mgvf_msk_delete(usim, &outcome->ref);
}

static void count(struct ue_counts *counts, enum mgvf_event event)
{
	counts->msk_stored += event == MGVF_MSK_STORED;
	counts->msk_deleted += event == MGVF_MSK_DELETED;
	counts->solicited += event == MGVF_SOLICITED;
}

static void receive_msk(struct ue_socket *socket,
			const struct mikey_message *message,
			const struct udp_datagram *datagram)
{
	const struct mikey_bytes *responder = &message->responder.data;
	struct ue *ue = socket->ue;
	struct fault fault = { 0 };
	struct ue_usim *usim =
		ue_usim_of_btid(ue, responder->data, responder->size);

	if (!usim) {
		ue->counts.unknown_ue++;
		return;
	}
	/* The clock has jumped over the end of Ks: no timer has told us. */
	if (!ue_usim_is_bootstrapped(usim))
		ue_procedure_schedule(usim);
	if (ue_mgvf_receive(usim, datagram->data, datagram->size, &fault)) {
		refused(ue, datagram, &fault);
		return;
	}
	if (ue->outcome.event == MGVF_MUK_UNKNOWN) {
		ue->counts.unknown_ue++;
		return;
	}
	/* No verification: the BM-SC sees that the UE cannot have the service. */
	if (ue->outcome.event == MGVF_MSK_STORED &&
	    ue_streams_check(usim, &ue->outcome, &fault)) {
		refused(ue, datagram, &fault);
		ue_mgvf_msk_delete(usim, &ue->outcome.ref);
		mgvf_outcome_clear(&ue->outcome);
		return;
	}
	count(&ue->counts, ue->outcome.event);
	if (ue->outcome.reply_size)
		ue_commit_reply(ue, socket->udp, &datagram->from,
				ue->outcome.reply, ue->outcome.reply_size);
	ue_event_msk(usim, ue->outcome.event, &ue->outcome.ref);
	tell_members(usim, &ue->outcome);
	if (ue->outcome.event == MGVF_MSK_STORED)
		ue_streams_take(usim, &ue->outcome);
	mgvf_outcome_clear(&ue->outcome);
}

/* ---- MTK delivery ---- */

static bool is_for(const struct ue_service *service,
		   const struct ue_socket *socket,
		   const struct udp_datagram *datagram,
		   const struct msk_ref *ref)
{
	const struct ue_flow *flow;
	size_t i;

	if (!service->active)
		return false;
	for (i = 0; i < service->flow_count; i++) {
		flow = &service->flows[i];
		if (address_port(&flow->mtk_group) == socket->port &&
		    address_host_equal(&flow->mtk_group, &datagram->to) &&
		    ue_flow_has_group(flow, ref))
			return true;
	}
	return false;
}

/* Services that share an MSK share its MTKs. One UE has opened the message for all
 * of this host; those who could not have missed the MSK, or are shut out.
 */
static void take_mtk(struct ue *ue, const struct mgvf_outcome *outcome)
{
	struct ue_service *service;
	struct fault fault = { 0 };

	ue->counts.mtk_accepted++;
	for (service = TAILQ_FIRST(&ue->services); service;
	     service = TAILQ_NEXT(service, entry)) {
		if (!service->active ||
		    !ue_service_has_group(service, &outcome->ref))
			continue;
		if (ue_keys_accept(service, &outcome->ref, outcome->mtk_id,
				   &outcome->mtk, &outcome->salt, &fault))
			log_error(UE_AREA, "mtk-not-stored",
				  LOG_TEXT("service", service->id),
				  LOG_TEXT("reason", fault.text));
		ue_service_ask(service, &outcome->ref);
	}
}

/* The MTK message comes again and again, so one that we have is no fault. */
static bool is_repetition(const struct ue_service *service,
			  const struct mikey_message *message)
{
	return ue_keys_has_mtk(service, &message->key_ids.msk,
			       message->key_ids.mtk_id);
}

static void receive_mtk(struct ue_service *service,
			const struct mikey_message *message,
			const struct udp_datagram *datagram)
{
	const struct msk_ref *ref = &message->key_ids.msk;
	struct ue_usim *usim = ue_mgvf_holder(service, ref);
	struct ue *ue = service->ue;
	struct fault fault = { 0 };

	if (is_repetition(service, message))
		return;
	if (!usim) {
		ue_service_missed(service, ref);
		return;
	}
	if (ue_mgvf_receive(usim, datagram->data, datagram->size, &fault)) {
		refused(ue, datagram, &fault);
		return;
	}
	if (ue->outcome.event == MGVF_MTK_ACCEPTED)
		take_mtk(ue, &ue->outcome);
	else if (ue->outcome.event == MGVF_MSK_UNKNOWN)
		ue_service_missed(service, ref);
	mgvf_outcome_clear(&ue->outcome);
}

/* ---- Sockets ---- */

static void received(void *argument, const struct udp_datagram *datagram)
{
	struct ue_socket *socket = argument;
	struct ue *ue = socket->ue;
	struct mikey_message message;
	struct ue_service *service;
	struct fault fault = { 0 };
	enum mbms_kind kind;

	if (mbms_message_decode(&message, &kind, datagram->data, datagram->size,
				&fault)) {
		refused(ue, datagram, &fault);
		return;
	}
	if (kind == MBMS_MSK_DELIVERY || kind == MBMS_SOLICITED_PULL) {
		receive_msk(socket, &message, datagram);
		return;
	}
	if (kind != MBMS_MTK_DELIVERY) {
		ue->counts.refused++;
		return;
	}
	for (service = TAILQ_FIRST(&ue->services); service;
	     service = TAILQ_NEXT(service, entry))
		if (is_for(service, socket, datagram, &message.key_ids.msk)) {
			receive_mtk(service, &message, datagram);
			return;
		}
}

static struct ue_socket *socket_open(struct ue *ue, const union address *local,
				     bool reuse, struct fault *fault)
{
	const struct udp_options options = {
		.local = *local,
		.reuse = reuse,
		.receive_buffer = RECEIVE_BUFFER,
	};
	struct ue_socket *socket = calloc(1, sizeof(*socket));
	union address bound, any = { .family = local->family };

	if (!socket) {
		fault_set(fault, FAULT_MEMORY, "no memory for a socket");
		return NULL;
	}
	socket->ue = ue;
	socket->udp = udp_open(ue->loop, &options, received, socket, fault);
	if (!socket->udp) {
		free(socket);
		return NULL;
	}
	udp_local(socket->udp, &bound);
	socket->family = bound.family;
	socket->any = address_host_equal(&bound, &any);
	socket->port = address_port(&bound);
	socket->next = ue->sockets;
	ue->sockets = socket;
	return socket;
}

struct ue_socket *ue_socket_get(struct ue *ue, sa_family_t family,
				uint16_t port, struct fault *fault)
{
	union address local = { .family = family };
	struct ue_socket *socket;

	/* One that is bound to an address receives no multicast. */
	for (socket = ue->sockets; socket; socket = socket->next)
		if (socket->family == family && socket->port == port &&
		    socket->any)
			return socket;
	address_port_set(&local, port);
	return socket_open(ue, &local, true, fault);
}

int ue_mikey_start(struct ue *ue, struct fault *fault)
{
	const union address *local = &ue->settings.local;
	union address any = { .family = local->family };

	/* If the port is somebody else's, MSK messages would go there: an error
	 * now. With an address of our own others may have the port beside us.
	 */
	return socket_open(ue, local, !address_host_equal(local, &any), fault) ?
		       0 :
		       -1;
}

void ue_mikey_stop(struct ue *ue)
{
	struct ue_socket *socket;

	while ((socket = ue->sockets)) {
		ue->sockets = socket->next;
		udp_close(socket->udp);
		free(socket);
	}
}
