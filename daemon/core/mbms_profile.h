/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What we had to choose because the text of TS 33.246 could not be read: each
 * choice is a constant or a small function, with the clause that decides it and
 * our doubt. Whoever has the text corrects it here and nowhere else.
 *
 * LEAST CERTAIN are points 5, 6 and 11: nothing that we could read says how the
 * interval of an MSK is coded, what the MAC of a verification covers, and which
 * keys a download has. An implementation made by the text may differ in each of
 * them, and then does not understand us: look at these first.
 */
#ifndef CORE_MBMS_PROFILE_H
#define CORE_MBMS_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"
#include "ids.h"
#include "mikey.h"
#include "mikey_key.h"
#include "names.h"
#include "secret.h"

/* ---- 1. MRK: 33.246 annex F ----
 * TS 33.501 W.4 confirms that annex F derives MRK from Ks_NAF, and from KAF with
 * AKMA. Not seen: FC, P0, and that GBA_U takes Ks_ext_NAF as it is. kdf_mrk()
 * takes the values from here and knows the modes.
 */
#define MBMS_MRK_FC 0x01
#define MBMS_MRK_P0 "mbms-mrk"

/* ---- 2. HTTP Digest: 33.246 6.2.1.3 ----
 * That HTTP is authenticated and integrity protected by Digest is certain, so
 * qop is auth-int (digest_policy_ua). Not seen: that the password is base64(MRK);
 * it is what TS 24.109 does with Ks_NAF.
 */
/* Makes the password of the HTTP procedures from @mrk. The caller clears
 * @password. Returns 0, or -1 and @password is empty.
 */
int mbms_digest_password(const struct secret *mrk, struct secret *password,
			 struct fault *fault);

/* ---- 3. MUK ID: 33.246 6.3.2.1 and 6.4 ----
 * TS 31.102 4.2.81 stores a MUK under the pair (IDi, IDr), and a new MUK replaces
 * the one with the same IDi. Not seen: whether IDi is the name of the BM-SC or
 * the whole NAF_Id, and which ID types are sent. We send the name as URI and
 * the B-TID as NAI, and receive both forms of IDi with any type.
 */
#define MBMS_INITIATOR_TYPE MIKEY_URI
#define MBMS_RESPONDER_TYPE MIKEY_NAI
/* True if the octets @initiator are those of @naf_id in one of its forms. */
bool mbms_initiator_matches(const struct mikey_bytes *initiator,
			    const struct naf_id *naf_id);
/* The IDi that we send for @naf_id, and IDr for a B-TID (or A-KID); the texts
 * stay the caller's and are referred to.
 */
struct mikey_identity mbms_initiator(const struct naf_id *naf_id);
struct mikey_identity mbms_responder(const char *b_tid);

/* ---- 4. Header and extension payload: 33.246 6.4.2 and 6.4.3 ----
 * Not seen: the place of EXT. We send it directly after HDR, as the OMA BCAST
 * profile does, and receive it anywhere before KEMAC. Not seen: #CS and map type
 * where there is no stream; we send none and the empty map of RFC 4563, 5, and
 * take any #CS with it. From memory, 33.246 leaves the CSB ID without a meaning;
 * it still enters PRF and IV, so we use what is transmitted.
 */
#define MBMS_SESSIONS_WITHOUT_MAP 0
#define MBMS_PAYLOAD_ORDER_COUNT 5
/* Payloads before KEMAC in the order in which we send those that there are. */
extern const uint8_t mbms_payload_order[MBMS_PAYLOAD_ORDER_COUNT];

/* ---- 5. Valid MTK IDs of an MSK: 33.246 6.3.2.1, 6.4.5.1 and 6.5.3 ----
 * One of the three least certain points.
 * That an interval is sent with the MSK is certain (US 7903821). Not seen: that
 * it is the interval (KV = 2) of the key data sub-payload with 2 octets each, and
 * whether its lower end belongs to it. We let it be the last MTK ID used (SEQl),
 * so that the first MTK has SEQl + 1; with SEQl = 0 both readings are the same,
 * because no MTK has the ID 0.
 */
