/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bodies of the key management requests between UE and BM-SC, and of what the
 * SCF tells the BM-SC: lists of services and of MSKs, in responses with a
 * status for each (TS 33.246, 6.3.2.1A, 6.3.2.1B, 6.3.2.2.1, 6.3.2.4; TS 26.237,
 * 10.4.1). Names are in mbms_xml_names.h.
 */
#ifndef CORE_MBMS_XML_H
#define CORE_MBMS_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "ids.h"
#include "xml_writer.h"

#define MBMS_SERVICE_ID_SIZE 256 /* a URI and a NUL */
#define MBMS_SERVICES_MAX 32
#define MBMS_MSKS_MAX 32

/* Per-item results, numbered as in HTTP. Any 200 to 299 is a success. */
enum mbms_status {
	MBMS_STATUS_NONE = 0, /* in requests */
	MBMS_STATUS_OK = 200,
	MBMS_STATUS_FORBIDDEN = 403, /* the user may not have it */
	MBMS_STATUS_NOT_FOUND = 404, /* no such service or key group */
	MBMS_STATUS_UNAVAILABLE = 503, /* later perhaps */
};

enum mbms_body {
	MBMS_REGISTER,
	MBMS_REGISTER_RESPONSE, /* to a deregistration as well */
	MBMS_DEREGISTER,
	MBMS_AUTHORIZE, /* may be empty: nothing is authorised any more */
	MBMS_MSK_REQUEST,
	MBMS_MSK_RESPONSE,
};

/**
 * struct mbms_service - a user service
 * @id: MBMS User Service ID, a URI
 * @status: 100 to 599 in responses, else MBMS_STATUS_NONE
 */
struct mbms_service {
	char id[MBMS_SERVICE_ID_SIZE];
	uint16_t status;
};

struct mbms_services {
	size_t count;
	struct mbms_service items[MBMS_SERVICES_MAX];
};

/**
 * struct mbms_msk - an MSK that is asked for
 * @msk: Key Number 0 is the current one of its Key Group
 * @status: 100 to 599 in responses, else MBMS_STATUS_NONE
 */
struct mbms_msk {
	struct msk_ref msk;
	uint16_t status;
};

struct mbms_msks {
	size_t count;
	struct mbms_msk items[MBMS_MSKS_MAX];
};

/* Reads a body of MBMS_REGISTER to MBMS_AUTHORIZE. The same service twice is
 * refused. Returns 0, or -1, @services zeroed.
 */
int mbms_services_parse(enum mbms_body body, const void *document, size_t size,
			struct mbms_services *services, struct fault *fault);
/* Writes it with a NUL. Returns 0 and its octets in @length, or -1, @length 0. */
int mbms_services_write(enum mbms_body body,
			const struct mbms_services *services, char *document,
			size_t room, size_t *length, struct fault *fault);
/* The same for MBMS_MSK_REQUEST and MBMS_MSK_RESPONSE. */
int mbms_msks_parse(enum mbms_body body, const void *document, size_t size,
		    struct mbms_msks *msks, struct fault *fault);
int mbms_msks_write(enum mbms_body body, const struct mbms_msks *msks,
		    char *document, size_t room, size_t *length,
		    struct fault *fault);

/* UE: 0 if @response has a status for each item of @request and for no other,
 * in any order, else -1 and FAULT_MALFORMED.
 */
int mbms_services_match(const struct mbms_services *request,
			const struct mbms_services *response,
			struct fault *fault);
int mbms_msks_match(const struct mbms_msks *request,
		    const struct mbms_msks *response, struct fault *fault);
bool mbms_status_is_success(uint16_t status);

/* For other documents that have MSKs or service ids in them: the texts of
 * keyDomainID and MSKID, and one service id more. Return 0 or -1.
 */
int mbms_key_domain_take(const char *text, size_t length,
			 struct key_domain *domain, struct fault *fault);
int mbms_msk_id_take(const char *text, size_t length, uint32_t *msk_id,
		     struct fault *fault);
int mbms_service_id_take(const char *text, size_t length,
			 struct mbms_services *services, struct fault *fault);
/* Writes keyDomainID and MSKID. */
void mbms_msk_write(struct xml_writer *writer, const struct msk_ref *msk);

#endif /* CORE_MBMS_XML_H */
