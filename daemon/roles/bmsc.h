/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The BM-SC (TS 33.246): key management of MBMS user services. This header is
 * what its files share; nobody else includes it.
 *
 *   bmsc          start and stop
 *   bmsc_http     requests of UEs (bmsc_request.h), and who they are: bmsc_auth
 *   bmsc_procedure  registration, deregistration, MSK request
 *   bmsc_service  user services with their streams: bmsc_announce
 *   bmsc_group    life of a group's keys: bmsc_msk, bmsc_mtk
 *   bmsc_ue       table of UEs (bmsc_ue.h), bmsc_member their memberships
 *   bmsc_stream   sources of SRTP streams, for those who join late
 *   bmsc_push     MIKEY messages to UEs and their answers: bmsc_delivery
 *   bmsc_sender   hosts that send: mbstf, mbstf_remote
 *   bmsc_ctl      commands
 *
 * The rule of all: change the state in memory and in the store, and act when the
 * store has committed. What was changed since the last commit is on the list of
 * bmsc_ue_touch() or bmsc_group_touch(), and is read anew if the commit fails.
 */
#ifndef MBSEC_ROLES_BMSC_H
#define MBSEC_ROLES_BMSC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "bmsc_config.h"
#include "bmsc_ue.h"
#include "core/fault.h"
#include "core/keylife.h"
#include "core/mbms_xml.h"
#include "core/membership.h"
#include "core/pace.h"
#include "core/secret.h"
#include "io/loop.h"
#include "mbstf.h"
#include "role.h"
#include "store/key_group.h"
#include "store/naf_user.h"
#include "store/service.h"
#include "store/store.h"

#define BMSC_AREA "bmsc"
/* Values of a counter that one write to the store pays for. */
#define BMSC_MUK_BLOCK 64
#define BMSC_MSK_BLOCK 4096
/* Questions to the BSF at a time. */
#define BMSC_QUESTIONS_MAX 4096
#define BMSC_BUCKETS 256
/* Hosts that send; an announcement has room for so many ids of a stream. */
#define BMSC_SENDERS_MAX 16

struct bmsc_group;
struct bmsc_service;
struct bmsc_request;
struct bmsc_ue;
struct bmsc_member;
struct bmsc_delivery;
struct bmsc_msk;
struct bmsc_mtk;
struct bmsc_streams;
struct bmsc_watch;
struct ctl;
struct ctl_request;
struct httpd;
struct httpd_request;
struct udp;
struct udp_datagram;
struct mbms_msk_message;
struct mbstf_remote;
struct zn;

SLIST_HEAD(bmsc_dirty_list, bmsc_ue);
TAILQ_HEAD(bmsc_member_list, bmsc_member);
TAILQ_HEAD(bmsc_delivery_list, bmsc_delivery);
LIST_HEAD(bmsc_group_list, bmsc_group);
SLIST_HEAD(bmsc_key_groups, bmsc_group);
TAILQ_HEAD(bmsc_pushing_list, bmsc_group);
SLIST_HEAD(bmsc_msk_list, bmsc_msk);
SLIST_HEAD(bmsc_mtk_list, bmsc_mtk);
LIST_HEAD(bmsc_service_list, bmsc_service);
LIST_HEAD(bmsc_request_list, bmsc_request);
LIST_HEAD(bmsc_watch_list, bmsc_watch);

/* ---- Groups (bmsc_group.c) ---- */

/**
 * struct bmsc_msk - an MSK
 * @counter: last value used, for MTK messages
 * @deleted: its row is gone, and it goes after the commit
 */
struct bmsc_msk {
	SLIST_ENTRY(bmsc_msk) link;
	uint32_t msk_id;
	uint32_t csb_id;
	uint8_t rand[MBMS_RAND_SIZE];
	struct secret msk;
	uint32_t counter;
	uint32_t lease;
	bool deleted;
};

/**
 * struct bmsc_mtk - an MTK; lost with the process
 */
struct bmsc_mtk {
	SLIST_ENTRY(bmsc_mtk) link;
	uint32_t msk_id;
	uint16_t mtk_id;
	struct secret mtk;
	struct secret salt;
};