#define MBMS_MSK_KEY_TYPE MIKEY_TEK
#define MBMS_INTERVAL_SIZE MTK_ID_SIZE
/* SEQl > SEQu says that the MSK is no longer valid. What we send: */
#define MBMS_DELETE_LOW UINT16_MAX
#define MBMS_DELETE_HIGH 0

enum mbms_mtk_verdict {
	MBMS_MTK_NEW,
	MBMS_MTK_OLD, /* at or below SEQl: a repetition of one that we had */
	MBMS_MTK_BEYOND, /* above SEQu */
};

/* Plain order, no RFC 1982 here: with wrapping, low > high could not mean
 * deletion, and the ID 0 would be in the middle of an interval.
 */
enum mbms_mtk_verdict mbms_mtk_id_check(uint16_t low, uint16_t high,
					uint16_t mtk_id);

/* US 7903821 lets a UE delete the MSK on an MTK ID outside of the interval; from
 * memory 33.246 6.5.3 only refuses the message. We refuse, and if this is true
 * delete for authentic MTK IDs above SEQu (never for repetitions, which are
 * normal): any holder of the MSK can send one and would cut off all others.
 */
#define MBMS_BEYOND_DELETES_MSK false

/* ---- 6. MAC of the verification message: RFC 3830 5.2 ----
 * One of the three least certain points.
 * Identities and time stamp follow the message under the MAC, "identical to
 * those transported". Not seen: whether that includes their payload headers, and
 * whether a counter is stretched to 64 bits (one implementation does that and
 * leaves the identities out). We take the data of the IDs and 4 octets. Writes
 * IDi, IDr, counter; errors stick to @writer.
 */
void mbms_verification_extra(const struct mikey_identity *initiator,
			     const struct mikey_identity *responder,
			     uint32_t counter, struct writer *writer);

/* ---- 7. Counters: 33.246 6.4.4 and 6.5 ----
 * One per MUK for MSKs and one per MSK for MTKs are certain (TS 31.102 4.2.80,
 * 4.2.81), with 4 octets. RFC 1982 is in the list of references, but we did not
 * see where it is used. We compare as plain numbers: nothing old is ever new
 * again, and a sender that starts high (with a clock's seconds) is received.
 * Senders start at 1 and stop at the end: a counter that wraps would repeat the
 * initial value of the encryption.
 */
#define MBMS_COUNTER_NONE 0 /* nothing received or sent yet */
#define MBMS_COUNTER_FIRST 1
bool mbms_counter_is_newer(uint32_t counter, uint32_t last);
/* The next counter to send after @last. Returns 0, or -1 and FAULT_STATE if there
 * is none, and a new MUK or MSK is needed.
 */
int mbms_counter_next(uint32_t last, uint32_t *next, struct fault *fault);

/* ---- 8. RAND and CSB ID of MTK messages: 33.246 6.4.5, 6.4.6 ----
 * MTK messages have no RAND, but keys come from the MSK, RAND and CSB ID. So
 * those of the message that brought the MSK are kept with it, and the BM-SC sends
 * the same RAND and CSB ID with an MSK to all UEs (RFC 3830 6.11 demands one RAND
 * for all members of a CSB). A MUK's counter is never used twice with them.
 *
 * An MSK that came by NAS (TS 33.501 W.4.1.2) has neither: the Received MBS
 * container does not carry them, and no text says what to take. We then send
 * RAND in the MTK messages of this MSK, as RFC 3830 has it, and receivers take
 * it from there; those who know a RAND refuse another one.
 */
#define MBMS_RAND_SIZE 16
/* True if MTK messages under an MSK carry RAND. */
bool mbms_rand_in_mtk(bool msk_came_by_nas);

/* ---- 9. HTTP procedures: 33.246 6.3.2.1A, 6.3.2.1B, 6.3.2.2 ----
 * Paths, media types and names of elements are in mbms_xml_names.h, which says of
 * each whether it was seen.
 */
