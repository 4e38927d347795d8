/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Zn: a NAF (here the BM-SC) asks the BSF for the key that belongs to a B-TID (TS
 * 33.220, 4.5.3; TS 29.109, 5). In one process it is a call, between processes
 * JSON over HTTP (docs/protocols/gba.rst has the mapping).
 */
#ifndef MBSEC_DAEMON_ZN_H
#define MBSEC_DAEMON_ZN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/fault.h"
#include "core/names.h"
#include "core/secret.h"

struct daemon;
struct zn;

/**
 * struct zn_key - what a NAF is told; the callee's, valid during the callback
 * @impi: private identity of the subscriber, with a NUL
 * @ks_naf: Ks_NAF, or Ks_ext_NAF with @gba_u
 * @ks_int_naf: with @gba_u only, else empty
 * @gba_u: the bootstrapping was GBA_U
 * @bootstrapped: when, milliseconds since 1970
 * @expires: end of the key's lifetime, milliseconds since 1970
 */
struct zn_key {
	const char *impi;
	struct secret ks_naf;
	struct secret ks_int_naf;
	bool gba_u;
	int64_t bootstrapped;
	int64_t expires;
};

/* @key is NULL on failure: FAULT_UNKNOWN (no such B-TID, or it has expired: the
 * UE has to bootstrap), FAULT_UNAUTHENTIC (not this NAF's name), FAULT_STATE (the
 * BSF cannot be reached).
 */
typedef void (*zn_callback)(void *argument, const struct zn_key *key,
			    const struct fault *fault);

/* @bsf is "local" (daemon->bsf) or the URL of a BSF, with which we have the key in
 * @key_file in common. @naf is the FQDN of this NAF.
 */
struct zn *zn_new(struct daemon *daemon, const char *bsf, const char *naf,
		  const char *key_file, struct fault *fault);
void zn_free(struct zn *zn);
/* The callback comes once and never from within this call. Returns 0, or -1 and
 * there is no callback.
 */
int zn_key_get(struct zn *zn, const char *btid, const struct naf_id *naf_id,
	       zn_callback callback, void *argument, struct fault *fault);

#endif
