// SPDX-License-Identifier: GPL-2.0-only
#include <crypto/hash.h>
#include <linux/err.h>
#include <linux/fips.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "mac-pair.h"
#include "mac.h"

#define MBSEC_MAC_BLOCK_SIZE 64
#define MBSEC_MAC_INNER_PAD 0x36
#define MBSEC_MAC_OUTER_PAD 0x5c
/* Follows the name of a driver that computes two at once. */
#define MBSEC_MAC_IN_PAIRS ", in pairs"

/**
 * struct mbsec_mac_hash - a hash
 * @name: its name
 * @hmac: name of its HMAC
 * @words: words of its state, and of a digest
 * @plain: its driver, if HMAC is made of states of it; else NULL
 * @driver: name of what does HMAC
 *
 * Drivers of a Merkle-Damgard hash keep the state, a count of octets and a block
 * that is not full; and all of them keep these alike, so that one can take over
 * from another. We set the state behind the padded key, with the first octets of
 * the message in the block already: two calls make a HMAC. The crypto layer's
 * HMAC copies more and calls more often. mbsec_mac_setup() finds out whether the
 * driver does as is said here.
 */
struct mbsec_mac_hash {
	const char *name;
	const char *hmac;
	u8 words;
	struct crypto_shash *plain;
	char driver[CRYPTO_MAX_ALG_NAME + sizeof("hmac()" MBSEC_MAC_IN_PAIRS)];
};

struct mbsec_mac_hash mbsec_mac_sha256 __ro_after_init = {
	.name = "sha256",
	.hmac = "hmac(sha256)",
	.words = 8,
};

struct mbsec_mac_hash mbsec_mac_sha1 __ro_after_init = {
	.name = "sha1",
	.hmac = "hmac(sha1)",
	.words = 5,
};

struct mbsec_mac_state_sha256 {
	u32 words[8];
	u64 count;
	u8 block[MBSEC_MAC_BLOCK_SIZE];
};

struct mbsec_mac_state_sha1 {
	u32 words[5];
	u64 count;
	u8 block[MBSEC_MAC_BLOCK_SIZE];
};

#define MBSEC_MAC_STATE_MAX sizeof(struct mbsec_mac_state_sha256)

/**
 * struct mbsec_mac_desc - memory of a descriptor
 * @octets: room for it and a state; the crypto layer reserves three times as much
 */
struct mbsec_mac_desc {
	u8 octets[sizeof(struct shash_desc) + MBSEC_MAC_STATE_MAX] __aligned(
		__alignof__(struct shash_desc));
};

static struct shash_desc *mbsec_mac_desc_init(struct mbsec_mac_desc *memory,
					      const struct mbsec_mac_hash *hash)
{
	struct shash_desc *desc = (struct shash_desc *)memory->octets;

	desc->tfm = hash->plain;
	return desc;
}

static size_t mbsec_mac_state_size(const struct mbsec_mac_hash *hash)
{
	return hash->words == 8 ? sizeof(struct mbsec_mac_state_sha256) :
				  sizeof(struct mbsec_mac_state_sha1);
}

/* Copies of a size that the compiler knows need no call. */
static __always_inline void mbsec_mac_copy(u8 *to, const u8 *from, size_t size)
{
	if (size == MBSEC_MAC_PREFIX_SIZE)
		memcpy(to, from, MBSEC_MAC_PREFIX_SIZE);
	else
		memcpy(to, from, size);
}

/* Sets the state after one block, with less than one block of data to follow. */
static __always_inline void mbsec_mac_load(struct shash_desc *desc, bool sha256,
					   const u32 *words, const u8 *data,
					   size_t size)
{
	struct mbsec_mac_state_sha256 *large = shash_desc_ctx(desc);
	struct mbsec_mac_state_sha1 *small = shash_desc_ctx(desc);

	if (sha256) {
		memcpy(large->words, words, sizeof(large->words));
		large->count = MBSEC_MAC_BLOCK_SIZE + size;
		mbsec_mac_copy(large->block, data, size);
	} else {
		memcpy(small->words, words, sizeof(small->words));
		small->count = MBSEC_MAC_BLOCK_SIZE + size;
		mbsec_mac_copy(small->block, data, size);
	}
}

/* The state after the padded key; @block, of zeros after the key, is changed. */
static int mbsec_mac_prepare(const struct mbsec_mac_hash *hash, u8 *block,
			     u8 pad, u32 *words)
{
	struct mbsec_mac_desc memory;
	struct shash_desc *desc;
	int err, i;

	desc = mbsec_mac_desc_init(&memory, hash);
	for (i = 0; i < MBSEC_MAC_BLOCK_SIZE; i++)
		block[i] ^= pad;
	err = crypto_shash_init(desc);
	if (!err)
		err = crypto_shash_update(desc, block, MBSEC_MAC_BLOCK_SIZE);
	/* Both kinds of state begin with the words. */
	memcpy(words, shash_desc_ctx(desc), hash->words * sizeof(*words));
	memzero_explicit(&memory, sizeof(memory));
	return err;
}