/* Not seen: where the BM-SC sends MIKEY after an HTTP request. We take the
 * request's source address and the registered port of MIKEY.
 */
#define MBMS_MIKEY_PORT 2269

/* ---- 10. SRTP: 33.246 6.6.2 ----
 * Not seen: that MKI = MSK ID || MTK ID, key derivation rate 0, and 80 bits of
 * HMAC-SHA1. The salt comes with the MTK.
 */
#define MBMS_MKI_SIZE (MSK_ID_SIZE + MTK_ID_SIZE)
#define MBMS_KEY_DERIVATION_RATE 0
#define MBMS_TAG_SIZE 10
void mbms_mki_encode(uint32_t msk_id, uint16_t mtk_id,
		     uint8_t mki[MBMS_MKI_SIZE]);
void mbms_mki_decode(const uint8_t mki[MBMS_MKI_SIZE], uint32_t *msk_id,
		     uint16_t *mtk_id);
/* TS 33.246 has MTKs of 128 bits. Of AES-CM-256 (RFC 6188) it knows nothing; there
 * the MTK is the master key of 256 bits, and the SP payload says so.
 */
bool mbms_mtk_size_fits(size_t size, bool streaming);
/* The SP payload that goes with a stream: AES-CM-128, HMAC-SHA1-80. */
void mbms_policy_default(struct mikey_policy *policy, uint8_t number);
/* Refuses what our SRTP cannot do, sizes that do not fit the algorithm, and a
 * policy that neither encrypts nor authenticates. A service with one of the two
 * protections is valid, since the announcement switches them separately: that
 * the policy has those announced is for the caller to check. Returns 0, or -1
 * and FAULT_UNSUPPORTED.
 */
int mbms_policy_check(const struct mikey_policy *policy, struct fault *fault);

/* ---- 11. Download: 33.246 6.3.3.2.1 and 6.6.3 ----
 * One of the three least certain points, and of these the least. Not seen: that
 * the MTK is sent as TGK, and that the keys of the DCF are the encryption and
 * authentication keys that RFC 3830 4.1.3 makes of it for CS ID 0.
 */
#define MBMS_DOWNLOAD_KEY_TYPE MIKEY_TGK
#define MBMS_STREAMING_KEY_TYPE MIKEY_TEK_SALT
#define MBMS_DOWNLOAD_CS_ID 0
#define MBMS_DOWNLOAD_ENCRYPTION_SIZE 16
#define MBMS_DOWNLOAD_AUTHENTICATION_SIZE 20
/* MTK_C and MTK_I of the MTK, both the caller's to clear. Returns 0, or -1 and
 * both are empty.
 */
int mbms_download_keys(const struct secret *mtk, uint32_t csb_id,
		       const struct mikey_bytes *rand,
		       struct secret *encryption, struct secret *authentication,
		       struct fault *fault);

/* ---- 12. Roll-over counter for late joiners: 33.246 6.6.2 ----
 * The ROC of the MSK message is a snapshot. Not seen: whether MBMS demands the
 * ROC in the packets (RFC 4771). We do not announce it by default; a receiver that
 * cannot use the snapshot asks for the MSK again, and gets it with a fresh one. A
 * receiver by RFC 3711, 3.3.1 guesses right for less than half of the sequence
 * numbers since it was taken; our kernel tries more.
 */
#define MBMS_ROC_SNAPSHOT_PACKETS 0x8000
bool mbms_roc_is_fresh(uint64_t packets_since);

/* ---- 13. SIP variant: TS 26.237 10.4 ----
 * Names are in mbms_xml_names.h. The INVITE's details were not seen.
 */

/* ---- Limits that were seen ---- */
#define MBMS_MSKS_PER_GROUP 2 /* per Key Domain and Key Group: 31.102 4.2.80 */

#endif /* CORE_MBMS_PROFILE_H */
