/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identities of networks, groups, keys and sessions, as values and as octets.
 * Names of users and servers are in names.h.
 */
#ifndef CORE_IDS_H
#define CORE_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

/* ---- Network: PLMN identity (TS 24.008, 10.5.1.3; TS 23.003, 2.2) ---- */

#define PLMN_SIZE 3 /* octets in messages */
#define PLMN_TEXT_SIZE 8 /* "310-410" and a NUL */

/**
 * struct plmn - a network
 * @mcc: mobile country code, 0 to 999, three digits
 * @mnc: mobile network code, 0 to 99 or 0 to 999
 * @mnc_digits: 2 or 3; 01 and 001 are different networks
 */
struct plmn {
	uint16_t mcc;
	uint16_t mnc;
	uint8_t mnc_digits;
};

/* Writes the three octets: MCC2 MCC1, MNC3 MCC3, MNC2 MNC1, the first digit of
 * each pair in the high half; MNC3 is F for a code of two digits. Returns 0, or
 * -1 and FAULT_ARGUMENT if @plmn is out of range.
 */
int plmn_encode(const struct plmn *plmn, uint8_t octets[PLMN_SIZE],
		struct fault *fault);
/* Reads the three octets. Only digits are taken, and F as MNC3. Returns 0, or
 * -1 and FAULT_MALFORMED, and @plmn is zeroed.
 */
int plmn_decode(const uint8_t octets[PLMN_SIZE], struct plmn *plmn,
		struct fault *fault);
/* Reads the digits of @mcc (three) and @mnc (two or three), as in JSON and in
 * configurations. Returns 0, or -1 and FAULT_MALFORMED, and @plmn is zeroed.
 */
int plmn_parse(const char *mcc, const char *mnc, struct plmn *plmn,
	       struct fault *fault);
/* "901-70". */
void plmn_text(const struct plmn *plmn, char text[PLMN_TEXT_SIZE]);
bool plmn_equal(const struct plmn *a, const struct plmn *b);

/* ---- Group: TMGI (TS 24.008, 10.5.6.13; TS 23.003, 15.2) ---- */

#define TMGI_SERVICE_ID_SIZE 3
#define TMGI_SIZE (TMGI_SERVICE_ID_SIZE + PLMN_SIZE)
#define TMGI_TEXT_SIZE (6 + 1 + PLMN_TEXT_SIZE) /* "00000a-901-70" and a NUL */

/**
 * struct tmgi - temporary mobile group identity
 * @service_id: MBMS service id, 24 bits
 * @has_plmn: false if the sender left the network out, which then is its own
 * @plmn: network, valid if @has_plmn
 */
struct tmgi {
	uint32_t service_id;
	bool has_plmn;
	struct plmn plmn;
};

/* Writes 6 octets, or 3 without a network, and sets @size. These are octets 3
 * and up of the information element; the length octet of NAS is the codec's.
 * @octets has room for 6. Returns 0, or -1 and FAULT_ARGUMENT.
 */
int tmgi_encode(const struct tmgi *tmgi, uint8_t octets[TMGI_SIZE],
		size_t *size, struct fault *fault);
/* Reads 6 or 3 octets; any other @size is FAULT_MALFORMED, as is a network with
 * other than digits. Returns 0, or -1 and @tmgi is zeroed.
 */
int tmgi_decode(const uint8_t *octets, size_t size, struct tmgi *tmgi,
		struct fault *fault);
/* "00000a-901-70" or "00000a": ours, for logs and commands. */
void tmgi_text(const struct tmgi *tmgi, char text[TMGI_TEXT_SIZE]);
/* As written by tmgi_text(), the digits of the service id in either case. */
int tmgi_parse(const char *text, struct tmgi *tmgi, struct fault *fault);
/* Equal in all parts; one with and one without a network are not equal. */
bool tmgi_equal(const struct tmgi *a, const struct tmgi *b);

/* ---- Session: MBS session id (TS 23.003, 30; TS 24.501, 9.11.4.30) ---- */

#define MBS_SESSION_ID_TEXT_SIZE 100

/* The code points are those of 24.501. */
enum mbs_session_id_type {
	MBS_SESSION_NONE = 0,
	MBS_SESSION_TMGI = 1,
	MBS_SESSION_SSM_IPV4 = 2,
	MBS_SESSION_SSM_IPV6 = 3,
};

