/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the UE role holds. One process has many UEs:
 *
 *   struct ue           the role
 *    |- struct ue_usim      a UE: its soft-USIM, bootstrapping and keys
 *    |   |- struct ue_naf       a BM-SC that it has a MUK with
 *    |   |- struct ue_msk       an MSK
 *    |   '- struct ue_member    a service that it has joined --.
 *    '- struct ue_service   a user service <-------------------'
 *        |- struct ue_flow      a group of it in the kernel
 *        |- struct ue_mtk       an MTK
 *        '- struct ue_holder    who has an MSK, to open MTK messages with it
 *
 * What is one per host (announcement, groups, MTKs, keys in the kernel) is at the
 * service, so that 100 000 UEs of a load test cost the kernel as much as one.
 * Keys of a UE are kept small here and brought into a struct mgvf for each message
 * (ue_mgvf.h).
 */
#ifndef MBSEC_DAEMON_UE_STATE_H
#define MBSEC_DAEMON_UE_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "core/announce.h"
#include "core/mgvf.h"
#include "core/names.h"
#include "core/pace.h"
#include "core/secret.h"
#include "io/address.h"
#include "io/kernel.h"
#include "io/loop.h"
#include "io/udp.h"
#include "role.h"
#include "roles/ue_config.h"
#include "roles/ue_index.h"
#include "store/store.h"
#include "store/ue_service.h"

struct ue_bulk;
struct ue_procedure;
struct ue_service;

#define UE_AREA "ue"

/**
 * struct ue_naf - a BM-SC that a UE has keys with
 * @fqdn: its name
 * @btid: B-TID that @muk was made of
 * @muk: MUK, which with GBA_ME is Ks_NAF, so MRK is derived from it as well
 * @expires: end of the Ks that it was made of, wall clock
 * @counter: of the last MSK message
 * @nonce: packed Digest session (ue_nonce.h), NULL if there is none
 */
struct ue_naf {
	struct ue_naf *next;
	struct ue_usim *usim;
	struct ue_node by_btid;
	char *fqdn;
	char *btid;
	struct secret muk;
	int64_t expires;
	uint32_t counter;
	char *nonce;
};

/**
 * struct ue_msk - an MSK; those that came first are first in the list
 */
struct ue_msk {
	struct ue_msk *next;
	struct msk_ref ref;
	struct secret msk;
	uint32_t csb_id;
	uint32_t counter;
	int64_t age;
	uint16_t low;
	uint16_t high;
	uint8_t rand_size;
	uint8_t rand[];
};

/* What a member is about to ask for. */
enum ue_want {
	UE_WANT_NOTHING,
	UE_WANT_REGISTER,
	UE_WANT_MSK,
	UE_WANT_DEREGISTER,
};

/**
 * struct ue_member - a UE in a service
 * @state: as stored
 * @want: request that is due at @pull.at
 * @asked: it is part of the procedure that runs
 * @gone: it is told for the last time
 * @pull: when to ask
 * @deadline: when the MSK should have come, loop_now(), 0 if none is awaited
 * @fruitless: MSK requests in a row that brought none
 * @reason: why it has left, or why the last request failed, NULL
 * @done: told when it is ready, has left or is gone; NULL if nobody waits
 * @done_argument: for @done
 */
struct ue_member {
	TAILQ_ENTRY(ue_member) entry;
	struct ue_usim *usim;
	struct ue_service *service;
	struct ue_member *next;
	enum ue_member_state state;
	enum ue_want want;
	bool asked;
	bool gone;
	uint32_t fruitless;
	struct pull pull;
	int64_t deadline;
	const char *reason;
	void (*done)(void *argument, struct ue_member *member);
	void *done_argument;
};

/**
 * struct ue_usim - a UE. K, OPc, SQN and Ks are in the store only
 * @imsi: and name in the index
 * @btid: of its bootstrapping, NULL if there is none
 * @expires: end of Ks, wall clock
 * @renew: when a new bootstrapping is to begin, wall clock
 * @nafs: BM-SCs
 * @msks: all MSKs
 * @members: services
 * @procedure: what it does over HTTP at the moment
 * @pull: pace of bootstrappings that failed
 * @timer: when a member or @renew is due
 * @queued: waits for its turn
 * @stale: Ks is to be replaced by the next procedure
 * @dirty: has written something that is not committed
 * @unsaved: the state of its members could not be stored
 */
struct ue_usim {
	TAILQ_ENTRY(ue_usim) entry;
	TAILQ_ENTRY(ue_usim) dirty_entry;
	TAILQ_ENTRY(ue_usim) queue_entry;
	struct ue *ue;
	struct ue_node by_imsi;
	char imsi[IMSI_TEXT_SIZE];
	uint8_t mnc_digits;
	bool queued;
	bool stale;
	bool dirty;
	bool unsaved;
	char *btid;
	int64_t expires;
	int64_t renew;
	struct ue_naf *nafs;
	struct ue_msk *msks;
	struct ue_member *members;
	struct ue_procedure *procedure;
	struct pull pull;
	struct loop_timer timer;
};

