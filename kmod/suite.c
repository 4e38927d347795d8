// SPDX-License-Identifier: GPL-2.0-only
#include <asm/simd.h>
#include <crypto/internal/simd.h>
#include <crypto/skcipher.h>
#include <crypto/utils.h>
#include <linux/err.h>
#include <linux/scatterlist.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <uapi/linux/mbsec.h>

#include "mac-pair.h"
#include "sframe.h"
#include "srtp.h"
#include "suite.h"

static_assert(MBSEC_SALT_SIZE >= MBSEC_SFRAME_NONCE_SIZE);
static_assert(MBSEC_SFRAME_NONCE_SIZE == MBSEC_GCM_NONCE_SIZE);
static_assert(MBSEC_SALT_SIZE == MBSEC_SRTP_SALT_SIZE);
static_assert(MBSEC_COUNTER_BLOCK_SIZE == MBSEC_SRTP_BLOCK_SIZE);

static const struct mbsec_cipher_suite mbsec_suites[] = {
	{ &mbsec_mac_sha256, MBSEC_SUITE_AES128_CTR_HMAC_SHA256_80,
	  MBSEC_FORMAT_SFRAME, 10, 16, 32, 12 },
	{ &mbsec_mac_sha256, MBSEC_SUITE_AES128_CTR_HMAC_SHA256_64,
	  MBSEC_FORMAT_SFRAME, 8, 16, 32, 12 },
	{ &mbsec_mac_sha256, MBSEC_SUITE_AES128_CTR_HMAC_SHA256_32,
	  MBSEC_FORMAT_SFRAME, 4, 16, 32, 12 },
	{ NULL, MBSEC_SUITE_AES128_GCM_128, MBSEC_FORMAT_SFRAME,
	  MBSEC_GCM_TAG_SIZE, 16, 0, 12 },
	{ &mbsec_mac_sha256, MBSEC_SUITE_NULL_HMAC_SHA256_80,
	  MBSEC_FORMAT_SFRAME, 10, 0, 32, 12 },
	{ &mbsec_mac_sha1, MBSEC_SUITE_AES128_CM_HMAC_SHA1_80,
	  MBSEC_FORMAT_SRTP, 10, 16, 20, 14 },
	{ &mbsec_mac_sha1, MBSEC_SUITE_AES128_CM_HMAC_SHA1_32,
	  MBSEC_FORMAT_SRTP, 4, 16, 20, 14 },
	{ &mbsec_mac_sha1, MBSEC_SUITE_AES256_CM_HMAC_SHA1_80,
	  MBSEC_FORMAT_SRTP, 10, 32, 20, 14 },
	{ &mbsec_mac_sha1, MBSEC_SUITE_NULL_HMAC_SHA1_80, MBSEC_FORMAT_SRTP, 10,
	  0, 20, 14 },
};

struct mbsec_suite_drivers mbsec_suite_drivers;

/* Found at load: to ask again for what is not there starts modprobe each time. */
static bool mbsec_suite_no_internal __ro_after_init;

/**
 * mbsec_suite_find - a suite by its number
 * @id: enum mbsec_suite
 *
 * Return: the suite or NULL.
 */
const struct mbsec_cipher_suite *mbsec_suite_find(u32 id)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mbsec_suites); i++)
		if (mbsec_suites[i].id == id)
			return &mbsec_suites[i];
	return NULL;
}

/*
 * On kernels whose SIMD cipher drivers are asynchronous, a request for a
 * synchronous one is answered with a template that enters the cipher block by
 * block. The internal driver below the asynchronous one is what we want there;
 * where it does not exist, the synchronous driver is the fast one.
 */
static int mbsec_suite_ciphers_alloc(struct mbsec_suite_keys *keys)
{
	struct crypto_sync_skcipher *cipher = ERR_PTR(-ENOENT);
	const u32 internal = CRYPTO_ALG_INTERNAL;

	if (!mbsec_suite_no_internal)
		cipher = crypto_alloc_sync_skcipher("__ctr(aes)", internal,
						    internal);
	if (!IS_ERR(cipher))
		keys->fast = cipher;
	else if (PTR_ERR(cipher) != -ENOENT)
		return PTR_ERR(cipher);

	cipher = crypto_alloc_sync_skcipher("ctr(aes)", 0, 0);
	if (IS_ERR(cipher))
		return PTR_ERR(cipher);
	keys->safe = cipher;
	return 0;
}

