// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "aka.h"
#include "buf.h"

/* TS 33.102, 6.3.3: so that AUTS does not have to carry it. */
#define AMF_RESYNCHRONISATION 0

static void sqn_put(uint64_t sqn, uint8_t out[6])
{
	int i;

	for (i = 5; i >= 0; i--, sqn >>= 8)
		out[i] = (uint8_t)sqn;
}

static uint64_t sqn_get(struct reader *reader)
{
	uint64_t high = reader_u24(reader);

	return high << 24 | reader_u24(reader);
}

int aka_vector_build(const struct milenage *milenage,
		     const uint8_t rand[RAND_SIZE], uint64_t sqn, uint16_t amf,
		     struct aka_vector *vector, struct fault *fault)
{
	uint8_t mac_a[MAC_SIZE], mac_s[MAC_SIZE];
	struct milenage_output made = { 0 };
	int error;

	aka_vector_clear(vector);
	error = milenage_f1(milenage, rand, sqn, amf, mac_a, mac_s, fault);
	if (!error)
		error = milenage_f2345(milenage, rand, &made, fault);
	if (!error) {
		memcpy(vector->rand, rand, RAND_SIZE);
		sqn_put(sqn ^ made.ak, vector->autn);
		vector->autn[6] = (uint8_t)(amf >> 8);
		vector->autn[7] = (uint8_t)amf;
		memcpy(vector->autn + 8, mac_a, MAC_SIZE);
		vector->xres = made.res;
		vector->ck = made.ck;
		vector->ik = made.ik;
		/* They belong to @vector now. */
		made = (struct milenage_output){ 0 };
	}
	OPENSSL_cleanse(mac_s, sizeof(mac_s));
	return error;
}

void aka_vector_clear(struct aka_vector *vector)
{
	secret_clear(&vector->xres);
	secret_clear(&vector->ck);
	secret_clear(&vector->ik);
	*vector = (struct aka_vector){ 0 };
}

int aka_auts_build(const struct milenage *milenage,
		   const uint8_t rand[RAND_SIZE], uint64_t sqn_ms,
		   uint8_t auts[AUTS_SIZE], struct fault *fault)
{
	uint8_t mac_a[MAC_SIZE], mac_s[MAC_SIZE];
	struct milenage_output made = { 0 };
	int error;

	memset(auts, 0, AUTS_SIZE);
	error = milenage_f1(milenage, rand, sqn_ms, AMF_RESYNCHRONISATION,
			    mac_a, mac_s, fault);
	if (!error)
		error = milenage_f2345(milenage, rand, &made, fault);
	if (!error) {
		sqn_put(sqn_ms ^ made.ak_star, auts);
		memcpy(auts + 6, mac_s, MAC_SIZE);
	}
	milenage_output_clear(&made);
	OPENSSL_cleanse(mac_a, sizeof(mac_a));
	return error;
}

int aka_auts_check(const struct milenage *milenage,
		   const uint8_t rand[RAND_SIZE], const uint8_t auts[AUTS_SIZE],
		   uint64_t *sqn_ms, struct fault *fault)
{
	uint8_t mac_a[MAC_SIZE], mac_s[MAC_SIZE];
	struct milenage_output made = { 0 };
	struct reader reader;
	uint64_t sqn = 0;
	int error;

	*sqn_ms = 0;
	error = milenage_f2345(milenage, rand, &made, fault);
	if (!error) {
		reader_init(&reader, auts, AUTS_SIZE);
		sqn = sqn_get(&reader) ^ made.ak_star;
		milenage_output_clear(&made);
		error = milenage_f1(milenage, rand, sqn, AMF_RESYNCHRONISATION,
				    mac_a, mac_s, fault);
	}
	if (error)
		return -1;
	if (CRYPTO_memcmp(mac_s, auts + 6, MAC_SIZE))
		error = fault_set(fault, FAULT_UNAUTHENTIC,
				  "MAC-S of the AUTS does not match");
	else
		*sqn_ms = sqn;
	OPENSSL_cleanse(mac_a, sizeof(mac_a));
	OPENSSL_cleanse(mac_s, sizeof(mac_s));
	return error;
}