/**
 * struct mbs_session_id - what a UE joins
 * @type: selects the members below
 * @tmgi: group, for MBS_SESSION_TMGI
 * @source: unicast address of the sender, 4 or 16 octets, else zero
 * @group: multicast address, 4 or 16 octets, else zero
 *
 * Make it by mbs_session_id_from_*(), then unused parts are zero.
 */
struct mbs_session_id {
	enum mbs_session_id_type type;
	struct tmgi tmgi;
	uint8_t source[16];
	uint8_t group[16];
};

int mbs_session_id_from_tmgi(struct mbs_session_id *id, const struct tmgi *tmgi,
			     struct fault *fault);
/* @source and @group have @size octets each, 4 or 16. The group has to be a
 * multicast address and the source a usable unicast address (not unspecified,
 * loopback, multicast, broadcast), else FAULT_MALFORMED and @id is zeroed.
 */
int mbs_session_id_from_ssm(struct mbs_session_id *id, const uint8_t *source,
			    const uint8_t *group, size_t size,
			    struct fault *fault);
bool mbs_session_id_equal(const struct mbs_session_id *a,
			  const struct mbs_session_id *b);
/* "tmgi 00000a-901-70", "ssm 192.0.2.1 232.1.1.1": for logs. */
void mbs_session_id_text(const struct mbs_session_id *id,
			 char text[MBS_SESSION_ID_TEXT_SIZE]);

/* ---- Keys (TS 33.246, 6.3.2.1 and 6.3.3.1; TS 31.102, 4.2.80) ---- */

#define KEY_DOMAIN_ID_SIZE 3
#define MSK_ID_SIZE 4
#define MTK_ID_SIZE 2
#define MSK_SIZE 16
#define MTK_SIZE 16
#define MTK_SIZE_LONG 32 /* for AES-256 (RFC 6188), our choice */
#define MTK_SALT_SIZE 14 /* SRTP master salt that comes with an MTK */

/* The number in an MSK ID that stands for "the MSK in use now" in requests and
 * announcements and in solicited pull; no MSK has it.
 */
#define MSK_NUMBER_CURRENT 0
/* No MTK has this id (US 7903821 excludes it; our choice to follow). */
#define MTK_ID_NONE 0

/**
 * struct key_domain - Key Domain ID, who numbers the MSKs
 * @octets: coded as a PLMN, but an opaque name: TS 33.501 W.4.4 forbids to
 *	compare it with the network of the radio
 */
struct key_domain {
	uint8_t octets[KEY_DOMAIN_ID_SIZE];
};

int key_domain_from_plmn(struct key_domain *domain, const struct plmn *plmn,
			 struct fault *fault);
bool key_domain_equal(const struct key_domain *a, const struct key_domain *b);

/* An MSK ID is a number of 32 bits: Key Group part, then Key Number part. */
static inline uint32_t msk_id_make(uint16_t group, uint16_t number)
{
	return (uint32_t)group << 16 | number;
}

static inline uint16_t msk_id_group(uint32_t msk_id)
{
	return (uint16_t)(msk_id >> 16);
}

static inline uint16_t msk_id_number(uint32_t msk_id)
{
	return (uint16_t)msk_id;
}

/* The id that a group's next MSK has: the number goes up by one and leaves
 * MSK_NUMBER_CURRENT out.
 */
uint32_t msk_id_next(uint32_t msk_id);

/**
 * struct msk_ref - names one MSK in the world
 * @domain: Key Domain ID
 * @msk_id: MSK ID
 */
struct msk_ref {
	struct key_domain domain;
	uint32_t msk_id;
};

bool msk_ref_equal(const struct msk_ref *a, const struct msk_ref *b);

/* ---- Order of numbers that wrap (RFC 1982) ---- */

/* True if @a comes after @b. If they are half of the number space apart, RFC
 * 1982 3.2 defines no order, and both directions are false: whoever asks "is it
 * newer?" refuses.
 */
bool serial16_after(uint16_t a, uint16_t b);
bool serial32_after(uint32_t a, uint32_t b);

#endif /* CORE_IDS_H */
