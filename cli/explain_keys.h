/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The key file of "mbsec explain": a line has a name and a value, # begins a
 * comment. One file may have the keys of all kinds of messages.
 */
#ifndef _CLI_EXPLAIN_KEYS_H
#define _CLI_EXPLAIN_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"
#include "core/secret.h"

#include "problem.h"

enum explain_key {
	EXPLAIN_MUK,
	EXPLAIN_MSK,
	EXPLAIN_MTK,
	EXPLAIN_SALT,
	EXPLAIN_KNASENC,
	EXPLAIN_KNASINT,
	EXPLAIN_KMBS_UE,
	EXPLAIN_KASME,
	EXPLAIN_GK,
	EXPLAIN_MRK,
	EXPLAIN_RES,
	EXPLAIN_PASSWORD,
	EXPLAIN_KEY_COUNT,
};

/* Octets that are no key; data is NULL if they are not given. */
struct explain_value {
	uint8_t *data;
	size_t size;
};

/**
 * struct explain_keys - what the user knows about a message
 * @secrets: by enum explain_key, empty if not given
 * @rand: RAND of the MSK, for MIKEY messages that have none
 * @request: the MSK delivery that a MIKEY message goes with
 * @method, @uri: of the HTTP request, as text; else those of the input
 * @body, @response_body: of the HTTP messages
 * @session_nonce, @session_cnonce: of the first request, for -sess; as text
 * @algorithm: of HTTP Digest, if the header does not say
 * @ciphering: NEA or EEA, 2 if not given
 * @overflow: upper 16 bits of the NAS COUNT
 * @roc: roll-over counter of SRTP
 * @suite: of SRTP, 0 if not given: only the null cipher has to be said
 */
struct explain_keys {
	struct secret secrets[EXPLAIN_KEY_COUNT];
	struct explain_value rand;
	struct explain_value request;
	struct explain_value method;
	struct explain_value uri;
	struct explain_value body;
	struct explain_value response_body;
	struct explain_value session_nonce;
	struct explain_value session_cnonce;
	enum digest_algorithm algorithm;
	uint64_t ciphering;
	uint64_t overflow;
	uint64_t roc;
	uint32_t suite;
};

/* Nothing is known. */
void explain_keys_init(struct explain_keys *keys);
/* name may be "-". keys is empty after a failure. */
int explain_keys_read(char *name, struct explain_keys *keys,
		      struct problem *problem);
/* The same from text, of which the file is called name in sentences. */
int explain_keys_parse(const char *name, const char *text, size_t length,
		       struct explain_keys *keys, struct problem *problem);
/* Wipes what is known. */
void explain_keys_clear(struct explain_keys *keys);
/* NULL if the key is not given. */
const struct secret *explain_keys_get(const struct explain_keys *keys,
				      enum explain_key key);

#endif /* _CLI_EXPLAIN_KEYS_H */