/**
 * struct bmsc_progress - how a push goes on
 */
struct bmsc_progress {
	uint32_t total;
	uint32_t sent;
	uint32_t acknowledged;
	uint32_t given_up;
	int64_t started;
};

/**
 * struct bmsc_group - a key group
 * @service: that has its streams
 * @life: as written to the store
 * @todo: actions that wait for the commit
 * @members: who takes part in pushes, @inside of them are inside
 * @cursor: next one whose turn it is, NULL if all had it
 * @streams: of SRTP, what the MSK message says of it (bmsc_stream.c), else NULL
 * @watches: commands that wait for the end of the push
 * @dirty: changed since the last commit
 */
struct bmsc_group {
	LIST_ENTRY(bmsc_group) link;
	TAILQ_ENTRY(bmsc_group) pushing;
	SLIST_ENTRY(bmsc_group) of_service;
	struct bmsc *bmsc;
	struct bmsc_service *service;
	int64_t id;
	struct key_domain domain;
	uint16_t number;
	struct keylife_policy policy;
	struct keylife life;
	struct keylife_action *todo;
	size_t todo_count;
	size_t todo_room;
	struct bmsc_msk_list msks;
	struct bmsc_mtk_list mtks;
	struct bmsc_member_list members;
	uint32_t inside;
	struct push push;
	struct bmsc_progress progress;
	struct bmsc_member *cursor;
	struct bmsc_streams *streams;
	struct bmsc_watch_list watches;
	struct loop_timer timer;
	struct store_waiter waiter;
	bool in_pushing;
	bool dirty;
};

enum bmsc_cause_type {
	BMSC_STEP,
	BMSC_START,
	BMSC_PUSHED,
	BMSC_REKEY,
	BMSC_ROTATE,
	BMSC_RESTART,
	BMSC_STOP,
};

/**
 * struct bmsc_cause - what happened to the keys of a group
 * @msk_id: PUSHED, REKEY (core/keylife.h)
 * @urgent: REKEY
 */
struct bmsc_cause {
	enum bmsc_cause_type type;
	uint32_t msk_id;
	bool urgent;
};

/* The group of a row. NULL and a fault. */
struct bmsc_group *bmsc_group_open(struct bmsc *bmsc,
				   struct bmsc_service *service, int64_t id,
				   struct fault *fault);
void bmsc_group_close(struct bmsc_group *group);
struct bmsc_group *bmsc_group_find(struct bmsc *bmsc,
				   const struct key_domain *domain,
				   uint16_t number);
struct bmsc_group *bmsc_group_by_id(struct bmsc *bmsc, int64_t id);
/* Writes what follows from @cause to the store, and does it after the commit.
 * Returns 0, or -1 and nothing is changed.
 */
int bmsc_group_run(struct bmsc_group *group, const struct bmsc_cause *cause,
		   struct fault *fault);
/* As above, from where nobody is told: tries again after a while. */
void bmsc_group_cause(struct bmsc_group *group, const struct bmsc_cause *cause);
/* MSKs for members, as core/membership.h wants them. */
struct member_group bmsc_group_msks(const struct bmsc_group *group);
/* The push is over for a member. */
void bmsc_group_settle(struct bmsc_group *group, struct bmsc_member *member);

/* MSKs and MTKs of a group (bmsc_msk.c, bmsc_mtk.c). */
struct bmsc_msk *bmsc_msk_find(const struct bmsc_group *group, uint32_t msk_id);
int bmsc_msk_make(struct bmsc_group *group, uint32_t msk_id,
		  struct fault *fault);
/* Counter values for @count messages are there after the commit. */
int bmsc_msk_lease(struct bmsc_group *group, uint32_t msk_id, uint32_t count,
		   struct fault *fault);
/* Whether there are as many, so that nothing has to be written. */
bool bmsc_msk_has(const struct bmsc_group *group, uint32_t msk_id,
		  uint32_t count);
