// SPDX-License-Identifier: GPL-2.0-only
/*
 * The floor: what the cipher and the MAC of a datagram cost by themselves, with
 * the calls, the drivers and the lengths that mbsec has, on a buffer that stays
 * in the cache.
 */
#include <asm/simd.h>
#include <crypto/aead.h>
#include <crypto/hash.h>
#include <crypto/internal/simd.h>
#include <crypto/sha2.h>
#include <crypto/skcipher.h>
#include <linux/bottom_half.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/scatterlist.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "bench.h"

#define LIMIT_KEY_SIZE 16
#define LIMIT_GCM_TAG 16
#define LIMIT_GCM_IV 12
/* SFrame: lengths and nonce, then a header; SRTP: the rollover counter. */
#define SFRAME_PREFIX 36
#define SFRAME_HEADER 14
#define SRTP_HEADER 12
#define SRTP_ROC 4

struct bench_limit {
	struct crypto_sync_skcipher *cipher;
	struct crypto_shash *mac;
	struct crypto_aead *aead;
	struct aead_request *request;
	u8 *data;
	u32 suite;
	u32 size;
};

static const u8 bench_key[32] = "a key of this benchmark only!!!";

static int bench_crypt(struct bench_limit *limit, u8 *text, u32 size)
{
	SYNC_SKCIPHER_REQUEST_ON_STACK(request, limit->cipher);
	struct scatterlist sg;
	u8 counter[16] = {};
	int err;

	sg_init_one(&sg, text, size);
	skcipher_request_set_sync_tfm(request, limit->cipher);
	skcipher_request_set_callback(request, 0, NULL, NULL);
	skcipher_request_set_crypt(request, &sg, &sg, size, counter);
	err = crypto_skcipher_encrypt(request);
	skcipher_request_zero(request);
	return err;
}

static int bench_mac(struct bench_limit *limit, const u8 *first, u32 first_size,
		     const u8 *second, u32 second_size)
{
	SHASH_DESC_ON_STACK(desc, limit->mac);
	u8 digest[SHA256_DIGEST_SIZE];
	int err;

	desc->tfm = limit->mac;
	err = crypto_shash_init(desc);
	if (!err)
		err = crypto_shash_update(desc, first, first_size);
	if (!err)
		err = crypto_shash_finup(desc, second, second_size, digest);
	shash_desc_zero(desc);
	return err;
}

/* SFrame's key identifier and counter are its associated data. */
static int bench_gcm(struct bench_limit *limit)
{
	u8 iv[LIMIT_GCM_IV] = {};
	struct scatterlist sg;

	sg_init_one(&sg, limit->data,
		    SFRAME_HEADER + limit->size + LIMIT_GCM_TAG);
	aead_request_set_crypt(limit->request, &sg, &sg, limit->size, iv);
	aead_request_set_ad(limit->request, SFRAME_HEADER);
	return crypto_aead_encrypt(limit->request);
}

/* Cipher and MAC of a datagram, the same work in both directions. */
static int bench_datagram(struct bench_limit *limit)
{
	u8 prefix[SFRAME_PREFIX] = {};
	u8 *data = limit->data;
	u32 size = limit->size;
	int err;

	switch (limit->suite) {
	case MBSEC_BENCH_GCM:
		return bench_gcm(limit);
	case MBSEC_BENCH_CTR_HMAC_SHA256:
		err = bench_crypt(limit, data + SFRAME_HEADER, size);
		if (err)
			return err;
		return bench_mac(limit, prefix, sizeof(prefix), data,
				 SFRAME_HEADER + size);
	default:
		/* The header of RTP, which is in @size, stays in clear. */
		err = bench_crypt(limit, data + SRTP_HEADER,
				  size - SRTP_HEADER);
		if (err)
			return err;
		return bench_mac(limit, data, size, prefix, SRTP_ROC);
	}
}

static int bench_open_gcm(struct bench_limit *limit)
{
	int err;

	/* Not the queue of the same name in front of it. */
	limit->aead = crypto_alloc_aead("__gcm(aes)", CRYPTO_ALG_INTERNAL,
					CRYPTO_ALG_INTERNAL | CRYPTO_ALG_ASYNC);
	if (IS_ERR(limit->aead))
		limit->aead =
			crypto_alloc_aead("gcm(aes)", 0, CRYPTO_ALG_ASYNC);
	if (IS_ERR(limit->aead)) {
		err = PTR_ERR(limit->aead);
		limit->aead = NULL;
		return err;
	}
	err = crypto_aead_setkey(limit->aead, bench_key, LIMIT_KEY_SIZE);
	if (!err)
		err = crypto_aead_setauthsize(limit->aead, LIMIT_GCM_TAG);
	if (err)
		return err;
	limit->request = aead_request_alloc(limit->aead, GFP_KERNEL);
	if (!limit->request)
		return -ENOMEM;
	aead_request_set_callback(limit->request, 0, NULL, NULL);
	return 0;
}

