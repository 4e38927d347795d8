/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The section "hss" of the configuration: docs/man/mbsecd.yaml.5. */
#ifndef MBSEC_DAEMON_HSS_CONFIG_H
#define MBSEC_DAEMON_HSS_CONFIG_H

#include <cyaml/cyaml.h>

#include "core/fault.h"

/**
 * struct hss_config - text as in the file, NULL for the default in brackets
 * @listen: address for BSFs of other processes (Zh) [none]
 * @network: home network, its MNC tells where an IMSI splits; "001-01"
 * @key_file: shared with the BSFs that may ask, needed with @listen
 */
struct hss_config {
	char *listen;
	char *network;
	char *key_file;
};

extern const cyaml_schema_field_t hss_config_fields[];

/* Returns 0, or -1 and a sentence that begins with the key. @config is NULL if
 * the section is not there.
 */
int hss_config_check(const struct hss_config *config, struct fault *fault);

#endif
