// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "ids.h"
#include "text.h"

#define MNC3_ABSENT 0xf
#define SERVICE_ID_MAX 0xffffff

static bool plmn_valid(const struct plmn *plmn)
{
	if (plmn->mcc > 999)
		return false;
	return (plmn->mnc_digits == 2 && plmn->mnc <= 99) ||
	       (plmn->mnc_digits == 3 && plmn->mnc <= 999);
}

int plmn_encode(const struct plmn *plmn, uint8_t octets[PLMN_SIZE],
		struct fault *fault)
{
	unsigned int mnc1, mnc2, mnc3;

	memset(octets, 0, PLMN_SIZE);
	if (!plmn_valid(plmn))
		return fault_set(fault, FAULT_ARGUMENT,
				 "PLMN %u-%u with %u digits is out of range",
				 plmn->mcc, plmn->mnc, plmn->mnc_digits);
	if (plmn->mnc_digits == 2) {
		mnc1 = plmn->mnc / 10;
		mnc2 = plmn->mnc % 10;
		mnc3 = MNC3_ABSENT;
	} else {
		mnc1 = plmn->mnc / 100;
		mnc2 = plmn->mnc / 10 % 10;
		mnc3 = plmn->mnc % 10;
	}
	octets[0] = (uint8_t)(plmn->mcc / 10 % 10 << 4 | plmn->mcc / 100);
	octets[1] = (uint8_t)(mnc3 << 4 | plmn->mcc % 10);
	octets[2] = (uint8_t)(mnc2 << 4 | mnc1);
	return 0;
}

int plmn_decode(const uint8_t octets[PLMN_SIZE], struct plmn *plmn,
		struct fault *fault)
{
	unsigned int mcc1 = octets[0] & 0xf, mcc2 = octets[0] >> 4;
	unsigned int mcc3 = octets[1] & 0xf, mnc3 = octets[1] >> 4;
	unsigned int mnc1 = octets[2] & 0xf, mnc2 = octets[2] >> 4;

	*plmn = (struct plmn){ 0 };
	if (mcc1 > 9 || mcc2 > 9 || mcc3 > 9 || mnc1 > 9 || mnc2 > 9 ||
	    (mnc3 > 9 && mnc3 != MNC3_ABSENT))
		return fault_set(fault, FAULT_MALFORMED,
				 "PLMN %02x%02x%02x has other than digits",
				 octets[0], octets[1], octets[2]);
	plmn->mcc = (uint16_t)(mcc1 * 100 + mcc2 * 10 + mcc3);
	plmn->mnc = (uint16_t)(mnc1 * 10 + mnc2);
	plmn->mnc_digits = 2;
	if (mnc3 != MNC3_ABSENT) {
		plmn->mnc = (uint16_t)(plmn->mnc * 10 + mnc3);
		plmn->mnc_digits = 3;
	}
	return 0;
}

