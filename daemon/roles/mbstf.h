/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The MBSTF, or the BM-SC's session and transmission function: the sender side of
 * a stream. It gives MTKs to the kernel for sending, and sends the MTK messages to
 * the group. Which MTK is used when, is the BM-SC's matter.
 *
 * It is the only part of the sender that talks to the kernel. Without the module
 * it keeps what it is told, and installs it when the module comes. A transmit key
 * goes to the kernel once: if the module was loaded anew, whose counters are gone,
 * the BM-SC is asked for another MTK.
 */
#ifndef MBSEC_ROLES_MBSTF_H
#define MBSEC_ROLES_MBSTF_H

#include <stddef.h>
#include <stdint.h>

#include "core/fault.h"
#include "core/secret.h"
#include "io/address.h"

struct mbstf;

/**
 * struct mbstf_flow - a stream that this host sends
 * @id: the BM-SC's number of it
 * @group: multicast address and port
 * @source: sender of a source-specific group, else family 0
 * @device: interface that it leaves by, empty for the system's choice
 * @mtk_port: port of the MTK messages, not that of @group
 * @format: enum mbsec_format
 * @suite: enum mbsec_suite
 * @sender_id: of this host for this stream, 0 with SRTP
 * @rtcp_port: with SRTP, port of RTCP alone, 0 for none
 * @roc_rate: with SRTP, R of RFC 4771, 0 for never
 */
struct mbstf_flow {
	int64_t id;
	union address group;
	union address source;
	char device[16];
	uint16_t mtk_port;
	uint32_t format;
	uint32_t suite;
	uint16_t sender_id;
	uint16_t rtcp_port;
	uint16_t roc_rate;
};

/* Sources of a stream that are kept apart; what is beyond has to be guessed. */
#define MBSTF_SOURCES_MAX 64

/**
 * struct mbstf_source - an SSRC that applications on a sending host use, and the
 *	highest index of its packets so far
 */
struct mbstf_source {
	uint32_t ssrc;
	uint32_t roc;
	uint16_t sequence;
};

enum mbstf_event {
	/* The MTK in use comes to the end of its packets: another one soon. */
	MBSTF_ROTATE,
	/* There is no MTK to send with any more: another one now. */
	MBSTF_RENEW,
};

typedef void (*mbstf_callback)(void *argument, enum mbstf_event event,
			       int64_t flow);

/* Who is told of events. */
void mbstf_listen(struct mbstf *mbstf, mbstf_callback callback, void *argument);
/* Name of this sending host, which the BM-SC gives sender ids to. */
const char *mbstf_name(const struct mbstf *mbstf);

/* Begins a stream. The same again is no error. Returns 0, or -1. */
int mbstf_flow_add(struct mbstf *mbstf, const struct mbstf_flow *flow,
		   struct fault *fault);
/* Ends it with all its keys; one that is not there is no error. */
void mbstf_flow_delete(struct mbstf *mbstf, int64_t flow);
/* An MTK that will be used soon. @mtk and @salt are copied; SFrame does without the
 * salt. Returns 0, or -1.
 */
int mbstf_mtk_add(struct mbstf *mbstf, int64_t flow, uint32_t msk_id,
		  uint16_t mtk_id, const struct secret *mtk,
		  const struct secret *salt, struct fault *fault);
/* From now on it protects the stream. Returns 0, or -1. */
int mbstf_mtk_activate(struct mbstf *mbstf, int64_t flow, uint32_t msk_id,
		       uint16_t mtk_id, struct fault *fault);
/* It is of no use any more. One that the kernel still sends with (also if an
 * earlier process gave it) goes when its successor is activated.
 */
void mbstf_mtk_delete(struct mbstf *mbstf, int64_t flow, uint32_t msk_id,
		      uint16_t mtk_id);
/* Sends an MTK message to the members. Returns 0, or -1. */
int mbstf_send(struct mbstf *mbstf, int64_t flow, const void *data, size_t size,
	       struct fault *fault);
/* What the kernel knew of a stream's sources half a second ago at most. Returns
 * their number, at most MBSTF_SOURCES_MAX; @sources stay ours.
 */
size_t mbstf_sources(struct mbstf *mbstf, int64_t flow,
		     const struct mbstf_source **sources);

#endif
