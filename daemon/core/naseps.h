/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Group keys of machine type communication in NAS of EPS: our element 7E in
 * ATTACH ACCEPT and SECURITY MODE COMMAND, and the same octets in DOWNLINK GENERIC
 * NAS TRANSPORT (TS 24.301, 8.2.1, 8.2.20, 8.2.31). No 3GPP document defines the
 * element; see docs/protocols/mtc-group-keys.rst.
 *
 * Element: version (1 keys in the clear, 2 wrapped), length and octets of the
 * group id, Gki (2), algorithms (1), keys (32 or 40), and lifetime (4) or nothing.
 */
#ifndef CORE_NASEPS_H
#define CORE_NASEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "group_wrap.h"

enum naseps_type {
	NASEPS_ATTACH_ACCEPT = 0x42,
	NASEPS_SECURITY_MODE_COMMAND = 0x5d,
	NASEPS_GENERIC_TRANSPORT = 0x68,
};

/* Generic message container type, in the reserved range: ours. */
#define NASEPS_CONTAINER_GROUP_KEYS 0x80
#define NASEPS_CAPABILITY_MAX 5

/**
 * struct naseps_group - the element
 * @wrapped: the keys are in @octets as group_keys_wrap() made them, else in the
 *	clear: then the message has to be enciphered
 * @group_id, @group_id_size: 1 to 255 octets
 * @key_index: Gki
 * @algorithms: EEA in the high, EIA in the low half
 * @has_lifetime, @lifetime: seconds from receipt
 * @keys: Gk_conf and Gk_integ, unless @wrapped
 * @octets: the wrapped keys, if @wrapped
 */
struct naseps_group {
	bool wrapped;
	uint8_t group_id[GROUP_ID_SIZE_MAX];
	size_t group_id_size;
	uint16_t key_index;
	uint8_t algorithms;
	bool has_lifetime;
	uint32_t lifetime;
	struct group_keys keys;
	uint8_t octets[GROUP_KEYS_WRAPPED_SIZE];
};

/**
 * struct naseps_message - a plain EMM message
 * @type: message
 * @attach_result: 1 EPS only, 2 combined (9.9.3.10); ATTACH ACCEPT
 * @timer: T3412 as coded; ATTACH ACCEPT
 * @tai_list, @tai_list_size: without length octet; ATTACH ACCEPT. Octets of the
 *	caller or of the message that was decoded, as the next one
 * @esm, @esm_size: ESM message container; ATTACH ACCEPT
 * @algorithms: selected NAS algorithms; SECURITY MODE COMMAND
 * @key_set: NAS key set identifier; SECURITY MODE COMMAND
 * @capability, @capability_size: replayed UE security capabilities, 2 to 5
 * @has_group: there are group keys; always in the generic transport
 * @group: they
 */
struct naseps_message {
	enum naseps_type type;
	uint8_t attach_result;
	uint8_t timer;
	const uint8_t *tai_list;
	size_t tai_list_size;
	const uint8_t *esm;
	size_t esm_size;
	uint8_t algorithms;
	uint8_t key_set;
	uint8_t capability[NASEPS_CAPABILITY_MAX];
	size_t capability_size;
	bool has_group;
	struct naseps_group group;
};

/* Writes a message of at most @room octets and sets @size. In SECURITY MODE COMMAND,
 * which is never enciphered (TS 24.301, 4.4.5), only wrapped keys are written.
 * Returns 0, or -1 with FAULT_ARGUMENT, FAULT_UNSUPPORTED (keys in the clear there)
 * or FAULT_ROOM; @out is wiped then.
 */
int naseps_encode(const struct naseps_message *message, uint8_t *out,
		  size_t room, size_t *size, struct fault *fault);
/* Reads a whole message; other optional elements are ignored. Returns 0, or -1 with
 * FAULT_TRUNCATED, FAULT_MALFORMED, FAULT_UNSUPPORTED (other message or version,
 * clear keys in SECURITY MODE COMMAND) or FAULT_MEMORY; @message is zeroed then.
 * Whether the message was enciphered, which clear keys need, is for
 * nas_received_check_keys(). What @message held before is not wiped; it is the
 * caller's to clear.
 */
int naseps_decode(const uint8_t *octets, size_t size,
		  struct naseps_message *message, struct fault *fault);
/* Wipes the keys and empties the message. */
void naseps_clear(struct naseps_message *message);

#endif /* CORE_NASEPS_H */
