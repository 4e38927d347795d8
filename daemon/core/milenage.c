// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

#include "milenage.h"

#define BLOCK_SIZE 16

/* A block that holds a key, or something a key follows from. */
struct block {
	uint8_t octets[BLOCK_SIZE];
};

/* One block of AES-128 in ECB mode: E_K of TS 35.206, 4. */
static bool kernel(const struct secret *k, const struct block *in,
		   struct block *out)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL);
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int size = 0;
	bool good;

	good = cipher && context && k->size == MILENAGE_KEY_SIZE &&
	       EVP_EncryptInit_ex2(context, cipher, k->bytes, NULL, NULL) ==
		       1 &&
	       EVP_EncryptUpdate(context, out->octets, &size, in->octets,
				 BLOCK_SIZE) == 1 &&
	       size == BLOCK_SIZE;
	EVP_CIPHER_CTX_free(context);
	EVP_CIPHER_free(cipher);
	return good;
}

static void block_xor(struct block *block, const uint8_t other[BLOCK_SIZE])
{
	int i;

	for (i = 0; i < BLOCK_SIZE; i++)
		block->octets[i] ^= other[i];
}

/* rot(): @in, cyclically to the left by whole octets. No copy on the stack. */
static void block_rotate(const struct block *in, unsigned int octets,
			 struct block *out)
{
	unsigned int i;

	for (i = 0; i < BLOCK_SIZE; i++)
		out->octets[i] = in->octets[(i + octets) % BLOCK_SIZE];
}

/* TEMP = E_K(RAND xor OPc). */
static bool temp_make(const struct milenage *milenage,
		      const uint8_t rand[RAND_SIZE], struct block *temp)
{
	struct block in;
	bool good;

	memcpy(in.octets, rand, BLOCK_SIZE);
	block_xor(&in, milenage->opc.bytes);
	good = kernel(&milenage->k, &in, temp);
	OPENSSL_cleanse(&in, sizeof(in));
	return good;
}

/* OUT = E_K(rot(in, r) xor c) xor OPc, for OUT2 to OUT5. The constants c differ
 * in the last octet only.
 */
static bool out_make(const struct milenage *milenage, const struct block *in,
		     unsigned int r, uint8_t c, struct block *out)
{
	struct block turned;
	bool good;

	block_rotate(in, r, &turned);
	turned.octets[BLOCK_SIZE - 1] ^= c;
	good = kernel(&milenage->k, &turned, out);
	block_xor(out, milenage->opc.bytes);
	OPENSSL_cleanse(&turned, sizeof(turned));
	return good;
}

static int keys_check(const struct secret *k, const struct secret *opc,
		      struct fault *fault)
{
	if (k->size == MILENAGE_KEY_SIZE && opc->size == MILENAGE_KEY_SIZE)
		return 0;
	return fault_set(fault, FAULT_ARGUMENT,
			 "K and OP or OPc have %zu and %zu octets, not %d",
			 k->size, opc->size, MILENAGE_KEY_SIZE);
}

static int milenage_check(const struct milenage *milenage, struct fault *fault)
{
	return keys_check(&milenage->k, &milenage->opc, fault);
}

int milenage_set(struct milenage *milenage, const struct secret *k,
		 const struct secret *opc, struct fault *fault)
{
	if (keys_check(k, opc, fault) ||
	    secret_set(&milenage->k, k->bytes, k->size) ||
	    secret_set(&milenage->opc, opc->bytes, opc->size)) {
		milenage_clear(milenage);
		return fault_set(fault, FAULT_MEMORY, "no memory for K or OPc");
	}
	return 0;
}

int milenage_set_op(struct milenage *milenage, const struct secret *k,
		    const struct secret *op, struct fault *fault)
{
	struct block in, out = { { 0 } };
	int error;

	error = milenage_set(milenage, k, op, fault);
	if (error)
		return error;
	memcpy(in.octets, op->bytes, BLOCK_SIZE);
	if (kernel(k, &in, &out)) {
		block_xor(&out, op->bytes);
		memcpy(milenage->opc.bytes, out.octets, BLOCK_SIZE);
	} else {
		milenage_clear(milenage);
		error = fault_set(fault, FAULT_MEMORY, "AES failed");
	}
	OPENSSL_cleanse(&in, sizeof(in));
	OPENSSL_cleanse(&out, sizeof(out));
	return error;
}

void milenage_clear(struct milenage *milenage)
{
	secret_clear(&milenage->k);
	secret_clear(&milenage->opc);
}

