/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of users, transactions and servers: IMSI, SUPI, IMPI, B-TID, A-KID,
 * NAF_Id, BSF and serving network. All are text with a NUL, except the octets
 * of NAF_Id.
 */
#ifndef CORE_NAMES_H
#define CORE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "ids.h"

#define IMSI_TEXT_SIZE 16 /* 15 digits and a NUL */
#define FQDN_TEXT_SIZE 254 /* 253 octets (RFC 1035, 2.3.4) and a NUL */
#define IMPI_TEXT_SIZE 256 /* 255 octets (RFC 7542 for an NAI) and a NUL */
#define RAND_SIZE 16

/* Names of hosts: labels of 1 to 63 letters, digits and hyphens, none at either
 * end of a label, at most 253 octets, no dot at the end. Returns 0, or -1 and
 * FAULT_MALFORMED, a sentence about @what.
 */
int fqdn_check(const char *text, size_t length, const char *what,
	       struct fault *fault);

/* 6 to 15 digits (TS 23.003, 2.2). Returns 0, or -1 and FAULT_MALFORMED. */
int imsi_check(const char *imsi, struct fault *fault);
/* The network that @imsi belongs to. Which MNC has two and which three digits is
 * no part of an IMSI: the caller knows it from the USIM (EF_AD) or from its
 * configuration. Returns 0, or -1, and @plmn is zeroed.
 */
int imsi_plmn(const char *imsi, unsigned int mnc_digits, struct plmn *plmn,
	      struct fault *fault);
/* "<IMSI>@ims.mnc<MNC>.mcc<MCC>.3gppnetwork.org" (TS 23.003, 13.3), the private
 * identity of a user without ISIM. It is the permanent one: TMPI (TS 33.220 B.5)
 * is not used. Returns 0, or -1, and @impi is empty.
 */
int impi_from_imsi(const char *imsi, unsigned int mnc_digits,
		   char impi[IMPI_TEXT_SIZE], struct fault *fault);
/* The address of the BSF (TS 23.003, 16.2): for a domain of 3gppnetwork.org
 * "bsf.mnc<MNC>.mcc<MCC>.pub.3gppnetwork.org", where a leading "ims." goes; else
 * "bsf." and the domain of @impi. Returns 0, or -1, and @fqdn is empty.
 */
int bsf_from_impi(const char *impi, char fqdn[FQDN_TEXT_SIZE],
		  struct fault *fault);

/* ---- B-TID (TS 33.220, 4.5.2): base64(RAND) "@" name of the BSF ---- */

#define BTID_TEXT_SIZE (24 + 1 + FQDN_TEXT_SIZE)

/* Returns 0, or -1 and FAULT_MALFORMED if @bsf is no name; @btid is empty then. */
int btid_format(const uint8_t rand[RAND_SIZE], const char *bsf,
		char btid[BTID_TEXT_SIZE], struct fault *fault);
/* Reads @length characters. @bsf may be NULL. Returns 0, or -1 and
 * FAULT_MALFORMED, and the outputs are zeroed.
 */
int btid_parse(const char *text, size_t length, uint8_t rand[RAND_SIZE],
	       char bsf[FQDN_TEXT_SIZE], struct fault *fault);

/* ---- NAF_Id (TS 33.220, B.3): name of the NAF || Ua protocol ---- */

#define UA_PROTOCOL_SIZE 5
#define NAF_ID_SIZE_MAX (FQDN_TEXT_SIZE - 1 + UA_PROTOCOL_SIZE)

/* Ua security protocol identifiers (TS 33.220, annex H): organisation 01, which
 * is 3GPP, and four octets.
 */
#define UA_PROTOCOL_MBMS UINT64_C(0x0100000001) /* TS 33.246 */
#define UA_PROTOCOL_HTTP_DIGEST UINT64_C(0x0100000002) /* TS 24.109 */
#define UA_PROTOCOL_IMS_MBMS_HTTP UINT64_C(0x0100000003) /* TS 26.237 10.4.1 */
#define UA_PROTOCOL_IMS_MBMS_SIP UINT64_C(0x0100000004) /* TS 26.237 10.4.2 */
#define UA_PROTOCOL_MAX UINT64_C(0xffffffffff)

/**
 * struct naf_id - a service and how it speaks
 * @fqdn: name of the NAF
 * @ua_protocol: Ua security protocol identifier, 40 bits
 *
 * AF_ID of AKMA (TS 33.535, A.4) has the same form, with the Ua* protocol.
 */
struct naf_id {
	char fqdn[FQDN_TEXT_SIZE];
	uint64_t ua_protocol;
};

/* Checks and copies. Returns 0, or -1, and @naf_id is zeroed. */
int naf_id_set(struct naf_id *naf_id, const char *fqdn, uint64_t ua_protocol,
	       struct fault *fault);
/* Writes the octets that enter the key derivation, and sets @size. */
int naf_id_encode(const struct naf_id *naf_id, uint8_t octets[NAF_ID_SIZE_MAX],
		  size_t *size, struct fault *fault);
/* Reads them. Returns 0, or -1 and FAULT_MALFORMED, and @naf_id is zeroed. */
int naf_id_decode(const uint8_t *octets, size_t size, struct naf_id *naf_id,
		  struct fault *fault);

/* ---- 5GS names ---- */

#define SERVING_NETWORK_TEXT_SIZE 33 /* 32 characters and a NUL */
#define A_TID_SIZE 32
#define A_KID_TEXT_SIZE (4 + 44 + 1 + FQDN_TEXT_SIZE)

/* "5G:mnc070.mcc901.3gppnetwork.org" (TS 24.501, 9.12.1; TS 33.501, 6.1.1.4),
 * the MNC with three digits always. Returns 0, or -1 and FAULT_ARGUMENT.
 */
int serving_network_format(const struct plmn *plmn,
			   char text[SERVING_NETWORK_TEXT_SIZE],
			   struct fault *fault);
/* A-KID (TS 33.535, 6.1): user part = routing indicator (1 to 4 digits) and
 * A-TID, realm = home network, "5gc.mnc<MNC>.mcc<MCC>.3gppnetwork.org". The
 * clause leaves open how the A-TID becomes text: we take base 64, as B-TID has.
 * Returns 0, or -1, and @text is empty.
 */
int a_kid_format(const char *routing_indicator, const uint8_t a_tid[A_TID_SIZE],
		 const struct plmn *home, char text[A_KID_TEXT_SIZE],
		 struct fault *fault);

#endif /* CORE_NAMES_H */
