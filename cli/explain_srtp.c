// SPDX-License-Identifier: GPL-2.0-or-later
/* SRTP and SRTCP packets: RFC 3711, with the MKI of MBMS. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include <linux/mbsec.h>

#include "core/buf.h"
#include "core/mbms_profile.h"
#include "core/srtp_kdf.h"

#include "explain.h"
#include "explain_crypt.h"

/* RTP and RTCP on one port: RFC 5761, 4. */
#define RTCP_TYPE_MIN 192
#define RTCP_TYPE_MAX 223
#define RTCP_HEADER_SIZE 8
#define INDEX_SIZE 4
#define ROC_SIZE 4
#define INDEX_ENCRYPTED 0x80000000

/*
 * Sizes of MKI, ROC and tag that are tried, those of MBMS first. Then those of
 * RFC 4771: a ROC and the tag, and tags that are as long as both.
 */
static const struct trailer {
	size_t mki_size;
	size_t roc_size;
	size_t tag_size;
} trailers[] = {
	{ MBMS_MKI_SIZE, 0, 10 },	 { 0, 0, 10 },
	{ MBMS_MKI_SIZE, ROC_SIZE, 10 }, { 0, ROC_SIZE, 10 },
	{ MBMS_MKI_SIZE, 0, 14 },	 { 0, 0, 14 },
	{ MBMS_MKI_SIZE, 0, 4 },	 { 0, 0, 4 },
	{ MBMS_MKI_SIZE, ROC_SIZE, 4 },	 { 0, ROC_SIZE, 4 },
	{ MBMS_MKI_SIZE, 0, 8 },	 { 0, 0, 8 },
};

/**
 * struct packet - what of a packet is where
 * @is_rtcp: SRTCP
 * @header_size: octets that are never encrypted
 * @ssrc: of the sender
 * @sequence: sequence number of RTP
 */
struct packet {
	bool is_rtcp;
	size_t header_size;
	uint32_t ssrc;
	uint16_t sequence;
};

static int check_version(struct explain *explain, uint8_t first)
{
	if (first >> 6 == 2)
		return 0;
	return fault_set(&explain->fault, FAULT_MALFORMED,
			 "version is %u, not 2", first >> 6);
}

static int extension_read(struct explain *explain, struct reader *reader)
{
	uint16_t profile = reader_u16(reader);
	size_t size = 4 * (size_t)reader_u16(reader);
	const uint8_t *data = reader_bytes(reader, size);

	if (reader_check(reader, "RTP header extension", &explain->fault))
		return -1;
	explain_text(explain, "extension profile", "%04x", profile);
	explain_octets(explain, "extension data", data, size);
	return 0;
}

static int rtp_read(struct explain *explain, struct packet *packet)
{
	struct reader reader;
	const uint8_t *sources;
	uint8_t first, second;

	reader_init(&reader, explain->data, explain->size);
	explain_part(explain, "RTP header", "SRTP",
		     "RFC 3550, 5.1; RFC 3711, 3.1");
	first = reader_u8(&reader);
	second = reader_u8(&reader);
	if (reader_check(&reader, "RTP header", &explain->fault) ||
	    check_version(explain, first))
		return -1;
	explain_number(explain, "version", first >> 6);
	explain_flag(explain, "padding", first & 0x20);
	explain_flag(explain, "extension", first & 0x10);
	explain_number(explain, "CSRC count", first & 15);
	explain_flag(explain, "marker", second & 0x80);
	explain_number(explain, "payload type", second & 0x7f);
	packet->sequence = reader_u16(&reader);
	if (reader_check(&reader, "RTP sequence number", &explain->fault))
		return -1;
	explain_number(explain, "sequence number", packet->sequence);
	explain_number(explain, "timestamp", reader_u32(&reader));
	packet->ssrc = reader_u32(&reader);
	if (reader_check(&reader, "RTP header", &explain->fault))
		return -1;
	explain_text(explain, "SSRC", "%08" PRIx32, packet->ssrc);
	sources = reader_bytes(&reader, 4 * (first & 15));
	if (reader_check(&reader, "RTP list of CSRCs", &explain->fault))
		return -1;
	if (first & 15)
		explain_octets(explain, "CSRCs", sources, 4 * (first & 15));
	if (first & 0x10 && extension_read(explain, &reader))
		return -1;
	packet->header_size = reader.pos;
	return 0;
}

