// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "srtp.h"

/* First octet of RTP and RTCP: V (2 bits), P (1), then X (1) and CC (4). */
#define VERSION_MASK 0xc0
#define VERSION_2 0x80
#define PADDING 0x20
#define EXTENSION 0x10
#define CSRC_COUNT 0x0f

/*
 * RFC 5761, clause 4: packet types of RTCP are in this range, and no payload
 * type of RTP is used that would look like one of them.
 */
#define RTCP_TYPE_MIN 192
#define RTCP_TYPE_MAX 223

static bool mbsec_srtp_has_version(u8 first)
{
	return (first & VERSION_MASK) == VERSION_2;
}

static int mbsec_srtp_parse_rtp(const u8 *data, size_t size,
				struct mbsec_srtp_header *header)
{
	if (size < MBSEC_SRTP_HEADER_MIN)
		return -EBADMSG;
	header->sequence = get_unaligned_be16(data + 2);
	header->ssrc = get_unaligned_be32(data + 8);
	header->size = MBSEC_SRTP_HEADER_MIN + 4 * (data[0] & CSRC_COUNT);
	if (data[0] & EXTENSION) {
		if (size < header->size + 4)
			return -EBADMSG;
		header->size +=
			4 + 4 * get_unaligned_be16(data + header->size + 2);
	}
	return size < header->size ? -EBADMSG : 0;
}

/**
 * mbsec_srtp_parse - read the header of a packet, protected or not
 * @data: UDP payload; of a long one, the first MBSEC_SRTP_PEEK octets are
 *	enough
 * @size: octets of the UDP payload
 * @header: the result, undefined on failure
 *
 * Return: 0; -EINVAL if this is neither RTP nor RTCP of version 2; -EBADMSG if
 * it ends before its header does.
 */
int mbsec_srtp_parse(const u8 *data, size_t size,
		     struct mbsec_srtp_header *header)
{
	if (size < 2)
		return -EBADMSG;
	if (!mbsec_srtp_has_version(data[0]))
		return -EINVAL;
	header->rtcp = data[1] >= RTCP_TYPE_MIN && data[1] <= RTCP_TYPE_MAX;
	if (!header->rtcp)
		return mbsec_srtp_parse_rtp(data, size, header);
	if (size < MBSEC_SRTCP_HEADER)
		return -EBADMSG;
	header->size = MBSEC_SRTCP_HEADER;
	header->ssrc = get_unaligned_be32(data + 4);
	header->sequence = 0;
	return 0;
}

/* Do the lengths of the packets that are put together in one agree with it? */
static int mbsec_srtp_check_compound(const u8 *data, size_t size)
{
	size_t one;

	for (; size; data += one, size -= one) {
		if (size < 4)
			return -EBADMSG;
		if (!mbsec_srtp_has_version(data[0]) ||
		    data[1] < RTCP_TYPE_MIN || data[1] > RTCP_TYPE_MAX)
			return -EINVAL;
		one = 4 * ((size_t)get_unaligned_be16(data + 2) + 1);
		if (size < one)
			return -EBADMSG;
		/* Only the last one may be padded. */
		if (data[0] & PADDING &&
		    (size != one || !data[one - 1] || data[one - 1] % 4 ||
		     data[one - 1] > one - 4))
			return -EINVAL;
	}
	return 0;
}

/**
 * mbsec_srtp_check_clear - is what follows the header as it says?
 * @data: UDP payload before protection, all of it
 * @size: octets of @data
 * @header: its header
 *
 * Return: 0; -EINVAL if the padding is wrong, or if something that is not RTCP
 * follows a packet of RTCP; -EBADMSG if such a packet goes past the end.
 */
int mbsec_srtp_check_clear(const u8 *data, size_t size,
			   const struct mbsec_srtp_header *header)
{
	if (header->rtcp)
		return mbsec_srtp_check_compound(data, size);
	if (!(data[0] & PADDING))
		return 0;
	if (size == header->size || !data[size - 1] ||
	    data[size - 1] > size - header->size)
		return -EINVAL;
	return 0;
}

/**
 * mbsec_srtp_form_is_authentic - does every packet have a MAC?
 * @form: form of the packets
 */
bool mbsec_srtp_form_is_authentic(const struct mbsec_srtp_form *form)
{
	switch (form->roc_mode) {
	case 1:
		return form->roc_rate == 1 &&
		       form->tag_size > MBSEC_SRTP_ROC_SIZE;
	case 2:
		return form->tag_size > MBSEC_SRTP_ROC_SIZE;
	case 3:
		return false;
	default:
		return form->tag_size;
	}
}

/**
 * mbsec_srtp_form_overhead - the most octets that protection adds
 * @form: form of the packets
 */
u32 mbsec_srtp_form_overhead(const struct mbsec_srtp_form *form)
{
	u32 rtcp = MBSEC_SRTCP_INDEX_SIZE + form->rtcp_tag_size;

	return form->mki_size + (rtcp > form->tag_size ? rtcp : form->tag_size);
}

