/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Realms of the Ua interface: "3GPP-bootstrapping@bmsc.home1.net". A NAF that
 * takes several kinds of bootstrapping puts their realms into one string with
 * ';' between them, and the UE answers with the one that it took (TS 24.109).
 */
#ifndef CORE_DIGEST_REALM_H
#define CORE_DIGEST_REALM_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

/* Which key of the bootstrapping is used: TS 33.220, 4.4, 5.1 and annex M. */
enum gba_mode {
	GBA_ME, /* Ks_NAF, "3GPP-bootstrapping" */
	GBA_U, /* Ks_ext_NAF and Ks_int_NAF, "3GPP-bootstrapping-uicc" */
	GBA_DIGEST, /* from SIP Digest, "3GPP-bootstrapping-digest" */
};

#define GBA_BIT(mode) (1U << (mode))

/* The realms of @modes (GBA_BIT() of each) at the NAF @fqdn, GBA_U first since
 * it is the stronger one. Returns 0, or -1, @realm empty.
 */
int digest_realm_build(unsigned int modes, const char *fqdn, char *realm,
		       size_t room, struct fault *fault);
/* UE: takes the realm of @mode out of @realms into @realm. It has to name
 * @fqdn, the NAF that the UE talks to, or another NAF could use the UE's answer
 * as its own. Returns 0; -1 and FAULT_UNSUPPORTED if @mode is not offered,
 * FAULT_UNAUTHENTIC for another FQDN, FAULT_MALFORMED for a realm twice or an
 * empty one.
 */
int digest_realm_select(const char *realms, enum gba_mode mode,
			const char *fqdn, char *realm, size_t room,
			struct fault *fault);
/* NAF: the mode of the realm in credentials. Returns 0, or -1. */
int digest_realm_mode(const char *realm, enum gba_mode *mode,
		      struct fault *fault);
/* True if @realm is one of @realms, octet by octet. */
bool digest_realm_is_offered(const char *realms, const char *realm);

#endif /* CORE_DIGEST_REALM_H */