static int mbsec_mac_init_states(struct mbsec_mac *mac, const u8 *key,
				 size_t size)
{
	u8 block[MBSEC_MAC_BLOCK_SIZE] = {};
	int err;

	memcpy(block, key, size);
	err = mbsec_mac_prepare(mac->hash, block, MBSEC_MAC_INNER_PAD,
				mac->inner);
	if (!err)
		err = mbsec_mac_prepare(
			mac->hash, block,
			MBSEC_MAC_INNER_PAD ^ MBSEC_MAC_OUTER_PAD, mac->outer);
	memzero_explicit(block, sizeof(block));
	return err;
}

static int mbsec_mac_init_keyed(struct mbsec_mac *mac, const u8 *key,
				size_t size)
{
	struct crypto_shash *keyed;
	int err;

	keyed = crypto_alloc_shash(mac->hash->hmac, 0, 0);
	if (IS_ERR(keyed))
		return PTR_ERR(keyed);
	err = crypto_shash_setkey(keyed, key, size);
	if (err)
		crypto_free_shash(keyed);
	else
		mac->keyed = keyed;
	return err;
}

/**
 * mbsec_mac_init - prepare HMAC with a key
 * @mac: result
 * @hash: the hash
 * @key: the key, which the caller wipes
 * @size: octets of @key, at most those of a block
 *
 * Context: may sleep.
 */
int mbsec_mac_init(struct mbsec_mac *mac, const struct mbsec_mac_hash *hash,
		   const u8 *key, size_t size)
{
	int err;

	memset(mac, 0, sizeof(*mac));
	mac->hash = hash;
	if (WARN_ON_ONCE(size > MBSEC_MAC_BLOCK_SIZE))
		return -EINVAL;
	if (hash->plain)
		err = mbsec_mac_init_states(mac, key, size);
	else
		err = mbsec_mac_init_keyed(mac, key, size);
	if (err)
		mbsec_mac_uninit(mac);
	return err;
}

/**
 * mbsec_mac_uninit - wipe what a key left
 * @mac: initialised, or zero
 *
 * Context: may sleep.
 */
void mbsec_mac_uninit(struct mbsec_mac *mac)
{
	if (mac->keyed)
		crypto_free_shash(mac->keyed);
	memzero_explicit(mac, sizeof(*mac));
}

static __always_inline int mbsec_mac_compute_states(const struct mbsec_mac *mac,
						    bool sha256, const u8 *data,
						    size_t size, const u8 *more,
						    size_t more_size,
						    u8 *result)
{
	size_t digest_size = (sha256 ? 8 : 5) * sizeof(u32);
	bool fits = size < MBSEC_MAC_BLOCK_SIZE;
	struct mbsec_mac_desc memory;
	struct shash_desc *desc;
	int err = 0;

	desc = mbsec_mac_desc_init(&memory, mac->hash);
	mbsec_mac_load(desc, sha256, mac->inner, data, fits ? size : 0);
	if (!fits)
		err = crypto_shash_update(desc, data, size);
	if (!err)
		err = crypto_shash_finup(desc, more, more_size, result);
	if (!err) {
		mbsec_mac_load(desc, sha256, mac->outer, result, digest_size);
		err = crypto_shash_final(desc, result);
	}
	/*
	 * Now the state is that of the end, which is the result, and the block
	 * has what is left of the inner digest. Only if this failed there may be
	 * a state that depends on nothing but the key.
	 */
	if (err)
		memzero_explicit(&memory, sizeof(memory));
	return err;
}

static int mbsec_mac_compute_keyed(const struct mbsec_mac *mac, const u8 *data,
				   size_t size, const u8 *more,
				   size_t more_size, u8 *result)
{
	SHASH_DESC_ON_STACK(desc, mac->keyed);
	int err;

	desc->tfm = mac->keyed;
	err = crypto_shash_init(desc);
	if (!err)
		err = crypto_shash_update(desc, data, size);
	if (!err)
		err = crypto_shash_finup(desc, more, more_size, result);
	shash_desc_zero(desc);
	return err;
}

/**
 * mbsec_mac_compute - compute a MAC over two pieces of data
 * @mac: HMAC with a key
 * @data: the first piece
 * @size: octets of @data; less than a block cost nothing
 * @more: the second piece
 * @more_size: octets of @more
 * @result: the MAC, as long as a digest
 *
 * Context: any that a packet may be in, BH disabled.
 */