/* Of which parts the tag of a packet is made. */
static void mbsec_srtp_arrange_tag(const struct mbsec_srtp_form *form,
				   const struct mbsec_srtp_header *header,
				   struct mbsec_srtp_layout *layout)
{
	bool has_roc = !header->rtcp && form->roc_mode &&
		       header->sequence % form->roc_rate == 0;

	layout->roc_size = has_roc ? MBSEC_SRTP_ROC_SIZE : 0;
	if (header->rtcp)
		layout->mac_size = form->rtcp_tag_size;
	else if (form->roc_mode == 3 || (form->roc_mode == 1 && !has_roc))
		layout->mac_size = 0;
	else
		layout->mac_size = form->tag_size - layout->roc_size;
}

/**
 * mbsec_srtp_arrange - where the parts of a packet to be protected go
 * @form: form of the packets
 * @header: header of the packet
 * @text_size: octets that follow its header before protection
 * @layout: result
 */
void mbsec_srtp_arrange(const struct mbsec_srtp_form *form,
			const struct mbsec_srtp_header *header, u32 text_size,
			struct mbsec_srtp_layout *layout)
{
	mbsec_srtp_arrange_tag(form, header, layout);
	layout->text = header->size;
	layout->text_size = text_size;
	layout->signed_size = layout->text + text_size;
	if (header->rtcp)
		layout->signed_size += MBSEC_SRTCP_INDEX_SIZE;
	layout->mki = layout->signed_size;
	layout->roc = layout->mki + form->mki_size;
	layout->mac = layout->roc + layout->roc_size;
	layout->size = layout->mac + layout->mac_size;
}

/**
 * mbsec_srtp_dissect - where the parts of a protected packet are
 * @form: form of the packets
 * @header: header of the packet
 * @size: octets of the packet
 * @layout: result, undefined on failure
 *
 * Return: 0; -EBADMSG if the packet is too short for all parts.
 */
int mbsec_srtp_dissect(const struct mbsec_srtp_form *form,
		       const struct mbsec_srtp_header *header, size_t size,
		       struct mbsec_srtp_layout *layout)
{
	mbsec_srtp_arrange(form, header, 0, layout);
	if (size < layout->size)
		return -EBADMSG;
	mbsec_srtp_arrange(form, header, size - layout->size, layout);
	return 0;
}

/**
 * mbsec_srtp_mki_read - key identifier of an MKI, with no sender in it
 * @mki: MBSEC_SRTP_MKI_SIZE octets
 */
u64 mbsec_srtp_mki_read(const u8 *mki)
{
	return (u64)get_unaligned_be32(mki) << 16 | get_unaligned_be16(mki + 4);
}

/**
 * mbsec_srtp_mki_write - MKI of a key identifier
 * @mki: result, MBSEC_SRTP_MKI_SIZE octets
 * @kid: key identifier; the sender in it is left out
 */
void mbsec_srtp_mki_write(u8 *mki, u64 kid)
{
	put_unaligned_be32(kid >> 16, mki);
	put_unaligned_be16(kid, mki + 4);
}

/**
 * mbsec_srtp_block - initial counter block of AES-CM (RFC 3711, clause 4.1.1)
 * @block: result, MBSEC_SRTP_BLOCK_SIZE octets
 * @salt: session salt, MBSEC_SRTP_SALT_SIZE octets
 * @ssrc: SSRC of the packet
 * @index: its index, of SRTP below 2^48, of SRTCP below 2^31
 */
void mbsec_srtp_block(u8 *block, const u8 *salt, u32 ssrc, u64 index)
{
	memcpy(block, salt, 4);
	put_unaligned_be32(get_unaligned_be32(salt + 4) ^ ssrc, block + 4);
	put_unaligned_be32(get_unaligned_be32(salt + 8) ^ (u32)(index >> 16),
			   block + 8);
	put_unaligned_be16(get_unaligned_be16(salt + 12) ^ (u16)index,
			   block + 12);
	put_unaligned_be16(0, block + 14);
}

/**
 * mbsec_srtp_index_estimate - index of a sequence number (RFC 3711, appendix A)
 * @highest: highest index of the sender so far
 * @sequence: sequence number of a packet
 * @index: result, the index with this sequence number that is nearest
 *
 * While the ROC is 0 there is none below it: a number that seems to be from
 * before the first packet is from after a great loss.
 *
 * Return: 0; -ERANGE if it is after the last that a key may have.
 */
int mbsec_srtp_index_estimate(u64 highest, u16 sequence, u64 *index)
{
	u16 last = highest;
	u64 roc = highest >> 16;

	if (last < 32768 && sequence - last > 32768 && roc)
		roc--;
	else if (last >= 32768 && last - 32768 > sequence)
		roc++;
	*index = roc << 16 | sequence;
	return *index < MBSEC_SRTP_INDEX_END ? 0 : -ERANGE;
}
