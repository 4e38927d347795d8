/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys of a multicast session on their way to one UE in NAS: KMBS, the root key
 * of the session, under KMBS-UE of that UE; and the MTK under the MSK beside it.
 *
 * No 3GPP document says how either is done (TR 33.850 names only "encrypted
 * KMBS"; TS 24.501 9.11.4.31 has 16 octets "encrypted MTK" and no cipher). Both
 * are our choice, explained in docs/protocols/nas-mbs.rst. What a key is for goes
 * into the key that it is wrapped under: the TMGI by KMBS-UE, the rest here. A
 * wrapped key that is moved to another group, key id or UE does not unwrap.
 */
#ifndef CORE_KMBS_WRAP_H
#define CORE_KMBS_WRAP_H

#include "ids.h"
#include "kdf.h"
#include "key_wrap.h"

#define KMBS_SIZE 16
#define KMBS_WRAPPED_SIZE (KMBS_SIZE + KEY_WRAP_CHECK_SIZE)
#define MTK_ENCRYPTED_SIZE 16 /* the room that TS 24.501 leaves */

#define KDF_FC_KMBS_WRAP KDF_FC_LONG(0xf2)
#define KDF_FC_MTK_ENCRYPTION KDF_FC_LONG(0xf3)

/**
 * struct kmbs_wrapped - KMBS as it travels
 * @check: the 64 bits by which it is verified, first part of RFC 3394 output
 * @key: the rest, as long as a key: it takes the place of the MSK in the MBS
 *	security keys set
 */
struct kmbs_wrapped {
	uint8_t check[KEY_WRAP_CHECK_SIZE];
	uint8_t key[KMBS_SIZE];
};

/* Wraps @kmbs (KMBS_SIZE octets) by AES key wrap (RFC 3394) under the last 16
 * octets of KDF(@kmbs_ue, FC FF F2, Key Domain ID || MSK ID of @kid). @kmbs_ue is
 * that of kdf_kmbs_ue() and holds the TMGI. The sender takes a new @kid for each
 * new key; wrapping the same again gives the same octets. Returns 0, or -1 with
 * FAULT_ARGUMENT or FAULT_MEMORY, and @wrapped is zeroed.
 */
int kmbs_wrap(const struct secret *kmbs_ue, const struct msk_ref *kid,
	      const struct secret *kmbs, struct kmbs_wrapped *wrapped,
	      struct fault *fault);
/* The reverse. Whether @kid is newer than that of the key in use is the caller's
 * to check, by serial16_after(). Returns 0, or -1 with FAULT_UNAUTHENTIC if UE,
 * TMGI, @kid or octets are not those of the sender, FAULT_ARGUMENT or
 * FAULT_MEMORY, and @kmbs is empty. @kmbs is the caller's to clear.
 */
int kmbs_unwrap(const struct secret *kmbs_ue, const struct msk_ref *kid,
		const struct kmbs_wrapped *wrapped, struct secret *kmbs,
		struct fault *fault);

/* Makes the "encrypted MTK": one block of AES-128 under the last 16 octets of
 * KDF(@msk, FC FF F3, Key Domain ID || MSK ID of @kid, @mtk_id). As each MTK has
 * an id of its own, each such key enciphers one block, and no initial value is
 * needed. 16 octets leave no room for a check value: the MAC of the NAS message
 * protects it. @msk and @mtk have 16 octets. Returns 0, or -1 with FAULT_ARGUMENT
 * or FAULT_MEMORY, and @encrypted is zeroed.
 */
int mtk_encrypt(const struct secret *msk, const struct msk_ref *kid,
		uint16_t mtk_id, const struct secret *mtk,
		uint8_t encrypted[MTK_ENCRYPTED_SIZE], struct fault *fault);
/* The reverse; a wrong @msk or id gives another MTK and no error. Returns 0, or
 * -1 as above, and @mtk is empty. @mtk is the caller's to clear.
 */
int mtk_decrypt(const struct secret *msk, const struct msk_ref *kid,
		uint16_t mtk_id, const uint8_t encrypted[MTK_ENCRYPTED_SIZE],
		struct secret *mtk, struct fault *fault);

#endif /* CORE_KMBS_WRAP_H */