/* MAC-A over the number that AUTN conceals with @ak. */
static int autn_check(const struct milenage *milenage,
		      const uint8_t rand[RAND_SIZE],
		      const uint8_t autn[AUTN_SIZE], uint64_t ak, uint64_t *sqn,
		      uint16_t *amf, struct fault *fault)
{
	uint8_t mac_a[MAC_SIZE], mac_s[MAC_SIZE];
	struct reader reader;
	int error;

	reader_init(&reader, autn, AUTN_SIZE);
	*sqn = sqn_get(&reader) ^ ak;
	*amf = reader_u16(&reader);
	error = milenage_f1(milenage, rand, *sqn, *amf, mac_a, mac_s, fault);
	if (!error && CRYPTO_memcmp(mac_a, autn + 8, MAC_SIZE))
		error = fault_set(fault, FAULT_UNAUTHENTIC,
				  "MAC of the AUTN does not match");
	OPENSSL_cleanse(mac_a, sizeof(mac_a));
	OPENSSL_cleanse(mac_s, sizeof(mac_s));
	return error;
}

/* The number is not fresh for the reason @why: AUTS goes out, and no key. */
static int answer_refuse(const struct milenage *milenage,
			 const struct aka_sqn_array *array,
			 const uint8_t rand[RAND_SIZE],
			 struct aka_answer *answer, const struct fault *why,
			 struct fault *fault)
{
	uint16_t amf = answer->amf;

	aka_answer_clear(answer);
	if (aka_auts_build(milenage, rand, aka_sqn_highest(array), answer->auts,
			   fault))
		return -1;
	answer->amf = amf;
	answer->resynchronise = true;
	return fault_set(fault, why->code, "%s", why->text);
}

int aka_challenge_check(const struct milenage *milenage,
			struct aka_sqn_array *array,
			const struct aka_sqn_policy *policy,
			const uint8_t rand[RAND_SIZE],
			const uint8_t autn[AUTN_SIZE],
			struct aka_answer *answer, struct fault *fault)
{
	struct milenage_output made = { 0 };
	struct fault why = { 0 };
	uint64_t sqn = 0;
	uint16_t amf = 0;

	aka_answer_clear(answer);
	if (milenage_f2345(milenage, rand, &made, fault))
		return -1;
	if (autn_check(milenage, rand, autn, made.ak, &sqn, &amf, fault)) {
		milenage_output_clear(&made);
		return -1;
	}
	answer->res = made.res;
	answer->ck = made.ck;
	answer->ik = made.ik;
	answer->amf = amf;
	if (aka_sqn_accept(array, policy, sqn, &why))
		return answer_refuse(milenage, array, rand, answer, &why,
				     fault);
	return 0;
}

void aka_answer_clear(struct aka_answer *answer)
{
	secret_clear(&answer->res);
	secret_clear(&answer->ck);
	secret_clear(&answer->ik);
	*answer = (struct aka_answer){ 0 };
}

int aka_autn_mask_gba_u(const struct secret *ik, uint8_t autn[AUTN_SIZE],
			struct fault *fault)
{
	uint8_t digest[20];
	size_t size = 0;
	int i;

	if (secret_check(ik, IK_SIZE, "IK", fault))
		return -1;
	if (EVP_Q_digest(NULL, "SHA1", NULL, ik->bytes, ik->size, digest,
			 &size) != 1)
		return fault_set(fault, FAULT_MEMORY, "SHA-1 failed");
	for (i = 0; i < MAC_SIZE; i++)
		autn[8 + i] ^= digest[i];
	OPENSSL_cleanse(digest, sizeof(digest));
	return 0;
}