static int mbsec_suite_ciphers_set_key(struct mbsec_suite_keys *keys,
				       const u8 *cipher_key)
{
	int err = 0;

	if (keys->fast)
		err = crypto_sync_skcipher_setkey(keys->fast, cipher_key,
						  keys->suite->cipher_key_size);
	if (!err)
		err = crypto_sync_skcipher_setkey(keys->safe, cipher_key,
						  keys->suite->cipher_key_size);
	return err;
}

/**
 * mbsec_suite_keys_init - make a suite ready for a key
 * @keys: result; on failure nothing is left allocated
 * @suite: the suite
 * @cipher_key: as many octets as the suite has, unused if it does not encrypt;
 *	the caller wipes it
 * @auth_key: likewise, unused with AES-GCM; the caller wipes it
 *
 * Context: may sleep.
 */
int mbsec_suite_keys_init(struct mbsec_suite_keys *keys,
			  const struct mbsec_cipher_suite *suite,
			  const u8 *cipher_key, const u8 *auth_key)
{
	int err;

	memset(keys, 0, sizeof(*keys));
	keys->suite = suite;
	if (!suite->hash)
		return mbsec_gcm_init(&keys->gcm, cipher_key,
				      suite->cipher_key_size);
	err = mbsec_mac_init(&keys->mac, suite->hash, auth_key,
			     suite->auth_key_size);
	if (!err && suite->cipher_key_size)
		err = mbsec_suite_ciphers_alloc(keys);
	if (!err && suite->cipher_key_size)
		err = mbsec_suite_ciphers_set_key(keys, cipher_key);
	if (err)
		mbsec_suite_keys_uninit(keys);
	return err;
}

/**
 * mbsec_suite_keys_uninit - free, and thereby wipe, what a key has in use
 * @keys: initialised keys that no packet uses any more
 *
 * Context: may sleep.
 */
void mbsec_suite_keys_uninit(struct mbsec_suite_keys *keys)
{
	if (keys->fast)
		crypto_free_sync_skcipher(keys->fast);
	if (keys->safe)
		crypto_free_sync_skcipher(keys->safe);
	mbsec_gcm_uninit(&keys->gcm);
	mbsec_mac_uninit(&keys->mac);
	memset(keys, 0, sizeof(*keys));
}

/**
 * mbsec_suite_crypt - encrypt or decrypt in place
 * @keys: initialised keys; nothing is done if they are not of AES-CTR
 * @block: initial counter block, MBSEC_COUNTER_BLOCK_SIZE octets
 * @data: linear, writable
 * @size: octets of @data
 *
 * Context: any that a packet may be in, BH disabled.
 */
int mbsec_suite_crypt(const struct mbsec_suite_keys *keys, const u8 *block,
		      u8 *data, size_t size)
{
	struct crypto_sync_skcipher *cipher = keys->safe;
	u8 counter[MBSEC_COUNTER_BLOCK_SIZE];
	struct scatterlist sg;
	int err;

	if (!keys->safe || !size)
		return 0;
	if (keys->fast && crypto_simd_usable())
		cipher = keys->fast;
	memcpy(counter, block, sizeof(counter));
	sg_init_one(&sg, data, size);
	{
		SYNC_SKCIPHER_REQUEST_ON_STACK(request, cipher);

		skcipher_request_set_sync_tfm(request, cipher);
		skcipher_request_set_callback(request, 0, NULL, NULL);
		skcipher_request_set_crypt(request, &sg, &sg, size, counter);
		err = crypto_skcipher_encrypt(request);
		/* Itself it has but addresses. */
		if (crypto_skcipher_reqsize(&cipher->base))
			skcipher_request_zero(request);
	}
	/* Where SSRC and index are 0 it is the salt. */
	memzero_explicit(counter, sizeof(counter));
	return err;
}

static_assert(3 * sizeof(__be64) + MBSEC_SFRAME_NONCE_SIZE ==
	      MBSEC_MAC_PREFIX_SIZE);

/* What a tag is made of, before the datagram (RFC 9605, clause 4.5.1). */
static void mbsec_suite_prefix(const struct mbsec_suite_keys *keys,
			       const u8 *nonce, size_t header_size,
			       size_t text_size, u8 *prefix)
{
	put_unaligned_be64(header_size, prefix);
	put_unaligned_be64(text_size, prefix + 8);
	put_unaligned_be64(keys->suite->tag_size, prefix + 16);
	memcpy(prefix + 24, nonce, MBSEC_SFRAME_NONCE_SIZE);
}

