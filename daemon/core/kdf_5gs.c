// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "kdf_5gs.h"
#include "text.h"

#define FC_CK_IK_PRIME 0x20
#define FC_NAS 0x69
#define FC_KAUSF 0x6a
#define FC_RES_STAR 0x6b
#define FC_KSEAF 0x6c
#define FC_KAMF 0x6d
#define FC_KAKMA 0x80
#define FC_A_TID 0x81
#define FC_KAF 0x82

#define KEY_SIZE 32 /* KAUSF, KSEAF, KAMF, KAKMA */
#define NAME_SIZE_MAX 255
#define ALGORITHM_MAX 15

/* Makes a parameter of a name, or fails. */
static int name_parameter(const char *name, const char *what,
			  struct kdf_parameter *parameter, struct fault *fault)
{
	size_t length = strnlen(name, NAME_SIZE_MAX + 1);

	*parameter = (struct kdf_parameter){ name, length };
	if (length && length <= NAME_SIZE_MAX && text_is_plain(name, length))
		return 0;
	return fault_set(fault, FAULT_ARGUMENT,
			 "%s is empty, too long or not plain text", what);
}

/* Derives from CK || IK, with @name as P0. Each caller has one or two more. */
static int ck_ik_derive(const struct secret *ck, const struct secret *ik,
			unsigned int fc, const char *name,
			const struct kdf_parameter *more, size_t count,
			struct secret *out, struct fault *fault)
{
	struct kdf_parameter parameters[3];
	struct secret key = { 0 };
	int error = name_parameter(name, "network name", &parameters[0], fault);

	if (!error)
		error = kdf_ks(ck, ik, &key, fault);
	if (error) {
		secret_clear(out);
		return -1;
	}
	memcpy(parameters + 1, more, count * sizeof(*more));
	error = kdf_derive(&key, fc, parameters, count + 1, out, fault);
	secret_clear(&key);
	return error;
}

int kdf_kausf(const struct secret *ck, const struct secret *ik,
	      const char *serving_network, const uint8_t sqn_xor_ak[SQN_SIZE],
	      struct secret *kausf, struct fault *fault)
{
	struct kdf_parameter sqn = { sqn_xor_ak, SQN_SIZE };

	return ck_ik_derive(ck, ik, FC_KAUSF, serving_network, &sqn, 1, kausf,
			    fault);
}

int kdf_ck_ik_prime(const struct secret *ck, const struct secret *ik,
		    const char *network, const uint8_t sqn_xor_ak[SQN_SIZE],
		    struct secret *ck_prime, struct secret *ik_prime,
		    struct fault *fault)
{
	struct kdf_parameter sqn = { sqn_xor_ak, SQN_SIZE };
	struct secret both = { 0 };
	int error = ck_ik_derive(ck, ik, FC_CK_IK_PRIME, network, &sqn, 1,
				 &both, fault);

	if (!error && (secret_set(ck_prime, both.bytes, CK_SIZE) ||
		       secret_set(ik_prime, both.bytes + CK_SIZE, IK_SIZE)))
		error = fault_set(fault, FAULT_MEMORY,
				  "no memory for CK' and IK'");
	secret_clear(&both);
	if (error) {
		secret_clear(ck_prime);
		secret_clear(ik_prime);
	}
	return error;
}

int kdf_res_star(const struct secret *ck, const struct secret *ik,
		 const char *serving_network, const uint8_t rand[RAND_SIZE],
		 const uint8_t *res, size_t res_size,
		 uint8_t res_star[RES_STAR_SIZE], struct fault *fault)
{
	struct kdf_parameter more[] = { { rand, RAND_SIZE },
					{ res, res_size } };
	struct secret whole = { 0 };
	int error;

	memset(res_star, 0, RES_STAR_SIZE);
	if (res_size < 4 || res_size > 16)
		return fault_set(fault, FAULT_ARGUMENT,
				 "RES has %zu octets, not 4 to 16", res_size);
	error = ck_ik_derive(ck, ik, FC_RES_STAR, serving_network, more, 2,
			     &whole, fault);
	if (!error)
		memcpy(res_star, whole.bytes + KDF_SIZE - RES_STAR_SIZE,
		       RES_STAR_SIZE);
	secret_clear(&whole);
	return error;
}

int kdf_hres_star(const uint8_t rand[RAND_SIZE],
		  const uint8_t res_star[RES_STAR_SIZE],
		  uint8_t hres_star[RES_STAR_SIZE], struct fault *fault)
{
	uint8_t text[RAND_SIZE + RES_STAR_SIZE], digest[32];
	size_t size = 0;
	int error = 0;

	memcpy(text, rand, RAND_SIZE);
	memcpy(text + RAND_SIZE, res_star, RES_STAR_SIZE);
	memset(hres_star, 0, RES_STAR_SIZE);
	if (EVP_Q_digest(NULL, "SHA256", NULL, text, sizeof(text), digest,
			 &size) == 1)
		memcpy(hres_star, digest + sizeof(digest) - RES_STAR_SIZE,
		       RES_STAR_SIZE);
	else
		error = fault_set(fault, FAULT_MEMORY, "SHA-256 failed");
	OPENSSL_cleanse(text, sizeof(text));
	OPENSSL_cleanse(digest, sizeof(digest));
	return error;
}

