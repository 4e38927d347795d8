/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bodies of Zn as JSON (docs/protocols/gba.rst), for both of its ends. */
#ifndef MBSEC_DAEMON_ZN_JSON_H
#define MBSEC_DAEMON_ZN_JSON_H

#include <jansson.h>

#include "core/names.h"
#include "roles/bsf.h"

/* New, or NULL without memory. */
json_t *zn_json_question(const char *btid, const struct naf_id *naf_id);
/* @btid is in @question. Returns 0 or -1. */
int zn_json_read_question(const json_t *question, const char **btid,
			  struct naf_id *naf_id, struct fault *fault);
/* New, with its keys wrapped, or NULL and a fault. */
json_t *zn_json_key(const struct bsf_naf_key *key, const char *btid,
		    const struct secret *wrapping, struct fault *fault);
/* The caller clears @key->keys in any case. Returns 0 or -1. */
int zn_json_read_key(const json_t *answer, const char *btid,
		     const struct secret *wrapping, struct bsf_naf_key *key,
		     struct fault *fault);

#endif