/* The tag of a datagram, as long as a digest. */
static int mbsec_suite_digest(const struct mbsec_suite_keys *keys,
			      const u8 *nonce, const u8 *data,
			      size_t header_size, size_t text_size, u8 *digest)
{
	u8 prefix[MBSEC_MAC_PREFIX_SIZE];

	mbsec_suite_prefix(keys, nonce, header_size, text_size, prefix);
	return mbsec_mac_compute(&keys->mac, prefix, sizeof(prefix), data,
				 header_size + text_size, digest);
}

/**
 * mbsec_suite_seal - encrypt a datagram in place and append its tag
 * @keys: initialised keys of a suite of SFrame
 * @block: initial counter block: the nonce, followed by zeros
 * @data: header, directly followed by the cleartext and room for the tag
 * @header_size: octets of the header
 * @text_size: octets of the cleartext
 *
 * Context: any that a packet may be in, BH disabled.
 */
int mbsec_suite_seal(const struct mbsec_suite_keys *keys, const u8 *block,
		     u8 *data, size_t header_size, size_t text_size)
{
	u8 *text = data + header_size;
	u8 digest[MBSEC_MAC_SIZE_MAX];
	int err;

	if (!keys->suite->hash)
		return mbsec_gcm_seal(&keys->gcm, block, data, header_size,
				      text_size);
	err = mbsec_suite_crypt(keys, block, text, text_size);
	if (!err)
		err = mbsec_suite_digest(keys, block, data, header_size,
					 text_size, digest);
	if (!err)
		memcpy(text + text_size, digest, keys->suite->tag_size);
	memzero_explicit(digest, sizeof(digest));
	return err;
}

/**
 * mbsec_suite_verify - is a datagram authentic?
 * @keys: initialised keys of a suite of SFrame
 * @block: initial counter block: the nonce, followed by zeros
 * @data: header, directly followed by the ciphertext and the tag
 * @header_size: octets of the header
 * @text_size: octets of the ciphertext
 *
 * AES-GCM decrypts at the same time; otherwise mbsec_suite_crypt() has to.
 *
 * Context: any that a packet may be in, BH disabled.
 * Return: 0; -EBADMSG if it is not, after which the text is undefined; or
 * another negative error number.
 */
int mbsec_suite_verify(const struct mbsec_suite_keys *keys, const u8 *block,
		       u8 *data, size_t header_size, size_t text_size)
{
	u8 digest[MBSEC_MAC_SIZE_MAX];
	int err;

	if (!keys->suite->hash)
		return mbsec_gcm_open(&keys->gcm, block, data, header_size,
				      text_size);
	err = mbsec_suite_digest(keys, block, data, header_size, text_size,
				 digest);
	if (!err && crypto_memneq(digest, data + header_size + text_size,
				  keys->suite->tag_size))
		err = -EBADMSG;
	memzero_explicit(digest, sizeof(digest));
	return err;
}

/**
 * mbsec_suite_pairs - is it faster to seal and to verify two at once?
 * @keys: initialised keys of a suite of SFrame
 */
bool mbsec_suite_pairs(const struct mbsec_suite_keys *keys)
{
	return keys->suite->hash && mbsec_mac_pair_usable(&keys->mac);
}

/*
 * The tags of two datagrams. A message must be in one piece: what the tag covers
 * before the datagram is put there for the time being.
 */
static void mbsec_suite_digest_pair(const struct mbsec_suite_keys *keys,
				    const struct mbsec_suite_text *texts,
				    size_t header_size, size_t text_size,
				    u8 *digests)
{
	u8 lent[2][MBSEC_SUITE_PAIR_ROOM];
	u8 *messages[2];
	int i;

	for (i = 0; i < 2; i++) {
		messages[i] = texts[i].data - MBSEC_SUITE_PAIR_ROOM;
		memcpy(lent[i], messages[i], MBSEC_SUITE_PAIR_ROOM);
		mbsec_suite_prefix(keys, texts[i].block, header_size, text_size,
				   messages[i]);
	}
	mbsec_mac_pair_compute(&keys->mac, (const u8 *const *)messages,
			       MBSEC_SUITE_PAIR_ROOM + header_size + text_size,
			       digests);
	for (i = 0; i < 2; i++)
		memcpy(messages[i], lent[i], MBSEC_SUITE_PAIR_ROOM);
}

