// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bodies of GBA and MBMS. The first octet says which, 'a' to 'k' in the order of
 * parse() below. What is accepted has to be written and read again as the same.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/announce.h"
#include "core/bsf_xml.h"
#include "core/mbms_authorize.h"
#include "core/mbms_xml.h"

#define DOCUMENT_MAX 65536

union body {
	struct bsf_info info;
	struct mbms_services services;
	struct mbms_msks msks;
	struct mbms_invite invite;
	struct mbms_naf_key naf_key;
	struct announce_security security;
	struct announce_mbs mbs;
};

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static int parse(char kind, const void *document, size_t size, union body *body)
{
	switch (kind) {
	case 'a':
	case 'b':
	case 'c':
	case 'd':
		return mbms_services_parse((enum mbms_body)(kind - 'a'),
					   document, size, &body->services,
					   NULL);
	case 'e':
	case 'f':
		return mbms_msks_parse((enum mbms_body)(kind - 'a'), document,
				       size, &body->msks, NULL);
	case 'g':
		return bsf_info_parse(document, size, &body->info, NULL);
	case 'h':
		return mbms_invite_parse(document, size, &body->invite, NULL);
	case 'i':
		return mbms_naf_key_parse(document, size, &body->naf_key, NULL);
	case 'j':
		return announce_security_parse(document, size, &body->security,
					       NULL);
	case 'k':
		return announce_mbs_parse(document, size, &body->mbs, NULL);
	default:
		return -1;
	}
}

static int write(char kind, const union body *body, char *document,
		 size_t *length)
{
	switch (kind) {
	case 'a':
	case 'b':
	case 'c':
	case 'd':
		return mbms_services_write((enum mbms_body)(kind - 'a'),
					   &body->services, document,
					   DOCUMENT_MAX, length, NULL);
	case 'e':
	case 'f':
		return mbms_msks_write((enum mbms_body)(kind - 'a'),
				       &body->msks, document, DOCUMENT_MAX,
				       length, NULL);
	case 'g':
		return bsf_info_write(&body->info, document, DOCUMENT_MAX,
				      length, NULL);
	case 'h':
		return mbms_invite_write(&body->invite, document, DOCUMENT_MAX,
					 length, NULL);
	case 'i':
		return mbms_naf_key_write(&body->naf_key, document,
					  DOCUMENT_MAX, length, NULL);
	case 'j':
		return announce_security_write(&body->security, document,
					       DOCUMENT_MAX, length, NULL);
	default:
		return announce_mbs_write(&body->mbs, document, DOCUMENT_MAX,
					  length, NULL);
	}
}

/* The secret of a NAF key by its octets, all else as it is. */
static bool same(char kind, union body *a, union body *b)
{
	struct secret left, right;
	bool equal;

	if (kind != 'i')
		return !memcmp(a, b, sizeof(*a));
	left = a->naf_key.muk;
	right = b->naf_key.muk;
	a->naf_key.muk = (struct secret){ 0 };
	b->naf_key.muk = (struct secret){ 0 };
	equal = secret_equal(&left, &right) && !memcmp(a, b, sizeof(*a));
	secret_clear(&left);
	secret_clear(&right);
	return equal;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static union body body, again;
	static char document[DOCUMENT_MAX];
	size_t length;

	if (!size)
		return 0;
	memset(&body, 0, sizeof(body));
	memset(&again, 0, sizeof(again));
	if (parse((char)data[0], data + 1, size - 1, &body))
		return 0;
	demand(!write((char)data[0], &body, document, &length));
	demand(length == strlen(document));
	demand(!parse((char)data[0], document, length, &again));
	demand(same((char)data[0], &body, &again));
	return 0;
}
