/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Group keys of machine type communication (Gk_conf, Gk_integ) on their way to
 * one UE in a NAS message that is not enciphered, as SECURITY MODE COMMAND. No
 * 3GPP document has this; docs/protocols/mtc-group-keys.rst explains our choice.
 */
#ifndef CORE_GROUP_WRAP_H
#define CORE_GROUP_WRAP_H

#include "kdf_eps.h"
#include "key_wrap.h"

#define GROUP_KEYS_SIZE (2 * GROUP_KEY_SIZE)
#define GROUP_KEYS_WRAPPED_SIZE (GROUP_KEYS_SIZE + KEY_WRAP_CHECK_SIZE)

#define KDF_FC_GROUP_WRAP KDF_FC_LONG(0xf4)

/**
 * struct group_binding - what wrapped group keys are for
 * @group_id: 1 to GROUP_ID_SIZE_MAX octets
 * @group_id_size: octets of @group_id
 * @key_index: Gki
 * @algorithms: number of the EEA in the high, of the EIA in the low half
 * @has_lifetime: the keys end
 * @lifetime: seconds from receipt, if @has_lifetime
 */
struct group_binding {
	const uint8_t *group_id;
	size_t group_id_size;
	uint16_t key_index;
	uint8_t algorithms;
	bool has_lifetime;
	uint32_t lifetime;
};

/* Wraps Gk_conf || Gk_integ by AES key wrap (RFC 3394) under the last 16 octets
 * of KDF(@kasme, FC FF F4, group id, Gki, algorithms, lifetime in 4 octets or
 * empty), so that nothing that @binding says can be changed. @kasme has 32
 * octets. Returns 0, or -1 with FAULT_ARGUMENT or FAULT_MEMORY, and @wrapped is
 * zeroed.
 */
int group_keys_wrap(const struct secret *kasme,
		    const struct group_binding *binding,
		    const struct group_keys *keys,
		    uint8_t wrapped[GROUP_KEYS_WRAPPED_SIZE],
		    struct fault *fault);
/* The reverse. Returns 0, or -1 with FAULT_UNAUTHENTIC if UE, @binding or octets
 * are not those of the sender, FAULT_ARGUMENT or FAULT_MEMORY, and @keys is
 * empty. @keys is the caller's to clear.
 */
int group_keys_unwrap(const struct secret *kasme,
		      const struct group_binding *binding,
		      const uint8_t wrapped[GROUP_KEYS_WRAPPED_SIZE],
		      struct group_keys *keys, struct fault *fault);

#endif /* CORE_GROUP_WRAP_H */
