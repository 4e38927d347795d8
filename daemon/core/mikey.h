/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MIKEY messages of the pre-shared key method (RFC 3830) with the Key ID
 * information of RFC 4563: octets to struct and back. Nothing here computes;
 * mikey_crypt.h has the keys and MACs, mbms_message.h the rules of MBMS.
 */
#ifndef CORE_MIKEY_H
#define CORE_MIKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"
#include "ids.h"
#include "mikey_policy.h"

/* A message fits a datagram that no link fragments much; ours have 250. */
#define MIKEY_SIZE_MAX 4096
/* HMAC-SHA-1-160, the only MAC that is not NULL (RFC 3830, 4.2.4). */
#define MIKEY_MAC_SIZE 20
/* RFC 3830, 6.11: at least 16 octets; the length has one octet. */
#define MIKEY_RAND_MIN 16
#define MIKEY_RAND_MAX 255
/* A NAI has at most 253 octets (RFC 4282), an FQDN 253, a NAF_Id 5 more. */
#define MIKEY_ID_MAX 512
#define MIKEY_STREAMS_MAX 16
#define MIKEY_POLICIES_MAX 4
#define MIKEY_ERRORS_MAX 4
#define MIKEY_PAYLOADS_MAX 16

/* What is the same in all messages that we read and write: RFC 3830, 6.1, and
 * tables 6.2.a and 6.2.b; RFC 4563, table 1.
 */
#define MIKEY_VERSION 1
#define MIKEY_PRF 0 /* MIKEY-1, in the 7 bits beside the V flag */
#define MIKEY_V_FLAG 0x80
#define MIKEY_AES_CM_128 1
#define MIKEY_HMAC_SHA_1_160 1
#define MIKEY_EXT_KEY_ID 3

/* RFC 3830, table 6.1.a; the other types are not of the pre-shared key method. */
enum mikey_type {
	MIKEY_PSK = 0, /* initiator's message */
	MIKEY_PSK_VERIFICATION = 1,
	MIKEY_ERROR = 6,
};

/* RFC 3830, table 6.1.b. */
enum mikey_payload {
	MIKEY_LAST = 0,
	MIKEY_KEMAC = 1,
	MIKEY_T = 5,
	MIKEY_ID = 6,
	MIKEY_V = 9,
	MIKEY_SP = 10,
	MIKEY_RAND = 11,
	MIKEY_ERR = 12,
	MIKEY_EXT = 21,
};

/* RFC 3830, table 6.1.d; the empty map is RFC 4563, 5. */
enum mikey_map {
	MIKEY_MAP_SRTP = 0,
	MIKEY_MAP_EMPTY = 1,
};

/* RFC 3830, table 6.6: NTP in 8 octets, the counter in 4. */
enum mikey_timestamp {
	MIKEY_NTP_UTC = 0,
	MIKEY_NTP = 1,
	MIKEY_COUNTER = 2,
};

/* RFC 3830, table 6.7.a; byte strings were added by RFC 4738. */
enum mikey_identity_type {
	MIKEY_NAI = 0,
	MIKEY_URI = 1,
	MIKEY_BYTE_STRING = 2,
};

/* RFC 4563, table 2. */
enum mikey_key_id_type {
	MIKEY_KEY_DOMAIN_ID = 0,
	MIKEY_MSK_ID = 1,
	MIKEY_MTK_ID = 2,
	MIKEY_KEY_ID_TYPES = 3,
};

/* Octets that somebody else owns. */
struct mikey_bytes {
	const uint8_t *data;
	size_t size;
};

/* One crypto session of the SRTP-ID map: RFC 3830, 6.1.1. */
struct mikey_stream {
	uint8_t policy;
	uint32_t ssrc;
	uint32_t roc;
};

/* An ID payload: RFC 3830, 6.7. Absent if @data is empty. */
struct mikey_identity {
	uint8_t type;
	struct mikey_bytes data;
};

/**
 * struct mikey_key_ids - Key ID information: RFC 4563, 4
 * @count: entries of @order
 * @order: enum mikey_key_id_type of those that are there, each at most once, in
 *	the order of the message
 * @msk: Key Domain ID and MSK ID
 * @mtk_id: MTK ID
 */
struct mikey_key_ids {
	uint8_t count;
	uint8_t order[MIKEY_KEY_ID_TYPES];
	struct msk_ref msk;
	uint16_t mtk_id;
};

