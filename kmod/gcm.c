// SPDX-License-Identifier: GPL-2.0-only
#include <asm/simd.h>
#include <crypto/aead.h>
#include <crypto/internal/simd.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "gcm.h"

/* Room for what a driver keeps with a request; that of the templates is 600. */
#define REQUEST_SIZE (sizeof(struct aead_request) + 1024)

/*
 * One request a CPU: softirqs are disabled while it is in use. On the stack it
 * could not be, as the template hands parts of it to others by their pages.
 */
static DEFINE_PER_CPU(struct aead_request *, mbsec_gcm_request);

/* Protects what is made for the first key. */
static DEFINE_MUTEX(mbsec_gcm_mutex);
static bool mbsec_gcm_ready;
/* To ask again for what is not there starts modprobe each time. */
static bool mbsec_gcm_no_internal;

static struct crypto_aead *mbsec_gcm_alloc(const char *name, u32 type)
{
	struct crypto_aead *aead =
		crypto_alloc_aead(name, type, type | CRYPTO_ALG_ASYNC);

	if (IS_ERR(aead) ||
	    sizeof(struct aead_request) + crypto_aead_reqsize(aead) <=
		    REQUEST_SIZE)
		return aead;
	crypto_free_aead(aead);
	return ERR_PTR(-EOPNOTSUPP);
}

/* The internal driver, as for the ciphers: see suite.c. */
static int mbsec_gcm_drivers_alloc(struct mbsec_gcm *gcm)
{
	struct crypto_aead *aead = ERR_PTR(-ENOENT);

	if (!mbsec_gcm_no_internal)
		aead = mbsec_gcm_alloc("__gcm(aes)", CRYPTO_ALG_INTERNAL);
	if (!IS_ERR(aead))
		gcm->fast = aead;
	else if (PTR_ERR(aead) != -ENOENT)
		return PTR_ERR(aead);
	aead = mbsec_gcm_alloc("gcm(aes)", 0);
	if (IS_ERR(aead))
		return PTR_ERR(aead);
	gcm->safe = aead;
	return 0;
}

static void mbsec_gcm_requests_free(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		kfree_sensitive(per_cpu(mbsec_gcm_request, cpu));
		per_cpu(mbsec_gcm_request, cpu) = NULL;
	}
}

static int mbsec_gcm_requests_alloc(void)
{
	struct aead_request *request;
	int cpu;

	for_each_possible_cpu(cpu) {
		request = kzalloc_node(REQUEST_SIZE, GFP_KERNEL,
				       cpu_to_node(cpu));
		if (!request) {
			mbsec_gcm_requests_free();
			return -ENOMEM;
		}
		per_cpu(mbsec_gcm_request, cpu) = request;
	}
	return 0;
}

/*
 * Who has no key of this kind pays nothing for it. Asking for the asynchronous
 * name first makes the crypto layer load the architecture's modules.
 */
static int mbsec_gcm_setup(void)
{
	struct mbsec_gcm gcm = {};
	struct crypto_aead *any;
	int err;

	any = crypto_alloc_aead("gcm(aes)", 0, 0);
	if (IS_ERR(any))
		return PTR_ERR(any);
	crypto_free_aead(any);
	err = mbsec_gcm_drivers_alloc(&gcm);
	if (!err)
		err = mbsec_gcm_requests_alloc();
	if (!err) {
		mbsec_gcm_no_internal = !gcm.fast;
		mbsec_gcm_ready = true;
	}
	mbsec_gcm_uninit(&gcm);
	return err;
}

static int mbsec_gcm_set_key(struct crypto_aead *aead, const u8 *key,
			     size_t size)
{
	int err = crypto_aead_setkey(aead, key, size);

	return err ?: crypto_aead_setauthsize(aead, MBSEC_GCM_TAG_SIZE);
}

/**
 * mbsec_gcm_init - prepare AES-GCM with a key
 * @gcm: result; on failure nothing is left allocated
 * @key: the key, which the caller wipes
 * @size: octets of @key
 *
 * Context: may sleep.
 */
