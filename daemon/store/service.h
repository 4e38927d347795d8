/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MBMS user services of the BM-SC: what they are, the streams that they have, and
 * who may have them. The keys of the streams are those of key groups, see
 * key_group.h.
 */
#ifndef MBSEC_STORE_SERVICE_H
#define MBSEC_STORE_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/mbms_xml.h"
#include "core/srtp_suite.h"
#include "io/address.h"
#include "store.h"

#define SERVICE_FLOWS_MAX 16
#define SERVICE_DEVICE_SIZE 16

extern const struct store_component service_component;

enum service_format {
	SERVICE_FORMAT_SFRAME = 1, /* RFC 9605 */
	SERVICE_FORMAT_SRTP = 2, /* RFC 3711 */
};

/**
 * struct service_flow - one stream
 * @id: row, as read
 * @group: multicast address and port
 * @source: sender of a source-specific group, else family 0
 * @device: interface that it leaves by, empty for the system's choice
 * @mtk_port: port of the MTK messages at the same address
 * @rtcp_port: of SRTP, port of RTCP at the same address, 0 for none of its own
 * @key_group: row of the key group whose MSK protects it
 */
struct service_flow {
	int64_t id;
	union address group;
	union address source;
	char device[SERVICE_DEVICE_SIZE];
	uint16_t mtk_port;
	uint16_t rtcp_port;
	int64_t key_group;
};

/**
 * struct service_record - one user service
 * @id: MBMS User Service ID, a URI
 * @confidentiality: the traffic is encrypted
 * @integrity: the traffic is authenticated
 * @uicc: only a UE whose UICC keeps the MSKs may have it
 * @open: every subscriber may have it, else those who are allowed
 * @srtp: of SRTP, its suite and the rate of the roll-over counter in packets
 */
struct service_record {
	char id[MBMS_SERVICE_ID_SIZE];
	enum service_format format;
	bool confidentiality;
	bool integrity;
	bool uicc;
	bool open;
	struct srtp_profile srtp;
	unsigned int flow_count;
	struct service_flow flows[SERVICE_FLOWS_MAX];
};

typedef int (*service_callback)(void *argument,
				const struct service_record *service,
				struct fault *fault);

/* All return 0, or -1 and a fault. */

/* Adds @service; its flows get their rows. FAULT_STATE if it is there already. */
int service_insert(struct store *store, const struct service_record *service,
		   struct fault *fault);
/* With its flows and permissions; one that is not there is no error. */
int service_delete(struct store *store, const char *id, struct fault *fault);
/* 0 and @service, or -1: FAULT_UNKNOWN. */
int service_read(struct store *store, const char *id,
		 struct service_record *service, struct fault *fault);
/* Ends with -1 when @callback returns that. */
int service_each(struct store *store, service_callback callback, void *argument,
		 struct fault *fault);

/* Who may have a service that is not open, by private identity. */
int service_allow(struct store *store, const char *id, const char *impi,
		  struct fault *fault);
int service_forbid(struct store *store, const char *id, const char *impi,
		   struct fault *fault);
/* 1 or 0, or -1 and a fault. */
int service_allows(struct store *store, const char *id, const char *impi,
		   struct fault *fault);

#endif
