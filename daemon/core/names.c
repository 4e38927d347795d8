// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "names.h"
#include "text.h"

#define DOMAIN_3GPP ".3gppnetwork.org"
#define LABEL_MAX 63

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}

/* True if all of @length characters are one label of a host name. */
static bool label_valid(const char *label, size_t length)
{
	size_t i;

	if (!length || length > LABEL_MAX || label[0] == '-' ||
	    label[length - 1] == '-')
		return false;
	for (i = 0; i < length; i++)
		if (!is_letter_or_digit(label[i]) && label[i] != '-')
			return false;
	return true;
}

int fqdn_check(const char *text, size_t length, const char *what,
	       struct fault *fault)
{
	size_t start = 0, i;

	if (length >= FQDN_TEXT_SIZE)
		return fault_set(fault, FAULT_MALFORMED,
				 "%s is longer than 253 octets", what);
	for (i = 0; i <= length; i++) {
		if (i < length && text[i] != '.')
			continue;
		if (!label_valid(text + start, i - start))
			return fault_set(fault, FAULT_MALFORMED,
					 "%s is not a host name", what);
		start = i + 1;
	}
	return 0;
}

int imsi_check(const char *imsi, struct fault *fault)
{
	size_t length = strnlen(imsi, IMSI_TEXT_SIZE), i;

	for (i = 0; i < length; i++)
		if (!is_digit(imsi[i]))
			break;
	if (length < 6 || length >= IMSI_TEXT_SIZE || i != length)
		return fault_set(fault, FAULT_MALFORMED,
				 "IMSI is not 6 to 15 digits");
	return 0;
}

int imsi_plmn(const char *imsi, unsigned int mnc_digits, struct plmn *plmn,
	      struct fault *fault)
{
	char mcc[4] = "", mnc[4] = "";

	*plmn = (struct plmn){ 0 };
	if (mnc_digits != 2 && mnc_digits != 3)
		return fault_set(fault, FAULT_ARGUMENT,
				 "MNC has %u digits, not 2 or 3", mnc_digits);
	if (imsi_check(imsi, fault))
		return -1;
	memcpy(mcc, imsi, 3);
	memcpy(mnc, imsi + 3, mnc_digits);
	return plmn_parse(mcc, mnc, plmn, fault);
}

int impi_from_imsi(const char *imsi, unsigned int mnc_digits,
		   char impi[IMPI_TEXT_SIZE], struct fault *fault)
{
	struct plmn plmn;

	impi[0] = '\0';
	if (imsi_plmn(imsi, mnc_digits, &plmn, fault))
		return -1;
	snprintf(impi, IMPI_TEXT_SIZE, "%s@ims.mnc%03u.mcc%03u" DOMAIN_3GPP,
		 imsi, plmn.mnc, plmn.mcc);
	return 0;
}

/* The part of "NAME.3gppnetwork.org" or "NAME.pub.3gppnetwork.org" that is NAME
 * without a leading "ims."; 0 if @domain is another one.
 */
static size_t domain_of_3gpp(const char **domain)
{
	static const char suffix[] = DOMAIN_3GPP, pub[] = ".pub",
			  ims[] = "ims.";
	size_t length = strlen(*domain);

	if (length <= sizeof(suffix) - 1)
		return 0;
	length -= sizeof(suffix) - 1;
	if (!text_equal_nocase(*domain + length, sizeof(suffix) - 1, suffix,
			       sizeof(suffix) - 1))
		return 0;
	if (length >= sizeof(pub) - 1 &&
	    text_equal_nocase(*domain + length - (sizeof(pub) - 1),
			      sizeof(pub) - 1, pub, sizeof(pub) - 1))
		length -= sizeof(pub) - 1;
	if (length > sizeof(ims) - 1 &&
	    text_equal_nocase(*domain, sizeof(ims) - 1, ims, sizeof(ims) - 1)) {
		*domain += sizeof(ims) - 1;
		length -= sizeof(ims) - 1;
	}
	return length;
}

int bsf_from_impi(const char *impi, char fqdn[FQDN_TEXT_SIZE],
		  struct fault *fault)
{
	const char *at = strrchr(impi, '@');
	const char *domain;
	char text[FQDN_TEXT_SIZE + 32];
	size_t length;
	int wanted;

	fqdn[0] = '\0';
	if (!at || at == impi)
		return fault_set(fault, FAULT_MALFORMED,
				 "IMPI is not of the form user@domain");
	domain = at + 1;
	if (fqdn_check(domain, strlen(domain), "domain of the IMPI", fault))
		return -1;
	length = domain_of_3gpp(&domain);
	if (length)
		wanted = snprintf(text, sizeof(text),
				  "bsf.%.*s.pub" DOMAIN_3GPP, (int)length,
				  domain);
	else
		wanted = snprintf(text, sizeof(text), "bsf.%s", domain);
	if (fqdn_check(text, (size_t)wanted, "name of the BSF", fault))
		return -1;
	memcpy(fqdn, text, (size_t)wanted + 1);
	return 0;
}

int btid_format(const uint8_t rand[RAND_SIZE], const char *bsf,
		char btid[BTID_TEXT_SIZE], struct fault *fault)
{
	const size_t user = BASE64_LENGTH(RAND_SIZE);

	btid[0] = '\0';
	if (fqdn_check(bsf, strlen(bsf), "name of the BSF", fault))
		return -1;
	if (base64_encode(rand, RAND_SIZE, btid, BTID_TEXT_SIZE, fault))
		return -1;
	snprintf(btid + user, BTID_TEXT_SIZE - user, "@%s", bsf);
	return 0;
}

