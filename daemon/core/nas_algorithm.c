// SPDX-License-Identifier: GPL-2.0-or-later
#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

#include "nas_algorithm.h"

#define INPUT_SIZE 8
#define BLOCK_SIZE 16

static int arguments_check(const struct secret *key,
			   const struct nas_input *input, size_t size,
			   struct fault *fault)
{
	if (secret_check(key, NAS_KEY_SIZE, "NAS key", fault))
		return -1;
	if (input->bearer > NAS_BEARER_MAX ||
	    (unsigned int)input->direction > 1)
		return fault_set(fault, FAULT_ARGUMENT,
				 "bearer or direction of NAS is out of range");
	if (size > INT_MAX)
		return fault_set(fault, FAULT_ARGUMENT,
				 "NAS message of %zu octets is too long", size);
	return 0;
}

/* COUNT, then BEARER and DIRECTION in the high bits of an octet, then zeros. */
static void input_encode(const struct nas_input *input,
			 uint8_t octets[INPUT_SIZE])
{
	int i;

	memset(octets, 0, INPUT_SIZE);
	for (i = 0; i < 4; i++)
		octets[i] = (uint8_t)(input->count >> (24 - 8 * i));
	octets[4] = (uint8_t)(input->bearer << 3 | input->direction << 2);
}

static int ctr_run(const struct secret *key, const uint8_t start[BLOCK_SIZE],
		   const uint8_t *in, size_t size, uint8_t *out)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int length = 0;
	int good;

	good = context && EVP_EncryptInit_ex2(context, EVP_aes_128_ctr(),
					      key->bytes, start, NULL) == 1;
	if (good && size)
		good = EVP_EncryptUpdate(context, out, &length, in,
					 (int)size) == 1 &&
		       (size_t)length == size;
	EVP_CIPHER_CTX_free(context);
	return good ? 0 : -1;
}

int nas_cipher(const struct secret *key, const struct nas_input *input,
	       const uint8_t *in, size_t size, uint8_t *out,
	       struct fault *fault)
{
	uint8_t start[BLOCK_SIZE] = { 0 };
	int error = arguments_check(key, input, size, fault);

	if (!error) {
		input_encode(input, start);
		if (ctr_run(key, start, in, size, out))
			error = fault_set(fault, FAULT_MEMORY,
					  "AES in counter mode failed");
	}
	if (error && size && out)
		OPENSSL_cleanse(out, size);
	return error;
}

static int cmac_run(const struct secret *key, const uint8_t head[INPUT_SIZE],
		    const uint8_t *message, size_t size,
		    uint8_t tag[BLOCK_SIZE])
{
	char cipher[] = "AES-128-CBC";
	OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher,
						 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "CMAC", NULL);
	EVP_MAC_CTX *context = mac ? EVP_MAC_CTX_new(mac) : NULL;
	size_t length = 0;
	int good;

	good = context &&
	       EVP_MAC_init(context, key->bytes, key->size, parameters) == 1 &&
	       EVP_MAC_update(context, head, INPUT_SIZE) == 1 &&
	       (!size || EVP_MAC_update(context, message, size) == 1) &&
	       EVP_MAC_final(context, tag, &length, BLOCK_SIZE) == 1 &&
	       length == BLOCK_SIZE;
	EVP_MAC_CTX_free(context);
	EVP_MAC_free(mac);
	return good ? 0 : -1;
}

int nas_mac(const struct secret *key, const struct nas_input *input,
	    const uint8_t *message, size_t size, uint8_t mac[NAS_MAC_SIZE],
	    struct fault *fault)
{
	uint8_t head[INPUT_SIZE], tag[BLOCK_SIZE];
	int error = arguments_check(key, input, size, fault);

	memset(mac, 0, NAS_MAC_SIZE);
	if (error)
		return -1;
	input_encode(input, head);
	if (cmac_run(key, head, message, size, tag))
		error = fault_set(fault, FAULT_MEMORY, "AES-CMAC failed");
	else
		memcpy(mac, tag, NAS_MAC_SIZE);
	OPENSSL_cleanse(tag, sizeof(tag));
	return error;
}