/* The value of 2 or 3 digits, else -1. */
static int digits_value(const char *text)
{
	size_t length = strnlen(text, 4), i;
	int value = 0;

	if (length < 2 || length > 3)
		return -1;
	for (i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

int plmn_parse(const char *mcc, const char *mnc, struct plmn *plmn,
	       struct fault *fault)
{
	int mcc_value = digits_value(mcc), mnc_value = digits_value(mnc);

	*plmn = (struct plmn){ 0 };
	if (mcc_value < 0 || strlen(mcc) != 3)
		return fault_set(fault, FAULT_MALFORMED,
				 "MCC has other than three digits");
	if (mnc_value < 0)
		return fault_set(fault, FAULT_MALFORMED,
				 "MNC has other than two or three digits");
	plmn->mcc = (uint16_t)mcc_value;
	plmn->mnc = (uint16_t)mnc_value;
	plmn->mnc_digits = (uint8_t)strlen(mnc);
	return 0;
}

void plmn_text(const struct plmn *plmn, char text[PLMN_TEXT_SIZE])
{
	if (plmn_valid(plmn))
		snprintf(text, PLMN_TEXT_SIZE, "%03u-%0*u", plmn->mcc % 1000U,
			 plmn->mnc_digits == 3 ? 3 : 2, plmn->mnc % 1000U);
	else
		snprintf(text, PLMN_TEXT_SIZE, "invalid");
}

bool plmn_equal(const struct plmn *a, const struct plmn *b)
{
	return a->mcc == b->mcc && a->mnc == b->mnc &&
	       a->mnc_digits == b->mnc_digits;
}

int tmgi_encode(const struct tmgi *tmgi, uint8_t octets[TMGI_SIZE],
		size_t *size, struct fault *fault)
{
	memset(octets, 0, TMGI_SIZE);
	*size = 0;
	if (tmgi->service_id > SERVICE_ID_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "MBMS service id has more than 24 bits");
	if (tmgi->has_plmn &&
	    plmn_encode(&tmgi->plmn, octets + TMGI_SERVICE_ID_SIZE, fault))
		return -1;
	octets[0] = (uint8_t)(tmgi->service_id >> 16);
	octets[1] = (uint8_t)(tmgi->service_id >> 8);
	octets[2] = (uint8_t)tmgi->service_id;
	*size = tmgi->has_plmn ? TMGI_SIZE : TMGI_SERVICE_ID_SIZE;
	return 0;
}

int tmgi_decode(const uint8_t *octets, size_t size, struct tmgi *tmgi,
		struct fault *fault)
{
	struct plmn plmn = { 0 };

	*tmgi = (struct tmgi){ 0 };
	if (size != TMGI_SIZE && size != TMGI_SERVICE_ID_SIZE)
		return fault_set(fault, FAULT_MALFORMED,
				 "TMGI has %zu octets, not 3 or 6", size);
	if (size == TMGI_SIZE &&
	    plmn_decode(octets + TMGI_SERVICE_ID_SIZE, &plmn, fault))
		return -1;
	tmgi->service_id = (uint32_t)octets[0] << 16 |
			   (uint32_t)octets[1] << 8 | octets[2];
	tmgi->has_plmn = size == TMGI_SIZE;
	tmgi->plmn = plmn;
	return 0;
}

void tmgi_text(const struct tmgi *tmgi, char text[TMGI_TEXT_SIZE])
{
	char plmn[PLMN_TEXT_SIZE];

	plmn_text(&tmgi->plmn, plmn);
	snprintf(text, TMGI_TEXT_SIZE, "%06x%s%s",
		 tmgi->service_id & SERVICE_ID_MAX, tmgi->has_plmn ? "-" : "",
		 tmgi->has_plmn ? plmn : "");
}

int tmgi_parse(const char *text, struct tmgi *tmgi, struct fault *fault)
{
	struct tmgi found = { 0 };
	char mcc[4] = "";
	int i;

	*tmgi = (struct tmgi){ 0 };
	for (i = 0; i < 2 * TMGI_SERVICE_ID_SIZE; i++) {
		if (text_hex_digit(text[i]) < 0)
			return fault_set(fault, FAULT_MALFORMED,
					 "TMGI does not begin with six "
					 "hexadecimal digits");
		found.service_id = found.service_id << 4 |
				   (uint32_t)text_hex_digit(text[i]);
	}
	text += i;
	if (*text) {
		/* "-901-70": hyphen, three digits, hyphen, the rest. */
		if (strnlen(text, 6) < 6 || text[0] != '-' || text[4] != '-')
			return fault_set(fault, FAULT_MALFORMED,
					 "TMGI has no network of the form "
					 "MCC-MNC after the service id");
		memcpy(mcc, text + 1, 3);
		if (plmn_parse(mcc, text + 5, &found.plmn, fault))
			return -1;
		found.has_plmn = true;
	}
	*tmgi = found;
	return 0;
}

bool tmgi_equal(const struct tmgi *a, const struct tmgi *b)
{
	if (a->service_id != b->service_id || a->has_plmn != b->has_plmn)
		return false;
	return !a->has_plmn || plmn_equal(&a->plmn, &b->plmn);
}

int mbs_session_id_from_tmgi(struct mbs_session_id *id, const struct tmgi *tmgi,
			     struct fault *fault)
{
	uint8_t octets[TMGI_SIZE];
	struct tmgi copy = *tmgi;
	size_t size;

	*id = (struct mbs_session_id){ 0 };
	if (tmgi_encode(&copy, octets, &size, fault))
		return -1;
	id->type = MBS_SESSION_TMGI;
	/* By way of the octets, so that a network left out is all zero. */
	return tmgi_decode(octets, size, &id->tmgi, fault);
}

static bool ipv4_source(const uint8_t *a)
{
	/* 0/8 "this network", 127/8 loopback, 224/4 multicast, 240/4 reserved
	 * and broadcast.
	 */
	return a[0] != 0 && a[0] != 127 && a[0] < 224;
}

static bool ipv6_source(const uint8_t *a)
{
	static const uint8_t zero[15];

	/* :: unspecified, ::1 loopback, ff00::/8 multicast. */
	return a[0] != 0xff && (memcmp(a, zero, sizeof(zero)) || a[15] > 1);
}

int mbs_session_id_from_ssm(struct mbs_session_id *id, const uint8_t *source,
			    const uint8_t *group, size_t size,
			    struct fault *fault)
{
	struct mbs_session_id found = { 0 };

	*id = found;
	if (size != 4 && size != 16)
		return fault_set(fault, FAULT_ARGUMENT,
				 "SSM address has %zu octets, not 4 or 16",
				 size);
	if (size == 4 ? group[0] >> 4 != 0xe : group[0] != 0xff)
		return fault_set(fault, FAULT_MALFORMED,
				 "SSM group is not a multicast address");
	if (size == 4 ? !ipv4_source(source) : !ipv6_source(source))
		return fault_set(fault, FAULT_MALFORMED,
				 "SSM source is not a unicast address");
	found.type = size == 4 ? MBS_SESSION_SSM_IPV4 : MBS_SESSION_SSM_IPV6;
	memcpy(found.source, source, size);
	memcpy(found.group, group, size);
	*id = found;
	return 0;
}

bool mbs_session_id_equal(const struct mbs_session_id *a,
			  const struct mbs_session_id *b)
{
	if (a->type != b->type || a->type == MBS_SESSION_NONE)
		return false;
	if (a->type == MBS_SESSION_TMGI)
		return tmgi_equal(&a->tmgi, &b->tmgi);
	return !memcmp(a->source, b->source, sizeof(a->source)) &&
	       !memcmp(a->group, b->group, sizeof(a->group));
}

void mbs_session_id_text(const struct mbs_session_id *id,
			 char text[MBS_SESSION_ID_TEXT_SIZE])
{
	char source[INET6_ADDRSTRLEN], group[INET6_ADDRSTRLEN];
	int family = id->type == MBS_SESSION_SSM_IPV4 ? AF_INET : AF_INET6;
	char tmgi[TMGI_TEXT_SIZE];

	switch (id->type) {
	case MBS_SESSION_TMGI:
		tmgi_text(&id->tmgi, tmgi);
		snprintf(text, MBS_SESSION_ID_TEXT_SIZE, "tmgi %s", tmgi);
		return;
	case MBS_SESSION_SSM_IPV4:
	case MBS_SESSION_SSM_IPV6:
		inet_ntop(family, id->source, source, sizeof(source));
		inet_ntop(family, id->group, group, sizeof(group));
		snprintf(text, MBS_SESSION_ID_TEXT_SIZE, "ssm %s %s", source,
			 group);
		return;
	case MBS_SESSION_NONE:
		break;
	}
	snprintf(text, MBS_SESSION_ID_TEXT_SIZE, "none");
}

int key_domain_from_plmn(struct key_domain *domain, const struct plmn *plmn,
			 struct fault *fault)
{
	return plmn_encode(plmn, domain->octets, fault);
}

bool key_domain_equal(const struct key_domain *a, const struct key_domain *b)
{
	return !memcmp(a->octets, b->octets, sizeof(a->octets));
}

uint32_t msk_id_next(uint32_t msk_id)
{
	uint16_t number = (uint16_t)(msk_id_number(msk_id) + 1);

	if (number == MSK_NUMBER_CURRENT)
		number++;
	return msk_id_make(msk_id_group(msk_id), number);
}

bool msk_ref_equal(const struct msk_ref *a, const struct msk_ref *b)
{
	return a->msk_id == b->msk_id &&
	       key_domain_equal(&a->domain, &b->domain);
}

bool serial16_after(uint16_t a, uint16_t b)
{
	uint16_t distance = (uint16_t)(a - b);

	return distance && distance < 0x8000;
}

bool serial32_after(uint32_t a, uint32_t b)
{
	uint32_t distance = a - b;

	return distance && distance < 0x80000000;
}