/**
 * struct ue_flow - a group of a service
 * @group: as the kernel has it
 * @mtk_group: address and port of its MTK messages
 * @suite: from the announcement
 * @joined: we receive its MTK messages
 * @installed: the kernel has the group
 * @foreign: somebody else's, with other properties: not ours to delete
 * @announced: MSKs and senders
 */
struct ue_flow {
	struct kernel_group group;
	union address mtk_group;
	bool joined;
	bool installed;
	bool foreign;
	const struct announce_flow *announced;
};

/**
 * struct ue_mtk - an MTK of a service, the newest is first
 * @pending: not committed yet
 * @installed: the kernel has its keys
 * @until: when it is given up, loop_now(), 0 while it is the newest
 */
struct ue_mtk {
	struct ue_mtk *next;
	struct msk_ref ref;
	uint16_t mtk_id;
	bool pending;
	bool installed;
	int64_t until;
	struct secret mtk;
	struct secret salt;
};

struct ue_holder {
	struct ue_holder *next;
	struct msk_ref ref;
	struct ue_usim *usim;
};

/**
 * struct ue_service - a user service
 * @id: MBMS User Service ID
 * @url: where its announcement is
 * @naf: name of the BM-SC, empty: @host
 * @host: that in the URL of its server
 * @security: the announcement, NULL until it was read
 * @server: which of its servers is asked
 * @flows: entries of @security->flows that we can receive
 * @mtks: MTKs
 * @holders: MSKs that some member has
 * @members: UEs
 * @active: those of them that have not left
 * @fetch: pace of announcement requests
 * @call: announcement request that is open
 * @missed: no new reaction to unknown keys before, loop_now()
 * @timer: for @fetch, joins that failed and old MTKs
 */
struct ue_service {
	TAILQ_ENTRY(ue_service) entry;
	TAILQ_HEAD(, ue_member) members;
	struct ue *ue;
	char id[ANNOUNCE_URI_SIZE];
	char *url;
	char naf[FQDN_TEXT_SIZE];
	char host[FQDN_TEXT_SIZE];
	struct announce_security *security;
	unsigned int server;
	struct ue_flow flows[ANNOUNCE_FLOWS_MAX];
	size_t flow_count;
	struct ue_mtk *mtks;
	struct ue_holder *holders;
	size_t member_count;
	size_t active;
	struct pull fetch;
	struct httpc_call *call;
	int64_t missed;
	struct loop_timer timer;
};

/**
 * struct ue_socket - where MIKEY messages come in
 * @any: bound to no address, so that it receives multicast
 */
struct ue_socket {
	struct ue_socket *next;
	struct ue *ue;
	sa_family_t family;
	uint16_t port;
	bool any;
	struct udp *udp;
};

/* A verification message that waits for the commit. */
struct ue_reply {
	struct ue_reply *next;
	struct udp *udp;
	union address to;
	size_t size;
	uint8_t data[];
};

/* What happened so far, for "status". */
struct ue_counts {
	uint64_t bootstrapped;
	uint64_t resynchronised;
	uint64_t registered;
	uint64_t deregistered;
	uint64_t left;
	uint64_t msk_requests;
	uint64_t msk_stored;
	uint64_t msk_deleted;
	uint64_t mtk_accepted;
	uint64_t solicited;
	uint64_t verifications;
	uint64_t refused; /* MIKEY messages, all reasons */
	uint64_t unknown_ue; /* MIKEY messages for nobody here */
	uint64_t unknown_key; /* MTK messages and datagrams */
	uint64_t failed; /* HTTP procedures */
};

/**
 * struct ue - the role
 * @quiet: no log line of a kind (enum in ue_log.h) before this moment
 * @mgvf: for one message at a time, empty in between
 */
struct ue {
	TAILQ_HEAD(, ue_usim) usims;
	TAILQ_HEAD(, ue_service) services;
	TAILQ_HEAD(, ue_usim) queue;
	TAILQ_HEAD(, ue_usim) dirty;
	TAILQ_HEAD(, ue_procedure) procedures;
	struct daemon *daemon;
	struct loop *loop;
	struct store *store;
	struct ue_settings settings;
	struct ue_index by_imsi;
	struct ue_index by_btid;
	uint32_t running;
	struct loop_timer queue_timer;
	struct loop_timer save_timer;
	struct ue_socket *sockets;
	struct ue_reply *replies;
	struct ue_reply **replies_end;
	struct store_waiter commit;
	struct store_listener rolled_back;
	struct ue_counts counts;
	int64_t quiet[8];
	struct mgvf mgvf;
	struct mgvf_outcome outcome;
	struct ue_bulk *bulks;
};

/* A random number; the process ends if the system has none. */
uint32_t ue_random(void);

#endif