int mbsec_mac_compute(const struct mbsec_mac *mac, const u8 *data, size_t size,
		      const u8 *more, size_t more_size, u8 *result)
{
	if (mac->keyed)
		return mbsec_mac_compute_keyed(mac, data, size, more, more_size,
					       result);
	if (mac->hash->words == 8)
		return mbsec_mac_compute_states(mac, true, data, size, more,
						more_size, result);
	return mbsec_mac_compute_states(mac, false, data, size, more, more_size,
					result);
}

/**
 * mbsec_mac_driver - name of the driver of a HMAC
 * @hash: its hash
 */
const char *mbsec_mac_driver(const struct mbsec_mac_hash *hash)
{
	return hash->driver;
}

#define MBSEC_MAC_CHECK_SIZE 512

/* Pieces shorter and longer than a block, and those of datagrams. */
static const u16 mbsec_mac_check_sizes[][2] __initconst = {
	{ 0, 0 },   { 0, 55 },	 { 36, 14 }, { 36, 27 }, { 36, 28 },
	{ 36, 78 }, { 36, 414 }, { 63, 1 },  { 64, 0 },	 { 64, 4 },
	{ 65, 4 },  { 12, 4 },	 { 119, 4 }, { 251, 4 }, { 320, 192 },
};

/* Do states make the same as the crypto layer's HMAC? */
static bool __init mbsec_mac_agree(const struct mbsec_mac *states,
				   const struct mbsec_mac *keyed,
				   const u8 *data)
{
	u8 one[MBSEC_MAC_SIZE_MAX], other[MBSEC_MAC_SIZE_MAX];
	size_t i, size, more_size;

	for (i = 0; i < ARRAY_SIZE(mbsec_mac_check_sizes); i++) {
		size = mbsec_mac_check_sizes[i][0];
		more_size = mbsec_mac_check_sizes[i][1];
		if (mbsec_mac_compute(states, data, size, data + size,
				      more_size, one) ||
		    mbsec_mac_compute(keyed, data, size, data + size, more_size,
				      other) ||
		    memcmp(one, other, states->hash->words * sizeof(u32)))
			return false;
	}
	return true;
}

static void __init mbsec_mac_driver_add(struct mbsec_mac_hash *hash,
					const char *text)
{
	size_t length = strlen(hash->driver);

	strscpy(hash->driver + length, text, sizeof(hash->driver) - length);
}

static int __init mbsec_mac_check(struct mbsec_mac_hash *hash, bool *agree)
{
	struct mbsec_mac states = {}, keyed = { .hash = hash };
	size_t i;
	u8 *data;
	int err;

	data = kmalloc(MBSEC_MAC_CHECK_SIZE, GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	for (i = 0; i < MBSEC_MAC_CHECK_SIZE; i++)
		data[i] = i * 7 + (i >> 8);
	err = mbsec_mac_init(&states, hash, data, 4 * hash->words);
	if (!err)
		err = mbsec_mac_init_keyed(&keyed, data, 4 * hash->words);
	if (!err)
		*agree = mbsec_mac_agree(&states, &keyed, data);
	if (*agree && hash == &mbsec_mac_sha256 &&
	    mbsec_mac_pair_setup(&states, &keyed, data, MBSEC_MAC_CHECK_SIZE))
		mbsec_mac_driver_add(hash, MBSEC_MAC_IN_PAIRS);
	mbsec_mac_uninit(&states);
	mbsec_mac_uninit(&keyed);
	kfree(data);
	return err;
}

static int __init mbsec_mac_setup_hash(struct mbsec_mac_hash *hash)
{
	struct crypto_shash *plain = crypto_alloc_shash(hash->name, 0, 0);
	bool agree = false;
	int err = 0;

	if (IS_ERR(plain))
		return PTR_ERR(plain);
	snprintf(hash->driver, sizeof(hash->driver), "hmac(%s)",
		 crypto_tfm_alg_driver_name(crypto_shash_tfm(plain)));
	/* Certified is the HMAC of the crypto layer. */
	if (!fips_enabled &&
	    crypto_shash_descsize(plain) == mbsec_mac_state_size(hash)) {
		hash->plain = plain;
		err = mbsec_mac_check(hash, &agree);
	}
	if (!agree) {
		crypto_free_shash(plain);
		hash->plain = NULL;
	}
	return err;
}

/**
 * mbsec_mac_setup - load the drivers and see what they can
 */
int __init mbsec_mac_setup(void)
{
	int err = mbsec_mac_setup_hash(&mbsec_mac_sha256);

	if (!err)
		err = mbsec_mac_setup_hash(&mbsec_mac_sha1);
	if (err)
		mbsec_mac_cleanup();
	return err;
}

/**
 * mbsec_mac_cleanup - let the drivers go
 */
void mbsec_mac_cleanup(void)
{
	if (mbsec_mac_sha256.plain)
		crypto_free_shash(mbsec_mac_sha256.plain);
	if (mbsec_mac_sha1.plain)
		crypto_free_shash(mbsec_mac_sha1.plain);
}
