// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

#include "buf.h"
#include "kmbs_wrap.h"

#define KMBS_UE_SIZE 32
#define KID_SIZE (KEY_DOMAIN_ID_SIZE + 4)

static void kid_encode(const struct msk_ref *kid, uint8_t octets[KID_SIZE])
{
	struct writer writer;

	writer_init(&writer, octets, KID_SIZE);
	writer_bytes(&writer, kid->domain.octets, KEY_DOMAIN_ID_SIZE);
	writer_u32(&writer, kid->msk_id);
}

static int wrap_key_derive(const struct secret *kmbs_ue,
			   const struct msk_ref *kid, struct secret *kek,
			   struct fault *fault)
{
	uint8_t octets[KID_SIZE];

	if (secret_check(kmbs_ue, KMBS_UE_SIZE, "KMBS-UE", fault))
		return -1;
	kid_encode(kid, octets);
	return kdf_derive_half(kmbs_ue, KDF_FC_KMBS_WRAP,
			       (struct kdf_parameter[]){ { octets, KID_SIZE } },
			       1, kek, fault);
}

int kmbs_wrap(const struct secret *kmbs_ue, const struct msk_ref *kid,
	      const struct secret *kmbs, struct kmbs_wrapped *wrapped,
	      struct fault *fault)
{
	uint8_t octets[KMBS_WRAPPED_SIZE];
	struct secret kek = { 0 };
	int error = secret_check(kmbs, KMBS_SIZE, "KMBS", fault);

	*wrapped = (struct kmbs_wrapped){ 0 };
	if (!error)
		error = wrap_key_derive(kmbs_ue, kid, &kek, fault);
	if (!error)
		error = key_wrap(&kek, kmbs, octets, fault);
	if (!error) {
		memcpy(wrapped->check, octets, KEY_WRAP_CHECK_SIZE);
		memcpy(wrapped->key, octets + KEY_WRAP_CHECK_SIZE, KMBS_SIZE);
	}
	secret_clear(&kek);
	return error;
}

int kmbs_unwrap(const struct secret *kmbs_ue, const struct msk_ref *kid,
		const struct kmbs_wrapped *wrapped, struct secret *kmbs,
		struct fault *fault)
{
	uint8_t octets[KMBS_WRAPPED_SIZE];
	struct secret kek = { 0 };
	int error = wrap_key_derive(kmbs_ue, kid, &kek, fault);

	memcpy(octets, wrapped->check, KEY_WRAP_CHECK_SIZE);
	memcpy(octets + KEY_WRAP_CHECK_SIZE, wrapped->key, KMBS_SIZE);
	if (error)
		secret_clear(kmbs);
	else
		error = key_unwrap(&kek, octets, sizeof(octets), kmbs, fault);
	secret_clear(&kek);
	return error;
}

/* One block, in either direction. */
static int block_run(const struct secret *key, bool encrypt,
		     const uint8_t in[MTK_ENCRYPTED_SIZE],
		     uint8_t out[MTK_ENCRYPTED_SIZE], struct fault *fault)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int length = 0;
	bool good;

	good = context &&
	       EVP_CipherInit_ex2(context, EVP_aes_128_ecb(), key->bytes, NULL,
				  encrypt, NULL) == 1 &&
	       EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
	       EVP_CipherUpdate(context, out, &length, in,
				MTK_ENCRYPTED_SIZE) == 1 &&
	       length == MTK_ENCRYPTED_SIZE;
	EVP_CIPHER_CTX_free(context);
	if (good)
		return 0;
	OPENSSL_cleanse(out, MTK_ENCRYPTED_SIZE);
	return fault_set(fault, FAULT_MEMORY, "AES of the MTK failed");
}

static int mtk_key_derive(const struct secret *msk, const struct msk_ref *kid,
			  uint16_t mtk_id, struct secret *key,
			  struct fault *fault)
{
	uint8_t octets[KID_SIZE];
	uint8_t id[2] = { (uint8_t)(mtk_id >> 8), (uint8_t)mtk_id };

	if (secret_check(msk, MSK_SIZE, "MSK", fault))
		return -1;
	kid_encode(kid, octets);
	return kdf_derive_half(msk, KDF_FC_MTK_ENCRYPTION,
			       (struct kdf_parameter[]){ { octets, KID_SIZE },
							 { id, 2 } },
			       2, key, fault);
}

int mtk_encrypt(const struct secret *msk, const struct msk_ref *kid,
		uint16_t mtk_id, const struct secret *mtk,
		uint8_t encrypted[MTK_ENCRYPTED_SIZE], struct fault *fault)
{
	struct secret key = { 0 };
	int error = secret_check(mtk, MTK_SIZE, "MTK", fault);

	memset(encrypted, 0, MTK_ENCRYPTED_SIZE);
	if (!error)
		error = mtk_key_derive(msk, kid, mtk_id, &key, fault);
	if (!error)
		error = block_run(&key, true, mtk->bytes, encrypted, fault);
	secret_clear(&key);
	return error;
}

int mtk_decrypt(const struct secret *msk, const struct msk_ref *kid,
		uint16_t mtk_id, const uint8_t encrypted[MTK_ENCRYPTED_SIZE],
		struct secret *mtk, struct fault *fault)
{
	struct secret key = { 0 }, out = { 0 };
	int error = mtk_key_derive(msk, kid, mtk_id, &key, fault);

	if (!error && secret_alloc(&out, MTK_SIZE))
		error = fault_set(fault, FAULT_MEMORY, "no memory for the MTK");
	if (!error)
		error = block_run(&key, false, encrypted, out.bytes, fault);
	secret_clear(mtk);
	if (error)
		secret_clear(&out);
	*mtk = out;
	secret_clear(&key);
	return error;
}
