/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The MIKEY messages of MBMS (TS 33.246, 6.4): which payloads each has, how they
 * are built and how their answers are checked. The receiver of keys is mgvf.h.
 * Choices that the text of 33.246 would decide are in mbms_profile.h.
 *
 * Builders append to @writer and return 0, or -1 with @writer as it was. They
 * take no counter twice for the caller: whoever calls stores the counter before
 * the message leaves (mbms_counter_next()).
 */
#ifndef CORE_MBMS_MESSAGE_H
#define CORE_MBMS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"
#include "ids.h"
#include "mbms_profile.h"
#include "mikey.h"
#include "mikey_crypt.h"
#include "secret.h"

enum mbms_kind {
	MBMS_MSK_DELIVERY = 1, /* BM-SC to UE: 33.246, 6.3.2.3.1 */
	MBMS_SOLICITED_PULL, /* BM-SC to UE: 6.3.2.2.4 */
	MBMS_MTK_DELIVERY, /* BM-SC to group: 6.3.3.2 */
	MBMS_VERIFICATION, /* UE to BM-SC: 6.3.2.3.1, RFC 3830 3.1 */
	MBMS_ERROR, /* RFC 3830, 5.1.2 */
};

/* "MSK delivery", "solicited pull": for people. */
const char *mbms_kind_name(enum mbms_kind kind);

/* mikey_decode(), then the shape of one of the messages above: time stamp is a
 * counter, Key IDs and ID payloads are those of the kind, Key Number 0 goes with
 * an empty KEMAC and no other with one, streams have their policies, no MTK
 * message asks for an answer. Nothing is authentic yet. Returns 0 and sets @kind,
 * or -1 and a zeroed @message.
 */
int mbms_message_decode(struct mikey_message *message, enum mbms_kind *kind,
			const void *data, size_t size, struct fault *fault);

/**
 * struct mbms_msk_message - MSK delivery and solicited pull; all pointers stay
 *	the caller's
 * @initiator: IDi, the BM-SC (mbms_initiator())
 * @responder: IDr, the UE (mbms_responder())
 * @counter: of the MUK, never used before with it, not 0
 * @csb_id: of the MSK, the same for all UEs and all messages with it
 * @rand: of the MSK, likewise
 * @verify: a verification message is wanted
 * @msk_ref: Key Domain ID and MSK ID; for a solicited pull the Key Number is 0
 * @msk: MSK_SIZE octets; NULL in a solicited pull
 * @low: SEQl, the last MTK ID that is of no use any more
 * @high: SEQu, the last MTK ID of the MSK; below @low to delete the MSK
 * @streams: SRTP streams that the MTKs are for, none for download
 * @stream_count: entries of @streams, at most MIKEY_STREAMS_MAX
 * @policies: what the streams refer to
 * @policy_count: entries of @policies, at most MIKEY_POLICIES_MAX
 */
struct mbms_msk_message {
	struct mikey_identity initiator;
	struct mikey_identity responder;
	uint32_t counter;
	uint32_t csb_id;
	uint8_t rand[MBMS_RAND_SIZE];
	bool verify;
	struct msk_ref msk_ref;
	const struct secret *msk;
	uint16_t low;
	uint16_t high;
	const struct mikey_stream *streams;
	size_t stream_count;
	const struct mikey_policy *policies;
	size_t policy_count;
};

/* MSK delivery under @muk: HDR, EXT, T, RAND, IDi, IDr, {SP}, KEMAC. Streaming
 * if there are streams, else download. TS 33.246, 6.4.5.1.
 */
int mbms_msk_build(const struct mbms_msk_message *request,
		   const struct secret *muk, struct writer *writer,
		   struct fault *fault);
/* Solicited pull under @muk, which may be older than its Ks_NAF lives (TS
 * 33.246, 6.3.2.2.4): no key, no streams.
 */
int mbms_solicit_build(const struct mbms_msk_message *request,
		       const struct secret *muk, struct writer *writer,
		       struct fault *fault);

/* Takes the MSK and its interval out of a delivery's key, once it is open: TEK of
 * MSK_SIZE octets without salt, interval of 2 and 2 octets. Returns 0, or -1 and
 * FAULT_MALFORMED.
 */
int mbms_msk_interval(const struct mikey_key *key, uint16_t *low,
		      uint16_t *high, struct fault *fault);

/**
 * struct mbms_mtk_message - MTK delivery; all pointers stay the caller's
 * @counter: of the MSK, never used before with it by any instance of the BM-SC
 * @csb_id: of the MSK
 * @rand: of the MSK
 * @send_rand: RAND is sent too (mbms_rand_in_mtk())
 * @msk_ref: Key Domain ID and MSK ID
 * @mtk_id: not 0; rises with each MTK
 * @mtk: MTK_SIZE octets, for streaming also MTK_SIZE_LONG
 * @salt: MTK_SALT_SIZE octets for streaming, NULL for download
 */
struct mbms_mtk_message {
	uint32_t counter;
	uint32_t csb_id;
	uint8_t rand[MBMS_RAND_SIZE];
	bool send_rand;
	struct msk_ref msk_ref;
	uint16_t mtk_id;
	const struct secret *mtk;
	const struct secret *salt;
};

/* MTK delivery under @msk: HDR, EXT, T, [RAND], KEMAC. TS 33.246, 6.4.5.2. */
int mbms_mtk_build(const struct mbms_mtk_message *delivery,
		   const struct secret *msk, struct writer *writer,
		   struct fault *fault);
/* Checks a delivery's key once it is open: TEK of MTK_SIZE or MTK_SIZE_LONG with a
 * salt of MTK_SALT_SIZE octets, or TGK of MTK_SIZE octets, no validity. Returns 0, or -1
 * and FAULT_MALFORMED.
 */
int mbms_mtk_check(const struct mikey_key *key, struct fault *fault);

/* The UE's answer to an authentic @request with the V flag: HDR, T, IDr, V, with
 * the @keys of the request. RFC 3830, 3.1 and 5.2.
 */
int mbms_verification_build(const struct mikey_message *request,
			    const struct mikey_keys *keys,
			    struct writer *writer, struct fault *fault);
/* The BM-SC's check that @answer, as decoded, is that to @request, which is still
 * outstanding and was sent under @muk: CSB ID, counter, IDr if there is one, V.
 * Returns 0, or -1: FAULT_UNKNOWN if it answers another message,
 * FAULT_UNAUTHENTIC.
 */
int mbms_verification_check(const struct mikey_message *answer,
			    const struct mbms_msk_message *request,
			    const struct secret *muk, struct fault *fault);

/* Error message: HDR, T, {ERR}, [V]. V is there if @keys are given, MAC over the
 * message alone. Never sent about MTK messages (TS 33.501, W.4). RFC 3830,
 * 5.1.2: a receiver takes one without V as a hint and nothing else.
 */
int mbms_error_build(uint32_t csb_id, uint32_t counter, const uint8_t *errors,
		     size_t count, const struct mikey_keys *keys,
		     struct writer *writer, struct fault *fault);

#endif /* CORE_MBMS_MESSAGE_H */
