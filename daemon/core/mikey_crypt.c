// SPDX-License-Identifier: GPL-2.0-or-later
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "kdf.h"
#include "mikey_crypt.h"

/* First words of the PRF's labels: RFC 3830, 4.1.3 and 4.1.4. */
#define PSK_ENCRYPTION 0x150533e1
#define PSK_AUTHENTICATION 0x2d22ac75
#define PSK_SALT 0x29b88916
#define TGK_TEK 0x2ad01c64
#define TGK_AUTHENTICATION 0x1b5c7973
#define TGK_ENCRYPTION 0x15798cef
#define TGK_SALT 0x39a2c14b

/* In the place of the CS ID in labels for the pre-shared key itself. */
#define CS_ID_PSK 0xff

#define LABEL_SIZE_MAX (4 + 1 + 4 + MIKEY_RAND_MAX)
#define IV_SIZE 16

/* What the keys are derived from; @label has room for LABEL_SIZE_MAX octets. */
static void make_label(uint32_t constant, uint8_t cs_id, uint32_t csb_id,
		       const struct mikey_bytes *rand, uint8_t *label,
		       struct kdf_mikey_key *key)
{
	struct writer writer;

	writer_init(&writer, label, LABEL_SIZE_MAX);
	writer_u32(&writer, constant);
	writer_u8(&writer, cs_id);
	writer_u32(&writer, csb_id);
	writer_bytes(&writer, rand->data, rand->size);
	key->label = label;
	key->label_size = writer.length;
}

static int check_rand(const struct mikey_bytes *rand, struct fault *fault)
{
	if (rand->size >= MIKEY_RAND_MIN && rand->size <= MIKEY_RAND_MAX)
		return 0;
	return fault_set(fault, FAULT_ARGUMENT,
			 "RAND has %zu octets, not %d to %d", rand->size,
			 MIKEY_RAND_MIN, MIKEY_RAND_MAX);
}

int mikey_keys_derive(struct mikey_keys *keys, const struct secret *psk,
		      uint32_t csb_id, const struct mikey_bytes *rand,
		      struct fault *fault)
{
	static const uint32_t constants[] = {
		PSK_ENCRYPTION,
		PSK_SALT,
		PSK_AUTHENTICATION,
	};
	struct kdf_mikey_key wanted[] = {
		{ .size = MIKEY_ENCRYPTION_KEY_SIZE, .out = &keys->encryption },
		{ .size = MIKEY_SALT_SIZE, .out = &keys->salt },
		{ .size = MIKEY_AUTHENTICATION_KEY_SIZE,
		  .out = &keys->authentication },
	};
	uint8_t labels[3][LABEL_SIZE_MAX];
	size_t i;

	mikey_keys_clear(keys);
	if (check_rand(rand, fault))
		return -1;
	for (i = 0; i < 3; i++)
		make_label(constants[i], CS_ID_PSK, csb_id, rand, labels[i],
			   &wanted[i]);
	return kdf_mikey_keys(psk, wanted, 3, fault);
}

void mikey_keys_clear(struct mikey_keys *keys)
{
	secret_clear(&keys->encryption);
	secret_clear(&keys->salt);
	secret_clear(&keys->authentication);
}

int mikey_tgk_derive(const struct secret *tgk, enum mikey_tgk_use use,
		     uint8_t cs_id, uint32_t csb_id,
		     const struct mikey_bytes *rand, size_t size,
		     struct secret *out, struct fault *fault)
{
	static const uint32_t constants[] = {
		[MIKEY_TGK_TEK] = TGK_TEK,
		[MIKEY_TGK_AUTHENTICATION] = TGK_AUTHENTICATION,
		[MIKEY_TGK_ENCRYPTION] = TGK_ENCRYPTION,
		[MIKEY_TGK_SALT_KEY] = TGK_SALT,
	};

	struct kdf_mikey_key wanted = { .size = size, .out = out };
	uint8_t label[LABEL_SIZE_MAX];

