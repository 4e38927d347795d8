/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bodies of the service-based interface that carry keys of MBS sessions:
 * MbsSecurityContext (TS 29.571) inside of Nmbsmf_MBSSession (TS 29.532), and
 * ProblemDetails (TS 29.571, RFC 9457). docs/protocols/sbi-mbs-session.rst has
 * the charts and what we chose.
 *
 * Parsers: what is required has to be there, with the right type and size, and
 * no name twice; the fault names the place as a JSON pointer (RFC 6901) and never
 * quotes a value. Members that we do not know are passed over, as a later release
 * may add some (TS 29.501, 4.3.1.2); values of enumerations that we do not know
 * are refused, as we could not do what they ask. A parser that fails leaves its
 * output cleared. What an output held before is wiped; it has to be zeroed before
 * its first use. Writers return 0, or -1 and a sentence, with @length 0 and the
 * room wiped; the text holds keys, so the caller wipes it after sending.
 *
 * jansson copies keys into memory of its own. The program has it use
 * sbi_memory_alloc() and sbi_memory_free(), by json_set_alloc_funcs() at its
 * start, so that all of these are wiped.
 */
#ifndef CORE_SBI_JSON_H
#define CORE_SBI_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "ids.h"
#include "secret.h"

/* Octets of a document that we read. */
#define SBI_DOCUMENT_MAX 65536
/* Keys of a session: two MSKs with two MTKs each, for some key domains. */
#define SBI_KEYS_MAX 8
#define SBI_KEY_NAME_SIZE 33
#define SBI_NID_SIZE 12 /* 11 hexadecimal digits and a NUL */
#define SBI_NF_INSTANCE_SIZE 37 /* a UUID and a NUL */
#define SBI_URI_SIZE 256
#define SBI_CORRELATION_SIZE 129
#define SBI_EVENTS_MAX 6
#define SBI_REPORTS_MAX 6
#define SBI_PATCHES_MAX 16

/* For json_set_alloc_funcs(). Freed memory is wiped. */
void *sbi_memory_alloc(size_t size);
void sbi_memory_free(void *memory);

/**
 * struct sbi_key_info - MbsKeyInfo (TS 29.571)
 * @name: its name in the keyList, unique there
 * @ref: keyDomainId, 3 octets, and mskId, 4 octets with a Key Number
 * @msk: 16 octets, or empty if it is not told
 * @has_lifetime: there is a mskLifetime
 * @lifetime: end of the MSK, seconds since 1970
 * @mtk_id: 2 octets, or MTK_ID_NONE
 * @mtk: 16 octets, or empty; there if and only if @mtk_id is
 */
struct sbi_key_info {
	char name[SBI_KEY_NAME_SIZE];
	struct msk_ref ref;
	struct secret msk;
	bool has_lifetime;
	int64_t lifetime;
	uint16_t mtk_id;
	struct secret mtk;
};

/**
 * struct sbi_security_context - MbsSecurityContext (TS 29.571)
 * @count: 0 if a session has none, which means that it is not protected (TS
 *	33.501, W.4.1.2)
 * @keys: keyList
 */
struct sbi_security_context {
	size_t count;
	struct sbi_key_info keys[SBI_KEYS_MAX];
};

/* Wipes all keys; the context is empty. */
void sbi_security_context_clear(struct sbi_security_context *context);
/* Wipes @to and copies. Returns 0, or -1 and FAULT_MEMORY with @to empty. */
int sbi_security_context_copy(struct sbi_security_context *to,
			      const struct sbi_security_context *from,
			      struct fault *fault);
/* The document is the MbsSecurityContext itself. */
int sbi_security_context_parse(const void *document, size_t size,
			       struct sbi_security_context *context,
			       struct fault *fault);
int sbi_security_context_write(const struct sbi_security_context *context,
			       char *document, size_t room, size_t *length,
			       struct fault *fault);

/**
 * struct sbi_session_id - MbsSessionId (TS 29.571)
 * @has_tmgi: there is a TMGI
 * @tmgi: with its network
 * @has_ssm: there is a source specific multicast address
 * @ssm: of type MBS_SESSION_SSM_IPV4 or MBS_SESSION_SSM_IPV6
 * @nid: network of a standalone non-public network, or empty
 */
struct sbi_session_id {
	bool has_tmgi;
	struct tmgi tmgi;
	bool has_ssm;
	struct mbs_session_id ssm;
	char nid[SBI_NID_SIZE];
};

enum sbi_service_type {
	SBI_MULTICAST = 1,
	SBI_BROADCAST = 2,
};

/**
 * struct sbi_session - what we need of ExtMbsSession
 * @has_id: there is a mbsSessionId
 * @id: see @has_id
 * @tmgi_request: tmgiAllocReq: the MB-SMF is to allocate a TMGI
 * @has_allocated: there is a tmgi, in the answer
 * @allocated: see @has_allocated
 * @service: serviceType
 * @any_ue: anyUeInd: no UE needs a subscription to join
 * @context: mbsSecurityContext
 */
struct sbi_session {
	bool has_id;
	struct sbi_session_id id;
	bool tmgi_request;
	bool has_allocated;
	struct tmgi allocated;
	enum sbi_service_type service;
	bool any_ue;
	struct sbi_security_context context;
};

void sbi_session_clear(struct sbi_session *session);
/* CreateReqData and CreateRspData (TS 29.532, Create): {"mbsSession": ...}. Has to
 * have an id or ask for one.
 */