int kdf_kseaf(const struct secret *kausf, const char *serving_network,
	      struct secret *kseaf, struct fault *fault)
{
	struct kdf_parameter name;

	if (secret_check(kausf, KEY_SIZE, "KAUSF", fault) ||
	    name_parameter(serving_network, "network name", &name, fault)) {
		secret_clear(kseaf);
		return -1;
	}
	return kdf_derive(kausf, FC_KSEAF, &name, 1, kseaf, fault);
}

int kdf_kamf(const struct secret *kseaf, const char *supi, const uint8_t *abba,
	     size_t abba_size, struct secret *kamf, struct fault *fault)
{
	struct kdf_parameter parameters[2] = { { NULL, 0 },
					       { abba, abba_size } };
	int error = secret_check(kseaf, KEY_SIZE, "KSEAF", fault);

	if (!error)
		error = name_parameter(supi, "SUPI", &parameters[0], fault);
	if (!error && (abba_size < 2 || abba_size > ABBA_SIZE_MAX))
		error = fault_set(fault, FAULT_ARGUMENT,
				  "ABBA has %zu octets, not 2 to %d", abba_size,
				  ABBA_SIZE_MAX);
	if (error) {
		secret_clear(kamf);
		return -1;
	}
	return kdf_derive(kseaf, FC_KAMF, parameters, 2, kamf, fault);
}

int kdf_nas_key(const struct secret *parent, unsigned int fc,
		enum nas_key_type type, unsigned int algorithm,
		struct secret *key, struct fault *fault)
{
	uint8_t distinguisher = (uint8_t)type;
	uint8_t identity = (uint8_t)algorithm;
	int error =
		secret_check(parent, KEY_SIZE, "key above the NAS keys", fault);

	if (!error && type != NAS_KEY_ENCRYPTION && type != NAS_KEY_INTEGRITY)
		error = fault_set(fault, FAULT_ARGUMENT,
				  "type %d of a NAS key is unknown", (int)type);
	if (!error && algorithm > ALGORITHM_MAX)
		error = fault_set(fault, FAULT_ARGUMENT,
				  "NAS algorithm %u is above %d", algorithm,
				  ALGORITHM_MAX);
	if (error) {
		secret_clear(key);
		return -1;
	}
	return kdf_derive_half(parent, fc,
			       (struct kdf_parameter[]){ { &distinguisher, 1 },
							 { &identity, 1 } },
			       2, key, fault);
}

int kdf_5gs_nas_key(const struct secret *kamf, enum nas_key_type type,
		    unsigned int algorithm, struct secret *key,
		    struct fault *fault)
{
	return kdf_nas_key(kamf, FC_NAS, type, algorithm, key, fault);
}

/* The two keys of AKMA that are made of KAUSF: a label and the SUPI. */
static int akma_derive(const struct secret *kausf, unsigned int fc,
		       const char *label, const char *supi, struct secret *out,
		       struct fault *fault)
{
	struct kdf_parameter parameters[2] = { { label, strlen(label) } };

	if (secret_check(kausf, KEY_SIZE, "KAUSF", fault) ||
	    name_parameter(supi, "SUPI", &parameters[1], fault)) {
		secret_clear(out);
		return -1;
	}
	return kdf_derive(kausf, fc, parameters, 2, out, fault);
}

int kdf_kakma(const struct secret *kausf, const char *supi,
	      struct secret *kakma, struct fault *fault)
{
	return akma_derive(kausf, FC_KAKMA, "AKMA", supi, kakma, fault);
}

int kdf_a_tid(const struct secret *kausf, const char *supi,
	      uint8_t a_tid[A_TID_SIZE], struct fault *fault)
{
	struct secret derived = { 0 };
	int error =
		akma_derive(kausf, FC_A_TID, "A-TID", supi, &derived, fault);

	if (error)
		memset(a_tid, 0, A_TID_SIZE);
	else
		memcpy(a_tid, derived.bytes, A_TID_SIZE);
	secret_clear(&derived);
	return error;
}

int kdf_kaf(const struct secret *kakma, const struct naf_id *af_id,
	    struct secret *kaf, struct fault *fault)
{
	uint8_t octets[NAF_ID_SIZE_MAX];
	size_t size = 0;

	if (secret_check(kakma, KEY_SIZE, "KAKMA", fault) ||
	    naf_id_encode(af_id, octets, &size, fault)) {
		secret_clear(kaf);
		return -1;
	}
	return kdf_derive(kakma, FC_KAF,
			  (struct kdf_parameter[]){ { octets, size } }, 1, kaf,
			  fault);
}

int kdf_kmbs_ue(const struct secret *kausf, const struct tmgi *tmgi,
		struct secret *kmbs_ue, struct fault *fault)
{
	uint8_t octets[TMGI_SIZE];
	size_t size = 0;
	int error = secret_check(kausf, KEY_SIZE, "KAUSF", fault);

	if (!error)
		error = tmgi_encode(tmgi, octets, &size, fault);
	/* Without the network the key would be that of other networks' groups. */
	if (!error && size != TMGI_SIZE)
		error = fault_set(fault, FAULT_ARGUMENT,
				  "TMGI for KMBS-UE has no network");
	if (error) {
		secret_clear(kmbs_ue);
		return -1;
	}
	return kdf_derive(kausf, KDF_FC_KMBS_UE,
			  (struct kdf_parameter[]){ { octets, size } }, 1,
			  kmbs_ue, fault);
}
