/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MGV-F, the MBMS key generation and validation function of a receiver (TS
 * 33.246, 6.5): which MSK and MTK messages it takes and what it keeps. A state,
 * a message in, an outcome out; what the caller does with an outcome (answer,
 * ask the BM-SC, install keys, store the state) is not here. Rules:
 *
 * - one counter per MUK for MSK messages, one per MSK for MTK messages; both only
 *   go up, and only by messages whose MAC is right (RFC 3830, 5.4; TS 31.102,
 *   4.2.80 and 4.2.81);
 * - at most two MSKs per Key Domain and Key Group; a third evicts the one that
 *   came first (TS 31.102, 4.2.80);
 * - an MTK ID has to be above SEQl, the last one taken, and at most SEQu;
 * - a message that is refused changes nothing.
 */
#ifndef CORE_MGVF_H
#define CORE_MGVF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "ids.h"
#include "mbms_message.h"
#include "mgvf_keys.h"
#include "mikey.h"
#include "secret.h"

/* A verification message with the longest IDr. */
#define MGVF_REPLY_MAX 512

/* What a message has brought about. */
enum mgvf_event {
	MGVF_NOTHING = 0, /* refused, see the fault */
	MGVF_MSK_STORED, /* a new MSK, or known and sent again */
	MGVF_MSK_DELETED, /* by SEQl > SEQu, or by an MTK ID above SEQu */
	MGVF_SOLICITED, /* ask for the current MSK of the group by HTTP */
	MGVF_MTK_ACCEPTED, /* a new MTK */
	/* Not authentic, as there is no key to check with. The caller limits
	 * how often it acts on them.
	 */
	MGVF_MUK_UNKNOWN, /* bootstrap, or not for us */
	MGVF_MSK_UNKNOWN, /* missed key update: TS 33.246, 6.3.2.2.3 */
};

/**
 * struct mgvf_outcome - for the caller to act on, cleared by
 *	mgvf_outcome_clear()
 * @event: selects what is valid below
 * @ref: Key Domain ID and MSK ID of the message
 * @stored: MSK_STORED
 * @mtk_id: MTK_ACCEPTED
 * @mtk: MTK_ACCEPTED: the MTK
 * @salt: MTK_ACCEPTED: master salt, empty in download
 * @encryption: MTK_ACCEPTED in download: MTK_C (mbms_download_keys())
 * @authentication: MTK_ACCEPTED in download: MTK_I
 * @streams: MSK_STORED for streaming, or MTK_ACCEPTED if the message has some
 * @stream_count: entries of @streams
 * @policies: MSK_STORED: what the streams refer to
 * @policy_count: entries of @policies
 * @reply: verification message to be sent to the source of the message, if the
 *	BM-SC wants one, after the state has been stored
 * @reply_size: octets of @reply, 0 for none
 */
struct mgvf_outcome {
	enum mgvf_event event;
	struct msk_ref ref;
	struct mgvf_stored stored;
	uint16_t mtk_id;
	struct secret mtk;
	struct secret salt;
	struct secret encryption;
	struct secret authentication;
	struct mikey_stream streams[MIKEY_STREAMS_MAX];
	uint8_t stream_count;
	struct mikey_policy policies[MIKEY_POLICIES_MAX];
	uint8_t policy_count;
	uint8_t reply[MGVF_REPLY_MAX];
	size_t reply_size;
};

/* "MSK stored": for people. */
const char *mgvf_event_name(enum mgvf_event event);

/* Receives an MSK delivery, a solicited pull or an MTK delivery of @size octets.
 * Returns 0 and fills @outcome, or -1 and a cleared @outcome, and then the state
 * is unchanged: FAULT_REPLAYED (counter or MTK ID is not new),
 * FAULT_UNAUTHENTIC, FAULT_STATE (MUK has expired, MTK ID above SEQu, other kind
 * of message), FAULT_LIMIT (no room), or what decoding says. What @outcome held
 * before is wiped; it has to be zeroed before its first use.
 *
 * A message that was received once is refused the second time, so a BM-SC that
 * misses the verification sends the MSK again with a new counter. An MSK that
 * comes again with the same key keeps the counter of its MTKs and the higher
 * SEQl, else old MTK messages were new again.
 */
int mgvf_receive(struct mgvf *mgvf, const void *data, size_t size,
		 struct mgvf_outcome *outcome, struct fault *fault);
/* Wipes the keys; the struct is zeroed. */
void mgvf_outcome_clear(struct mgvf_outcome *outcome);

#endif /* CORE_MGVF_H */