	if (check_rand(rand, fault)) {
		secret_clear(out);
		return -1;
	}
	make_label(constants[use], cs_id, csb_id, rand, label, &wanted);
	return kdf_mikey_keys(tgk, &wanted, 1, fault);
}

/* IV = (salt XOR (0x0000 || CSB ID || T)) || 0x0000: RFC 3830, 4.2.3. A counter
 * takes the place of the 64-bit T with zeroes before it.
 */
static void make_iv(const struct mikey_message *message,
		    const struct secret *salt, uint8_t iv[IV_SIZE])
{
	struct writer writer;
	size_t i;

	writer_init(&writer, iv, IV_SIZE);
	writer_u16(&writer, 0);
	writer_u32(&writer, message->csb_id);
	writer_u64(&writer, message->timestamp);
	writer_u16(&writer, 0);
	for (i = 0; i < MIKEY_SALT_SIZE; i++)
		iv[i] ^= salt->bytes[i];
}

/* Encrypts or decrypts, which is the same in counter mode. */
static int crypt(const struct mikey_message *message,
		 const struct mikey_keys *keys, const uint8_t *in, size_t size,
		 uint8_t *out, struct fault *fault)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	uint8_t iv[IV_SIZE];
	int length, done;

	make_iv(message, &keys->salt, iv);
	done = context &&
	       EVP_EncryptInit_ex2(context, EVP_aes_128_ctr(),
				   keys->encryption.bytes, iv, NULL) &&
	       EVP_EncryptUpdate(context, out, &length, in, (int)size) &&
	       (size_t)length == size;
	EVP_CIPHER_CTX_free(context);
	OPENSSL_cleanse(iv, sizeof(iv));
	if (!done)
		return fault_set(fault, FAULT_MEMORY, "AES-CM-128 failed");
	return 0;
}

/* HMAC-SHA-1 over the first @covered octets and the extra ones. */
static int make_mac(const uint8_t *octets, size_t covered,
		    const struct mikey_bytes *extra, const struct secret *key,
		    uint8_t mac[MIKEY_MAC_SIZE], struct fault *fault)
{
	uint8_t text[MIKEY_SIZE_MAX + 2 * MIKEY_ID_MAX + 8];
	struct writer writer;

	writer_init(&writer, text, sizeof(text));
	writer_bytes(&writer, octets, covered);
	if (extra)
		writer_bytes(&writer, extra->data, extra->size);
	if (writer_check(&writer, "text under the MAC", fault))
		return -1;
	if (!HMAC(EVP_sha1(), key->bytes, (int)key->size, text, writer.length,
		  mac, NULL))
		return fault_set(fault, FAULT_MEMORY, "HMAC-SHA-1 failed");
	return 0;
}

/* Writes the message and replaces its last octets by the MAC. */
static int encode_with_mac(const struct mikey_message *message,
			   const struct secret *key,
			   const struct mikey_bytes *extra,
			   struct writer *writer, struct fault *fault)
{
	struct writer before = *writer;
	size_t start = writer->length;
	uint8_t *mac;

	if (mikey_encode(message, writer, fault))
		return -1;
	mac = writer->data + writer->length - MIKEY_MAC_SIZE;
	if (!make_mac(writer->data + start,
		      (size_t)(mac - writer->data) - start, extra, key, mac,
		      fault))
		return 0;
	*writer = before;
	return -1;
}

static int encrypt_key(const struct mikey_message *message,
		       const struct mikey_keys *keys,
		       const struct mikey_key *key,
		       uint8_t cipher_text[MIKEY_KEY_DATA_MAX], size_t *size,
		       struct fault *fault)
{
	uint8_t plain_text[MIKEY_KEY_DATA_MAX];
	struct writer writer;
	int result = -1;

	writer_init(&writer, plain_text, sizeof(plain_text));
	if (!mikey_key_encode(key, &writer, fault))
		result = crypt(message, keys, plain_text, writer.length,
			       cipher_text, fault);
	*size = result ? 0 : writer.length;
	OPENSSL_cleanse(plain_text, sizeof(plain_text));
	return result;
}

