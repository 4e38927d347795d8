// SPDX-License-Identifier: GPL-2.0-or-later
/* SFrame datagrams: RFC 9605 and docs/wire-format.rst. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "core/buf.h"
#include "core/sframe_kdf.h"

#include "explain.h"
#include "explain_crypt.h"
#include "names.h"

#define CONFIG_EXTENDED 0x8
#define CONFIG_VALUE 0x7

/* The suites of the wire format, those with longer tags first. */
static const struct suite {
	enum sframe_suite id;
	size_t tag_size;
} suites[] = {
	{ SFRAME_AES_128_GCM_SHA256_128, 16 },
	{ SFRAME_AES_128_CTR_HMAC_SHA256_80, 10 },
	{ SFRAME_NULL_HMAC_SHA256_80, 10 },
	{ SFRAME_AES_128_CTR_HMAC_SHA256_64, 8 },
	{ SFRAME_AES_128_CTR_HMAC_SHA256_32, 4 },
};

/* A ciphertext, and what is behind its header. */
struct sframe {
	const uint8_t *header;
	size_t header_size;
	uint64_t kid;
	uint64_t counter;
	const uint8_t *rest;
	size_t rest_size;
};

/* One field, of which the half of the config octet is given: RFC 9605, 4.3. */
static int field_read(struct reader *reader, uint8_t config, const char *what,
		      uint64_t *value, struct fault *fault)
{
	unsigned int size = (config & CONFIG_VALUE) + 1;

	*value = config;
	if (!(config & CONFIG_EXTENDED))
		return 0;
	*value = 0;
	for (unsigned int i = 0; i < size; i++)
		*value = *value << 8 | reader_u8(reader);
	if (reader_check(reader, what, fault))
		return -1;
	if (*value <= CONFIG_VALUE || (size > 1 && !(*value >> 8 * (size - 1))))
		return fault_set(fault, FAULT_MALFORMED,
				 "%s is not in the fewest octets", what);
	return 0;
}

static void show_kid(struct explain *explain, uint64_t kid)
{
	explain_text(explain, "KID", "%016" PRIx64, kid);
	if (kid >> 48 < SFRAME_SENDER_ID_MIN)
		return;
	explain_text(explain, "sender id", "0x%04x", (unsigned int)(kid >> 48));
	explain_text(explain, "MSK ID", "%08" PRIx32, (uint32_t)(kid >> 16));
	explain_number(explain, "MTK ID", (uint16_t)kid);
}

static int header_read(struct explain *explain, struct sframe *sframe)
{
	struct reader reader;
	uint8_t config;

	reader_init(&reader, explain->data, explain->size);
	config = reader_u8(&reader);
	explain_part(explain, "header", "SFrame", "RFC 9605, 4.3");
	if (reader_check(&reader, "SFrame header", &explain->fault))
		return -1;
	explain_text(explain, "config octet", "%02x", config);
	if (field_read(&reader, config >> 4, "KID", &sframe->kid,
		       &explain->fault))
		return -1;
	show_kid(explain, sframe->kid);
	if (field_read(&reader, config & 15, "CTR", &sframe->counter,
		       &explain->fault))
		return -1;
	explain_number(explain, "CTR", sframe->counter);
	sframe->header = explain->data;
	sframe->header_size = reader.pos;
	sframe->rest = explain->data + reader.pos;
	sframe->rest_size = reader_left(&reader);
	return 0;
}

static void make_nonce(const struct sframe *sframe, const struct secret *salt,
		       uint8_t nonce[EXPLAIN_BLOCK_SIZE])
{
	memset(nonce, 0, EXPLAIN_BLOCK_SIZE);
	memcpy(nonce, salt->bytes, SFRAME_SALT_SIZE);
	for (unsigned int i = 0; i < 8; i++)
		nonce[SFRAME_SALT_SIZE - 1 - i] ^= sframe->counter >> 8 * i;
}