int btid_parse(const char *text, size_t length, uint8_t rand[RAND_SIZE],
	       char bsf[FQDN_TEXT_SIZE], struct fault *fault)
{
	const size_t user = BASE64_LENGTH(RAND_SIZE);
	size_t size = 0;

	memset(rand, 0, RAND_SIZE);
	if (bsf)
		bsf[0] = '\0';
	if (length <= user || text[user] != '@')
		return fault_set(fault, FAULT_MALFORMED,
				 "B-TID is not 24 characters of base 64, "
				 "an at sign and a host name");
	if (fqdn_check(text + user + 1, length - user - 1,
		       "domain of the B-TID", fault) ||
	    base64_decode(text, user, rand, RAND_SIZE, &size,
			  "user part of the B-TID", fault))
		return -1;
	if (size != RAND_SIZE) {
		memset(rand, 0, RAND_SIZE);
		return fault_set(fault, FAULT_MALFORMED,
				 "user part of the B-TID is not 16 octets");
	}
	if (bsf) {
		memcpy(bsf, text + user + 1, length - user - 1);
		bsf[length - user - 1] = '\0';
	}
	return 0;
}

int naf_id_set(struct naf_id *naf_id, const char *fqdn, uint64_t ua_protocol,
	       struct fault *fault)
{
	/* @fqdn may be that of @naf_id. */
	struct naf_id found = { .ua_protocol = ua_protocol };
	size_t length = strnlen(fqdn, FQDN_TEXT_SIZE);
	int error = fqdn_check(fqdn, length, "name of the NAF", fault);

	if (!error && ua_protocol > UA_PROTOCOL_MAX)
		error = fault_set(fault, FAULT_ARGUMENT,
				  "Ua protocol has more than 40 bits");
	if (error) {
		*naf_id = (struct naf_id){ 0 };
		return -1;
	}
	memcpy(found.fqdn, fqdn, length);
	*naf_id = found;
	return 0;
}

int naf_id_encode(const struct naf_id *naf_id, uint8_t octets[NAF_ID_SIZE_MAX],
		  size_t *size, struct fault *fault)
{
	size_t length = strnlen(naf_id->fqdn, FQDN_TEXT_SIZE);
	int i;

	*size = 0;
	if (fqdn_check(naf_id->fqdn, length, "name of the NAF", fault))
		return -1;
	if (naf_id->ua_protocol > UA_PROTOCOL_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "Ua protocol has more than 40 bits");
	memcpy(octets, naf_id->fqdn, length);
	for (i = 0; i < UA_PROTOCOL_SIZE; i++)
		octets[length + i] = (uint8_t)(naf_id->ua_protocol >>
					       8 * (UA_PROTOCOL_SIZE - 1 - i));
	*size = length + UA_PROTOCOL_SIZE;
	return 0;
}

int naf_id_decode(const uint8_t *octets, size_t size, struct naf_id *naf_id,
		  struct fault *fault)
{
	size_t length, i;

	*naf_id = (struct naf_id){ 0 };
	if (size <= UA_PROTOCOL_SIZE || size > NAF_ID_SIZE_MAX)
		return fault_set(fault, FAULT_MALFORMED,
				 "NAF_Id has %zu octets, not 6 to %d", size,
				 NAF_ID_SIZE_MAX);
	length = size - UA_PROTOCOL_SIZE;
	if (fqdn_check((const char *)octets, length, "name in the NAF_Id",
		       fault))
		return -1;
	memcpy(naf_id->fqdn, octets, length);
	for (i = length; i < size; i++)
		naf_id->ua_protocol = naf_id->ua_protocol << 8 | octets[i];
	return 0;
}

int serving_network_format(const struct plmn *plmn,
			   char text[SERVING_NETWORK_TEXT_SIZE],
			   struct fault *fault)
{
	uint8_t octets[PLMN_SIZE];

	text[0] = '\0';
	if (plmn_encode(plmn, octets, fault))
		return -1;
	snprintf(text, SERVING_NETWORK_TEXT_SIZE,
		 "5G:mnc%03u.mcc%03u" DOMAIN_3GPP, plmn->mnc % 1000U,
		 plmn->mcc % 1000U);
	return 0;
}

int a_kid_format(const char *routing_indicator, const uint8_t a_tid[A_TID_SIZE],
		 const struct plmn *home, char text[A_KID_TEXT_SIZE],
		 struct fault *fault)
{
	const size_t user = BASE64_LENGTH(A_TID_SIZE);
	size_t digits = strnlen(routing_indicator, 5), i;
	uint8_t octets[PLMN_SIZE];

	text[0] = '\0';
	for (i = 0; i < digits && is_digit(routing_indicator[i]); i++)
		;
	if (!digits || digits > 4 || i != digits)
		return fault_set(fault, FAULT_MALFORMED,
				 "routing indicator is not 1 to 4 digits");
	if (plmn_encode(home, octets, fault) ||
	    base64_encode(a_tid, A_TID_SIZE, text + digits,
			  A_KID_TEXT_SIZE - digits, fault)) {
		text[0] = '\0';
		return -1;
	}
	memcpy(text, routing_indicator, digits);
	snprintf(text + digits + user, A_KID_TEXT_SIZE - digits - user,
		 "@5gc.mnc%03u.mcc%03u" DOMAIN_3GPP, home->mnc, home->mcc);
	return 0;
}
