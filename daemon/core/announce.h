/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the announcement of a service says about its security: where to ask for
 * keys, which MSKs protect which streams, what is protected. For MBMS it is XML
 * (TS 33.246, 6.3.2.2.2 says what; TS 26.346, 11.3.1 says how), for MBS JSON
 * (TS 26.517, SecurityDescription). No secrets are in it; who believes it has to
 * have it from a source that it trusts.
 */
#ifndef CORE_ANNOUNCE_H
#define CORE_ANNOUNCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "ids.h"

struct xml_writer;

#define ANNOUNCE_SERVERS_MAX 4
#define ANNOUNCE_URI_SIZE 256
#define ANNOUNCE_FLOWS_MAX 16
#define ANNOUNCE_FLOW_ID_SIZE 128
#define ANNOUNCE_FLOW_MSKS_MAX 4
#define ANNOUNCE_FLOW_SENDERS_MAX 64
#define ANNOUNCE_SOURCE_SIZE 46 /* an address as text, INET6_ADDRSTRLEN */
/* A day; nobody means to wait longer before asking for keys. */
#define ANNOUNCE_SECONDS_MAX 86400

enum announce_format {
	ANNOUNCE_FORMAT_NONE, /* not announced */
	ANNOUNCE_FORMAT_SFRAME, /* RFC 9605 */
	ANNOUNCE_FORMAT_SRTP, /* RFC 3711 */
};

/**
 * struct announce_transport - how a stream is carried: an element of ours, which
 *	others pass over (docs/protocols/mbms-http.rst)
 * @format: NONE if the announcement does not have the element
 * @mtk_port: UDP port of the MTK messages at the group's address
 * @source: sender of a source-specific group, an address as text, else empty
 * @sender_count: entries of @senders
 * @senders: sender ids of SFrame (docs/wire-format.rst), none twice
 * @suite: enum srtp_suite, 0 if it is not announced
 * @rtcp_port: UDP port of RTCP alone, 0 for none
 * @roc_rate: R of RFC 4771, 0 for none
 */
struct announce_transport {
	enum announce_format format;
	uint16_t mtk_port;
	char source[ANNOUNCE_SOURCE_SIZE];
	size_t sender_count;
	uint16_t senders[ANNOUNCE_FLOW_SENDERS_MAX];
	uint16_t suite;
	uint16_t rtcp_port;
	uint16_t roc_rate;
};

/**
 * struct announce_flow - one media stream and its keys
 * @id: which stream, "239.1.1.1:5000"
 * @msks: MSKs with Key Number 0, at least one
 * @transport: how it is carried
 */
struct announce_flow {
	char id[ANNOUNCE_FLOW_ID_SIZE];
	size_t msk_count;
	struct msk_ref msks[ANNOUNCE_FLOW_MSKS_MAX];
	struct announce_transport transport;
};

/**
 * struct announce_security - MBMS security description
 * @confidentiality: the traffic is encrypted
 * @integrity: the traffic is authenticated
 * @uicc_key_management: only a UE whose UICC keeps the MSKs may try
 * @servers: base URIs of the BM-SC's key management, at least one
 * @wait_time: seconds to wait before asking
 * @max_back_off: and up to so many more, at random
 * @flows: at least one
 */
struct announce_security {
	bool confidentiality;
	bool integrity;
	bool uicc_key_management;
	size_t server_count;
	char servers[ANNOUNCE_SERVERS_MAX][ANNOUNCE_URI_SIZE];
	uint32_t wait_time;
	uint32_t max_back_off;
	size_t flow_count;
	struct announce_flow flows[ANNOUNCE_FLOWS_MAX];
};

/**
 * struct announce_mbs - SecurityDescription of an MBS distribution session
 * @servers: addresses of MBSSFs, URIs, at least one
 * @msk: the MSK with Key Number 0
 * @uicc_key_management: as above
 * @gba_2g_allowed: a SIM will do
 * @offset_time: seconds to wait before asking
 * @random_time_period: and up to so many more, at random
 */
struct announce_mbs {
	size_t server_count;
	char servers[ANNOUNCE_SERVERS_MAX][ANNOUNCE_URI_SIZE];
	struct msk_ref msk;
	bool uicc_key_management;
	bool gba_2g_allowed;
	uint32_t offset_time;
	uint32_t random_time_period;
};

/* Each returns 0, or -1 and a sentence. A parser that fails leaves its output
 * zeroed, a writer leaves @length 0. An MSK ID with another Key Number than 0 is
 * refused: TS 33.246, 6.3.2.2.2. A server is a URI of http or https.
 */
int announce_security_parse(const void *document, size_t size,
			    struct announce_security *security,
			    struct fault *fault);
int announce_security_write(const struct announce_security *security,
			    char *document, size_t room, size_t *length,
			    struct fault *fault);
/* JSON. Members that we do not know are passed over. */
int announce_mbs_parse(const void *document, size_t size,
		       struct announce_mbs *mbs, struct fault *fault);
int announce_mbs_write(const struct announce_mbs *mbs, char *document,
		       size_t room, size_t *length, struct fault *fault);

/* The element of a flow (announce_transport.c): one attribute, then the whole.
 * Return 0 or -1 and a sentence.
 */
int announce_transport_attribute(struct announce_transport *transport,
				 size_t attribute, const char *value,
				 struct fault *fault);
int announce_transport_check(const struct announce_transport *transport,
			     struct fault *fault);
void announce_transport_write(struct xml_writer *writer,
			      const struct announce_transport *transport);

/* Checks that both forms share: 0, or -1 and a sentence. */
int announce_uri_take(char uri[ANNOUNCE_URI_SIZE], const char *text,
		      size_t length, struct fault *fault);
int announce_msk_check(const struct msk_ref *msk, struct fault *fault);

#endif /* CORE_ANNOUNCE_H */