/* RFC 9605, 4.5.1; the metadata are empty. */
static bool tag_matches(const struct sframe *sframe, const struct suite *suite,
			const struct sframe_keys *keys,
			const uint8_t nonce[EXPLAIN_BLOCK_SIZE])
{
	size_t size = sframe->rest_size - suite->tag_size;
	uint8_t lengths[24], mac[EXPLAIN_MAC_MAX];
	const struct explain_slice slices[] = {
		{ lengths, sizeof(lengths) },
		{ nonce, SFRAME_SALT_SIZE },
		{ sframe->header, sframe->header_size },
		{ sframe->rest, size },
	};
	struct writer writer;

	writer_init(&writer, lengths, sizeof(lengths));
	writer_u64(&writer, sframe->header_size);
	writer_u64(&writer, size);
	writer_u64(&writer, suite->tag_size);
	return !explain_hmac("SHA256", &keys->auth, slices, 4, mac) &&
	       !CRYPTO_memcmp(mac, sframe->rest + size, suite->tag_size);
}

/* The cleartext, of as many octets as the ciphertext, if the tag is right. */
static bool open_with(const struct sframe *sframe, const struct suite *suite,
		      const struct sframe_keys *keys,
		      const uint8_t nonce[EXPLAIN_BLOCK_SIZE], uint8_t *plain)
{
	const struct explain_slice aad = { sframe->header,
					   sframe->header_size };
	size_t size = sframe->rest_size - suite->tag_size;

	if (!keys->auth.size)
		return !explain_aes_gcm(&keys->cipher, nonce, SFRAME_SALT_SIZE,
					&aad, sframe->rest, size,
					suite->tag_size, plain);
	if (!tag_matches(sframe, suite, keys, nonce))
		return false;
	if (keys->cipher.size)
		return !explain_aes_ctr(&keys->cipher, nonce, sframe->rest,
					size, plain);
	memcpy(plain, sframe->rest, size);
	return true;
}

static void show_plain(struct explain *explain, const struct sframe *sframe,
		       const struct suite *suite, const uint8_t *plain)
{
	size_t size = sframe->rest_size - suite->tag_size;
	const char *name = names_text(&suite_names, suite->id);

	explain_named(explain, "suite", suite->id, name ? name : "unknown");
	explain_number(explain, "tag length", suite->tag_size);
	explain_octets(explain, "tag", sframe->rest + size, suite->tag_size);
	explain_octets(explain, "cleartext", plain, size);
}

/* The suite is not in the datagram: it is the one whose tag is right. */
static int suite_try(struct explain *explain, const struct sframe *sframe,
		     const struct suite *suite, const struct secret *mtk)
{
	uint8_t nonce[EXPLAIN_BLOCK_SIZE];
	struct sframe_keys keys = {};
	int result = -1;
	uint8_t *plain;

	if (sframe->rest_size < suite->tag_size ||
	    sframe_kdf(mtk, sframe->kid, suite->id, &keys, NULL))
		return -1;
	plain = malloc(sframe->rest_size + 1);
	make_nonce(sframe, &keys.salt, nonce);
	if (plain && open_with(sframe, suite, &keys, nonce, plain)) {
		explain_check(explain, "tag", EXPLAIN_OK, "%s", "");
		show_plain(explain, sframe, suite, plain);
		result = 0;
	}
	free(plain);
	OPENSSL_cleanse(nonce, sizeof(nonce));
	sframe_keys_clear(&keys);
	return result;
}

static void explain_all(struct explain *explain)
{
	const struct secret *mtk = explain_keys_get(explain->keys, EXPLAIN_MTK);
	struct sframe sframe;

	if (header_read(explain, &sframe))
		return;
	explain_part(explain, "ciphertext", "with its tag", "RFC 9605, 4.4");
	explain_octets(explain, "ciphertext and tag", sframe.rest,
		       sframe.rest_size);
	if (!mtk) {
		explain_check(explain, "tag", EXPLAIN_NOT_CHECKED,
			      "no MTK is given");
		return;
	}
	explain_secret(explain, "MTK", mtk);
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		if (!suite_try(explain, &sframe, &suites[i], mtk))
			return;
	explain_check(explain, "tag", EXPLAIN_WRONG,
		      "not of this MTK, KID and CTR with any suite");
}

const struct explain_kind explain_kind_sframe = { "sframe", false,
						  explain_all };
