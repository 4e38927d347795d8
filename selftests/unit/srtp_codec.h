/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SRTP in user space: the module's view of packets, with AES and HMAC of OpenSSL
 * in place of the kernel's.
 */
#ifndef _UNIT_SRTP_CODEC_H
#define _UNIT_SRTP_CODEC_H

#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "srtp.h"

#define CODEC_PACKET_MAX 2048

/* Session keys of SRTP, or of SRTCP; a cipher key of 0 octets is the null cipher. */
struct codec_keys {
	uint8_t cipher[32];
	size_t cipher_size;
	uint8_t auth[20];
	uint8_t salt[MBSEC_SRTP_SALT_SIZE];
};

struct codec_packet {
	uint8_t octets[CODEC_PACKET_MAX];
	size_t size;
};

static inline void codec_number(uint8_t *out, uint64_t number, size_t size)
{
	while (size--) {
		out[size] = (uint8_t)number;
		number >>= 8;
	}
}

/* AES counter mode from a given initial block, in place. */
static inline void codec_key_stream(const struct codec_keys *keys,
				    const uint8_t *block, uint8_t *text,
				    size_t size)
{
	const EVP_CIPHER *cipher = keys->cipher_size == 32 ? EVP_aes_256_ctr() :
							     EVP_aes_128_ctr();
	EVP_CIPHER_CTX *context;
	int length = 0;

	if (!keys->cipher_size)
		return;
	context = EVP_CIPHER_CTX_new();
	assert_non_null(context);
	assert_int_equal(EVP_EncryptInit_ex2(context, cipher, keys->cipher,
					     block, NULL),
			 1);
	assert_int_equal(
		EVP_EncryptUpdate(context, text, &length, text, (int)size), 1);
	assert_int_equal(length, size);
	EVP_CIPHER_CTX_free(context);
}

static inline void codec_crypt(const struct codec_keys *keys, uint32_t ssrc,
			       uint64_t index, uint8_t *text, size_t size)
{
	uint8_t block[MBSEC_SRTP_BLOCK_SIZE];

	mbsec_srtp_block(block, keys->salt, ssrc, index);
	codec_key_stream(keys, block, text, size);
}

/* All 20 octets of the MAC; of SRTP the ROC is signed too. */
static inline void codec_mac(const struct codec_keys *keys,
			     const struct mbsec_srtp_header *header,
			     const uint8_t *data, size_t size, uint64_t index,
			     uint8_t *mac)
{
	uint8_t text[CODEC_PACKET_MAX + MBSEC_SRTP_ROC_SIZE];

	memcpy(text, data, size);
	if (!header->rtcp) {
		codec_number(text + size, index >> 16, MBSEC_SRTP_ROC_SIZE);
		size += MBSEC_SRTP_ROC_SIZE;
	}
	assert_non_null(HMAC(EVP_sha1(), keys->auth, sizeof(keys->auth), text,
			     size, mac, NULL));
}

static inline void codec_protect(const struct mbsec_srtp_form *form,
				 const struct codec_keys *keys, uint64_t kid,
				 uint64_t index, struct codec_packet *packet)
{
	uint64_t trailer = index |
			   (keys->cipher_size ? MBSEC_SRTCP_ENCRYPTED : 0);
	struct mbsec_srtp_header header;
	struct mbsec_srtp_layout layout;
	uint8_t *data = packet->octets;
	uint8_t mac[MBSEC_SRTP_TAG_MAX];

	assert_int_equal(mbsec_srtp_parse(data, packet->size, &header), 0);
	mbsec_srtp_arrange(form, &header, (u32)packet->size - header.size,
			   &layout);
	assert_true(layout.size <= sizeof(packet->octets));
	codec_crypt(keys, header.ssrc, index, data + layout.text,
		    layout.text_size);
	if (header.rtcp)
		codec_number(data + layout.text + layout.text_size, trailer,
			     MBSEC_SRTCP_INDEX_SIZE);
	codec_mac(keys, &header, data, layout.signed_size, index, mac);
	if (form->mki_size)
		mbsec_srtp_mki_write(data + layout.mki, kid);
	codec_number(data + layout.roc, index >> 16, layout.roc_size);
	memcpy(data + layout.mac, mac, layout.mac_size);
	packet->size = layout.size;
}

/* False, and the packet unchanged, if the MAC is wrong or there is no room. */
static inline bool codec_unprotect(const struct mbsec_srtp_form *form,
				   const struct codec_keys *keys,
				   uint64_t index, struct codec_packet *packet)
{
	struct mbsec_srtp_header header;
	struct mbsec_srtp_layout layout;
	uint8_t *data = packet->octets;
	uint8_t mac[MBSEC_SRTP_TAG_MAX];

	if (mbsec_srtp_parse(data, packet->size, &header) ||
	    mbsec_srtp_dissect(form, &header, packet->size, &layout))
		return false;
	codec_mac(keys, &header, data, layout.signed_size, index, mac);
	if (memcmp(mac, data + layout.mac, layout.mac_size))
		return false;
	codec_crypt(keys, header.ssrc, index, data + layout.text,
		    layout.text_size);
	packet->size = layout.text + layout.text_size;
	return true;
}

#endif /* _UNIT_SRTP_CODEC_H */