/**
 * struct mikey_message - what a message says
 * @type: enum mikey_type
 * @verify: V flag, the initiator wants a verification message
 * @csb_id: crypto session bundle
 * @map: enum mikey_map
 * @sessions: #CS; with the SRTP-ID map the entries of @streams
 * @streams: of the SRTP-ID map
 * @count: entries of @order
 * @order: enum mikey_payload of the payloads in the order of the message
 * @timestamp_type: enum mikey_timestamp
 * @timestamp: its 64 or 32 bits
 * @rand: RAND, empty if there is none
 * @initiator: the first ID of an initiator's message
 * @responder: its second ID, or the ID of a verification message
 * @key_ids: the general extension payload
 * @policies: SP payloads, numbers differ
 * @policy_count: entries of @policies
 * @errors: error numbers of ERR payloads (RFC 3830, table 6.12)
 * @error_count: entries of @errors
 * @encrypted: Encr data of KEMAC, AES-CM-128, may be empty
 * @mac: MAC of KEMAC or V, HMAC-SHA-1-160, empty if there is none
 * @octets: the whole message
 * @covered: octets of @octets before the MAC
 *
 * PRF, encryption and MAC algorithms are not here, because none but the
 * mandatory ones are accepted. All pointers are into the decoded octets, which
 * have to stay as long as the struct is used.
 */
struct mikey_message {
	uint8_t type;
	bool verify;
	uint32_t csb_id;
	uint8_t map;
	uint8_t sessions;
	struct mikey_stream streams[MIKEY_STREAMS_MAX];
	uint8_t count;
	uint8_t order[MIKEY_PAYLOADS_MAX];
	uint8_t timestamp_type;
	uint64_t timestamp;
	struct mikey_bytes rand;
	struct mikey_identity initiator;
	struct mikey_identity responder;
	struct mikey_key_ids key_ids;
	struct mikey_policy policies[MIKEY_POLICIES_MAX];
	uint8_t policy_count;
	uint8_t errors[MIKEY_ERRORS_MAX];
	uint8_t error_count;
	struct mikey_bytes encrypted;
	struct mikey_bytes mac;
	struct mikey_bytes octets;
	size_t covered;
};

/* Decodes @size octets. Accepts what RFC 3830, 3.1 and 5.1.2 let the
 * pre-shared key method send: HDR, T, [RAND], [IDi], [IDr], {SP}, [EXT], KEMAC;
 * HDR, T, [IDr], V; HDR, T, ERR, {ERR}, {SP}, [V]; payloads in any order, but
 * KEMAC or V at the end. RAND may be absent because messages under an MSK have
 * none. Refused are other versions, data types, PRFs, encryption and MAC
 * algorithms (NULL too, so nobody can talk us down), unknown or repeated
 * payloads, other extensions than Key ID information, SP with the empty map
 * (RFC 4563, 5), the same SSRC twice, and octets after the end. Nothing is
 * authentic yet. Returns 0, or -1 and a zeroed @message.
 */
int mikey_decode(struct mikey_message *message, const void *data, size_t size,
		 struct fault *fault);

/* For people who look for what is wrong with a message: as mikey_decode(), but a
 * failure leaves in @message what is in front of the fault. @order names the
 * payloads that were read to their end, members of others are to be ignored.
 * @octets has the header and these payloads; if it is empty, not even the header
 * could be read.
 */
int mikey_decode_part(struct mikey_message *message, const void *data,
		      size_t size, struct fault *fault);

/* Writes @message with the payloads of @order. KEMAC and V get @mac, or zeroes
 * if that is empty: then the last MIKEY_MAC_SIZE octets are to be replaced.
 * @octets and @covered are not used. A message that mikey_decode() would refuse
 * is not written, nor one of which policies, errors or digits of the time stamp
 * would be lost. Returns 0, or -1 with @writer as it was.
 */
int mikey_encode(const struct mikey_message *message, struct writer *writer,
		 struct fault *fault);

/* Appends a payload to @order; -1 and FAULT_LIMIT if it is full. */
int mikey_add(struct mikey_message *message, enum mikey_payload payload,
	      struct fault *fault);
/* True if the message has at least one of the payload. */
bool mikey_has(const struct mikey_message *message, enum mikey_payload payload);
/* True if the Key ID information names a key of this type. */
bool mikey_has_key_id(const struct mikey_message *message,
		      enum mikey_key_id_type type);
/* "KEMAC", "T": for people; "unknown" if we do not know it. */
const char *mikey_payload_name(uint8_t payload);
/* "authentication failure": RFC 3830, table 6.12; "unknown error" else. */
const char *mikey_error_name(uint8_t error);

#endif /* CORE_MIKEY_H */