static int rtcp_read(struct explain *explain, struct packet *packet)
{
	struct reader reader;
	uint8_t first;

	reader_init(&reader, explain->data, explain->size);
	explain_part(explain, "RTCP header", "SRTCP",
		     "RFC 3550, 6.4; RFC 3711, 3.4");
	first = reader_u8(&reader);
	if (check_version(explain, first))
		return -1;
	explain_number(explain, "version", first >> 6);
	explain_flag(explain, "padding", first & 0x20);
	explain_number(explain, "count", first & 31);
	explain_number(explain, "packet type", reader_u8(&reader));
	explain_number(explain, "length", reader_u16(&reader));
	packet->ssrc = reader_u32(&reader);
	if (reader_check(&reader, "RTCP header", &explain->fault))
		return -1;
	explain_text(explain, "SSRC", "%08" PRIx32, packet->ssrc);
	packet->header_size = RTCP_HEADER_SIZE;
	return 0;
}

/* Octets under the MAC, or 0 if the packet is too short for the trailer. */
static size_t covered_size(const struct explain *explain,
			   const struct packet *packet,
			   const struct trailer *trailer)
{
	size_t behind =
		trailer->mki_size + trailer->roc_size + trailer->tag_size;
	size_t least = packet->header_size + (packet->is_rtcp ? INDEX_SIZE : 0);

	if (packet->is_rtcp && trailer->roc_size)
		return 0;
	return explain->size >= least + behind ? explain->size - behind : 0;
}

/* That of the packet goes before that of the user. */
static uint64_t roc_of(const struct explain *explain,
		       const struct trailer *trailer)
{
	struct reader reader;

	if (!trailer->roc_size)
		return explain->keys->roc;
	reader_init(&reader,
		    explain->data + explain->size - trailer->tag_size -
			    trailer->roc_size,
		    trailer->roc_size);
	return reader_u32(&reader);
}

static bool tag_matches(const struct explain *explain,
			const struct packet *packet,
			const struct trailer *trailer,
			const struct srtp_keys *keys)
{
	size_t covered = covered_size(explain, packet, trailer);
	uint8_t roc[4], mac[EXPLAIN_MAC_MAX];
	const struct explain_slice slices[] = {
		{ explain->data, covered },
		{ roc, sizeof(roc) },
	};
	struct writer writer;

	if (!covered)
		return false;
	writer_init(&writer, roc, sizeof(roc));
	writer_u32(&writer, roc_of(explain, trailer));
	return !explain_hmac("SHA1", &keys->auth, slices,
			     packet->is_rtcp ? 1 : 2, mac) &&
	       !CRYPTO_memcmp(mac,
			      explain->data + explain->size - trailer->tag_size,
			      trailer->tag_size);
}

static void show_mki(struct explain *explain, const uint8_t *mki)
{
	uint32_t msk_id;
	uint16_t mtk_id;

	mbms_mki_decode(mki, &msk_id, &mtk_id);
	explain_octets(explain, "MKI", mki, MBMS_MKI_SIZE);
	explain_text(explain, "MSK ID", "%08" PRIx32, msk_id);
	explain_number(explain, "MTK ID", mtk_id);
}

/* IV = salt, SSRC and index: RFC 3711, 4.1.1. */
static void show_plain(struct explain *explain, const struct packet *packet,
		       const struct srtp_keys *keys, uint64_t index,
		       const uint8_t *data, size_t size)
{
	uint8_t block[EXPLAIN_BLOCK_SIZE], mask[EXPLAIN_BLOCK_SIZE];
	uint8_t *plain = malloc(size + 1);
	struct writer writer;

	writer_init(&writer, mask, sizeof(mask));
	writer_u32(&writer, 0);
	writer_u32(&writer, packet->ssrc);
	writer_u64(&writer, index << 16);
	memset(block, 0, sizeof(block));
	memcpy(block, keys->salt.bytes, SRTP_SALT_SIZE);
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] ^= mask[i];
	if (plain &&
	    !explain_aes_ctr(&keys->encryption, block, data, size, plain))
		explain_octets(explain, "cleartext", plain, size);
	OPENSSL_cleanse(block, sizeof(block));
	free(plain);
}

