/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BSF (TS 33.220): bootstraps UEs (Ub, bsf_ub.c) and gives NAFs their keys (Zn,
 * bsf_zn.c).
 */
#ifndef MBSEC_DAEMON_BSF_H
#define MBSEC_DAEMON_BSF_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "core/aka.h"
#include "core/kdf_gba.h"
#include "core/names.h"
#include "io/httpd.h"
#include "io/loop.h"
#include "role.h"

#define BSF_AREA "bsf"
#define BSF_BUCKETS 65536 /* of challenges, a power of two */

struct bsf_challenge;
struct bsf_exchange;
struct peer_question;
struct peer_server;
struct zh;

TAILQ_HEAD(bsf_challenges, bsf_challenge);
LIST_HEAD(bsf_bucket, bsf_challenge);
LIST_HEAD(bsf_exchanges, bsf_exchange);

/**
 * struct bsf_challenge - a challenge that was given out, for a minute
 * @nonce: as in the header
 * @impi: whom it is for
 * @aka: what the HSS gave, with AUTN as it was sent
 * @gba_u: it makes keys of GBA_U
 * @expires: milliseconds of loop_now()
 * @failures: wrong answers
 */
struct bsf_challenge {
	TAILQ_ENTRY(bsf_challenge) by_age;
	LIST_ENTRY(bsf_challenge) in_bucket;
	char *nonce;
	char *impi;
	struct aka_vector aka;
	bool gba_u;
	int64_t expires;
	unsigned int failures;
};

/**
 * struct bsf_counts - since the start
 */
struct bsf_counts {
	uint64_t challenges;
	uint64_t bootstraps;
	uint64_t resynchronisations;
	uint64_t refused;
	uint64_t naf_keys;
};

/**
 * struct bsf - the role
 * @name: FQDN, and realm
 * @lifetime: of Ks, milliseconds
 * @httpd: for UEs
 * @nafs: NAFs of other processes, NULL if there are none
 * @ages: challenges, the oldest first
 * @open: how many
 * @exchanges: requests that wait for HSS or store
 * @purge: takes away bootstrappings that have expired
 * @logged: when a refusal was logged last
 */
struct bsf {
	struct daemon *daemon;
	char name[FQDN_TEXT_SIZE];
	int64_t lifetime;
	struct httpd *httpd;
	struct peer_server *nafs;
	struct zh *zh;
	struct bsf_challenges ages;
	struct bsf_bucket buckets[BSF_BUCKETS];
	unsigned int open;
	struct bsf_exchanges exchanges;
	struct loop_timer purge;
	int64_t logged;
	struct bsf_counts counts;
};

/* bsf_challenge.c: the table of challenges. It takes over the vector; the oldest
 * one goes if there are too many. Returns NULL without memory.
 */
struct bsf_challenge *bsf_challenge_add(struct bsf *bsf, const char *impi,
					const char *nonce,
					struct aka_vector *aka, bool gba_u);
/* NULL if there is none, or it is too old. */
struct bsf_challenge *bsf_challenge_find(struct bsf *bsf, const char *nonce);
void bsf_challenge_remove(struct bsf *bsf, struct bsf_challenge *challenge);

/* bsf_ub.c: a request of a UE, and the end of all that are open. */
void bsf_ub_handle(void *argument, struct httpd_request *request);
void bsf_ub_stop(struct bsf *bsf);

/**
 * struct bsf_naf_key - what a NAF gets
 * @keys: the caller clears them
 */
struct bsf_naf_key {
	char impi[IMPI_TEXT_SIZE];
	struct bootstrap_keys keys;
	int64_t created;
	int64_t expires;
};

/* bsf_zn.c: the key of @naf_id, for a NAF that was authenticated as
 * @naf_id->fqdn or runs in this process and is in the configuration. Returns 0 or
 * -1 with the faults of zn_callback.
 */
int bsf_naf_key_get(struct bsf *bsf, const char *btid,
		    const struct naf_id *naf_id, struct bsf_naf_key *key,
		    struct fault *fault);
/* A question of a NAF elsewhere. */
void bsf_zn_handle(void *argument, struct peer_question *question);

#endif
