/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The NAS messages of 5GS by which a UE joins a multicast session and gets its
 * keys (TS 24.501, 8.2.10, 8.2.11 and 8.3): session management messages, and UL
 * and DL NAS TRANSPORT that carry them. Pure octets: protection is in nas_sec.h.
 *
 * Decoders ignore elements that they do not know unless the sender requires
 * them (TS 24.007, 11.2.5), and refuse MBS elements that come twice.
 */
#ifndef CORE_NAS5G_H
#define CORE_NAS5G_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "nas5g_mbs.h"

enum nas5g_type {
	NAS5G_ESTABLISHMENT_REQUEST = 0xc1,
	NAS5G_ESTABLISHMENT_ACCEPT = 0xc2,
	NAS5G_MODIFICATION_REQUEST = 0xc9,
	NAS5G_MODIFICATION_REJECT = 0xca,
	NAS5G_MODIFICATION_COMMAND = 0xcb,
	NAS5G_MODIFICATION_COMPLETE = 0xcc,
	NAS5G_MODIFICATION_COMMAND_REJECT = 0xcd,
};

#define NAS5G_SESSION_MAX \
	15 /* PDU session identity, from 1 (24.007 11.2.3.1b) */
#define NAS5G_PTI_MAX 254 /* of a procedure of the UE; 0 is the network's */
#define NAS5G_AMBR_SIZE 6

/**
 * struct kmbs_check - what the keys set has no room for
 * @tmgi: whose keys set
 * @id: which keys set
 * @check: struct kmbs_wrapped
 */
struct kmbs_check {
	struct tmgi tmgi;
	struct msk_ref id;
	uint8_t check[KEY_WRAP_CHECK_SIZE];
};

#define NAS5G_CHECKS_MAX 16

/**
 * struct nas5g_sm - a 5G session management message
 * @type: message
 * @session: PDU session identity
 * @pti: procedure transaction identity: of the UE's request, repeated in the
 *	answer; 0 if the network began
 * @cause: 5GSM cause (9.11.4.2); there in the two rejects, may be there in
 *	request, command and accept; else 0
 * @maximum_rate: integrity protection maximum data rate, establishment request
 * @session_type: selected type and SSC mode, establishment accept
 * @qos_rules: authorized QoS rules, establishment accept; the caller's octets,
 *	or of the message that was decoded
 * @qos_rules_size: octets
 * @ambr: session AMBR, establishment accept
 * @requested: what the UE asks, @count 0 if nothing; for the requests
 * @received: what the network answers, @count 0 if nothing; for accept and
 *	command
 * @offers_wrap: the UE can unwrap KMBS; for the requests. Element 7F, ours
 * @check_count: members of @checks; for accept and command. Element 7F, ours: the
 *	keys sets named there, each once, hold wrapped KMBS in place of the MSK
 * @checks: the other part of the wrapped keys
 */
struct nas5g_sm {
	enum nas5g_type type;
	uint8_t session;
	uint8_t pti;
	uint8_t cause;
	uint16_t maximum_rate;
	uint8_t session_type;
	const uint8_t *qos_rules;
	size_t qos_rules_size;
	uint8_t ambr[NAS5G_AMBR_SIZE];
	struct mbs_requested requested;
	struct mbs_received received;
	bool offers_wrap;
	size_t check_count;
	struct kmbs_check checks[NAS5G_CHECKS_MAX];
};

/* Writes a message of at most @room octets to @out and sets @size. Returns 0, or -1
 * with FAULT_ARGUMENT if a member is out of range or not of that message, or
 * FAULT_ROOM; @out is wiped then.
 */
int nas5g_sm_encode(const struct nas5g_sm *message, uint8_t *out, size_t room,
		    size_t *size, struct fault *fault);
/* Reads a whole message. Returns 0, or -1 with FAULT_TRUNCATED, FAULT_MALFORMED,
 * FAULT_LIMIT, FAULT_UNSUPPORTED (other message, required element) or
 * FAULT_MEMORY; @message is zeroed then. What it held before is not wiped; it is the
 * caller's to clear.
 */
int nas5g_sm_decode(const uint8_t *octets, size_t size,
		    struct nas5g_sm *message, struct fault *fault);
/* Wipes the keys and empties the message. */
void nas5g_sm_clear(struct nas5g_sm *message);

/**
 * struct nas5g_transport - UL NAS TRANSPORT or DL NAS TRANSPORT
 * @downlink: which
 * @session: PDU session identity of the message inside
 * @request_type: of the uplink message (9.11.3.47), 1 to 7, or 0 if not there; 5
 *	is a modification request
 * @cause: 5GMM cause of the downlink message, 0 if not there
 * @container: the session management message, octets of the caller or of the
 *	message that was decoded
 * @container_size: octets of @container
 */
struct nas5g_transport {
	bool downlink;
	uint8_t session;
	uint8_t request_type;
	uint8_t cause;
	const uint8_t *container;
	size_t container_size;
};

/* As nas5g_sm_encode(). The container type is always N1 SM information. */
int nas5g_transport_encode(const struct nas5g_transport *transport,
			   uint8_t *out, size_t room, size_t *size,
			   struct fault *fault);
/* As nas5g_sm_decode(). Other container types are FAULT_UNSUPPORTED. */
int nas5g_transport_decode(const uint8_t *octets, size_t size,
			   struct nas5g_transport *transport,
			   struct fault *fault);

#endif /* CORE_NAS5G_H */