/* Reads the MSKs from the store in place of those in memory. */
int bmsc_msks_read(struct bmsc_group *group, struct fault *fault);
void bmsc_msk_free(struct bmsc_group *group, struct bmsc_msk *msk);
void bmsc_mtk_make(struct bmsc_group *group, uint32_t msk_id, uint16_t mtk_id);
void bmsc_mtk_send(struct bmsc_group *group, uint32_t msk_id, uint16_t mtk_id);
void bmsc_mtk_activate(struct bmsc_group *group, uint32_t msk_id,
		       uint16_t mtk_id);
void bmsc_mtk_delete(struct bmsc_group *group, uint32_t msk_id,
		     uint16_t mtk_id);
void bmsc_mtks_free(struct bmsc_group *group);

/* ---- Streams of SRTP (bmsc_stream.c) ---- */

/* Adds policy and SRTP-ID map to an MSK message, which refers to them; a group of
 * another format adds nothing.
 */
void bmsc_streams_add(struct bmsc_group *group,
		      struct mbms_msk_message *message);

/* ---- Services (bmsc_service.c, bmsc_announce.c) ---- */

/**
 * struct bmsc_flow - a stream of a service
 * @sender_ids: of each sending host, in the order of bmsc->senders
 */
struct bmsc_flow {
	struct service_flow flow;
	struct bmsc_group *group;
	unsigned int sender_count;
	uint16_t sender_ids[BMSC_SENDERS_MAX];
};

/**
 * struct bmsc_service - a user service
 * @started: its keys have begun
 * @ended: it is being deleted, its keys do nothing any more
 */
struct bmsc_service {
	LIST_ENTRY(bmsc_service) link;
	struct bmsc_key_groups groups;
	struct service_record record;
	struct bmsc_flow flows[SERVICE_FLOWS_MAX];
	struct store_waiter waiter;
	bool started;
	bool ended;
};

int bmsc_services_open(struct bmsc *bmsc, struct fault *fault);
void bmsc_services_close(struct bmsc *bmsc);
struct bmsc_service *bmsc_service_find(struct bmsc *bmsc, const char *id);
/* Takes up a service that is in the store. NULL and a fault. */
struct bmsc_service *bmsc_service_take(struct bmsc *bmsc, const char *id,
				       struct fault *fault);
/* Begins its keys, or goes on with those that it had. */
void bmsc_service_start(struct bmsc_service *service);
/* Frees it; its streams end if @ended. */
void bmsc_service_free(struct bmsc *bmsc, struct bmsc_service *service);
/* The announcement (TS 26.346, 11.3.1). Returns 0, or -1. */
int bmsc_announcement(const struct bmsc *bmsc,
		      const struct bmsc_service *service, char *document,
		      size_t room, size_t *length, struct fault *fault);

/* ---- MIKEY to UEs (bmsc_push.c, bmsc_delivery.c) ---- */

enum bmsc_delivery_kind {
	BMSC_DELIVER_MSK,
	BMSC_DELIVER_DELETION, /* the MSK is no longer valid */
	BMSC_DELIVER_SOLICIT, /* come and ask */
};

enum bmsc_delivery_place {
	BMSC_AT_NOTHING,
	BMSC_AT_URGENT, /* may leave now, and somebody waits for it */
	BMSC_AT_BULK, /* may leave now */
	BMSC_AT_COMMIT, /* its counter is being stored */
	BMSC_AT_WHEEL, /* waits for an answer */
};

/**
 * struct bmsc_delivery - a message to a UE until it is answered or given up
 * @msk_id: MSK, with MSK_NUMBER_CURRENT in a solicitation
 * @csb_id: of its messages
 * @first: counter of the first message
 * @last: counter of the last one, MBMS_COUNTER_NONE before the first
 * @slot: of the wheel
 * @bulk: part of a push to all
 */
struct bmsc_delivery {
	TAILQ_ENTRY(bmsc_delivery) link;
	LIST_ENTRY(bmsc_delivery) of_ue;
	struct bmsc_ue *ue;
	struct bmsc_group *group;
	uint32_t msk_id;
	uint32_t csb_id;
	uint32_t first;
	uint32_t last;
	struct retry retry;
	uint16_t slot;
	uint8_t kind;
	uint8_t place;
	bool bulk;
};