static int check_keys(const struct mikey_keys *keys, struct fault *fault)
{
	if (keys->encryption.size == MIKEY_ENCRYPTION_KEY_SIZE &&
	    keys->salt.size == MIKEY_SALT_SIZE &&
	    keys->authentication.size == MIKEY_AUTHENTICATION_KEY_SIZE)
		return 0;
	return fault_set(fault, FAULT_ARGUMENT,
			 "keys of the message have not been derived");
}

int mikey_protect(const struct mikey_message *message,
		  const struct mikey_keys *keys, const struct mikey_key *key,
		  struct writer *writer, struct fault *fault)
{
	uint8_t cipher_text[MIKEY_KEY_DATA_MAX];
	struct mikey_message copy = *message;
	size_t size = 0;

	if (check_keys(keys, fault))
		return -1;
	if (copy.type != MIKEY_PSK)
		return fault_set(fault, FAULT_ARGUMENT,
				 "only an initiator's message carries a key");
	if (key && encrypt_key(message, keys, key, cipher_text, &size, fault))
		return -1;
	copy.encrypted = (struct mikey_bytes){ cipher_text, size };
	copy.mac = (struct mikey_bytes){ 0 };
	return encode_with_mac(&copy, &keys->authentication, NULL, writer,
			       fault);
}

static int verify(const struct mikey_message *message,
		  const struct mikey_keys *keys,
		  const struct mikey_bytes *extra, struct fault *fault)
{
	uint8_t mac[MIKEY_MAC_SIZE];
	int result = 0;

	if (check_keys(keys, fault))
		return -1;
	if (message->mac.size != MIKEY_MAC_SIZE)
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "message has no MAC");
	if (make_mac(message->octets.data, message->covered, extra,
		     &keys->authentication, mac, fault))
		return -1;
	if (CRYPTO_memcmp(mac, message->mac.data, MIKEY_MAC_SIZE))
		result = fault_set(fault, FAULT_UNAUTHENTIC,
				   "MAC of the message is wrong");
	OPENSSL_cleanse(mac, sizeof(mac));
	return result;
}

int mikey_open(const struct mikey_message *message,
	       const struct mikey_keys *keys, struct mikey_key *key,
	       struct fault *fault)
{
	uint8_t plain_text[MIKEY_KEY_DATA_MAX];
	size_t size = message->encrypted.size;
	int result;

	mikey_key_clear(key);
	if (message->type != MIKEY_PSK)
		return fault_set(fault, FAULT_ARGUMENT,
				 "only an initiator's message carries a key");
	if (verify(message, keys, NULL, fault))
		return -1;
	if (!size)
		return 0;
	if (size > sizeof(plain_text))
		return fault_set(
			fault, FAULT_LIMIT,
			"KEMAC has %zu encrypted octets, more than %zu", size,
			sizeof(plain_text));
	result = crypt(message, keys, message->encrypted.data, size, plain_text,
		       fault);
	if (!result)
		result = mikey_key_decode(key, plain_text, size, fault);
	OPENSSL_cleanse(plain_text, sizeof(plain_text));
	return result;
}

int mikey_sign(const struct mikey_message *message,
	       const struct mikey_keys *keys, const struct mikey_bytes *extra,
	       struct writer *writer, struct fault *fault)
{
	struct mikey_message copy = *message;

	if (check_keys(keys, fault))
		return -1;
	if (!mikey_has(message, MIKEY_V))
		return fault_set(fault, FAULT_ARGUMENT,
				 "message has no payload V to be signed in");
	copy.mac = (struct mikey_bytes){ 0 };
	return encode_with_mac(&copy, &keys->authentication, extra, writer,
			       fault);
}

int mikey_check(const struct mikey_message *message,
		const struct mikey_keys *keys, const struct mikey_bytes *extra,
		struct fault *fault)
{
	if (!mikey_has(message, MIKEY_V))
		return fault_set(fault, FAULT_UNAUTHENTIC,
				 "message has no payload V");
	return verify(message, keys, extra, fault);
}
