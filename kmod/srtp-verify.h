/* SPDX-License-Identifier: GPL-2.0-only */
/* Which index a received packet of SRTP has, and whether it is authentic. */
#ifndef _MBSEC_SRTP_VERIFY_H
#define _MBSEC_SRTP_VERIFY_H

#include "srtp.h"

struct mbsec_group;
struct mbsec_key;
struct mbsec_packet;

/**
 * struct mbsec_srtp_rx - a packet on its way
 * @packet: the datagram
 * @group: its group
 * @header: its header
 * @layout: its layout
 * @looped: it is this host's own
 * @index: its index, as far as it is known
 * @is_told: the packet says its index
 * @is_known: the group knows where the SSRC stands
 * @encrypted: it is encrypted, if the suite encrypts
 * @asked: @may_guess is valid
 * @may_guess: more than one ROC may be tried for it
 */
struct mbsec_srtp_rx {
	struct mbsec_packet *packet;
	struct mbsec_group *group;
	struct mbsec_srtp_header header;
	struct mbsec_srtp_layout layout;
	bool looped;
	u64 index;
	bool is_told;
	bool is_known;
	bool encrypted;
	bool asked;
	bool may_guess;
};

int mbsec_srtp_verify(struct mbsec_srtp_rx *rx, struct mbsec_key *key);

#endif /* _MBSEC_SRTP_VERIFY_H */
