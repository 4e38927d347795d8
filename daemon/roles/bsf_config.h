/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The section "bsf" of the configuration: docs/man/mbsecd.yaml.5. */
#ifndef MBSEC_DAEMON_BSF_CONFIG_H
#define MBSEC_DAEMON_BSF_CONFIG_H

#include <cyaml/cyaml.h>

#include "core/fault.h"

/**
 * struct bsf_naf_config - a NAF that may ask for keys
 * @name: its FQDN
 * @key_file: shared with it, NULL if it runs in this process
 */
struct bsf_naf_config {
	char *name;
	char *key_file;
};

/**
 * struct bsf_config - text as in the file, NULL for the default in brackets
 * @listen: address for UEs (Ub)
 * @name: FQDN of this BSF, as in B-TIDs
 * @zn_listen: address for NAFs of other processes (Zn) [none]
 * @hss: "local" or URL of the HSS [local]
 * @hss_key_file: shared with the HSS, needed with a URL
 * @lifetime: of Ks [1d]
 * @nafs: who may ask for keys
 * @nafs_count: how many
 */
struct bsf_config {
	char *listen;
	char *name;
	char *zn_listen;
	char *hss;
	char *hss_key_file;
	char *lifetime;
	struct bsf_naf_config *nafs;
	unsigned int nafs_count;
};

extern const cyaml_schema_field_t bsf_config_fields[];

/* Returns 0, or -1 and a sentence that begins with the key. @config is NULL if
 * the section is not there.
 */
int bsf_config_check(const struct bsf_config *config, struct fault *fault);

#endif
