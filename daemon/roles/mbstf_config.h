/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Section "mbstf" of the configuration. */
#ifndef MBSEC_ROLES_MBSTF_CONFIG_H
#define MBSEC_ROLES_MBSTF_CONFIG_H

#include <cyaml/cyaml.h>
#include <stdint.h>

#include "core/fault.h"
#include "io/address.h"

/**
 * struct mbstf_config - text as in the file; NULL for the default in brackets
 * @name: of this sending host [local]
 * @policy: "require" or "permit" cleartext before the first key [require]
 * @hops: multicast TTL of MTK messages [16]
 * @listen: address for a BM-SC on another host [none]
 * @key_file: key that we have in common with it, needed with @listen
 * @mtk_packets: packets of an MTK after which another one is asked for [2^31]
 */
struct mbstf_config {
	char *name;
	char *policy;
	char *hops;
	char *listen;
	char *key_file;
	char *mtk_packets;
};

extern const cyaml_schema_field_t mbstf_config_fields[];
int mbstf_config_check(const struct mbstf_config *config, struct fault *fault);

/**
 * struct mbstf_settings - the same as values
 * @policy: enum mbsec_policy
 */
struct mbstf_settings {
	char name[64];
	uint32_t policy;
	uint8_t hops;
	union address listen;
	uint64_t mtk_packets;
};

/* @config may be NULL, for all defaults. Returns 0 or -1. */
int mbstf_settings_read(const struct mbstf_config *config,
			struct mbstf_settings *settings, struct fault *fault);

#endif
