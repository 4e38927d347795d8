/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Session keys of SRTP from an MTK: AES-CM with 128 bits (RFC 3711, 4.3) or 256
 * (RFC 6188, 3). The key derivation rate is 0, so a master key has one set of
 * session keys (TS 33.246, 6.6.2). Rules for outputs and faults are in kdf.h.
 */
#ifndef CORE_SRTP_KDF_H
#define CORE_SRTP_KDF_H

#include "kdf.h"

#define SRTP_MASTER_SALT_SIZE 14
#define SRTP_SALT_SIZE 14
#define SRTP_AUTH_KEY_SIZE 20

/* RFC 3711, 4.3.1 and 4.3.2. */
enum srtp_label {
	SRTP_LABEL_ENCRYPTION = 0,
	SRTP_LABEL_AUTH = 1,
	SRTP_LABEL_SALT = 2,
	SRTCP_LABEL_ENCRYPTION = 3,
	SRTCP_LABEL_AUTH = 4,
	SRTCP_LABEL_SALT = 5,
};

/* One key: @size octets (1 to SECRET_SIZE_MAX) of the AES-CM key stream of
 * @master_key (16 or 32 octets) for @label. @master_salt has 14 octets; the salt
 * of 12 that AES-GCM uses (RFC 7714, 11) is padded on the right with zeros by
 * the caller.
 */
int srtp_kdf_key(const struct secret *master_key,
		 const struct secret *master_salt, enum srtp_label label,
		 size_t size, struct secret *out, struct fault *fault);

/**
 * struct srtp_keys - what one direction of one protocol needs
 * @encryption: as long as the master key
 * @auth: SRTP_AUTH_KEY_SIZE octets for HMAC-SHA1
 * @salt: SRTP_SALT_SIZE octets
 */
struct srtp_keys {
	struct secret encryption;
	struct secret auth;
	struct secret salt;
};

/* All session keys for SRTP and for SRTCP. On failure both are empty. */
int srtp_kdf(const struct secret *master_key, const struct secret *master_salt,
	     struct srtp_keys *srtp, struct srtp_keys *srtcp,
	     struct fault *fault);
/* Wipes all three. */
void srtp_keys_clear(struct srtp_keys *keys);

#endif /* CORE_SRTP_KDF_H */