/**
 * mbsec_suite_seal_pair - encrypt two datagrams in place and append their tags
 * @keys: initialised keys, which mbsec_suite_pairs()
 * @texts: two datagrams, apart by MBSEC_SUITE_PAIR_ROOM octets at least, with as
 *	many writable octets before each, which are what they were afterwards
 * @header_size: octets of each header
 * @text_size: octets of each cleartext
 *
 * Context: any that a packet may be in, BH disabled.
 */
int mbsec_suite_seal_pair(const struct mbsec_suite_keys *keys,
			  const struct mbsec_suite_text *texts,
			  size_t header_size, size_t text_size)
{
	u8 digests[2 * MBSEC_MAC_SIZE_MAX];
	int i, err;

	for (i = 0; i < 2; i++) {
		err = mbsec_suite_crypt(keys, texts[i].block,
					texts[i].data + header_size, text_size);
		if (err)
			return err;
	}
	mbsec_suite_digest_pair(keys, texts, header_size, text_size, digests);
	for (i = 0; i < 2; i++)
		memcpy(texts[i].data + header_size + text_size,
		       digests + i * MBSEC_MAC_SIZE_MAX, keys->suite->tag_size);
	memzero_explicit(digests, sizeof(digests));
	return 0;
}

/**
 * mbsec_suite_verify_pair - are two datagrams authentic?
 * @keys: initialised keys, which mbsec_suite_pairs()
 * @texts: two datagrams, as for mbsec_suite_seal_pair()
 * @header_size: octets of each header
 * @text_size: octets of each ciphertext
 * @errors: result, as of mbsec_suite_verify(), of each
 *
 * Context: any that a packet may be in, BH disabled.
 */
void mbsec_suite_verify_pair(const struct mbsec_suite_keys *keys,
			     const struct mbsec_suite_text *texts,
			     size_t header_size, size_t text_size, int *errors)
{
	u8 digests[2 * MBSEC_MAC_SIZE_MAX];
	const u8 *tag;
	int i;

	mbsec_suite_digest_pair(keys, texts, header_size, text_size, digests);
	for (i = 0; i < 2; i++) {
		tag = texts[i].data + header_size + text_size;
		errors[i] = crypto_memneq(digests + i * MBSEC_MAC_SIZE_MAX, tag,
					  keys->suite->tag_size) ?
				    -EBADMSG :
				    0;
	}
	memzero_explicit(digests, sizeof(digests));
}

/**
 * mbsec_suite_init - load the drivers and see which ones the suites get
 *
 * Asking for the asynchronous name first makes the crypto layer load the
 * architecture's modules.
 */
int __init mbsec_suite_init(void)
{
	static const u8 zero[MBSEC_AUTH_KEY_SIZE] __initconst;
	struct mbsec_suite_drivers *names = &mbsec_suite_drivers;
	struct crypto_skcipher *any;
	struct crypto_skcipher *safe;
	struct mbsec_suite_keys keys;
	int err;

	any = crypto_alloc_skcipher("ctr(aes)", 0, 0);
	if (IS_ERR(any))
		return PTR_ERR(any);
	crypto_free_skcipher(any);
	err = mbsec_mac_setup();
	if (err)
		return err;
	err = mbsec_suite_keys_init(&keys, &mbsec_suites[0], zero, zero);
	if (err) {
		mbsec_mac_cleanup();
		return err;
	}
	mbsec_suite_no_internal = !keys.fast;
	safe = &keys.safe->base;
	strscpy(names->cipher_fallback, crypto_skcipher_driver_name(safe),
		sizeof(names->cipher_fallback));
	strscpy(names->cipher,
		keys.fast ? crypto_skcipher_driver_name(&keys.fast->base) :
			    names->cipher_fallback,
		sizeof(names->cipher));
	strscpy(names->mac, mbsec_mac_driver(&mbsec_mac_sha256),
		sizeof(names->mac));
	mbsec_suite_keys_uninit(&keys);
	return 0;
}

/**
 * mbsec_suite_exit - let the drivers go
 *
 * No key is left.
 */
void mbsec_suite_exit(void)
{
	mbsec_gcm_cleanup();
	mbsec_mac_cleanup();
}