/**
 * struct bmsc_push - all that is on its way
 * @tick: next tick of the wheel
 * @waits: @send_timer is set
 * @random: state of a generator that keeps no secrets: it spreads repetitions
 */
struct bmsc_push {
	struct bmsc_delivery_list urgent;
	struct bmsc_delivery_list bulk;
	struct bmsc_delivery_list commit;
	struct bmsc_delivery_list wheel[WHEEL_LEVELS * WHEEL_SLOTS];
	struct bmsc_pushing_list pushing;
	uint64_t tick;
	uint32_t on_wheel;
	uint32_t count;
	struct pace pace;
	uint32_t random;
	struct loop_timer send_timer;
	bool waits;
	struct loop_timer wheel_timer;
	uint64_t sent;
	uint64_t repeated;
	uint64_t acknowledged;
	uint64_t given_up;
	uint64_t refused;
};

void bmsc_push_open(struct bmsc *bmsc);
void bmsc_push_close(struct bmsc *bmsc);
/* Sends a message now and again until it is answered; one that is on its way
 * already begins anew. After the commit of what made it right to send.
 */
void bmsc_push_add(struct bmsc *bmsc, struct bmsc_ue *ue,
		   struct bmsc_group *group, uint32_t msk_id,
		   enum bmsc_delivery_kind kind, bool bulk);
/* Ends all that is on its way to @ue for @group (NULL: for all). */
void bmsc_push_cancel(struct bmsc *bmsc, struct bmsc_ue *ue,
		      const struct bmsc_group *group);
/* Begins the push of an MSK to all members. */
void bmsc_push_group(struct bmsc_group *group, uint32_t msk_id);
/* No part of @group is pushed any more. */
void bmsc_push_forget(struct bmsc_group *group);
/* The counters that were being stored are, or are not. */
void bmsc_push_committed(struct bmsc *bmsc, bool failed);
void bmsc_push_wake(struct bmsc *bmsc);
/* Takes a delivery out of the list that it waits in. */
void bmsc_push_take(struct bmsc *bmsc, struct bmsc_delivery *delivery);
/* What a member has to be sent, after the commit. */
void bmsc_member_act(struct bmsc *bmsc, struct bmsc_member *member,
		     const struct member_actions *actions);
/* REKEY among @actions, before the commit. Returns 0 or -1. */
int bmsc_member_rekey(struct bmsc_member *member,
		      const struct member_actions *actions,
		      struct fault *fault);

/* Builds the next message of a delivery into @data. Returns its octets, 0 if it is
 * of no use any more, -1 and a fault.
 */
int bmsc_delivery_build(struct bmsc *bmsc, struct bmsc_delivery *delivery,
			uint32_t counter, uint8_t *data, size_t room,
			struct fault *fault);
/* Datagrams that come back. */
void bmsc_delivery_receive(void *argument, const struct udp_datagram *datagram);
void bmsc_delivery_answered(struct bmsc *bmsc, struct bmsc_delivery *delivery);
void bmsc_delivery_free(struct bmsc *bmsc, struct bmsc_delivery *delivery);

/* ---- HTTP: bmsc_request.h ---- */

void bmsc_http_handle(void *argument, struct httpd_request *request);
/* Ends all requests without an answer; the server gives one when it closes. */
void bmsc_http_close(struct bmsc *bmsc);
int bmsc_nonce_open(struct bmsc *bmsc, struct fault *fault);

/* ---- Commands: bmsc_ctl.h ---- */

void bmsc_ctl_add(struct bmsc *bmsc);
void bmsc_ctl_close(struct bmsc *bmsc);
/* The push of @group is over, or there will be none. */
void bmsc_watch_end(struct bmsc_group *group);
/* Takes over @event; nothing if nobody can listen. */
void bmsc_event(struct bmsc *bmsc, json_t *event);

