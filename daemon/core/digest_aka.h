/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Digest with AKA between UE and BSF (RFC 3310, TS 24.109 annex A.4): the nonce
 * is RAND || AUTN || server data in base 64, the password is RES as it comes
 * from the USIM (octets, not text), and a UE whose SQN does not agree sends
 * AUTS instead, with the response made of an empty password.
 */
#ifndef CORE_DIGEST_AKA_H
#define CORE_DIGEST_AKA_H

#include "digest.h"

#define DIGEST_AKA_RAND_SIZE 16
#define DIGEST_AKA_AUTN_SIZE 16
/* So that the nonce fits DIGEST_NONCE_SIZE. */
#define DIGEST_AKA_DATA_SIZE 128

/**
 * struct digest_aka_nonce - what the nonce of AKAv1-MD5 carries
 * @data: opaque to the UE, may be empty
 */
struct digest_aka_nonce {
	uint8_t rand[DIGEST_AKA_RAND_SIZE];
	uint8_t autn[DIGEST_AKA_AUTN_SIZE];
	uint8_t data[DIGEST_AKA_DATA_SIZE];
	size_t data_size;
};

/* RFC 3310, 3.2. Returns 0, or -1 with the output zeroed. */
int digest_aka_nonce_write(const struct digest_aka_nonce *nonce,
			   char text[DIGEST_NONCE_SIZE], struct fault *fault);
int digest_aka_nonce_parse(const char *text, struct digest_aka_nonce *nonce,
			   struct fault *fault);
/* UE: credentials that tell the network its SQN (RFC 3310, 3.4). Otherwise as
 * digest_credentials_build(). FAULT_STATE if @session is not of AKAv1-MD5.
 */
int digest_aka_resync_build(struct digest_session *session,
			    const char *username, const char *cnonce,
			    const struct digest_request *request,
			    const uint8_t auts[DIGEST_AUTS_SIZE],
			    struct digest_credentials *credentials,
			    struct fault *fault);
/* BSF: checks such credentials as digest_credentials_verify() does. All that
 * they prove is that they belong to the nonce: AUTS itself has still to be
 * verified with K, and the answer is a new challenge, never a success. Returns
 * 0 and AUTS, or -1, @session unchanged and @auts zeroed; FAULT_STATE if there
 * is no AUTS in them.
 */
int digest_aka_resync_verify(struct digest_session *session,
			     const struct digest_credentials *credentials,
			     const struct digest_request *request, uint64_t now,
			     uint8_t auts[DIGEST_AUTS_SIZE],
			     struct fault *fault);

#endif /* CORE_DIGEST_AKA_H */