/* IN1 = SQN || AMF || SQN || AMF. */
static void in1_make(uint64_t sqn, uint16_t amf, struct block *in1)
{
	int i;

	for (i = 0; i < 6; i++)
		in1->octets[i] = (uint8_t)(sqn >> (40 - 8 * i));
	in1->octets[6] = (uint8_t)(amf >> 8);
	in1->octets[7] = (uint8_t)amf;
	memcpy(in1->octets + 8, in1->octets, 8);
}

/* OUT1 = E_K(TEMP xor rot(IN1 xor OPc, 64) xor c1) xor OPc, where c1 is 0. */
static bool out1_make(const struct milenage *milenage,
		      const uint8_t rand[RAND_SIZE], uint64_t sqn, uint16_t amf,
		      struct block *out)
{
	struct block in1, in, temp = { { 0 } };
	bool good;

	in1_make(sqn, amf, &in1);
	block_xor(&in1, milenage->opc.bytes);
	block_rotate(&in1, 8, &in);
	good = temp_make(milenage, rand, &temp);
	block_xor(&in, temp.octets);
	good = good && kernel(&milenage->k, &in, out);
	block_xor(out, milenage->opc.bytes);
	OPENSSL_cleanse(&in1, sizeof(in1));
	OPENSSL_cleanse(&in, sizeof(in));
	OPENSSL_cleanse(&temp, sizeof(temp));
	return good;
}

int milenage_f1(const struct milenage *milenage, const uint8_t rand[RAND_SIZE],
		uint64_t sqn, uint16_t amf, uint8_t mac_a[MAC_SIZE],
		uint8_t mac_s[MAC_SIZE], struct fault *fault)
{
	struct block out = { { 0 } };
	int error = milenage_check(milenage, fault);

	memset(mac_a, 0, MAC_SIZE);
	memset(mac_s, 0, MAC_SIZE);
	if (!error && sqn > SQN_MAX)
		error = fault_set(fault, FAULT_ARGUMENT,
				  "SQN has more than 48 bits");
	if (error)
		return -1;
	if (out1_make(milenage, rand, sqn, amf, &out)) {
		memcpy(mac_a, out.octets, MAC_SIZE);
		memcpy(mac_s, out.octets + MAC_SIZE, MAC_SIZE);
	} else {
		error = fault_set(fault, FAULT_MEMORY, "AES failed");
	}
	OPENSSL_cleanse(&out, sizeof(out));
	return error;
}

static uint64_t block_ak(const struct block *block)
{
	uint64_t ak = 0;
	int i;

	for (i = 0; i < AK_SIZE; i++)
		ak = ak << 8 | block->octets[i];
	return ak;
}

static bool outputs_make(const struct milenage *milenage,
			 const struct block *in, struct block *block,
			 struct milenage_output *out)
{
	if (!out_make(milenage, in, 0, 1, block) ||
	    secret_set(&out->res, block->octets + 8, RES_SIZE))
		return false;
	out->ak = block_ak(block);
	if (!out_make(milenage, in, 4, 2, block) ||
	    secret_set(&out->ck, block->octets, CK_SIZE) ||
	    !out_make(milenage, in, 8, 4, block) ||
	    secret_set(&out->ik, block->octets, IK_SIZE) ||
	    !out_make(milenage, in, 12, 8, block))
		return false;
	out->ak_star = block_ak(block);
	return true;
}

int milenage_f2345(const struct milenage *milenage,
		   const uint8_t rand[RAND_SIZE], struct milenage_output *out,
		   struct fault *fault)
{
	struct block temp = { { 0 } }, block = { { 0 } };
	int error = milenage_check(milenage, fault);
	bool good = false;

	if (!error) {
		good = temp_make(milenage, rand, &temp);
		block_xor(&temp, milenage->opc.bytes);
		good = good && outputs_make(milenage, &temp, &block, out);
		if (!good)
			error = fault_set(fault, FAULT_MEMORY,
					  "MILENAGE failed");
	}
	if (!good)
		milenage_output_clear(out);
	OPENSSL_cleanse(&temp, sizeof(temp));
	OPENSSL_cleanse(&block, sizeof(block));
	return error;
}

void milenage_output_clear(struct milenage_output *out)
{
	secret_clear(&out->res);
	secret_clear(&out->ck);
	secret_clear(&out->ik);
	out->ak = 0;
	out->ak_star = 0;
}