int mbsec_gcm_init(struct mbsec_gcm *gcm, const u8 *key, size_t size)
{
	int err = 0;

	memset(gcm, 0, sizeof(*gcm));
	mutex_lock(&mbsec_gcm_mutex);
	if (!mbsec_gcm_ready)
		err = mbsec_gcm_setup();
	mutex_unlock(&mbsec_gcm_mutex);
	if (!err)
		err = mbsec_gcm_drivers_alloc(gcm);
	if (!err && gcm->fast)
		err = mbsec_gcm_set_key(gcm->fast, key, size);
	if (!err)
		err = mbsec_gcm_set_key(gcm->safe, key, size);
	if (err)
		mbsec_gcm_uninit(gcm);
	return err;
}

/**
 * mbsec_gcm_uninit - free, and thereby wipe, what a key has in use
 * @gcm: initialised, or zero
 *
 * Context: may sleep.
 */
void mbsec_gcm_uninit(struct mbsec_gcm *gcm)
{
	if (gcm->fast)
		crypto_free_aead(gcm->fast);
	if (gcm->safe)
		crypto_free_aead(gcm->safe);
	memset(gcm, 0, sizeof(*gcm));
}

static int mbsec_gcm_crypt(const struct mbsec_gcm *gcm, const u8 *nonce,
			   u8 *data, size_t header_size, size_t text_size,
			   bool seal)
{
	struct aead_request *request = this_cpu_read(mbsec_gcm_request);
	struct crypto_aead *aead = gcm->safe;
	u8 iv[MBSEC_GCM_NONCE_SIZE];
	struct scatterlist sg;
	int err;

	if (gcm->fast && crypto_simd_usable())
		aead = gcm->fast;
	memcpy(iv, nonce, sizeof(iv));
	sg_init_one(&sg, data, header_size + text_size + MBSEC_GCM_TAG_SIZE);
	aead_request_set_tfm(request, aead);
	aead_request_set_callback(request, 0, NULL, NULL);
	aead_request_set_ad(request, header_size);
	if (seal) {
		aead_request_set_crypt(request, &sg, &sg, text_size, iv);
		err = crypto_aead_encrypt(request);
	} else {
		aead_request_set_crypt(request, &sg, &sg,
				       text_size + MBSEC_GCM_TAG_SIZE, iv);
		err = crypto_aead_decrypt(request);
	}
	/* The template leaves there what it masked the tag with. */
	if (crypto_aead_reqsize(aead))
		memzero_explicit(request->__ctx, crypto_aead_reqsize(aead));
	return err;
}

/**
 * mbsec_gcm_seal - encrypt in place and append the tag
 * @gcm: initialised keys
 * @nonce: MBSEC_GCM_NONCE_SIZE octets
 * @data: header, cleartext, and room for the tag; linear, writable
 * @header_size: octets of the header, which stays readable
 * @text_size: octets of the cleartext
 *
 * Context: any that a packet may be in, BH disabled.
 */
int mbsec_gcm_seal(const struct mbsec_gcm *gcm, const u8 *nonce, u8 *data,
		   size_t header_size, size_t text_size)
{
	return mbsec_gcm_crypt(gcm, nonce, data, header_size, text_size, true);
}

/**
 * mbsec_gcm_open - verify, and decrypt in place
 * @gcm: initialised keys
 * @nonce: MBSEC_GCM_NONCE_SIZE octets
 * @data: header, ciphertext and tag; linear, writable
 * @header_size: octets of the header
 * @text_size: octets of the ciphertext
 *
 * Context: any that a packet may be in, BH disabled.
 * Return: 0; -EBADMSG if the tag is wrong, after which the text is undefined; or
 * another negative error number.
 */
int mbsec_gcm_open(const struct mbsec_gcm *gcm, const u8 *nonce, u8 *data,
		   size_t header_size, size_t text_size)
{
	return mbsec_gcm_crypt(gcm, nonce, data, header_size, text_size, false);
}

/**
 * mbsec_gcm_cleanup - free what is shared by all keys
 *
 * No key is left.
 */
void mbsec_gcm_cleanup(void)
{
	mbsec_gcm_requests_free();
}
