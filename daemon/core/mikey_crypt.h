/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys of MIKEY's pre-shared key method and what they do to a message: KEMAC
 * encryption and MAC, V. RFC 3830, 4.1 to 4.2 and 5.2. Time stamps are taken as
 * they are; freshness is the caller's rule (mgvf.h).
 */
#ifndef CORE_MIKEY_CRYPT_H
#define CORE_MIKEY_CRYPT_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "fault.h"
#include "mikey.h"
#include "mikey_key.h"
#include "secret.h"

/* AES-CM-128: key of 128 bits, salt of 112; HMAC-SHA-1-160: key of 160. */
#define MIKEY_ENCRYPTION_KEY_SIZE 16
#define MIKEY_SALT_SIZE 14
#define MIKEY_AUTHENTICATION_KEY_SIZE 20

/**
 * struct mikey_keys - what one pre-shared key, CSB ID and RAND give
 * @encryption: encr_key, of KEMAC
 * @salt: salt_key, of KEMAC's counter mode
 * @authentication: auth_key, of the MACs in KEMAC and V
 */
struct mikey_keys {
	struct secret encryption;
	struct secret salt;
	struct secret authentication;
};

/* From the pre-shared key: RFC 3830, 4.1.4. @psk has 1 to SECRET_SIZE_MAX octets,
 * @rand MIKEY_RAND_MIN to MIKEY_RAND_MAX. Returns 0, and the caller clears
 * @keys, or -1 and @keys is empty; what it held before is wiped in any case.
 */
int mikey_keys_derive(struct mikey_keys *keys, const struct secret *psk,
		      uint32_t csb_id, const struct mikey_bytes *rand,
		      struct fault *fault);
/* Wipes the keys. */
void mikey_keys_clear(struct mikey_keys *keys);

/* The key of a crypto session that is wanted: RFC 3830, 4.1.3. */
enum mikey_tgk_use {
	MIKEY_TGK_TEK,
	MIKEY_TGK_AUTHENTICATION,
	MIKEY_TGK_ENCRYPTION,
	MIKEY_TGK_SALT_KEY,
};

/* From a TGK, for the crypto session @cs_id, @size octets. @out is the caller's
 * to clear; what it held before is wiped. Returns 0, or -1 and @out is empty.
 */
int mikey_tgk_derive(const struct secret *tgk, enum mikey_tgk_use use,
		     uint8_t cs_id, uint32_t csb_id,
		     const struct mikey_bytes *rand, size_t size,
		     struct secret *out, struct fault *fault);

/* Appends the initiator's message: @message with its KEMAC, which is encrypted
 * @key (RFC 3830, 4.2.3) or nothing if @key is NULL, and the MAC over all before
 * it. The @encrypted and @mac of @message are not used. The encryption's
 * initial value is salt, CSB ID and time stamp: the caller never uses a time
 * stamp twice with the same @keys. Returns 0, or -1 with @writer as it was.
 */
int mikey_protect(const struct mikey_message *message,
		  const struct mikey_keys *keys, const struct mikey_key *key,
		  struct writer *writer, struct fault *fault);
/* Checks the MAC of a decoded initiator's message and decrypts its key. @key is
 * the caller's to clear, and empty (size 0) if KEMAC is empty. Returns 0, or -1
 * and @key is empty: FAULT_UNAUTHENTIC if the MAC is wrong, other codes if the
 * authentic plain text is. What @key held before is wiped in any case.
 */
int mikey_open(const struct mikey_message *message,
	       const struct mikey_keys *keys, struct mikey_key *key,
	       struct fault *fault);

/* Appends a verification or error message with its V payload: MAC over the
 * message up to the MAC, then @extra (RFC 3830, 5.2: the identities and the time
 * stamp of a verification message). The @mac of @message is not used. Returns 0,
 * or -1 with @writer as it was.
 */
int mikey_sign(const struct mikey_message *message,
	       const struct mikey_keys *keys, const struct mikey_bytes *extra,
	       struct writer *writer, struct fault *fault);
/* Checks V of a decoded message. Returns 0, or -1 and FAULT_UNAUTHENTIC. */
int mikey_check(const struct mikey_message *message,
		const struct mikey_keys *keys, const struct mikey_bytes *extra,
		struct fault *fault);

#endif /* CORE_MIKEY_CRYPT_H */
