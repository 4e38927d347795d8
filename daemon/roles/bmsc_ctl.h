/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control commands of the BM-SC: bmsc_ctl.c, bmsc_ctl_*.c. */
#ifndef MBSEC_ROLES_BMSC_CTL_H
#define MBSEC_ROLES_BMSC_CTL_H

#include "bmsc.h"
#include "ctl_value.h"
#include "io/ctl.h"

/**
 * struct bmsc_watch - a command that is answered later
 * @group: whose push it waits for, NULL if it waits for the commit
 * @msk_id: MSK that the push has to be newer than
 * @service: that is being added or deleted
 * @result: of the command
 */
struct bmsc_watch {
	LIST_ENTRY(bmsc_watch) link;
	LIST_ENTRY(bmsc_watch) of_group;
	struct bmsc *bmsc;
	struct ctl_request *request;
	struct bmsc_group *group;
	uint32_t msk_id;
	struct bmsc_service *service;
	void (*after)(struct bmsc_watch *watch, const struct fault *fault);
	struct store_waiter waiter;
	struct loop_timer timer;
	json_t *result;
};

void bmsc_ctl_services_add(struct bmsc *bmsc, struct ctl *ctl);
void bmsc_ctl_keys_add(struct bmsc *bmsc, struct ctl *ctl);
void bmsc_ctl_members_add(struct bmsc *bmsc, struct ctl *ctl);
/* Answers with @result, which it takes over, after the commit, or why that failed;
 * @after is called before that (may be NULL).
 */
void bmsc_reply_committed(struct bmsc *bmsc, struct ctl_request *request,
			  json_t *result, struct bmsc_service *service,
			  void (*after)(struct bmsc_watch *watch,
					const struct fault *fault));
/* Answers when the push of an MSK that is newer than @msk_id is over, with progress
 * until then.
 */
void bmsc_reply_pushed(struct bmsc_group *group, uint32_t msk_id,
		       struct ctl_request *request);
/* The argument "service", and "key-group" if it has several. NULL and a fault. */
struct bmsc_service *bmsc_argument_service(struct bmsc *bmsc,
					   const json_t *arguments,
					   struct fault *fault);
struct bmsc_group *bmsc_argument_group(struct bmsc *bmsc,
				       const json_t *arguments,
				       struct fault *fault);
/* The argument "ue": IMPI, or IMSI of one that we know. NULL and a fault. */
struct bmsc_ue *bmsc_argument_ue(struct bmsc *bmsc, const json_t *arguments,
				 struct fault *fault);

/* Format, suite and ports of RTCP of "service add" (bmsc_ctl_format.c). Return 0, or
 * -1 and a sentence.
 */
int bmsc_format_read(const json_t *arguments, struct service_record *record,
		     struct fault *fault);
int bmsc_rtcp_port_read(const json_t *arguments,
			const struct service_record *record,
			struct service_flow *flow, struct fault *fault);
int bmsc_flows_check(const struct service_record *record, struct fault *fault);
/* Adds them to what is shown of a service. */
void bmsc_format_show(const struct service_record *record, json_t *shown);

#endif