int sbi_create_parse(const void *document, size_t size,
		     struct sbi_session *session, struct fault *fault);
int sbi_create_write(const struct sbi_session *session, char *document,
		     size_t room, size_t *length, struct fault *fault);

/* Applies the JSON Patch (RFC 6902) of an Update to the context of a session: add,
 * replace and remove at /mbsSecurityContext, /mbsSecurityContext/keyList and
 * /mbsSecurityContext/keyList/NAME. Returns 0, or -1 with @context unchanged (RFC
 * 5789, 2): FAULT_UNSUPPORTED for other places and operations, FAULT_UNKNOWN if
 * what is to be replaced or removed is not there.
 */
int sbi_update_apply(const void *document, size_t size,
		     struct sbi_security_context *context, struct fault *fault);
/* The patch that gives a session this context, or takes it away if it is empty. */
int sbi_update_write(const struct sbi_security_context *context, char *document,
		     size_t room, size_t *length, struct fault *fault);

/* ContextStatusEventType */
enum sbi_event {
	SBI_QOS_INFO = 1,
	SBI_STATUS_INFO,
	SBI_SERVICE_AREA_INFO,
	SBI_SESSION_RELEASE,
	SBI_MULT_TRANS_ADD_CHANGE,
	SBI_SECURITY_INFO,
};

/**
 * struct sbi_context_event - ContextStatusEvent
 * @event: eventType
 * @immediate: immediateReportInd: the answer is to have a report
 * @one_time: reportingMode ONE_TIME, else CONTINUOUS
 */
struct sbi_context_event {
	enum sbi_event event;
	bool immediate;
	bool one_time;
};

/**
 * struct sbi_subscription - ContextStatusSubscription
 * @nf_instance: nfcInstanceId, a UUID
 * @id: mbsSessionId
 * @event_count: at least 1
 * @events: eventList, no type twice
 * @notify_uri: where notifications go, http or https
 * @correlation: notifyCorrelationId, or empty
 * @has_expiry: there is an expiryTime
 * @expiry: seconds since 1970
 */
struct sbi_subscription {
	char nf_instance[SBI_NF_INSTANCE_SIZE];
	struct sbi_session_id id;
	size_t event_count;
	struct sbi_context_event events[SBI_EVENTS_MAX];
	char notify_uri[SBI_URI_SIZE];
	char correlation[SBI_CORRELATION_SIZE];
	bool has_expiry;
	int64_t expiry;
};

/**
 * struct sbi_report - ContextStatusEventReport
 * @event: eventType
 * @time: timeStamp, seconds since 1970
 * @has_active: there is a statusInfo
 * @active: ACTIVE or INACTIVE
 * @context: mbsSecurityContext; empty with SBI_SECURITY_INFO if the session is not
 *	protected; not allowed with other events
 */
struct sbi_report {
	enum sbi_event event;
	int64_t time;
	bool has_active;
	bool active;
	struct sbi_security_context context;
};

/**
 * struct sbi_reports - reportList, and whose it is
 * @count: entries of @reports
 * @reports: see above
 * @correlation: notifyCorrelationId of a notification, or empty
 */
struct sbi_reports {
	size_t count;
	struct sbi_report reports[SBI_REPORTS_MAX];
	char correlation[SBI_CORRELATION_SIZE];
};

void sbi_reports_clear(struct sbi_reports *reports);
/* Request and answer of ContextStatusSubscribe. @reports is NULL for a request,
 * which has none.
 */
int sbi_subscribe_parse(const void *document, size_t size,
			struct sbi_subscription *subscription,
			struct sbi_reports *reports, struct fault *fault);
int sbi_subscribe_write(const struct sbi_subscription *subscription,
			const struct sbi_reports *reports, char *document,
			size_t room, size_t *length, struct fault *fault);
/* ContextStatusNotify: at least one report. */
int sbi_notify_parse(const void *document, size_t size,
		     struct sbi_reports *reports, struct fault *fault);
int sbi_notify_write(const struct sbi_reports *reports, char *document,
		     size_t room, size_t *length, struct fault *fault);

#define SBI_CAUSE_SIZE 64
#define SBI_DETAIL_SIZE FAULT_TEXT_SIZE

/**
 * struct sbi_problem - what we use of ProblemDetails
 * @status: 400 to 599
 * @cause: protocol or application error (TS 29.500, 5.2.7.2), or empty
 * @detail: sentence for people, or empty
 * @parameter: JSON pointer of the first of invalidParams, or empty
 */
struct sbi_problem {
	unsigned int status;
	char cause[SBI_CAUSE_SIZE];
	char detail[SBI_DETAIL_SIZE];
	char parameter[SBI_DETAIL_SIZE];
};

/* What to answer to a body that was refused; the text of a fault that begins with
 * a JSON pointer gives the parameter. With @is_update what must not be changed is
 * 403 and what is not there 404. A fault that is not the client's gives 500 without
 * a detail.
 */
void sbi_problem_from_fault(const struct fault *fault, bool is_update,
			    struct sbi_problem *problem);
/* All members are optional; @status is 0 if it is not there. */
int sbi_problem_parse(const void *document, size_t size,
		      struct sbi_problem *problem, struct fault *fault);
int sbi_problem_write(const struct sbi_problem *problem, char *document,
		      size_t room, size_t *length, struct fault *fault);

#endif /* CORE_SBI_JSON_H */
