/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SIP variant of IMS based MBMS (TS 26.237, 10.4.2 and annex I): the UE
 * sends its B-TID in an INVITE, the SCF fetches the key of that B-TID and gives
 * it to the BM-SC. The list of authorised services of the HTTP variant is
 * MBMS_AUTHORIZE in mbms_xml.h.
 *
 * The schemas of annex I have no place for the services but one for elements of
 * other namespaces. We put serviceID of our authorization there.
 */
#ifndef CORE_MBMS_AUTHORIZE_H
#define CORE_MBMS_AUTHORIZE_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "mbms_xml.h"
#include "names.h"
#include "secret.h"

#define MBMS_BTIDS_MAX 4
#define MBMS_UE_ADDRESSES_MAX 4
#define MBMS_ADDRESS_SIZE 46 /* IPv6 as text and a NUL */
#define MBMS_MUK_SIZE 32 /* Ks_NAF */

/**
 * struct mbms_invite - body of an INVITE from the UE (I.1)
 * @btids: B-TIDs, at least one, the newest first
 * @services: those that the UE asks for; may be empty, since the Request-URI can
 *	name one (14.1)
 */
struct mbms_invite {
	size_t btid_count;
	char btids[MBMS_BTIDS_MAX][BTID_TEXT_SIZE];
	struct mbms_services services;
};

/**
 * struct mbms_naf_key - what the SCF posts to the BM-SC (I.2)
 * @addresses: IPv4 or IPv6 addresses of the UE as text, may be none
 * @muk: MUK, which is Ks_NAF (10.4.2.1); mbms_naf_key_clear() wipes it
 * @expires: end of its life, seconds since 1970 UTC
 * @naf_fqdn: name of the SCF as NAF, part of the MUK ID
 * @services: those that the user may have
 *
 * The schema has lists of keys, life times, B-TIDs and names and does not say
 * what belongs together: we send and take one of each.
 */
struct mbms_naf_key {
	size_t address_count;
	char addresses[MBMS_UE_ADDRESSES_MAX][MBMS_ADDRESS_SIZE];
	struct secret muk;
	int64_t expires;
	char btid[BTID_TEXT_SIZE];
	char naf_fqdn[FQDN_TEXT_SIZE];
	struct mbms_services services;
};

/* Each returns 0, or -1 and a sentence. A parser that fails leaves its output
 * zeroed, a writer leaves @length 0 and wipes what it wrote. Documents with a
 * NAF key are keys: who holds them wipes them.
 */
int mbms_invite_parse(const void *document, size_t size,
		      struct mbms_invite *invite, struct fault *fault);
int mbms_invite_write(const struct mbms_invite *invite, char *document,
		      size_t room, size_t *length, struct fault *fault);
/* @naf_key is overwritten without a look at what was in it. */
int mbms_naf_key_parse(const void *document, size_t size,
		       struct mbms_naf_key *naf_key, struct fault *fault);
int mbms_naf_key_write(const struct mbms_naf_key *naf_key, char *document,
		       size_t room, size_t *length, struct fault *fault);
void mbms_naf_key_clear(struct mbms_naf_key *naf_key);

#endif /* CORE_MBMS_AUTHORIZE_H */
