/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multicast in NAS of 5GS: Requested MBS container (TS 24.501, 9.11.4.30) and
 * Received MBS container (9.11.4.31) with the MBS security container. These are
 * the values of the elements; nas5g.h has the messages.
 *
 * Decoders: spare bits are ignored, as TS 24.007 wants of receivers; reserved
 * values, doubled sessions, contradictions and octets too many are refused.
 */
#ifndef CORE_NAS5G_MBS_H
#define CORE_NAS5G_MBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"
#include "ids.h"
#include "kmbs_wrap.h"
#include "secret.h"

#define MBS_SESSIONS_MAX 8 /* in one container; ours */
#define MBS_KEY_SETS_MAX 4 /* of one session; ours: old and new MSK, and room */
#define MBS_AREA_SIZE_MAX 255

enum mbs_operation {
	MBS_JOIN = 1,
	MBS_LEAVE = 2,
};

/**
 * struct mbs_request - one "requested MBS information"
 * @operation: join or leave
 * @session: which session
 */
struct mbs_request {
	enum mbs_operation operation;
	struct mbs_session_id session;
};

/**
 * struct mbs_requested - Requested MBS container
 * @count: members of @requests, at least 1
 * @requests: each session once
 */
struct mbs_requested {
	size_t count;
	struct mbs_request requests[MBS_SESSIONS_MAX];
};

/* Appends the value to @writer. Returns 0, or -1 with FAULT_ARGUMENT if a value is
 * out of range or a session doubled, or FAULT_ROOM.
 */
int mbs_requested_encode(const struct mbs_requested *requested,
			 struct writer *writer, struct fault *fault);
/* Reads the value, all of @size octets. Returns 0, or -1 with FAULT_TRUNCATED,
 * FAULT_MALFORMED or FAULT_LIMIT, and @requested is zeroed.
 */
int mbs_requested_decode(const uint8_t *value, size_t size,
			 struct mbs_requested *requested, struct fault *fault);

enum mbs_decision {
	MBS_AREA_UPDATE = 1, /* the service area has changed */
	MBS_ACCEPTED = 2, /* joined */
	MBS_REJECTED = 3, /* not joined, see the cause */
	MBS_REMOVED = 4, /* removed from the session */
	MBS_SECURITY_UPDATE = 5, /* new keys */
};

/* Rejection cause; 7 is reserved. */
enum mbs_cause {
	MBS_CAUSE_NONE = 0,
	MBS_CAUSE_RESOURCES = 1,
	MBS_CAUSE_NOT_AUTHORIZED = 2,
	MBS_CAUSE_NOT_STARTED = 3,
	MBS_CAUSE_OUTSIDE_AREA = 4,
	MBS_CAUSE_NO_CONTEXT = 5,
	MBS_CAUSE_RELEASED = 6,
};

enum mbs_timer {
	MBS_TIMER_NONE = 0,
	MBS_TIMER_START =
		1, /* start time, 48 bits as in NTP without fraction */
	MBS_TIMER_BACK_OFF = 2, /* GPRS timer 3 (TS 24.008, 10.5.7.4a) */
};

/**
 * struct mbs_key_set - one MBS security keys set
 * @id: Key Domain ID and MSK ID
 * @msk: MSK_SIZE octets: the MSK, or what kmbs_wrap() makes of KMBS
 * @has_mtk: the two members below are there
 * @mtk_id: MTK ID
 * @encrypted_mtk: see mtk_encrypt()
 */
struct mbs_key_set {
	struct msk_ref id;
	struct secret msk;
	bool has_mtk;
	uint16_t mtk_id;
	uint8_t encrypted_mtk[MTK_ENCRYPTED_SIZE];
};

/**
 * struct mbs_information - one "received MBS information"
 * @decision: what the network has decided
 * @cause: why, for MBS_REJECTED and MBS_REMOVED
 * @tmgi: the group, also if the UE asked by addresses
 * @session: type MBS_SESSION_SSM_IPV4 or _IPV6 with the addresses, or
 *	MBS_SESSION_NONE if there are none
 * @tai_list: 5GS tracking area identity list without its length, checked
 * @tai_list_size: 0 if there is none
 * @cell_list: NR CGIs of 8 octets each
 * @cell_list_size: 0 if there is none
 * @timer: kind of @timer_value
 * @timer_value: 48 or 8 bits
 * @key_set_count: members of @key_sets, only for MBS_ACCEPTED and
 *	MBS_SECURITY_UPDATE
 * @key_sets: each id once
 */
struct mbs_information {
	enum mbs_decision decision;
	enum mbs_cause cause;
	struct tmgi tmgi;
	struct mbs_session_id session;
	uint8_t tai_list[MBS_AREA_SIZE_MAX];
	size_t tai_list_size;
	uint8_t cell_list[MBS_AREA_SIZE_MAX];
	size_t cell_list_size;
	enum mbs_timer timer;
	uint64_t timer_value;
	size_t key_set_count;
	struct mbs_key_set key_sets[MBS_KEY_SETS_MAX];
};

/**
 * struct mbs_received - Received MBS container
 * @count: members of @information, at least 1
 * @information: each TMGI once
 */
struct mbs_received {
	size_t count;
	struct mbs_information information[MBS_SESSIONS_MAX];
};

/* As mbs_requested_encode(). What is written holds keys, see nas_protect(). */
int mbs_received_encode(const struct mbs_received *received,
			struct writer *writer, struct fault *fault);
/* As mbs_requested_decode(), or FAULT_MEMORY. What @received held before is not
 * wiped; it is the caller's to clear, and empty after a failure.
 */
int mbs_received_decode(const uint8_t *value, size_t size,
			struct mbs_received *received, struct fault *fault);
/* Wipes the keys. */
void mbs_received_clear(struct mbs_received *received);
/* True if there is a key in it, which then needs ciphering. */
bool mbs_received_has_keys(const struct mbs_received *received);

/* TMGI with its length octet, as both containers have it: "from octet 2" of TS
 * 24.008, 10.5.6.13.
 */
int mbs_tmgi_encode(const struct tmgi *tmgi, struct writer *writer,
		    struct fault *fault);
int mbs_tmgi_decode(struct reader *reader, struct tmgi *tmgi,
		    struct fault *fault);

#endif /* CORE_NAS5G_MBS_H */
