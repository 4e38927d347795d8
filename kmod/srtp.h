/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packets of SRTP and SRTCP (RFC 3711): where their parts are, the initial
 * counter block, the index of a sequence number, the ROC in the tag (RFC 4771).
 * Pure: no allocation, no state, no packet buffer; the unit tests build it in
 * user space.
 */
#ifndef _MBSEC_SRTP_H
#define _MBSEC_SRTP_H

#include <linux/types.h>

/* MSK ID and MTK ID (TS 33.246, clause 6.6.2). */
#define MBSEC_SRTP_MKI_SIZE 6
#define MBSEC_SRTP_SALT_SIZE 14
#define MBSEC_SRTP_BLOCK_SIZE 16
#define MBSEC_SRTP_ROC_SIZE 4
#define MBSEC_SRTP_TAG_MAX 20
/* Fixed header, 15 CSRCs, and what an extension begins with. */
#define MBSEC_SRTP_PEEK 76
#define MBSEC_SRTP_HEADER_MIN 12
#define MBSEC_SRTCP_HEADER 8
/* E bit and index of SRTCP. */
#define MBSEC_SRTCP_INDEX_SIZE 4
#define MBSEC_SRTCP_ENCRYPTED 0x80000000
/* One key protects at most so many packets of one SSRC. */
#define MBSEC_SRTP_INDEX_END (1ULL << 48)
#define MBSEC_SRTCP_INDEX_END (1ULL << 31)

/**
 * struct mbsec_srtp_header - what the readable part of a packet says
 * @size: octets of it; the rest is encrypted
 * @ssrc: who sent it
 * @sequence: sequence number, of RTP only
 * @rtcp: RTCP, else RTP
 */
struct mbsec_srtp_header {
	u32 size;
	u32 ssrc;
	u16 sequence;
	bool rtcp;
};

/**
 * struct mbsec_srtp_form - what packets look like, the same for all of a group
 * @mki_size: MBSEC_SRTP_MKI_SIZE, or 0 for none
 * @tag_size: octets of the tag of SRTP, the ROC in it included
 * @rtcp_tag_size: octets of the tag of SRTCP
 * @roc_mode: RCCm1 to RCCm3 of RFC 4771, or 0 for no ROC in the tag
 * @roc_rate: a sequence number that it divides has the ROC, from 1
 */
struct mbsec_srtp_form {
	u8 mki_size;
	u8 tag_size;
	u8 rtcp_tag_size;
	u8 roc_mode;
	u16 roc_rate;
};

/**
 * struct mbsec_srtp_layout - where the parts of a protected packet are
 * @text: offset of the encrypted part
 * @text_size: octets of it
 * @signed_size: octets from the start that the MAC is about; with SRTP the ROC
 *	follows them
 * @mki: offset of the MKI
 * @roc: offset of the ROC
 * @mac: offset of the MAC
 * @size: octets of the packet
 * @roc_size: MBSEC_SRTP_ROC_SIZE, or 0 if this packet has no ROC
 * @mac_size: octets of the MAC, 0 if this packet has none
 */
struct mbsec_srtp_layout {
	u32 text;
	u32 text_size;
	u32 signed_size;
	u32 mki;
	u32 roc;
	u32 mac;
	u32 size;
	u8 roc_size;
	u8 mac_size;
};

int mbsec_srtp_parse(const u8 *data, size_t size,
		     struct mbsec_srtp_header *header);
int mbsec_srtp_check_clear(const u8 *data, size_t size,
			   const struct mbsec_srtp_header *header);

bool mbsec_srtp_form_is_authentic(const struct mbsec_srtp_form *form);
u32 mbsec_srtp_form_overhead(const struct mbsec_srtp_form *form);
void mbsec_srtp_arrange(const struct mbsec_srtp_form *form,
			const struct mbsec_srtp_header *header, u32 text_size,
			struct mbsec_srtp_layout *layout);
int mbsec_srtp_dissect(const struct mbsec_srtp_form *form,
		       const struct mbsec_srtp_header *header, size_t size,
		       struct mbsec_srtp_layout *layout);

u64 mbsec_srtp_mki_read(const u8 *mki);
void mbsec_srtp_mki_write(u8 *mki, u64 kid);
void mbsec_srtp_block(u8 *block, const u8 *salt, u32 ssrc, u64 index);
int mbsec_srtp_index_estimate(u64 highest, u16 sequence, u64 *index);

#endif /* _MBSEC_SRTP_H */