static int bench_open_cipher(struct bench_limit *limit)
{
	const u32 internal = CRYPTO_ALG_INTERNAL;

	limit->cipher =
		crypto_alloc_sync_skcipher("__ctr(aes)", internal, internal);
	if (IS_ERR(limit->cipher))
		limit->cipher = crypto_alloc_sync_skcipher("ctr(aes)", 0, 0);
	if (IS_ERR(limit->cipher)) {
		int err = PTR_ERR(limit->cipher);

		limit->cipher = NULL;
		return err;
	}
	return crypto_sync_skcipher_setkey(limit->cipher, bench_key,
					   LIMIT_KEY_SIZE);
}

static int bench_open_mac(struct bench_limit *limit)
{
	const char *name = limit->suite == MBSEC_BENCH_CTR_HMAC_SHA1 ?
				   "hmac(sha1)" :
				   "hmac(sha256)";

	limit->mac = crypto_alloc_shash(name, 0, 0);
	if (IS_ERR(limit->mac)) {
		int err = PTR_ERR(limit->mac);

		limit->mac = NULL;
		return err;
	}
	return crypto_shash_setkey(limit->mac, bench_key, sizeof(bench_key));
}

static int bench_open(struct bench_limit *limit)
{
	int err;

	limit->data = kzalloc(SFRAME_HEADER + limit->size + LIMIT_GCM_TAG,
			      GFP_KERNEL);
	if (!limit->data)
		return -ENOMEM;
	if (limit->suite == MBSEC_BENCH_GCM)
		return bench_open_gcm(limit);
	err = bench_open_cipher(limit);
	return err ?: bench_open_mac(limit);
}

static void bench_close(struct bench_limit *limit)
{
	if (limit->request)
		aead_request_free(limit->request);
	if (limit->aead)
		crypto_free_aead(limit->aead);
	if (limit->mac)
		crypto_free_shash(limit->mac);
	if (limit->cipher)
		crypto_free_sync_skcipher(limit->cipher);
	kfree(limit->data);
}

static void bench_drivers(const struct bench_limit *limit, char *drivers)
{
	if (limit->aead)
		snprintf(drivers, MBSEC_BENCH_DRIVERS_SIZE, "%s",
			 crypto_tfm_alg_driver_name(
				 crypto_aead_tfm(limit->aead)));
	else
		snprintf(drivers, MBSEC_BENCH_DRIVERS_SIZE, "%s %s",
			 crypto_tfm_alg_driver_name(
				 crypto_skcipher_tfm(&limit->cipher->base)),
			 crypto_tfm_alg_driver_name(
				 crypto_shash_tfm(limit->mac)));
}

static int bench_side(struct bench_limit *limit, u32 datagrams, u64 *time)
{
	u64 start = ktime_get_ns();
	int err = 0;

	while (datagrams-- && !err)
		err = bench_datagram(limit);
	*time = ktime_get_ns() - start;
	return err;
}

static int bench_batch(struct bench_limit *limit, u32 datagrams,
		       struct mbsec_bench_batch *batch)
{
	int err;

	/* The internal drivers do not ask whether they may. */
	local_bh_disable();
	if (crypto_simd_usable())
		err = bench_side(limit, datagrams, &batch->send);
	else
		err = -EBUSY;
	if (!err)
		err = bench_side(limit, datagrams, &batch->receive);
	local_bh_enable();
	return err;
}

/**
 * mbsec_bench_limit - time the cipher and the MAC of datagrams
 * @plan: what to do
 * @drivers: result, names of the drivers, MBSEC_BENCH_DRIVERS_SIZE octets
 *
 * Return: 0 or a negative error number.
 */
int mbsec_bench_limit(struct mbsec_bench_plan *plan, char *drivers)
{
	struct bench_limit limit = { .suite = plan->suite, .size = plan->size };
	u32 datagrams = plan->batch * plan->segments;
	u32 i;
	int err;

	err = bench_open(&limit);
	if (!err)
		bench_drivers(&limit, drivers);
	/* The first one warms up. */
	if (!err)
		err = bench_batch(&limit, datagrams, &plan->batches[0]);
	for (i = 0; i < plan->rounds && !err; i++) {
		err = bench_batch(&limit, datagrams, &plan->batches[i]);
		if (!err && signal_pending(current))
			err = -EINTR;
		cond_resched();
	}
	bench_close(&limit);
	return err;
}