/* ---- The role (bmsc.c) ---- */

/* What a peer or a full disk can cause at will: one line a second each. */
enum bmsc_complaint {
	BMSC_BSF_REFUSES,
	BMSC_NOT_STORED,
	BMSC_NOT_SENT,
	BMSC_COMPLAINTS,
};

/**
 * struct bmsc_silence - of one kind of complaint
 * @until: no line before
 * @more: that were not written since the last one
 */
struct bmsc_silence {
	int64_t until;
	unsigned int more;
};

void bmsc_complain(struct bmsc *bmsc, enum bmsc_complaint complaint,
		   const char *name, const struct fault *fault);
/* The clock of keys: milliseconds since 1970 at the start, and from then on without
 * the steps that the clock of the system makes. Never behind what is stored.
 */
int64_t bmsc_clock(const struct bmsc *bmsc);
void bmsc_clock_reach(struct bmsc *bmsc, int64_t time);

/* ---- Senders (bmsc_sender.c) ---- */

/**
 * struct bmsc_sender - a host that sends
 * @remote: NULL for this one
 */
struct bmsc_sender {
	const char *name;
	struct mbstf_remote *remote;
};

/* The local one, if there is one, and those of the configuration. Returns 0, or
 * -1: there is none, or one cannot be had.
 */
int bmsc_senders_open(struct bmsc *bmsc, mbstf_callback callback,
		      struct fault *fault);
void bmsc_senders_close(struct bmsc *bmsc);
/* What mbstf.h has, for all senders; what one refuses is complained about and does
 * not keep it from the others. bmsc_senders_flow_add() gives @flow its sender ids
 * and returns 0 or -1.
 */
int bmsc_senders_flow_add(struct bmsc *bmsc, struct bmsc_flow *flow,
			  const struct mbstf_flow *sending,
			  struct fault *fault);
void bmsc_senders_flow_delete(struct bmsc *bmsc, int64_t flow);
void bmsc_senders_mtk_add(struct bmsc *bmsc, int64_t flow,
			  const struct bmsc_mtk *mtk);
void bmsc_senders_mtk_activate(struct bmsc *bmsc, int64_t flow, uint32_t msk_id,
			       uint16_t mtk_id);
void bmsc_senders_mtk_delete(struct bmsc *bmsc, int64_t flow, uint32_t msk_id,
			     uint16_t mtk_id);
/* Each source of SRTP that one of them knows, as far as it is known here. */
void bmsc_senders_sources(struct bmsc *bmsc, int64_t flow,
			  void (*take)(void *argument,
				       const struct mbstf_source *source),
			  void *argument);
void bmsc_senders_send(struct bmsc *bmsc, int64_t flow, const void *data,
		       size_t size);

/**
 * struct bmsc - a BM-SC
 * @clock: of bmsc_clock(), less loop_now()
 * @silences: of bmsc_complain()
 * @services_timer: for services that could not be started
 * @nonce_key: of the nonces of HTTP Digest, new with each process
 * @nonce_stamp: of the last nonce
 * @dirty: UEs that were changed since the last commit, and their waiter
 * @questions: to the BSF that are open
 */
struct bmsc {
	struct daemon *daemon;
	struct loop *loop;
	struct store *store;
	struct bmsc_settings settings;
	int64_t clock;
	struct bmsc_silence silences[BMSC_COMPLAINTS];
	struct bmsc_sender senders[BMSC_SENDERS_MAX];
	unsigned int sender_count;
	struct zn *zn;
	struct httpd *httpd;
	struct udp *udp;
	struct secret nonce_key;
	uint64_t nonce_stamp;
	struct bmsc_ues ues;
	struct bmsc_dirty_list dirty;
	struct store_waiter waiter;
	struct bmsc_group_list groups[BMSC_BUCKETS];
	struct bmsc_service_list services[BMSC_BUCKETS];
	struct loop_timer services_timer;
	struct bmsc_push push;
	struct bmsc_request_list requests;
	struct bmsc_watch_list watches;
	unsigned int questions;
	bool stopping;
};

#endif
