/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys that a receiver of MBMS holds, MUKs and MSKs with their counters, and
 * how many there may be (TS 31.102, 4.2.80 and 4.2.81). What messages do to them
 * is mgvf.h.
 */
#ifndef CORE_MGVF_KEYS_H
#define CORE_MGVF_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "ids.h"
#include "mbms_profile.h"
#include "mikey.h"
#include "names.h"
#include "secret.h"

/* BM-SCs that a UE has keys with, and MSKs of all groups. */
#define MGVF_MUKS_MAX 8
#define MGVF_MSKS_MAX 64
/* B-TID, or the longer A-KID with AKMA. */
#define MGVF_RESPONDER_SIZE (A_KID_TEXT_SIZE + 1)

/**
 * struct mgvf_muk - a MUK and its counter
 * @used: the entry is taken
 * @expired: Ks_NAF has ended; solicited pulls are still received (TS 33.246,
 *	6.3.2.2.4), MSKs are not
 * @naf_id: the BM-SC, IDi of the MUK ID
 * @responder: IDr of the MUK ID, a B-TID or A-KID
 * @muk: the key
 * @counter: of the last authentic message, MBMS_COUNTER_NONE before it
 */
struct mgvf_muk {
	bool used;
	bool expired;
	struct naf_id naf_id;
	char responder[MGVF_RESPONDER_SIZE];
	struct secret muk;
	uint32_t counter;
};

/**
 * struct mgvf_msk - an MSK and the state of its MTKs
 * @used: the entry is taken
 * @ref: Key Domain ID and MSK ID
 * @msk: the key
 * @rand: RAND of the message that brought the MSK, for MTK messages
 * @rand_size: 0 if the MSK came by NAS, then MTK messages carry RAND
 * @csb_id: its CSB ID, valid if there is a RAND
 * @low: SEQl, the last MTK ID taken
 * @high: SEQu
 * @counter: of the last authentic MTK message
 * @age: which MSK came first
 */
struct mgvf_msk {
	bool used;
	struct msk_ref ref;
	struct secret msk;
	uint8_t rand[MIKEY_RAND_MAX];
	uint8_t rand_size;
	uint32_t csb_id;
	uint16_t low;
	uint16_t high;
	uint32_t counter;
	uint64_t age;
};

/**
 * struct mgvf - all of a receiver's key state, owned by the caller
 * @muks: may be read to store them
 * @msks: likewise
 * @next_age: for the next MSK
 * @beyond_deletes: an authentic MTK ID above SEQu deletes the MSK
 *	(MBMS_BEYOND_DELETES_MSK)
 */
struct mgvf {
	struct mgvf_muk muks[MGVF_MUKS_MAX];
	struct mgvf_msk msks[MGVF_MSKS_MAX];
	uint64_t next_age;
	bool beyond_deletes;
};

/* Makes an empty state. */
void mgvf_init(struct mgvf *mgvf);
/* Wipes all keys; the state is as after mgvf_init(). */
void mgvf_clear(struct mgvf *mgvf);

/* Stores a MUK after bootstrapping, or as read from a store with its @counter
 * (else MBMS_COUNTER_NONE). It replaces the MUK of the same BM-SC, which is the
 * one with the same name, whatever the Ua protocol: IDi may be the name alone
 * and has to be unique (TS 31.102, 4.2.81). If it is the same key, the higher of
 * both counters stays. @muk is copied. Returns 0, or -1 with the state unchanged.
 */
int mgvf_muk_set(struct mgvf *mgvf, const struct naf_id *naf_id,
		 const char *responder, const struct secret *muk,
		 uint32_t counter, struct fault *fault);
/* Ks_NAF of the BM-SC's MUK has ended. Returns 0, or -1 and FAULT_UNKNOWN. */
int mgvf_muk_expire(struct mgvf *mgvf, const struct naf_id *naf_id,
		    struct fault *fault);
/* MUK deletion (TS 31.102, 7.1.1.9). Returns 0, or -1 and FAULT_UNKNOWN. */
int mgvf_muk_delete(struct mgvf *mgvf, const struct naf_id *naf_id,
		    struct fault *fault);

/**
 * struct mgvf_msk_input - an MSK that did not come by MIKEY; all pointers stay
 *	the caller's
 * @ref: Key Domain ID and MSK ID, the Key Number not 0
 * @msk: MSK_SIZE octets, copied
 * @rand: of a stored MSK that came by MIKEY, else empty
 * @csb_id: likewise
 * @low: SEQl: with NAS the MTK ID that came with the MSK, 0 if none did
 * @high: SEQu: with NAS 0xffff, as the container has no interval
 * @counter: of a stored MSK, else MBMS_COUNTER_NONE
 */
struct mgvf_msk_input {
	struct msk_ref ref;
	const struct secret *msk;
	struct mikey_bytes rand;
	uint32_t csb_id;
	uint16_t low;
	uint16_t high;
	uint32_t counter;
};

/**
 * struct mgvf_stored - what storing an MSK has brought about
 * @known: this very MSK was there; the state of its MTKs is kept
 * @evicted: the MSK @evicted_msk_id of the group had to go
 * @evicted_msk_id: see @evicted
 * @low: SEQl
 * @high: SEQu
 */
struct mgvf_stored {
	bool known;
	bool evicted;
	uint32_t evicted_msk_id;
	uint16_t low;
	uint16_t high;
};

/* Stores an MSK that came by NAS (TS 33.501, W.4.1.2) or from a store, by the same
 * rules as one that came by MIKEY. Those of a group are stored in the order in
 * which they came. Returns 0, or -1 with the state unchanged and @stored zeroed.
 */
int mgvf_msk_set(struct mgvf *mgvf, const struct mgvf_msk_input *input,
		 struct mgvf_stored *stored, struct fault *fault);
/* MSK deletion by name. Returns true if it was there. */
bool mgvf_msk_delete(struct mgvf *mgvf, const struct msk_ref *ref);
/* MSK deletion (TS 31.102, 7.1.1.8): all MSKs of a Key Domain and Key Group.
 * Returns how many there were.
 */
unsigned int mgvf_group_delete(struct mgvf *mgvf,
			       const struct key_domain *domain, uint16_t group);
/* The entry of an MSK, NULL if there is none. */
const struct mgvf_msk *mgvf_msk_find(const struct mgvf *mgvf,
				     const struct msk_ref *ref);
/* The entry of a BM-SC's MUK, NULL if there is none. */
const struct mgvf_muk *mgvf_muk_find(const struct mgvf *mgvf,
				     const struct naf_id *naf_id);

/* ---- For mgvf.c ---- */

/* The MUK of a message's MUK ID, the pair (IDi, IDr); NULL if there is none. */
struct mgvf_muk *mgvf_muk_of(struct mgvf *mgvf,
			     const struct mikey_message *message);
/* Where the MSK @ref goes: its own entry, that of the one it evicts, or a free
 * one. NULL and FAULT_LIMIT if all are taken by other groups.
 */
struct mgvf_msk *mgvf_msk_slot(struct mgvf *mgvf, const struct msk_ref *ref,
			       struct fault *fault);
/* Puts @fresh, whose secret is taken over, into @slot. Cannot fail, so that it
 * may be the last step of a reception.
 */
void mgvf_msk_store(struct mgvf *mgvf, struct mgvf_msk *slot,
		    struct mgvf_msk *fresh, struct mgvf_stored *stored);

#endif /* CORE_MGVF_KEYS_H */
