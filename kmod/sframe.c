// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/math.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "sframe.h"

/*
 * Config octet: X (1 bit), K (3), Y (1), C (3). With X clear K is the key
 * identifier itself, with X set it is the number of octets less one; Y and C
 * say the same of the counter.
 */
#define CONFIG_EXTENDED 0x8
#define CONFIG_VALUE 0x7
/* 8 octets of key identifier and 5 of counter, as this module sends it. */
#define CONFIG_TX 0xfc

/**
 * mbsec_sframe_kid - key identifier of an MTK and a sender
 * @sender_id: sender, from MBSEC_SENDER_ID_MIN, which makes it 8 octets long
 * @msk_id: MSK ID
 * @mtk_id: MTK ID
 */
u64 mbsec_sframe_kid(u16 sender_id, u32 msk_id, u16 mtk_id)
{
	return (u64)sender_id << 48 | (u64)msk_id << 16 | mtk_id;
}

/** mbsec_sframe_kid_sender_id - sender id of a key identifier */
u16 mbsec_sframe_kid_sender_id(u64 kid)
{
	return kid >> 48;
}

/** mbsec_sframe_kid_msk_id - MSK ID of a key identifier */
u32 mbsec_sframe_kid_msk_id(u64 kid)
{
	return kid >> 16;
}

/** mbsec_sframe_kid_mtk_id - MTK ID of a key identifier */
u16 mbsec_sframe_kid_mtk_id(u64 kid)
{
	return kid;
}

/* Reads one field of the header, @config being its half of the config octet. */
static int mbsec_sframe_parse_field(const u8 **pos, const u8 *end, u8 config,
				    u64 *value)
{
	u8 size = (config & CONFIG_VALUE) + 1;
	u8 i;

	if (!(config & CONFIG_EXTENDED)) {
		*value = config;
		return 0;
	}
	if (end - *pos < size)
		return -EBADMSG;
	*value = 0;
	for (i = 0; i < size; i++)
		*value = *value << 8 | *(*pos)++;
	if (*value <= CONFIG_VALUE || (size > 1 && !(*value >> (8 * size - 8))))
		return -EINVAL;
	return 0;
}

/*
 * What this module sends, field by field at once. The first octet of neither is
 * 0, or they could be shorter.
 */
static bool mbsec_sframe_parse_tx(const u8 *data,
				  struct mbsec_sframe_header *header)
{
	header->kid = get_unaligned_be64(data + 1);
	header->counter = (u64)get_unaligned_be32(data + 9) << 8 | data[13];
	header->size = MBSEC_SFRAME_HEADER_TX;
	return data[1] && data[9];
}

/**
 * mbsec_sframe_parse - decode the header at the start of a ciphertext
 * @data: SFrame ciphertext
 * @size: octets in @data
 * @header: the result, undefined on failure
 *
 * Return: 0; -EBADMSG if @data ends before the header does; -EINVAL if a field
 * is not in the fewest octets, which RFC 9605 demands: a second spelling of the
 * same counter must not exist.
 */
int mbsec_sframe_parse(const u8 *data, size_t size,
		       struct mbsec_sframe_header *header)
{
	const u8 *pos = data + 1;
	int err;

	if (!size)
		return -EBADMSG;
	if (data[0] == CONFIG_TX && size >= MBSEC_SFRAME_HEADER_TX)
		return mbsec_sframe_parse_tx(data, header) ? 0 : -EINVAL;
	err = mbsec_sframe_parse_field(&pos, data + size, data[0] >> 4,
				       &header->kid);
	if (err)
		return err;
	err = mbsec_sframe_parse_field(&pos, data + size, data[0] & 0xf,
				       &header->counter);
	if (err)
		return err;
	header->size = pos - data;
	return 0;
}

/* Appends one field and returns its half of the config octet. */
static u8 mbsec_sframe_encode_field(u8 **pos, u64 value)
{
	int size, shift;

	if (value <= CONFIG_VALUE)
		return value;
	size = DIV_ROUND_UP(fls64(value), 8);
	for (shift = 8 * (size - 1); shift >= 0; shift -= 8)
		*(*pos)++ = value >> shift;
	return CONFIG_EXTENDED | (size - 1);
}

/**
 * mbsec_sframe_encode - write a header
 * @out: room for MBSEC_SFRAME_HEADER_MAX octets
 * @kid: key identifier
 * @counter: counter
 *
 * Return: octets written.
 */
size_t mbsec_sframe_encode(u8 *out, u64 kid, u64 counter)
{
	u8 *pos = out + 1;
	u8 config;

	if (kid >> 56 && counter >= MBSEC_SFRAME_COUNTER_MIN &&
	    counter < MBSEC_SFRAME_COUNTER_END) {
		out[0] = CONFIG_TX;
		put_unaligned_be64(kid, out + 1);
		put_unaligned_be32(counter >> 8, out + 9);
		out[13] = counter;
		return MBSEC_SFRAME_HEADER_TX;
	}
	config = mbsec_sframe_encode_field(&pos, kid) << 4;
	config |= mbsec_sframe_encode_field(&pos, counter);
	out[0] = config;
	return pos - out;
}

/**
 * mbsec_sframe_nonce - nonce of a datagram
 * @nonce: result, MBSEC_SFRAME_NONCE_SIZE octets
 * @salt: session salt, MBSEC_SFRAME_NONCE_SIZE octets
 * @counter: counter of the datagram
 */
void mbsec_sframe_nonce(u8 *nonce, const u8 *salt, u64 counter)
{
	memcpy(nonce, salt, MBSEC_SFRAME_NONCE_SIZE - sizeof(counter));
	nonce += MBSEC_SFRAME_NONCE_SIZE - sizeof(counter);
	salt += MBSEC_SFRAME_NONCE_SIZE - sizeof(counter);
	put_unaligned_be64(get_unaligned_be64(salt) ^ counter, nonce);
}