/* keys is NULL as long as nothing is verified. */
static void show_rest(struct explain *explain, const struct packet *packet,
		      const struct trailer *trailer,
		      const struct srtp_keys *keys)
{
	size_t covered = covered_size(explain, packet, trailer);
	size_t end = covered - (packet->is_rtcp ? INDEX_SIZE : 0);
	size_t size = end - packet->header_size;
	const uint8_t *data = explain->data + packet->header_size;
	uint64_t index = roc_of(explain, trailer) << 16 | packet->sequence;
	bool encrypted = explain->keys->suite != MBSEC_SUITE_NULL_HMAC_SHA1_80;

	if (packet->is_rtcp) {
		struct reader reader;

		reader_init(&reader, explain->data + end, INDEX_SIZE);
		index = reader_u32(&reader);
		encrypted = index & INDEX_ENCRYPTED;
		index &= ~(uint64_t)INDEX_ENCRYPTED;
		explain_flag(explain, "E flag", encrypted);
	}
	explain_number(explain,
		       packet->is_rtcp ? "SRTCP index" : "packet index", index);
	explain_octets(explain, encrypted ? "ciphertext" : "cleartext", data,
		       size);
	if (trailer->mki_size)
		show_mki(explain, explain->data + covered);
	if (trailer->roc_size)
		explain_number(explain, "ROC", roc_of(explain, trailer));
	explain_octets(explain, "authentication tag",
		       explain->data + explain->size - trailer->tag_size,
		       trailer->tag_size);
	if (keys && encrypted)
		show_plain(explain, packet, keys, index, data, size);
}

static int keys_make(struct explain *explain, const struct packet *packet,
		     struct srtp_keys *keys)
{
	const struct secret *mtk = explain_keys_get(explain->keys, EXPLAIN_MTK);
	const struct secret *salt =
		explain_keys_get(explain->keys, EXPLAIN_SALT);
	struct srtp_keys srtp = {}, srtcp = {};
	struct fault fault = {};

	if (!mtk || !salt) {
		explain_check(explain, "authentication tag",
			      EXPLAIN_NOT_CHECKED, "no %s is given",
			      mtk ? "salt" : "MTK");
		return -1;
	}
	explain_secret(explain, "MTK", mtk);
	explain_secret(explain, "salt", salt);
	if (srtp_kdf(mtk, salt, &srtp, &srtcp, &fault)) {
		explain_check_fault(explain, "authentication tag", &fault);
		return -1;
	}
	*keys = packet->is_rtcp ? srtcp : srtp;
	srtp_keys_clear(packet->is_rtcp ? &srtp : &srtcp);
	return 0;
}

static void explain_payload(struct explain *explain,
			    const struct packet *packet)
{
	const struct trailer *trailer = trailers;
	struct srtp_keys keys = {};
	bool known = false;

	explain_part(explain, "payload", "with MKI and authentication tag",
		     "RFC 3711, 3.1; TS 33.246, 6.6.2");
	if (!keys_make(explain, packet, &keys)) {
		for (size_t i = 0;
		     !known && i < sizeof(trailers) / sizeof(trailers[0]); i++)
			if (tag_matches(explain, packet, &trailers[i], &keys)) {
				trailer = &trailers[i];
				known = true;
			}
		if (known)
			explain_check(explain, "authentication tag", EXPLAIN_OK,
				      "%s", "");
		else
			explain_check(
				explain, "authentication tag", EXPLAIN_WRONG,
				"not of this MTK and salt with ROC %" PRIu64
				", with and without MKI",
				explain->keys->roc);
	}
	if (!known)
		explain_text(
			explain, "layout",
			"presumed: MKI of 6 octets and tag of 10, as MBMS has them");
	if (covered_size(explain, packet, trailer))
		show_rest(explain, packet, trailer, known ? &keys : NULL);
	else
		fault_set(&explain->fault, FAULT_TRUNCATED,
			  "packet ends in MKI or authentication tag");
	srtp_keys_clear(&keys);
}

static void explain_all(struct explain *explain)
{
	struct packet packet = {};

	packet.is_rtcp = explain->size > 1 &&
			 explain->data[1] >= RTCP_TYPE_MIN &&
			 explain->data[1] <= RTCP_TYPE_MAX;
	if (packet.is_rtcp ? rtcp_read(explain, &packet) :
			     rtp_read(explain, &packet))
		return;
	explain_payload(explain, &packet);
}

const struct explain_kind explain_kind_srtp = { "srtp", false, explain_all };
